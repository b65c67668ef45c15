"""Kiểm tra as people use it: plan a round, write down visits and findings, follow a remedy."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from models import draft, history, inspection, inspection_life, remedy, visit
from models import finding as found
from models.access import Current
from models.finding import FindingDraft
from models.inspection import Filter, InspectionRound, RoundDraft, VisitDraft
from models.inspection_life import ConclusionDraft
from models.settings import ROOT
from pages.parts import sharing
from tests.conftest import signed_in
from tests.pages.hands import opened
from tests.worlds import World

Page = Callable[..., Any]
FILE = "inspections.py"


def planned(who: Current, **over: Any) -> InspectionRound:
    said = {"subject": "festival", "planned_on": who.today(), "area": "Phường Đồng Tâm"}
    return inspection.plan_round(who, RoundDraft(**said | over))


def visited(who: Current, row: InspectionRound, place: str = "Đền Cả") -> Any:
    return visit.add_visit(who, row.id, VisitDraft(place=place, visited_on=who.today()))


def made(who: Current, at: Any, **over: Any) -> Any:
    said = {"item": "Thiếu bình chữa cháy", "handling": "correction", "deadline": who.today()}
    return found.add_finding(who, at.id, FindingDraft(**said | over))


def told(at: Any) -> str:
    """Everything the page says in words."""
    kinds = (at.title, at.subheader, at.markdown, at.caption, at.error, at.info, at.warning, at.success)
    return "\n".join(str(one.value) for kind in kinds for one in kind)


def button(at: Any, key: str) -> Any:
    return next(one for one in at.button if one.key == key)


def keys(at: Any) -> set[str]:
    return {one.key for one in at.button}


@pytest.fixture
def today(small_world: World) -> World:
    """Pages run on the machine's clock, so the records of their tests do too."""
    small_world.set(dt.datetime.now(dt.UTC))
    return small_world


# ---- the list -------------------------------------------------------------------------------------------------------
def test_an_empty_plan_says_so_and_what_to_do(today: World, page: Page) -> None:
    at = page(FILE, "alice")
    assert not at.exception
    assert "Chưa có cuộc kiểm tra nào." in told(at) or "No inspection round yet." in told(at)
    assert not at.dataframe


def test_it_lists_rounds_and_narrows_them(today: World, page: Page) -> None:
    planned(today.alice)
    planned(today.alice, subject="worship", area="Vĩnh Yên")
    planned(today.bob, area="Trường B")
    at = page(FILE, "alice")
    assert [row["number"][-4:] for row in at.dataframe[0].value.to_dict("records")] == ["0002", "0001"]
    at.text_input(key="rounds.search").set_value("vinh yen").run()
    assert [row["number"][-4:] for row in at.dataframe[0].value.to_dict("records")] == ["0002"]
    at.text_input(key="rounds.search").set_value("trường b").run()
    assert not at.exception
    assert not at.dataframe


def test_a_text_that_is_too_long_stays_and_says_so_beside_its_field(today: World, page: Page) -> None:
    at = page(FILE, "alice")
    button(at, "rounds.new").click().run()
    for length in (500, draft.LARGEST + 1):  # the second one is not even kept half typed
        at.text_input(key="round.area").set_value("x" * length).run()
        assert not at.exception
        assert "Tối đa 200 ký tự" in told(at)
        assert len(at.text_input(key="round.area").value) == length
    at.selectbox(key="round.subject").set_value("festival").run()
    button(at, "round.save").click().run()
    assert "còn 1 ô" in told(at)
    at.text_input(key="round.area").set_value("Phường Đồng Tâm").run()
    assert "Quá dài" not in told(at)
    button(at, "round.save").click().run()
    assert [row.area for row in inspection.rounds(today.alice, Filter(), 5)] == ["Phường Đồng Tâm"]


def test_more_partners_than_fit_are_counted_as_partners_not_as_characters(today: World, page: Page) -> None:
    at = page(FILE, "alice")
    button(at, "rounds.new").click().run()
    everybody = list(sharing.partner_choices(today.alice))
    at.multiselect(key="round.partners").set_value(everybody[:21]).run()
    button(at, "round.save").click().run()
    assert "Tối đa 20 mục" in told(at)


