"""The head of every page: ribbon, title, what is shown."""

import base64

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from models.access import Current
from models.settings import ROOT
from pages.parts.words import t

_OVER = "page.over"  # the place over the title, in this run


def _drawn(name: str) -> str:
    """A small picture as an address that carries it: by its path Streamlit reads and hashes the file in every run."""
    file = ROOT / "pages" / "server" / "static" / name
    return f"data:image/svg+xml;base64,{base64.b64encode(file.read_bytes()).decode()}"


LOGO, ICON = _drawn("logo.svg"), _drawn("bieu-trung.svg")  # the emblem with the name, white on a dark ground; and alone


def ribbon(current: Current) -> None:
    """Says on every page of the demonstration world that its people and records are invented."""
    if current.is_demo:
        st.badge(t("DEMONSTRATION DATA"), icon=":material/science:", color="orange")


def head(current: Current, title: str, caption: str | None = None) -> DeltaGenerator:
    """Ribbon (demonstration world only), title, caption. Returns the place at the title's right for the one primary action."""
    ribbon(current)
    st.session_state[_OVER] = st.container()
    row = st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute")
    row.title(title, anchor=False, width="content")
    actions = row.container(horizontal=True, width="content", vertical_alignment="bottom")
    if caption:
        st.caption(caption)
    return actions


def is_another(key: str) -> bool:
    """Whether the record in the address is another one than when this box was drawn last. What was typed for that one and
    not sent stands in the browser still, and must not be taken for this one's."""
    record = st.query_params.get("id", "")
    before = st.session_state.get(f"{key}.record", record)
    st.session_state[f"{key}.record"] = record
    return bool(before != record)


def done(message: str) -> None:
    """A short word of success that outlives the rerun after a save."""
    st.session_state["house.done"] = message


def say_done() -> None:
    if message := st.session_state.pop("house.done", None):
        st.toast(message, icon=":material/check_circle:")


def empty(message: str, hint: str = "") -> None:
    """An honest empty state: what is not there, and the next step."""
    with st.container(border=True):
        st.markdown(f"**{message}**")
        if hint:
            st.caption(hint)


def on_a_phone() -> bool:
    """By what the browser says of itself: a phone has no room for a record beside its list."""
    return "Mobi" in str(st.context.headers.get("User-Agent", ""))


def beside(is_open: bool) -> tuple[DeltaGenerator | None, DeltaGenerator | None]:
    """(place of the list, place of the open record): side by side on a desk; on a phone the record stands over everything
    else of its page, where one looks first."""
    if not is_open:
        return st.container(), None
    if on_a_phone():
        return None, st.session_state[_OVER]
    left, right = st.columns([5, 6])
    return left, right
