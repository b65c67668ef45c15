"""The tasks of a record: what is to be done, by whom and until when; who did it, who verified it.

`tasks.show(current, "incident", row)` in a tab: the same for rounds and events.
"""

import datetime as dt
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from models import task
from models.access import Current, Permission, Refusal
from models.catalogue import entries
from models.draft import ReasonDraft
from models.task import (
    CANNOT,
    DOING,
    DONE,
    TO_VERIFY,
    TODO,
    Task,
    TaskDoneDraft,
    TaskDraft,
    TaskEditDraft,
    TaskExtendDraft,
)
from pages.parts import forms, page
from pages.parts.kept import kept, revision_of
from pages.parts.refusals import explain
from pages.parts.words import N_, date, days_left, label, moment, number, plain, t

STATES: dict[str, tuple[str, Any, str]] = {
    TODO: (N_("To do"), "gray", ":material/radio_button_unchecked:"),
    DOING: (N_("Doing"), "blue", ":material/autorenew:"),
    TO_VERIFY: (N_("To verify"), "violet", ":material/rule:"),
    DONE: (N_("Done"), "green", ":material/task_alt:"),
    CANNOT: (N_("Cannot be done"), "orange", ":material/block:"),
}


def badge(current: Current, subject: str, row: Any, where: DeltaGenerator) -> None:
    """How many tasks of a record wait; red once one of them is late. Nothing where none does."""
    what = ("tasks", current.account_id, subject, row.id)
    due = kept(current, revision_of(current), what, lambda: _due(current, subject, row.id))
    if due:
        late = min(due) < current.today()
        said = t("{count} task(s) open", count=number(len(due)))
        where.badge(said, color="red" if late else "blue", icon=":material/checklist:")


def _due(current: Current, subject: str, row_id: int) -> list[dt.date]:
    return [one.due_on for one in task.unfinished(current, subject, row_id)]


def show(current: Current, subject: str, row: Any) -> None:
    """Everything that this account may see of a record's tasks and do with them."""
    name = f"task.new.{subject}"[:40]
    if forms.is_open(current, name) and current.may(Permission.RECORD_WRITE):
        _new_form(current, subject, row, name)
        return
    rows = task.tasks(current, subject, row.id)
    if not rows:
        st.caption(t("Nothing is to be done."))
    names = task.possible_owners(current)
    rules = entries(current, "task_rule") if any(one.rule for one in rows) else {}
    for one in sorted(rows, key=lambda one: one.state in (DONE, CANNOT)):
        with st.container(border=True):
            _one(current, one, names, label(rules, one.rule) if one.rule else "")
    may = current.may(Permission.RECORD_WRITE) and not getattr(row, "closed_at", None)
    if may and st.button(t("Add task"), key=f"{subject}.task.new", icon=":material/add_task:"):
        forms.open_form(current, name, values={"owner_id": current.account_id})


def _new_form(current: Current, subject: str, row: Any, name: str) -> None:
    choices = {"colleague": task.possible_owners(current)}
    form = forms.Form(current, TaskDraft, form=name, key="task.new", choices=choices, small=True)
    form.field("title")
    form.fields("owner_id", "due_on", columns=2)
    form.field("detail")
    if form.submit(t("Save"), lambda draft: task.add_task(current, subject, row.id, draft, nonce=form.nonce)):
        page.done(t("Saved."))
        st.rerun()


# ---- one task -------------------------------------------------------------------------------------------------------
def _one(current: Current, row: Task, names: dict[int, str], rule: str) -> None:
    said, color, icon = STATES[row.state]
    line = st.container(horizontal=True, gap="small", vertical_alignment="center")
    line.badge(t(said), color=color, icon=icon)
    line.markdown(f"**{plain(row.title)}**", width="stretch")
    st.caption(" · ".join(plain(part) for part in _facts(current, row, names, rule) if part))
    for text in (row.detail, row.result, row.given_up_reason):
        if text:
            st.markdown(plain(text))
    if current.may(Permission.RECORD_WRITE):
        _steps(current, row, names)


