"""Since your last visit, on a record: the bell that follows it, and what happened to it in the meantime.

`inbox_watch.show(current, "incident", row.id, where)`: for incidents, rounds, events and joint activities.
"""

import time

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from models import inbox
from models.access import Current, Permission
from pages.parts.kept import revision_of
from pages.parts.words import moment, number, t

_NEW = "inbox.new"  # what was unread of the record that was opened last, for the runs that follow
_COUNT = "inbox.count"
_REST, _LONGEST = 10.0, 300.0  # seconds between two counts at least; and at most, for what grows old by itself


def count(current: Current) -> int:
    """How many records have news, for the navigation of every page: counted anew when something was read, or when somebody
    entered something and the last count is not of a moment ago."""
    known: tuple[int | None, float, int, int] | None = st.session_state.get(_COUNT)
    if known is None or known[0] != current.account_id:
        known = None
    age = time.monotonic() - known[1] if known else _LONGEST
    if known and age < _REST:
        return known[3]
    revision = revision_of(current)
    if known is None or age >= _LONGEST or revision != known[2]:
        known = (current.account_id, time.monotonic(), revision, inbox.unread_count(current))
        st.session_state[_COUNT] = known
    return known[3]


def read() -> None:
    """After something was read: count anew, and draw the page again with it."""
    st.session_state.pop(_COUNT, None)
    st.rerun()


def show(current: Current, subject: str, subject_id: int, where: DeltaGenerator) -> None:
    """Draw the bell at `where`. Whoever opens a record has read what was told of it."""
    if not current.may(Permission.RECORD_READ):
        return
    found = inbox.standing(current, subject, subject_id)
    if found.unread:
        inbox.read(current, subject, subject_id)
        st.session_state[_NEW] = (subject, subject_id, found.unread, found.since)
        read()
    icon = ":material/notifications_active:" if found.watching else ":material/notifications_off:"
    said = t("Watching") if found.watching else t("Watch")
    told = t("You are told what happens to a record that you watch, in the inbox and by mail if you chose so.")
    if where.button(said, key=f"{subject}.watch", icon=icon, type="tertiary", help=told):
        inbox.watch(current, subject, subject_id, not found.watching)
        st.rerun()
    _news(current, subject, subject_id)


def _news(current: Current, subject: str, subject_id: int) -> None:
    """How much was new when it was opened; nothing for what other organisations did, which the record itself shows."""
    seen = st.session_state.get(_NEW)
    if seen and seen[:2] == (subject, subject_id) and seen[3]:
        said = t(
            "{count} change(s) since your last visit, from {when} on.",
            count=number(seen[2]),
            when=moment(seen[3], current),
        )
        st.caption(f":primary[:material/fiber_new: {said}]")
