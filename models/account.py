"""Accounts, and the sign-ins that make somebody known. The browser holds a random token; we hold only its hash."""

import datetime as dt
import hashlib
import secrets
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel, col, select

from models import clock, password
from models.access import DOOR, Current, Denied, Invalid, NotFound, Permission, Role, Scope
from models.database import GLOBAL, OPEN, QUIET, Owned, Session, owned_by, reading, writing
from models.draft import N_, Draft, check_version, hint, once, submitted, valid
from models.history import differences, tells, write_down
from models.organisation import Organisation
from models.security import SecurityEvent, log
from models.text import sort_key
from models.verb import query, verb

IDLE, LONGEST, TICKET = dt.timedelta(minutes=30), dt.timedelta(hours=12), dt.timedelta(seconds=60)
FAILURES, LOCK = 5, dt.timedelta(minutes=15)
ADDRESS_FAILURES = 20  # from one address, whatever the names: an office shares one
TOUCH = dt.timedelta(minutes=1)


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class AccountDraft(Draft):
    name: str = Field(
        schema_extra={"pattern": r"^[a-z][a-z0-9.-]{0,38}[a-z0-9]$"},
        max_length=40,
        title=N_("Account name"),
        description=N_("Small letters, digits, dots and hyphens. People sign in as name@organisation."),
    )
    full_name: str = Field(min_length=2, max_length=120, title=N_("Full name"))
    role: Role = Field(default=Role.STAFF, max_length=20, title=N_("Role"), schema_extra=hint(choices="role"))


class Account(Owned, table=True):
    """One person in one organisation with one role."""

    __table_args__ = owned_by(UniqueConstraint("organisation_id", "name"))
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=40)
    full_name: str = Field(max_length=120)
    sort: str = Field(max_length=160)
    role: str = Field(max_length=20)
    language: str = Field(default="vi", max_length=5)
    password: str = Field(max_length=60)
    must_change_password: bool = True
    active: bool = True
    version: int = Field(default=1)


class SignIn(Owned, table=True):
    """A correct password makes one with a ticket; the browser exchanges the ticket, once, for the token in its cookie."""

    __tablename__ = "sign_in"
    __table_args__ = owned_by(
        Index("ix_sign_in_account_id", "account_id"), Index("ix_sign_in_ended_at", "ended_at"), account_id="account"
    )
    id: int | None = Field(default=None, primary_key=True)
    account_id: int
    ticket_hash: str | None = Field(default=None, max_length=64, unique=True)
    token_hash: str | None = Field(default=None, max_length=64, unique=True)
    created_at: dt.datetime
    seen_at: dt.datetime
    ended_at: dt.datetime | None = None
    address: str = Field(default="", max_length=60)
    browser: str = Field(default="", max_length=200)


class Throttle(SQLModel, table=True):
    """Failures by what was typed and by address, known or not, so that a lock tells nothing about who exists."""

    key: str = Field(primary_key=True, max_length=64)
    failures: int = 0
    last_at: dt.datetime
    locked_until: dt.datetime | None = None


OPEN[Account] = OPEN[SignIn] = frozenset({Scope.DOOR, Scope.SYSTEM})
GLOBAL[Throttle] = frozenset(Scope)
QUIET |= {SignIn, Throttle}
tells(Account, Permission.ACCOUNT_MANAGE)


# ---- the door -------------------------------------------------------------------------------------------------------
def _split(typed: str) -> tuple[str, str]:
    name, _, code = typed.strip().lower().partition("@")
    return name, code


def _find(session: Session, typed: str) -> tuple[Account, Organisation] | None:
    name, code = _split(typed)
    statement = select(Account, Organisation).join(Organisation, col(Organisation.id) == Account.organisation_id)
    return session.exec(statement.where(Account.name == name, Organisation.code == code, Account.active)).first()


def _keys(typed: str, address: str) -> dict[str, int]:
    """Throttle keys and how many failures each bears."""
    name = "@".join(_split(typed))
    return {sha(f"name:{name}"): FAILURES, sha(f"address:{address}"): ADDRESS_FAILURES}


def _locked(session: Session, typed: str, address: str) -> bool:
    now = session.current.now()
    rows = session.exec(select(Throttle).where(col(Throttle.key).in_(_keys(typed, address))))
    return any(row.locked_until and row.locked_until > now for row in rows)


