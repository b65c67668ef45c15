"""What is typed and not sent yet, in a real Chromium: a reload loses none of it, and it goes to nobody and nothing else."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from models import clock, event, finding, incident, inspection, place, visit
from models.event import EventDraft
from models.finding import FindingDraft
from models.incident import IncidentDraft
from models.inspection import RoundDraft, VisitDraft
from models.place import PlaceDraft
from tests.conftest import chromium
from tests.server.conftest import token_of
from tests.server.test_browser import ARGUMENTS
from tests.server.wire import Server
from tests.worlds import World

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture
def context(browser: Browser, house: Server) -> Iterator[BrowserContext]:
    found = browser.new_context(locale="vi-VN", viewport={"width": 1366, "height": 900})
    found.set_default_timeout(20_000)
    found.add_cookies([{"name": "phien", "value": token_of("hanh@so-a"), "url": house.url}])
    yield found
    found.close()


@pytest.fixture(scope="module")
def numbers(cast: World) -> list[int]:
    """Two incidents."""
    draft = IncidentDraft(occurred_at=clock.now(), summary="Mất xe đạp")
    now = replace(cast.alice, clock=clock.now)
    return [incident.report(now, draft).id or 0 for _ in range(2)]


def visit_page(context: BrowserContext, house: Server, address: str) -> Page:
    page = context.new_page()
    page.goto(house.url + address)
    expect(page.locator(".st-key-frame-sign_out button")).to_be_attached(timeout=20_000)
    return page


def box(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key}").locator("input, textarea").first


def test_the_field_that_one_is_still_in_outlives_a_reload(context: BrowserContext, house: Server) -> None:
    page = visit_page(context, house, "/vu-viec")
    page.locator(".st-key-incidents-new button").click()
    box(page, "incident-summary").press_sequentially("Chen lấn ở cửa B", delay=5)
    page.reload()
    expect(box(page, "incident-summary")).to_have_value("Chen lấn ở cửa B", timeout=20_000)
    page.locator(".st-key-incident-save button").click()
    expect(page.get_by_text("Chen lấn ở cửa B").first).to_be_visible()


@pytest.mark.parametrize(("address", "key"), [("/vu-viec?id={}", "incident-note"), ("/vu-viec", "quick-line")])
def test_a_line_that_enter_sends_outlives_a_reload(
    context: BrowserContext, house: Server, numbers: list[int], address: str, key: str
) -> None:
    page = visit_page(context, house, address.format(numbers[0]))
    box(page, key).press_sequentially("đã gọi công an phường", delay=5)
    page.reload()
    expect(box(page, key)).to_have_value("đã gọi công an phường", timeout=20_000)
    box(page, key).press("Enter")
    expect(box(page, key)).to_have_value("", timeout=20_000)
    page.reload()
    expect(page.locator(".st-key-frame-sign_out button")).to_be_attached(timeout=20_000)
    expect(box(page, key)).to_have_value("")


def test_a_small_form_outlives_a_reload_and_is_of_its_record_alone(
    context: BrowserContext, house: Server, numbers: list[int]
) -> None:
    page = visit_page(context, house, f"/vu-viec?id={numbers[0]}")
    opens, key = page.locator(".st-key-incident-move-transferred-open button").first, "incident-move-transferred-note"
    opens.click()
    box(page, key).press_sequentially("chuyển theo thẩm quyền", delay=5)
    page.reload()
    opens.click()
    expect(box(page, key)).to_have_value("chuyển theo thẩm quyền", timeout=20_000)
    page.keyboard.press("Escape")
    page.locator(".st-key-incident-next button, .st-key-incident-previous button").locator(
        "visible=true"
    ).first.wait_for()
    page.goto(f"{house.url}/vu-viec?id={numbers[1]}")
    opens.click()
    expect(box(page, key)).to_have_value("")


def test_what_is_typed_for_one_record_does_not_follow_to_the_next(
    context: BrowserContext, house: Server, numbers: list[int]
) -> None:
    page = visit_page(context, house, f"/vu-viec?id={numbers[1]}")
    opens, key = page.locator(".st-key-incident-move-transferred-open button").first, "incident-move-transferred-note"
    box(page, "incident-note").press_sequentially("chỉ của vụ này", delay=5)
    opens.click()
    box(page, key).press_sequentially("chỉ của vụ này", delay=5)
    page.keyboard.press("Escape")
    page.locator(".st-key-incident-next button:enabled, .st-key-incident-previous button:enabled").first.click()
    expect(page).not_to_have_url(f"{house.url}/vu-viec?id={numbers[1]}")
    expect(box(page, "incident-note")).to_have_value("")
    opens.click()
    expect(box(page, key)).to_have_value("")


def test_it_is_not_kept_for_who_signs_in_next(context: BrowserContext, house: Server) -> None:
    page = visit_page(context, house, "/vu-viec")
    box(page, "quick-line").press_sequentially("chỉ mình tôi biết", delay=5)
    page.locator(".st-key-frame-sign_out button").click()
    expect(page.locator("input[type=password]")).to_be_visible(timeout=20_000)
    assert "chỉ mình tôi biết" not in page.evaluate("JSON.stringify(sessionStorage)")


def test_a_finding_and_a_plan_outlive_a_reload_too(context: BrowserContext, house: Server, cast: World) -> None:
    now = replace(cast.alice, clock=clock.now)
    today = now.today()
    tour = inspection.plan_round(now, RoundDraft(subject="worship", planned_on=today))
    seen = visit.add_visit(now, tour.id, VisitDraft(place="Đền", visited_on=today))
    made = finding.add_finding(
        now, seen.id, FindingDraft(item="Chưa có nội quy", handling="correction", deadline=today + dt.timedelta(days=9))
    )
    hours = {"starts_at": clock.now() + dt.timedelta(days=3), "ends_at": clock.now() + dt.timedelta(days=3, hours=2)}
    night = event.add_event(now, EventDraft(name="Đêm hội", kind="festival", venue="Sân", **hours))
    page = visit_page(context, house, f"/kiem-tra?id={tour.id}&vi-pham={made.id}")
    opens, key = page.locator(".st-key-rounds-finding-give_up-open button").first, "rounds-finding-give_up-reason"
    opens.click()
    box(page, key).press_sequentially("cơ sở đã đóng cửa", delay=5)
    page.reload()
    opens.click()
    expect(box(page, key)).to_have_value("cơ sở đã đóng cửa", timeout=20_000)
    page.goto(f"{house.url}/su-kien?id={night.id}&phuong-an=moi")
    box(page, "plan-aims").press_sequentially("bảo đảm an toàn", delay=5)
    page.reload()
    expect(box(page, "plan-aims")).to_have_value("bảo đảm an toàn", timeout=20_000)


def test_it_is_not_given_to_who_signed_in_over_it_in_another_tab(context: BrowserContext, house: Server) -> None:
    page = visit_page(context, house, "/vu-viec")
    box(page, "quick-line").press_sequentially("chỉ mình tôi biết", delay=5)
    context.add_cookies([{"name": "phien", "value": token_of("alice@so-a"), "url": house.url}])
    page.reload()
    expect(page.get_by_text("Trần Alice")).to_be_attached(timeout=20_000)
    expect(box(page, "quick-line")).to_be_visible()
    page.wait_for_timeout(1000)
    expect(box(page, "quick-line")).to_have_value("")
    context.add_cookies([{"name": "phien", "value": token_of("hanh@so-a"), "url": house.url}])
    page.reload()
    expect(page.get_by_text("Phạm Thị Hạnh")).to_be_attached(timeout=20_000)
    expect(box(page, "quick-line")).to_have_value("")


def test_a_place_is_offered_while_typing_and_kept_as_typed(context: BrowserContext, house: Server, cast: World) -> None:
    place.add_place(cast.admin, PlaceDraft(name="Nhà hát <tỉnh>"))
    page = visit_page(context, house, "/vu-viec")
    page.locator(".st-key-incidents-new button").click()
    field = box(page, "incident-place")
    expect(field).to_have_attribute("list", "ten-st-key-incident-place")
    names = page.locator("#ten-st-key-incident-place option")
    assert names.evaluate_all("all => all.map((one) => [one.value, one.label])") == [
        ["Nhà hát <tỉnh>", "nha hat <tinh>"]
    ]
    field.press_sequentially("gần cầu Bến Gạo", delay=5)
    field.press("Tab")
    page.wait_for_timeout(1000)
    expect(field).to_have_value("gần cầu Bến Gạo")
    field.fill("nha hat")
    field.press("Tab")
    page.get_by_role("button", name="Nhà hát").click()
    expect(field).to_have_value("Nhà hát <tỉnh>")
