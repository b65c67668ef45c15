"""One line, one record; and a pasted message that stays with what it told of."""

import threading
from typing import Any

import pytest

from models import history, incident, incident_search, quick_entry
from models.access import Denied, Invalid, NotFound, Stale
from models.guard import despite
from models.incident import IncidentDraft
from models.incident_search import Filter
from models.quick_entry import MessageDraft
from tests.worlds import World, instant

LINE = "18:20 cổng B xô xát, 2 người"
MESSAGE = "Báo cáo anh,\nLúc 7h30 tại cổng B Nhà thi đấu có 5 thanh niên xô xát."


def rows(world: World) -> list[Any]:
    return incident_search.incidents(world.head, Filter())


def story(world: World, row: Any) -> list[tuple[str, str]]:
    return [(line.entry.action, line.entry.note) for line in reversed(history.timeline(world.head, "incident", row.id))]


# ---- a line ---------------------------------------------------------------------------------------------------------
def test_a_line_becomes_a_numbered_record(world: World) -> None:
    world.set("2020-01-06T19:00")
    row = quick_entry.jot(world.alice, f"  {LINE} ")
    assert (row.number, row.summary, row.origin) == ("VV-2020-0001", LINE, "line")
    assert row.occurred_at == instant("2020-01-06T18:20")
    assert (row.kind, row.people_count, row.place) == (None, None, "")
    assert story(world, row) == [("incident.reported", ""), ("noted", LINE)]


def test_the_same_line_within_half_a_minute_is_the_same_record(world: World) -> None:
    world.set("2020-01-06T19:00")
    first = quick_entry.jot(world.alice, LINE)
    world.forward(seconds=29)
    assert quick_entry.jot(world.alice, LINE).id == first.id
    assert quick_entry.jot(world.alice, f"{LINE} ").id == first.id
    assert len(story(world, first)) == 2
    assert quick_entry.jot(world.head, LINE).id != first.id
    assert quick_entry.jot(world.alice, f"{LINE}, đã dừng").id != first.id
    world.forward(seconds=1)
    second = quick_entry.jot(world.alice, LINE)
    assert second.id != first.id
    world.forward(seconds=29)
    assert quick_entry.jot(world.alice, LINE).id == second.id
    assert len(rows(world)) == 4


def test_two_at_the_same_moment_make_one(world: World) -> None:
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(quick_entry.jot(world.alice, LINE).id)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == len(rows(world)) == 1


def test_an_evening_line_in_the_morning_was_yesterday(small_world: World) -> None:
    assert quick_entry.jot(small_world.alice, LINE).occurred_at == instant("2020-01-05T18:20")


def test_who_may_enter_a_line(small_world: World) -> None:
    for name in ("admin", "board", "system"):
        with pytest.raises(Denied):
            quick_entry.jot(getattr(small_world, name), LINE)
    assert quick_entry.jot(small_world.liaison, LINE).number == "VV-2020-0001"
    assert rows(small_world) == []


