"""Tries to sign in: the growing delay, whom a lock holds and whom not, and that neither tells who exists. (The lock after
five failures: test_account.py.)"""

import datetime as dt
import threading
import time
from dataclasses import replace

import pytest

from models import account, clock, password
from models.access import DOOR
from models.account import begin, check, exchange, wait
from models.account_admin import lift_lock, reset_password
from models.throttle import FAILURES, FIRST_DELAY, LOCK, network
from tests.worlds import PASSWORD, Clock, World, instant

OFFICE, HOME, STRANGE = "10.0.0.7", "203.0.113.9", "198.51.100.4"
NOTHING = dt.timedelta()


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The machine's clock, to be set."""
    fake = Clock(instant("2020-01-06T08:00"))
    monkeypatch.setattr(clock, "now", fake)
    monkeypatch.setattr(account, "DOOR", replace(DOOR, clock=fake))
    return fake


def fail(times: int = 1, address: str = "", typed: str = "alice@so-a") -> None:
    for _ in range(times):
        assert check(typed, "sai mật khẩu rồi", address) is None


def came_in(typed: str, address: str) -> None:
    """As a browser does that was signed in from there."""
    found = check(typed, PASSWORD, address)
    assert found is not None
    assert exchange(begin(found, address, "Firefox"))


# ---- the delay ----------------------------------------------------------------------------------------------------------
def test_the_delay_doubles_until_the_lock(world: World, now: Clock) -> None:
    waits = []
    for _ in range(FAILURES):
        fail()
        waits.append(wait("alice@so-a"))
        now.moment += waits[-1]
    assert waits == [FIRST_DELAY * 2**step for step in range(FAILURES - 1)] + [LOCK]
    assert waits[:-1] == [dt.timedelta(seconds=seconds) for seconds in (2, 4, 8, 16)]


def test_a_right_guess_inside_the_delay_does_not_come_in(world: World, now: Clock) -> None:
    fail()
    now.moment += FIRST_DELAY - dt.timedelta(milliseconds=1)
    assert check("alice@so-a", PASSWORD) is None
    now.moment += FIRST_DELAY * 2
    assert check("alice@so-a", PASSWORD) is not None


def test_a_try_inside_the_delay_says_nothing_of_the_password(world: World, now: Clock) -> None:
    """Right or wrong, it is one more failure: else the next wait would tell them apart."""
    after = []
    for typed, plain in (("alice@so-a", PASSWORD), ("hanh@so-a", "sai mật khẩu rồi"), ("nobody@so-a", PASSWORD)):
        fail(1, OFFICE, typed)
        assert check(typed, plain, OFFICE) is None
        after.append(wait(typed, OFFICE))
    assert after == [FIRST_DELAY * 2] * 3


def test_a_name_that_nobody_has_waits_as_long(world: World, now: Clock) -> None:
    for _ in range(FAILURES + 1):
        fail(1, OFFICE, "alice@so-a")
        fail(1, OFFICE, "nobody@so-a")
        assert wait("alice@so-a", OFFICE) == wait("nobody@so-a", OFFICE) > NOTHING
        assert wait("alice@so-a", HOME) == wait("nobody@so-a", HOME)
        now.moment += dt.timedelta(seconds=20)


def test_nobody_is_held_waiting_by_the_server(world: World) -> None:
    """With the real clock: what is kept is an instant, so an answer inside of a long delay comes at once."""
    fail(FAILURES - 1)
    assert wait("alice@so-a") > dt.timedelta(seconds=10)
    began = time.monotonic()
    assert check("alice@so-a", PASSWORD) is None
    assert time.monotonic() - began < 5


def test_a_success_starts_anew(world: World, now: Clock) -> None:
    fail(2)
    now.moment += dt.timedelta(seconds=5)
    assert check("alice@so-a", PASSWORD) is not None
    assert wait("alice@so-a") == NOTHING
    fail()
    assert wait("alice@so-a") == FIRST_DELAY


def test_a_delay_is_one_names_at_one_address(world: World, now: Clock) -> None:
    fail(FAILURES - 1, HOME)
    assert wait("alice@so-a", HOME) > NOTHING
    assert wait("alice@so-a", OFFICE) == wait("hanh@so-a", HOME) == NOTHING
    assert check("hanh@so-a", PASSWORD, HOME) is not None
    assert check("alice@so-a", PASSWORD, OFFICE) is not None


