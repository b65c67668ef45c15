"""Links between records: both ways, across years, never beyond what one may see."""

import datetime as dt

import pytest

from models import event, history, incident, incident_life, incident_search, inspection, link
from models.access import Current, Denied, Invalid, NotFound
from models.database import reading
from models.event import EventDraft
from models.history import timeline
from models.incident import Incident
from models.incident_life import VoidDraft
from models.inspection import RoundDraft
from models.link import DUPLICATE, RELATED, LinkDraft
from tests.models.test_incident import draft, errors
from tests.worlds import World, instant


def reported(world: World, who: Current | None = None, **values: object) -> Incident:
    return incident.report(who or world.alice, draft(**values))


def event_of(world: World) -> event.Event:
    times = {"starts_at": instant("2020-01-05T18:00"), "ends_at": instant("2020-01-05T22:00")}
    return event.add_event(world.alice, EventDraft(name="Đêm hội", kind="festival", venue="Sân", **times))


def round_of(world: World) -> inspection.InspectionRound:
    return inspection.plan_round(world.alice, RoundDraft(subject="festival", planned_on=dt.date(2020, 1, 10)))


def join(current: Current, row: Incident, number: str) -> link.RecordLink:
    return link.add_link(current, "incident", row.id, LinkDraft(number=number))


def numbers(current: Current, subject: str, subject_id: int | None) -> list[str]:
    return [one.row.number for one in link.links(current, subject, subject_id)]


def actions(current: Current, subject: str, subject_id: int | None) -> list[str]:
    return [line.entry.action for line in timeline(current, subject, subject_id)]


def test_a_link_is_read_from_both_ends_and_told_on_both(world: World) -> None:
    row, night, tour = reported(world), event_of(world), round_of(world)
    join(world.alice, row, night.number)
    join(world.alice, row, tour.number)
    assert numbers(world.head, "incident", row.id) == [night.number, tour.number]
    assert numbers(world.head, "event", night.id) == numbers(world.head, "inspection_round", tour.id) == [row.number]
    for subject, one in (("incident", row), ("event", night), ("inspection_round", tour)):
        assert actions(world.alice, subject, one.id)[0] == "link.added"


def test_it_links_across_years(world: World) -> None:
    row = reported(world)
    later = world.at("2026-03-02T08:00")
    new = incident.report(later.alice, draft(occurred_at=instant("2026-03-01T20:00")))
    join(later.alice, new, "vv 2020 1")
    assert numbers(later.alice, "incident", row.id) == ["VV-2026-0001"]


@pytest.mark.parametrize("typed", ["VV-2020-0002", "vv-2020-2", " vv 2020/2 ", "VV–2020–0002", "Vv2020-00002"])
def test_a_number_is_understood_as_people_write_it(small_world: World, typed: str) -> None:
    row, other = reported(small_world), reported(small_world)
    assert join(small_world.alice, row, typed).to_id == other.id


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("VV-2020-0009", "no_such_number"),
        ("VV-2020-0001", "itself"),
        ("XX-2020-0001", "not_a_number"),
        ("31", "not_a_number"),
        ("<script>", "not_a_number"),
        ("VV-2020-" + "9" * 20, "not_a_number"),
        ("VV-٢٠٢٠-٠٠٠١", "not_a_number"),
    ],
)
def test_it_refuses_what_is_no_other_record(small_world: World, typed: str, code: str) -> None:
    row = reported(small_world)
    with pytest.raises(Invalid) as refusal:
        join(small_world.alice, row, typed)
    assert errors(refusal) == {"number": code}
    assert actions(small_world.alice, "incident", row.id) == ["incident.reported"]


def test_linking_twice_from_either_end_is_linking_once(world: World) -> None:
    row, other = reported(world), reported(world)
    first = join(world.alice, row, other.number)
    assert join(world.head, other, row.number).id == first.id
    assert len(timeline(world.alice, "incident", row.id)) == len(timeline(world.alice, "incident", other.id)) == 2


def test_a_link_is_removed_and_both_histories_keep_it(world: World) -> None:
    row, other = reported(world), reported(world)
    made = join(world.alice, row, other.number)
    link.remove_link(world.alice, made.id)
    link.remove_link(world.alice, made.id)
    assert numbers(world.alice, "incident", row.id) == numbers(world.alice, "incident", other.id) == []
    for one in (row, other):
        assert actions(world.alice, "incident", one.id)[:2] == ["link.removed", "link.added"]
    assert join(world.alice, other, row.number).id == made.id


def test_another_organisations_records_do_not_exist(world: World) -> None:
    row, theirs = reported(world), reported(world, world.bob)
    assert theirs.number == row.number
    made = join(world.alice, row, reported(world).number)
    with pytest.raises(NotFound):
        join(world.bob, row, theirs.number)
    with pytest.raises(NotFound):
        link.links(world.bob, "incident", row.id)
    with pytest.raises(NotFound):
        link.remove_link(world.bob, made.id)
    with pytest.raises(NotFound):
        link.mark_duplicate(world.bob, row.id, theirs.id)
    with pytest.raises(NotFound):
        link.mark_duplicate(world.alice, row.id, theirs.id)


