"""Charts: a drawing (pages/parts/chart_drawings.py) with its rows, the same numbers as a table and in words, and the frame
that all of it stands in. A chart is made once and kept; what travels to the browser on each run is packed already."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow  # type: ignore[import-untyped]
import streamlit as st

from models.counted import Counted
from pages.parts import chart_drawings
from pages.parts.chart_drawings import CHOSEN, ROWS, Colours
from pages.parts.words import language, number, t

Table = dict[str, list[Any]]
Row = dict[str, Any]


@dataclass(frozen=True)
class Chart:
    """A drawing with its rows, its table, and the same in words for a screen reader."""

    drawing: dict[str, Any]
    rows: list[Row]
    packed: bytes
    table: Table
    words: str


@dataclass(frozen=True)
class Frame:
    """One chart of a page: what it is called, how to read it, and how it is made where there is something to draw. `codes`
    are the rows of its table; `ways` tells what some of them count, so that their records can be listed."""

    key: str
    title: str
    how: str
    make: Callable[[Colours], Chart] | None
    codes: Sequence[str] = ()
    ways: Mapping[str, Counted] = field(default_factory=dict)


# ---- colours ---------------------------------------------------------------------------------------------------------
def colours(theme: str = "") -> Colours:
    """Those of the theme that the reader's browser shows, or of the one asked for."""
    theme = theme or ("dark" if st.context.theme.type == "dark" else "light")

    def of(name: str) -> str:
        return str(st.get_option(f"theme.{theme}.{name}Color"))

    severity = tuple(of(name) for name in ("gray", "blue", "orange", "red"))
    main = of("blue")
    return Colours(main, of("orange"), of("border"), of("text"), of("background"), severity)


def mixed(colour: str, other: str, share: float) -> str:
    """Between two colours: `share` of the first."""
    one, two = (tuple(int(each[at : at + 2], 16) for at in (1, 3, 5)) for each in (colour, other))
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02X}" for a, b in zip(one, two, strict=True))


def faint(paint: Colours) -> str:
    """Of a bar that stands back."""
    return mixed(paint.main, paint.back, 0.4)


# ---- lying bars ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Bar:
    """One line of a bar chart. `part` is the share of it that is told apart, drawn over it."""

    name: str
    count: int
    part: int | None = None
    colour: str | None = None
    code: str = ""


def bars(
    rows: Sequence[Bar], table: Table, paint: Colours, *, group: str, whole: str, part: str = "", clicked: bool = False
) -> Chart:
    """Lying bars with the number at their end. The words are the tooltip's."""
    room = max(row.count for row in rows) * (1.25 if part else 1.12)
    values = [
        {
            "name": row.name,
            "code": row.code,
            "count": row.count,
            "said": number(row.count) if row.part is None else f"{number(row.part)}/{number(row.count)}",
            "colour": row.colour or paint.main,
            "room": room,
        }
        | ({"part": row.part} if part else {})
        for row in rows
    ]
    drawing = chart_drawings.lying(paint, language(), group, whole, part, clicked)
    return _made(chart_drawings.high(drawing, len({row.name for row in rows}), chart_drawings.STEP), values, table)


# ---- standing bars ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Month:
    """One bar of a trend, and what stood there a year before; None is no data. `within` the period that was chosen, or
    before it."""

    name: str
    count: int
    before: int | None
    within: bool = True
    code: str = ""
    long: str = ""
    target: float | None = None


def trend(
    months: Sequence[Month],
    table: Table,
    paint: Colours,
    *,
    month: str,
    now: str,
    before: str,
    target: str = "",
    sign: str = "",
    clicked: bool = False,
) -> Chart:
    """Standing bars by month with their numbers; the year before as a broken line; with `target`, its name, the months'
    targets as a thin line, `sign` (≤ or ≥) before their numbers."""
    room = max(max(one.count, one.before or 0, one.target or 0) for one in months) * 1.15 or 1.0
    goals = [None if one.target is None else f"{sign} {told(one.target)}" for one in months]
    values = [
        {
            "name": one.name,
            "long": one.long or one.name,
            "code": one.code,
            "count": one.count,
            "before": one.before,
            "said": number(one.count) if one.count else "",
            "colour": paint.main if one.within else faint(paint),
            "room": room,
        }
        | ({"target": one.target, "target_said": goal, "target_label": label_at(target, goals, at)} if target else {})
        for at, (one, goal) in enumerate(zip(months, goals, strict=True))
    ]
    known = any(one.before is not None for one in months)  # a scale over nothing has no extent, and Vega says so
    drawing = chart_drawings.standing(paint, language(), month, now, before if known else "", target, clicked)
    return _made(drawing, values, table)


