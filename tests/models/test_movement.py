"""Training, patrols and propaganda: the register of sessions, how many guards there are, and figure 18."""

from typing import Any

import pytest

from models import history, kpis, movement
from models.access import Denied, Invalid, NotFound, Stale
from models.movement import GuardForceDraft, Held, MovementActivity, MovementDraft, Trained
from tests.models.test_kpis import AFTER, P, asked, day, free
from tests.worlds import World


def draft(**over: Any) -> MovementDraft:
    values = {
        "held_on": day("2020-01-20"),
        "kind": "training",
        "body": "guard",
        "topic": "Chữa cháy",
        "participants": 12,
    }
    return MovementDraft(**(values | over))


def held(world: World, on: str = "2020-01-20", **over: Any) -> MovementActivity:
    world.set(f"{on}T20:00")
    return movement.add_movement(world.alice, draft(held_on=day(on), **over))


def refused(world: World, said: MovementDraft) -> dict[str, Any]:
    world.set("2020-01-20T20:00")
    with pytest.raises(Invalid) as found:
        movement.add_movement(world.alice, said)
    return {name: code for name, (code, _) in found.value.errors.items()}


# ---- entering ------------------------------------------------------------------------------------------------------------
def test_a_session_is_entered_once_with_its_history(world: World) -> None:
    world.set("2020-01-20T20:00")
    first = movement.add_movement(world.alice, draft(), nonce="n1")
    assert movement.add_movement(world.alice, draft(), nonce="n1").id == first.id
    assert movement.movement_count(world.alice) == 1
    (line,) = history.timeline(world.alice, "movement_activity", first.id)
    assert (line.entry.action, line.entry.changes["participants"]) == ("movement.added", [None, 12])
    assert first.entered_by_name == "Trần Alice"


@pytest.mark.parametrize(
    ("over", "errors"),
    [
        ({"held_on": day("2020-01-21")}, {"held_on": "in_the_future"}),
        ({"kind": "party"}, {"kind": "unknown"}),
        ({"body": "nobody"}, {"body": "unknown"}),
        ({"guards_trained": 13}, {"guards_trained": "more_than_came"}),
        ({"kind": "patrol", "guards_trained": 1}, {"guards_trained": "training_only"}),
        ({"unit_id": 999}, {"unit_id": "unknown"}),
    ],
)
def test_what_does_not_fit_is_refused(world: World, over: dict[str, Any], errors: dict[str, str]) -> None:
    assert refused(world, draft(**over)) == errors


def test_it_is_corrected_and_a_stale_save_refused(world: World) -> None:
    row = held(world)
    changed = movement.amend_movement(world.alice, row.id, draft(participants=15), row.version)
    assert (changed.participants, changed.version) == (15, 2)
    with pytest.raises(Stale):
        movement.amend_movement(world.alice, row.id, draft(participants=16), 1)
    movement.amend_movement(world.alice, row.id, draft(participants=15), 2)
    assert len(history.timeline(world.alice, "movement_activity", row.id)) == 2  # the last one changed nothing


def test_a_struck_session_stays_and_counts_no_more(world: World) -> None:
    row = held(world)
    world.set("2020-01-25T08:00")
    struck = movement.strike_movement(world.alice, row.id, "Nhập trùng")
    assert movement.strike_movement(world.alice, row.id, "Nhập trùng").version == struck.version
    with pytest.raises(Invalid) as found:
        movement.amend_movement(world.alice, row.id, draft(participants=15), struck.version)
    assert found.value.code == "struck"
    assert [one.struck_reason for one in movement.movements(world.alice)] == ["Nhập trùng"]
    assert asked(world, "18").value == 0
    assert asked(world, "18", free("2020-01-15", "2020-01-24")).value == 1  # it still counted then


def test_others_see_and_enter_nothing_here(world: World) -> None:
    row = held(world)
    for act in (movement.movement, lambda who, one: movement.strike_movement(who, one, "Nhập trùng")):
        with pytest.raises(NotFound):
            act(world.bob, row.id)
    for who in (world.admin, world.board, world.system):
        with pytest.raises(Denied):
            movement.add_movement(who, draft())


# ---- figure 18 -----------------------------------------------------------------------------------------------------------
def test_sessions_of_the_period_with_their_people(world: World) -> None:
    for on in ("2020-01-14", "2020-01-15", "2020-02-14", "2020-02-15"):
        held(world, on, participants=10)
    figure = asked(world, "18")
    assert (figure.value, figure.apart) == (2, 20)


def test_nought_is_a_figure_once_a_session_was_recorded(world: World) -> None:
    held(world, "2019-12-01")
    figure = asked(world, "18")
    assert (figure.value, figure.apart, figure.no_data) == (0, 0, False)


def test_a_session_goes_with_its_unit(world: World) -> None:
    held(world, unit_id=world.units["hall"])
    held(world)
    assert [asked(world, "18", unit=unit).value for unit in (None, "hall", "museum")] == [2, 1, 0]


def test_sessions_are_told_by_organisation_and_kind(world: World) -> None:
    held(world, participants=10)
    held(world, participants=5)
    held(world, body="youth", kind="propaganda", participants=80)
    movement.strike_movement(world.alice, held(world, body="union").id, "Nhập trùng")
    assert movement.movements_by_body(world.at(AFTER).alice, P) == [
        Held("guard", "training", 2, 15),
        Held("youth", "propaganda", 1, 80),
    ]


def test_guards_trained_of_those_there_were_at_the_end(world: World) -> None:
    then = world.at(AFTER).alice
    assert movement.guards_trained(then, P) == Trained(0, None)
    assert movement.guards_trained(then, P).share is None
    for on, strength in (("2020-01-01", 30), ("2020-02-01", 40), ("2020-02-15", 50)):
        world.set(f"{on}T08:00")
        movement.count_guards(world.alice, GuardForceDraft(counted_on=day(on), strength=strength))
    held(world, guards_trained=8)
    held(world, "2020-01-27", guards_trained=2)
    held(world, "2020-01-27", kind="patrol")
    assert movement.guards_trained(then, P) == Trained(10, 40)
    assert movement.guards_trained(then, P).share == 0.25


def test_a_second_count_of_the_same_day_corrects_the_first(world: World) -> None:
    world.set("2020-01-20T08:00")
    for strength in (30, 31):
        movement.count_guards(world.alice, GuardForceDraft(counted_on=day("2020-01-20"), strength=strength))
    (row,) = movement.guard_counts(world.alice)
    assert (row.strength, row.version) == (31, 2)


def test_the_report_has_it_beside_joint_work_not_in_it(world: World) -> None:
    held(world)
    figures = kpis.figures(world.at(AFTER).alice, P)
    assert (figures["18"].value, figures["8"].value) == (1, None)
