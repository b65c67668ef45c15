"""Figures that go by a clock of their own: overdue now (6), flash reports (7), re-checks (12), result reports (16). Each on a
world small enough to count by hand; `P` is the reporting month 15/01 – 14/02/2020."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from models import catalogue_edit, deadline, event, incident, remedy
from models.catalogue_rules import HolidayDraft
from models.database import reading
from models.event import ResultDraft
from models.figures import on_day
from models.finding import RecheckDraft
from models.incident import Incident
from models.incident_life import TransferDraft
from models.period import Period
from models.period_rule import PeriodRuleDraft, save_rule
from tests.models.test_kpis import (
    DUE,
    RECEIVED,
    TICK,
    P,
    asked,
    bounds,
    day,
    free,
    happens,
    held,
    move,
    planned,
    remedied,
    settled,
    sides,
    visited,
    void,
)
from tests.worlds import World, instant


# ---- the local day, as the database counts it -----------------------------------------------------------------------------
@pytest.mark.parametrize("zone", ["Asia/Ho_Chi_Minh", "Europe/Paris", "America/New_York"])
def test_the_database_counts_local_days_as_python_does(world: World, zone: str) -> None:
    """Around both changes of the clocks in 2020, to the microsecond about midnight."""
    here = Period(day("2020-03-01"), day("2020-11-30"), ZoneInfo(zone))
    days = [dt.date(2020, 3, 28) + dt.timedelta(days=number) for number in (0, 1, 2, 60)]
    days += [
        dt.date(2020, 3, 7),
        dt.date(2020, 3, 8),
        dt.date(2020, 10, 24),
        dt.date(2020, 10, 25),
        dt.date(2020, 11, 1),
    ]
    midnights = [dt.datetime.combine(one, dt.time.min, here.zone).astimezone(dt.UTC) for one in days]
    for midnight in midnights:
        happens(world, midnight - TICK)
        happens(world, midnight)
    with reading(world.alice) as session:
        instants = col(Incident.occurred_at)
        rows = session.exec(select(instants, on_day(instants, here))).all()
    assert {str(found) for at, found in rows if str(found) != at.astimezone(here.zone).date().isoformat()} == set()
    assert len(rows) == 2 * len(days)


# ---- 6: overdue now ------------------------------------------------------------------------------------------------------
def test_open_is_overdue_from_the_morrow_of_its_due_day(world: World) -> None:
    happens(world, RECEIVED)  # due on 03/02
    assert asked(world, "6", now=f"{DUE}T23:59").value == 0
    assert asked(world, "6", now="2020-02-04T00:00").value == 1


@pytest.mark.parametrize(("last", "number"), [("2020-02-02", 0), (DUE, 1), ("2020-02-04", 1)])
def test_of_a_past_period_it_tells_its_end(world: World, last: str, number: int) -> None:
    happens(world, RECEIVED)
    assert asked(world, "6", free("2020-01-15", last)).value == number


def test_what_was_settled_after_the_period_was_overdue_then(world: World) -> None:
    row = happens(world, RECEIVED)
    settled(world, row, P.end.isoformat())
    assert asked(world, "6").value == 1
    assert asked(world, "6", free("2020-02-01", "2020-02-15")).value == 0


def test_settled_unconfirmed_and_transferred_ones_are_not_overdue(world: World) -> None:
    settled(world, happens(world, RECEIVED), "2020-02-10T08:00")
    void(world, happens(world, RECEIVED), "2020-02-10T08:00")
    draft = TransferDraft(transferred_to="Công an", transfer_document="1/CV", transferred_on=day("2020-02-10"))
    move(world, "2020-02-10T08:00", happens(world, RECEIVED), "transferred", draft)
    assert asked(world, "6").value == 0


# ---- 7: flash reports ----------------------------------------------------------------------------------------------------
def urgent(world: World, when: str, **over: Any) -> Any:
    """An incident of severity 3: its head is told within 30 minutes."""
    return happens(world, when, severity=3, **over)


def told(world: World, row: Any, when: str | dt.datetime) -> None:
    world.set(when)
    deadline.report_flash(world.alice, row.id)


@pytest.mark.parametrize(("late", "in_time"), [(dt.timedelta(), 1), (TICK, 0)])
def test_a_flash_report_at_the_limit_is_in_time(world: World, late: dt.timedelta, in_time: int) -> None:
    told(world, urgent(world, "2020-01-20T08:00"), instant("2020-01-20T08:30") + late)
    assert sides(asked(world, "7")) == (in_time, 1)


def test_a_report_never_made_is_late_once_the_limit_has_passed(world: World) -> None:
    urgent(world, "2020-01-20T08:00")
    assert asked(world, "7", now="2020-01-20T08:30").no_data
    assert sides(asked(world, "7", now="2020-01-20T08:31")) == (0, 1)


def test_ordinary_and_unconfirmed_incidents_ask_for_none(world: World) -> None:
    happens(world, "2020-01-20T08:00", severity=2)
    void(world, urgent(world, "2020-01-20T08:00"), "2020-01-21T08:00")
    assert asked(world, "7").no_data


@pytest.mark.parametrize("place", range(4))
def test_it_counts_by_the_instant_the_report_was_due(world: World, place: int) -> None:
    due, counts = bounds(P)[place]
    urgent(world, due - dt.timedelta(minutes=30))
    assert asked(world, "7").denominator == int(counts)


def test_reported_after_the_period_is_late_whatever_is_asked(world: World) -> None:
    told(world, urgent(world, "2020-02-14T23:00"), P.end)
    assert sides(asked(world, "7")) == (0, 1)


# ---- 12: re-checks -------------------------------------------------------------------------------------------------------
def checked(world: World, row: Any, on: str, result: str = "passed") -> None:
    world.set(f"{on}T10:00")
    remedy.recheck(world.alice, row.id, RecheckDraft(checked_on=day(on), result=result, checked_by="Tổ"))


def test_rechecks_passed_of_those_made_in_the_period(world: World) -> None:
    first, second = visited(world, "2020-01-05", "2020-02-01", "2020-02-01")
    remedied(world, first, "2020-01-10", verify=True)
    checked(world, first, "2020-01-14")  # the day before the period
    remedied(world, second, "2020-01-12", verify=True)
    checked(world, second, "2020-01-15", "failed")
    remedied(world, second, "2020-01-30", verify=True)
    checked(world, second, "2020-02-14")
    assert sides(asked(world, "12")) == (1, 2)
    assert sides(asked(world, "12", free("2020-01-01", "2020-02-13"))) == (1, 2)


def test_a_recheck_goes_with_the_unit_of_its_visit(world: World) -> None:
    for unit, on in (("hall", "2020-01-16"), ("museum", "2020-01-17")):
        round_ = planned(world, on, unit_id=world.units[unit])
        (row,) = visited(world, on, "2020-02-01", row=round_)
        remedied(world, row, "2020-01-20", verify=True)
        checked(world, row, "2020-01-21", "passed" if unit == "hall" else "failed")
    found = [sides(asked(world, "12", unit=unit)) for unit in (None, "hall", "museum")]
    assert found == [(1, 2), (1, 1), (0, 1)]


# ---- 16: result reports --------------------------------------------------------------------------------------------------
# An event that ends on Friday 17/01/2020: five working days over Tết (23–29/01) end on Friday 31/01.
ENDS, LAST_DAY = "2020-01-17T22:00", "2020-01-31"


def reported(world: World, row: event.Event, when: str) -> None:
    world.set(when)
    event.report_result(world.alice, row.id, ResultDraft(attendance=100), row.version)


@pytest.mark.parametrize(("when", "in_time"), [(f"{LAST_DAY}T23:59:59.999999", 1), ("2020-02-01T00:00", 0)])
def test_reported_by_the_end_of_the_last_working_day_is_in_time(world: World, when: str, in_time: int) -> None:
    reported(world, held(world, ENDS), when)
    assert sides(asked(world, "16")) == (in_time, 1)


def test_an_unreported_event_is_late_from_the_morrow(world: World) -> None:
    held(world, ENDS)
    assert asked(world, "16", now=f"{LAST_DAY}T23:00").no_data
    assert sides(asked(world, "16", now="2020-02-01T00:00")) == (0, 1)


@pytest.mark.parametrize(("first", "last", "whole"), [(LAST_DAY, LAST_DAY, 1), ("2020-02-01", "2020-02-14", 0)])
def test_an_event_counts_where_its_report_is_due(world: World, first: str, last: str, whole: int) -> None:
    held(world, ENDS)
    assert asked(world, "16", free(first, last)).denominator == whole
    assert asked(world, "16", free("2020-01-15", "2020-01-30")).denominator == 0


def test_a_called_off_event_owes_no_report(world: World) -> None:
    row = held(world, ENDS)
    event.cancel_event(world.head, row.id, "Mưa bão lớn", row.version)
    assert asked(world, "16").no_data


def test_a_correction_does_not_move_the_report(world: World) -> None:
    row = held(world, ENDS)
    reported(world, row, "2020-01-20T08:00")
    world.set("2020-03-01T08:00")
    again = event.event(world.alice, row.id)
    event.report_result(world.alice, row.id, ResultDraft(attendance=120), again.version)
    assert sides(asked(world, "16")) == (1, 1)


def test_the_organisation_says_how_many_working_days_and_from_when_on(world: World) -> None:
    rows = [held(world, ends) for ends in (ENDS, "2020-02-04T22:00")]
    reported(world, rows[0], "2020-01-31T08:00")
    reported(world, rows[1], "2020-02-06T08:00")  # two working days after
    assert sides(asked(world, "16")) == (2, 2)
    save_rule(world.head, PeriodRuleDraft(valid_from=day("2020-02-01"), result_days=1))
    assert sides(asked(world, "16")) == (1, 2)


def test_a_day_off_of_ones_own_is_no_working_day(world: World) -> None:
    reported(world, held(world, ENDS), "2020-02-03T08:00")
    assert sides(asked(world, "16")) == (0, 1)
    draft = HolidayDraft(vi="Nghỉ bù", en="Day in lieu", day=day("2020-01-30"))
    catalogue_edit.save_entry(world.admin, "holiday", None, draft)
    assert sides(asked(world, "16")) == (1, 1)


def test_events_go_with_their_unit(world: World) -> None:
    held(world, ENDS, unit_id=world.units["hall"])
    held(world, ENDS)
    assert [asked(world, "16", unit=unit).denominator for unit in (None, "hall", "museum")] == [2, 1, 0]


def test_an_incident_that_is_not_urgent_any_more_needs_no_report(world: World) -> None:
    row = urgent(world, "2020-01-20T08:00")
    now = incident.incident(world.alice, row.id)
    values = {name: getattr(now, name) for name in incident.IncidentDraft.model_fields} | {"severity": 1}
    incident.amend(world.alice, row.id, incident.IncidentDraft(**values), now.version)
    assert asked(world, "7").no_data
