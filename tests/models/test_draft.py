"""Drafts: what a form may send, what is half typed, and one effect for one form."""

import datetime as dt
import unicodedata

import pytest
from pydantic import field_validator
from sqlmodel import Field, select

from models import draft
from models.access import Invalid, NotFound, Stale
from models.database import reading, writing
from models.draft import (
    Draft,
    FormDraft,
    Submission,
    check_version,
    discard,
    in_order,
    keep,
    kept,
    once,
    problem,
    start,
    submitted,
    unfinished,
    valid,
)
from models.organisation import Unit, UnitDraft, save_unit, units
from tests.worlds import World


class Meal(Draft):
    name: str = Field(min_length=2, max_length=10)
    guests: int = Field(default=1, ge=1, le=100)
    on: dt.date | None = None

    @field_validator("name")
    @classmethod
    def _no_soup(cls, name: str) -> str:
        if name == "súp":
            raise problem("no_soup", today="bún")
        return name


# ---- what a form may send -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({}, "name", "missing"),
        ({"name": "x"}, "name", "string_too_short"),
        ({"name": "x" * 11}, "name", "string_too_long"),
        ({"name": "a\u202eb"}, "name", "control_characters"),
        ({"name": "phở", "guests": 0}, "guests", "greater_than_equal"),
        ({"name": "phở", "guests": "nhiều"}, "guests", "int_parsing"),
        ({"name": "phở", "on": "31/02/2020"}, "on", "date_from_datetime_parsing"),
        ({"name": "phở", "tip": 5}, "tip", "extra_forbidden"),
        ({"name": "súp"}, "name", "no_soup"),
    ],
)
def test_bad_input_gives_one_code_a_field(values: dict, field: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        valid(Meal, values)
    assert refused.value.errors[field][0] == code
    assert list(refused.value.errors) == [field]


def test_the_facts_of_an_error_come_along() -> None:
    for values, facts in (({"name": "x"}, {"min_length": 2}), ({"name": "súp"}, {"today": "bún"})):
        with pytest.raises(Invalid) as refused:
            valid(Meal, values)
        assert refused.value.errors["name"][1] == facts


def test_text_comes_out_in_one_form() -> None:
    meal = valid(Meal, {"name": unicodedata.normalize("NFD", "  bún chả ")})
    assert meal.name == "bún chả"
    assert unicodedata.is_normalized("NFC", meal.name)


def test_nothing_but_text_leaves_the_error() -> None:
    """What a person typed is not in the refusal: it would end in a log."""
    with pytest.raises(Invalid) as refused:
        valid(Meal, {"name": "bí mật dài quá"})
    assert "bí mật" not in str(refused.value.errors)


def test_an_end_before_its_start_is_refused() -> None:
    day = dt.date(2020, 2, 29)
    in_order(day, day, "end")
    in_order(None, day, "end")
    in_order(day, None, "end")
    with pytest.raises(Invalid) as refused:
        in_order(day, dt.date(2020, 2, 28), "end")
    assert refused.value.errors == {"end": ("out_of_order", {})}


# ---- one form, one effect --------------------------------------------------------------------------------------------------
def test_a_nonce_takes_effect_once(world: World) -> None:
    with writing(world.alice) as session:
        assert once(session, "n1", 7) is False
        assert once(session, "n1", 8) is True
        assert submitted(session, "n1").subject_id == 7
        assert once(session, None) is False
        assert once(session, None) is False
    with writing(world.head) as session:
        assert submitted(session, "n1").subject_id == 7, "a retry may come from another sign-in of the same office"
    with writing(world.bob) as session:
        assert submitted(session, "n1") is None
        assert once(session, "n1") is False


def test_a_refused_form_has_had_no_effect(world: World) -> None:
    save_unit(world.admin, UnitDraft(name="Thư viện"), nonce="first")
    with pytest.raises(Invalid):
        save_unit(world.admin, UnitDraft(name="Thư viện"), nonce="second")
    save_unit(world.admin, UnitDraft(name="Thư viện mới"), nonce="second")
    assert len(units(world.admin)) == 4
    with reading(world.admin) as session:
        assert {row.nonce for row in session.exec(select(Submission))} >= {"first", "second"}


def test_a_stale_version_is_refused_with_both_texts() -> None:
    row, typed = Unit(name="Kho", folded="kho", version=3), UnitDraft(name="Kho lớn")
    assert check_version(row, 3) is row
    assert check_version(row, None) is row
    with pytest.raises(Stale) as refused:
        check_version(row, 2, typed)
    assert refused.value.facts["row"] is row
    assert refused.value.facts["draft"] is typed
    with pytest.raises(NotFound):
        check_version(None, 2)


# ---- what is half typed --------------------------------------------------------------------------------------------------------
def test_what_is_typed_is_kept_until_it_is_sent(world: World) -> None:
    row = start(world.alice, "incident.new", values={"summary": "Chen"})
    keep(world.alice, row.id, {"summary": "Chen lấn", "on": dt.date(2020, 1, 6), "at": dt.time(20, 30)})
    again = kept(world.alice, row.id)
    assert again.values == {"summary": "Chen lấn", "on": "2020-01-06", "at": "20:30:00"}
    assert [one.id for one in unfinished(world.alice, "incident.new")] == [row.id]
    discard(world.alice, row.id)
    assert kept(world.alice, row.id) is None
    discard(world.alice, row.id)


def test_nobody_else_has_it(world: World) -> None:
    row = start(world.alice, "incident.new", values={"summary": "Riêng"})
    for other in (world.head, world.admin, world.bob):
        assert kept(other, row.id) is None
        assert unfinished(other, "incident.new") == []
        with pytest.raises(NotFound):
            keep(other, row.id, {})
        discard(other, row.id)
    assert kept(world.alice, row.id).values == {"summary": "Riêng"}


def test_what_a_sent_form_made_is_known_in_its_own_organisation_alone(world: World) -> None:
    row = start(world.alice, "unit")
    assert draft.made(world.alice, row.id) is None
    with writing(world.alice) as session:
        once(session, row.id, 7)
    assert draft.made(world.alice, row.id) == 7
    assert draft.made(world.bob, row.id) is None


def test_its_id_cannot_be_guessed(world: World) -> None:
    ids = {start(world.alice, "incident.new").id for _ in range(5)}
    assert len(ids) == 5
    assert all(len(one) >= 32 for one in ids)


def test_the_version_that_was_opened_is_kept_with_it(world: World) -> None:
    row = start(world.alice, "incident.edit", subject_id=7, seen_version=2)
    keep(world.alice, row.id, {"a": 1})
    assert kept(world.alice, row.id).seen_version == 2
    keep(world.alice, row.id, {"a": 1}, seen_version=3)
    assert (kept(world.alice, row.id).subject_id, kept(world.alice, row.id).seen_version) == (7, 3)


def test_forgotten_ones_are_swept_at_the_next_start(world: World) -> None:
    old = start(world.at("2019-12-01T08:00").alice, "incident.new")
    young = start(world.at("2019-12-10T08:00").alice, "incident.new")
    start(world.alice, "incident.new")
    assert kept(world.alice, old.id) is None
    assert kept(world.alice, young.id) is not None


def test_a_draft_moves_no_revision_and_leaves_no_entry(world: World) -> None:
    from models.history import revisions

    before = revisions(set(world.organisations.values()))
    row = start(world.alice, "incident.new", values={"a": 1})
    keep(world.alice, row.id, {"a": 2})
    discard(world.alice, row.id)
    assert revisions(set(world.organisations.values())) == before


def test_more_than_anybody_types_is_refused(world: World) -> None:
    row = start(world.alice, "incident.new")
    with pytest.raises(Invalid) as refused:
        keep(world.alice, row.id, {"summary": "x" * draft.LARGEST})
    assert refused.value.code == "string_too_long"
    with reading(world.alice) as session:
        assert session.exec(select(FormDraft)).one().values == {}
