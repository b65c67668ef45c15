"""The figures, each on a world small enough to count by hand. `P` is the reporting month 15/01 – 14/02/2020."""

import datetime as dt
import inspect
from collections.abc import Callable
from typing import Any

import pytest

from models import (
    answering,
    board,
    breakdowns,
    database,
    event,
    finding,
    incident,
    incident_life,
    inspection_life,
    kpis,
    plan,
    remedy,
    sharing,
    visit,
)
from models.access import Current, Denied, NotFound
from models.draft import ReasonDraft
from models.event import EventDraft, ResultDraft
from models.figures import KPIS, Figure
from models.finding import FindingDraft
from models.incident import Incident, IncidentDraft
from models.incident_life import ExtendDraft, ReopenDraft, SettleDraft, TransferDraft, VoidDraft
from models.inspection import InspectionRound, RoundDraft, VisitDraft, plan_round
from models.inspection_life import ConclusionDraft
from models.joint import ActivityDraft, ShareDraft
from models.organisation import UnitDraft, save_unit, units
from models.period import Period, Span, months, reporting
from models.plan_content import PlanDraft, Post
from models.remedy import RemedyDraft
from tests.conftest import statements
from tests.worlds import HANOI, World, instant

P = Period(dt.date(2020, 1, 15), dt.date(2020, 2, 14), HANOI, Span.MONTH)
AFTER = "2020-06-01T08:00"  # long after the period: TO is then "today"
TICK = dt.timedelta(microseconds=1)
day = dt.date.fromisoformat


def free(first: str, last: str) -> Period:
    return Period(day(first), day(last), HANOI)


# ---- how the people of these worlds work -------------------------------------------------------------------------------
def happens(world: World, occurred: str | dt.datetime, who: Current | None = None, **over: Any) -> Incident:
    """An incident, entered as it occurs."""
    world.set(occurred)
    draft = {
        "occurred_at": world.clock(),
        "received_at": world.clock(),
        "summary": "Mất xe",
        "kind": "C.theft",
        "severity": 1,
    }
    if over.get("complexity", "none") != "none":
        over.setdefault("complexity_reason", "Đông người")
    return incident.report(who or world.alice, IncidentDraft(**(draft | {"unit_id": None} | over)))


def move(world: World, when: str, row: Incident, state: str, draft: Any, who: Current | None = None) -> None:
    world.set(when)
    seen = incident.incident(who or world.head, row.id).version
    incident_life.move(who or world.head, row.id, state, draft, seen)


def settled(world: World, row: Incident, when: str) -> None:
    amend(world, row, unit_id=row.unit_id or world.units["hall"])
    move(world, when, row, "settled", SettleDraft(conclusion="Đã xong"))


def amend(world: World, row: Incident, **over: Any) -> None:
    now = incident.incident(world.head, row.id)
    values = {name: getattr(now, name) for name in IncidentDraft.model_fields} | over
    incident.amend(world.head, row.id, IncidentDraft(**values), now.version)


def void(world: World, row: Incident, when: str) -> None:
    move(world, when, row, "not_confirmed", VoidDraft(note="Không có"))


def bounds(period: Period) -> list[tuple[dt.datetime, bool]]:
    """The instants just outside and just inside."""
    return [(period.start - TICK, False), (period.start, True), (period.end - TICK, True), (period.end, False)]


def sides(figure: Figure) -> tuple[int | None, int | None]:
    return figure.numerator, figure.denominator


def asked(world: World, code: str, period: Period = P, unit: str | None = None, now: str = AFTER) -> Figure:
    return KPIS[code].ask(world.at(now).alice, period, world.units[unit] if unit else None)


# ---- every figure ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("code", sorted(set(KPIS) - {"1"}, key=int))
def test_an_empty_organisation_has_no_data(world: World, code: str) -> None:
    figure = asked(world, code)
    assert (figure.value, figure.no_data) == (None, True)


@pytest.mark.parametrize("code", sorted(KPIS, key=int))
def test_it_is_for_those_who_may_see_figures(small_world: World, code: str) -> None:
    for who in (small_world.admin, small_world.liaison, small_world.board, small_world.system):
        with pytest.raises(Denied):
            KPIS[code].ask(who, P)


@pytest.mark.parametrize("code", sorted(KPIS, key=int))
def test_a_unit_of_another_organisation_is_not_found(small_world: World, code: str) -> None:
    with pytest.raises(NotFound):
        KPIS[code].ask(small_world.bob, P, small_world.units["hall"])


