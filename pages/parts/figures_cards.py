"""The figures' cards: value, change and what it means, last year, target, a small line, and the way to the records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from models import counted
from models.access import Current, Permission
from models.counted import Counted
from models.figures import KPIS, Better, Figure, Measure
from models.kpi_records import PART
from models.period import Period
from models.sparks import Spark
from models.target import MET, MISSED, NEAR, Target
from pages.parts import cards
from pages.parts import counted as counted_way
from pages.parts.cards import WORDS
from pages.parts.rooms import page_of
from pages.parts.words import N_, number, percent, t

SEE = {
    "incident": N_("See {count} incidents"),
    "joint_activity": N_("See {count} activities"),
    "inspection_round": N_("See {count} rounds"),
    "inspection_visit": N_("See {count} visits"),
    "finding": N_("See {count} findings"),
    "recheck": N_("See {count} re-checks"),
    "event": N_("See {count} events"),
    "self_score": N_("See {count} self-score"),
    "movement_activity": N_("See {count} sessions"),
    "disqualifying_event": N_("See {count} entries"),
}
SHORT = 18  # letters that a phone shows beside a change or alone in a card's width
REACHED = {MET: N_("reached"), NEAR: N_("nearly reached"), MISSED: N_("not reached")}


@dataclass(frozen=True)
class Told:
    """Everything that the cards of one period and unit say; where a group of kinds is chosen, of that group as far as a
    figure knows kinds."""

    figures: Mapping[str, Figure]
    before: Mapping[str, Figure]
    year_before: Mapping[str, Figure]  # empty where the period before is the same one last year
    sparks: Mapping[str, Spark]
    targets: Mapping[str, Target]  # of every kind together: a figure of one group has none
    group: str | None = None

    def counted(self, code: str, period: Period, unit_id: int | None) -> Counted:
        """What a figure counts here, for the list of it."""
        group = self.group if KPIS[code].by_group else None
        return Counted(code, period.first, period.last, unit_id=unit_id, group=group)

    def whole(self, code: str) -> str:
        """Said beside a figure that stays as it is though a group is chosen."""
        return t("every kind") if self.group and not KPIS[code].by_group else ""


def grid(current: Current, told: Told, codes: Sequence[str], period: Period, unit_id: int | None) -> None:
    """Four across on a desk, two on a phone."""
    with st.grid(4, gap="small", min_column_width=160):
        for code in codes:
            with st.container(border=True, height="stretch", gap="xsmall"):
                _card(current, told, code, told.counted(code, period, unit_id))


def _card(current: Current, told: Told, code: str, what: Counted) -> None:
    figure, before = told.figures[code], told.before.get(code)
    title, meaning = WORDS[code]
    step, verdict = cards.change(figure, before), cards.verdict(figure, before)
    below = step or len(cards.beside(figure)) > SHORT  # there it would have no room on a phone, and be cut
    line = [value for value in told.sparks.get(code, ()) if value is not None]
    st.metric(
        t(title),
        cards.value(figure),
        delta=_change(step, verdict),
        delta_color=cards.colour(code, verdict),
        delta_arrow="off" if verdict == cards.SAME else "auto",
        delta_description=None if below else cards.beside(figure) or None,
        help=t(meaning),
        chart_data=line if len(line) > 1 else None,
        chart_type="bar" if KPIS[code].measure is Measure.COUNT else "line",
    )
    beside = [cards.beside(figure)] if below else []
    if said := " · ".join([*filter(None, (told.whole(code), *beside)), *_lines(told, figure)]):
        st.caption(said)
    if current.may(Permission.RECORD_READ):
        _way(figure, what)


def _change(step: str | None, verdict: str | None) -> str | None:
    if step is None or verdict is None:
        return step
    return t(verdict) if verdict == cards.SAME else f"{step} {t(verdict)}"


def _lines(told: Told, figure: Figure) -> list[str]:
    """The same period last year, and the target."""
    found = []
    if (earlier := told.year_before.get(figure.code)) and earlier.value is not None:
        step = cards.change(figure, earlier)
        said = f"{cards.value(earlier)} ({step})" if step else cards.value(earlier)
        found.append(t("same period last year: {value}", value=said))
    if said := aim(told, figure):
        found.append(said)
    return found


def aim(told: Told, figure: Figure) -> str:
    """The target and whether it is reached, where there is one."""
    target = told.targets.get(figure.code)
    return _target(target, figure) if target else ""


def _target(target: Target, figure: Figure) -> str:
    kpi = KPIS[target.code]
    share = kpi.measure is Measure.SHARE
    said = percent(target.value) if share else number(target.value, 0 if target.value == int(target.value) else 1)
    sign = "≥" if kpi.better is Better.MORE else "≤"
    state = target.state(figure)
    words = t("target {sign} {value}", sign=sign, value=said)
    return f"{words}: {t(REACHED[state])}" if state else words


# ---- the records behind it --------------------------------------------------------------------------------------------
def _way(figure: Figure, what: Counted) -> None:
    """ "See 12 incidents", where there are any and a page lists them."""
    if found := records(figure, what):
        place = counted_way.way(found[0])
        if place:
            st.page_link(page_of(place[0]), label=found[1], icon=":material/list:", query_params=place[1])


def records(figure: Figure, what: Counted) -> tuple[Counted, str] | None:
    """What to list, and the words that lead there; None where there is nothing."""
    if figure.code == "15":
        what = replace(what, part=PART)
    count = size(figure)
    if figure.code == "1" and not figure.never and not figure.no_data:
        return what, t("See the complex incidents")
    table = counted.table(what)
    return (what, t(SEE[table], count=number(count))) if count and table in counted_way.PAGES else None


def size(figure: Figure) -> int | None:
    """How many records a figure counts: what the list behind it will say. Figure 1 counts days."""
    match figure.code:
        case "1":
            return None
        case "4":
            return figure.apart
        case "15":
            return int(figure.numerator or 0)
        case "17":
            return int(figure.value is not None)
    rows = figure.denominator if KPIS[figure.code].measure is Measure.SHARE else figure.numerator
    return int(rows or 0)