def _facts(current: Current, row: Task, names: dict[int, str], rule: str) -> list[str]:
    over = row.state in (DONE, CANNOT)
    due = t("due {day}", day=date(row.due_on))
    if not over:
        due += f" ({days_left(row.due_on, current.today())})"
    if row.first_due_on != row.due_on:
        due += f", {t('first {day}', day=date(row.first_due_on))}"
    return [
        names.get(row.owner_id or 0, "") or t("nobody in charge yet"),
        due,
        row.due_basis,
        t("By the rule: {name}", name=rule) if rule else t("Entered by {name}", name=row.entered_by_name),
        t("done by {name} {when}", name=row.done_by_name, when=moment(row.done_at, current)) if row.done_at else "",
        t("verified by {name} {when}", name=row.verified_by_name, when=moment(row.verified_at, current))
        if row.verified_at
        else "",
    ]


def _steps(current: Current, row: Task, names: dict[int, str]) -> None:
    """The step that leads on, as a button; the rarer ones appear behind "more"."""
    line = st.container(horizontal=True, gap="small")
    key, task_id = f"task.{row.id}", row.id or 0
    if row.state == TODO and line.button(t("Start"), key=f"{key}.start", icon=":material/play_arrow:"):
        _press(lambda: task.start_task(current, task_id))
    with line:
        if row.state in (TODO, DOING):
            _ask(current, f"{key}.report", t("Report done"), TaskDoneDraft, task.report_task, row, "primary")
        elif row.state == TO_VERIFY:
            _verification(current, row, key)
        if _more(row):
            _rare(current, row, names, key)


def _verification(current: Current, row: Task, key: str) -> None:
    if row.done_by == current.account_id:
        st.caption(t("Somebody else than who did it verifies it."))
        return
    if st.button(t("Verified"), key=f"{key}.verify", type="primary", icon=":material/task_alt:"):
        _press(lambda: task.verify_task(current, row.id or 0, row.version))
    _ask(current, f"{key}.return", t("Send back"), ReasonDraft, task.return_task, row)


def _more(row: Task) -> bool:
    """A button that shows and hides the rarer steps of one task."""
    shown = st.session_state.get("tasks.more") == row.id
    said = t("Fewer steps") if shown else t("More steps")
    if st.button(said, key=f"task.{row.id}.more", type="tertiary", icon=":material/more_horiz:"):
        st.session_state["tasks.more"] = None if shown else row.id
        st.rerun()
    return shown


def _rare(current: Current, row: Task, names: dict[int, str], key: str) -> None:
    if row.state in (DONE, CANNOT):
        _ask(current, f"{key}.reopen", t("Take up again"), ReasonDraft, task.reopen_task, row)
        return
    _ask(current, f"{key}.extend", t("Extend"), TaskExtendDraft, task.extend_task, row)
    _edit(current, row, names)
    _ask(current, f"{key}.give_up", t("Cannot be done"), ReasonDraft, task.give_up_task, row)


def _edit(current: Current, row: Task, names: dict[int, str]) -> None:
    key = f"task.{row.id}.{row.version}.edit"
    for name in TaskEditDraft.model_fields:  # what stands there now, where the small form starts empty
        st.session_state.setdefault(f"{key}.{name}", getattr(row, name))
    here = names | ({row.owner_id: t("left")} if row.owner_id and row.owner_id not in names else {})
    _ask(current, key, t("Edit"), TaskEditDraft, task.amend_task, row, choices={"colleague": here})


def _ask(
    current: Current, key: str, text: str, cls: Any, act: Any, row: Task, kind: Any = "secondary", **more: Any
) -> None:
    forms.ask(current, key, text, cls, lambda asked: act(current, row.id, asked, row.version), type=kind, **more)


def _press(do: Any) -> None:
    try:
        do()
    except Refusal as refusal:
        st.error(explain(refusal), icon=":material/error:")
    else:
        page.done(t("Saved."))
        st.rerun()
