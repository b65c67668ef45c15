"""The life of a round: started, concluded or cancelled, each with its instant."""

import datetime as dt
from typing import Any

from sqlmodel import Field, func, select

from models.access import Invalid, Permission
from models.catalogue import merged
from models.database import Session
from models.draft import N_, Draft, ReasonDraft, check_version, hint, in_order, once, valid
from models.entry import not_in_future
from models.history import differences, lock, write_down
from models.inspection import (
    CANCELLED,
    CONCLUDED,
    PLANNED,
    RUNNING,
    InspectionRound,
    InspectionVisit,
    one,
    round_key,
)
from models.verb import verb


class ConclusionDraft(Draft):
    """What closes a round."""

    done_on: dt.date = Field(title=N_("Done on"), description=N_("The last day of the round."))
    conclusion_no: str = Field(default="", max_length=60, title=N_("Number of the conclusion"))
    conclusion_on: dt.date | None = Field(default=None, title=N_("Date of the conclusion"))
    conclusion: str = Field(
        default="", max_length=10_000, title=N_("Conclusion"), schema_extra=hint(widget="text_area", rows=5)
    )


def _may_become(session: Session, row: InspectionRound, state: str) -> None:
    if state not in merged(session, "round_state")[row.state].attributes["moves"]:
        raise Invalid("no_such_move", state=state)


@verb(Permission.RECORD_WRITE)
def start_round(session: Session, round_id: int) -> InspectionRound:
    """The team is on its way. Starting a running round changes nothing."""
    lock(session)
    row = one(session, round_id)
    if row.state != RUNNING:
        _may_become(session, row, RUNNING)
        begin(session, row)
    return row


def begin(session: Session, row: InspectionRound) -> None:
    row.started_at, row.version = session.current.now(), row.version + 1
    write_down(session, "round.started", row, {"state": [PLANNED, RUNNING]})


@verb(Permission.RECORD_WRITE)
def conclude_round(
    session: Session, round_id: int, draft: ConclusionDraft, seen: int | None = None, nonce: str | None = None
) -> InspectionRound:
    """The round is done; the remedies go on. A planned round may be concluded at once when it is written down late."""
    draft = valid(ConclusionDraft, draft)
    lock(session)
    row = one(session, round_id)
    if once(session, nonce, round_id):
        return row
    check_version(row, seen, draft)
    _may_become(session, row, CONCLUDED)
    _check_conclusion(session, row, draft)
    changes = {"state": [row.state, CONCLUDED]} | differences(row, draft)
    row.concluded_at = session.current.now()
    _write_conclusion(session, row, draft, "round.concluded", changes)
    return row


@verb(Permission.RECORD_WRITE)
def amend_conclusion(
    session: Session, round_id: int, draft: ConclusionDraft, seen: int, nonce: str | None = None
) -> InspectionRound:
    """Correct the day or the document of a conclusion, or add the document when it arrives."""
    draft = valid(ConclusionDraft, draft)
    lock(session)
    row = one(session, round_id)
    if once(session, nonce, round_id):
        return row
    check_version(row, seen, draft)
    if row.state != CONCLUDED:
        raise Invalid("not_concluded")
    _check_conclusion(session, row, draft)
    if changes := differences(row, draft):
        _write_conclusion(session, row, draft, "round.conclusion_amended", changes)
    return row


def _check_conclusion(session: Session, row: InspectionRound, draft: ConclusionDraft) -> None:
    not_in_future(session, draft.done_on, "done_on")
    not_in_future(session, draft.conclusion_on, "conclusion_on")
    in_order(row.decision_on, draft.done_on, "done_on")
    in_order(draft.done_on, draft.conclusion_on, "conclusion_on")
    last = session.exec(select(func.max(InspectionVisit.visited_on)).where(InspectionVisit.round_id == row.id)).one()
    in_order(last, draft.done_on, "done_on")


def _write_conclusion(
    session: Session, row: InspectionRound, draft: ConclusionDraft, action: str, changes: dict[str, Any]
) -> None:
    row.sqlmodel_update(draft.model_dump())
    row.search, row.version = round_key(row), row.version + 1
    write_down(session, action, row, changes)


@verb(Permission.RECORD_WRITE)
def cancel_round(session: Session, round_id: int, reason: str) -> InspectionRound:
    """The round will not take place. It stays in the plan it was counted in."""
    reason = valid(ReasonDraft, {"reason": reason}).reason
    lock(session)
    row = one(session, round_id)
    if row.state == CANCELLED:
        return row
    _may_become(session, row, CANCELLED)
    if session.exec(select(InspectionVisit.id).where(InspectionVisit.round_id == row.id)).first():
        raise Invalid("has_visits")
    write_down(session, "round.cancelled", row, {"state": [row.state, CANCELLED]}, note=reason)
    row.cancelled_at, row.cancel_reason, row.version = session.current.now(), reason, row.version + 1
    return row
