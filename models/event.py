"""Events (sự kiện): what is entered, how it ended, and how it is found again. Its plan is in models/plan.py."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import field_validator
from sqlalchemy import Column, Index, UniqueConstraint, and_, func
from sqlmodel import Field, col, select

from models.access import Invalid, Permission
from models.catalogue import chosen
from models.clock import FOREVER
from models.database import Json, Owned, Session, owned_by
from models.draft import N_, Draft, ReasonDraft, check_version, hint, in_order, once, problem, submitted, valid
from models.entry import filled
from models.history import differences, lock, record, tells, write_down
from models.numbering import next_number
from models.organisation import Kind, Organisation, unit_on
from models.plan import APPROVED, DRAFT, RETURNED, SUBMITTED, Plan
from models.text import fold
from models.verb import query, verb

if TYPE_CHECKING:
    from models.counted import Counted

SERIES = "SK"
MOST_PEOPLE = 10_000_000


class EventDraft(Draft):
    """What the event form sends."""

    name: str = Field(min_length=3, max_length=200, title=N_("Name of the event"))
    kind: str = Field(max_length=60, title=N_("Kind"), schema_extra=hint(choices="event_kind"))
    venue: str = Field(min_length=2, max_length=200, title=N_("Venue"), schema_extra=hint(suggest="place"))
    unit_id: int | None = Field(default=None, title=N_("Unit"), schema_extra=hint(choices="unit"))
    starts_at: dt.datetime = Field(title=N_("Starts at"))
    ends_at: dt.datetime = Field(title=N_("Ends at"))
    expected_people: int | None = Field(default=None, ge=0, le=MOST_PEOPLE, title=N_("Expected people"))
    organiser: str = Field(default="", max_length=200, title=N_("Organiser"))
    partners: list[str] = Field(
        default_factory=list,
        max_length=30,
        title=N_("Secured together with"),
        description=N_(
            "Bodies that help to keep the event safe. They see it only after it is shared under Joint work."
        ),
        schema_extra=hint(choices="partner"),
    )
    note: str = Field(default="", max_length=5000, title=N_("Note"), schema_extra=hint(widget="text_area", rows=3))

    @field_validator("starts_at", "ends_at")
    @classmethod
    def _has_a_zone(cls, value: dt.datetime) -> dt.datetime:
        if value.tzinfo is None:
            raise problem("timezone_aware")
        return value


class ResultDraft(Draft):
    """What is reported when the event is over."""

    attendance: int = Field(ge=0, le=MOST_PEOPLE, title=N_("People who came"))
    attendance_kind: str = Field(
        default="counted",
        max_length=20,
        title=N_("How the number was got"),
        schema_extra=hint(choices="attendance_kind", widget="segmented"),
    )
    peak: int | None = Field(
        default=None,
        ge=0,
        le=MOST_PEOPLE,
        title=N_("Most at one time"),
        description=N_("The largest number of people present together."),
    )
    incident_summary: str = Field(
        default="",
        max_length=5000,
        title=N_("Incidents"),
        description=N_("In short; each incident is entered by itself under Incidents. No names, no identity numbers."),
        schema_extra=hint(widget="text_area", rows=3),
    )
    forces_used: str = Field(
        default="", max_length=2000, title=N_("Forces used"), schema_extra=hint(widget="text_area", rows=3)
    )
    lessons: str = Field(
        default="", max_length=5000, title=N_("Lessons"), schema_extra=hint(widget="text_area", rows=3)
    )


class Event(EventDraft, Owned, table=True):
    """An event as it stands. It has ended when `ends_at` has passed, unless it was cancelled."""

    __table_args__ = owned_by(
        UniqueConstraint("organisation_id", "number"),
        Index(
            "ix_event_figures",
            "organisation_id",
            "ends_at",
            "cancelled_at",
            "kind",
            "unit_id",
            "attendance",
            "starts_at",
            "attendance_kind",
        ),
        Index("ix_event_list", "organisation_id", "starts_at", "id"),
        unit_id="unit",
        entered_by="account",
    )
    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(max_length=20)
    entered_at: dt.datetime
    entered_by: int | None = Field(default=None)
    entered_by_name: str = Field(max_length=200)
    partners: list[str] = Field(default_factory=list, sa_column=Column(Json, nullable=False))
    cancelled_at: dt.datetime | None = Field(default=None, title=N_("Cancelled at"))
    cancelled_reason: str = Field(default="", max_length=1000)
    attendance: int | None = Field(default=None, title=N_("People who came"))
    attendance_kind: str | None = Field(
        default=None, max_length=20, title=N_("How the number was got"), schema_extra=hint(choices="attendance_kind")
    )
    peak: int | None = Field(default=None, title=N_("Most at one time"))
    incident_summary: str = Field(default="", max_length=5000, title=N_("Incidents"))
    forces_used: str = Field(default="", max_length=2000, title=N_("Forces used"))
    lessons: str = Field(default="", max_length=5000, title=N_("Lessons"))
    reported_at: dt.datetime | None = None  # the first report; a correction does not move it
    reported_by_name: str = Field(default="", max_length=200)
    search: str = Field(default="", max_length=700)
    version: int = Field(default=1)


tells(Event, Permission.RECORD_READ)


def one(session: Session, event_id: int) -> Event:
    """The row, or `NotFound` for a missing or foreign one."""
    return record(session, "event", event_id)


# ---- entering -------------------------------------------------------------------------------------------------------
def _checked(session: Session, draft: EventDraft) -> dict[str, Any]:
    """The draft's values, with everything that needs the database checked."""
    in_order(draft.starts_at, draft.ends_at, "ends_at")
    day = draft.starts_at.astimezone(session.current.zone).date()
    chosen(session, "event_kind", draft.kind, "kind", day)
    known_partners(session, draft.partners)
    return draft.model_dump() | {"unit_id": unit_on(session, draft.unit_id, day)}


