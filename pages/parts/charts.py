"""Charts as Vega-Lite drawings: Altair with every channel spelt out, the theme's colours, labels on the marks, no axis to read.

A chart is made once and kept: its drawing as a plain dict, its rows and its table as Arrow, as the browser gets them.
`show` puts it into its frame with the same numbers as a table below it.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas  # noqa: F401 - Altair looks whether pandas is there; on a cold start another thread may be half through importing it
import pyarrow  # type: ignore[import-untyped]
import streamlit as st

from pages.parts.words import t

Table = dict[str, list[Any]]
STEP, LABEL = 30, 190  # pixels of one lying bar, and of the words before it


@dataclass(frozen=True)
class Chart:
    """A drawing with its rows, its table, and the same in words for a screen reader."""

    drawing: dict[str, Any]
    rows: pyarrow.Table
    table: pyarrow.Table
    words: str


@dataclass(frozen=True)
class Colours:
    """The theme's, by what they say. Altair follows the theme neither in text marks nor in fixed scales."""

    main: str
    second: str
    pale: str
    text: str
    severity: tuple[str, ...]


def colours() -> Colours:
    """Those of the theme that the reader's browser shows."""
    theme = "dark" if st.context.theme.type == "dark" else "light"

    def of(name: str) -> str:
        return str(st.get_option(f"theme.{theme}.{name}Color"))

    severity = tuple(of(name) for name in ("gray", "blue", "orange", "red"))
    return Colours(of("primary"), of("orange"), of("border"), of("text"), severity)


@dataclass(frozen=True)
class Bar:
    """One line of a bar chart. `part` is the share of it that is told apart, drawn over it."""

    name: str
    count: int
    part: int | None = None
    colour: str | None = None


@dataclass(frozen=True)
class Month:
    """One bar of a trend, and what stood there a year before; None is no data."""

    name: str
    count: int
    before: int | None


def _in_words(table: Table) -> str:
    """Each line with its numbers."""
    names, *columns = table.values()
    numbers = list(zip(*columns, strict=True))
    return "; ".join(f"{name}: {', '.join(map(str, row))}" for name, row in zip(names, numbers, strict=True))


# ---- drawings: without a number in them, so one serves every organisation and period ---------------------------------
def _finished(chart: Any) -> dict[str, Any]:
    """No frame round the plot; the width is the container's. The rows travel beside the drawing."""
    drawing: dict[str, Any] = chart.to_dict()
    drawing.pop("datasets", None)
    for layer in drawing["layer"]:
        layer.pop("data", None)
    return drawing | {"width": "container", "config": {"view": {"stroke": None}}}


def _count(field: str, *, lying: bool) -> Any:
    """The length of a mark from nought; no axis, since the number stands at it."""
    channel = alt.X if lying else alt.Y
    return channel(field=field, type="quantitative", axis=None, scale=alt.Scale(zero=True, nice=False))


def _name(*, lying: bool) -> Any:
    channel = alt.Y if lying else alt.X
    words = alt.Axis(title=None, labelLimit=LABEL, labelAngle=0, labelOverlap=True, ticks=False, labelPadding=8)
    return channel(field="name", type="nominal", sort=None, axis=words)


def _tip(field: str, title: str, *, words: bool = False) -> Any:
    return alt.Tooltip(field=field, type="nominal" if words else "quantitative", title=title)


