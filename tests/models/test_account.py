"""The door: passwords, locks, tickets, tokens and limits; and one's own account. (The administrator's side:
test_account_admin.py.)"""

import datetime as dt
import threading
import time
import unicodedata
from dataclasses import replace

import pytest
from sqlmodel import select

from models import account, clock, password
from models.access import DOOR, Invalid, NotFound, Role, Scope
from models.account import (
    SignIn,
    acting,
    begin,
    change_password,
    check,
    choose_language,
    end_own_sign_in,
    end_sign_in,
    ended_since,
    exchange,
    own_sign_ins,
    sha,
    touch,
    who,
)
from models.database import as_owner, reading
from models.history import HistoryEntry
from models.security import SecurityEntry, SecurityEvent
from models.throttle import ADDRESS_FAILURES, FAILURES, Throttle
from tests.conftest import signed_in
from tests.worlds import PASSWORD, Clock, World, instant


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The machine's clock, to be set."""
    fake = Clock(instant("2020-01-06T08:00"))
    monkeypatch.setattr(clock, "now", fake)
    monkeypatch.setattr(account, "DOOR", replace(DOOR, clock=fake))
    return fake


def log() -> list[tuple[str, str]]:
    """(event, who) of the security log, oldest first."""
    with reading(DOOR) as session:
        return [(row.event, row.who) for row in session.exec(select(SecurityEntry).order_by(SecurityEntry.id))]


def minutes(count: float) -> dt.timedelta:
    return dt.timedelta(minutes=count)


# ---- name and password ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "plain", "right"),
    [
        ("alice@so-a", PASSWORD, True),
        ("  ALICE@SO-A ", PASSWORD, True),
        ("alice@so-a", unicodedata.normalize("NFD", PASSWORD), True),
        ("alice@so-a", f"{PASSWORD} ", False),
        ("alice@so-a", PASSWORD.upper(), False),
        ("alice@so-a", "", False),
        ("alice@so-a", "x" * 200, False),
        ("alice@truong-b", PASSWORD, False),
        ("alice", PASSWORD, False),
        ("nobody@so-a", PASSWORD, False),
        ("", PASSWORD, False),
        ("a" * 5_000 + "@so-a", PASSWORD, False),
        ("alice@so-a' OR 1=1 --", PASSWORD, False),
    ],
)
def test_name_and_password_must_fit(world: World, typed: str, plain: str, right: bool) -> None:
    assert check(typed, plain) == (world.alice.account_id if right else None)