def known_partners(session: Session, partners: list[str], field_name: str = "partners") -> None:
    """Each is a police body of this house ("org:4") or an outside body of the catalogue ("body:PC07"), named once."""
    if len(set(partners)) < len(partners):
        raise Invalid(errors={field_name: ("twice", {})})
    for kind, _, code in (partner.partition(":") for partner in partners):
        if kind == "org" and code.isdecimal() and len(code) < 19:
            police = select(Organisation.id).where(Organisation.id == int(code), Organisation.kind == Kind.POLICE)
            if session.once(("police", code), lambda asked=police: session.exec(asked).first()):  # type: ignore[misc]
                continue
        elif kind == "body" and chosen(session, "partner_body", code, field_name):
            continue
        raise Invalid(errors={field_name: ("unknown", {})})


def _search_text(row: Event) -> str:
    return fold(f"{row.number} {row.name} {row.venue} {row.organiser}")[:700]


@verb(Permission.RECORD_WRITE)
def add_event(session: Session, draft: EventDraft, nonce: str | None = None) -> Event:
    """Enter an event under the next number. The same form sent twice gives the same event."""
    draft = valid(EventDraft, draft)
    if done := submitted(session, nonce):
        return one(session, done.subject_id)  # type: ignore[arg-type]
    row = Event(
        **_checked(session, draft),
        number=next_number(session, SERIES),
        entered_at=session.current.now(),
        entered_by=session.current.account_id,
        entered_by_name=session.current.name,
    )
    row.search = _search_text(row)
    session.add(row)
    session.flush()
    once(session, nonce, row.id)
    write_down(session, "event.added", row, filled(draft))
    return row


@verb(Permission.RECORD_WRITE)
def amend_event(session: Session, event_id: int, draft: EventDraft, seen: int, nonce: str | None = None) -> Event:
    """Change what was entered. A cancelled event stays as it is."""
    draft = valid(EventDraft, draft)
    lock(session)
    row = one(session, event_id)
    if once(session, nonce, event_id):
        return row
    _not_cancelled(check_version(row, seen, draft))
    checked = EventDraft.model_construct(**_checked(session, draft))
    if changes := differences(row, checked):
        row.sqlmodel_update(checked.model_dump())
        row.search, row.version = _search_text(row), row.version + 1
        write_down(session, "event.amended", row, changes)
    return row


