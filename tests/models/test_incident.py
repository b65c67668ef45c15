"""Entering and finding incidents."""

import datetime as dt
import threading
from dataclasses import replace

import pytest
from sqlmodel import select

from models import history, incident, incident_search
from models.access import Current, Denied, Invalid, NotFound, Stale
from models.database import reading
from models.history import HistoryEntry
from models.incident import Incident, IncidentDraft
from models.incident_search import Filter
from tests.worlds import World, instant


def draft(**changes: object) -> IncidentDraft:
    return IncidentDraft.model_validate(
        {"occurred_at": instant("2020-01-05T19:40"), "summary": "Chen lấn ở cửa B"} | changes
    )


def entries(current: Current, row: Incident) -> list[HistoryEntry]:
    with reading(current) as session:
        statement = select(HistoryEntry).where(HistoryEntry.subject == "incident", HistoryEntry.subject_id == row.id)
        return list(session.exec(statement.order_by(HistoryEntry.sequence)))


def errors(refusal: pytest.ExceptionInfo[Invalid]) -> dict[str, str]:
    return {name: code for name, (code, _) in refusal.value.errors.items()}


def test_it_enters_an_incident_under_a_number_people_can_quote(world: World) -> None:
    row = incident.report(world.alice, draft(place="Nhà hát"))
    assert (row.number, row.state, row.entered_by_name) == ("VV-2020-0001", "received", "Trần Alice")
    assert row.received_at == row.entered_at == world.clock.moment
    (entry,) = entries(world.alice, row)
    assert entry.action == "incident.reported"
    assert entry.changes["summary"] == [None, "Chen lấn ở cửa B"]


def test_numbers_have_no_gaps_and_start_anew_each_local_year(world: World) -> None:
    late = world.at("2020-12-31T23:59")
    assert incident.report(late.alice, draft()).number == "VV-2020-0001"
    with pytest.raises(Invalid):
        incident.report(late.alice, draft(kind="no such kind"))
    assert incident.report(late.alice, draft()).number == "VV-2020-0002"
    assert incident.report(world.at("2021-01-01T00:00").alice, draft()).number == "VV-2021-0001"
    assert incident.report(late.bob, draft()).number == "VV-2020-0001"


def test_the_same_form_sent_twice_gives_one_incident(world: World) -> None:
    first = incident.report(world.alice, draft(), nonce="a form")
    assert incident.report(world.alice, draft(), nonce="a form").id == first.id
    assert len(incident_search.incidents(world.alice, Filter())) == 1
    assert len(entries(world.alice, first)) == 1


def test_twenty_clicks_at_once_give_one_incident(world: World) -> None:
    found: list[int | None] = []
    clicks = [
        threading.Thread(target=lambda: found.append(incident.report(world.alice, draft(), nonce="once").id))
        for _ in range(20)
    ]
    [click.start() for click in clicks]
    [click.join() for click in clicks]
    assert len(found) == 20
    assert len(set(found)) == 1


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"occurred_at": instant("2020-01-06T08:01")}, {"occurred_at": "in_the_future"}),
        ({"received_at": instant("2020-01-06T09:00")}, {"received_at": "in_the_future"}),
        ({"received_at": instant("2020-01-05T19:39")}, {"received_at": "out_of_order"}),
        ({"kind": "Z.nothing"}, {"kind": "unknown"}),
        ({"complexity": "enormous"}, {"complexity": "unknown"}),
        ({"complexity": "latent"}, {"complexity_reason": "missing"}),
        ({"unit_id": 987_654}, {"unit_id": "unknown"}),
        ({"event_id": 987_654}, {"event_id": "unknown"}),
    ],
)
def test_it_refuses_what_cannot_be(world: World, values: dict[str, object], expected: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refusal:
        incident.report(world.alice, draft(**values))
    assert errors(refusal) == expected
    assert incident_search.incidents(world.alice, Filter()) == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"summary": "ab"}, {"summary": "string_too_short"}),
        ({"summary": "a" * 301}, {"summary": "string_too_long"}),
        ({"summary": "a\x00bc"}, {"summary": "control_characters"}),
        ({"summary": "abc\u202etxt"}, {"summary": "control_characters"}),
        ({"description": "x" * 1_000_000}, {"description": "string_too_long"}),
        ({"severity": 5}, {"severity": "less_than_equal"}),
        ({"people_count": -1}, {"people_count": "greater_than_equal"}),
        ({"state": "closed"}, {"state": "extra_forbidden"}),
        ({"number": "VV-1"}, {"number": "extra_forbidden"}),
    ],
)
def test_a_draft_refuses_bad_input_with_one_code_a_field(
    world: World, values: dict[str, object], expected: dict[str, str]
) -> None:
    from models.draft import valid

    with pytest.raises(Invalid) as refusal:
        valid(IncidentDraft, {"occurred_at": instant("2020-01-05T19:40"), "summary": "abc"} | values)
    assert errors(refusal) == expected


