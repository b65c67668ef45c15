"""The figures' page beyond its cards: charts that filter each other, marks that open lists, tables, files, honest words."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pyarrow
import pytest
from streamlit.testing.v1 import AppTest

from models import clock, exports, incident, target
from models.figures import KPIS, Figure
from models.incident import Incident, IncidentDraft
from models.period import Span, reporting
from models.target import TargetDraft
from models.variation import Step
from pages.parts import cards, chart_drawings, charts, figures_charts, figures_tables, figures_view
from pages.parts.charts import Bar, Colours, Day, Month
from tests.pages.test_kpis import now, running, said, shown
from tests.worlds import HANOI, World

Page = Callable[..., AppTest]
PAINT = Colours("#0E5A8A", "#E08A00", "#DDE3E9", "#0C1722", "#FFFFFF", ("#7A8793", "#0E5A8A", "#E08A00", "#B23A48"))


def happened(
    world: World, kind: str | None = "C.theft", days_ago: float = 0.01, who: str = "alice", **over: Any
) -> Incident:
    when = clock.now() - dt.timedelta(days=days_ago)
    draft = {"summary": "Mất xe", "kind": kind, "severity": 1, "occurred_at": when, "received_at": when}
    return incident.report(now(getattr(world, who)), IncidentDraft(**(draft | over)))


def rows(at: AppTest, key: str) -> list[dict[str, Any]]:
    """What a chart draws, by the name of its frame."""
    proto = next(one.proto for one in at.get("vega_lite_chart") if one.proto.id.endswith(f"{key}.0"))
    return drawn(proto)


def drawn(proto: Any) -> list[dict[str, Any]]:
    table = pyarrow.ipc.open_stream(proto.datasets[0].data.data).read_all()
    return [row for row in table.to_pylist() if row["count"] is not None]


def counts(at: AppTest, key: str) -> dict[str, int]:
    return {row["name"]: row["count"] for row in rows(at, key)}


# ---- a click filters ---------------------------------------------------------------------------------------------------
def test_a_chosen_group_narrows_the_other_charts_and_can_be_undone(page: Page, small_world: World) -> None:
    happened(small_world, unit_id=small_world.units["hall"])
    happened(small_world, "B.fighting", severity=3, unit_id=small_world.units["museum"])
    at = page("kpis.py", "alice")
    assert counts(at, "kpis.units") == {"Nhà thi đấu": 1, "Bảo tàng": 1}
    at.get_by_key(figures_charts.GROUP).set_value("B").run()
    assert counts(at, "kpis.units") == {"Bảo tàng": 1}
    assert counts(at, "kpis.severities") == {"Nghiêm trọng": 1}
    assert sum(row["count"] for row in rows(at, "kpis.months")) == 1
    assert sum(row["count"] for row in rows(at, "kpis.calendar")) == 1
    assert shown(at)[said("Incidents")] == "1"
    assert at.query_params["nhom"] == "B"
    assert at.get_by_key("kpis.group.drop").label == said("Filtered: {what}", what="Trật tự công cộng")
    at.get_by_key("kpis.group.drop").click().run()
    assert len(counts(at, "kpis.units")) == 2
    assert "nhom" not in at.query_params


def test_the_chart_of_kinds_shows_what_is_chosen_and_keeps_the_others(page: Page, small_world: World) -> None:
    happened(small_world)
    happened(small_world, "B.fighting")
    at = page("kpis.py", "alice", nhom="B")
    colours = {row["code"]: row["colour"] for row in rows(at, "kpis.groups")}
    assert set(colours) == {"B", "C"}
    assert colours["B"] != colours["C"]
    assert len(counts(at, "kpis.units")) == 1


def test_a_click_on_the_chart_of_kinds_chooses(page: Page, small_world: World) -> None:
    """What a browser sends of it is the browser test's matter; here is what is made of it."""
    happened(small_world)
    happened(small_world, "B.fighting", unit_id=small_world.units["hall"])
    at = page("kpis.py", "alice")
    at.session_state[figures_charts.GROUP] = at.session_state[figures_charts.CLICKED] = "B"
    at.run()
    assert counts(at, "kpis.units") == {"Nhà thi đấu": 1}
    assert figures_charts.TURN not in at.session_state
    at.get_by_key(
        "kpis.group.drop"
    ).click().run()  # the browser's chart still holds the click: a new one takes its place
    assert at.session_state[f"kpis.groups.{figures_charts.TURN}"] == 1


