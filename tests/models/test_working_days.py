"""Working days: Monday to Friday without the public holidays."""

import datetime as dt

import pytest

from models import working_days
from models.catalogue import CatalogueEntry
from models.database import reading, writing
from models.history import write_down
from tests.worlds import World

DAY = dt.date.fromisoformat
TET_2020 = frozenset(DAY(f"2020-01-{day}") for day in range(23, 30))


@pytest.mark.parametrize(
    ("day", "count", "due"),
    [
        ("2020-01-06", 1, "2020-01-07"),  # Monday
        ("2020-01-06", 5, "2020-01-13"),
        ("2020-01-10", 1, "2020-01-13"),  # over a weekend
        ("2020-01-11", 1, "2020-01-13"),  # from a Saturday
        ("2020-01-12", 5, "2020-01-17"),  # from a Sunday
        ("2020-01-21", 3, "2020-01-31"),  # over Tết
        ("2020-01-25", 1, "2020-01-30"),  # from within Tết
        ("2020-01-06", 0, "2020-01-06"),
        ("2020-02-28", 1, "2020-03-02"),  # over 29 February, a Saturday
    ],
)
def test_the_day_itself_does_not_count(day: str, count: int, due: str) -> None:
    assert working_days.after(DAY(day), count, TET_2020) == DAY(due)


def test_the_national_holidays_are_known(small_world: World) -> None:
    with reading(small_world.alice) as session:
        free = working_days.holidays(session)
    others = ("2019-09-02", "2020-01-01", "2020-04-02", "2020-04-30", "2020-05-01", "2020-09-02")
    assert TET_2020 | {DAY(day) for day in others} <= free
    assert DAY("2020-01-30") not in free
    assert {day.year for day in free} == set(range(2019, 2031))


def test_an_organisation_adds_its_own(small_world: World) -> None:
    with writing(small_world.admin) as session:
        row = CatalogueEntry(catalogue="holiday", code="2020-11-23", vi="Ngày Di sản", en="Heritage day")
        session.add(row)
        write_down(session, "catalogue.added", row)
    with reading(small_world.alice) as own, reading(small_world.bob) as other:
        assert DAY("2020-11-23") in working_days.holidays(own)
        assert DAY("2020-11-23") not in working_days.holidays(other)
