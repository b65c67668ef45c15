"""The figures' page: cards, charts with their tables, the choice of period and unit in the address, the honest empty state."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event as listening
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from models import clock, database, incident, incident_life, translation
from models.access import Current
from models.figures import KPIS, Figure
from models.incident import Incident, IncidentDraft
from models.incident_life import TransferDraft
from models.period import Period, Span, reporting
from pages.parts import cards, kept, periods, words
from pages.parts import page as parts_page
from pages.parts.cards import WORDS
from pages.parts.figures_view import HEADLINES, OTHERS
from tests.worlds import HANOI, World

Page = Callable[..., AppTest]


def said(message: str, **facts: Any) -> str:
    return translation.said("vi", message, **facts)


def now(who: Current) -> Current:
    """A person today: pages read the machine's clock."""
    return replace(who, clock=clock.now)


def happened(who: Current, days_ago: float = 0.01, **over: Any) -> Incident:
    draft = {"summary": "Mất xe", "kind": "C.theft", "severity": 1, "unit_id": None}
    when = clock.now() - dt.timedelta(days=days_ago)
    return incident.report(now(who), IncidentDraft(**(draft | {"occurred_at": when, "received_at": when} | over)))


def shown(at: AppTest) -> dict[str, str]:
    """Title of a card → its value."""
    assert not at.exception
    return {one.label: one.value for one in at.metric}


def running() -> Period:
    return reporting(Span.YEAR, clock.now().astimezone(HANOI).date(), HANOI)


def charts(at: AppTest) -> list[Any]:
    return [one.proto for one in at.get("vega_lite_chart")]


CARDS = [*HEADLINES, "7"]  # those that stand as cards on a desk; the others in a table
QUALITY = ["Entered within a day", "From occurrence to entry", "Noted while latent"]


# ---- what is shown -----------------------------------------------------------------------------------------------------
def test_an_empty_organisation_is_told_so_and_sees_no_nought(page: Page) -> None:
    at = page("kpis.py", "alice")
    assert shown(at) == {}
    assert any(said("There is no data yet.") in one.value for one in at.markdown)
    assert not charts(at)


def test_the_running_year_shows_every_figure_with_its_definition(page: Page, small_world: World) -> None:
    happened(small_world.alice)
    at = page("kpis.py", "alice")
    assert {*CARDS, *OTHERS} == set(KPIS)
    titles = [*(said(WORDS[code][0]) for code in HEADLINES), *map(said, QUALITY), said(WORDS["7"][0])]
    assert [one.label for one in at.metric] == titles
    assert shown(at)[said(WORDS["2"][0])] == "1"
    assert shown(at)[said(WORDS["3"][0])] == "–"
    help_texts = {one.label: one.help for one in at.metric}
    assert all(help_texts[said(WORDS[code][0])] == said(WORDS[code][1]) for code in CARDS)
    table = at.table[-1].value
    for code, line in zip(OTHERS, table[said("Figure")], strict=True):
        assert line.startswith(f"**{said(WORDS[code][0])}**")
        assert words.plain(said(WORDS[code][1])) in line


def test_a_phone_has_cards_for_all_of_them(page: Page, small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts_page, "on_a_phone", lambda: True)
    happened(small_world.alice)
    assert len(shown(page("kpis.py", "alice"))) == len(KPIS) + len(QUALITY)


def test_each_chart_is_also_told_in_words(page: Page, small_world: World) -> None:
    happened(small_world.alice, unit_id=small_world.units["hall"])
    at = page("kpis.py", "alice")
    assert len(charts(at)) == 5  # by month, kind, severity, unit, day; nothing was inspected or shared
    told = [chart.alt for chart in charts(at)]
    names = ["Incidents by reporting month", "By kind of incident", "By severity", "By unit", "On which days"]
    assert [alt.partition(".")[0] for alt in told] == [said(one) for one in names]
    assert "Tài sản: 1" in told[1]
    assert "Nhà thi đấu: 1" in told[3]


def test_a_table_and_files_are_made_once_somebody_opens_them(page: Page, small_world: World) -> None:
    happened(small_world.alice, unit_id=small_world.units["hall"])
    at = page("kpis.py", "alice")
    assert len(at.table) == 2  # how kinds moved, the other figures
    at.session_state["kpis.units.more"] = True
    at.run()
    table = at.table[0].value
    today, year = running(), small_world.units["hall"]
    assert list(table.iloc[:, 0]) == ["Nhà thi đấu"]
    address = f"/vu-viec?chi-so=2&ky-tu={today.first}&ky-den={today.last}&ky-don-vi={year}"
    assert list(table.iloc[:, 1]) == [f"[1]({address})"]
    assert [at.get_by_key(f"kpis.units.{kind}").label for kind in ("xlsx", "png", "svg")] == [".xlsx", ".png", ".svg"]


