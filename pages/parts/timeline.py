"""The timeline of a record: what people noted and what was changed, in one list; struck, never deleted."""

import secrets

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from models import guard, history
from models.access import Current, Permission, Refusal
from models.draft import ReasonDraft
from pages.parts import address, forms, guarding, page
from pages.parts.refusals import explain
from pages.parts.sentences import ACTIONS, TOLD, Teller
from pages.parts.words import moment, number, plain, t

FOLDED = 6
WITHIN = {"finding", "event_plan"}  # drawn beside the timeline of the record they belong to


def show(
    current: Current, subject: str, subject_id: int, *, note: bool = True, lines: list[history.Line] | None = None
) -> None:
    """Draw the timeline of one record, with a box for a note where the account may write one. Changes of fields stay folded
    and the newest comes first until somebody asks otherwise. `lines` are a longer story to draw instead: a round's with its
    visits and findings."""
    if note and current.may(Permission.RECORD_WRITE):
        _note_box(current, subject, subject_id)
    lines = history.timeline(current, subject, subject_id) if lines is None else lines
    words = Teller(current)
    switches = st.container(horizontal=True)
    with_changes = switches.toggle(t("Show changes of fields"), key=f"{subject}.timeline.changes")
    oldest = _oldest_first(switches, subject)
    shown = [line for line in lines if with_changes or line.entry.note or not line.entry.action.endswith(".amended")]
    shown = shown[::-1] if oldest else shown
    for line in shown[:FOLDED]:
        _line(current, line, words, with_changes)
    if rest := shown[FOLDED:]:
        count = number(len(rest))
        with st.expander(
            t("{count} later entries", count=count) if oldest else t("{count} earlier entries", count=count)
        ):
            for line in rest:
                _line(current, line, words, with_changes)


def _oldest_first(where: DeltaGenerator, subject: str) -> bool:
    """Kept in the address, so that a link shows what its sender saw. A timeline inside of another record's page follows."""
    if subject in WITHIN:
        return st.query_params.get("thu-tu") == "cu"
    return address.flag(where, "thu-tu", "cu", t("Oldest first"), key=f"{subject}.timeline.oldest")


def _note_box(current: Current, subject: str, subject_id: int) -> None:
    key = f"{subject}.note"
    nonce = st.session_state.setdefault(f"{key}.nonce", secrets.token_urlsafe(16))
    if st.session_state.pop(f"{key}.saved", False) or page.is_another(key):
        st.session_state[key] = ""  # said before the box is drawn, so that the browser empties it too
    with st.form(f"{key}.form", border=False, clear_on_submit=False):
        row = st.container(horizontal=True, vertical_alignment="bottom")
        text = row.text_input(
            t("Add a note"),
            key=key,
            placeholder=t("What happened next? Enter saves"),
            label_visibility="collapsed",
        )
        sent = row.form_submit_button(t("Add note"), key=f"{key}.send", icon=":material/add_comment:")
    reason = guarding.ask(key, [guarding.Typed(t("Note"), text, widget=key)])
    if not (sent and text.strip()):
        return
    try:
        with guard.despite(reason):
            history.note(current, subject, subject_id, text, nonce=nonce)
    except Refusal as refusal:
        st.error(explain(refusal))
        return
    for name in (f"{key}.nonce", f"{key}.despite"):
        st.session_state.pop(name, None)
    st.session_state[f"{key}.saved"] = True
    st.rerun()


def _line(current: Current, line: history.Line, words: Teller, with_changes: bool) -> None:
    if not _may_strike(current, line):
        _told(current, line, words, with_changes)
        return
    row, entry_id = st.container(horizontal=True, vertical_alignment="top", gap="small"), line.entry.id
    with row.container():
        _told(current, line, words, with_changes)
    with row:
        forms.ask(
            current,
            f"strike.{entry_id}",
            t("Strike out"),
            ReasonDraft,
            lambda asked: history.strike(current, entry_id, asked.reason),  # type: ignore[arg-type]
            type="tertiary",
            icon=":material/strikethrough_s:",
        )


def _may_strike(current: Current, line: history.Line) -> bool:
    if line.entry.action != history.NOTED or line.struck_by or not current.may(Permission.RECORD_WRITE):
        return False
    return line.entry.actor_id == current.account_id or current.may(Permission.NOTE_STRIKE_ANY)


def _told(current: Current, line: history.Line, words: Teller, with_changes: bool) -> None:
    """When and who; what was written; what was changed. A hundred lines are read at once: as few parts as can be."""
    entry = line.entry
    action = "" if entry.action == history.NOTED else t(ACTIONS.get(entry.action, entry.action))
    head = " · ".join(part for part in (moment(entry.at, current), plain(entry.actor_name), action) if part)
    whole = with_changes or entry.action.endswith((".extended", ".judged"))
    changes = words.changes(entry, lambda name: whole or name in TOLD)
    if not entry.note:
        st.caption("  \n".join([head, *changes]))
        return
    st.caption(head)
    if line.struck_by:
        by = line.struck_by
        changes = [t("Struck out by {name}: {reason}", name=plain(by.actor_name), reason=plain(by.note)), *changes]
    st.markdown(f":gray[~~{plain(entry.note)}~~]" if line.struck_by else plain(entry.note))
    if changes:
        st.caption("  \n".join(changes))
