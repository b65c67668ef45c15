"""Statements: signed once, kept apart, hung on an incident later."""

import pytest
from sqlmodel import select

from models import draft as drafts
from models import history, incident, incident_life, incident_search, statement
from models.access import Denied, Invalid, NotFound, Permission
from models.database import reading, writing
from models.draft import ReasonDraft
from models.history import HistoryEntry, timeline
from models.incident import Incident, IncidentDraft
from models.statement import AttachStatementDraft, Statement, StatementDraft
from tests.models.test_incident import draft, errors
from tests.models.test_incident_life import reported, settle
from tests.worlds import World, instant

WORDS = "Khoảng 19 giờ tôi thấy hai nhóm xô nhau ở cửa B. Tôi báo tổ trực rồi ra can."


def written(**values: object) -> StatementDraft:
    first = {"seen_at": instant("2020-01-05T19:05"), "words": WORDS, "place": "Cửa B"}
    return StatementDraft.model_validate(first | values)


def close(world: World, row: Incident) -> None:
    row = settle(world.alice, row)
    incident_life.move(world.head, row.id, "closed", incident_life.MoveDraft(), row.version)


def test_it_is_signed_under_its_own_number_and_belongs_to_nothing(world: World) -> None:
    row = statement.sign(world.alice, written())
    assert (row.number, row.incident_id, row.entered_by_name) == ("TT-2020-0001", None, "Trần Alice")
    assert row.signed_at == world.clock.moment
    assert [one.id for one in statement.loose_statements(world.head)] == [row.id]
    assert (statement.loose_count(world.head), statement.loose_count(world.bich)) == (1, 0)
    assert incident_search.incidents(world.alice, incident_search.Filter()) == []


def test_the_same_form_is_signed_once(world: World) -> None:
    first = statement.sign(world.alice, written(), nonce="form")
    assert statement.sign(world.alice, written(), nonce="form").id == first.id
    assert len(statement.loose_statements(world.alice)) == 1


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"words": "ngắn"}, {"words": "string_too_short"}),
        ({"words": "x" * 20_001}, {"words": "string_too_long"}),
        ({"words": "x" * 1_000_000}, {"words": "string_too_long"}),
        ({"seen_at": instant("2020-01-06T08:01")}, {"seen_at": "in_the_future"}),
        ({"unit_id": 987}, {"unit_id": "unknown"}),
        ({"seen_at": instant("2020-01-05T19:05").replace(tzinfo=None)}, {"seen_at": "timezone_aware"}),
        ({"words": WORDS + "\u202e"}, {"words": "control_characters"}),
    ],
)
def test_it_refuses_what_does_not_fit(small_world: World, values: dict[str, object], error: dict[str, str]) -> None:
    first = {"seen_at": instant("2020-01-05T19:05"), "words": WORDS}
    with pytest.raises(Invalid) as refusal:
        statement.sign(small_world.alice, StatementDraft.model_construct(**(first | values)))
    assert errors(refusal) == error
    assert statement.loose_statements(small_world.alice) == []


def test_numbers_of_people_are_stopped_as_everywhere(small_world: World) -> None:
    with pytest.raises(Invalid) as refusal:
        statement.sign(small_world.alice, written(words="Người đó đưa giấy tờ số 001099012345 cho tôi xem"))
    assert errors(refusal) == {"words": "guarded"}


def test_nobody_changes_what_was_signed(world: World) -> None:
    """No verb does; what tries all the same is refused, and the chain holds the whole text."""
    row = statement.sign(world.alice, written())
    for name, value in (("words", "Tôi không thấy gì cả."), ("witness", "người khác"), ("seen_at", world.clock.moment)):
        with pytest.raises(Denied), writing(world.head) as session:
            session.info["entries"] = 1
            setattr(session.exec(select(Statement).where(Statement.id == row.id)).one(), name, value)
    assert statement.statement(world.alice, row.id).words == WORDS
    with reading(world.alice) as session:
        (entry,) = session.exec(select(HistoryEntry).where(HistoryEntry.subject == "statement"))
        assert (entry.action, entry.changes["words"]) == ("statement.signed", [None, WORDS])
        assert history.broken_at(session) is None


