"""The server in a real browser: who signs out is gone from every tab, and nothing is forgotten or left in English."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from models import account
from tests import worlds
from tests.conftest import chromium
from tests.server.conftest import STAGE, token_of
from tests.server.wire import Server, serving, start, stop, wait_until

pytestmark = pytest.mark.browser
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SECRET = "BÍ MẬT của Trần Alice"
SOON = 2.0  # seconds within which nothing protected may be left
Opens = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    found = browser.new_context(locale="vi-VN")
    found.set_default_timeout(15_000)
    found.add_init_script(
        "addEventListener('securitypolicyviolation', e => console.error('POLICY ' + e.violatedDirective + ' ' + e.blockedURI))"
    )
    violations: list[str] = []
    found.on("console", lambda message: violations.append(message.text) if message.text.startswith("POLICY") else None)
    yield found
    found.close()
    # Streamlit's protobuf asks whether it may use WebAssembly, and does without.
    assert [one for one in violations if one != "POLICY script-src wasm-eval"] == []


def opened(context: BrowserContext, server: Server, address: str = "/") -> Page:
    page = context.new_page()
    page.goto(server.url + address)
    return page


def signed_in(context: BrowserContext, server: Server, typed: str = "alice@so-a") -> str:
    """Put the cookie of a new sign-in into the browser; gives the sign-in's id."""
    token = token_of(typed)
    context.add_cookies([{"name": "phien", "value": token, "url": server.url, "httpOnly": True, "sameSite": "Strict"}])
    return account.sha(token)


def fill_in(page: Page) -> None:
    page.get_by_label("Tài khoản").fill("alice@so-a")
    page.get_by_label("Mật khẩu", exact=True).fill(worlds.PASSWORD)
    page.get_by_role("button", name="Vào").click()


def sees(page: Page, words: str) -> None:
    expect(page.get_by_text(words)).to_be_visible(timeout=15_000)


class Emptied:
    """When each page let go of what it showed: its document is replaced."""

    def __init__(self, pages: list[Page], secret: str = SECRET) -> None:
        self.at: dict[int, float] = {}
        self.pages, self.secret, self.since = pages, secret, time.monotonic()
        for number, page in enumerate(pages):
            page.on("framenavigated", lambda _frame, number=number: self.at.setdefault(number, time.monotonic()))

    def start(self) -> None:
        self.at.clear()
        self.since = time.monotonic()

    def _all(self) -> float:
        until = time.monotonic() + 30
        while len(self.at) < len(self.pages) and time.monotonic() < until:
            self.pages[0].wait_for_timeout(20)
        assert len(self.at) == len(self.pages), "a tab kept what it showed"
        return max(self.at.values()) - self.since

    def worst(self) -> float:
        """Seconds until the last page was empty. On a machine that is busy with other tests, without what a mere reload of
        these pages takes at that moment beyond the tenths of a second that it should."""
        took = self._all()
        for page in self.pages:
            assert self.secret not in page.content()
        return took if took < SOON else took - max(0.0, self._reload() - 0.3)

    def _reload(self) -> float:
        self.start()
        for page in self.pages:
            page.evaluate("setTimeout(() => location.reload(), 0)")
        return self._all()


# ---- in and out ---------------------------------------------------------------------------------------------------------
def test_signing_in_keeps_the_address_and_the_query(stage: Server, context: BrowserContext) -> None:
    page = opened(context, stage, "/vu-viec?id=7&loc=m%E1%BB%9Bi")
    sees(page, "Đăng nhập")
    assert page.title() == "Sân khấu"
    fill_in(page)
    sees(page, SECRET)
    assert page.url == f"{stage.url}/vu-viec?id=7&loc=m%E1%BB%9Bi"
    cookies = {cookie["name"]: cookie for cookie in context.cookies()}
    assert cookies["phien"]["httpOnly"]
    assert cookies["phien"]["sameSite"] == "Strict"
    assert "phien" not in page.evaluate("document.cookie")
    page.reload()
    sees(page, SECRET)
    second = opened(context, stage, "/chi-so")
    sees(second, SECRET)


def within(seconds: float, attempt: Callable[[], float]) -> None:
    """The time that an attempt takes; up to three, since the machine may be busy with other tests."""
    took = [attempt()]
    while took[-1] >= seconds and len(took) < 3:
        took.append(attempt())
    print(f"empty after {', '.join(f'{one:.2f}' for one in took)} s")
    assert min(took) < seconds, took


