"""Sổ theo dõi as people use it: sessions, the self-score, the title, targets, reporting periods."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.util import calc_hash

from models import disqualifying, movement, period_rule, self_score, target, translation
from models.disqualifying import DisqualifyingDraft
from models.movement import GuardForceDraft, MovementDraft
from models.period_rule import PeriodRuleDraft
from models.self_score import SelfScoreDraft
from models.target import TargetDraft
from tests.pages.hands import opened, turned
from tests.worlds import World

Page = Callable[..., Any]
FILE = "register.py"


def said(message: str, **facts: Any) -> str:
    return translation.said("vi", message, **facts)


@pytest.fixture
def today(small_world: World) -> World:
    """Pages run on the machine's clock, so the records of their tests do too."""
    small_world.set(dt.datetime.now(dt.UTC))
    return small_world


def told(at: Any) -> str:
    assert not at.exception
    kinds = (at.title, at.subheader, at.markdown, at.caption, at.error, at.info)
    return "\n".join(str(one.value) for kind in kinds for one in kind)


def press(at: Any, key: str) -> Any:
    return next(one for one in at.button if one.key == key).click().run()


def keys(at: Any) -> set[str]:
    return {one.key for one in at.button}


def held(world: World, **over: Any) -> movement.MovementActivity:
    values = {"held_on": world.alice.today(), "kind": "patrol", "body": "guard", "topic": "Tuần tra", "participants": 6}
    return movement.add_movement(world.alice, MovementDraft(**(values | over)))


def scored(world: World) -> self_score.SelfScore:
    first, last = self_score.year_to_score(world.head)
    points = {f"{pillar}_points": 20.0 for pillar in self_score.PILLARS}
    return self_score.add_score(world.head, SelfScoreDraft(year_first=first, year_last=last, **points))


# ---- sessions ------------------------------------------------------------------------------------------------------------
def test_an_empty_register_says_so(today: World, page: Page) -> None:
    assert said("No session has been entered yet.") in told(page(FILE, "alice"))


def test_staff_enter_a_session(today: World, page: Page) -> None:
    at = press(page(FILE, "alice"), "movement.new")
    at.text_input(key="movement.topic").set_value("Chữa cháy tại rạp").run()
    at.number_input(key="movement.participants").set_value(20).run()
    at.number_input(key="movement.guards_trained").set_value(12).run()
    at = press(at, "movement.save")
    (row,) = movement.movements(today.alice)
    assert (row.topic, row.kind, row.body, row.participants, row.guards_trained) == (
        "Chữa cháy tại rạp",
        "training",
        "guard",
        20,
        12,
    )
    assert at.query_params["id"] == str(row.id)
    assert "Chữa cháy tại rạp" in told(at)


def test_only_a_training_asks_for_guards_trained(today: World, page: Page) -> None:
    at = press(page(FILE, "alice"), "movement.new")
    assert any(one.key == "movement.guards_trained" for one in at.number_input)
    at.get_by_key("movement.kind").set_value("propaganda").run()
    assert not any(one.key == "movement.guards_trained" for one in at.number_input)
    at.text_input(key="movement.topic").set_value("Nói chuyện").run()
    at.number_input(key="movement.participants").set_value(80).run()
    press(at, "movement.save")
    (row,) = movement.movements(today.alice)
    assert (row.kind, row.guards_trained) == ("propaganda", 0)


def test_an_error_stands_under_its_field_and_what_was_typed_stays(today: World, page: Page) -> None:
    at = press(page(FILE, "alice"), "movement.new")
    at.text_input(key="movement.topic").set_value("Chữa cháy").run()
    at.number_input(key="movement.participants").set_value(5).run()
    at.number_input(key="movement.guards_trained").set_value(6).run()
    at = press(at, "movement.save")
    assert said("More than came in all ({attendance}). Please check both numbers.", attendance=5) in told(at).replace(
        "\\", ""
    )
    assert at.text_input(key="movement.topic").value == "Chữa cháy"
    assert not movement.movements(today.alice)


def test_a_session_is_struck_out_with_its_reason(today: World, page: Page) -> None:
    row = held(today)
    at = page(FILE, "alice", id=str(row.id))
    opened(at, "movement.strike")
    at.text_input(key="movement.strike.reason").set_value("Nhập trùng")
    at = press(at, "movement.strike.send")
    assert movement.movement(today.alice, row.id).struck_reason == "Nhập trùng"
    assert "Nhập trùng" in told(at)
    assert "movement.edit" not in keys(at)


