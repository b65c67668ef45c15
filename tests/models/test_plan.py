"""The security plan: drafting, the risk rule, two people, editions, and the golden year."""

import csv
import datetime as dt
from typing import Any

import pytest

from models import event, history, plan
from models.access import Current, Denied, Invalid, NotFound, Stale
from models.event import EventDraft, Filter, ResultDraft
from models.plan_content import Contact, PlanDraft, Post, Risk, compare, level, missing
from models.settings import ROOT
from tests.worlds import World, instant

FIRE = {"hazard": "fire", "likelihood": 2, "consequence": 5, "scenario": "Cháy, nổ", "owner": "Đội trưởng bảo vệ"}
ANSWER = {"name": "Cháy, nổ", "trigger": "Khói", "first_action": "Gọi 114", "commander": "Trần Văn Hùng"}
GATE = {"name": "Cổng A", "ring": "middle", "force": "guard", "head_count": 4, "from_time": "17:30", "to_time": "00:30"}
FULL = {
    "aims": "Tuyệt đối an toàn",
    "expected_people": 900,
    "peak_people": 800,
    "risks": [FIRE],
    "posts": [GATE, GATE | {"name": "Cổng B", "head_count": 0}],
    "scenarios": [ANSWER],
    "contacts": [{"name": "Trực ban Công an phường", "phone": "0211 3861 113"}],
}


def full(**over: Any) -> PlanDraft:
    return PlanDraft.model_validate(FULL | over)


@pytest.fixture
def show(world: World) -> event.Event:
    at = instant("2020-01-17T19:30")
    sent = EventDraft(name="Đêm nhạc", kind="show", venue="Nhà hát", starts_at=at, ends_at=at + dt.timedelta(hours=3))
    return event.add_event(world.alice, sent)


def drafted(who: Current, show: event.Event, **over: Any) -> plan.Plan:
    return plan.draft_plan(who, show.id, full(**over))


def submitted(who: Current, show: event.Event, **over: Any) -> plan.Plan:
    return plan.submit_plan(who, drafted(who, show, **over).id, seen=1)


def approved(world: World, show: event.Event) -> plan.Plan:
    return plan.approve_plan(world.head, submitted(world.alice, show).id, seen=2)


def actions(who: Current, row: plan.Plan) -> list[str]:
    return [line.entry.action for line in history.timeline(who, "event_plan", row.id)]