def _not_cancelled(row: Event) -> None:
    if row.cancelled_at:
        raise Invalid("cancelled")


@verb(Permission.RECORD_WRITE)
def cancel_event(session: Session, event_id: int, reason: str, seen: int) -> Event:
    """Call an event off, with the reason. It keeps its number; no figure counts it from then on."""
    from models.plan_opinion import call_off

    written = valid(ReasonDraft, {"reason": reason}).reason
    lock(session)
    row = check_version(one(session, event_id), seen)
    _not_cancelled(row)
    if row.reported_at:
        raise Invalid("already_reported")
    row.cancelled_at, row.cancelled_reason = session.current.now(), written
    row.version += 1
    write_down(session, "event.cancelled", row, {"cancelled_at": [None, row.cancelled_at]}, note=written)
    call_off(session, event_id)
    return row


@verb(Permission.RECORD_WRITE)
def report_result(session: Session, event_id: int, draft: ResultDraft, seen: int, nonce: str | None = None) -> Event:
    """Report how a finished event went, or correct the report. The first report's instant stays."""
    draft = valid(ResultDraft, draft)
    lock(session)
    row = one(session, event_id)
    if once(session, nonce, event_id):
        return row
    _over(session, check_version(row, seen, draft))
    chosen(session, "attendance_kind", draft.attendance_kind, "attendance_kind")
    if draft.peak is not None and draft.peak > draft.attendance:
        raise Invalid(errors={"peak": ("more_than_came", {"attendance": draft.attendance})})
    changes = differences(row, draft)
    first = row.reported_at is None
    if changes or first:
        row.sqlmodel_update(draft.model_dump())
        row.version += 1
        if first:
            row.reported_at, row.reported_by_name = session.current.now(), session.current.name
        write_down(session, "event.reported" if first else "event.report_corrected", row, changes)
    return row


def _over(session: Session, row: Event) -> None:
    _not_cancelled(row)
    if row.ends_at > session.current.now():
        raise Invalid("not_over")


