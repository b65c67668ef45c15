"""Events that can cost the title: found by a head with a basis; and figure 19 in its own year, 16/11 to 15/11."""

from typing import Any

import pytest

from models import disqualifying, history
from models.access import Denied, Invalid, NotFound
from models.disqualifying import DisqualifyingDraft, DisqualifyingEvent
from models.period_rule import PeriodRuleDraft, save_rule
from tests.models.test_kpis import asked, day, free, happens, void
from tests.worlds import World

LATER = "2021-06-01T08:00"


def draft(**over: Any) -> DisqualifyingDraft:
    values = {"occurred_on": day("2020-01-10"), "kind": "fire", "basis": "Kết luận 12/KL-PC07"}
    return DisqualifyingDraft(**(values | over))


def found_on(world: World, on: str, **over: Any) -> DisqualifyingEvent:
    world.set(f"{on}T20:00")
    return disqualifying.add_disqualifying(world.head, draft(occurred_on=day(on), **over))


def until(last: str) -> Any:
    return free(last[:8] + "01", last)


@pytest.mark.parametrize(
    ("last", "number"),
    [("2019-11-30", 1), ("2020-01-09", 1), ("2020-01-10", 2), ("2020-11-15", 3), ("2020-11-16", 0), ("2021-01-31", 1)],
)
def test_it_counts_the_year_up_to_the_periods_end(world: World, last: str, number: int) -> None:
    for on in ("2019-11-15", "2019-11-16", "2020-01-10", "2020-11-15", "2020-12-01"):
        found_on(world, on)
    figure = asked(world, "19", until(last), now=LATER)
    assert figure.value == number


def test_the_year_is_the_organisations_own(world: World) -> None:
    found_on(world, "2019-12-15")
    found_on(world, "2020-01-10")
    assert asked(world, "19", until("2020-01-31")).value == 2
    rule = PeriodRuleDraft(valid_from=day("2020-01-01"), year_month=1, year_day=1)
    save_rule(world.head, rule)
    figure = asked(world, "19", until("2020-01-31"))
    assert (figure.value, figure.since) == (1, day("2020-01-01"))


def test_nought_is_a_figure_where_records_are_kept(world: World) -> None:
    assert asked(world, "19").no_data
    happens(world, "2020-01-10T08:00")
    assert asked(world, "19").value == 0


def test_a_struck_one_counts_no_more_from_then_on(world: World) -> None:
    row = found_on(world, "2020-01-10")
    world.set("2020-02-20T08:00")
    disqualifying.strike_disqualifying(world.head, row.id, "Chưa đủ căn cứ")
    assert asked(world, "19", until("2020-02-19")).value == 1
    assert asked(world, "19", until("2020-02-29")).value == 0
    with pytest.raises(Invalid):
        disqualifying.amend_disqualifying(world.head, row.id, draft(), row.version + 1)


def test_only_heads_find_one_and_others_see_nothing(world: World) -> None:
    for who in (world.alice, world.admin, world.board):
        with pytest.raises(Denied):
            disqualifying.add_disqualifying(who, draft(occurred_on=day("2020-01-05")))
    row = found_on(world, "2020-01-10")
    assert disqualifying.disqualifying_event(world.alice, row.id).basis == "Kết luận 12/KL-PC07"
    with pytest.raises(NotFound):
        disqualifying.disqualifying_event(world.bob, row.id)


@pytest.mark.parametrize(
    ("over", "errors"),
    [
        ({"kind": "x"}, {"kind": "unknown"}),
        ({"occurred_on": day("2020-02-01")}, {"occurred_on": "in_the_future"}),
        ({"incident_id": 999}, {"incident_id": "unknown"}),
        ({"kind": "illegal_propagation"}, {"kind": "unknown"}),  # of the circular in force from 10/02/2022 on
    ],
)
def test_what_does_not_fit_is_refused(world: World, over: dict[str, Any], errors: dict[str, str]) -> None:
    world.set("2020-01-20T08:00")
    with pytest.raises(Invalid) as found:
        disqualifying.add_disqualifying(world.head, draft(**over))
    assert {name: code for name, (code, _) in found.value.errors.items()} == errors


def test_it_may_point_at_an_incident_of_a_kind_that_may_cost_the_title(world: World) -> None:
    fire = happens(world, "2020-01-10T08:00", kind="D.fire")
    happens(world, "2020-01-11T08:00", kind="B.crowding")
    void(world, happens(world, "2020-01-12T08:00", kind="D.fire"), "2020-01-13T08:00")
    assert [row.id for row in disqualifying.candidates(world.head)] == [fire.id]
    row = found_on(world, "2020-01-14", incident_id=fire.id)
    entry = history.timeline(world.head, "disqualifying_event", row.id)[0].entry
    assert entry.changes["incident_id"] == [None, fire.id]


def test_it_goes_with_its_unit(world: World) -> None:
    found_on(world, "2020-01-16", unit_id=world.units["hall"])
    found_on(world, "2020-01-17")
    assert [asked(world, "19", unit=unit).value for unit in (None, "hall")] == [2, 1]
    rows = disqualifying.disqualifying_events(world.alice)
    amended = disqualifying.amend_disqualifying(world.head, rows[0].id, draft(), rows[0].version)
    assert (amended.occurred_on, amended.version) == (day("2020-01-10"), 2)
