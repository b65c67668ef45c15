"""Ticket for cookie, and the cookie away."""

import asyncio

import pytest

from models import account
from tests.server.conftest import STAGE, ticket_of, token_of
from tests.server.wire import Answer, Server, serving, tab


def enter(server: Server, ticket: str, **headers: str | None) -> Answer:
    return server.ask("/phien", "POST", X_Ticket=ticket, **headers)  # type: ignore[arg-type]


def value(answer: Answer, name: str) -> str:
    return answer.cookies()[name].partition("=")[2].partition(";")[0]


def test_a_ticket_becomes_a_cookie_once(stage: Server) -> None:
    ticket = ticket_of("alice@so-a")
    answer = enter(stage, ticket)
    assert answer.status == 204
    line = answer.cookies()["phien"]
    for part in ("HttpOnly", "SameSite=strict", "Path=/", "Max-Age=43200"):
        assert part in line
    who = account.who(account.sha(value(answer, "phien")))
    assert who is not None
    assert who.name == "Trần Alice"
    again = enter(stage, ticket)
    assert again.status == 403
    assert "phien" not in again.cookies()


@pytest.mark.parametrize("ticket", ["", "x", "x" * 43, "x" * 5000, "' OR 1=1 --" + "x" * 30])
def test_a_made_up_ticket_gets_nothing(stage: Server, ticket: str) -> None:
    answer = enter(stage, ticket)
    assert answer.status == 403
    assert not answer.cookies()


def test_a_ticket_is_for_our_own_page_only(stage: Server) -> None:
    ticket = ticket_of("alice@so-a")
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": None},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ):
        answer = enter(stage, ticket, **headers)
        assert answer.status == 403, headers
        assert not answer.cookies()
    assert enter(stage, ticket, Sec_Fetch_Site="same-origin").status == 204  # none of them had spent it


def test_signing_out_ends_the_sign_in_and_clears_the_browser(stage: Server) -> None:
    token = token_of("alice@so-a")
    assert stage.ask("/phien", "DELETE", Cookie=f"phien={token}", Origin="https://evil.example").status == 403
    assert stage.ask("/phien", "DELETE", Cookie=f"phien={token}", Sec_Fetch_Site="cross-site").status == 403
    assert account.who(account.sha(token))
    answer = stage.ask("/phien", "DELETE", Cookie=f"phien={token}")
    assert answer.status == 204
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert "Max-Age=0" in answer.cookies()["phien"]
    assert account.who(account.sha(token)) is None
    assert stage.ask("/phien", "DELETE").status == 204  # nobody there: nothing to do


def test_a_dead_cookie_is_taken_away_with_the_next_page(stage: Server) -> None:
    token = token_of("alice@so-a")
    assert "phien" not in stage.ask("/vu-viec", Cookie=f"phien={token}").cookies()
    account.end_sign_in(account.sha(token))
    assert "Max-Age=0" in stage.ask("/vu-viec", Cookie=f"phien={token}").cookies()["phien"]
    assert "phien" not in stage.ask("/vu-viec").cookies()


def test_a_new_sign_in_ends_the_one_before_in_the_same_browser(stage: Server) -> None:
    async def go() -> None:
        before = token_of("alice@so-a")
        async with tab(stage, before) as one:
            await one.run("vu-viec")
            answer = await asyncio.to_thread(enter, stage, ticket_of("bob@truong-b"), Cookie=f"phien={before}")
            assert answer.status == 204
            assert await one.closed(3) == 4001
        assert account.who(account.sha(before)) is None

    asyncio.run(go())


def test_the_browsers_mark_stays(stage: Server) -> None:
    first = enter(stage, ticket_of("alice@so-a"))
    mark = value(first, "may")
    assert "HttpOnly" in first.cookies()["may"]
    assert "may" not in enter(stage, ticket_of("alice@so-a"), Cookie=f"may={mark}").cookies()
    assert value(enter(stage, ticket_of("alice@so-a"), Cookie="may=forged.forged"), "may") != "forged.forged"
    assert "may" not in stage.ask("/phien", "DELETE", Cookie=f"may={mark}").cookies()


def test_tickets_cannot_be_tried_in_masses(database_url: str, folder) -> None:  # type: ignore[no-untyped-def]
    with serving(folder, STAGE, DATABASE_URL=database_url) as server:
        statuses = [enter(server, f"{n:043}").status for n in range(60)]
        assert statuses[0] == 403
        assert statuses.count(429) > 20
        assert server.ask("/suc-khoe").status == 200


def test_the_script_is_one_file_without_a_secret(stage: Server) -> None:
    answer = stage.ask("/phien.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert stage.ask("/phien.js", If_None_Match=answer.headers["etag"]).status == 304
