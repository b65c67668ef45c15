"""Reading the joint ledger: found, filtered, counted, and what waits for whom."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from models import answering, joint_figures, ledger, sharing
from models.access import Denied, Invalid, NotFound
from models.draft import ReasonDraft
from models.joint import AnswerDraft, JointActivity, PartnersDraft, SummaryDraft
from models.joint_figures import Counts
from models.ledger import Asked
from models.period import Period, Span, reporting
from tests.conftest import statements
from tests.models.test_joint import WHY, mine, patrol, police, reported, second_police, shared, text
from tests.worlds import HANOI, World, instant


def entered(world: World, *codes: str, on: str = "2020-01-04T19:00", **over: Any) -> JointActivity:
    draft = patrol(*codes or [police(world)], started_at=instant(on), **over)
    return sharing.enter_activity(world.head, draft, at_once=True)


def numbers(views: list[ledger.View]) -> list[str]:
    return [view.activity.number[-1] for view in views]


def found(world: World, **over: Any) -> list[str]:
    return numbers(ledger.activities(world.head, Asked(**over)))


def counted(rows: list[joint_figures.Count]) -> dict[Any, tuple[int, int]]:
    return {row.code: (row.total, row.confirmed) for row in rows}


def counts(world: World, **over: Any) -> Counts:
    return joint_figures.ledger_counts(world.head, Asked(**over))


# ---- finding --------------------------------------------------------------------------------------------------------
def test_the_latest_stands_first_and_pages_follow(world: World) -> None:
    for day in ("02", "04", "03"):
        entered(world, on=f"2020-01-{day}T19:00")
    assert found(world) == ["2", "3", "1"]
    assert numbers(ledger.activities(world.head, Asked(), limit=2, offset=2)) == ["1"]


def test_both_days_of_a_period_are_in_it(world: World) -> None:
    for day in ("01T00:00", "03T23:59", "04T00:00"):
        entered(world, on=f"2020-01-{day}")
    day = dt.date(2020, 1, 3)
    assert found(world, first=day, last=day) == ["2"]
    assert found(world, first=dt.date(2020, 1, 1), last=day) == ["2", "1"]
    assert counts(world, first=day, last=day).total == 1


def test_each_filter_narrows(world: World) -> None:
    other = second_police(world)
    shared(world)
    entered(world, "body:PC07", subject="conditional_business.karaoke", area="Phường Liên Bảo")
    entered(world, f"org:{other.organisation_id}", kind="meeting", subject="conditional_business")
    assert found(world, kind="incident") == ["1"]
    assert found(world, partner="body:PC07") == ["2"]
    assert found(world, subject="conditional_business") == ["3", "2"]
    assert found(world, subject="conditional_business.karaoke") == ["2"]
    assert found(world, subject="conditional%") == []
    assert found(world, area="phuong lien bao") == ["2"]
    assert found(world, organisation_id=world.organisations["truong-b"]) == []
    assert found(world, organisation_id=world.organisations["so-a"], kind="meeting") == ["3"]


def test_the_liaison_finds_what_several_hosts_shared(world: World) -> None:
    entered(world)
    sharing.enter_activity(world.bich, patrol(police(world)), at_once=True)
    sharing.enter_activity(world.bob, patrol(police(world)))
    assert len(ledger.activities(world.liaison, Asked())) == 2
    only = Asked(organisation_id=world.organisations["truong-b"])
    assert [view.activity.host_name for view in ledger.activities(world.liaison, only)] == ["Trường B (thử)"]
    assert set(joint_figures.choices(world.liaison).hosts.values()) == {"Sở A (thử)", "Trường B (thử)"}
    assert joint_figures.choices(world.head).hosts == {world.organisations["so-a"]: "Sở A (thử)"}


def test_the_bubbles_count_what_they_show(world: World) -> None:
    first, second = shared(world), entered(world)
    sharing.enter_activity(world.alice, patrol(police(world)))
    answering.confirm(world.liaison, mine(world.liaison, first).id)
    sharing.withdraw(world.head, second.id, WHY)
    for who, expected in ((world.head, (3, 1, 0, 1, 1, 1)), (world.liaison, (2, 0, 0, 1, 1, 1))):
        told = ledger.bubble_counts(who, Asked())
        assert tuple(told[name] for name in ("", *ledger.BUBBLES)) == expected
        for bubble in ledger.BUBBLES:
            assert len(ledger.activities(who, Asked(bubble=bubble))) == told[bubble]


def test_who_has_no_ledger_is_denied(world: World) -> None:
    asked: Any
    for asked in (
        lambda who: ledger.activities(who, Asked()),
        lambda who: joint_figures.ledger_counts(who, Asked()),
        ledger.waiting_for_me,
        joint_figures.choices,
        lambda who: ledger.activity(who, 1),
    ):
        for who in (world.admin, world.system):
            with pytest.raises(Denied):
                asked(who)


# ---- counting -------------------------------------------------------------------------------------------------------
def test_two_partners_count_once_in_all_and_once_under_each(world: World) -> None:
    other = second_police(world)
    both = shared(world, police(world), f"org:{other.organisation_id}", "body:PC07")
    entered(world)
    answering.confirm(other, mine(other, both).id)
    told = counts(world)
    assert (told.total, told.confirmed) == (2, 1)
    assert counted(told.by_partner) == {
        police(world): (2, 0),
        f"org:{other.organisation_id}": (1, 1),
        "body:PC07": (1, 0),
    }
    assert counted(told.by_kind) == {"incident": (1, 1), "patrol": (1, 0)}
    assert counted(told.by_subject) == {"B": (1, 1)}
    assert counted(told.by_area) == {"phuong khai quang": (2, 1)}
    assert counted(told.by_host) == {world.organisations["so-a"]: (2, 1)}
    assert (counts(world, partner=police(world)).total, counts(world, partner=police(world)).confirmed) == (2, 0)


def test_what_is_only_proposed_is_not_counted(world: World) -> None:
    sharing.enter_activity(world.alice, patrol(police(world)))
    activity = entered(world)
    sharing.invite(world.alice, activity.id, PartnersDraft(partners=["body:PC07"]))
    told = counts(world)
    assert (told.total, [row.code for row in told.by_partner]) == (1, [police(world)])
    assert counts(world, partner="body:PC07").total == 0


def test_a_decline_is_no_confirmation(world: World) -> None:
    activity = shared(world)
    answering.decline(world.liaison, mine(world.liaison, activity).id, ReasonDraft(reason="Không tham gia"))
    assert (counts(world).total, counts(world).confirmed) == (1, 0)


def test_months_are_the_reporting_ones_and_empty_ones_stand(world: World) -> None:
    world.set("2020-03-20T08:00")
    for on in ("2020-01-14T23:59", "2020-01-15T00:00", "2020-02-14T12:00", "2020-03-15T00:00"):
        entered(world, on=on)
    year = reporting(Span.YEAR, dt.date(2020, 1, 20), HANOI)
    told = joint_figures.ledger_counts(world.head, Asked(first=year.first, last=year.last), year)
    assert [row.total for row in told.by_month] == [1, 2, 0, 1, *[0] * 8]
    assert told.by_month[0].code == dt.date(2020, 1, 1)
    assert told.total == 4


def test_an_empty_ledger_counts_nothing(world: World) -> None:
    period = Period(dt.date(2020, 1, 1), dt.date(2020, 1, 31), HANOI)
    told = joint_figures.ledger_counts(world.head, Asked(), period)
    assert (told.total, told.confirmed, told.by_partner, told.by_host) == (0, 0, [], [])
    assert [row.total for row in told.by_month] == [0, 0]
    offered = joint_figures.choices(world.head)
    assert (offered.partners, offered.first, joint_figures.last_day(world.head, Asked())) == ({}, None, None)


def test_the_choices_are_what_stands_in_the_ledger(world: World) -> None:
    entered(world, subject="festival")
    entered(world, "body:PC07", on="2020-01-02T08:00", area="Chợ Tổng")
    offered = joint_figures.choices(world.head)
    assert offered.partners[police(world)] == "Công an C (thử)"
    assert offered.subjects == {"festival": "Lễ hội"}
    assert offered.areas == {"cho tong": "Chợ Tổng", "phuong khai quang": "Phường Khai Quang"}
    assert (offered.first, offered.last) == (dt.date(2020, 1, 2), dt.date(2020, 1, 4))
    assert joint_figures.last_day(world.head, Asked(partner="body:PC07")) == dt.date(2020, 1, 2)


# ---- waiting --------------------------------------------------------------------------------------------------------
def test_proposals_wait_for_heads_and_released_ones_for_the_liaison(world: World) -> None:
    activity = sharing.propose(world.alice, "incident", reported(world).id, text(police(world)))
    assert numbers(ledger.waiting_for_me(world.head).to_release) == ["1"]
    assert ledger.waiting_for_me(world.alice) == ledger.Waiting([], [])
    assert ledger.waiting_for_me(world.liaison).to_answer == []
    sharing.release(world.head, activity.id)
    assert ledger.waiting_for_me(world.head).to_release == []
    waiting = ledger.waiting_for_me(world.liaison).to_answer
    assert (numbers(waiting), waiting[0].to_answer) == (["1"], True)
    answering.confirm(world.liaison, mine(world.liaison, activity).id, AnswerDraft())
    assert ledger.waiting_for_me(world.liaison).to_answer == []
    assert ledger.waiting_for_me(world.bich) == ledger.waiting_for_me(world.board) == ledger.Waiting([], [])


def test_what_is_withdrawn_waits_for_nobody(world: World) -> None:
    activity = shared(world)
    sharing.withdraw(world.head, activity.id, WHY)
    assert ledger.waiting_for_me(world.liaison).to_answer == []


# ---- beside a record ------------------------------------------------------------------------------------------------
def test_a_record_knows_what_is_shared_of_it(world: World) -> None:
    row = reported(world)
    assert ledger.of_record(world.alice, "incident", row.id) is None
    activity = sharing.propose(world.alice, "incident", row.id, text(police(world)))
    assert ledger.of_record(world.head, "incident", row.id).activity.id == activity.id
    for who in (world.bob, world.liaison):
        with pytest.raises(NotFound):
            ledger.of_record(who, "incident", row.id)


def test_a_form_starts_with_what_the_record_says_of_itself(world: World) -> None:
    row = reported(world, partners=["body:PC07"])
    said = ledger.offered(world.alice, "incident", row.id)
    assert said == {"title": "Xô xát ở khán đài B", "summary": "", "partners": ["body:PC07"]}
    sharing.propose(world.alice, "incident", row.id, text(police(world)))
    assert ledger.offered(world.alice, "incident", row.id)["title"] == "Xô xát tại nhà thi đấu"
    with pytest.raises(NotFound):
        ledger.offered(world.bob, "incident", row.id)


def test_what_a_host_may_edit_has_the_drafts_names(world: World) -> None:
    activity = entered(world, subject="festival")
    editable = ledger.activity(world.head, activity.id).editable
    assert (editable.title, editable.people, editable.kind, editable.subject) == (
        "Tuần tra đêm lễ hội",
        4,
        "patrol",
        "festival",
    )
    assert ledger.activity(world.liaison, activity.id).editable is None


def test_an_answer_names_the_text_it_answered(world: World) -> None:
    activity = shared(world)
    answering.confirm(world.liaison, mine(world.liaison, activity).id)
    sharing.rerelease(world.head, activity.id, SummaryDraft(title="Bản mới"))
    view = ledger.activity(world.liaison, activity.id)
    assert (view.mine.state, view.mine.answer.release, view.activity.release, view.to_answer) == (
        "confirmed",
        1,
        2,
        False,
    )


# ---- how many questions ---------------------------------------------------------------------------------------------
def test_more_rows_ask_no_more_questions(small_world: World) -> None:
    def cost() -> int:
        with statements() as asked:
            ledger.activities(small_world.liaison, Asked())
            joint_figures.ledger_counts(small_world.liaison, Asked())
            ledger.bubble_counts(small_world.liaison, Asked())
        return len(asked)

    entered(small_world)
    one = cost()
    for _ in range(6):
        entered(small_world)
    assert cost() == one


def test_a_hostile_filter_is_only_text(world: World) -> None:
    entered(world)
    for hostile in ("' OR 1=1 --", "%", "_", ",", "\x00"):
        for name in ("partner", "kind", "subject", "area"):
            if hostile == "\x00":
                continue
            assert found(world, **{name: hostile}) == []
    with pytest.raises((Invalid, KeyError)):
        ledger.activities(world.head, replace(Asked(), bubble="nothing"))