def test_the_number_of_guards_is_noted(today: World, page: Page) -> None:
    at = page(FILE, "alice")
    at.date_input(key="guards.counted_on").set_value(today.alice.today())
    at.number_input(key="guards.strength").set_value(34)
    at = press(at, "guards.send")
    assert [one.strength for one in movement.guard_counts(today.alice)] == [34]
    assert any("34" in one.label for one in at.expander)


def test_the_list_behind_figure_18_is_what_it_counts(today: World, page: Page) -> None:
    day = today.alice.today()
    held(today, topic="Trong kỳ")
    held(today, topic="Trước kỳ", held_on=day - dt.timedelta(days=40))
    movement.strike_movement(today.alice, held(today, topic="Nhầm").id, "Nhập trùng")
    query = {"chi-so": "18", "ky-tu": (day - dt.timedelta(days=9)).isoformat(), "ky-den": day.isoformat()}
    at = page(FILE, "alice", **query)
    assert list(at.dataframe[0].value["topic"]) == ["Trong kỳ"]
    assert any(one.key == "counted.drop" and ": 1" in one.label for one in at.button)
    assert len(press(at, "counted.drop").dataframe[0].value) == 3


@pytest.mark.parametrize("code", ["18", "17", "19"])
def test_behind_a_figure_that_counted_nothing_the_register_does_not_say_that_nothing_was_entered(
    today: World, page: Page, code: str
) -> None:
    held(today)
    query = {"chi-so": code, "ky-tu": "2001-01-01", "ky-den": "2001-12-31"}
    words = told(page(FILE, "hanh", **query))
    assert said("Nothing was counted here.") in words
    assert said("No session has been entered yet.") not in words


def test_the_year_is_told_by_organisation_with_the_guards_trained(today: World, page: Page) -> None:
    movement.count_guards(today.alice, GuardForceDraft(counted_on=today.alice.today(), strength=20))
    held(today, kind="training", guards_trained=5)
    held(today, body="youth", kind="propaganda", participants=80)
    at = page(FILE, "alice")
    table = next(one.value for one in at.dataframe if said("Sessions") in one.value)
    assert table[said("Sessions")].tolist() == [1, 1]
    assert table[said("Participants")].tolist() == [6, 80]
    trained = said("Guards trained: {guards}/{strength} ({share}).", guards="5", strength="20", share="25,0 %")
    assert trained in told(at)


# ---- the self-score ------------------------------------------------------------------------------------------------------
def test_a_head_enters_signs_and_grades_a_score(today: World, page: Page) -> None:
    at = press(page(FILE, "head", so="tu-cham-diem"), "self_score.new")
    for pillar, points in zip(self_score.PILLARS, (24, 23.5, 22, 23), strict=True):
        at.number_input(key=f"self_score.{pillar}_points").set_value(float(points)).run()
    assert "92,5" in told(at).replace("\\", "")
    at = press(at, "self_score.save")
    (row,) = self_score.scores(today.head)
    assert (row.total, row.signed_at) == (92.5, None)
    at = press(at, "self_score.sign")
    assert self_score.score(today.head, row.id).signed_by_name == "Phạm Thị Hạnh"
    assert "self_score.sign" not in keys(at)
    opened(at, "self_score.grade")
    at.selectbox(key="self_score.grade.grade").set_value("good")
    at.date_input(key="self_score.grade.graded_on").set_value(today.head.today())
    at.text_input(key="self_score.grade.grade_document").set_value("12/QĐ-UBND")
    press(at, "self_score.grade.send")
    assert self_score.score(today.head, row.id).grade == "good"


def test_staff_read_the_score_and_change_nothing(today: World, page: Page) -> None:
    row = scored(today)
    at = page(FILE, "alice", so="tu-cham-diem", id=str(row.id))
    assert "80/100" in told(at)
    assert not keys(at) & {"self_score.new", "self_score.sign", "self_score.edit", "self_score.strike.send"}


