"""The steering board: each organisation within its own scope, rolled up to its successor, totals that are honest."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event as listening

from models import board, event, history, incident, kpis, kpis_together
from models.access import Current, Denied, Invalid, NotFound, Stale
from models.account import acting
from models.board import BoardLine, Rolled
from models.board_totals import combined, share_of
from models.database import engine
from models.event import EventDraft
from models.figures import Figure
from models.incident import IncidentDraft
from models.kpis_together import TOGETHER
from models.organisation import (
    Kind,
    MergerDraft,
    Organisation,
    OrganisationDraft,
    found_organisation,
    merge_organisation,
    organisation,
    organisations_below,
    tree,
)
from models.period import Period, Span, reporting
from tests.conftest import NOW
from tests.worlds import HANOI, World, instant

DAY = dt.date.fromisoformat
YEAR = reporting(Span.YEAR, DAY("2020-01-06"), HANOI)


def happened(who: Current, on: str = "2020-01-05T20:00", **over: Any) -> None:
    when = instant(on)
    draft = {"summary": "Gây rối", "kind": "B.fighting", "severity": 1}
    incident.report(who, IncidentDraft(**(draft | {"occurred_at": when, "received_at": when} | over)))


def lines(world: World, period: Period = YEAR, *, as_today: bool = True, today: str = "2020-01-06") -> list[Rolled]:
    rows = organisations_below(world.board)
    answers = {line.organisation_id: line for line in board.board_figures(world.board, period)}
    return board.rolled_up(rows, answers, period, DAY(today), as_today=as_today)


def counts(found: list[Rolled]) -> dict[str, float | None]:
    return {line.name: line.figures["2"].value if line.figures["2"] else None for line in found}


def founded(world: World, code: str, parent: str = "ban", **over: Any) -> Organisation:
    draft = {"code": code, "name": f"Đơn vị {code}", "kind": Kind.SCHOOL, "parent_id": world.organisations[parent]}
    row = found_organisation(world.system, OrganisationDraft(**(draft | over)))
    world.organisations[code] = row.id or 0
    return row


def merged(world: World, old: str, into: str, on: str = "2020-01-02") -> Organisation:
    row = organisation(world.system, world.organisations[old])
    draft = MergerDraft(successor_id=world.organisations[into], valid_to=DAY(on))
    return merge_organisation(world.system, row.id, draft, row.version)


# ---- adding up -------------------------------------------------------------------------------------------------------
NONE = Figure("2", None, no_data=True)


@pytest.mark.parametrize(
    ("code", "figures", "value", "sides"),
    [
        ("2", [Figure("2", 3, 3), Figure("2", 4, 4), NONE], 7, (7, None)),
        ("3", [Figure("3", 0.5, 1, 2), Figure("3", 1.0, 8, 8)], 0.9, (9, 10)),
        ("3", [Figure("3", None, 0, 0, no_data=True), Figure("3", 0.5, 1, 2)], 0.5, (1, 2)),
        ("15", [Figure("15", 10.0, 2, 2_000), Figure("15", 5.0, 4, 8_000)], 6.0, (6, 10_000)),
        ("15", [Figure("15", None, 1, 600, no_data=True), Figure("15", None, 1, 400, no_data=True)], 20.0, (2, 1_000)),
        ("1", [Figure("1", 300, since=DAY("2019-03-01")), Figure("1", 20, since=DAY("2019-12-17"))], 20, (None, None)),
        ("1", [Figure("1", 300, never=True), Figure("1", 20, since=DAY("2019-12-17"))], 20, (None, None)),
        ("1", [Figure("1", 300, never=True), Figure("1", 20, never=True)], 300, (None, None)),
    ],
)
def test_sides_are_added_before_anything_is_divided(
    code: str, figures: list[Figure], value: float, sides: tuple[float | None, float | None]
) -> None:
    found = combined(code, figures)
    assert found is not None
    assert found.value == pytest.approx(value)
    assert (found.numerator, found.denominator) == sides


def test_the_middle_of_two_middles_is_nobodys() -> None:
    assert combined("4", [Figure("4", 10.0, apart=3), Figure("4", 30.0, apart=5)]) is None
    alone = combined("4", [Figure("4", 10.0, apart=3), Figure("4", None, no_data=True)])
    assert alone == Figure("4", 10.0, apart=3)


def test_no_data_anywhere_is_not_nought() -> None:
    assert combined("2", [NONE, NONE]) == NONE
    assert combined("3", []) == Figure("3", None, no_data=True)


def test_the_share_of_the_total() -> None:
    assert share_of(Figure("2", 3, 3), Figure("2", 12, 12)) == 0.25
    assert share_of(Figure("3", 0.5, 1, 2), Figure("3", 0.9, 9, 10)) == 0.2  # of the cases it stands on
    assert share_of(Figure("4", 10.0), Figure("4", 12.0)) is None
    assert share_of(NONE, Figure("2", 12, 12)) is None
    assert share_of(Figure("2", 0, 0), Figure("2", 0, 0)) is None


# ---- each within its own scope ---------------------------------------------------------------------------------------
def test_each_organisation_answers_for_itself(world: World) -> None:
    happened(world.alice)
    happened(world.bob)
    happened(world.bob)
    assert counts(lines(world)) == {"Sở A (thử)": 1, "Trường B (thử)": 2}
    assert board.total(lines(world))["2"] == Figure("2", 3, 3)


def test_only_those_asked_for_are_asked(world: World) -> None:
    own = world.organisations["so-a"]
    assert [line.organisation_id for line in board.board_figures(world.board, YEAR, {own})] == [own]
    assert board.board_figures(world.board, YEAR, {world.organisations["congan"], 987_654}) == []


@pytest.mark.parametrize("name", ["alice", "head", "admin", "liaison", "system"])
def test_nobody_else_sees_several(world: World, name: str) -> None:
    with pytest.raises(Denied):
        board.board_figures(getattr(world, name), YEAR)


def test_a_board_below_is_no_line_and_sees_its_own_branch_only(world: World) -> None:
    founded(world, "ban-huyen", kind=Kind.BOARD)
    founded(world, "xa-1", "ban-huyen")
    founded(world, "xa-2", "ban-huyen")
    assert [line.name for line in lines(world)] == ["Sở A (thử)", "Trường B (thử)", "Đơn vị xa-1", "Đơn vị xa-2"]
    (place,) = tree(world.board).branches
    assert place.code == "ban-huyen"
    rows = board.branch(organisations_below(world.board), place.id)
    assert {row.code for row in rows} == {"xa-1", "xa-2"}
    smaller = replace(world.board, organisation_id=place.id, organisation_code="ban-huyen")
    assert {line.name for line in board.board_figures(smaller, YEAR)} == {"Đơn vị xa-1", "Đơn vị xa-2"}


GOLDEN = Period(DAY("2019-09-01"), DAY("2020-11-12"), HANOI)
RUNNING = reporting(Span.MONTH, NOW.astimezone(HANOI).date(), HANOI)


@pytest.mark.parametrize("period", [GOLDEN, RUNNING, RUNNING.previous()], ids=["golden", "running", "before"])
def test_the_board_says_of_each_what_its_own_page_says(demo: str, period: Period) -> None:
    who = replace(acting("binh@ban-chi-dao"), clock=lambda: NOW)
    rows = organisations_below(who)
    answers = {line.organisation_id: line for line in board.board_figures(who, period)}
    assert len(answers) == len(rows) > 3
    for row in rows:
        inside, local = board._inside(who, row, period)
        assert answers[row.id or 0].figures == kpis.figures(inside, local), row.code
        few = ("14", "2", "9")
        assert board.board_figures(who, period, {row.id or 0}, few)[0].figures == kpis.headlines(
            inside, local, sorted(few, key=int)
        )


def test_each_organisation_is_asked_in_one_statement(world: World) -> None:
    happened(world.alice)
    happened(world.bob)
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("SELECT") and "set_config" not in statement:
            said.append(statement)

    listening.listen(engine(), "before_cursor_execute", note)
    try:
        found = board.board_figures(world.board, YEAR, codes=TOGETHER)
    finally:
        listening.remove(engine(), "before_cursor_execute", note)
    assert len(found) == 2
    asked = [one for one in said if "max(incident.occurred_at)" in one]
    assert len(asked) == 2
    assert len(said) == 3, "who stands below, and one for each"


def test_all_are_told_of_one_moment(world: World) -> None:
    moments = iter(range(1_000))
    start = instant("2020-01-06T23:59")
    ticking = replace(world.board, clock=lambda: start + dt.timedelta(seconds=40 * next(moments)))
    assert {line.until for line in board.board_figures(ticking, YEAR)} == {instant("2020-01-07T00:00")}


# ---- until when an answer holds ----------------------------------------------------------------------------------------
def until(world: World, period: Period = YEAR) -> dt.datetime:
    """What the board and the organisation's own page say alike."""
    (line,) = board.board_figures(world.board, period, {world.organisations["so-a"]})
    assert kpis_together.until(world.alice, period) == line.until
    return line.until


