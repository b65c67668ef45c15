"""Accounts, and the sign-ins that make somebody known. The browser holds a random token; we hold only its hash."""

import datetime as dt
import secrets
from typing import Any

from sqlalchemy import Index, UniqueConstraint, bindparam
from sqlmodel import Field, col, select

from models import clock, password
from models.access import DOOR, Current, Invalid, NotFound, Permission, Role, Scope
from models.criteria import said_often
from models.database import OPEN, QUIET, Owned, Session, owned_by, reading, writing
from models.draft import N_, Draft, hint
from models.history import tells, write_down
from models.organisation import Organisation
from models.security import SecurityEvent, log
from models.throttle import judge, network, time_left
from models.throttle import sha as sha  # noqa: PLC0414 - others say account.sha
from models.verb import query, verb

IDLE, LONGEST, TICKET = dt.timedelta(minutes=30), dt.timedelta(hours=12), dt.timedelta(seconds=60)
TOUCH = dt.timedelta(minutes=1)
LAST_SIGN_INS = 50  # how far back an address counts as the person's own


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


OPEN[Account] = OPEN[SignIn] = frozenset({Scope.DOOR, Scope.SYSTEM})
QUIET.add(SignIn)
tells(Account, Permission.ACCOUNT_MANAGE)


# ---- the door -------------------------------------------------------------------------------------------------------
def _split(typed: str) -> tuple[str, str]:
    name, _, code = typed.strip().lower().partition("@")
    return name, code


def _find(session: Session, typed: str) -> tuple[Account, Organisation] | None:
    name, code = _split(typed)
    statement = select(Account, Organisation).join(Organisation, col(Organisation.id) == Account.organisation_id)
    return session.exec(statement.where(Account.name == name, Organisation.code == code, Account.active)).first()


def _familiar(session: Session, account_id: int, address: str) -> bool:
    """Whether the account came in from there lately. Asked for nobody (0) too, so that the answer takes as long."""
    mine = (SignIn.account_id == account_id, col(SignIn.token_hash).is_not(None))
    lately = select(SignIn.address).where(*mine).order_by(col(SignIn.id).desc()).limit(LAST_SIGN_INS)
    return network(address[:60]) in {network(one) for one in session.exec(lately)}


def check(typed: str, plain: str, address: str = "") -> int | None:
    """The account's id when name and password fit and nothing holds it. One hash and one write whoever asks; delay and
    lock are looked at last, so that many guesses at once do not get past them."""
    with reading(DOOR) as session:
        found = None if len(typed) > 100 else _find(session, typed)
        familiar = _familiar(session, found[0].id if found else 0, address)  # type: ignore[arg-type]
    stored = found[0].password if found else password.nobody()
    fits = password.matches(plain[: password.LONGEST + 1], stored) and found is not None
    name = "@".join(_split(typed))
    with writing(DOOR) as session:
        right, locked = judge(session, name, address, fits=fits, familiar=familiar)
        owner: dict[str, Any] = {"organisation_id": found[1].id, "account_id": found[0].id} if found else {}
        if not right:
            what = SecurityEvent.LOCKED if locked else SecurityEvent.SIGN_IN_FAILED
            log(session, what, who=name, address=address, **owner)
    return found[0].id if found and right else None


def wait(typed: str, address: str = "") -> dt.timedelta:
    """How long from now until a try for this name from this address is looked at."""
    with reading(DOOR) as session:
        return time_left(session, "@".join(_split(typed)), address)


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


