"""What an organisation's administrator may change of its catalogues, and what stays true then."""

import datetime as dt

import pytest

from models import catalogue_edit, incident, incident_life, task
from models.access import Denied, Invalid, NotFound, Stale
from models.catalogue import CatalogueEntry, entries
from models.catalogue_edit import editable_entries, save_entry
from models.catalogue_rules import DueRuleDraft, HolidayDraft, KindDraft, SeverityDraft, StateDraft, TaskRuleDraft
from models.incident_life import MoveDraft, ReopenDraft, SettleDraft
from tests.models.test_incident import draft, errors
from tests.worlds import World

COMPLETE = {"kind": "B.fighting", "severity": 1}
TODAY = dt.date(2020, 1, 6)


def changes(world: World, catalogue: str) -> list[str]:
    return [entry.action for entry, _ in catalogue_edit.catalogue_changes(world.admin, catalogue)]


def due_rule(**values: object) -> DueRuleDraft:
    return DueRuleDraft.model_validate({"vi": "Vụ việc thông thường", "working_days": 7, "rank": 3} | values)


def state(**values: object) -> StateDraft:
    first = {"vi": "Chờ giám định", "phase": "open", "moves": ["settled"], "reached_from": ["verifying"]}
    return StateDraft.model_validate(first | values)


# ---- who, whose, when -----------------------------------------------------------------------------------------------
def test_an_own_rule_comes_over_the_national_one_in_that_organisation_alone(world: World) -> None:
    row = save_entry(world.admin, "due_rule", "ordinary", due_rule(), seen=0)
    assert (row.version, row.attributes["working_days"]) == (1, 7)
    assert incident.report(world.alice, draft()).due_on == dt.date(2020, 1, 15)
    assert incident.report(world.bob, draft()).due_on == dt.date(2020, 1, 13)
    ((entry, name),) = catalogue_edit.catalogue_changes(world.admin, "due_rule")
    assert (entry.action, entry.changes["working_days"], name) == ("catalogue.amended", [5, 7], "Vụ việc thông thường")


@pytest.mark.parametrize("name", ["alice", "hanh", "liem", "ban", "quan_tri"])
def test_only_an_administrator_of_the_organisation_changes_it(small_world: World, name: str) -> None:
    with pytest.raises(Denied):
        save_entry(getattr(small_world, name), "due_rule", "ordinary", due_rule())
    with pytest.raises(Denied):
        editable_entries(getattr(small_world, name), "due_rule")


@pytest.mark.parametrize(("catalogue", "code"), [("partner_body", "PC07"), ("due_rule", "no_such"), ("../secret", "x")])
def test_what_is_not_there_or_not_editable_is_not_found(small_world: World, catalogue: str, code: str) -> None:
    with pytest.raises(NotFound):
        save_entry(small_world.admin, catalogue, code, due_rule())


def test_a_stale_tab_and_a_second_click_change_nothing(world: World) -> None:
    save_entry(world.admin, "due_rule", "ordinary", due_rule(), seen=0, nonce="click")
    save_entry(world.admin, "due_rule", "ordinary", due_rule(), seen=0, nonce="click")
    with pytest.raises(Stale):
        save_entry(world.admin, "due_rule", "ordinary", due_rule(working_days=9), seen=0)
    save_entry(world.admin, "due_rule", "ordinary", due_rule(en="Ordinary incident"), seen=1)
    again = save_entry(world.admin, "due_rule", "ordinary", due_rule(en="Ordinary incident"), seen=2)
    assert again.version == 2
    assert changes(world, "due_rule") == ["catalogue.amended", "catalogue.amended"]


@pytest.mark.parametrize(
    "values", [{"working_days": 0}, {"working_days": 400}, {"rank": 0}, {"vi": "x"}, {"vi": "x" * 300}]
)
def test_it_refuses_what_cannot_be(values: dict) -> None:
    with pytest.raises(ValueError):
        due_rule(**values)


