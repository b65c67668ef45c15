"""What an answer rests on, and what an entry may have changed."""

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select

import models
from models import (
    about,
    breakdowns,
    criteria,
    database,
    event,
    incident,
    incident_desk,
    incident_life,
    incident_search,
    inspection,
    kpis,
    kpis_together,
    ledger,
    receipt,
    reporting_quality,
    sharing,
    sparks,
    statement,
    target,
)
from models.about import (
    BESIDE,
    EVENTS,
    EVERYTHING,
    FAMILIES,
    INCIDENTS,
    INSPECTIONS,
    KNOWN_INCIDENTS,
    LEDGER,
    SHARED,
    About,
    Mark,
)
from models.access import Denied
from models.database import QUIET, Session, mapped_classes, reading, writing
from models.figures import KPIS
from models.history import SUBJECTS, note, write_down
from models.incident import Incident, IncidentDraft, report
from models.inspection import InspectionRound
from models.organisation import UnitDraft, save_unit
from models.period import Period, Span, reporting
from tests.models.test_inspection import planned
from tests.models.test_joint import patrol, police, shared
from tests.worlds import World, instant


def year(world: World) -> Period:
    return reporting(Span.YEAR, world.alice.today(), world.alice.zone)


def an_incident(world: World) -> Incident:
    return report(world.alice, IncidentDraft(occurred_at=world.clock(), summary="Mất xe", severity=1))


