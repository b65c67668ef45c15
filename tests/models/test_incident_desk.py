"""Working through a list: neighbours, one change for all, search in the journal, saved views."""

import datetime as dt

import pytest

from models import history, incident, incident_desk, incident_search, saved_view
from models.access import Denied, Invalid, NotFound, Role
from models.incident_life import ExtendDraft, MoveDraft, SettleDraft
from models.incident_search import Filter
from models.saved_view import SavedViewDraft
from tests.models.test_incident import draft, entries
from tests.models.test_incident_life import reported, settle
from tests.worlds import World, instant


def three(world: World) -> list[int]:
    """Ids of three incidents, latest first, the middle one of another kind."""
    days = [("2020-01-05T08:00", "B.fighting"), ("2020-01-04T08:00", "C.theft"), ("2020-01-03T08:00", "B.fighting")]
    return [reported(world, occurred_at=instant(day), kind=kind).id for day, kind in days]  # type: ignore[misc]


def test_neighbours_follow_the_filtered_list(world: World) -> None:
    first, middle, last = three(world)
    assert incident_desk.neighbours(world.alice, Filter(), middle) == (first, last)
    assert incident_desk.neighbours(world.alice, Filter(kind="B"), first) == (None, last)
    assert incident_desk.neighbours(world.alice, Filter(kind="B"), last) == (first, None)
    with pytest.raises(NotFound):
        incident_desk.neighbours(world.bob, Filter(), middle)


def test_one_change_reaches_everything_in_the_filter_and_nothing_else(world: World) -> None:
    first, middle, last = three(world)
    done = incident_desk.assign_all(world.alice, Filter(kind="B"), world.head.account_id, nonce="once")
    assert (done.changed, done.refused) == (2, {})
    owners = {one.id: one.owner_id for one in incident_search.incidents(world.alice, Filter())}
    assert owners == {first: world.head.account_id, middle: world.alice.account_id, last: world.head.account_id}
    for incident_id in (first, last):
        assert entries(world.alice, incident.incident(world.alice, incident_id))[-1].action == "incident.assigned"
    assert incident_desk.assign_all(world.alice, Filter(), world.head.account_id, nonce="once").changed == 0


def test_what_refuses_is_left_alone_and_named(world: World) -> None:
    first, *_ = three(world)
    incident.report(world.alice, draft(summary="Chưa rõ loại"))
    done = incident_desk.move_all(world.alice, Filter(), "settled", SettleDraft(conclusion="Xử lý xong"))
    assert done.changed == 3
    assert [(number, refusal.code) for number, refusal in done.refused.items()] == [("VV-2020-0004", "not_complete")]
    assert incident.incident(world.alice, first).state == "settled"


def test_a_latent_case_is_not_settled_with_others_and_nobody_counts_it_as_prevented(world: World) -> None:
    first, *_ = three(world)
    latent = reported(world, complexity="latent", complexity_reason="tụ tập")
    assert incident_desk.watched(world.alice, Filter(), "settled") == 1
    assert incident_desk.watched(world.alice, Filter(), "verifying") == 0
    assert incident_desk.watched(world.alice, Filter(kind="C"), "settled") == 0
    done = incident_desk.move_all(world.alice, Filter(), "settled", SettleDraft(conclusion="Xử lý xong"))
    assert done.changed == 3
    assert [(number, refusal.code) for number, refusal in done.refused.items()] == [(latent.number, "outcome_of_each")]
    left = incident.incident(world.alice, latent.id)  # type: ignore[arg-type]
    assert (left.state, left.latent_outcome, left.latent_ended_at) == ("received", "watching", None)
    assert incident.incident(world.alice, first).state == "settled"
    assert incident_desk.move_all(world.alice, Filter(), "verifying", MoveDraft()).changed == 1


def test_a_case_that_is_settled_and_still_watched_is_not_asked_about_again(world: World) -> None:
    settle(world.alice, reported(world, complexity="latent", complexity_reason="tụ tập"), latent_outcome="watching")
    assert (
        incident_desk.watched(world.head, Filter(), "settled")
        == incident_desk.watched(world.head, Filter(), "closed")
        == 0
    )