def test_another_organisations_figures_are_not_seen(page: Page, small_world: World) -> None:
    happened(small_world.bob)
    assert shown(page("kpis.py", "alice")) == {}


def test_a_change_shows_in_the_next_run_and_nothing_is_asked_twice(page: Page, small_world: World) -> None:
    happened(small_world.alice)
    at = page("kpis.py", "alice")
    asked: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        if "FROM incident" in statement:
            asked.append(statement)

    listening.listen(database.engine(), "before_cursor_execute", note)
    try:
        assert shown(at.run())[said(WORDS["2"][0])] == "1"
        assert asked == []
        happened(small_world.alice)
        assert shown(at.run())[said(WORDS["2"][0])] == "2"
        assert asked
    finally:
        listening.remove(database.engine(), "before_cursor_execute", note)


# ---- period and unit ---------------------------------------------------------------------------------------------------
def test_the_choice_stands_in_the_address(page: Page, small_world: World) -> None:
    happened(small_world.alice)
    at = page("kpis.py", "alice")
    assert at.query_params["ky"] == "nam"
    assert at.query_params["tu"] == running().first.isoformat()
    at.get_by_key("period.span").set_value(Span.MONTH).run()
    month = reporting(Span.MONTH, clock.now().astimezone(HANOI).date(), HANOI)
    assert (at.query_params["ky"], at.query_params["tu"]) == ("thang", month.first.isoformat())
    assert "don-vi" not in at.query_params


def test_a_link_opens_what_it_says(page: Page, small_world: World) -> None:
    hall = small_world.units["hall"]
    happened(small_world.alice, unit_id=hall)
    happened(small_world.alice)
    at = page("kpis.py", "alice", **{"ky": "nam", "tu": running().first.isoformat(), "don-vi": str(hall)})
    assert shown(at)[said(WORDS["2"][0])] == "1"
    assert at.query_params["don-vi"] == str(hall)


@pytest.mark.parametrize(
    "query",
    [
        {"ky": "abc", "tu": "2020-99-99"},
        {"tu": "0001-01-01"},
        {"tu": "9999-12-31"},
        {"ky": "tu-chon", "tu": "2026-01-02", "den": "x"},
        {"don-vi": "9999"},
    ],
)
def test_nonsense_in_the_address_opens_the_page_all_the_same(
    page: Page, small_world: World, query: dict[str, str]
) -> None:
    happened(small_world.alice)
    assert len(shown(page("kpis.py", "alice", **query))) == len(CARDS) + len(QUALITY)


def test_an_empty_period_says_so_and_leads_to_the_latest_with_data(page: Page, small_world: World) -> None:
    row = happened(small_world.alice, days_ago=800)
    today = clock.now().astimezone(HANOI).date()
    draft = TransferDraft(transferred_to="Công an", transfer_document="1/CV", transferred_on=today)
    incident_life.move(now(small_world.alice), row.id, "transferred", draft, row.version)  # or it would be overdue now
    at = page("kpis.py", "alice")
    assert shown(at) == {}
    assert any(said("There is no data in this period.") in one.value for one in at.markdown)
    at.get_by_key("kpis.latest").click().run()
    assert shown(at)[said(WORDS["2"][0])] == "1"
    latest = reporting(Span.YEAR, (clock.now() - dt.timedelta(days=800)).astimezone(HANOI).date(), HANOI)
    assert at.query_params["tu"] == latest.first.isoformat()


def test_free_days_are_those_that_were_typed(page: Page, small_world: World) -> None:
    happened(small_world.alice, days_ago=40)
    happened(small_world.alice, days_ago=10)
    today = clock.now().astimezone(HANOI).date()
    first, last = (today - dt.timedelta(days=days) for days in (20, 0))
    at = page("kpis.py", "alice", ky="tu-chon", tu=first.isoformat(), den=last.isoformat())
    assert shown(at)[said(WORDS["2"][0])] == "1"
    at.get_by_key("period.days").set_value((today - dt.timedelta(days=50), today)).run()
    assert shown(at)[said(WORDS["2"][0])] == "2"


