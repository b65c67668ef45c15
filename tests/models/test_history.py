"""The history: one chain an organisation, in the same transaction as the change, append-only, with people's notes in it."""

import datetime as dt
import threading
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlmodel import select

from models import history, incident, numbering
from models.access import Denied, Invalid, NotFound, Permission, Role
from models.database import as_owner, reading, writing
from models.history import (
    HistoryEntry,
    broken_at,
    latest,
    note,
    plain,
    revisions,
    strike,
    timeline,
    write_down,
)
from models.incident import Incident, IncidentDraft
from models.organisation import Unit, UnitDraft, save_unit
from tests.worlds import World, instant


@pytest.fixture
def case(world: World) -> Incident:
    return incident.report(
        world.alice, IncidentDraft(occurred_at=instant("2020-01-05T19:40"), summary="Chen lấn ở cửa B")
    )


def texts(world: World, case: Incident, name: str = "alice") -> list[tuple[str, str]]:
    lines = timeline(world.people[name], "incident", case.id)
    return [(line.entry.action, line.entry.note) for line in lines]


# ---- the chain ----------------------------------------------------------------------------------------------------------
def test_each_entry_holds_the_hash_of_the_one_before(world: World, case: Incident) -> None:
    with reading(world.alice) as session:
        entries = session.exec(select(HistoryEntry).order_by(HistoryEntry.sequence)).all()
        assert [entry.sequence for entry in entries] == list(range(1, len(entries) + 1))
        assert [entry.previous for entry in entries] == ["", *(entry.hash for entry in entries[:-1])]
        assert broken_at(session) is None


def test_organisations_have_a_chain_each(world: World, case: Incident) -> None:
    before = revisions(set(world.organisations.values()))
    save_unit(world.admin, UnitDraft(name="Thư viện"))
    after = revisions(set(world.organisations.values()))
    moved = {code for code, one in world.organisations.items() if before[one] != after[one]}
    assert moved == {"so-a"}
    assert revisions(set()) == {}


def test_a_change_and_its_entry_come_together_or_not_at_all(world: World, case: Incident) -> None:
    before = revisions({case.organisation_id})
    with pytest.raises(ZeroDivisionError), writing(world.alice) as session:
        note(session, "incident", case.id, "sắp mất")
        raise ZeroDivisionError
    assert revisions({case.organisation_id}) == before
    assert texts(world, case) == [("incident.reported", "")]