def test_another_organisations_round_is_not_there(today: World, page: Page) -> None:
    row = planned(today.bob, leader="Người lạ")
    at = page(FILE, "alice", id=str(row.id))
    assert not at.exception
    assert at.error
    assert "Người lạ" not in told(at)


@pytest.mark.parametrize("wrong", ["x", "-1", "999999", "9" * 40, "1;drop"])
def test_a_wrong_address_breaks_nothing(today: World, page: Page, wrong: str) -> None:
    at = page(FILE, "alice", id=wrong, **{"vi-pham": wrong, "nhap": wrong, "tu": wrong, "trang-thai": wrong})
    assert not at.exception


@pytest.mark.parametrize("who", [None, "admin", "board", "system"])
def test_those_without_records_have_no_right(today: World, who: str | None) -> None:
    planned(today.alice)
    at = AppTest.from_file(str(ROOT / "pages" / FILE), default_timeout=30)  # without the frame and its navigation
    at.user = {"sid": signed_in(today.typed(who)) if who else None}
    at.run()
    assert not at.dataframe
    assert "rounds.new" not in keys(at)
    assert "Đồng Tâm" not in told(at)


# ---- one round ------------------------------------------------------------------------------------------------------
def test_it_plans_a_round(today: World, page: Page) -> None:
    at = page(FILE, "alice")
    button(at, "rounds.new").click().run()
    at.selectbox(key="round.subject").set_value("festival")
    at.text_input(key="round.area").set_value("Phường Khai Quang")
    button(at, "round.save").click().run()
    assert not at.exception
    (row,) = inspection.rounds(today.alice, Filter())
    assert (row.subject, row.area, row.planned_on) == ("festival", "Phường Khai Quang", today.alice.today())
    assert row.number in told(at)


def test_what_is_missing_is_said_beside_the_field_and_what_was_typed_stays(today: World, page: Page) -> None:
    at = page(FILE, "alice")
    button(at, "rounds.new").click().run()
    at.text_input(key="round.area").set_value("Phường Khai Quang")
    at.selectbox(key="round.lead").set_value("joint")
    button(at, "round.save").click().run()
    assert not at.exception
    assert inspection.rounds(today.alice, Filter()) == []
    assert at.error
    assert at.text_input(key="round.area").value == "Phường Khai Quang"


def test_it_edits_a_round(today: World, page: Page) -> None:
    row = planned(today.alice)
    at = page(FILE, "alice", id=str(row.id))
    button(at, "rounds.edit").click().run()
    assert at.text_input(key="round.area").value == "Phường Đồng Tâm"
    at.text_input(key="round.leader").set_value("Nguyễn Đức Trí")
    button(at, "round.save").click().run()
    assert not at.exception
    assert inspection.inspection_round(today.alice, row.id).leader == "Nguyễn Đức Trí"


def test_a_stale_edit_shows_both_texts(today: World, page: Page) -> None:
    row = planned(today.alice)
    at = page(FILE, "alice", id=str(row.id))
    button(at, "rounds.edit").click().run()
    at.text_input(key="round.area").set_value("Của tôi").run()
    said = {"subject": "festival", "planned_on": row.planned_on, "area": "Của người khác"}
    inspection.amend_round(today.head, row.id, RoundDraft(**said), seen=1)
    button(at, "round.save").click().run()
    assert not at.exception
    assert inspection.inspection_round(today.alice, row.id).area == "Của người khác"
    both = [cell for table in at.dataframe for cell in table.value.to_numpy().ravel()]
    assert {"Của tôi", "Của người khác"} <= set(both)


def test_it_starts_a_round(today: World, page: Page) -> None:
    row = planned(today.alice)
    at = page(FILE, "alice", id=str(row.id))
    button(at, "rounds.start").click().run()
    assert not at.exception
    assert inspection.inspection_round(today.alice, row.id).state == "running"
    assert "rounds.start" not in keys(at)


def test_it_concludes_a_round(today: World, page: Page) -> None:
    row = planned(today.alice)
    visited(today.alice, row)
    at = page(FILE, "alice", id=str(row.id))
    button(at, "rounds.conclude").click().run()
    assert at.date_input(key="conclusion.done_on").value == today.alice.today()
    at.text_input(key="conclusion.conclusion_no").set_value("12/KL-SVHTTDL")
    button(at, "conclusion.save").click().run()
    assert not at.exception
    row = inspection.inspection_round(today.alice, row.id)
    assert (row.state, row.conclusion_no, row.done_on) == ("concluded", "12/KL-SVHTTDL", today.alice.today())
    assert "rounds.conclusion" in keys(at)
    assert "rounds.conclude" not in keys(at)


