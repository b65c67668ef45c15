"""The inbox, the bell on a record, the tasks, the clock, the catalogues room: as their people use them."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from models import (
    clock,
    history,
    inbox,
    incident,
    incident_life,
    incident_people,
    link,
    outbox,
    receipt,
    sharing,
    statement,
    task,
)
from models.access import Current
from models.catalogue import entries
from models.incident import Incident, IncidentDraft
from models.incident_life import MoveDraft
from models.joint import ShareDraft
from models.link import LinkDraft
from models.settings import settings
from models.statement import StatementDraft
from pages.parts import inbox_deadlines
from tests.pages.hands import opened, turned
from tests.pages.test_incidents import keys, said
from tests.worlds import World

Open = Callable[..., Any]


def now(who: Current) -> Current:
    """A person today: pages read the machine's clock."""
    return replace(who, clock=clock.now)


def reported(who: Current, **values: object) -> Incident:
    """What happened an hour ago."""
    first = {"occurred_at": clock.now() - dt.timedelta(hours=1), "summary": "Chen lấn ở cửa B"}
    return incident.report(now(who), IncidentDraft.model_validate(first | values))


def titles(at: Any) -> list[str]:
    return [one.proto.label for one in at.get("page_link")]


# ---- news -----------------------------------------------------------------------------------------------------------
def test_it_says_what_changed_and_where_until_it_is_read(page: Open, small_world: World) -> None:
    alice, head = now(small_world.alice), now(small_world.head)
    rows = [reported(alice, summary=f"Vụ *{place}* <script>") for place in range(2)]
    history.note(head, "incident", rows[0].id, "Đã xem")
    incident.amend(
        head,
        rows[1].id,
        IncidentDraft(**rows[1].model_dump(include=set(IncidentDraft.model_fields)) | {"place": "Cổng"}),
        1,
    )
    at = page("inbox.py", "alice")
    assert not at.exception
    told = said(at)
    assert "Phạm Thị Hạnh" in told
    assert "ghi chú" in told
    assert "sửa vụ việc" in told
    links = [one.proto for one in at.get("page_link") if rows[0].number.replace("-", "\\-") in one.proto.label]
    assert links
    assert "<script>" not in links[0].label
    assert f"id={rows[0].id}" in links[0].query_string
    at.button(key=f"inbox.read.incident.{rows[0].id}").click().run()
    assert inbox.unread_count(alice) == 1
    at.button(key="inbox.read_all").click().run()
    assert inbox.unread_count(alice) == 0
    assert "Không có gì mới." in said(at)
    at.toggle(key="inbox.every").set_value(True).run()
    assert "ghi chú" in said(at)


def test_it_says_the_new_values_in_the_readers_words(page: Open, small_world: World) -> None:
    alice, head = now(small_world.alice), now(small_world.head)
    row = reported(alice, place="Sân")
    changed = row.model_dump(include=set(IncidentDraft.model_fields)) | {"place": "Cổng *B*", "severity": 3}
    row = incident.amend(head, row.id, IncidentDraft(**changed), row.version)
    row = incident_life.move(head, row.id, "verifying", MoveDraft(note="Giao anh Tư"), row.version)
    incident_people.assign(head, row.id, small_world.head.account_id)
    told = said(page("inbox.py", "alice"))
    assert "Địa điểm: Sân → Cổng *B*" in told
    assert "Mức độ: Nghiêm trọng" in told
    assert "Trạng thái: Tiếp nhận → Xác minh" in told
    assert "“Giao anh Tư”" in told
    assert "Người phụ trách: Trần Alice → Phạm Thị Hạnh" in told
    assert "**B**" not in told


def test_it_tells_nothing_of_a_record_that_the_reader_may_not_see(page: Open, small_world: World) -> None:
    """Not even the number at the other end of a link."""
    alice, head = now(small_world.alice), now(small_world.head)
    row, hidden = reported(alice), reported(head, summary="Chuyện kín", confidential=True)
    link.add_link(head, "incident", row.id, LinkDraft(number=hidden.number))
    inbox.watch(alice, "incident", row.id)
    told = said(page("inbox.py", "alice"))
    assert "Hồ sơ liên kết: một hồ sơ bạn không được xem" in told
    assert hidden.number not in told
    assert "Chuyện kín" not in told


