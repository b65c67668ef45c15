"""The gate before a file is closed, and life cycles with an office's own states."""

import datetime as dt

import pytest

from models import closing, incident, incident_life, incident_search, link, task
from models.access import Current, Denied, Invalid, NotFound, Stale
from models.catalogue import CatalogueEntry, defaults
from models.closing import PreventedDraft
from models.database import writing
from models.draft import ReasonDraft
from models.history import timeline, write_down
from models.incident import Incident
from models.incident_life import MoveDraft, ReopenDraft, SettleDraft, SettleLatentDraft, TransferDraft, VoidDraft
from models.link import LinkDraft
from models.task import TaskDoneDraft, TaskDraft
from tests.models.test_incident import draft
from tests.models.test_inspection import made, planned, visited
from tests.worlds import World, instant


def reported(world: World, **values: object) -> Incident:
    first = {"kind": plain_kind(), "severity": 1, "place": "Cửa B", "unit_id": world.units["hall"]}
    return incident.report(world.alice, draft(**(first | values)))


def plain_kind() -> str:
    """A kind that brings no tasks along."""
    brings = {one for rule in defaults("task_rule").values() for one in rule.attributes["kinds"]}
    kinds = defaults("incident_kind").values()
    return next(one.code for one in kinds if one.parent and not brings & {one.code, one.parent})


def settled(world: World, row: Incident, **values: object) -> Incident:
    cls = SettleLatentDraft if "latent_outcome" in values else SettleDraft
    asked = cls(conclusion="Đã hòa giải", **values)  # type: ignore[arg-type]
    return incident_life.move(world.alice, row.id, "settled", asked, row.version)


def close(world: World, row: Incident) -> Incident:
    return incident_life.move(world.head, row.id, "closed", MoveDraft(), row.version)


def missing(current: Current, row: Incident) -> list[tuple[str, str, bool]]:
    return [(one.code, one.where, one.blocks) for one in closing.missing(current, row.id)]


def test_a_complete_and_settled_incident_passes(world: World) -> None:
    row = settled(world, reported(world))
    assert missing(world.alice, row) == []
    assert close(world, row).closed_at == world.clock.moment


def test_it_lists_what_is_missing_before_anything_is_settled(world: World) -> None:
    row = incident.report(world.alice, draft(complexity="latent", complexity_reason="tụ tập"))
    assert missing(world.alice, row) == [
        ("field", "kind", True),
        ("field", "severity", True),
        ("field", "unit_id", True),
        ("not_settled", "steps", True),
        ("still_watched", "latent", True),
        ("field", "place", False),
    ]


def test_what_is_taken_out_after_settling_is_asked_for_at_the_gate(world: World) -> None:
    """And the verb refuses too: a page that draws no button is not the gate."""
    row = settled(world, reported(world))
    row = incident.amend(world.alice, row.id, draft(place="Cửa B"), row.version)
    assert [where for _, where, _ in missing(world.head, row)] == ["kind", "severity", "unit_id"]
    with pytest.raises(Invalid) as refusal:
        close(world, row)
    assert (refusal.value.code, refusal.value.facts["count"]) == ("not_ready_to_close", 3)
    assert timeline(world.head, "incident", row.id)[0].entry.action == "incident.amended"


def test_what_is_only_said_does_not_block(world: World) -> None:
    row = settled(world, reported(world, place="", severity=4))
    assert missing(world.head, row) == [("field", "place", False), ("flash_report", "details", False)]
    assert close(world, row).closed_at


def test_open_tasks_block_until_somebody_else_verified_them(world: World) -> None:
    row = reported(world)
    asked = task.add_task(world.alice, "incident", row.id, TaskDraft(title="Lấy lời kể", due_on=dt.date(2020, 1, 9)))
    given_up = task.add_task(world.alice, "incident", row.id, TaskDraft(title="Gọi lại", due_on=dt.date(2020, 1, 9)))
    task.give_up_task(world.alice, given_up.id, ReasonDraft(reason="không còn số"), given_up.version)
    row = settled(world, row)
    assert [(one.code, one.facts) for one in closing.missing(world.head, row.id)] == [("open_tasks", {"count": 1})]
    asked = task.report_task(world.alice, asked.id, TaskDoneDraft(result="Đã lấy"), asked.version)
    with pytest.raises(Invalid):
        close(world, row)
    task.verify_task(world.head, asked.id, asked.version)
    assert close(world, incident.incident(world.head, row.id)).closed_at


