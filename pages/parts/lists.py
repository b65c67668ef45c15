"""Lists: a table from which one row is chosen, and the pages of it."""

from collections.abc import Sequence
from typing import Any, Literal

import pyarrow  # type: ignore[import-untyped]
import streamlit as st

from pages.parts.words import number, t


def table(
    rows: list[dict[str, Any]],
    columns: dict[str, Any],
    ids: Sequence[Any],
    key: str,
    *,
    height: Literal["content", "auto"] | int = "content",
) -> Any:
    """Draw `rows` (already words and numbers) and return the id of the row that was clicked, or None.

    `columns` maps a key of the rows to its label, or to a `st.column_config` column.
    """
    config: dict[str, Any] = {
        name: shown if not isinstance(shown, str) else st.column_config.Column(shown) for name, shown in columns.items()
    }
    state = st.dataframe(
        pyarrow.table(
            {name: [row.get(name) for row in rows] for name in columns}
        ),  # as it is sent: pandas would only turn it
        column_config=config,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        height=height,
        key=_drawn_as(key),
    )
    picked = state.selection.rows
    return ids[picked[0]] if picked and picked[0] < len(ids) else None


def untick(key: str) -> None:
    """Draw the table anew without a chosen row. Forgetting its value is not enough: the browser sends it again."""
    st.session_state[f"{key}.turn"] = st.session_state.get(f"{key}.turn", 0) + 1


def _drawn_as(key: str) -> str:
    turn = st.session_state.get(f"{key}.turn", 0)
    return f"{key}.{turn}" if turn else key


def pager(total: int, size: int, key: str) -> int:
    """Draw "1–20 of 31" and the page numbers; returns the offset of the chosen page."""
    pages = max(1, -(-total // size))
    if st.session_state.get(key, 1) > pages:
        st.session_state[key] = pages
    row = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
    spot = row.empty()
    chosen = row.pagination(pages, key=key, max_visible_pages=5) if pages > 1 else 1
    first = (chosen - 1) * size
    spot.caption(
        t(
            "{first}–{last} of {total}",
            first=number(min(first + 1, total)),
            last=number(min(first + size, total)),
            total=number(total),
        )
    )
    return first


def record_head(number_said: str, key: str) -> bool:
    """The head of an open record: its number, and at the right the button that closes it. True once it is to be closed; the
    address is cleared then."""
    row = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
    row.subheader(number_said, anchor=False, width="content")
    closed = row.button(t("Close"), key=f"{key}.close_view", icon=":material/close:", type="tertiary")
    if closed:
        st.query_params.pop("id", None)
    return closed
