"""The two doors: reading takes no lock and cannot write, writing is one transaction, and writers take turns."""

import threading
import time
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError
from sqlmodel import select

from models import database
from models.access import Current, Denied, Scope
from models.account import Account
from models.criteria import said_often
from models.database import as_owner, become, engine, let_go, one_reading, reading, writing
from models.history import ChainHead, write_down
from models.organisation import Unit, UnitDraft, save_unit, units
from tests.worlds import World


def test_reading_cannot_write(world: World) -> None:
    """Not even past the session: the database itself refuses."""
    with reading(world.alice) as session, pytest.raises(Exception, match=r"readonly|read-only"):
        session.connection().execute(text("UPDATE unit SET name = 'x'"))
    assert {unit.name for unit in units(world.alice)} == {"Bảo tàng", "Nhà thi đấu"}


def test_an_error_takes_everything_back(world: World) -> None:
    with pytest.raises(ZeroDivisionError), writing(world.admin) as session:
        save_unit(session, UnitDraft(name="Thư viện"))
        raise ZeroDivisionError
    assert len(units(world.admin)) == 2
    save_unit(world.admin, UnitDraft(name="Thư viện"))
    assert len(units(world.admin)) == 3


def test_a_change_without_an_entry_is_refused(world: World) -> None:
    with pytest.raises(Denied, match="without a history entry"), writing(world.admin) as session:
        session.exec(select(Unit)).first().name = "Đổi lén"
    assert {unit.name for unit in units(world.admin)} == {"Bảo tàng", "Nhà thi đấu"}


def test_readers_do_not_wait_for_a_writer(world: World) -> None:
    with writing(world.admin) as session:
        row = session.exec(select(Unit).order_by(Unit.id)).first()
        row.name = "Đang đổi"
        session.flush()
        started = time.monotonic()
        assert "Đang đổi" not in {unit.name for unit in units(world.alice)}
        assert time.monotonic() - started < 2
        write_down(session, "unit.amended", row)
    assert "Đang đổi" in {unit.name for unit in units(world.alice)}


def test_writers_of_one_organisation_take_turns(world: World) -> None:
    """Thirty writers, one chain: no sequence twice, none left out, nobody starves."""
    failures: list[Exception] = []

    def write(number: int) -> None:
        try:
            save_unit(world.admin, UnitDraft(name=f"Phòng {number}"))
        except Exception as error:  # noqa: BLE001 - told below
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    assert len(units(world.admin)) == 32


def test_writers_are_served_in_the_order_they_came() -> None:
    turns, served = database._Queue(), []

    def take(number: int) -> None:
        with turns:
            served.append(number)

    with turns:
        threads = []
        for number in range(20):
            threads.append(threading.Thread(target=take, args=(number,)))
            threads[-1].start()
            while len(turns._waiting) <= number:
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert served == list(range(20))


def test_sqlite_keeps_what_it_acknowledged(small_world: World) -> None:
    with engine().connect() as connection:
        expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15000}
        assert {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in expected} == expected


def test_times_come_back_aware_and_json_as_it_was(world: World) -> None:
    with writing(world.admin) as session:
        head = session.exec(select(ChainHead)).one()
        row = session.exec(select(Unit)).first()
        entry = write_down(session, "unit.amended", row, {"name": ["cũ", "mới – ẫ"], "at": [None, world.clock.moment]})
    with reading(world.admin) as session:
        kept = session.get(type(entry), entry.id)
        assert kept.at == world.clock.moment
        assert kept.at.utcoffset().total_seconds() == 0
        assert kept.changes == {"name": ["cũ", "mới – ẫ"], "at": [None, "2020-01-06T01:00:00.000000+00:00"]}
    assert head.organisation_id == world.organisations["so-a"]


def test_one_can_become_somebody_else_in_the_same_transaction(world: World) -> None:
    system = replace(world.system, account_id=None)
    with writing(system) as session:
        assert session.exec(select(Unit)).all() == []
        become(session, world.admin)
        assert len(session.exec(select(Unit)).all()) == 2
        if not database.is_sqlite():
            assert session.connection().execute(text("SELECT count(*) FROM unit")).scalar() == 2


def test_the_health_question_is_answered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert database.answers()
    assert not database.is_empty()
    monkeypatch.setattr(database, "engine", lambda: database.make_engine("sqlite:////nowhere/at/all.sqlite3"))
    assert not database.answers()


def test_an_empty_database_is_empty(empty: str) -> None:
    assert database.is_empty()


def test_a_made_up_scope_sees_nobody(world: World) -> None:
    nobody = Current(scope=Scope.MEMBER, organisation_id=987_654)
    with reading(nobody) as session:
        assert session.exec(select(Account)).all() == []
    with as_owner() as connection:
        assert connection.execute(text("SELECT count(*) FROM account")).scalar() > 0