def test_the_list_is_that_of_the_house() -> None:
    assert sorted(KPIS, key=int) == [str(number) for number in range(1, 20)]


def test_every_figure_is_on_the_list_and_says_what_it_is() -> None:
    functions = {f for _, f in inspect.getmembers(kpis, inspect.isfunction) if f.__module__.startswith("models.kpis_")}
    told = {f for f in functions if inspect.signature(f).return_annotation is Figure}
    assert told == {kpi.ask for kpi in KPIS.values()}
    for function in told:
        for word in ("Counts:", "Leaves out", "Period:", "Unit:", "Better:", "Source:"):
            assert word in (function.__doc__ or ""), f"{function.__name__} does not say {word}"


def test_the_report_has_the_agreed_form(world: World) -> None:
    row = happens(world, "2020-01-20T08:00", unit_id=world.units["hall"])
    settled(world, row, "2020-01-21T08:20")
    report = kpis.report(world.at(AFTER).alice, P.first, P.last)
    assert {key: report[key] for key in ("organisation", "from", "to")} == {
        "organisation": "so-a",
        "from": "2020-01-15",
        "to": "2020-02-14",
    }
    assert [line["code"] for line in report["kpis"]] == sorted(KPIS, key=int)
    lines = {line["code"]: line for line in report["kpis"]}
    assert lines["3"] == {"code": "3", "value": 1.0, "numerator": 1, "denominator": 1, "no_data": False}
    assert lines["4"] == {"code": "4", "value": 24.3333, "numerator": None, "denominator": None, "no_data": False}
    assert lines["5"] == {"code": "5", "value": None, "numerator": 0, "denominator": 0, "no_data": True}


def test_more_records_ask_no_more_questions(world: World) -> None:
    def questions() -> int:
        with statements() as said:
            kpis.figures(world.at(AFTER).alice, P, world.units["hall"])
        return len([one for one in said if one.startswith("SELECT") and "set_config" not in one])

    settled(world, happens(world, "2020-01-20T08:00"), "2020-01-21T08:00")
    few = questions()
    for hour in range(8, 18):
        settled(world, happens(world, f"2020-01-22T{hour:02}:00"), "2020-01-23T08:00")
    assert questions() == few <= 30  # nineteen figures, what was ever recorded, units, holidays, rules, words


# ---- 1: days without a complex incident ---------------------------------------------------------------------------------
def test_without_a_complex_incident_days_count_from_the_start_of_the_model(world: World) -> None:
    assert asked(world, "1", free("2019-09-01", "2020-11-12"), now="2021-01-01T08:00").value == 438


def test_days_count_from_the_latest_complex_incident(world: World) -> None:
    happens(world, "2020-01-20T23:30", world.head, complexity="complex")
    happens(world, "2020-01-10T08:00", world.head, complexity="complex")
    assert asked(world, "1").value == 25  # 20/01 → 14/02


def test_days_are_days_of_the_organisation_not_of_greenwich(world: World) -> None:
    happens(world, "2020-02-01T00:30", world.head, complexity="complex")  # 31/01, 17:30 in UTC
    assert asked(world, "1").value == 13


def test_while_the_period_runs_its_end_is_today(world: World) -> None:
    happens(world, "2020-01-20T08:00", world.head, complexity="complex")
    assert asked(world, "1", now="2020-01-25T23:00").value == 5


def test_a_complex_incident_after_the_period_has_not_happened_yet(world: World) -> None:
    happens(world, P.end, world.head, complexity="complex")
    assert asked(world, "1").value == (P.last - dt.date(2019, 9, 1)).days


def test_what_is_judged_complex_after_the_period_was_not_yet(world: World) -> None:
    row = happens(world, "2020-02-10T08:00")
    world.set("2020-02-20T08:00")
    amend(world, row, complexity="complex", complexity_reason="Kéo dài")
    assert asked(world, "1").value == (P.last - dt.date(2019, 9, 1)).days
    assert asked(world, "1", free("2020-02-15", "2020-02-24")).value == 14


def test_an_unconfirmed_complex_incident_does_not_break_the_count(world: World) -> None:
    void(world, happens(world, "2020-01-20T08:00", world.head, complexity="complex"), "2020-01-21T08:00")
    assert asked(world, "1").value == (P.last - dt.date(2019, 9, 1)).days