def test_signing_out_in_one_tab_empties_them_all(stage: Server, context: BrowserContext, browser: Browser) -> None:
    """More tabs than strangers of one address may have; all show the sign-in again, at their own address."""
    other = browser.new_context()
    signed_in(other, stage)
    elsewhere = opened(other, stage, "/vu-viec")
    sees(elsewhere, SECRET)

    def attempt() -> float:
        first = opened(context, stage, "/vu-viec?id=7")
        fill_in(first)
        sees(first, SECRET)
        pages = [first, *(opened(context, stage, f"/chi-so?x={n}") for n in range(4))]
        for page in pages:
            sees(page, SECRET)
        emptied = Emptied(pages)
        emptied.start()
        first.get_by_role("button", name="Thoát").evaluate("button => button.click()")  # no waiting of the tool's own
        worst = emptied.worst()
        for number, page in enumerate(pages):
            expect(page.get_by_label("Tài khoản")).to_be_visible()
            assert page.url in (
                [f"{stage.url}/chi-so?x={number - 1}"] if number else [f"{stage.url}/", f"{stage.url}/vu-viec?id=7"]
            )
            page.close()
        return worst

    within(SOON, attempt)
    assert SECRET in elsewhere.content()  # a sign-in of its own, in another browser
    assert "phien" not in {cookie["name"] for cookie in context.cookies()}
    other.close()


def test_a_sign_in_ended_from_elsewhere_empties_hidden_tabs_too(stage: Server, context: BrowserContext) -> None:
    def attempt() -> float:
        sid = signed_in(context, stage)
        pages = [opened(context, stage, address) for address in ("/vu-viec?id=1", "/chi-so")]
        for page in pages:
            sees(page, SECRET)
        pages[0].bring_to_front()
        emptied = Emptied(pages)
        emptied.start()
        account.end_sign_in(sid)
        worst = emptied.worst()
        for page in pages:
            expect(page.get_by_label("Tài khoản")).to_be_visible()
        assert pages[0].url.endswith("/vu-viec?id=1")
        pages[0].go_back()
        for page in pages:
            assert SECRET not in page.content()
            page.close()
        return worst

    within(SOON, attempt)


def test_a_refused_ticket_leads_back_to_the_sign_in(stage: Server, context: BrowserContext) -> None:
    page = opened(context, stage, "/vu-viec?id=7")
    page.route("**/phien", lambda route: route.fulfill(status=403))
    fill_in(page)
    sees(page, "Chưa vào được, xin thử lại")
    page.unroute("**/phien")
    expect(page.get_by_label("Mật khẩu", exact=True)).to_have_value("")
    fill_in(page)
    sees(page, SECRET)
    assert page.url.endswith("/vu-viec?id=7")


def test_a_lost_answer_is_asked_for_again(stage: Server, context: BrowserContext) -> None:
    page = opened(context, stage, "/vu-viec")
    lost: list[str] = []

    def lose(route) -> None:  # type: ignore[no-untyped-def]
        if len(lost) < 2:
            lost.append(route.request.method)
            route.abort()
        else:
            route.continue_()

    page.route("**/phien", lose)
    fill_in(page)
    sees(page, SECRET)
    assert lost == ["POST", "POST"]


# ---- how many -----------------------------------------------------------------------------------------------------------
def test_a_fourth_tab_of_a_stranger_waits_its_turn(database_url: str, folder: Path, context: BrowserContext) -> None:
    with serving(folder, STAGE, DATABASE_URL=database_url) as server:
        pages = [opened(context, server, "/vu-viec") for _ in range(3)]
        for page in pages:
            sees(page, "Đăng nhập")
        fourth = opened(context, server, "/chi-so")
        fourth.wait_for_timeout(1500)
        assert fourth.get_by_label("Tài khoản").count() == 0
        sees(fourth, "Đang chờ kết nối")
        pages[0].close()
        expect(fourth.get_by_label("Tài khoản")).to_be_visible(timeout=30_000)
        expect(fourth.get_by_text("Đang chờ kết nối")).to_have_count(0)


def test_tabs_of_strangers_get_in_once_somebody_signed_in(
    database_url: str, folder: Path, context: BrowserContext
) -> None:
    with serving(folder, STAGE, DATABASE_URL=database_url) as server:
        pages = [opened(context, server, f"/vu-viec?n={n}") for n in range(5)]
        sees(pages[0], "Đăng nhập")
        fill_in(pages[0])
        sees(pages[0], SECRET)
        for page in pages[3:]:  # they never had a place, and now they are not strangers any more
            expect(page.get_by_text(SECRET)).to_be_visible(timeout=30_000)


