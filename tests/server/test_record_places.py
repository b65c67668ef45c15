"""Where an opened record stands, in a real Chromium: on a phone at the top of what one sees, on a desk with all its tabs."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from models import clock, incident
from models.incident import IncidentDraft
from tests.conftest import chromium
from tests.server.conftest import token_of
from tests.server.test_browser import ARGUMENTS
from tests.server.test_walk import PHONE
from tests.server.wire import Server
from tests.worlds import World

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def last(cast: World) -> int:
    """The newest of a page full of incidents."""
    now = replace(cast.alice, clock=clock.now)
    days = [clock.now() - dt.timedelta(days=day) for day in range(16, 0, -1)]
    drafts = [IncidentDraft(occurred_at=day, summary=f"Mất xe đạp {day:%d}") for day in days]
    return [incident.report(now, draft).id or 0 for draft in drafts][-1]


def opened(browser: Browser, house: Server, address: str, width: int, agent: str | None = None) -> Page:
    context = browser.new_context(locale="vi-VN", viewport={"width": width, "height": 800}, user_agent=agent)
    context.set_default_timeout(20_000)
    context.add_cookies([{"name": "phien", "value": token_of("hanh@so-a"), "url": house.url}])
    page = context.new_page()
    page.goto(house.url + address)
    expect(page.locator(".st-key-frame-sign_out button")).to_be_attached()
    return page


def test_on_a_phone_a_record_begins_at_the_top_of_what_one_sees(browser: Browser, house: Server, last: int) -> None:
    page = opened(browser, house, "/vu-viec", 390, PHONE)
    rows = page.locator("[data-testid=stDataFrame] canvas").first
    rows.scroll_into_view_if_needed()
    page.locator("[data-testid=stMain]").evaluate("main => main.scrollTo(0, 700)")
    page.wait_for_timeout(700)  # a list that still moves takes no click
    here = rows.bounding_box()
    assert here
    page.mouse.click(here["x"] + 16, here["y"] + 200)
    page.wait_for_url("**/vu-viec?id=*")
    head = page.locator("h3").first
    expect(head).to_be_in_viewport()
    top = head.bounding_box()
    assert top
    assert top["y"] < 250
    head.evaluate("head => head.closest('[data-testid=stMain]').scrollTo(0, 900)")
    page.goto(f"{house.url}/vu-viec?id={last}")
    expect(head).to_be_in_viewport()
    page.context.close()


def test_on_a_desk_no_tab_of_a_record_is_cut_off(browser: Browser, house: Server, last: int) -> None:
    page = opened(browser, house, f"/vu-viec?id={last}", 1366)
    tabs = page.get_by_role("tablist").first
    expect(tabs).to_be_visible()
    page.wait_for_timeout(500)
    assert tabs.evaluate("one => one.scrollWidth - one.clientWidth") == 0
    assert page.get_by_role("tab").count() == 7
    page.context.close()
