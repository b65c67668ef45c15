"""Periods: typed as two local days, both included; held as two instants, half-open."""

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


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both included, as the organisation's calendar has them."""

    first: dt.date
    last: dt.date
    zone: ZoneInfo
    span: Span = Span.FREE

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

    def previous(self) -> "Period":
        """The one before: of the same span, or for free days as many directly before."""
        before = self.first - dt.timedelta(days=1)
        if self.span is Span.FREE:
            return Period(before - dt.timedelta(days=self.days - 1), before, self.zone)
        return reporting(self.span, before, self.zone)

    def year_before(self) -> "Period":
        """The same dates a year earlier."""
        return Period(_years(self.first, -1), _years(self.last, -1), self.zone, self.span)


def _years(day: dt.date, count: int) -> dt.date:
    try:
        return day.replace(year=day.year + count)
    except ValueError:  # 29 February
        return day.replace(year=day.year + count, day=28)


def _month_of(day: dt.date, cut_off: int) -> tuple[int, int]:
    """The reporting month (year, month) that a day lies in."""
    if cut_off > 1 and day.day >= cut_off:
        return (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return day.year, day.month


def _starts(year: int, month: int, cut_off: int) -> dt.date:
    """First day of a reporting month. `month` may run over 12."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    if cut_off <= 1:
        return dt.date(year, month, 1)
    return dt.date(year - 1, 12, cut_off) if month == 1 else dt.date(year, month - 1, cut_off)


def reporting(span: Span, day: dt.date, zone: ZoneInfo, cut_off: int = CUT_OFF) -> Period:
    """The reporting month, quarter, half-year or year that a day lies in."""
    year, month = _month_of(day, cut_off)
    length = _MONTHS[span]
    first = (month - 1) // length * length + 1
    return Period(
        _starts(year, first, cut_off), _starts(year, first + length, cut_off) - dt.timedelta(days=1), zone, span
    )


def months(period: Period, cut_off: int = CUT_OFF) -> list[Period]:
    """The reporting months that touch a period, cut at its ends: the buckets of a trend."""
    found, day = [], period.first
    while day <= period.last:
        month = reporting(Span.MONTH, day, period.zone, cut_off)
        found.append(Period(day, min(month.last, period.last), period.zone, Span.MONTH))
        day = month.last + dt.timedelta(days=1)
    return found
