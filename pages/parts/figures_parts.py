"""The figures of a page, each group of them asked anew when something was entered that it rests on (models/lasting.py)."""

from collections.abc import Collection, Sequence
from functools import partial

from models import breakdowns, kpis, kpis_together, sparks, target
from models.about import INCIDENTS, INSPECTIONS, SHARED, About
from models.breakdowns import Inspected, Partner
from models.database import Session
from models.figures import KPIS, Figure
from models.lasting import lasting
from models.period import Period
from models.sparks import Spark
from models.target import Target

Codes = tuple[str, ...]
OF_INCIDENTS: About = frozenset({INCIDENTS})


def figures(
    session: Session, period: Period, unit_id: int | None = None, codes: Collection[str] = tuple(KPIS)
) -> dict[str, Figure]:
    """These figures of one period and unit, in the order asked for."""
    found: dict[str, Figure] = {}
    for about, own in _groups(codes):
        until = partial(kpis_together.until, session, period, own)
        ask = partial(kpis.headlines, session, period, own, unit_id)
        ended = period.end if about == OF_INCIDENTS and period.end <= session.current.now() else None
        found |= lasting(session, about, ("figures", own, period, unit_id), ask, until, ended)
    return {code: found[code] for code in codes}


def _groups(codes: Collection[str]) -> list[tuple[About, Codes]]:
    groups = ((about, tuple(code for code in own if code in codes)) for about, own in kpis.ABOUT.items())
    return [(about, own) for about, own in groups if own]


def lines(session: Session, codes: Collection[str], trend: Period, unit_id: int | None) -> dict[str, Spark]:
    """How they went, month by month."""
    found: dict[str, Spark] = {}
    for about, own in _groups(codes):
        until = partial(kpis_together.until, session, trend, own)
        ask = partial(sparks.sparks, session, own, trend, unit_id)
        found |= lasting(session, about, ("sparks", own, trend, unit_id), ask, until)
    return found


def subjects(session: Session, period: Period, unit_id: int | None) -> dict[str, Inspected]:
    ask = partial(breakdowns.inspections_by_subject, session, period, unit_id)
    return lasting(session, frozenset({INSPECTIONS}), ("subjects", period, unit_id), ask)


def targets(session: Session, period: Period, unit_id: int | None) -> dict[str, Target]:
    """What holds in the period: asked anew when a target was set."""
    ask = partial(target.targets, session, period, unit_id)
    return lasting(session, frozenset(), ("targets", period, unit_id), ask)


def month_targets(session: Session, code: str, of_months: Sequence[Period], unit_id: int | None) -> list[Target | None]:
    ask = partial(target.month_targets, session, code, of_months, unit_id)
    return lasting(session, frozenset(), ("month targets", code, tuple(of_months), unit_id), ask)


def partners(session: Session, period: Period, unit_id: int | None) -> list[Partner]:
    ask = partial(breakdowns.activities_by_partner, session, period, unit_id)
    return lasting(session, SHARED, ("partners", period, unit_id), ask)
