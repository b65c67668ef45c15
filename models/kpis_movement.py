"""Figures 17 to 19: the self-score, the sessions of guards and mass organisations, the events that cost the title."""

from dataclasses import replace

from sqlalchemy import false, func
from sqlmodel import col, select

from models.access import Permission
from models.database import Session
from models.disqualifying import DisqualifyingEvent, counted, year_of
from models.figures import Better, Figure, Measure, Records, any_of, as_of, count, kpi, number, of_unit
from models.kpis_incidents import ever
from models.movement import MovementActivity, held_in
from models.period import Period
from models.self_score import SelfScore, standing
from models.verb import query


# ---- 17 --------------------------------------------------------------------------------------------------------------
def scored(session: Session, period: Period, unit_id: int | None) -> Records:
    """One self-score or none; a unit has none of its own."""
    of_unit(session, col(MovementActivity.unit_id), unit_id)  # a foreign unit is not found
    return Records(SelfScore, standing(session, period) if unit_id is None else (false(),))


@kpi("17", Measure.POINTS, Better.MORE, scored)
@query(Permission.KPI_READ)
def self_score(session: Session, period: Period, unit_id: int | None = None) -> Figure:
    """How many points the organisation gave itself over the four safeties, and of how many.

    Counts: the self-score of the latest assessment year among those signed by the period's end, for as long as a year
    after that year. Leaves out: what is not signed, or was struck out by then; units, which have none of their own.
    Period: only its end matters. Unit: points. Better: more. Source: self_score, four points and four maxima, signed_at.
    """
    row = session.exec(select(SelfScore).where(*scored(session, period, unit_id).where)).first()
    if row is None:
        return Figure("17", None, no_data=True)
    return Figure("17", row.total, row.total, row.most, since=row.year_last)


# ---- 18 --------------------------------------------------------------------------------------------------------------
def sessions_held(session: Session, period: Period, unit_id: int | None) -> Records:
    return Records(MovementActivity, held_in(session, period, unit_id))


@kpi("18", Measure.COUNT, Better.MORE, sessions_held)
@query(Permission.KPI_READ)
def movement_sessions(session: Session, period: Period, unit_id: int | None = None) -> Figure:
    """How many training, patrol and propaganda sessions the guards and the mass organisations held.

    Counts: sessions of the register held in the period, up to today; the people who took part are told apart.
    Leaves out: those struck out by the period's end; what was done together with the police, which figure 8 counts.
    Nought is a figure once a session was recorded.
    Period: day of the session. Unit: sessions. Better: more. Source: movement_activity.held_on, participants, struck_at.
    """
    where = sessions_held(session, period, unit_id).where
    found, people = session.exec(select(func.count(), func.sum(MovementActivity.participants)).where(*where)).one()
    known = bool(found) or any_of(session, MovementActivity.id, col(MovementActivity.held_on) <= as_of(session, period))
    return replace(count("18", found, known=known), apart=int(people or 0) if known else None)


# ---- 19 --------------------------------------------------------------------------------------------------------------
def disqualifying(session: Session, period: Period, unit_id: int | None) -> Records:
    return Records(DisqualifyingEvent, counted(session, period, unit_id))


@kpi("19", Measure.COUNT, Better.LESS, disqualifying)
@query(Permission.KPI_READ)
def disqualifying_events(session: Session, period: Period, unit_id: int | None = None) -> Figure:
    """How many events there were that can cost the title "safe in security and order".

    Counts: events that a head found to be such, of the assessment year (16/11 to 15/11, unless the organisation says
    otherwise) that the period's end lies in, up to that day.
    Leaves out: those struck out by then. Nought is a figure where such an event or any incident was ever recorded.
    Period: the assessment year up to its end. Unit: events. Better: none at all.
    Source: disqualifying_event.occurred_on, struck_at; period_rule.year_month, year_day.
    """
    found = number(session, disqualifying(session, period, unit_id))
    known = bool(found) or ever(session, period)
    known = known or any_of(
        session, DisqualifyingEvent.id, col(DisqualifyingEvent.occurred_on) <= as_of(session, period)
    )
    return replace(count("19", found, known=known), since=year_of(session, period)[0] if known else None)