# ---- the title -----------------------------------------------------------------------------------------------------------
def test_a_head_enters_an_event_against_the_title(today: World, page: Page) -> None:
    at = press(page(FILE, "head", so="danh-hieu"), "disqualifying.new")
    at.selectbox(key="disqualifying.kind").set_value("fire").run()
    at.text_input(key="disqualifying.basis").set_value("Kết luận 12/KL-PC07").run()
    at = press(at, "disqualifying.save")
    (row,) = disqualifying.disqualifying_events(today.head)
    assert (row.kind, row.basis) == ("fire", "Kết luận 12/KL-PC07")
    assert "Kết luận 12/KL" in told(at).replace("\\", "")


def test_another_organisations_entry_is_not_found(today: World, page: Page) -> None:
    draft = DisqualifyingDraft(occurred_on=today.bich.today(), kind="fire", basis="Kết luận 1")
    row = disqualifying.add_disqualifying(today.bich, draft)
    at = page(FILE, "head", so="danh-hieu", id=str(row.id))
    assert "Kết luận 1" not in told(at)


# ---- targets and periods -------------------------------------------------------------------------------------------------
def test_a_head_sets_a_target_and_takes_it_back(today: World, page: Page) -> None:
    at = page(FILE, "head", so="chi-tieu")
    at.selectbox(key="register.code").set_value("3").run()
    at.number_input(key="target.3.value").set_value(90.0)
    at.number_input(key="target.3.warning").set_value(80.0)
    at = press(at, "target.3.send")
    (row,) = target.all_targets(today.head)
    assert (row.code, row.value, row.warning, row.unit_id, row.span) == ("3", 90, 80, None, None)
    assert "≥ 90" in told(at)
    at = press(at, f"target.strike.{row.id}")
    assert not target.all_targets(today.head)


def test_a_target_is_corrected_in_its_own_form(today: World, page: Page) -> None:
    row = target.set_target(today.head, TargetDraft(code="3", value=90, valid_from=dt.date(2020, 1, 1)))
    at = page(FILE, "head", so="chi-tieu")
    at = press(at, f"target.edit.{row.id}")
    assert at.number_input(key="target.3.value").value == 90
    at.number_input(key="target.3.value").set_value(95.0)
    press(at, "target.3.send")
    assert [(one.id, one.value) for one in target.all_targets(today.head)] == [(row.id, 95)]


def test_staff_see_targets_without_a_form(today: World, page: Page) -> None:
    target.set_target(today.head, TargetDraft(code="3", value=90, valid_from=dt.date(2020, 1, 1)))
    at = page(FILE, "alice", so="chi-tieu")
    assert "≥ 90" in told(at)
    assert not any(str(one).startswith("target.") for one in keys(at))


@pytest.mark.parametrize(("name", "file"), [("head", FILE), ("admin", "administration.py")])
def test_a_head_or_an_administrator_sets_the_cut_off_day(today: World, page: Page, name: str, file: str) -> None:
    at = page(file, name, **({"so": "ky-bao-cao"} if file == FILE else {}))
    if file != FILE:
        turned(at, "administration.tabs", "Kỳ báo cáo")
    at.date_input(key="period_rule.valid_from").set_value(dt.date(2026, 1, 1))
    at.number_input(key="period_rule.cut_off").set_value(1)
    press(at, "period_rule.send")
    assert period_rule.cut_offs(today.alice).changes == ((dt.date(2026, 1, 1), 1),)


def test_a_wrong_rule_says_what_is_wrong(today: World, page: Page) -> None:
    period_rule.save_rule(today.head, PeriodRuleDraft(valid_from=dt.date(2026, 1, 1)))
    at = page(FILE, "head", so="ky-bao-cao")
    at.date_input(key="period_rule.valid_from").set_value(dt.date(2026, 1, 1))
    at = press(at, "period_rule.send")
    assert said("This is already in use. Please choose another one.") in told(at).replace("\\", "")


# ---- who may -------------------------------------------------------------------------------------------------------------
def test_rooms_are_those_that_one_may_enter(today: World, page: Page) -> None:
    rooms = {}
    for name in ("alice", "head", "liaison"):
        at = page(FILE, name)
        assert not at.exception
        rooms[name] = len(at.get_by_key("so").options)
    assert rooms == {"alice": 4, "head": 5, "liaison": 3}


@pytest.mark.parametrize("name", ["admin", "board", "system"])
def test_others_may_not_see_the_register(page: Page, name: str) -> None:
    at = page(None, name)
    at._page_hash = calc_hash("so-theo-doi")
    at.run()
    assert not at.dataframe
    assert at.error