# ---- races --------------------------------------------------------------------------------------------------------------
def test_a_right_guess_that_was_under_way_when_the_delay_began_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, others = password.matches, iter([True])

    def slow(plain: str, stored: str) -> bool:
        if next(others, False):
            fail()
        return real(plain, stored)

    monkeypatch.setattr(password, "matches", slow)
    assert check("alice@so-a", PASSWORD) is None


def test_simultaneous_guesses_all_count(world: World, now: Clock) -> None:
    """A handful at once, the right one last: it meets the failures of the others."""
    barrier, outcomes = threading.Barrier(FAILURES), []

    def guess() -> None:
        barrier.wait()
        try:
            outcomes.append(check("alice@so-a", "sai mật khẩu rồi", OFFICE))
        except Exception as error:  # noqa: BLE001 - told below
            outcomes.append(error)

    threads = [threading.Thread(target=guess) for _ in range(FAILURES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [None] * FAILURES
    assert wait("alice@so-a", OFFICE) == LOCK
    assert check("alice@so-a", PASSWORD, OFFICE) is None


# ---- whom a lock holds --------------------------------------------------------------------------------------------------
def test_others_cannot_keep_a_person_out_of_the_own_office(world: World, now: Clock) -> None:
    came_in("alice@so-a", OFFICE)
    fail(FAILURES, STRANGE)
    assert check("alice@so-a", PASSWORD, STRANGE) is None
    assert check("alice@so-a", PASSWORD, HOME) is None, "a lock holds wherever the person never came in"
    assert check("alice@so-a", PASSWORD, OFFICE) is not None
    assert check("alice@so-a", PASSWORD, HOME) is None, "and the way in from the office does not end it"


def test_a_sign_in_that_no_browser_took_up_makes_no_own_address(world: World, now: Clock) -> None:
    begin(world.alice.account_id, OFFICE, "Firefox")
    fail(FAILURES, STRANGE)
    assert check("alice@so-a", PASSWORD, OFFICE) is None


def test_at_the_own_address_the_own_failures_lock(world: World, now: Clock) -> None:
    came_in("alice@so-a", OFFICE)
    fail(FAILURES, STRANGE)
    fail(FAILURES, OFFICE)
    assert check("alice@so-a", PASSWORD, OFFICE) is None
    now.moment += LOCK - dt.timedelta(seconds=1)
    fail(FAILURES, STRANGE)
    now.moment += dt.timedelta(seconds=1)
    assert check("alice@so-a", PASSWORD, OFFICE) is not None


def test_under_a_lock_the_own_address_shows_in_nothing_but_the_right_password(world: World, now: Clock) -> None:
    """Whoever sits in the same office and has the password not, learns nothing of who comes in from there."""
    came_in("alice@so-a", OFFICE)
    for typed in ("alice@so-a", "nobody@so-a"):
        fail(FAILURES, STRANGE, typed)
        fail(1, OFFICE, typed)
    assert wait("alice@so-a", OFFICE) == wait("nobody@so-a", OFFICE) == LOCK


def test_an_administrator_lifts_it_everywhere(world: World, now: Clock) -> None:
    for free in (lift_lock, None):
        fail(FAILURES, OFFICE)
        fail(1, HOME)
        if free:
            free(world.admin, world.alice.account_id)
            plain = PASSWORD
        else:
            plain = reset_password(world.admin, world.alice.account_id)
        for address in (HOME, OFFICE):
            assert wait("alice@so-a", address) == NOTHING
            assert check("alice@so-a", plain, address) is not None


def test_lifting_a_lock_lifts_no_other_ones(world: World, now: Clock) -> None:
    fail(FAILURES, HOME, "alice@so-a")
    fail(FAILURES, HOME, "hanh@so-a")
    lift_lock(world.admin, world.alice.account_id)
    assert wait("hanh@so-a", HOME) == LOCK


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("loopback", "loopback"),
        ("", ""),
    ],
)
def test_an_owner_of_many_addresses_counts_as_one(address: str, counted: str) -> None:
    assert network(address) == counted


def test_moving_within_ones_own_network_is_no_new_start(world: World, now: Clock) -> None:
    for host in range(FAILURES):
        fail(1, f"2001:db8:1:2::{host}", f"{host}@so-a")
        fail(1, f"2001:db8:1:2::{host}")
    assert wait("alice@so-a", "2001:db8:1:2:ffff::") == LOCK
