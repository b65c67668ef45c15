"""Events: entering, amending, cancelling, reporting, finding."""

import datetime as dt
from typing import Any

import pytest

from models import event, history
from models.access import Current, Denied, Invalid, NotFound, Stale
from models.event import EventDraft, Filter, ResultDraft
from models.plan import approve_plan, draft_plan, submit_plan
from models.plan_content import PlanDraft
from tests.conftest import statements
from tests.worlds import World, instant

SHOW = {
    "name": "Đêm nghệ thuật khai mạc mùa diễn",
    "kind": "show",
    "venue": "Nhà hát tỉnh",
    "starts_at": instant("2020-01-17T19:30"),
    "ends_at": instant("2020-01-17T22:30"),
    "expected_people": 900,
    "organiser": "Trung tâm Văn hóa",
}
RESULT = {"attendance": 900, "peak": 850, "lessons": "Mở cửa sớm hơn"}


def draft(**over: Any) -> EventDraft:
    return EventDraft(**SHOW | over)


def added(who: Current, **over: Any) -> event.Event:
    return event.add_event(who, draft(**over))


def actions(who: Current, row: event.Event) -> list[str]:
    return [line.entry.action for line in history.timeline(who, "event", row.id)]


def refused(call: Any, *args: Any, **kwargs: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        call(*args, **kwargs)
    return {field: code for field, (code, _) in refusal.value.errors.items()}


# ---- entering -------------------------------------------------------------------------------------------------------
def test_it_enters_an_event_under_the_next_number(world: World) -> None:
    first = added(
        world.alice, unit_id=world.units["hall"], partners=[f"org:{world.organisations['congan']}", "body:PC07"]
    )
    second = added(world.head)
    assert (first.number, second.number) == ("SK-2020-0001", "SK-2020-0002")
    assert first.entered_by_name == "Trần Alice"
    assert actions(world.alice, first) == ["event.added"]
    assert history.timeline(world.alice, "event", first.id)[0].entry.changes["partners"][1][1] == "body:PC07"


def test_the_same_form_twice_is_one_event(world: World) -> None:
    rows = [event.add_event(world.alice, draft(), nonce="one") for _ in range(2)]
    assert rows[0].id == rows[1].id
    assert event.bubble_counts(world.alice, Filter())[""] == 1


@pytest.mark.parametrize(
    ("over", "error"),
    [
        ({"name": ""}, {"name": "string_too_short"}),
        ({"kind": "circus"}, {"kind": "unknown"}),
        ({"ends_at": instant("2020-01-17T19:29")}, {"ends_at": "out_of_order"}),
        ({"unit_id": 9999}, {"unit_id": "unknown"}),
        ({"partners": ["org:9999"]}, {"partners": "unknown"}),
        ({"partners": ["body:nobody"]}, {"partners": "unknown"}),
        ({"partners": ["body:"]}, {"partners": "unknown"}),
        ({"partners": ["PC07"]}, {"partners": "unknown"}),
        ({"partners": ["body:PC07", "body:PC07"]}, {"partners": "twice"}),
        ({"partners": ["org:" + "9" * 30]}, {"partners": "unknown"}),
        ({"expected_people": -1}, {"expected_people": "greater_than_equal"}),
        ({"starts_at": dt.datetime(2020, 1, 17, 19, 30)}, {"starts_at": "timezone_aware"}),  # noqa: DTZ001
        ({"note": "a\x00b"}, {"note": "control_characters"}),
        ({"number": "SK-1"}, {"number": "extra_forbidden"}),
    ],
)
def test_it_refuses_what_does_not_fit(small_world: World, over: dict[str, Any], error: dict[str, str]) -> None:
    assert refused(event.add_event, small_world.alice, SHOW | over) == error
    assert event.bubble_counts(small_world.alice, Filter())[""] == 0


def test_an_own_organisation_is_no_police_partner(small_world: World) -> None:
    own = f"org:{small_world.organisations['so-a']}"
    assert refused(added, small_world.alice, partners=[own]) == {"partners": "unknown"}


def test_only_staff_and_heads_enter_events(world: World) -> None:
    for who in (world.admin, world.board, world.system):
        with pytest.raises(Denied):
            added(who)


# ---- amending -------------------------------------------------------------------------------------------------------
def test_it_amends_and_writes_what_changed(world: World) -> None:
    row = added(world.alice)
    event.amend_event(world.head, row.id, draft(venue="Nhà thi đấu tỉnh"), seen=row.version)
    again = event.event(world.alice, row.id)
    assert (again.venue, again.version) == ("Nhà thi đấu tỉnh", 2)
    assert history.timeline(world.alice, "event", row.id)[0].entry.changes == {
        "venue": ["Nhà hát tỉnh", "Nhà thi đấu tỉnh"]
    }
    assert [one.id for one in event.events(world.alice, Filter(text="nha thi dau"))] == [row.id]


def test_nothing_changed_writes_nothing(world: World) -> None:
    row = added(world.alice)
    event.amend_event(world.alice, row.id, draft(), seen=row.version)
    assert actions(world.alice, row) == ["event.added"]


def test_a_stale_save_is_refused_with_both_texts(world: World) -> None:
    row = added(world.alice)
    event.amend_event(world.head, row.id, draft(venue="Sân vận động"), seen=1)
    with pytest.raises(Stale) as stale:
        event.amend_event(world.alice, row.id, draft(venue="Quảng trường"), seen=1)
    assert stale.value.facts["draft"].venue == "Quảng trường"
    assert event.event(world.alice, row.id).venue == "Sân vận động"


def test_a_stranger_finds_nothing(world: World) -> None:
    row = added(world.alice)
    for act in (
        lambda: event.event(world.bob, row.id),
        lambda: event.amend_event(world.bob, row.id, draft(), seen=1),
        lambda: event.cancel_event(world.bich, row.id, "lý do gì đó", seen=1),
        lambda: event.report_result(world.bob, row.id, ResultDraft(**RESULT), seen=1),
    ):
        with pytest.raises(NotFound):
            act()
    assert event.events(world.bob, Filter()) == []
    assert event.bubble_counts(world.bob, Filter())[""] == 0
    assert event.choices(world.bob) == []


# ---- cancelling -----------------------------------------------------------------------------------------------------
def test_it_cancels_with_a_reason(world: World) -> None:
    row = added(world.alice)
    event.cancel_event(world.alice, row.id, "Mưa bão", seen=1)
    again = event.event(world.alice, row.id)
    assert (again.cancelled_at, again.cancelled_reason) == (instant("2020-01-06T08:00"), "Mưa bão")
    assert history.timeline(world.alice, "event", row.id)[0].entry.note == "Mưa bão"


def test_a_cancelled_event_stays_as_it_is(world: World) -> None:
    row = added(world.alice)
    event.cancel_event(world.alice, row.id, "Mưa bão", seen=1)
    world.set("2020-01-20T08:00")
    assert refused(event.amend_event, world.alice, row.id, draft(), seen=2) == {"": "cancelled"}
    assert refused(event.cancel_event, world.alice, row.id, "nữa nào", seen=2) == {"": "cancelled"}
    assert refused(event.report_result, world.alice, row.id, ResultDraft(**RESULT), seen=2) == {"": "cancelled"}


def test_a_reason_is_needed(small_world: World) -> None:
    row = added(small_world.alice)
    assert refused(event.cancel_event, small_world.alice, row.id, " ", seen=1) == {"reason": "string_too_short"}


# ---- reporting ------------------------------------------------------------------------------------------------------
def test_it_reports_from_the_instant_of_the_end(world: World) -> None:
    row = added(world.alice)
    world.set("2020-01-17T22:29:59")
    assert refused(event.report_result, world.alice, row.id, ResultDraft(**RESULT), seen=1) == {"": "not_over"}
    world.set("2020-01-17T22:30")
    event.report_result(world.alice, row.id, ResultDraft(**RESULT), seen=1)
    again = event.event(world.alice, row.id)
    assert (again.attendance, again.attendance_kind, again.reported_by_name) == (900, "counted", "Trần Alice")
    assert again.reported_at == instant("2020-01-17T22:30")


def test_a_correction_keeps_the_first_instant(world: World) -> None:
    row = added(world.alice)
    world.set("2020-01-18T08:00")
    event.report_result(world.alice, row.id, ResultDraft(**RESULT), seen=1)
    world.set("2020-01-19T08:00")
    event.report_result(world.head, row.id, ResultDraft(**RESULT | {"attendance": 910}), seen=2)
    event.report_result(world.head, row.id, ResultDraft(**RESULT | {"attendance": 910}), seen=3)
    assert event.event(world.alice, row.id).reported_at == instant("2020-01-18T08:00")
    assert actions(world.alice, row) == ["event.report_corrected", "event.reported", "event.added"]


def test_a_reported_event_is_not_cancelled(small_world: World) -> None:
    row = added(small_world.alice)
    small_world.set("2020-01-18T08:00")
    event.report_result(small_world.alice, row.id, ResultDraft(**RESULT), seen=1)
    assert refused(event.cancel_event, small_world.alice, row.id, "Mưa bão", seen=2) == {"": "already_reported"}


@pytest.mark.parametrize(
    ("over", "error"),
    [
        ({"peak": 901}, {"peak": "more_than_came"}),
        ({"attendance_kind": "guessed"}, {"attendance_kind": "unknown"}),
        ({"attendance": -1}, {"attendance": "greater_than_equal"}),
        ({"attendance": None}, {"attendance": "int_type"}),
    ],
)
def test_it_refuses_a_report_that_does_not_fit(small_world: World, over: dict[str, Any], error: dict[str, str]) -> None:
    row = added(small_world.alice)
    small_world.set("2020-01-18T08:00")
    assert refused(event.report_result, small_world.alice, row.id, RESULT | over, seen=1) == error


# ---- finding --------------------------------------------------------------------------------------------------------
def names(who: Current, **asked: Any) -> list[str]:
    return [row.name for row in event.events(who, Filter(**asked))]


def test_it_searches_without_accents_over_number_name_venue_and_organiser(world: World) -> None:
    added(world.alice)
    added(
        world.alice, name="Giải bóng chuyền hơi", kind="tournament", venue="Nhà thi đấu tỉnh", organiser="Đoàn 100%_đẹp"
    )
    assert names(world.alice, text="ĐẤU tinh") == ["Giải bóng chuyền hơi"]
    assert names(world.alice, text="sk-2020-0002") == ["Giải bóng chuyền hơi"]
    assert names(world.alice, text="100%_d") == ["Giải bóng chuyền hơi"]
    assert names(world.alice, text="1%0") == []
    assert names(world.alice, text="trung tam van hoa", kind="show") == [SHOW["name"]]
    assert names(world.alice, kind="festival") == []


def test_it_pages_latest_start_first(world: World) -> None:
    for day in range(1, 6):
        at = instant(f"2020-02-0{day}T19:00")
        added(world.alice, name=f"Đêm {day}", starts_at=at, ends_at=at)
    assert [row.name for row in event.events(world.alice, Filter(), limit=2, offset=2)] == ["Đêm 3", "Đêm 2"]


def test_bubbles_follow_the_clock_to_the_instant(world: World) -> None:
    added(world.alice)
    for at, bubble in (
        ("2020-01-17T19:29:59", "upcoming"),
        ("2020-01-17T19:30", "running"),
        ("2020-01-17T22:29:59", "running"),
        ("2020-01-17T22:30", "past"),
    ):
        world.set(at)
        counts = event.bubble_counts(world.alice, Filter())
        assert [name for name in ("upcoming", "running", "past") if counts[name]] == [bubble]
        assert len(names(world.alice, bubble=bubble)) == 1
        assert counts["unplanned"] == (bubble != "past")
        assert counts["unreported"] == (bubble == "past")


def test_bubbles_follow_the_plans(world: World) -> None:
    row = added(world.alice)
    plan = draft_plan(world.alice, row.id, PlanDraft(aims="An toàn", expected_people=900))
    assert names(world.alice, bubble="draft") == [row.name]
    plan = submit_plan(world.alice, plan.id, seen=plan.version)
    assert event.bubble_counts(world.alice, Filter())["submitted"] == 1
    approve_plan(world.head, plan.id, seen=plan.version)
    counts = event.bubble_counts(world.alice, Filter())
    assert (counts["draft"], counts["submitted"], counts["approved"], counts["unplanned"]) == (0, 0, 1, 0)


def test_a_span_finds_what_touches_it_and_ended_only_what_ended_in_it(world: World) -> None:
    world.set("2020-07-01T08:00")
    added(world.alice, name="Giải ba ngày", starts_at=instant("2020-06-26T07:30"), ends_at=instant("2020-06-28T18:00"))
    inside = {"first": instant("2020-06-27T00:00"), "end": instant("2020-06-28T00:00")}
    assert names(world.alice, **inside) == ["Giải ba ngày"]
    assert names(world.alice, **inside, ended=True) == []
    assert names(world.alice, first=instant("2020-06-28T00:00"), end=instant("2020-06-29T00:00"), ended=True) == [
        "Giải ba ngày"
    ]
    assert names(world.alice, first=instant("2020-06-28T18:00:01")) == []
    assert names(world.alice, end=instant("2020-06-26T07:30")) == []


def test_choices_leave_out_cancelled_events_and_those_still_far_off(world: World) -> None:
    soon = added(world.alice, starts_at=instant("2020-01-07T07:00"), ends_at=instant("2020-01-07T09:00"))
    added(world.alice)
    off = added(world.alice, starts_at=instant("2020-01-05T07:00"), ends_at=instant("2020-01-05T09:00"))
    event.cancel_event(world.alice, off.id, "Mưa bão", seen=1)
    assert [row.id for row in event.choices(world.alice)] == [soon.id]


def test_counts_take_one_question_however_many_events(small_world: World) -> None:
    for _ in range(3):
        added(small_world.alice)
        with statements() as asked:
            event.bubble_counts(small_world.alice, Filter())
            event.events(small_world.alice, Filter())
        assert len([one for one in asked if one.startswith("SELECT")]) == 2
