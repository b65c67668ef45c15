"""The steering board's page: a total that says when it is partial, a line for each organisation, its breakdown, no record."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from models import board, clock, incident, organisation, translation
from models.access import Current
from models.figures import KPIS
from models.incident import Incident, IncidentDraft
from models.organisation import Kind, MergerDraft, OrganisationDraft
from pages.parts.cards import WORDS
from tests.worlds import World

Page = Callable[..., AppTest]


def said(message: str, **facts: Any) -> str:
    return translation.said("vi", message, **facts)


def now(who: Current) -> Current:
    """A person today: pages read the machine's clock."""
    return replace(who, clock=clock.now)


def happened(who: Current, **over: Any) -> Incident:
    when = clock.now() - dt.timedelta(minutes=20)
    draft = {"summary": "Mất xe của chị Hoa", "kind": "C.theft", "severity": 1, "unit_id": None}
    return incident.report(now(who), IncidentDraft(**(draft | {"occurred_at": when, "received_at": when} | over)))


def table(at: AppTest) -> list[dict[str, str]]:
    assert not at.exception
    return at.dataframe[0].value.to_dict("records")


def names(at: AppTest) -> list[str]:
    return [row["name"] for row in table(at)]


def test_the_total_stands_over_the_lines_and_says_that_it_is_partial(page: Page, small_world: World) -> None:
    happened(small_world.alice)
    at = page("kpis.py", "board")
    total, first, second = table(at)
    assert total["name"] == said("Partial total ({there} of {all})", there=1, all=2)
    assert (total["2"], total["share"]) == ("1", "100 %")
    assert (first["name"], first["2"], first["share"]) == ("Sở A (thử)", "1", "100,0 %")
    assert (second["name"], second["2"], second["share"]) == ("Trường B (thử)", said("no data yet"), "–")
    assert second["entered"] == said("has not reported ({entered})", entered=said("never"))
    assert "Trường B" in at.warning[0].value


def test_a_complete_total_has_no_warning(page: Page, small_world: World) -> None:
    happened(small_world.alice)
    happened(small_world.bob)
    at = page("kpis.py", "board")
    assert not at.warning
    assert table(at)[0]["name"] == said("Total ({all})", all=2)


def test_the_lines_are_sorted_by_share_of_the_chosen_figure(page: Page, small_world: World) -> None:
    happened(small_world.alice)
    happened(small_world.bob)
    happened(small_world.bob)
    at = page("kpis.py", "board")
    assert names(at)[1:] == ["Trường B (thử)", "Sở A (thử)"]
    assert [row["share"] for row in table(at)[1:]] == ["66,7 %", "33,3 %"]
    at.get_by_key("board.figure").set_value("1").run()
    assert list(at.dataframe[0].value.columns)[:3] == ["name", "1", "share"]
    assert at.query_params["chi-so-theo"] == "1"
    (chart, *_) = at.get("vega_lite_chart")
    assert said(WORDS["1"][0]) in chart.proto.alt


def test_no_record_is_told(page: Page, small_world: World) -> None:
    row = happened(small_world.alice, place="Nhà chị Hoa")
    at = page("kpis.py", "board", **{"don-vi": str(small_world.organisations["so-a"])})
    everything = str(at.main) + "".join(str(one.proto) for one in at.get("vega_lite_chart")) + str(table(at))
    assert "Hoa" not in everything
    assert row.number not in everything
    assert not at.get("page_link")


def test_a_line_opens_its_breakdown(page: Page, small_world: World) -> None:
    happened(small_world.alice)
    own = str(small_world.organisations["so-a"])
    at = page("kpis.py", "board")
    assert not at.metric
    assert len(at.get("vega_lite_chart")) == 1
    at.get_by_key("board.one").set_value(own).run()
    assert {one.label: one.value for one in at.metric}[said(WORDS["2"][0])] == "1"
    assert len(at.get("vega_lite_chart")) == 3
    assert at.query_params["don-vi"] == own
    assert page("kpis.py", "board", **{"don-vi": own}).metric
    assert not page("kpis.py", "board", **{"don-vi": str(small_world.organisations["congan"])}).metric


