"""Charts as Vega-Lite drawings: Altair with every channel spelt out, the theme's colours, labels on the marks, no axis to read.

A chart is made once and kept: its drawing as a plain dict, its rows and its table as Arrow, as the browser gets them.
`show` puts it into its frame with the same numbers as a table below it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas  # noqa: F401 - Altair looks whether pandas is there; on a cold start another thread may be half through importing it
import pyarrow  # type: ignore[import-untyped]
import streamlit as st

from pages.parts.words import t

Table = dict[str, list[Any]]
BAR, LABEL = 30, 190  # pixels of one lying bar, and of the words before it


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


def _said(bar: Bar) -> str:
    return str(bar.count) if bar.part is None else f"{bar.part}/{bar.count}"


def _finished(chart: Any, height: int, rows: list[dict[str, Any]], table: Table) -> Chart:
    """No frame round the plot, a fixed height; the width is the container's. The rows travel beside the drawing."""
    drawing = chart.properties(height=height, width="container").configure_view(stroke=None).to_dict()
    drawing.pop("datasets", None)
    for layer in drawing["layer"]:
        layer.pop("data", None)
    return Chart(drawing, pyarrow.Table.from_pylist(rows), pyarrow.table(table), _in_words(table))


def _in_words(table: Table) -> str:
    """Each line with its numbers."""
    names, *columns = table.values()
    numbers = list(zip(*columns, strict=True))
    return "; ".join(f"{name}: {', '.join(map(str, row))}" for name, row in zip(names, numbers, strict=True))


def bars(rows: Sequence[Bar], table: Table, paint: Colours, *, whole: str, part: str = "") -> Chart:
    """Lying bars from nought, the number at their end."""
    values = [
        {"name": row.name, "count": row.count, "part": row.part, "said": _said(row), "colour": row.colour or paint.main}
        for row in rows
    ]
    name = alt.Y(
        field="name",
        type="nominal",
        sort=None,
        axis=alt.Axis(title=None, labelLimit=LABEL, ticks=False, domain=False, labelPadding=8),
    )
    most = max((row.count for row in rows), default=0) or 1
    split = any(row.part is not None for row in rows)
    # Room at the right for the number of the longest bar.
    length = alt.Scale(domain=[0, most * (1.25 if split else 1.12)], nice=False)
    count = alt.X(field="count", type="quantitative", axis=None, scale=length)
    tips = [
        alt.Tooltip(field="name", type="nominal", title=t("Group")),
        alt.Tooltip(field="count", type="quantitative", title=whole, format="d"),
    ]
    base = alt.Chart()
    if split:
        tips.append(alt.Tooltip(field="part", type="quantitative", title=part, format="d"))
    fill = alt.Color(field="colour", type="nominal", scale=None, legend=None)
    layers = [
        base.mark_bar(height=18, cornerRadiusEnd=3, color=paint.pale).encode(y=name, x=count, tooltip=tips)
        if split
        else base.mark_bar(height=18, cornerRadiusEnd=3).encode(y=name, x=count, color=fill, tooltip=tips)
    ]
    if split:
        over = alt.X(field="part", type="quantitative", axis=None, scale=length)
        layers.append(base.mark_bar(height=18, cornerRadiusEnd=3).encode(y=name, x=over, color=fill, tooltip=tips))
    said = alt.Text(field="said", type="nominal")
    layers.append(base.mark_text(align="left", dx=5, color=paint.text).encode(y=name, x=count, text=said))
    return _finished(alt.layer(*layers), max(90, BAR * len(rows)), values, table)


def trend(months: Sequence[Month], table: Table, paint: Colours, *, now: str, before: str) -> Chart:
    """Standing bars by month with their numbers; the year before as a broken line."""
    values = [
        {"name": one.name, "count": one.count, "before": one.before, "said": str(one.count) if one.count else ""}
        for one in months
    ]
    most = max((max(one.count, one.before or 0) for one in months), default=0) or 1
    height = alt.Scale(domain=[0, most * 1.15], nice=False)
    month = alt.X(
        field="name",
        type="nominal",
        sort=None,
        axis=alt.Axis(title=None, labelAngle=0, ticks=False, labelOverlap=True, labelPadding=6),
    )
    tips = [
        alt.Tooltip(field="name", type="nominal", title=t("Month")),
        alt.Tooltip(field="count", type="quantitative", title=now, format="d"),
        alt.Tooltip(field="before", type="quantitative", title=before, format="d"),
    ]
    base = alt.Chart()
    count = alt.Y(field="count", type="quantitative", axis=None, scale=height)
    earlier = alt.Y(field="before", type="quantitative", axis=None, scale=height)
    layers = (
        base.mark_bar(cornerRadiusEnd=3, width={"band": 0.55}, color=paint.main).encode(x=month, y=count, tooltip=tips),
        base.mark_line(strokeDash=[4, 3], strokeWidth=2, color=paint.second).encode(x=month, y=earlier),
        base.mark_point(filled=True, size=40, color=paint.second, opacity=1).encode(x=month, y=earlier, tooltip=tips),
        base.mark_text(dy=-8, color=paint.text).encode(x=month, y=count, text=alt.Text(field="said", type="nominal")),
    )
    return _finished(alt.layer(*layers), 240, values, table)


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
