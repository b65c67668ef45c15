"""What seldom changes is asked once a revision, and never answered to another organisation."""

from collections.abc import Callable

from sqlmodel import select

from models import steady
from models.access import Current
from models.catalogue import entries
from models.database import Session, one_reading, writing
from models.history import lock
from models.organisation import Unit, UnitDraft, save_unit, units
from models.period_rule import cut_offs
from models.revision import STEADY
from tests.models.test_kpis import statements
from tests.worlds import World


def names(who: object) -> list[str]:
    with one_reading(who):  # type: ignore[arg-type]
        return [unit.name for unit in units(who)]  # type: ignore[arg-type]


def test_the_next_run_asks_for_the_revision_alone(world: World) -> None:
    def run() -> None:
        with one_reading(world.alice):
            units(world.alice), entries(world.alice, "incident_kind"), cut_offs(world.alice)

    run()
    with statements() as asked:
        run()
    assert len([one for one in asked if one.startswith("SELECT") and "set_config" not in one]) == 1


def test_a_change_is_seen_by_the_next_run(world: World) -> None:
    before = names(world.alice)
    save_unit(world.admin, UnitDraft(name="Phòng Mới"))
    assert sorted(names(world.alice)) == sorted([*before, "Phòng Mới"])


def test_another_organisation_is_answered_for_itself(world: World) -> None:
    own, other = names(world.alice), names(world.bob)
    assert own
    assert not set(own) & set(other)
    assert names(world.alice) == own


def asked_by(who: Current, act: Callable[[Session], object]) -> list[str]:
    """The tables of what seldom changes that a verb asks for."""
    with statements() as asked, writing(who) as session:
        lock(session)
        act(session)
        session.rollback()
    return [table for one in asked for table in STEADY if f"FROM {table} " in f"{one} ".replace("\n", " ")]


def look(session: Session) -> None:
    units(session), entries(session, "incident_kind"), cut_offs(session)


def test_a_verb_reads_what_is_there_now(world: World) -> None:
    names(world.admin)
    before = dict(steady._known)
    save_unit(world.admin, UnitDraft(name="Phòng Mới"))
    assert dict(steady._known) == before


def test_a_verb_does_not_ask_what_the_page_before_it_has_asked(world: World) -> None:
    assert set(asked_by(world.admin, look)) == set(STEADY)
    with one_reading(world.admin):
        units(world.admin), entries(world.admin, "incident_kind"), cut_offs(world.admin)
    assert asked_by(world.admin, look) == []


def test_a_verb_asks_once_anything_was_written_since(world: World) -> None:
    with one_reading(world.admin):
        units(world.admin)
    save_unit(world.admin, UnitDraft(name="Phòng Mới"))
    seen: list[str] = []
    asked_by(world.admin, lambda session: seen.extend(unit.name for unit in units(session)))
    assert "Phòng Mới" in seen


def test_a_verb_sees_what_it_has_changed_itself(world: World) -> None:
    before = names(world.admin)
    seen: list[str] = []

    def change(session: Session) -> None:
        own = [unit for unit in session.exec(select(Unit)) if unit.name == before[0]]
        own[0].name = "Đổi tên"
        seen.extend(unit.name for unit in units(session))

    asked_by(world.admin, change)
    assert "Đổi tên" in seen
