"""The figures. One function a figure, and its docstring is its definition; `KPIS` lists them all.

Every figure is of one organisation (the session's), of a period and, if asked, of one unit with what was merged into
it. It is told as of the period's end: what happened later has not happened yet. While the period runs, that is now.
Incidents found not to have happened ("not confirmed") are left out of every figure.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import func, or_
from sqlmodel import col, select

from models.access import Permission
from models.database import Session
from models.draft import in_order
from models.event import Event
from models.figures import (
    KPIS,
    Better,
    Figure,
    Measure,
    as_of,
    count,
    expired,
    happened,
    kpi,
    local_day,
    median,
    not_yet,
    of_unit,
    share,
    within,
)
from models.finding import Finding
from models.incident import BECAME_COMPLEX, COMPLEX, PREVENTED, Incident
from models.inspection import InspectionRound, InspectionVisit
from models.joint import JointActivity, JointAnswer
from models.organisation import own_organisation
from models.period import Period
from models.plan import Plan
from models.verb import query

COUNTED = "counted"
LEAST_ATTENDANCE = 1_000  # below it, incidents per 10,000 people say nothing


def _confirmed(period: Period) -> Any:
    return not_yet(Incident.not_confirmed_at, period)


def _own(period: Period) -> Any:
    """Still the organisation's own to settle: neither unconfirmed nor transferred by then."""
    return _confirmed(period) & not_yet(Incident.transferred_at, period)


# ---- incidents -----------------------------------------------------------------------------------------------------
@kpi("1", Measure.DAYS, Better.MORE)
@query(Permission.KPI_READ)
def days_without_complex(session: Session, period: Period, unit_id: int | None = None) -> Figure:
    """How many days have passed without a complex incident.

    Counts: the days from the last day on which a complex incident occurred to the period's last day (today, while it
    runs). Where none was ever recorded: from the day the model started.
    Leaves out: not confirmed; incidents judged complex after the period.
    Period: only its end matters. Unit: days. Better: more. Source: incident.occurred_at, complexity_at; organisation.
    """
    latest = select(func.max(Incident.occurred_at)).where(
        Incident.complexity == COMPLEX,
        happened(Incident.occurred_at, period),
        happened(Incident.complexity_at, period),
        _confirmed(period),
        of_unit(session, col(Incident.unit_id), unit_id),
    )
    last = session.exec(latest).one()
    since = local_day(last, period) if last else own_organisation(session).model_started_on
    today = as_of(session, period)
    if since is None or since > today:
        return Figure("1", None, no_data=True)
    return Figure("1", (today - since).days, since=since, never=last is None)


@kpi("2", Measure.COUNT, Better.LESS)
@query(Permission.KPI_READ)
def incidents(session: Session, period: Period, unit_id: int | None = None) -> Figure:
    """How many incidents occurred.

    Counts: incidents by the instant they occurred. Leaves out: not confirmed by the period's end.
    Nought is a figure where anything had been recorded before; where nothing ever was, there is no data.
    Period: occurrence. Unit: incidents. Better: fewer, where people report well. Source: incident.occurred_at.
    """
    rows = (_confirmed(period), of_unit(session, col(Incident.unit_id), unit_id))
    number = session.exec(
        select(func.count()).select_from(Incident).where(within(Incident.occurred_at, period), *rows)
    ).one()
    known = bool(number) or _any(session, Incident.id, happened(Incident.occurred_at, period))
    return count("2", number, known=known)


def _any(session: Session, column: Any, condition: Any) -> bool:
    return session.exec(select(column).where(condition).limit(1)).first() is not None


@kpi("3", Measure.SHARE, Better.MORE)
@query(Permission.KPI_READ)
def settled_on_time(session: Session, period: Period, unit_id: int | None = None) -> Figure:
    """The share of incidents that were settled by the day they were due.

    Counts: incidents due in the period, up to today; on time is settled by the end of the due day, as extended.
    Open ones past their day are in the denominator. Leaves out: not confirmed, transferred, and open ones due today.
    Period: due day. Unit: share. Better: more. Source: incident.due_on, resolved_at.
    """
    rows = session.exec(
        select(col(Incident.due_on), col(Incident.resolved_at)).where(
            expired(Incident.due_on, session, period),
            or_(col(Incident.resolved_at).is_not(None), col(Incident.due_on) < session.current.today()),
            _own(period),
            of_unit(session, col(Incident.unit_id), unit_id),
        )
    ).all()
    on_time = sum(resolved is not None and local_day(resolved, period) <= due for due, resolved in rows)
    return share("3", on_time, len(rows))


