"""The wall page: dark pictures with words for those who cannot see them, nothing to click; and where its screens are issued."""

import base64
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from models import account, clock, display, incident, target, translation
from models.access import Current
from models.display import DisplayDraft, displays, issue_display, open_display
from models.incident import Incident, IncidentDraft
from models.settings import ROOT
from models.target import TargetDraft
from pages.parts import wall_drawing, wall_view
from pages.parts.cards import WORDS
from pages.parts.wall_drawing import Goal, Row, Scene, Tile
from tests.worlds import World

Page = Callable[..., AppTest]


def said(message: str, **facts: Any) -> str:
    return translation.said("vi", message, **facts)


def now(who: Current) -> Current:
    return replace(who, clock=clock.now)


def happened(who: Current, **over: Any) -> Incident:
    when = clock.now() - dt.timedelta(minutes=5)
    draft = {"summary": "Mất xe", "kind": "C.theft", "severity": 1, "place": "Cổng B"}
    return incident.report(now(who), IncidentDraft(**(draft | {"occurred_at": when, "received_at": when} | over)))


def as_screen(world: World, address: str = "chi-so") -> AppTest:
    """A wall screen of so-a, at an address."""
    token = open_display(issue_display(now(world.head), DisplayDraft(name="Màn hình sảnh"))[1])
    at = AppTest.from_file(str(ROOT / "pages" / "frame.py"), default_timeout=30)
    at.user = {"sid": account.sha(token or "")}
    at.run()
    at._page_hash = calc_hash(address)
    return at.run()


def on_a_wall(page: Page, who: str) -> AppTest:
    """`/chi-so?tv=1` of a person."""
    at = page(None, who, tv="1")
    at._page_hash = calc_hash("chi-so")
    return at.run()


def pictures(at: AppTest) -> list[str]:
    """The SVGs on the page."""
    assert not at.exception
    found = [one.proto.imgs[0].url for one in at.get("image")]
    return [base64.b64decode(url.partition("base64,")[2]).decode() for url in found]


def words(at: AppTest) -> str:
    return " ".join(one.proto.imgs[0].alt for one in at.get("image"))


# ---- the page --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["alice", "head"])
def test_a_person_with_figures_may_open_it(page: Page, small_world: World, who: str) -> None:
    row = happened(small_world.alice)
    at = on_a_wall(page, who)
    assert len(pictures(at)) == 3  # the banner, the clock, the scene
    scene = pictures(at)[2]
    assert row.number in scene
    assert "Cổng B" in scene
    assert said(WORDS["2"][0]) in scene
    assert "Mất xe" not in scene
    assert not at.button
    assert not at.sidebar.button


def test_a_screen_sees_it_at_every_address_and_nothing_else(small_world: World) -> None:
    happened(small_world.alice)
    for address in ("chi-so", "", "vu-viec", "quan-tri", "tai-khoan"):
        at = as_screen(small_world, address)
        assert len(pictures(at)) == 3, address
        assert not [*at.button, *at.text_input, *at.selectbox, *at.dataframe, *at.error], address


def test_names_and_confidential_entries_are_not_on_it(page: Page, small_world: World) -> None:
    hidden = happened(small_world.head, confidential=True, place="Phòng kín")
    happened(small_world.alice, place="Nhà ông Nguyễn Văn Tuấn")
    at = on_a_wall(page, "head")
    everything = " ".join(pictures(at)) + words(at)
    assert hidden.number not in everything
    assert "Phòng kín" not in everything
    assert "Tuấn" not in everything
    assert "Nhà ông N.V.T." in everything
    assert not [name for name in ("Trần Alice", "Phạm Thị Hạnh") if name in everything]


def test_it_says_when_it_was_counted_and_of_what(page: Page, small_world: World) -> None:
    at = on_a_wall(page, "alice")
    assert re.search(r"Cập nhật lúc \d\d:\d\d:\d\d", words(at))
    assert said("Nothing has been entered yet.") in words(at)
    assert said("DEMONSTRATION DATA") not in words(at)


@pytest.mark.parametrize("who", ["board", "admin", "liaison"])
def test_who_may_not_gets_the_page_that_stands_there_for_them(page: Page, small_world: World, who: str) -> None:
    assert not on_a_wall(page, who).get("imgs")


def test_a_revoked_screen_shows_the_sign_in(small_world: World) -> None:
    at = as_screen(small_world)
    assert pictures(at)
    (row,) = displays(now(small_world.head))
    display.end_display(now(small_world.head), row.id)
    at.run()
    assert not at.get("image")
    assert {one.key for one in at.text_input} == {"door.account", "door.password"}


# ---- the pictures ----------------------------------------------------------------------------------------------------
SCENE = Scene(
    tiles=[Tile("Vụ việc <b>", "1.234", "+3", "bad")] * 4,
    trend_title="Theo tháng",
    months=[("T1", 0), ("T2", 7)],
    rows_title="Mục ghi",
    rows=[Row("22/11 10:00", "VV-2026-0001", 'Đánh nhau & "gây rối"', "Nhà <script>alert(1)</script>")],
    nothing="Chưa có",
    status=("lúc 10:00", "Năm 2026"),
)


