"""Deadlines as they are read: the list of everything overdue or due soon, and the clock of the flash report."""

import datetime as dt
from collections.abc import Sequence

import streamlit as st

from models import deadline
from models.access import Current, Permission
from models.deadline import FINDING, INCIDENT, TASK, Due
from models.incident import Incident
from pages.parts import address, lists, page
from pages.parts.guard import enter
from pages.parts.inbox_news import PAGES
from pages.parts.lines import line
from pages.parts.words import N_, clock_time, date, days_left, moment, number, plain, t

KINDS = {INCIDENT: N_("Incidents"), FINDING: N_("Findings"), TASK: N_("Tasks")}
SIZE = 20
TICK = 30  # seconds between two looks at a running clock


# ---- the list -------------------------------------------------------------------------------------------------------
def show(current: Current) -> None:
    """Everything overdue, then what is due within a week; a click opens the record."""
    late, soon = deadline.everything_overdue(current), deadline.everything_due_soon(current)
    flashes(current)
    rows = [*late, *soon]
    counts = {kind: sum(one.kind == kind for one in rows) for kind in KINDS}
    st.caption(t("{late} overdue, {soon} due within seven days.", late=number(len(late)), soon=number(len(soon))))
    if not rows:
        page.empty(t("Nothing is due in the next seven days."))
        return
    shown = {kind: f"{t(name)} {number(counts[kind])}" for kind, name in KINDS.items() if counts[kind]}
    chosen = address.bubbles("loai", shown, key="inbox.due.kind")
    _table(current, [one for one in rows if chosen in (None, one.kind)])


def _table(current: Current, rows: Sequence[Due]) -> None:
    place = st.container()
    offset = lists.pager(len(rows), SIZE, "inbox.due.page")
    today = current.today()
    shown = [
        {
            "left": days_left(one.due_on, today),
            "due": date(one.due_on),
            "number": one.number,
            "kind": t(KINDS[one.kind]),
            "what": one.what,
            "owner": one.owner,
        }
        for one in rows[offset : offset + SIZE]
    ]
    columns = {
        "left": st.column_config.TextColumn(t("Days left"), width=115),
        "due": st.column_config.TextColumn(t("Due date"), width=90),
        "number": st.column_config.TextColumn(t("Number"), width=108),
        "kind": st.column_config.TextColumn(t("Kind"), width=95),
        "what": st.column_config.TextColumn(t("What"), width=330),
        "owner": st.column_config.TextColumn(t("In charge"), width=150),
    }
    if page.on_a_phone():
        columns = {name: columns[name] for name in ("left", "number", "what")}
    with place:
        picked = lists.table(shown, columns, list(range(offset, offset + len(shown))), "inbox.due.table")
    if picked is not None:
        one = rows[picked]
        st.switch_page(PAGES[one.subject][0], query_params={"id": str(one.subject_id)})


# ---- the flash report -----------------------------------------------------------------------------------------------
def countdown(current: Current, due: dt.datetime) -> str:
    """ "12 minutes left (until 18:50)", "7 minutes late (since 18:50)"."""
    left = int((due - current.now()).total_seconds() // 60)
    when = clock_time(due, current)[:5]
    if abs(left) >= 24 * 60:
        when = moment(due, current)
    if left < 0:
        return t("{span} late (since {when})", span=_span(-left), when=when)
    return t("{span} left (until {when})", span=_span(left), when=when)


def _span(minutes: int) -> str:
    if minutes < 60:
        return t("{count} minutes", count=number(minutes))
    if minutes < 48 * 60:
        return t("{hours} h {minutes} min", hours=number(minutes // 60), minutes=number(minutes % 60))
    return t("{count} days", count=number(minutes // (24 * 60)))


def _waits(row: Incident) -> bool:
    over = (row.flash_reported_at, row.resolved_at, row.transferred_at, row.not_confirmed_at)
    return row.flash_due_at is not None and not any(over)


def clock(current: Current, row: Incident) -> None:
    """On an urgent incident: how much time is left, told anew while it runs; afterwards whether it was in time."""
    if row.flash_due_at is None:
        return
    if _waits(row):
        _ticking(row.id or 0, row.flash_due_at)
    elif row.flash_reported_at:
        said = t("Flash report made {when}", when=moment(row.flash_reported_at, current))
        late = row.flash_reported_at > row.flash_due_at
        st.caption(
            f":{'orange' if late else 'green'}[:material/outgoing_mail: {said}{' · ' + t('late') if late else ''}]"
        )


@st.fragment(run_every=TICK)
def _ticking(incident_id: int, due: dt.datetime) -> None:
    current = enter(Permission.RECORD_READ)
    limits = deadline.limits_of(current, incident_id)
    color = "red" if due < current.now() else "orange"
    st.markdown(f":{color}[:material/timer: **{t('Flash report')}: {countdown(current, due)}**]")
    if limits and limits.police:
        st.caption(
            t("The head within {head} minutes, the police within {police}.", head=limits.head, police=limits.police)
        )


def flashes(current: Current) -> int:
    """Urgent incidents that wait for their flash report, each a link; how many."""
    rows = deadline.flash_waiting(current)
    for row in rows:
        due = row.flash_due_at or current.now()
        color = "red" if due < current.now() else "orange"
        said = f":{color}[{t('Flash report')} {plain(row.number)}]"
        about = f":{color}[{countdown(current, due)}] {plain(row.summary)}"
        line("incidents.py", said, about, ":material/timer:", id=str(row.id))
    return len(rows)