def test_before_the_model_started_there_is_no_data(world: World) -> None:
    assert asked(world, "1", free("2019-01-01", "2019-08-31")).no_data


# ---- 2: incidents --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("place", range(4))
def test_it_counts_by_the_instant_of_occurrence(world: World, place: int) -> None:
    occurred, counts = bounds(P)[place]
    happens(world, occurred)
    assert asked(world, "2").value == (1 if counts else 0 if occurred < P.start else None)


def test_a_late_entry_counts_where_it_occurred(world: World) -> None:
    world.set("2020-03-20T08:00")
    draft = IncidentDraft(occurred_at=instant("2020-01-20T08:00"), summary="Nhập muộn", severity=1)
    incident.report(world.alice, draft)
    assert asked(world, "2").value == 1


def test_nought_is_a_figure_once_something_was_recorded(world: World) -> None:
    happens(world, "2019-12-01T08:00")
    figure = asked(world, "2")
    assert (figure.value, figure.no_data) == (0, False)


def test_another_organisations_incidents_do_not_count(world: World) -> None:
    happens(world, "2020-01-20T08:00", world.bob)
    assert asked(world, "2").no_data


def test_not_confirmed_leaves_every_figure(world: World) -> None:
    row = happens(world, "2020-01-20T08:00", complexity="latent")
    void(world, row, "2020-01-22T08:00")
    figures = kpis.figures(world.at(AFTER).alice, P)
    assert figures["2"].value == 0
    assert all(figures[code].no_data for code in ("3", "4", "5"))


def test_what_was_found_unconfirmed_only_after_the_period_still_counts(world: World) -> None:
    void(world, happens(world, "2020-01-20T08:00"), "2020-02-15T00:00")
    assert asked(world, "2").value == 1


def test_the_29th_of_february_is_a_day_like_others(world: World) -> None:
    happens(world, "2020-02-29T23:59")
    one_day = free("2020-02-29", "2020-02-29")
    assert asked(world, "2", one_day).value == 1
    assert one_day.year_before() == free("2019-02-28", "2019-02-28")


def test_confidential_incidents_count_for_everybody(world: World) -> None:
    happens(world, "2020-01-20T08:00", world.head, confidential=True)
    assert asked(world, "2").value == 1


def merge_hall_into_museum(world: World, on: str) -> None:
    world.set(f"{on}T07:00")
    row = next(unit for unit in units(world.admin) if unit.id == world.units["hall"])
    draft = UnitDraft(name=row.name, valid_to=day(on), successor_id=world.units["museum"])
    save_unit(world.admin, draft, row.id, row.version)


def test_a_unit_has_its_own_and_what_was_merged_into_it(world: World) -> None:
    happens(world, "2020-01-20T08:00", unit_id=world.units["hall"])
    happens(world, "2020-01-21T08:00", unit_id=world.units["museum"])
    assert [asked(world, "2", unit=unit).value for unit in ("hall", "museum")] == [1, 1]
    merge_hall_into_museum(world, "2020-02-01")
    assert [asked(world, "2", unit=unit).value for unit in ("hall", "museum")] == [1, 2]


def test_a_unit_that_will_be_merged_still_stands_alone(world: World) -> None:
    happens(world, "2020-01-20T08:00", unit_id=world.units["hall"])
    happens(world, "2020-01-21T08:00", unit_id=world.units["museum"])
    merge_hall_into_museum(world, "2020-07-01")
    assert asked(world, "2", unit="museum", now="2020-06-01T08:00").value == 1


# ---- 3: settled on time --------------------------------------------------------------------------------------------------
# Received on Monday 20/01/2020: five working days over Tết (23–29/01) end on 03/02.
RECEIVED, DUE = "2020-01-20T08:00", "2020-02-03"


@pytest.mark.parametrize(("when", "on_time"), [(f"{DUE}T23:59:59.999999", 1), ("2020-02-04T00:00", 0)])
def test_settled_within_the_due_day_is_on_time(world: World, when: str, on_time: int) -> None:
    row = happens(world, RECEIVED)
    assert row.due_on == day(DUE)
    settled(world, row, when)
    assert sides(asked(world, "3")) == (on_time, 1)


def test_open_and_overdue_is_in_the_denominator(world: World) -> None:
    happens(world, RECEIVED)
    assert sides(asked(world, "3")) == (0, 1)


