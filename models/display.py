"""Wall screens: a sign-in that belongs to no person, which a head issues and ends, and which opens the wall page alone.

A head gets a code once; the screen's browser exchanges it, once, for the token in its cookie. We hold only their hashes. A
screen has no idle limit, since nobody touches it. After a year it ends all the same: by then it may hang in another room or
have been given away, and nobody thinks of it.
"""

import datetime as dt
import secrets

from sqlalchemy import Index
from sqlmodel import Field, col, select

from models import account, clock
from models.access import DOOR, Current, Invalid, NotFound, Permission, Role, Scope
from models.account import sha
from models.database import OPEN, QUIET, Owned, Session, owned_by, reading, writing
from models.draft import N_, Draft, once, submitted, valid
from models.history import tells, write_down
from models.organisation import Organisation
from models.security import SecurityEvent, log
from models.verb import query, verb

CODE, LONGEST = dt.timedelta(hours=1), dt.timedelta(days=365)
SEEN = dt.timedelta(minutes=1)
MOST = 20  # open screens of one organisation
LETTERS, GROUPS, GROUP = (
    "23456789ABCDEFGHJKMNPQRSTVWXYZ",
    3,
    4,
)  # no 0 and O, no 1, I, L and U: typed with a remote control


class DisplayDraft(Draft):
    name: str = Field(
        min_length=2,
        max_length=80,
        title=N_("Name of the screen"),
        description=N_("Where it hangs: duty room, front hall."),
    )


class Display(DisplayDraft, Owned, table=True):
    """One wall screen: issued, then opened, in the end ended."""

    __table_args__ = owned_by(Index("ix_display_ended_at", "ended_at"), issued_by="account")
    id: int | None = Field(default=None, primary_key=True)
    code_hash: str | None = Field(default=None, max_length=64, unique=True)
    token_hash: str | None = Field(default=None, max_length=64, unique=True)
    language: str = Field(default="vi", max_length=5)
    issued_by: int
    issued_by_name: str = Field(max_length=200)
    issued_at: dt.datetime
    opened_at: dt.datetime | None = None
    seen_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    address: str = Field(default="", max_length=60)
    browser: str = Field(default="", max_length=200)

    def waits(self, now: dt.datetime) -> bool:
        """Whether its code can still be used."""
        return self.opened_at is None and now < self.issued_at + CODE

    @property
    def ends_at(self) -> dt.datetime | None:
        """When it ends by itself."""
        return self.opened_at + LONGEST if self.opened_at else None


OPEN[Display] = frozenset({Scope.DOOR})
QUIET.add(Display)  # what the screen itself does is for the security log; issuing and ending write the history
tells(Display, Permission.DISPLAY_MANAGE)


# ---- a head's --------------------------------------------------------------------------------------------------------
@query(Permission.DISPLAY_MANAGE)
def displays(session: Session) -> list[Display]:
    """The screens that are open or wait for their code, by name; also those whose code ran out, until somebody ends them."""
    now = session.current.now()
    rows = session.exec(select(Display).where(col(Display.ended_at).is_(None)).order_by(Display.name))
    return [row for row in rows if row.ends_at is None or row.ends_at > now]


@verb(Permission.DISPLAY_MANAGE)
def issue_display(session: Session, draft: DisplayDraft, nonce: str | None = None) -> tuple[Display, str]:
    """A new screen and its code, which shows only now and can be used once, within the hour."""
    draft = valid(DisplayDraft, draft)
    if done := submitted(session, nonce):
        return _own(session, done.subject_id), ""
    if len(displays(session)) >= MOST:
        raise Invalid("too_many_displays", most=MOST)
    code, current = _new_code(), session.current
    row = Display(
        name=draft.name,
        code_hash=sha(_bare(code)),
        language=current.language,
        issued_by=current.account_id,  # type: ignore[arg-type]
        issued_by_name=current.name,
        issued_at=current.now(),
    )
    session.add(row)
    session.flush()
    once(session, nonce, row.id)
    write_down(session, "display.issued", row, {"name": [None, row.name]})
    log(session, SecurityEvent.DISPLAY_ISSUED, detail=row.name)
    return row, code


@verb(Permission.DISPLAY_MANAGE)
def end_display(session: Session, display_id: int) -> None:
    """End a screen, opened or not; it is empty within two seconds."""
    row = _own(session, display_id)
    if row.ended_at is not None:
        return
    row.ended_at = session.current.now()
    write_down(session, "display.ended", row)
    log(session, SecurityEvent.DISPLAY_ENDED, detail=row.name)


