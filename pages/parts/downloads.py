"""Links to what pages/server/files.py hands out."""

from collections.abc import Callable, Hashable

import streamlit as st

from models import exports
from models.access import Current, Refusal
from pages.parts.refusals import explain
from pages.parts.words import t


def link(address: str, label: str, *, primary: bool = False, key: str | None = None) -> None:
    """A button that downloads. `address` is ours: what `exports.offer` returned, or an attachment's."""
    st.link_button(label, address, icon=":material/download:", type="primary" if primary else "secondary", key=key)


def offer(
    current: Current,
    key: str,
    label: str,
    make: Callable[[], tuple[str, str, bytes]],
    *,
    about: Hashable = None,
    icon: str = ":material/file_export:",
) -> None:
    """A button that makes a file, (name, content type, bytes), and then the link to it while it waits. `about` is what the
    file was made from (the filter): once that differs, the link is gone."""
    row = st.container(horizontal=True)
    if row.button(label, key=key, icon=icon):
        try:
            st.session_state[f"{key}.made"] = (exports.offer(current, *make()), current.now() + exports.VALID, about)
        except Refusal as refusal:
            st.error(explain(refusal), icon=":material/error:")
    address, until, made_from = st.session_state.get(f"{key}.made", ("", current.now(), about))
    if current.now() < until and made_from == about:
        with row:
            link(address, t("Download"), primary=True, key=f"{key}.link")
