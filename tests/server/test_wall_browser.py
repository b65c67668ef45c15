"""The wall screen in a real browser: from the code to a dark page that fills the screen, with a clock that goes, and that
comes back by itself."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from models import clock, incident
from models.display import DisplayDraft, issue_display
from models.incident import IncidentDraft
from tests import worlds
from tests.conftest import chromium
from tests.server.test_browser import ARGUMENTS
from tests.server.wire import Server, start, stop, wait_until

pytestmark = pytest.mark.browser
SCENE = "[data-testid=stImage] img >> nth=2"


@pytest.fixture
def screen() -> Iterator[BrowserContext]:
    """A browser whose owner likes it light."""
    with sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        found = browser.new_context(locale="vi-VN", viewport={"width": 1920, "height": 1080}, color_scheme="light")
        found.set_default_timeout(20_000)
        yield found
        browser.close()


def report(cast: worlds.World) -> str:
    alice = replace(cast.alice, clock=clock.now)
    draft = IncidentDraft(occurred_at=alice.now(), summary="Thử", kind="C.theft", place="Cổng phụ", severity=1)
    return incident.report(alice, draft).number


def shows(page: Page, number: str) -> None:
    expect(page.locator(SCENE)).to_have_attribute("alt", re.compile(number), timeout=20_000)


def fits(page: Page) -> bool:
    main = "document.querySelector('[data-testid=stMain]')"
    return page.evaluate(f"{main}.scrollHeight <= {main}.clientHeight")


def test_from_the_code_to_a_screen_that_comes_back(
    screen: BrowserContext, database_url: str, folder: Path, cast: worlds.World
) -> None:
    server: Server = start(folder, DATABASE_URL=database_url)
    try:
        wait_until(server)
        code = issue_display(replace(cast.head, clock=clock.now), DisplayDraft(name="Phòng trực"))[1]
        first = report(cast)
        page = screen.new_page()
        page.goto(f"{server.url}/man-hinh?ma={code}")
        page.get_by_role("button", name="Mở màn hình").click()
        shows(page, first)
        assert page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor") == "rgb(15, 23, 32)"
        for width, height in ((1920, 1080), (1366, 768)):
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(500)
            assert fits(page), f"{width} x {height} needs scrolling"
        ticking = page.locator("[data-testid=stImage] img >> nth=1")
        before = ticking.screenshot()
        page.wait_for_timeout(1_200)
        assert ticking.screenshot() != before
        second = report(cast)
        shows(page, second)
    finally:
        stop(server)
    server = start(folder, DATABASE_URL=database_url, PORT=str(server.port))
    try:
        wait_until(server)
        third = report(cast)
        shows(page, third)
    finally:
        stop(server)
