"""One organisation's figures as they are read: cards, charts, tables, and an honest word where there is nothing."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from models import breakdowns, history, kpis
from models.access import Current
from models.breakdowns import Inspected, Partner
from models.catalogue import Entry, entries
from models.database import reading
from models.figures import Figure
from models.organisation import units
from models.period import Period, Span, reporting
from pages.parts import cards, charts, page, periods
from pages.parts.charts import Bar, Chart, Colours, Month, Table
from pages.parts.kept import kept
from pages.parts.words import clock_time, date, label, language, t

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
    kinds: dict[str, Entry]
    levels: dict[str, Entry]
    subject_names: dict[str, Entry]
    unit_names: dict[int | None, str]

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
            kinds=entries(session, "incident_kind"),
            levels=entries(session, "severity"),
            subject_names=entries(session, "inspection_subject"),
            unit_names={row.id: row.name for row in units(session)},
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
@dataclass(frozen=True)
class Frame:
    """One chart of the page: what it is called, how to read it, and how it is made where there is something to draw."""

    key: str
    title: str
    how: str
    make: Callable[[], Chart] | None


def _charts(current: Current, revision: int, period: Period, unit_id: int | None, found: Answers) -> None:
    paint = charts.colours()
    frames = (
        _months(found, paint),
        _groups(found, paint),
        _severities(found, paint),
        _units(found, paint),
        _subjects(found, paint),
        _partners(found, paint),
    )
    with st.grid(2, gap="small", min_column_width=330):
        for one in frames:
            what = ("chart", one.key, period, unit_id, paint, language())
            charts.show(one.key, one.title, one.how, kept(current, revision, what, one.make) if one.make else None)


def _months(found: Answers, paint: Colours) -> Frame:
    def make() -> Chart:
        names = _month_names([month for month, _ in found.months])
        numbers = list(zip(names, found.months, found.year_before, strict=True))
        rows = [Month(name, count, before) for name, (_, count), before in numbers]
        now, before = t("Incidents"), t("A year before")
        table: Table = {t("Month"): names, now: [row.count for row in rows], before: [row.before for row in rows]}
        return charts.trend(rows, table, paint, month=t("Month"), now=now, before=before)

    first = date(found.months[0][0].first)
    how = t("Bars: from {day}. Broken line: the same month a year before.", day=first)
    return Frame("kpis.months", t("Incidents by reporting month"), how, make)


def _month_names(months: list[Period]) -> list[str]:
    """ "T11" in Vietnamese; with the year where the same month stands there twice."""
    many = len(months) > TREND
    return [t("M{month}", month=one.last.month) + (f"/{one.last.year % 100:02}" if many else "") for one in months]


def _bars(lines: list[Bar], paint: Colours, name: str, whole: str, part: str = "") -> Callable[[], Chart] | None:
    """A bar chart with its table; none where there is nothing. The words stand over the columns of the table."""

    def make() -> Chart:
        table: Table = {name: [bar.name for bar in lines], whole: [bar.count for bar in lines]}
        if part:
            table[part] = [bar.part for bar in lines]
        return charts.bars(lines, table, paint, group=name, whole=whole, part=part)

    return make if lines else None


def _groups(found: Answers, paint: Colours) -> Frame:
    lines = [Bar(label(found.kinds, code), count) for code, count in found.groups.items()]
    how = t("Groups of kinds, the most frequent first.")
    return Frame("kpis.groups", t("By kind of incident"), how, _bars(lines, paint, t("Group"), t("Incidents")))


def _severities(found: Answers, paint: Colours) -> Frame:
    ordered = sorted(found.severities.items(), key=lambda pair: pair[0] or 9)
    colours = {one: paint.severity[one - 1] if one else paint.pale for one, _ in ordered}
    lines = [Bar(label(found.levels, one), count, colour=colours[one]) for one, count in ordered]
    how = t("From ordinary to very serious.")
    return Frame("kpis.severities", t("By severity"), how, _bars(lines, paint, t("Severity"), t("Incidents")))


def _units(found: Answers, paint: Colours) -> Frame:
    lines = [Bar(found.unit_names.get(one, t("not known yet")), count) for one, count in found.units.items()]
    how = t("A merged unit stands under its successor.")
    return Frame("kpis.units", t("By unit"), how, _bars(lines, paint, t("Unit"), t("Incidents")))


def _subjects(found: Answers, paint: Colours) -> Frame:
    def make() -> Chart:
        names = [label(found.subject_names, code) for code in found.subjects]
        rows = list(found.subjects.values())
        group, visits, marked = t("Subject group"), t("Establishments visited"), t("With findings")
        lines = [Bar(name, row.visits, row.with_findings) for name, row in zip(names, rows, strict=True)]
        table: Table = {group: names, t("Rounds"): [row.rounds for row in rows]}
        table |= {visits: [row.visits for row in rows], marked: [row.with_findings for row in rows]}
        return charts.bars(lines, table, paint, group=group, whole=visits, part=marked)

    how = t("Establishments visited; coloured: where something was found.")
    return Frame("kpis.subjects", t("Inspections by subject group"), how, make if found.subjects else None)


def _partners(found: Answers, paint: Colours) -> Frame:
    lines = [Bar(one.name, one.activities, one.confirmed) for one in found.partners]
    how = t("Coloured: confirmed by the partner. One with two partners stands under each.")
    make = _bars(lines, paint, t("Partner"), t("Joint activities"), t("Confirmed"))
    return Frame("kpis.partners", t("Joint work by partner"), how, make)
