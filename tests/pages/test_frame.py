"""Every page with every role: who sees what, and that a stranger sees the sign-in only."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from streamlit.util import calc_hash

from models import account, account_admin, clock
from models.access import DOOR, RIGHTS, Role
from pages.parts import rooms
from tests.worlds import PASSWORD, SHORT, Clock, World, instant

Open = Callable[..., Any]
NAMES = {
    Role.STAFF: "alice",
    Role.HEAD: "head",
    Role.ADMINISTRATOR: "admin",
    Role.LIAISON: "liaison",
    Role.BOARD: "board",
    Role.SYSTEM: "system",
}


PLACES = {place.address: (place.file, place.permissions) for place in rooms.PLACES}


def at_address(at: Any, address: str) -> Any:
    at._page_hash = calc_hash(address)
    return at.run()


def words(at: Any) -> str:
    return "\n".join(
        str(one.value) for kind in ("title", "markdown", "caption", "error", "text") for one in getattr(at, kind)
    )


@pytest.mark.parametrize("address", PLACES)
@pytest.mark.parametrize("role", NAMES)
def test_a_role_opens_its_pages_and_no_other(page: Open, small_world: World, role: Role, address: str) -> None:
    at = at_address(page(None, NAMES[role]), address)
    assert not at.exception, at.exception
    may = any(permission in RIGHTS[role] for permission in PLACES[address][1])
    assert ("không có quyền" in words(at)) is not may


@pytest.mark.parametrize(
    ("file", "name"),
    [
        *((place.file, "head") for place in rooms.PLACES if RIGHTS[Role.HEAD].intersection(place.permissions)),
        ("joint_operations.py", "liaison"),
        ("administration.py", "admin"),
    ],
)
def test_numbers_that_are_none_in_an_address_are_passed_over(
    page: Open, small_world: World, file: str, name: str
) -> None:
    asked = dict.fromkeys(("id", "phuong-an", "don-vi", "vi-pham", "bien-ban", "phan", "do-bo-phan"), "²")
    at = page(file, name, **asked)
    assert not at.exception, at.exception
    assert "SC-" not in words(at)


@pytest.mark.parametrize("address", PLACES)
def test_a_stranger_sees_the_sign_in_at_every_address(page: Open, address: str) -> None:
    at = at_address(page(), address)
    assert {one.key for one in at.text_input} == {"door.account", "door.password"}
    assert not at.title
    assert not at.sidebar.button


@pytest.mark.parametrize("address", PLACES)
def test_a_first_password_is_changed_before_anything_else(page: Open, small_world: World, address: str) -> None:
    account_admin.reset_password(small_world.admin, small_world.alice.account_id)
    at = at_address(page(None, "alice"), address)
    assert {one.key for one in at.text_input} == {"first.password.old", "first.password.new", "first.password.again"}


def test_a_role_that_changes_meanwhile_acts_at_once(page: Open, small_world: World) -> None:
    at = page("incidents.py", "alice")
    row = account_admin.account(small_world.admin, small_world.alice.account_id)
    draft = account.AccountDraft(name=row.name, full_name=row.full_name, role=Role.ADMINISTRATOR)
    account_admin.amend_account(small_world.admin, row.id, draft, row.version)
    at.run()
    assert {one.key for one in at.text_input} == {"door.account", "door.password"}


def test_the_language_is_a_persons_own(page: Open, small_world: World) -> None:
    at = page("incidents.py", "alice")
    assert at.title[0].value == "Vụ việc"
    at.get_by_key("frame.language").set_value("en").run()
    assert at.title[0].value == "Incidents"
    assert page("incidents.py", "alice").title[0].value == "Incidents"
    assert page("incidents.py", "hanh").title[0].value == "Vụ việc"


@pytest.mark.parametrize("name", sorted(set(SHORT.values()) - {"quan_tri"}))
def test_signing_in_asks_for_the_browsers_part(page: Open, small_world: World, name: str) -> None:
    at = page()
    at.text_input(key="door.account").set_value(f" {small_world.typed(name).upper()} ")
    at.text_input(key="door.password").set_value(PASSWORD)
    at.button(key="door.send").click().run()
    (script,) = [one.proto.body for one in at.get("html")]
    ticket = script.split('data-ticket="')[1].split('"')[0]
    token = account.exchange(ticket)
    assert token
    assert account.exchange(ticket) is None
    current = account.who(account.sha(token))
    assert current
    assert current.account_id == small_world.people[name].account_id


def knock(at: Any, typed: str, plain: str = "sai mật khẩu rồi") -> str:
    """Try to sign in: what the page says then."""
    at.text_input(key="door.account").set_value(typed)
    at.text_input(key="door.password").set_value(plain)
    at.button(key="door.send").click().run()
    assert not at.exception
    (said,) = [one.value for one in at.error] or [""]
    return said


WRONG = "Đăng nhập chưa được. Hãy kiểm tra lại tên đăng nhập và mật khẩu"


@pytest.mark.parametrize("typed", ["alice@so-a", "nobody@so-a", "alice@nowhere", "alice", "x" * 100])
def test_wrong_and_unknown_look_the_same(page: Open, typed: str) -> None:
    at = page()
    assert knock(at, typed, "") == f"{WRONG}."
    assert knock(at, typed) == f"{WRONG}, chờ 2 giây rồi thử lại."
    assert not at.get("html")


def test_the_page_says_how_long_to_wait(page: Open, small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    now = Clock(instant("2020-01-06T08:00"))
    monkeypatch.setattr(clock, "now", now)
    monkeypatch.setattr(account, "DOOR", replace(DOOR, clock=now))
    at = page()
    for seconds in (2, 4, 8, 16):
        assert knock(at, "alice@so-a") == f"{WRONG}, chờ {seconds} giây rồi thử lại."
        now.moment += dt.timedelta(seconds=seconds - 0.5)
        too_early = knock(at, "alice@so-a", PASSWORD)
        assert too_early == f"{WRONG}, chờ 1 giây rồi thử lại.", "not looked at, and not counted"
        now.moment += dt.timedelta(seconds=1)
    assert "Thử lại sau 15 phút" in knock(at, "alice@so-a")
    now.moment += dt.timedelta(minutes=14, seconds=20)
    assert "chờ 40 giây" in knock(at, "alice@so-a", PASSWORD)
    now.moment += dt.timedelta(seconds=41)
    assert knock(at, "alice@so-a", PASSWORD) == ""
    assert "data-ticket" in at.get("html")[0].proto.body