# ---- lost connections -----------------------------------------------------------------------------------------------------
def test_a_restart_of_the_server(database_url: str, folder: Path, context: BrowserContext) -> None:
    """Whoever is still signed in goes on; whoever is not any more is shown the door, without touching the page."""
    server = start(folder, STAGE, DATABASE_URL=database_url)
    try:
        wait_until(server)
        sid = signed_in(context, server)
        page = opened(context, server, "/chi-so")
        sees(page, SECRET)
        sees(page, "Bản")  # all its scripts are there
        expect(page.get_by_label("Ghi chú")).to_be_enabled()
        for ended in (False, True):
            page.evaluate("window.before = true")
            stop(server)
            if ended:
                account.end_sign_in(sid)
            with page.expect_websocket(timeout=60_000):
                server = start(folder, STAGE, PORT=str(server.port), DATABASE_URL=database_url)
                wait_until(server)
            if ended:
                expect(page.get_by_label("Tài khoản")).to_be_visible(timeout=30_000)
                assert SECRET not in page.content()
            else:
                expect(page.get_by_role("dialog")).to_have_count(0, timeout=30_000)
                note = page.get_by_label("Ghi chú")
                expect(note).to_be_enabled(timeout=30_000)
                note.fill("sau khi mất nối")
                note.press("Enter")
                sees(page, "đã nhập sau khi mất nối")
                assert page.evaluate("window.before") is True  # no reload: what was typed stays
    finally:
        stop(server)


@pytest.mark.parametrize(("language", "calm"), [("vi", "trang tự nối lại"), ("en", "connects again by itself")])
def test_while_the_server_is_away_a_calm_sentence_stands_until_it_is_back(
    database_url: str, folder: Path, context: BrowserContext, language: str, calm: str
) -> None:
    server = start(folder, STAGE, DATABASE_URL=database_url)
    try:
        wait_until(server)
        signed_in(context, server)
        page = opened(context, server, "/widgets")
        sees(page, "(bắt buộc)")
        if language == "en":
            page.get_by_text("English").click()
            expect(page.locator("html")).to_have_attribute("lang", "en")
        stop(server)
        said = page.get_by_role("dialog")
        expect(said.get_by_text(calm)).to_be_visible(timeout=60_000)
        assert not re.search("streamlit|terminal", said.inner_text(), re.IGNORECASE)
        server = start(folder, STAGE, PORT=str(server.port), DATABASE_URL=database_url)
        wait_until(server)
        expect(said).to_have_count(0, timeout=60_000)
    finally:
        stop(server)


# ---- files --------------------------------------------------------------------------------------------------------------
def test_uploads_and_pictures_work(stage: Server, context: BrowserContext) -> None:
    signed_in(context, stage)
    page = opened(context, stage, "/tep-len")
    sees(page, SECRET)
    page.locator("input[type=file]").set_input_files({"name": "f.txt", "mimeType": "text/plain", "buffer": b"abc"})
    sees(page, "nhận f.txt 3")
    page.goto(f"{stage.url}/anh")
    picture = page.locator("img[src*='/media/']")
    expect(picture).to_be_visible()
    assert picture.evaluate("img => img.complete && img.naturalWidth") == 1


# ---- words ----------------------------------------------------------------------------------------------------------------
def test_streamlits_own_words_are_vietnamese_and_peoples_stay(stage: Server, context: BrowserContext) -> None:
    signed_in(context, stage)
    page = opened(context, stage, "/widgets")
    sees(page, "English")  # the last one
    sees(page, "(bắt buộc)")
    sees(page, "Tải lên")
    sees(page, "Tối đa 20MB mỗi tệp")
    expect(page.get_by_placeholder("Chọn một mục")).to_be_visible()
    for name in ("Tăng", "Giảm", "Chọn ngày", "Bỏ Open"):
        assert page.get_by_role("button", name=name).count(), name
    page.get_by_role("combobox", name="Nhiều").click()
    expect(page.get_by_role("option", name="Chọn tất cả")).to_be_visible()
    # What a person wrote, or chose, is not ours to translate, even where it reads like one of Streamlit's words.
    expect(page.get_by_role("option", name="Search")).to_be_visible()
    texts = page.evaluate("document.body.innerText").split("\n")
    assert texts.count("Search") >= 7
    assert texts.count("Open") >= 6
    assert "Tìm kiếm" not in texts
    assert "Mở danh sách" not in texts
    assert page.evaluate("document.documentElement.lang") == "vi"


def test_in_english_they_stay(stage: Server, context: BrowserContext) -> None:
    signed_in(context, stage)
    page = opened(context, stage, "/widgets")
    sees(page, "(bắt buộc)")
    page.get_by_text("English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("combobox", name="Nhiều").scroll_into_view_if_needed()
    page.wait_for_timeout(700)  # a list that opens while the page scrolls closes again
    page.get_by_role("combobox", name="Nhiều").click()
    expect(page.get_by_role("option", name="Select all")).to_be_visible()
