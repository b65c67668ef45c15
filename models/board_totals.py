"""Figures of several organisations as one: what can be added up is, and what cannot is said to be so.

Numbers only go in. A share of shares is not their mean: both sides are added, then divided. The middle of some middles is
nobody's middle, so such a figure of several organisations is none (`None`), unless only one of them has any.
"""

from collections.abc import Callable, Iterable, Sequence

from models.figures import KPIS, Figure, Measure
from models.kpis_events import LEAST_ATTENDANCE


def combined(code: str, figures: Iterable[Figure]) -> Figure | None:
    """One figure of several; None where they cannot be added up."""
    every = list(figures)
    if KPIS[code].measure is Measure.PER_10_000:  # who has too few people to tell alone still adds some
        return _per_10_000(code, every)
    known = [figure for figure in every if not figure.no_data]
    if not known:
        return Figure(code, None, no_data=True)
    if len(known) == 1:
        return known[0]
    add = _ADD.get(KPIS[code].measure)
    return add(code, known) if add else None


def _sum(values: Iterable[float | None]) -> float:
    total = sum(value or 0 for value in values)
    return int(total) if total == int(total) else total


def _count(code: str, known: Sequence[Figure]) -> Figure:
    number = _sum(one.value for one in known)
    apart = _sum(one.apart for one in known) if any(one.apart is not None for one in known) else None
    return Figure(code, number, numerator=number, apart=None if apart is None else int(apart))


def _share(code: str, known: Sequence[Figure]) -> Figure:
    part, whole = _sum(one.numerator for one in known), _sum(one.denominator for one in known)
    return Figure(code, part / whole if whole else None, part, whole, no_data=not whole)


def _per_10_000(code: str, known: Sequence[Figure]) -> Figure:
    number, came = _sum(one.numerator for one in known), _sum(one.denominator for one in known)
    if came < LEAST_ATTENDANCE:
        return Figure(code, None, number, came, no_data=True)
    return Figure(code, number * 10_000 / came, number, came, estimated=any(one.estimated for one in known))


def _days(code: str, known: Sequence[Figure]) -> Figure:
    """Days without: since the last one anywhere; where there never was one, since the first of them began."""
    happened = [one for one in known if not one.never]
    return min(happened, key=lambda one: one.value or 0) if happened else max(known, key=lambda one: one.value or 0)


_ADD: dict[Measure, Callable[[str, Sequence[Figure]], Figure]] = {
    Measure.COUNT: _count,
    Measure.SHARE: _share,
    Measure.DAYS: _days,
}


def share_of(figure: Figure | None, total: Figure | None) -> float | None:
    """How much of the total one organisation is: of what is counted, or of the cases that a share stands on."""
    if figure is None or figure.no_data or total is None:
        return None
    match KPIS[figure.code].measure:
        case Measure.COUNT:
            own, whole = figure.value, total.value
        case Measure.SHARE | Measure.PER_10_000:
            own, whole = figure.denominator, total.denominator
        case _:
            return None
    return (own or 0) / whole if whole else None
