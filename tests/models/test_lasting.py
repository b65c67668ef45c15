"""An answer outlasts what it does not rest on."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from models import breakdowns, history, incident, kpis, lasting
from models.about import INCIDENTS, INSPECTIONS
from models.access import Current, NotFound
from models.database import one_reading, reading
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


# ---- a record ----------------------------------------------------------------------------------------------------------
def seen(who: Current, incident_id: int) -> str | None:
    """What a page shows of a record, if it shows it."""
    with one_reading(who):
        try:
            return incident.incident(who, incident_id).summary
        except NotFound:
            return None


def test_the_next_run_asks_for_neither_the_record_nor_its_entries(small_world: World) -> None:
    row = report(small_world.alice, IncidentDraft(occurred_at=small_world.clock(), summary="Mất xe"))

    def run() -> int:
        with one_reading(small_world.alice):
            incident.incident(small_world.alice, row.id)
            return len(history.timeline(small_world.alice, "incident", row.id))

    run()
    with statements() as asked:
        assert run() == 1
    assert not [one for one in asked if "FROM incident" in one or "history_entry.note" in one]
    history.note(small_world.alice, "incident", row.id, "Đã báo công an")
    assert run() == 2


def test_a_record_that_became_confidential_is_gone_for_the_others(small_world: World) -> None:
    row = report(small_world.head, IncidentDraft(occurred_at=small_world.clock(), summary="Mất xe"))
    assert (seen(small_world.alice, row.id), seen(small_world.head, row.id)) == ("Mất xe", "Mất xe")
    secret = IncidentDraft(
        occurred_at=row.occurred_at, received_at=row.received_at, summary="Việc riêng", confidential=True
    )
    incident.amend(small_world.head, row.id, secret, row.version)
    assert (seen(small_world.alice, row.id), seen(small_world.head, row.id)) == (None, "Việc riêng")


def test_what_one_account_may_see_is_not_kept_for_another(small_world: World) -> None:
    secret = IncidentDraft(occurred_at=small_world.clock(), summary="Việc riêng", confidential=True)
    row = report(small_world.head, secret)
    assert seen(small_world.head, row.id) == "Việc riêng"
    assert seen(small_world.alice, row.id) is None
    assert seen(small_world.bob, row.id) is None
    assert seen(small_world.head, row.id) == "Việc riêng"


# ---- what is over ------------------------------------------------------------------------------------------------------
def test_what_is_over_outlasts_an_incident_that_occurred_later(small_world: World, made: list[int]) -> None:
    ended = small_world.clock() - dt.timedelta(days=10)

    def ask() -> int:
        def make() -> int:
            made.append(len(made))
            return made[-1]

        with reading(small_world.alice) as session:
            return lasting.lasting(session, frozenset({INCIDENTS}), "past", make, ended=ended)

    def entered(before: dt.timedelta) -> incident.Incident:
        draft = IncidentDraft(occurred_at=small_world.clock() - before, summary="Mất xe", severity=1)
        return report(small_world.alice, draft)

    assert ask() == 0
    entered(dt.timedelta(0))
    entered(dt.timedelta(days=10))
    assert ask() == 0
    entered(dt.timedelta(days=10, seconds=1))  # late, but of then
    assert ask() == 1
    row = entered(dt.timedelta(0))
    history.note(small_world.alice, "incident", row.id, "Đã báo công an")  # what is known may have changed anyhow
    assert ask() == 2


GRAVE: tuple[dict[str, object], ...] = (
    {"severity": 4, "kind": "B.fighting"},
    {"severity": 1, "complexity": "complex", "complexity_reason": "Có người chết"},
    {"severity": 2, "complexity": "latent", "complexity_reason": "Tụ tập"},
)


@pytest.mark.parametrize("code", kpis.ABOUT[frozenset({INCIDENTS})])
def test_no_figure_of_a_past_period_counts_an_incident_that_occurred_after_it(world: World, code: str) -> None:
    current = reporting(Span.MONTH, world.alice.today(), world.alice.zone)
    past = current.previous()
    for said in GRAVE:
        report(world.head, IncidentDraft(occurred_at=past.start, summary="Trong kỳ", **said))  # type: ignore[arg-type]
    before = kpis.headlines(world.head, past, [code])
    groups, days = breakdowns.incidents_by_group(world.head, past), breakdowns.incidents_by_day(world.head, past)
    for said in GRAVE:
        report(world.head, IncidentDraft(occurred_at=past.end, summary="Sau kỳ", **said))  # type: ignore[arg-type]
    assert kpis.headlines(world.head, past, [code]) == before
    assert breakdowns.incidents_by_group(world.head, past) == groups
    assert breakdowns.incidents_by_day(world.head, past) == days
    assert breakdowns.incidents_by_group(world.head, current) != {}
