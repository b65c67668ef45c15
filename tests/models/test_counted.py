"""The lists behind the numbers: each page's list is as long as the figure or the bar it was opened from."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from data.demo import cast
from models import breakdowns, counted, event, incident_search, inspection, kpi_records, kpis, ledger
from models.access import Current, NotFound
from models.account import acting
from models.counted import NOBODYS, PART, REST, UNRATED, WHOLE, Counted
from models.database import reading
from models.figures import KPIS, Figure, Records
from models.kinds import UNKNOWN
from models.organisation import units
from models.period import Period
from tests.models.test_kpis import AFTER, P, happens
from tests.worlds import HANOI, World

YEAR = Period(dt.date(2019, 9, 1), dt.date(2020, 11, 12), HANOI)
CODES = sorted(KPIS, key=int)


def head() -> Current:
    return acting(f"minh@{cast.DEPARTMENT}")


def of(code: str, **over: object) -> Counted:
    return replace(Counted(code, YEAR.first, YEAR.last), **over)  # type: ignore[arg-type]


# Table → how many the page's own list finds.
LISTED: dict[str, Callable[[Current, Counted], int]] = {
    "incident": lambda who, what: incident_search.bubble_counts(who, incident_search.Filter(counted=what))[""],
    "inspection_round": lambda who, what: inspection.bubble_counts(who, inspection.Filter(counted=what))[""],
    "inspection_visit": lambda who, what: len(counted.inspection_lines(who, what, 1000)),
    "finding": lambda who, what: len(counted.inspection_lines(who, what, 1000)),
    "recheck": lambda who, what: len(counted.inspection_lines(who, what, 1000)),
    "event": lambda who, what: event.bubble_counts(who, event.Filter(counted=what))[""],
    "joint_activity": lambda who, what: ledger.bubble_counts(who, ledger.Asked(counted=what))[""],
}


def listed(what: Counted) -> int:
    """By the page's list, where one was made for records of this kind; else by the records themselves."""
    ask = LISTED.get(counted.table(what))
    return ask(head(), what) if ask else counted.size(head(), what)


# ---- every figure ------------------------------------------------------------------------------------------------------
def sides(figure: Figure) -> tuple[float | None, float | None]:
    """What the lists of its two sides should hold."""
    match figure.code:
        case "4":
            return figure.apart, figure.apart
        case "8":
            return figure.apart, figure.numerator
        case "17":
            return 1, 1
        case "2" | "6" | "18" | "19":
            return figure.numerator, figure.numerator
    return figure.numerator, figure.denominator


@pytest.mark.parametrize("code", [code for code in CODES if code not in ("1", "15")])
def test_the_list_is_as_long_as_the_figure(demo: str, code: str) -> None:
    part, whole = sides(KPIS[code].ask(head(), YEAR))
    assert (listed(of(code, part=PART)), listed(of(code))) == (part, whole)
    if counted.has_parts(code):
        assert listed(of(code, part=REST)) == (whole or 0) - (part or 0)


def test_the_list_of_days_without_are_the_complex_incidents(world: World) -> None:
    happens(world, "2020-01-20T08:00")
    happens(world, "2020-01-21T08:00", world.head, complexity="complex", complexity_reason="Nhiều người kéo đến")
    asked = incident_search.Filter(counted=Counted("1", P.first, P.last))
    (row,) = incident_search.incidents(world.at(AFTER).alice, asked)
    assert row.occurred_at.astimezone(HANOI).date() == KPIS["1"].ask(world.at(AFTER).alice, P).since


def test_the_list_of_a_rate_are_the_incidents_at_the_events(demo: str) -> None:
    assert listed(of("15", part=PART)) == KPIS["15"].ask(head(), YEAR).numerator
    assert listed(of("15")) == KPIS["13"].ask(head(), YEAR).denominator


@pytest.mark.parametrize("code", ["2", "3", "9", "10", "11", "13"])
def test_and_so_for_each_unit(demo: str, code: str) -> None:
    for unit in units(head()):
        part, whole = sides(KPIS[code].ask(head(), YEAR, unit.id))
        assert listed(of(code, unit_id=unit.id)) == whole, unit.name
        assert listed(of(code, unit_id=unit.id, part=PART)) == part, unit.name


@pytest.mark.parametrize("code", kpis.grouped())
def test_and_so_for_each_group_of_kinds(demo: str, code: str) -> None:
    groups = [*(one or UNKNOWN for one in breakdowns.incidents_by_group(head(), YEAR)), "F"]
    assert len(groups) > 3
    figures = {group: KPIS[code].ask(head(), YEAR, None, group) for group in groups}
    for group, figure in figures.items():
        part, whole = sides(figure)
        if code == "1":
            assert (counted.size(head(), of(code, group=group)) == 0) is (figure.never or figure.no_data)
            continue
        assert (listed(of(code, group=group)), listed(of(code, group=group, part=PART))) == (whole or 0, part or 0)
    if code == "2":
        whole = KPIS["2"].ask(head(), YEAR)
        assert sum(figure.value or 0 for figure in figures.values()) == whole.value