@pytest.mark.parametrize("draw", [wall_drawing.wide, wall_drawing.tall])
def test_what_people_typed_is_text_in_a_picture_that_parses(draw: Callable[..., str]) -> None:
    from defusedxml.ElementTree import fromstring

    tree = fromstring(draw(SCENE, wall_view.paint()))
    texts = "".join(tree.itertext())
    assert "<script>" in texts
    assert not [one for one in tree.iter() if one.tag.endswith(("script", "foreignObject", "image", "a"))]


def test_bars_begin_at_nought(small_world: World) -> None:
    drawn = wall_drawing.wide(SCENE, wall_view.paint())
    heights = [float(one) for one in re.findall(r'height="([\d.e-]+)" rx="4"', drawn)]
    assert heights[0] == 0
    assert heights[1] > 100


def test_a_months_target_stands_in_the_trend_as_a_line_that_steps(page: Page, small_world: World) -> None:
    head = now(small_world.head)
    happened(small_world.alice)
    assert 'class="goal"' not in pictures(on_a_wall(page, "alice"))[2]
    start = head.today().replace(day=1) - dt.timedelta(days=100)
    year = TargetDraft(code="2", value=24, valid_from=start - dt.timedelta(days=400), span="year")
    target.set_target(head, year)
    assert 'class="goal"' not in pictures(on_a_wall(page, "alice"))[2]  # never divided among the months
    target.set_target(head, TargetDraft(code="2", value=5, valid_from=start, span="month"))
    target.set_target(head, TargetDraft(code="2", value=3, valid_from=head.today(), span="month"))
    at = on_a_wall(page, "alice")
    lines = re.findall(r'<path class="goal" d="M([\d.]+) ([\d.]+)h([\d.]+)"', pictures(at)[2])
    assert 3 <= len(lines) <= 6
    heights = [float(y) for _, y, _ in lines]
    assert len(set(heights[:-1])) == 1  # five a month until today
    assert heights[-1] > heights[0]  # the lower target lies lower
    for told in ("Chỉ tiêu ≤ 5", "≤ 3", said("Thin line: the target of the month, at most so many.")):
        assert told in pictures(at)[2]
    assert "Chỉ tiêu ≤ 5, ≤ 3" in words(at)
    assert 'class="goal"' in pictures(as_screen(small_world))[2]


def test_a_target_above_every_bar_is_on_the_picture() -> None:
    scene = Scene([], "", [("T1", 1), ("T2", 2)], "", [], "", [], [Goal(None), Goal(8, "Chỉ tiêu ≤ 8")])
    drawn = wall_drawing.wide(scene, wall_view.paint())
    ((across, down, width),) = re.findall(r'<path class="goal" d="M([\d.]+) ([\d.]+)h([\d.]+)"', drawn)
    assert 245 < float(down) < 745
    assert float(across) + float(width) <= 690


@pytest.mark.parametrize("count", [8, 3])
def test_a_targets_words_do_not_lie_on_the_number_of_a_bar(count: int) -> None:
    scene = Scene([], "", [("T1", count), *[("T2", 9)] * 11], "", [], "", [], [Goal(8, "≤ 8")])
    drawn = wall_drawing.wide(scene, wall_view.paint())
    line = float(re.findall(r'<path class="goal" d="M[\d.]+ ([\d.]+)h', drawn)[0])
    words = float(re.findall(r'y="([\d.]+)"[^>]*>≤ 8<', drawn)[-1])
    assert (words > line) == (count == 8)


def test_the_clock_starts_where_the_time_is() -> None:
    drawn = wall_drawing.clock(13, 5, 30.25, wall_view.paint())
    delays = [float(one) for one in re.findall(r"animation-delay:-([\d.]+)s", drawn)]
    assert delays == [13 * 3600 + 5 * 60 + 30.25, 5 * 60 + 30.25, 30.25]


# ---- issuing ---------------------------------------------------------------------------------------------------------
def test_a_head_issues_and_ends_a_screen(page: Page, small_world: World) -> None:
    at = page("my_account.py", "head")
    at.get_by_key("display.issue").click().run()
    at.get_by_key("display.name").set_value("Phòng trực").run()
    at.get_by_key("display.save").click().run()
    codes = [one.value for one in at.code]
    assert len(codes) == 2
    assert codes[1].endswith(f"/man-hinh?ma={codes[0]}")
    (row,) = displays(now(small_world.head))
    assert row.name == "Phòng trực"
    assert open_display(codes[0])
    at.get_by_key("display.noted").click().run()
    assert not at.code
    at.get_by_key(f"display.end.{row.id}").click().run()
    assert displays(now(small_world.head)) == []


def test_staff_are_not_offered_any(page: Page) -> None:
    at = page("my_account.py", "alice")
    assert not at.exception
    assert "display.issue" not in {one.key for one in at.button}