def test_settled_after_the_period_was_open_then(world: World) -> None:
    settled(world, happens(world, RECEIVED), "2020-03-01T08:00")
    assert sides(asked(world, "3")) == (0, 1)


def test_it_counts_by_the_due_day_both_days_included(world: World) -> None:
    happens(world, RECEIVED)
    for first, last, whole in ((DUE, DUE, 1), ("2020-02-04", "2020-02-14", 0), ("2020-01-15", "2020-02-02", 0)):
        assert asked(world, "3", free(first, last)).denominator == whole


def test_what_is_due_later_waits(world: World) -> None:
    settled(world, happens(world, RECEIVED), "2020-01-21T08:00")
    happens(world, RECEIVED)
    assert sides(asked(world, "3", now="2020-02-02T12:00")) == (0, 0)


def test_open_on_its_due_day_is_not_late_yet(world: World) -> None:
    happens(world, RECEIVED)
    assert asked(world, "3", now=f"{DUE}T12:00").no_data
    assert sides(asked(world, "3", now="2020-02-04T00:00")) == (0, 1)


def test_an_extension_moves_the_due_day(world: World) -> None:
    row = happens(world, RECEIVED)
    incident_life.extend(
        world.alice, row.id, ExtendDraft(due_on=day("2020-02-10"), due_basis="Chờ giám định"), row.version
    )
    settled(world, row, "2020-02-09T08:00")
    assert sides(asked(world, "3")) == (1, 1)


def test_transferred_cases_leave_both_sides(world: World) -> None:
    draft = TransferDraft(transferred_to="Công an", transfer_document="1/CV", transferred_on=day("2020-01-22"))
    move(world, "2020-01-22T08:00", happens(world, RECEIVED), "transferred", draft)
    assert asked(world, "3").no_data


def test_transferred_after_the_period_was_still_ours(world: World) -> None:
    draft = TransferDraft(transferred_to="Công an", transfer_document="1/CV", transferred_on=day("2020-02-15"))
    move(world, "2020-02-15T08:00", happens(world, RECEIVED), "transferred", draft)
    assert sides(asked(world, "3")) == (0, 1)


def test_reopening_takes_the_settlement_back(world: World) -> None:
    row = happens(world, RECEIVED)
    settled(world, row, "2020-01-21T08:00")
    move(world, "2020-01-22T08:00", row, "verifying", ReopenDraft(note="Còn sót"))
    assert sides(asked(world, "3")) == (0, 1)


# ---- 4: time to settle ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("hours", "middle"), [((5,), 5), ((2, 30), 16), ((2, 30, 7), 7), ((1, 2, 4, 100), 3)])
def test_the_median_of_hours_from_receipt(world: World, hours: tuple[int, ...], middle: float) -> None:
    for number in hours:
        row = happens(world, "2020-01-20T08:00")
        settled(world, row, (instant("2020-01-20T08:00") + dt.timedelta(hours=number)).isoformat())
    figure = asked(world, "4")
    assert (figure.value, figure.apart) == (middle, len(hours))


@pytest.mark.parametrize("place", range(4))
def test_it_counts_by_the_instant_of_settlement(world: World, place: int) -> None:
    when, counts = bounds(P)[place]
    settled(world, happens(world, "2020-01-10T08:00"), when.isoformat())
    assert asked(world, "4").no_data is not counts


def test_a_transferred_case_with_a_result_stays_apart(world: World) -> None:
    row = happens(world, RECEIVED)
    draft = TransferDraft(transferred_to="Công an", transfer_document="1/CV", transferred_on=day("2020-01-20"))
    move(world, "2020-01-20T09:00", row, "transferred", draft)
    settled(world, row, "2020-01-22T08:00")
    assert asked(world, "4").no_data


# ---- 5: latent cases -----------------------------------------------------------------------------------------------------
def test_latent_cases_prevented_of_those_that_ended(world: World) -> None:
    settled(world, happens(world, "2020-01-20T08:00", complexity="latent"), "2020-01-22T08:00")
    became = happens(world, "2020-01-21T08:00", complexity="latent")
    world.set("2020-01-23T08:00")
    amend(world, became, complexity="complex", complexity_reason="Đã xô xát")
    happens(world, "2020-01-22T08:00", complexity="latent")  # watched on
    settled(world, happens(world, "2020-01-23T08:00"), "2020-01-24T08:00")  # never latent
    assert sides(asked(world, "5")) == (1, 2)


