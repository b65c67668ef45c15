"""The yearly self-score: entered and signed by a head, graded by the body above; and figure 17."""

from typing import Any

import pytest

from models import history, self_score
from models.access import Denied, Invalid, NotFound, Stale
from models.self_score import GradeDraft, SelfScore, SelfScoreDraft
from tests.models.test_kpis import AFTER, asked, day, free
from tests.worlds import World

YEAR = {"year_first": day("2018-11-16"), "year_last": day("2019-11-15")}
POINTS = {"premises_points": 24, "people_points": 22.5, "property_points": 20, "activities_points": 25}
GRADE = GradeDraft(grade="good", graded_on=day("2019-12-20"), grade_document="12/QĐ-UBND")


def draft(**over: Any) -> SelfScoreDraft:
    return SelfScoreDraft(**(YEAR | POINTS | over))


def signed(world: World, when: str = "2019-11-20T08:00", **over: Any) -> SelfScore:
    world.set(when)
    row = self_score.add_score(world.head, draft(**over))
    return self_score.sign_score(world.head, row.id, row.version)


def month(last: str) -> Any:
    return free(last[:8] + "01", last)


def test_the_points_are_summed(world: World) -> None:
    row = signed(world)
    assert (row.total, row.most, row.signed_by_name) == (91.5, 100, "Phạm Thị Hạnh")
    figure = asked(world, "17", month("2019-11-30"))
    assert (figure.value, figure.numerator, figure.denominator) == (91.5, 91.5, 100)


@pytest.mark.parametrize(
    ("over", "errors"),
    [
        ({"premises_points": 25.5}, {"premises_points": "more_than_most"}),
        ({"year_last": day("2018-11-15")}, {"year_last": "out_of_order"}),
        ({"year_last": day("2020-11-15")}, {"year_last": "longer_than_a_year"}),
    ],
)
def test_what_does_not_fit_is_refused(world: World, over: dict[str, Any], errors: dict[str, str]) -> None:
    with pytest.raises(Invalid) as found:
        self_score.add_score(world.head, draft(**over))
    assert {name: code for name, (code, _) in found.value.errors.items()} == errors


def test_only_heads_score_and_others_see_nothing(world: World) -> None:
    for who in (world.alice, world.admin, world.liaison, world.board):
        with pytest.raises(Denied):
            self_score.add_score(who, draft())
    row = signed(world)
    assert self_score.score(world.alice, row.id).total == 91.5
    with pytest.raises(NotFound):
        self_score.score(world.bob, row.id)


def test_what_is_not_signed_counts_nowhere(world: World) -> None:
    world.set("2019-11-20T08:00")
    self_score.add_score(world.head, draft())
    assert asked(world, "17", month("2019-11-30")).no_data


@pytest.mark.parametrize(
    ("last", "counts"), [("2019-11-19", False), ("2019-11-20", True), ("2020-11-15", True), ("2020-11-17", False)]
)
def test_it_stands_from_its_signing_until_a_year_after_its_year(world: World, last: str, counts: bool) -> None:
    signed(world)
    assert asked(world, "17", month(last), now="2021-06-01T08:00").no_data is not counts


def test_the_latest_year_stands(world: World) -> None:
    signed(world)
    signed(world, "2020-11-20T08:00", year_first=day("2019-11-16"), year_last=day("2020-11-15"), premises_points=10)
    now = "2021-06-01T08:00"
    assert [asked(world, "17", month(last), now=now).value for last in ("2020-11-10", "2020-11-30")] == [91.5, 77.5]


def test_signed_points_stay_and_one_signed_score_a_year_is_enough(world: World) -> None:
    row = signed(world)
    with pytest.raises(Invalid) as found:
        self_score.amend_score(world.head, row.id, draft(note="Sửa"), row.version)
    assert found.value.code == "score_signed"
    with pytest.raises(Invalid) as found:
        signed(world)
    assert found.value.code == "score_exists"
    with pytest.raises(Stale):
        self_score.grade_score(world.head, row.id, GRADE, 1)


def test_a_struck_one_makes_room_for_another(world: World) -> None:
    row = signed(world)
    world.set("2019-12-01T08:00")
    self_score.strike_score(world.head, row.id, "Cộng nhầm")
    assert asked(world, "17", month("2019-11-30")).value == 91.5
    assert asked(world, "17", month("2019-12-31")).no_data
    signed(world, "2019-12-02T08:00", people_points=20)
    assert asked(world, "17", month("2019-12-31")).value == 89


def test_the_grade_comes_after_the_signature(world: World) -> None:
    world.set("2019-12-24T08:00")
    row = self_score.add_score(world.head, draft())
    with pytest.raises(Invalid) as found:
        self_score.grade_score(world.head, row.id, GRADE, row.version)
    assert found.value.code == "score_unsigned"
    row = self_score.sign_score(world.head, row.id, row.version)
    row = self_score.grade_score(world.head, row.id, GRADE, row.version)
    assert (row.grade, row.grade_document) == ("good", "12/QĐ-UBND")
    actions = [line.entry.action for line in history.timeline(world.head, "self_score", row.id)]
    assert actions == ["self_score.graded", "self_score.signed", "self_score.added"]


def test_a_unit_has_none_of_its_own(world: World) -> None:
    signed(world)
    period = month("2019-11-30")
    assert asked(world, "17", period, unit="hall").no_data
    assert self_score.standing_score(world.at(AFTER).alice, period).total == 91.5


def test_a_change_is_written_down_once(world: World) -> None:
    row = self_score.add_score(world.head, draft())
    row = self_score.amend_score(world.head, row.id, draft(people_points=20), row.version)
    assert (row.total, row.version) == (89, 2)
    (changed, _) = history.timeline(world.head, "self_score", row.id)
    assert changed.entry.changes == {"people_points": [22.5, 20.0]}


def test_the_year_to_score_is_the_running_one(world: World) -> None:
    assert self_score.year_to_score(world.at("2019-11-15T08:00").head) == (day("2018-11-16"), day("2019-11-15"))
    assert self_score.year_to_score(world.at("2019-11-16T08:00").head) == (day("2019-11-16"), day("2020-11-15"))