# What `Current` is made of, by its names.
_PERSON: tuple[Any, ...] = (
    col(Account.id).label("account_id"),
    col(Account.role).label("role"),
    col(Account.full_name).label("name"),
    col(Account.language).label("language"),
    col(Account.must_change_password).label("must_change_password"),
    col(Organisation.id).label("organisation_id"),
    col(Organisation.code).label("organisation_code"),
    col(Organisation.name).label("organisation_name"),
    col(Organisation.kind).label("organisation_kind"),
    col(Organisation.is_demo).label("is_demo"),
    col(Organisation.time_zone).label("time_zone"),
)
# Every run of every page asks this: it is put together once.
_WHO: Any = said_often(
    select(col(SignIn.id).label("sign_in_id"), *_PERSON)
    .join(Account, col(Account.id) == SignIn.account_id)
    .join(Organisation, col(Organisation.id) == SignIn.organisation_id)
    .where(
        SignIn.token_hash == bindparam("token"),
        col(SignIn.ended_at).is_(None),
        SignIn.created_at > bindparam("oldest"),
        SignIn.seen_at > bindparam("idle_since"),
        Account.active,
    )
)


def who(token_hash: str | None) -> Current | None:
    """Who this sign-in is now: rights, name and organisation as they stand in the database at this moment."""
    if not token_hash:
        return None
    now = clock.now()
    facts = {"token": token_hash, "oldest": now - LONGEST, "idle_since": now - IDLE}
    with reading(DOOR) as session:
        found = session.exec(_WHO, params=facts).first()
    return _current(found) if found else None


def _current(row: Any) -> Current:
    role = Role(row.role)
    return Current(
        **dict(row._mapping) | {"role": role, "scope": Scope.SYSTEM if role is Role.SYSTEM else Scope.MEMBER}
    )


def acting(typed: str) -> Current:
    """`Current` of name@organisation without a sign-in: for the command line and the demonstration world."""
    with reading(DOOR) as session:
        found = _find(session, typed)
        if found is None:
            raise NotFound("account")
        person: Any = select(*_PERSON).join(Organisation, col(Organisation.id) == Account.organisation_id)
        return _current(session.exec(person.where(Account.id == found[0].id)).one())


def touch(token_hash: str) -> None:
    """A person acted: the idle limit starts anew, if it is not over. Writes once a minute at most."""
    now = clock.now()
    due = (
        SignIn.token_hash == token_hash,
        SignIn.seen_at < now - TOUCH,
        SignIn.seen_at > now - IDLE,
        SignIn.created_at > now - LONGEST,
    )
    with reading(DOOR) as session:
        stale = session.exec(select(SignIn.id).where(*due)).first()
    if stale is not None:
        with writing(DOOR) as session:
            for row in open_sign_ins(session, *due):
                row.seen_at = now


def end_sign_ins(session: Session, rows: list[SignIn]) -> int:
    for row in rows:
        row.ended_at = session.current.now()
    return len(rows)


def open_sign_ins(session: Session, *conditions: object) -> list[SignIn]:
    return list(session.exec(select(SignIn).where(col(SignIn.ended_at).is_(None), *conditions)))  # type: ignore[arg-type]


def end_sign_in(token_hash: str) -> None:
    """Sign out."""
    with writing(DOOR) as session:
        for row in (rows := open_sign_ins(session, SignIn.token_hash == token_hash)):
            log(
                session,
                SecurityEvent.SIGNED_OUT,
                account_id=row.account_id,
                organisation_id=row.organisation_id,
                address=row.address,
            )
        end_sign_ins(session, rows)


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
    end_sign_ins(
        session, open_sign_ins(session, SignIn.account_id == account.id, SignIn.id != session.current.sign_in_id)
    )
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
    rows = open_sign_ins(session, SignIn.account_id == session.current.account_id, col(SignIn.token_hash).is_not(None))
    live = [row for row in rows if row.created_at > now - LONGEST and row.seen_at > now - IDLE]
    return sorted(live, key=lambda row: row.seen_at, reverse=True)


@verb(Permission.OWN_ACCOUNT)
def end_own_sign_in(session: Session, sign_in_id: int) -> None:
    """End one of one's own sign-ins; its tabs go within two seconds."""
    rows = open_sign_ins(session, SignIn.id == sign_in_id, SignIn.account_id == session.current.account_id)
    if not rows:
        raise NotFound("sign_in")
    end_sign_ins(session, rows)
    log(session, SecurityEvent.SESSION_ENDED)
