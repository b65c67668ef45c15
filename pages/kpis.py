"""Chỉ số: the figures of a period and a unit, alive. A steering board sees the numbers of the organisations below it."""

import streamlit as st

from models.access import Current, Permission
from models.period import Period
from pages.parts import board_view, figures_view, page, periods
from pages.parts.fields import unit_choices
from pages.parts.guard import enter
from pages.parts.words import t
from pages.server import live

current = enter(Permission.OVERVIEW)
UNIT, UNIT_ADDRESS, ALL = "kpis.unit", "don-vi", 0


def revision(current: Current) -> int:
    """Read before the figures, and followed from here on."""
    found = figures_view.revision_of(current)
    live.follow(current.organisation_id or 0, found)
    return found


@st.fragment
def own_figures(period: Period, unit_id: int | None) -> None:
    current = enter(Permission.KPI_READ)
    figures_view.show(current, revision(current), period, unit_id)


@st.fragment(run_every="30s")
def figures_below(period: Period) -> None:
    current = enter(Permission.KPI_BOARD)
    revision(current)
    board_view.show(current, period)


def choose_unit(place: st.delta_generator.DeltaGenerator) -> int | None:
    """All units or one; its id stands in the address."""
    units = unit_choices(current)
    if UNIT not in st.session_state:
        asked = st.query_params.get(UNIT_ADDRESS, "")
        st.session_state[UNIT] = int(asked) if asked.isdigit() and int(asked) in units else ALL
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


controls = page.head(current, t("Figures of security and order"))
if current.may(Permission.KPI_BOARD):
    figures_below(periods.choose(current, controls, board_view.since(current)))
else:
    chosen = periods.choose(current, controls, figures_view.since(current))
    own_figures(chosen, choose_unit(controls))
