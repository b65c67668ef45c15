"""What hangs on the wall: figures that agree with the page of figures, and entries without people or confidential records."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from models import incident, incident_life, kpis, wall
from models.access import Current, Denied, Role
from models.incident import Incident, IncidentDraft
from models.period import Span, reporting
from tests.worlds import World


def happened(who: Current, hours_ago: float = 1.0, **over: Any) -> Incident:
    when = who.now() - dt.timedelta(hours=hours_ago)
    draft = {"summary": "Mất xe của chị Nguyễn Thị Hoa", "kind": "C.theft", "severity": 1, "place": "Cổng chính"}
    return incident.report(who, IncidentDraft(**(draft | {"occurred_at": when, "received_at": when} | over)))


def screen(world: World, of: str = "alice") -> Current:
    """The screen of somebody's organisation."""
    return replace(world.people[of], account_id=None, role=Role.DISPLAY, name="Màn hình")


def test_its_figures_are_those_of_the_figures_page(world: World) -> None:
    for hours in (1, 2, 30, 24 * 40):
        happened(world.alice, hours)
    found = wall.wall(screen(world))
    year = reporting(Span.YEAR, world.alice.today(), world.alice.zone)
    assert found.period == year
    assert found.figures == kpis.headlines(world.alice, year, wall.HEADLINES)
    assert found.before == kpis.headlines(world.alice, year.previous(), wall.HEADLINES)
    assert found.figures["2"].value == 3


def test_the_trend_is_twelve_months_up_to_this_one(world: World) -> None:
    happened(world.alice)
    happened(world.alice, 24 * 30 * 10)
    months = wall.wall(screen(world)).months
    assert len(months) == wall.TREND
    assert months[-1][0].first <= world.alice.today() <= months[-1][0].last
    assert (months[-1][1], sum(count for _, count in months)) == (1, 2)


def test_the_newest_entries_first_without_names_or_what_happened(world: World) -> None:
    rows = [happened(world.alice, hours_ago=20 - number) for number in range(12)]
    lines = wall.wall(screen(world)).lines
    assert [line.number for line in lines] == [row.number for row in reversed(rows)][: wall.LATEST]
    assert (lines[0].at, lines[0].kind, lines[0].place) == (rows[-1].occurred_at, "C.theft", "Cổng chính")
    assert "Nguyễn Thị Hoa" not in repr(lines)


@pytest.mark.parametrize("who", ["alice", "head"])
def test_confidential_entries_never_hang_there_whoever_looks(world: World, who: str) -> None:
    open_, hidden = happened(world.head), happened(world.head, confidential=True)
    for reader in (screen(world), getattr(world, who)):
        assert [line.number for line in wall.wall(reader).lines] == [open_.number], hidden.number


def test_what_was_found_to_be_nothing_is_gone(world: World) -> None:
    row = happened(world.head)
    assert [line.number for line in wall.wall(screen(world)).lines] == [row.number]
    said = incident_life.VoidDraft(note="Không có việc này")
    incident_life.move(world.head, row.id, "not_confirmed", said, row.version)
    assert wall.wall(screen(world)).lines == []


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("Nhà ông Nguyễn Văn Tuấn, 12 Lê Lợi", "Nhà ông N.V.T., 12 Lê Lợi"),
        ("Nhà thi đấu tỉnh", "Nhà thi đấu tỉnh"),
        ("Quán cà phê, gọi 0912 345 678", "Quán cà phê, gọi •••• ••• 678"),
    ],
)
def test_a_place_does_not_tell_who_lives_there(place: str, said: str) -> None:
    assert wall._without_people(place) == said


def test_another_organisation_sees_nothing_of_it(world: World) -> None:
    happened(world.alice)
    found = wall.wall(screen(world, "bob"))
    assert found.lines == []
    assert sum(count for _, count in found.months) == 0


@pytest.mark.parametrize("name", ["admin", "liaison", "board", "system"])
def test_who_may_not_see_figures_may_not_see_the_wall(world: World, name: str) -> None:
    with pytest.raises(Denied):
        wall.wall(getattr(world, name))


def test_a_screen_may_ask_for_nothing_else(world: World) -> None:
    happened(world.alice)
    year = reporting(Span.YEAR, world.alice.today(), world.alice.zone)
    with pytest.raises(Denied):
        kpis.figures(screen(world), year)
    with pytest.raises(Denied):
        incident.report(screen(world), IncidentDraft(occurred_at=world.alice.now(), summary="thử", severity=1))
