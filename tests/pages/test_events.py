"""The page Sự kiện: list, record, forms, the plan's editor and its decisions."""

import json
from typing import Any

import pytest

from models import event, history, plan
from models.event import EventDraft, Filter
from models.plan_content import PlanDraft
from tests.models.test_plan import FIRE, FULL, full
from tests.pages.hands import opened, turned
from tests.worlds import World, instant

FILE = "events.py"
SHOW = EventDraft(
    name="Đêm *nhạc* [x](y)",
    kind="show",
    venue="Nhà hát tỉnh",
    starts_at=instant("2030-01-17T19:30"),
    ends_at=instant("2030-01-17T22:30"),
)
ROUND = {"starts_at": instant("2020-01-02T19:30"), "ends_at": instant("2020-01-02T22:00")}


@pytest.fixture
def show(small_world: World) -> event.Event:
    return event.add_event(small_world.alice, SHOW)


def drafted(world: World, show: event.Event, **over: Any) -> plan.Plan:
    return plan.draft_plan(world.alice, show.id, full(**over))


def keys(at: Any) -> set[str]:
    return {one.key for one in at.button}


def text_of(at: Any) -> str:
    return "\n".join(
        str(one.value) for kind in (at.markdown, at.caption, at.info, at.warning, at.error) for one in kind
    )


# ---- the list -------------------------------------------------------------------------------------------------------
def test_it_says_when_there_is_none(page: Any) -> None:
    at = page(FILE, "alice")
    assert not at.exception
    assert "events.new" in keys(at)
    assert not at.dataframe


def test_a_bubble_that_leaves_nothing_does_not_say_that_there_is_no_event(page: Any, show: event.Event) -> None:
    assert "Không có sự kiện nào phù hợp." in text_of(page(FILE, "alice", loc="cancelled"))


def test_it_lists_finds_and_opens(page: Any, small_world: World, show: event.Event) -> None:
    at = page(FILE, "alice")
    assert list(at.dataframe[0].value["number"]) == [show.number]
    at.text_input(key="events.search").set_value("khong co").run()
    assert not at.dataframe
    at.text_input(key="events.search").set_value("nha hat").run()
    at.session_state["events.table"] = {"selection": {"rows": [0], "columns": []}}
    at.run()
    assert at.query_params["id"] == str(show.id)
    assert "event.plan" in keys(at)


def test_a_bubble_narrows(page: Any, small_world: World, show: event.Event) -> None:
    event.add_event(small_world.alice, EventDraft(**SHOW.model_dump() | ROUND))
    at = page(FILE, "alice")
    assert len(at.dataframe[0].value) == 2
    at.get_by_key("loc").set_value("unreported").run()
    assert len(at.dataframe[0].value) == 1


def test_user_text_is_no_markdown(page: Any, show: event.Event) -> None:
    at = page(FILE, "alice", id=str(show.id))
    assert "Đêm \\*nhạc\\* \\[x\\]" in text_of(at)


def test_a_foreign_event_looks_like_a_missing_one(page: Any, show: event.Event) -> None:
    foreign, missing = page(FILE, "bob", id=str(show.id)), page(FILE, "bob", id="99999")
    assert [one.value for one in foreign.error] == [one.value for one in missing.error] != []
    assert not page(FILE, "alice", id="abc").error


def test_a_police_body_sees_its_own_events_only(page: Any, show: event.Event) -> None:
    at = page(FILE, "liaison", id=str(show.id))
    assert not at.exception
    assert at.error
    assert "Nhà hát" not in text_of(at)
    assert not at.dataframe


# ---- forms ----------------------------------------------------------------------------------------------------------
def test_it_enters_an_event(page: Any, small_world: World) -> None:
    at = page(FILE, "alice")
    at.button(key="events.new").click().run()
    at.text_input(key="event.form.name").set_value("Giải bóng chuyền hơi").run()
    at.button(key="event.form.save").click().run()
    assert at.error  # kind, venue and hours are missing, and what was typed stays
    assert at.text_input(key="event.form.name").value == "Giải bóng chuyền hơi"
    at.selectbox(key="event.form.kind").set_value("tournament")
    at.text_input(key="event.form.venue").set_value("Nhà thi đấu")
    at.get_by_key("event.form.starts_at").set_value(instant("2030-06-26T07:30").replace(tzinfo=None))
    at.get_by_key("event.form.ends_at").set_value(instant("2030-06-28T18:00").replace(tzinfo=None))
    at.run()
    at.button(key="event.form.save").click().run()
    assert not at.exception
    rows = event.events(small_world.alice, Filter())
    assert [row.name for row in rows] == ["Giải bóng chuyền hơi"]
    assert at.query_params["id"] == str(rows[0].id)
    assert "nhap" not in at.query_params