def label_at(name: str, goals: Sequence[str | None], at: int) -> str:
    """At a target's first month: its name and number; where it changes the new number alone."""
    goal = goals[at]
    if goal is None or (at and goals[at - 1] == goal):
        return ""
    return goal if at and goals[at - 1] is not None else f"{name} {goal}"


# ---- the calendar ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Day:
    """One cell: the week it stands in, its weekday's short name, itself in words, and how many there were."""

    week: int
    weekday: str
    words: str
    count: int
    code: str = ""


def calendar(
    days: Sequence[Day],
    heads: Mapping[int, str],
    table: Table,
    paint: Colours,
    *,
    day: str,
    count: str,
    clicked: bool = False,
) -> Chart:
    """Cells in columns; `heads` are the names over some of the columns."""
    most = max((one.count for one in days), default=0)
    shades = [mixed(paint.main, paint.pale, share) for share in (0.0, 0.45, 0.65, 0.83, 1.0)]
    over: list[Row] = [{"week": week, "weekday": "", "month": name, "count": None} for week, name in heads.items()]
    cells: list[Row] = [
        {
            "week": one.week,
            "weekday": one.weekday,
            "day": one.words,
            "count": one.count,
            "colour": shades[_shade(one.count, most)],
            "code": one.code,
        }
        for one in days
    ]
    drawing = chart_drawings.calendar(paint, language(), day, count, clicked)
    lines = len({row["weekday"] for row in over + cells})
    return _made(chart_drawings.high(drawing, lines, chart_drawings.CELL), over + cells, table)


def _shade(count: int, most: int) -> int:
    """Nought, then four steps up to the most."""
    return 0 if not count else max(1, -(-4 * count // max(most, 4)))


# ---- making and showing -----------------------------------------------------------------------------------------------
def _made(drawing: dict[str, Any], rows: list[Row], table: Table) -> Chart:
    return Chart(drawing, rows, packed(rows), table, _in_words(table))


def packed(rows: list[Row]) -> bytes:
    """Rows as a browser gets them."""
    keys = dict.fromkeys(name for row in rows for name in row)
    columns = pyarrow.table({name: [row.get(name) for row in rows] for name in keys})
    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, columns.schema) as stream:
        stream.write_table(columns)
    return sink.getvalue().to_pybytes()


def _in_words(table: Table) -> str:
    """Each line with its numbers."""
    names, *columns = table.values()
    numbers = list(zip(*columns, strict=True))
    return "; ".join(f"{name}: {', '.join(map(told, row))}" for name, row in zip(names, numbers, strict=True))


def told(value: Any) -> str:
    """A value of a table in words."""
    if isinstance(value, float) and value == int(value):
        value = int(value)
    return (
        number(value, 1)
        if isinstance(value, float)
        else number(value)
        if value is None or isinstance(value, int)
        else str(value)
    )


def show(key: str, title: str, how: str, chart: Chart | None, on_click: Callable[[], None] | None = None) -> None:
    """Title, how to read it, the drawing. With `on_click` a mark can be clicked; `clicked` says then which it was."""
    nothing = "" if chart else f"\n\n{t('No data in this period.')}"
    st.markdown(f"**{title}**  \n:small[{how}]{nothing}")
    if chart is None:
        return
    drawing = chart.drawing | {"datasets": {ROWS: chart.packed}}
    st.vega_lite_chart(
        spec=drawing, key=key, alt=f"{title}. {chart.words}", on_select=on_click or "ignore", width="stretch"
    )


def clicked(key: str) -> str | None:
    """The code of the mark that was clicked last."""
    state = st.session_state.get(key)
    chosen = state["selection"].get(CHOSEN) if state else None
    return str(chosen[0]["code"]) if chosen else None


def weekday_names() -> tuple[list[str], list[str]]:
    """Monday first: short, and whole."""
    short = [t("Mo"), t("Tu"), t("We"), t("Th"), t("Fr"), t("Sa"), t("Su")]
    whole = [t("Monday"), t("Tuesday"), t("Wednesday"), t("Thursday"), t("Friday"), t("Saturday"), t("Sunday")]
    return short, whole


def week_of(day: dt.date, first: dt.date) -> int:
    """Which Monday-to-Sunday week of a span a day lies in, from nought."""
    return (day - (first - dt.timedelta(days=first.weekday()))).days // 7
