"""Quick entry, a pasted message, the form by address, the flash report, and the guard where people type."""

from collections.abc import Callable
from typing import Any

import pytest

from models import draft as drafts
from models import history, incident, incident_search, quick_entry
from models.incident import IncidentDraft
from models.incident_search import Filter
from tests.pages.hands import opened
from tests.worlds import World, instant

Open = Callable[..., Any]
PHONE, HIDDEN = "0912 345 678", "•••• ••• 678"


def rows(world: World) -> list[Any]:
    return incident_search.incidents(world.head, Filter())


def story(world: World, row: Any) -> list[tuple[str, str]]:
    return [(line.entry.action, line.entry.note) for line in reversed(history.timeline(world.head, "incident", row.id))]


def said(at: Any) -> str:
    kinds = ("title", "subheader", "markdown", "caption", "error", "warning", "info", "text")
    return "\n".join(str(one.value) for kind in kinds for one in getattr(at, kind)).replace("\\", "")


def keys(at: Any, kind: str) -> set[str]:
    return {one.key for one in getattr(at, kind)}


def typed(at: Any, line: str) -> Any:
    at.text_input(key="quick.line").set_value(line)
    return at.button(key="quick.send").click().run()


def test_enter_saves_a_line_and_opens_it_beside_the_list(page: Open, small_world: World) -> None:
    at = typed(page("incidents.py", "alice"), "18:20 cổng B xô xát, 2 người <script>alert(1)</script> =HYPERLINK(1) 🙂")
    assert not at.exception
    (row,) = rows(small_world)
    assert row.origin == "line"
    assert at.query_params["id"] == str(row.id)
    assert row.number in said(at)
    assert at.text_input(key="quick.line").value == ""
    assert len(at.dataframe[0].value) == 1
    assert not any("<script>" in one.value for one in at.markdown)
    typed(at, row.summary)
    assert len(rows(small_world)) == 1
    at.button(key="incident.accept").click().run()
    (row,) = rows(small_world)
    assert (row.kind, row.people_count, row.place) == ("B.fighting", 2, "cổng B")
    assert "incident.accept" not in keys(at, "button")


def test_the_guard_stops_a_line_until_the_proposal_or_a_reason(page: Open, small_world: World) -> None:
    at = typed(page("incidents.py", "alice"), f"18:20 mất ví, gọi {PHONE}")
    assert rows(small_world) == []
    assert len(at.error) == 1
    assert PHONE in said(at)
    at.button(key="quick.mask").click().run()
    at.button(key="quick.send").click().run()
    assert [row.summary for row in rows(small_world)] == [f"18:20 mất ví, gọi {HIDDEN}"]
    typed(at, f"18:20 mất xe, gọi {PHONE}")
    at.text_input(key="quick.despite").set_value("Số công khai của nhà xe").run()
    at.button(key="quick.send").click().run()
    newest = max(rows(small_world), key=lambda row: row.id)
    assert newest.summary == f"18:20 mất xe, gọi {PHONE}"
    assert ("guard.overridden", "Số công khai của nhà xe") in story(small_world, newest)
    assert "quick.despite" not in keys(at, "text_input")


def test_a_message_becomes_a_filled_form_that_outlives_f5(page: Open, small_world: World) -> None:
    message = "Báo cáo anh,\nLúc 7h30 tại cổng B có 5 thanh niên xô xát.\u200e Gọi lại 0912 345 678."
    at = page("incidents.py", "alice")
    opened(at, "message")
    at.text_area(key="message.text").set_value("  ")
    at.button(key="message.read").click().run()
    assert len(at.error) == 1
    at.text_area(key="message.text").set_value(message)
    at.button(key="message.read").click().run()
    assert not at.exception
    again = page("incidents.py", "alice", nhap=at.query_params["nhap"])
    assert again.text_input(key="incident.summary").value == "Lúc 7h30 tại cổng B có 5 thanh niên xô xát."
    assert again.text_input(key="incident.place").value == "cổng B"
    assert again.selectbox(key="incident.kind").value == "B.fighting"
    assert again.text_area(key="incident.message").disabled
    again.button(key="incident.save").click().run()
    assert rows(small_world) == []
    again.button(key="incident.mask").click().run()
    again.button(key="incident.save").click().run()
    (row,) = rows(small_world)
    assert (row.origin, row.people_count) == ("message", 5)
    first = f"Báo cáo anh,\nLúc 7h30 tại cổng B có 5 thanh niên xô xát. Gọi lại {HIDDEN}."
    assert story(small_world, row) == [("incident.reported", ""), ("noted", first)]


