"""One organisation's figures as they are read: cards, charts, tables, and an honest word where there is nothing."""

import datetime as dt
from dataclasses import dataclass, replace

import streamlit as st

from models import breakdowns, kpis, kpis_together, reporting_quality, sparks, variation
from models.access import Current
from models.database import one_reading, reading
from models.figures import KPIS, Figure
from models.kinds import UNKNOWN
from models.organisation import units
from models.period import Period, Span, reporting
from models.reporting_quality import Quality, UnitEntries
from models.variation import Variation
from pages.parts import figures_cards, figures_charts, figures_parts, figures_tables, page, periods
from pages.parts.chart_box import Shown
from pages.parts.figures_cards import Told
from pages.parts.holding import holding
from pages.parts.kept import kept
from pages.parts.words import clock_time, date, label, language, number, t

TREND = 12  # months that a trend shows at least
HEADLINES = ("1", "2", "3", "5", "9", "10", "11", "14")
OTHERS = ("4", "6", "8", "12", "13", "15", "16", "17", "18", "19")  # 7 stands with the quality of reporting


@dataclass(frozen=True)
class Head:
    """What the top of the page says, asked in one reading."""

    told: Told
    units: list[UnitEntries]
    unit_names: dict[int | None, str]
    confidential: int
    until: dt.datetime

    @property
    def is_empty(self) -> bool:
        return all(figure.is_empty for figure in self.told.figures.values())


@dataclass(frozen=True)
class Tables:
    """What stands below the charts."""

    variations: list[Variation]
    quality: Quality


def since(current: Current, revision: int) -> dt.date | None:
    """The first day there is anything to see: how far back the choice of periods reaches."""
    days = kept(current, revision, "days", lambda: breakdowns.days_with_data(current))
    return days[0] if days else None


# ---- the top: caption and headline figures -----------------------------------------------------------------------------
def show_head(current: Current, revision: int, period: Period, unit_id: int | None, group: str | None) -> None:
    """As little as can be, so that a change is here first on every open page."""
    found = _head(current, revision, period, unit_id)
    st.caption(_caption(current, found, period))
    if found.is_empty:
        _nothing(current, revision, period)
        return
    found = _narrowed(current, revision, found, period, unit_id, group)
    if found.confidential:
        said = t(
            "{count} confidential incidents count in these figures; the lists show you only what you may open.",
            count=number(found.confidential),
        )
        st.info(said, icon=":material/visibility_off:")
    figures_cards.grid(current, found.told, HEADLINES, period, unit_id)


def until(current: Current, revision: int, period: Period, unit_id: int | None) -> dt.datetime:
    """When time changes one of the figures, if nobody enters anything before."""
    return _head(current, revision, period, unit_id).until


def _head(current: Current, revision: int, period: Period, unit_id: int | None) -> Head:
    return holding(current, revision, ("head", period, unit_id), lambda: _ask_head(current, period, unit_id))


def _narrowed(
    current: Current, revision: int, whole: Head, period: Period, unit_id: int | None, group: str | None
) -> Head:
    """The same with one group of kinds in every figure that knows kinds. What does not, stays whole and says so."""
    if group is None:
        return whole
    what = ("head", period, unit_id, group)
    return holding(current, revision, what, lambda: _ask_narrowed(current, whole, period, unit_id, group))


def _ask_narrowed(current: Current, whole: Head, period: Period, unit_id: int | None, group: str) -> Head:
    told, own = whole.told, [code for code in kpis.grouped() if code in HEADLINES]
    with reading(current) as session:
        until = kpis_together.until(session, period)
        last_year = kpis.figures(session, period.year_before(), unit_id, group) if told.year_before else {}
        narrowed = Told(
            figures={**told.figures, **kpis.figures(session, period, unit_id, group)},
            before={**told.before, **kpis.figures(session, period.previous(), unit_id, group)},
            year_before={**told.year_before, **{code: last_year[code] for code in own if last_year}},
            sparks={**told.sparks, **sparks.sparks(session, own, trend_of(period), unit_id, group)},
            targets={code: one for code, one in told.targets.items() if not KPIS[code].by_group},
            group=group,
        )
        return replace(
            whole,
            told=narrowed,
            confidential=reporting_quality.confidential(session, period, unit_id, group),
            until=until,
        )


def _ask_head(current: Current, period: Period, unit_id: int | None) -> Head:
    before, year = period.previous(), period.year_before()
    with one_reading(current), reading(current) as session:
        until = kpis_together.until(session, period)  # first: what time changes while the rest is asked is asked again
        last_year: dict[str, Figure] = {}
        if (year.first, year.last) != (before.first, before.last):
            last_year = figures_parts.figures(session, year, unit_id, HEADLINES)
        return Head(
            told=Told(
                figures=figures_parts.figures(session, period, unit_id),
                before=figures_parts.figures(session, before, unit_id),
                year_before=last_year,
                sparks=figures_parts.lines(session, HEADLINES, trend_of(period), unit_id),
                targets=figures_parts.targets(session, period, unit_id),
            ),
            units=reporting_quality.entries_by_unit(session, period),
            unit_names={row.id: row.name for row in units(session)},
            confidential=reporting_quality.confidential(session, period, unit_id),
            until=until,
        )


