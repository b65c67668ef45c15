"""Periods: typed as two local days, both included; held as two instants, half-open. Reporting months begin on an office's
cut-off day, which may change: `CutOffs` says from which day on which one holds (models/reporting.py keeps them)."""

import datetime as dt
import enum
from dataclasses import dataclass
from zoneinfo import ZoneInfo

CUT_OFF = 15  # a reporting month runs from the 15th of the month before to the 14th (Nghị định 09/2019/NĐ-CP, Art. 12)


class Span(enum.StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    FREE = "free"


_MONTHS = {Span.MONTH: 1, Span.QUARTER: 3, Span.HALF: 6, Span.YEAR: 12}
Month = tuple[int, int]  # year, month


# ---- the cut-off day -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class CutOffs:
    """The cut-off days of an office in the order of time: each with the day from which on it holds. A reporting month goes
    by the one that holds on the first of the calendar month it is named after; so months lie end to end whatever changes."""

    changes: tuple[tuple[dt.date, int], ...] = ()

    def on(self, day: dt.date) -> int:
        """The cut-off day that holds on a day; before the first of them the decree's."""
        held = [cut_off for since, cut_off in self.changes if since <= day]
        return held[-1] if held else CUT_OFF

    def starts(self, year: int, month: int) -> dt.date:
        """First day of a reporting month. `month` may run over 12."""
        year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
        cut_off = self.on(dt.date(year, month, 1))
        if cut_off <= 1:
            return dt.date(year, month, 1)
        return dt.date(year - 1, 12, cut_off) if month == 1 else dt.date(year, month - 1, cut_off)

    def month_of(self, day: dt.date) -> Month:
        """The reporting month that a day lies in."""
        following = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
        return following if day >= self.starts(*following) else (day.year, day.month)


DECREE = CutOffs()
CALENDAR = CutOffs(((dt.date.min, 1),))  # calendar months


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both included, as the organisation's calendar has them."""

    first: dt.date
    last: dt.date
    zone: ZoneInfo
    span: Span = Span.FREE
    cut_offs: CutOffs = DECREE

    @property
    def start(self) -> dt.datetime:
        """First instant in the period."""
        return dt.datetime.combine(self.first, dt.time.min, self.zone).astimezone(dt.UTC)

    @property
    def end(self) -> dt.datetime:
        """First instant after the period."""
        return dt.datetime.combine(self.last + dt.timedelta(days=1), dt.time.min, self.zone).astimezone(dt.UTC)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def month(self) -> Month:
        """The reporting month it ends in, which it is named after; also for a month that was cut at the ends of free days."""
        return self.cut_offs.month_of(self.last)

    def previous(self) -> "Period":
        """The one before: of the same span, or for free days as many directly before."""
        before = self.first - dt.timedelta(days=1)
        if self.span is Span.FREE:
            return Period(before - dt.timedelta(days=self.days - 1), before, self.zone, cut_offs=self.cut_offs)
        return reporting(self.span, before, self.zone, self.cut_offs)

    def around(self, day: dt.date) -> "Period":
        """The period of the same span that a day lies in; for free days the year."""
        return reporting(Span.YEAR if self.span is Span.FREE else self.span, day, self.zone, self.cut_offs)

    def year_before(self) -> "Period":
        """The same dates a year earlier."""
        return Period(_years(self.first, -1), _years(self.last, -1), self.zone, self.span, self.cut_offs)


def _years(day: dt.date, count: int) -> dt.date:
    try:
        return day.replace(year=day.year + count)
    except ValueError:  # 29 February
        return day.replace(year=day.year + count, day=28)


def reporting(span: Span, day: dt.date, zone: ZoneInfo, cut_offs: CutOffs = DECREE) -> Period:
    """The reporting month, quarter, half-year or year that a day lies in."""
    year, month = cut_offs.month_of(day)
    length = _MONTHS[span]
    first = (month - 1) // length * length + 1
    last = cut_offs.starts(year, first + length) - dt.timedelta(days=1)
    return Period(cut_offs.starts(year, first), last, zone, span, cut_offs)


def months(period: Period) -> list[Period]:
    """The reporting months that touch a period, cut at its ends: the buckets of a trend."""
    found, day = [], period.first
    while day <= period.last:
        month = reporting(Span.MONTH, day, period.zone, period.cut_offs)
        found.append(Period(day, min(month.last, period.last), period.zone, Span.MONTH, period.cut_offs))
        day = month.last + dt.timedelta(days=1)
    return found