def test_it_amends_an_event(page: Any, small_world: World, show: event.Event) -> None:
    at = page(FILE, "alice", id=str(show.id))
    at.button(key="event.edit").click().run()
    at.text_input(key="event.form.venue").set_value("Quảng trường").run()
    at.button(key="event.form.save").click().run()
    assert event.event(small_world.alice, show.id).venue == "Quảng trường"


def test_the_note_of_an_event_does_not_run_into_its_timeline(page: Any, small_world: World, show: event.Event) -> None:
    at = page(FILE, "alice", id=str(show.id))
    at.button(key="event.edit").click().run()
    at.text_area(key="event.form.note").set_value("Mang theo thẻ").run()
    at.button(key="event.form.save").click().run()
    assert event.event(small_world.alice, show.id).note == "Mang theo thẻ"
    turned(at, "event.tabs", "Diễn biến")
    assert at.text_input(key="event.note").value == ""


def test_it_reports_a_result(page: Any, small_world: World) -> None:
    row = event.add_event(small_world.alice, EventDraft(**SHOW.model_dump() | ROUND))
    at = page(FILE, "alice", id=str(row.id))
    at.button(key="event.report").click().run()
    at.number_input(key="result.attendance").set_value(900).run()
    at.button(key="result.save").click().run()
    assert not at.exception
    again = event.event(small_world.alice, row.id)
    assert (again.attendance, again.attendance_kind) == (900, "counted")
    assert again.reported_at is not None


# ---- the plan -------------------------------------------------------------------------------------------------------
def edit(at: Any, name: str, **changes: Any) -> None:
    """What the browser sends for a table: edited cells, added and deleted rows."""
    at.session_state[f"plan.rows.{name}"] = {"edited_rows": {}, "added_rows": [], "deleted_rows": []} | changes


def test_it_drafts_a_plan_with_its_tables(page: Any, small_world: World, show: event.Event) -> None:
    at = page(FILE, "alice", id=str(show.id))
    at.button(key="event.plan").click().run()
    assert not at.exception
    at.text_area(key="plan.aims").set_value("Tuyệt đối an toàn").run()
    edit(
        at,
        "posts",
        added_rows=[{"name": "Cổng A", "ring": "middle", "force": "guard", "head_count": 4, "from_time": "17:30:00"}],
    )
    at.run()
    edit(at, "risks", added_rows=[{"hazard": "fire", "likelihood": 2, "consequence": 2}])
    at.run()
    at.button(key="plan.save").click().run()
    assert not at.exception
    row = plan.plans(small_world.alice, show.id)[0]
    kept = plan.content(row)
    assert (kept.aims, kept.posts[0].name, kept.posts[0].head_count) == ("Tuyệt đối an toàn", "Cổng A", 4)
    assert f"{kept.posts[0].from_time:%H:%M}" == "17:30"
    assert kept.risks[0].hazard == "fire"
    assert at.query_params["phuong-an"] == str(row.id)


def test_the_tables_of_a_plan_fit_beside_the_navigation_of_a_small_screen(
    page: Any, small_world: World, show: event.Event
) -> None:
    """At 1366 pixels there are 933 for a table; the one to type in has a column of its own to tick rows."""
    row = drafted(small_world, show)
    address = {"id": str(show.id), "phuong-an": str(row.id)}
    at = page(FILE, "alice", **address)
    widths = [said for said in map(widths_of, at.dataframe) if any(said)]
    assert len(widths) >= 2
    assert [sum(said) for said in widths if sum(said) > 933] == []
    at.button(key="plan.edit").click().run()
    assert not at.exception
    widths = [widths_of(one) for one in at.data_editor]
    assert [len(said) for said in widths] == [8, 7, 6, 2]
    assert all(all(said) for said in widths)
    assert [sum(said) for said in widths if sum(said) > 900] == []


def widths_of(table: Any) -> list[int]:
    """Pixels of the columns that are shown; 0 where none are set."""
    columns = json.loads(table.proto.columns or "{}").values()
    return [one.get("width") or 0 for one in columns if not one.get("hidden")]


def test_the_usual_scenarios_are_starters(page: Any, small_world: World, show: event.Event) -> None:
    at = page(FILE, "alice", id=str(show.id), **{"phuong-an": "moi"})
    at.multiselect(key="plan.starters.0").set_value(["fire", "crowd_crush"]).run()
    at.button(key="plan.add_starters").click().run()
    at.button(key="plan.save").click().run()
    kept = plan.content(plan.plans(small_world.alice, show.id)[0])
    assert [one.name for one in kept.scenarios] == ["Cháy, nổ", "Chen lấn, giẫm đạp"]
    assert "114" in kept.scenarios[0].call