@kpi("4", Measure.HOURS, Better.LESS)
@query(Permission.KPI_READ)
def time_to_settle(session: Session, period: Period, unit_id: int | None = None) -> Figure:
    """How many hours it takes to settle an incident: the median.

    Counts: incidents settled in the period, from receipt to settlement. Leaves out: not confirmed, transferred.
    Period: settlement. Unit: hours. Better: fewer. Source: incident.received_at, resolved_at.
    """
    rows = session.exec(
        select(col(Incident.received_at), col(Incident.resolved_at)).where(
            within(Incident.resolved_at, period), _own(period), of_unit(session, col(Incident.unit_id), unit_id)
        )
    )
    return median("4", [(resolved - received) / dt.timedelta(hours=1) for received, resolved in rows if resolved])


@kpi("5", Measure.SHARE, Better.MORE)
@query(Permission.KPI_READ)
def latent_prevented(session: Session, period: Period, unit_id: int | None = None) -> Figure:
    """The share of latent cases that were prevented before they became complex.

    Counts: latent cases that ended in the period, prevented or become complex.
    Leaves out: not confirmed, still watched.
    Period: end of the latent state. Unit: share. Better: more. Source: incident.latent_outcome, latent_ended_at.
    """
    ended = select(func.count().filter(col(Incident.latent_outcome) == PREVENTED), func.count()).where(
        within(Incident.latent_ended_at, period),
        col(Incident.latent_outcome).in_((PREVENTED, BECAME_COMPLEX)),
        _confirmed(period),
        of_unit(session, col(Incident.unit_id), unit_id),
    )
    return share("5", *session.exec(ended).one())


# ---- joint work ----------------------------------------------------------------------------------------------------
# Where a shared record lives, its unit, and the instant from which it counts no more.
SOURCES: tuple[tuple[Any, Any, Any], ...] = (
    (Incident, Incident.unit_id, Incident.not_confirmed_at),
    (InspectionRound, InspectionRound.unit_id, InspectionRound.cancelled_at),
    (Event, Event.unit_id, Event.cancelled_at),
)


def shared_in(session: Session, period: Period, unit_id: int | None) -> list[Any]:
    """The own organisation's activities of the period that had been shared by its end, void ones left out."""
    source, source_id = col(JointActivity.source), col(JointActivity.source_id)
    found: list[Any] = [
        JointActivity.organisation_id == session.current.organisation_id,
        expired(JointActivity.occurred_on, session, period),
        happened(JointActivity.released_at, period),
    ]
    for cls, _, ended_at in SOURCES:
        void = select(cls.id).where(cls.id == source_id, happened(ended_at, period)).exists()
        found.append(or_(source.is_(None), source != cls.__tablename__, ~void))
    if unit_id is not None:
        own = ((cls, of_unit(session, col(unit), unit_id)) for cls, unit, _ in SOURCES)
        found.append(
            or_(*((source == cls.__tablename__) & source_id.in_(select(cls.id).where(rows)) for cls, rows in own))
        )
    return found


@kpi("8", Measure.COUNT, Better.NEITHER)
@query(Permission.KPI_READ)
def joint_activities(session: Session, period: Period, unit_id: int | None = None) -> Figure:
    """How many activities were carried out together with partners.

    Counts: activities of the period that were shared by its end; those a partner confirmed are told apart. One with two
    partners counts once. A share withdrawn later stays counted.
    Leaves out: not confirmed incidents, called-off rounds and events; with a unit, what belongs to none.
    Period: day of the activity. Unit: activities. Better: neither. Source: joint_activity.occurred_on, released_at.
    """
    answer = select(JointAnswer.id).where(
        JointAnswer.activity_id == JointActivity.id, happened(JointAnswer.confirmed_at, period)
    )
    rows = select(func.count(), func.count().filter(answer.exists())).select_from(JointActivity)
    number, confirmed = session.exec(rows.where(*shared_in(session, period, unit_id))).one()
    own = col(JointActivity.organisation_id) == session.current.organisation_id
    known = bool(number) or _any(session, JointActivity.id, own & (col(JointActivity.occurred_on) <= period.last))
    return replace(count("8", number, known=known), apart=confirmed)


