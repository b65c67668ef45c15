"""How well is reported: what is late, what was seen coming, which unit wrote when."""

import datetime as dt

import pytest
from sqlmodel import select

from models import incident, reporting_quality
from models.database import writing
from models.history import write_down
from models.incident import Incident, IncidentDraft
from models.reporting_quality import Quality
from tests.models.test_kpis import AFTER, P, happens, merge_hall_into_museum, void
from tests.worlds import World, instant


def entered(world: World, occurred: str, hours: float, **over: object) -> Incident:
    """An incident that is entered so many hours after it occurred."""
    happened = instant(occurred)
    later = world.at(happened + dt.timedelta(hours=hours))
    draft = {"occurred_at": happened, "received_at": happened, "summary": "Mất xe", "kind": "C.theft"}
    return incident.report(later.alice, IncidentDraft(**(draft | over)))  # type: ignore[arg-type]


def test_late_is_what_was_entered_after_a_day(world: World) -> None:
    entered(world, "2020-01-20T08:00", 1)
    entered(world, "2020-01-20T09:00", 24)
    entered(world, "2020-01-20T10:00", 24.1)
    found = reporting_quality.quality(world.at(AFTER).alice, P)
    assert found == Quality(incidents=3, typed=3, late=1, median_hours=24.0, latent=0)
    assert found.late_share == pytest.approx(1 / 3)


def test_what_an_import_brought_is_not_late(world: World) -> None:
    entered(world, "2020-01-20T08:00", 2)
    old = entered(world, "2020-01-20T08:00", 800)
    with writing(world.at(AFTER).alice) as session:
        row = session.exec(select(Incident).where(Incident.id == old.id)).one()
        row.origin = "file"
        write_down(session, "incident.amended", row, {"origin": ["form", "file"]})
    found = reporting_quality.quality(world.at(AFTER).alice, P)
    assert (found.incidents, found.typed, found.late, found.median_hours) == (2, 1, 0, 2.0)


def test_what_was_seen_coming_counts_whatever_became_of_it(world: World) -> None:
    entered(world, "2020-01-20T08:00", 1, complexity="latent", complexity_reason="Mâu thuẫn kéo dài")
    entered(world, "2020-01-21T08:00", 1, kind="B.fighting")
    who = world.at(AFTER).alice
    assert reporting_quality.quality(who, P).latent_share == 0.5
    assert reporting_quality.quality(who, P, None, "B").latent_share == 0.0


def test_nothing_has_no_shares(world: World) -> None:
    found = reporting_quality.quality(world.alice, P)
    assert found == Quality(0, 0, 0, None, 0)
    assert (found.late_share, found.latent_share) == (None, None)


def test_not_confirmed_ones_say_nothing_of_it(world: World) -> None:
    void(world, happens(world, "2020-01-20T08:00"), "2020-01-21T08:00")
    assert reporting_quality.quality(world.at(AFTER).alice, P).incidents == 0


# ---- which unit wrote when -----------------------------------------------------------------------------------------------
def test_each_unit_with_its_last_entry_and_its_records(world: World) -> None:
    hall, museum = world.units["hall"], world.units["museum"]
    happens(world, "2020-01-20T08:00", unit_id=hall)
    happens(world, "2020-03-20T08:00", unit_id=hall)
    found = {one.unit_id: one for one in reporting_quality.entries_by_unit(world.at(AFTER).alice, P)}
    assert (found[hall].records, found[hall].last) == (1, instant("2020-03-20T08:00"))
    assert (found[museum].records, found[museum].last) == (0, None)


def test_a_merged_unit_writes_for_its_successor(world: World) -> None:
    happens(world, "2020-01-20T08:00", unit_id=world.units["hall"])
    merge_hall_into_museum(world, "2020-02-01")
    (found,) = reporting_quality.entries_by_unit(world.at(AFTER).alice, P)
    assert (found.unit_id, found.records) == (world.units["museum"], 1)


# ---- what staff may not open ---------------------------------------------------------------------------------------------
def test_confidential_ones_are_said_to_staff_alone(world: World) -> None:
    happens(world, "2020-01-20T08:00", world.head, confidential=True)
    happens(world, "2020-01-20T08:00")
    later = world.at(AFTER)
    assert reporting_quality.confidential(later.alice, P) == 1
    assert reporting_quality.confidential(later.head, P) == 0
    assert reporting_quality.confidential(later.alice, P, world.units["hall"]) == 0