def test_it_cancels_a_round_with_a_reason(today: World, page: Page) -> None:
    row = planned(today.alice)
    at = page(FILE, "alice", id=str(row.id))
    opened(at, "rounds.cancel")
    at.text_input(key="rounds.cancel.reason").set_value("Dịch bệnh")
    button(at, "rounds.cancel.send").click().run()
    assert not at.exception
    assert inspection.inspection_round(today.alice, row.id).cancel_reason == "Dịch bệnh"
    assert not {"rounds.start", "rounds.add_visits", "rounds.edit"} & keys(at)


# ---- visits and findings --------------------------------------------------------------------------------------------
def test_it_adds_several_visits_quickly(today: World, page: Page) -> None:
    row = planned(today.alice)
    at = page(FILE, "alice", id=str(row.id))
    button(at, "rounds.add_visits").click().run()
    at.text_area(key="visits.places").set_value("Đền Cả; Số 1, đường Mê Linh\nChùa Hà")
    button(at, "visits.save").click().run()
    assert not at.exception
    went = visit.visits(today.alice, row.id)
    assert [(one.place, one.address) for one in went] == [("Đền Cả", "Số 1, đường Mê Linh"), ("Chùa Hà", "")]
    assert "Đền Cả" in str([table.value.to_dict() for table in at.dataframe])


def test_it_adds_one_visit_and_edits_it(today: World, page: Page) -> None:
    row = planned(today.alice)
    at = page(FILE, "alice", id=str(row.id))
    button(at, "rounds.add_visit").click().run()
    at.text_input(key="visit.place").set_value("Chùa Hà")
    button(at, "visit.save").click().run()
    (one,) = visit.visits(today.alice, row.id)
    assert (one.place, one.visited_on) == ("Chùa Hà", today.alice.today())
    choose_visit(at, row)
    button(at, "rounds.edit_visit").click().run()
    at.text_input(key="visit.representative").set_value("Ông Ba")
    button(at, "visit.save").click().run()
    assert not at.exception
    assert visit.inspection_visit(today.alice, one.id).representative == "Ông Ba"


def choose_visit(at: Any, row: InspectionRound, place: int = 0) -> None:
    at.session_state[f"rounds.visits.{row.id}"] = {"selection": {"rows": [place], "columns": [], "cells": []}}
    at.run()


def test_it_writes_down_a_finding(today: World, page: Page) -> None:
    row = planned(today.alice)
    visited(today.alice, row)
    at = page(FILE, "alice", id=str(row.id))
    choose_visit(at, row)
    button(at, "rounds.add_finding").click().run()
    at.text_input(key="finding.item").set_value("Thiếu bình chữa cháy")
    at.selectbox(key="finding.handling").set_value("administrative_record").run()
    assert at.info  # who may draw up such a record
    button(at, "finding.save").click().run()
    assert found.findings(today.alice, row.id) == []  # the deadline is missing
    at.date_input(key="finding.deadline").set_value(today.alice.today())
    button(at, "finding.save").click().run()
    assert not at.exception
    (one,) = found.findings(today.alice, row.id)
    assert (one.item, one.handling, one.deadline) == (
        "Thiếu bình chữa cháy",
        "administrative_record",
        today.alice.today(),
    )


def test_it_follows_a_remedy_to_the_recheck(today: World, page: Page) -> None:
    row = planned(today.alice)
    one = made(today.alice, visited(today.alice, row))
    at = page(FILE, "alice", id=str(row.id), **{"vi-pham": str(one.id)})
    button(at, "rounds.finding.start").click().run()
    assert found.finding(today.alice, one.id).state == "remedying"
    opened(at, "rounds.finding.report")
    at.date_input(key="rounds.finding.report.remedied_on").set_value(today.alice.today())
    at.checkbox(key="rounds.finding.report.verify").check()
    button(at, "rounds.finding.report.send").click().run()
    assert found.finding(today.alice, one.id).state == "to_verify"
    opened(at, "rounds.finding.recheck")
    at.date_input(key="rounds.finding.recheck.checked_on").set_value(today.alice.today())
    at.text_input(key="rounds.finding.recheck.checked_by").set_value("Tổ phúc tra")
    button(at, "rounds.finding.recheck.send").click().run()
    assert not at.exception
    assert found.finding(today.alice, one.id).state == "remedied"
    assert "Tổ phúc tra" in told(at)


