"""What the rooms of the register share: the open record in the address, its facts, edit and strike, its story."""

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from models.access import Current, NotFound
from models.draft import ReasonDraft
from pages.parts import address, forms, lists, page, timeline
from pages.parts.words import moment, plain, t

R = TypeVar("R")


def opened(find: Callable[[Current, int], R], current: Current) -> R | None:
    """The record in the address; a foreign or missing one is said plainly."""
    asked = address.number()
    try:
        return find(current, asked) if asked is not None else None
    except NotFound:
        st.error(t("There is no such entry, or it is not yours to see."), icon=":material/search_off:")
        return None


def side_by_side(
    current: Current, find: Callable[[Current, int], R], the_list: Callable[[R | None], None], one: Callable[[R], None]
) -> None:
    """The list, and beside it the record in the address."""
    row = opened(find, current)
    left, right = page.beside(row is not None)
    if left is not None:
        with left:
            the_list(row)
    if right is not None and row is not None:
        with right.container(border=True):
            one(row)


def choose(picked: int | None) -> None:
    """Open the row that was clicked."""
    if picked and str(picked) != st.query_params.get("id"):
        st.query_params["id"] = str(picked)
        st.rerun()


def head(row: Any, title: str, key: str) -> None:
    """Title and close button; a struck entry says so at once."""
    if lists.record_head(title, key):
        lists.untick(f"{key}.table")
        st.rerun()
    if row.struck_at:
        st.badge(t("struck out"), icon=":material/block:", color="gray")


def facts(said: dict[str, str]) -> None:
    st.markdown("  \n".join(f":gray[{plain(name)}:] {plain(value)}" for name, value in said.items() if value))


def actions(current: Current, row: Any, edit: str, key: str, strike: Callable[..., Any]) -> None:
    """Edit and strike out, while it stands."""
    if row.struck_at:
        return
    with st.container(horizontal=True):
        if st.button(t("Edit"), key=f"{key}.edit", icon=":material/edit:"):
            forms.open_form(current, edit, row)
        strike_out(current, row, key, strike)


def strike_out(current: Current, row: Any, key: str, strike: Callable[..., Any]) -> None:
    forms.ask(
        current,
        f"{key}.strike",
        t("Strike out"),
        ReasonDraft,
        lambda said: strike(current, row.id, said.reason),
        done=t("Struck out."),
        icon=":material/block:",
    )


def story(current: Current, subject: str, row: Any) -> None:
    """Why it was struck, and what happened to it."""
    if row.struck_at:
        reason, when = plain(row.struck_reason), moment(row.struck_at, current)
        st.caption(t("Struck out on {at}: {reason}", at=when, reason=reason))
    with st.expander(t("What was changed"), icon=":material/history:"):
        timeline.show(current, subject, row.id, note=False)
