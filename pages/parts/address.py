"""Filters that stand in the address: as codes and days, never as the words on the screen, and never typed text.

(Streamlit's own `bind="query-params"` writes the label of a choice, which changes with the language and with each count.)
"""

from typing import Any

import streamlit as st

from pages.parts.words import t


def whole(text: str | None) -> int | None:
    """A whole number that somebody else wrote, or None. (`isdigit` takes "²" too, and `int` then does not.)"""
    return int(text) if text and text.isdecimal() and len(text) < 10 else None


def number(name: str = "id") -> int | None:
    """The number that the address gives under this name; what is none counts as none given."""
    return whole(st.query_params.get(name))


def _follow(address: str, key: str, options: dict[Any, str]) -> None:
    """Before the widget stands: take the choice from the address, if that is not what we wrote there ourselves."""
    said, written = st.query_params.get(address), f"{key}.written"
    if key in st.session_state and st.session_state.get(written) == said:
        return
    by_text = {str(code): code for code in options}
    st.session_state[key] = by_text.get(said) if said is not None else None
    st.session_state[written] = said


def _write(address: str, key: str, chosen: Any) -> None:
    said = None if chosen is None else str(chosen)
    if said is None:
        st.query_params.pop(address, None)
    elif st.query_params.get(address) != said:
        st.query_params[address] = said
    st.session_state[f"{key}.written"] = said


def choice(where: Any, address: str, title: str, everything: str, options: dict[Any, str], *, key: str = "") -> Any:
    """One of the options (code → word) or None for all, kept in the address as its code."""
    key = key or address
    _follow(address, key, options)
    chosen = where.selectbox(
        title,
        list(options),
        index=None,
        format_func=lambda code: options.get(code, str(code)),
        key=key,
        placeholder=everything,
        label_visibility="collapsed",
    )
    _write(address, key, chosen)
    return chosen


def flag(where: Any, address: str, code: str, title: str, *, key: str = "") -> bool:
    """A switch that stands in the address as a code while it is on."""
    key = key or address
    _follow(address, key, {code: title})
    st.session_state[key] = bool(st.session_state[key])
    on = where.toggle(title, key=key)
    _write(address, key, code if on else None)
    return bool(on)


def bubbles(address: str, options: dict[str, str], *, key: str = "") -> str | None:
    """Pills of which one or none is chosen, kept in the address as its code."""
    key = key or address
    _follow(address, key, options)
    chosen = st.pills(
        t("Narrow"),
        list(options),
        format_func=lambda code: options.get(code, code),
        key=key,
        label_visibility="collapsed",
    )
    _write(address, key, chosen)
    return chosen


def room(address: str, options: dict[str, str], *, key: str = "") -> str:
    """Which of a page's rooms is open: always one, the first unless the address says another."""
    key, first = key or address, next(iter(options))
    _follow(address, key, options)
    st.session_state[key] = st.session_state[key] or first
    chosen = st.segmented_control(
        t("Show"),
        list(options),
        format_func=lambda code: options.get(code, code),
        key=key,
        label_visibility="collapsed",
        required=True,
    )
    _write(address, key, None if chosen == first else chosen)
    return chosen or first
