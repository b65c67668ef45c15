"""Vega-Lite drawings, without a number in them: one serves every organisation and period.

Altair with every channel spelt out (its shorthand costs more than the rest of a page), the theme's colours, labels on the
marks, no axis to read. The rows travel beside the drawing under the name `rows`, so that the browser has them from the
start: a scale over rows that are still to come has no extent, and Vega says so in the console.
"""

import functools
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas  # noqa: F401 - Altair looks whether pandas is there; on a cold start another thread may be half through importing it

ROWS, CHOSEN = "rows", "chosen"  # the name of the data, and of what was clicked
STEP, LABEL, HEIGHT = 30, 190, 240  # pixels: one lying bar, the words before it, a standing chart
CELL, BELOW = 22, 20  # pixels: one day of the calendar; what Streamlit leaves free below a drawing
VIETNAMESE = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " ₫"]}


@dataclass(frozen=True)
class Colours:
    """The theme's, by what they say. Altair follows the theme neither in text marks nor in fixed scales."""

    main: str
    second: str
    pale: str
    text: str
    back: str
    severity: tuple[str, ...]


# ---- what all of them share ------------------------------------------------------------------------------------------
def _finished(chart: Any, language: str) -> dict[str, Any]:
    """No frame round the plot; the width is the container's; numbers as the reader writes them. (Names of days and months
    are words in the rows: a time axis would speak English.)"""
    drawing: dict[str, Any] = chart.to_dict()
    drawing.pop("datasets", None)
    layers = [layer["encoding"] for layer in drawing["layer"]]
    same = {name: channel for name, channel in layers[0].items() if all(one.get(name) == channel for one in layers)}
    for layer in drawing["layer"]:  # said once, not by each layer: it is read by the server too, on every run
        layer.pop("data", None)
        layer["encoding"] = {name: channel for name, channel in layer["encoding"].items() if name not in same}
    config: dict[str, Any] = {"view": {"stroke": None}}
    if language == "vi":
        config["locale"] = {"number": VIETNAMESE}
    return drawing | {"encoding": same, "data": {"name": ROWS}, "width": "container", "config": config}


def _length(field: str, *, lying: bool) -> Any:
    """The length of a mark from nought; no axis, since the number stands at it."""
    channel = alt.X if lying else alt.Y
    return channel(field=field, type="quantitative", axis=None, scale=alt.Scale(zero=True, nice=False))


def _name(*, lying: bool) -> Any:
    channel = alt.Y if lying else alt.X
    words = alt.Axis(title=None, labelLimit=LABEL, labelAngle=0, labelOverlap=True, ticks=False, labelPadding=8)
    return channel(field="name", type="nominal", sort=None, axis=words)


def _word(field: str, title: str) -> Any:
    return alt.Tooltip(field=field, type="nominal", title=title)


def _count(field: str, title: str) -> Any:
    return alt.Tooltip(field=field, type="quantitative", title=title, format=",")


def _own_colour() -> Any:
    """The one that the row says."""
    return alt.Color(field="colour", type="nominal", scale=None, legend=None)


def _said() -> Any:
    return alt.Text(field="said", type="nominal")


def _to_click(mark: Any) -> Any:
    """A click tells the row's code; a click beside the marks tells nothing."""
    return mark.add_params(alt.selection_point(name=CHOSEN, fields=["code"], toggle=False, clear=False))


# ---- lying bars ------------------------------------------------------------------------------------------------------
@functools.lru_cache(maxsize=64)
def lying(paint: Colours, language: str, group: str, whole: str, part: str, clicked: bool) -> dict[str, Any]:
    """Bars from the left, and over each the part of it that is told apart. The whole line can be clicked, not the bar alone."""
    base, name, count = alt.Chart(), _name(lying=True), _length("count", lying=True)
    tips = [_word("name", group), _count("count", whole), *([_count("part", part)] if part else [])]
    track = base.mark_bar(height=18, cornerRadiusEnd=3, color=paint.pale).encode(y=name, x=count)
    over = _length("part" if part else "count", lying=True)
    bar = base.mark_bar(height=18, cornerRadiusEnd=3).encode(y=name, x=over, color=_own_colour())
    number = base.mark_text(align="left", dx=5, color=paint.text).encode(y=name, x=count, text=_said())
    line = base.mark_bar(height=STEP, opacity=0, cursor="pointer" if clicked else "default")
    line = line.encode(y=name, x=_length("room", lying=True), tooltip=tips)
    return _finished(alt.layer(*([track] if part else []), bar, number, _to_click(line) if clicked else line), language)


