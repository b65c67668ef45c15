"""Quick entry: one line above the list that Enter saves, what it proposes for the record, and the form opened by address."""

import datetime as dt
import re
from functools import partial
from typing import Any

import streamlit as st

from models import event, guard, quick_entry
from models.access import Current, Permission, Refusal
from models.catalogue import entries
from models.incident import COMPLEX, Incident
from models.organisation import units
from pages.parts import fields, forms, guarding, incident_form, lists, message_entry, page
from pages.parts.guard import who
from pages.parts.kept import kept, revision_of
from pages.parts.refusals import explain
from pages.parts.words import label, moment, number, plain, t

LINE = "quick.line"


def show(current: Current) -> None:
    """The line, and beside it the box for a pasted message."""
    if not current.may(Permission.RECORD_WRITE):
        return
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    with row.form("quick.form", border=False):
        inner = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
        text = inner.text_input(
            t("Quick entry"),
            key=LINE,
            icon=":material/bolt:",
            placeholder=t("18:20 scuffle at gate B, 2 people → Enter saves, the rest later"),
            label_visibility="collapsed",
        )
        inner.form_submit_button(t("Enter it"), key="quick.send", icon=":material/keyboard_return:", on_click=_save)
    message_entry.paste(current, row)
    guarding.ask("quick", [guarding.Typed(t("Quick entry"), text or "", widget=LINE)])
    if refused := st.session_state.pop("quick.refused", ""):
        st.error(refused, icon=":material/error:")


def _save() -> None:
    """Before the page is drawn, which then shows the new record at once: the way from Enter to its number is one run."""
    current, text = who(), str(st.session_state.get(LINE) or "")
    if current is None or current.must_change_password or not text.strip():
        return
    try:
        with guard.despite(str(st.session_state.get("quick.despite") or "")):
            saved = quick_entry.jot(current, text)
    except Refusal as refusal:
        st.session_state["quick.refused"] = explain(refusal)
        return
    st.session_state.pop("quick.despite", None)
    st.session_state[LINE] = ""
    lists.untick("incidents.table")
    when = moment(saved.occurred_at, current)
    page.done(t("Saved as {number}, occurred {when}.", number=saved.number, when=when))
    st.query_params["id"] = str(saved.id)


# ---- what the line proposes -----------------------------------------------------------------------------------------
def proposals(current: Current, row: Incident) -> None:
    """What the rules read out of the line for fields that are empty, and the button that takes it."""
    if row.origin != quick_entry.LINE or not current.may(Permission.RECORD_WRITE):
        return
    ask = partial(quick_entry.proposals, current, row.id)  # type: ignore[arg-type]
    found: dict[str, Any] = kept(current, revision_of(current), ("quick.proposals", row.id), ask)
    if not found:
        return
    line = st.container(horizontal=True, vertical_alignment="center", gap="small")
    line.caption(t("Read from the line: {said}", said=_said(current, found)), width="content")
    if line.button(t("Fill it in"), key="incident.accept", icon=":material/playlist_add_check:", type="tertiary"):
        try:
            quick_entry.accept(current, row.id, row.version)  # type: ignore[arg-type]
        except Refusal as refusal:
            st.error(explain(refusal), icon=":material/error:")
        else:
            page.done(t("Saved."))
            st.rerun()


def _said(current: Current, found: dict[str, Any]) -> str:
    names = {row.id: row.name for row in units(current)}
    words = {
        "kind": lambda code: label(entries(current, "incident_kind"), code),
        "people_count": lambda count: t("{count} people", count=number(count)),
        "place": plain,
        "unit_id": lambda unit_id: plain(names.get(unit_id, "")),
    }
    return " · ".join(words[name](value) for name, value in found.items())


# ---- the form by address --------------------------------------------------------------------------------------------
ADDRESS = "moi"
FIELDS = {
    "loai": "kind",
    "muc-do": "severity",
    "tinh-chat": "complexity",
    "luc": "occurred_at",
    "don-vi": "unit_id",
    "su-kien": "event_id",
}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d", re.ASCII)


def by_address(current: Current) -> None:
    """`/vu-viec?moi=1&loai=B.fighting&muc-do=2&luc=2026-11-23T18:20&don-vi=3` opens the form with these values. Only codes,
    ids and moments come from an address; what is unknown is left out. The draft takes their place in it."""
    if st.query_params.get(ADDRESS) != "1" or not current.may(Permission.RECORD_WRITE):
        return
    asked = {field: st.query_params.get(name, "") for name, field in FIELDS.items()}
    st.query_params.clear()
    now = current.now().replace(second=0, microsecond=0)
    known = {name: value for name, text in asked.items() if (value := _known(current, name, text)) is not None}
    forms.open_form(current, incident_form.NEW, values={"occurred_at": now} | known)


def _known(current: Current, name: str, text: str) -> Any:
    """The value that a word of the address stands for; None where it stands for none."""
    if name == "occurred_at":
        return _moment(current, text)
    if name in ("unit_id", "event_id"):
        known = {
            "unit_id": lambda: {row.id for row in units(current) if row.exists_on(current.today())},
            "event_id": lambda: {row.id for row in event.choices(current)},
        }
        return int(text) if text.isdecimal() and len(text) < 10 and int(text) in known[name]() else None
    catalogue = {"kind": "incident_kind", "severity": "severity", "complexity": "complexity"}[name]
    if text not in fields.catalogue_choices(current, catalogue):
        return None
    if text == COMPLEX and not current.may(Permission.INCIDENT_JUDGE):
        return None
    return int(text) if name == "severity" else text


def _moment(current: Current, text: str) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(text).replace(tzinfo=current.zone) if _MOMENT.fullmatch(text) else None
    except ValueError:
        return None
    return found if found and found <= current.now() else None
