"""What a steering board reads: one line of numbers for each organisation below it, their total, and where one line's numbers
come from; never a record."""

import datetime as dt
import functools
from dataclasses import dataclass
from typing import Any

import streamlit as st

from models import board, organisation
from models.access import Current
from models.board import Rolled
from models.board_totals import share_of
from models.clock import FOREVER
from models.figures import KPIS, Figure
from models.organisation import Organisation, Tree
from models.period import Period
from pages.parts import board_answers, board_charts, cards, chart_box, page, periods
from pages.parts.cards import WORDS
from pages.parts.holding import holding
from pages.parts.kept import kept
from pages.parts.words import N_, NOTHING, clock_time, date, language, moment, number, percent, plain, t

BRANCH, SORTED, THEN, ALL = "board.branch", "board.figure", "board.then", "board.all"
ONE, ORDER = "board.one", "board.order"
ADDRESSES = {BRANCH: "nhanh", SORTED: "chi-so-theo", ONE: "don-vi"}
NOT_ADDED = N_("not added up")


def since(current: Current) -> dt.date | None:
    """The day the first model below started."""
    return min((row.model_started_on for row in organisation.tree(current).rows if row.model_started_on), default=None)


@dataclass(frozen=True)
class Asked:
    """A branch of the tree, the figure to compare by, whether what was merged stands by itself as it did then, and whether
    the table has every figure."""

    branch: int | None
    code: str
    then: bool
    every: bool


@dataclass(frozen=True)
class Shown:
    """One view of the board: what was asked for, and the lines that answer it."""

    period: Period
    code: str
    lines: list[Rolled]
    total: dict[str, Figure | None]

    @property
    def until(self) -> dt.datetime:
        """When the first of them has something else to say."""
        return min((part.until for line in self.lines for part in line.parts), default=FOREVER)

    @property
    def missing(self) -> list[Rolled]:
        return [line for line in self.lines if not line.reported]

    @functools.cached_property
    def sorted(self) -> list[Rolled]:
        """The largest share first; those without a number last."""

        def rank(line: Rolled) -> tuple[bool, float, str]:
            figure = line.figures[self.code]
            size = None if figure is None or figure.no_data else figure.denominator or figure.value
            return size is None, -(size or 0), line.name

        return sorted(self.lines, key=rank)


def show(current: Current, period: Period, tree: Tree, revisions: dict[int, int]) -> dt.datetime:
    """Draw the board; until when it holds, if nobody enters anything."""
    if not tree.rows:
        page.empty(
            t("No organisation stands below this board."),
            t("The system administrator places organisations in the tree."),
        )
        return FOREVER
    asked = _choices(tree)
    rows = board.branch(tree.rows, asked.branch)
    # One number for the state of all of them: whatever changes, one of these grows.
    state = sum(revisions.values()) + sum(row.version for row in rows)
    what = ("board", period, asked)
    shown = holding(current, state, what, lambda: _shown(current, period, asked, rows, revisions))
    _say(current, shown)
    board_charts.by_organisation(current, shown.sorted, asked.code, _file(current, shown))
    _table(
        shown, kept(current, state, ("board table", what, shown.until, language()), lambda: _table_rows(current, shown))
    )
    _one(current, shown, rows, revisions)
    return shown.until


def _shown(
    current: Current, period: Period, asked: Asked, rows: list[Organisation], revisions: dict[int, int]
) -> Shown:
    groups = board_answers.groups_of(asked.code, every=asked.every)
    answers = board_answers.answers(current, period, rows, revisions, groups)
    lines = board.rolled_up(rows, answers, period, current.today(), as_today=not asked.then)
    return Shown(period, asked.code, lines, board.total(lines))


