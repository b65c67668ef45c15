"""The real app, through the gate: a cold server gives a stranger nothing, a person comes in and leaves without a trace."""

import asyncio
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from models.settings import ROOT
from pages.parts import rooms
from tests import worlds
from tests.conftest import chromium
from tests.server.conftest import token_of
from tests.server.test_browser import ARGUMENTS, SOON, Emptied, within
from tests.server.wire import Server, tab

NAME = "Trần Alice"


def addresses() -> list[str]:
    """Every address the frame registers, every file beside it, and some that are none."""
    registered = [place.address for place in rooms.PLACES]
    assert "vu-viec" in registered
    files = [file.stem for file in (ROOT / "pages").glob("*.py") if file.stem != "__init__"]
    return [*registered, *files, "khong-co", "parts", "server"]


def test_every_address_gives_a_stranger_the_sign_in(house: Server) -> None:
    """Also right after a start, when Streamlit's old kind of pages would run a page without its frame."""

    async def go() -> None:
        for address in addresses():
            async with tab(house) as one:
                said = await one.run(address)
                assert "door.password" in said, address
                assert "frame.sign_out" not in said, address
                assert not [m for m in one.messages if m.delta.new_element.WhichOneof("type") == "exception"], address
                titles = {page.page_name for m in one.messages for page in m.navigation.app_pages}
                assert len(titles) <= 1, titles  # nor the names of the pages

    asyncio.run(go())


def test_a_page_hash_does_not_go_round_the_sign_in(house: Server) -> None:
    async def go() -> None:
        async with tab(house, token_of("alice@so-a")) as alice:
            await alice.run("vu-viec")
            known = alice.page_hash
            assert NAME in alice.said()
        async with tab(house) as stranger:
            stranger.page_hash = known
            said = await stranger.run()
            assert "door.password" in said
            assert NAME not in said

    asyncio.run(go())


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield found
        found.close()


@pytest.mark.browser
def test_in_and_out_in_a_browser(house: Server, browser: Browser) -> None:
    context = browser.new_context(locale="vi-VN")
    context.set_default_timeout(20_000)

    def opened(address: str) -> Page:
        page = context.new_page()
        page.goto(house.url + address)
        return page

    def attempt() -> float:
        first = opened("/vu-viec?id=1")
        first.locator(".st-key-door-account input").fill("alice@so-a")
        first.locator(".st-key-door-password input").fill(worlds.PASSWORD)
        first.locator(".st-key-door-send button").click()
        expect(first.get_by_text(NAME).first).to_be_visible()
        pages = [first, opened("/chi-so"), opened("/")]
        for page in pages:
            expect(page.get_by_text(NAME).first).to_be_visible()
        assert first.url == f"{house.url}/vu-viec?id=1"
        emptied = Emptied(pages, NAME)
        emptied.start()
        first.locator(".st-key-frame-sign_out button").evaluate(
            "button => button.click()"
        )  # no waiting of the tool's own
        worst = emptied.worst()
        for page in pages:
            expect(page.locator(".st-key-door-password input")).to_be_visible()
            page.close()
        return worst

    within(SOON, attempt)
    assert "phien" not in {cookie["name"] for cookie in context.cookies()}
    context.close()
