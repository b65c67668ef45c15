"""Since one's last visit: who is told of what, what stays unread, and what is not one's business."""

import datetime as dt

import pytest

from models import answering, event, history, inbox, incident, incident_life, incident_people, receipt, sharing, task
from models.access import Current, Denied, NotFound
from models.draft import ReasonDraft
from models.event import EventDraft
from models.inbox import DECIDE, OWNER, WATCHING
from models.incident import Incident
from models.incident_life import MoveDraft
from models.joint import JointActivity, ShareDraft, SummaryDraft
from tests.models.test_incident import draft
from tests.models.test_plan import submitted
from tests.worlds import World, instant

BEGINS, ENDS = instant("2020-01-17T19:30"), instant("2020-01-17T22:30")
EVENT = EventDraft(name="Đêm nhạc", kind="show", venue="Nhà hát", starts_at=BEGINS, ends_at=ENDS)


def told(current: Current, *, unread_only: bool = True) -> list[tuple[str, list[str]]]:
    """(number, actions) of each record in the inbox."""
    return [
        (one.record.number, [entry.action for _, entry in one.entries] + [move.what for move in one.moves])
        for one in inbox.news(current, unread_only=unread_only)
    ]


def why(current: Current) -> list[str]:
    return [notice.why for one in inbox.news(current) for notice, _ in one.entries]


def reported(world: World, **values: object) -> Incident:
    return incident.report(world.alice, draft(**values))


def noted(world: World, row: Incident, text: str = "Đã gọi 113") -> None:
    history.note(world.head, "incident", row.id, text)


# ---- who is told ----------------------------------------------------------------------------------------------------
def test_who_entered_it_is_told_what_others_did_to_it(world: World) -> None:
    row = reported(world)
    assert (told(world.alice), inbox.unread_count(world.alice)) == ([], 0)
    noted(world, row)
    incident_life.move(world.head, row.id, "verifying", MoveDraft(), row.version)
    assert told(world.alice) == [("VV-2020-0001", ["incident.open", "noted"])]
    assert inbox.unread_count(world.alice) == 1
    assert why(world.alice) == [OWNER, OWNER]


def test_nobody_is_told_of_ones_own_doings_nor_of_what_one_does_not_watch(world: World) -> None:
    row = reported(world)
    history.note(world.alice, "incident", row.id, "Tự ghi")
    assert told(world.alice) == told(world.head) == told(world.bob) == []


def test_one_watches_and_watches_no_more(world: World) -> None:
    row = reported(world)
    inbox.watch(world.head, "incident", row.id)
    history.note(world.alice, "incident", row.id, "Một")
    assert (told(world.head), why(world.head)) == ([("VV-2020-0001", ["noted"])], [WATCHING])
    assert [(kind, one.number) for kind, one in inbox.watched(world.head)] == [("incident", "VV-2020-0001")]
    inbox.watch(world.head, "incident", row.id, watching=False)
    history.note(world.alice, "incident", row.id, "Hai")
    assert told(world.head) == [("VV-2020-0001", ["noted"])]
    assert inbox.watched(world.head) == []


def test_who_said_no_is_not_made_to_watch_again(world: World) -> None:
    row = reported(world)
    inbox.watch(world.alice, "incident", row.id, watching=False)
    incident.amend(world.head, row.id, draft(place="Cổng B"), row.version)
    assert told(world.alice) == []


def test_a_new_owner_and_a_helper_are_told_and_go_on_watching(world: World) -> None:
    row = reported(world)
    row = incident_people.assign(world.alice, row.id, world.head.account_id, row.version)
    assert (told(world.head), why(world.head)) == ([("VV-2020-0001", ["incident.assigned"])], [OWNER])
    other = incident.report(world.head, draft())
    incident_people.add_helper(
        world.head, other.id, incident_people.HelperDraft(account_id=world.alice.account_id, role_word="hiện trường")
    )
    assert told(world.alice) == [("VV-2020-0002", ["incident.helper_added"])]
    noted(world, other)
    assert told(world.alice) == [("VV-2020-0002", ["noted", "incident.helper_added"])]