def test_staff_close_nothing_in_bulk_either(world: World) -> None:
    three(world)
    incident_desk.move_all(world.alice, Filter(), "settled", SettleDraft(conclusion="Xử lý xong"))
    assert incident_desk.move_all(world.alice, Filter(), "closed", MoveDraft()).changed == 0
    assert incident_desk.move_all(world.head, Filter(), "closed", MoveDraft()).changed == 3


def test_due_dates_move_together_with_one_basis(world: World) -> None:
    three(world)
    later = ExtendDraft(due_on=dt.date(2020, 2, 3), due_basis="Nghỉ Tết")
    assert incident_desk.extend_all(world.alice, Filter(), later).changed == 3
    assert {one.due_on for one in incident_search.incidents(world.alice, Filter())} == {dt.date(2020, 2, 3)}


def test_a_bulk_change_never_reaches_another_organisation(world: World) -> None:
    ids = three(world)
    assert incident_desk.assign_all(world.bich, Filter(), world.bob.account_id).changed == 0
    assert incident.incident(world.alice, ids[0]).owner_id == world.alice.account_id


def test_a_bulk_change_has_a_limit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    three(world)
    monkeypatch.setattr(incident_desk, "MOST", 2)
    with pytest.raises(Invalid) as refusal:
        incident_desk.assign_all(world.alice, Filter(), world.head.account_id)
    assert refusal.value.code == "too_many"


def test_search_reaches_the_journal(world: World) -> None:
    first, *_ = three(world)
    history.note(world.alice, "incident", first, "Gặp anh bảo vệ ở Đền Thượng")
    assert [one.id for one in incident_search.incidents(world.alice, Filter(text="den thuong"))] == [first]
    assert incident_search.incidents(world.bob, Filter(text="den thuong")) == []


def test_a_bare_number_finds_the_latest_of_that_number(world: World) -> None:
    three(world)
    assert incident_search.by_number(world.alice, "2").number == "VV-2020-0002"
    later = incident.report(world.at("2021-03-01T08:00").alice, draft())
    assert incident_search.by_number(world.alice, "1").id == later.id
    with pytest.raises(NotFound):
        incident_search.by_number(world.alice, "77")


def test_views_are_ones_own_or_shared_with_a_role(world: World) -> None:
    saved_view.save_view(world.alice, "incidents", SavedViewDraft(name="Của tôi"), {"loai": "B"})
    saved_view.save_view(
        world.head, "incidents", SavedViewDraft(name="Cho cán bộ", shared_role=Role.STAFF), {"loc": "overdue"}
    )
    assert [view.name for view in saved_view.views(world.alice, "incidents")] == ["Cho cán bộ", "Của tôi"]
    assert [view.name for view in saved_view.views(world.head, "incidents")] == ["Cho cán bộ"]
    assert saved_view.views(world.bob, "incidents") == []


def test_the_same_name_replaces_and_only_the_owner_deletes(world: World) -> None:
    saved_view.save_view(
        world.head, "incidents", SavedViewDraft(name="Quá hạn", shared_role=Role.STAFF), {"loc": "open"}
    )
    view = saved_view.save_view(
        world.head, "incidents", SavedViewDraft(name="Quá hạn", shared_role=Role.STAFF), {"loc": "overdue"}
    )
    assert [one.filters for one in saved_view.views(world.alice, "incidents")] == [{"loc": "overdue"}]
    with pytest.raises(Denied):
        saved_view.drop_view(world.alice, view.id)
    with pytest.raises(NotFound):
        saved_view.drop_view(world.bob, view.id)
    saved_view.drop_view(world.head, view.id)
    assert saved_view.views(world.head, "incidents") == []


def test_the_name_of_a_view_holds_no_secret_either(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        saved_view.save_view(world.alice, "incidents", SavedViewDraft(name="Gọi 0912 345 678"), {})
    assert refused.value.errors["name"][0] == "guarded_name"
    assert saved_view.views(world.alice, "incidents") == []