def test_the_form_opens_by_address_with_what_is_known(page: Open, small_world: World) -> None:
    unit = str(small_world.units["hall"])
    known = {"loai": "B.fighting", "muc-do": "2", "luc": "2020-01-05T18:20", "don-vi": unit}
    at = page(None, "alice", moi="1", **known)
    at = at.switch_page("incidents.py").run()
    assert not at.exception
    (draft,) = drafts.unfinished(small_world.alice, "incident.new")
    assert at.query_params["nhap"] in (draft.id, [draft.id])
    assert draft.values["kind"] == "B.fighting"
    assert (draft.values["severity"], draft.values["unit_id"]) == (2, small_world.units["hall"])
    assert instant(draft.values["occurred_at"]) == instant("2020-01-05T18:20")
    assert not {"moi", "loai", "muc-do", "luc", "don-vi"} & set(at.query_params)
    at.text_input(key="incident.summary").set_value("Đánh nhau ở sân")
    at.button(key="incident.save").click().run()
    (row,) = rows(small_world)
    assert (row.kind, row.severity, row.occurred_at) == ("B.fighting", 2, instant("2020-01-05T18:20"))


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_what_an_address_may_not_say_is_left_out(page: Open, small_world: World, who: str) -> None:
    wrong = {
        "loai": "Z.<script>",
        "muc-do": "9",
        "luc": "2999-01-01T00:00",
        "don-vi": "٣" if who == "alice" else str(small_world.units["hall"]),
        "tinh-chat": "complex",
        "su-kien": "1' OR 1=1",
        "tom-tat": "gõ sẵn",
    }
    at = page("incidents.py", who, moi="1", **wrong)
    assert not at.exception
    (draft,) = drafts.unfinished(getattr(small_world, who), "incident.new")
    assert set(draft.values) <= {"occurred_at", *IncidentDraft.model_fields}
    for name in ("kind", "severity", "unit_id", "event_id"):
        assert draft.values.get(name) is None
    assert draft.values.get("complexity", "none") == "none"
    assert instant(draft.values["occurred_at"]) <= small_world.at("2030-01-01T00:00").clock.moment


def test_the_flash_report_is_ready_to_copy_and_its_sending_is_noted(page: Open, small_world: World) -> None:
    draft = IncidentDraft(
        occurred_at=instant("2020-01-06T07:40"), summary="Anh Nguyễn Văn Tuấn bị hành hung", severity=3
    )
    row = incident.report(small_world.alice, draft)
    at = page("incidents.py", "alice", id=str(row.id))
    assert not at.code
    at.button(key="incident.flash").click().run()
    assert not at.exception
    (text,) = [one.value for one in at.code if "BÁO CÁO NHANH" in one.value]
    assert "3. Diễn biến: Anh N.V.T. bị hành hung" in text
    at.text_area(key=f"incident.flash.proposal.{row.id}").set_value("Đề nghị tăng cường").run()
    assert any("5. Kiến nghị: Đề nghị tăng cường" in one.value for one in at.code)
    at.button(key="incident.flash.sent").click().run()
    assert not at.exception
    assert incident.incident(small_world.alice, row.id).flash_reported_at is not None
    assert "incident.flash.sent" not in keys(at, "button")


def test_a_form_takes_the_proposal_or_the_reason(page: Open, small_world: World) -> None:
    at = page("incidents.py", "alice", moi="1")
    assert any("bí mật nhà nước" in one.value for one in at.error)
    at.text_input(key="incident.summary").set_value(f"Mất ví, gọi {PHONE}").run()
    at.text_area(key="incident.description").set_value("Công văn MẬT số 5. Đã báo Công an.").run()
    at.button(key="incident.save").click().run()
    assert rows(small_world) == []
    at.button(key="incident.mask").click().run()
    assert at.text_input(key="incident.summary").value == f"Mất ví, gọi {HIDDEN}"
    assert at.text_area(key="incident.description").value.endswith("Đã báo Công an.")
    at.text_input(key="incident.summary").set_value(f"Mất ví, gọi {PHONE}").run()
    at.text_input(key="incident.despite").set_value("Chủ ví đồng ý").run()
    at.button(key="incident.save").click().run()
    (row,) = rows(small_world)
    assert ("guard.overridden", "Chủ ví đồng ý") in story(small_world, row)
    at.button(key="incident.edit").click().run()
    assert "incident.despite" not in keys(at, "text_input")


def test_notes_and_reasons_are_read_by_the_guard_too(page: Open, small_world: World) -> None:
    row = quick_entry.jot(small_world.alice, "7h xô xát")
    at = page("incidents.py", "alice", id=str(row.id))
    opened(at, "incident.extend")
    assert sum("bí mật nhà nước" in one.value for one in at.caption) > 2  # line, note box, steps
    at.text_input(key="incident.note").set_value(f"Gọi {PHONE}")
    at.button(key="incident.note.send").click().run()
    assert len(story(small_world, row)) == 2
    at.button(key="incident.note.mask").click().run()
    at.button(key="incident.note.send").click().run()
    assert story(small_world, row)[-1] == ("noted", f"Gọi {HIDDEN}")
    opened(at, "incident.move.verifying")
    at.text_area(key="incident.move.verifying.note").set_value("CCCD 001099012345")
    at.button(key="incident.move.verifying.send").click().run()
    assert incident.incident(small_world.alice, row.id).state == "received"
    at.text_input(key="incident.move.verifying.despite").set_value("Theo yêu cầu của Công an").run()
    at.button(key="incident.move.verifying.send").click().run()
    assert incident.incident(small_world.alice, row.id).state == "verifying"
    assert story(small_world, row)[-1] == ("guard.overridden", "Theo yêu cầu của Công an")
