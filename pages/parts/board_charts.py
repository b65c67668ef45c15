"""The steering board's charts: a figure by organisation, and one organisation's incidents by month and kind."""

from collections.abc import Sequence

import streamlit as st

from models.access import Current
from models.board import Breakdown, Rolled
from models.figures import KPIS, Figure, Measure
from pages.parts import cards, chart_box, charts, periods
from pages.parts.cards import WORDS
from pages.parts.chart_box import Shown
from pages.parts.chart_drawings import Colours
from pages.parts.charts import Bar, Chart, Frame, Month, Table
from pages.parts.words import label, number, t

MOST = 20  # bars; the rest is said in words


def by_organisation(current: Current, lines: Sequence[Rolled], code: str, shown: Shown) -> None:
    """A bar for each organisation that has a number, the largest first."""
    known = [(line, figure) for line in lines if (figure := line.figures[code]) is not None and not figure.no_data]
    title = t("{figure} by organisation", figure=t(WORDS[code][0]))
    how = t("The largest first.")
    if len(known) > MOST:
        how = t(
            "The {count} largest of {all}; the others stand in the table.", count=number(MOST), all=number(len(known))
        )

    def make(paint: Colours) -> Chart:
        return _bars(known[:MOST], code, paint)

    frame = Frame("board.by", title, how, make if known else None)
    chart_box.box(current, frame, make(charts.colours()) if known else None, shown)


def _bars(known: Sequence[tuple[Rolled, Figure]], code: str, paint: Colours) -> Chart:
    share = KPIS[code].measure is Measure.SHARE
    names, title = [line.short_name for line, _ in known], t(WORDS[code][0])
    if share:
        bars = [Bar(line.short_name, int(one.denominator or 0), int(one.numerator or 0)) for line, one in known]
        table: Table = {t("Organisation"): names, title: [cards.value(one) for _, one in known]}
        return charts.bars(bars, table, paint, group=t("Organisation"), whole=t("All cases"), part=title)
    bars = [Bar(line.short_name, round(one.value or 0)) for line, one in known]
    table = {t("Organisation"): names, title: [cards.value(one) for _, one in known]}
    return charts.bars(bars, table, paint, group=t("Organisation"), whole=title)


def breakdown(found: Breakdown, name: str) -> None:
    """Numbers only: a board opens no record."""
    paint = charts.colours()
    month, kind = t("Month"), t("Group")
    with st.grid(2, gap="small", min_column_width=330):
        with st.container(border=True, height="stretch"):
            charts.show("board.one.months", t("Incidents by reporting month"), name, _months(found, paint, month))
        with st.container(border=True, height="stretch"):
            charts.show("board.one.groups", t("By kind of incident"), name, _groups(found, paint, kind))


def _months(found: Breakdown, paint: Colours, month: str) -> Chart | None:
    if not sum(count for _, count in found.months):
        return None
    names = periods.month_names([one for one, _ in found.months])
    rows = [Month(name, count, None) for name, (_, count) in zip(names, found.months, strict=True)]
    table: Table = {month: names, t("Incidents"): [row.count for row in rows]}
    return charts.trend(rows, table, paint, month=month, now=t("Incidents"), before=t("A year before"))


def _groups(found: Breakdown, paint: Colours, group: str) -> Chart | None:
    rows = [Bar(label(found.kinds, code), count) for code, count in found.groups.items()]
    if not rows:
        return None
    table: Table = {group: [row.name for row in rows], t("Incidents"): [row.count for row in rows]}
    return charts.bars(rows, table, paint, group=group, whole=t("Incidents"))
