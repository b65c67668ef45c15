"""What a steering board reads: one line of numbers for each organisation below it, never a record."""

import datetime as dt

import streamlit as st

from models import board, history
from models.access import Current
from models.board import BoardLine
from models.figures import KPIS
from models.organisation import organisations_below
from models.period import Period
from pages.parts import cards, page, periods
from pages.parts.cards import WORDS
from pages.parts.kept import kept
from pages.parts.words import clock_time, number, t


def since(current: Current) -> dt.date | None:
    """The day the first model below started."""
    return min((row.model_started_on for row in organisations_below(current) if row.model_started_on), default=None)


def lines(current: Current, period: Period) -> list[BoardLine]:
    """Each organisation's line is kept until that organisation changes."""
    ids = {row.id for row in organisations_below(current)}
    revisions = history.revisions(ids)  # type: ignore[arg-type]
    found: list[BoardLine] = []
    for one, revision in revisions.items():
        found += kept(
            current,
            revision,
            ("board", period),
            lambda one=one: board.board_figures(current, period, frozenset({one})),  # type: ignore[misc]
            whose=one,
        )
    return sorted(found, key=lambda line: line.name)


def show(current: Current, period: Period) -> None:
    found = lines(current, period)
    st.caption(
        t(
            "Figures at {time}, kept up to date. {period}. {count} organisations, each counted within its own records.",
            time=clock_time(current.now(), current),
            period=periods.full_name(period),
            count=number(len(found)),
        )
    )
    if not found:
        page.empty(
            t("No organisation stands below this board."),
            t("The system administrator places organisations in the tree."),
        )
        return
    codes = sorted(KPIS, key=int)
    heads = {"name": st.column_config.TextColumn(t("Organisation"), pinned=True, width="medium")}
    heads |= {code: st.column_config.TextColumn(t(WORDS[code][0]), help=t(WORDS[code][1])) for code in codes}
    rows = [{"name": line.short_name} | {code: _said(line, code) for code in codes} for line in found]
    st.dataframe(rows, column_config=heads, hide_index=True, key="kpis.board")
    _one(found)


def _said(line: BoardLine, code: str) -> str:
    figure = line.figures[code]
    if figure.no_data:
        return t("no data yet")
    sides = f" ({number(figure.numerator)}/{number(figure.denominator)})" if figure.denominator else ""
    return cards.value(figure) + sides


def _one(found: list[BoardLine]) -> None:
    """One organisation's cards."""
    names = {line.organisation_id: line for line in found}
    chosen = st.selectbox(
        t("One organisation"), list(names), format_func=lambda one: names[one].name, key="kpis.board.one", width=420
    )
    if chosen in names:
        with st.grid(4, gap="small", min_column_width=160):
            for figure in names[chosen].figures.values():
                cards.card(figure)
