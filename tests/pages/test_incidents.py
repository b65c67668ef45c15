"""The incident page, as staff and heads use it."""

from collections.abc import Callable
from typing import Any

import pytest

from models import draft as drafts
from models import history, incident, incident_life, incident_search
from models.access import Invalid
from models.incident import IncidentDraft
from models.incident_life import SettleDraft
from models.incident_search import Filter
from pages.parts.refusals import explain
from tests.worlds import World, instant

Open = Callable[..., Any]


def entered(world: World, **values: object) -> Any:
    first = {"occurred_at": instant("2020-01-05T19:40"), "summary": "Chen lấn ở cửa B"}
    return incident.report(world.alice, IncidentDraft.model_validate(first | values))


def said(at: Any) -> str:
    """Every word on the page."""
    kinds = ("title", "subheader", "markdown", "caption", "error", "warning", "info", "text")
    return "\n".join(str(one.value) for kind in kinds for one in getattr(at, kind)).replace("\\", "")


def keys(at: Any, kind: str) -> set[str]:
    return {one.key for one in getattr(at, kind)}


def test_where_nothing_was_entered_yet_the_list_says_what_to_do_first(page: Open) -> None:
    at = page("incidents.py", "alice")
    assert not at.exception
    assert "Chưa có vụ việc nào." in said(at)
    assert "Hãy ghi vụ việc đầu tiên vào dòng phía trên" in said(at)
    assert "từ tệp" not in said(at)
    assert "từ tệp" in said(page("incidents.py", "hanh"))


@pytest.mark.parametrize("query", [{"loc": "latent"}, {"loai": "B"}, {"tu": "2020-01-01"}, {"cua-toi": "true"}])
def test_where_a_filter_leaves_nothing_the_list_says_that_none_fits(
    page: Open, small_world: World, query: dict[str, str]
) -> None:
    at = page("incidents.py", "alice", **query)
    assert not at.exception
    assert "Không có vụ việc nào phù hợp." in said(at)
    assert "Chưa có vụ việc nào." not in said(at)


def test_it_enters_an_incident(page: Open, small_world: World) -> None:
    at = page("incidents.py", "alice")
    at.button(key="incidents.new").click().run()
    at.text_input(key="incident.summary").set_value("  Gây rối trước cổng  ")
    at.selectbox(key="incident.severity").set_value(2)
    at.button(key="incident.save").click().run()
    assert not at.exception
    (row,) = incident_search.incidents(small_world.alice, Filter())
    assert (row.summary, row.severity) == ("Gây rối trước cổng", 2)
    assert at.query_params["id"] == str(row.id)
    assert row.number in said(at)


def second_window(page: Open) -> tuple[Any, Any]:
    """Two windows on one form: the first has sent it, the second has typed something else by then."""
    first = page("incidents.py", "alice")
    first.button(key="incidents.new").click().run()
    second = page("incidents.py", "alice", nhap=first.query_params["nhap"])
    first.text_input(key="incident.summary").set_value("Gây rối trước cổng").run()
    first.button(key="incident.save").click().run()
    assert not first.exception
    second.text_input(key="incident.summary").set_value("Mất xe *đạp* ở bãi xe").run()
    assert not second.exception
    return first, second


def test_a_second_window_on_a_form_keeps_what_was_typed_there_after_the_first_has_sent_it(
    page: Open, small_world: World
) -> None:
    _, second = second_window(page)
    (row,) = incident_search.incidents(small_world.alice, Filter())
    assert "Biểu mẫu này đã được gửi từ cửa sổ khác." in said(second)
    assert [one.value for one in second.code] == ["Mất xe *đạp* ở bãi xe"]
    second.button(key="forms.left.show").click().run()
    assert second.query_params["id"] == str(row.id)
    assert row.number in said(second)
    assert second.code  # still there to be copied into the record's notes
    second.button(key="forms.left.drop").click().run()
    assert not second.code


def test_what_a_second_window_typed_can_become_a_record_of_its_own(page: Open, small_world: World) -> None:
    _, second = second_window(page)
    second.button(key="forms.left.again").click().run()
    assert second.text_input(key="incident.summary").value == "Mất xe *đạp* ở bãi xe"
    second.button(key="incident.save").click().run()
    assert not second.exception
    rows = incident_search.incidents(small_world.alice, Filter())
    assert {row.summary for row in rows} == {"Gây rối trước cổng", "Mất xe *đạp* ở bãi xe"}
    assert not second.code


def test_a_second_window_that_edits_what_the_first_has_saved_sees_both_texts(page: Open, small_world: World) -> None:
    row = entered(small_world)
    first = page("incidents.py", "alice", id=str(row.id))
    first.button(key="incident.edit").click().run()
    second = page("incidents.py", "alice", id=str(row.id), nhap=first.query_params["nhap"])
    first.text_input(key="incident.place").set_value("Cổng B").run()
    first.button(key="incident.save").click().run()
    second.text_input(key="incident.place").set_value("Bãi xe").run()
    assert "Bãi xe" in [one.value for one in second.code]
    second.button(key="forms.left.again").click().run()
    assert not second.exception
    assert "incident.mine" in keys(second, "button")
    assert second.text_input(key="incident.place").value == "Bãi xe"
    assert incident.incident(small_world.alice, row.id).place == "Cổng B"