# ---- due rules ------------------------------------------------------------------------------------------------------
def test_a_new_rule_goes_before_by_its_rank(world: World) -> None:
    save_entry(
        world.admin, "due_rule", None, due_rule(vi="Đặc biệt nghiêm trọng", working_days=1, severity_from=4, rank=1)
    )
    serious = save_entry(
        world.admin, "due_rule", "serious", due_rule(vi="Nghiêm trọng", working_days=3, severity_from=3, rank=2)
    )
    assert serious.code == "serious"
    assert incident.report(world.alice, draft(severity=4)).due_on == dt.date(2020, 1, 7)
    assert incident.report(world.alice, draft(severity=3)).due_on == dt.date(2020, 1, 9)


def test_a_retired_rule_holds_no_more_and_old_records_keep_their_date(world: World) -> None:
    row = incident.report(world.alice, draft(severity=3))
    retired = due_rule(vi="Nghiêm trọng", working_days=3, severity_from=3, rank=1, valid_to=TODAY)
    save_entry(world.admin, "due_rule", "serious", retired)
    assert incident.report(world.alice, draft(severity=3)).due_on == dt.date(2020, 1, 13)
    assert incident.incident(world.alice, row.id).due_on == dt.date(2020, 1, 9)


@pytest.mark.parametrize("values", [{"valid_to": TODAY}, {"severity_from": 2}, {"complexity": "none"}])
def test_every_incident_must_find_a_due_date(small_world: World, values: dict) -> None:
    with pytest.raises(Invalid) as refusal:
        save_entry(small_world.admin, "due_rule", "ordinary", due_rule(**values))
    assert refusal.value.code == "no_rule_left"
    assert changes(small_world, "due_rule") == []


# ---- holidays -------------------------------------------------------------------------------------------------------
def test_an_own_day_off_and_a_holiday_that_is_worked_move_due_dates(world: World) -> None:
    day = save_entry(world.admin, "holiday", None, HolidayDraft(vi="Ngày thành lập Sở", day=dt.date(2020, 1, 8)))
    assert day.code == "2020-01-08"
    assert incident.report(world.alice, draft()).due_on == dt.date(2020, 1, 14)
    save_entry(world.admin, "holiday", "2020-01-08", HolidayDraft(vi="Ngày thành lập Sở", day=day.code, off=False))
    assert incident.report(world.alice, draft()).due_on == dt.date(2020, 1, 13)
    new_year = world.at("2019-12-31T08:00")
    assert incident.report(new_year.alice, draft(occurred_at=new_year.clock.moment, severity=3)).due_on == dt.date(
        2020, 1, 6
    )
    save_entry(
        world.admin, "holiday", "2020-01-01", HolidayDraft(vi="Tết Dương lịch", day=dt.date(2020, 1, 1), off=False)
    )
    assert incident.report(new_year.alice, draft(occurred_at=new_year.clock.moment, severity=3)).due_on == dt.date(
        2020, 1, 3
    )


def test_a_day_stands_once_and_stays_that_day(small_world: World) -> None:
    with pytest.raises(Invalid) as refusal:
        save_entry(small_world.admin, "holiday", None, HolidayDraft(vi="Lần nữa", day=dt.date(2020, 1, 1)))
    assert errors(refusal) == {"day": "taken"}
    with pytest.raises(Invalid) as refusal:
        save_entry(small_world.admin, "holiday", "2020-01-01", HolidayDraft(vi="Dời ngày", day=dt.date(2020, 1, 2)))
    assert errors(refusal) == {"day": "fixed"}


# ---- states ---------------------------------------------------------------------------------------------------------
def test_a_new_state_is_reached_and_left_by_its_moves(world: World) -> None:
    row = save_entry(world.admin, "incident_state", None, state())
    one = incident.report(world.alice, draft(unit_id=world.units["hall"], **COMPLETE))
    one = incident_life.move(world.alice, one.id, "verifying", MoveDraft(), one.version)
    assert row.code in [there.code for there, _ in incident_life.next_states(world.alice, one.id)]
    one = incident_life.move(world.alice, one.id, row.code, MoveDraft(note="Gửi mẫu"), one.version)
    assert [there.code for there, _ in incident_life.next_states(world.alice, one.id)] == ["settled"]
    one = incident_life.move(world.alice, one.id, "settled", SettleDraft(conclusion="Xong"), one.version)
    assert one.resolved_at
    assert row.code not in entries(world.bob, "incident_state")
    assert changes(world, "incident_state") == ["catalogue.amended", "catalogue.added"]