def test_a_task_tells_who_is_in_charge_of_it(world: World) -> None:
    row = incident.report(world.head, draft())
    asked = task.TaskDraft(title="Lập biên bản", due_on=dt.date(2020, 1, 9), owner_id=world.alice.account_id)
    one = task.add_task(world.head, "incident", row.id, asked)
    assert (told(world.alice), why(world.alice)) == ([("VV-2020-0001", ["task.added"])], [OWNER])
    task.report_task(world.alice, one.id, task.TaskDoneDraft(result="Đã lập"), one.version)
    assert told(world.head) == [("VV-2020-0001", ["task.reported"])]


def test_a_head_is_told_of_a_plan_that_waits_and_of_a_share_to_release(world: World) -> None:
    plan = submitted(world.alice, event.add_event(world.alice, EVENT))
    row = reported(world)
    sharing.propose(world.alice, "incident", row.id, share(world))
    assert why(world.head) == [DECIDE, DECIDE]
    assert {action for _, actions in told(world.head) for action in actions} == {
        "plan.submitted",
        "joint_activity.proposed",
    }
    assert told(world.alice) == []
    assert plan.id


def test_an_import_of_old_records_makes_nobody_watch_them(world: World) -> None:
    row = incident.report(world.alice, draft(), origin="file")
    assert inbox.watched(world.alice) == []
    assert inbox.standing(world.alice, "incident", row.id).watching is False


def test_what_a_savepoint_took_back_is_told_to_nobody(world: World) -> None:
    from models.database import writing

    row = reported(world)
    with writing(world.head) as session:
        history.note(session, "incident", row.id, "Còn lại")
        point = session.begin_nested()
        history.note(session, "incident", row.id, "Rút lại")
        point.rollback()
        session.info.pop("head", None)
    assert told(world.alice) == [("VV-2020-0001", ["noted"])]


# ---- reading --------------------------------------------------------------------------------------------------------
def test_read_is_read_record_by_record(world: World) -> None:
    first, second = reported(world), reported(world)
    noted(world, first)
    noted(world, second)
    assert inbox.standing(world.alice, "incident", first.id).unread == 1
    assert inbox.read(world.alice, "incident", first.id) == 1
    assert [number for number, _ in told(world.alice)] == [second.number]
    assert inbox.read(world.alice, "incident", first.id) == 0
    assert len(told(world.alice, unread_only=False)) == 2
    noted(world, first)
    assert [number for number, _ in told(world.alice)] == [first.number, second.number]


def test_everything_is_read_at_once_by_one_person_for_oneself(world: World) -> None:
    row = reported(world)
    inbox.watch(world.head, "incident", row.id)
    noted(world, row)
    incident.amend(world.alice, row.id, draft(place="Cổng B"), row.version)
    assert inbox.read_all(world.alice) == 1
    assert (inbox.unread_count(world.alice), inbox.unread_count(world.head)) == (0, 1)


def test_a_record_that_became_confidential_is_gone_from_the_inbox(world: World) -> None:
    row = incident.report(world.head, draft())
    inbox.watch(world.alice, "incident", row.id)
    noted(world, row)
    incident.amend(world.head, row.id, draft(confidential=True), row.version)
    assert (told(world.alice), inbox.unread_count(world.alice), inbox.watched(world.alice)) == ([], 0, [])
    with pytest.raises(NotFound):
        inbox.watch(world.alice, "incident", row.id)


@pytest.mark.parametrize("act", [inbox.watch, inbox.read, inbox.standing])
def test_a_stranger_a_wrong_role_and_no_record_are_refused(world: World, act: object) -> None:
    row = reported(world)
    for current, subject, subject_id in (
        (world.bob, "incident", row.id),
        (world.alice, "incident", 987_654),
        (world.alice, "account", 1),
    ):
        with pytest.raises(NotFound):
            act(current, subject, subject_id)
    with pytest.raises(Denied):
        act(world.admin, "incident", row.id)