@pytest.mark.parametrize("place", range(4))
def test_it_counts_by_the_end_of_the_latent_state(world: World, place: int) -> None:
    when, counts = bounds(P)[place]
    settled(world, happens(world, "2020-01-10T08:00", complexity="latent"), when.isoformat())
    assert sides(asked(world, "5")) == ((1, 1) if counts else (0, 0))


# ---- 8: joint activities -------------------------------------------------------------------------------------------------
def congan(world: World) -> str:
    return f"org:{world.organisations['congan']}"


def share(world: World, row: Any, when: str, source: str = "incident", *bodies: str) -> Any:
    world.set(when)
    draft = ShareDraft(title="Phối hợp", partners=[congan(world), *bodies])
    return sharing.propose(world.head, source, row.id, draft, at_once=True)


def confirm(world: World, activity: Any, when: str) -> None:
    from sqlmodel import select

    from models.joint import JointParty

    world.set(when)
    with database.reading(world.liaison) as session:
        mine = (JointParty.activity_id == activity.id, JointParty.party_id == world.liaison.organisation_id)
        party_id = session.exec(select(JointParty.id).where(*mine)).one()
    answering.confirm(world.liaison, party_id)


def test_one_activity_with_two_partners_counts_once(world: World) -> None:
    activity = share(world, happens(world, "2020-01-20T08:00"), "2020-01-20T10:00", "incident", "body:PC07")
    assert (asked(world, "8").value, asked(world, "8").apart) == (1, 0)
    confirm(world, activity, "2020-01-21T08:00")
    assert (asked(world, "8").value, asked(world, "8").apart) == (1, 1)
    partners = breakdowns.activities_by_partner(world.at(AFTER).alice, P)
    assert sorted((one.activities, one.confirmed) for one in partners) == [(1, 0), (1, 1)]


def test_what_is_only_proposed_is_not_shared(world: World) -> None:
    row = happens(world, "2020-01-20T08:00")
    sharing.propose(world.alice, "incident", row.id, ShareDraft(title="Phối hợp", partners=[congan(world)]))
    assert asked(world, "8").value == 0


def test_what_is_shared_or_confirmed_after_the_period_was_not_yet(world: World) -> None:
    share(world, happens(world, "2020-01-20T08:00"), "2020-02-15T00:00")
    assert asked(world, "8").value == 0
    activity = share(world, happens(world, "2020-01-21T08:00"), "2020-02-10T08:00")
    confirm(world, activity, "2020-02-15T00:00")
    assert (asked(world, "8").value, asked(world, "8").apart) == (1, 0)


def test_it_counts_by_the_day_of_the_activity(world: World) -> None:
    for when in ("2020-01-14T23:00", "2020-01-15T00:00", "2020-02-14T23:00"):
        share(world, happens(world, when), "2020-02-14T23:30")
    assert asked(world, "8").value == 2


def test_a_withdrawn_share_stays_counted(world: World) -> None:
    activity = share(world, happens(world, "2020-01-20T08:00"), "2020-01-20T10:00")
    sharing.withdraw(world.head, activity.id, ReasonDraft(reason="Nhầm nơi nhận"))
    assert asked(world, "8").value == 1


def test_a_shared_incident_that_did_not_happen_is_no_joint_work(world: World) -> None:
    row = happens(world, "2020-01-20T08:00")
    share(world, row, "2020-01-20T10:00")
    void(world, row, "2020-01-21T08:00")
    assert asked(world, "8").value == 0


def test_patrols_and_meetings_count_but_belong_to_no_unit(world: World) -> None:
    share(world, happens(world, "2020-01-20T08:00", unit_id=world.units["hall"]), "2020-01-20T10:00")
    world.set("2020-01-22T08:00")
    draft = ActivityDraft(kind="patrol", title="Tuần tra", started_at=world.clock(), partners=[congan(world)])
    sharing.enter_activity(world.head, draft, at_once=True)
    assert [asked(world, "8", unit=unit).value for unit in (None, "hall", "museum")] == [2, 1, 0]


