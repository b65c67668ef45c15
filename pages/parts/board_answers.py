"""What the organisations below a board answer: each asked by itself, each answer kept until something is entered there, or
until time changes one of its figures."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from models import board
from models.access import Current
from models.board import Asking, BoardLine
from models.figures import KPIS
from models.organisation import Organisation
from models.period import Period
from pages.parts.holding import holding
from pages.parts.kept import BOARD
from pages.parts.words import number, t

COLUMNS = ("1", "2", "3", "5", "9", "10", "11", "14")  # what the table shows, unless somebody wants every figure
MANY = 30  # organisations that one waits for with a word on the screen
STEP = 10  # organisations from one step of the bar to the next
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
    """Organisation → its answer. The first time that many are asked, a bar tells how far it is."""
    ids = [row.id for row in rows if row.id]
    opened = {codes: _opened(current, period, ids, codes) for codes in groups}
    seen = (period, current.today(), len(rows), groups)
    if len(rows) <= MANY or st.session_state.get(ASKED) == seen:
        return {one: _answer(current, period, one, revisions.get(one, 0), opened) for one in ids}
    bar, found = st.progress(0.0, t("Asking {count} organisations …", count=number(len(ids)))), {}
    for at, one in enumerate(ids, 1):
        found[one] = _answer(current, period, one, revisions.get(one, 0), opened)
        if not at % STEP:
            bar.progress(
                at / len(ids), t("{count} of {all} organisations asked", count=number(at), all=number(len(ids)))
            )
    bar.empty()
    st.session_state[ASKED] = seen
    return found


def _opened(current: Current, period: Period, ids: list[int], codes: tuple[str, ...]) -> Callable[[], Asking]:
    """One round of questions for all that have to be asked; begun with the first of them."""
    return functools.cache(lambda: board.asking(current, period, codes, ids))


def _answer(
    current: Current, period: Period, one: int, revision: int, opened: dict[tuple[str, ...], Callable[[], Asking]]
) -> BoardLine:
    found = [
        holding(
            current,
            revision,
            ("board", period, codes),
            lambda asking=asking: asking().of(one),  # type: ignore[misc]
            whose=one,
            room=BOARD,
        )
        for codes, asking in opened.items()
    ]
    figures = {code: figure for line in found for code, figure in line.figures.items()}
    until = min(line.until for line in found)
    return replace(found[0], figures={code: figures[code] for code in sorted(figures, key=int)}, until=until)


def every_figure(
    current: Current, period: Period, rows: Sequence[Organisation], revisions: dict[int, int]
) -> dict[int, BoardLine]:
    """The same with all figures, for a few of them."""
    return answers(current, period, rows, revisions, groups_of("", every=True))
