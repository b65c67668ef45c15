"""Periods: both days included, held half-open, reporting months from the 15th to the 14th."""

import datetime as dt
import itertools
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.period import CALENDAR, DECREE, CutOffs, Period, Span, months, reporting
from tests.worlds import HANOI

DAY = dt.date.fromisoformat
days = st.dates(dt.date(2000, 1, 1), dt.date(2100, 12, 31))


def period(first: str, last: str, span: Span = Span.FREE, cut_offs: CutOffs = DECREE) -> Period:
    return Period(DAY(first), DAY(last), HANOI, span, cut_offs)


def test_it_holds_from_the_first_midnight_to_the_one_after_the_last_day() -> None:
    month = period("2020-01-15", "2020-02-14")
    assert month.start == dt.datetime(2020, 1, 14, 17, tzinfo=dt.UTC)
    assert month.end == dt.datetime(2020, 2, 14, 17, tzinfo=dt.UTC)
    assert month.days == 31


def test_a_day_with_a_clock_change_is_one_day() -> None:
    paris = Period(DAY("2020-03-29"), DAY("2020-03-29"), ZoneInfo("Europe/Paris"))
    assert paris.end - paris.start == dt.timedelta(hours=23)
    assert paris.days == 1


@pytest.mark.parametrize(
    ("span", "day", "first", "last"),
    [
        (Span.MONTH, "2020-01-14", "2019-12-15", "2020-01-14"),
        (Span.MONTH, "2020-01-15", "2020-01-15", "2020-02-14"),
        (Span.MONTH, "2020-02-29", "2020-02-15", "2020-03-14"),
        (Span.MONTH, "2019-12-31", "2019-12-15", "2020-01-14"),
        (Span.QUARTER, "2020-03-14", "2019-12-15", "2020-03-14"),
        (Span.QUARTER, "2020-03-15", "2020-03-15", "2020-06-14"),
        (Span.HALF, "2020-06-14", "2019-12-15", "2020-06-14"),
        (Span.HALF, "2020-06-15", "2020-06-15", "2020-12-14"),
        (Span.YEAR, "2020-12-14", "2019-12-15", "2020-12-14"),
        (Span.YEAR, "2020-12-15", "2020-12-15", "2021-12-14"),
    ],
)
def test_reporting_periods_run_from_the_15th_to_the_14th(span: Span, day: str, first: str, last: str) -> None:
    assert reporting(span, DAY(day), HANOI) == period(first, last, span)


def test_an_office_may_use_calendar_months() -> None:
    february = reporting(Span.MONTH, DAY("2020-02-29"), HANOI, CALENDAR)
    assert february == period("2020-02-01", "2020-02-29", Span.MONTH, CALENDAR)
    assert february.previous() == period("2020-01-01", "2020-01-31", Span.MONTH, CALENDAR)
    assert february.month == (2020, 2)


@pytest.mark.parametrize(
    ("old", "new", "months_of"),
    [
        (15, 1, ["2019-10-15 2019-11-14", "2019-11-15 2019-12-31", "2020-01-01 2020-01-31"]),
        (1, 15, ["2019-11-01 2019-11-30", "2019-12-01 2019-12-14", "2019-12-15 2020-01-14"]),
        (15, 26, ["2019-10-15 2019-11-14", "2019-11-15 2019-12-25", "2019-12-26 2020-01-25"]),
    ],
)
def test_a_new_cut_off_day_makes_one_month_longer_or_shorter(old: int, new: int, months_of: list[str]) -> None:
    changed = CutOffs(((dt.date.min, old), (DAY("2020-01-01"), new)))
    january = reporting(Span.MONTH, DAY("2020-01-10"), HANOI, changed)
    found = [january.previous().previous(), january.previous(), january]
    assert [f"{one.first} {one.last}" for one in found] == months_of
    assert [one.month for one in found] == [(2019, 11), (2019, 12), (2020, 1)]
    year = reporting(Span.YEAR, DAY("2020-06-01"), HANOI, changed)
    assert (year.first, year.previous().last) == (january.first, january.previous().last)


def test_a_month_cut_at_the_end_of_free_days_keeps_its_name() -> None:
    found = months(period("2020-11-20", "2020-12-20"))
    assert [(one.first.day, one.last.day, one.month) for one in found] == [
        (20, 14, (2020, 12)),
        (15, 20, (2021, 1)),
    ]


cut_offs = st.lists(st.tuples(days, st.integers(1, 28)), max_size=4, unique_by=lambda one: one[0]).map(
    lambda found: CutOffs(tuple(sorted(found)))
)


@given(days, st.sampled_from([Span.MONTH, Span.QUARTER, Span.HALF, Span.YEAR]), cut_offs)
def test_periods_lie_end_to_end_whatever_the_cut_off_days(day: dt.date, span: Span, changes: CutOffs) -> None:
    found = reporting(span, day, HANOI, changes)
    assert found.first <= day <= found.last
    before = found.previous()
    assert before.last == found.first - dt.timedelta(days=1)
    assert before == reporting(span, before.first, HANOI, changes)
    assert before.first < found.first
    assert sum(one.days for one in months(found)) == found.days


@given(days, st.sampled_from([Span.MONTH, Span.QUARTER, Span.HALF, Span.YEAR]))
def test_periods_lie_end_to_end(day: dt.date, span: Span) -> None:
    found = reporting(span, day, HANOI)
    assert found.first <= day <= found.last
    before = found.previous()
    assert before.last == found.first - dt.timedelta(days=1)
    assert before == reporting(span, before.first, HANOI)
    assert before.end == found.start


@given(days, st.integers(0, 500))
def test_before_free_days_come_as_many(day: dt.date, length: int) -> None:
    free = Period(day, day + dt.timedelta(days=length), HANOI)
    assert free.previous().days == free.days
    assert free.previous().end == free.start


def test_a_year_earlier_is_the_same_dates() -> None:
    assert period("2020-02-29", "2020-03-14").year_before() == period("2019-02-28", "2019-03-14")
    assert period("2021-02-15", "2021-03-14").year_before() == period("2020-02-15", "2020-03-14")


@given(days, st.integers(0, 800))
def test_months_cover_a_period_without_gaps(day: dt.date, length: int) -> None:
    whole = Period(day, day + dt.timedelta(days=length), HANOI)
    parts = months(whole)
    assert (parts[0].first, parts[-1].last) == (whole.first, whole.last)
    assert all(one.last + dt.timedelta(days=1) == two.first for one, two in itertools.pairwise(parts))
    assert sum(one.days for one in parts) == whole.days
