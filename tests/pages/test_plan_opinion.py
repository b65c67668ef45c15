"""An opinion on a plan from button to button: the head asks, the liaison answers, the host reads it before it decides."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from models import account, event, plan, plan_opinion
from models.draft import ReasonDraft
from models.plan_opinion import AskDraft, OpinionDraft
from tests.models.test_joint import police, second_police
from tests.models.test_plan import drafted
from tests.pages.hands import opened
from tests.pages.test_events import FILE, SHOW, keys
from tests.pages.test_joint_operations import PAGE, words
from tests.worlds import World

Page = Callable[..., Any]
OBJECT = OpinionDraft(verdict="object", remarks="Thiếu *chốt* ở cổng B")


@pytest.fixture(autouse=True)
def _then(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages live at the world's time."""
    who = account.who
    monkeypatch.setattr(account, "who", lambda sid: (found := who(sid)) and replace(found, clock=small_world.clock))


@pytest.fixture
def row(small_world: World) -> plan.Plan:
    show = event.add_event(small_world.alice, SHOW)
    return plan.submit_plan(small_world.alice, drafted(small_world.alice, show).id, seen=1)


def asked(world: World, row: plan.Plan) -> plan_opinion.PlanRequest:
    draft = AskDraft(partner=police(world), question="Trước ngày 10")
    return plan.ask_opinion(world.head, row.id, draft, seen=row.version)


def address(row: plan.Plan) -> dict[str, str]:
    return {"id": str(row.event_id), "phuong-an": str(row.id)}


def opinion_of(world: World, row: plan.Plan) -> plan_opinion.PlanOpinion | None:
    return plan_opinion.opinions(world.alice, row.id)[0].opinion


# ---- the host -----------------------------------------------------------------------------------------------------------
def test_a_head_asks_on_the_plans_page(page: Page, small_world: World, row: plan.Plan) -> None:
    at = page(FILE, "hanh", **address(row))
    assert "Chưa xin ý kiến" in words(at)
    opened(at, f"plan.ask.{row.version}")
    assert at.selectbox(key=f"plan.ask.{row.version}.partner").options == ["Công an C (thử)"]
    at.text_input(key=f"plan.ask.{row.version}.question").set_value("Trước ngày 10")
    at.button(key=f"plan.ask.{row.version}.send").click().run()
    assert "Đang chờ ý kiến" in words(at)
    assert "lịch sử sẽ ghi rõ" in words(at)
    (found,) = plan_opinion.asked_of_us(small_world.liaison)
    assert found.request.question == "Trước ngày 10"


def test_staff_read_it_and_cannot_ask(page: Page, small_world: World, row: plan.Plan) -> None:
    request = asked(small_world, row)
    at = page(FILE, "alice", **address(row))
    assert "Đang chờ ý kiến" in words(at)
    assert not [key for key in keys(at) if key and key.startswith(("plan.ask", "plan.unask"))]
    plan_opinion.give_opinion(small_world.liaison, request.id, OBJECT)
    said = words(page(FILE, "alice", **address(row)))
    for part in (
        "Công an C (thử)",
        "Chưa thống nhất",
        "Thiếu *chốt* ở cổng B",
        "Bùi Thanh Liêm cho ý kiến, 06/01/2020",
    ):
        assert part in said


def test_the_opinion_stands_on_the_plans_timeline(page: Page, small_world: World, row: plan.Plan) -> None:
    request = asked(small_world, row)
    small_world.forward(hours=1)
    plan_opinion.give_opinion(small_world.liaison, request.id, OBJECT)
    small_world.forward(hours=1)
    plan.approve_plan(small_world.head, row.id, seen=row.version)
    said = words(page(FILE, "alice", **address(row)))
    story = said[said.index("Diễn biến của bản này") :] if "Diễn biến của bản này" in said else said
    assert "Bùi Thanh Liêm (Công an C (thử)) · cho ý kiến về phương án" in story
    assert "Ý kiến của Công an: Công an C (thử): Chưa thống nhất" in story


def test_a_decision_without_it_says_so(page: Page, small_world: World, row: plan.Plan) -> None:
    asked(small_world, row)
    at = page(FILE, "hanh", **address(row))
    at.button(key="plan.approve").click().run()
    said = words(at)
    assert "Đã quyết định khi chưa có ý kiến này" in said
    assert "Quyết định khi chưa có ý kiến của: Công an C (thử)" in said


def test_an_opinion_that_comes_meanwhile_is_read_first(page: Page, small_world: World, row: plan.Plan) -> None:
    request = asked(small_world, row)
    at = page(FILE, "hanh", **address(row))
    plan_opinion.give_opinion(small_world.liaison, request.id, OBJECT)
    at.button(key="plan.approve").click().run()
    assert "Vừa có ý kiến của Công an" in at.error[0].value
    assert "Chưa thống nhất" in words(at)
    at.button(key="plan.approve").click().run()
    assert plan.plan(small_world.alice, row.id).state == "approved"


def test_a_head_takes_it_back(page: Page, small_world: World, row: plan.Plan) -> None:
    request = asked(small_world, row)
    at = page(FILE, "hanh", **address(row))
    opened(at, f"plan.unask.{request.id}")
    at.text_input(key=f"plan.unask.{request.id}.reason").set_value("Gửi nhầm")
    at.button(key=f"plan.unask.{request.id}.send").click().run()
    assert "Đã rút đề nghị" in words(at)
    assert "Đêm" not in words(page(PAGE, "liaison"))


