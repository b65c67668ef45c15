"""Figures 1 to 7: incidents, of all kinds or of one group of them. Those found not to have happened ("not confirmed") are
left out of every one."""

import datetime as dt
from typing import Any

from sqlalchemy import func, or_
from sqlmodel import col, select

from models.access import Permission
from models.database import Session
from models.figures import (
    Better,
    Figure,
    Measure,
    Records,
    as_of,
    count,
    expired,
    happened,
    hours,
    kpi,
    local_day,
    median,
    not_yet,
    number,
    of_unit,
    on_day,
    share,
    sides,
    within,
)
from models.incident import BECAME_COMPLEX, COMPLEX, PREVENTED, Incident
from models.kinds import of_group
from models.organisation import own_organisation
from models.period import Period
from models.verb import query


def confirmed(period: Period) -> Any:
    return not_yet(Incident.not_confirmed_at, period)


def _own(period: Period) -> Any:
    """Still the organisation's own to settle: neither unconfirmed nor transferred by then."""
    return confirmed(period) & not_yet(Incident.transferred_at, period)


def _of(session: Session, unit_id: int | None, group: str | None) -> Any:
    """Of one unit and of one group of kinds, where they are asked for."""
    return of_unit(session, col(Incident.unit_id), unit_id) & of_group(session, group)


# ---- 1 ---------------------------------------------------------------------------------------------------------------
def complex_ones(session: Session, period: Period, unit_id: int | None, group: str | None = None) -> Records:
    where = (
        Incident.complexity == COMPLEX,
        happened(Incident.occurred_at, period),
        happened(Incident.complexity_at, period),
        confirmed(period),
        _of(session, unit_id, group),
    )
    return Records(Incident, where)


@kpi("1", Measure.DAYS, Better.MORE, complex_ones, by_group=True)
@query(Permission.KPI_READ)
def days_without_complex(
    session: Session, period: Period, unit_id: int | None = None, group: str | None = None
) -> Figure:
    """How many days have passed without a complex incident.

    Counts: the days from the last day on which a complex incident occurred to the period's last day (today, while it
    runs). Where none was ever recorded: from the day the model started.
    Leaves out: not confirmed; incidents judged complex after the period.
    Period: only its end matters. Unit: days. Better: more. Source: incident.occurred_at, complexity_at; organisation.
    """
    latest = select(func.max(Incident.occurred_at)).where(*complex_ones(session, period, unit_id, group).where)
    last = session.exec(latest).one()
    return days_since(session, period, last, None if last else own_organisation(session).model_started_on)


def days_since(session: Session, period: Period, last: dt.datetime | None, started: dt.date | None) -> Figure:
    """Figure 1, from the latest complex incident or, without one, from the day that the model started."""
    since = local_day(last, period) if last else started
    today = as_of(session, period)
    if since is None or since > today:
        return Figure("1", None, no_data=True)
    return Figure("1", (today - since).days, since=since, never=last is None)


# ---- 2 ---------------------------------------------------------------------------------------------------------------
def occurred(session: Session, period: Period, unit_id: int | None, group: str | None = None) -> Records:
    return Records(Incident, (within(Incident.occurred_at, period), confirmed(period), _of(session, unit_id, group)))


def ever(session: Session, period: Period) -> bool:
    """Whether incidents are recorded here at all: then nought is a figure. Several figures ask; the answer is kept."""
    key = _ever(period)
    if key not in session.info:
        session.info[key] = session.exec(any_one(period)).first() is not None
    return session.info[key]


def _ever(period: Period) -> tuple[str, dt.datetime]:
    return "incidents ever", period.end


def any_one(period: Period) -> Any:
    """One incident, whichever, that had occurred by the period's end."""
    return select(Incident.id).where(happened(Incident.occurred_at, period)).limit(1)


@kpi("2", Measure.COUNT, Better.LESS, occurred, by_group=True)
@query(Permission.KPI_READ)
def incidents(session: Session, period: Period, unit_id: int | None = None, group: str | None = None) -> Figure:
    """How many incidents occurred.

    Counts: incidents by the instant they occurred. Leaves out: not confirmed by the period's end.
    Nought is a figure where anything had been recorded before; where nothing ever was, there is no data.
    Period: occurrence. Unit: incidents. Better: fewer, where people report well. Source: incident.occurred_at.
    """
    found = number(session, occurred(session, period, unit_id, group))
    if found:
        session.info[_ever(period)] = True
    return count("2", found, known=bool(found) or ever(session, period))


# ---- 3 ---------------------------------------------------------------------------------------------------------------
def due(session: Session, period: Period, unit_id: int | None, group: str | None = None) -> Records:
    where = (
        expired(Incident.due_on, session, period),
        or_(col(Incident.resolved_at).is_not(None), col(Incident.due_on) < session.current.today()),
        _own(period),
        _of(session, unit_id, group),
    )
    return Records(Incident, where, on_day(Incident.resolved_at, period) <= Incident.due_on)