@pytest.mark.parametrize(
    ("line", "code"),
    [("", "string_too_short"), ("x" * 301, "string_too_long"), ("a\x00bc", "control_characters")],
)
def test_a_line_that_does_not_fit(small_world: World, line: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        quick_entry.jot(small_world.alice, line)
    assert refused.value.errors["line"][0] == code
    assert rows(small_world) == []


def test_the_guard_reads_the_line(small_world: World) -> None:
    with pytest.raises(Invalid, match="guarded"):
        quick_entry.jot(small_world.alice, "18:20 mất ví, chủ 0912 345 678")
    with despite("Số của nhà xe, công khai"):
        row = quick_entry.jot(small_world.alice, "18:20 mất ví, chủ 0912 345 678")
    assert ("guard.overridden", "Số của nhà xe, công khai") in story(small_world, row)


# ---- what it proposes -----------------------------------------------------------------------------------------------
def test_kind_people_and_place_are_proposed_and_taken(world: World) -> None:
    row = quick_entry.jot(world.alice, LINE)
    asked = {"kind": "B.fighting", "people_count": 2, "place": "cổng B"}
    assert quick_entry.proposals(world.alice, row.id) == asked
    taken = quick_entry.accept(world.alice, row.id, row.version)
    assert {name: getattr(taken, name) for name in asked} == asked
    assert story(world, row)[-1][0] == "incident.amended"
    assert quick_entry.proposals(world.alice, row.id) == {}
    before = len(story(world, row))
    assert quick_entry.accept(world.alice, row.id, taken.version).version == taken.version
    assert len(story(world, row)) == before


def test_only_what_is_empty_is_proposed(small_world: World) -> None:
    row = quick_entry.jot(small_world.alice, "mất ví ở Nhà thi đấu")
    draft = IncidentDraft.model_validate(
        {**row.model_dump(include=set(IncidentDraft.model_fields)), "place": "Sân sau", "people_count": 1}
    )
    incident.amend(small_world.alice, row.id, draft, row.version)
    assert quick_entry.proposals(small_world.alice, row.id) == {"kind": "C.theft", "unit_id": small_world.units["hall"]}
    with pytest.raises(Stale):
        quick_entry.accept(small_world.alice, row.id, row.version)
    with pytest.raises(NotFound):
        quick_entry.proposals(small_world.bob, row.id)
    with pytest.raises(NotFound):
        quick_entry.accept(small_world.bob, row.id, row.version)


def test_nothing_is_proposed_for_a_form(small_world: World) -> None:
    row = incident.report(small_world.alice, IncidentDraft(occurred_at=instant("2020-01-05T19:40"), summary=LINE))
    assert quick_entry.proposals(small_world.alice, row.id) == {}


# ---- a message ------------------------------------------------------------------------------------------------------
def test_a_message_fills_the_form(small_world: World) -> None:
    assert quick_entry.offered(small_world.alice, MESSAGE) == {
        "message": MESSAGE,
        "summary": "Lúc 7h30 tại cổng B Nhà thi đấu có 5 thanh niên xô xát.",
        "occurred_at": instant("2020-01-06T07:30"),
        "place": "cổng B Nhà thi đấu",
        "kind": "B.fighting",
        "unit_id": small_world.units["hall"],
        "people_count": 5,
    }


def test_what_is_offered_holds_no_name_and_no_number_of_a_person(small_world: World) -> None:
    found = quick_entry.offered(
        small_world.alice, "Anh Lê Văn Tám mất ví, số 0912 345 678, CCCD 001099012345, hiện ở sân"
    )
    assert found["summary"] == "Anh L.V.T. mất ví, số •••• ••• 678, CCCD •••••••••345, hiện ở sân"


def test_a_message_stays_as_the_first_note(world: World) -> None:
    values = {"occurred_at": instant("2020-01-06T07:30"), "summary": "Xô xát ở cổng B", "message": MESSAGE}
    draft = MessageDraft.model_validate(values)
    row = quick_entry.enter_message(world.alice, draft, nonce="einmal")
    assert (row.origin, row.summary) == ("message", "Xô xát ở cổng B")
    assert story(world, row) == [("incident.reported", ""), ("noted", MESSAGE)]
    assert quick_entry.enter_message(world.alice, draft, nonce="einmal").id == row.id
    assert len(rows(world)) == 1
    with pytest.raises(Denied):
        quick_entry.enter_message(world.board, draft)
    with pytest.raises(Invalid) as refused:
        quick_entry.enter_message(world.alice, MessageDraft.model_construct(**(values | {"message": ""})))
    assert refused.value.errors["message"][0] == "string_too_short"
    with pytest.raises(Invalid, match="guarded"):
        quick_entry.enter_message(world.alice, MessageDraft.model_validate(values | {"message": "gọi 0912345678"}))
    assert len(rows(world)) == 1
