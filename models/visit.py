"""Visits (lượt): the establishments that a round went to."""

import datetime as dt

from sqlmodel import Field, col, func, select

from models.access import Invalid, Permission
from models.database import Session
from models.draft import N_, Draft, check_version, hint, in_order, once, submitted, valid
from models.entry import filled, not_in_future
from models.history import differences, lock, record, write_down
from models.inspection import (
    LONGEST_KEY,
    PLANNED,
    InspectionRound,
    InspectionVisit,
    VisitDraft,
    not_cancelled,
    one,
)
from models.inspection_life import begin
from models.organisation import unit_on
from models.text import fold
from models.verb import query, verb


class VisitLinesDraft(Draft):
    """Several visits of one day, quickly: the rest of each can be filled in later."""

    places: str = Field(
        min_length=2,
        max_length=20_000,
        title=N_("Establishments"),
        description=N_("One per line. Its address may follow after a semicolon."),
        schema_extra=hint(widget="text_area", rows=8),
    )
    visited_on: dt.date = Field(title=N_("Visited on"))
    ward: str = Field(default="", max_length=100, title=N_("Ward or commune"))
    unit_id: int | None = Field(default=None, title=N_("Belongs to unit"), schema_extra=hint(choices="unit"))


def one_visit(session: Session, visit_id: int) -> InspectionVisit:
    """The row, or `NotFound` for a missing or foreign one."""
    return record(session, "inspection_visit", visit_id)


def _checked_visit(session: Session, row: InspectionRound, draft: VisitDraft) -> VisitDraft:
    not_in_future(session, draft.visited_on, "visited_on")
    in_order(draft.visited_on, row.done_on, "visited_on")
    return draft.model_copy(update={"unit_id": unit_on(session, draft.unit_id, draft.visited_on)})


def _visit_key(draft: VisitDraft) -> str:
    return fold(f"{draft.place} {draft.address} {draft.ward} {draft.representative} {draft.record_no}")[:LONGEST_KEY]


@verb(Permission.RECORD_WRITE)
def add_visit(session: Session, round_id: int, draft: VisitDraft, nonce: str | None = None) -> InspectionVisit:
    """Write down an establishment visited. The first visit starts a planned round."""
    draft = valid(VisitDraft, draft)
    if done := submitted(session, nonce):
        return one_visit(session, done.subject_id)  # type: ignore[arg-type]
    row = one(session, round_id)
    not_cancelled(row)
    draft = _checked_visit(session, row, draft)
    if row.state == PLANNED:
        begin(session, row)
    visit = InspectionVisit(**draft.model_dump(), round_id=round_id, search=_visit_key(draft))
    session.add(visit)
    session.flush()
    once(session, nonce, visit.id)
    write_down(session, "visit.added", visit, filled(draft), note=visit.place)
    return visit


@verb(Permission.RECORD_WRITE)
def add_visits(
    session: Session, round_id: int, draft: VisitLinesDraft, nonce: str | None = None
) -> list[InspectionVisit]:
    """Several at once: all of them, or none."""
    draft = valid(VisitLinesDraft, draft)
    if submitted(session, nonce):
        return []
    drafts = [
        _from_line(draft, number, line) for number, line in enumerate(draft.places.split("\n"), 1) if line.strip()
    ]
    added = [add_visit(session, round_id, one) for one in drafts]
    once(session, nonce, round_id)
    return added


def _from_line(draft: VisitLinesDraft, number: int, line: str) -> VisitDraft:
    place, _, address = line.partition(";")
    same = draft.model_dump(exclude={"places"})
    try:
        return valid(VisitDraft, same | {"place": place, "address": address})
    except Invalid:
        raise Invalid(errors={"places": ("line_does_not_fit", {"line": number})}) from None


@verb(Permission.RECORD_WRITE)
def amend_visit(
    session: Session, visit_id: int, draft: VisitDraft, seen: int, nonce: str | None = None
) -> InspectionVisit:
    draft = valid(VisitDraft, draft)
    lock(session)
    visit = one_visit(session, visit_id)
    if once(session, nonce, visit_id):
        return visit
    check_version(visit, seen, draft)
    draft = _checked_visit(session, one(session, visit.round_id), draft)
    in_order(draft.visited_on, _earliest_after(session, visit_id), "visited_on")
    if changes := differences(visit, draft):
        visit.sqlmodel_update(draft.model_dump())
        visit.search, visit.version = _visit_key(draft), visit.version + 1
        write_down(session, "visit.amended", visit, changes, note=visit.place)
    return visit


def _earliest_after(session: Session, visit_id: int) -> dt.date | None:
    """The first day that hangs on a visit: a deadline, or a remedy."""
    from models.finding import Finding

    days = select(func.min(Finding.deadline), func.min(Finding.reported_on), func.min(Finding.remedied_on))
    return min(filter(None, session.exec(days.where(Finding.visit_id == visit_id)).one()), default=None)


@query(Permission.RECORD_READ)
def visits(session: Session, round_id: int) -> list[InspectionVisit]:
    """The visits of a round, in the order of their days."""
    one(session, round_id)
    statement = select(InspectionVisit).where(InspectionVisit.round_id == round_id)
    return list(session.exec(statement.order_by(col(InspectionVisit.visited_on), col(InspectionVisit.id))))


@query(Permission.RECORD_READ)
def inspection_visit(session: Session, visit_id: int) -> InspectionVisit:
    return one_visit(session, visit_id)