@pytest.mark.parametrize("group", ["xyz", "C.theft", "<b>"])
def test_a_group_that_is_none_is_forgotten(page: Page, small_world: World, group: str) -> None:
    happened(small_world)
    at = page("kpis.py", "alice", nhom=group)
    assert len(counts(at, "kpis.units")) == 1
    assert at.get_by_key(figures_charts.GROUP).value is None


def test_a_chosen_group_narrows_the_cards_that_know_kinds_and_the_others_say_that_they_do_not(
    page: Page, small_world: World
) -> None:
    happened(small_world)
    happened(small_world, "B.fighting")
    aim(small_world)
    at = page("kpis.py", "alice", nhom="B")
    assert shown(at)[said("Incidents")] == "1"
    captions = [one.value for one in at.caption]
    marked = [one for one in captions if one.split(" · ")[0] == said("every kind")]
    assert len(marked) == sum(not KPIS[code].by_group for code in figures_view.HEADLINES)
    assert not any(said("reached") in one for one in captions)  # the target is of all kinds together
    whole = [one.value for one in page("kpis.py", "alice").caption]
    assert not any(said("every kind") in one for one in whole)
    assert any(said("reached") in one for one in whole)


def test_a_card_of_one_group_opens_the_records_of_that_group(page: Page, small_world: World) -> None:
    happened(small_world)
    happened(small_world, "B.fighting")
    at = page("kpis.py", "alice", nhom="B")
    links = [one.proto.query_string for one in at.get("page_link")]
    (of_incidents,) = [one for one in links if "chi-so=2&" in one]
    assert "ky-nhom=B" in of_incidents
    assert not any("ky-nhom" in one for one in links if "chi-so=9&" in one)


def test_a_group_without_incidents_leaves_the_page_and_its_undo(page: Page, small_world: World) -> None:
    happened(small_world)
    at = page("kpis.py", "alice", nhom="B")
    assert shown(at)[said("Incidents")] == "0"
    at.get_by_key("kpis.group.drop").click().run()
    assert shown(at)[said("Incidents")] == "1"


# ---- a click opens -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("frame", "code", "over"),
    [
        ("kpis.severities", "1", {"ky-muc": "1"}),
        ("kpis.units", "0", {"ky-don-vi": "0"}),
        ("kpis.groups", "C", {"ky-nhom": "C"}),
    ],
)
def test_a_mark_opens_its_records(page: Page, small_world: World, frame: str, code: str, over: dict[str, str]) -> None:
    happened(small_world, unit_id=None)
    happened(small_world, unit_id=None)
    at = page("kpis.py", "alice")
    at.session_state[figures_charts.OPENED] = (frame, code)
    at.run()
    year = running()
    asked = {"chi-so": "2", "ky-tu": year.first.isoformat(), "ky-den": year.last.isoformat()} | over
    assert {name: at.query_params[name] for name in asked} == asked
    assert at.get_by_key("counted.drop").label.startswith(f"{said('Incidents')}: 2")
    assert len(at.dataframe[0].value) == 2


def test_every_card_leads_to_its_records(page: Page, small_world: World) -> None:
    happened(small_world)
    at = page("kpis.py", "alice")
    labels = [link.proto.label for link in at.get("page_link")]
    assert said("See {count} incidents", count="1") in labels


# ---- words beside the numbers --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("step", "words"),
    [
        (Step(6, 4), "▲ +2 (+50,0 %)"),
        (Step(3, 4), "▼ -1 (-25,0 %)"),
        (Step(2, 0), said("newly arisen")),
        (Step(4, 4), f"= {said('no change')}"),
        (Step(0, 0), f"= {said('no change')}"),
        (Step(5, None), "–"),
    ],
)
def test_a_difference_in_words(step: Step, words: str) -> None:
    assert figures_tables.moved(step).replace("\\", "") == words


def test_how_kinds_moved_stands_in_a_table_with_links(page: Page, small_world: World) -> None:
    happened(small_world, days_ago=400)
    happened(small_world)
    happened(small_world, "B.fighting")
    table = page("kpis.py", "alice").table[0].value
    assert set(table[said("Group")]) == {"Tài sản", "Trật tự công cộng", f"**{said('All kinds')}**"}
    moved = dict(zip(table[said("Group")], table[said("Against it")], strict=True))
    assert moved["Trật tự công cộng"] == said("newly arisen")
    assert all(cell == "0" or cell.startswith("[") for cell in table[said("This period")])
    assert "%" not in moved["Trật tự công cộng"]


