"""An organisation administrator's accounts, and the first administrator of an organisation."""

from collections.abc import Callable

import pytest
from sqlmodel import select

from models.access import Denied, Invalid, NotFound, Role, Stale
from models.account import Account, AccountDraft, check, who
from models.account_admin import (
    account,
    accounts,
    amend_account,
    colleagues,
    lift_lock,
    open_account,
    open_first_account,
    reset_password,
    set_active,
)
from models.database import reading
from models.history import HistoryEntry, revisions
from models.organisation import Kind, OrganisationDraft, found_organisation
from tests.conftest import signed_in
from tests.worlds import PASSWORD, World


def draft(**changes: object) -> AccountDraft:
    return AccountDraft.model_validate({"name": "moi", "full_name": "Nguyễn Thị Mới", "role": "staff"} | changes)


def newest(world: World) -> HistoryEntry:
    with reading(world.admin) as session:
        return session.exec(select(HistoryEntry).order_by(HistoryEntry.sequence.desc())).first()


def errors(refusal: pytest.ExceptionInfo[Invalid]) -> dict[str, str]:
    return {field: code for field, (code, _) in refusal.value.errors.items()}


# ---- opening ------------------------------------------------------------------------------------------------------------
def test_it_opens_an_account_with_a_password_for_once(world: World) -> None:
    row, plain = open_account(world.admin, draft())
    assert check("moi@so-a", plain) == row.id
    assert row.must_change_password
    assert newest(world).action == "account.opened"
    assert plain not in str(newest(world).changes)


def test_the_same_form_opens_one(world: World) -> None:
    row, plain = open_account(world.admin, draft(), nonce="n")
    again, nothing = open_account(world.admin, draft(), nonce="n")
    assert (again.id, nothing) == (row.id, "")
    assert check("moi@so-a", plain) is not None


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"name": "alice"}, "name", "taken"),
        ({"name": "Mới"}, "name", "string_pattern_mismatch"),
        ({"name": "a@b"}, "name", "string_pattern_mismatch"),
        ({"full_name": "M"}, "full_name", "string_too_short"),
        ({"role": "liaison"}, "role", "not_for_this_organisation"),
        ({"role": "board"}, "role", "not_for_this_organisation"),
        ({"role": "system"}, "role", "not_for_this_organisation"),
        ({"role": "king"}, "role", "enum"),
    ],
)
def test_an_invalid_account_is_refused_with_its_code(world: World, changes: dict, field: str, code: str) -> None:
    before = len(accounts(world.admin))
    with pytest.raises(Invalid) as refused:
        open_account(world.admin, {"name": "moi", "full_name": "Nguyễn Thị Mới", "role": "staff"} | changes)
    assert errors(refused) == {field: code}
    assert len(accounts(world.admin)) == before


def test_names_are_unique_in_an_organisation_only(world: World) -> None:
    open_account(world.people["binh"], draft(name="alice"))
    assert check("alice@so-a", PASSWORD) == world.alice.account_id


def test_nobody_but_the_administrator_manages_accounts(world: World) -> None:
    for name in ("alice", "hanh", "liem", "ban", "quan_tri"):
        for act in (
            lambda who: open_account(who, draft()),
            lambda who: reset_password(who, world.alice.account_id),
            lambda who: set_active(who, world.alice.account_id, active=False),
            accounts,
        ):
            with pytest.raises(Denied):
                act(world.people[name])


ABOUT_ONE = {
    "account": account,
    "amend": lambda who, account_id: amend_account(who, account_id, draft(), 1),
    "reset": reset_password,
    "deactivate": lambda who, account_id: set_active(who, account_id, active=False),
    "lift": lift_lock,
}


@pytest.mark.parametrize("act", ABOUT_ONE.values(), ids=ABOUT_ONE)
def test_another_organisations_accounts_are_not_there(world: World, act: Callable) -> None:
    for account_id in (world.bob.account_id, 987_654):
        with pytest.raises(NotFound):
            act(world.admin, account_id)
    assert check("bob@truong-b", PASSWORD) is not None