# ---- between organisations ------------------------------------------------------------------------------------------
def share(world: World, title: str = "Xô xát ở cổng B") -> ShareDraft:
    return ShareDraft(title=title, partners=[f"org:{world.organisations['congan']}"])


def shared(world: World) -> JointActivity:
    return sharing.propose(world.head, "incident", reported(world).id, share(world), at_once=True)


def test_a_partner_is_told_what_was_shared_and_the_host_what_was_answered(world: World) -> None:
    activity = shared(world)
    assert told(world.liaison) == [("PH-2020-0001", ["released"])]
    (party,) = [side.party for side in _sides(world, activity)]
    world.forward(hours=1)
    answering.confirm(world.liaison, party.id)
    assert told(world.head) == [("PH-2020-0001", ["confirmed"])]
    assert told(world.alice) == []
    assert told(world.bich) == []
    inbox.read(world.head, "joint_activity", activity.id)
    assert told(world.head) == []


def _sides(world: World, activity: JointActivity) -> list:
    from models import ledger

    return list(ledger.activity(world.head, activity.id).sides)


def test_a_new_text_and_a_withdrawal_are_news_again(world: World) -> None:
    activity = shared(world)
    inbox.read(world.liaison, "joint_activity", activity.id)
    assert inbox.unread_count(world.liaison) == 0
    world.forward(hours=1)
    sharing.rerelease(world.head, activity.id, SummaryDraft(title="Xô xát, đã hòa giải"))
    assert told(world.liaison) == [("PH-2020-0001", ["released"])]
    inbox.read_all(world.liaison)
    assert told(world.liaison) == []
    world.forward(hours=1)
    sharing.withdraw(world.head, activity.id, ReasonDraft(reason="Nhầm đối tác"))
    assert told(world.liaison) == [("PH-2020-0001", ["withdrawn"])]


def test_old_news_of_the_ledger_is_not_news(world: World) -> None:
    shared(world)
    assert told(world.at("2020-02-20T08:00").liaison) == []


# ---- receipts -------------------------------------------------------------------------------------------------------
def test_opening_a_shared_activity_leaves_a_receipt_for_the_host(world: World) -> None:
    activity = shared(world)
    assert receipt.receipts(world.head, activity.id) == []
    assert receipt.is_news(world.liaison, activity.id)
    world.forward(minutes=5)
    receipt.open_activity(world.liaison, activity.id)
    first = world.clock.moment
    (one,) = receipt.receipts(world.alice, activity.id)
    assert (one.partner, one.name, one.first_at, one.newest) == ("Công an C (thử)", "Bùi Thanh Liêm", first, True)
    world.forward(hours=1)
    sharing.rerelease(world.head, activity.id, SummaryDraft(title="Đã hòa giải"))
    (one,) = receipt.receipts(world.head, activity.id)
    assert (one.newest, one.last_at) == (False, first)
    world.forward(minutes=1)
    receipt.open_activity(world.liaison, activity.id)
    (one,) = receipt.receipts(world.head, activity.id)
    assert (one.newest, one.first_at, one.last_at) == (True, first, world.clock.moment)


def test_only_the_host_reads_receipts_and_a_board_leaves_none(world: World) -> None:
    activity = shared(world)
    receipt.open_activity(world.board, activity.id)
    receipt.open_activity(world.head, activity.id)
    assert receipt.receipts(world.head, activity.id) == []
    for current in (world.liaison, world.board, world.bich):
        with pytest.raises(NotFound):
            receipt.receipts(current, activity.id)


def test_what_was_never_shared_with_one_cannot_be_opened(world: World) -> None:
    activity = sharing.propose(world.alice, "incident", reported(world).id, share(world))
    for current in (world.liaison, world.bich):
        with pytest.raises(NotFound):
            receipt.open_activity(current, activity.id)
    with pytest.raises(NotFound):
        receipt.open_activity(world.liaison, 987_654)