def test_another_organisations_activity_is_not_ours(world: World) -> None:
    world.set("2020-01-22T08:00")
    draft = ActivityDraft(kind="patrol", title="Tuần tra", started_at=world.clock(), partners=[congan(world)])
    sharing.enter_activity(world.bich, draft, at_once=True)
    assert asked(world, "8").no_data


# ---- 9, 10, 11: inspections ----------------------------------------------------------------------------------------------
def planned(world: World, on: str, **over: Any) -> InspectionRound:
    world.set(min(instant(f"{on}T08:00"), instant("2020-05-01T08:00")))
    return plan_round(world.alice, RoundDraft(**({"subject": "festival", "planned_on": day(on)} | over)))


def done(world: World, row: InspectionRound, on: str) -> None:
    world.set(f"{on}T17:00")
    inspection_life.conclude_round(world.alice, row.id, ConclusionDraft(done_on=day(on)))


def test_rounds_done_of_those_planned_to_start_in_the_period(world: World) -> None:
    for on in ("2020-01-14", "2020-01-15", "2020-02-14", "2020-02-15"):
        done(world, planned(world, on), on)
    planned(world, "2020-02-01")
    inspection_life.cancel_round(world.alice, planned(world, "2020-02-02").id, "Hoãn do dịch")
    planned(world, "2020-02-03", kind="unannounced")
    assert sides(asked(world, "9")) == (2, 4)


def test_a_round_done_after_the_period_was_not_done(world: World) -> None:
    done(world, planned(world, "2020-02-10"), "2020-02-15")
    assert sides(asked(world, "9")) == (0, 1)
    assert sides(asked(world, "9", free("2020-01-15", "2020-02-15"))) == (1, 1)


def visited(world: World, on: str, *deadlines: str, row: InspectionRound | None = None, **over: Any) -> list[Any]:
    """A place visited, with one finding for each deadline."""
    row = row or planned(world, on)
    world.set(f"{on}T10:00")
    there = visit.add_visit(world.alice, row.id, VisitDraft(**({"place": "Đền", "visited_on": day(on)} | over)))
    drafts = (FindingDraft(item="Lối thoát nạn", handling="correction", deadline=day(one)) for one in deadlines)
    return [finding.add_finding(world.alice, there.id, draft) for draft in drafts]


def test_a_visit_counts_once_however_much_is_found(world: World) -> None:
    visited(world, "2020-01-15", "2020-02-01", "2020-02-02")
    visited(world, "2020-02-14")
    visited(world, "2020-01-14", "2020-02-01")
    visited(world, "2020-02-15", "2020-03-01")
    visited(world, "2020-02-01", is_recheck=True)
    assert sides(asked(world, "10")) == (1, 2)


def remedied(world: World, row: Any, on: str, **over: Any) -> None:
    world.set(f"{on}T16:00")
    remedy.report_remedied(world.alice, row.id, RemedyDraft(remedied_on=day(on), **over))


def test_remedied_by_the_deadline_of_those_due(world: World) -> None:
    due = visited(world, "2020-01-16", *["2020-02-01"] * 4, "2020-02-15", "2020-01-16")
    for row, on in zip(due, ("2020-02-01", "2020-02-02", "2020-02-20"), strict=False):
        remedied(world, row, on)
    assert sides(asked(world, "11")) == (
        1,
        5,
    )  # on the day; a day late; after the period; open; due on the first day, open


def test_open_on_its_deadline_is_not_late_yet(world: World) -> None:
    visited(world, "2020-01-16", "2020-02-01")
    assert asked(world, "11", now="2020-02-01T20:00").no_data
    assert sides(asked(world, "11", now="2020-02-02T00:00")) == (0, 1)


def test_a_remedy_that_waits_for_its_recheck_is_not_one_yet(world: World) -> None:
    (row,) = visited(world, "2020-01-16", "2020-02-01")
    remedied(world, row, "2020-01-30", verify=True)
    assert sides(asked(world, "11")) == (0, 1)
    remedy.recheck(
        world.alice, row.id, finding.RecheckDraft(checked_on=day("2020-01-30"), result="passed", checked_by="Tổ")
    )
    assert sides(asked(world, "11")) == (1, 1)


def test_visits_and_findings_go_with_the_unit_of_the_visit_or_of_its_round(world: World) -> None:
    visited(world, "2020-01-20", "2020-02-01", row=planned(world, "2020-01-20", unit_id=world.units["hall"]))
    visited(world, "2020-01-21", "2020-02-01", unit_id=world.units["museum"])
    visited(world, "2020-01-22", "2020-02-01")
    for code in ("10", "11"):
        assert [asked(world, code, unit=unit).denominator for unit in (None, "hall", "museum")] == [3, 1, 1]