def test_staff_are_told_that_confidential_ones_count(page: Page, small_world: World) -> None:
    happened(small_world, who="head", confidential=True)
    happened(small_world)
    at = page("kpis.py", "alice")
    assert shown(at)[said("Incidents")] == "2"
    sentence = "{count} confidential incidents count in these figures; the lists show you only what you may open."
    assert [one.value for one in at.info] == [said(sentence, count="1")]
    assert not page("kpis.py", "head").info


def test_the_caption_says_when_against_what_and_who_wrote(page: Page, small_world: World) -> None:
    happened(small_world, unit_id=small_world.units["hall"])
    caption = page("kpis.py", "alice").caption[0].value
    assert said("{wrote} of {all} units have records", wrote="1", all="2") in caption
    at = page("kpis.py", "alice")
    at.session_state["kpis.by_unit"] = True
    at.run()
    (table,) = [one.value for one in at.table if said("Last entry") in one.value]
    assert list(table[said("Records of the period")]) == ["1", said("nothing reported")]


def test_a_target_stands_on_its_card(page: Page, small_world: World) -> None:
    happened(small_world)
    first = running().first
    target.set_target(now(small_world.head), TargetDraft(code="2", value=5, valid_from=first))
    captions = [one.value for one in page("kpis.py", "alice").caption]
    assert f"{said('target {sign} {value}', sign='≤', value='5')}: {said('reached')}" in captions


# ---- the target's line -------------------------------------------------------------------------------------------------
def aim(world: World, value: float = 5, **over: Any) -> None:
    since = dt.date(2019, 1, 1)
    target.set_target(now(world.head), TargetDraft(code="2", value=value, valid_from=since, **over))


def trend(at: AppTest) -> Any:
    return next(one.proto for one in at.get("vega_lite_chart") if one.proto.id.endswith("kpis.months.0"))


def test_a_months_target_is_a_line_beside_the_bars_in_words_and_in_the_table(page: Page, small_world: World) -> None:
    happened(small_world)
    aim(small_world, 5.5, span="month")
    at = page("kpis.py", "alice", ky="nam")
    assert {row["target"] for row in rows(at, "kpis.months")} == {5.5}
    labels = [row["target_label"] for row in rows(at, "kpis.months")]
    assert [one for one in labels if one] == [f"{said('Target')} ≤ 5,5"]
    assert '"target"' in trend(at).spec
    assert ", 5,5" in trend(at).alt
    assert any(said("Thin line: the target of the month, at most so many.") in one.value for one in at.markdown)
    at.session_state["kpis.months.more"] = True
    at.run()
    (table,) = [one.value for one in at.table if said("Target, at most") in one.value]
    assert set(table[said("Target, at most")]) == {"5,5"}


def test_a_years_target_is_said_not_drawn(page: Page, small_world: World) -> None:
    happened(small_world)
    aim(small_world, 24, span="year")
    at = page("kpis.py", "alice", ky="nam")
    assert "target" not in rows(at, "kpis.months")[0]
    told = said("The target of the whole period ({value} at most) is not divided among its months.", value="24")
    assert any(told in one.value for one in at.markdown)


def test_the_target_of_all_kinds_is_not_drawn_beside_one(page: Page, small_world: World) -> None:
    happened(small_world)
    aim(small_world, span="month")
    at = page("kpis.py", "alice", nhom="C")
    assert "target" not in rows(at, "kpis.months")[0]
    told = said("The target is for every kind of incident, so it is not drawn beside one group.")
    assert any(told in one.value for one in at.markdown)


def test_every_figure_goes_into_a_spreadsheet(page: Page, small_world: World) -> None:
    happened(small_world)
    at = page("kpis.py", "alice")
    at.session_state["kpis.all"] = True
    at.run()
    at.get_by_key("kpis.all.xlsx").click().run()
    assert not at.exception
    address = at.session_state["kpis.all.xlsx.made"][0]
    row = exports.collect(now(small_world.alice), address.rpartition("/")[2])
    assert row.name == f"{said('All figures')}.xlsx"


