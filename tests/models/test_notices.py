"""Who hears of a change: this process after the commit, others over PostgreSQL's line, nobody of what was rolled back."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from models import channel, history, notices, sharing
from models.access import Invalid
from models.database import as_owner, writing
from models.organisation import UnitDraft, save_unit
from tests.models.test_joint import patrol, police
from tests.worlds import World


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often this process heard."""
    found: list[str] = []
    monkeypatch.setattr(notices, "HEARD", [lambda: found.append("heard")])
    return found


class Line:
    """Another process's ear, in a thread of this one."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.carries: list[bool] = []
        self.stop = threading.Event()
        self.thread = threading.Thread(
            target=notices.listen,
            args=(lambda: self.heard.append("heard"), self.carries.append, self.stop),
            daemon=True,
        )
        self.thread.start()

    def until(self, met: Any, seconds: float = 5) -> None:
        end = time.monotonic() + seconds
        while not met() and time.monotonic() < end:
            time.sleep(0.01)
        assert met(), (self.heard, self.carries)


@pytest.fixture
def line(postgres_world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    monkeypatch.setattr(notices, "PROOF", 0.3)
    monkeypatch.setattr(notices, "AGAIN", 0.1)
    one = Line()
    one.until(lambda: True in one.carries)
    yield one
    one.stop.set()
    one.thread.join(5)
    assert not one.thread.is_alive()


def test_this_process_hears_of_its_own_changes_after_they_are_there(world: World, heard: list[str]) -> None:
    save_unit(world.admin, UnitDraft(name="Đội bảo vệ"))
    assert heard == ["heard"]


def test_a_savepoint_is_no_commit(world: World, heard: list[str]) -> None:
    with pytest.raises(RuntimeError), writing(world.admin) as session:
        for name in ("Đội bảo vệ", "Đội trực đêm"):
            with session.begin_nested():
                save_unit(session, UnitDraft(name=name))
        raise RuntimeError("giữa chừng")
    assert heard == []
    with writing(world.admin) as session:
        with session.begin_nested():
            save_unit(session, UnitDraft(name="Đội bảo vệ"))
        assert heard == []
    assert heard == ["heard"]


def test_nobody_hears_of_what_was_rolled_back(world: World, heard: list[str]) -> None:
    with pytest.raises(Invalid):
        save_unit(world.admin, UnitDraft(name="Bảo tàng"))
    with pytest.raises(RuntimeError), writing(world.admin) as session:
        save_unit(session, UnitDraft(name="Đội bảo vệ"))
        raise RuntimeError("giữa chừng")
    assert heard == []


def test_partners_hear_of_what_is_shared_with_them(world: World, heard: list[str]) -> None:
    draft = patrol(police(world))
    concerned = {world.organisations[code] for code in ("so-a", "congan", "ban")}  # the board above reads it too
    before = history.revisions(set(world.organisations.values()))
    heard.clear()
    sharing.enter_activity(world.head, draft, at_once=True)
    after = history.revisions(set(world.organisations.values()))
    assert heard == ["heard"]
    assert {one for one in after if after[one] != before[one]} == concerned


def test_another_process_hears_once_it_is_committed(postgres_world: World, line: Line) -> None:
    with writing(postgres_world.admin) as session:
        save_unit(session, UnitDraft(name="Đội bảo vệ"))
        save_unit(session, UnitDraft(name="Đội trực đêm"))
        time.sleep(0.2)
        assert line.heard == []
    line.until(lambda: line.heard)
    assert line.heard == ["heard"]


def test_nothing_of_the_change_is_in_the_notice(postgres_world: World) -> None:
    with channel.line() as hear:
        save_unit(postgres_world.admin, UnitDraft(name="Đội bảo vệ"))
        assert set(hear("?mine", 0.5)) == {"", "?mine"}


def test_a_word_that_is_not_ours_is_not_heard(postgres_world: World, line: Line) -> None:
    with as_owner() as connection:
        connection.execute(text("SELECT pg_notify('bon_an_toan', 'something else')"))
    time.sleep(0.3)
    assert line.heard == []
    assert line.thread.is_alive()


def test_a_lost_line_is_told_and_comes_back(postgres_world: World, line: Line) -> None:
    with as_owner() as connection:
        killed = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '%live'"
        connection.execute(text(killed))
    line.until(lambda: line.carries[-1] is False or False in line.carries)
    line.until(lambda: line.carries[-1])
    save_unit(postgres_world.admin, UnitDraft(name="Đội bảo vệ"))
    line.until(lambda: line.heard)


def test_a_line_that_swallows_notices_does_not_count(postgres_world: World) -> None:
    """As behind a pooler that lends its connections out by the transaction."""

    def deaf(_word: str, _seconds: float) -> Iterator[str]:
        return iter(())

    with pytest.raises(channel.LineCut):
        notices._listen(deaf, lambda: None, lambda _carries: None, threading.Event())


def test_sqlite_has_no_line(small_world: World) -> None:
    notices.listen(lambda: None, lambda _carries: None, threading.Event())  # returns at once