# ---- 13, 14, 15: events --------------------------------------------------------------------------------------------------
def held(world: World, ends: str | dt.datetime, came: int | None = None, **over: Any) -> event.Event:
    """An event of three hours, entered a month before."""
    end = instant(ends)
    world.set(end - dt.timedelta(days=20))
    draft = {
        "name": "Đêm nhạc",
        "kind": "show",
        "venue": "Nhà hát",
        "starts_at": end - dt.timedelta(hours=3),
        "ends_at": end,
    }
    row = event.add_event(world.alice, EventDraft(**(draft | over)))
    if came is not None:
        world.set(end)
        event.report_result(world.alice, row.id, ResultDraft(attendance=came), row.version)
    return row


def approved(world: World, row: event.Event, when: dt.datetime, people: int = 4) -> None:
    world.set(when - dt.timedelta(hours=1))
    draft = PlanDraft(
        aims="An toàn", expected_people=500, posts=[Post(name="Cửa A", ring="middle", force="guard", head_count=people)]
    )
    made = plan.submit_plan(world.alice, plan.draft_plan(world.alice, row.id, draft).id, seen=1)
    world.set(when)
    plan.approve_plan(world.head, made.id, made.version)


def test_secured_is_an_approved_plan_with_people_at_a_post(world: World) -> None:
    shows = [held(world, f"2020-01-{20 + number}T22:00") for number in range(4)]
    approved(world, shows[0], instant("2020-01-10T08:00"))
    approved(world, shows[1], instant("2020-01-10T08:00"), people=0)
    approved(world, shows[2], instant("2020-02-15T00:00"))  # after the period
    assert sides(asked(world, "13")) == (1, 4)


@pytest.mark.parametrize(("late", "in_time"), [(dt.timedelta(), 1), (TICK, 0)])
def test_approved_at_the_start_is_in_time(world: World, late: dt.timedelta, in_time: int) -> None:
    show = held(world, "2020-01-20T22:00")
    approved(world, show, show.starts_at + late)
    assert sides(asked(world, "14")) == (in_time, 1)
    assert sides(asked(world, "13")) == (1, 1)


def test_a_later_edition_does_not_make_the_first_one_late(world: World) -> None:
    show = held(world, "2020-01-20T22:00")
    approved(world, show, show.starts_at - dt.timedelta(days=1))
    first = plan.plans(world.alice, show.id)[0]
    second = plan.submit_plan(world.alice, plan.new_version(world.alice, first.id).id, seen=1)
    world.set(show.starts_at + dt.timedelta(hours=1))
    plan.approve_plan(world.head, second.id, second.version)
    assert sides(asked(world, "14")) == (1, 1)


@pytest.mark.parametrize("place", range(4))
def test_an_event_counts_where_it_ends(world: World, place: int) -> None:
    when, counts = bounds(P)[place]
    held(world, when)
    assert asked(world, "13").denominator == int(counts)


def test_an_event_still_to_end_and_a_called_off_one_do_not_count(world: World) -> None:
    held(world, "2020-02-10T22:00")
    assert asked(world, "13", now="2020-02-10T21:59").no_data
    row = held(world, "2020-02-11T22:00")
    event.cancel_event(world.head, row.id, "Mưa bão lớn", row.version)
    assert asked(world, "13").denominator == 1


def test_incidents_per_ten_thousand_people(world: World) -> None:
    show = held(world, "2020-01-20T22:00", came=1500)
    held(world, "2020-01-25T22:00", came=500)
    late = held(world, "2020-02-20T22:00", came=9000)
    happens(world, "2020-01-20T20:00", event_id=show.id)
    happens(world, "2020-01-20T20:30", event_id=show.id)
    happens(world, "2020-01-20T21:00")
    happens(world, "2020-02-20T21:00", event_id=late.id)
    void(world, happens(world, "2020-01-20T21:30", event_id=show.id), "2020-01-21T08:00")
    figure = asked(world, "15")
    assert (figure.value, *sides(figure), figure.estimated) == (10.0, 2, 2000, False)