def test_after_a_change_only_that_organisation_is_asked_again(
    page: Page, small_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened(small_world.alice)
    asked: list[int] = []
    real = board.Asking.of

    def note(asking: board.Asking, one: int) -> Any:
        asked.append(one)
        return real(asking, one)

    monkeypatch.setattr(board.Asking, "of", note)
    at = page("kpis.py", "board")
    assert sorted(asked) == sorted(small_world.organisations[code] for code in ("so-a", "truong-b"))
    asked.clear()
    at.run()
    assert asked == []
    happened(small_world.bob)
    at.run()
    assert asked == [small_world.organisations["truong-b"]]
    assert table(at)[0]["2"] == "2"


def test_every_figure_or_those_that_matter_most(page: Page, small_world: World) -> None:
    happened(small_world.alice)
    at = page("kpis.py", "board")
    assert list(at.dataframe[0].value.columns) == [
        "name",
        "2",
        "share",
        "entered",
        "1",
        "3",
        "5",
        "9",
        "10",
        "11",
        "14",
    ]
    at.get_by_key("board.all").set_value(True).run()
    assert set(at.dataframe[0].value.columns) == {"name", "share", "entered"} | set(KPIS)
    at.get_by_key("board.all").set_value(False).run()
    at.get_by_key("board.figure").set_value("4").run()
    assert list(at.dataframe[0].value.columns)[:3] == ["name", "4", "share"]
    assert table(at)[0]["share"] == "–"


def test_what_was_merged_stands_under_its_successor_or_by_itself(page: Page, small_world: World) -> None:
    happened(small_world.alice)
    happened(small_world.bob)
    row = organisation.organisation(small_world.system, small_world.organisations["truong-b"])
    day = clock.now().date() - dt.timedelta(days=3)
    draft = MergerDraft(successor_id=small_world.organisations["so-a"], valid_to=day)
    organisation.merge_organisation(small_world.system, row.id, draft, row.version)
    at = page("kpis.py", "board")
    assert names(at)[1:] == [said("{name} (with {merged})", name="Sở A (thử)", merged="Trường B (thử)")]
    assert table(at)[1]["2"] == "2"
    at.get_by_key("board.then").set_value(True).run()
    assert names(at)[1:] == [
        "Sở A (thử)",
        said("{name} (until {day})", name="Trường B (thử)", day=day.strftime("%d/%m/%Y")),
    ]
    assert table(at)[0]["2"] == "2"


def test_a_branch_of_the_tree(page: Page, small_world: World) -> None:
    happened(small_world.alice)
    assert "board.branch" not in {one.key for one in page("kpis.py", "board").selectbox}
    draft = OrganisationDraft(
        code="phong-a1", name="Phòng A1", kind=Kind.DEPARTMENT, parent_id=small_world.organisations["so-a"]
    )
    organisation.found_organisation(small_world.system, draft)
    at = page("kpis.py", "board")
    at.get_by_key("board.branch").set_value(str(small_world.organisations["so-a"])).run()
    assert names(at)[1:] == ["Sở A (thử)", "Phòng A1"]
    assert at.query_params["nhanh"] == str(small_world.organisations["so-a"])


@pytest.mark.parametrize("query", [{"nhanh": "x"}, {"chi-so-theo": "99"}, {"don-vi": "0"}])
def test_nonsense_in_the_address_opens_the_page_all_the_same(
    page: Page, small_world: World, query: dict[str, str]
) -> None:
    happened(small_world.alice)
    assert len(table(page("kpis.py", "board", **query))) == 3


def test_a_board_without_anybody_below_is_told_so(page: Page, small_world: World) -> None:
    for code in ("so-a", "truong-b"):
        row = organisation.organisation(small_world.system, small_world.organisations[code])
        values = {name: getattr(row, name) for name in OrganisationDraft.model_fields}
        moved = OrganisationDraft.model_validate(values | {"parent_id": None})
        organisation.amend_organisation(small_world.system, row.id, moved, row.version)
    at = page("kpis.py", "board")
    assert not at.exception
    assert any(said("No organisation stands below this board.") in one.value for one in at.markdown)
