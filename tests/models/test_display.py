"""Wall screens: a code for a token, once; no idle limit; what it may look at; how it ends."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from models import account, clock, display, history
from models.access import DOOR, RIGHTS, Denied, Invalid, NotFound, Permission, Role
from models.database import as_owner, reading
from models.display import Display, DisplayDraft, displays, end_display, issue_display, open_display, screen
from models.security import SecurityEntry, SecurityEvent
from tests.worlds import PASSWORD, Clock, World, instant

HALL = DisplayDraft(name="Màn hình sảnh")


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The machine's clock, to be set."""
    fake = Clock(instant("2020-01-06T08:00"))
    monkeypatch.setattr(clock, "now", fake)
    monkeypatch.setattr(display, "DOOR", replace(DOOR, clock=fake))
    return fake


def opened(world: World, who: str = "head", **facts: Any) -> str:
    """The token of a screen that was issued and opened."""
    token = open_display(issue_display(getattr(world, who), HALL)[1], **facts)
    assert token is not None
    return token


def log() -> list[tuple[str, str, str]]:
    with reading(DOOR) as session:
        rows = session.exec(select(SecurityEntry).order_by(SecurityEntry.id))
        return [(row.event, row.who, row.detail) for row in rows if row.event.startswith("display")]


# ---- issuing ---------------------------------------------------------------------------------------------------------
def test_a_head_issues_a_screen_and_the_code_is_nowhere_kept(world: World) -> None:
    row, code = issue_display(world.head, HALL)
    assert len(code.replace("-", "")) == display.GROUPS * display.GROUP
    (line,) = [entry for entry in history.latest(world.head, 3) if entry[0].subject == "display"]
    assert (line[0].action, line[0].actor_name) == ("display.issued", world.head.name)
    assert log() == [(SecurityEvent.DISPLAY_ISSUED, world.head.name, HALL.name)]
    with as_owner() as connection:
        stored = connection.exec_driver_sql("SELECT * FROM display").mappings().one()
    assert stored["id"] == row.id
    assert not [value for value in stored.values() if value in (code, code.replace("-", ""))]


def test_the_same_form_issues_one_screen(world: World) -> None:
    first, code = issue_display(world.head, HALL, nonce="một")
    again, nothing = issue_display(world.head, HALL, nonce="một")
    assert (first.id, bool(code)) == (again.id, True)
    assert nothing == ""
    assert len(displays(world.head)) == 1


def test_there_are_only_so_many(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "MOST", 2)
    rows = [issue_display(world.head, HALL)[0] for _ in range(2)]
    with pytest.raises(Invalid) as refused:
        issue_display(world.head, HALL)
    assert refused.value.code == "too_many_displays"
    end_display(world.head, rows[0].id)
    assert issue_display(world.head, HALL)[1]


@pytest.mark.parametrize("name", ["alice", "admin", "liaison", "board", "system"])
def test_only_a_head_may(world: World, name: str) -> None:
    with pytest.raises(Denied):
        issue_display(getattr(world, name), HALL)
    assert Permission.DISPLAY_MANAGE in RIGHTS[Role.HEAD]