def test_below_a_thousand_people_it_is_not_told(world: World) -> None:
    held(world, "2020-01-20T22:00", came=999)
    figure = asked(world, "15")
    assert (figure.value, figure.no_data, *sides(figure)) == (None, True, 0, 999)
    held(world, "2020-01-21T22:00", came=1)
    assert asked(world, "15").value == 0.0


def test_it_says_when_people_were_not_counted(world: World) -> None:
    row = held(world, "2020-01-20T22:00")
    world.set("2020-01-21T08:00")
    event.report_result(world.alice, row.id, ResultDraft(attendance=5000, attendance_kind="estimated"), row.version)
    assert asked(world, "15").estimated


# ---- breakdowns ----------------------------------------------------------------------------------------------------------
def test_months_run_from_the_15th_to_the_14th(world: World) -> None:
    for when in ("2019-12-14T23:59", "2019-12-15T00:00", "2020-01-14T23:59", "2020-01-15T00:00"):
        happens(world, when)
    year = reporting(Span.YEAR, day("2020-01-01"), HANOI)
    found = breakdowns.incidents_by_month(world.at(AFTER).alice, year)
    assert [month for month, _ in found] == months(year)
    assert [number for _, number in found] == [2, 1] + [0] * 10


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        (breakdowns.incidents_by_group, {"C": 2, "B": 1, None: 1}),
        (breakdowns.incidents_by_severity, {1: 2, 3: 1, None: 1}),
    ],
)
def test_incidents_by_group_and_severity(world: World, ask: Callable[..., Any], expected: dict[Any, int]) -> None:
    happens(world, "2020-01-20T08:00")
    happens(world, "2020-01-20T08:00", kind="C.fraud", severity=3)
    happens(world, "2020-01-20T08:00", kind="B.fighting")
    happens(world, "2020-01-20T08:00", kind=None, severity=None)
    void(world, happens(world, "2020-01-20T08:00"), "2020-01-21T08:00")
    assert ask(world.at(AFTER).alice, P) == expected


def test_incidents_by_unit_stand_under_the_successor(world: World) -> None:
    happens(world, "2020-01-20T08:00", unit_id=world.units["hall"])
    happens(world, "2020-01-20T08:00", unit_id=world.units["museum"])
    happens(world, "2020-01-20T08:00")
    merge_hall_into_museum(world, "2020-02-01")
    assert breakdowns.incidents_by_unit(world.at(AFTER).alice, P) == {world.units["museum"]: 2, None: 1}


def test_inspections_by_subject_group(world: World) -> None:
    karaoke = planned(world, "2020-01-20", subject="conditional_business.karaoke")
    visited(world, "2020-01-20", "2020-02-01", row=karaoke)
    visited(world, "2020-01-20", row=karaoke)
    done(world, karaoke, "2020-01-20")
    visited(world, "2020-01-21")
    assert breakdowns.inspections_by_subject(world.at(AFTER).alice, P) == {
        "conditional_business": breakdowns.Inspected(1, 2, 1),
        "festival": breakdowns.Inspected(0, 1, 0),
    }


def test_the_days_with_data(world: World) -> None:
    assert breakdowns.days_with_data(world.alice) is None
    happens(world, "2020-01-20T23:30")
    held(world, "2020-01-22T22:00")
    happens(world, "2019-10-02T00:30")
    assert breakdowns.days_with_data(world.at("2020-01-21T08:00").alice) == (day("2019-10-02"), day("2020-01-20"))
    assert breakdowns.days_with_data(world.at(AFTER).alice) == (day("2019-10-02"), day("2020-01-22"))


# ---- the board -----------------------------------------------------------------------------------------------------------
def test_the_board_sees_each_organisations_own_figures(world: World) -> None:
    happens(world, "2020-01-20T08:00")
    happens(world, "2020-01-20T08:00")
    happens(world, "2020-01-20T08:00", world.bob)
    seen = {line.name: line.figures for line in board.board_figures(world.at(AFTER).board, P)}
    assert {name: figures["2"].value for name, figures in seen.items()} == {"Sở A (thử)": 2, "Trường B (thử)": 1}
    assert seen["Sở A (thử)"] == kpis.figures(world.at(AFTER).alice, P)


def test_only_a_board_sees_several_organisations(small_world: World) -> None:
    for who in (small_world.alice, small_world.head, small_world.admin, small_world.liaison, small_world.system):
        with pytest.raises(Denied):
            board.board_figures(who, P)
