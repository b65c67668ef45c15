"""One walk through the app as people take it: enter, be seen at once by a head, find it again, in Vietnamese, on both widths."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from models import clock, incident
from models import draft as draft_rows
from models.incident import IncidentDraft
from models.settings import ROOT
from tests.conftest import chromium
from tests.server.conftest import token_of
from tests.server.test_browser import ARGUMENTS, signed_in
from tests.server.wire import Server
from tests.worlds import World

pytestmark = pytest.mark.browser
LIVE = 3.0  # seconds within which a record shows on another's open page of figures
ADDRESSES = ("/", "/chi-so", "/phoi-hop", "/vu-viec", "/kiem-tra", "/su-kien", "/tai-khoan")
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"
)


def english() -> set[str]:
    """Sentences of the code that read otherwise in Vietnamese: none of them may stand on a Vietnamese page."""
    with (ROOT / "data" / "translations" / "vi" / "messages.po").open("rb") as file:
        found = {str(message.id) for message in read_po(file) if message.id and message.id != message.string}
    return {said for said in found if "{" not in said and len(said) > 3}


def visit(context: BrowserContext, house: Server, address: str) -> Page:
    page = context.new_page()
    page.goto(house.url + address)
    expect(page.locator(".st-key-frame-sign_out button")).to_be_attached(timeout=20_000)
    return page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    found = browser.new_context(locale="vi-VN", viewport={"width": 1366, "height": 900})
    found.set_default_timeout(20_000)
    yield found
    found.close()


@pytest.fixture
def head(browser: Browser, house: Server) -> Iterator[BrowserContext]:
    found = browser.new_context(locale="vi-VN", viewport={"width": 1366, "height": 900})
    found.set_default_timeout(20_000)
    found.add_cookies([{"name": "phien", "value": token_of("hanh@so-a"), "url": house.url}])
    yield found
    found.close()


def incidents_shown(page: Page) -> str:
    return page.locator("[data-testid=stMetric]").nth(1).inner_text()


def wait_for(page: Page, met: Callable[[], bool], seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < until, f"not within {seconds} s"
        page.wait_for_timeout(50)


def test_what_one_enters_another_sees_at_once(
    house: Server,
    context: BrowserContext,
    head: BrowserContext,
    cast: World,
) -> None:
    draft = IncidentDraft(occurred_at=clock.now(), summary="Việc đầu tiên")
    incident.report(replace(cast.alice, clock=clock.now), draft)  # figures of an empty year are an empty page
    signed_in(context, house)
    figures = visit(head, house, "/chi-so")
    expect(figures.locator("[data-testid=stMetric]").nth(1)).to_be_visible(timeout=20_000)
    before = incidents_shown(figures)

    page = visit(context, house, "/vu-viec")
    page.locator(".st-key-incidents-new button").click()
    page.locator(".st-key-incident-summary input").fill("Chen lấn ở cửa B <b>đông</b>")
    page.locator(".st-key-incident-summary input").press("Tab")
    wait_for(
        page, lambda: any("Chen lấn" in str(one.values) for one in draft_rows.unfinished(cast.alice, "incident.new"))
    )
    page.reload()  # a half-typed form outlives it
    expect(page.locator(".st-key-incident-summary input")).to_have_value("Chen lấn ở cửa B <b>đông</b>")
    page.locator(".st-key-incident-save button").click()
    expect(page.get_by_role("heading", name=re.compile(r"VV-\d{4}-\d{4}"))).to_be_visible(timeout=20_000)
    wait_for(figures, lambda: incidents_shown(figures) != before, LIVE)
    shown = page.locator("[data-testid=stMarkdown]").get_by_text("Chen lấn ở cửa B <b>đông</b>")
    expect(shown.first).to_be_visible(timeout=20_000)

    page.goto(f"{house.url}/vu-viec")
    page.locator(".st-key-incidents-search input").fill("chen lan CUA b")
    page.locator(".st-key-incidents-search input").press("Enter")
    expect(page.get_by_text("1–1", exact=False).first).to_be_visible(timeout=20_000)


@pytest.mark.parametrize("width", [1366, 390])
def test_every_page_is_vietnamese_and_fits(house: Server, browser: Browser, width: int) -> None:
    narrow = {"user_agent": PHONE, "is_mobile": True, "has_touch": True} if width < 500 else {}
    found = browser.new_context(locale="vi-VN", viewport={"width": width, "height": 900}, **narrow)  # type: ignore[arg-type]
    found.set_default_timeout(20_000)
    found.add_cookies([{"name": "phien", "value": token_of("hanh@so-a"), "url": house.url}])
    sentences = english()
    for address in ADDRESSES:
        page = visit(found, house, address)
        expect(page.locator("h1").first).to_be_visible(timeout=20_000)
        page.wait_for_timeout(700)
        lines = {line.strip() for line in page.locator("body").inner_text().splitlines()}
        assert lines & sentences == set(), address
        wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
        assert wide <= width, f"{address} is {wide} px wide"
        assert page.locator("[data-testid=stException]").count() == 0
        page.close()
    found.close()


def test_in_english_streamlits_own_words_stay_english(head: BrowserContext, house: Server) -> None:
    page = visit(head, house, "/vu-viec")
    expect(page.locator("html")).to_have_attribute("lang", "vi")
    page.locator(".st-key-frame-language").get_by_text("English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator(".st-key-frame-language").get_by_text("Tiếng Việt").click()
    expect(page.locator("html")).to_have_attribute("lang", "vi")