def test_open_findings_of_a_linked_round_are_said(world: World) -> None:
    tour = planned(world.alice)
    made(world.alice, visited(world.alice, tour))
    row = settled(world, reported(world))
    assert missing(world.head, row) == []
    link.add_link(world.alice, "incident", row.id, LinkDraft(number=tour.number))
    assert missing(world.head, row) == [("open_findings", "links", False)]


def test_a_watched_latent_case_has_an_end_first(world: World) -> None:
    row = reported(world, complexity="latent", complexity_reason="tụ tập")
    with pytest.raises(Invalid):
        closing.end_watch(world.alice, row.id, PreventedDraft(note="chưa xong"), row.version)
    row = settled(world, row, latent_outcome="watching")
    assert missing(world.head, row) == [("still_watched", "latent", True)]
    with pytest.raises(Invalid):
        close(world, row)
    world.forward(days=3)
    with pytest.raises(Stale):
        closing.end_watch(world.alice, row.id, PreventedDraft(note="Không tái diễn"), row.version - 1)
    row = closing.end_watch(world.alice, row.id, PreventedDraft(note="Không tái diễn"), row.version, nonce="click")
    assert closing.end_watch(world.alice, row.id, PreventedDraft(note="Không tái diễn"), 1, nonce="click").id == row.id
    assert (row.latent_outcome, row.latent_ended_at) == ("prevented", world.clock.moment)
    assert close(world, row).closed_at
    entry = timeline(world.head, "incident", row.id)[1].entry
    assert (entry.action, entry.note) == ("incident.watch_ended", "Không tái diễn")


def test_a_due_date_moved_without_a_basis_is_asked_for(world: World) -> None:
    """No verb leaves it so; an old file may."""
    row = reported(world)
    with writing(world.alice) as session:
        here = incident.one(session, row.id)
        write_down(session, "incident.extended", here, {"due_on": [here.due_on, dt.date(2020, 2, 1)]})
        here.due_on = dt.date(2020, 2, 1)
    row = settled(world, incident.incident(world.alice, row.id))
    assert missing(world.head, row) == [("due_basis", "details", True)]


def test_nothing_is_asked_of_what_did_not_happen(world: World) -> None:
    row = incident.report(world.alice, draft())
    row = incident_life.move(world.head, row.id, "not_confirmed", VoidDraft(note="Không có việc này"), row.version)
    assert missing(world.head, row) == []


def test_another_organisation_is_told_nothing(world: World) -> None:
    row = reported(world)
    with pytest.raises(NotFound):
        closing.missing(world.bich, row.id)
    with pytest.raises(NotFound):
        closing.end_watch(world.bich, row.id, PreventedDraft(note="không"), 1)


def test_a_noun_may_ask_its_own_question(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "CHECKS", [*closing.CHECKS, lambda _s, row: iter([closing.Missing("own", "x")])])
    with pytest.raises(Invalid):
        close(small_world, settled(small_world, reported(small_world)))


# ---- an office's own states -------------------------------------------------------------------------------------------
def own_state(world: World, code: str, phase: str, moves: list[str], needs: str = "write", **more: object) -> None:
    """A row of the administrator's table: a new state, or the office's own version of a national one."""
    national = defaults("incident_state").get(code)
    attributes = {"phase": phase, "needs": needs, "moves": moves, "reopens": []} | more
    names = {"vi": national.vi, "en": national.en} if national else {"vi": f"({code})", "en": code}
    with writing(world.admin) as session:
        row = CatalogueEntry(catalogue="incident_state", code=code, attributes=attributes, **names)
        session.add(row)
        write_down(session, "catalogue.added", row)


@pytest.fixture
def office(world: World) -> World:
    """Its own state in each phase: expertise, mediated, court and court of appeal, archived, false alarm."""
    own_state(world, "received", "open", ["verifying", "expertise", "mediated", "court", "false_alarm", "settled"])
    own_state(world, "expertise", "open", ["mediated", "court", "received"])
    own_state(world, "mediated", "settled", ["settled", "archived", "closed", "court"], needs="settle")
    own_state(world, "settled", "settled", ["closed", "mediated", "verifying"], needs="settle", reopens=["verifying"])
    own_state(world, "court", "transferred", ["court_of_appeal", "mediated", "verifying"], needs="settle")
    own_state(world, "court_of_appeal", "transferred", ["mediated"], needs="settle")
    own_state(world, "archived", "closed", ["closed", "received"], needs="close", reopens=["received"])
    own_state(world, "false_alarm", "void", ["not_confirmed", "verifying"], needs="close", reopens=["verifying"])
    return world


