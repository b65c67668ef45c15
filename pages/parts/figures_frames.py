"""The charts of the figures' page: what each shows, how it is read, and which records stand behind each of its marks."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from models.breakdowns import Inspected, Partner
from models.catalogue import Entry
from models.counted import NOBODYS, UNRATED, Counted
from models.kinds import UNKNOWN
from models.period import Period, months
from models.target import Target
from pages.parts import charts, periods
from pages.parts.chart_drawings import Colours
from pages.parts.charts import Bar, Chart, Day, Frame, Month, Table
from pages.parts.words import date, label, t

NAVIGATOR = "kpis.groups"  # the chart that the others follow
MOST_DAYS = 400  # a longer period has a cell for each weekday of a month instead of each day


@dataclass(frozen=True)
class Answers:
    """Everything that the charts show of one period, unit and group of kinds, asked in one reading.
    `targets` are those of the months, `goal` that of the whole period."""

    period: Period
    unit_id: int | None
    group: str | None
    today: dt.date
    months: list[tuple[Period, int]]
    year_before: list[int | None]
    targets: list[Target | None]
    goal: Target | None
    groups: dict[str | None, int]
    severities: dict[int | None, int]
    units: dict[int | None, int]
    days: dict[dt.date, int]
    subjects: dict[str, Inspected]
    partners: list[Partner]
    kinds: dict[str, Entry]
    levels: dict[str, Entry]
    subject_names: dict[str, Entry]
    unit_names: dict[int | None, str]

    def incidents(self, first: dt.date, last: dt.date, **bar: int | str | None) -> Counted:
        """Those of some days, of the page's unit and group, or of what a bar says instead."""
        said = {"unit_id": self.unit_id, "group": self.group} | bar
        return Counted("2", first, last, **said)  # type: ignore[arg-type]


def incidents(found: Answers) -> tuple[Frame, ...]:
    """The trend, the chart that the others follow, and those that follow it."""
    return (_months(found), _groups(found), _severities(found), _units(found), _calendar(found))


def others(found: Answers) -> tuple[Frame, ...]:
    return (_subjects(found), _partners(found))


# ---- by month --------------------------------------------------------------------------------------------------------
def _months(found: Answers) -> Frame:
    codes = [month.first.isoformat() for month, _ in found.months]

    goals = [one.value if one and not found.group else None for one in found.targets]
    aimed = any(goal is not None for goal in goals)

    def make(paint: Colours) -> Chart:
        names = periods.month_names([month for month, _ in found.months])
        rows = [
            Month(name, count, before, month.last >= found.period.first, code, periods.name(month), goal)
            for name, (month, count), before, code, goal in zip(
                names, found.months, found.year_before, codes, goals, strict=True
            )
        ]
        now, before, target = t("Incidents"), t("A year before"), t("Target") if aimed else ""
        table: Table = {t("Month"): names, now: [row.count for row in rows], before: [row.before for row in rows]}
        if aimed:
            table[t("Target, at most")] = goals
        return charts.trend(
            rows, table, paint, month=t("Month"), now=now, before=before, target=target, sign="≤", clicked=True
        )

    how = t("Bars: from {day}. Broken line: the same month a year before.", day=date(found.months[0][0].first))
    if found.months[0][0].first < found.period.first:
        how += " " + t("Pale: before the period.")
    how = " ".join(filter(None, (how, _about_targets(found, aimed=aimed))))
    ways = {
        code: found.incidents(month.first, month.last) for code, (month, _) in zip(codes, found.months, strict=True)
    }
    return Frame("kpis.months", t("Incidents by reporting month"), how, make, codes, ways)


def _about_targets(found: Answers, *, aimed: bool) -> str:
    """How to read the line; or why a target that was set has none here."""
    if aimed:
        return t("Thin line: the target of the month, at most so many.")
    if found.group and (found.goal or any(found.targets)):
        return t("The target is for every kind of incident, so it is not drawn beside one group.")
    if found.goal:
        return t(
            "The target of the whole period ({value} at most) is not divided among its months.",
            value=charts.told(found.goal.value),
        )
    return ""


