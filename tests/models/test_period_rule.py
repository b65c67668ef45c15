"""How an organisation reckons its periods: its own cut-off days with the day each holds from, set by a head or administrator."""

import datetime as dt
from typing import Any

import pytest

from models import history, period_rule
from models.access import Denied, Invalid, NotFound, Stale
from models.period import DECREE, Span, reporting
from models.period_rule import PeriodRuleDraft
from tests.worlds import HANOI, World

day = dt.date.fromisoformat


def draft(since: str = "2020-01-01", **over: Any) -> PeriodRuleDraft:
    return PeriodRuleDraft(**({"valid_from": day(since)} | over))


def test_without_a_rule_the_decrees_months_hold(world: World) -> None:
    assert period_rule.cut_offs(world.alice) == DECREE
    assert period_rule.rules(world.head) == []


def test_each_rule_holds_from_its_day_on(world: World) -> None:
    period_rule.save_rule(world.head, draft("2021-01-01", cut_off=20))
    period_rule.save_rule(world.admin, draft("2020-01-01", cut_off=1))
    held = period_rule.cut_offs(world.alice)
    assert [held.on(day(one)) for one in ("2019-12-31", "2020-01-01", "2021-01-01")] == [15, 1, 20]
    month = reporting(Span.MONTH, day("2020-02-10"), HANOI, held)
    assert (month.first, month.last) == (day("2020-02-01"), day("2020-02-29"))
    assert [rule.cut_off for rule in period_rule.rules(world.head)] == [20, 1]


def test_another_organisation_keeps_its_own(world: World) -> None:
    row = period_rule.save_rule(world.head, draft(cut_off=1))
    assert period_rule.cut_offs(world.bob) == DECREE
    for act in (
        lambda: period_rule.save_rule(world.bich, draft(), row.id, row.version),
        lambda: period_rule.strike_rule(world.bich, row.id),
    ):
        with pytest.raises(NotFound):
            act()


def test_it_is_for_heads_and_administrators(world: World) -> None:
    for who in (world.alice, world.liaison, world.board, world.system):
        with pytest.raises(Denied):
            period_rule.save_rule(who, draft())


def test_one_rule_a_day(world: World) -> None:
    period_rule.save_rule(world.head, draft())
    with pytest.raises(Invalid) as found:
        period_rule.save_rule(world.head, draft(cut_off=1))
    assert found.value.errors == {"valid_from": ("taken", {})}


def test_it_is_corrected_removed_and_written_down(world: World) -> None:
    row = period_rule.save_rule(world.head, draft(cut_off=1), nonce="n1")
    assert period_rule.save_rule(world.head, draft(cut_off=1), nonce="n1").id == row.id
    changed = period_rule.save_rule(world.head, draft(cut_off=20), row.id, row.version)
    assert (changed.cut_off, changed.version) == (20, 2)
    with pytest.raises(Stale):
        period_rule.save_rule(world.head, draft(cut_off=21), row.id, 1)
    actions = [line.entry.action for line in history.timeline(world.head, "period_rule", row.id)]
    assert actions == ["period_rule.amended", "period_rule.added"]
    period_rule.strike_rule(world.head, row.id)
    assert period_rule.cut_offs(world.alice) == DECREE