def test_a_name_is_needed(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        issue_display(world.head, {"name": " "})
    assert set(refused.value.errors) == {"name"}


# ---- the code --------------------------------------------------------------------------------------------------------
def test_a_code_opens_one_screen_once(world: World) -> None:
    row, code = issue_display(world.head, HALL)
    token = open_display(f" {code.lower().replace('-', ' ')} ", "10.0.0.7", "TV")
    current = screen(account.sha(token or ""))
    assert current is not None
    assert (current.role, current.account_id, current.organisation_code) == (Role.DISPLAY, None, "so-a")
    assert open_display(code) is None
    (listed,) = displays(world.head)
    assert (listed.id, listed.address, listed.browser) == (row.id, "10.0.0.7", "TV")
    assert [event for event, _, _ in log()] == [
        SecurityEvent.DISPLAY_ISSUED,
        SecurityEvent.DISPLAY_OPENED,
        SecurityEvent.DISPLAY_REFUSED,
    ]


@pytest.mark.parametrize("code", ["", "AAAA-AAAA-AAAA", "' OR 1=1 --", "x" * 300])
def test_a_made_up_code_opens_nothing(world: World, code: str) -> None:
    issue_display(world.head, HALL)
    assert open_display(code) is None
    assert log()[-1][0] == SecurityEvent.DISPLAY_REFUSED


def test_a_code_is_good_for_an_hour(world: World, now: Clock) -> None:
    early, late = issue_display(world.head, HALL)[1], issue_display(world.head, HALL)[1]
    now.moment += display.CODE - dt.timedelta(seconds=1)
    assert open_display(early)
    now.moment += dt.timedelta(seconds=1)
    assert open_display(late) is None
    assert [row.waits(now()) for row in displays(world.head)] == [False, False]


def test_an_ended_screens_code_opens_nothing(world: World) -> None:
    row, code = issue_display(world.head, HALL)
    end_display(world.head, row.id)
    assert open_display(code) is None


# ---- being one -------------------------------------------------------------------------------------------------------
def test_it_may_look_at_the_wall_page_and_at_nothing_else() -> None:
    assert RIGHTS[Role.DISPLAY] == {Permission.WALL}


def test_it_has_no_idle_limit_and_ends_after_a_year(world: World, now: Clock) -> None:
    token = opened(world)
    now.moment += display.LONGEST - dt.timedelta(minutes=1)
    before = now()
    assert screen(account.sha(token)) is not None
    assert displays(replace(world.head, clock=now))
    now.moment += dt.timedelta(minutes=2)
    assert screen(account.sha(token)) is None
    assert displays(replace(world.head, clock=now)) == []
    assert display.ended_since(before) == {account.sha(token)}


def test_a_person_and_a_screen_are_told_apart(world: World) -> None:
    token = opened(world)
    assert account.who(account.sha(token)) is None
    person = account.exchange(account.begin(account.check("alice@so-a", PASSWORD) or 0)) or ""
    assert screen(account.sha(person)) is None
    assert [one and one.role for one in map(display.anybody, (account.sha(token), account.sha(person), None, "x"))] == [
        Role.DISPLAY,
        Role.STAFF,
        None,
        None,
    ]


def test_when_it_was_on_last_is_noted_once_a_minute(world: World, now: Clock) -> None:
    sid = account.sha(opened(world))
    first = displays(world.head)[0].seen_at
    now.moment += dt.timedelta(seconds=50)
    display.still_there({sid})
    assert displays(world.head)[0].seen_at == first
    now.moment += dt.timedelta(seconds=20)
    display.still_there({sid, "nobody"})
    assert displays(world.head)[0].seen_at == now()


# ---- the end ---------------------------------------------------------------------------------------------------------
def test_a_head_ends_it_once(world: World, now: Clock) -> None:
    token, start = opened(world), now()
    now.moment += dt.timedelta(minutes=5)
    (row,) = displays(world.head)
    assert display.ended_since(start) == set()
    head = replace(world.head, clock=now)
    end_display(head, row.id)
    end_display(head, row.id)
    assert screen(account.sha(token)) is None
    assert display.ended_since(start) == {account.sha(token)}
    assert displays(world.head) == []
    actions = [entry.action for entry, _ in history.latest(world.head, 5) if entry.subject == "display"]
    assert actions == ["display.ended", "display.issued"]
    assert [event for event, _, _ in log()].count(SecurityEvent.DISPLAY_ENDED) == 1


def test_another_organisations_screen_looks_like_none(world: World) -> None:
    opened(world)
    (row,) = displays(world.head)
    assert displays(world.bich) == []
    with pytest.raises(NotFound):
        end_display(world.bich, row.id)
    with pytest.raises(NotFound):
        end_display(world.bich, 987_654)
    assert len(displays(world.head)) == 1


def test_its_own_browser_puts_it_away(world: World) -> None:
    sid, other = account.sha(opened(world)), account.sha(opened(world))
    display.leave(sid)
    display.leave("nobody")
    assert screen(sid) is None
    assert screen(other) is not None
    assert log()[-1] == (SecurityEvent.DISPLAY_ENDED, HALL.name, "")


def test_a_screen_outlives_the_account_that_issued_it(world: World) -> None:
    """It hangs in the organisation's room; another head can end it."""
    from models.account_admin import set_active

    sid = account.sha(opened(world))
    set_active(world.admin, world.head.account_id, active=False)
    assert screen(sid) is not None


def test_its_row_stays_its_organisations(world: World) -> None:
    opened(world)
    with reading(world.bich) as session:
        assert session.exec(select(Display)).all() == []
