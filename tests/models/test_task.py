"""Tasks on a record: entered or born by rules, done by one, verified by another, extended with a basis."""

import datetime as dt

import pytest
from sqlmodel import select

from models import deadline, history, incident, incident_life, task
from models.access import Current, Denied, Invalid, NotFound, Stale
from models.database import reading
from models.draft import ReasonDraft
from models.event import add_event
from models.history import HistoryEntry
from models.incident import Incident, IncidentDraft
from models.task import (
    CANNOT,
    DOING,
    DONE,
    TO_VERIFY,
    TODO,
    Task,
    TaskDoneDraft,
    TaskDraft,
    TaskEditDraft,
    TaskExtendDraft,
)
from tests.models.test_inbox import EVENT
from tests.models.test_incident import draft, errors
from tests.models.test_inspection import planned
from tests.worlds import World

DUE = dt.date(2020, 1, 10)
WHY = ReasonDraft(reason="Chưa đủ hồ sơ")
RESULT = TaskDoneDraft(result="Đã lập biên bản")


def added(world: World, row: Incident | None = None, **values: object) -> Task:
    row = row or incident.report(world.alice, draft())
    asked = TaskDraft.model_validate(
        {"title": "Lập biên bản", "due_on": DUE, "owner_id": world.alice.account_id} | values
    )
    return task.add_task(world.alice, "incident", row.id, asked)


def entries(current: Current, row: Task) -> list[HistoryEntry]:
    with reading(current) as session:
        asked = select(HistoryEntry).where(HistoryEntry.subject == "task", HistoryEntry.subject_id == row.id)
        return list(session.exec(asked.order_by(HistoryEntry.sequence)))


def actions(current: Current, row: Task) -> list[str]:
    return [entry.action for entry in entries(current, row)]


# ---- entering -------------------------------------------------------------------------------------------------------
def test_it_is_added_to_a_record_with_owner_and_due_date(world: World) -> None:
    row = added(world)
    assert (row.state, row.due_on, row.first_due_on, row.owner_id) == (TODO, DUE, DUE, world.alice.account_id)
    (entry,) = entries(world.alice, row)
    assert (entry.action, entry.changes["title"]) == ("task.added", [None, "Lập biên bản"])
    assert [one.id for one in task.tasks(world.head, "incident", row.subject_id)] == [row.id]


def test_rounds_and_events_have_tasks_too(world: World) -> None:
    show = add_event(world.alice, EVENT)
    trip = planned(world.alice)
    for subject, row in (("event", show), ("inspection_round", trip)):
        one = task.add_task(world.alice, subject, row.id, TaskDraft(title="Thuê rào chắn", due_on=DUE))
        assert [(found.id, found.state) for found in task.tasks(world.head, subject, row.id)] == [(one.id, TODO)]
        with pytest.raises(NotFound):
            task.tasks(world.bich, subject, row.id)
    later = world.at("2020-01-13T08:00")
    late = deadline.everything_overdue(later.alice)
    assert {(one.subject, one.number) for one in late} == {("event", show.number), ("inspection_round", trip.number)}
    task.report_task(world.alice, one.id, RESULT, one.version)
    assert [found.record.number for found in task.to_verify(world.head)] == [trip.number]


def test_the_same_form_sent_twice_adds_one_task(world: World) -> None:
    row, asked = incident.report(world.alice, draft()), TaskDraft(title="Một lần thôi", due_on=DUE)
    first = task.add_task(world.alice, "incident", row.id, asked, nonce="a form")
    assert task.add_task(world.alice, "incident", row.id, asked, nonce="a form").id == first.id
    assert len(task.tasks(world.alice, "incident", row.id)) == 1


def test_a_stranger_a_missing_record_and_another_kind_of_record_look_the_same(world: World) -> None:
    row, asked = incident.report(world.alice, draft()), TaskDraft(title="Lẻn vào", due_on=DUE)
    for current, subject, subject_id in (
        (world.bich, "incident", row.id),
        (world.alice, "incident", 987_654),
        (world.alice, "account", world.alice.account_id),
    ):
        with pytest.raises(NotFound):
            task.add_task(current, subject, subject_id, asked)
    with pytest.raises(Denied):
        task.add_task(world.admin, "incident", row.id, asked)


@pytest.mark.parametrize("name", ["bob", "an", "nobody"])
def test_only_a_colleague_who_may_write_is_put_in_charge(world: World, name: str) -> None:
    owner = 987_654 if name == "nobody" else getattr(world, name).account_id
    with pytest.raises(Invalid) as refusal:
        added(world, owner_id=owner)
    assert errors(refusal) == {"owner_id": "unknown"}
    assert set(task.possible_owners(world.alice)) == {world.alice.account_id, world.head.account_id}