# ---- the choices -----------------------------------------------------------------------------------------------------
def _choices(tree: Tree) -> Asked:
    places = {row.id: row.name for row in tree.branches}
    line = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    for key in (BRANCH, SORTED):
        st.session_state.setdefault(key, st.query_params.get(ADDRESSES[key]))
    chosen = None
    if places:
        known = {str(one): name for one, name in places.items()}
        if st.session_state[BRANCH] not in known:
            st.session_state[BRANCH] = None
        chosen = line.selectbox(
            t("Branch of the tree"),
            list(known),
            index=None,
            format_func=lambda one: known.get(one, one),
            key=BRANCH,
            placeholder=t("The whole tree"),
            width=300,
        )
    if st.session_state[SORTED] not in KPIS:
        st.session_state[SORTED] = "2"
    code = line.selectbox(
        t("Compare by"),
        sorted(KPIS, key=int),
        format_func=lambda one: t(WORDS[one][0]) if one in WORDS else one,
        key=SORTED,
        width=300,
    )
    then = _merged(tree.rows) and line.toggle(t("As the organisations were then"), key=THEN, help=t(_WHY_THEN))
    every = line.toggle(t("Every figure"), key=ALL)
    _to_address(BRANCH, chosen)
    _to_address(SORTED, code if code != "2" else None)
    return Asked(int(chosen) if chosen else None, code or "2", bool(then), every)


_WHY_THEN = N_("Otherwise what was merged stands under its successor, so that lines of several years can be compared.")


def _merged(rows: list[Organisation]) -> bool:
    return any(row.successor_id and row.valid_to for row in rows)


def _to_address(key: str, value: str | None) -> None:
    name = ADDRESSES[key]
    if value is None:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value


# ---- saying ----------------------------------------------------------------------------------------------------------
def _say(current: Current, shown: Shown) -> None:
    st.caption(
        t(
            "Figures at {time}, kept up to date. {period}. {count} organisations, each counted within its own records.",
            time=clock_time(current.now(), current),
            period=periods.full_name(shown.period),
            count=number(len(shown.lines)),
        )
    )
    if shown.missing:
        st.warning(plain(_partial(shown)), icon=":material/pie_chart:")


def _partial(shown: Shown) -> str:
    """Said over the numbers and in what is taken away: the total is not everybody's."""
    names = [line.short_name for line in shown.missing]
    named = ", ".join(names[:8]) + (" …" if len(names) > 8 else "")
    return t(
        "The total is partial: {missing} of {all} organisations have entered nothing in this period ({names}).",
        missing=number(len(names)),
        all=number(len(shown.lines)),
        names=named,
    )


def _file(current: Current, shown: Shown) -> chart_box.Shown:
    """What a file of the board says of itself."""
    now = current.now()
    at = f"{clock_time(now, current)} {date(now.astimezone(current.zone).date())}"
    complete = _partial(shown) if shown.missing else t("Every organisation has entered something.")
    return chart_box.Shown(periods.full_name(shown.period), ((t("Complete"), complete),), at)


def said(figure: Figure | None) -> str:
    """A figure in a cell: its value and both sides."""
    if figure is None:
        return t(NOT_ADDED)
    if figure.no_data:
        return t("no data yet")
    sides = f" ({number(figure.numerator)}/{number(figure.denominator)})" if figure.denominator else ""
    return cards.value(figure) + sides


# ---- the table -------------------------------------------------------------------------------------------------------
def _codes(shown: Shown) -> list[str]:
    return [shown.code, *(code for code in shown.total or board_answers.COLUMNS if code != shown.code)]


def _table_rows(current: Current, shown: Shown) -> list[dict[str, str]]:
    """The total, then each organisation, the largest share first."""
    codes = _codes(shown)
    return [_total_row(shown, codes), *(_row(current, shown, line, codes) for line in shown.sorted)]


def _table(shown: Shown, rows: list[dict[str, str]]) -> None:
    """A click on a line opens its breakdown."""
    st.session_state[ORDER] = [line.organisation_id for line in shown.sorted]
    st.dataframe(
        rows,
        column_config=_heads(_codes(shown)),
        hide_index=True,
        key=f"board.table.{hash((shown.code, tuple(st.session_state[ORDER]))) & 0xFFFFFF:x}",
        on_select=_clicked,
        selection_mode="single-row",
        height="content" if len(rows) <= 16 else 595,
        alt=t("Figures of each organisation"),
    )


