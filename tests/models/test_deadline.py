"""The clock of the flash report, and the list of everything that is due or overdue."""

import datetime as dt

import pytest

from models import deadline, incident, incident_life, task
from models.access import Denied, Invalid, NotFound, Stale
from models.catalogue_edit import save_entry
from models.catalogue_rules import SeverityDraft
from models.deadline import FINDING, INCIDENT, TASK
from models.incident import Incident
from tests.models.test_incident import draft, entries
from tests.models.test_inspection import made
from tests.worlds import World, instant

NOW = instant("2020-01-06T08:00")


def minutes(count: int) -> dt.timedelta:
    return dt.timedelta(minutes=count)


def serious(world: World, **values: object) -> Incident:
    return incident.report(world.alice, draft(severity=3, **values))


# ---- the flash report -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("values", "due"),
    [
        ({"severity": 1}, None),
        ({"severity": 2, "complexity": "latent", "complexity_reason": "tụ tập"}, None),
        ({"severity": 3}, NOW + minutes(30)),
        ({"severity": 4, "received_at": instant("2020-01-06T07:45")}, instant("2020-01-06T08:15")),
        ({"severity": 1, "complexity": "complex", "complexity_reason": "đông người"}, NOW + minutes(30)),
        ({"complexity": "complex", "complexity_reason": "đông người"}, NOW + minutes(30)),
    ],
)
def test_the_clock_of_an_urgent_one_runs_from_its_receipt(world: World, values: dict, due: dt.datetime | None) -> None:
    assert incident.report(world.head, draft(**values)).flash_due_at == due


def test_what_turns_out_urgent_later_runs_from_that_instant(world: World) -> None:
    row = incident.report(world.alice, draft(severity=1))
    world.forward(hours=3)
    row = incident.amend(world.alice, row.id, draft(severity=3), row.version)
    assert row.flash_due_at == NOW + minutes(180 + 30)
    assert entries(world.alice, row)[-1].changes["flash_due_at"][0] is None
    world.forward(minutes=10)
    row = incident.amend(world.alice, row.id, draft(severity=4, place="Cổng B"), row.version)
    assert row.flash_due_at == NOW + minutes(180 + 30)
    row = incident.amend(world.alice, row.id, draft(severity=2), row.version)
    assert row.flash_due_at is None


def test_a_corrected_receipt_moves_the_clock(world: World) -> None:
    row = serious(world)
    row = incident.amend(world.alice, row.id, draft(severity=3, received_at=NOW - minutes(10)), row.version)
    assert row.flash_due_at == NOW + minutes(20)


def test_one_out_of_an_old_file_has_no_clock(world: World) -> None:
    assert incident.report(world.alice, draft(severity=4), origin="file").flash_due_at is None


def test_the_report_is_noted_once_with_its_instant(world: World) -> None:
    row = serious(world)
    assert [one.id for one in deadline.flash_waiting(world.head)] == [row.id]
    world.forward(minutes=12)
    row = deadline.report_flash(world.alice, row.id, row.version, nonce="click")
    assert row.flash_reported_at == NOW + minutes(12)
    world.forward(minutes=1)
    for nonce in ("click", "another", None):
        assert deadline.report_flash(world.alice, row.id, row.version, nonce=nonce).flash_reported_at == NOW + minutes(
            12
        )
    assert [entry.action for entry in entries(world.alice, row)] == ["incident.reported", "incident.flash_reported"]
    assert deadline.flash_waiting(world.head) == []
    row = incident.amend(world.alice, row.id, draft(severity=4), row.version)
    assert row.flash_due_at == NOW + minutes(30)


def test_a_stranger_a_stale_tab_and_an_administrator_report_nothing(world: World) -> None:
    row = serious(world)
    with pytest.raises(NotFound):
        deadline.report_flash(world.bich, row.id, 1)
    with pytest.raises(Denied):
        deadline.report_flash(world.admin, row.id, 1)
    incident.amend(world.alice, row.id, draft(severity=3, place="Cổng A"), row.version)
    with pytest.raises(Stale):
        deadline.report_flash(world.alice, row.id, 1)


def test_what_did_not_happen_is_not_reported(world: World) -> None:
    row = serious(world)
    row = incident_life.move(world.head, row.id, "not_confirmed", incident_life.VoidDraft(note="Báo nhầm"), row.version)
    assert deadline.flash_waiting(world.alice) == []
    with pytest.raises(Invalid):
        deadline.report_flash(world.alice, row.id, row.version)


def test_an_offices_own_limits_hold(world: World) -> None:
    asked = SeverityDraft(
        vi="Nghiêm trọng", urgent=True, flash_report_leader_minutes=15, flash_report_police_minutes=45
    )
    save_entry(world.admin, "severity", "3", asked)
    row = serious(world)
    assert row.flash_due_at == NOW + minutes(15)
    assert deadline.limits_of(world.alice, row.id) == deadline.Limits(15, 45)
    assert incident.report(world.bob, draft(severity=3)).flash_due_at == NOW + minutes(30)


# ---- everything that is due -----------------------------------------------------------------------------------------
def test_the_list_holds_incidents_findings_and_tasks_with_days_left(world: World) -> None:
    row = serious(world, kind="D.fire")
    violation = made(world.alice, deadline=dt.date(2020, 1, 8))
    later = world.at("2020-01-13T08:00")
    today = later.alice.today()
    lines = deadline.everything_overdue(later.alice)
    assert [(one.kind, one.due_on, one.days_left(today)) for one in lines] == [
        (TASK, dt.date(2020, 1, 7), -6),
        (FINDING, dt.date(2020, 1, 8), -5),
        (INCIDENT, dt.date(2020, 1, 9), -4),
        (TASK, dt.date(2020, 1, 9), -4),
        (TASK, dt.date(2020, 1, 9), -4),
    ]
    assert lines[0].number == row.number
    assert lines[0].owner == "Trần Alice"
    assert violation.id
    assert deadline.everything_overdue(later.bob) == []
    with pytest.raises(Denied):
        deadline.everything_overdue(later.admin)


def test_what_is_due_today_is_not_overdue_but_soon(world: World) -> None:
    serious(world)
    for day, late, soon in (("2020-01-09", 0, 1), ("2020-01-10", 1, 0), ("2020-01-01", 0, 0), ("2020-01-02", 0, 1)):
        there = world.at(f"{day}T08:00").alice
        assert (len(deadline.everything_overdue(there)), len(deadline.everything_due_soon(there))) == (late, soon), day


def test_what_is_done_waits_no_more(world: World) -> None:
    row = incident.report(world.alice, draft(kind="D.fire"))
    first = task.tasks(world.alice, "incident", row.id)[0]
    first = task.report_task(world.alice, first.id, task.TaskDoneDraft(result="Đã lập"), first.version)
    later = world.at("2020-01-08T08:00").head
    assert [one.what for one in deadline.everything_overdue(later)] == [first.title]
    task.verify_task(world.head, first.id, first.version)
    assert deadline.everything_overdue(later) == []