# ---- finding --------------------------------------------------------------------------------------------------------
UPCOMING, RUNNING, PAST, CANCELLED = "upcoming", "running", "past", "cancelled"
UNPLANNED, UNREPORTED = "unplanned", "unreported"
BUBBLES = (UPCOMING, RUNNING, PAST, UNPLANNED, DRAFT, SUBMITTED, RETURNED, APPROVED, UNREPORTED, CANCELLED)


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed by. `bubble` is one of BUBBLES: a time, a state one of its plans is in, or what it lacks.

    `first` and `end` (exclusive) keep the events that touch the span; together with `ended` those that ended in it.
    `counted` is the number whose events are shown.
    """

    text: str = ""
    bubble: str | None = None
    kind: str | None = None
    unit_id: int | None = None
    first: dt.datetime | None = None
    end: dt.datetime | None = None
    ended: bool = False
    counted: "Counted | None" = None


def _in_bubble(bubble: str, now: dt.datetime) -> Any:
    held, planned = col(Event.cancelled_at).is_(None), select(Plan.event_id)
    found: dict[str, Callable[[], Any]] = {  # each is put together when it is asked for, which takes its time
        UPCOMING: lambda: and_(held, col(Event.starts_at) > now),
        RUNNING: lambda: and_(held, col(Event.starts_at) <= now, col(Event.ends_at) > now),
        PAST: lambda: and_(held, col(Event.ends_at) <= now),
        CANCELLED: lambda: ~held,
        UNPLANNED: lambda: and_(held, col(Event.ends_at) > now, col(Event.id).not_in(planned)),
        UNREPORTED: lambda: and_(held, col(Event.ends_at) <= now, col(Event.reported_at).is_(None)),
    }
    if bubble in found:
        return found[bubble]()
    return and_(held, col(Event.id).in_(planned.where(Plan.state == bubble)))


def _conditions(session: Session, asked: Filter, *, bubble: bool = True) -> list[Any]:
    from models.counted import where

    now = session.current.now()
    found = where(session, asked.counted, Event)
    found += [col(Event.search).contains(word, autoescape=True) for word in fold(asked.text).split()[:8]]
    if bubble and asked.bubble:
        found.append(_in_bubble(asked.bubble, now))
    if asked.kind:
        found.append(Event.kind == asked.kind)
    if asked.unit_id:
        found.append(Event.unit_id == asked.unit_id)
    if asked.first:
        found.append(Event.ends_at >= asked.first)
    if asked.end:
        found.append((Event.ends_at if asked.ended else Event.starts_at) < asked.end)
    if asked.ended:
        found.append(_in_bubble(PAST, now))
    return found


@query(Permission.RECORD_READ)
def events(session: Session, asked: Filter, limit: int = 20, offset: int = 0) -> list[Event]:
    """One page of the list, latest start first."""
    statement = select(Event).where(*_conditions(session, asked))
    statement = statement.order_by(col(Event.starts_at).desc(), col(Event.id).desc())
    return list(session.exec(statement.limit(limit).offset(offset)))


@query(Permission.RECORD_READ)
def bubble_counts(session: Session, asked: Filter) -> dict[str, int]:
    """How many each bubble would show, and "" for all, in one statement."""
    now = session.current.now()
    counts = [func.count().filter(_in_bubble(bubble, now)) for bubble in BUBBLES]
    statement = select(func.count(), *counts).select_from(Event)
    row = session.exec(statement.where(*_conditions(session, asked, bubble=False))).one()
    return dict(zip(("", *BUBBLES), tuple(row), strict=True))  # type: ignore[arg-type]


@query(Permission.RECORD_READ)
def next_turn(session: Session) -> dt.datetime:
    """When the next event begins or ends, and so stands under another bubble."""
    now, turns = session.current.now(), (Event.starts_at, Event.ends_at)
    asked = (select(func.min(instant)).where(col(instant) > now).scalar_subquery() for instant in turns)
    found: Any = session.exec(select(*asked)).one()
    return min((one for one in found if one), default=FOREVER)


@query(Permission.RECORD_READ)
def event(session: Session, event_id: int) -> Event:
    return one(session, event_id)


@query(Permission.RECORD_READ)
def choices(session: Session, around: dt.datetime | None = None, limit: int = 200) -> list[Event]:
    """Events that something may belong to: held ones that start by the day after `around`, latest first."""
    until = (around or session.current.now()) + dt.timedelta(days=1)
    statement = select(Event).where(col(Event.cancelled_at).is_(None), Event.starts_at <= until)
    return list(session.exec(statement.order_by(col(Event.starts_at).desc()).limit(limit)))


# ---- what waits -----------------------------------------------------------------------------------------------------
def _with_event(session: Session, state: str, *more: Any) -> list[tuple[Plan, Event]]:
    statement = select(Plan, Event).join(Event, col(Event.id) == Plan.event_id)
    statement = statement.where(Plan.state == state, col(Event.cancelled_at).is_(None), *more)
    return [(plan, row) for plan, row in session.exec(statement.order_by(col(Event.starts_at), col(Event.id)))]


@query(Permission.PLAN_DECIDE)
def waiting_for_decision(session: Session) -> list[tuple[Plan, Event]]:
    """Submitted plans that this account may decide on (not its own), the event that starts first on top."""
    return _with_event(session, SUBMITTED, Plan.submitted_by != session.current.account_id)


@query(Permission.PLAN_SUBMIT)
def returned_plans(session: Session) -> list[tuple[Plan, Event]]:
    """Plans that came back and wait for their authors."""
    return _with_event(session, RETURNED)


@query(Permission.RECORD_READ)
def newest_plans(session: Session, event_ids: list[int]) -> dict[int, Plan]:
    """Event → the newest edition of its plan, for one page of a list."""
    statement = select(Plan).where(col(Plan.event_id).in_(event_ids)).order_by(Plan.edition)  # type: ignore[arg-type]
    return {plan.event_id: plan for plan in session.exec(statement)}