@functools.lru_cache(maxsize=64)
def _lying(paint: Colours, group: str, whole: str, part: str) -> dict[str, Any]:
    """Bars from the left, and over each the part of it that is told apart."""
    base, name, count = alt.Chart(), _name(lying=True), _count("count", lying=True)
    tips = [_tip("name", group, words=True), _tip("count", whole), *([_tip("part", part)] if part else [])]
    fill = alt.Color(field="colour", type="nominal", scale=None, legend=None)
    track = base.mark_bar(height=18, cornerRadiusEnd=3, color=paint.pale).encode(y=name, x=count, tooltip=tips)
    over = _count("part" if part else "count", lying=True)
    bar = base.mark_bar(height=18, cornerRadiusEnd=3).encode(y=name, x=over, color=fill, tooltip=tips)
    number = base.mark_text(align="left", dx=5, color=paint.text).encode(
        y=name, x=count, text=alt.Text(field="said", type="nominal")
    )
    drawing = _finished(alt.layer(*([track] if part else []), bar, _room(lying=True), number))
    return drawing | {"height": {"step": STEP}}


@functools.lru_cache(maxsize=64)
def _standing(paint: Colours, month: str, now: str, before: str) -> dict[str, Any]:
    """Bars by month, and the year before as a broken line."""
    base, name = alt.Chart(), _name(lying=False)
    count, earlier = _count("count", lying=False), _count("before", lying=False)
    tips = [_tip("name", month, words=True), _tip("count", now), _tip("before", before)]
    bar = base.mark_bar(cornerRadiusEnd=3, width={"band": 0.55}, color=paint.main)
    line = base.mark_line(strokeDash=[4, 3], strokeWidth=2, color=paint.second)
    point = base.mark_point(filled=True, size=40, color=paint.second, opacity=1)
    drawing = _finished(
        alt.layer(
            bar.encode(x=name, y=count, tooltip=tips),
            line.encode(x=name, y=earlier),
            point.encode(x=name, y=earlier, tooltip=tips),
            _room(lying=False),
            base.mark_text(dy=-8, color=paint.text).encode(
                x=name, y=count, text=alt.Text(field="said", type="nominal")
            ),
        )
    )
    return drawing | {"height": 240}


def _room(*, lying: bool) -> Any:
    """Nothing to see: it makes room for the number at the longest mark."""
    room = _count("room", lying=lying)
    return alt.Chart().mark_point(opacity=0, size=1).encode(**({"x": room} if lying else {"y": room}))


# ---- charts ----------------------------------------------------------------------------------------------------------
def bars(rows: Sequence[Bar], table: Table, paint: Colours, *, group: str, whole: str, part: str = "") -> Chart:
    """Lying bars with the number at their end. The words are the tooltip's."""
    room = max(row.count for row in rows) * (1.25 if part else 1.12)
    values = [
        {"name": row.name, "count": row.count, "said": _said(row), "colour": row.colour or paint.main, "room": room}
        | ({"part": row.part} if part else {})
        for row in rows
    ]
    drawing = _lying(paint, group, whole, part)
    return Chart(drawing, pyarrow.Table.from_pylist(values), pyarrow.table(table), _in_words(table))


def _said(bar: Bar) -> str:
    return str(bar.count) if bar.part is None else f"{bar.part}/{bar.count}"


def trend(months: Sequence[Month], table: Table, paint: Colours, *, month: str, now: str, before: str) -> Chart:
    """Standing bars by month with their numbers; the year before as a broken line."""
    room = max(max(one.count, one.before or 0) for one in months) * 1.15 or 1.0
    values = [
        {"name": one.name, "count": one.count, "before": one.before, "said": str(one.count or ""), "room": room}
        for one in months
    ]
    drawing = _standing(paint, month, now, before)
    return Chart(drawing, pyarrow.Table.from_pylist(values), pyarrow.table(table), _in_words(table))


def show(key: str, title: str, how: str, chart: Chart | None) -> None:
    """A frame with title, how to read it, the drawing, and its numbers as a table for whoever cannot or will not see it."""
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{title}**")
        st.caption(how)
        if chart is None:
            st.caption(t("No data in this period."))
            return
        st.vega_lite_chart(chart.rows, chart.drawing, key=f"{key}.chart", alt=f"{title}. {chart.words}")
        with st.expander(t("As a table")):
            st.dataframe(chart.table, hide_index=True, key=f"{key}.table")
