"""The police's opinion on a plan: who asks, what leaves the organisation, who reads it, and what the decision says of it."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from models import event, guard, history, plan
from models.access import RIGHTS, Current, Denied, NotFound, Permission, Role, Stale
from models.database import reading, writing
from models.draft import ReasonDraft
from models.history import HistoryEntry, revisions, write_down
from models.plan_content import PlanDraft, for_partners
from models.plan_opinion import (
    AskDraft,
    OpinionDraft,
    PlanOpinion,
    PlanRequest,
    asked,
    asked_of_us,
    give_opinion,
    heard,
    opinions,
)
from tests.models.test_joint import police, second_police
from tests.models.test_plan import GATE, actions, approved, drafted, full, refused, show, submitted  # noqa: F401
from tests.worlds import World

WHY = ReasonDraft(reason="Gửi nhầm đơn vị")
AGREE = OpinionDraft(verdict="agree")
OBJECT = OpinionDraft(verdict="object", remarks="Thiếu chốt ở cổng B, chưa có phương án sơ tán.")
TABLES = (PlanRequest, PlanOpinion)


@pytest.fixture
def row(world: World, show: event.Event) -> plan.Plan:  # noqa: F811
    """A plan that waits for a decision."""
    return submitted(world.alice, show)


def ask(world: World, row: plan.Plan, question: str = "") -> PlanRequest:
    return plan.ask_opinion(world.head, row.id, AskDraft(partner=police(world), question=question), row.version)


def changes(who: Current, row: plan.Plan, action: str) -> dict[str, Any]:
    lines = history.timeline(who, "event_plan", row.id)
    return next(line.entry.changes for line in lines if line.entry.action == action)


# ---- asking -------------------------------------------------------------------------------------------------------------
def test_a_head_asks_and_the_liaison_reads_the_edition(world: World, row: plan.Plan) -> None:
    request = ask(world, row, "Đề nghị cho ý kiến trước 10/01")
    (found,) = asked_of_us(world.liaison)
    assert (found.state, found.request.id) == ("open", request.id)
    assert (found.request.question, found.request.host_name) == ("Đề nghị cho ý kiến trước 10/01", "Sở A (thử)")
    assert (found.request.event_name, found.request.venue, found.request.edition) == ("Đêm nhạc", "Nhà hát", 1)
    read = asked(world.liaison, request.id).content
    assert (read.aims, read.peak_people) == ("Tuyệt đối an toàn", 800)
    assert [post.name for post in read.posts] == ["Cổng A", "Cổng B"]
    assert actions(world.alice, row)[0] == "plan.opinion_asked"


def test_people_in_charge_and_phone_numbers_do_not_leave(world: World, show: event.Event) -> None:  # noqa: F811
    over = {
        "commander": "Đại úy Nguyễn Văn Chỉ Huy",
        "posts": [GATE | {"leader": "Lê Thị Trưởng Chốt"}],
        "measures": "Gọi anh Ba, số 0912 345 678, khi mất điện",
    }
    with guard.despite("Số trực của tổ điện"):
        row = submitted(world.alice, show, **over)
    request = ask(world, row)
    with reading(world.liaison) as session:
        said = str(session.exec(select(PlanRequest)).one().model_dump())
    for left_out in ("Chỉ Huy", "Trưởng Chốt", "Đội trưởng bảo vệ", "Trần Văn Hùng", "3861 113", "0912 345"):
        assert left_out not in said
    assert "khi mất điện" in said
    assert request.words["force"]["guard"]


def test_what_leaves_is_still_a_plan_that_can_be_read() -> None:
    empty = PlanDraft()
    assert for_partners(empty) == empty
    kept = for_partners(full())
    assert (kept.risks[0].likelihood, kept.scenarios[0].first_action) == (2, "Gọi 114")
    assert (kept.risks[0].owner, kept.contacts, kept.commander) == ("", [], "")


def test_it_is_frozen_when_it_is_asked(world: World, row: plan.Plan) -> None:
    request = ask(world, row)
    plan.return_plan(world.head, row.id, "Thiếu chốt", seen=row.version)
    plan.redraft_plan(world.alice, row.id, seen=3)
    plan.amend_plan(world.alice, row.id, full(aims="Khác hẳn"), seen=4)
    assert asked(world.liaison, request.id).content.aims == "Tuyệt đối an toàn"


def test_asked_twice_it_is_one_request(world: World, row: plan.Plan) -> None:
    assert ask(world, row).id == ask(world, row).id
    assert actions(world.alice, row).count("plan.opinion_asked") == 1


def test_only_a_submitted_plan_and_only_a_police_body(world: World, show: event.Event) -> None:  # noqa: F811
    row = drafted(world.alice, show)
    sent = AskDraft(partner=police(world))
    assert refused(plan.ask_opinion, world.head, row.id, sent, row.version) == {"": "wrong_state"}
    row = plan.submit_plan(world.alice, row.id, seen=1)
    for code in ("body:PC07", f"org:{world.organisations['truong-b']}", "org:999", ""):
        other = AskDraft.model_construct(partner=code, question="")
        assert set(refused(plan.ask_opinion, world.head, row.id, other, row.version)) == {"partner"}
    with pytest.raises(Stale):
        plan.ask_opinion(world.head, row.id, sent, seen=1)
    plan.approve_plan(world.head, row.id, seen=2)
    assert refused(plan.ask_opinion, world.head, row.id, sent, 3) == {"": "wrong_state"}


def test_who_may_ask_and_who_may_answer(world: World, row: plan.Plan) -> None:
    assert [role for role in Role if Permission.PLAN_OPINION in RIGHTS[role]] == [Role.LIAISON]
    with pytest.raises(Denied):
        plan.ask_opinion(world.alice, row.id, AskDraft(partner=police(world)), row.version)
    request = ask(world, row)
    for who in (world.alice, world.head, world.board, world.admin, world.system, world.people["cam"]):
        for act in (lambda one: give_opinion(one, request.id, AGREE), asked_of_us, lambda one: asked(one, request.id)):
            with pytest.raises(Denied):
                act(who)


# ---- answering ----------------------------------------------------------------------------------------------------------
def test_the_host_reads_opinion_body_name_and_time(world: World, row: plan.Plan) -> None:
    request = ask(world, row)
    world.forward(hours=2)
    give_opinion(world.liaison, request.id, OBJECT)
    (found,) = opinions(world.alice, row.id)
    assert found.opinion
    assert (found.state, found.opinion.verdict, found.request.party_name) == ("given", "object", "Công an C (thử)")
    assert (found.opinion.given_by_name, found.opinion.given_at) == ("Bùi Thanh Liêm", world.clock())
    assert found.opinion.remarks.startswith("Thiếu chốt")


def test_it_stands_in_the_police_bodys_own_history(world: World, row: plan.Plan) -> None:
    before = len(actions(world.alice, row))
    given = give_opinion(world.liaison, ask(world, row).id, OBJECT)
    lines = history.timeline(world.liaison, "plan_opinion", given.id)
    assert [line.entry.action for line in lines] == ["plan_opinion.given"]
    assert lines[0].entry.changes["verdict"] == [None, "object"]
    assert len(actions(world.alice, row)) == before + 1, "the host's chain holds only what the host did"


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"verdict": "object"}, {"remarks": "missing"}),
        ({"verdict": "agree_with_remarks", "remarks": "  "}, {"remarks": "missing"}),
        ({"verdict": "approved"}, {"verdict": "unknown"}),
        ({"verdict": ""}, {"verdict": "unknown"}),
        ({}, {"verdict": "missing"}),
        ({"verdict": "agree", "host_id": 1}, {"host_id": "extra_forbidden"}),
        ({"verdict": "object", "remarks": "x" * 5001}, {"remarks": "string_too_long"}),
    ],
)
def test_an_opinion_that_is_none_is_refused(world: World, row: plan.Plan, said: dict, error: dict) -> None:
    request = ask(world, row)
    assert refused(give_opinion, world.liaison, request.id, said) == error
    assert opinions(world.alice, row.id)[0].opinion is None


def test_it_changes_until_the_decision(world: World, row: plan.Plan) -> None:
    request = ask(world, row)
    first = give_opinion(world.liaison, request.id, OBJECT)
    assert give_opinion(world.liaison, request.id, OBJECT).version == first.version, "a double click is one opinion"
    with pytest.raises(Stale):
        give_opinion(world.liaison, request.id, AGREE)
    second = give_opinion(world.liaison, request.id, AGREE.model_copy(update={"remarks": "Đã bổ sung"}), first.version)
    assert (second.id, second.verdict, second.version) == (first.id, "agree", 2)
    lines = history.timeline(world.liaison, "plan_opinion", first.id)
    assert lines[0].entry.changes["verdict"] == ["object", "agree"]
    plan.approve_plan(world.head, row.id, seen=row.version)
    assert refused(give_opinion, world.liaison, request.id, OBJECT, 2) == {"": "plan_decided"}
    assert asked(world.liaison, request.id).request.decision == "approved"


def test_both_sides_hear_of_it(world: World, row: plan.Plan) -> None:
    host, body = world.head.organisation_id, world.liaison.organisation_id
    before = revisions({host, body})
    request = ask(world, row)
    after = revisions({host, body})
    assert after[body] > before[body]
    give_opinion(world.liaison, request.id, AGREE)
    assert revisions({host})[host] > after[host]
    plan.approve_plan(world.head, row.id, seen=row.version)
    assert revisions({body})[body] > after[body]


# ---- deciding -----------------------------------------------------------------------------------------------------------
def test_the_decision_names_the_opinions(world: World, row: plan.Plan) -> None:
    give_opinion(world.liaison, ask(world, row).id, OBJECT)
    plan.approve_plan(world.head, row.id, seen=row.version)
    assert changes(world.alice, row, "plan.approved") == {
        "state": ["submitted", "approved"],
        "opinions": [None, ["Công an C (thử): Chưa thống nhất"]],
    }


def test_a_decision_without_the_opinion_says_so(world: World, row: plan.Plan) -> None:
    request = ask(world, row)
    plan.return_plan(world.head, row.id, "Thiếu chốt", seen=row.version)
    assert changes(world.alice, row, "plan.returned")["opinions_missing"] == [None, ["Công an C (thử)"]]
    assert asked(world.liaison, request.id).state == "closed"
    assert asked_of_us(world.liaison)[0].request.decision == "returned"


def test_without_asking_the_decision_is_as_before(world: World, show: event.Event) -> None:  # noqa: F811
    row = approved(world, show)
    assert changes(world.alice, row, "plan.approved") == {"state": ["submitted", "approved"]}


def test_an_opinion_that_comes_in_meanwhile_is_read_first(world: World, row: plan.Plan) -> None:
    request = ask(world, row)
    on_screen = heard(opinions(world.head, row.id))
    give_opinion(world.liaison, request.id, OBJECT)
    assert refused(plan.approve_plan, world.head, row.id, row.version, on_screen) == {"": "opinion_came"}
    plan.approve_plan(world.head, row.id, row.version, heard(opinions(world.head, row.id)))


def test_a_new_submission_is_asked_anew(world: World, row: plan.Plan) -> None:
    first = ask(world, row)
    give_opinion(world.liaison, first.id, OBJECT)
    plan.return_plan(world.head, row.id, "Bổ sung chốt", seen=row.version)
    plan.redraft_plan(world.alice, row.id, seen=3)
    world.forward(hours=1)
    again = plan.submit_plan(world.alice, row.id, seen=4)
    second = ask(world, again)
    assert second.id != first.id
    give_opinion(world.liaison, second.id, AGREE)
    plan.approve_plan(world.head, row.id, seen=again.version)
    assert changes(world.alice, row, "plan.approved")["opinions"] == [None, ["Công an C (thử): Thống nhất"]]
    assert [one.opinion.verdict for one in opinions(world.alice, row.id) if one.opinion] == ["agree", "object"]


# ---- who sees nothing ---------------------------------------------------------------------------------------------------
def test_nobody_but_host_and_body_sees_it(world: World, row: plan.Plan) -> None:
    request = ask(world, row)
    give_opinion(world.liaison, request.id, OBJECT)
    stranger = second_police(world)
    with pytest.raises(NotFound):
        asked(stranger, request.id)
    with pytest.raises(NotFound):
        give_opinion(stranger, request.id, AGREE)
    assert asked_of_us(stranger) == []
    with pytest.raises(NotFound):
        opinions(world.bob, row.id)
    for who in (stranger, world.bob, world.board, world.people["bich"]):
        with reading(who) as session:
            assert [session.exec(select(cls)).all() for cls in TABLES] == [[], []], who.name


def test_the_body_sees_the_request_and_nothing_else_of_the_host(world: World, row: plan.Plan) -> None:
    ask(world, row)
    with reading(world.liaison) as session:
        assert session.exec(select(plan.Plan)).all() == []
        assert session.exec(select(event.Event)).all() == []
    with pytest.raises(NotFound):
        plan.plan(world.liaison, row.id)


def test_taking_it_back_hides_it(world: World, row: plan.Plan) -> None:
    request = ask(world, row)
    given = give_opinion(world.liaison, request.id, OBJECT)
    plan.withdraw_request(world.head, request.id, WHY)
    assert asked_of_us(world.liaison) == []
    with pytest.raises(NotFound):
        asked(world.liaison, request.id)
    with pytest.raises(NotFound):
        give_opinion(world.liaison, request.id, AGREE, given.version)
    with pytest.raises(NotFound):
        history.timeline(world.liaison, "plan_opinion", given.id)
    assert not [entry for entry, _ in history.latest(world.liaison, 20) if entry.subject == "plan_opinion"]
    with reading(world.liaison) as session:
        assert session.exec(select(PlanRequest)).all() == []
    (kept,) = opinions(world.alice, row.id)
    assert (kept.state, kept.opinion.verdict) == ("withdrawn", "object"), "what was said stays with the host"
    assert actions(world.alice, row)[0] == "plan.opinion_withdrawn"
    plan.approve_plan(world.head, row.id, seen=row.version)
    assert changes(world.alice, row, "plan.approved") == {"state": ["submitted", "approved"]}


def test_taken_back_it_can_be_asked_anew(world: World, row: plan.Plan) -> None:
    first = ask(world, row)
    plan.withdraw_request(world.head, first.id, WHY)
    plan.withdraw_request(world.head, first.id, WHY)
    assert actions(world.alice, row).count("plan.opinion_withdrawn") == 1
    assert ask(world, row).id != first.id


def test_only_the_hosts_head_takes_it_back(world: World, row: plan.Plan) -> None:
    request = ask(world, row)
    for who, error in ((world.alice, Denied), (world.liaison, Denied), (world.people["bich"], NotFound)):
        with pytest.raises(error):
            plan.withdraw_request(who, request.id, WHY)


def test_nobody_speaks_in_another_bodys_name(world: World, row: plan.Plan) -> None:
    """By hand, with the verbs out of the way: the scope and the foreign key hold."""
    request = ask(world, row)
    said = {"host_id": request.organisation_id, "request_id": request.id, "verdict": "agree"}
    said |= {"given_at": world.clock(), "given_by_name": "Ai đó"}
    other = second_police(world)
    for who, owner, error in (
        (world.head, world.liaison.organisation_id, Denied),  # the host answers itself
        (other, world.liaison.organisation_id, Denied),  # another body in its name
        (other, other.organisation_id, DBAPIError),  # another body in its own name
    ):
        with pytest.raises(error), writing(who) as session:
            session.add(PlanOpinion(organisation_id=owner, **said))
            session.info["entries"] = 1
    with pytest.raises(Denied), writing(world.liaison) as session:
        session.exec(select(PlanRequest)).one().question = "Sửa của người khác"
        session.info["entries"] = 1


@pytest.mark.parametrize("over", [{"withdrawn_at": True}, {"decided_at": True}])
def test_postgres_itself_refuses_an_opinion_nobody_waits_for(postgres_world: World, over: dict[str, bool]) -> None:
    """Row-level security, with every line of the verb wrong."""
    world = postgres_world
    sent = event.EventDraft(
        name="Đêm nhạc",
        kind="show",
        venue="Nhà hát",
        starts_at=world.clock() + dt.timedelta(days=9),
        ends_at=world.clock() + dt.timedelta(days=10),
    )
    request = ask(world, submitted(world.alice, event.add_event(world.alice, sent)))
    with writing(world.head) as session:
        own = session.exec(select(PlanRequest)).one()
        own.sqlmodel_update({name: world.clock() for name in over})
        session.info["entries"] = 1
    with pytest.raises(DBAPIError, match="row-level security"), writing(world.liaison) as session:
        row = PlanOpinion(
            host_id=request.organisation_id,
            request_id=request.id,
            verdict="agree",
            given_at=world.clock(),
            given_by_name="Liêm",
        )
        session.add(row)
        session.flush()
        write_down(session, "plan_opinion.given", row)


def test_the_request_does_not_count_as_joint_work(world: World, row: plan.Plan) -> None:
    from models import ledger

    ask(world, row)
    assert ledger.bubble_counts(world.liaison, ledger.Asked())[""] == 0
    with reading(world.alice) as session:
        assert session.exec(select(HistoryEntry).where(HistoryEntry.subject == "joint_activity")).all() == []
