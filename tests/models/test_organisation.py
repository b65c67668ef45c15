"""Organisations and their tree, and their units through time."""

import datetime as dt

import pytest
from sqlmodel import select

from models import history
from models.access import Denied, Invalid, NotFound, Stale
from models.database import reading
from models.history import HistoryEntry
from models.organisation import (
    Kind,
    Organisation,
    OrganisationDraft,
    UnitDraft,
    amend_organisation,
    found_organisation,
    organisation,
    organisations,
    organisations_below,
    own_organisation,
    police_bodies,
    save_unit,
    unit_on,
    units,
)
from tests.worlds import World

DAY = dt.date.fromisoformat


def draft(**changes: object) -> OrganisationDraft:
    return OrganisationDraft.model_validate(
        {"code": "benh-vien-d", "name": "Bệnh viện D (thử)", "kind": Kind.HOSPITAL} | changes
    )


def codes(rows: list[Organisation]) -> set[str]:
    return {row.code for row in rows}


def errors(refusal: pytest.ExceptionInfo[Invalid]) -> dict[str, str]:
    return {field: code for field, (code, _) in refusal.value.errors.items()}


# ---- founding ------------------------------------------------------------------------------------------------------------
def test_the_system_administrator_founds_an_organisation(world: World) -> None:
    row = found_organisation(world.system, draft(parent_id=world.organisations["ban"]))
    assert row.path == f"/{world.organisations['ban']}/{row.id}/"
    assert history.revisions({row.id}) == {row.id: 0}
    with reading(world.system) as session:
        newest = session.exec(select(HistoryEntry).order_by(HistoryEntry.sequence.desc())).first()
    assert (newest.action, newest.subject_id, newest.changes["code"]) == (
        "organisation.founded",
        row.id,
        [None, "benh-vien-d"],
    )


def test_nobody_else_does(world: World) -> None:
    for name in ("alice", "hanh", "an", "liem", "ban"):
        with pytest.raises(Denied):
            found_organisation(world.people[name], draft())
        with pytest.raises(Denied):
            organisations(world.people[name])