# ---- who may -----------------------------------------------------------------------------------------------------------
def at_address(at: AppTest) -> AppTest:
    """The page's address, for those who have no such page file."""
    at._page_hash = calc_hash("chi-so")
    return at.run()


@pytest.mark.parametrize("name", ["admin", "liaison", "system"])
def test_others_may_not_see_figures(page: Page, name: str) -> None:
    at = at_address(page(None, name))
    assert not at.metric
    assert not at.dataframe
    assert at.error


def test_a_stranger_gets_the_sign_in(page: Page) -> None:
    at = at_address(page())
    assert not at.metric
    assert not at.dataframe


# ---- the words of a card -------------------------------------------------------------------------------------------------
def test_every_figure_has_its_words() -> None:
    assert set(WORDS) == set(KPIS)


@pytest.mark.parametrize(
    ("figure", "value"),
    [
        (Figure("1", 2640), "2.640"),
        (Figure("3", 0.9, 27, 30), "90,0 %"),
        (Figure("4", 43.6667, apart=29), said("{hours} hours", hours="43,7")),
        (Figure("15", 6.25, 3, 4800), "6,25"),
        (Figure("3", None, 0, 0, no_data=True), "–"),
    ],
)
def test_a_value_in_its_measure(figure: Figure, value: str) -> None:
    assert cards.value(figure) == value


@pytest.mark.parametrize(
    ("figure", "before", "step"),
    [
        (Figure("2", 31, 31), Figure("2", 35, 35), "-4"),
        (Figure("3", 0.9, 27, 30), Figure("3", 0.875, 7, 8), said("{step} points", step="+2,5")),
        (Figure("3", 0.9, 27, 30), Figure("3", None, 0, 0, no_data=True), None),
        (Figure("1", 438, never=True), Figure("1", 73), None),
        (Figure("2", 31, 31), None, None),
    ],
)
def test_the_change_against_the_period_before(figure: Figure, before: Figure | None, step: str | None) -> None:
    assert cards.change(figure, before) == step


@pytest.mark.parametrize(
    ("figure", "before", "word"),
    [
        (Figure("2", 31, 31), Figure("2", 35, 35), cards.BETTER),
        (Figure("2", 36, 36), Figure("2", 35, 35), cards.WORSE),
        (Figure("3", 0.9, 27, 30), Figure("3", 0.875, 7, 8), cards.BETTER),
        (Figure("3", 0.8, 24, 30), Figure("3", 0.875, 7, 8), cards.WORSE),
        (Figure("2", 35, 35), Figure("2", 35, 35), cards.SAME),
        (Figure("8", 3, 3), Figure("8", 2, 2), None),
        (Figure("2", 31, 31), None, None),
    ],
)
def test_a_change_is_told_by_a_word_too(figure: Figure, before: Figure | None, word: str | None) -> None:
    assert cards.verdict(figure, before) == word


@pytest.mark.parametrize(
    ("span", "day", "name"),
    [
        (Span.MONTH, "2026-11-20", ("Month {month}/{year}", {"month": 12, "year": 2026})),
        (Span.QUARTER, "2026-12-15", ("Quarter {quarter}/{year}", {"quarter": "I", "year": 2027})),
        (Span.HALF, "2026-06-14", ("First half of {year}", {"year": 2026})),
        (Span.HALF, "2026-06-15", ("Second half of {year}", {"year": 2026})),
        (Span.YEAR, "2026-12-14", ("Year {year}", {"year": 2026})),
    ],
)
def test_a_period_is_named_by_the_month_it_ends_in(span: Span, day: str, name: tuple[str, dict[str, Any]]) -> None:
    period = reporting(span, dt.date.fromisoformat(day), HANOI)
    assert periods.name(period) == said(name[0], **name[1])


# ---- what is kept --------------------------------------------------------------------------------------------------------
def test_what_is_kept_is_never_shown_to_another_organisation_role_or_day(small_world: World) -> None:
    made: list[int] = []

    def answer(who: Current, revision: int = 7, what: str = "figures", whose: int | None = None) -> int:
        return kept.kept(who, revision, what, lambda: made.append(len(made)) or len(made), whose=whose)

    first = answer(small_world.alice)
    assert answer(small_world.alice) == first
    others = (
        answer(small_world.bob),
        answer(small_world.head),
        answer(small_world.at("2020-01-07T00:00").alice),
        answer(small_world.alice, revision=8),
        answer(small_world.alice, what="chart"),
        answer(small_world.alice, whose=3),
    )
    assert len({first, *others}) == 7
