"""What waits for a person: the blocks of the overview, each line a link to its place."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import streamlit as st

from models import event, finding, inspection, ledger, plan_opinion, task, visit
from models.access import Current, NotFound, Permission
from models.catalogue import entries
from models.history import HistoryEntry
from pages.parts.lines import line, short
from pages.parts.words import date, days_left, label, moment, plain, t

# A history subject → the page that shows it, and the record whose id opens it there.
PLACES: dict[str, tuple[str, Callable[[Any], int]]] = {
    "incident": ("incidents.py", lambda row: row.id),
    "inspection_round": ("inspections.py", lambda row: row.id),
    "inspection_visit": ("inspections.py", lambda row: row.round_id),
    "event": ("events.py", lambda row: row.id),
    "event_plan": ("events.py", lambda row: row.event_id),
    "joint_activity": ("joint_operations.py", lambda row: row.id),
}


def for_me(current: Current) -> None:
    """Plans to decide or to mend, shares to release or to confirm."""
    with st.container(border=True):
        st.markdown(f"**{t('Waiting for me')}**")
        if not (_plans(current) + _shares(current) + _tasks(current)):
            st.caption(t("Nothing waits for you."))


def _plans(current: Current) -> int:
    asked = event.waiting_for_decision(current) if current.may(Permission.PLAN_DECIDE) else []
    mine = event.returned_plans(current) if current.may(Permission.PLAN_SUBMIT) else []
    police = _police(current, {row.id or 0: row.submitted_at for row, _ in asked})
    for text, icon, rows in (
        (t("Plan to approve"), ":material/approval:", asked),
        (t("Plan returned"), ":material/undo:", mine),
    ):
        for row, about in rows:
            said = f"{text}: {moment(about.starts_at, current)}"
            what = f"{plain(about.name)}{police.get(row.id or 0, '')}"
            line("events.py", said, what, icon, id=str(about.id))
    return len(asked) + len(mine) + _opinions(current)


def _police(current: Current, plans: dict[int, dt.datetime | None]) -> dict[int, str]:
    """Plan → what the police said of it, as a part of its line."""
    told = plan_opinion.verdicts(current, plans) if plans else {}
    words = entries(current, plan_opinion.VERDICTS) if told else {}
    said = {key: (label(words, code, t("opinion awaited")) for code in codes) for key, codes in told.items()}
    return {key: f" · {t('police')}: {plain('; '.join(some).lower())}" for key, some in said.items()}


def _opinions(current: Current) -> int:
    """Plans of others that the own police body is asked about."""
    found = plan_opinion.asked_of_us(current, 10) if current.may(Permission.PLAN_OPINION) else []
    waiting = [one.request for one in found if one.state == plan_opinion.OPEN]
    for row in waiting:
        said = f"{t('Opinion asked')}: {moment(row.starts_at, current)}"
        what, where = f"{plain(row.event_name)} · {plain(row.host_name)}", {"phuong-an": str(row.id)}
        line("joint_operations.py", said, what, ":material/local_police:", **where)
    return len(waiting)


def _shares(current: Current) -> int:
    if not current.may(Permission.LEDGER_READ):
        return 0
    found = ledger.waiting_for_me(current, 10)
    for text, icon, views in (
        (t("Share to release"), ":material/outgoing_mail:", found.to_release),
        (t("To confirm"), ":material/handshake:", found.to_answer),
    ):
        for view in views:
            facts = (date(view.activity.occurred_on), "" if view.own else view.activity.host_name, view.title)
            what = " · ".join(plain(one) for one in facts if one)
            said = f"{text}: {plain(view.activity.number)}"
            line("joint_operations.py", said, what, icon, id=str(view.activity.id))
    return len(found.to_release) + len(found.to_answer)


def _tasks(current: Current) -> int:
    """What one is in charge of, the next due first; and what others did and one may verify."""
    if not current.may(Permission.RECORD_WRITE):
        return 0
    mine, theirs = task.my_tasks(current, 10), task.to_verify(current, 10)
    for text, icon, rows in (
        (t("To do"), ":material/checklist:", mine),
        (t("To verify"), ":material/rule:", theirs),
    ):
        for one, about in rows:
            left = days_left(one.due_on, current.today())
            color = "red" if one.due_on < current.today() else "gray"
            said = f"{plain(about.number)} :{color}[{left}]"
            line(PLACES[one.subject][0], said, f"{text}: {plain(one.title)}", icon, id=str(one.subject_id))
    return len(mine) + len(theirs)


def late_findings(current: Current) -> int:
    """Findings whose remedy is overdue or due within the week."""
    rows = [*finding.overdue_findings(current, 10), *finding.findings_due_soon(current, limit=10)]
    for one in rows:
        deadline = one.finding.deadline
        if deadline is None:
            continue
        late = deadline < current.today()
        said = plain(f"{one.round.number} · {date(deadline)} · {days_left(deadline, current.today())}")
        said = f":{'red' if late else 'orange'}[{said}]"
        line("inspections.py", said, plain(one.visit.place), ":material/build:", id=str(one.round.id))
    return len(rows)


def place_of(subject: str, row: Any) -> tuple[str, int] | None:
    """The page that shows a row, and the id that opens it there. What hangs on a record by its name is shown with that."""
    if subject in PLACES:
        file, opens = PLACES[subject]
        return file, opens(row)
    parent = getattr(row, "subject", "")
    return (PLACES[parent][0], row.subject_id) if parent in PLACES else None


def above(current: Current, entry: HistoryEntry, row: Any) -> Any:
    """The numbered record that a plan or a finding belongs to: neither has a number or a page of its own."""
    try:
        if entry.subject == "event_plan":
            return event.event(current, row.event_id)
        if entry.subject == "finding":
            return inspection.inspection_round(current, visit.inspection_visit(current, row.visit_id).round_id)
    except NotFound:
        return None
    return None


def link_to(entry: HistoryEntry, row: Any, whole: Any, did: str, when: str) -> None:
    """One line of the latest changes, what it is about first: a link where that has a page of its own. `whole` is what
    stands above it."""
    subject = entry.subject
    if whole is not None:
        subject, row = whole.__tablename__, whole
    about = next(
        (str(said) for name in ("number", "place", "name", "title", "vi") if (said := getattr(row, name, ""))), ""
    )
    said = f"**{short(about, 28)}** · {did}" if about else did
    by = f"{plain(entry.actor_name)} · {when}"
    if (found := place_of(subject, row)) is None:
        st.caption(f"{said} · {by}")
        return
    line(found[0], said, by, id=str(found[1]))