def test_a_closed_file_takes_no_new_task(world: World) -> None:
    row = incident.report(world.alice, draft(unit_id=world.units["hall"], kind="B.fighting", severity=1))
    row = incident_life.move(world.alice, row.id, "settled", incident_life.SettleDraft(conclusion="Xong"), row.version)
    incident_life.move(world.head, row.id, "closed", incident_life.MoveDraft(), row.version)
    with pytest.raises(Invalid) as refusal:
        added(world, row)
    assert refusal.value.code == "closed"


def test_tasks_of_a_confidential_incident_are_hidden_with_it(world: World) -> None:
    row = incident.report(world.head, draft(confidential=True))
    asked = TaskDraft(title="Gặp người báo tin", due_on=DUE)
    hidden = task.add_task(world.head, "incident", row.id, asked)
    with pytest.raises(NotFound):
        task.task(world.alice, hidden.id)
    with pytest.raises(NotFound):
        task.tasks(world.alice, "incident", row.id)


# ---- born by rules --------------------------------------------------------------------------------------------------
def test_a_kind_brings_the_steps_of_its_rule(world: World) -> None:
    row = incident.report(world.alice, draft(kind="D.fire", unit_id=world.units["hall"]))
    found = task.tasks(world.head, "incident", row.id)
    assert [(one.title, one.due_on, one.rule) for one in found] == [
        ("Lập biên bản vụ việc có người chứng kiến", dt.date(2020, 1, 7), "fire"),
        ("Kiểm tra lại điện, phương tiện chữa cháy, lối thoát nạn", dt.date(2020, 1, 9), "fire"),
        ("Báo cáo nguyên nhân, thiệt hại và biện pháp khắc phục", dt.date(2020, 1, 9), "fire"),
    ]
    assert {one.owner_id for one in found} == {world.alice.account_id}
    entry = history.timeline(world.alice, "incident", row.id)[0].entry
    assert (entry.action, entry.changes["tasks"]) == ("incident.tasks_born", [0, 3])
    assert entry.note.startswith("Cháy, nổ, sập đổ: Lập biên bản")


def test_a_kind_without_a_rule_brings_none(world: World) -> None:
    assert task.tasks(world.alice, "incident", incident.report(world.alice, draft(kind="B.fighting")).id) == []


def test_a_rule_gives_its_steps_once_however_often_the_kind_changes(world: World) -> None:
    row = incident.report(world.alice, draft())
    for kind in ("D.fire", "B.fighting", "D.explosion"):
        row = incident.amend(world.alice, row.id, draft(kind=kind), row.version)
    assert len(task.tasks(world.alice, "incident", row.id)) == 3


def test_an_incident_out_of_an_old_file_brings_none(world: World) -> None:
    row = incident.report(world.alice, draft(kind="D.fire"), origin="file")
    assert task.tasks(world.alice, "incident", row.id) == []


# ---- its life -------------------------------------------------------------------------------------------------------
def test_it_goes_from_todo_to_done_by_two_people(world: World) -> None:
    row = task.start_task(world.alice, added(world).id)
    assert (row.state, row.started_at) == (DOING, world.clock.moment)
    world.forward(hours=2)
    row = task.report_task(world.alice, row.id, RESULT, row.version)
    assert (row.state, row.done_at, row.done_by_name) == (TO_VERIFY, world.clock.moment, "Trần Alice")
    assert [one.task.id for one in task.to_verify(world.head)] == [row.id]
    assert task.to_verify(world.alice) == []
    row = task.verify_task(world.head, row.id, row.version)
    assert (row.state, row.verified_by_name) == (DONE, "Phạm Thị Hạnh")
    assert actions(world.alice, row) == ["task.added", "task.started", "task.reported", "task.verified"]
    assert task.to_verify(world.head) == []


def test_who_did_it_does_not_verify_it(world: World) -> None:
    row = task.report_task(world.head, added(world).id, RESULT, 1)
    for step in (
        lambda: task.verify_task(world.head, row.id, row.version),
        lambda: task.return_task(world.head, row.id, WHY, row.version),
    ):
        with pytest.raises(Denied) as refusal:
            step()
        assert refusal.value.code == "not_the_doer"
    assert task.verify_task(world.alice, row.id, row.version).state == DONE