def go(current: Current, row: Incident, state: str, **values: object) -> Incident:
    drafts = {
        "settled": SettleDraft,
        "mediated": SettleDraft,
        "court": TransferDraft,
        "court_of_appeal": TransferDraft,
        "false_alarm": VoidDraft,
    }
    cls = drafts.get(state, MoveDraft)
    first: dict[str, object] = {
        SettleDraft: {"conclusion": "Đã hòa giải"},
        TransferDraft: {"transferred_to": "Tòa án", "transfer_document": "1/CV", "transferred_on": dt.date(2020, 1, 6)},
        VoidDraft: {"note": "Báo nhầm"},
    }.get(cls, {})
    return incident_life.move(current, row.id, state, cls.model_validate(first | values), row.version)


def test_an_own_open_state_stands_among_the_others(office: World) -> None:
    row = go(office.alice, reported(office), "expertise")
    assert (row.state, row.resolved_at, row.closed_at) == ("expertise", None, None)
    assert incident_search.bubble_counts(office.alice, incident_search.Filter())["open"] == 1
    with pytest.raises(Invalid):
        go(office.alice, row, "joint_handling")


def test_an_own_settled_state_settles_and_a_second_one_settles_nothing_anew(office: World) -> None:
    row = go(office.alice, reported(office), "mediated")
    first = row.resolved_at
    assert (first, row.conclusion) == (office.clock.moment, "Đã hòa giải")
    office.forward(days=2)
    row = incident_life.move(office.alice, row.id, "settled", MoveDraft(note="biên bản đã ký"), row.version)
    assert (row.state, row.resolved_at, row.conclusion) == ("settled", first, "Đã hòa giải")


def test_an_own_transferred_state_asks_for_the_document_and_may_go_on_to_another_body(office: World) -> None:
    row = reported(office)
    with pytest.raises(Invalid):
        incident_life.move(office.alice, row.id, "court", MoveDraft(), row.version)
    row = go(office.alice, row, "court")
    sent = row.transferred_at
    office.forward(days=1)
    row = go(office.alice, row, "court_of_appeal", transferred_to="Tòa phúc thẩm", transfer_document="2/CV")
    assert (row.transferred_at, row.transferred_to, row.resolved_at) == (sent, "Tòa phúc thẩm", None)
    row = go(office.alice, row, "mediated")
    assert (row.transferred_at, row.resolved_at) == (sent, office.clock.moment)


def test_an_own_closed_state_stands_behind_the_same_gate(office: World) -> None:
    row = go(office.alice, reported(office, place=""), "mediated")
    row = incident.amend(office.alice, row.id, draft(), row.version)
    with pytest.raises(Denied):
        go(office.alice, row, "archived")
    with pytest.raises(Invalid) as refusal:
        go(office.head, row, "archived")
    assert refusal.value.code == "not_ready_to_close"
    full = draft(kind=plain_kind(), severity=1, unit_id=office.units["hall"])
    row = go(office.head, incident.amend(office.alice, row.id, full, row.version), "archived")
    closed_at = row.closed_at
    office.forward(days=1)
    assert go(office.head, row, "closed").closed_at == closed_at


def test_an_own_void_state_counts_nothing_and_reopens_with_a_reason(office: World) -> None:
    row = go(office.head, reported(office), "false_alarm")
    assert row.not_confirmed_at == office.clock.moment
    row = incident_life.move(office.head, row.id, "verifying", ReopenDraft(note="có thật"), row.version)
    assert (row.state, row.not_confirmed_at) == ("verifying", None)


def test_what_was_settled_and_then_transferred_is_not_settled(office: World) -> None:
    row = go(office.alice, reported(office), "mediated")
    row = go(office.alice, row, "court")
    assert (row.resolved_at, row.transferred_at) == (None, office.clock.moment)
    assert ("not_settled", "steps", True) in missing(office.head, row)


def test_the_steps_that_are_offered_are_those_of_the_table(office: World) -> None:
    row = reported(office)
    assert [state.code for state, _ in incident_life.next_states(office.alice, row.id)] == [
        "verifying",
        "expertise",
        "mediated",
        "court",
        "settled",
    ]
    assert "false_alarm" in [state.code for state, _ in incident_life.next_states(office.head, row.id)]
    theirs = incident.report(office.bob, draft(occurred_at=instant("2020-01-05T10:00")))
    codes = [state.code for state, _ in incident_life.next_states(office.bob, theirs.id)]
    assert codes == ["verifying", "joint_handling", "settled", "transferred"]
