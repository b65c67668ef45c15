"""The choice of a period: in the address, held from page to page, and by the organisation's own cut-off days."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from models import clock, period_rule, translation
from models.period import CALENDAR, CutOffs, Period, Span, months, reporting
from models.period_rule import PeriodRuleDraft
from pages.parts import periods
from tests.pages.test_kpis import happened
from tests.worlds import HANOI, World

Page = Callable[..., AppTest]
FIRST, LAST = dt.date(2026, 1, 5), dt.date(2026, 2, 20)


def said(message: str, **facts: Any) -> str:
    return translation.said("vi", message, **facts)


def today() -> dt.date:
    return clock.now().astimezone(HANOI).date()


def address(at: AppTest) -> dict[str, str]:
    assert not at.exception
    return {name: at.query_params[name] for name in periods.ADDRESS if name in at.query_params}


def moved(at: AppTest, file: str) -> AppTest:
    """Another page through the navigation, which leaves the address empty."""
    at.query_params.clear()
    return at.switch_page(file).run()


def test_what_was_chosen_holds_on_the_next_page(page: Page, small_world: World) -> None:
    happened(small_world.alice, days_ago=70)
    at = page("kpis.py", "alice")
    at.get_by_key("period.span").set_value(Span.MONTH).run()
    month = reporting(Span.MONTH, today(), HANOI)
    at.get_by_key("period.first").set_value(month.previous().first.isoformat()).run()
    chosen = {"ky": "thang", "tu": month.previous().first.isoformat()}
    assert address(at) == chosen
    assert address(moved(at, "joint_operations.py")) == chosen
    assert address(moved(moved(at, "overview.py"), "kpis.py")) == chosen


def test_free_days_hold_too(page: Page, small_world: World) -> None:
    happened(small_world.alice)
    chosen = {"ky": "tu-chon", "tu": FIRST.isoformat(), "den": LAST.isoformat()}
    at = page("kpis.py", "alice", **chosen)
    assert address(moved(at, "joint_operations.py")) == chosen


def test_a_link_goes_before_what_was_chosen(page: Page, small_world: World) -> None:
    happened(small_world.alice)
    at = page("kpis.py", "alice", ky="thang", tu=reporting(Span.MONTH, today(), HANOI).first.isoformat())
    at.query_params.clear()
    at.query_params.update({"ky": "nam", "tu": reporting(Span.YEAR, today(), HANOI).first.isoformat()})
    assert address(at.switch_page("joint_operations.py").run())["ky"] == "nam"


def test_the_organisations_cut_off_day_makes_the_periods(page: Page, small_world: World) -> None:
    happened(small_world.alice)
    period_rule.save_rule(small_world.head, PeriodRuleDraft(valid_from=dt.date(2000, 1, 1), cut_off=1))
    at = page("kpis.py", "alice")
    assert address(at) == {"ky": "nam", "tu": f"{today().year}-01-01"}
    at.get_by_key("period.span").set_value(Span.QUARTER).run()
    quarter = reporting(Span.QUARTER, today(), HANOI, CALENDAR)
    assert address(at) == {"ky": "quy", "tu": quarter.first.isoformat()}
    assert at.get_by_key("period.first").options[0] == periods.name(quarter)


def test_the_overview_leads_to_the_year_it_shows(page: Page, small_world: World) -> None:
    happened(small_world.alice)
    at = page("overview.py", "alice")
    year = reporting(Span.YEAR, today(), HANOI)
    links = [one.proto.query_string for one in at.get("page_link") if one.proto.page in ("chi-so", "phoi-hop")]
    assert links == [f"ky=nam&tu={year.first.isoformat()}"] * 3


@pytest.mark.parametrize(
    ("period", "names"),
    [
        (reporting(Span.QUARTER, dt.date(2026, 2, 1), HANOI), ["1", "2", "3"]),
        (Period(dt.date(2026, 11, 20), dt.date(2026, 12, 20), HANOI), ["12", "1"]),
        (Period(dt.date(2026, 1, 1), dt.date(2026, 2, 28), HANOI, cut_offs=CALENDAR), ["1", "2"]),
    ],
)
def test_the_months_of_a_chart_bear_the_names_of_their_periods(period: Period, names: list[str]) -> None:
    assert periods.month_names(months(period)) == [said("M{month}", month=name) for name in names]


def test_more_than_a_year_of_months_names_the_year() -> None:
    two_years = Period(dt.date(2025, 12, 15), dt.date(2027, 12, 14), HANOI)
    found = periods.month_names(months(two_years))
    assert (len(set(found)), found[0], found[-1]) == (24, "T1/26", "T12/27")


def test_a_month_made_longer_by_a_new_cut_off_day_keeps_its_name() -> None:
    changed = CutOffs(((dt.date(2026, 1, 1), 1),))
    december = reporting(Span.MONTH, dt.date(2025, 12, 20), HANOI, changed)
    assert december.last == dt.date(2025, 12, 31)
    assert periods.name(december) == said("Month {month}/{year}", month=12, year=2025)