def test_many_writers_make_one_chain(world: World, case: Incident) -> None:
    threads = [
        threading.Thread(target=note, args=(world.alice, "incident", case.id, f"ghi {number}")) for number in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(texts(world, case)) == 21
    with reading(world.alice) as session:
        assert broken_at(session) is None


CHANGED = {
    "note": "'khác'",
    "actor_name": "'ai đó'",
    "at": "'2001-01-01 00:00:00+00:00'",
    "changes": "'{\"a\": 1}'",
    "action": "'x'",
    "subject_id": "77",
    "actor_id": "NULL",
}


@pytest.mark.parametrize("column", CHANGED)
def test_any_change_of_an_entry_breaks_the_chain_there(world: World, case: Incident, column: str) -> None:
    note(world.alice, "incident", case.id, "sau đó")
    me = world.organisations["so-a"]
    with as_owner() as connection:
        newest = connection.execute(text(f"SELECT sequence FROM chain_head WHERE organisation_id = {me}")).scalar_one()
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE history_entry DISABLE TRIGGER history_entry_append_only"))
        else:
            connection.execute(text("DROP TRIGGER history_entry_no_update"))
        where = f"organisation_id = {me} AND sequence = {newest - 1}"
        connection.exec_driver_sql(f"UPDATE history_entry SET {column} = {CHANGED[column]} WHERE {where}")
    with reading(world.alice) as session:
        assert broken_at(session) == newest - 1
    with reading(world.bob) as session:
        assert broken_at(session) is None


def test_the_app_cannot_change_or_delete_an_entry(world: World, case: Incident) -> None:
    for way in ("change", "delete"):
        with pytest.raises(Exception, match=r"append-only|permission denied"), writing(world.alice) as session:
            entry = session.exec(select(HistoryEntry)).first()
            if way == "change":
                entry.note = "khác"
            else:
                session.delete(entry)
            session.flush()


def test_a_system_administrators_deeds_are_in_the_operators_chain(world: World) -> None:
    with reading(world.system) as session:
        actions = {entry.action for entry in session.exec(select(HistoryEntry))}
        assert actions >= {"organisation.founded", "account.opened"}
        assert broken_at(session) is None


# ---- entries -------------------------------------------------------------------------------------------------------------
def test_an_entry_says_who_when_and_what(world: World, case: Incident) -> None:
    with writing(world.at("2020-03-01T09:30").hanh) as session:
        row = session.exec(select(Incident)).one()
        entry = write_down(session, "incident.looked_at", row, {"due_on": [dt.date(2020, 1, 2), None]}, note="vì sao")
    with reading(world.alice) as session:
        kept = session.exec(select(HistoryEntry).where(HistoryEntry.id == entry.id)).one()
    assert (kept.actor_id, kept.actor_name, kept.at) == (
        world.hanh.account_id,
        "Phạm Thị Hạnh",
        instant("2020-03-01T09:30"),
    )
    assert (kept.subject, kept.subject_id, kept.note) == ("incident", case.id, "vì sao")
    assert kept.changes == {"due_on": ["2020-01-02", None]}


def test_values_become_what_json_keeps() -> None:
    said = plain(
        {1: Role.HEAD, "b": {dt.date(2020, 2, 29)}, "c": (dt.time(8, 30), None, True), "d": UnitDraft(name="Kho")}
    )
    assert said["1"] == "head"
    assert said["b"] == ["2020-02-29"]
    assert said["c"] == ["08:30:00", None, True]
    assert said["d"]["name"] == "Kho"
    assert plain(instant("2020-01-01T00:00")) == "2019-12-31T17:00:00.000000+00:00"


def test_differences_name_the_changed_fields_only() -> None:
    row = Unit(name="Kho", folded="kho", valid_from=dt.date(2020, 1, 1))
    draft = UnitDraft(name="Kho lớn", valid_from=dt.date(2020, 1, 1))
    assert history.differences(row, draft) == {"name": ["Kho", "Kho lớn"]}


def test_numbers_are_counted_by_series_and_year(world: World) -> None:
    with writing(world.alice) as session:
        assert numbering.next_numbers(session, "XY", 3) == ["XY-2020-0001", "XY-2020-0002", "XY-2020-0003"]
        assert numbering.next_number(session, "XY") == "XY-2020-0004"
        assert numbering.next_number(session, "ZZ") == "ZZ-2020-0001"
    with writing(world.at("2021-01-01T00:00").alice) as session:
        assert numbering.next_number(session, "XY") == "XY-2021-0001"
    with reading(world.bob) as session:
        assert session.exec(select(numbering.Counter).where(numbering.Counter.series == "XY")).all() == []


# ---- notes ----------------------------------------------------------------------------------------------------------------
def test_a_note_stands_on_the_timeline(world: World, case: Incident) -> None:
    note(world.alice, "incident", case.id, "  Đã gọi bảo vệ\r\nlúc 20 giờ ")
    assert texts(world, case)[0] == ("noted", "Đã gọi bảo vệ\nlúc 20 giờ")


def test_the_same_note_sent_twice_stands_once(world: World, case: Incident) -> None:
    assert note(world.alice, "incident", case.id, "một lần", nonce="n1") is not None
    assert note(world.alice, "incident", case.id, "một lần", nonce="n1") is None
    assert [said for said, _ in texts(world, case)].count("noted") == 1


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "string_too_short"),
        ("   ", "string_too_short"),
        ("x" * 10_001, "string_too_long"),
        ("a\x00b", "control_characters"),
    ],
)
def test_an_invalid_note_is_refused_with_its_code(world: World, case: Incident, typed: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        note(world.alice, "incident", case.id, typed)
    assert refused.value.errors["note"][0] == code
    assert len(texts(world, case)) == 1


def test_a_stranger_finds_no_record_to_note_on(world: World, case: Incident) -> None:
    for subject, subject_id in (("incident", case.id), ("incident", 987_654), ("nonsense", 1)):
        with pytest.raises(NotFound):
            note(world.bob, subject, subject_id, "tò mò")
        with pytest.raises(NotFound):
            timeline(world.bob, subject, subject_id)


def test_who_may_not_write_may_not_note(world: World, case: Incident) -> None:
    for name in ("an", "ban", "quan_tri"):
        with pytest.raises(Denied):
            note(world.people[name], "incident", case.id, "không được")
    with pytest.raises(NotFound):
        note(world.liaison, "incident", case.id, "không phải của mình")


def test_a_struck_note_stays_readable_with_who_and_why(world: World, case: Incident) -> None:
    entry = note(world.alice, "incident", case.id, "nhầm vụ")
    strike(world.alice, entry.id, "ghi nhầm vụ khác")
    [line] = [line for line in timeline(world.alice, "incident", case.id) if line.entry.action == "noted"]
    assert line.entry.note == "nhầm vụ"
    assert (line.struck_by.actor_name, line.struck_by.note) == ("Trần Alice", "ghi nhầm vụ khác")
    before = revisions({case.organisation_id})
    strike(world.alice, entry.id, "lần nữa thì thôi")
    assert revisions({case.organisation_id}) == before


def test_staff_strike_their_own_notes_and_heads_anybodys(world: World, case: Incident) -> None:
    heads, own = (
        note(world.head, "incident", case.id, "của lãnh đạo"),
        note(world.alice, "incident", case.id, "của cán bộ"),
    )
    with pytest.raises(Denied):
        strike(world.alice, heads.id, "không phải của mình")
    strike(world.head, own.id, "nội dung trùng")
    with pytest.raises(NotFound):
        strike(world.bob, own.id, "người lạ")
    with pytest.raises(Invalid) as refused:
        strike(world.head, heads.id, "x")
    assert refused.value.errors["reason"][0] == "string_too_short"


def test_a_change_is_no_note_and_cannot_be_struck(world: World, case: Incident) -> None:
    [line] = timeline(world.alice, "incident", case.id)
    with pytest.raises(NotFound):
        strike(world.head, line.entry.id, "không phải ghi chú")


# ---- what one may see of it ---------------------------------------------------------------------------------------------
def test_the_newest_changes_are_those_one_may_read(world: World, case: Incident) -> None:
    save_unit(world.admin, UnitDraft(name="Thư viện"))
    assert {entry.subject for entry, _ in latest(world.alice)} == {"incident"}
    assert {entry.subject for entry, _ in latest(world.admin)} <= {"unit", "account", "organisation"}
    assert latest(world.bob) == []
    assert len(latest(world.admin, limit=2)) == 2


def test_every_subject_names_a_permission(world: World) -> None:
    for name, subject in history.SUBJECTS.items():
        assert subject.cls.__tablename__ == name
        assert isinstance(subject.permission, Permission)
    assert replace(world.alice, role=None).may(Permission.RECORD_READ) is False