@pytest.mark.parametrize("subject", ["account", "unit", "organisation", "history_entry", "no such thing"])
def test_only_incidents_events_and_rounds_have_links(small_world: World, subject: str) -> None:
    row = reported(small_world)
    with pytest.raises(NotFound):
        link.add_link(small_world.head, subject, 1, LinkDraft(number=row.number))
    with pytest.raises(NotFound):
        link.links(small_world.head, subject, 1)


def test_those_without_records_have_no_links(world: World) -> None:
    row, other = reported(world), reported(world)
    for current in (world.admin, world.board):
        with pytest.raises(Denied):
            join(current, row, other.number)


def test_a_confidential_record_is_not_given_away_by_its_links(world: World) -> None:
    row, secret = reported(world), reported(world, world.head, confidential=True)
    with pytest.raises(Invalid) as refusal:
        join(world.alice, row, secret.number)
    assert errors(refusal) == {"number": "no_such_number"}
    made = join(world.head, row, secret.number)
    assert numbers(world.head, "incident", row.id) == [secret.number]
    assert numbers(world.alice, "incident", row.id) == []
    with pytest.raises(NotFound):
        link.remove_link(world.alice, made.id)
    told = timeline(world.alice, "incident", row.id)[0].entry.changes["link"][1]
    assert secret.number not in told
    assert link.quoted(world.alice, told) is None
    assert link.quoted(world.head, told) == secret.number


def test_the_reference_of_a_history_line_gives_nothing_to_strangers(world: World) -> None:
    row = reported(world)
    assert link.quoted(world.alice, f"incident:{row.id}") == row.number
    for asked in (f"incident:{row.id}", "incident:", "account:1", "x", "incident:9" + "9" * 30, "incident:²"):
        assert link.quoted(world.bob, asked) is None


# ---- duplicates -------------------------------------------------------------------------------------------------------
def test_a_duplicate_points_at_the_other_and_nothing_is_merged(world: World) -> None:
    first, second = reported(world), reported(world, summary="Chen lấn tại cửa B")
    link.mark_duplicate(world.alice, second.id, first.id)
    link.mark_duplicate(world.alice, second.id, first.id)
    (seen,) = link.links(world.alice, "incident", second.id)
    assert (seen.row.id, seen.link.kind, seen.here_is_duplicate) == (first.id, DUPLICATE, True)
    (seen,) = link.links(world.alice, "incident", first.id)
    assert (seen.row.id, seen.here_is_duplicate) == (second.id, False)
    assert link.original(world.alice, second.id).id == first.id
    assert link.original(world.alice, first.id) is None
    assert actions(world.alice, "incident", second.id) == ["link.duplicate", "incident.reported"]
    assert actions(world.alice, "incident", first.id) == ["link.duplicate_by", "incident.reported"]
    assert incident.incident(world.alice, second.id).summary == "Chen lấn tại cửa B"


def test_marks_lead_somewhere_and_never_round(world: World) -> None:
    one, two, three = reported(world), reported(world), reported(world)
    link.mark_duplicate(world.alice, two.id, one.id)
    for duplicate, original, code in (
        (one, two, "original_is_duplicate"),
        (three, two, "original_is_duplicate"),
        (two, three, "already_duplicate"),
        (one, one, "itself"),
    ):
        with pytest.raises(Invalid) as refusal:
            link.mark_duplicate(world.alice, duplicate.id, original.id)
        assert refusal.value.code == code
    link.mark_duplicate(world.alice, one.id, three.id)
    with pytest.raises(Invalid):
        link.mark_duplicate(world.alice, three.id, one.id)


def test_a_duplicate_counts_until_a_head_finds_it_not_confirmed(world: World) -> None:
    first, second = reported(world), reported(world)
    link.mark_duplicate(world.alice, second.id, first.id)
    assert incident_search.bubble_counts(world.alice, incident_search.Filter())["open"] == 2
    incident_life.move(world.head, second.id, "not_confirmed", VoidDraft(note="Trùng vụ đầu"), second.version)
    assert incident_search.bubble_counts(world.alice, incident_search.Filter())["open"] == 1


def test_the_mark_goes_first_and_hides_a_related_link_of_the_same_two(world: World) -> None:
    first, second, third = reported(world), reported(world), reported(world)
    join(world.alice, second, third.number)
    join(world.alice, second, first.number)
    link.mark_duplicate(world.alice, second.id, first.id)
    kinds = [(one.row.id, one.link.kind) for one in link.links(world.alice, "incident", second.id)]
    assert kinds == [(first.id, DUPLICATE), (third.id, RELATED)]


def test_the_chain_holds_after_linking(world: World) -> None:
    row, other = reported(world), reported(world)
    join(world.alice, row, other.number)
    with reading(world.alice) as session:
        assert history.broken_at(session) is None