def test_staff_cannot_be_let_to_close_by_another_name(world: World) -> None:
    """The right belongs to the phase, and from an end back to the open is always a reopening."""
    own = state(vi="Lưu kho", phase="closed", moves=["verifying"], reached_from=["settled"])
    code = save_entry(world.admin, "incident_state", None, own).code
    one = incident.report(world.alice, draft(unit_id=world.units["hall"], **COMPLETE))
    one = incident_life.move(world.alice, one.id, "settled", SettleDraft(conclusion="Xong"), one.version)
    with pytest.raises(Denied):
        incident_life.move(world.alice, one.id, code, MoveDraft(), one.version)
    one = incident_life.move(world.head, one.id, code, MoveDraft(), one.version)
    assert one.closed_at
    with pytest.raises(Denied):
        incident_life.move(world.alice, one.id, "verifying", MoveDraft(), one.version)
    with pytest.raises(Invalid):
        incident_life.move(world.head, one.id, "verifying", MoveDraft(), one.version)
    assert (
        incident_life.move(world.head, one.id, "verifying", ReopenDraft(note="Còn việc"), one.version).closed_at is None
    )


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"phase": "nowhere"}, {"phase": "unknown"}),
        ({"moves": []}, {"moves": "missing"}),
        ({"moves": ["nowhere"]}, {"moves": "unknown"}),
        ({"moves": ["closed"]}, {"moves": "phase_order"}),
        (
            {"reached_from": ["transferred", "settled"], "phase": "void", "moves": ["verifying"]},
            {"reached_from": "phase_order"},
        ),
    ],
)
def test_phases_keep_their_order(small_world: World, values: dict, expected: dict) -> None:
    with pytest.raises(Invalid) as refusal:
        save_entry(small_world.admin, "incident_state", None, state(**values))
    assert errors(refusal) == expected
    assert changes(small_world, "incident_state") == []


@pytest.mark.parametrize(
    ("code", "values", "expected"),
    [
        ("verifying", {"phase": "settled"}, {"phase": "fixed"}),
        ("received", {"valid_to": TODAY}, {"valid_to": "first_state"}),
        (
            "settled",
            {"phase": "settled", "moves": ["closed"], "reached_from": ["received"], "valid_to": TODAY},
            {"": "last_of_phase"},
        ),
        ("settled", {"phase": "settled", "moves": ["verifying"], "reached_from": ["received"]}, {"": "last_of_phase"}),
        ("settled", {"phase": "settled", "moves": ["closed"], "reached_from": []}, {"": "last_of_phase"}),
    ],
)
def test_the_way_from_receipt_to_the_closed_file_stays(
    small_world: World, code: str, values: dict, expected: dict
) -> None:
    asked = {"vi": "Trạng thái", "phase": "open", "moves": ["settled"], "reached_from": []} | values
    with pytest.raises(Invalid) as refusal:
        save_entry(small_world.admin, "incident_state", code, StateDraft.model_validate(asked))
    assert errors(refusal) == expected


def test_a_retired_state_is_entered_no_more_but_left(world: World) -> None:
    one = incident.report(world.alice, draft(unit_id=world.units["hall"], **COMPLETE))
    one = incident_life.move(world.alice, one.id, "joint_handling", MoveDraft(), one.version)
    shown = next(row for row in editable_entries(world.admin, "incident_state") if row.code == "joint_handling")
    retired = state(vi=shown.vi, moves=shown.moves, reached_from=shown.reached_from, valid_to=TODAY)
    save_entry(world.admin, "incident_state", "joint_handling", retired, seen=shown.version)
    other = incident.report(world.alice, draft())
    with pytest.raises(Invalid):
        incident_life.move(world.alice, other.id, "joint_handling", MoveDraft(), other.version)
    assert incident_life.move(world.alice, one.id, "settled", SettleDraft(conclusion="Xong"), one.version).resolved_at


