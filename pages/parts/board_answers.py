"""What the organisations below a board answer: each asked by itself, each answer kept until that organisation changes."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from models import board
from models.access import Current
from models.board import BoardLine
from models.figures import KPIS
from models.organisation import Organisation
from models.period import Period
from pages.parts.kept import BOARD, kept
from pages.parts.words import number, t

COLUMNS = ("1", "2", "3", "5", "9", "10", "11", "14")  # what the table shows, unless somebody wants every figure
MANY = 30  # organisations that one waits for with a word on the screen
ASKED = "board.asked"  # in the session: what was asked before, and so comes quickly


def groups_of(code: str, *, every: bool) -> tuple[tuple[str, ...], ...]:
    """The figures that are needed, in groups that are asked and kept together."""
    if every:
        return COLUMNS, tuple(one for one in sorted(KPIS, key=int) if one not in COLUMNS)
    return (COLUMNS,) if code in COLUMNS else (COLUMNS, (code,))


def answers(
    current: Current,
    period: Period,
    rows: Sequence[Organisation],
    revisions: dict[int, int],
    groups: tuple[tuple[str, ...], ...],
) -> dict[int, BoardLine]:
    """Organisation → its answer."""

    def ask() -> dict[int, BoardLine]:
        ids = [row.id for row in rows if row.id]
        return {one: _answer(current, period, one, revisions.get(one, 0), groups) for one in ids}

    asked = (period, current.today(), len(rows), groups)
    if len(rows) <= MANY or st.session_state.get(ASKED) == asked:
        return ask()
    with st.spinner(t("Asking {count} organisations …", count=number(len(rows)))):
        found = ask()
    st.session_state[ASKED] = asked
    return found


def _answer(
    current: Current, period: Period, one: int, revision: int, groups: tuple[tuple[str, ...], ...]
) -> BoardLine:
    found = [
        kept(
            current,
            revision,
            ("board", period, codes),
            lambda codes=codes: board.board_figures(current, period, (one,), codes)[0],  # type: ignore[misc]
            whose=one,
            room=BOARD,
        )
        for codes in groups
    ]
    figures = {code: figure for line in found for code, figure in line.figures.items()}
    return replace(found[0], figures={code: figures[code] for code in sorted(figures, key=int)})


def every_figure(
    current: Current, period: Period, rows: Sequence[Organisation], revisions: dict[int, int]
) -> dict[int, BoardLine]:
    """The same with all figures, for a few of them."""
    return answers(current, period, rows, revisions, groups_of("", every=True))
