"""Rounds, visits, findings, remedies and re-checks."""

import csv
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from models import finding as found
from models import history, remedy, visit
from models import inspection as rounds
from models import inspection_life as life
from models.access import Current, Denied, Invalid, NotFound, Stale
from models.database import reading
from models.finding import Finding, FindingDraft, RecheckDraft
from models.inspection import Filter, InspectionRound, InspectionVisit, RoundDraft, VisitDraft
from models.inspection_life import ConclusionDraft
from models.kpis import remedied_on_time, rounds_done, visits_with_findings
from models.organisation import UnitDraft, save_unit
from models.period import Period
from models.remedy import RemedyDraft
from models.settings import ROOT
from models.shared import SHARED
from models.visit import VisitLinesDraft
from tests.worlds import HANOI, World, instant

TODAY = dt.date(2020, 1, 6)
ROUND = {
    "subject": "festival",
    "planned_on": dt.date(2020, 1, 6),
    "area": "Phường Đồng Tâm",
    "decision_no": "100/QĐ-SVHTTDL",
    "leader": "Nguyễn Đức Trí",
}
VISIT = {"place": "Đền Cả", "visited_on": TODAY, "ward": "Phường Khai Quang"}
FINDING = {
    "item": "Thiếu bình chữa cháy",
    "handling": "remedy_demanded",
    "deadline": dt.date(2020, 1, 10),
}
DONE = {"done_on": TODAY}


def planned(who: Current, **over: Any) -> InspectionRound:
    return rounds.plan_round(who, RoundDraft(**ROUND | over))


def visited(who: Current, row: InspectionRound | None = None, **over: Any) -> InspectionVisit:
    return visit.add_visit(who, (row or planned(who)).id, VisitDraft(**VISIT | over))


def made(who: Current, at: InspectionVisit | None = None, **over: Any) -> Finding:
    return found.add_finding(who, (at or visited(who)).id, FindingDraft(**FINDING | over))


def again(who: Current, row: Any) -> Any:
    ask: dict[type, Callable[..., Any]] = {InspectionRound: rounds.inspection_round, Finding: found.finding}
    return ask[type(row)](who, row.id)


def actions(who: Current, row: Any) -> list[str]:
    return [line.entry.action for line in history.timeline(who, row.__tablename__, row.id)]