# ---- kinds, limits, rules for tasks ---------------------------------------------------------------------------------
def test_a_kind_is_added_under_its_group_and_retired_without_breaking_records(world: World) -> None:
    row = save_entry(world.admin, "incident_kind", None, KindDraft(vi="Thả diều gần sân khấu", parent="B"))
    assert (row.code, row.parent, row.en) == ("B.tha_dieu_gan_san_khau", "B", "Thả diều gần sân khấu")
    one = incident.report(world.alice, draft(kind=row.code))
    retired = KindDraft(vi=row.vi, parent="B", valid_to=dt.date(2020, 1, 1))
    save_entry(world.admin, "incident_kind", row.code, retired, seen=1)
    with pytest.raises(Invalid) as refusal:
        incident.report(world.alice, draft(kind=row.code))
    assert errors(refusal) == {"kind": "unknown"}
    assert entries(world.alice, "incident_kind")[incident.incident(world.alice, one.id).kind].vi == row.vi


@pytest.mark.parametrize(
    ("code", "values", "expected"),
    [
        (None, {"vi": "Gì đó", "parent": "B.fighting"}, {"parent": "unknown"}),
        (None, {"vi": "Gì đó", "parent": "Ω"}, {"parent": "unknown"}),
        ("B.fighting", {"vi": "Đánh nhau", "parent": "C"}, {"parent": "fixed"}),
    ],
)
def test_a_kind_hangs_on_one_group(small_world: World, code: str | None, values: dict, expected: dict) -> None:
    with pytest.raises(Invalid) as refusal:
        save_entry(small_world.admin, "incident_kind", code, KindDraft.model_validate(values))
    assert errors(refusal) == expected


def test_limits_of_a_severity_are_changed_never_its_grades(small_world: World) -> None:
    with pytest.raises(Invalid):
        save_entry(small_world.admin, "severity", None, SeverityDraft(vi="Mức 5"))
    with pytest.raises(Invalid) as refusal:
        save_entry(small_world.admin, "severity", "3", SeverityDraft(vi="Nghiêm trọng", urgent=True))
    assert errors(refusal) == {"flash_report_leader_minutes": "missing"}


def test_an_own_rule_brings_its_steps_to_one_units_incidents(world: World) -> None:
    steps = "Nhắc nhở trực ban; 0\nRà soát camera; 2"
    asked = TaskRuleDraft(vi="Trộm cắp ở bảo tàng", kinds=["C"], unit_id=world.units["museum"], steps=steps)
    save_entry(world.admin, "task_rule", None, asked)
    there = incident.report(world.alice, draft(kind="C.theft", unit_id=world.units["museum"]))
    found = task.tasks(world.alice, "incident", there.id)
    assert [(one.title, one.due_on) for one in found] == [
        ("Nhắc nhở trực ban", TODAY),
        ("Rà soát camera", dt.date(2020, 1, 8)),
    ]
    elsewhere = incident.report(world.alice, draft(kind="C.theft", unit_id=world.units["hall"]))
    assert task.tasks(world.alice, "incident", elsewhere.id) == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"kinds": ["no.such"]}, {"kinds": "unknown"}),
        ({"kinds": []}, {"kinds": "missing"}),
        ({"unit_id": 987_654}, {"unit_id": "unknown"}),
        ({"steps": "Không có số ngày"}, {"steps": "step_does_not_fit"}),
        ({"steps": "Tốt; 1\nquá dài; 1000"}, {"steps": "step_does_not_fit"}),
        ({"steps": "số lạ; ²"}, {"steps": "step_does_not_fit"}),
    ],
)
def test_a_rule_that_does_not_fit_is_refused(small_world: World, values: dict, expected: dict) -> None:
    first = {"vi": "Quy tắc", "kinds": ["C"], "steps": "Việc cần làm; 1"}
    with pytest.raises(Invalid) as refusal:
        save_entry(small_world.admin, "task_rule", None, TaskRuleDraft.model_validate(first | values))
    assert errors(refusal) == expected


def test_every_entry_saves_as_it_is_shown(small_world: World) -> None:
    """Opening an entry and saving it unchanged changes nothing, whatever its catalogue."""
    from models.catalogue_rules import EDITABLE

    for catalogue, rule in EDITABLE.items():
        for row in editable_entries(small_world.admin, catalogue)[:12]:
            asked = rule.draft.model_validate({name: getattr(row, name) for name in rule.draft.model_fields})
            saved = save_entry(small_world.admin, catalogue, row.code, asked, seen=row.version)
            assert isinstance(saved, CatalogueEntry)
            assert saved.id is None, (catalogue, row.code)
