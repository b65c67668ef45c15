"""Places: the administrator's list, and what becomes of what people type."""

import datetime as dt

import pytest

from models import incident, place
from models.access import Denied, Invalid, NotFound, Stale
from models.database import reading
from models.place import Place, PlaceDraft
from tests.models.test_incident import draft, errors
from tests.worlds import World


def listed(world: World, name: str = "Nhà hát tỉnh", **values: object) -> Place:
    return place.add_place(world.admin, PlaceDraft.model_validate({"name": name} | values))


def tidied(world: World, text: str) -> str:
    with reading(world.alice) as session:
        return place.tidy(session, text)


# ---- the list ---------------------------------------------------------------------------------------------------------
def test_an_administrator_lists_a_place_and_everybody_is_offered_it(world: World) -> None:
    row = listed(world, "  Nhà   hát tỉnh ", address="Số 1 Ngô Quyền")
    assert row.name == "Nhà hát tỉnh"
    assert place.suggestions(world.alice) == ["Nhà hát tỉnh"]
    assert place.suggestions(world.bob) == []


def test_the_same_form_lists_one_place(world: World) -> None:
    first = place.add_place(world.admin, PlaceDraft(name="Cổng B"), nonce="form")
    assert place.add_place(world.admin, PlaceDraft(name="Cổng B"), nonce="form").id == first.id


@pytest.mark.parametrize("name", ["Cổng B", "cong b", "CỔNG  B", "Co\u0302\u0309ng B"])
def test_two_places_of_one_name_are_one_too_many(world: World, name: str) -> None:
    listed(world, "Cổng B")
    with pytest.raises(Invalid) as refusal:
        listed(world, name)
    assert errors(refusal) == {"name": "taken"}


def test_staff_and_heads_do_not_keep_the_list(world: World) -> None:
    row = listed(world)
    for current in (world.alice, world.head):
        with pytest.raises(Denied):
            place.add_place(current, PlaceDraft(name="Cổng B"))
        with pytest.raises(Denied):
            place.retire_place(current, row.id)
        with pytest.raises(Denied):
            place.places(current)


def test_a_strangers_place_does_not_exist(world: World) -> None:
    row = listed(world)
    for act in (
        lambda: place.amend_place(world.binh, row.id, PlaceDraft(name="Cướp"), 1),
        lambda: place.retire_place(world.binh, row.id),
        lambda: place.place_of_record(world.bob, row.id),
    ):
        with pytest.raises(NotFound):
            act()
    assert place.places(world.binh) == []


def test_a_stale_tab_changes_nothing(world: World) -> None:
    row = listed(world)
    place.amend_place(world.admin, row.id, PlaceDraft(name="Nhà hát lớn"), row.version)
    with pytest.raises(Stale):
        place.amend_place(world.admin, row.id, PlaceDraft(name="Nhà hát nhỏ"), 1)
    assert [one.name for one in place.places(world.admin)] == ["Nhà hát lớn"]


def test_a_retired_place_is_not_offered_and_still_named(world: World) -> None:
    row = listed(world)
    kept = incident.report(world.alice, draft(place="Nhà hát tỉnh"))
    place.retire_place(world.admin, row.id)
    place.retire_place(world.admin, row.id)
    assert place.suggestions(world.alice) == []
    assert incident.report(world.alice, draft(place="Nhà hát tỉnh")).place_id is None
    assert place.place_of_record(world.alice, incident.incident(world.alice, kept.id).place_id).name == "Nhà hát tỉnh"
    assert place.restore_place(world.admin, row.id).version == 3
    assert place.suggestions(world.alice) == ["Nhà hát tỉnh"]


def test_a_ward_bears_the_name_of_the_day(world: World) -> None:
    row = listed(world, ward="Phường Khai Quang")
    new = PlaceDraft(name=row.name, ward="Phường Vĩnh Phúc", ward_since=dt.date(2025, 7, 1))
    row = place.amend_place(world.admin, row.id, new, row.version)
    assert (row.ward_on(dt.date(2025, 6, 30)), row.ward_on(dt.date(2025, 7, 1))) == (
        "Phường Khai Quang",
        "Phường Vĩnh Phúc",
    )
    older = PlaceDraft(name=row.name, ward="Xã Khai Quang", ward_since=dt.date(1999, 5, 1))
    row = place.amend_place(world.admin, row.id, older, row.version)
    assert (row.ward, row.ward_since) == ("Phường Vĩnh Phúc", dt.date(2025, 7, 1))
    assert row.ward_on(dt.date(2001, 1, 1)) == "Xã Khai Quang"


