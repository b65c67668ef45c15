"""The accounts of an organisation, as its administrator opens, amends and closes them; and the first one of each."""

from sqlmodel import select

from models import password
from models.access import Denied, Invalid, NotFound, Permission, Role
from models.account import Account, AccountDraft, SignIn, end_sign_ins, open_sign_ins
from models.database import Session
from models.draft import check_version, once, submitted, valid
from models.history import differences, write_down
from models.organisation import Organisation
from models.text import sort_key
from models.throttle import lift
from models.verb import query, verb


def new_account(
    session: Session, organisation_id: int, draft: AccountDraft, plain: str, *, must_change: bool = True
) -> Account:
    if session.exec(
        select(Account).where(Account.organisation_id == organisation_id, Account.name == draft.name)
    ).first():
        raise Invalid(errors={"name": ("taken", {})})
    account = Account(
        organisation_id=organisation_id,
        **draft.model_dump(),
        sort=sort_key(draft.full_name),
        password=password.hashed(plain),
        must_change_password=must_change,
    )
    session.add(account)
    session.flush()
    return account


def _for_own(session: Session, role: Role) -> None:
    """The roles an organisation administrator may give: those of the own kind of organisation, never the system's."""
    if role not in roles_of(session.current.organisation_kind):
        raise Invalid(errors={"role": ("not_for_this_organisation", {})})


def roles_of(kind: str) -> list[Role]:
    """Which roles make sense in which kind of organisation."""
    special = {"police": [Role.LIAISON], "board": [Role.BOARD], "operator": []}
    return [*special.get(kind, [Role.STAFF, Role.HEAD]), Role.ADMINISTRATOR]


@query(Permission.ACCOUNT_MANAGE)
def accounts(session: Session) -> list[Account]:
    """The own organisation's accounts, by given name."""
    return list(session.exec(select(Account).order_by(Account.sort)))


@query(Permission.ACCOUNT_MANAGE)
def account(session: Session, account_id: int) -> Account:
    row = session.exec(select(Account).where(Account.id == account_id)).first()
    if row is None:
        raise NotFound("account")
    return row


@query(Permission.RECORD_READ)
def colleagues(session: Session) -> list[tuple[int, str]]:
    """(id, name) of the organisation's active people, by given name: for "decided by" and the like."""
    rows = session.exec(select(Account).where(Account.active).order_by(Account.sort))
    return [(row.id, row.full_name) for row in rows if row.id is not None]


@verb(Permission.ACCOUNT_MANAGE)
def open_account(session: Session, draft: AccountDraft, nonce: str | None = None) -> tuple[Account, str]:
    """A new account and its one-time password, which must be changed at the first sign-in. The password shows once."""
    draft = valid(AccountDraft, draft)
    _for_own(session, draft.role)
    if done := submitted(session, nonce):
        return account(session, done.subject_id), ""  # type: ignore[arg-type]
    plain = password.one_time()
    row = new_account(session, session.current.organisation_id, draft, plain)  # type: ignore[arg-type]
    once(session, nonce, row.id)
    write_down(session, "account.opened", row, {k: [None, v] for k, v in draft.model_dump().items()})
    return row, plain


@verb(Permission.ACCOUNT_MANAGE)
def amend_account(session: Session, account_id: int, draft: AccountDraft, seen: int) -> Account:
    """Change name or role. A changed role ends every sign-in of the account."""
    draft = valid(AccountDraft, draft)
    row = check_version(account(session, account_id), seen, draft)
    if draft.role != row.role:
        _for_own(session, draft.role)
    if draft.name != row.name:
        raise Invalid(errors={"name": ("fixed", {})})
    if changes := differences(row, draft):
        row.sqlmodel_update(draft.model_dump() | {"sort": sort_key(draft.full_name)})
        row.version += 1
        if "role" in changes:
            end_sign_ins(session, open_sign_ins(session, SignIn.account_id == row.id))
        write_down(session, "account.amended", row, changes)
    return row


@verb(Permission.ACCOUNT_MANAGE)
def set_active(session: Session, account_id: int, *, active: bool) -> None:
    """Deactivate an account (every sign-in ends) or let it in again. One cannot lock oneself out."""
    row = account(session, account_id)
    if row.id == session.current.account_id:
        raise Denied("oneself")
    if row.active == active:
        return
    write_down(session, "account.activated" if active else "account.deactivated", row, {"active": [row.active, active]})
    row.active = active
    row.version += 1
    end_sign_ins(session, open_sign_ins(session, SignIn.account_id == row.id))


@verb(Permission.ACCOUNT_MANAGE)
def reset_password(session: Session, account_id: int) -> str:
    """A new one-time password; lifts a lock; every sign-in of the account ends."""
    row = account(session, account_id)
    plain = _reset(session, row)
    write_down(session, "account.password_reset", row)
    return plain


def _reset(session: Session, row: Account) -> str:
    plain = password.one_time()
    row.password, row.must_change_password = password.hashed(plain), True
    row.version += 1
    end_sign_ins(session, open_sign_ins(session, SignIn.account_id == row.id))
    _lift(session, row)
    return plain


def _lift(session: Session, row: Account) -> bool:
    return lift(session, f"{row.name}@{session.current.organisation_code}")


@verb(Permission.ACCOUNT_MANAGE)
def lift_lock(session: Session, account_id: int) -> None:
    """Let an account try again before its 15 minutes are over."""
    row = account(session, account_id)
    if _lift(session, row):
        write_down(session, "account.lock_lifted", row)


# ---- the system administrator's ---------------------------------------------------------------------------------------
@verb(Permission.ORGANISATION_MANAGE)
def open_first_account(
    session: Session, organisation_id: int, draft: AccountDraft, nonce: str | None = None
) -> tuple[Account, str]:
    """The first administrator of an organisation, and the one-time password."""
    draft = valid(AccountDraft, draft)
    if session.exec(select(Organisation).where(Organisation.id == organisation_id)).first() is None:
        raise NotFound("organisation")
    if done := submitted(session, nonce):
        return session.exec(select(Account).where(Account.id == done.subject_id)).one(), ""
    if session.exec(
        select(Account).where(Account.organisation_id == organisation_id, Account.role == Role.ADMINISTRATOR)
    ).first():
        raise Invalid("has_administrator")
    plain = password.one_time()
    row = new_account(session, organisation_id, draft.model_copy(update={"role": Role.ADMINISTRATOR}), plain)
    once(session, nonce, row.id)
    write_down(session, "account.opened", row, {"name": [None, row.name], "role": [None, row.role]})
    return row, plain
