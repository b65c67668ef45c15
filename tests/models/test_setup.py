"""The first day of an empty installation."""

import threading

import pytest
from sqlmodel import select

from data import migrations
from models import setup
from models.access import DOOR, Denied, Invalid, Role
from models.account import AccountDraft, acting, check
from models.database import reading
from models.history import HistoryEntry, broken_at
from models.organisation import Kind, Organisation, OrganisationDraft
from models.setup import Installation, make_code, needed, set_up
from tests.worlds import PASSWORD, World

OFFICE = OrganisationDraft(code="so-moi", name="Sở Mới (thử)", kind=Kind.DEPARTMENT)
FIRST = AccountDraft(name="an", full_name="Lê An")


@pytest.fixture
def bare(empty: str) -> str:
    migrations.create_fresh()
    return empty


def errors(refusal: pytest.ExceptionInfo[Invalid]) -> dict[str, str]:
    return {field: code for field, (code, _) in refusal.value.errors.items()}


def founded() -> list[str]:
    with reading(DOOR) as session:
        return [row.code for row in session.exec(select(Organisation).order_by(Organisation.id))]


def test_the_code_makes_the_operator_the_first_organisation_and_its_administrator(bare: str) -> None:
    assert needed()
    set_up(make_code(), OFFICE, FIRST, PASSWORD)
    assert not needed()
    assert founded() == ["he-thong", "so-moi"]
    current = acting("an@so-moi")
    assert (current.role, current.must_change_password) == (Role.ADMINISTRATOR, False)
    assert check("an@so-moi", PASSWORD) == current.account_id
    with reading(setup.at_terminal("he-thong")) as session:
        actions = [entry.action for entry in session.exec(select(HistoryEntry).order_by(HistoryEntry.sequence))]
        assert actions == ["organisation.founded", "organisation.founded", "account.opened"]
        assert broken_at(session) is None


def test_the_code_is_void_afterwards(bare: str) -> None:
    code = make_code()
    set_up(code, OFFICE, FIRST, PASSWORD)
    with pytest.raises(Invalid):
        set_up(code, OFFICE.model_copy(update={"code": "so-hai"}), FIRST, PASSWORD)
    with pytest.raises(Denied):
        make_code()
    assert founded() == ["he-thong", "so-moi"]


def test_a_newer_code_makes_the_older_one_void(bare: str) -> None:
    older, newer = make_code(), make_code()
    with pytest.raises(Invalid) as refused:
        set_up(older, OFFICE, FIRST, PASSWORD)
    assert errors(refused) == {"code": "wrong_code"}
    set_up(f" {newer.upper()} ", OFFICE, FIRST, PASSWORD)


def test_only_its_hash_is_kept(bare: str) -> None:
    code = make_code()
    with reading(DOOR) as session:
        row = session.exec(select(Installation)).one()
    assert code not in str(row)
    assert len(row.code_hash) == 64


def test_wrong_codes_are_slowed_down(bare: str) -> None:
    code = make_code()
    for _ in range(setup.TRIES):
        with pytest.raises(Invalid) as refused:
            set_up("guess", OFFICE, FIRST, PASSWORD, "10.0.0.7")
        assert errors(refused) == {"code": "wrong_code"}
    with pytest.raises(Invalid) as refused:
        set_up(code, OFFICE, FIRST, PASSWORD, "10.0.0.7")
    assert errors(refused) == {"code": "locked"}
    assert founded() == []
    set_up(code, OFFICE, FIRST, PASSWORD, "10.0.0.8")


def test_without_a_code_nothing_goes(bare: str) -> None:
    for code in ("", "x"):
        with pytest.raises(Invalid):
            set_up(code, OFFICE, FIRST, PASSWORD)


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"organisation": OFFICE.model_copy(update={"code": "X"})}, "code", "string_pattern_mismatch"),
        ({"organisation": OFFICE.model_copy(update={"code": "he-thong"})}, "code", "taken"),
        ({"organisation": OFFICE.model_copy(update={"kind": Kind.OPERATOR})}, "kind", "unknown"),
        ({"organisation": OFFICE.model_copy(update={"parent_id": 7})}, "parent_id", "unknown"),
        ({"administrator": FIRST.model_copy(update={"name": "Ă"})}, "name", "string_pattern_mismatch"),
        ({"plain": "ngắn"}, "password", "string_too_short"),
    ],
)
def test_bad_input_leaves_nothing_behind_and_the_code_valid(bare: str, changes: dict, field: str, code: str) -> None:
    once = make_code()
    with pytest.raises(Invalid) as refused:
        set_up(once, **({"organisation": OFFICE, "administrator": FIRST, "plain": PASSWORD} | changes))
    assert errors(refused) == {field: code}
    assert founded() == []
    set_up(once, OFFICE, FIRST, PASSWORD)


def test_two_people_with_the_code_make_one_installation(bare: str) -> None:
    code, outcomes = make_code(), []

    def go() -> None:
        try:
            outcomes.append(set_up(code, OFFICE, FIRST, PASSWORD).name)
        except Invalid as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["an", "invalid", "invalid", "invalid"]
    assert founded() == ["he-thong", "so-moi"]


def test_with_people_in_it_no_set_up_is_needed(world: World) -> None:
    assert not needed()
    with pytest.raises(Invalid):
        set_up(make_code(), OFFICE, FIRST, PASSWORD)
