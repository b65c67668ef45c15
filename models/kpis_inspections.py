"""Figures 9 to 12: inspection rounds, visits, findings, re-checks."""

from typing import Any

from sqlalchemy import func, or_, true
from sqlmodel import col, select

from models.access import Permission
from models.catalogue import merged
from models.database import Session
from models.figures import Better, Figure, Measure, Records, as_of, expired, kpi, of_unit, share, sides
from models.finding import Finding, Recheck
from models.inspection import InspectionRound, InspectionVisit
from models.period import Period
from models.verb import query

SCHEDULED = "scheduled"


# ---- 9 ---------------------------------------------------------------------------------------------------------------
def planned(session: Session, period: Period, unit_id: int | None) -> Records:
    where = (
        col(InspectionRound.kind) == SCHEDULED,
        col(InspectionRound.planned_on).between(period.first, period.last),
        of_unit(session, col(InspectionRound.unit_id), unit_id),
    )
    return Records(InspectionRound, where, col(InspectionRound.done_on) <= period.last)


@kpi("9", Measure.SHARE, Better.MORE, planned)
@query(Permission.KPI_READ)
def rounds_done(session: Session, period: Period, unit_id: int | None = None) -> Figure:
    """The share of planned inspection rounds that were carried out.

    Counts: scheduled rounds whose planned start lies in the period; done by the period's end. Cancelled ones stay in
    the denominator. Leaves out: unannounced rounds.
    Period: planned start. Unit: share of rounds. Better: more, up to 1. Source: inspection_round.planned_on, done_on.
    """
    return share("9", *sides(session, planned(session, period, unit_id)))


# ---- 10 --------------------------------------------------------------------------------------------------------------
def inspected_unit() -> Any:
    """The unit a visit belongs to: its own, or else the one in charge of the round."""
    return func.coalesce(InspectionVisit.unit_id, InspectionRound.unit_id)


def _visited_unit(session: Session, unit_id: int | None) -> Any:
    """The same as a condition on visits alone; the round is asked for only where a unit is."""
    if unit_id is None:
        return true()
    rounds = select(InspectionRound.id).where(of_unit(session, col(InspectionRound.unit_id), unit_id))
    own = col(InspectionVisit.unit_id)
    return or_(of_unit(session, own, unit_id), own.is_(None) & col(InspectionVisit.round_id).in_(rounds))


def visits_in(period: Period) -> Any:
    return col(InspectionVisit.visited_on).between(period.first, period.last) & ~col(InspectionVisit.is_recheck)


def visited(session: Session, period: Period, unit_id: int | None) -> Records:
    found = select(Finding.id).where(Finding.visit_id == InspectionVisit.id)
    return Records(InspectionVisit, (visits_in(period), _visited_unit(session, unit_id)), found.exists())


@kpi("10", Measure.SHARE, Better.NEITHER, visited)
@query(Permission.KPI_READ)
def visits_with_findings(session: Session, period: Period, unit_id: int | None = None) -> Figure:
    """The share of visited establishments where something was found.

    Counts: visits in the period; those with at least one finding. Leaves out: re-checks.
    Period: day of the visit. Unit: share of visits. Better: neither. Source: inspection_visit.visited_on, finding.
    """
    return share("10", *sides(session, visited(session, period, unit_id)))


# ---- 11 --------------------------------------------------------------------------------------------------------------
def _found_unit(session: Session, unit_id: int | None) -> Any:
    """Findings go with the unit of their visit."""
    if unit_id is None:
        return true()
    return col(Finding.visit_id).in_(select(InspectionVisit.id).where(_visited_unit(session, unit_id)))


def to_remedy(session: Session, period: Period, unit_id: int | None) -> Records:
    deadline, remedied = col(Finding.deadline), col(Finding.remedied_on)
    where = (
        expired(deadline, session, period),
        or_(remedied.is_not(None), deadline < session.current.today()),
        _found_unit(session, unit_id),
    )
    return Records(Finding, where, remedied <= deadline)


@kpi("11", Measure.SHARE, Better.MORE, to_remedy)
@query(Permission.KPI_READ)
def remedied_on_time(session: Session, period: Period, unit_id: int | None = None) -> Figure:
    """The share of findings that were put right by their deadline.

    Counts: findings whose deadline lies in the period, up to today. Open ones past it, and those that cannot be put
    right, are in the denominator. Leaves out: findings without a deadline, and open ones due today.
    Period: deadline. Unit: share of findings. Better: more. Source: finding.deadline, remedied_on.
    """
    return share("11", *sides(session, to_remedy(session, period, unit_id)))


# ---- 12 --------------------------------------------------------------------------------------------------------------
def rechecked(session: Session, period: Period, unit_id: int | None) -> Records:
    where: tuple[Any, ...] = (col(Recheck.checked_on).between(period.first, as_of(session, period)),)
    if unit_id is not None:
        where += (col(Recheck.finding_id).in_(select(Finding.id).where(_found_unit(session, unit_id))),)
    results = merged(session, "recheck_result").values()
    passed = [entry.code for entry in results if entry.attributes.get("passed")]
    return Records(Recheck, where, col(Recheck.result).in_(passed))


@kpi("12", Measure.SHARE, Better.MORE, rechecked)
@query(Permission.KPI_READ)
def rechecks_passed(session: Session, period: Period, unit_id: int | None = None) -> Figure:
    """The share of re-checks that were passed.

    Counts: re-checks made in the period, each by itself: a finding that failed once and passed later has two. Passed is
    what the catalogue of results says. Leaves out: remedies that were accepted without a re-check.
    Period: day of the re-check. Unit: share of re-checks. Better: more. Source: recheck.checked_on, result.
    """
    return share("12", *sides(session, rechecked(session, period, unit_id)))
