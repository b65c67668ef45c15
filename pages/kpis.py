"""Chỉ số: the figures of a period and a unit, alive. A steering board sees the numbers of the organisations below it."""

import streamlit as st

from models.access import Current, Permission
from models.organisation import tree
from models.period import Period
from pages.parts import address, board_view, figures_charts, figures_view, page, periods
from pages.parts.drawn import drawn
from pages.parts.fields import unit_choices
from pages.parts.guard import enter
from pages.parts.kept import revision_of
from pages.parts.words import t
from pages.server import live

current = enter(Permission.OVERVIEW)
UNIT, UNIT_ADDRESS, ALL = "kpis.unit", "don-vi", 0


def revision(current: Current, pace: live.Pace) -> int:
    """Read before the figures, and followed from here on. In a run of the whole page, that of the page."""
    own = current.organisation_id or 0
    return live.following({own}, pace, None if of_page is None else {own: of_page})[own]


@st.fragment
def own_figures(period: Period, unit_id: int | None, group: str | None) -> None:
    """The headline figures by themselves: a change is here before it is in the charts."""
    current = enter(Permission.KPI_READ)
    now = revision(current, live.AT_FIRST)
    live.until(until := figures_view.until(current, now, period, unit_id))
    drawn(
        current,
        now,
        ("head", period, unit_id, group, until),
        lambda: figures_view.show_head(current, now, period, unit_id, group),
        holds="kpis.",
    )


@st.fragment
def own_charts(period: Period, unit_id: int | None, group: str | None) -> None:
    current = enter(Permission.KPI_READ)
    if figures_charts.is_another(group):
        st.rerun()
    now = revision(current, live.AFTERWARDS)
    live.until(until := figures_view.until(current, now, period, unit_id))
    drawn(
        current,
        now,
        ("charts", period, unit_id, group, until),
        lambda: figures_view.show_charts(current, now, period, unit_id, group),
        holds="kpis.",
    )


@st.fragment
def figures_below(period: Period) -> None:
    current = enter(Permission.KPI_BOARD)
    below = tree(current)
    live.until(board_view.show(current, period, below, live.following(below.ids, live.NOW_AND_THEN)))


def choose_unit(place: st.delta_generator.DeltaGenerator) -> int | None:
    """All units or one; its id stands in the address."""
    units = unit_choices(current)
    if UNIT not in st.session_state:
        asked = address.number(UNIT_ADDRESS)
        st.session_state[UNIT] = asked if asked in units else ALL
    chosen = place.selectbox(
        t("Unit"),
        [ALL, *units],
        format_func=lambda one: units.get(one, t("All units")),
        key=UNIT,
        label_visibility="collapsed",
        width=138,
    )
    if chosen == ALL:
        st.query_params.pop(UNIT_ADDRESS, None)
        return None
    if st.query_params.get(UNIT_ADDRESS) != str(chosen):
        st.query_params[UNIT_ADDRESS] = str(chosen)
    return chosen


now = revision_of(current)
of_page: int | None = now  # while the whole page is drawn; a fragment that runs by itself asks anew
try:
    controls = page.head(current, t("Figures of security and order"))
    if current.may(Permission.KPI_BOARD):
        figures_below(periods.choose(current, controls, board_view.since(current)))
    else:
        figures_charts.from_address()
        chosen = periods.choose(current, controls, figures_view.since(current, now))
        unit = choose_unit(controls)
        group = figures_charts.group_of(current, now, controls)
        own_figures(chosen, unit, group)
        own_charts(chosen, unit, group)
finally:
    of_page = None