# ---- one reading of a page's run --------------------------------------------------------------------------------------
def test_what_a_page_asks_twice_is_asked_once_until_something_is_written(world: World) -> None:
    def names() -> list[str]:
        return [unit.name for unit in units(world.admin)]

    with one_reading(world.admin):
        before = units(world.admin)
        assert units(world.admin) is before
        save_unit(world.admin, UnitDraft(name="Phòng Mới"))
        assert "Phòng Mới" in names()
    assert units(world.admin) is not units(world.admin)


def test_a_page_asks_in_one_transaction_and_gives_its_connection_back_at_the_end(world: World) -> None:
    held = engine().pool.checkedout  # type: ignore[attr-defined]
    with one_reading(world.alice):
        units(world.alice)
        with reading(world.alice) as session, reading(world.alice) as same:
            assert session is same
            asked_in = session.get_transaction()
        with reading(world.alice) as session:
            assert session.get_transaction() is asked_in
        assert held() == 1
    assert held() == 0


def test_a_page_holds_no_connection_while_it_waits_for_another(world: World) -> None:
    held = engine().pool.checkedout  # type: ignore[attr-defined]
    with one_reading(world.admin):
        units(world.admin)
        with reading(world.bob) as theirs:
            theirs.connection()
            assert held() == 1
        units(world.admin)
        with writing(world.admin) as session:
            session.connection()
            assert held() == 1
        units(world.admin)
        let_go()  # it waits for what somebody else is asking
        assert held() == 0
        assert units(world.admin)


def test_after_a_question_that_failed_the_page_goes_on(world: World) -> None:
    with one_reading(world.alice):
        with pytest.raises((OverflowError, DataError)), reading(world.alice) as session:
            session.exec(select(Account).where(Account.id == 2**70)).all()
        assert units(world.alice)


def test_one_reading_within_another_is_the_same(world: World) -> None:
    with one_reading(world.alice):
        before = units(world.alice)
        with one_reading(world.alice):
            assert units(world.alice) is before
        assert units(world.alice) is before


def test_anybody_else_reads_in_a_session_of_their_own(world: World) -> None:
    with one_reading(world.alice), reading(world.alice) as mine, reading(world.bob) as theirs:
        assert mine is not theirs
        assert theirs.current is world.bob
    with one_reading(world.alice), reading(world.bob):
        assert {unit.organisation_id for unit in units(world.bob)} <= {world.bob.organisation_id}


def test_a_statement_that_is_said_often_is_narrowed_for_each_organisation(world: World) -> None:
    asked = said_often(select(Unit))
    seen = []
    for who in (world.alice, world.bob, world.alice):
        with reading(who) as session:
            seen.append({(unit.organisation_id, unit.name) for unit in session.exec(asked)})
    assert seen[0] == seen[2]
    assert {owner for owner, _ in seen[0]} == {world.alice.organisation_id}
    assert {owner for owner, _ in seen[1]} <= {world.bob.organisation_id}


# ---- connections of PostgreSQL ---------------------------------------------------------------------------------------
def prepared(who: Current) -> set[str]:
    """The statements that the connection which is used next has prepared."""
    with reading(who) as session:
        rows = session.connection().exec_driver_sql("SELECT name, statement FROM pg_prepared_statements").all()
        return {statement for name, statement in rows if name.startswith("_pg3_")}


def page(who: Current) -> None:
    with one_reading(who):
        units(who)


def test_a_statement_that_comes_again_is_planned_once(postgres_world: World) -> None:
    """Also in the next page: psycopg forgets what it has prepared after a ROLLBACK, so a page does not end with one."""
    for _ in range(3):
        page(postgres_world.alice)
        units(postgres_world.alice)
    assert any("FROM unit" in one.replace("\n", " ") for one in prepared(postgres_world.alice))
    assert database.answers()  # the health question ends well too
    assert any("FROM unit" in one.replace("\n", " ") for one in prepared(postgres_world.alice))


def test_what_a_reader_changed_in_memory_is_not_written(world: World) -> None:
    with reading(world.alice) as session:
        session.exec(select(Unit).order_by(Unit.id)).first().name = "Đổi lén"
    assert {unit.name for unit in units(world.alice)} == {"Bảo tàng", "Nhà thi đấu"}


def test_a_connection_that_rested_and_was_cut_meanwhile_is_replaced(
    postgres_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "RESTED", -1.0)
    with engine().connect() as other:
        page(postgres_world.alice)
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user AND datname ="
        gone = other.execute(text(f"{cut} current_database() AND pid <> pg_backend_pid()")).all()
        assert gone and all(one for (one,) in gone)  # noqa: PT018 - the one that the page has just used, and who else rested
        page(postgres_world.alice)