def test_a_forged_table_is_refused_and_nothing_is_lost(page: Any, small_world: World, show: event.Event) -> None:
    """The options, limits and columns of a table are the browser's; a client can send anything."""
    row = drafted(small_world, show)
    at = page(FILE, "alice", id=str(show.id), **{"phuong-an": str(row.id)})
    at.button(key="plan.edit").click().run()
    edit(at, "risks", edited_rows={0: {"likelihood": 9, "hazard": "dragons"}})
    edit(at, "posts", edited_rows={0: {"ring": "saturn", "name": "Cổng mới"}})
    at.run()
    at.button(key="plan.save").click().run()
    assert at.error
    assert plan.content(plan.plan(small_world.alice, row.id)) == full()
    again = page(FILE, "alice", id=str(show.id), **{"phuong-an": str(row.id), "nhap": at.query_params["nhap"]})
    assert not again.exception  # F5: the draft row still has what was typed
    assert again.get_by_key("plan.rows.posts").value.iloc[0]["name"] == "Cổng mới"
    assert again.get_by_key("plan.rows.risks").value.iloc[0]["likelihood"] == 9


def test_what_was_typed_outlives_a_change_of_the_choices(page: Any, small_world: World, show: event.Event) -> None:
    """To Streamlit a table with other choices is another table, without the edits of the one before."""
    row = drafted(small_world, show)
    at = page(FILE, "alice", id=str(show.id), **{"phuong-an": str(row.id)})
    at.button(key="plan.edit").click().run()
    edit(at, "risks", edited_rows={0: {"owner": "Tổ trưởng"}})
    at.run()
    edit(at, "scenarios", added_rows=[{"name": "Bão"}])
    at.run()
    at.run()
    edit(at, "risks", added_rows=[{"hazard": "weather", "likelihood": 1, "consequence": 2, "scenario": "Bão"}])
    at.run()
    at.get_by_key("frame.language").set_value("en").run()
    at.button(key="plan.save").click().run()
    assert not at.exception
    kept = plan.content(plan.plan(small_world.alice, row.id))
    assert [(one.hazard, one.scenario, one.owner) for one in kept.risks] == [
        ("fire", "Cháy, nổ", "Tổ trưởng"),
        ("weather", "Bão", ""),
    ]
    assert [one.name for one in kept.scenarios] == ["Cháy, nổ", "Bão"]


def test_a_plan_with_gaps_says_what_is_missing_and_is_not_submitted(
    page: Any, small_world: World, show: event.Event
) -> None:
    row = drafted(small_world, show, aims="", risks=[FIRE | {"owner": ""}])
    at = page(FILE, "alice", id=str(show.id), **{"phuong-an": str(row.id)})
    assert at.info[0].value.count("\n- ") == 2
    at.button(key="plan.submit").click().run()
    assert at.error
    assert plan.plan(small_world.alice, row.id).state == "draft"


def test_staff_submit_and_a_head_approves(page: Any, small_world: World, show: event.Event) -> None:
    row = drafted(small_world, show)
    asked = {"id": str(show.id), "phuong-an": str(row.id)}
    at = page(FILE, "alice", **asked)
    at.button(key="plan.submit").click().run()
    assert plan.plan(small_world.alice, row.id).state == "submitted"
    assert "plan.approve" not in keys(page(FILE, "alice", **asked))
    at = page(FILE, "hanh", **asked)
    at.button(key="plan.approve").click().run()
    assert not at.exception
    assert plan.plan(small_world.alice, row.id).state == "approved"


def test_an_approval_is_of_the_text_on_the_screen(page: Any, small_world: World, show: event.Event) -> None:
    row = plan.submit_plan(small_world.alice, drafted(small_world, show).id, seen=1)
    at = page(FILE, "hanh", id=str(show.id), **{"phuong-an": str(row.id)})
    plan.return_plan(small_world.head, row.id, "Thiếu chốt", seen=2)
    plan.redraft_plan(small_world.alice, row.id, seen=3)
    plan.amend_plan(small_world.alice, row.id, full(aims="Khác hẳn"), seen=4)
    plan.submit_plan(small_world.alice, row.id, seen=5)
    at.button(key="plan.approve").click().run()
    assert plan.plan(small_world.alice, row.id).state == "submitted"
    assert at.error
    assert "Khác hẳn" in text_of(at)


