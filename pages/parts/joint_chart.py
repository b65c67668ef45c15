"""The figures of the joint ledger: four cards and one bar chart, the same numbers as a table below it."""

from collections.abc import Callable
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from models.access import Current
from models.catalogue import entries
from models.joint_figures import Count, Counts
from pages.parts.charts import packed
from pages.parts.kept import kept
from pages.parts.words import N_, label, language, number, percent, t

BY = {
    "month": N_("Month"),
    "partner": N_("Partner"),
    "kind": N_("Kind"),
    "host": N_("Host"),
    "subject": N_("Subject"),
    "area": N_("Area"),
}
BAR, AROUND = 34, 110  # pixels: one lying bar; legend and axis above and below the bars


def cards(counts: Counts, waiting: int) -> None:
    """Total, confirmed, partners, what waits."""
    with st.grid(4, gap="small", min_column_width=150):
        st.metric(
            t("Joint activities"),
            number(counts.total),
            border=True,
            height="stretch",
            help=t(
                "Released activities whose day lies in the period. Each counts once; a withdrawn one stays counted."
            ),
        )
        st.metric(
            t("Confirmed"),
            number(counts.confirmed),
            border=True,
            height="stretch",
            delta=percent(counts.confirmed / counts.total) if counts.total else None,
            delta_color="off",
            delta_arrow="off",
            help=t("At least one partner with an account here confirmed that it took part."),
        )
        st.metric(
            t("Partners"),
            number(len(counts.by_partner)),
            border=True,
            height="stretch",
            help=t("An activity with two partners counts once under each."),
        )
        st.metric(t("Waiting for me"), number(waiting), border=True, height="stretch")


def bars(current: Current, counts: Counts, revision: int) -> None:
    """One chart; what it is divided by is chosen above it."""
    with st.container(border=True):
        by = [name for name in BY if name != "host" or len(counts.by_host) > 1]
        chosen = st.segmented_control(
            t("Count by"), by, default="month", required=True, format_func=lambda one: t(BY[one]), key="joint.by"
        )
        rows = _rows(current, counts, chosen or "month")
        if not rows:
            st.caption(t("None of these activities says it."))
            return
        said = "; ".join(f"{row.name}: {number(row.total)}" for row in rows)
        what = ("joint.chart", chosen, language(), tuple(rows))
        st.vega_lite_chart(
            spec=kept(current, revision, what, lambda: _drawing(rows, standing=chosen == "month")),
            key=f"joint.chart.{chosen}",
            alt=t("Joint activities by {what}. {figures}", what=t(BY[chosen or "month"]).lower(), figures=said),
        )
        with st.expander(t("As a table"), on_change="rerun") as table:
            if not table.open:
                return
            shown = {
                t(BY[chosen or "month"]): [row.name for row in rows],
                t("Joint activities"): [r.total for r in rows],
            }
            st.dataframe(shown | {t("Confirmed"): [row.confirmed for row in rows]}, hide_index=True, key="joint.counts")


def _rows(current: Current, counts: Counts, by: str) -> list[Count]:
    kinds = entries(current, "activity_kind")
    named: dict[str, Callable[[Count], str]] = {
        "month": lambda row: row.code.strftime("%m/%Y"),
        "kind": lambda row: label(kinds, row.code),
    }
    name = named.get(by, lambda row: row.name)
    return [Count(row.code, name(row), row.total, row.confirmed) for row in getattr(counts, f"by_{by}")]


def _drawing(rows: list[Count], *, standing: bool) -> dict[str, Any]:
    """What is sent, its numbers packed once."""
    drawing: dict[str, Any] = _chart(rows, standing=standing).to_dict(validate=False)
    return drawing | {"datasets": {name: packed(data) for name, data in drawing["datasets"].items()}}


def _chart(rows: list[Count], *, standing: bool) -> alt.Chart:
    """Explicit channels; colours are the theme's own."""
    yes, not_yet = t("Confirmed"), t("Not confirmed")
    data = pd.DataFrame(
        [{"name": row.name, "part": yes, "count": row.confirmed} for row in rows]
        + [{"name": row.name, "part": not_yet, "count": row.total - row.confirmed} for row in rows]
    )
    most = max(row.total for row in rows)
    ticks = alt.Axis(title=None, tickCount=min(most, 6) or 1, format="d")
    names = alt.Axis(title=None, labelLimit=180, labelOverlap=standing, labelAngle=0)
    name: dict[str, Any] = {"field": "name", "type": "nominal", "sort": None, "axis": names}
    count: dict[str, Any] = {"field": "count", "type": "quantitative", "axis": ticks, "stack": "zero"}
    return (
        alt.Chart(data)
        .mark_bar()
        .encode(
            x=alt.X(**name) if standing else alt.X(**count),
            y=alt.Y(**count) if standing else alt.Y(**name),
            color=alt.Color(
                field="part",
                type="nominal",
                scale=alt.Scale(domain=[yes, not_yet]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            order=alt.Order(field="part", type="nominal", sort="descending" if yes > not_yet else "ascending"),
            tooltip=[
                alt.Tooltip(field="name", type="nominal", title=t("Group")),
                alt.Tooltip(field="part", type="nominal", title=t("State")),
                alt.Tooltip(field="count", type="quantitative", title=t("Joint activities")),
            ],
        )
        .properties(height=240 if standing else BAR * len(rows) + AROUND)
    )