def _own(session: Session, display_id: int | None) -> Display:
    row = session.exec(select(Display).where(Display.id == display_id)).first()
    if row is None:
        raise NotFound("display")
    return row


# ---- the code --------------------------------------------------------------------------------------------------------
def _new_code() -> str:
    """Twelve letters out of thirty, in groups: 58 bits, against a few tries a second within an hour."""
    letters = [secrets.choice(LETTERS) for _ in range(GROUPS * GROUP)]
    return "-".join("".join(letters[at : at + GROUP]) for at in range(0, len(letters), GROUP))


def _bare(code: str) -> str:
    """As somebody types it, without regard to case, hyphens and spaces."""
    return "".join(letter for letter in code.upper() if letter in LETTERS)


# ---- the door --------------------------------------------------------------------------------------------------------
def open_display(code: str, address: str = "", browser: str = "") -> str | None:
    """The token of a fresh code; None for a stale, used or made-up one."""
    token = secrets.token_urlsafe(32)
    with writing(DOOR) as session:
        now, screen = session.current.now(), f"{address[:40]} {browser}"[:100]
        statement = select(Display).where(
            Display.code_hash == sha(_bare(code)), Display.issued_at > now - CODE, col(Display.ended_at).is_(None)
        )
        row = session.exec(statement.with_for_update()).first()
        if row is None:
            log(session, SecurityEvent.DISPLAY_REFUSED, who=screen, address=address)
            return None
        row.code_hash, row.token_hash = None, sha(token)
        row.opened_at = row.seen_at = now
        row.address, row.browser = address[:60], browser[:200]
        _log(session, SecurityEvent.DISPLAY_OPENED, row)
    return token


def _log(session: Session, what: SecurityEvent, row: Display) -> None:
    """What a screen did itself: it has no account."""
    log(session, what, who=row.name, address=row.address, organisation_id=row.organisation_id, account_id=None)


def _open(now: dt.datetime) -> tuple[object, ...]:
    return col(Display.ended_at).is_(None), col(Display.opened_at) > now - LONGEST


def screen(token_hash: str) -> Current | None:
    """Which screen this is now, and of which organisation. It is nobody's account, and may look at the wall page alone."""
    with reading(DOOR) as session:
        statement = (
            select(Display, Organisation)
            .join(Organisation, col(Organisation.id) == Display.organisation_id)
            .where(Display.token_hash == token_hash, *_open(clock.now()))  # type: ignore[arg-type]
        )
        found = session.exec(statement).first()
    return _current(*found) if found else None


def _current(row: Display, organisation: Organisation) -> Current:
    return Current(
        organisation_id=organisation.id,
        role=Role.DISPLAY,
        name=row.name,
        organisation_code=organisation.code,
        organisation_name=organisation.name,
        organisation_kind=organisation.kind,
        is_demo=organisation.is_demo,
        language=row.language,
        time_zone=organisation.time_zone,
    )


def anybody(token_hash: str | None) -> Current | None:
    """Who or which screen holds this token."""
    return account.who(token_hash) or screen(token_hash) if token_hash else None


def still_there(token_hashes: set[str]) -> None:
    """These screens are on, says the house: when they were seen last. Writes once a minute at most."""
    now = clock.now()
    due = (col(Display.token_hash).in_(token_hashes), col(Display.seen_at) < now - SEEN, *_open(now))
    with reading(DOOR) as session:
        stale = session.exec(select(Display.id).where(*due)).first()  # type: ignore[arg-type]
    if stale is not None:
        with writing(DOOR) as session:
            for row in session.exec(select(Display).where(*due)):  # type: ignore[arg-type]
                row.seen_at = now


def leave(token_hash: str) -> None:
    """The screen's own browser puts it away."""
    with writing(DOOR) as session:
        now = session.current.now()
        statement = select(Display).where(Display.token_hash == token_hash, *_open(now))  # type: ignore[arg-type]
        for row in session.exec(statement):
            row.ended_at = now
            _log(session, SecurityEvent.DISPLAY_ENDED, row)


def ended_since(moment: dt.datetime) -> set[str]:
    """Token hashes of screens that ended after `moment`: by a head, by themselves, or past the limit."""
    now = clock.now()
    over = (col(Display.ended_at) > moment) | col(Display.opened_at).between(moment - LONGEST, now - LONGEST)
    with reading(
        DOOR
    ) as session:  # a table of a few rows an organisation: one look at it is cheaper than two questions
        return {token for token in session.exec(select(Display.token_hash).where(over)) if token}
