"""A chart in its frame, with the same numbers as a table, and both to take away: .xlsx, .png, .svg. Table and files are made
only once somebody opens them; each file says what it was narrowed to, of which period, and when."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow  # type: ignore[import-untyped]
import streamlit as st

from models import exports, picture, spreadsheet
from models.access import Current
from pages.parts import charts, counted, downloads
from pages.parts.charts import Chart, Frame
from pages.parts.words import N_, plain, t

WIDE = 760  # pixels of a drawing in a file
KINDS = {picture.PNG: exports.PNG, picture.SVG: exports.SVG}


@dataclass(frozen=True)
class Shown:
    """What every file says of itself: the period, what the page is narrowed to as (label, value), and when it was so."""

    period: str
    filters: tuple[tuple[str, str], ...]
    at: str


def box(
    current: Current,
    frame: Frame,
    chart: Chart | None,
    shown: Shown,
    *,
    turn: int = 0,
    on_click: Callable[[], None] | None = None,
) -> None:
    """Draw a frame of a page. `turn` makes a new chart of it in the browser, one that has forgotten what was clicked."""
    with st.container(border=True, height="stretch"):
        charts.show(f"{frame.key}.{turn}", frame.title, frame.how, chart, on_click)
        if chart is None or frame.make is None:
            return
        more = st.expander(t("Table and files"), key=f"{frame.key}.more", on_change="rerun", type="compact")
        if more.open:
            with more:
                _table(frame, chart)
                _files(current, frame, frame.make, shown)


def _table(frame: Frame, chart: Chart) -> None:
    """The numbers as a table; where their records are listed, the first of them leads there."""
    names, *columns = chart.table.items()
    shown: dict[str, list[str]] = {names[0]: [plain(str(name)) for name in names[1]]}
    for at, (title, values) in enumerate(columns):
        said = [plain(charts.told(value)) for value in values]
        if not at and frame.ways:
            ways = [counted.link(frame.ways[code]) if code in frame.ways else "" for code in frame.codes]
            said = [f"[{one}]({way})" if way else one for one, way in zip(said, ways, strict=True)]
        shown[title] = said
    st.table(pyarrow.table(shown), border="horizontal", hide_header=False, hide_index=True, alt=frame.title)


# ---- files -----------------------------------------------------------------------------------------------------------
def _files(current: Current, frame: Frame, make: Callable[[Any], Chart], shown: Shown) -> None:
    about = (frame.key, shown.period, shown.filters)
    with st.container(horizontal=True, gap="small"):
        downloads.offer(
            current,
            f"{frame.key}.xlsx",
            ".xlsx",
            lambda: (frame.title, exports.SHEET, _sheet(current, frame, make(charts.colours("light")), shown)),
            about=about,
            icon=":material/table:",
        )
        for kind, content_type in KINDS.items():
            downloads.offer(
                current,
                f"{frame.key}.{kind}",
                f".{kind}",
                lambda kind=kind, content_type=content_type: (  # type: ignore[misc]
                    frame.title,
                    content_type,
                    picture.draw(_drawing(current, frame, make(charts.colours("light")), shown), kind),
                ),
                about=about,
                icon=":material/image:",
            )


def _sheet(current: Current, frame: Frame, chart: Chart, shown: Shown) -> bytes:
    head = spreadsheet.Head(frame.title, filters=[*shown.filters, (t("Figures as of"), shown.at)], period=shown.period)
    columns = [spreadsheet.Column(name, 34 if not at else 18) for at, name in enumerate(chart.table)]
    rows = list(zip(*chart.table.values(), strict=True))
    return spreadsheet.write(current, head, [spreadsheet.Sheet(frame.title, columns, rows)], t)


def _drawing(current: Current, frame: Frame, chart: Chart, shown: Shown) -> dict[str, Any]:
    """The drawing with its rows in it, and over it in words what it shows."""
    said = [(t("Period"), shown.period), *shown.filters, (t("Figures as of"), shown.at)]
    lines = [current.organisation_name, " · ".join(f"{name}: {value}" for name, value in said)]
    if current.is_demo:
        lines.append(t(N_("DEMONSTRATION DATA")))
    title = {"text": frame.title, "subtitle": lines, "anchor": "start", "fontSize": 18, "subtitleFontSize": 12}
    drawing = {name: value for name, value in chart.drawing.items() if name != "params"}
    rows = {"data": {"values": chart.rows}, "width": WIDE, "title": title, "background": "#FFFFFF", "padding": 16}
    return {"$schema": "https://vega.github.io/schema/vega-lite/v6.json"} | drawing | rows