def test_what_is_sent_back_is_at_work_again(world: World) -> None:
    row = task.report_task(world.alice, added(world).id, RESULT, 1)
    row = task.return_task(world.head, row.id, WHY, row.version)
    assert (row.state, row.done_by, row.result) == (DOING, None, "")
    assert entries(world.alice, row)[-1].note == WHY.reason


def test_what_cannot_be_done_says_why_and_may_be_taken_up_again(world: World) -> None:
    row = added(world)
    with pytest.raises(Invalid):
        task.give_up_task(world.alice, row.id, ReasonDraft.model_construct(reason=""), row.version)
    row = task.give_up_task(world.alice, row.id, WHY, row.version)
    assert (row.state, row.given_up_reason) == (CANNOT, WHY.reason)
    assert task.unfinished(world.alice, "incident", row.subject_id) == []
    assert task.reopen_task(world.alice, row.id, WHY, row.version).state == DOING


@pytest.mark.parametrize(
    "step",
    [
        lambda world, row: task.verify_task(world.head, row.id, row.version),
        lambda world, row: task.return_task(world.head, row.id, WHY, row.version),
        lambda world, row: task.reopen_task(world.head, row.id, WHY, row.version),
    ],
)
def test_it_refuses_a_step_from_where_it_does_not_stand(world: World, step: object) -> None:
    row = added(world)
    with pytest.raises(Invalid) as refusal:
        step(world, row)
    assert refusal.value.code == "no_such_move"
    assert actions(world.alice, row) == ["task.added"]


def test_an_extension_asks_for_a_basis_and_keeps_the_first_date(world: World) -> None:
    row = added(world)
    with pytest.raises(Invalid):
        task.extend_task(world.alice, row.id, TaskExtendDraft.model_construct(due_on=DUE, due_basis=""), row.version)
    with pytest.raises(Invalid) as refusal:
        task.extend_task(world.alice, row.id, TaskExtendDraft(due_on=DUE, due_basis="Chờ kết luận"), row.version)
    assert errors(refusal) == {"due_on": "out_of_order"}
    later = TaskExtendDraft(due_on=dt.date(2020, 1, 20), due_basis="Chờ kết luận")
    row = task.extend_task(world.alice, row.id, later, row.version)
    assert (row.first_due_on, row.due_on, row.due_basis) == (DUE, later.due_on, "Chờ kết luận")
    assert entries(world.alice, row)[-1].changes["due_on"] == ["2020-01-10", "2020-01-20"]


def test_it_is_put_otherwise_and_given_to_another(world: World) -> None:
    row = added(world)
    asked = TaskEditDraft(title="Lập biên bản bổ sung", owner_id=world.head.account_id)
    row = task.amend_task(world.alice, row.id, asked, row.version)
    assert [one.task.id for one in task.my_tasks(world.head)] == [row.id]
    again = task.amend_task(world.alice, row.id, asked, row.version)
    assert actions(world.alice, row) == ["task.added", "task.amended"]
    with pytest.raises(Stale):
        task.amend_task(world.alice, row.id, TaskEditDraft(title="Bản cũ"), again.version - 1)


def test_a_second_click_moves_nothing(world: World) -> None:
    row = added(world)
    once = task.report_task(world.alice, row.id, RESULT, 1, nonce="click")
    assert task.report_task(world.alice, row.id, RESULT, 1, nonce="click").version == once.version
    assert task.start_task(world.alice, added(world).id).version == 2
    assert actions(world.alice, row) == ["task.added", "task.reported"]


@pytest.mark.parametrize(
    "step",
    [
        lambda who, row: task.start_task(who, row.id),
        lambda who, row: task.report_task(who, row.id, RESULT, 1),
        lambda who, row: task.extend_task(
            who, row.id, TaskExtendDraft(due_on=dt.date(2021, 1, 1), due_basis="xin thêm"), 1
        ),
        lambda who, row: task.give_up_task(who, row.id, WHY, 1),
    ],
)
def test_a_stranger_finds_none_of_it(world: World, step: object) -> None:
    row = added(world)
    with pytest.raises(NotFound):
        step(world.bich, row)
    with pytest.raises(Denied):
        step(world.admin, row)


def test_it_waits_no_more_where_nothing_happened(world: World) -> None:
    """A task on an incident that was not confirmed is moot."""
    row = incident.report(world.alice, IncidentDraft.model_validate(draft(kind="D.fire").model_dump()))
    assert len(task.my_tasks(world.alice)) == 3
    incident_life.move(world.head, row.id, "not_confirmed", incident_life.VoidDraft(note="Báo nhầm"), row.version)
    assert task.my_tasks(world.alice) == []
