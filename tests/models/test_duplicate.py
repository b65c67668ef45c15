"""Possible duplicates: what is offered, and what is not."""

import pytest

from models import duplicate, incident, incident_life, link, place
from models.access import NotFound
from models.duplicate import Account, likeness_of
from models.incident import Incident
from models.incident_life import VoidDraft
from models.place import PlaceDraft
from tests.conftest import statements
from tests.models.test_incident import draft
from tests.worlds import World, instant

TOLD = "Xô xát giữa hai nhóm cổ động viên ở khán đài B"
RETOLD = "Hai nhóm CĐV xô xát khán đài B"


def reported(world: World, summary: str = TOLD, at: str = "2020-01-05T19:40", **values: object) -> Incident:
    first = {"summary": summary, "occurred_at": instant(at)}
    return incident.report(world.alice, draft(**(first | {"place": "Sân vận động"} | values)))


def offered(world: World, summary: str = RETOLD, at: str = "2020-01-05T20:10", **values: object) -> list[int | None]:
    said = Account(summary, instant(at), **({"place": "Sân vận động"} | values))  # type: ignore[arg-type]
    return [one.incident.id for one in duplicate.alike(world.alice, said)]


def on_record(world: World, row: Incident) -> list[int | None]:
    return [one.incident.id for one in duplicate.possible_duplicates(world.alice, row.id)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (TOLD, RETOLD),
        ("Mất xe đạp tại bãi gửi xe", "Khách báo mất xe đạp ở bãi xe"),
        ("Gây rối trước cổng", "GAY ROI truoc cong chinh"),
        ("Trẻ lạc ở khu vui chơi", "Trẻ em bị lạc tại khu vui chơi"),
        ("Cháy bảng điện", "Chập điện gây cháy nhỏ"),
        ("Đánh nhau", "đánh nhau"),
    ],
)
def test_two_accounts_of_one_thing_read_alike(one: str, other: str) -> None:
    assert likeness_of(one, other) >= duplicate.ENOUGH
    assert likeness_of(one, other) == likeness_of(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mất trộm điện thoại", "Mất xe máy"),
        ("Tụ tập khiếu kiện trước trụ sở", "Nhóm thanh niên đánh nhau"),
        ("Có một vụ", "Có một vụ khác ở khu nhà hát"),
        ("!!!", "???"),
        ("", ""),
    ],
)
def test_two_things_do_not(one: str, other: str) -> None:
    assert likeness_of(one, other) < duplicate.ENOUGH


@pytest.mark.parametrize(
    ("at", "found"),
    [
        ("2020-01-04T00:00", True),
        ("2020-01-03T23:59", False),
        ("2020-01-06T08:00", True),
    ],
)
def test_only_from_the_day_before_to_the_day_after(small_world: World, at: str, found: bool) -> None:
    """In local days: 00:00 in Hà Nội is the evening before in UTC."""
    row = reported(small_world, at="2020-01-05T00:00")
    assert (offered(small_world, at=at) == [row.id]) is found


def test_the_day_after_ends_at_midnight(small_world: World) -> None:
    small_world.set("2020-02-01T08:00")
    row = reported(small_world, at="2020-01-06T23:59")
    assert offered(small_world, at="2020-01-05T00:00") == [row.id]
    late = reported(small_world, at="2020-01-07T00:00")
    assert late.id not in offered(small_world, at="2020-01-05T23:59")


def test_at_the_same_place_or_unit_only(world: World) -> None:
    hall, museum = world.units["hall"], world.units["museum"]
    place.add_place(world.admin, PlaceDraft(name="Sân 1"))
    row = reported(world, place="Sân 1", unit_id=hall)
    assert offered(world, place="san 1, cổng B") == [row.id]
    assert offered(world, place="Rạp", unit_id=hall) == [row.id]
    assert offered(world, place="Rạp", unit_id=museum) == offered(world, place="Rạp") == []
    assert offered(world, place="") == [row.id]
    assert offered(world, "Xô xát", place="") == []


def test_the_most_alike_come_first_and_not_more_than_three(world: World) -> None:
    rows = [reported(world, f"{TOLD}, {number} {'lần ' * number}") for number in range(5)]
    found = offered(world, TOLD)
    assert len(found) == 3
    assert found[0] == rows[0].id


def test_nothing_that_one_may_not_see_is_offered(world: World) -> None:
    hidden = incident.report(world.head, draft(summary=TOLD, place="Sân vận động", confidential=True))
    foreign = incident.report(world.bob, draft(summary=TOLD, place="Sân vận động"))
    assert offered(world) == []
    with pytest.raises(NotFound):
        duplicate.possible_duplicates(world.alice, hidden.id)
    with pytest.raises(NotFound):
        duplicate.possible_duplicates(world.head, foreign.id + 1000)


def test_what_was_found_not_to_have_happened_is_not_offered(world: World) -> None:
    row = reported(world)
    incident_life.move(world.head, row.id, "not_confirmed", VoidDraft(note="Không có việc này"), row.version)
    assert offered(world) == []


def test_a_record_offers_its_twins_until_somebody_said_what_they_are(world: World) -> None:
    first, second, third = reported(world), reported(world, RETOLD), reported(world, RETOLD)
    assert on_record(world, second) == [third.id, first.id]
    link.mark_duplicate(world.alice, second.id, first.id)
    assert on_record(world, second) == [third.id]
    link.mark_distinct(world.alice, third.id, second.id)
    assert on_record(world, second) == []
    assert on_record(world, third) == [first.id]
    assert [one.row.id for one in link.links(world.alice, "incident", second.id)] == [first.id]


def test_the_database_is_asked_twice_however_many_there_are(world: World) -> None:
    def asked() -> int:
        with statements() as said:
            offered(world)
        return sum("FROM incident" in one for one in said)

    reported(world)
    few = asked()
    for _ in range(6):
        reported(world)
    assert few == asked() == 2