def test_what_cannot_be_remedied_is_taken_up_again(today: World, page: Page) -> None:
    row = planned(today.alice)
    one = made(today.alice, visited(today.alice, row))
    at = page(FILE, "alice", id=str(row.id), **{"vi-pham": str(one.id)})
    opened(at, "rounds.finding.give_up")
    at.text_input(key="rounds.finding.give_up.reason").set_value("Cơ sở đã giải thể")
    button(at, "rounds.finding.give_up.send").click().run()
    assert found.finding(today.alice, one.id).state == "cannot_remedy"
    opened(at, "rounds.finding.reopen")
    at.text_input(key="rounds.finding.reopen.reason").set_value("Có chủ mới")
    button(at, "rounds.finding.reopen.send").click().run()
    assert not at.exception
    assert found.finding(today.alice, one.id).state == "remedying"


def test_it_edits_a_finding(today: World, page: Page) -> None:
    row = planned(today.alice)
    one = made(today.alice, visited(today.alice, row))
    at = page(FILE, "alice", id=str(row.id), **{"vi-pham": str(one.id)})
    button(at, "rounds.finding.edit").click().run()
    at.text_input(key="finding.legal_basis").set_value("Điều 5, Nghị định 144")
    button(at, "finding.save").click().run()
    assert not at.exception
    assert found.finding(today.alice, one.id).legal_basis == "Điều 5, Nghị định 144"


def test_an_overdue_remedy_has_its_bubble_and_its_badge(today: World, page: Page) -> None:
    now = today.alice.now()
    today.set(now - dt.timedelta(days=20))
    row = planned(today.alice)
    made(today.alice, visited(today.alice, row))
    planned(today.alice)
    today.set(now)
    at = page(FILE, "alice", id=str(row.id))
    at.get_by_key("trang-thai").set_value("overdue").run()
    assert not at.exception
    assert [one["number"] for one in at.dataframe[0].value.to_dict("records")] == [row.number]
    assert "20" in told(at)


def test_typed_text_is_never_drawn_as_markdown(today: World, page: Page) -> None:
    evil = "[x](https://evil.example) **đậm** $x$ :red[x] <b>"
    row = planned(today.alice, area=evil, leader=evil, members=evil, note=evil, decision_no=evil)
    place = visited(today.alice, row, evil)
    one = made(today.alice, place, item=evil, legal_basis=evil, description=evil)
    remedy.cannot_be_remedied(today.alice, one.id, evil)
    history.note(today.alice, "inspection_round", row.id, evil)
    at = page(FILE, "alice", id=str(row.id), **{"vi-pham": str(one.id)})
    choose_visit(at, row)
    drawn = [one.value for kind in (at.markdown, at.caption, at.title, at.info) for one in kind]
    assert not at.exception
    assert [text for text in drawn if "evil" in text]
    assert not [text for text in drawn if "](http" in text or "**đậm" in text or ":red[x" in text or "<b>" in text]


def test_a_concluded_round_can_still_be_corrected(today: World, page: Page) -> None:
    row = planned(today.alice)
    inspection_life.conclude_round(today.alice, row.id, ConclusionDraft(done_on=today.alice.today()))
    at = page(FILE, "hanh", id=str(row.id))
    button(at, "rounds.conclusion").click().run()
    at.text_input(key="conclusion.conclusion_no").set_value("15/KL-SVHTTDL")
    button(at, "conclusion.save").click().run()
    assert not at.exception
    assert inspection.inspection_round(today.alice, row.id).conclusion_no == "15/KL-SVHTTDL"


def test_the_liaison_sees_the_own_bodys_rounds_only(today: World, page: Page) -> None:
    planned(today.alice, area="Của Sở")
    planned(today.liaison, area="Của Công an")
    at = page(FILE, "liaison")
    assert not at.exception
    assert [one["what"].rpartition(": ")[2] for one in at.dataframe[0].value.to_dict("records")] == ["Của Công an"]