def test_what_was_typed_in_two_unicode_forms_is_stored_in_one(world: World) -> None:
    import unicodedata

    row = incident.report(world.alice, draft(summary=unicodedata.normalize("NFD", "Gây rối trật tự")))
    assert row.summary == "Gây rối trật tự"


@pytest.mark.parametrize(
    ("severity", "complexity", "expected"),
    [
        (1, "none", dt.date(2020, 1, 13)),
        (2, "latent", dt.date(2020, 1, 20)),
        (3, "none", dt.date(2020, 1, 9)),
        (4, "latent", dt.date(2020, 1, 9)),
        (None, "none", dt.date(2020, 1, 13)),
    ],
)
def test_the_due_date_follows_the_rule(world: World, severity: int | None, complexity: str, expected: dt.date) -> None:
    row = incident.report(
        world.alice, draft(severity=severity, complexity=complexity, complexity_reason="vì đông người")
    )
    assert row.due_on == row.first_due_on == expected


def test_the_due_date_counts_from_the_local_day_of_receipt(world: World) -> None:
    """23:30 on Friday in Hà Nội is 16:30 UTC; 00:30 on Saturday is still Friday in UTC."""
    friday = world.at("2020-01-03T23:30")
    assert incident.report(friday.alice, draft(occurred_at=instant("2020-01-03T20:00"))).due_on == dt.date(2020, 1, 10)
    saturday = world.at("2020-01-04T00:30")
    assert incident.report(saturday.alice, draft(occurred_at=instant("2020-01-03T20:00"))).due_on == dt.date(
        2020, 1, 10
    )


def test_a_unit_that_was_merged_stands_for_its_successor(world: World) -> None:
    from models.organisation import UnitDraft, save_unit, units

    hall, museum = world.units["hall"], world.units["museum"]
    row = next(unit for unit in units(world.alice) if unit.id == hall)
    save_unit(
        world.admin, UnitDraft(name=row.name, valid_to=dt.date(2020, 1, 1), successor_id=museum), hall, row.version
    )
    assert incident.report(world.alice, draft(unit_id=hall)).unit_id == museum
    before = draft(unit_id=hall, occurred_at=instant("2019-12-31T20:00"))
    assert incident.report(world.alice, before).unit_id == hall


def test_only_a_head_says_that_it_is_complex_or_confidential(world: World) -> None:
    for values in ({"complexity": "complex", "complexity_reason": "có người chết"}, {"confidential": True}):
        with pytest.raises(Denied):
            incident.report(world.alice, draft(**values))
        assert incident.report(world.head, draft(**values)).id


def test_a_judgement_keeps_who_when_and_why(world: World) -> None:
    row = incident.report(world.alice, draft(complexity="latent", complexity_reason="tụ tập đông"))
    assert (row.was_latent, row.latent_outcome, row.complexity_by_name) == (True, "watching", "Trần Alice")
    world.forward(hours=2)
    worse = draft(complexity="complex", complexity_reason="đã xô xát")
    row = incident.amend(world.head, row.id, worse, row.version)
    assert (row.complexity_by_name, row.complexity_at) == ("Phạm Thị Hạnh", world.clock.moment)
    assert (row.was_latent, row.latent_outcome, row.latent_ended_at) == (True, "became_complex", world.clock.moment)


def test_it_changes_what_was_entered_and_moves_the_due_date(world: World) -> None:
    row = incident.report(world.alice, draft())
    changed = incident.amend(world.alice, row.id, draft(severity=3), row.version)
    assert (changed.severity, changed.due_on, changed.version) == (3, dt.date(2020, 1, 9), 2)
    entry = entries(world.alice, row)[-1]
    assert entry.changes["severity"] == [None, 3]
    assert entry.changes["due_on"] == ["2020-01-13", "2020-01-09"]


def test_a_change_of_nothing_leaves_no_entry(world: World) -> None:
    row = incident.report(world.alice, draft())
    assert incident.amend(world.alice, row.id, draft(), row.version).version == 1
    assert len(entries(world.alice, row)) == 1