def test_the_draft_before_signing_is_the_writers_alone(world: World) -> None:
    kept = drafts.start(world.alice, "statement.new", values={"words": "đang viết dở"})
    assert drafts.kept(world.alice, kept.id)
    assert drafts.kept(world.head, kept.id) is None
    assert statement.loose_statements(world.head) == []


# ---- hanging it on an incident ----------------------------------------------------------------------------------------
def test_it_is_written_at_an_incident_or_hung_there_later(world: World) -> None:
    row = reported(world)
    first = statement.sign(world.alice, written(), row.id)
    second = statement.sign(world.alice, written(seen_at=instant("2020-01-05T18:00"), witness="Bảo vệ ca đêm"))
    statement.attach_by_number(world.head, second.id, AttachStatementDraft(number="vv 2020 1"))
    statement.attach_statement(world.head, second.id, row.id)
    assert [one.id for one in statement.statements_of(world.alice, row.id)] == [second.id, first.id]
    assert statement.loose_statements(world.alice) == []
    lines = [line.entry for line in timeline(world.alice, "incident", row.id)]
    assert [one.action for one in lines[:2]] == ["incident.statement_attached"] * 2
    assert WORDS not in str([(one.changes, one.note) for one in lines])
    again = incident.incident(world.alice, row.id)
    assert (again.version, again.description) == (row.version, "")


def test_it_hangs_on_one_incident_at_most(world: World) -> None:
    row, other = reported(world), reported(world)
    made = statement.sign(world.alice, written(), row.id)
    with pytest.raises(Invalid) as refusal:
        statement.attach_statement(world.head, made.id, other.id)
    assert refusal.value.code == "attached_elsewhere"


def test_only_an_incident_carries_one_and_no_closed_one(world: World) -> None:
    from tests.models.test_link import event_of

    row, night = reported(world), event_of(world)
    made = statement.sign(world.alice, written())
    for number, code in ((night.number, "not_an_incident"), ("VV-2020-0009", "no_such_number"), ("x", "not_a_number")):
        with pytest.raises(Invalid) as refusal:
            statement.attach_by_number(world.alice, made.id, AttachStatementDraft(number=number))
        assert errors(refusal) == {"number": code}
    close(world, row)
    with pytest.raises(Invalid) as refusal:
        statement.attach_statement(world.head, made.id, row.id)
    assert refusal.value.code == "closed"


def test_a_head_or_who_hung_it_there_takes_it_off_with_a_reason(world: World) -> None:
    row = reported(world)
    by_head = statement.attach_statement(world.head, statement.sign(world.alice, written()).id, row.id)
    with pytest.raises(Denied):
        statement.detach_statement(world.alice, by_head.id, ReasonDraft(reason="gắn nhầm"))
    statement.detach_statement(world.head, by_head.id, ReasonDraft(reason="gắn nhầm"))
    statement.detach_statement(world.head, by_head.id, ReasonDraft(reason="gắn nhầm"))
    own = statement.sign(world.alice, written(), row.id)
    statement.detach_statement(world.alice, own.id, ReasonDraft(reason="gắn nhầm"))
    assert statement.statements_of(world.alice, row.id) == []
    entry = timeline(world.alice, "incident", row.id)[0].entry
    assert (entry.action, entry.note) == ("incident.statement_detached", "gắn nhầm")


