"""An answer outlasts what it does not rest on."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from models import kpis, lasting
from models.about import INSPECTIONS
from models.access import Current
from models.database import reading
from models.incident import IncidentDraft, report
from models.organisation import UnitDraft, save_unit
from models.period import Span, reporting
from pages.parts import figures_parts
from tests.conftest import statements
from tests.worlds import World

Ask = Callable[..., int]


@pytest.fixture
def made() -> list[int]:
    return []


@pytest.fixture
def ask(small_world: World, made: list[int]) -> Ask:
    """Asks for an answer about inspections, and counts how often it was made."""

    def go(who: Current | None = None, until: dt.datetime | None = None) -> int:
        def make() -> int:
            made.append(len(made))
            return made[-1]

        with reading(who or small_world.alice) as session:
            ends = (lambda: until) if until else None
            return lasting.lasting(session, frozenset({INSPECTIONS}), "what", make, ends)  # type: ignore[arg-type]

    return go


def an_incident(world: World) -> None:
    report(world.alice, IncidentDraft(occurred_at=world.clock(), summary="Mất xe", severity=1))


def test_an_incident_leaves_an_answer_about_inspections_alone(small_world: World, ask: Ask, made: list[int]) -> None:
    for _ in range(3):
        assert ask() == 0
        an_incident(small_world)
    assert made == [0]


def test_what_may_change_everything_has_it_asked_anew(small_world: World, ask: Ask) -> None:
    assert ask() == 0
    save_unit(small_world.admin, UnitDraft(name="Thư viện"))
    assert [ask(), ask()] == [1, 1]


def test_it_is_asked_anew_once_its_instant_has_come_and_the_next_day(small_world: World, ask: Ask) -> None:
    at = small_world.clock() + dt.timedelta(hours=1)
    assert [ask(until=at), ask(until=at)] == [0, 0]
    assert ask(replace(small_world.alice, clock=lambda: at)) == 1
    tomorrow = small_world.clock() + dt.timedelta(days=1)
    assert ask(replace(small_world.alice, clock=lambda: tomorrow)) == 2


def test_another_organisation_has_its_own(small_world: World, ask: Ask) -> None:
    assert [ask(), ask(small_world.bob), ask()] == [0, 1, 0]


def test_figures_that_last_are_the_figures(small_world: World) -> None:
    world, year = small_world, reporting(Span.YEAR, small_world.alice.today(), small_world.alice.zone)

    def found() -> object:
        with reading(world.alice) as session:
            return figures_parts.figures(session, year)

    assert found() == kpis.figures(world.alice, year)
    an_incident(world)
    assert found() == kpis.figures(world.alice, year)
    assert found()["2"].value == 1  # type: ignore[index]


def test_after_an_incident_nobody_asks_about_inspections_again(small_world: World) -> None:
    world, year = small_world, reporting(Span.YEAR, small_world.alice.today(), small_world.alice.zone)

    def asked() -> list[str]:
        with reading(world.alice) as session, statements() as said:
            figures_parts.figures(session, year)
        return [one for one in said if "inspection_visit" in one]

    assert asked()
    an_incident(world)
    assert not asked()