def test_a_head_returns_with_a_reason(page: Any, small_world: World, show: event.Event) -> None:
    row = plan.submit_plan(small_world.alice, drafted(small_world, show).id, seen=1)
    at = page(FILE, "hanh", id=str(show.id), **{"phuong-an": str(row.id)})
    opened(at, "plan.return.2")
    at.text_input(key="plan.return.2.reason").set_value("Thiếu chốt cổng B")
    at.button(key="plan.return.2.send").click().run()
    assert plan.plan(small_world.alice, row.id).returned_reason == "Thiếu chốt cổng B"
    at = page(FILE, "alice", id=str(show.id), **{"phuong-an": str(row.id)})
    assert any("Thiếu chốt cổng B" in one.value for one in at.warning)
    at.button(key="plan.redraft").click().run()
    assert plan.plan(small_world.alice, row.id).state == "draft"


def test_who_submitted_sees_that_another_head_decides(page: Any, small_world: World, show: event.Event) -> None:
    row = plan.submit_plan(small_world.head, drafted(small_world, show).id, seen=1)
    at = page(FILE, "hanh", id=str(show.id), **{"phuong-an": str(row.id)})
    assert "plan.approve" not in keys(at)
    assert at.info


def test_a_late_approval_is_warned_of(page: Any, small_world: World) -> None:
    row = event.add_event(small_world.alice, EventDraft(**SHOW.model_dump() | ROUND))
    late = plan.submit_plan(small_world.alice, drafted(small_world, row).id, seen=1)
    at = page(FILE, "hanh", id=str(row.id), **{"phuong-an": str(late.id)})
    assert at.warning
    at.button(key="plan.approve").click().run()
    assert plan.plan(small_world.alice, late.id).state == "approved"


def test_a_frozen_plan_is_read_with_its_matrix_and_its_editions_compared(
    page: Any, small_world: World, show: event.Event
) -> None:
    first = plan.submit_plan(small_world.alice, drafted(small_world, show).id, seen=1)
    plan.approve_plan(small_world.head, first.id, seen=2)
    asked = {"id": str(show.id), "phuong-an": str(first.id)}
    at = page(FILE, "alice", **asked)
    assert not at.exception
    assert "plan.edit" not in keys(at)
    assert at.get("vega_lite_chart") or at.get("arrow_vega_lite_chart")
    at.button(key="plan.new_version").click().run()
    at.text_area(key="plan.aims").set_value("Chặt chẽ hơn").run()
    at.button(key="plan.save").click().run()
    newest = plan.plans(small_world.alice, show.id)[0]
    assert (newest.edition, newest.aims) == (2, "Chặt chẽ hơn")
    assert "Tuyệt đối an toàn → Chặt chẽ hơn" in text_of(at)


def test_the_matrix_says_each_level_in_a_word(small_world: World) -> None:
    from pages.parts.plan_matrix import cells
    from pages.parts.plan_words import LEVELS, Words

    found = cells(PlanDraft.model_validate(FULL).risks, Words(small_world.alice), after=False)
    assert len(found) == 25
    assert all(cell["word"] for cell in found)
    assert [(c["likelihood"], c["consequence"]) for c in found if c["risks"] == "1"] == [(2, 5)]
    assert set(LEVELS) == {cell["level"] for cell in found}


def test_a_save_over_somebody_elses_shows_both_texts(page: Any, small_world: World, show: event.Event) -> None:
    row = drafted(small_world, show)
    at = page(FILE, "alice", id=str(show.id), **{"phuong-an": str(row.id)})
    at.button(key="plan.edit").click().run()
    plan.amend_plan(small_world.head, row.id, full(aims="Của trưởng phòng", posts=[]), seen=1)
    at.text_area(key="plan.aims").set_value("Của tôi").run()
    at.button(key="plan.save").click().run()
    assert not at.exception
    both = at.dataframe[-1].value
    assert len(both) == 1  # the aims; what is the same in both is not shown, and the posts changed on one side only
    assert both.iloc[0, 1:].to_list() == ["Của trưởng phòng", "Của tôi"]
    assert any("Lực lượng và chốt" in one.value for one in at.caption)
    assert plan.plan(small_world.alice, row.id).aims == "Của trưởng phòng"
    at.button(key="plan.mine").click().run()
    at.button(key="plan.save").click().run()
    kept = plan.plan(small_world.alice, row.id)
    assert (kept.aims, kept.posts) == ("Của tôi", [])


def test_a_note_lands_on_the_timeline(page: Any, small_world: World, show: event.Event) -> None:
    at = page(FILE, "alice", id=str(show.id))
    turned(at, "event.tabs", "Diễn biến")
    at.text_input(key="event.note").set_value("Đã khảo sát hiện trường")
    at.button(key="event.note.send").click().run()
    assert (
        next(line.entry.note for line in history.timeline(small_world.alice, "event", show.id))
        == "Đã khảo sát hiện trường"
    )
