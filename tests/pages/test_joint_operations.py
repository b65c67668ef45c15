"""Phối hợp: what each role sees of the ledger, and every button of it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from models import account, answering, ledger, sharing
from models.joint import JointActivity, JointAnswer, JointSummary
from tests.conftest import statements
from tests.models.test_joint import WHY, mine, patrol, police, reported, rows, shared, text
from tests.pages.hands import opened, turned
from tests.worlds import World, instant

PAGE = "joint_operations.py"
Page = Callable[..., AppTest]


def words(at: AppTest) -> str:
    """Everything a person reads there."""
    assert not at.exception, at.exception
    kinds = ("markdown", "caption", "title", "subheader", "info", "error", "warning", "success", "metric", "badge")
    found = [str(getattr(one, "value", "")) + str(getattr(one, "label", "")) for kind in kinds for one in at.get(kind)]
    tables = [one.value.to_string() for one in at.dataframe]
    return " ".join(found + tables).replace("\\", "").replace("\u2060", "")


def keys(at: AppTest) -> set[str]:
    return {one.key for one in at.button}


def cards(at: AppTest) -> dict[str, str]:
    return {one.label: one.value for one in at.metric}


def total(at: AppTest) -> str:
    return next(iter(cards(at).values()))


@pytest.fixture(autouse=True)
def _then(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages live at the world's time."""
    who = account.who
    monkeypatch.setattr(account, "who", lambda sid: (found := who(sid)) and replace(found, clock=small_world.clock))


# ---- what is seen ---------------------------------------------------------------------------------------------------
def test_an_empty_ledger_says_so(page: Page) -> None:
    at = page(PAGE, "alice")
    assert "Sổ phối hợp chưa có" in words(at) or "The joint ledger is empty" in words(at)
    assert not at.metric
    assert "joint.new" in keys(at)


def test_the_liaison_sees_counts_a_chart_and_the_list(small_world: World, page: Page) -> None:
    shared(small_world)
    sharing.enter_activity(small_world.alice, patrol(police(small_world)))
    at = page(PAGE, "liaison")
    assert list(cards(at).values()) == ["1", "0", "1", "1"]
    assert at.get("vega_lite_chart") or at.get("arrow_vega_lite_chart")
    assert "Xô xát tại nhà thi đấu" in words(at)
    assert "Tuần tra đêm lễ hội" not in words(at)
    assert "joint.new" not in keys(at)


def test_a_page_of_the_ledger_is_asked_again_once_a_partner_has_answered(small_world: World, page: Page) -> None:
    activity = shared(small_world)
    at = page(PAGE, "head")
    with statements() as asked:
        at.run()
    assert not [one for one in asked if "FROM joint_" in one.replace("\n", " ")]
    assert "0/1 đã xác nhận" in words(at)
    answering.confirm(small_world.liaison, mine(small_world.liaison, activity).id)
    assert "1/1 đã xác nhận" in words(at.run())


def test_the_board_sees_numbers_without_the_text(small_world: World, page: Page) -> None:
    activity = shared(small_world)
    at = page(PAGE, "board", id=str(activity.id))
    assert "Xô xát" not in words(at)
    assert activity.number in words(at)
    assert "Công an C (thử)" in words(at)


def test_an_activity_of_others_is_not_there(small_world: World, page: Page) -> None:
    activity = shared(small_world)
    for name in ("bob", "bich"):
        at = page(PAGE, name, id=str(activity.id))
        assert at.error
        assert activity.number not in words(at)


def test_a_withdrawn_one_stays_counted_without_its_text(small_world: World, page: Page) -> None:
    activity = shared(small_world)
    sharing.withdraw(small_world.head, activity.id, WHY)
    at = page(PAGE, "liaison")
    assert total(at) == "1"
    at = page(PAGE, "liaison", id=str(activity.id))
    assert "Xô xát" not in words(at)


# ---- filters --------------------------------------------------------------------------------------------------------
def test_it_offers_the_latest_period_with_data(small_world: World, page: Page) -> None:
    shared(small_world)
    small_world.set("2022-03-01T08:00")
    at = page(PAGE, "alice")
    assert not at.metric
    at.button(key="joint.latest").click().run()
    assert total(at) == "1"


def test_the_filters_narrow_list_and_figures(small_world: World, page: Page) -> None:
    shared(small_world)
    sharing.enter_activity(small_world.head, patrol("body:PC07"), at_once=True)
    at = page(PAGE, "head")
    assert total(at) == "2"
    at.selectbox(key="hoat-dong").select("patrol").run()
    assert list(cards(at).values())[:3] == ["1", "0", "1"]
    assert "Xô xát tại nhà thi đấu" not in words(at)
    at.selectbox(key="hoat-dong").select(None).run()
    at.selectbox(key="doi-tac").select(police(small_world)).run()
    assert "Tuần tra đêm lễ hội" not in words(at)
    at.segmented_control(key="period.span").set_value("month").run()
    assert total(at) == "1"
    at.selectbox(key="period.first").select("2019-12-15").run()
    assert total(at) == "1"


def test_the_chart_counts_by_whatever_is_chosen(small_world: World, page: Page) -> None:
    shared(small_world)
    at = page(PAGE, "liaison")
    for by in ("partner", "kind", "subject", "area", "month"):
        at.segmented_control(key="joint.by").set_value(by).run()
        assert not at.exception