def test_a_wards_name_is_corrected_moved_and_taken_out(world: World) -> None:
    row = listed(world, ward="Phường Khai Qang")
    row = place.amend_place(world.admin, row.id, PlaceDraft(name=row.name, ward="Phường Khai Quang"), row.version)
    assert row.wards == [{"since": None, "ward": "Phường Khai Quang"}]
    moved = PlaceDraft(name=row.name, ward="Phường Khai Quang", ward_since=dt.date(2003, 1, 1))
    row = place.amend_place(world.admin, row.id, moved, row.version)
    assert (row.ward_on(dt.date(2000, 1, 1)), row.ward_on(dt.date(2003, 1, 1))) == ("", "Phường Khai Quang")
    row = place.amend_place(world.admin, row.id, PlaceDraft(name=row.name, ward_since=dt.date(2003, 1, 1)), row.version)
    assert (row.wards, row.ward) == ([], "")
    again = place.amend_place(world.admin, row.id, PlaceDraft(name=row.name), row.version)
    assert again.version == row.version


# ---- what is typed ----------------------------------------------------------------------------------------------------
def test_an_incident_points_at_the_place_whose_name_was_picked(world: World) -> None:
    row = listed(world, "Cổng B")
    found = {
        text: incident.report(world.alice, draft(place=text)) for text in ("Cổng B", "Cổng  B", "cổng b", "Cổng B2")
    }
    assert [one.place_id for one in found.values()] == [row.id, row.id, None, None]
    assert [one.place for one in found.values()] == ["Cổng B", "Cổng B", "cổng b", "Cổng B2"]


def test_another_organisations_place_is_nobodys(world: World) -> None:
    listed(world, "Cổng B")
    assert incident.report(world.bob, draft(place="Cổng B")).place_id is None


def test_changing_what_was_typed_moves_the_pointer_and_renaming_the_place_does_not(world: World) -> None:
    row = listed(world, "Cổng B")
    one = incident.report(world.alice, draft(place="Cổng B"))
    place.amend_place(world.admin, row.id, PlaceDraft(name="Cổng số 2"), row.version)
    one = incident.amend(world.alice, one.id, draft(place="Cổng B", severity=2), one.version)
    assert (one.place, one.place_id) == ("Cổng B", row.id)
    one = incident.amend(world.alice, one.id, draft(place="Sân sau", severity=2), one.version)
    assert one.place_id is None
    one = incident.amend(world.alice, one.id, draft(place="Cổng số 2", severity=2), one.version)
    assert one.place_id == row.id


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Cổng   B ,sân vận động, ", "Cổng B, sân vận động"),
        ("Km 1,5 đường tỉnh", "Km 1,5 đường tỉnh"),
        ("P. 12, Q. 3", "Phường 12, Q. 3"),
        ("Số 5, P.Liên Bảo, TP. Vĩnh Yên", "Số 5, Phường Liên Bảo, TP. Vĩnh Yên"),
        ("Chợ, p. Tích Sơn, thành phố Vĩnh Yên", "Chợ, Phường Tích Sơn, thành phố Vĩnh Yên"),
        ("P. Khai Quang", "Phường Khai Quang"),
        ("P. Hành chính, tầng 2", "P. Hành chính, tầng 2"),
        ("P. 201", "P. 201"),
        ("TP. Hồ Chí Minh", "TP. Hồ Chí Minh"),
        ("CỔNG b", "CỔNG b"),
        ('=HYPERLINK("x")', '=HYPERLINK("x")'),
        ("🎪 rạp", "🎪 rạp"),
        ("Nha\u0300 ha\u0301t", "Nhà hát"),
    ],
)
def test_typed_text_is_put_in_order_only_where_that_is_certain(small_world: World, typed: str, kept: str) -> None:
    listed(small_world, "Trụ sở", ward="Phường Khai Quang")
    assert incident.report(small_world.alice, draft(place=typed)).place == kept
    assert tidied(small_world, kept) == kept