@kpi("3", Measure.SHARE, Better.MORE, due, by_group=True)
@query(Permission.KPI_READ)
def settled_on_time(session: Session, period: Period, unit_id: int | None = None, group: str | None = None) -> Figure:
    """The share of incidents that were settled by the day they were due.

    Counts: incidents due in the period, up to today; on time is settled by the end of the due day, as extended.
    Open ones past their day are in the denominator. Leaves out: not confirmed, transferred, and open ones due today.
    Period: due day. Unit: share. Better: more. Source: incident.due_on, resolved_at.
    """
    return share("3", *sides(session, due(session, period, unit_id, group)))


# ---- 4 ---------------------------------------------------------------------------------------------------------------
def settled(session: Session, period: Period, unit_id: int | None, group: str | None = None) -> Records:
    return Records(Incident, (within(Incident.resolved_at, period), _own(period), _of(session, unit_id, group)))


@kpi("4", Measure.HOURS, Better.LESS, settled, by_group=True)
@query(Permission.KPI_READ)
def time_to_settle(session: Session, period: Period, unit_id: int | None = None, group: str | None = None) -> Figure:
    """How many hours it takes to settle an incident: the median.

    Counts: incidents settled in the period, from receipt to settlement. Leaves out: not confirmed, transferred.
    Period: settlement. Unit: hours. Better: fewer. Source: incident.received_at, resolved_at.
    """
    took = select(hours(Incident.received_at, Incident.resolved_at)).select_from(Incident)
    found = session.exec(took.where(*settled(session, period, unit_id, group).where))
    return median("4", [round(float(one), 4) for one in found])


# ---- 5 ---------------------------------------------------------------------------------------------------------------
def latent_ended(session: Session, period: Period, unit_id: int | None, group: str | None = None) -> Records:
    where = (
        within(Incident.latent_ended_at, period),
        col(Incident.latent_outcome).in_((PREVENTED, BECAME_COMPLEX)),
        confirmed(period),
        _of(session, unit_id, group),
    )
    return Records(Incident, where, col(Incident.latent_outcome) == PREVENTED)


@kpi("5", Measure.SHARE, Better.MORE, latent_ended, by_group=True)
@query(Permission.KPI_READ)
def latent_prevented(session: Session, period: Period, unit_id: int | None = None, group: str | None = None) -> Figure:
    """The share of latent cases that were prevented before they became complex.

    Counts: latent cases that ended in the period, prevented or become complex.
    Leaves out: not confirmed, still watched.
    Period: end of the latent state. Unit: share. Better: more. Source: incident.latent_outcome, latent_ended_at.
    """
    return share("5", *sides(session, latent_ended(session, period, unit_id, group)))


# ---- 6 ---------------------------------------------------------------------------------------------------------------
def overdue(session: Session, period: Period, unit_id: int | None, group: str | None = None) -> Records:
    morrow = min(period.last + dt.timedelta(days=1), session.current.today())
    where = (
        col(Incident.due_on) < morrow,
        not_yet(Incident.resolved_at, period),
        _own(period),
        _of(session, unit_id, group),
    )
    return Records(Incident, where)


@kpi("6", Measure.COUNT, Better.LESS, overdue, by_group=True)
@query(Permission.KPI_READ)
def open_overdue(session: Session, period: Period, unit_id: int | None = None, group: str | None = None) -> Figure:
    """How many incidents are open past the day they were due.

    Counts: incidents whose due day was over at the period's end (now, while it runs) and that were not settled by then.
    Leaves out: not confirmed, transferred; those due on the very day. Nought is a figure where incidents were recorded.
    Period: only its end matters. Unit: incidents. Better: fewer. Source: incident.due_on, resolved_at.
    """
    found = number(session, overdue(session, period, unit_id, group))
    return count("6", found, known=bool(found) or ever(session, period))


# ---- 7 ---------------------------------------------------------------------------------------------------------------
def flash_due(session: Session, period: Period, unit_id: int | None, group: str | None = None) -> Records:
    due_at, reported = col(Incident.flash_due_at), col(Incident.flash_reported_at)
    where = (
        within(Incident.flash_due_at, period),
        or_(reported.is_not(None), due_at < session.current.now()),
        confirmed(period),
        _of(session, unit_id, group),
    )
    return Records(Incident, where, reported <= due_at)


@kpi("7", Measure.SHARE, Better.MORE, flash_due, by_group=True)
@query(Permission.KPI_READ)
def flash_in_time(session: Session, period: Period, unit_id: int | None = None, group: str | None = None) -> Figure:
    """The share of urgent incidents whose flash report was made within its limit.

    Counts: incidents whose flash report was due in the period; in time is the first report at or before that instant.
    Those never reported are in the denominator once the limit has passed. Leaves out: not confirmed; those that need no
    flash report; those out of an old file.
    Period: the instant the report was due. Unit: share of urgent incidents. Better: more, up to 1.
    Source: incident.flash_due_at, flash_reported_at.
    """
    return share("7", *sides(session, flash_due(session, period, unit_id, group)))
