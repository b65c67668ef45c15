"""A browser becomes a wall screen: the code's page, its cookie, what the cookie opens, and how it is emptied."""

import asyncio
import base64
import time
from dataclasses import replace

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from models import account, clock, display
from models.display import DisplayDraft, end_display, issue_display
from pages.server.sockets import RELOAD
from tests import worlds
from tests.server.conftest import token_of
from tests.server.wire import Answer, Server, tab


def code_of(cast: worlds.World) -> tuple[int, str]:
    row, code = issue_display(replace(cast.head, clock=clock.now), DisplayDraft(name="Màn hình <sảnh>"))
    return row.id or 0, code


def send(house: Server, body: str, **headers: str | None) -> Answer:
    return house.ask("/man-hinh", "POST", body.encode(), **headers)  # type: ignore[arg-type]


def opened(house: Server, cast: worlds.World) -> tuple[int, str]:
    """The id and the cookie of a screen."""
    number, code = code_of(cast)
    answer = send(house, f"ma={code}")
    assert answer.status == 303
    return number, answer.cookies()["phien"].partition("=")[2].partition(";")[0]


# ---- the code's page -------------------------------------------------------------------------------------------------
def test_looking_at_the_link_uses_nothing_up(house: Server, cast: worlds.World) -> None:
    """What a messenger fetches for a preview."""
    _, code = code_of(cast)
    for _ in range(2):
        answer = house.ask(f"/man-hinh?ma={code}")
        assert answer.status == 200
        assert f'value="{code}"' in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert not answer.cookies()
    assert send(house, f"ma={code}").status == 303


def test_the_code_becomes_a_cookie_once_and_leads_to_the_wall(house: Server, cast: worlds.World) -> None:
    _, code = code_of(cast)
    answer = send(house, f"ma={code.lower()}")
    line = answer.cookies()["phien"]
    for part in ("HttpOnly", "SameSite=strict", "Path=/", f"Max-Age={365 * 24 * 3600}"):
        assert part in line
    assert answer.headers["location"] == "/chi-so?tv=1"
    again = send(house, f"ma={code}")
    assert again.status == 403
    assert not again.cookies()


@pytest.mark.parametrize("body", ["", "ma=", "ma=AAAA-AAAA-AAAA", "ma=" + "x" * 2_000, "\x00", "het=1"])
def test_anything_else_opens_nothing(house: Server, body: str) -> None:
    answer = send(house, body)
    assert answer.status == 403
    assert not answer.cookies()


def test_only_our_own_page_may_send_it(house: Server, cast: worlds.World) -> None:
    _, code = code_of(cast)
    for headers in ({"Origin": "https://evil.example"}, {"Origin": None}, {"Sec_Fetch_Site": "cross-site"}):
        assert send(house, f"ma={code}", **headers).status == 403, headers
    assert send(house, f"ma={code}").status == 303


def test_what_stands_in_the_address_is_text(house: Server) -> None:
    answer = house.ask("/man-hinh?ma=%22%3E%3Cscript%3E")
    assert "<script" not in answer.text


def test_a_person_does_not_turn_the_own_browser_into_a_screen(house: Server, cast: worlds.World) -> None:
    token, (_, code) = token_of("hanh@so-a"), code_of(cast)
    assert "Phạm Thị Hạnh" in house.ask("/man-hinh", Cookie=f"phien={token}").text
    answer = send(house, f"ma={code}", Cookie=f"phien={token}")
    assert answer.status == 200
    assert not answer.cookies()
    assert account.who(account.sha(token))
    assert send(house, f"ma={code}").status == 303  # it was not used up either


def test_a_screen_says_which_it_is_and_can_be_put_away(house: Server, cast: worlds.World) -> None:
    _, token = opened(house, cast)
    said = house.ask("/man-hinh", Cookie=f"phien={token}").text
    assert "Màn hình &lt;sảnh&gt;" in said
    answer = send(house, "het=1", Cookie=f"phien={token}")
    assert answer.status == 303
    assert 'phien=""' in answer.cookies()["phien"]
    assert display.screen(account.sha(token)) is None


# ---- what the cookie opens -------------------------------------------------------------------------------------------
def test_the_wall_is_dark_whatever_the_browser_prefers(house: Server) -> None:
    answer = house.ask("/chi-so?tv=1")
    assert answer.status == 302
    assert answer.headers["location"] == (
        "/chi-so?tv=1&embed=true&embed_options=dark_theme&embed_options=hide_loading_screen"
    )
    assert house.ask(answer.headers["location"]).status == 200
    assert house.ask("/chi-so").status == 200


def scenes(messages: list[object]) -> list[str]:
    urls = [m.delta.new_element.imgs.imgs[0].url for m in messages if m.delta.new_element.HasField("imgs")]  # type: ignore[attr-defined]
    return [base64.b64decode(url.partition("base64,")[2]).decode() for url in urls]


def test_a_screen_sees_the_wall_and_files_and_uploads_are_not_for_it(house: Server, cast: worlds.World) -> None:
    async def go() -> None:
        _, token = opened(house, cast)
        async with tab(house, token) as screen:
            for page in ("chi-so", "vu-viec", "quan-tri", ""):
                screen.messages.clear()
                await screen.run(page)
                assert len(scenes(screen.messages)) == 3, page  # type: ignore[arg-type]
            upload = f"/_stcore/upload_file/{screen.session_id}/x"
            assert house.ask(upload, "PUT", b"x", Cookie=f"phien={token}").status == 401
            assert house.ask("/xuat/1", Cookie=f"phien={token}").status in (401, 403, 404)
            await screen.send(BackMsg(clear_cache=True))
            assert await screen.run("chi-so")

    asyncio.run(go())


def test_revoking_empties_the_screen_within_two_seconds(house: Server, cast: worlds.World) -> None:
    async def go() -> None:
        number, token = opened(house, cast)
        async with tab(house, token) as screen:
            await screen.run("chi-so")
            start = time.monotonic()
            await asyncio.to_thread(end_display, replace(cast.head, clock=clock.now), number)
            assert await screen.closed() == 4001
            assert time.monotonic() - start < 2
            assert screen.raw[-1] == RELOAD
        assert house.ask("/man-hinh", Cookie=f"phien={token}").text.count("hidden>") >= 2

    asyncio.run(go())


def test_a_change_shows_on_the_wall(house: Server, cast: worlds.World) -> None:
    from models import incident
    from models.incident import IncidentDraft

    async def go() -> None:
        _, token = opened(house, cast)
        alice = replace(cast.alice, clock=clock.now)
        async with tab(house, token) as screen:
            await screen.run("chi-so")
            before = len(screen.messages)
            draft = IncidentDraft(occurred_at=alice.now(), summary="Thử", kind="C.theft", place="Cổng phụ", severity=1)
            row = await asyncio.to_thread(incident.report, alice, draft)
            await screen.until(lambda new: any(row.number in one for one in scenes(new)), before, 3)  # type: ignore[arg-type]

    asyncio.run(go())
