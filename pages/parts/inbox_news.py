"""The inbox itself: what happened to which record, in sentences, with a link; and what one watches."""

from typing import Any

import streamlit as st

from models import inbox
from models.access import Current
from models.history import HistoryEntry
from models.inbox import DECIDE, OWNER, News
from pages.parts import inbox_watch, lists, page
from pages.parts.lines import line
from pages.parts.sentences import ACTIONS, TOLD, Teller
from pages.parts.words import N_, moment, number, plain, t

FOLDED = 4  # entries of one record that show at once
FIELDS = 6  # changed fields of one entry that are told
LONGEST = 120  # characters of a value or a note
BEGINS = (
    ".added",
    ".planned",
    ".drafted",
    ".imported",
    ".proposed",
    "incident.reported",
)  # the record itself is the news
SIZE = 20
PAGES = {
    "incident": ("incidents.py", N_("Incident"), ":material/report:"),
    "inspection_round": ("inspections.py", N_("Inspection round"), ":material/fact_check:"),
    "event": ("events.py", N_("Event"), ":material/account_balance:"),
    "joint_activity": ("joint_operations.py", N_("Joint activity"), ":material/handshake:"),
}
WHY = {OWNER: N_("you are in charge"), DECIDE: N_("waits for your decision")}
MOVES = {
    "released": N_("shared it with you"),
    "withdrawn": N_("withdrew it from you"),
    "confirmed": N_("confirmed it"),
    "declined": N_("declined it"),
}


def words_of(row: Any) -> str:
    """What a record calls itself, in one line."""
    return next((str(said) for name in ("summary", "name", "area") if (said := getattr(row, name, ""))), "")


def link(subject: str, row: Any) -> None:
    file, kind, icon = PAGES[subject]
    words = words_of(row)
    line(file, f"**{plain(row.number)}** · {t(kind)}", plain(words), icon, id=str(row.id))


def show(current: Current, found: list[News]) -> None:
    teller = Teller(current, LONGEST)
    for one in found:
        with st.container(border=True):
            _record(current, one, teller)


def _record(current: Current, one: News, teller: Teller) -> None:
    head = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
    with head:
        link(one.subject, one.record)
    key = f"inbox.read.{one.subject}.{one.record.id}"
    if one.unread and head.button(t("Mark as read"), key=key, icon=":material/done:", type="tertiary"):
        inbox.read(current, one.subject, one.record.id)
        inbox_watch.read()
    if why := _why(one):
        st.caption(why)
    lines = _lines(current, one, teller)
    st.markdown("  \n".join(lines[:FOLDED]))
    if len(lines) > FOLDED:
        with st.expander(t("{count} earlier entries", count=number(len(lines) - FOLDED))):
            st.markdown("  \n".join(lines[FOLDED:]))


def _lines(current: Current, one: News, teller: Teller) -> list[str]:
    """Newest first: who did what, and when; under it what was written and what it changed to."""
    told = [
        (entry.at, entry.actor_name, _did(one, entry), notice.read_at is None, _more(one, entry, teller))
        for notice, entry in one.entries
    ]
    told += [(move.at, move.who, t(MOVES[move.what]), True, []) for move in one.moves]
    return [_sentence(current, *line) for line in sorted(told, key=lambda line: line[0], reverse=True)]


def _more(one: News, entry: HistoryEntry, teller: Teller) -> list[str]:
    """The note, and the changed fields with their old and new values. Of a new record only what it is about; that an instant
    was noted is said by the sentence already."""
    if entry.sequence in one.hidden:
        return []
    amended, begins = entry.action.endswith(".amended"), entry.action.endswith(BEGINS)

    def asked(name: str) -> bool:
        said_already = entry.changes[name][1] == entry.note or (name.endswith("_at") and not amended)
        return name in TOLD or not (begins or said_already)

    changed = teller.changes(entry, asked)
    if rest := changed[FIELDS:]:
        changed = [*changed[:FIELDS], t("and {count} more", count=number(len(rest)))]
    note = [f"“{plain(teller.cut(entry.note))}”"] if entry.note else []
    if entry.sequence in one.struck:
        note = [t("struck out since")]
    return [" ".join(line.split()) for line in (*note, *changed)]


def _did(one: News, entry: HistoryEntry) -> str:
    """What was done, and to which task if it was one."""
    did = t(ACTIONS.get(entry.action, entry.action))
    title = one.tasks.get(entry.subject_id, "") if entry.subject == "task" else ""
    return f"{did}: {plain(title)}" if title else did


def _sentence(current: Current, at: Any, who: str, what: str, unread: bool, more: list[str]) -> str:
    said = t("{who} {what}", who=f"**{plain(who)}**", what=what)
    mark = ":primary[:material/circle:]" if unread else ":gray[:material/done:]"
    return "  \n".join([f"{mark} {said} :gray[· {moment(at, current)}]", *(f":small[{line}]" for line in more)])


def _why(one: News) -> str:
    """Why one is told, where it is more than that one watches it."""
    whys = {notice.why for notice, _ in one.entries}
    return next((t(WHY[why]) for why in (DECIDE, OWNER) if why in whys), "")


# ---- what one watches ---------------------------------------------------------------------------------------------------
def watched(current: Current) -> None:
    rows = inbox.watched(current)
    if not rows:
        page.empty(
            t("You watch nothing yet."),
            t("What you enter or are in charge of is watched by itself; the bell on a record does it for any other."),
        )
    place = st.container()
    offset = lists.pager(len(rows), SIZE, "inbox.watched.page") if rows else 0
    for subject, row in rows[offset : offset + SIZE]:
        with place.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            link(subject, row)
            key = f"inbox.unwatch.{subject}.{row.id}"
            if st.button(t("Watch no more"), key=key, icon=":material/notifications_off:", type="tertiary"):
                inbox.watch(current, subject, row.id, watching=False)
                st.rerun()
