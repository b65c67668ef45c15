"""The life of an incident: states, moves, deadlines, notes."""

import datetime as dt

import pytest

from models import history, incident, incident_life
from models.access import Current, Denied, Invalid, NotFound, Stale
from models.catalogue import entries as entries_of
from models.database import reading
from models.draft import Draft
from models.incident import Incident
from models.incident_life import (
    ExtendDraft,
    MoveDraft,
    ReopenDraft,
    SettleDraft,
    SettleLatentDraft,
    TransferDraft,
    VoidDraft,
)
from tests.models.test_incident import draft, entries, errors
from tests.worlds import World, instant

COMPLETE = {"kind": "B.fighting", "severity": 1}


def reported(world: World, **values: object) -> Incident:
    return incident.report(world.alice, draft(unit_id=world.units["hall"], **(COMPLETE | values)))


def settle(current: Current, row: Incident, **values: object) -> Incident:
    cls = SettleLatentDraft if "latent_outcome" in values else SettleDraft
    return incident_life.move(current, row.id, "settled", cls(conclusion="Đã hòa giải", **values), row.version)


def test_it_goes_from_received_to_closed(world: World) -> None:
    row = reported(world)
    for state, asked in (("verifying", MoveDraft()), ("joint_handling", MoveDraft(note="Công an phường đã đến"))):
        row = incident_life.move(world.alice, row.id, state, asked, row.version)
        assert row.state == state
    world.forward(hours=5)
    row = settle(world.alice, row)
    assert (row.state, row.resolved_at, row.conclusion) == ("settled", world.clock.moment, "Đã hòa giải")
    settled_at = row.resolved_at
    world.forward(days=2)
    row = incident_life.move(world.head, row.id, "closed", MoveDraft(), row.version)
    assert (row.state, row.closed_at, row.resolved_at) == ("closed", world.clock.moment, settled_at)
    actions = [entry.action for entry in entries(world.alice, row)]
    assert actions == ["incident.reported", "incident.open", "incident.open", "incident.settled", "incident.closed"]


@pytest.mark.parametrize("state", ["closed", "received", "nowhere"])
def test_it_refuses_a_move_that_the_table_does_not_have(world: World, state: str) -> None:
    row = reported(world)
    with pytest.raises(Invalid) as refusal:
        incident_life.move(world.head, row.id, state, MoveDraft(), row.version)
    assert refusal.value.code == "no_such_move"
    assert len(entries(world.alice, row)) == 1


def test_settling_asks_for_what_was_left_open(world: World) -> None:
    row = incident.report(world.alice, draft())
    with pytest.raises(Invalid) as refusal:
        settle(world.alice, row)
    assert refusal.value.facts["missing"] == ["unit_id", "kind", "severity"]
    assert incident.incident(world.alice, row.id).state == "received"


@pytest.mark.parametrize(
    ("resolved", "code"), [("2020-01-06T08:01", "in_the_future"), ("2020-01-06T07:59", "out_of_order")]
)
def test_it_was_settled_between_receipt_and_now(world: World, resolved: str, code: str) -> None:
    row = reported(world)
    with pytest.raises(Invalid) as refusal:
        settle(world.alice, row, resolved_at=instant(resolved))
    assert errors(refusal) == {"resolved_at": code}


def test_a_latent_case_ends_with_its_settlement(world: World) -> None:
    row = reported(world, complexity="latent", complexity_reason="tụ tập")
    world.forward(hours=1)
    row = settle(world.alice, row)
    assert (row.latent_outcome, row.latent_ended_at) == ("prevented", world.clock.moment)


def test_what_became_of_a_latent_case_is_asked_only_where_there_is_one(world: World) -> None:
    state = entries_of(world.alice, "incident_state")["settled"]
    plain, latent = reported(world), reported(world, complexity="latent", complexity_reason="tụ tập")
    assert incident_life.draft_for(state, reopens=False, row=plain) is SettleDraft
    assert incident_life.draft_for(state, reopens=False, row=latent) is SettleLatentDraft
    with pytest.raises(Invalid) as refusal:
        settle(world.alice, plain, latent_outcome="watching")
    assert errors(refusal) == {"latent_outcome": "extra_forbidden"}
    with pytest.raises(Invalid) as refusal:
        settle(world.alice, latent, latent_outcome="became_complex")
    assert errors(refusal) == {"latent_outcome": "judge_first"}


def test_a_latent_case_may_still_be_watched_after_settling(world: World) -> None:
    row = settle(
        world.alice, reported(world, complexity="latent", complexity_reason="tụ tập"), latent_outcome="watching"
    )
    assert (row.latent_outcome, row.latent_ended_at) == ("watching", None)


def test_transferring_keeps_body_and_document_and_is_no_settlement(world: World) -> None:
    row = reported(world)
    sent = TransferDraft(transferred_to="Công an tỉnh", transfer_document="12/CV", transferred_on=dt.date(2020, 1, 6))
    row = incident_life.move(world.alice, row.id, "transferred", sent, row.version)
    assert (row.transferred_at, row.transferred_to, row.resolved_at) == (world.clock.moment, "Công an tỉnh", None)
    transferred_at = row.transferred_at
    world.forward(days=3)
    row = settle(world.alice, row)
    assert (row.transferred_at, row.resolved_at) == (transferred_at, world.clock.moment)


def test_a_document_of_tomorrow_is_refused(world: World) -> None:
    row = reported(world)
    sent = TransferDraft(transferred_to="Công an tỉnh", transfer_document="12/CV", transferred_on=dt.date(2020, 1, 7))
    with pytest.raises(Invalid) as refusal:
        incident_life.move(world.alice, row.id, "transferred", sent, row.version)
    assert errors(refusal) == {"transferred_on": "in_the_future"}