def test_a_stale_save_is_refused_and_changes_nothing(world: World) -> None:
    row = incident.report(world.alice, draft())
    incident.amend(world.head, row.id, draft(place="Cửa A"), 1)
    with pytest.raises(Stale) as refusal:
        incident.amend(world.alice, row.id, draft(place="Cửa B"), 1)
    assert refusal.value.facts["row"].place == "Cửa A"
    assert refusal.value.facts["draft"].place == "Cửa B"
    assert incident.incident(world.alice, row.id).place == "Cửa A"


def test_another_organisations_incident_looks_like_none(world: World) -> None:
    row = incident.report(world.alice, draft())
    for stranger, incident_id in ((world.bob, row.id), (world.alice, 987_654)):
        with pytest.raises(NotFound):
            incident.incident(stranger, incident_id)
        with pytest.raises(NotFound):
            incident.amend(stranger, incident_id, draft(), 1)
        with pytest.raises(NotFound):
            history.note(stranger, "incident", incident_id, "xin chào")
        with pytest.raises(NotFound):
            history.timeline(stranger, "incident", incident_id)
    assert incident_search.incidents(world.bob, Filter()) == []
    assert incident_search.bubble_counts(world.bob, Filter())[""] == 0


@pytest.mark.parametrize("name", ["admin", "board", "system"])
def test_administrators_and_boards_see_no_records(world: World, name: str) -> None:
    row = incident.report(world.alice, draft())
    with pytest.raises(Denied):
        incident.incident(getattr(world, name), row.id)
    with pytest.raises(Denied):
        incident.report(getattr(world, name), draft())


def test_a_confidential_incident_is_for_heads_and_who_entered_it(world: World) -> None:
    row = incident.report(world.head, draft(confidential=True))
    with pytest.raises(NotFound):
        incident.incident(world.alice, row.id)
    with pytest.raises(NotFound):
        history.timeline(world.alice, "incident", row.id)
    assert incident_search.incidents(world.alice, Filter()) == []
    assert incident_search.bubble_counts(world.alice, Filter())[""] == 0
    assert row.id not in {entry.subject_id for entry, _ in history.latest(world.alice) if entry.subject == "incident"}
    assert incident.incident(world.head, row.id).id == row.id


def test_it_finds_without_accents_and_in_any_order(world: World) -> None:
    row = incident.report(world.alice, draft(summary="Gây rối trật tự ở Đền Thượng", place="Cổng chính"))
    incident.report(world.alice, draft(summary="Mất xe đạp"))
    for text in ("gay roi", "DEN thuong", "trật TỰ cong", row.number.lower()):
        assert [one.id for one in incident_search.incidents(world.alice, Filter(text=text))] == [row.id], text
    for text in ("%", "_", "gay roi khong co"):
        assert incident_search.incidents(world.alice, Filter(text=text)) == [], text


def test_bubbles_count_what_they_show(world: World) -> None:
    incident.report(world.alice, draft(severity=1))
    incident.report(world.alice, draft(severity=2, complexity="latent", complexity_reason="tụ tập"))
    later = world.at("2020-02-06T08:00")
    counts = incident_search.bubble_counts(later.alice, Filter())
    assert {bubble: count for bubble, count in counts.items() if count} == {
        "": 2,
        "open": 2,
        "overdue": 2,
        "latent": 1,
        "1": 1,
        "2": 1,
    }
    for bubble, count in counts.items():
        assert len(incident_search.incidents(later.alice, Filter(bubble=bubble or None))) == count


def test_the_list_has_pages_latest_first(world: World) -> None:
    rows = [incident.report(world.alice, draft(occurred_at=instant(f"2020-01-0{day}T08:00"))) for day in (1, 2, 3)]
    assert [row.id for row in incident_search.incidents(world.alice, Filter(), limit=2)] == [rows[2].id, rows[1].id]
    assert [row.id for row in incident_search.incidents(world.alice, Filter(), limit=2, offset=2)] == [rows[0].id]


def test_a_number_in_any_case_finds_the_incident(world: World) -> None:
    row = incident.report(world.alice, draft())
    assert incident_search.by_number(world.alice, " vv-2020-0001 ").id == row.id
    with pytest.raises(NotFound):
        incident_search.by_number(world.bob, "VV-2020-0001")


def test_today_decides_what_is_overdue(world: World) -> None:
    row = incident.report(world.alice, draft())
    on_the_day, day_after = world.at("2020-01-13T23:59"), world.at("2020-01-14T00:00")
    assert incident_search.overdue(on_the_day.alice) == []
    assert [one.id for one in incident_search.due_soon(on_the_day.alice)] == [row.id]
    assert [one.id for one in incident_search.overdue(day_after.alice)] == [row.id]
    assert incident_search.due_soon(replace(day_after.alice)) == []