@pytest.mark.parametrize(("kind", "start"), [("xlsx", b"PK"), ("png", b"\x89PNG"), ("svg", b"<svg")])
def test_a_chart_goes_into_a_file_that_says_what_it_shows(
    page: Page, small_world: World, kind: str, start: bytes
) -> None:
    happened(small_world, unit_id=small_world.units["hall"])
    at = page("kpis.py", "alice", nhom="C")
    at.session_state["kpis.units.more"] = True
    at.run()
    at.get_by_key(f"kpis.units.{kind}").click().run()
    assert not at.exception
    token = at.session_state[f"kpis.units.{kind}.made"][0].rpartition("/")[2]
    row = exports.collect(now(small_world.alice), token)
    data = exports.content(row)
    assert data.startswith(start)
    assert row.name == f"{said('By unit')}.{kind}"
    if kind == "svg":
        told = data.decode()
        assert f"{said('Group of kinds')}: Tài sản" in told
        assert said("Figures as of") in told


# ---- drawings ------------------------------------------------------------------------------------------------------------
def made() -> dict[str, charts.Chart]:
    bar = charts.bars([Bar("Tài sản", 1234, code="C")], {"a": ["Tài sản"], "b": [1234]}, PAINT, group="a", whole="b")
    months = [Month("T1", 0, None), Month("T2", 3, 4)]
    trend = charts.trend(months, {"a": ["T1", "T2"], "b": [0, 3]}, PAINT, month="a", now="b", before="c")
    days = [Day(0, "T2", "Thứ Hai 05/01/2026", 2, "2026-01-05"), Day(1, "T2", "Thứ Hai 12/01/2026", 0)]
    table = {"a": ["Thứ Hai 05/01/2026"], "b": [2]}
    return {
        "bars": bar,
        "trend": trend,
        "calendar": charts.calendar(days, {0: "Th1"}, table, PAINT, day="a", count="b"),
    }


@pytest.mark.parametrize("name", ["bars", "trend", "calendar"])
def test_the_rows_travel_under_a_name(name: str) -> None:
    """Else the browser has a drawing without rows for a moment, and Vega warns of scales without an extent."""
    chart = made()[name]
    assert chart.drawing["data"] == {"name": chart_drawings.ROWS}
    assert "datasets" not in json.dumps(chart.drawing)
    assert chart.drawing["config"]["locale"]["number"]["decimal"] == ","
    assert isinstance(chart.drawing["height"], int)
    assert pyarrow.ipc.open_stream(chart.packed).read_all().num_rows == len(chart.rows)


def test_numbers_are_written_as_here() -> None:
    assert made()["bars"].rows[0]["said"] == "1.234"
    assert made()["bars"].words == "Tài sản: 1.234"


def test_the_more_the_darker() -> None:
    def light(colour: str) -> int:
        return sum(int(colour[at : at + 2], 16) for at in (1, 3, 5))

    days = [Day(one, "T2", str(one), one) for one in range(9)]
    chart = charts.calendar(days, {}, {"a": [], "b": []}, PAINT, day="a", count="b")
    tones = [light(row["colour"]) for row in chart.rows]
    assert tones == sorted(tones, reverse=True)
    assert len(set(tones)) == 5


def test_a_long_period_has_a_cell_for_each_weekday_of_a_month(page: Page, small_world: World) -> None:
    happened(small_world, days_ago=700)
    happened(small_world, days_ago=1)
    today = clock.now().astimezone(HANOI).date()
    first = today - dt.timedelta(days=800)
    at = page("kpis.py", "alice", ky="tu-chon", tu=first.isoformat(), den=today.isoformat())
    (calendar,) = (one.proto for one in at.get("vega_lite_chart") if one.proto.alt.startswith(said("On which days")))
    cells = drawn(calendar)
    assert len(cells) % 7 == 0
    assert not calendar.id  # nothing to click: a weekday of a month is no period
    assert sum(row["count"] for row in cells) == 2


def test_a_short_period_is_shown_with_the_months_before_it(page: Page, small_world: World) -> None:
    happened(small_world, days_ago=100)
    happened(small_world)
    month = reporting(Span.MONTH, clock.now().astimezone(HANOI).date(), HANOI)
    at = page("kpis.py", "alice", ky="thang", tu=month.first.isoformat())
    bars = rows(at, "kpis.months")
    assert len(bars) == 12
    assert [row["colour"] == bars[-1]["colour"] for row in bars].count(True) == 1
    assert shown(at)[said("Incidents")] == "1"


def test_words_beside_the_newer_figures() -> None:
    assert cards.beside(Figure("18", 13, 13, apart=589)) == said("{count} people took part", count="589")
    day = dt.date(2026, 11, 16)
    assert cards.beside(Figure("19", 0, 0, since=day)) == said("since {day}", day="16/11/2026")
    assert cards.value(Figure("17", 92.5, 92.5, 100)) == "92,5"
    assert cards.value(Figure("17", 93.0, 93, 100)) == "93"
