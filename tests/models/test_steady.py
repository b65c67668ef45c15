"""What seldom changes is asked once a revision, and never answered to another organisation."""

from models import steady
from models.catalogue import entries
from models.database import one_reading
from models.organisation import UnitDraft, save_unit, units
from models.period_rule import cut_offs
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


def test_a_verb_reads_what_is_there_now(world: World) -> None:
    names(world.admin)
    before = dict(steady._known)
    save_unit(world.admin, UnitDraft(name="Phòng Mới"))
    assert dict(steady._known) == before
