"""One organisation's figures as they are read: cards, charts, tables, and an honest word where there is nothing."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import streamlit as st

from models import breakdowns, history, kpis
from models.access import Current
from models.breakdowns import Inspected, Partner
from models.catalogue import entries
from models.database import reading
from models.figures import Figure
from models.organisation import units
from models.period import Period, Span, reporting
from pages.parts import cards, charts, page, periods
from pages.parts.charts import Bar, Colours, Drawing, Month
from pages.parts.kept import kept
from pages.parts.words import clock_time, date, label, language, t

T = TypeVar("T")
TREND = 12  # months that a trend shows at least


@dataclass(frozen=True)
class Answers:
    """Everything the page shows of one period and unit, asked in one reading."""

    figures: dict[str, Figure]
    before: dict[str, Figure]
    months: list[tuple[Period, int]]
    year_before: list[int | None]
    groups: dict[str | None, int]
    severities: dict[int | None, int]
    units: dict[int | None, int]
    subjects: dict[str, Inspected]
    partners: list[Partner]

    @property
    def is_empty(self) -> bool:
        return all(figure.is_empty for figure in self.figures.values())


def since(current: Current) -> dt.date | None:
    """The first day there is anything to see: how far back the choice of periods reaches."""
    days = kept(current, revision_of(current), "days", lambda: breakdowns.days_with_data(current))
    return days[0] if days else None


def revision_of(current: Current) -> int:
    """The organisation's revision. Asked before the figures: a change that comes in between runs the page once more."""
    own = current.organisation_id or 0
    return history.revisions({own})[own]


def show(current: Current, revision: int, period: Period, unit_id: int | None) -> None:
    found = kept(current, revision, ("answers", period, unit_id), lambda: _answers(current, period, unit_id))
    before = period.previous()
    st.caption(
        t(
            "Figures at {time}, kept up to date. {period}, compared with {before}.",
            time=clock_time(current.now(), current),
            period=periods.full_name(period),
            before=periods.name(before),
        )
    )
    if found.is_empty:
        _nothing(current, revision, period)
        return
    with st.grid(4, gap="small", min_column_width=160):
        for code, figure in found.figures.items():
            cards.card(figure, found.before.get(code))
    _charts(current, revision, period, unit_id, found)


# ---- asking ----------------------------------------------------------------------------------------------------------
def trend_of(period: Period) -> Period:
    """A month or a quarter is shown with the months before it; longer periods by their own."""
    first = reporting(Span.MONTH, period.last, period.zone)
    for _ in range(TREND - 1):
        first = first.previous()
    return replace(period, first=min(period.first, first.first), span=Span.FREE)


def _answers(current: Current, period: Period, unit_id: int | None) -> Answers:
    trend = trend_of(period)
    with reading(current) as session:
        months = breakdowns.incidents_by_month(session, trend, unit_id)
        earlier = breakdowns.incidents_by_month(session, trend.year_before(), unit_id)
        known = breakdowns.days_with_data(session) or (dt.date.max, dt.date.max)
        # A month that ended before anything was recorded has no number, not nought.
        by_month = {
            (month.last.year + 1, month.last.month): count for month, count in earlier if month.last >= known[0]
        }
        return Answers(
            figures=kpis.figures(session, period, unit_id),
            before=kpis.figures(session, period.previous(), unit_id),
            months=months,
            year_before=[by_month.get((month.last.year, month.last.month)) for month, _ in months],
            groups=breakdowns.incidents_by_group(session, period, unit_id),
            severities=breakdowns.incidents_by_severity(session, period, unit_id),
            units=breakdowns.incidents_by_unit(session, period, unit_id),
            subjects=breakdowns.inspections_by_subject(session, period, unit_id),
            partners=breakdowns.activities_by_partner(session, period, unit_id),
        )


# ---- nothing ---------------------------------------------------------------------------------------------------------
def _nothing(current: Current, revision: int, period: Period) -> None:
    """No data is not nought: say so, and lead to where there is some."""
    days = kept(current, revision, "days", lambda: breakdowns.days_with_data(current))
    if days is None:
        page.empty(
            t("There is no data yet."),
            t("Figures appear by themselves once incidents, inspections or events are entered."),
        )
        return
    page.empty(t("There is no data in this period."), t("Nothing was recorded here; that is not the same as nought."))
    latest = reporting(Span.YEAR if period.span is Span.FREE else period.span, days[1], current.zone)
    if latest.first != period.first:
        said = t("Go to {period}, the latest with data", period=periods.full_name(latest))
        st.button(said, key="kpis.latest", icon=":material/history:", on_click=periods.go_to, args=(latest,))


