"""Tổng quan and Quản trị as their readers find them: whose figures, which record, and whose name stands in the log."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from models import account, event, finding, incident, inspection, plan, task, visit
from models.event import EventDraft
from models.finding import FindingDraft
from models.incident import IncidentDraft
from models.inspection import RoundDraft, VisitDraft
from models.task import TaskDraft
from tests.models.test_plan import drafted
from tests.pages.hands import turned
from tests.pages.test_events import SHOW
from tests.pages.test_frame import words
from tests.worlds import World

Page = Callable[..., Any]


@pytest.fixture(autouse=True)
def demonstration(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages live at the world's time, and everything is said to be invented."""
    who = account.who
    monkeypatch.setattr(
        account, "who", lambda sid: (found := who(sid)) and replace(found, clock=small_world.clock, is_demo=True)
    )


def links(at: Any) -> list[tuple[str, str]]:
    """Label and address of every link."""
    return [
        (one.proto.label.replace("\\", ""), f"{one.proto.page}?{one.proto.query_string}") for one in at.get("page_link")
    ]


def test_the_four_figures_say_which_year_they_are_of(page: Page, small_world: World) -> None:
    said = words(page("overview.py", "alice")).replace("\\", "")
    assert "Năm 2020 (" in said


def test_a_changed_plan_is_named_by_its_event_and_leads_there(page: Page, small_world: World) -> None:
    show = event.add_event(small_world.alice, SHOW)
    plan.submit_plan(small_world.alice, drafted(small_world.alice, show).id, seen=1)
    found = [said for said in links(page("overview.py", "alice")) if "trình phương án" in said[0]]
    assert [(show.number in label, f"id={show.id}" in where) for label, where in found] == [(True, True)]


def test_a_new_finding_is_named_by_its_round_and_leads_there(page: Page, small_world: World) -> None:
    alice = small_world.alice
    row = inspection.plan_round(alice, RoundDraft(subject="festival", planned_on=alice.today()))
    at = visit.add_visit(alice, row.id, VisitDraft(place="Đền Cả", visited_on=alice.today()))
    made = FindingDraft(item="Thiếu bình chữa cháy", handling="correction", deadline=alice.today())
    finding.add_finding(alice, at.id, made)
    found = [said for said in links(page("overview.py", "alice")) if "vi phạm" in said[0]]
    assert [(row.number in label, f"id={row.id}" in where) for label, where in found] == [(True, True)]


@pytest.mark.parametrize("file", ["overview.py", "inbox.py"])
def test_what_somebody_wrote_of_a_record_stands_under_its_link_where_it_may_be_as_long_as_it_likes(
    page: Page, small_world: World, file: str
) -> None:
    head = small_world.head
    long = "Chen lấn, xô đẩy tại khu vực cửa bán vé khi đông khách về dự lễ khai hội, nhiều trẻ em bị lạc " * 2
    row = incident.report(head, IncidentDraft(occurred_at=head.now(), summary=long.strip()))
    show = event.add_event(head, EventDraft(**SHOW.model_dump() | {"name": "Đêm nhạc hội mùa xuân " * 8}))
    plan.submit_plan(small_world.alice, drafted(small_world.alice, show).id, seen=1)
    at_work = RoundDraft(subject="festival", planned_on=head.today())
    place = "Khu di tích danh thắng và điểm dịch vụ ăn uống " * 4
    at = inspection.plan_round(head, at_work)
    visit.add_visit(head, at.id, VisitDraft(place=place.strip(), visited_on=head.today()))
    owned = TaskDraft(title=long.strip(), due_on=head.today(), owner_id=head.account_id)
    task.add_task(head, "incident", row.id, owned)
    drawn = page(file, "hanh")
    assert not drawn.exception
    labels = [re.sub(r":\w+\[|\]|[\\*]", "", label) for label, _ in links(drawn)]
    assert any(row.number in label for label in labels)
    assert [label for label in labels if len(label) > 60] == []
    told = "\n".join(one.value.replace("\\", "") for one in drawn.caption)
    assert "Chen lấn, xô đẩy tại khu vực cửa bán vé khi đông khách về dự lễ khai hội" in told


def test_an_opened_plan_wears_the_ribbon_too(page: Page, small_world: World) -> None:
    show = event.add_event(small_world.alice, SHOW)
    row = drafted(small_world.alice, show)
    at = page("events.py", "alice", id=str(show.id), **{"phuong-an": str(row.id)})
    assert "bản 1" in at.title[0].value
    assert "DỮ LIỆU MINH HỌA" in "\n".join(one.value for one in at.markdown)


# ---- the security log ------------------------------------------------------------------------------------------------
def test_a_head_reads_the_security_log_of_the_own_organisation_and_nothing_else_of_the_administration(
    page: Page, small_world: World
) -> None:
    account.check("bob@truong-b", "sai mật khẩu rồi", "203.0.113.7")
    at = page("administration.py", "head")
    assert [tab.label for tab in at.tabs] == ["Nhật ký an ninh"]
    rows = at.dataframe[0].value
    assert "bob@truong-b" not in set(rows["who"])
    assert "organisation" not in rows


def test_the_system_administrator_reads_whose_name_it_is(page: Page, small_world: World) -> None:
    page("overview.py", "alice")
    page("overview.py", "bob")
    at = turned(page("administration.py", "system"), "administration.tabs", "Nhật ký an ninh")
    rows = at.dataframe[-1].value
    assert {("alice", "so-a"), ("bob", "truong-b")} <= set(zip(rows["who"], rows["organisation"], strict=True))


def test_an_address_on_the_servers_own_machine_is_said_in_words(page: Page, small_world: World) -> None:
    account.begin(small_world.alice.account_id, "loopback", "Chrome")  # type: ignore[arg-type]
    at = turned(page("administration.py", "admin"), "administration.tabs", "Nhật ký an ninh")
    assert "máy chủ" in set(at.dataframe[-1].value["address"])
    assert "loopback" not in words(page("my_account.py", "alice"))