def test_it_tells_nothing_of_what_a_confidential_statement_says(page: Open, small_world: World) -> None:
    alice, head = now(small_world.alice), now(small_world.head)
    row = reported(alice)
    words = {"words": "Tôi thấy anh Nguyễn Văn Kín cầm dao", "witness": "Người giấu tên", "confidential": True}
    statement.sign(head, StatementDraft(seen_at=head.now(), **words), row.id)
    shown = said(page("inbox.py", "alice"))
    assert "tường trình" in shown.lower()
    assert "Nguyễn Văn Kín" not in shown
    assert "Người giấu tên" not in shown


def test_a_note_that_was_struck_out_is_not_repeated(page: Open, small_world: World) -> None:
    alice, head = now(small_world.alice), now(small_world.head)
    row = reported(alice)
    entry = history.note(head, "incident", row.id, "Nhầm hồ sơ này")
    assert "“Nhầm hồ sơ này”" in said(page("inbox.py", "alice"))
    history.strike(head, entry.id, "Ghi nhầm chỗ")
    told = said(page("inbox.py", "alice"))
    assert "Nhầm hồ sơ này" not in told
    assert "“Ghi nhầm chỗ”" in told


def test_what_comes_while_one_looks_stays_unread(page: Open, small_world: World) -> None:
    alice, head = now(small_world.alice), now(small_world.head)
    row = reported(alice)
    history.note(head, "incident", row.id, "Một")
    at = page("inbox.py", "alice")
    history.note(head, "incident", row.id, "Hai, trong lúc đang xem")
    at.button(key="inbox.read_all").click().run()
    assert inbox.unread_count(alice) == 1


def test_opening_a_record_reads_it_and_the_navigation_counts(page: Open, small_world: World) -> None:
    row = reported(small_world.alice)
    history.note(now(small_world.head), "incident", row.id, "Đã xem")
    at = page("incidents.py", "alice", id=str(row.id))
    assert "1 thay đổi từ lần xem trước" in said(at)
    assert inbox.unread_count(now(small_world.alice)) == 0
    at.button(key="incident.watch").click().run()
    assert inbox.standing(small_world.alice, "incident", row.id).watching is False
    other = page("incidents.py", "hanh", id=str(row.id))
    other.button(key="incident.watch").click().run()
    assert inbox.standing(small_world.head, "incident", row.id).watching is True
    seen = page("inbox.py", "hanh", phan="theo-doi")
    seen.button(key=f"inbox.unwatch.incident.{row.id}").click().run()
    assert inbox.watched(small_world.head) == []


def test_a_partner_reads_and_the_host_sees_that_it_did(page: Open, small_world: World) -> None:
    head = now(small_world.head)
    share = ShareDraft(title="Xô xát", partners=[f"org:{small_world.organisations['congan']}"])
    activity = sharing.propose(head, "incident", reported(small_world.alice).id, share, at_once=True)
    assert "Chưa có đối tác nào xem." in said(page("joint_operations.py", "hanh", id=str(activity.id)))
    at = page("inbox.py", "liem")
    assert "chia sẻ với bạn" in said(at)
    opened = page("joint_operations.py", "liem", id=str(activity.id))
    assert not opened.exception
    (one,) = receipt.receipts(head, activity.id)
    assert one.name == "Bùi Thanh Liêm"
    assert inbox.unread_count(now(small_world.liaison)) == 0
    assert "Bùi Thanh Liêm (Công an C (thử)) đã xem" in said(page("joint_operations.py", "hanh", id=str(activity.id)))
    assert "đã xem" not in said(page("joint_operations.py", "liem", id=str(activity.id)))


# ---- deadlines ------------------------------------------------------------------------------------------------------
def test_the_list_of_deadlines_is_whole_and_narrowed(page: Open, small_world: World) -> None:
    fire = IncidentDraft(occurred_at=small_world.clock.moment, summary="Cháy kho", kind="D.fire")
    row = incident.report(small_world.alice, fire)
    at = page("inbox.py", "alice", phan="han")
    assert not at.exception
    table = at.dataframe[0].value
    assert len(table) == 4
    assert set(table.iloc[:, 2]) == {row.number}
    assert all(text.startswith("quá hạn ") for text in table.iloc[:, 0])
    narrowed = page("inbox.py", "alice", phan="han", loai="task")
    assert len(narrowed.dataframe[0].value) == 3
    assert "Không có" in said(page("inbox.py", "bob", phan="han"))


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (12, "còn 12 phút"),
        (0, "còn 0 phút"),
        (-7, "trễ 7 phút"),
        (95, "còn 1 giờ 35 phút"),
        (-3000, "trễ 2 ngày"),
    ],
)
def test_the_clock_of_the_flash_report_is_told_in_words(small_world: World, minutes: int, words: str) -> None:
    current = small_world.alice
    assert inbox_deadlines.countdown(current, current.now() + dt.timedelta(minutes=minutes)).startswith(words)


