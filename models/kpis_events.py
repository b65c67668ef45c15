"""Figures 13 to 16: events, their security plans, and what was reported about them."""

import datetime as dt
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from models.access import Permission
from models.database import Session
from models.event import Event
from models.figures import (
    Better,
    Figure,
    Measure,
    Records,
    as_of,
    happened,
    kpi,
    local_day,
    not_yet,
    number,
    of_unit,
    share,
    sides,
    within,
)
from models.incident import Incident
from models.kpis_incidents import confirmed
from models.period import Period
from models.period_rule import MOST_RESULT_DAYS, rule_on
from models.plan import Plan
from models.verb import query
from models.working_days import after, holidays

COUNTED = "counted"
LEAST_ATTENDANCE = 1_000  # below it, incidents per 10,000 people say nothing


# ---- 13, 14 ----------------------------------------------------------------------------------------------------------
def ended(session: Session, period: Period, unit_id: int | None) -> tuple[Any, ...]:
    """Events that ended in the period, called-off ones left out. What is planned to end later has not ended yet."""
    return (
        within(Event.ends_at, period),
        col(Event.ends_at) <= session.current.now(),
        not_yet(Event.cancelled_at, period),
        of_unit(session, col(Event.unit_id), unit_id),
    )


def _with_plan(session: Session, period: Period, unit_id: int | None, approved: Any) -> Records:
    plan = select(Plan.id).where(Plan.event_id == Event.id, happened(Plan.approved_at, period), approved)
    return Records(Event, ended(session, period, unit_id), plan.exists())


def secured(session: Session, period: Period, unit_id: int | None) -> Records:
    return _with_plan(session, period, unit_id, col(Plan.staffed_posts) > 0)


@kpi("13", Measure.SHARE, Better.MORE, secured)
@query(Permission.KPI_READ)
def events_secured(session: Session, period: Period, unit_id: int | None = None) -> Figure:
    """The share of events that were secured by an approved plan with people at its posts.

    Counts: events that ended in the period; secured is an approved plan with at least one post that has people.
    Leaves out: called-off events. Period: end of the event. Unit: share of events. Better: more.
    Source: event.ends_at, plan.approved_at, plan.staffed_posts.
    """
    return share("13", *sides(session, secured(session, period, unit_id)))


def approved(session: Session, period: Period, unit_id: int | None) -> Records:
    return _with_plan(session, period, unit_id, col(Plan.approved_at) <= Event.starts_at)


@kpi("14", Measure.SHARE, Better.MORE, approved)
@query(Permission.KPI_READ)
def approved_before_start(session: Session, period: Period, unit_id: int | None = None) -> Figure:
    """The share of events whose security plan was approved before they started.

    Counts: events that ended in the period; in time is any edition approved at or before the start.
    Leaves out: called-off events. Period: end of the event. Unit: share of events. Better: more, up to 1.
    Source: event.starts_at, plan.approved_at.
    """
    return share("14", *sides(session, approved(session, period, unit_id)))


# ---- 15 --------------------------------------------------------------------------------------------------------------
def at_events(session: Session, period: Period, unit_id: int | None) -> Records:
    """The events, whose attendance is the denominator; the part are the incidents at them."""
    events = ended(session, period, unit_id)
    there = col(Incident.event_id).in_(select(Event.id).where(*events))
    return Records(Event, events, Records(Incident, (there, confirmed(period), happened(Incident.occurred_at, period))))


@kpi("15", Measure.PER_10_000, Better.LESS, at_events)
@query(Permission.KPI_READ)
def incidents_per_10_000(session: Session, period: Period, unit_id: int | None = None) -> Figure:
    """How many incidents there were for every 10,000 people who came to events.

    Counts: incidents entered as part of an event that ended in the period, against the attendance reported for
    those events. Leaves out: not confirmed; called-off events; everything when fewer than 1,000 people came.
    Period: end of the event. Unit: incidents per 10,000 attendances. Better: fewer.
    Source: incident.event_id, event.attendance, event.attendance_kind.
    """
    events = at_events(session, period, unit_id)
    guessed = func.count().filter(col(Event.attendance_kind) != COUNTED)
    total, estimates = session.exec(select(func.sum(Event.attendance), guessed).where(*events.where)).one()
    came, found = int(total or 0), number(session, events.part)
    if came < LEAST_ATTENDANCE:
        return Figure("15", None, found, came, no_data=True)
    return Figure("15", found * 10_000 / came, found, came, estimated=bool(estimates))


# ---- 16 --------------------------------------------------------------------------------------------------------------
def reports_due(session: Session, period: Period, unit_id: int | None) -> Records:
    """Working days cannot be counted by the database, so the few events that may be meant are looked at one by one."""
    earliest = period.start - dt.timedelta(days=2 * MOST_RESULT_DAYS + 40)
    asked = select(col(Event.id), col(Event.ends_at), col(Event.reported_at)).where(
        col(Event.ends_at) >= earliest,
        col(Event.ends_at) < period.end,
        col(Event.ends_at) <= session.current.now(),
        not_yet(Event.cancelled_at, period),
        of_unit(session, col(Event.unit_id), unit_id),
    )
    free, until, due, in_time = holidays(session), as_of(session, period), [], []
    for event_id, ends_at, reported_at in session.exec(asked):
        day = local_day(ends_at, period)
        last = after(day, rule_on(session, day).result_days, free)
        if period.first <= last <= until and (reported_at or last < session.current.today()):
            due.append(event_id)
            in_time += [event_id] if reported_at and local_day(reported_at, period) <= last else []
    return Records(Event, (col(Event.id).in_(due),), col(Event.id).in_(in_time))


@kpi("16", Measure.SHARE, Better.MORE, reports_due)
@query(Permission.KPI_READ)
def reported_in_time(session: Session, period: Period, unit_id: int | None = None) -> Figure:
    """The share of events whose result was reported within the working days that the organisation allows.

    Counts: events whose report was due in the period, up to today: so many working days after the day they ended, five
    unless the organisation says otherwise. In time is the first report by the end of that day. Those not reported are in
    the denominator once the day is over. Leaves out: called-off events, and unreported ones due today.
    Period: the day the report was due. Unit: share of events. Better: more, up to 1.
    Source: event.ends_at, reported_at; period_rule.result_days.
    """
    return share("16", *sides(session, reports_due(session, period, unit_id)))