# ---- standing bars ---------------------------------------------------------------------------------------------------
@functools.lru_cache(maxsize=64)
def standing(
    paint: Colours, language: str, month: str, now: str, before: str, target: str, clicked: bool
) -> dict[str, Any]:
    """Bars by month; where they have a name, the year before as a broken line, and the target as a thin whole one over the
    months in which it holds."""
    base, name = alt.Chart(), _name(lying=False)
    count, earlier = _length("count", lying=False), _length("before", lying=False)
    tips = [_word("long", month), _count("count", now), *([_count("before", before)] if before else [])]
    tips += [_word("target_said", target)] if target else []
    bar = base.mark_bar(cornerRadiusEnd=3, width={"band": 0.55}).encode(x=name, y=count, color=_own_colour())
    dashes = base.mark_line(strokeDash=[4, 3], strokeWidth=2, color=paint.second).encode(x=name, y=earlier)
    point = base.mark_point(filled=True, size=40, color=paint.second, opacity=1).encode(x=name, y=earlier)
    number = base.mark_text(dy=-8, color=paint.text).encode(x=name, y=count, text=_said())
    column = base.mark_bar(width={"band": 1}, opacity=0, cursor="pointer" if clicked else "default")
    column = column.encode(x=name, y=_length("room", lying=False), tooltip=tips)
    layers = [bar, *(_target(paint) if target else []), *([dashes, point] if before else []), number]
    drawing = _finished(alt.layer(*layers, _to_click(column) if clicked else column), language)
    return drawing | {"height": HEIGHT}


def _target(paint: Colours) -> list[Any]:
    """A line over the whole width of each month, in the colour of the letters: it differs from the year before by being
    whole, thin and without points. Its number stands where it begins and where it changes, with a rim against the bars."""
    base, height = alt.Chart(), _length("target", lying=False)
    whole = base.mark_rule(strokeWidth=1.5, color=paint.text).encode(
        x=_name(lying=False).bandPosition(0), x2=alt.X2(field="name", bandPosition=1), y=height
    )
    begin = _name(lying=False).bandPosition(0)
    said = alt.Text(field="target_label", type="nominal")
    words: dict[str, Any] = {"align": "left", "dx": 2, "dy": -9, "fontSize": 11}
    rim = base.mark_text(**words, color=paint.back, stroke=paint.back, strokeWidth=4).encode(
        x=begin, y=height, text=said
    )
    name = base.mark_text(**words, color=paint.text).encode(x=begin, y=height, text=said)
    return [whole, rim, name]


# ---- the calendar ----------------------------------------------------------------------------------------------------
@functools.lru_cache(maxsize=64)
def calendar(paint: Colours, language: str, day: str, count: str, clicked: bool) -> dict[str, Any]:
    """A cell a day: weeks from left to right, Monday on top; the darker the more. Over the first week of a month its name."""
    base = alt.Chart()
    week = alt.X(field="week", type="ordinal", axis=None, scale=alt.Scale(paddingInner=0.12))
    words = alt.Axis(title=None, ticks=False, domain=False, labelPadding=6)
    weekday = alt.Y(field="weekday", type="nominal", sort=None, axis=words, scale=alt.Scale(paddingInner=0.12))
    cell = base.mark_rect(cornerRadius=2, cursor="pointer" if clicked else "default").encode(
        x=week, y=weekday, color=_own_colour(), tooltip=[_word("day", day), _count("count", count)]
    )
    cell = cell.transform_filter("isValid(datum.count)")
    month = base.mark_text(align="left", color=paint.text, baseline="middle").encode(
        x=alt.X(field="week", type="ordinal", axis=None, bandPosition=0),
        y=weekday,
        text=alt.Text(field="month", type="nominal"),
    )
    month = month.transform_filter("!isValid(datum.count)")
    return _finished(alt.layer(month, _to_click(cell) if clicked else cell), language)


def high(drawing: dict[str, Any], lines: int, step: int) -> dict[str, Any]:
    """The drawing for so many lines. (Vega-Lite's own step for a line cannot be fitted to the width of a page.)"""
    return drawing | {"height": lines * step + BELOW}