def test_wrong_unknown_and_locked_do_the_same_work(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One hash and one write each, so that neither answer nor time tells who exists."""
    hashes: list[str] = []
    real = password.matches
    monkeypatch.setattr(password, "matches", lambda plain, stored: hashes.append(stored) or real(plain, stored))
    for typed in ("alice@so-a", "nobody@so-a", "alice@nowhere", "nonsense", *["alice@so-a"] * 6):
        before = len(hashes), len(log())
        assert check(typed, "sai mật khẩu rồi") is None
        assert (len(hashes), len(log())) == (before[0] + 1, before[1] + 1), typed


def test_a_real_hash_takes_a_while(dear_passwords: None) -> None:
    started = time.perf_counter()
    hashed = password.hashed("một mật khẩu đủ dài")
    assert time.perf_counter() - started > 0.05
    assert hashed.startswith("$2b$12$")
    assert password.matches("một mật khẩu đủ dài", hashed)


def test_a_deactivated_account_is_nobody(world: World) -> None:
    from models.account_admin import set_active

    set_active(world.admin, world.alice.account_id, active=False)
    assert check("alice@so-a", PASSWORD) is None
    with pytest.raises(NotFound):
        acting("alice@so-a")


# ---- the lock -----------------------------------------------------------------------------------------------------------
def fail(times: int, typed: str = "alice@so-a", address: str = "") -> None:
    for _ in range(times):
        assert check(typed, "sai mật khẩu rồi", address) is None


def test_five_failures_lock_for_fifteen_minutes(world: World, now: Clock) -> None:
    fail(FAILURES - 1)
    now.moment += minutes(1)
    assert check("alice@so-a", PASSWORD) is not None, "a success starts the count anew"
    fail(FAILURES)
    now.moment += minutes(14.9)
    assert check("alice@so-a", PASSWORD) is None
    now.moment += minutes(0.2)
    assert check("alice@so-a", PASSWORD) is not None
    assert [event for event, _ in log()].count("locked") == 1


def test_a_lock_is_one_accounts(world: World, now: Clock) -> None:
    fail(FAILURES)
    assert check("hanh@so-a", PASSWORD) is not None
    assert check("bob@truong-b", PASSWORD) is not None


def test_a_name_that_nobody_has_locks_too(world: World, now: Clock) -> None:
    before = len(log())
    fail(FAILURES + 1, "nobody@so-a")
    assert [event for event, _ in log()[before:]] == ["sign_in_failed"] * FAILURES + ["locked"]


def test_trying_during_a_lock_does_not_make_it_longer(world: World, now: Clock) -> None:
    fail(FAILURES)
    now.moment += minutes(14)
    fail(3)
    now.moment += minutes(1.1)
    assert check("alice@so-a", PASSWORD) is not None


def test_failures_are_forgotten_after_a_while(world: World, now: Clock) -> None:
    fail(FAILURES - 1)
    now.moment += minutes(16)
    fail(FAILURES - 1)
    now.moment += minutes(1)
    assert check("alice@so-a", PASSWORD) is not None


def test_one_address_may_fail_for_many_names_only_so_often(world: World, now: Clock) -> None:
    for number in range(ADDRESS_FAILURES):
        fail(1, f"name{number}@so-a", "10.0.0.7")
    assert check("alice@so-a", PASSWORD, "10.0.0.7") is None
    assert check("alice@so-a", PASSWORD, "10.0.0.8") is not None


def test_many_at_once_do_not_get_past_the_lock(world: World) -> None:
    """Forty guesses in the same moment, the right one among them after the fifth failure was counted."""
    outcomes: list[object] = []

    def guess() -> None:
        try:
            outcomes.append(check("alice@so-a", "sai mật khẩu rồi"))
        except Exception as error:  # noqa: BLE001 - told below
            outcomes.append(error)

    threads = [threading.Thread(target=guess) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [None] * 40
    assert check("alice@so-a", PASSWORD) is None
    with reading(DOOR) as session:
        row = session.exec(select(Throttle).where(Throttle.key == sha("name:alice@so-a"))).one()
        assert row.locked_until is not None


def test_a_right_guess_that_was_under_way_when_the_lock_fell_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, others = password.matches, iter([True])

    def slow(plain: str, stored: str) -> bool:
        if next(others, False):
            fail(FAILURES)
        return real(plain, stored)

    monkeypatch.setattr(password, "matches", slow)
    assert check("alice@so-a", PASSWORD) is None


# ---- ticket, token, limits ------------------------------------------------------------------------------------------------
def test_a_ticket_is_exchanged_once_within_a_minute(world: World, now: Clock) -> None:
    ticket, late = begin(world.alice.account_id), begin(world.alice.account_id)
    token = exchange(ticket)
    assert who(sha(token)).account_id == world.alice.account_id
    assert exchange(ticket) is None
    now.moment += dt.timedelta(seconds=61)
    assert exchange(late) is None
    assert exchange("made up") is None


def test_the_database_holds_hashes_only(world: World) -> None:
    ticket = begin(world.alice.account_id, "10.0.0.7", "Firefox")
    token = exchange(ticket)
    with as_owner() as connection:
        rows = connection.execute(select(SignIn.__table__)).mappings().all()
    assert ticket not in str(rows)
    assert token not in str(rows)
    assert rows[-1]["token_hash"] == sha(token)


def test_it_says_who_that_is_now(world: World) -> None:
    current = who(signed_in("hanh@so-a"))
    assert (current.role, current.scope, current.organisation_code) == (Role.HEAD, Scope.MEMBER, "so-a")
    assert current.sign_in_id is not None
    assert who(signed_in("quan-tri@he-thong")).scope is Scope.SYSTEM
    for nobody in (None, "", "f" * 64):
        assert who(nobody) is None


def test_it_ends_after_thirty_idle_minutes(world: World, now: Clock) -> None:
    token = signed_in("alice@so-a")
    for _ in range(3):
        now.moment += minutes(29)
        assert who(token) is not None
        touch(token)
    now.moment += minutes(31)
    assert who(token) is None
    touch(token)
    assert who(token) is None, "a late touch wakes nobody"


def test_it_ends_after_twelve_hours_whatever_one_does(world: World, now: Clock) -> None:
    token = signed_in("alice@so-a")
    for _ in range(36):
        now.moment += minutes(20)
        touch(token)
    assert who(token) is None


def test_touching_writes_once_a_minute(world: World, now: Clock) -> None:
    token = signed_in("alice@so-a")

    def seen() -> dt.datetime:
        with reading(DOOR) as session:
            return session.exec(select(SignIn.seen_at).where(SignIn.token_hash == token)).one()

    began = seen()
    now.moment += minutes(0.9)
    touch(token)
    assert seen() == began
    now.moment += minutes(0.2)
    touch(token)
    assert seen() == now.moment


def test_signing_out_ends_it_at_once(world: World) -> None:
    token, other = signed_in("alice@so-a"), signed_in("alice@so-a")
    end_sign_in(token)
    assert who(token) is None
    assert who(other) is not None
    assert log()[-1][0] == SecurityEvent.SIGNED_OUT


def test_the_watcher_hears_of_every_end(world: World, now: Clock) -> None:
    out, idle, old = (signed_in(name) for name in ("alice@so-a", "hanh@so-a", "bob@truong-b"))
    began = now.moment
    now.moment += minutes(1)
    end_sign_in(out)
    assert ended_since(began) == {out}
    for _ in range(25):
        now.moment += minutes(28)
        touch(old)
    before = now.moment
    assert ended_since(began) >= {out, idle}
    now.moment = began + dt.timedelta(hours=12, seconds=1)
    assert old in ended_since(before)


# ---- one's own account --------------------------------------------------------------------------------------------------
NEW = "mật khẩu mới thật dài"


def test_a_changed_password_holds_and_ends_the_other_sign_ins(world: World) -> None:
    mine, other, someone = (signed_in(name) for name in ("alice@so-a", "alice@so-a", "hanh@so-a"))
    change_password(who(mine), PASSWORD, NEW)
    assert check("alice@so-a", NEW) is not None
    assert check("alice@so-a", PASSWORD) is None
    assert (who(mine) is not None, who(other), who(someone) is not None) == (True, None, True)
    with reading(world.admin) as session:
        newest = session.exec(select(HistoryEntry).order_by(HistoryEntry.sequence.desc())).first()
        assert newest.action == "account.password_changed"
        assert newest.changes == {}, "no password and no hash in the history"


@pytest.mark.parametrize(
    ("old", "new", "field", "code"),
    [
        ("sai", NEW, "old", "wrong_password"),
        (PASSWORD, PASSWORD, "password", "same_password"),
        (PASSWORD, "ngắn quá", "password", "string_too_short"),
        (PASSWORD, "x" * 129, "password", "string_too_long"),
        (PASSWORD, "matkhau123456", "password", "too_common"),
        (PASSWORD, "Mật Khẩu 2026!!!", "password", "too_common"),
        (PASSWORD, "aaaaaaaaaaaaaaaa", "password", "too_common"),
        (PASSWORD, "tran alice 2020!", "password", "too_common"),
    ],
)
def test_a_bad_new_password_is_refused_with_its_code(world: World, old: str, new: str, field: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        change_password(world.alice, old, new)
    assert {name: found for name, (found, _) in refused.value.errors.items()} == {field: code}
    assert check("alice@so-a", PASSWORD) is not None


LONG = ("con mèo ngồi trên mái", "x7#Kp2$vQ9!m", "🦊 nhảy qua hàng rào", "đường dài mới biết ngựa hay" * 4)


@pytest.mark.parametrize("plain", LONG)
def test_any_long_password_is_welcome(plain: str) -> None:
    password.check(plain, "alice", "Trần Alice", "so-a")
    assert password.matches(plain, password.hashed(plain))


def test_one_chooses_a_language(world: World) -> None:
    choose_language(world.alice, "en")
    assert world.again("alice").language == "en"
    with pytest.raises(Invalid):
        choose_language(world.alice, "fr")


def test_one_sees_and_ends_ones_own_sign_ins(world: World) -> None:
    mine, other, foreign = (who(signed_in(name)) for name in ("alice@so-a", "alice@so-a", "hanh@so-a"))
    mine = replace(mine, clock=clock.now)
    assert {row.id for row in own_sign_ins(mine)} == {mine.sign_in_id, other.sign_in_id}
    end_own_sign_in(mine, other.sign_in_id)
    assert {row.id for row in own_sign_ins(mine)} == {mine.sign_in_id}
    for gone in (other.sign_in_id, foreign.sign_in_id, 987_654):
        with pytest.raises(NotFound):
            end_own_sign_in(mine, gone)


def test_one_time_passwords_can_be_read_out() -> None:
    made = {password.one_time() for _ in range(50)}
    assert len(made) == 50
    assert all(len(one) == 19 and not set("il10o") & set(one) for one in made)
