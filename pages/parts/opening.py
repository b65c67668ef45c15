"""What opens when somebody asks for it. What is in a popover or in a tab is drawn once it was opened, and from then on while
the same record is looked at: nobody pays for what nobody sees, and what was typed in there and not sent stays."""

from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

Rooms = dict[str, tuple[str, Callable[[], Any]]]


def popover(text: str, key: str, **style: object) -> DeltaGenerator | None:
    """A button that opens something: the place to draw in, or None where nobody opened it."""
    if st.session_state.pop(f"{key}.shut", False):
        st.session_state[key] = False
    box = st.popover(text, key=key, on_change="rerun", **style)  # type: ignore[arg-type]
    return box if _is_drawn(key, bool(box.open)) else None


def filters(where: DeltaGenerator, text: str, key: str, *names: str, **style: object) -> DeltaGenerator | None:
    """The rarer filters of a list behind a button: drawn once it was opened, or while one of them (`names`) stands in the
    address."""
    box = where.popover(text, key=key, on_change="rerun", width="stretch", **style)  # type: ignore[arg-type]
    addressed = not st.query_params.keys().isdisjoint(names)
    return box if _is_drawn(key, bool(box.open)) or addressed else None


def was_opened(key: str) -> bool:
    """Whether somebody opened it here, beside what stands in the address."""
    return _is_drawn(key, is_open=False)


def shut(key: str) -> None:
    """The next run closes it and forgets what was typed in it: what it asked for was done."""
    st.session_state[f"{key}.shut"] = True
    st.session_state.pop(f"{key}.seen", None)


def tabs(key: str, rooms: Rooms, asked: str | None = None) -> None:
    """Tabs, {code: (its name, what draws it)}. `asked` is the code of the one that something on the page sends people to."""
    _turn_to(key, rooms, asked)
    shown, record = st.tabs([name for name, _ in rooms.values()], key=key, on_change="rerun"), _record()
    for (code, (_, draw)), tab in zip(rooms.items(), shown, strict=True):
        if tab.open:
            st.session_state[f"{key}.at"] = code
        if _is_drawn(f"{key}.{code}", bool(tab.open), record):
            with tab:
                draw()


def _turn_to(key: str, rooms: Rooms, asked: str | None) -> None:
    """The browser knows tabs by their names: where one changed (a count in it), the tab that was open is opened again."""
    names, at = [name for name, _ in rooms.values()], st.session_state.get(f"{key}.at")
    wanted = asked or (at if names != st.session_state.get(f"{key}.names", names) and key in st.session_state else None)
    if wanted in rooms:
        st.session_state[key] = rooms[wanted][0]
    st.session_state[f"{key}.names"] = names


def _record() -> tuple[str, str]:
    """What is looked at: the page, and the record in its address."""
    ctx = get_script_run_ctx()
    return ctx.page_script_hash if ctx else "", st.query_params.get("id", "")


def _is_drawn(key: str, is_open: bool, record: tuple[str, str] | None = None) -> bool:
    seen = f"{key}.seen"
    if is_open:
        st.session_state[seen] = record or _record()
        return True
    return seen in st.session_state and st.session_state[seen] == (record or _record())