@pytest.mark.parametrize(("state", "asked"), [("not_confirmed", VoidDraft(note="Không có việc này"))])
def test_staff_may_not_say_that_nothing_happened(world: World, state: str, asked: Draft) -> None:
    row = reported(world)
    with pytest.raises(Denied):
        incident_life.move(world.alice, row.id, state, asked, row.version)
    row = incident_life.move(world.head, row.id, state, asked, row.version)
    assert row.not_confirmed_at == world.clock.moment


def test_staff_neither_close_nor_reopen(world: World) -> None:
    row = settle(world.alice, reported(world))
    for state, asked in (("closed", MoveDraft()), ("verifying", ReopenDraft(note="còn việc"))):
        with pytest.raises(Denied):
            incident_life.move(world.alice, row.id, state, asked, row.version)


def test_reopening_asks_why_and_takes_the_end_back(world: World) -> None:
    row = settle(world.alice, reported(world, complexity="latent", complexity_reason="tụ tập"))
    row = incident_life.move(world.head, row.id, "closed", MoveDraft(), row.version)
    with pytest.raises(Invalid):
        incident_life.move(world.head, row.id, "verifying", MoveDraft(), row.version)
    row = incident_life.move(world.head, row.id, "verifying", ReopenDraft(note="Có tình tiết mới"), row.version)
    assert (row.state, row.resolved_at, row.closed_at) == ("verifying", None, None)
    assert (row.latent_outcome, row.latent_ended_at) == ("watching", None)
    entry = entries(world.head, row)[-1]
    assert (entry.action, entry.note) == ("incident.reopened", "Có tình tiết mới")


def test_the_table_says_which_steps_an_account_may_take(world: World) -> None:
    row = reported(world)
    assert [state.code for state, _ in incident_life.next_states(world.alice, row.id)] == [
        "verifying",
        "joint_handling",
        "settled",
        "transferred",
    ]
    assert "not_confirmed" in [state.code for state, _ in incident_life.next_states(world.head, row.id)]
    row = settle(world.alice, row)
    assert incident_life.next_states(world.alice, row.id) == []
    assert [(state.code, reopens) for state, reopens in incident_life.next_states(world.head, row.id)] == [
        ("closed", False),
        ("verifying", True),
    ]


def test_a_second_click_and_a_stale_tab_move_nothing(world: World) -> None:
    row = reported(world)
    moved = incident_life.move(world.alice, row.id, "verifying", MoveDraft(), 1, nonce="click")
    assert incident_life.move(world.alice, row.id, "verifying", MoveDraft(), 1, nonce="click").version == moved.version
    with pytest.raises(Stale):
        incident_life.move(world.alice, row.id, "joint_handling", MoveDraft(), 1)
    assert len(entries(world.alice, row)) == 2


def test_a_foreign_incident_cannot_be_moved(world: World) -> None:
    row = reported(world)
    with pytest.raises(NotFound):
        incident_life.move(world.bich, row.id, "verifying", MoveDraft(), 1)
    with pytest.raises(NotFound):
        incident_life.extend(world.bich, row.id, ExtendDraft(due_on=dt.date(2020, 2, 1), due_basis="xin thêm"), 1)


def test_an_extension_keeps_the_first_due_date_and_its_basis(world: World) -> None:
    row = reported(world)
    row = incident_life.extend(
        world.alice, row.id, ExtendDraft(due_on=dt.date(2020, 1, 20), due_basis="Chờ giám định"), row.version
    )
    assert (row.first_due_on, row.due_on, row.due_basis) == (
        dt.date(2020, 1, 13),
        dt.date(2020, 1, 20),
        "Chờ giám định",
    )
    again = incident.amend(
        world.alice, row.id, draft(unit_id=world.units["hall"], kind="B.fighting", severity=3), row.version
    )
    assert again.due_on == dt.date(2020, 1, 20)
    with pytest.raises(Invalid):
        incident_life.extend(
            world.alice, row.id, ExtendDraft(due_on=dt.date(2020, 1, 14), due_basis="lùi lại"), again.version
        )


def test_a_note_is_struck_out_never_deleted(world: World) -> None:
    row = reported(world)
    note = history.note(world.alice, "incident", row.id, "Đã gọi 113")
    assert note
    with pytest.raises(Invalid):
        history.strike(world.alice, note.id, "")
    history.strike(world.alice, note.id, "Ghi nhầm vụ")
    history.strike(world.alice, note.id, "Lần nữa")
    lines = history.timeline(world.alice, "incident", row.id)
    assert [
        (line.entry.note, line.struck_by.note if line.struck_by else None)
        for line in lines
        if line.entry.action == "noted"
    ] == [("Đã gọi 113", "Ghi nhầm vụ")]


def test_staff_strike_their_own_notes_only(world: World) -> None:
    row = reported(world)
    note = history.note(world.head, "incident", row.id, "Chỉ đạo xác minh")
    assert note
    with pytest.raises(Denied):
        history.strike(world.alice, note.id, "không đồng ý")
    mine = history.note(world.alice, "incident", row.id, "Đã xác minh")
    assert mine
    history.strike(world.head, mine.id, "Chưa đúng")


def test_a_foreign_note_cannot_be_struck(world: World) -> None:
    note = history.note(world.alice, "incident", reported(world).id, "Đã gọi 113")
    assert note
    with pytest.raises(NotFound):
        history.strike(world.bich, note.id, "xóa đi")


def test_the_chain_of_a_life_holds(world: World) -> None:
    row = settle(world.alice, reported(world))
    assert row.id
    with reading(world.alice) as session:
        assert history.broken_at(session) is None
