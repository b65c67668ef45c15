"""What stood in a form that another window sent or closed: shown until it is dismissed, to be copied or put into a new form.

Two windows may draw one draft, since a form's address can be opened twice. The first that sends it takes the draft away; what
the other had typed would go with its fields.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import streamlit as st

from models import draft
from models.access import Current
from models.history import plain as stored
from pages.parts import fields
from pages.parts.words import t

HERE, LEFT = "forms.here", "forms.left"
ADDRESS = "nhap"


@dataclass(frozen=True)
class Here:
    """The form that this window draws, and the widgets of its fields."""

    id: str
    form: str
    subject_id: int | None
    seen: int | None
    cls: type[draft.Draft]
    widgets: dict[str, str]


@dataclass(frozen=True)
class Left:
    here: Here
    values: dict[str, Any]
    made: int | None


def remember(here: Here) -> None:
    st.session_state[HERE] = here


def catch(current: Current, address: str) -> bool:
    """The draft in the address is gone: take what stands in this window's fields, as long as they are there. Whether people's
    own words are among it."""
    here = st.session_state.pop(HERE, None)
    if here is None or here.id != address:
        return False
    state = st.session_state
    found = {name: _value(current, state[key]) for name, key in here.widgets.items() if key in state}
    if not any(str(found.get(name) or "").strip() for name in fields.free_text(here.cls)):
        return False
    st.session_state[LEFT] = Left(here, stored(found), draft.made(current, address))
    return True


def _value(current: Current, value: Any) -> Any:
    return value.replace(tzinfo=current.zone) if isinstance(value, dt.datetime) else value


def show(current: Current) -> None:
    """The words, each with a button that copies them, and the ways on."""
    left = st.session_state.get(LEFT)
    if left is None:
        return
    here = left.here
    head = t("Another window has already sent this form.")
    if left.made is None:
        head = t("Another window has already closed this form.")
    with st.container(border=True, key="forms.left.box"):
        st.markdown(f":orange[:material/tab_close:] **{head}**")
        st.caption(t("What stood in this window was not saved. It is kept here until you dismiss it."))
        for name in fields.free_text(here.cls):
            if said := str(left.values.get(name) or "").strip():
                st.caption(t(here.cls.model_fields[name].title or name))
                st.code(said, language=None, wrap_lines=True)
        _ways(current, left)


def _ways(current: Current, left: Left) -> None:
    here, row = left.here, st.container(horizontal=True)
    again = t("Put it into a new form") if here.subject_id is None else t("Open the form anew with it")
    if row.button(again, key="forms.left.again", icon=":material/edit_document:"):
        new = draft.start(current, here.form, here.subject_id, here.seen, left.values)
        _dismissed(ADDRESS, new.id)
    if (
        left.made is not None
        and here.subject_id is None
        and row.button(t("Show what was saved"), key="forms.left.show", icon=":material/arrow_forward:")
    ):
        _dismissed("id", str(left.made), keep=True)
    if row.button(t("Dismiss"), key="forms.left.drop", type="tertiary"):
        _dismissed()


def _dismissed(name: str = "", value: str = "", *, keep: bool = False) -> None:
    if not keep:
        st.session_state.pop(LEFT, None)
    if name:
        st.query_params[name] = value
    st.rerun()
