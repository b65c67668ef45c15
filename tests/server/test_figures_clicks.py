"""The charts in a real browser: a click filters the others, a push keeps it, another click opens the list."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright

from models import clock, incident
from models.incident import IncidentDraft
from tests.conftest import chromium
from tests.server.test_browser import ARGUMENTS, signed_in
from tests.server.wire import Server
from tests.worlds import World

pytestmark = pytest.mark.browser


def report(cast: World, kind: str, severity: int = 1) -> None:
    when = clock.now() - dt.timedelta(minutes=5)
    draft = IncidentDraft(occurred_at=when, received_at=when, summary="Mất xe", kind=kind, severity=severity)
    incident.report(replace(cast.alice, clock=clock.now), draft)


@pytest.fixture
def warned() -> list[str]:
    return []


@pytest.fixture
def page(house: Server, cast: World, warned: list[str]) -> Iterator[Page]:
    """Her figures, with two thefts and a fight in them."""
    for kind, severity in (("C.theft", 1), ("C.theft", 1), ("B.fighting", 3)):
        report(cast, kind, severity)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        context = browser.new_context(locale="vi-VN", viewport={"width": 1366, "height": 1000})
        context.set_default_timeout(20_000)
        signed_in(context, house)
        found = context.new_page()
        found.on("console", lambda said: warned.append(said.text) if said.type == "warning" else None)
        found.goto(f"{house.url}/chi-so")
        yield found
        browser.close()


def chart(page: Page, key: str) -> Locator:
    found = page.locator(f'[class*="st-key-{key}-"] svg.marks').first
    expect(found).to_be_visible()
    return found


def click_line(page: Page, key: str, line: int) -> None:
    """On a line of lying bars: anywhere on it, not on the bar alone."""
    found = chart(page, key)
    found.scroll_into_view_if_needed()
    box = found.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + 30 * line + 15)


def test_a_click_filters_a_push_keeps_it_and_another_click_opens_the_list(
    page: Page, cast: World, warned: list[str]
) -> None:
    chip = page.locator(".st-key-kpis-group-drop button").first
    headline = page.locator('[data-testid="stMetricValue"]').nth(1)
    expect(headline).to_have_text("3")
    click_line(page, "kpis-groups", 0)
    expect(chip).to_contain_text("Đang lọc: Tài sản")
    expect(page).to_have_url(re.compile("nhom=C"))
    expect(headline).to_have_text("2")  # the cards follow too
    report(cast, "C.theft")
    expect(headline).to_have_text("3")
    expect(chart(page, "kpis-severities")).to_contain_text("3")  # of the group alone: three of four
    expect(chip).to_contain_text("Đang lọc: Tài sản")
    chip.click()
    expect(chip).to_be_hidden()
    expect(headline).to_have_text("4")
    click_line(page, "kpis-groups", 0)  # the same line once more, after it was undone elsewhere
    expect(chip).to_contain_text("Đang lọc: Tài sản")
    click_line(page, "kpis-severities", 0)
    behind = page.locator(".st-key-counted-drop button").first
    expect(behind).to_contain_text("Vụ việc: 3")
    expect(page).to_have_url(re.compile("vu-viec.*ky-nhom=C.*ky-muc=1"))
    assert not [said for said in warned if "Dropping" in said]
    extents = [
        said for said in warned if "Infinite extent" in said
    ]  # the cards' small lines have some, Streamlit's own
    assert not [said for said in extents if '"x"' not in said and '"y"' not in said]