def test_the_same_form_founds_one(world: World) -> None:
    first = found_organisation(world.system, draft(), nonce="n")
    assert found_organisation(world.system, draft(), nonce="n").id == first.id
    assert len([row for row in organisations(world.system) if row.code == "benh-vien-d"]) == 1


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"code": "so-a"}, "code", "taken"),
        ({"code": "Số A"}, "code", "string_pattern_mismatch"),
        ({"code": "a"}, "code", "string_pattern_mismatch"),
        ({"name": "X"}, "name", "string_too_short"),
        ({"parent_id": 987_654}, "parent_id", "unknown"),
        ({"valid_from": DAY("2020-02-01"), "valid_to": DAY("2020-01-01")}, "valid_to", "out_of_order"),
    ],
)
def test_an_invalid_one_is_refused_with_its_code(world: World, changes: dict, field: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        found_organisation(world.system, OrganisationDraft.model_construct(**{**draft().model_dump(), **changes}))
    assert errors(refused) == {field: code}
    assert "benh-vien-d" not in codes(organisations(world.system))


# ---- changing ---------------------------------------------------------------------------------------------------------------
def amended(world: World, which: str, **changes: object) -> Organisation:
    row = organisation(world.system, world.organisations[which])
    said = OrganisationDraft.model_validate(
        {name: getattr(row, name) for name in OrganisationDraft.model_fields} | changes
    )
    return amend_organisation(world.system, row.id, said, row.version)


def test_a_name_changes_and_the_code_stays(world: World) -> None:
    assert amended(world, "so-a", name="Sở A mới").version == 2
    assert own_organisation(world.alice).name == "Sở A mới"
    with pytest.raises(Invalid) as refused:
        amended(world, "so-a", code="so-a2")
    assert errors(refused) == {"code": "fixed"}


def test_a_stale_change_is_refused(world: World) -> None:
    amended(world, "so-a", name="Sở A mới")
    with pytest.raises(Stale):
        amend_organisation(world.system, world.organisations["so-a"], draft(code="so-a"), 1)
    with pytest.raises(NotFound):
        amend_organisation(world.system, 987_654, draft(), 1)


def test_moving_takes_everything_below_along(world: World) -> None:
    below = found_organisation(world.system, draft(parent_id=world.organisations["so-a"]))
    amended(world, "so-a", parent_id=None)
    me = world.organisations["so-a"]
    assert organisation(world.system, me).path == f"/{me}/"
    assert organisation(world.system, below.id).path == f"/{me}/{below.id}/"
    for parent_id in (below.id, me, 987_654):
        with pytest.raises(Invalid) as refused:
            amended(world, "so-a", parent_id=parent_id)
        assert errors(refused) == {"parent_id": "unknown"}


def test_nothing_changed_is_nothing_written(world: World) -> None:
    operator = world.system.organisation_id
    before = history.revisions({operator})
    assert amended(world, "so-a").version == 1
    assert history.revisions({operator}) == before


# ---- who sees whom ---------------------------------------------------------------------------------------------------------
def test_a_member_sees_itself_those_below_and_the_police(world: World) -> None:
    def seen(name: str) -> set[str]:
        with reading(world.people[name]) as session:
            return codes(session.exec(select(Organisation)).all())

    assert seen("alice") == {"so-a", "congan"}
    assert seen("bob") == {"truong-b", "congan"}
    assert seen("ban") == {"ban", "so-a", "truong-b", "congan"}
    assert seen("liem") == {"congan"}
    assert seen("quan_tri") == {"ban", "so-a", "truong-b", "congan", "he-thong"}


def test_a_board_counts_those_that_keep_records(world: World) -> None:
    found_organisation(world.system, draft(code="ban-nho", kind=Kind.BOARD, parent_id=world.organisations["ban"]))
    assert codes(organisations_below(world.board)) == {"so-a", "truong-b"}
    assert codes(police_bodies(world.alice)) == {"congan"}


# ---- units ---------------------------------------------------------------------------------------------------------------------
def test_an_administrator_adds_and_changes_a_unit(world: World) -> None:
    row = save_unit(world.admin, UnitDraft(name="Thư viện"))
    changed = save_unit(world.admin, UnitDraft(name="Thư viện tỉnh"), row.id, row.version)
    assert (changed.name, changed.folded, changed.version) == ("Thư viện tỉnh", "thu vien tinh", 2)
    with reading(world.admin) as session:
        newest = session.exec(select(HistoryEntry).order_by(HistoryEntry.sequence.desc())).first()
    assert (newest.action, newest.changes) == ("unit.amended", {"name": ["Thư viện", "Thư viện tỉnh"]})
    with pytest.raises(Stale):
        save_unit(world.admin, UnitDraft(name="Thư viện huyện"), row.id, 1)


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"name": "bảo TÀNG"}, "name", "taken"),
        ({"name": "B"}, "name", "string_too_short"),
        ({"successor_id": 987_654}, "successor_id", "unknown"),
        ({"valid_from": DAY("2020-02-01"), "valid_to": DAY("2020-01-01")}, "valid_to", "out_of_order"),
    ],
)
def test_an_invalid_unit_is_refused_with_its_code(world: World, changes: dict, field: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        save_unit(world.admin, UnitDraft.model_construct(**({"name": "Thư viện"} | changes)))
    assert errors(refused) == {field: code}


def test_two_organisations_may_name_a_unit_alike(world: World) -> None:
    save_unit(world.people["binh"], UnitDraft(name="Bảo tàng"))
    assert [unit.name for unit in units(world.bob)] == ["Bảo tàng"]


def test_a_unit_that_ended_passes_on_to_the_one_it_was_merged_into(world: World) -> None:
    old, new = world.units["museum"], world.units["hall"]
    save_unit(world.admin, UnitDraft(name="Bảo tàng", valid_to=DAY("2020-04-28"), successor_id=new), old, 1)
    with reading(world.alice) as session:
        assert unit_on(session, old, DAY("2020-04-27")) == old
        assert unit_on(session, old, DAY("2020-04-28")) == new
        assert unit_on(session, None, DAY("2020-04-28")) is None
    save_unit(world.admin, UnitDraft(name="Nhà thi đấu", valid_to=DAY("2020-05-01")), new, 1)
    with reading(world.alice) as session, pytest.raises(Invalid) as refused:
        unit_on(session, old, DAY("2020-05-01"))
    assert refused.value.errors == {"unit_id": ("ended", {"on": DAY("2020-05-01")})}


def test_a_strangers_unit_is_unknown(world: World) -> None:
    with reading(world.bob) as session:
        for unit_id in (world.units["museum"], 987_654):
            with pytest.raises(Invalid) as refused:
                unit_on(session, unit_id, DAY("2020-01-06"))
            assert errors(refused) == {"unit_id": "unknown"}
    with pytest.raises(NotFound):
        save_unit(world.people["binh"], UnitDraft(name="Lạ"), world.units["museum"], 1)
    for name in ("alice", "hanh", "quan_tri"):
        with pytest.raises(Denied):
            save_unit(world.people[name], UnitDraft(name="Lạ"))