def _heads(codes: list[str]) -> dict[str, Any]:
    texts = {"name": t("Organisation"), "share": t("Share"), "entered": t("Last entry")}
    heads: dict[str, Any] = {
        "name": st.column_config.TextColumn(texts["name"], pinned=True, width=250),
        "share": st.column_config.TextColumn(
            texts["share"], help=t("Of the total of the first figure; of a share, how much of all cases it stands on.")
        ),
        "entered": st.column_config.TextColumn(texts["entered"]),
    }
    heads |= {code: st.column_config.TextColumn(t(WORDS[code][0]), help=t(WORDS[code][1])) for code in codes}
    return heads


def _total_row(shown: Shown, codes: list[str]) -> dict[str, str]:
    there = number(len(shown.lines) - len(shown.missing))
    name = t("Partial total ({there} of {all})", there=there, all=number(len(shown.lines)))
    row = {"name": name if shown.missing else t("Total ({all})", all=number(len(shown.lines)))}
    first = shown.total.get(codes[0])
    row |= {codes[0]: said(first), "share": percent(share_of(first, first), 0), "entered": ""}
    return row | {code: said(shown.total.get(code)) for code in codes[1:]}


def _row(current: Current, shown: Shown, line: Rolled, codes: list[str]) -> dict[str, str]:
    share = share_of(line.figures[shown.code], shown.total[shown.code])
    row = {"name": _name(shown, line), codes[0]: said(line.figures[codes[0]]), "share": percent(share)}
    entered = moment(line.entered, current) if line.entered else t("never")
    row["entered"] = entered if line.reported else t("has not reported ({entered})", entered=entered)
    return row | {code: said(line.figures[code]) for code in codes[1:]}


def _name(shown: Shown, line: Rolled) -> str:
    """With what stands under it, or until when it was there."""
    if len(line.parts) > 1 or line.parts[0].organisation_id != line.organisation_id:
        merged = [part.short_name for part in line.parts if part.organisation_id != line.organisation_id]
        return t("{name} (with {merged})", name=line.short_name, merged=", ".join(merged))
    if line.until is not None and line.until <= shown.period.last:
        return t("{name} (until {day})", name=line.short_name, day=date(line.until))
    return line.short_name


def _clicked() -> None:
    """Of the table: open that line. The first line is the total."""
    key = next((one for one in st.session_state if str(one).startswith("board.table.") and _row_of(str(one))), "")
    order = st.session_state.get(ORDER, [])
    at = _row_of(str(key)) if key else None
    st.session_state[ONE] = str(order[at - 1]) if at and at <= len(order) else None


def _row_of(key: str) -> int | None:
    state = st.session_state.get(key)
    rows = state["selection"]["rows"] if state else []
    return rows[0] if rows else None


# ---- one line --------------------------------------------------------------------------------------------------------
def _one(current: Current, shown: Shown, rows: list[Organisation], revisions: dict[int, int]) -> None:
    """Where the numbers of one line come from: every figure, and its incidents by month and kind."""
    names = {str(line.organisation_id): line for line in shown.lines}
    st.session_state.setdefault(ONE, st.query_params.get(ADDRESSES[ONE]))
    if st.session_state[ONE] not in names:
        st.session_state[ONE] = None
    chosen = st.selectbox(
        t("One organisation"),
        list(names),
        index=None,
        format_func=lambda one: names[one].name if one in names else one,
        key=ONE,
        placeholder=t("Choose one, or click on its line"),
        width=420,
    )
    _to_address(ONE, chosen)
    if not chosen:
        return
    line = names[chosen]
    ids = tuple(part.organisation_id for part in line.parts)
    own = [row for row in rows if row.id in ids]
    every = board.total(board_answers.every_figure(current, shown.period, own, revisions).values())
    with st.grid(4, gap="small", min_column_width=160):
        for code, figure in every.items():
            if figure is None:
                st.metric(t(WORDS[code][0]), NOTHING, delta_description=t(NOT_ADDED), border=True, height="stretch")
            else:
                cards.card(figure)
    board_charts.breakdown(board.breakdown(current, shown.period, ids), line.name)