def test_a_figure_of_one_group_and_one_unit_is_of_both(world: World) -> None:
    for kind, unit in (("B.fighting", "hall"), ("B.fighting", "museum"), ("C.theft", "hall")):
        happens(world, "2020-01-20T08:00", kind=kind, unit_id=world.units[unit])
    found = kpis.figures(world.at(AFTER).alice, P, world.units["hall"], "B")
    assert list(found) == ["1", "2", "3", "4", "5", "6", "7"]
    assert found["2"].value == 1
    assert found["3"].denominator == 1


# ---- every bar ---------------------------------------------------------------------------------------------------------
def test_each_bar_opens_as_many_as_it_shows(demo: str) -> None:
    who = head()
    for group, number in breakdowns.incidents_by_group(who, YEAR).items():
        assert listed(of("2", group=group or UNKNOWN)) == number
    for severity, number in breakdowns.incidents_by_severity(who, YEAR).items():
        assert listed(of("2", severity=severity or UNRATED)) == number
    for unit, number in breakdowns.incidents_by_unit(who, YEAR).items():
        assert listed(of("2", unit_id=unit or NOBODYS)) == number
    for day, number in breakdowns.incidents_by_day(who, YEAR).items():
        assert listed(Counted("2", day, day)) == number
    for month, number in breakdowns.incidents_by_month(who, YEAR):
        assert listed(Counted("2", month.first, month.last)) == number
    for subject, one in breakdowns.inspections_by_subject(who, YEAR).items():
        assert listed(of("10", group=subject)) == one.visits
        assert listed(of("10", group=subject, part=PART)) == one.with_findings
    for partner in breakdowns.activities_by_partner(who, YEAR):
        assert listed(of("8", partner=partner.code)) == partner.activities


def test_bars_of_what_is_not_known_open_it_too(world: World) -> None:
    happens(world, "2020-01-20T08:00", kind=None, severity=None, unit_id=None)
    happens(world, "2020-01-21T08:00", kind="B.fighting", severity=2, unit_id=world.units["hall"])
    who = world.at(AFTER).alice
    for over in ({"group": UNKNOWN}, {"severity": UNRATED}, {"unit_id": NOBODYS}, {"group": "B"}, {"severity": 2}):
        what = replace(Counted("2", P.first, P.last), **over)  # type: ignore[arg-type]
        assert counted.size(who, what) == 1, over


# ---- what it is made of ------------------------------------------------------------------------------------------------
def test_every_figure_says_truly_what_its_records_are(small_world: World) -> None:
    with reading(small_world.at(AFTER).alice) as session:
        for code in CODES:
            records = KPIS[code].records(session, P, None)
            assert counted.table(Counted(code, P.first, P.last)) == records.cls.__tablename__
            split = records.part is not None and not isinstance(records.part, Records)
            assert counted.has_parts(code) == split, code
            part = kpi_records.behind(session, code, P, None, PART)
            assert counted.table(Counted(code, P.first, P.last, PART)) == part.cls.__tablename__


def test_a_list_of_something_else_shows_nothing(small_world: World) -> None:
    happens(small_world, "2020-01-20T08:00")
    who = small_world.at(AFTER).alice
    visits = Counted("10", P.first, P.last)
    assert incident_search.bubble_counts(who, incident_search.Filter(counted=visits))[""] == 0
    with pytest.raises(NotFound):
        counted.inspection_lines(who, Counted("2", P.first, P.last))


@pytest.mark.parametrize(
    "what",
    [
        Counted("99", P.first, P.last),
        Counted("99", P.first, P.last, REST),
        Counted("2", P.first, P.last, REST),
        Counted("9", P.first, P.last, severity=2),
        Counted("8", P.first, P.last, severity=2),
        Counted("13", P.first, P.last, group="B"),
        Counted("2", P.first, P.last, partner="congan"),
        *(Counted(code, P.first, P.last, unit_id=NOBODYS) for code in ("8", "11", "12", "17")),
    ],
    ids=str,
)
def test_what_is_no_number_is_not_found(small_world: World, what: Counted) -> None:
    with pytest.raises(NotFound):
        counted.size(small_world.alice, what)


def test_confidential_ones_are_counted_but_not_listed_for_staff(world: World) -> None:
    happens(world, "2020-01-20T08:00")
    happens(world, "2020-01-21T08:00", world.head, confidential=True)
    later, what = world.at(AFTER), Counted("2", P.first, P.last)
    asked = incident_search.Filter(counted=what)
    assert (counted.size(later.alice, what), counted.unseen(later.alice, what)) == (2, 1)
    assert incident_search.bubble_counts(later.alice, asked)[""] == 1
    assert (counted.unseen(later.head, what), incident_search.bubble_counts(later.head, asked)[""]) == (0, 2)


def test_another_organisations_records_are_not_listed(world: World) -> None:
    happens(world, "2020-01-20T08:00", world.bob)
    what = Counted("2", P.first, P.last)
    assert counted.size(world.at(AFTER).alice, what) == 0
    assert counted.size(world.at(AFTER).bob, what) == 1
    with pytest.raises(NotFound):
        counted.size(world.at(AFTER).bob, replace(what, unit_id=world.units["hall"]))


def test_the_whole_is_what_is_asked_for_unless_said_otherwise() -> None:
    assert Counted("3", P.first, P.last).part == WHOLE
