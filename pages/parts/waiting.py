"""What waits for a person: the blocks of the overview, each line a link to its place."""

import streamlit as st

from models import event, finding, ledger
from models.access import Current, Permission
from models.history import HistoryEntry
from pages.parts.words import date, days_left, moment, plain, t

# A history subject → the page and the parameter that open it. Visits, findings and plans open with their round or event.
PLACES = {
    "incident": ("incidents.py", "id"),
    "inspection_round": ("inspections.py", "id"),
    "event": ("events.py", "id"),
}


def for_me(current: Current) -> None:
    """Plans to decide or to mend, shares to release or to confirm."""
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{t('Waiting for me')}**")
        if not (_plans(current) + _shares(current)):
            st.caption(t("Nothing waits for you."))


def _plans(current: Current) -> int:
    asked = event.waiting_for_decision(current) if current.may(Permission.PLAN_DECIDE) else []
    mine = event.returned_plans(current) if current.may(Permission.PLAN_SUBMIT) else []
    for text, icon, rows in (
        (t("Plan to approve"), ":material/approval:", asked),
        (t("Plan returned"), ":material/undo:", mine),
    ):
        for _plan, about in rows:
            said = f"{text}: {plain(about.name)} · {moment(about.starts_at, current)}"
            st.page_link("events.py", label=said, icon=icon, query_params={"id": str(about.id)})
    return len(asked) + len(mine)


def _shares(current: Current) -> int:
    if not current.may(Permission.LEDGER_READ):
        return 0
    found = ledger.waiting_for_me(current, 10)
    for text, icon, views in (
        (t("Share to release"), ":material/outgoing_mail:", found.to_release),
        (t("To confirm"), ":material/handshake:", found.to_answer),
    ):
        for view in views:
            said = f"{text}: {plain(view.activity.number)} · {date(view.activity.occurred_on)} · {plain(view.activity.host_name)}"
            st.page_link("joint_operations.py", label=said, icon=icon, query_params={"id": str(view.activity.id)})
    return len(found.to_release) + len(found.to_answer)


def late_findings(current: Current) -> int:
    """Findings whose remedy is overdue or due within the week."""
    rows = [*finding.overdue_findings(current, 10), *finding.findings_due_soon(current, limit=10)]
    for one in rows:
        deadline = one.finding.deadline
        if deadline is None:
            continue
        late = deadline < current.today()
        said = plain(f"{one.round.number} · {date(deadline)} · {days_left(deadline, current.today())}")
        st.page_link(
            "inspections.py",
            label=f":{'red' if late else 'orange'}[{said}] {plain(one.visit.place)}",
            icon=":material/build:",
            query_params={"id": str(one.round.id)},
        )
    return len(rows)


def link_to(entry: HistoryEntry, said: str) -> None:
    """One line of the latest changes: a link where its subject has a page of its own."""
    place = PLACES.get(entry.subject)
    if place is None:
        st.caption(said)
        return
    file, parameter = place
    st.page_link(file, label=said, query_params={parameter: str(entry.subject_id)})