def test_what_was_typed_stays_when_it_cannot_be_saved(page: Open, small_world: World) -> None:
    at = page("incidents.py", "alice")
    at.button(key="incidents.new").click().run()
    at.text_input(key="incident.place").set_value("Cổng B").run()
    at.button(key="incident.save").click().run()
    assert "Ô này bắt buộc. Hãy điền vào." in said(at)
    at.text_input(key="incident.summary").set_value("ab").run()
    at.button(key="incident.save").click().run()
    assert "Quá ngắn. Hãy viết ít nhất 3 ký tự." in said(at)
    assert at.text_input(key="incident.place").value == "Cổng B"
    assert incident_search.incidents(small_world.alice, Filter()) == []


def test_a_half_typed_form_outlives_a_new_session(page: Open, small_world: World) -> None:
    at = page("incidents.py", "alice")
    at.button(key="incidents.new").click().run()
    at.text_input(key="incident.summary").set_value("Đang gõ dở").run()
    address = at.query_params["nhap"]
    again = page("incidents.py", "alice", nhap=address)
    assert again.text_input(key="incident.summary").value == "Đang gõ dở"


def test_somebody_elses_draft_opens_nothing(page: Open, small_world: World) -> None:
    row = drafts.start(small_world.head, "incident.new", values={"summary": "của lãnh đạo"})
    at = page("incidents.py", "alice", nhap=row.id)
    assert "incident.summary" not in keys(at, "text_input")
    assert "của lãnh đạo" not in said(at)


def test_a_saved_form_sent_again_makes_no_second_incident(page: Open, small_world: World) -> None:
    at = page("incidents.py", "alice")
    at.button(key="incidents.new").click().run()
    address = at.query_params["nhap"]
    at.text_input(key="incident.summary").set_value("Một lần thôi")
    at.button(key="incident.save").click().run()
    late = page("incidents.py", "alice", nhap=address)
    assert "Biểu mẫu đó đã được lưu hoặc đã bỏ." in said(late)
    assert len(incident_search.incidents(small_world.alice, Filter())) == 1


def test_two_people_at_once_see_both_texts(page: Open, small_world: World) -> None:
    row = entered(small_world)
    at = page("incidents.py", "alice", id=str(row.id))
    at.button(key="incident.edit").click().run()
    at.text_input(key="incident.place").set_value("Cổng của Alice").run()
    theirs = IncidentDraft.model_validate(
        {
            **row.model_dump(include=set(IncidentDraft.model_fields)),
            "place": "Cổng của Hạnh",
            "measures": "Hạnh đã báo Công an phường",
        }
    )
    incident.amend(small_world.head, row.id, theirs, row.version)
    at.button(key="incident.save").click().run()
    both = at.dataframe[0].value
    assert both.to_numpy().tolist() == [["Địa điểm", "Cổng của Hạnh", "Cổng của Alice"]]
    assert "Các ô bạn không sửa" in said(at)  # not touched by Alice: said, and no matter of choice
    assert incident.incident(small_world.alice, row.id).place == "Cổng của Hạnh"
    at.button(key="incident.mine").click().run()
    at.button(key="incident.save").click().run()
    kept = incident.incident(small_world.alice, row.id)
    assert (kept.place, kept.measures) == ("Cổng của Alice", "Hạnh đã báo Công an phường")


def test_a_foreign_incident_and_none_look_the_same(page: Open, small_world: World) -> None:
    row = entered(small_world)
    for name, asked in (("bob", str(row.id)), ("bob", "987654"), ("bob", "x' OR 1=1"), ("bob", "9" * 30)):
        at = page("incidents.py", name, id=asked)
        assert not at.exception
        assert row.summary not in said(at)
    assert said(page("incidents.py", "bob", id=str(row.id))) == said(page("incidents.py", "bob", id="987654"))


def test_what_a_person_typed_is_never_markdown(page: Open, small_world: World) -> None:
    row = entered(
        small_world, summary="![x](http://a.b/c.png) <script>alert(1)</script> :smile: $x$ **đậm** [a](javascript:x)"
    )
    at = page("incidents.py", "alice", id=str(row.id))
    drawn = [one.value for one in at.markdown if "alert" in one.value]
    assert drawn
    for text in drawn:
        for mark in ("![x](", "<script>", "**đậm**", "[a](", "$x$"):
            assert mark not in text


@pytest.mark.parametrize(("name", "offered"), [("alice", False), ("hanh", True)])
def test_only_a_head_is_offered_that_it_is_complex(page: Open, name: str, offered: bool) -> None:
    at = page("incidents.py", name)
    at.button(key="incidents.new").click().run()
    assert ("Phức tạp" in at.get_by_key("incident.complexity").options) is offered