def test_an_answer_holds_until_midnight_where_the_organisation_is(world: World) -> None:
    happened(world.alice)
    assert until(world) == instant("2020-01-07T00:00")


def test_an_answer_holds_until_the_next_event_of_the_period_ends(world: World) -> None:
    for name, ends_at in (("Hội làng", "2020-01-06T21:00"), ("Chợ đêm", "2020-01-06T22:00")):
        times = {"starts_at": instant("2020-01-06T08:00"), "ends_at": instant(ends_at)}
        event.add_event(world.alice, EventDraft(name=name, kind="festival", venue="Sân đình", **times))
    first = instant("2020-01-06T21:00")
    before, after = world.at("2020-01-06T20:59:59"), world.at(first + kpis_together.AFTER)
    assert until(before) == first + kpis_together.AFTER
    assert until(after) == instant("2020-01-06T22:00") + kpis_together.AFTER
    for when, ended in ((before, 0), (after, 1)):
        assert board.board_figures(when.board, YEAR)[0].figures["13"].denominator == ended
    assert until(before, YEAR.previous()) == instant("2020-01-07T00:00")


def test_an_answer_holds_until_the_limit_of_a_flash_report_has_passed(world: World) -> None:
    row = incident.report(
        world.alice,
        IncidentDraft(
            summary="Cháy chợ",
            kind="B.fighting",
            severity=4,
            occurred_at=world.alice.now(),
            received_at=world.alice.now(),
        ),
    )
    assert row.flash_due_at is not None
    just, passed = world.at(row.flash_due_at), world.at(row.flash_due_at + kpis_together.AFTER)
    assert until(just) == row.flash_due_at + kpis_together.AFTER
    assert board.board_figures(just.board, YEAR)[0].figures["7"].denominator == 0
    assert board.board_figures(passed.board, YEAR)[0].figures["7"].denominator == 1
    assert until(passed) == instant("2020-01-07T00:00")