def a_round(world: World) -> None:
    planned(world.alice)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The tables that are asked while a test runs."""
    found: set[str] = set()
    narrowed = database.narrowed

    def noted(statement: Any, *whose: Any, **how: Any) -> Any:
        found.update(cls.__tablename__ for cls in criteria.spoken_of(statement))  # type: ignore[misc]
        return narrowed(statement, *whose, **how)

    monkeypatch.setattr(database, "narrowed", noted)
    return found


CHAIN = {"history_entry", "chain_head", "ledger_head"}  # what tells how far it has come


def rests_on(tables: set[str], what: About) -> set[str]:
    """What these tables are about; where only known incidents count, the table of incidents is about those."""
    found = {FAMILIES[table] for table in tables if table in FAMILIES}
    return {KNOWN_INCIDENTS if one == INCIDENTS and KNOWN_INCIDENTS in what else one for one in found}


WORD = {"text": "xe"}


def by_unit(session: Session, period: Period, about: str) -> object:
    """What the units have written, of one kind of record."""
    kinds = [one for one in reporting_quality._KINDS if one[3] == about]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reporting_quality, "_KINDS", tuple(kinds))
        return reporting_quality.entries_by_unit(session, period)


ANSWERS: list[tuple[str, About, Callable[[Session, Period], Any]]] = [
    *(
        (f"figures {own}", what, lambda session, period, own=own: kpis.headlines(session, period, own))
        for what, own in kpis.ABOUT.items()
    ),
    *(
        (f"until {own}", what, lambda session, period, own=own: kpis_together.until(session, period, own))
        for what, own in kpis.ABOUT.items()
    ),
    *(
        (f"lines {own}", what, lambda session, period, own=own: sparks.sparks(session, own, period))
        for what, all_of in kpis.ABOUT.items()
        if (own := tuple(code for code in all_of if code in {"1", "2", *sparks._BY}))
    ),
    ("subjects", frozenset({INSPECTIONS}), breakdowns.inspections_by_subject),
    (
        "bubbles of incidents",
        frozenset({INCIDENTS}),
        lambda session, _: incident_search.bubble_counts(session, incident_search.Filter(**WORD)),
    ),
    (
        "neighbours",
        frozenset({INCIDENTS}),
        lambda session, _: incident_desk.neighbours(session, incident_search.Filter(**WORD), 1),
    ),
    (
        "bubbles of rounds",
        frozenset({INSPECTIONS}),
        lambda session, _: inspection.bubble_counts(session, inspection.Filter(**WORD)),
    ),
    ("bubbles of events", frozenset({EVENTS}), lambda session, _: event.bubble_counts(session, event.Filter(**WORD))),
    ("the next turn", frozenset({EVENTS}), lambda session, _: event.next_turn(session)),
    (
        "moves",
        frozenset({LEDGER}),
        lambda session, _: receipt.moves_since(session, session.current.now() - receipt.LOOK_BACK),
    ),
    (
        "a page of incidents",
        frozenset({INCIDENTS}),
        lambda session, _: incident_search.listed(session, incident_search.Filter(**WORD)),
    ),
    ("whether one is a partner", frozenset({LEDGER}), lambda session, _: ledger.reach(session)),
    ("loose statements", frozenset(), lambda session, _: statement.loose_count(session)),
    ("partners", SHARED, breakdowns.activities_by_partner),
    ("targets", frozenset(), target.targets),
    ("month targets", frozenset(), lambda session, period: target.month_targets(session, "2", [period])),
    *(
        (
            f"entries by unit {name}",
            frozenset({name}),
            lambda session, period, name=name: by_unit(session, period, name),
        )
        for name in (INCIDENTS, INSPECTIONS, EVENTS)
    ),
]


@pytest.mark.parametrize(("what", "ask"), [pytest.param(*rest, id=name) for name, *rest in ANSWERS])
def test_an_answer_asks_no_table_but_of_what_it_is_about(
    world: World, read: set[str], what: About, ask: Callable[[Session, Period], Any]
) -> None:
    an_incident(world)
    read.clear()
    with reading(world.alice) as session:
        ask(session, year(world))
    assert rests_on(read, what) <= what
    assert read - FAMILIES.keys() <= BESIDE | CHAIN


@pytest.mark.parametrize(
    ("what", "ask"), [pytest.param(*rest, id=name) for name, *rest in ANSWERS if KNOWN_INCIDENTS in rest[0]]
)
def test_a_new_incident_changes_nothing_that_hangs_on_known_ones(
    world: World, what: About, ask: Callable[[Session, Period], Any]
) -> None:
    source, asked = shared(world).source_id, year(world)
    with reading(world.alice) as session:
        before = ask(session, asked)
    an_incident(world)
    with reading(world.alice) as session:
        assert ask(session, asked) == before
    one = incident.incident(world.head, source)
    void = incident_life.VoidDraft(note="Báo nhầm")
    moved = since(world, lambda: incident_life.move(world.head, one.id, "not_confirmed", void, one.version))
    assert KNOWN_INCIDENTS in moved


def test_every_figure_says_what_it_is_about() -> None:
    assert sorted(code for own in kpis.ABOUT.values() for code in own) == sorted(KPIS)


def test_what_is_about_something_is_a_table_that_has_a_history() -> None:
    for module in pkgutil.iter_modules(models.__path__):
        importlib.import_module(f"models.{module.name}")
    tables = {cls.__tablename__ for cls in mapped_classes() if cls not in QUIET}  # type: ignore[misc]
    assert FAMILIES.keys() | BESIDE <= tables
    assert FAMILIES.keys() & SUBJECTS.keys()


# ---- what changed ----------------------------------------------------------------------------------------------------
def since(world: World, act: Callable[[], object]) -> About:
    with reading(world.alice) as session:
        before = about.mark(session)
    act()
    return about.changed(world.alice, before)


def test_an_entry_changes_what_it_is_about(world: World) -> None:
    one = an_incident(world)
    assert since(world, lambda: None) == frozenset()
    assert since(world, lambda: an_incident(world)) == {INCIDENTS}
    assert since(world, lambda: note(world.alice, "incident", one.id, "Đã báo")) == {INCIDENTS, KNOWN_INCIDENTS}
    assert since(world, lambda: a_round(world)) == {INSPECTIONS}
    assert since(world, lambda: (a_round(world), an_incident(world))) == {INSPECTIONS, INCIDENTS}


def test_an_entry_about_anything_else_may_change_everything(world: World) -> None:
    assert since(world, lambda: save_unit(world.admin, UnitDraft(name="Thư viện"))) == EVERYTHING


def test_what_a_partner_moved_is_of_the_ledger(world: World) -> None:
    with reading(world.liaison) as session:
        before = about.mark(session)
    draft = patrol(police(world), started_at=instant("2020-01-04T19:00"))
    assert since(world, lambda: sharing.enter_activity(world.head, draft, at_once=True)) == {LEDGER}
    assert about.changed(world.liaison, before) == {LEDGER}


def test_after_a_restored_backup_everything_may_have_changed(world: World) -> None:
    an_incident(world)
    assert about.changed(world.alice, Mark(1_000, 0)) == EVERYTHING


def test_nobody_is_told_of_another_organisations_entries(world: World) -> None:
    with reading(world.bob) as session:
        before = about.mark(session)
    an_incident(world)
    assert about.changed(world.bob, before) == frozenset()


# ---- what has to be said -----------------------------------------------------------------------------------------------
def test_a_record_does_not_change_under_an_entry_about_something_else(world: World) -> None:
    one = an_incident(world)
    a_round(world)
    with pytest.raises(Denied, match="incident"), writing(world.alice) as session:
        session.exec(select(Incident).where(Incident.id == one.id)).one().severity = 4
        write_down(session, "round.planned", session.exec(select(InspectionRound)).one())
    with reading(world.alice) as session:
        assert session.exec(select(Incident.severity).where(Incident.id == one.id)).one() == 1