# ---- inspections ---------------------------------------------------------------------------------------------------
SCHEDULED = "scheduled"


@kpi("9", Measure.SHARE, Better.MORE)
@query(Permission.KPI_READ)
def rounds_done(session: Session, period: Period, unit_id: int | None = None) -> Figure:
    """The share of planned inspection rounds that were carried out.

    Counts: scheduled rounds whose planned start lies in the period; done by the period's end. Cancelled ones stay in
    the denominator. Leaves out: unannounced rounds.
    Period: planned start. Unit: share of rounds. Better: more, up to 1. Source: inspection_round.planned_on, done_on.
    """
    done = func.count().filter(col(InspectionRound.done_on) <= period.last)
    planned = select(done, func.count()).where(
        InspectionRound.kind == SCHEDULED,
        col(InspectionRound.planned_on).between(period.first, period.last),
        of_unit(session, col(InspectionRound.unit_id), unit_id),
    )
    return share("9", *session.exec(planned).one())


def inspected_unit() -> Any:
    """The unit a visit belongs to: its own, or else the one in charge of the round."""
    return func.coalesce(InspectionVisit.unit_id, InspectionRound.unit_id)


def _visited(session: Session, statement: Any, unit_id: int | None) -> Any:
    """Narrow a question about visits to a unit; the round is asked for only then."""
    if unit_id is None:
        return statement
    joined = statement.join(InspectionRound, col(InspectionRound.id) == InspectionVisit.round_id)
    return joined.where(of_unit(session, inspected_unit(), unit_id))


def visits_in(period: Period) -> Any:
    return col(InspectionVisit.visited_on).between(period.first, period.last) & ~col(InspectionVisit.is_recheck)


@kpi("10", Measure.SHARE, Better.NEITHER)
@query(Permission.KPI_READ)
def visits_with_findings(session: Session, period: Period, unit_id: int | None = None) -> Figure:
    """The share of visited establishments where something was found.

    Counts: visits in the period; those with at least one finding. Leaves out: re-checks.
    Period: day of the visit. Unit: share of visits. Better: neither. Source: inspection_visit.visited_on, finding.
    """
    found = select(Finding.id).where(Finding.visit_id == InspectionVisit.id).exists()
    visits = select(func.count().filter(found), func.count()).select_from(InspectionVisit).where(visits_in(period))
    return share("10", *session.exec(_visited(session, visits, unit_id)).one())


@kpi("11", Measure.SHARE, Better.MORE)
@query(Permission.KPI_READ)
def remedied_on_time(session: Session, period: Period, unit_id: int | None = None) -> Figure:
    """The share of findings that were put right by their deadline.

    Counts: findings whose deadline lies in the period, up to today. Open ones past it, and those that cannot be put
    right, are in the denominator. Leaves out: findings without a deadline, and open ones due today.
    Period: deadline. Unit: share of findings. Better: more. Source: finding.deadline, remedied_on.
    """
    deadline, remedied = col(Finding.deadline), col(Finding.remedied_on)
    due = select(func.count().filter(remedied <= deadline), func.count()).select_from(Finding)
    due = due.where(expired(deadline, session, period), or_(remedied.is_not(None), deadline < session.current.today()))
    if unit_id is not None:
        due = due.join(InspectionVisit, col(InspectionVisit.id) == Finding.visit_id)
    return share("11", *session.exec(_visited(session, due, unit_id)).one())