# ---- what is done ---------------------------------------------------------------------------------------------------
def test_a_patrol_is_entered_and_released_by_a_head(small_world: World, page: Page) -> None:
    at = page(PAGE, "head")
    at.button(key="joint.new").click().run()
    at.text_input(key="joint.entry.title").set_value("Tuần tra chung").run()
    at.selectbox(key="joint.entry.kind").select("patrol").run()
    at.multiselect(key="joint.entry.partners").select(police(small_world)).run()
    at.get_by_key("joint.entry.started_at").set_value(instant("2020-01-05T20:00").replace(tzinfo=None)).run()
    at.button(key="joint.entry.save").click().run()
    assert not at.exception
    found = rows(small_world.liaison, JointActivity)
    assert [(one.kind, one.number) for one in found] == [("patrol", "PH-2020-0001")]
    assert "PH-2020-0001" in words(at)


def test_what_is_missing_is_said_and_nothing_is_lost(small_world: World, page: Page) -> None:
    at = page(PAGE, "alice")
    at.button(key="joint.new").click().run()
    at.text_input(key="joint.entry.title").set_value("Họp giao ban").run()
    at.button(key="joint.entry.save").click().run()
    assert rows(small_world.head, JointActivity) == []
    assert at.text_input(key="joint.entry.title").value == "Họp giao ban"
    assert at.error


def test_a_head_releases_and_withdraws(small_world: World, page: Page) -> None:
    activity = sharing.propose(small_world.alice, "incident", reported(small_world).id, text(police(small_world)))
    staff = page(PAGE, "alice", id=str(activity.id))
    assert not {"joint.release", "joint.withdraw.open"} & keys(staff)
    at = page(PAGE, "head", id=str(activity.id))
    at.button(key="joint.release").click().run()
    assert len(rows(small_world.liaison, JointSummary)) == 1
    opened(at, "joint.withdraw")
    at.get_by_key("joint.withdraw.reason").set_value("Chia sẻ nhầm")
    at.button(key="joint.withdraw.send").click().run()
    assert not at.exception
    assert rows(small_world.liaison, JointSummary) == []


def test_a_head_puts_a_new_text(small_world: World, page: Page) -> None:
    activity = shared(small_world)
    at = page(PAGE, "head", id=str(activity.id))
    at.button(key="joint.edit").click().run()
    at.text_input(key="joint.entry.title").set_value("Bản đã sửa").run()
    at.button(key="joint.entry.save").click().run()
    assert ledger.activity(small_world.liaison, activity.id).title == "Bản đã sửa"
    assert "joint.edit" not in keys(page(PAGE, "alice", id=str(activity.id)))


def test_the_liaison_confirms(small_world: World, page: Page) -> None:
    activity = shared(small_world)
    at = page(PAGE, "liaison", id=str(activity.id))
    party = mine(small_world.liaison, activity).id
    opened(at, f"joint.confirm.{party}")
    at.number_input(key=f"joint.confirm.{party}.people").set_value(3)
    at.button(key=f"joint.confirm.{party}.send").click().run()
    assert not at.exception
    assert [(one.people, one.answered_name) for one in rows(small_world.head, JointAnswer)] == [(3, "Bùi Thanh Liêm")]
    assert f"joint.confirm.{party}.send" not in keys(at)
    assert "Bùi Thanh Liêm" in words(page(PAGE, "head", id=str(activity.id)))


def test_the_liaison_declines_with_a_reason(small_world: World, page: Page) -> None:
    activity = shared(small_world)
    at = page(PAGE, "liaison", id=str(activity.id))
    party = mine(small_world.liaison, activity).id
    opened(at, f"joint.decline.{party}")
    at.button(key=f"joint.decline.{party}.send").click().run()
    assert rows(small_world.head, JointAnswer) == []
    at.get_by_key(f"joint.decline.{party}.reason").set_value("Sai ngày")
    at.button(key=f"joint.decline.{party}.send").click().run()
    assert "Sai ngày" in words(page(PAGE, "head", id=str(activity.id)))


def test_partners_are_invited_later(small_world: World, page: Page) -> None:
    activity = shared(small_world)
    at = page(PAGE, "alice", id=str(activity.id))
    at.button(key="joint.invite").click().run()
    at.multiselect(key="joint.entry.partners").select("body:PC07").run()
    at.button(key="joint.entry.save").click().run()
    assert [side.party.code for side in ledger.activity(small_world.alice, activity.id).sides][-1] == "body:PC07"


# ---- the panel beside a record --------------------------------------------------------------------------------------
def test_a_record_is_shared_from_its_own_page(small_world: World, page: Page) -> None:
    row = reported(small_world)
    at = page("incidents.py", "head", id=str(row.id))
    turned(at, "incident.tabs", "Phối hợp")
    at.button(key="incident.share").click().run()
    assert at.text_input(key="share.title").value == "Xô xát ở khán đài B"
    at.multiselect(key="share.partners").select(police(small_world)).run()
    at.button(key="share.save").click().run()
    assert not at.exception
    assert (
        ledger.activity(small_world.liaison, rows(small_world.liaison, JointActivity)[0].id).title
        == "Xô xát ở khán đài B"
    )
    assert "PH-2020-0001" in words(at) or any(
        "PH-2020-0001" in one.label.replace("\\", "") for one in at.get("page_link")
    )


def test_hostile_text_is_shown_as_it_is(small_world: World, page: Page) -> None:
    row = reported(small_world)
    hostile = "![x](https://evil.example/a.png) :red[x] <b>"
    sharing.propose(small_world.head, "incident", row.id, text(police(small_world), title=hostile), at_once=True)
    at = page(PAGE, "liaison", id="1")
    assert not any("](https" in one.value for one in at.markdown)