# ---- by kind, severity, unit -------------------------------------------------------------------------------------------
def _bars(lines: Sequence[Bar], name: str) -> Callable[[Colours], Chart] | None:
    """A chart of incidents with its table; none where there is nothing."""

    def make(paint: Colours) -> Chart:
        whole = t("Incidents")
        table: Table = {name: [bar.name for bar in lines], whole: [bar.count for bar in lines]}
        painted = [_painted(bar, paint) for bar in lines]
        return charts.bars(painted, table, paint, group=name, whole=whole, clicked=True)

    return make if lines else None


def _painted(bar: Bar, paint: Colours) -> Bar:
    """`severity:3` and `faint` name a colour of the theme."""
    said = bar.colour or ""
    if said == "faint":
        colour: str | None = charts.faint(paint)
    elif said.startswith("severity:"):
        level = int(said.partition(":")[2])
        colour = paint.severity[level - 1] if level else charts.mixed(paint.text, paint.back, 0.25)
    else:
        colour = None
    return Bar(bar.name, bar.count, bar.part, colour, bar.code)


def _groups(found: Answers) -> Frame:
    """It does not follow the choice itself, it shows which bar it is; so another can be clicked."""
    lines = [
        Bar(
            label(found.kinds, code),
            count,
            colour="faint" if found.group and found.group != (code or UNKNOWN) else None,
            code=code or UNKNOWN,
        )
        for code, count in found.groups.items()
    ]
    how = t("Click a line, and the figures and the other charts of incidents show this group alone.")
    days = found.period.first, found.period.last
    ways = {bar.code: found.incidents(*days, group=bar.code) for bar in lines}
    make = _bars(lines, t("Group"))
    return Frame(NAVIGATOR, t("By kind of incident"), how, make, [bar.code for bar in lines], ways)


def _severities(found: Answers) -> Frame:
    ordered = sorted(found.severities.items(), key=lambda pair: pair[0] or 9)
    lines = [
        Bar(label(found.levels, one), count, colour=f"severity:{one or 0}", code=str(one or UNRATED))
        for one, count in ordered
    ]
    days = found.period.first, found.period.last
    ways = {bar.code: found.incidents(*days, severity=int(bar.code)) for bar in lines}
    make, codes = _bars(lines, t("Severity")), [bar.code for bar in lines]
    return Frame("kpis.severities", t("By severity"), t("From ordinary to very serious."), make, codes, ways)


def _units(found: Answers) -> Frame:
    lines = [
        Bar(found.unit_names.get(one, t("not known yet")), count, code=str(one or NOBODYS))
        for one, count in found.units.items()
    ]
    days = found.period.first, found.period.last
    ways = {bar.code: found.incidents(*days, unit_id=int(bar.code)) for bar in lines}
    make, codes = _bars(lines, t("Unit")), [bar.code for bar in lines]
    return Frame("kpis.units", t("By unit"), t("A merged unit stands under its successor."), make, codes, ways)


# ---- the calendar ----------------------------------------------------------------------------------------------------
def _calendar(found: Answers) -> Frame:
    first, last = found.period.first, min(found.period.last, found.today)
    short = (last - first).days < MOST_DAYS
    how = t("A cell a day, a column a week; the darker, the more incidents.")
    if not short:
        how = t("A cell for each weekday of a month, since the period is long; the darker, the more incidents.")

    def make(paint: Colours) -> Chart:
        cells, heads = _days(found, first, last) if short else _weekdays(found, first, last)
        told = [(cell.words, cell.count) for cell in sorted(cells, key=lambda one: one.code) if cell.count]
        day, count = t("Day") if short else t("Weekday"), t("Incidents")
        table: Table = {day: [words for words, _ in told], count: [number for _, number in told]}
        return charts.calendar(cells, heads, table, paint, day=day, count=count, clicked=short)

    codes = [day.isoformat() for day in sorted(found.days)] if short else []
    ways = {day.isoformat(): found.incidents(day, day) for day in found.days} if short else {}
    return Frame("kpis.calendar", t("On which days"), how, make if last >= first else None, codes, ways)