# ---- events --------------------------------------------------------------------------------------------------------
def ended(session: Session, period: Period, unit_id: int | None) -> tuple[Any, ...]:
    """Events that ended in the period, called-off ones left out. What is planned to end later has not ended yet."""
    return (
        within(Event.ends_at, period),
        col(Event.ends_at) <= session.current.now(),
        not_yet(Event.cancelled_at, period),
        of_unit(session, col(Event.unit_id), unit_id),
    )


def _with_plan(session: Session, period: Period, unit_id: int | None, *approved: Any) -> tuple[int, int]:
    plan = select(Plan.id).where(Plan.event_id == Event.id, happened(Plan.approved_at, period), *approved).exists()
    events = select(func.count().filter(plan), func.count()).select_from(Event).where(*ended(session, period, unit_id))
    return session.exec(events).one()


@kpi("13", Measure.SHARE, Better.MORE)
@query(Permission.KPI_READ)
def events_secured(session: Session, period: Period, unit_id: int | None = None) -> Figure:
    """The share of events that were secured by an approved plan with people at its posts.

    Counts: events that ended in the period; secured is an approved plan with at least one post that has people.
    Leaves out: called-off events. Period: end of the event. Unit: share of events. Better: more.
    Source: event.ends_at, plan.approved_at, plan.staffed_posts.
    """
    return share("13", *_with_plan(session, period, unit_id, Plan.staffed_posts > 0))


@kpi("14", Measure.SHARE, Better.MORE)
@query(Permission.KPI_READ)
def approved_before_start(session: Session, period: Period, unit_id: int | None = None) -> Figure:
    """The share of events whose security plan was approved before they started.

    Counts: events that ended in the period; in time is any edition approved at or before the start.
    Leaves out: called-off events. Period: end of the event. Unit: share of events. Better: more, up to 1.
    Source: event.starts_at, plan.approved_at.
    """
    return share("14", *_with_plan(session, period, unit_id, col(Plan.approved_at) <= Event.starts_at))


@kpi("15", Measure.PER_10_000, Better.LESS)
@query(Permission.KPI_READ)
def incidents_per_10_000(session: Session, period: Period, unit_id: int | None = None) -> Figure:
    """How many incidents there were for every 10,000 people who came to events.

    Counts: incidents entered as part of an event that ended in the period, against the attendance reported for
    those events. Leaves out: not confirmed; called-off events; everything when fewer than 1,000 people came.
    Period: end of the event. Unit: incidents per 10,000 attendances. Better: fewer.
    Source: incident.event_id, event.attendance, event.attendance_kind.
    """
    events = ended(session, period, unit_id)
    guessed = func.count().filter(col(Event.attendance_kind) != COUNTED)
    total, estimates = session.exec(select(func.sum(Event.attendance), guessed).where(*events)).one()
    came = int(total or 0)
    number = session.exec(
        select(func.count(col(Incident.id)))
        .join(Event, col(Event.id) == Incident.event_id)
        .where(*events, _confirmed(period), happened(Incident.occurred_at, period))
    ).one()
    if came < LEAST_ATTENDANCE:
        return Figure("15", None, number, came, no_data=True)
    return Figure("15", number * 10_000 / came, number, came, estimated=bool(estimates))


# ---- all of them ---------------------------------------------------------------------------------------------------
@query(Permission.KPI_READ)
def figures(session: Session, period: Period, unit_id: int | None = None) -> dict[str, Figure]:
    """Every figure by its code, in the order of the codes."""
    return {code: KPIS[code].ask(session, period, unit_id) for code in sorted(KPIS, key=int)}


@query(Permission.KPI_READ)
def headlines(session: Session, period: Period, codes: Iterable[str]) -> dict[str, Figure]:
    """Some of the figures, in the order asked for."""
    return {code: KPIS[code].ask(session, period) for code in codes}


@query(Permission.KPI_READ)
def report(session: Session, first: dt.date, last: dt.date) -> dict[str, Any]:
    """The figures of `first` to `last`, both included, as the command line prints them."""
    in_order(first, last, "last")
    found = figures(session, Period(first, last, session.current.zone))
    return {
        "organisation": session.current.organisation_code,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "kpis": [figure.as_json() for figure in found.values()],
    }