def check(typed: str, plain: str, address: str = "") -> int | None:
    """The account's id when name and password fit and nothing is locked. One hash and one write whoever asks."""
    with reading(DOOR) as session:
        found = None if len(typed) > 100 else _find(session, typed)
        locked = _locked(session, typed, address)
    stored = found[0].password if found else password.nobody()
    right = password.matches(plain[: password.LONGEST + 1], stored) and found is not None and not locked
    with writing(DOOR) as session:
        _count(session, typed, address, right=right, locked=locked)
        owner: dict[str, Any] = {"organisation_id": found[1].id, "account_id": found[0].id} if found else {}
        if not right:
            what = SecurityEvent.LOCKED if locked else SecurityEvent.SIGN_IN_FAILED
            log(session, what, who="@".join(_split(typed)), address=address, **owner)
    return found[0].id if found and right else None


def _count(session: Session, typed: str, address: str, *, right: bool, locked: bool) -> None:
    """After a lock by address, each further failure doubles the wait, up to the longest."""
    now = session.current.now()
    for key, limit in _keys(typed, address).items():
        row = session.exec(select(Throttle).where(Throttle.key == key).with_for_update()).first()
        if row is None:
            row = Throttle(key=key, last_at=now)
            session.add(row)
        if row.locked_until and row.locked_until > now:
            continue
        if right or now - row.last_at > LOCK or (row.locked_until and not locked):
            row.failures, row.locked_until = 0, None
        if not right:
            row.failures, row.last_at = row.failures + 1, now
            row.locked_until = now + LOCK if row.failures >= limit else None


def begin(account_id: int, address: str = "", browser: str = "") -> str:
    """After a right password: a sign-in without a token, and the ticket that the browser exchanges once."""
    ticket = secrets.token_urlsafe(32)
    with writing(DOOR) as session:
        account = session.exec(select(Account).where(Account.id == account_id)).one()
        now = session.current.now()
        session.add(
            SignIn(
                organisation_id=account.organisation_id,
                account_id=account_id,
                ticket_hash=sha(ticket),
                created_at=now,
                seen_at=now,
                address=address[:60],
                browser=browser[:200],
            )
        )
        log(
            session,
            SecurityEvent.SIGNED_IN,
            who=account.name,
            address=address,
            account_id=account_id,
            organisation_id=account.organisation_id,
        )
    return ticket


def exchange(ticket: str) -> str | None:
    """The token of a fresh ticket; None for a stale, used or made-up one."""
    token = secrets.token_urlsafe(32)
    with writing(DOOR) as session:
        statement = select(SignIn).where(
            SignIn.ticket_hash == sha(ticket),
            SignIn.created_at > session.current.now() - TICKET,
            col(SignIn.ended_at).is_(None),
        )
        row = session.exec(statement.with_for_update()).first()
        if row is None:
            return None
        row.ticket_hash, row.token_hash = None, sha(token)
    return token


def who(token_hash: str | None) -> Current | None:
    """Who this sign-in is now: rights, name and organisation as they stand in the database at this moment."""
    if not token_hash:
        return None
    now = clock.now()
    with reading(DOOR) as session:
        statement = (
            select(SignIn, Account, Organisation)
            .join(Account, col(Account.id) == SignIn.account_id)
            .join(Organisation, col(Organisation.id) == SignIn.organisation_id)
            .where(
                SignIn.token_hash == token_hash,
                col(SignIn.ended_at).is_(None),
                SignIn.created_at > now - LONGEST,
                SignIn.seen_at > now - IDLE,
                Account.active,
            )
        )
        found = session.exec(statement).first()
    return _current(*found) if found else None


def _current(sign_in: SignIn | None, account: Account, organisation: Organisation) -> Current:
    role = Role(account.role)
    return Current(
        account_id=account.id,
        organisation_id=organisation.id,
        role=role,
        scope=Scope.SYSTEM if role is Role.SYSTEM else Scope.MEMBER,
        name=account.full_name,
        organisation_code=organisation.code,
        organisation_name=organisation.name,
        organisation_kind=organisation.kind,
        is_demo=organisation.is_demo,
        language=account.language,
        time_zone=organisation.time_zone,
        sign_in_id=sign_in.id if sign_in else None,
        must_change_password=account.must_change_password,
    )


def acting(typed: str) -> Current:
    """`Current` of name@organisation without a sign-in: for the command line and the demonstration world."""
    with reading(DOOR) as session:
        found = _find(session, typed)
    if found is None:
        raise NotFound("account")
    return _current(None, *found)


def touch(token_hash: str) -> None:
    """A person acted: the idle limit starts anew. Writes once a minute at most."""
    now = clock.now()
    with reading(DOOR) as session:
        stale = session.exec(
            select(SignIn.id).where(SignIn.token_hash == token_hash, SignIn.seen_at < now - TOUCH)
        ).first()
    if stale is not None:
        with writing(DOOR) as session:
            session.exec(select(SignIn).where(SignIn.id == stale)).one().seen_at = now