def test_an_urgent_incident_shows_its_clock_until_it_is_reported(page: Open, small_world: World) -> None:
    row = reported(small_world.alice, severity=3, received_at=clock.now() - dt.timedelta(minutes=10))
    at = page("incidents.py", "alice", id=str(row.id))
    assert "Báo cáo nhanh: còn 19 phút" in said(at) or "Báo cáo nhanh: còn 20 phút" in said(at)
    assert any("Báo cáo nhanh" in title for title in titles(page(None, "hanh")))
    from models import deadline

    deadline.report_flash(now(small_world.alice), row.id, row.version)
    assert "Đã báo cáo nhanh lúc" in said(page("incidents.py", "alice", id=str(row.id)))
    assert not any("Báo cáo nhanh" in title for title in titles(page(None, "hanh")))


# ---- tasks ----------------------------------------------------------------------------------------------------------
def test_a_task_goes_from_entry_to_verified(page: Open, small_world: World) -> None:
    row = reported(small_world.alice)
    at = page("incidents.py", "alice", id=str(row.id))
    turned(at, "incident.tabs", "Việc")
    at.button(key="incident.task.new").click().run()
    at.text_input(key="task.new.title").set_value("Lập biên bản **đậm**")
    at.date_input(key="task.new.due_on").set_value(clock.now().date() + dt.timedelta(days=2))
    at.button(key="task.new.save").click().run()
    assert not at.exception
    (one,) = task.tasks(small_world.alice, "incident", row.id)
    assert (one.title, one.owner_id) == ("Lập biên bản **đậm**", small_world.alice.account_id)
    at.button(key=f"task.{one.id}.start").click().run()
    opened(at, f"task.{one.id}.report")
    at.text_area(key=f"task.{one.id}.report.result").set_value("Đã lập, ký đủ")
    at.button(key=f"task.{one.id}.report.send").click().run()
    assert task.task(small_world.alice, one.id).state == task.TO_VERIFY
    assert f"task.{one.id}.verify" not in keys(at, "button")
    other = page("incidents.py", "hanh", id=str(row.id))
    turned(other, "incident.tabs", "Việc")
    other.button(key=f"task.{one.id}.verify").click().run()
    assert task.task(small_world.alice, one.id).state == task.DONE
    assert "**đậm**" not in [one.value for one in other.markdown]


# ---- one's own choice of mail, and the catalogues ---------------------------------------------------------------------
def test_mail_is_chosen_where_there_is_any(page: Open, small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "chưa cài đặt gửi thư" in said(page("my_account.py", "alice"))
    monkeypatch.setattr(settings, "smtp_url", "smtp://127.0.0.1:9")
    at = page("my_account.py", "alice")
    at.get_by_key("mail.mode").set_value("at_once")
    at.button(key="mail.save").click().run()
    assert "Địa chỉ thư điện tử chưa đúng" in said(at)
    at.text_input(key="mail.address").set_value("alice@so-a.example")
    at.button(key="mail.save").click().run()
    assert outbox.mail_choice(small_world.alice).address == "alice@so-a.example"
    assert "mail.save" not in keys(page("my_account.py", "an"), "button")


def test_an_administrator_adds_a_state_and_changes_a_due_date(page: Open, small_world: World) -> None:
    at = page("administration.py", "an", **{"danh-muc": "trang-thai"})
    assert not at.exception
    at.button(key="catalogue.new").click().run()
    at.text_input(key="catalogue.incident_state.vi").set_value("Chờ giám định")
    at.selectbox(key="catalogue.incident_state.phase").set_value("open")
    at.multiselect(key="catalogue.incident_state.reached_from").set_value(["verifying"])
    at.button(key="catalogue.incident_state.save").click().run()
    assert "Ô này bắt buộc" in said(at)
    at.multiselect(key="catalogue.incident_state.moves").set_value(["settled"])
    at.button(key="catalogue.incident_state.save").click().run()
    assert not at.exception
    states = entries(small_world.alice, "incident_state")
    assert states["own_cho_giam_dinh"].attributes["moves"] == ["settled"]
    assert "own_cho_giam_dinh" in states["verifying"].attributes["moves"]
    assert any("Chờ giám định" in str(one.value) for one in at.dataframe)