# ---- who has reported ------------------------------------------------------------------------------------------------
def test_the_last_entry_and_who_has_entered_nothing(world: World) -> None:
    happened(world.at("2020-01-06T09:30").alice)
    first, second = lines(world)
    assert (first.entered, first.reported) == (instant("2020-01-06T09:30"), True)
    assert (second.entered, second.reported) == (None, False)


@pytest.mark.parametrize(
    ("entered", "reported"),
    [
        ("2019-12-14T23:59", False),
        ("2019-12-15T00:00", True),
        ("2020-12-14T23:59", True),
        ("2020-12-15T00:00", False),
    ],
)
def test_entered_in_the_period_is_by_the_day_of_the_entry(world: World, entered: str, reported: bool) -> None:
    happened(world.at(entered).alice, "2019-12-10T08:00")
    line = lines(world)[0]
    assert line.reported is reported
    assert line.entered == instant(entered)


def test_an_earlier_period_counts_what_was_entered_then(world: World) -> None:
    happened(world.at("2019-12-20T08:00").alice, "2019-12-18T08:00")
    happened(world.at("2021-01-20T08:00").alice, "2021-01-18T08:00")
    assert lines(world)[0].reported


# ---- mergers ---------------------------------------------------------------------------------------------------------


def test_what_was_merged_stands_under_its_successor(world: World) -> None:
    happened(world.alice)
    happened(world.bob)
    happened(world.bob)
    merged(world, "truong-b", "so-a")
    (line,) = lines(world)
    assert (line.name, line.figures["2"]) == ("Sở A (thử)", Figure("2", 3, 3))
    assert [part.name for part in line.parts] == ["Sở A (thử)", "Trường B (thử)"]
    assert counts(lines(world, as_today=False)) == {"Sở A (thử)": 1, "Trường B (thử)": 2}
    assert board.total(lines(world))["2"] == board.total(lines(world, as_today=False))["2"]


