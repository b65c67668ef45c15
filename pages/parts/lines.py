"""One line that leads to a record: what it is, as a link, and under it what is said of it. The label of a link cannot wrap and
is cut in the middle of a letter where it is too long, so that what somebody wrote never stands in it whole."""

import textwrap

import streamlit as st

from pages.parts.rooms import page_of
from pages.parts.words import plain

LABEL = 40  # letters that the label of a link has room for on a phone
_INDENT = 30  # pixels from the edge of a link to its words, past its icon


def line(file: str, said: str, about: str, icon: str | None = None, **query: str) -> None:
    """`said`: a few words that fit a phone, as Markdown; `about`: as long as it likes, it ends in "…" where the place ends."""
    with st.container(gap=None):
        st.page_link(page_of(file), label=said, icon=icon, query_params=query)
        if about:
            with st.container(horizontal=True, gap=None, wrap=False):
                st.space(_INDENT)
                st.caption(about, wrap=False)


def short(text: str, room: int = LABEL) -> str:
    """A person's words for the label of a link: whole words as far as they fit, escaped."""
    return plain(textwrap.shorten(text, room, placeholder="…") if len(text) > room else text)
