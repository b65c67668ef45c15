"""Sharing and answering: what a host lets partners read, what partners say to it, and everything that nobody may do."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import select

from models import (
    account_admin,
    answering,
    event,
    history,
    incident,
    inspection,
    joint_figures,
    ledger,
    sharing,
)
from models.access import Current, Denied, Invalid, NotFound, Role, Stale
from models.account import AccountDraft, acting
from models.database import reading, writing
from models.draft import ReasonDraft
from models.event import EventDraft
from models.history import HistoryEntry, revisions
from models.incident import Incident, IncidentDraft
from models.inspection import RoundDraft
from models.joint import (
    ActivityDraft,
    AnswerDraft,
    EntryDraft,
    JointActivity,
    JointAnswer,
    JointParty,
    JointSummary,
    PartnersDraft,
    PartyDraft,
    ShareDraft,
    SummaryDraft,
    partners,
)
from models.organisation import Kind, OrganisationDraft, found_organisation
from pages.parts import fields
from tests.worlds import World, instant

TABLES = (JointActivity, JointSummary, JointParty, JointAnswer)


# ---- small words ----------------------------------------------------------------------------------------------------
def police(world: World) -> str:
    return f"org:{world.organisations['congan']}"


def reported(world: World, who: Current | None = None, **over: Any) -> Incident:
    said = {"occurred_at": instant("2020-01-03T20:00"), "summary": "Xô xát ở khán đài B", "place": "Phường Khai Quang"}
    return incident.report(who or world.alice, IncidentDraft(**said | {"kind": "B.fighting", "severity": 2} | over))


def text(*codes: str, **over: Any) -> ShareDraft:
    said = {"title": "Xô xát tại nhà thi đấu", "summary": "Đã tách hai nhóm, không ai bị thương."}
    return ShareDraft(**said | {"partners": list(codes)} | over)


def patrol(*codes: str, **over: Any) -> ActivityDraft:
    said = {"title": "Tuần tra đêm lễ hội", "kind": "patrol", "started_at": instant("2020-01-04T19:00"), "people": 4}
    return ActivityDraft(**said | {"partners": list(codes), "area": "Phường Khai Quang"} | over)


def shared(world: World, *codes: str, **over: Any) -> JointActivity:
    """An incident of so-a, proposed by alice and released by the head."""
    row = reported(world, **over)
    return sharing.release(
        world.head, sharing.propose(world.alice, "incident", row.id, text(*codes or [police(world)])).id
    )


def second_police(world: World) -> Current:
    """The liaison of another police body."""
    return newcomer(world, "cong-an-d", Kind.POLICE, Role.LIAISON)


def newcomer(world: World, code: str, kind: Kind, role: Role, parent_id: int | None = None) -> Current:
    """Somebody of a new organisation."""
    draft = OrganisationDraft(code=code, name=f"Cơ quan {code}", kind=kind, parent_id=parent_id)
    organisation = found_organisation(world.system, draft)
    account_admin.open_first_account(
        world.system, organisation.id, AccountDraft(name="ad", full_name="Ad", role=Role.ADMINISTRATOR)
    )
    admin = replace(acting(f"ad@{code}"), clock=world.clock)
    account_admin.open_account(admin, AccountDraft(name="nn", full_name="Người Nào", role=role))
    return replace(acting(f"nn@{code}"), clock=world.clock)


def mine(who: Current, activity: JointActivity) -> JointParty:
    side = ledger.activity(who, activity.id).mine
    assert side is not None
    return side.party


def actions(who: Current, activity: JointActivity) -> list[str]:
    entries = history.timeline(who, "joint_activity", activity.id)
    return [line.entry.action.removeprefix("joint_activity.") for line in reversed(entries)]


def rows(who: Current, cls: Any) -> list[Any]:
    with reading(who) as session:
        return list(session.exec(select(cls)))


def refused(call: Any, *args: Any, **kwargs: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        call(*args, **kwargs)
    return {field: code for field, (code, _) in refusal.value.errors.items()}


WHY = ReasonDraft(reason="Chia sẻ nhầm")


# ---- proposing ------------------------------------------------------------------------------------------------------
def test_it_proposes_an_incident_under_the_next_number(world: World) -> None:
    row = reported(world)
    activity = sharing.propose(world.alice, "incident", row.id, text(police(world), "body:PC07"))
    view = ledger.activity(world.alice, activity.id)
    assert (activity.number, activity.kind, activity.subject) == ("PH-2020-0001", "incident", "B")
    assert (activity.occurred_on, activity.area) == (dt.date(2020, 1, 3), "Phường Khai Quang")
    assert (view.sides[0].party.name, view.sides[0].state) == ("Công an C (thử)", "proposed")
    assert [side.party.code for side in view.sides] == [police(world), "body:PC07"]
    assert view.text.figures == {"severity": 2}
    assert actions(world.alice, activity) == ["proposed"]


def test_a_round_and_an_event_are_shared_with_their_figures(world: World) -> None:
    planned = RoundDraft(subject="festival", planned_on=dt.date(2020, 1, 3), area="Phường Khai Quang")
    held = EventDraft(
        name="Đêm nhạc",
        kind="show",
        venue="Nhà hát tỉnh",
        starts_at=world.clock(),
        ends_at=world.clock(),
        expected_people=9,
    )
    round_id, event_id = inspection.plan_round(world.alice, planned).id, event.add_event(world.alice, held).id
    rows_of = [("inspection_round", round_id, "inspection", "festival"), ("event", event_id, "event", "show")]
    for source, source_id, kind, subject in rows_of:
        activity = sharing.propose(world.head, source, source_id, text(police(world)), at_once=True)
        assert (activity.kind, activity.subject) == (kind, subject)
    views = ledger.activities(world.liaison, ledger.Asked())
    figures = {view.activity.kind: view.text.figures for view in views}
    assert figures == {"inspection": {"visits": 0, "findings": 0}, "event": {"expected_people": 9}}
    assert {view.activity.occurred_on for view in views} == {dt.date(2020, 1, 3), dt.date(2020, 1, 6)}


def test_every_form_of_the_ledger_can_be_drawn() -> None:
    for draft in (ShareDraft, SummaryDraft, EntryDraft, ActivityDraft, PartnersDraft, PartyDraft, AnswerDraft):
        assert fields.drawable(draft) == []


def test_a_record_has_one_activity_however_often_it_is_proposed(world: World) -> None:
    row = reported(world)
    first = sharing.propose(world.alice, "incident", row.id, text(police(world)))
    again = sharing.propose(world.head, "incident", row.id, text(police(world), "body:PC07", title="Tên khác"))
    assert again.id == first.id
    assert [side.party.code for side in ledger.activity(world.head, first.id).sides] == [police(world), "body:PC07"]
    assert ledger.activity(world.head, first.id).title == "Tên khác"


def test_the_same_form_twice_is_one_proposal(world: World) -> None:
    row = reported(world)
    ids = {sharing.propose(world.alice, "incident", row.id, text(police(world)), nonce="n").id for _ in range(2)}
    ids |= {sharing.enter_activity(world.alice, patrol(police(world)), nonce="m").id for _ in range(2)}
    assert len(ids) == 2
    assert len(rows(world.alice, JointActivity)) == 2


def test_proposing_the_same_again_writes_nothing(world: World) -> None:
    row = reported(world)
    for _ in range(2):
        activity = sharing.propose(world.alice, "incident", row.id, text(police(world)))
    assert actions(world.alice, activity) == ["proposed"]


def test_it_refuses_partners_that_are_not_there(world: World) -> None:
    row = reported(world)
    for wrong in (
        "org:0",
        f"org:{world.organisations['truong-b']}",
        f"org:{world.organisations['so-a']}",
        "body:nobody",
        "x",
    ):
        assert refused(sharing.propose, world.alice, "incident", row.id, text(wrong)) == {"partners": "unknown"}
    assert refused(sharing.propose, world.alice, "incident", row.id, {"title": "Có tên", "partners": []}) == {
        "partners": "missing"
    }
    assert rows(world.head, JointActivity) == []


def test_it_refuses_a_record_that_is_not_ones_own(world: World) -> None:
    row = reported(world)
    for source, source_id in (("incident", 999), ("incident", row.id), ("account", 1), ("nothing", 1)):
        with pytest.raises(NotFound):
            sharing.propose(world.bob, source, source_id, text(police(world)))
    with pytest.raises(NotFound):
        sharing.propose(world.alice, "unit", world.units["hall"], text(police(world)))


def test_who_may_not_propose_is_denied(world: World) -> None:
    row = reported(world)
    for who in (world.liaison, world.board, world.admin, world.system):
        with pytest.raises(Denied):
            sharing.propose(who, "incident", row.id, text(police(world)))
        with pytest.raises(Denied):
            sharing.enter_activity(who, patrol(police(world)))


def test_it_offers_police_bodies_and_the_outside_bodies_of_the_day(world: World) -> None:
    today, later = partners(world.alice), partners(world.at("2025-06-02T08:00").alice)
    assert today[police(world)].name == "Công an C (thử)"
    assert "body:district_police" in today
    assert "body:district_police" not in later
    assert police(world) not in partners(world.liaison)


# ---- entering -------------------------------------------------------------------------------------------------------
def test_it_enters_a_patrol_held_together(world: World) -> None:
    activity = sharing.enter_activity(world.alice, patrol(police(world), subject="festival"))
    view = ledger.activity(world.alice, activity.id)
    assert (activity.kind, activity.source, activity.occurred_on) == ("patrol", None, dt.date(2020, 1, 4))
    assert (activity.subject, activity.subject_label, view.text.figures) == ("festival", "Lễ hội", {"people": 4})
    assert rows(world.liaison, JointActivity) == []


def test_a_head_releases_an_own_entry_at_once_and_staff_do_not(world: World) -> None:
    activity = sharing.enter_activity(world.head, patrol(police(world)), at_once=True)
    assert ledger.activity(world.liaison, activity.id).title == "Tuần tra đêm lễ hội"
    assert actions(world.head, activity) == ["proposed", "released"]
    with pytest.raises(Denied):
        sharing.enter_activity(world.alice, patrol(police(world)), at_once=True)
    assert len(rows(world.head, JointActivity)) == 1


def test_it_refuses_an_entry_that_does_not_fit(world: World) -> None:
    def say(**over: Any) -> dict[str, str]:
        return refused(sharing.enter_activity, world.alice, patrol(police(world), **over).model_dump())

    assert say(kind="incident") == {"kind": "unknown"}
    assert say(kind="nothing") == {"kind": "unknown"}
    assert say(subject="nothing") == {"subject": "unknown"}
    assert say(started_at=instant("2020-01-06T08:01")) == {"started_at": "in_the_future"}
    assert say(ended_at=instant("2020-01-04T18:59")) == {"ended_at": "out_of_order"}
    assert refused(sharing.enter_activity, world.alice, {"x": 1})["x"] == "extra_forbidden"
    naive = patrol(police(world)).model_dump() | {"started_at": "2020-01-04T19:00"}
    assert refused(sharing.enter_activity, world.alice, naive) == {"started_at": "timezone_aware"}


def test_it_amends_what_nobody_read_yet(world: World) -> None:
    activity = sharing.enter_activity(world.alice, patrol(police(world)))
    entry = EntryDraft(title="Tuần tra chợ", kind="patrol", started_at=instant("2020-01-05T19:00"), area="Chợ Tổng")
    amended = sharing.amend(world.alice, activity.id, entry, seen=activity.version)
    assert (amended.occurred_on, amended.area) == (dt.date(2020, 1, 5), "Chợ Tổng")
    with pytest.raises(Stale):
        sharing.amend(world.alice, activity.id, entry, seen=activity.version)
    assert len(actions(world.alice, activity)) == 2
    sharing.amend(world.alice, activity.id, entry)
    assert len(actions(world.alice, activity)) == 2, "the same again writes nothing"
    sharing.release(world.head, activity.id)
    assert refused(sharing.amend, world.alice, activity.id, entry) == {"": "released"}


def test_it_says_what_a_partner_did_until_it_is_released(world: World) -> None:
    activity = sharing.enter_activity(world.alice, patrol("body:PC07"))
    party = ledger.activity(world.alice, activity.id).sides[0].party
    sharing.describe_party(world.alice, party.id, PartyDraft(role="Trực chữa cháy", people=6))
    assert ledger.activity(world.alice, activity.id).sides[0].people == 6
    with pytest.raises(NotFound):
        sharing.describe_party(world.bob, party.id, PartyDraft(people=1))
    sharing.release(world.head, activity.id)
    assert refused(sharing.describe_party, world.alice, party.id, PartyDraft(people=7)) == {"": "released"}


# ---- releasing ------------------------------------------------------------------------------------------------------
def test_a_partner_sees_nothing_before_the_release(world: World) -> None:
    activity = sharing.propose(world.alice, "incident", reported(world).id, text(police(world)))
    assert [rows(world.liaison, cls) for cls in TABLES] == [[], [], [], []]
    with pytest.raises(NotFound):
        ledger.activity(world.liaison, activity.id)
    sharing.release(world.head, activity.id)
    assert ledger.activity(world.liaison, activity.id).text.summary == "Đã tách hai nhóm, không ai bị thương."


def test_staff_do_not_release_and_strangers_do_not_find_it(world: World) -> None:
    activity = sharing.enter_activity(world.alice, patrol(police(world)))
    with pytest.raises(Denied):
        sharing.release(world.alice, activity.id)
    with pytest.raises(Denied):
        sharing.withdraw(world.alice, activity.id, WHY)
    for verb, more in ((sharing.release, ()), (sharing.withdraw, (WHY,)), (sharing.rerelease, (text(police(world)),))):
        with pytest.raises(NotFound):
            verb(world.bich, activity.id, *more)


def test_the_text_and_the_facts_are_frozen_at_release(world: World) -> None:
    row = reported(world, people_count=3)
    activity = sharing.propose(world.alice, "incident", row.id, text(police(world)))
    known = {"occurred_at": row.occurred_at, "summary": row.summary, "kind": row.kind, "severity": 2}
    incident.amend(world.alice, row.id, IncidentDraft(**known, place="Nhà hát", people_count=5), seen=row.version)
    sharing.release(world.head, activity.id, SummaryDraft(title="Duyệt lại tên"))
    incident.amend(world.alice, row.id, IncidentDraft(**known, place="Nơi khác"), seen=row.version + 1)
    view = ledger.activity(world.liaison, activity.id)
    assert (view.activity.area, view.title, view.text.summary) == ("Nhà hát", "Duyệt lại tên", "")
    assert view.text.figures == {"severity": 2, "people_involved": 5}


def test_releasing_again_is_nothing_to_do(world: World) -> None:
    activity = shared(world)
    sharing.release(world.head, activity.id)
    assert actions(world.head, activity) == ["proposed", "released"]


def test_a_later_partner_gets_the_same_text_and_only_from_its_own_release_on(world: World) -> None:
    activity, late = shared(world), second_police(world)
    sharing.invite(world.alice, activity.id, PartnersDraft(partners=[f"org:{late.organisation_id}"]))
    assert rows(late, JointActivity) == rows(late, JointSummary) == rows(late, JointParty) == []
    assert len(rows(world.liaison, JointParty)) == 1, "the first partner does not see a proposal to another"
    sharing.release(world.head, activity.id)
    assert ledger.activity(late, activity.id).title == "Xô xát tại nhà thi đấu"
    assert len(ledger.activity(world.liaison, activity.id).sides) == 2
    assert ledger.activity(world.head, activity.id).activity.release == 1


def test_it_releases_a_new_text_with_todays_facts(world: World) -> None:
    row = reported(world)
    activity = sharing.propose(world.head, "incident", row.id, text(police(world)), at_once=True)
    known = {"occurred_at": row.occurred_at, "summary": row.summary, "kind": row.kind, "severity": 3}
    incident.amend(world.alice, row.id, IncidentDraft(**known), seen=row.version)
    world.forward(hours=1)
    seen = ledger.activity(world.head, activity.id).activity.version
    sharing.rerelease(world.head, activity.id, SummaryDraft(title="Bản sửa"), seen=seen)
    view = ledger.activity(world.liaison, activity.id)
    assert (view.title, view.text.figures, view.activity.release) == ("Bản sửa", {"severity": 3}, 2)
    assert view.activity.rereleased_at == world.clock() > view.activity.released_at
    with pytest.raises(Stale):
        sharing.rerelease(world.head, activity.id, SummaryDraft(title="Bản khác"), seen=seen)
    sharing.rerelease(world.head, activity.id, SummaryDraft(title="Bản sửa"))
    assert actions(world.head, activity) == ["proposed", "released", "rereleased"], "the same again writes nothing"


def test_what_was_never_released_is_not_released_anew(world: World) -> None:
    activity = sharing.enter_activity(world.head, patrol(police(world)))
    entry = patrol(police(world)).model_dump(exclude={"partners"})
    assert refused(sharing.rerelease, world.head, activity.id, entry) == {"": "not_released"}


# ---- taking back ----------------------------------------------------------------------------------------------------
def test_a_withdrawal_hides_the_text_and_keeps_the_count(world: World) -> None:
    activity = shared(world)
    world.forward(hours=1)
    sharing.withdraw(world.head, activity.id, WHY)
    view = ledger.activity(world.liaison, activity.id)
    assert (view.text, view.hidden, view.mine.state) == (None, "withdrawn", "withdrawn")
    assert rows(world.liaison, JointSummary) == []
    assert joint_figures.ledger_counts(world.liaison, ledger.Asked()).total == 1
    assert joint_figures.ledger_counts(world.head, ledger.Asked()).total == 1
    assert ledger.activity(world.head, activity.id).title == "Xô xát tại nhà thi đấu"
    assert history.timeline(world.head, "joint_activity", activity.id)[0].entry.note == "Chia sẻ nhầm"
    sharing.withdraw(world.head, activity.id, WHY)
    assert actions(world.head, activity) == ["proposed", "released", "withdrawn"]


def test_it_is_taken_back_from_one_partner_alone(world: World) -> None:
    late = second_police(world)
    activity = shared(world, police(world), f"org:{late.organisation_id}")
    sharing.withdraw(world.head, activity.id, WHY, party_ids=[mine(late, activity).id])
    assert ledger.activity(late, activity.id).hidden == "withdrawn"
    assert ledger.activity(world.liaison, activity.id).title == "Xô xát tại nhà thi đấu"
    assert ledger.activity(world.head, activity.id).activity.withdrawn_at is None
    counts = joint_figures.ledger_counts(world.head, ledger.Asked())
    assert (counts.total, [one.total for one in counts.by_partner]) == (1, [1, 1])


def test_a_head_returns_a_proposal_that_nobody_ever_saw(world: World) -> None:
    activity = sharing.enter_activity(world.alice, patrol(police(world)))
    sharing.withdraw(world.head, activity.id, WHY)
    assert ledger.waiting_for_me(world.head).to_release == []
    assert rows(world.liaison, JointActivity) == []
    assert joint_figures.ledger_counts(world.head, ledger.Asked()).total == 0


def test_what_was_taken_back_can_be_shared_anew_and_counts_once(world: World) -> None:
    activity = shared(world)
    sharing.withdraw(world.head, activity.id, WHY)
    again = sharing.propose(world.alice, "incident", activity.source_id, text(police(world), title="Nội dung đúng"))
    assert ledger.activity(world.liaison, activity.id).text is None
    sharing.release(world.head, again.id)
    view = ledger.activity(world.liaison, activity.id)
    assert (again.id, view.title, view.to_answer, view.activity.release) == (activity.id, "Nội dung đúng", True, 2)
    counts = joint_figures.ledger_counts(world.liaison, ledger.Asked())
    assert (counts.total, counts.by_partner[0].total) == (1, 1)


# ---- answering ------------------------------------------------------------------------------------------------------
def test_a_partner_confirms_in_its_own_row_and_its_own_history(world: World) -> None:
    activity = shared(world)
    world.forward(hours=2)
    answering.confirm(world.liaison, mine(world.liaison, activity).id, AnswerDraft(people=3))
    side = ledger.activity(world.head, activity.id).sides[0]
    assert (side.state, side.people, side.answer.answered_name) == ("confirmed", 3, "Bùi Thanh Liêm")
    assert side.answer.organisation_id == world.organisations["congan"]
    assert actions(world.liaison, activity) == ["confirmed"]
    assert actions(world.head, activity) == ["proposed", "released"]
    steps = [(step.state, step.who) for step in ledger.activity(world.head, activity.id).steps]
    assert steps[0] == ("confirmed", "Bùi Thanh Liêm")
    assert [state for state, _ in steps].count("released") == 1


def test_confirming_twice_is_nothing_to_do(world: World) -> None:
    activity = shared(world)
    for people in (3, 9):
        answering.confirm(world.liaison, mine(world.liaison, activity).id, AnswerDraft(people=people))
    assert ledger.activity(world.liaison, activity.id).mine.people == 3
    assert actions(world.liaison, activity) == ["confirmed"]
    assert refused(answering.decline, world.liaison, mine(world.liaison, activity).id, WHY) == {"": "confirmed"}


def test_a_partner_declines_and_may_confirm_what_is_released_anew(world: World) -> None:
    activity = shared(world)
    party = mine(world.liaison, activity)
    answering.decline(world.liaison, party.id, ReasonDraft(reason="Sai ngày"))
    answering.decline(world.liaison, party.id, ReasonDraft(reason="Sai ngày"))
    assert refused(answering.confirm, world.liaison, party.id) == {"": "declined"}
    assert ledger.activity(world.head, activity.id).sides[0].state == "declined"
    assert ledger.waiting_for_me(world.liaison).to_answer == []
    sharing.rerelease(world.head, activity.id, SummaryDraft(title="Đã sửa ngày"))
    assert len(ledger.waiting_for_me(world.liaison).to_answer) == 1
    answering.confirm(world.liaison, party.id)
    side = ledger.activity(world.head, activity.id).sides[0]
    assert (side.state, side.answer.release, side.answer.reason) == ("confirmed", 2, "Sai ngày")
    assert actions(world.liaison, activity) == ["declined", "confirmed"]


def test_everybody_concerned_learns_of_it(world: World) -> None:
    ids = {world.organisations[code] for code in ("so-a", "congan", "ban", "truong-b")}

    def moved(before: dict[int, int]) -> set[str]:
        now = revisions(ids)
        return {code for code, one in world.organisations.items() if one in ids and now[one] != before[one]}

    before = revisions(ids)
    activity = shared(world)
    assert moved(before) == {"so-a", "congan", "ban"}
    before = revisions(ids)
    answering.confirm(world.liaison, mine(world.liaison, activity).id)
    assert moved(before) == {"so-a", "congan", "ban"}
    before = revisions(ids)
    sharing.withdraw(world.head, activity.id, WHY)
    assert moved(before) == {"so-a", "congan", "ban"}


# ---- what nobody may do ---------------------------------------------------------------------------------------------
def test_nobody_answers_for_another(world: World) -> None:
    activity, other = shared(world), second_police(world)
    party = ledger.activity(world.head, activity.id).sides[0].party
    for who in (other, world.bich, world.head):
        for answer in (answering.confirm, answering.decline):
            with pytest.raises(NotFound):
                answer(who, party.id, *(() if answer is answering.confirm else (WHY,)))
    for who in (world.alice, world.board, world.admin):
        with pytest.raises(Denied):
            answering.confirm(who, party.id)
    assert rows(world.head, JointAnswer) == []


def test_no_answer_before_release_or_after_withdrawal(world: World) -> None:
    activity = sharing.enter_activity(world.head, patrol(police(world)))
    party = ledger.activity(world.head, activity.id).sides[0].party
    with pytest.raises(NotFound):
        answering.confirm(world.liaison, party.id)
    sharing.release(world.head, activity.id)
    sharing.withdraw(world.head, activity.id, WHY)
    assert refused(answering.confirm, world.liaison, party.id) == {"": "withdrawn"}
    assert refused(answering.decline, world.liaison, party.id, WHY) == {"": "withdrawn"}


def test_a_partner_cannot_change_the_hosts_rows(world: World) -> None:
    activity = shared(world)
    for cls, field, value in (
        (JointActivity, "occurred_on", dt.date(2019, 1, 1)),
        (JointSummary, "title", "Viết đè"),
        (JointParty, "released_at", None),
        (JointParty, "withdrawn_at", instant("2020-01-05T08:00")),
    ):
        with pytest.raises(Denied), writing(world.liaison) as session:
            setattr(session.exec(select(cls)).one(), field, value)
    with pytest.raises(Denied), writing(world.liaison) as session:
        session.delete(session.exec(select(JointParty)).one())
    assert ledger.activity(world.head, activity.id).title == "Xô xát tại nhà thi đấu"


def test_a_host_cannot_confirm_in_a_partners_name(world: World) -> None:
    activity = shared(world)
    party = ledger.activity(world.head, activity.id).sides[0].party
    said = {"activity_id": activity.id, "joint_party_id": party.id, "release": 1, "answered_name": "Giả"}
    forged = {"host_id": party.organisation_id, "confirmed_at": world.clock()} | said
    with pytest.raises(Denied), writing(world.head) as session:
        session.add(JointAnswer(organisation_id=world.organisations["congan"], **forged))
    with pytest.raises(DBAPIError), writing(world.head) as session:  # its own name does not fit the party
        session.add(JointAnswer(**forged))
        session.flush()


def test_the_database_holds_an_answer_to_the_party_that_is_asked(world: World) -> None:
    activity, other = shared(world), second_police(world)
    party = ledger.activity(world.head, activity.id).sides[0].party
    said = {"activity_id": activity.id, "joint_party_id": party.id, "release": 1, "answered_name": "Giả"}
    with pytest.raises(DBAPIError), writing(other) as session:
        session.add(JointAnswer(host_id=party.organisation_id, confirmed_at=world.clock(), **said))
        session.flush()


def test_a_partner_reads_nothing_else_of_the_host(world: World) -> None:
    activity = shared(world)
    reported(world, summary="Việc nội bộ không chia sẻ")
    sharing.enter_activity(world.alice, patrol(police(world)))
    assert rows(world.liaison, Incident) == []
    with pytest.raises(NotFound):
        incident.incident(world.liaison, activity.source_id)
    with pytest.raises(NotFound):
        history.timeline(world.liaison, "incident", activity.source_id)
    with pytest.raises(NotFound):
        ledger.of_record(world.liaison, "incident", activity.source_id)
    assert history.timeline(world.liaison, "joint_activity", activity.id) == []
    assert all(row.organisation_id == world.organisations["congan"] for row in rows(world.liaison, HistoryEntry))
    assert len(rows(world.liaison, JointActivity)) == 1


def test_a_third_organisation_sees_nothing(world: World) -> None:
    activity, other = shared(world), second_police(world)
    answering.confirm(world.liaison, mine(world.liaison, activity).id)
    for who in (world.bich, world.bob, other):
        assert [rows(who, cls) for cls in TABLES] == [[], [], [], []]
        assert joint_figures.ledger_counts(who, ledger.Asked()).total == 0
        with pytest.raises(NotFound):
            ledger.activity(who, activity.id)
        with pytest.raises(NotFound):
            history.note(who, "joint_activity", activity.id, "Xin chào")


def test_a_board_sees_what_is_counted_below_it_and_never_the_text(world: World) -> None:
    activity = shared(world)
    answering.confirm(world.liaison, mine(world.liaison, activity).id)
    hidden = sharing.enter_activity(world.alice, patrol(police(world)))
    view = ledger.activity(world.board, activity.id)
    assert (view.title, view.hidden, view.sides[0].state) == ("", "figures", "confirmed")
    assert rows(world.board, JointSummary) == []
    with pytest.raises(NotFound):
        ledger.activity(world.board, hidden.id)
    counts = joint_figures.ledger_counts(world.board, ledger.Asked())
    assert (counts.total, counts.confirmed) == (1, 1)
    elsewhere = newcomer(world, "ban-khac", Kind.BOARD, Role.BOARD)
    assert [rows(elsewhere, cls) for cls in TABLES] == [[], [], [], []]


def test_a_department_above_is_no_board(world: World) -> None:
    theatre = newcomer(world, "nha-hat", Kind.ENTERPRISE, Role.HEAD, parent_id=world.organisations["so-a"])
    activity = sharing.enter_activity(theatre, patrol(police(world)), at_once=True)
    assert rows(world.head, JointActivity) == []
    assert rows(world.board, JointActivity)[0].id == activity.id


def test_the_text_of_a_confidential_record_is_for_who_may_open_the_record(world: World) -> None:
    row = reported(world, world.head, confidential=True)
    with pytest.raises(NotFound):
        sharing.propose(world.alice, "incident", row.id, text(police(world)))
    activity = sharing.propose(world.head, "incident", row.id, text(police(world)), at_once=True)
    view = ledger.activity(world.alice, activity.id)
    assert (view.title, view.hidden) == ("", "confidential")
    assert ledger.activities(world.alice, ledger.Asked())[0].title == ""
    with pytest.raises(NotFound):
        history.timeline(world.alice, "joint_activity", activity.id)
    assert all(entry.subject != "joint_activity" for entry in history.latest(world.alice))
    assert ledger.activity(world.head, activity.id).title == "Xô xát tại nhà thi đấu"
    assert ledger.activity(world.liaison, activity.id).title == "Xô xát tại nhà thi đấu"
    assert joint_figures.ledger_counts(world.alice, ledger.Asked()).total == 1


# ---- behind the ORM's back, PostgreSQL holds ------------------------------------------------------------------------
def _sql(who: Current, statement: str, *, write: bool = False) -> Any:
    with (writing if write else reading)(who) as session:
        result = session.connection().exec_driver_sql(statement)
        return result.fetchall() if result.returns_rows else result.rowcount


def test_raw_sql_sees_no_more_than_the_models(postgres_world: World) -> None:
    world = postgres_world
    activity, other = shared(world), second_police(world)
    sharing.enter_activity(world.alice, patrol(police(world)))
    answering.confirm(world.liaison, mine(world.liaison, activity).id)
    for who in (world.head, world.liaison, world.board, world.bich, other, world.system):
        for cls in TABLES:
            told = _sql(who, f"SELECT count(*) FROM {cls.__tablename__}")[0][0]
            assert told == len(rows(who, cls)), (who.name, cls)
    assert _sql(world.liaison, "SELECT count(*) FROM incident")[0][0] == 0
    sharing.withdraw(world.head, activity.id, WHY)
    assert _sql(world.liaison, "SELECT count(*) FROM joint_summary")[0][0] == 0


def test_raw_sql_changes_nothing_of_the_hosts(postgres_world: World) -> None:
    world = postgres_world
    shared(world)
    for statement in (
        "UPDATE joint_party SET released_at = now()",
        "UPDATE joint_party SET organisation_id = party_id",
        "UPDATE joint_activity SET host_name = 'x', organisation_id = organisation_id",
        "UPDATE joint_summary SET title = 'x'",
    ):
        assert _sql(world.liaison, statement, write=True) == 0
    for statement in ("DELETE FROM joint_party", "DELETE FROM joint_answer"):
        with pytest.raises(DBAPIError):
            _sql(world.liaison, statement, write=True)


_ANSWER = (
    "INSERT INTO joint_answer (organisation_id, host_id, activity_id, joint_party_id, release, reason, answered_name, "
    "confirmed_at) SELECT {mine}, {host}, {activity}, {party}, 1, '', 'x', now()"
)


def test_raw_sql_answers_only_what_is_asked(postgres_world: World) -> None:
    world = postgres_world
    activity = sharing.enter_activity(world.head, patrol(police(world)))
    party = ledger.activity(world.head, activity.id).sides[0].party
    said = {"mine": party.party_id, "host": party.organisation_id, "activity": activity.id, "party": party.id}
    for who in (world.liaison, world.head):
        with pytest.raises(DBAPIError):
            _sql(who, _ANSWER.format(**said), write=True)
    sharing.release(world.head, activity.id)
    with pytest.raises(DBAPIError):
        _sql(second_police(world), _ANSWER.format(**said | {"mine": 99}), write=True)
    sharing.withdraw(world.head, activity.id, WHY)
    with pytest.raises((DBAPIError, IntegrityError)):
        _sql(world.liaison, _ANSWER.format(**said), write=True)
    assert _sql(world.head, "SELECT count(*) FROM joint_answer")[0][0] == 0