# ---- changing --------------------------------------------------------------------------------------------------------------
def amended(world: World, whose: str, **changes: object) -> Account:
    row = account(world.admin, world.people[whose].account_id)
    said = draft(name=row.name, full_name=row.full_name, role=row.role).model_copy(update=changes)
    return amend_account(world.admin, row.id, said, row.version)


def test_a_new_role_ends_every_sign_in(world: World) -> None:
    token = signed_in("alice@so-a")
    amended(world, "alice", full_name="Trần Thị Alice")
    assert who(token).name == "Trần Thị Alice"
    amended(world, "alice", role=Role.HEAD)
    assert who(token) is None
    assert newest(world).changes == {"role": ["staff", "head"]}


def test_the_name_behind_the_history_stays(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        amended(world, "alice", name="alicia")
    assert errors(refused) == {"name": "fixed"}


def test_a_stale_change_is_refused(world: World) -> None:
    version = account(world.admin, world.alice.account_id).version
    amended(world, "alice", full_name="Trần Thị Alice")
    with pytest.raises(Stale):
        amend_account(world.admin, world.alice.account_id, draft(name="alice"), version)


def test_nothing_changed_is_nothing_written(world: World) -> None:
    before = revisions({world.admin.organisation_id})
    amended(world, "alice")
    set_active(world.admin, world.alice.account_id, active=True)
    lift_lock(world.admin, world.alice.account_id)
    assert revisions({world.admin.organisation_id}) == before


def test_a_deactivated_account_is_out_and_may_come_back(world: World) -> None:
    token = signed_in("alice@so-a")
    set_active(world.admin, world.alice.account_id, active=False)
    assert who(token) is None
    assert world.alice.account_id not in {account_id for account_id, _ in colleagues(world.head)}
    set_active(world.admin, world.alice.account_id, active=True)
    assert check("alice@so-a", PASSWORD) is not None
    with pytest.raises(Denied):
        set_active(world.admin, world.admin.account_id, active=False)


def test_a_reset_password_lifts_the_lock_and_ends_every_sign_in(world: World) -> None:
    token = signed_in("alice@so-a")
    for _ in range(5):
        check("alice@so-a", "sai mật khẩu rồi")
    plain = reset_password(world.admin, world.alice.account_id)
    assert check("alice@so-a", plain) is not None
    assert check("alice@so-a", PASSWORD) is None
    assert who(token) is None
    assert world.again("alice").must_change_password


def test_a_lock_can_be_lifted_alone(world: World) -> None:
    for _ in range(5):
        check("alice@so-a", "sai mật khẩu rồi")
    lift_lock(world.admin, world.alice.account_id)
    assert check("alice@so-a", PASSWORD) is not None
    assert newest(world).action == "account.lock_lifted"


def test_people_are_listed_by_their_given_name(world: World) -> None:
    open_account(world.admin, draft(name="anh", full_name="Đào Ánh"))
    assert [row.full_name for row in accounts(world.admin)] == ["Trần Alice", "Lê An", "Đào Ánh", "Phạm Thị Hạnh"]
    assert [name for _, name in colleagues(world.alice)] == ["Trần Alice", "Lê An", "Đào Ánh", "Phạm Thị Hạnh"]


# ---- the first administrator ---------------------------------------------------------------------------------------------
def test_the_system_administrator_opens_the_first_one(world: World) -> None:
    code = OrganisationDraft(code="benh-vien-d", name="Bệnh viện D (thử)", kind=Kind.HOSPITAL)
    hospital = found_organisation(world.system, code)
    row, plain = open_first_account(world.system, hospital.id, draft(role="staff"))
    assert row.role == Role.ADMINISTRATOR
    assert check("moi@benh-vien-d", plain) == row.id
    with pytest.raises(Invalid) as refused:
        open_first_account(world.system, hospital.id, draft(name="hai"))
    assert refused.value.code == "has_administrator"
    with pytest.raises(NotFound):
        open_first_account(world.system, 987_654, draft())
