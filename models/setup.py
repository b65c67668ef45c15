"""The first day of an empty installation, and what only the terminal may do: no account is there yet, or none is left."""

import datetime as dt
import hmac
from dataclasses import replace

from sqlmodel import Field, SQLModel, select

from models import clock, password
from models.access import DOOR, Current, Denied, Invalid, NotFound, Role, Scope
from models.account import Account, AccountDraft
from models.account_admin import new_account, open_account, reset_password, set_active
from models.database import GLOBAL, QUIET, Session, become, reading, writing
from models.draft import valid
from models.history import write_down
from models.organisation import Kind, Organisation, OrganisationDraft, found
from models.throttle import LOCK, sha, throttle_of

OPERATOR = OrganisationDraft(code="he-thong", name="Quản trị hệ thống", kind=Kind.OPERATOR)
TRIES = 5
# Nobody is known yet, and no organisation is there.
SETTING_UP = Current(scope=Scope.SYSTEM, name="set-up")


class Installation(SQLModel, table=True):
    """One row: the hash of the code that the first set-up asks for."""

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    code_hash: str | None = Field(default=None, max_length=64)
    made_at: dt.datetime
    used_at: dt.datetime | None = None


GLOBAL[Installation] = frozenset({Scope.DOOR, Scope.SYSTEM})
QUIET.add(Installation)


# ---- first set-up -----------------------------------------------------------------------------------------------------
def needed() -> bool:
    """Whether nobody has an account here yet."""
    with reading(DOOR) as session:
        return session.exec(select(Account.id)).first() is None


def make_code() -> str:
    """A new code for the first set-up; the one before is void. The server prints it once, in the terminal."""
    code = password.one_time()
    with writing(DOOR) as session:
        row = _installation(session) or Installation(made_at=session.current.now())
        if row.used_at is not None:
            raise Denied("set_up")
        row.code_hash, row.made_at = sha(code), session.current.now()
        session.add(row)
    return code


def _installation(session: Session) -> Installation | None:
    return session.exec(select(Installation).with_for_update()).first()


def set_up(
    code: str, organisation: OrganisationDraft, administrator: AccountDraft, plain: str, address: str = ""
) -> Account:
    """The operator's organisation, the first organisation and its administrator, in one transaction. The code is void then."""
    organisation = valid(OrganisationDraft, organisation)
    administrator = valid(AccountDraft, administrator).model_copy(update={"role": Role.ADMINISTRATOR})
    if organisation.kind == Kind.OPERATOR:
        raise Invalid(errors={"kind": ("unknown", {})})
    password.check(plain, administrator.name, administrator.full_name, organisation.code)
    _try_code(code, address)
    with writing(replace(SETTING_UP, clock=clock.now)) as session:
        _spend(session, code)
        first = _first_organisations(session, organisation)
        account = new_account(session, first.id, administrator, plain, must_change=False)  # type: ignore[arg-type]
        write_down(session, "account.opened", account, {"name": [None, account.name], "role": [None, account.role]})
    return account


def _try_code(code: str, address: str) -> None:
    """Refuse a wrong code, and after five of them every code from that address for a quarter of an hour."""
    with writing(DOOR) as session:
        throttle, now = throttle_of(session, sha(f"set-up:{address}")), session.current.now()
        locked = throttle.locked_until is not None and throttle.locked_until > now
        right = not locked and _fits(session, code)
        if not locked and not right:
            throttle.failures, throttle.last_at = throttle.failures + 1, now
            throttle.locked_until = now + LOCK if throttle.failures % TRIES == 0 else None
    if not right:
        raise Invalid(errors={"code": ("locked" if locked else "wrong_code", {})})


def _fits(session: Session, code: str) -> bool:
    row = _installation(session)
    return (
        row is not None and row.code_hash is not None and hmac.compare_digest(row.code_hash, sha(code.strip().lower()))
    )


def _spend(session: Session, code: str) -> None:
    """Two people with the same code: the second one finds it used."""
    row = _installation(session)
    if row is None or not _fits(session, code) or session.exec(select(Account.id)).first() is not None:
        raise Invalid(errors={"code": ("wrong_code", {})})
    row.code_hash, row.used_at = None, session.current.now()


def _first_organisations(session: Session, draft: OrganisationDraft) -> Organisation:
    _first(session, found(session, OPERATOR))
    first = found(session, draft)
    write_down(
        session, "organisation.founded", first, {k: [None, v] for k, v in draft.model_dump(exclude_none=True).items()}
    )
    return first


def _first(session: Session, operator: Organisation) -> Organisation:
    """From here on the operator's own chain says what was done."""
    become(session, replace(session.current, organisation_id=operator.id, organisation_code=operator.code))
    write_down(session, "organisation.founded", operator, {"code": [None, operator.code]})
    return operator


# ---- the terminal -------------------------------------------------------------------------------------------------------
def at_terminal(code: str, role: Role = Role.ADMINISTRATOR) -> Current:
    """The terminal, acting for an organisation: no account of its own, and the history says "terminal"."""
    with reading(DOOR) as session:
        row = session.exec(select(Organisation).where(Organisation.code == code)).first()
    if row is None:
        raise NotFound("organisation")
    return Current(
        role=role,
        name="terminal",
        organisation_id=row.id,
        organisation_code=row.code,
        organisation_name=row.name,
        organisation_kind=row.kind,
        is_demo=row.is_demo,
        time_zone=row.time_zone,
    )


def _at(typed: str) -> tuple[Current, str]:
    name, _, code = typed.strip().lower().partition("@")
    return at_terminal(code), name


def _account_id(session: Session, name: str) -> int:
    row = session.exec(select(Account).where(Account.name == name)).first()
    if row is None:
        raise NotFound("account")
    return row.id  # type: ignore[return-value]


def appoint(typed: str, full_name: str = "", role: Role = Role.ADMINISTRATOR) -> str:
    """A new account from the terminal; the only way to a system administrator. Gives the one-time password."""
    current, name = _at(typed)
    draft = valid(AccountDraft, {"name": name, "full_name": full_name or name, "role": role})
    if role is not Role.SYSTEM:
        return open_account(current, draft)[1]
    if current.organisation_kind != Kind.OPERATOR:
        raise Invalid(errors={"role": ("not_for_this_organisation", {})})
    plain = password.one_time()
    with writing(current) as session:
        row = new_account(session, current.organisation_id, draft, plain)  # type: ignore[arg-type]
        write_down(session, "account.opened", row, {k: [None, v] for k, v in draft.model_dump().items()})
    return plain


def reset(typed: str) -> str:
    """A new one-time password for an account; its sign-ins end and a lock is lifted."""
    current, name = _at(typed)
    with writing(current) as session:
        return reset_password(session, _account_id(session, name))


def deactivate(typed: str) -> None:
    """No sign-in any more, and the open ones end."""
    current, name = _at(typed)
    with writing(current) as session:
        set_active(session, _account_id(session, name), active=False)
