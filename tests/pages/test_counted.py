"""The lists that a number opens: the chip that says which, as many rows as it says, and the way back to everything."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from models import clock, event, finding, incident, inspection, sharing, visit
from models.counted import Counted
from models.event import EventDraft
from models.finding import FindingDraft
from models.incident import IncidentDraft
from models.inspection import RoundDraft, VisitDraft
from models.joint import ShareDraft
from pages.parts import counted
from tests.pages.test_kpis import now, said
from tests.worlds import World

Page = Callable[..., AppTest]


def today() -> dt.date:
    return clock.now().date()


def year(code: str, **over: Any) -> Counted:
    return Counted(code, today() - dt.timedelta(days=300), today() + dt.timedelta(days=30), **over)


def opened(page: Page, what: Counted, name: str = "alice") -> AppTest:
    way = counted.way(what)
    assert way
    at = page(way[0], name, **way[1])
    assert not at.exception
    return at


def chip(at: AppTest) -> str:
    return at.get_by_key("counted.drop").label.replace("\\", "")


def happened(world: World, **over: Any) -> Any:
    when = clock.now() - dt.timedelta(hours=1)
    draft = {"summary": "Mất xe", "kind": "C.theft", "severity": 1, "occurred_at": when, "received_at": when}
    return incident.report(now(world.alice), IncidentDraft(**(draft | over)))


def inspected(world: World, places: int) -> list[Any]:
    """A round of today with so many visits, the first of them with a finding that was due yesterday."""
    who, then = now(world.alice), today() - dt.timedelta(days=20)
    plan = inspection.plan_round(who, RoundDraft(subject="festival", planned_on=then))
    went = [visit.add_visit(who, plan.id, VisitDraft(place=f"Cơ sở {one}", visited_on=then)) for one in range(places)]
    late = today() - dt.timedelta(days=3)
    finding.add_finding(who, went[0].id, FindingDraft(item="Thiếu bình chữa cháy", handling="reminder", deadline=late))
    return went


# ---- incidents -----------------------------------------------------------------------------------------------------------
def test_the_list_says_what_was_counted_and_shows_as_many(page: Page, small_world: World) -> None:
    happened(small_world, unit_id=small_world.units["hall"])
    happened(small_world, kind="B.fighting", unit_id=small_world.units["hall"])
    happened(small_world)
    at = opened(page, year("2", unit_id=small_world.units["hall"], group="B"))
    assert chip(at).startswith(f"{said('Incidents')}: 1")
    assert chip(at).endswith("Nhà thi đấu · Trật tự công cộng")
    assert len(at.dataframe[0].value) == 1


def test_one_click_shows_everything_again(page: Page, small_world: World) -> None:
    happened(small_world)
    happened(small_world, kind="B.fighting")
    at = opened(page, year("2", group="B"))
    at.get_by_key("counted.drop").click().run()
    assert len(at.dataframe[0].value) == 2
    assert not set(counted.ADDRESS) & set(at.query_params)


def test_the_two_sides_of_a_share_can_be_told_apart(page: Page, small_world: World) -> None:
    long_ago = clock.now() - dt.timedelta(days=30)
    happened(small_world, occurred_at=long_ago, received_at=long_ago)  # long overdue
    at = opened(page, year("3"))
    side = at.get_by_key("counted.side")
    assert (side.value, len(at.dataframe[0].value)) == ("whole", 1)
    side.set_value("part").run()
    assert at.query_params["phan"] == "part"
    assert not at.dataframe
    at.get_by_key("counted.side").set_value("rest").run()
    assert at.query_params["phan"] == "rest"
    assert len(at.dataframe[0].value) == 1
    at.get_by_key("counted.side").set_value("whole").run()
    assert "phan" not in at.query_params


@pytest.mark.parametrize(
    "over",
    [
        {"chi-so": "99"},
        {"chi-so": "2", "phan": "rest"},
        {"chi-so": "2", "phan": "x"},
        {"ky-tu": "2020-99-01"},
        {"ky-den": ""},
        {"ky-don-vi": "9999"},
        {"chi-so": "10"},
    ],
)
def test_an_address_that_names_no_number_shows_the_whole_list(
    page: Page, small_world: World, over: dict[str, str]
) -> None:
    happened(small_world)
    _, query = counted.way(year("2")) or ("", {})
    at = page("incidents.py", "alice", **(query | over))
    assert not at.exception
    assert len(at.dataframe[0].value) == 1
    with pytest.raises(KeyError):
        at.get_by_key("counted.drop")


def test_staff_are_told_of_confidential_ones_among_them(page: Page, small_world: World) -> None:
    happened(small_world)
    when = clock.now() - dt.timedelta(hours=2)
    secret = IncidentDraft(occurred_at=when, received_at=when, summary="Vụ mật", confidential=True)
    incident.report(now(small_world.head), secret)
    at = opened(page, year("2"))
    assert chip(at).startswith(f"{said('Incidents')}: 2")
    assert len(at.dataframe[0].value) == 1
    hidden = said("{count} of them are confidential and not yours to see.", count="1")
    assert hidden in [one.value for one in at.caption]


# ---- inspections, events, joint work -------------------------------------------------------------------------------------
@pytest.mark.parametrize(("code", "rows"), [("9", 1), ("10", 3), ("11", 1)])
def test_rounds_visits_and_findings(page: Page, small_world: World, code: str, rows: int) -> None:
    inspected(small_world, 3)
    at = opened(page, year(code))
    assert f": {rows} ·" in chip(at)
    assert len(at.dataframe[0].value) == rows


def test_a_visit_leads_to_its_round(page: Page, small_world: World) -> None:
    went = inspected(small_world, 2)
    at = opened(page, year("10", part="part"))
    assert list(at.dataframe[0].value["place"]) == ["Cơ sở 0"]
    at.session_state["counted.inspection_visit"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    at.run()
    assert at.query_params["id"] == str(went[0].round_id)
    assert any("KT-" in one.value for one in at.subheader)


def test_nothing_counted_is_said(page: Page, small_world: World) -> None:
    at = opened(page, year("12"))
    assert any(said("Nothing was counted here.") in one.value for one in at.markdown)


def test_events(page: Page, small_world: World) -> None:
    start = clock.now() - dt.timedelta(days=2)
    draft = {"name": "Lễ hội xuân", "kind": "festival", "venue": "Quảng trường"}
    for days in (0, 30):  # one that is over, one to come
        times = {"starts_at": start + dt.timedelta(days=days), "ends_at": start + dt.timedelta(days=days, hours=3)}
        event.add_event(now(small_world.alice), EventDraft(**(draft | times)))  # type: ignore[arg-type]
    at = opened(page, year("13"))
    assert len(at.dataframe[0].value) == 1
    assert at.get_by_key("counted.side").options[2].endswith(" 1")


def test_joint_work(page: Page, small_world: World) -> None:
    row = happened(small_world)
    happened(small_world)
    share = ShareDraft(title="Phối hợp", partners=["body:PC07"])
    activity = sharing.propose(now(small_world.alice), "incident", row.id, share)
    sharing.release(now(small_world.head), activity.id)
    at = opened(page, year("8", partner="body:PC07"))
    assert f"{said('Joint activities')}: 1" in chip(at)
    assert len(at.dataframe[0].value) == 1


def test_an_address_holds_nothing_that_a_table_would_draw() -> None:
    told = counted.link(year("2", group="X) [y](z)"))
    assert not set("()[] ") & set(told)


# ---- who may ---------------------------------------------------------------------------------------------------------------
def test_who_may_not_count_sees_the_plain_list(page: Page, small_world: World) -> None:
    _, query = counted.way(year("2")) or ("", {})
    at = page("incidents.py", "liaison", **query)
    assert not at.exception
    with pytest.raises(KeyError):
        at.get_by_key("counted.drop")