def test_a_chain_of_mergers_leads_to_the_last(world: World) -> None:
    for code in ("c", "d"):
        founded(world, f"truong-{code}")
    merged(world, "truong-b", "truong-c", "2019-12-20")
    merged(world, "truong-c", "truong-d", "2020-01-02")
    happened(world.bob)
    assert counts(lines(world)) == {"Sở A (thử)": None, "Đơn vị truong-d": 1}


def test_a_merger_to_come_has_not_come(world: World) -> None:
    merged(world, "truong-b", "so-a", "2020-02-01")
    assert len(lines(world, today="2020-01-31")) == 2
    assert len(lines(world, today="2020-02-01")) == 1


def test_what_went_over_to_somebody_elses_branch_stays_where_the_board_sees_it(world: World) -> None:
    founded(world, "ngoai", parent_id=None)
    merged(world, "truong-b", "ngoai")
    assert [line.name for line in lines(world)] == ["Sở A (thử)", "Trường B (thử)"]


def test_one_that_was_not_there_in_the_period_is_no_line(world: World) -> None:
    founded(world, "moi", valid_from=DAY("2021-01-01"))
    founded(world, "truong-cu", valid_to=DAY("2019-06-01"))
    assert [line.name for line in lines(world)] == ["Sở A (thử)", "Trường B (thử)"]


# ---- where a line comes from -------------------------------------------------------------------------------------------
def test_a_breakdown_adds_up_to_the_line(world: World) -> None:
    happened(world.alice)
    happened(world.alice, "2019-12-20T08:00", kind="C.theft")
    happened(world.bob)
    merged(world, "truong-b", "so-a")
    (line,) = lines(world)
    found = board.breakdown(world.board, YEAR, tuple(part.organisation_id for part in line.parts))
    assert sum(count for _, count in found.months) == 3
    assert len(found.months) == 12
    assert found.groups == {"B": 2, "C": 1}


@pytest.mark.parametrize("which", ["congan", "ban"])
def test_a_breakdown_is_of_those_below_only(world: World, which: str) -> None:
    for ids in ((world.organisations[which],), (world.organisations["so-a"], 987_654), ()):
        with pytest.raises(NotFound):
            board.breakdown(world.board, YEAR, ids)


# ---- the merger itself -----------------------------------------------------------------------------------------------
def test_a_merger_is_written_down(world: World) -> None:
    row = merged(world, "truong-b", "so-a")
    assert (row.successor_id, row.valid_to, row.version) == (world.organisations["so-a"], DAY("2020-01-02"), 2)
    assert history.revisions({row.id or 0}) == history.revisions({row.id or 0})
    newest = history.latest(world.system, 1)[0][0]
    assert (newest.action, newest.changes["valid_to"]) == ("organisation.merged", [None, "2020-01-02"])


def test_a_merger_needs_another_organisation_and_no_ring(world: World) -> None:
    founded(world, "truong-c")
    merged(world, "truong-b", "truong-c")
    for old, into in (("truong-c", "truong-b"), ("truong-c", "truong-c")):
        with pytest.raises(Invalid) as refused:
            merged(world, old, into)
        assert set(refused.value.errors) == {"successor_id"}
    with pytest.raises(Invalid):
        merge_organisation(
            world.system, world.organisations["so-a"], MergerDraft(successor_id=987_654, valid_to=DAY("2020-01-01")), 1
        )


def test_a_stale_merger_is_refused(world: World) -> None:
    merged(world, "truong-b", "so-a")
    draft = MergerDraft(successor_id=world.organisations["so-a"], valid_to=DAY("2020-03-01"))
    with pytest.raises(Stale):
        merge_organisation(world.system, world.organisations["truong-b"], draft, 1)


def test_nobody_else_merges(world: World) -> None:
    draft = MergerDraft(successor_id=world.organisations["so-a"], valid_to=DAY("2020-03-01"))
    for who in (world.head, world.admin, world.board):
        with pytest.raises(Denied):
            merge_organisation(who, world.organisations["truong-b"], draft, 1)


def test_a_line_without_figures_is_still_a_line() -> None:
    line = BoardLine(1, "A", "A", {})
    assert board.total([line]) == {}
    assert board.total([]) == {}