def refused(call: Any, *args: Any, **kwargs: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        call(*args, **kwargs)
    return {field: code for field, (code, _) in refusal.value.errors.items()}


# ---- drafting -------------------------------------------------------------------------------------------------------
def test_it_drafts_and_reads_back_what_was_typed(world: World, show: event.Event) -> None:
    row = plan.plan(world.alice, drafted(world.alice, show).id)
    assert (row.edition, row.state, row.drafted_by_name) == (1, "draft", "Trần Alice")
    assert plan.content(row) == full()
    assert actions(world.alice, row) == ["plan.drafted"]


def test_the_same_form_twice_is_one_plan(world: World, show: event.Event) -> None:
    rows = [plan.draft_plan(world.alice, show.id, full(), nonce="one") for _ in range(2)]
    assert rows[0].id == rows[1].id
    assert refused(plan.draft_plan, world.alice, show.id, full(), nonce="two") == {"": "plan_exists"}


def test_it_amends_a_draft_and_writes_only_the_rows_that_changed(world: World, show: event.Event) -> None:
    row = drafted(world.alice, show)
    more = [GATE, GATE | {"name": "Cổng B", "head_count": 3}]
    plan.amend_plan(world.head, row.id, full(posts=more), seen=1)
    entry = history.timeline(world.alice, "event_plan", row.id)[0].entry
    assert list(entry.changes) == ["posts"]
    assert [[one["head_count"] for one in side] for side in entry.changes["posts"]] == [[0], [3]]


def test_nothing_changed_writes_nothing(world: World, show: event.Event) -> None:
    row = drafted(world.alice, show)
    plan.amend_plan(world.alice, row.id, full(), seen=1)
    assert actions(world.alice, row) == ["plan.drafted"]
    assert plan.plan(world.alice, row.id).version == 1


def test_a_stale_save_is_refused_with_both_texts(world: World, show: event.Event) -> None:
    row = drafted(world.alice, show)
    plan.amend_plan(world.head, row.id, full(aims="Một"), seen=1)
    with pytest.raises(Stale) as stale:
        plan.amend_plan(world.alice, row.id, full(aims="Hai"), seen=1)
    assert (plan.plan(world.alice, row.id).aims, stale.value.facts["draft"].aims) == ("Một", "Hai")


@pytest.mark.parametrize(
    ("over", "error"),
    [
        ({"risks": [FIRE | {"likelihood": 6}]}, {"risks.0.likelihood": "less_than_equal"}),
        ({"risks": [FIRE | {"likelihood": 0}]}, {"risks.0.likelihood": "greater_than_equal"}),
        ({"risks": [FIRE | {"hazard": "dragons"}]}, {"risks.0.hazard": "unknown"}),
        ({"risks": [FIRE | {"likelihood_after": 3}]}, {"risks.0": "control_adds_risk"}),
        ({"risks": [FIRE | {"id": 1}]}, {"risks.0.id": "extra_forbidden"}),
        ({"risks": [FIRE | {"owner": "a\x07"}]}, {"risks.0.owner": "control_characters"}),
        (
            {"posts": [GATE, GATE | {"ring": "saturn", "force": "jedi"}]},
            {"posts.1.ring": "unknown", "posts.1.force": "unknown"},
        ),
        ({"posts": [GATE | {"force": "neighbourhood_force"}]}, {"posts.0.force": "unknown"}),  # not before 07/2024
        ({"posts": [GATE | {"head_count": -1}]}, {"posts.0.head_count": "greater_than_equal"}),
        ({"posts": [GATE | {"name": ""}]}, {"posts.0.name": "string_too_short"}),
        ({"posts": [GATE] * 101}, {"posts": "too_long"}),
        ({"scenarios": [ANSWER, ANSWER | {"name": "CHAY, no"}]}, {"scenarios.1.name": "twice"}),
        ({"contacts": [{"name": "Ai đó", "phone": "026099001234"}]}, {"contacts.0.phone": "identity_number"}),
        ({"contacts": [{"name": "Ai đó", "phone": "gọi sau"}]}, {"contacts.0.phone": "string_pattern_mismatch"}),
        ({"peak_people": 901}, {"peak_people": "more_than_expected"}),
    ],
)
def test_it_refuses_what_does_not_fit(
    world: World, show: event.Event, over: dict[str, Any], error: dict[str, str]
) -> None:
    assert refused(plan.draft_plan, world.alice, show.id, FULL | over) == error
    assert plan.plans(world.alice, show.id) == []


def test_phone_numbers_of_offices_pass() -> None:
    for phone in ("113", "0211 3861 113", "+84 211 386 1113", "02113.861.113"):
        assert Contact(name="Trực ban", phone=phone).phone == phone


# ---- the risk rule --------------------------------------------------------------------------------------------------
def test_levels_change_at_5_10_and_20() -> None:
    scores = {(like, worse): level(like, worse) for like in range(1, 6) for worse in range(1, 6)}
    for (like, worse), word in scores.items():
        score = like * worse
        expected = "low" if score <= 4 else "medium" if score <= 9 else "high" if score <= 16 else "very_high"
        assert word == expected


def codes(draft: PlanDraft) -> dict[str, str]:
    return {place: code for place, (code, _) in missing(draft).items()}


def test_a_full_plan_lacks_nothing() -> None:
    assert missing(full()) == {}


def test_a_medium_risk_needs_neither_scenario_nor_owner() -> None:
    bare = Risk(hazard="theft", likelihood=3, consequence=3)
    assert missing(full(risks=[bare.model_dump()])) == {}


def test_a_high_risk_needs_an_owner_and_a_scenario_that_stands_in_the_plan() -> None:
    assert codes(full(risks=[FIRE | {"owner": "", "scenario": ""}])) == {
        "risks.0.owner": "high_risk_without_owner",
        "risks.0.scenario": "high_risk_without_scenario",
    }
    assert codes(full(risks=[FIRE | {"scenario": "Bão"}])) == {"risks.0.scenario": "scenario_not_in_plan"}
    assert codes(full(risks=[FIRE | {"scenario": "chay, NO"}])) == {}
    assert codes(full(risks=[FIRE | {"likelihood_after": 1, "owner": ""}])) == {
        "risks.0.owner": "high_risk_without_owner"
    }


def test_the_scenario_of_a_high_risk_is_complete() -> None:
    gaps = codes(full(scenarios=[ANSWER | {"trigger": "", "commander": ""}]))
    assert gaps == {"scenarios.0.trigger": "scenario_incomplete", "scenarios.0.commander": "scenario_incomplete"}
    assert codes(full(scenarios=[ANSWER, {"name": "Bão"}])) == {}


def test_submitting_is_refused_with_everything_that_is_missing(world: World, show: event.Event) -> None:
    row = drafted(world.alice, show, aims="", expected_people=None, peak_people=None, risks=[FIRE | {"owner": ""}])
    gaps = refused(plan.submit_plan, world.alice, row.id, seen=1)
    assert gaps == {"aims": "missing", "expected_people": "missing", "risks.0.owner": "high_risk_without_owner"}
    assert plan.plan(world.alice, row.id).state == "draft"
    assert actions(world.alice, row) == ["plan.drafted"]


# ---- submitting, deciding -------------------------------------------------------------------------------------------
def test_it_submits_and_counts_the_staffed_posts(world: World, show: event.Event) -> None:
    row = plan.plan(world.alice, submitted(world.alice, show).id)
    assert (row.state, row.staffed_posts, row.staff) == ("submitted", 1, 4)
    assert (row.submitted_at, row.submitted_by) == (instant("2020-01-06T08:00"), world.alice.account_id)
    assert actions(world.alice, row) == ["plan.submitted", "plan.drafted"]


def test_a_submitted_plan_is_frozen(world: World, show: event.Event) -> None:
    row = submitted(world.alice, show)
    assert refused(plan.amend_plan, world.alice, row.id, full(aims="Khác"), seen=2) == {"": "wrong_state"}
    assert refused(plan.submit_plan, world.alice, row.id, seen=2) == {"": "wrong_state"}
    assert plan.plan(world.alice, row.id).aims == FULL["aims"]


def test_a_head_approves(world: World, show: event.Event) -> None:
    row = submitted(world.alice, show)
    world.set("2020-01-08T09:00")
    plan.approve_plan(world.head, row.id, seen=2)
    again = plan.plan(world.alice, row.id)
    assert (again.state, again.approved_at, again.approved_by_name) == (
        "approved",
        instant("2020-01-08T09:00"),
        "Phạm Thị Hạnh",
    )
    assert actions(world.alice, row)[0] == "plan.approved"


def test_two_people_are_needed(world: World, show: event.Event) -> None:
    row = submitted(world.head, show)
    for decide in (
        lambda: plan.approve_plan(world.head, row.id, seen=2),
        lambda: plan.return_plan(world.head, row.id, "Thiếu chốt", seen=2),
    ):
        with pytest.raises(Denied) as denied:
            decide()
        assert denied.value.code == "two_persons"
    assert event.waiting_for_decision(world.head) == []
    assert plan.plan(world.head, row.id).state == "submitted"


def test_staff_do_not_decide(world: World, show: event.Event) -> None:
    row = submitted(world.alice, show)
    with pytest.raises(Denied):
        plan.approve_plan(world.alice, row.id, seen=2)
    with pytest.raises(Denied):
        plan.return_plan(world.alice, row.id, "Thiếu chốt", seen=2)


def test_a_decision_is_on_what_was_seen(world: World, show: event.Event) -> None:
    row = submitted(world.alice, show)
    plan.return_plan(world.head, row.id, "Thiếu chốt cổng B", seen=2)
    with pytest.raises(Stale):
        plan.approve_plan(world.head, row.id, seen=2)
    assert refused(plan.approve_plan, world.head, row.id, seen=3) == {"": "wrong_state"}


def test_it_returns_with_a_reason_and_comes_back(world: World, show: event.Event) -> None:
    row = submitted(world.alice, show)
    assert refused(plan.return_plan, world.head, row.id, "", seen=2) == {"reason": "string_too_short"}
    plan.return_plan(world.head, row.id, "Thiếu chốt cổng B", seen=2)
    assert [one.id for one, _ in event.returned_plans(world.alice)] == [row.id]
    assert history.timeline(world.alice, "event_plan", row.id)[0].entry.note == "Thiếu chốt cổng B"
    assert refused(plan.amend_plan, world.alice, row.id, full(aims="Khác"), seen=3) == {"": "wrong_state"}
    plan.redraft_plan(world.alice, row.id, seen=3)
    plan.amend_plan(world.alice, row.id, full(posts=[GATE, GATE]), seen=4)
    plan.submit_plan(world.alice, row.id, seen=5)
    again = plan.approve_plan(world.head, row.id, seen=6)
    assert (again.staffed_posts, again.staff, again.returned_reason) == (2, 8, "Thiếu chốt cổng B")


def test_a_stranger_finds_nothing(world: World, show: event.Event) -> None:
    row = submitted(world.alice, show)
    for act in (
        lambda: plan.plan(world.bob, row.id),
        lambda: plan.plans(world.bob, show.id),
        lambda: plan.draft_plan(world.bob, show.id, full()),
        lambda: plan.amend_plan(world.bob, row.id, full(), seen=2),
        lambda: plan.submit_plan(world.bob, row.id, seen=2),
        lambda: plan.approve_plan(world.bich, row.id, seen=2),
        lambda: plan.return_plan(world.bich, row.id, "Thiếu chốt", seen=2),
        lambda: plan.redraft_plan(world.bob, row.id, seen=2),
        lambda: plan.new_version(world.bob, row.id),
    ):
        with pytest.raises(NotFound):
            act()
    assert event.waiting_for_decision(world.bich) == []
    assert event.newest_plans(world.bob, [show.id]) == {}


def test_the_liaison_and_the_administrator_do_not_plan(world: World, show: event.Event) -> None:
    for who in (world.liaison, world.admin, world.board, world.system):
        with pytest.raises(Denied):
            drafted(who, show)


def test_what_waits_is_shown_with_its_event_soonest_first(world: World, show: event.Event) -> None:
    sooner = event.add_event(
        world.alice,
        EventDraft(
            name="Hội nghị",
            kind="conference",
            venue="Sở",
            starts_at=instant("2020-01-10T08:00"),
            ends_at=instant("2020-01-10T11:00"),
        ),
    )
    submitted(world.alice, show)
    submitted(world.alice, sooner)
    assert [row.name for _, row in event.waiting_for_decision(world.head)] == ["Hội nghị", "Đêm nhạc"]
    event.cancel_event(world.alice, sooner.id, "Hoãn", seen=1)
    assert [row.name for _, row in event.waiting_for_decision(world.head)] == ["Đêm nhạc"]
    with pytest.raises(Denied):
        event.waiting_for_decision(world.alice)


def test_nothing_is_planned_for_a_cancelled_event(world: World, show: event.Event) -> None:
    row = submitted(world.alice, show)
    event.cancel_event(world.alice, show.id, "Mưa bão", seen=1)
    assert refused(plan.approve_plan, world.head, row.id, seen=2) == {"": "cancelled"}


# ---- editions -------------------------------------------------------------------------------------------------------
def test_the_approved_edition_holds_until_the_next_is_approved(world: World, show: event.Event) -> None:
    first = approved(world, show)
    world.set("2020-01-10T08:00")
    second = plan.new_version(world.alice, first.id)
    assert (second.edition, second.state, plan.content(second)) == (2, "draft", plan.content(first))
    plan.amend_plan(world.alice, second.id, full(aims="Chặt chẽ hơn"), seen=1)
    plan.submit_plan(world.alice, second.id, seen=2)
    assert plan.plan(world.alice, first.id).state == "approved"
    plan.approve_plan(world.head, second.id, seen=3)
    old, new = plan.plan(world.alice, first.id), plan.plan(world.alice, second.id)
    assert (old.state, old.superseded_at, old.approved_at) == (
        "superseded",
        new.approved_at,
        instant("2020-01-06T08:00"),
    )
    assert old.aims == FULL["aims"]
    assert [one.edition for one in plan.plans(world.alice, show.id)] == [2, 1]
    assert event.newest_plans(world.alice, [show.id])[show.id].edition == 2
    assert actions(world.alice, old)[0] == "plan.superseded"


def test_one_open_edition_at_a_time(world: World, show: event.Event) -> None:
    first = approved(world, show)
    second = plan.new_version(world.alice, first.id, nonce="one")
    assert plan.new_version(world.alice, first.id, nonce="one").id == second.id
    assert refused(plan.new_version, world.alice, first.id, nonce="two") == {"": "newer_edition"}
    assert refused(plan.new_version, world.alice, second.id) == {"": "wrong_state"}


def test_a_superseded_edition_is_frozen_for_good(world: World, show: event.Event) -> None:
    first = approved(world, show)
    second = plan.new_version(world.alice, first.id)
    plan.submit_plan(world.alice, second.id, seen=1)
    plan.approve_plan(world.head, second.id, seen=2)
    frozen = plan.plan(world.alice, first.id)
    for act in (
        lambda: plan.amend_plan(world.alice, first.id, full(aims="Khác"), seen=frozen.version),
        lambda: plan.submit_plan(world.alice, first.id, seen=frozen.version),
        lambda: plan.approve_plan(world.head, first.id, seen=frozen.version),
        lambda: plan.return_plan(world.head, first.id, "Thiếu chốt", seen=frozen.version),
        lambda: plan.redraft_plan(world.alice, first.id, seen=frozen.version),
        lambda: plan.new_version(world.alice, first.id),
    ):
        with pytest.raises(Invalid):
            act()


def test_differences_name_the_field_and_the_rows() -> None:
    changed = compare(full(), full(aims="Khác", posts=[GATE]))
    assert changed["aims"] == ["Tuyệt đối an toàn", "Khác"]
    assert [[one["name"] for one in side] for side in changed["posts"]] == [["Cổng B"], []]
    turned = compare(full(), full(posts=list(reversed(FULL["posts"]))))
    assert [[one["name"] for one in side] for side in turned["posts"]] == [["Cổng A", "Cổng B"], ["Cổng B", "Cổng A"]]
    assert compare(full(), full()) == {}


def test_rows_keep_the_order_they_were_typed_in() -> None:
    rows = [Post(name=name, ring="inner", force="guard", head_count=1) for name in "CAB"]
    assert [post.name for post in PlanDraft(posts=rows).posts] == ["C", "A", "B"]


# ---- the golden year ------------------------------------------------------------------------------------------------
def test_the_golden_events_can_be_replayed_to_the_instant(world: World) -> None:
    """Every instant of events.csv comes out of the verbs with the clock set; SK5 is approved after its start."""
    with (ROOT / "data" / "demo" / "events.csv").open(encoding="utf-8") as file:
        golden = list(csv.DictReader(file))
    for one in sorted(golden, key=lambda row: row["approved_at"]):
        row, posts = _replay(world, one)
        assert (row.starts_at, row.ends_at) == (instant(one["starts_at"]), instant(one["ends_at"]))
        assert (row.attendance, row.attendance_kind) == (int(one["attendance"]), one["attendance_kind"])
        assert (posts.approved_at, posts.staffed_posts, posts.staff) == (
            instant(one["approved_at"]),
            int(one["posts"]),
            int(one["staff"]),
        )
        assert (posts.approved_at > row.starts_at) == (one["event"] == "SK5")
    assert event.bubble_counts(world.alice, Filter())["past"] == 7


def _replay(world: World, one: dict[str, str]) -> tuple[event.Event, plan.Plan]:
    starts, ends, decided = (instant(one[name]) for name in ("starts_at", "ends_at", "approved_at"))
    world.set(decided - dt.timedelta(days=3))
    sent = EventDraft(name=one["name"], kind=one["kind"], venue=one["venue"], starts_at=starts, ends_at=ends)
    row = event.add_event(world.alice, sent)
    count, staff = int(one["posts"]), int(one["staff"])
    posts = [Post(name=f"Chốt {n + 1}", ring="middle", force="guard", head_count=staff // count) for n in range(count)]
    draft = plan.draft_plan(world.alice, row.id, PlanDraft(aims="An toàn", expected_people=500, posts=posts))
    plan.submit_plan(world.alice, draft.id, seen=1)
    world.set(decided)
    plan.approve_plan(world.head, draft.id, seen=2)
    world.set(max(ends, decided) + dt.timedelta(days=1))
    result = ResultDraft(attendance=int(one["attendance"]), attendance_kind=one["attendance_kind"])
    return event.report_result(world.alice, row.id, result, seen=1), plan.plan(world.alice, draft.id)