def _end(session: Session, rows: list[SignIn]) -> int:
    for row in rows:
        row.ended_at = session.current.now()
    return len(rows)


def _open_sign_ins(session: Session, *conditions: object) -> list[SignIn]:
    return list(session.exec(select(SignIn).where(col(SignIn.ended_at).is_(None), *conditions)))  # type: ignore[arg-type]


def end_sign_in(token_hash: str) -> None:
    """Sign out."""
    with writing(DOOR) as session:
        for row in (rows := _open_sign_ins(session, SignIn.token_hash == token_hash)):
            log(
                session,
                SecurityEvent.SIGNED_OUT,
                account_id=row.account_id,
                organisation_id=row.organisation_id,
                address=row.address,
            )
        _end(session, rows)


def ended_since(moment: dt.datetime) -> set[str]:
    """Token hashes of sign-ins that ended after `moment`: signed out, made void, or past a limit."""
    now = clock.now()
    over = (
        col(SignIn.ended_at) > moment,
        col(SignIn.created_at).between(moment - LONGEST, now - LONGEST),
        col(SignIn.seen_at).between(moment - IDLE, now - IDLE),
    )
    with reading(DOOR) as session:
        found: set[str] = set()
        for condition in over:
            found |= {token for token in session.exec(select(SignIn.token_hash).where(condition)) if token}
    return found


# ---- one's own account ------------------------------------------------------------------------------------------------
@verb(Permission.OWN_ACCOUNT)
def change_password(session: Session, old: str, new: str) -> None:
    """Change one's own password. Every other sign-in of the account ends."""
    account = _mine(session)
    if not password.matches(old, account.password):
        raise Invalid(errors={"old": ("wrong_password", {})})
    if old == new:
        raise Invalid(errors={"password": ("same_password", {})})
    password.check(new, account.name, account.full_name, session.current.organisation_code)
    account.password, account.must_change_password = password.hashed(new), False
    account.version += 1
    _end(session, _open_sign_ins(session, SignIn.account_id == account.id, SignIn.id != session.current.sign_in_id))
    write_down(session, "account.password_changed", account)
    log(session, SecurityEvent.PASSWORD_CHANGED)


def _mine(session: Session) -> Account:
    return session.exec(select(Account).where(Account.id == session.current.account_id)).one()


@verb(Permission.OWN_ACCOUNT)
def choose_language(session: Session, language: str) -> None:
    if language not in ("vi", "en"):
        raise Invalid("unknown")
    account = _mine(session)
    if account.language != language:
        write_down(session, "account.language_chosen", account, {"language": [account.language, language]})
        account.language = language


@query(Permission.OWN_ACCOUNT)
def own_sign_ins(session: Session) -> list[SignIn]:
    """One's own open sign-ins, newest first."""
    now = session.current.now()
    rows = _open_sign_ins(session, SignIn.account_id == session.current.account_id, col(SignIn.token_hash).is_not(None))
    live = [row for row in rows if row.created_at > now - LONGEST and row.seen_at > now - IDLE]
    return sorted(live, key=lambda row: row.seen_at, reverse=True)


@verb(Permission.OWN_ACCOUNT)
def end_own_sign_in(session: Session, sign_in_id: int) -> None:
    """End one of one's own sign-ins; its tabs go within two seconds."""
    rows = _open_sign_ins(session, SignIn.id == sign_in_id, SignIn.account_id == session.current.account_id)
    if not rows:
        raise NotFound("sign_in")
    _end(session, rows)
    log(session, SecurityEvent.SESSION_ENDED)


# ---- the accounts of an organisation ----------------------------------------------------------------------------------
def _new_account(
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
    row = _new_account(session, session.current.organisation_id, draft, plain)  # type: ignore[arg-type]
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
            _end(session, _open_sign_ins(session, SignIn.account_id == row.id))
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
    _end(session, _open_sign_ins(session, SignIn.account_id == row.id))


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
    _end(session, _open_sign_ins(session, SignIn.account_id == row.id))
    _lift(session, row)
    return plain


def _lift(session: Session, row: Account) -> bool:
    key = sha(f"name:{row.name}@{session.current.organisation_code}")
    throttle = session.exec(select(Throttle).where(Throttle.key == key)).first()
    if throttle is None or not throttle.failures:
        return False
    throttle.failures, throttle.locked_until = 0, None
    return True


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
    row = _new_account(session, organisation_id, draft.model_copy(update={"role": Role.ADMINISTRATOR}), plain)
    once(session, nonce, row.id)
    write_down(session, "account.opened", row, {"name": [None, row.name], "role": [None, row.role]})
    return row, plain