def test_a_note_lands_on_the_timeline(page: Open, small_world: World) -> None:
    row = entered(small_world)
    at = page("incidents.py", "alice", id=str(row.id))
    at.text_input(key="incident.note").set_value("Đã gọi 113")
    at.button(key="incident.note.send").click().run()
    assert not at.exception
    assert "Đã gọi 113" in said(at)


def test_the_list_follows_search_and_bubble(page: Open, small_world: World) -> None:
    entered(small_world, summary="Gây rối ở sân", severity=3)
    entered(small_world, summary="Mất xe đạp", severity=1)
    at = page("incidents.py", "alice")
    at.text_input(key="incidents.search").set_value("gay roi").run()
    assert list(at.dataframe[0].value.iloc[:, 2]) == ["Gây rối ở sân"]
    at.text_input(key="incidents.search").set_value("").run()
    assert len(at.dataframe[0].value) == 2


def test_what_is_missing_for_settling_is_named_as_the_form_names_it(small_world: World) -> None:
    row = entered(small_world, unit_id=None, severity=None)
    with pytest.raises(Invalid) as refusal:
        incident_life.move(small_world.alice, row.id, "settled", SettleDraft(conclusion="Đã xong"), row.version)
    shown = explain(refusal.value)
    assert "unit_id" not in shown
    assert "Bộ phận" in shown


def test_the_bubbles_tell_apart_what_is_settled_transferred_and_closed(small_world: World) -> None:
    row = entered(small_world, unit_id=small_world.units["hall"], kind="B.fighting", severity=1)
    counts = incident_search.bubble_counts(small_world.alice, Filter())
    assert (counts["open"], counts["settled"], counts["transferred"], counts["closed"]) == (1, 0, 0, 0)
    row = incident_life.move(small_world.alice, row.id, "settled", SettleDraft(conclusion="Đã xong"), row.version)
    counts = incident_search.bubble_counts(small_world.alice, Filter())
    assert (counts["open"], counts["settled"], counts["closed"]) == (0, 1, 0)
    assert [one.id for one in incident_search.incidents(small_world.alice, Filter(bubble="settled"))] == [row.id]


def test_one_change_for_many_says_how_many_latent_cases_it_leaves_alone(page: Open, small_world: World) -> None:
    facts = {"unit_id": small_world.units["hall"], "kind": "B.fighting", "severity": 1}
    plain = entered(small_world, **facts)
    latent = entered(small_world, **facts, complexity="latent", complexity_reason="Tụ tập đông người")
    at = page("incidents.py", "alice")
    at.session_state["incidents.bulk"] = True
    at.run()
    at.get_by_key("incidents.bulk.what").set_value("state").run()
    at.selectbox(key="incidents.bulk.state").set_value("verifying").run()
    assert not at.warning
    at.selectbox(key="incidents.bulk.state").set_value("settled").run()
    assert "1 vụ tiềm ẩn đang theo dõi sẽ được để nguyên" in said(at)
    at.text_area(key="incidents.bulk.note").set_value("Đã xử lý xong").run()
    at.button(key="incidents.bulk.state.send").click().run()
    assert not at.exception
    assert f"{latent.number}: Vụ tiềm ẩn đang theo dõi" in said(at)
    states = [incident.incident(small_world.alice, row.id).state for row in (plain, latent)]
    assert states == ["settled", "received"]


def test_one_change_for_many_goes_past_the_guard_with_a_reason_only(page: Open, small_world: World) -> None:
    rows = [entered(small_world, summary=f"Mất xe đạp {place}") for place in range(2)]
    at = page("incidents.py", "alice")
    at.session_state["incidents.bulk"] = True
    at.run()
    at.get_by_key("incidents.bulk.what").set_value("state").run()
    banners = sum("bí mật nhà nước" in one.value for one in at.caption)
    at.selectbox(key="incidents.bulk.state").set_value("verifying")
    at.text_area(key="incidents.bulk.note").set_value("Gọi lại 0912 345 678").run()
    at.button(key="incidents.bulk.state.send").click().run()
    assert {incident.incident(small_world.alice, row.id).state for row in rows} == {"received"}
    at.text_input(key="incidents.bulk.despite").set_value("Số công khai của bãi xe").run()
    at.button(key="incidents.bulk.state.send").click().run()
    assert not at.exception
    assert {incident.incident(small_world.alice, row.id).state for row in rows} == {"verifying"}
    for row in rows:
        story = [line.entry for line in history.timeline(small_world.alice, "incident", row.id)]
        assert ("guard.overridden", "Số công khai của bãi xe") in [(one.action, one.note) for one in story]
    at.get_by_key("incidents.bulk.what").set_value("owner").run()
    assert sum("bí mật nhà nước" in one.value for one in at.caption) == banners - 1
