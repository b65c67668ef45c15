"""One incident's page: links, duplicates, statements, the gate, the timeline, the place; and the administrator's places."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from models import draft as drafts
from models import event, history, incident, incident_life, link, place, statement, task
from models.access import Invalid
from models.event import EventDraft
from models.incident import Incident, IncidentDraft
from models.incident_life import ExtendDraft, MoveDraft, SettleDraft
from models.incident_search import Filter, incidents
from models.inspection import RoundDraft, plan_round
from models.link import LinkDraft
from models.place import PlaceDraft
from models.statement import StatementDraft
from models.task import TaskDraft
from pages.parts.refusals import by_field
from tests.models.test_closing import plain_kind
from tests.pages.hands import opened, turned
from tests.pages.test_incidents import keys, said
from tests.worlds import World, instant

Open = Callable[..., Any]
WORDS = "Khoảng 19 giờ tôi thấy hai nhóm xô nhau ở cửa B. Tôi báo tổ trực rồi ra can."


def entered(world: World, who: str = "alice", **values: object) -> Incident:
    first = {"occurred_at": instant("2020-01-05T19:40"), "summary": "Chen lấn ở cửa B", "place": "Cửa B"}
    return incident.report(world.people[who], IncidentDraft.model_validate(first | values))


def record(page: Open, row: Incident, name: str = "alice", **query: str) -> Any:
    at = page("incidents.py", name, id=str(row.id), **query)
    assert not at.exception
    return at


def links_of(at: Any) -> list[str]:
    """What the page links say, without their marks."""
    return [one.proto.label.replace("\\", "").replace("**", "") for one in at.get("page_link")]


# ---- links ------------------------------------------------------------------------------------------------------------
def test_a_record_is_linked_by_its_number_and_shows_on_both_sides(page: Open, small_world: World) -> None:
    row = entered(small_world)
    times = {"starts_at": instant("2020-01-05T18:00"), "ends_at": instant("2020-01-05T22:00")}
    night = event.add_event(small_world.alice, EventDraft(name="Đêm hội", kind="festival", venue="Sân", **times))
    tour = plan_round(small_world.alice, RoundDraft(subject="festival", planned_on=dt.date(2020, 1, 10)))
    at = record(page, row)
    turned(at, "incident.tabs", "Liên quan")
    assert "Chưa liên kết với vụ việc, sự kiện hay cuộc kiểm tra nào." in said(at)
    for number in (night.number.lower(), "KT-2020-1"):
        at.text_input(key="incident.link").set_value(number)
        at.button(key="incident.link.send").click().run()
        assert not at.exception
    assert links_of(at) == [night.number, tour.number]
    assert "Sự kiện · 05/01/2020 18:00 · Đã kết thúc" in said(at)
    assert at.text_input(key="incident.link").value == ""
    for file, other, tabs in (("events.py", night, "event.tabs"), ("inspections.py", tour, "rounds.tabs")):
        assert row.number in links_of(turned(page(file, "hanh", id=str(other.id)), tabs, "Liên quan"))
    for typed, answer in (
        ("VV-2020-0099", "Không có VV-2020-0099, hoặc hồ sơ đó không thuộc phạm vi xem của bạn."),
        ("<script>", "Đây không phải là số hồ sơ."),
        ("VV\u202e-2020", "ký tự điều khiển"),
    ):
        at.text_input(key="incident.link").set_value(typed)
        at.button(key="incident.link.send").click().run()
        assert not at.exception
        assert answer in said(at), typed
    (made, _) = link.links(small_world.alice, "incident", row.id)
    at.button(key=f"link.remove.{made.link.id}").click().run()
    assert links_of(at) == [tour.number]


def test_possible_duplicates_are_offered_while_typing_and_merged_by_a_link(page: Open, small_world: World) -> None:
    first = entered(small_world, summary="Xô xát giữa hai nhóm cổ động viên ở khán đài B")
    at = page("incidents.py", "alice")
    at.button(key="incidents.new").click().run()
    at.text_input(key="incident.summary").set_value("Hai nhóm CĐV xô xát khán đài B").run()
    assert "Có thể đã được ghi" not in said(at)  # today is another day
    at.text_input(key="incident.place").set_value("cửa B").run()
    at.datetime_input(key="incident.occurred_at").set_value(dt.datetime.fromisoformat("2020-01-05T20:00")).run()
    assert "Có thể đã được ghi" in said(at)
    assert [one for one in links_of(at) if first.number in one]
    at.button(key="incident.save").click().run()
    assert not at.exception
    second = incidents(small_world.alice, Filter())[0]
    assert "Có thể đã được ghi" in said(at)
    at.button(key=f"incident.duplicate.{first.id}").click().run()
    assert not at.exception
    assert link.original(small_world.alice, second.id).id == first.id
    assert f"Bản trùng của {first.number}" in links_of(at)
    assert "Có thể đã được ghi" not in said(at)
    turned(at, "incident.tabs", "Liên quan")
    assert "Vụ này là bản trùng" in said(at)
    other = turned(record(page, first, "hanh"), "incident.tabs", "Liên quan")
    assert "Vụ kia là bản trùng" in said(other)
    assert len(incidents(small_world.alice, Filter())) == 2


def test_two_that_are_not_the_same_are_said_so_once(page: Open, small_world: World) -> None:
    first, second = entered(small_world), entered(small_world)
    at = record(page, second)
    at.button(key=f"incident.distinct.{first.id}").click().run()
    assert "Có thể đã được ghi" not in said(at)
    assert "Có thể đã được ghi" not in said(record(page, first))


def test_links_and_marks_give_nothing_confidential_away(page: Open, small_world: World) -> None:
    row = entered(small_world)
    secret = entered(small_world, "hanh", summary="Việc kín của lãnh đạo", confidential=True)
    link.add_link(small_world.head, "incident", row.id, LinkDraft(number=secret.number))
    link.mark_duplicate(small_world.head, row.id, secret.id)
    at = record(page, row)
    at.toggle(key="incident.timeline.changes").set_value(True).run()
    everything = said(at) + "\n".join(links_of(at))
    assert secret.number not in everything
    assert "Việc kín" not in everything
    assert "một hồ sơ bạn không được xem" in everything
    assert secret.number in said(record(page, row, "hanh")) + "\n".join(links_of(record(page, row, "hanh")))


# ---- statements -------------------------------------------------------------------------------------------------------
def test_a_statement_is_begun_kept_signed_and_hung_on_an_incident(page: Open, small_world: World) -> None:
    """The draft outlives the session: a second one, as after a restart of the server, goes on where the first stopped."""
    row = entered(small_world)
    at = page("incidents.py", "alice")
    at.button(key="statements.new").click().run()
    at.text_area(key="statement.words").set_value(WORDS[:40]).run()
    again = page("incidents.py", "alice", nhap=at.query_params["nhap"])
    assert again.text_area(key="statement.words").value == WORDS[:40]
    assert "statement.words" not in keys(page("incidents.py", "hanh", nhap=at.query_params["nhap"]), "text_area")
    again.text_area(key="statement.words").set_value(WORDS)
    again.button(key="statement.save").click().run()
    assert not again.exception
    (made,) = statement.loose_statements(small_world.alice)
    assert made.words == WORDS
    assert WORDS in said(again)
    opened(again, f"statement.attach.{made.id}")
    again.text_input(key=f"statement.attach.{made.id}.number").set_value(row.number.lower())
    again.button(key=f"statement.attach.{made.id}.send").click().run()
    assert not again.exception
    assert again.query_params["id"] == str(row.id)
    assert "tuong-trinh" not in again.query_params
    seen = said(turned(record(page, row, "hanh"), "incident.tabs", "Tường trình"))
    assert WORDS in seen
    assert f"Tường trình: {made.number}" in seen


def test_what_was_typed_while_the_server_was_away_is_not_overwritten(page: Open, small_world: World) -> None:
    """The browser comes back to a new session with what it holds; the older draft must not be put over it."""
    place.add_place(small_world.admin, PlaceDraft(name="Nhà hát tỉnh"))
    at = page("incidents.py", "alice")
    at.button(key="statements.new").click().run()
    at.text_area(key="statement.words").set_value(WORDS[:40]).run()
    at.text_area(key="statement.words").set_value(WORDS)
    at.text_input(key="statement.place").set_value("Nhà hát tỉnh")
    back = type(at).from_file(at._script_path, default_timeout=30)
    back.user, back.query_params["nhap"] = at.user, at.query_params["nhap"]
    back._page_hash = at._page_hash
    back._run(at._tree.get_widget_states())
    assert not back.exception
    assert back.text_area(key="statement.words").value == WORDS
    assert back.text_input(key="statement.place").value == "Nhà hát tỉnh"
    (kept,) = drafts.unfinished(small_world.alice, "statement.new")
    assert (kept.values["words"], kept.values["place"]) == (WORDS, "Nhà hát tỉnh")


def test_a_head_makes_an_incident_of_a_statement(page: Open, small_world: World) -> None:
    first = {"seen_at": instant("2020-01-05T19:05"), "words": WORDS, "place": "Cửa B"}
    made = statement.sign(small_world.alice, StatementDraft.model_validate(first))
    at = page("incidents.py", "alice", **{"tuong-trinh": str(made.id)})
    assert WORDS in said(at)
    assert "statement.to_incident" not in keys(at, "button")
    at = page("incidents.py", "hanh", **{"tuong-trinh": str(made.id)})
    at.button(key="statement.to_incident").click().run()
    assert at.text_input(key="incident.summary").value == "Khoảng 19 giờ tôi thấy hai nhóm xô nhau ở cửa B"
    assert at.text_input(key="incident.place").value == "Cửa B"
    at.text_input(key="incident.summary").set_value("Xô xát ở cửa B")
    at.button(key="incident.save").click().run()
    assert not at.exception
    (row,) = incidents(small_world.alice, Filter())
    assert (row.summary, row.origin) == ("Xô xát ở cửa B", "statement")
    assert statement.statement(small_world.alice, made.id).incident_id == row.id
    assert at.query_params["id"] == str(row.id)


def test_a_statement_at_an_incident_is_taken_off_with_a_reason(page: Open, small_world: World) -> None:
    row = entered(small_world)
    at = record(page, row)
    turned(at, "incident.tabs", "Tường trình")
    at.button(key="statement.new").click().run()
    assert at.datetime_input(key="statement.seen_at").value == dt.datetime.fromisoformat("2020-01-05T19:40")
    at.text_area(key="statement.words").set_value("<script>alert(1)</script> ![x](http://a.b) **đậm** tôi thấy")
    at.button(key="statement.save").click().run()
    assert not at.exception
    (made,) = statement.statements_of(small_world.alice, row.id)
    assert not [one for one in at.markdown if "<script>" in one.value or "![x](" in one.value]
    opened(at, f"statement.detach.{made.id}")
    at.text_input(key=f"statement.detach.{made.id}.reason").set_value("gắn nhầm vụ")
    at.button(key=f"statement.detach.{made.id}.send").click().run()
    assert statement.statements_of(small_world.alice, row.id) == []
    other = record(page, row, "hanh")
    turned(other, "incident.tabs", "Tường trình")
    other.selectbox(key="statement.hang").set_value(made.id).run()
    other.button(key="statement.hang.save").click().run()
    assert [one.id for one in statement.statements_of(small_world.alice, row.id)] == [made.id]


def test_a_foreign_statement_and_none_look_the_same(page: Open, small_world: World) -> None:
    first = {"seen_at": instant("2020-01-05T19:05"), "words": WORDS}
    made = statement.sign(small_world.alice, StatementDraft.model_validate(first))
    foreign = said(page("incidents.py", "bob", **{"tuong-trinh": str(made.id)}))
    assert WORDS not in foreign
    for asked in ("987654", "9" * 30, "x' OR 1=1", "²"):
        at = page("incidents.py", "bob", **{"tuong-trinh": asked})
        assert not at.exception
        assert said(at) == foreign


# ---- the gate ---------------------------------------------------------------------------------------------------------
def test_the_gate_lists_what_is_missing_until_nothing_is(page: Open, small_world: World) -> None:
    full = {"kind": plain_kind(), "severity": 1, "unit_id": small_world.units["hall"]}
    row = entered(small_world, **full)
    todo = task.add_task(small_world.alice, "incident", row.id, TaskDraft(title="Gọi lại", due_on=dt.date(2020, 1, 9)))
    row = incident_life.move(small_world.alice, row.id, "settled", SettleDraft(conclusion="Đã hòa giải"), row.version)
    row = incident.amend(
        small_world.alice, row.id, IncidentDraft(occurred_at=row.occurred_at, summary=row.summary), row.version
    )
    at = record(page, row, "hanh")
    assert "incident.move.closed.send" not in keys(at, "button")
    for sentence in ("Chưa điền: Loại.", "Chưa điền: Mức độ.", "Chưa điền: Bộ phận.", "1 việc chưa xong"):
        assert sentence in said(at)
    assert "Chưa điền: Loại." in said(record(page, row))  # staff are told too, without the step
    at.button(key="incident.gate.0").click().run()
    at.selectbox(key="incident.kind").set_value(full["kind"])
    at.selectbox(key="incident.severity").set_value(1)
    at.selectbox(key="incident.unit_id").set_value(full["unit_id"])
    at.button(key="incident.save").click().run()
    assert "Chưa điền: Loại." not in said(at)
    task.give_up_task(small_world.head, todo.id, _because("không cần nữa"), todo.version)
    at.run()
    opened(at, "incident.move.closed")
    at.button(key="incident.move.closed.send").click().run()
    assert not at.exception
    assert incident.incident(small_world.head, row.id).state == "closed"


def _because(reason: str) -> Any:
    return drafts.ReasonDraft(reason=reason)


def test_a_small_form_says_beside_the_field_what_is_wrong_with_it(page: Open, small_world: World) -> None:
    row = entered(small_world, kind=plain_kind(), severity=1, unit_id=small_world.units["hall"])
    at = record(page, row)
    opened(at, "incident.move.settled")
    assert "incident.move.settled.latent_outcome" not in keys(at, "selectbox")
    opened(at, "incident.move.transferred")
    at.text_input(key="incident.move.transferred.transferred_to").set_value("x")
    at.button(key="incident.move.transferred.send").click().run()
    wrong = [one.value for one in at.markdown if one.value.startswith(":red[:material/error:")]
    assert [any(said in one for one in wrong) for said in ("Quá ngắn", "Ô này bắt buộc")] == [True, True]
    assert len(wrong) == 3  # body, document and its day
    assert [one.value for one in at.error] == ["Chưa lưu: còn 3 ô phía trên cần xem lại."]
    assert at.text_input(key="incident.move.transferred.transferred_to").value == "x"


def test_an_error_of_a_field_that_is_not_drawn_is_named() -> None:
    refusal = Invalid(errors={"due_basis": ("missing", {}), "due_on.0": ("missing", {})})
    found = by_field(refusal, ExtendDraft, {"due_on"})
    assert set(found) == {"due_on", ""}
    assert found[""].endswith(found["due_on"])
    assert found[""] != found["due_on"]


# ---- the timeline -----------------------------------------------------------------------------------------------------
def test_changes_are_sentences_and_no_code_is_ever_shown(page: Open, small_world: World) -> None:
    police, world = small_world.organisations["congan"], small_world
    times = {"starts_at": instant("2020-01-05T18:00"), "ends_at": instant("2020-01-05T22:00")}
    night = event.add_event(world.alice, EventDraft(name="Đêm hội", kind="festival", venue="Sân", **times))
    body = next(iter(_bodies(world)))
    row = entered(world, partners=[f"org:{police}", f"body:{body}"], event_id=night.id, unit_id=world.units["hall"])
    row = incident_life.move(world.alice, row.id, "verifying", MoveDraft(note="Đã cử người"), row.version)
    assert "Công an C (thử)" in said(turned(record(page, row), "incident.tabs", "Thông tin"))
    incident.amend(world.alice, row.id, IncidentDraft(occurred_at=row.occurred_at, summary=row.summary), row.version)
    at = record(page, row)
    assert "Trạng thái: Tiếp nhận → Xác minh" in said(at)
    assert "Công an C (thử)" not in said(at)  # the changes of fields are folded
    at.toggle(key="incident.timeline.changes").set_value(True).run()
    shown = said(at)
    for words in ("Công an C (thử)", f"{night.number} Đêm hội", "Nhà thi đấu → trống"):
        assert words in shown, words
    for code in (f"org:{police}", "body:", "verifying", "unit_id", "event_id", "incident."):
        assert code not in shown, code


def _bodies(world: World) -> dict[str, Any]:
    from models.catalogue import entries

    today = world.clock.moment.date()
    return {code: one for code, one in entries(world.alice, "partner_body").items() if one.holds_on(today)}


def test_the_order_stands_in_the_address_and_struck_notes_stay_to_be_read(page: Open, small_world: World) -> None:
    row = entered(small_world)
    for text in ("Ghi chú một", "Ghi chú hai", "Ghi chú ba"):
        small_world.forward(minutes=5)
        note = history.note(small_world.alice, "incident", row.id, text)
    assert note
    at = record(page, row)
    assert _notes(at) == ["Ghi chú ba", "Ghi chú hai", "Ghi chú một"]
    at.toggle(key="incident.timeline.oldest").set_value(True).run()
    assert at.query_params["thu-tu"] == "cu"
    assert _notes(at) == ["Ghi chú một", "Ghi chú hai", "Ghi chú ba"]
    old = record(page, row, "hanh", **{"thu-tu": "cu"})
    assert _notes(old) == ["Ghi chú một", "Ghi chú hai", "Ghi chú ba"]
    assert _notes(record(page, row, "hanh", **{"thu-tu": "<script>"}))[0] == "Ghi chú ba"
    opened(at, f"strike.{note.id}")
    at.text_input(key=f"strike.{note.id}.reason").set_value("Ghi nhầm vụ")
    at.button(key=f"strike.{note.id}.send").click().run()
    assert ":gray[~~Ghi chú ba~~]" in said(at)
    assert "Trần Alice" in said(at)
    assert "Ghi nhầm vụ" in said(at)


def _notes(at: Any) -> list[str]:
    return [one.value for one in at.markdown if one.value.startswith("Ghi chú")]


# ---- places -----------------------------------------------------------------------------------------------------------
def test_a_place_is_offered_while_typing_and_free_text_stays(page: Open, small_world: World) -> None:
    listed = place.add_place(
        small_world.admin, PlaceDraft(name="Nhà hát tỉnh", address="1 Ngô Quyền", ward="Phường Khai Quang")
    )
    at = page("incidents.py", "alice")
    at.button(key="incidents.new").click().run()
    offered = '<datalist id="ten-st-key-incident-place"><option label="nha hat tinh">Nhà hát tỉnh</option></datalist>'
    assert offered in at.get("html")[-1].proto.body
    at.text_input(key="incident.summary").set_value("Mất xe đạp")
    at.text_input(key="incident.place").set_value("Nhà hát tỉnh").run()
    again = page("incidents.py", "alice", nhap=at.query_params["nhap"])
    assert again.text_input(key="incident.place").value == "Nhà hát tỉnh"
    again.button(key="incident.save").click().run()
    assert not again.exception
    (row,) = incidents(small_world.alice, Filter())
    assert (row.place, row.place_id) == ("Nhà hát tỉnh", listed.id)
    turned(again, "incident.tabs", "Thông tin")
    assert "Nhà hát tỉnh, 1 Ngô Quyền, Phường Khai Quang" in said(again)
    again.button(key="incident.edit").click().run()
    again.text_input(key="incident.place").set_value("sau  nhà hát").run()
    again.button(key="incident.save").click().run()
    assert not again.exception
    row = incident.incident(small_world.alice, row.id)
    assert (row.place, row.place_id) == ("sau nhà hát", None)
    again.button(key="incident.edit").click().run()
    again.text_input(key="incident.place").set_value("nha hat").run()
    again.button(key="incident.place.near.0").click().run()
    assert again.text_input(key="incident.place").value == "Nhà hát tỉnh"


def test_an_administrator_keeps_the_list_of_places(page: Open, small_world: World) -> None:
    at = page("administration.py", "an")
    turned(at, "administration.tabs", "Địa điểm")
    assert "Chưa có địa điểm nào." in said(at)
    at.button(key="places.new").click().run()
    at.text_input(key="place.name").set_value("<b>Cổng B</b>")
    at.text_input(key="place.ward").set_value("Phường Khai Quang")
    at.button(key="place.save").click().run()
    assert not at.exception
    (row,) = place.places(small_world.admin)
    assert (row.name, row.ward) == ("<b>Cổng B</b>", "Phường Khai Quang")
    at.session_state["places.table"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    at.run()
    at.button(key="place.edit").click().run()
    at.text_input(key="place.ward").set_value("Phường Vĩnh Phúc")
    at.date_input(key="place.ward_since").set_value(dt.date(2020, 1, 2))
    at.button(key="place.save").click().run()
    assert not at.exception
    assert place.places(small_world.admin)[0].ward_on(dt.date(2020, 1, 1)) == "Phường Khai Quang"
    at.session_state["places.table"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    at.run()
    assert "Phường Vĩnh Phúc, từ 02/01/2020" in said(at)
    at.button(key="place.retire").click().run()
    assert place.suggestions(small_world.alice) == []