def trend_of(period: Period) -> Period:
    """A month or a quarter is shown with the months before it; longer periods by their own."""
    first = reporting(Span.MONTH, period.last, period.zone, period.cut_offs)
    for _ in range(TREND - 1):
        first = first.previous()
    return replace(period, first=min(period.first, first.first), span=Span.FREE)


def _caption(current: Current, found: Head, period: Period) -> str:
    """When it was so, what it is, against what, who has written; and that a period still runs."""
    said = [
        t("Figures at {time}, kept up to date", time=clock_time(current.now(), current)),
        periods.full_name(period),
        t("compared with {before}", before=periods.name(period.previous())),
    ]
    if found.units:
        wrote = sum(bool(one.records) for one in found.units)
        said.append(t("{wrote} of {all} units have records", wrote=number(wrote), all=number(len(found.units))))
    if (left := (period.last - current.today()).days) > 0 and period.first <= current.today():
        said.append(t("{days} days to go", days=number(left)))
    return " · ".join(said)


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
    latest = period.around(days[1])
    if latest.first != period.first:
        said = t("Go to {period}, the latest with data", period=periods.full_name(latest))
        st.button(said, key="kpis.latest", icon=":material/history:", on_click=periods.go_to, args=(latest,))


# ---- charts and tables -------------------------------------------------------------------------------------------------
def show_charts(current: Current, revision: int, period: Period, unit_id: int | None, group: str | None) -> None:
    """The rest of the page: charts that filter each other, what moved, how well is reported, the other figures."""
    head = _head(current, revision, period, unit_id)
    if head.is_empty:
        return
    head = _narrowed(current, revision, head, period, unit_id, group)
    found = kept(
        current,
        revision,
        ("charts", period, unit_id, group),
        lambda: figures_charts.answers(current, period, trend_of(period), unit_id, group),
    )
    chosen = label(found.kinds, None if group == UNKNOWN else group) if group else ""
    shown = _shown(current, period, head.unit_names.get(unit_id, ""), chosen)
    figures_charts.show(current, revision, found, shown)
    tables = kept(
        current, revision, ("tables", period, unit_id, group), lambda: _ask_tables(current, period, unit_id, group)
    )
    narrow = page.on_a_phone()
    figures_tables.variation(
        kept(
            current,
            revision,
            ("variation", period, unit_id, narrow, language()),
            lambda: figures_tables.variation_table(tables.variations, found.kinds, period, unit_id, narrow=narrow),
        )
    )
    figures_tables.quality(tables.quality, head.told.figures["7"])
    _others(current, revision, head.told, period, unit_id, narrow=narrow)
    figures_tables.units(current, head.units, head.unit_names)
    figures_tables.figures(
        current,
        head.told,
        shown,
        lambda: kept(
            current, revision, ("year", period, unit_id, group), lambda: _year(current, period, unit_id, group)
        ),
    )


def _others(current: Current, revision: int, told: Told, period: Period, unit_id: int | None, *, narrow: bool) -> None:
    """A table on a desk, which is one thing to send; cards on a phone, where a table has no room."""
    st.subheader(t("Other figures"), anchor=False)
    if narrow:
        figures_cards.grid(current, told, OTHERS, period, unit_id)
        return
    what = ("others", period, unit_id, told.group, language())
    table = kept(current, revision, what, lambda: figures_tables.others(told, OTHERS, period, unit_id))
    figures_tables.drawn(table, t("Other figures"))


def _year(current: Current, period: Period, unit_id: int | None, group: str | None) -> dict[str, Figure]:
    """The same period last year."""
    with reading(current) as session:
        year = period.year_before()
        return kpis.figures(session, year, unit_id) | (kpis.figures(session, year, unit_id, group) if group else {})


def _ask_tables(current: Current, period: Period, unit_id: int | None, group: str | None) -> Tables:
    with reading(current) as session:
        return Tables(
            variations=variation.variations(session, period, unit_id),
            quality=reporting_quality.quality(session, period, unit_id, group),
        )


def _shown(current: Current, period: Period, unit: str, group: str) -> Shown:
    said = ((t("Unit"), unit), (t("Group of kinds"), group))
    now = current.now()
    at = f"{clock_time(now, current)} {date(now.astimezone(current.zone).date())}"
    return Shown(periods.full_name(period), tuple((name, value) for name, value in said if value), at)