# ---- charts ----------------------------------------------------------------------------------------------------------
def _charts(current: Current, revision: int, period: Period, unit_id: int | None, found: Answers) -> None:
    paint = charts.colours()

    def drawn(name: str, make: Callable[[], Drawing | None]) -> Drawing | None:
        return kept(current, revision, ("drawing", name, period, unit_id, paint, language()), make)

    with st.grid(2, gap="small", min_column_width=330):
        _months(found, paint, drawn)
        _bars(current, found, paint, drawn)


Drawn = Callable[[str, Callable[[], Drawing | None]], Drawing | None]


def _months(found: Answers, paint: Colours, drawn: Drawn) -> None:
    names = _month_names([month for month, _ in found.months])
    first = found.months[0][0].first
    rows = [
        Month(name, count, before)
        for name, (_, count), before in zip(names, found.months, found.year_before, strict=True)
    ]
    charts.show(
        "kpis.months",
        t("Incidents by reporting month"),
        t("Bars: from {day}. Broken line: the same month a year before.", day=date(first)),
        drawn("months", lambda: charts.trend(rows, paint, now=t("Incidents"), before=t("A year before"))),
        {
            t("Month"): names,
            t("Incidents"): [row.count for row in rows],
            t("A year before"): [row.before for row in rows],
        },
    )


def _month_names(months: list[Period]) -> list[str]:
    """ "T11" in Vietnamese; with the year where the same month stands there twice."""
    many = len(months) > TREND
    return [t("M{month}", month=one.last.month) + (f"/{one.last.year % 100:02}" if many else "") for one in months]


def _bars(current: Current, found: Answers, paint: Colours, drawn: Drawn) -> None:
    kinds, levels = entries(current, "incident_kind"), entries(current, "severity")
    names = {row.id: row.name for row in units(current)}
    incidents = t("Incidents")
    _counted(
        "kpis.groups",
        t("By kind of incident"),
        t("Groups of kinds, the most frequent first."),
        [Bar(label(kinds, code), count) for code, count in found.groups.items()],
        (t("Group"), incidents),
        paint,
        drawn,
    )
    severities = sorted(found.severities.items(), key=lambda pair: pair[0] or 9)
    _counted(
        "kpis.severities",
        t("By severity"),
        t("From ordinary to very serious."),
        [Bar(label(levels, one), count, colour=_colour(one, paint)) for one, count in severities],
        (t("Severity"), incidents),
        paint,
        drawn,
    )
    _counted(
        "kpis.units",
        t("By unit"),
        t("A merged unit stands under its successor."),
        [Bar(names.get(one, t("not known yet")), count) for one, count in found.units.items()],
        (t("Unit"), incidents),
        paint,
        drawn,
    )
    _inspections(current, found, paint, drawn)
    _counted(
        "kpis.partners",
        t("Joint work by partner"),
        t("Coloured: confirmed by the partner. One with two partners stands under each."),
        [Bar(one.name, one.activities, one.confirmed) for one in found.partners],
        (t("Partner"), t("Joint activities"), t("Confirmed")),
        paint,
        drawn,
    )


def _colour(severity: int | None, paint: Colours) -> str:
    return paint.severity[severity - 1] if severity else paint.pale


def _inspections(current: Current, found: Answers, paint: Colours, drawn: Drawn) -> None:
    subjects = entries(current, "inspection_subject")
    names = [label(subjects, code) for code in found.subjects]
    rows = list(found.subjects.values())
    visits, with_findings = t("Establishments visited"), t("With findings")
    lines = [Bar(name, row.visits, row.with_findings) for name, row in zip(names, rows, strict=True)]
    charts.show(
        "kpis.subjects",
        t("Inspections by subject group"),
        t("Establishments visited; coloured: where something was found."),
        drawn("subjects", lambda: charts.bars(lines, paint, whole=visits, part=with_findings)) if lines else None,
        {
            t("Subject group"): names,
            t("Rounds"): [row.rounds for row in rows],
            visits: [row.visits for row in rows],
            with_findings: [row.with_findings for row in rows],
        },
    )


def _counted(
    key: str, title: str, how: str, lines: list[Bar], heads: tuple[str, ...], paint: Colours, drawn: Drawn
) -> None:
    """A bar chart and its table; `heads` are the words over the table: names, numbers, and the part told apart."""
    whole, part = heads[1], heads[2] if len(heads) > 2 else ""
    drawing = drawn(key, lambda: charts.bars(lines, paint, whole=whole, part=part)) if lines else None
    table: dict[str, list[str | int]] = {heads[0]: [bar.name for bar in lines], whole: [bar.count for bar in lines]}
    if part:
        table[part] = [bar.part or 0 for bar in lines]
    charts.show(key, title, how, drawing, table)
