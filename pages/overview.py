"""Tổng quan: what waits for me, what is due, four figures, what happened last. The default page."""

import streamlit as st

from models import history, incident, kpis
from models.access import Permission
from pages.parts import page, waiting
from pages.parts.guard import enter
from pages.parts.periods import current_year
from pages.parts.sentences import ACTIONS
from pages.parts.words import date, days_left, moment, plain, t
from pages.server import live

current = enter(Permission.OVERVIEW)
HEADLINES = ("1", "2", "3", "8")


@st.fragment
def figures() -> None:
    """Four headline figures, alive."""
    current = enter(Permission.KPI_READ)
    live.follow(current.organisation_id, history.revisions({current.organisation_id})[current.organisation_id])
    waiting.headlines(current, kpis.headlines(current, current_year(current), HEADLINES))


def due() -> None:
    """Overdue and due in the next seven days, each a link to its place."""
    late, soon = incident.overdue(current), incident.due_soon(current)
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{t('Due and overdue')}**")
        for row in (*late, *soon):
            color = "red" if row in late else "orange"
            line = f"{row.number} · {date(row.due_on)} · {days_left(row.due_on, current.today())}"
            st.page_link(
                "incidents.py",
                label=f":{color}[{plain(line)}] {plain(row.summary)}",
                query_params={"id": str(row.id)},
                icon=":material/schedule:",
            )
        findings = waiting.late_findings(current)
        if not (late or soon or findings):
            st.caption(t("Nothing is due in the next seven days."))


def news() -> None:
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{t('Latest changes')}**")
        entries = history.latest(current, 8)
        for entry in entries:
            head = " · ".join(
                (moment(entry.at, current), plain(entry.actor_name), t(ACTIONS.get(entry.action, entry.action)))
            )
            waiting.link_to(entry, head)
        if not entries:
            st.caption(t("Nothing has happened yet."))


page.head(current, t("Overview"), t("Today is {day}.", day=date(current.today())))
if current.may(Permission.KPI_READ):
    figures()
left, right = st.columns(2)
with left:
    waiting.for_me(current)
    if current.may(Permission.RECORD_READ):
        due()
with right:
    news()