def refused(call: Any, *args: Any, **kwargs: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        call(*args, **kwargs)
    return {field: code for field, (code, _) in refusal.value.errors.items()}


# ---- planning -------------------------------------------------------------------------------------------------------
def test_it_plans_a_round_under_the_next_number(world: World) -> None:
    police = f"org:{world.organisations['congan']}"
    first = planned(world.alice, lead="joint", partners=[police, "body:PC07", police], unit_id=world.units["hall"])
    second = planned(world.head)
    assert (first.number, second.number) == ("KT-2020-0001", "KT-2020-0002")
    assert (first.state, first.entered_by_name) == ("planned", "Trần Alice")
    assert again(world.alice, first).partners == [police, "body:PC07"]
    assert actions(world.alice, first) == ["round.planned"]
    assert history.timeline(world.alice, "inspection_round", first.id)[0].entry.changes["subject"] == [None, "festival"]


def test_the_same_form_twice_is_one_round(world: World) -> None:
    ids = {rounds.plan_round(world.alice, RoundDraft(**ROUND), nonce="one").id for _ in range(2)}
    assert len(ids) == 1
    assert rounds.bubble_counts(world.alice, Filter())[""] == 1


def test_a_round_may_be_written_down_after_the_fact(small_world: World) -> None:
    assert planned(small_world.alice, planned_on=dt.date(2019, 11, 3)).planned_on == dt.date(2019, 11, 3)


@pytest.mark.parametrize(
    ("over", "error"),
    [
        ({"subject": ""}, {"subject": "string_too_short"}),
        ({"subject": "circus"}, {"subject": "unknown"}),
        ({"kind": "weekly"}, {"kind": "unknown"}),
        ({"lead": "nobody"}, {"lead": "unknown"}),
        ({"lead": "joint"}, {"partners": "missing"}),
        ({"planned_on": None}, {"planned_on": "date_type"}),
        ({"planned_to": dt.date(2020, 1, 5)}, {"planned_to": "out_of_order"}),
        ({"unit_id": 9999}, {"unit_id": "unknown"}),
        ({"partners": ["org:9999"]}, {"partners": "unknown"}),
        ({"partners": ["org:one"]}, {"partners": "unknown"}),
        ({"partners": ["body:nobody"]}, {"partners": "unknown"}),
        ({"partners": ["body:"]}, {"partners": "unknown"}),
        ({"partners": ["body:agriculture_environment"]}, {"partners": "unknown"}),  # exists from 01/03/2025 on
        ({"partners": ["PC07"]}, {"partners": "unknown"}),
        ({"leader": "x" * 201}, {"leader": "string_too_long"}),
        ({"note": "a\x00b"}, {"note": "control_characters"}),
        ({"number": "KT-1"}, {"number": "extra_forbidden"}),
    ],
)
def test_it_refuses_a_plan_that_does_not_fit(small_world: World, over: dict[str, Any], error: dict[str, str]) -> None:
    assert refused(rounds.plan_round, small_world.alice, ROUND | over) == error
    assert rounds.bubble_counts(small_world.alice, Filter())[""] == 0


def test_only_a_police_body_of_the_house_is_an_organisation_partner(small_world: World) -> None:
    for code in ("so-a", "truong-b", "ban"):
        partner = f"org:{small_world.organisations[code]}"
        assert refused(planned, small_world.alice, partners=[partner]) == {"partners": "unknown"}
    own = f"org:{small_world.organisations['congan']}"
    assert refused(planned, small_world.liaison, partners=[own]) == {"partners": "unknown"}


def test_a_unit_that_was_merged_is_kept_as_of_the_planned_day(small_world: World) -> None:
    museum = small_world.units["museum"]
    relics = save_unit(
        small_world.admin,
        UnitDraft(name="Ban Quản lý Di tích", valid_to=dt.date(2020, 4, 28), successor_id=museum),
    )
    before = planned(small_world.alice, unit_id=relics.id, planned_on=dt.date(2020, 4, 27))
    after = planned(small_world.alice, unit_id=relics.id, planned_on=dt.date(2020, 4, 28))
    assert (before.unit_id, after.unit_id) == (relics.id, museum)


def test_it_amends_and_writes_what_changed(world: World) -> None:
    row = planned(world.alice)
    rounds.amend_round(world.head, row.id, RoundDraft(**ROUND | {"note": "Hoãn do dịch COVID-19"}), seen=1)
    row = again(world.alice, row)
    assert (row.note, row.version) == ("Hoãn do dịch COVID-19", 2)
    entry = history.timeline(world.alice, "inspection_round", row.id)[0].entry
    assert (entry.action, entry.changes) == ("round.amended", {"note": ["", "Hoãn do dịch COVID-19"]})


def test_nothing_amended_writes_nothing(world: World) -> None:
    row = planned(world.alice)
    rounds.amend_round(world.alice, row.id, RoundDraft(**ROUND), seen=1)
    assert actions(world.alice, row) == ["round.planned"]


def test_the_same_amendment_twice_is_one_entry(world: World) -> None:
    row = planned(world.alice)
    for _ in range(2):
        rounds.amend_round(world.alice, row.id, RoundDraft(**ROUND | {"area": "Vĩnh Yên"}), seen=1, nonce="two")
    assert actions(world.alice, row) == ["round.amended", "round.planned"]


def test_a_stale_amendment_is_refused_with_both_texts(world: World) -> None:
    row = planned(world.alice)
    rounds.amend_round(world.head, row.id, RoundDraft(**ROUND | {"area": "Phúc Yên"}), seen=1)
    with pytest.raises(Stale) as stale:
        rounds.amend_round(world.alice, row.id, RoundDraft(**ROUND | {"area": "Vĩnh Yên"}), seen=1)
    assert stale.value.facts["draft"].area == "Vĩnh Yên"
    assert again(world.alice, row).area == "Phúc Yên"


# ---- the life of a round --------------------------------------------------------------------------------------------
def test_it_starts_and_concludes_a_round(world: World) -> None:
    row = planned(world.alice)
    world.set("2020-01-06T09:00")
    assert life.start_round(world.alice, row.id).state == "running"
    world.set("2020-01-06T17:00")
    draft = ConclusionDraft(**DONE, conclusion_no="12/KL-SVHTTDL", conclusion_on=TODAY, conclusion="Chấp hành tốt")
    assert life.conclude_round(world.head, row.id, draft, seen=2).state == "concluded"
    row = again(world.alice, row)
    assert (row.started_at, row.concluded_at) == (instant("2020-01-06T09:00"), instant("2020-01-06T17:00"))
    assert (row.done_on, row.conclusion_no) == (TODAY, "12/KL-SVHTTDL")
    assert actions(world.alice, row) == ["round.concluded", "round.started", "round.planned"]
    assert history.timeline(world.alice, "inspection_round", row.id)[0].entry.changes["state"] == [
        "running",
        "concluded",
    ]


def test_starting_a_running_round_writes_nothing(world: World) -> None:
    row = planned(world.alice)
    for _ in range(2):
        life.start_round(world.alice, row.id)
    assert actions(world.alice, row) == ["round.started", "round.planned"]


def test_a_planned_round_is_concluded_at_once_when_it_is_written_down_late(small_world: World) -> None:
    row = planned(small_world.alice, planned_on=dt.date(2019, 12, 18))
    row = life.conclude_round(small_world.alice, row.id, ConclusionDraft(done_on=dt.date(2019, 12, 18)))
    assert (row.state, row.done_on) == ("concluded", dt.date(2019, 12, 18))


def test_the_same_conclusion_twice_is_one_entry(world: World) -> None:
    row = planned(world.alice)
    for _ in range(2):
        life.conclude_round(world.alice, row.id, ConclusionDraft(**DONE), seen=1, nonce="three")
    assert actions(world.alice, row) == ["round.concluded", "round.planned"]


@pytest.mark.parametrize(
    ("over", "error"),
    [
        ({"done_on": dt.date(2020, 1, 7)}, {"done_on": "in_the_future"}),
        ({"done_on": dt.date(2020, 1, 4)}, {"done_on": "out_of_order"}),  # before the decision
        ({"done_on": dt.date(2020, 1, 5)}, {"done_on": "out_of_order"}),  # before the last visit
        ({"conclusion_on": dt.date(2020, 1, 5)}, {"conclusion_on": "out_of_order"}),
        ({"conclusion_on": dt.date(2020, 1, 7)}, {"conclusion_on": "in_the_future"}),
    ],
)
def test_it_refuses_a_conclusion_out_of_order(small_world: World, over: dict[str, Any], error: dict[str, str]) -> None:
    row = planned(small_world.alice, decision_on=dt.date(2020, 1, 5))
    visited(small_world.alice, row)
    draft = ConclusionDraft(**DONE | over)
    assert refused(life.conclude_round, small_world.alice, row.id, draft) == error
    assert again(small_world.alice, row).state == "running"


def test_a_conclusion_is_corrected_and_keeps_its_instant(world: World) -> None:
    row = life.conclude_round(world.alice, planned(world.alice).id, ConclusionDraft(**DONE))
    concluded_at = row.concluded_at
    world.forward(days=3)
    draft = ConclusionDraft(**DONE, conclusion_no="15/KL-SVHTTDL")
    for _ in range(2):
        row = again(world.alice, row)
        life.amend_conclusion(world.alice, row.id, draft, seen=row.version)
    assert (again(world.alice, row).conclusion_no, again(world.alice, row).concluded_at) == (
        "15/KL-SVHTTDL",
        concluded_at,
    )
    assert actions(world.alice, row) == ["round.conclusion_amended", "round.concluded", "round.planned"]


def test_there_is_no_conclusion_to_correct_before_there_is_one(small_world: World) -> None:
    row = planned(small_world.alice)
    assert refused(life.amend_conclusion, small_world.alice, row.id, ConclusionDraft(**DONE), seen=1) == {
        "": "not_concluded"
    }


def test_it_cancels_a_round_with_a_reason(world: World) -> None:
    row = planned(world.alice)
    for _ in range(2):
        life.cancel_round(world.alice, row.id, "Dịch bệnh")
    row = again(world.alice, row)
    assert (row.state, row.cancel_reason, row.cancelled_at) == ("cancelled", "Dịch bệnh", world.alice.now())
    assert actions(world.alice, row) == ["round.cancelled", "round.planned"]
    assert history.timeline(world.alice, "inspection_round", row.id)[0].entry.note == "Dịch bệnh"


def test_it_cancels_only_with_a_reason(small_world: World) -> None:
    row = planned(small_world.alice)
    assert refused(life.cancel_round, small_world.alice, row.id, " ") == {"reason": "string_too_short"}


def test_a_round_that_visited_a_place_cannot_be_cancelled(small_world: World) -> None:
    row = planned(small_world.alice)
    visited(small_world.alice, row)
    assert refused(life.cancel_round, small_world.alice, row.id, "Nhầm") == {"": "has_visits"}


def test_a_concluded_round_moves_no_further(small_world: World) -> None:
    row = life.conclude_round(small_world.alice, planned(small_world.alice).id, ConclusionDraft(**DONE))
    for act in (
        lambda: life.start_round(small_world.alice, row.id),
        lambda: life.cancel_round(small_world.alice, row.id, "Nhầm"),
        lambda: life.conclude_round(small_world.alice, row.id, ConclusionDraft(**DONE)),
    ):
        assert refused(act) == {"": "no_such_move"}


def test_a_cancelled_round_takes_nothing_more(small_world: World) -> None:
    row = life.cancel_round(small_world.alice, planned(small_world.alice).id, "Dịch bệnh")
    assert refused(visited, small_world.alice, row) == {"": "cancelled"}
    assert refused(rounds.amend_round, small_world.alice, row.id, RoundDraft(**ROUND), seen=2) == {"": "cancelled"}
    assert refused(life.conclude_round, small_world.alice, row.id, ConclusionDraft(**DONE)) == {"": "no_such_move"}


# ---- visits ---------------------------------------------------------------------------------------------------------
def test_the_first_visit_starts_the_round(world: World) -> None:
    row = planned(world.alice)
    first = visited(world.alice, row)
    visited(world.alice, row, place="Chùa Hà")
    assert again(world.alice, row).state == "running"
    assert [one.place for one in visit.visits(world.alice, row.id)] == ["Đền Cả", "Chùa Hà"]
    assert actions(world.alice, first) == ["visit.added"]
    assert actions(world.alice, row) == ["round.started", "round.planned"]


def test_the_same_visit_sent_twice_is_one(world: World) -> None:
    row = planned(world.alice)
    for _ in range(2):
        visit.add_visit(world.alice, row.id, VisitDraft(**VISIT), nonce="four")
    assert len(visit.visits(world.alice, row.id)) == 1


def test_several_visits_come_together_or_not_at_all(world: World) -> None:
    row = planned(world.alice)
    lines = {"places": "Đền Cả; Số 1, đường Mê Linh\n\nChùa Hà", "visited_on": TODAY, "ward": "Khai Quang"}
    late = VisitLinesDraft(**lines | {"visited_on": dt.date(2020, 1, 7)})
    assert refused(visit.add_visits, world.alice, row.id, late) == {"visited_on": "in_the_future"}
    short = VisitLinesDraft(**lines | {"places": "Đền Cả\n; không tên"})
    assert refused(visit.add_visits, world.alice, row.id, short) == {"places": "line_does_not_fit"}
    assert (visit.visits(world.alice, row.id), again(world.alice, row).state) == ([], "planned")
    for _ in range(2):
        visit.add_visits(world.alice, row.id, VisitLinesDraft(**lines), nonce="five")
    told = [(one.place, one.address, one.ward) for one in visit.visits(world.alice, row.id)]
    assert told == [("Đền Cả", "Số 1, đường Mê Linh", "Khai Quang"), ("Chùa Hà", "", "Khai Quang")]


@pytest.mark.parametrize(
    ("over", "error"),
    [
        ({"place": ""}, {"place": "string_too_short"}),
        ({"visited_on": dt.date(2020, 1, 7)}, {"visited_on": "in_the_future"}),
        ({"unit_id": 9999}, {"unit_id": "unknown"}),
        ({"ward": "x" * 101}, {"ward": "string_too_long"}),
        ({"round_id": 1}, {"round_id": "extra_forbidden"}),
    ],
)
def test_it_refuses_a_visit_that_does_not_fit(small_world: World, over: dict[str, Any], error: dict[str, str]) -> None:
    row = planned(small_world.alice)
    draft = VISIT | over
    assert refused(visit.add_visit, small_world.alice, row.id, draft) == error


def test_a_visit_is_added_to_a_concluded_round_up_to_its_last_day(small_world: World) -> None:
    row = planned(small_world.alice, planned_on=dt.date(2020, 1, 3))
    life.conclude_round(small_world.alice, row.id, ConclusionDraft(done_on=dt.date(2020, 1, 3)))
    assert refused(visited, small_world.alice, row) == {"visited_on": "out_of_order"}
    visited(small_world.alice, row, visited_on=dt.date(2020, 1, 3))
    assert again(small_world.alice, row).state == "concluded"


def test_it_amends_a_visit(world: World) -> None:
    row = visited(world.alice)
    draft = VisitDraft(**VISIT | {"representative": "Ông Ba"})
    row = visit.amend_visit(world.alice, row.id, draft, seen=1)
    visit.amend_visit(world.alice, row.id, draft, seen=2)
    assert actions(world.alice, row) == ["visit.amended", "visit.added"]
    with pytest.raises(Stale):
        visit.amend_visit(world.alice, row.id, VisitDraft(**VISIT), seen=1)


def test_a_visit_cannot_move_behind_what_hangs_on_it(small_world: World) -> None:
    row = visited(small_world.alice)
    made(small_world.alice, row, deadline=TODAY)
    small_world.forward(days=1)
    later = VisitDraft(**VISIT | {"visited_on": dt.date(2020, 1, 7)})
    assert refused(visit.amend_visit, small_world.alice, row.id, later, seen=1) == {"visited_on": "out_of_order"}


# ---- findings -------------------------------------------------------------------------------------------------------
def test_it_writes_down_a_finding(world: World) -> None:
    row = made(world.alice, legal_basis="Điều 5", fine=2_000_000)
    assert (row.state, row.first_deadline, row.fine) == ("open", dt.date(2020, 1, 10), 2_000_000)
    assert actions(world.alice, row) == ["finding.added"]


def test_the_same_finding_sent_twice_is_one(world: World) -> None:
    at = visited(world.alice)
    for _ in range(2):
        found.add_finding(world.alice, at.id, FindingDraft(**FINDING), nonce="six")
    assert len(found.findings(world.alice, at.round_id)) == 1


@pytest.mark.parametrize(
    ("over", "error"),
    [
        ({"item": ""}, {"item": "string_too_short"}),
        ({"handling": "prison"}, {"handling": "unknown"}),
        ({"deadline": None}, {"deadline": "missing"}),
        ({"deadline": dt.date(2020, 1, 5)}, {"deadline": "out_of_order"}),
        ({"handling": "transferred"}, {"receiving_body": "missing"}),
        ({"fine": -1}, {"fine": "greater_than_equal"}),
        ({"fine": 2_000_000_001}, {"fine": "less_than_equal"}),
        ({"remedied_on": TODAY}, {"remedied_on": "extra_forbidden"}),
    ],
)
def test_it_refuses_a_finding_that_does_not_fit(
    small_world: World, over: dict[str, Any], error: dict[str, str]
) -> None:
    at = visited(small_world.alice)
    draft = FINDING | over
    assert refused(found.add_finding, small_world.alice, at.id, draft) == error
    assert found.findings(small_world.alice, at.round_id) == []


def test_a_reminder_needs_no_deadline(small_world: World) -> None:
    row = made(small_world.alice, handling="reminder", deadline=None)
    assert (row.deadline, row.days_left(TODAY)) == (None, None)


def test_a_moved_deadline_leaves_the_first_one_standing(world: World) -> None:
    row = made(world.alice)
    draft = FindingDraft(**FINDING | {"deadline": dt.date(2020, 1, 20)})
    found.amend_finding(world.alice, row.id, draft, seen=1)
    found.amend_finding(world.alice, row.id, draft, seen=2)
    row = again(world.alice, row)
    assert (row.deadline, row.first_deadline) == (dt.date(2020, 1, 20), dt.date(2020, 1, 10))
    assert actions(world.alice, row) == ["finding.amended", "finding.added"]
    with pytest.raises(Stale):
        found.amend_finding(world.alice, row.id, FindingDraft(**FINDING), seen=1)


def test_days_left_run_until_it_is_remedied(small_world: World) -> None:
    row = made(small_world.alice)
    assert [row.days_left(dt.date(2020, 1, day)) for day in (9, 10, 11)] == [1, 0, -1]
    row = remedy.report_remedied(small_world.alice, row.id, RemedyDraft(remedied_on=TODAY))
    assert row.days_left(TODAY) is None


# ---- remedy and re-check --------------------------------------------------------------------------------------------
def test_a_remedy_is_accepted_at_once(world: World) -> None:
    row = made(world.alice)
    world.set("2020-01-09T10:00")
    draft = RemedyDraft(remedied_on=dt.date(2020, 1, 8), evidence="Báo cáo số 3")
    row = remedy.report_remedied(world.alice, row.id, draft)
    assert (row.state, row.remedied_on, row.remedied_at) == ("remedied", dt.date(2020, 1, 8), world.alice.now())
    assert actions(world.alice, row) == ["finding.remedied", "finding.added"]
    assert history.timeline(world.alice, "finding", row.id)[0].entry.changes["state"] == ["open", "remedied"]
    assert refused(remedy.report_remedied, world.alice, row.id, draft) == {"": "no_such_move"}


def test_a_remedy_waits_for_the_recheck(world: World) -> None:
    row = made(world.alice)
    remedy.start_remedy(world.alice, row.id)
    remedy.start_remedy(world.alice, row.id)
    world.set("2020-01-12T10:00")
    row = remedy.report_remedied(
        world.alice, row.id, RemedyDraft(remedied_on=dt.date(2020, 1, 9), verify=True), seen=2, nonce="seven"
    )
    assert (row.state, row.remedied_on, row.reported_on) == ("to_verify", None, dt.date(2020, 1, 9))
    checked = RecheckDraft(checked_on=dt.date(2020, 1, 12), result="passed", checked_by="Đoàn kiểm tra")
    for _ in range(2):
        remedy.recheck(world.alice, row.id, checked, nonce="eight")
    row = again(world.alice, row)
    assert (row.state, row.remedied_on) == ("remedied", dt.date(2020, 1, 9))
    assert [one.result for one in found.rechecks(world.alice, row.id)] == ["passed"]
    assert actions(world.alice, row) == [
        "finding.recheck_passed",
        "finding.reported",
        "finding.remedy_started",
        "finding.added",
    ]


def test_a_failed_recheck_sends_it_back_to_work(world: World) -> None:
    row = made(world.alice)
    remedy.report_remedied(world.alice, row.id, RemedyDraft(remedied_on=TODAY))
    remedy.recheck(world.head, row.id, RecheckDraft(checked_on=TODAY, result="failed", checked_by="Tổ 2", note="Hỏng"))
    row = again(world.alice, row)
    assert (row.state, row.remedied_on, row.remedied_at, row.reported_on) == ("remedying", None, None, None)
    entry = history.timeline(world.alice, "finding", row.id)[0].entry
    assert entry.changes["state"] == ["remedied", "remedying"]
    assert (entry.action, entry.changes["checked_by"]) == ("finding.recheck_failed", [None, "Tổ 2"])
    assert entry.note == "Thiếu bình chữa cháy: Hỏng"


def test_a_passed_recheck_without_a_report_dates_the_remedy(small_world: World) -> None:
    row = made(small_world.alice)
    remedy.recheck(small_world.alice, row.id, RecheckDraft(checked_on=TODAY, result="passed", checked_by="Tổ 2"))
    assert again(small_world.alice, row).remedied_on == TODAY


@pytest.mark.parametrize(
    ("over", "error"),
    [
        ({"checked_on": dt.date(2020, 1, 7)}, {"checked_on": "in_the_future"}),
        ({"checked_on": dt.date(2020, 1, 5)}, {"checked_on": "out_of_order"}),
        ({"result": "perhaps"}, {"result": "unknown"}),
        ({"checked_by": ""}, {"checked_by": "string_too_short"}),
    ],
)
def test_it_refuses_a_recheck_that_does_not_fit(
    small_world: World, over: dict[str, Any], error: dict[str, str]
) -> None:
    row = made(small_world.alice)
    draft = {"checked_on": TODAY, "result": "passed", "checked_by": "Tổ 2"} | over
    assert refused(remedy.recheck, small_world.alice, row.id, draft) == error
    assert found.rechecks(small_world.alice, row.id) == []


def test_a_remedy_lies_between_the_visit_and_today(small_world: World) -> None:
    row = made(small_world.alice)
    for day, code in ((dt.date(2020, 1, 5), "out_of_order"), (dt.date(2020, 1, 7), "in_the_future")):
        draft = RemedyDraft(remedied_on=day)
        assert refused(remedy.report_remedied, small_world.alice, row.id, draft) == {"remedied_on": code}


def test_what_cannot_be_remedied_says_so_and_can_be_taken_up_again(world: World) -> None:
    row = made(world.alice)
    for _ in range(2):
        remedy.cannot_be_remedied(world.alice, row.id, "Cơ sở đã giải thể")
    row = again(world.alice, row)
    assert (row.state, row.given_up_reason) == ("cannot_remedy", "Cơ sở đã giải thể")
    checked = RecheckDraft(checked_on=TODAY, result="passed", checked_by="Tổ 2")
    assert refused(remedy.recheck, world.alice, row.id, checked) == {"": "no_such_move"}
    remedy.reopen_finding(world.alice, row.id, "Có chủ mới")
    row = again(world.alice, row)
    assert (row.state, row.given_up_at, row.given_up_reason) == ("remedying", None, "")
    assert actions(world.alice, row) == ["finding.reopened", "finding.given_up", "finding.added"]
    assert refused(remedy.reopen_finding, world.alice, row.id, "Lần nữa") == {"": "no_such_move"}


def test_what_is_remedied_is_not_given_up(small_world: World) -> None:
    row = made(small_world.alice)
    remedy.report_remedied(small_world.alice, row.id, RemedyDraft(remedied_on=TODAY))
    assert refused(remedy.cannot_be_remedied, small_world.alice, row.id, "Không") == {"": "no_such_move"}
    assert refused(remedy.start_remedy, small_world.alice, row.id) == {"": "no_such_move"}


# ---- finding them again ---------------------------------------------------------------------------------------------
def numbers(who: Current, **asked: Any) -> list[str]:
    return [row.number[-1] for row in rounds.rounds(who, Filter(**asked))]


def test_it_searches_without_accents_in_rounds_and_in_the_places_they_visited(world: World) -> None:
    one, two = planned(world.alice), planned(world.alice, area="Vĩnh Yên", decision_no="107/QĐ-SVHTTDL", leader="")
    visited(world.alice, two, place="Quán karaoke Ánh Sao")
    assert numbers(world.alice, text="dong tam") == numbers(world.alice, text="ĐỨC TRÍ") == ["1"]
    assert numbers(world.alice, text="anh sao 107") == ["2"]
    assert numbers(world.alice, text=one.number.lower()) == ["1"]
    assert numbers(world.alice, text="100%") == numbers(world.alice, text="dong_tam") == []


def test_it_filters_pages_and_counts(world: World) -> None:
    days = [dt.date(2020, 1, day) for day in (3, 6, 9)]
    planned(world.alice, planned_on=days[0], subject="conditional_business.karaoke")
    planned(world.alice, planned_on=days[1], kind="unannounced", unit_id=world.units["hall"])
    planned(world.head, planned_on=days[2], lead="joint", partners=["body:PC07"])
    assert numbers(world.alice) == ["3", "2", "1"]
    assert [row.number[-1] for row in rounds.rounds(world.alice, Filter(), limit=1, offset=1)] == ["2"]
    assert numbers(world.alice, subject="conditional_business") == ["1"]
    assert numbers(world.alice, kind="unannounced") == numbers(world.alice, unit_id=world.units["hall"]) == ["2"]
    assert numbers(world.alice, lead="joint") == ["3"]
    assert numbers(world.alice, first=days[1], last=days[1]) == ["2"]
    assert rounds.bubble_counts(world.alice, Filter(last=days[1]))[""] == 2


def test_the_bubbles_agree_with_the_states(world: World) -> None:
    late = planned(world.alice, planned_on=dt.date(2020, 1, 5))
    planned(world.alice, planned_on=dt.date(2020, 1, 5), planned_to=TODAY)
    made(world.alice, visited(world.alice, planned(world.alice)))
    life.conclude_round(world.alice, planned(world.alice).id, ConclusionDraft(**DONE))
    life.cancel_round(world.alice, planned(world.alice).id, "Dịch bệnh")
    counts = rounds.bubble_counts(world.alice, Filter())
    assert counts == {"": 5, "planned": 2, "running": 1, "concluded": 1, "cancelled": 1, "late": 1, "overdue": 0}
    for state in rounds.STATES:
        assert {row.state for row in rounds.rounds(world.alice, Filter(bubble=state))} == {state}
    assert numbers(world.alice, bubble="late") == [late.number[-1]]


def test_a_finding_is_overdue_on_the_day_after_its_deadline(world: World) -> None:
    row = made(world.alice)
    world.set("2020-01-10T23:59")
    assert found.overdue_findings(world.alice) == []
    assert [due.finding.id for due in found.findings_due_soon(world.alice, days=0)] == [row.id]
    world.set("2020-01-11T00:00")
    (due,) = found.overdue_findings(world.alice)
    assert (due.finding.id, due.visit.place, due.round.number) == (row.id, "Đền Cả", "KT-2020-0001")
    assert found.findings_due_soon(world.alice) == []
    assert numbers(world.alice, bubble="overdue") == ["1"]
    remedy.cannot_be_remedied(world.alice, row.id, "Cơ sở đã giải thể")
    assert (found.overdue_findings(world.alice), numbers(world.alice, bubble="overdue")) == ([], [])


def test_the_story_of_a_round_tells_of_its_visits_and_findings(world: World) -> None:
    row = planned(world.alice)
    one = made(world.alice, visited(world.alice, row))
    other = made(world.alice)
    history.note(world.alice, "finding", one.id, "Đã gọi nhắc")
    noted = found.round_timeline(world.alice, row.id)[0].entry
    history.strike(world.alice, noted.id, "Nhầm cơ sở")
    lines = found.round_timeline(world.alice, row.id)
    assert [line.entry.action for line in lines] == [
        "noted",
        "finding.added",
        "visit.added",
        "round.started",
        "round.planned",
    ]
    assert lines[0].struck_by is not None
    assert other.id not in [line.entry.subject_id for line in lines if line.entry.subject == "finding"]


def test_partners_read_numbers_and_no_names(world: World) -> None:
    row = planned(world.alice)
    made(world.alice, visited(world.alice, row, representative="Ông Ba"))
    visited(world.alice, row, is_recheck=True)
    with reading(world.alice) as session:
        shared = SHARED["inspection_round"](session, rounds.one(session, row.id))
    assert (shared.kind, shared.title) == ("inspection", "Lễ hội: Phường Đồng Tâm")
    assert shared.figures == {"visits": 1, "findings": 1}
    assert shared.occurred_on == TODAY
    assert not {"Nguyễn Đức Trí", "Ông Ba"} & set(str(shared).split("'"))


# ---- whose it is ----------------------------------------------------------------------------------------------------
def every_call(who: Current, row: InspectionRound, at: InspectionVisit, one: Finding) -> list[Callable[[], Any]]:
    check = RecheckDraft(checked_on=TODAY, result="passed", checked_by="Tổ 2")
    return [
        lambda: rounds.amend_round(who, row.id, RoundDraft(**ROUND | {"area": "x"}), seen=2),
        lambda: life.start_round(who, row.id),
        lambda: life.conclude_round(who, row.id, ConclusionDraft(**DONE)),
        lambda: life.amend_conclusion(who, row.id, ConclusionDraft(**DONE), seen=2),
        lambda: life.cancel_round(who, row.id, "Không"),
        lambda: visit.add_visit(who, row.id, VisitDraft(**VISIT)),
        lambda: visit.add_visits(who, row.id, VisitLinesDraft(places="Đền Cả", visited_on=TODAY)),
        lambda: visit.amend_visit(who, at.id, VisitDraft(**VISIT | {"ward": "x"}), seen=1),
        lambda: found.add_finding(who, at.id, FindingDraft(**FINDING)),
        lambda: found.amend_finding(who, one.id, FindingDraft(**FINDING | {"item": "xx"}), seen=1),
        lambda: remedy.start_remedy(who, one.id),
        lambda: remedy.report_remedied(who, one.id, RemedyDraft(remedied_on=TODAY)),
        lambda: remedy.recheck(who, one.id, check),
        lambda: remedy.cannot_be_remedied(who, one.id, "Không"),
        lambda: remedy.reopen_finding(who, one.id, "Không"),
        lambda: rounds.inspection_round(who, row.id),
        lambda: visit.visits(who, row.id),
        lambda: found.findings(who, row.id),
        lambda: found.finding(who, one.id),
        lambda: found.rechecks(who, one.id),
        lambda: found.round_timeline(who, row.id),
    ]


def test_a_stranger_finds_nothing(world: World) -> None:
    row = planned(world.alice)
    at = visited(world.alice, row)
    one = made(world.alice, at, deadline=TODAY)
    world.forward(days=2)
    for who in (world.bob, world.liaison):
        for call in every_call(who, row, at, one):
            with pytest.raises(NotFound):
                call()
        assert rounds.rounds(who, Filter(text="Đền Cả")) == found.overdue_findings(who) == []
        assert set(rounds.bubble_counts(who, Filter()).values()) == {0}
    assert again(world.alice, one).version == 1


def test_administrators_and_the_board_have_no_right_to_records(world: World) -> None:
    row = planned(world.alice)
    at = visited(world.alice, row)
    one = made(world.alice, at)
    for who in (world.admin, world.board, world.system):
        calls = every_call(who, row, at, one)
        calls += [lambda who=who: planned(who), lambda who=who: rounds.rounds(who, Filter())]  # type: ignore[misc]
        for call in calls:
            with pytest.raises(Denied):
                call()


def test_the_liaison_keeps_the_rounds_of_the_own_body(world: World) -> None:
    row = planned(world.liaison)
    assert (numbers(world.liaison), numbers(world.alice)) == (["1"], [])
    assert life.start_round(world.liaison, row.id).state == "running"


# ---- the golden year ------------------------------------------------------------------------------------------------
def golden(name: str) -> list[dict[str, str]]:
    with (ROOT / "data" / "demo" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def at_noon(world: World, day: str) -> None:
    world.set(f"{day}T12:00")


def replay(world: World) -> None:
    """The golden rounds, visits and findings through the verbs, each with the clock set to its day."""
    bodies = {"PA03": f"org:{world.organisations['congan']}", "CAP Khai Quang": "body:PC06"}
    ids: dict[str, int] = {}
    for one in sorted(golden("rounds"), key=lambda one: one["planned_on"]):
        at_noon(world, one["planned_on"])
        draft = RoundDraft(
            subject=one["subject"],
            kind=one["kind"],
            lead="joint" if one["joint"] == "yes" else "independent",
            planned_on=one["planned_on"],
            decision_no=one["decision_no"],
            partners=[bodies[name] for name in one["partners"].split(";")],
            note=one["note"],
        )
        row = rounds.plan_round(world.alice, draft)
        for seen in (v for v in golden("visits") if v["round"] == one["round"]):
            place = visit.add_visit(world.alice, row.id, VisitDraft(place=seen["place"], visited_on=seen["on"]))
            ids[seen["visit"]] = place.id
        if one["done_on"]:
            life.conclude_round(world.alice, row.id, ConclusionDraft(done_on=one["done_on"]))
    for one in golden("findings"):
        place = next(v for v in golden("visits") if v["visit"] == one["visit"])
        at_noon(world, place["on"])
        draft_ = FindingDraft(item=f"Vi phạm {one['finding']}", handling=one["handling"], deadline=one["deadline"])
        row_ = found.add_finding(world.alice, ids[one["visit"]], draft_)
        if one["remedied_on"]:
            at_noon(world, one["remedied_on"])
            remedy.report_remedied(world.alice, row_.id, RemedyDraft(remedied_on=one["remedied_on"]))
            if one["recheck"]:
                check = RecheckDraft(checked_on=one["remedied_on"], result=one["recheck"], checked_by="Đoàn kiểm tra")
                remedy.recheck(world.alice, row_.id, check)


def test_the_golden_year_is_reproduced_by_the_verbs(small_world: World) -> None:
    replay(small_world)
    small_world.set("2020-11-12T17:00")
    who = small_world.alice
    told = {row.decision_no: row for row in rounds.rounds(who, Filter(), limit=50)}
    for one in golden("rounds"):
        row = told[one["decision_no"]]
        assert (row.state, str(row.done_on or ""), row.note) == (one["state"], one["done_on"], one["note"])
    assert [(due.finding.item, due.finding.days_left(who.today())) for due in found.overdue_findings(who)] == [
        ("Vi phạm F16", -308)
    ]
    period = Period(dt.date(2019, 9, 1), dt.date(2020, 11, 12), HANOI)
    figures = [ask(who, period) for ask in (rounds_done, visits_with_findings, remedied_on_time)]
    assert [(one.numerator, one.denominator) for one in figures] == [(12, 13), (15, 64), (14, 17)]