# ---- who reads it -----------------------------------------------------------------------------------------------------
def test_a_stranger_finds_nothing(world: World) -> None:
    row = reported(world)
    made = statement.sign(world.alice, written(), row.id)
    theirs = incident.report(world.bob, draft())
    for act in (
        lambda: statement.statement(world.bob, made.id),
        lambda: statement.statements_of(world.bob, row.id),
        lambda: statement.sign(world.bob, written(), row.id),
        lambda: statement.attach_statement(world.bob, made.id, theirs.id),
        lambda: statement.detach_statement(world.bich, made.id, ReasonDraft(reason="gắn nhầm")),
        lambda: statement.offered(world.bich, made.id),
        lambda: timeline(world.bob, "statement", made.id),
    ):
        with pytest.raises(NotFound):
            act()
    assert statement.loose_statements(world.bob) == []


def test_a_confidential_one_is_for_its_writer_and_heads(world: World) -> None:
    made = statement.sign(world.head, written(confidential=True))
    mine = statement.sign(world.alice, written(confidential=True))
    assert [one.id for one in statement.loose_statements(world.alice)] == [mine.id]
    assert {one.id for one in statement.loose_statements(world.head)} == {made.id, mine.id}
    with pytest.raises(NotFound):
        statement.attach_statement(world.alice, made.id, reported(world).id)


def test_at_a_confidential_incident_it_is_hidden_with_it_but_not_from_its_writer(world: World) -> None:
    secret = incident.report(world.head, draft(confidential=True))
    mine, another = statement.sign(world.alice, written()), statement.sign(world.head, written())
    for one in (mine, another):
        statement.attach_statement(world.head, one.id, secret.id)
    assert statement.statement(world.alice, mine.id).words == WORDS
    assert statement.incident_of(world.alice, mine.id) is None
    assert statement.incident_of(world.head, mine.id).id == secret.id
    with pytest.raises(NotFound):
        statement.statement(world.alice, another.id)
    with pytest.raises(NotFound):
        statement.statements_of(world.alice, secret.id)


# ---- making an incident of it -----------------------------------------------------------------------------------------
def test_a_head_makes_an_incident_of_it_and_the_original_hangs_on_it(world: World) -> None:
    made = statement.sign(world.alice, written(unit_id=world.units["hall"]))
    values = statement.offered(world.head, made.id)
    assert values["summary"] == "Khoảng 19 giờ tôi thấy hai nhóm xô nhau ở cửa B"
    assert (values["place"], values["occurred_at"], values["unit_id"]) == ("Cửa B", made.seen_at, world.units["hall"])
    official = IncidentDraft.model_validate(values | {"summary": "Xô xát ở cửa B", "description": ""})
    row = statement.make_incident(world.head, made.id, official, nonce="form")
    assert statement.make_incident(world.head, made.id, official, nonce="form").id == row.id
    assert (row.origin, row.summary) == ("statement", "Xô xát ở cửa B")
    assert [one.words for one in statement.statements_of(world.alice, row.id)] == [WORDS]
    with pytest.raises(Invalid) as refusal:
        statement.make_incident(world.head, made.id, official, nonce="another")
    assert refusal.value.code == "attached_elsewhere"
    assert len(incident_search.incidents(world.alice, incident_search.Filter())) == 1


def test_staff_do_not(world: World) -> None:
    assert not world.alice.may(Permission.INCIDENT_JUDGE)
    made = statement.sign(world.alice, written())
    with pytest.raises(Denied):
        statement.make_incident(world.alice, made.id, draft())
    with pytest.raises(Denied):
        statement.offered(world.alice, made.id)


@pytest.mark.parametrize(
    ("words", "headline"),
    [
        ("Một câu thôi không chấm", "Một câu thôi không chấm"),
        ("Dòng đầu\ndòng sau. Nữa", "Dòng đầu"),
        ("a" * 400, "a" * 299 + "…"),
        ("từ " * 200, "từ " * 98 + "từ…"),
    ],
)
def test_the_proposed_summary_always_fits(small_world: World, words: str, headline: str) -> None:
    made = statement.sign(small_world.head, written(words=words))
    said = statement.offered(small_world.head, made.id)["summary"]
    assert len(said) <= 300
    assert said == headline