def _days(found: Answers, first: dt.date, last: dt.date) -> tuple[list[Day], dict[int, str]]:
    """Each day that has come, Mondays first; over the week in which a month begins its name."""
    short, whole = charts.weekday_names()
    every = [first + dt.timedelta(days=at) for at in range((last - first).days + 1)]
    cells = [
        Day(
            charts.week_of(day, first),
            short[day.weekday()],
            f"{whole[day.weekday()]} {date(day)}",
            found.days.get(day, 0),
            day.isoformat(),
        )
        for day in sorted(every, key=lambda day: (day.weekday(), day))
    ]
    heads = {charts.week_of(day, first): t("Mth {month}", month=day.month) for day in every if day.day == 1}
    return cells, heads


def _weekdays(found: Answers, first: dt.date, last: dt.date) -> tuple[list[Day], dict[int, str]]:
    """Each weekday of each month; over the first month of a year its number."""
    short, whole = charts.weekday_names()
    span = Period(first, last, found.period.zone, cut_offs=found.period.cut_offs)
    cells: list[Day] = []
    heads: dict[int, str] = {}
    for at, month in enumerate(months(span)):
        numbers = [0] * 7
        for day, count in found.days.items():
            if month.first <= day <= month.last:
                numbers[day.weekday()] += count
        said = periods.name(month)
        cells += [Day(at, short[one], f"{whole[one]}, {said}", numbers[one], f"{at:04}{one}") for one in range(7)]
        if month.month[1] == 1 or not at:
            heads[at] = str(month.month[0])
    return sorted(cells, key=lambda cell: short.index(cell.weekday)), heads


# ---- inspections and joint work -----------------------------------------------------------------------------------------
def _subjects(found: Answers) -> Frame:
    def make(paint: Colours) -> Chart:
        names = [label(found.subject_names, code) for code in found.subjects]
        rows = list(found.subjects.values())
        group, visits, marked = t("Subject group"), t("Establishments visited"), t("With findings")
        lines = [
            Bar(name, row.visits, row.with_findings, code=code)
            for code, name, row in zip(found.subjects, names, rows, strict=True)
        ]
        table: Table = {group: names, visits: [row.visits for row in rows], marked: [row.with_findings for row in rows]}
        table |= {t("Rounds"): [row.rounds for row in rows]}
        return charts.bars(lines, table, paint, group=group, whole=visits, part=marked, clicked=True)

    how = t("Establishments visited; coloured: where something was found.")
    days = found.period.first, found.period.last
    ways = {code: Counted("10", *days, unit_id=found.unit_id, group=code) for code in found.subjects}
    make_it = make if found.subjects else None
    return Frame("kpis.subjects", t("Inspections by subject group"), how, make_it, list(found.subjects), ways)


def _partners(found: Answers) -> Frame:
    def make(paint: Colours) -> Chart:
        name, whole, part = t("Partner"), t("Joint activities"), t("Confirmed")
        lines = [Bar(one.name, one.activities, one.confirmed, code=one.code) for one in found.partners]
        table: Table = {name: [bar.name for bar in lines], whole: [bar.count for bar in lines]}
        table |= {part: [bar.part for bar in lines]}
        return charts.bars(lines, table, paint, group=name, whole=whole, part=part, clicked=True)

    how = t("Coloured: confirmed by the partner. One with two partners stands under each.")
    days = found.period.first, found.period.last
    ways = {one.code: Counted("8", *days, unit_id=found.unit_id, partner=one.code) for one in found.partners}
    make_it, codes = make if found.partners else None, [one.code for one in found.partners]
    return Frame("kpis.partners", t("Joint work by partner"), how, make_it, codes, ways)
