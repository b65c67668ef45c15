"""Tổng quan: what waits for me, what is due, four figures, what happened last. The default page."""

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from models import history, incident_search, kpis
from models.access import Permission
from models.figures import KPIS, Measure
from pages.parts import inbox_deadlines, page, periods, waiting
from pages.parts.guard import enter
from pages.parts.kept import kept, revision_of
from pages.parts.lines import line
from pages.parts.rooms import page_of
from pages.parts.sentences import ACTIONS
from pages.parts.words import N_, date, days_left, number, percent, plain, short_moment, t
from pages.server import live

current = enter(Permission.OVERVIEW)
T = TypeVar("T")
HEADLINES = {  # code → its name, and the place it leads to
    "1": (N_("Days without complex case"), "kpis.py", N_("All figures")),
    "2": (N_("Incidents"), "incidents.py", N_("To the incidents")),
    "3": (N_("Settled on time"), "kpis.py", N_("All figures")),
    "8": (N_("Joint activities"), "joint_operations.py", N_("To the joint work")),
}


@st.fragment
def figures() -> None:
    """Four headline figures of the current reporting year, alive."""
    current = enter(Permission.KPI_READ)
    revision = revision_of(current)
    live.follow(current.organisation_id or 0, revision)
    year = periods.current_year(current)
    found = kept(current, revision, "overview", lambda: kpis.headlines(current, year, HEADLINES))
    with st.grid(4, gap="small", min_column_width=160):
        for code, (name, file, way) in HEADLINES.items():
            share = KPIS[code].measure is Measure.SHARE
            said = (
                t("no data yet")
                if found[code].no_data
                else percent(found[code].value)
                if share
                else number(found[code].value)
            )
            with st.container(border=True):
                st.metric(t(name), said)
                shown = {} if file == "incidents.py" else periods.in_address(year)
                st.page_link(page_of(file), label=t(way), icon=":material/arrow_forward:", query_params=shown)


def own(what: str, ask: Callable[[], T]) -> T:
    """Asked once until something changes in the organisation, or the day does."""
    return kept(current, revision_of(current), (what, current.account_id), ask)


def due() -> None:
    """Overdue and due in the next seven days, each a link to its place."""
    late, soon = own("due", lambda: (incident_search.overdue(current), incident_search.due_soon(current)))
    with st.container(border=True):
        st.markdown(f"**{t('Due and overdue')}**")
        urgent = inbox_deadlines.flashes(current)
        for row, color in (*((one, "red") for one in late), *((one, "orange") for one in soon)):
            said = plain(f"{row.number} · {date(row.due_on)} · {days_left(row.due_on, current.today())}")
            line("incidents.py", f":{color}[{said}]", plain(row.summary), ":material/schedule:", id=str(row.id))
        findings = waiting.late_findings(current)
        if not (urgent or late or soon or findings):
            st.caption(t("Nothing is due in the next seven days."))
        st.page_link(
            page_of("inbox.py"), label=t("All deadlines"), icon=":material/arrow_forward:", query_params={"phan": "han"}
        )


def latest() -> list[tuple[Any, Any, Any]]:
    return [(entry, row, waiting.above(current, entry, row)) for entry, row in history.latest(current, 8)]


def news() -> None:
    """What happened last in the organisation, as far as this account may see it."""
    with st.container(border=True):
        st.markdown(f"**{t('Latest changes')}**")
        entries = own("news", latest)
        for entry, row, whole in entries:
            did = t(ACTIONS.get(entry.action, entry.action))
            waiting.link_to(entry, row, whole, did, short_moment(entry.at, current))
        if not entries:
            st.caption(t("Nothing has happened yet."))


said = t("Today is {day}.", day=date(current.today()))
if current.may(Permission.KPI_READ):
    year = periods.full_name(periods.current_year(current))
    said = t("Today is {day}. The four figures are of: {period}.", day=date(current.today()), period=year)
page.head(current, t("Overview"), said)
if current.may(Permission.KPI_READ):
    figures()
if current.may(Permission.KPI_BOARD):
    st.page_link(page_of("kpis.py"), label=t("Figures of the organisations below"), icon=":material/monitoring:")
left, right = st.columns(2)
with left:
    waiting.for_me(current)
    if current.may(Permission.RECORD_READ):
        due()
with right:
    news()