def test_a_head_sees_on_the_overview_what_the_police_said(page: Page, small_world: World, row: plan.Plan) -> None:
    def line() -> str:
        at = page("overview.py", "hanh")
        assert any("Phương án chờ duyệt" in one.proto.label for one in at.get("page_link"))
        return next(one.value for one in at.caption if "Đêm" in one.value)

    assert "Công an" not in line()
    request = asked(small_world, row)
    assert "Công an: chờ ý kiến" in line()
    plan_opinion.give_opinion(small_world.liaison, request.id, OBJECT)
    assert "Công an: chưa thống nhất" in line()


# ---- the police body ------------------------------------------------------------------------------------------------------
def test_the_liaison_finds_what_it_is_asked(page: Page, small_world: World, row: plan.Plan) -> None:
    request = asked(small_world, row)
    for file in ("overview.py", "inbox.py"):
        at = page(file, "liaison")
        assert not at.exception
        links = [one.proto for one in at.get("page_link") if "Xin ý kiến phương án" in one.proto.label]
        told = [one.value.replace("\\", "") for one in at.caption]
        assert [one for one in told if "Đêm *nhạc*" in one and "Sở A (thử)" in one], file
        assert [one for one in links if f"phuong-an={request.id}" in one.query_string], file
    at = page(PAGE, "liaison")
    at.button(key=f"plan.asked.{request.id}").click().run()
    assert at.query_params["phuong-an"] == str(request.id)
    assert "Tuyệt đối an toàn" in words(at)


def test_the_liaison_reads_the_plan_and_answers(page: Page, small_world: World, row: plan.Plan) -> None:
    request = asked(small_world, row)
    at = page(PAGE, "liaison", **{"phuong-an": str(request.id)})
    said = words(at)
    for part in (
        "Trước ngày 10",
        "Tuyệt đối an toàn",
        "Cổng A",
        "Chờ đơn vị cho ý kiến",
        "Cháy, nổ",
        "Lực lượng bảo vệ",
    ):
        assert part in said, part
    assert "Trần Văn Hùng" not in said
    assert not keys(at) & {"plan.approve", "plan.edit", "plan.submit", "joint.new"}
    at.button(key="plan.opinion.open").click().run()
    at.get_by_key("opinion.verdict").set_value("object")
    at.run()
    at.button(key="opinion.save").click().run()
    assert at.error
    assert opinion_of(small_world, row) is None, "an objection needs its reasons"
    at.text_area(key="opinion.remarks").set_value("Thiếu chốt cổng B").run()
    at.button(key="opinion.save").click().run()
    assert not at.exception
    given = opinion_of(small_world, row)
    assert given
    assert (given.verdict, given.remarks, given.version) == ("object", "Thiếu chốt cổng B", 1)
    assert "Bùi Thanh Liêm cho ý kiến" in words(at)


def test_it_is_changed_until_the_decision(page: Page, small_world: World, row: plan.Plan) -> None:
    request = asked(small_world, row)
    plan_opinion.give_opinion(small_world.liaison, request.id, OBJECT)
    at = page(PAGE, "liaison", **{"phuong-an": str(request.id)})
    at.button(key="plan.opinion.open").click().run()
    assert at.text_area(key="opinion.remarks").value == OBJECT.remarks
    at.get_by_key("opinion.verdict").set_value("agree_with_remarks")
    at.run()
    at.button(key="opinion.save").click().run()
    given = opinion_of(small_world, row)
    assert given
    assert (given.verdict, given.version) == ("agree_with_remarks", 2)
    plan.approve_plan(small_world.head, row.id, seen=row.version)
    at = page(PAGE, "liaison", **{"phuong-an": str(request.id)})
    assert "Đơn vị chủ trì đã quyết định: Đã phê duyệt" in words(at)
    assert "plan.opinion.open" not in keys(at)
    assert "Không có phương án nào đang chờ ý kiến" in words(page(PAGE, "liaison"))


def test_a_form_that_was_open_when_the_host_decided_loses_nothing_and_sends_nothing(
    page: Page, small_world: World, row: plan.Plan
) -> None:
    request = asked(small_world, row)
    at = page(PAGE, "liaison", **{"phuong-an": str(request.id)})
    at.button(key="plan.opinion.open").click().run()
    at.get_by_key("opinion.verdict").set_value("agree")
    at.run()
    plan.approve_plan(small_world.head, row.id, seen=row.version)
    at.button(key="opinion.save").click().run()
    assert not at.exception
    assert opinion_of(small_world, row) is None
    assert "Đã quyết định khi đơn vị chưa cho ý kiến" in words(at)


def test_others_see_nothing_at_the_same_address(page: Page, small_world: World, row: plan.Plan) -> None:
    request = asked(small_world, row)
    second_police(small_world)
    for name in ("alice", "bob", "board", "hanh"):
        at = page(PAGE, name, **{"phuong-an": str(request.id)})
        assert "Tuyệt đối an toàn" not in words(at), name
        assert "Phương án cần cho ý kiến" not in words(at), name
    plan.withdraw_request(small_world.head, request.id, ReasonDraft(reason="Gửi nhầm"))
    gone = page(PAGE, "liaison", **{"phuong-an": str(request.id)})
    never = page(PAGE, "liaison", **{"phuong-an": "98765"})
    assert [one.value for one in gone.error] == [one.value for one in never.error] != []
    assert "Tuyệt đối an toàn" not in words(gone)
