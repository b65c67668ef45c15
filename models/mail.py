"""Letters: what the outbox holds, in the reader's language, and their delivery to the mail server that SMTP_URL names.

A letter says which record and what happened to it, with a link; no name of a person and no text that anybody wrote. It shows
only what its reader may still see when it goes out.
"""

import datetime as dt
import email.policy
import logging
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from sqlmodel import col, select

from models import clock
from models.access import DOOR, Current, NotFound, Permission
from models.account import Account, acting
from models.database import Session, reading, writing
from models.draft import N_
from models.history import all_seen, lock, revisions
from models.inbox import ledger_news
from models.organisation import Organisation
from models.outbox import (
    NONE,
    Batch,
    MailChoice,
    Message,
    News,
    anything_due,
    claim,
    dropped,
    is_on,
    put_off,
    queue,
    sent,
)
from models.receipt import Move
from models.settings import settings
from models.translation import said

_log = logging.getLogger("bon_an_toan")
PATIENCE = 20.0  # seconds that one answer of the mail server may take
MOST_LINES = 50
HERE = ("localhost", "127.0.0.1", "::1")

# A record → what it is called, and its address.
PLACES = {
    "incident": (N_("Incident"), "vu-viec"),
    "inspection_round": (N_("Inspection round"), "kiem-tra"),
    "event": (N_("Event"), "su-kien"),
    "joint_activity": (N_("Joint activity"), "phoi-hop"),
}
# What happened to it: by the whole action, else by its last word, else that there is news. Nobody's name, so no actor.
HAPPENED = {
    "event.reported": N_("its result was reported"),
    "finding.reported": N_("a remedy was reported"),
    "task.reported": N_("a task was done and waits to be verified"),
    "task.amended": N_("a task has changed"),
    "task.added": N_("there is a new task"),
    "tasks_born": N_("there are new tasks by a rule"),
    "task.started": N_("a task was begun"),
    "task.verified": N_("a task was verified"),
    "task.returned": N_("a task was sent back"),
    "task.given_up": N_("a task cannot be done"),
    "task.reopened": N_("a task was taken up again"),
    "task.extended": N_("a task has a new due date"),
    "amended": N_("it was changed"),
    "open": N_("it took the next step"),
    "settled": N_("it was settled"),
    "transferred": N_("it was transferred"),
    "void": N_("it was found not confirmed"),
    "closed": N_("its file was closed"),
    "reopened": N_("it was taken up again"),
    "extended": N_("it has a new due date"),
    "assigned": N_("somebody else is in charge of it"),
    "flash_reported": N_("the flash report was made"),
    "noted": N_("there is a new note"),
    "note_struck": N_("a note was struck out"),
    "submitted": N_("its security plan waits for a decision"),
    "approved": N_("its security plan was approved"),
    "returned": N_("its security plan was returned"),
    "started": N_("it was started"),
    "concluded": N_("it was concluded"),
    "cancelled": N_("it was cancelled"),
    "proposed": N_("it is proposed for sharing and waits for a decision"),
    "released": N_("it was shared, or shared anew"),
    "rereleased": N_("it was shared, or shared anew"),
    "withdrawn": N_("it was withdrawn from partners"),
    "confirmed": N_("a partner confirmed it"),
    "declined": N_("a partner declined it"),
}


class AwayError(Exception):
    """The mail server does not answer, or says that it cannot now."""


class RefusedError(Exception):
    """The mail server does not take this letter."""


# ---- the mail server --------------------------------------------------------------------------------------------------
@contextmanager
def _server() -> Iterator[smtplib.SMTP]:
    """A connection by SMTP_URL: smtps://… is encrypted from the start, smtp://… from the first word on, except to this very
    machine. Nothing is sent in the open."""
    url = urlsplit(settings.smtp_url)
    host, safe = url.hostname or "localhost", ssl.create_default_context()
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, url.port or 465, timeout=PATIENCE, context=safe)
    else:
        server = smtplib.SMTP(host, url.port or 587, timeout=PATIENCE)
    try:
        if url.scheme != "smtps" and host not in HERE:
            server.starttls(context=safe)
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        yield server
    finally:
        server.close()


def send(letter: EmailMessage) -> None:
    """Hand one letter over. `AwayError` is worth another try of anything, `RefusedError` is about this letter."""
    try:
        with _server() as server:
            server.send_message(letter)
            _goodbye(server)
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        raise (RefusedError if code >= 500 else AwayError)(f"{type(error).__name__} {code}") from None
    except (smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as error:
        raise (RefusedError if error.smtp_code >= 500 else AwayError)(
            f"{type(error).__name__} {error.smtp_code}"
        ) from None
    except (OSError, smtplib.SMTPException) as error:
        raise AwayError(type(error).__name__) from None


def _goodbye(server: smtplib.SMTP) -> None:
    """The letter is taken already: whatever the server says now does not change that."""
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        _log.debug("mail: no goodbye")


# ---- a letter ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Line:
    """A record, and what happened to it."""

    subject: str
    number: str
    subject_id: int
    actions: tuple[str, ...]


def happened(language: str, action: str) -> str:
    words = HAPPENED.get(action) or HAPPENED.get(action.rpartition(".")[2]) or N_("there is news")
    return said(language, words)


def link(subject: str, subject_id: int) -> str:
    return f"{settings.public_url.rstrip('/')}/{PLACES[subject][1]}?id={subject_id}"


def _lines(messages: tuple[Message, ...], found: dict[tuple[str, int], str]) -> list[Line]:
    """One line a record that may be seen, in the order in which they were first touched."""
    actions: dict[tuple[str, int], list[str]] = {}
    for message in sorted(messages, key=lambda one: (one.happened_at, one.id or 0)):
        root = (message.subject, message.subject_id)
        if root in found:
            actions.setdefault(root, []).append(message.action)
    return [Line(root[0], found[root], root[1], tuple(dict.fromkeys(done))) for root, done in actions.items()]


def _letter(current: Current, address: str, lines: list[Line], batch: str) -> EmailMessage:
    """What one account is told. The batch names the letter, so that a mail server knows one that came twice."""
    language = current.language
    written = EmailMessage(policy=email.policy.SMTP)
    written["From"], written["To"] = sender(), address
    written["Subject"] = said(language, N_("Bốn An Toàn: news of {count} record(s)"), count=len(lines))
    written["Date"] = format_datetime(current.now())
    written["Message-ID"] = f"<{batch}@{urlsplit(settings.public_url).hostname or 'localhost'}>"
    written["Auto-Submitted"] = "auto-generated"
    written.set_content(_body(current, lines))
    return written


def sender() -> str:
    return settings.mail_from or f"bon-an-toan@{urlsplit(settings.public_url).hostname or 'localhost'}"


def _body(current: Current, lines: list[Line]) -> str:
    language = current.language
    rows = [f"Bốn An Toàn · {current.organisation_name}", ""]
    rows += [said(language, N_("Something happened to records that you own, watch or decide on:")), ""]
    for line in lines[:MOST_LINES]:
        done = "; ".join(happened(language, action) for action in line.actions)
        rows += [
            f"- {said(language, PLACES[line.subject][0])} {line.number}: {done}",
            f"  {link(line.subject, line.subject_id)}",
        ]
    if len(lines) > MOST_LINES:
        rows.append(said(language, N_("… and {count} more."), count=len(lines) - MOST_LINES))
    inbox, account = (f"{settings.public_url.rstrip('/')}/{place}" for place in ("hop-thu", "tai-khoan"))
    rows += ["", said(language, N_("Everything new stands in your inbox: {link}"), link=inbox)]
    rows += [
        said(language, N_("Please do not answer this letter. You choose here whether you get it: {link}"), link=account)
    ]
    return "\n".join(rows) + "\n"


# ---- delivery -----------------------------------------------------------------------------------------------------------
@dataclass
class Round:
    """What one round did: letters that went out, and why it stopped, if the server was away."""

    letters: int = 0
    refused: int = 0
    away: str = ""


def deliver(read_clock: Callable[[], dt.datetime] = clock.now) -> Round:
    """Send what is due, organisation by organisation, each within its own scope. Two processes may do this at once."""
    done = Round()
    if not is_on():
        return done
    with reading(DOOR) as session:
        organisations = list(session.exec(select(Organisation).order_by(col(Organisation.id))))
    for organisation in organisations:
        postman = Current(
            organisation_id=organisation.id,
            organisation_code=organisation.code,
            organisation_name=organisation.name,
            name="mail",
            time_zone=organisation.time_zone,
            clock=read_clock,
        )
        _gather(postman)
        while not done.away and _waits(postman) and (batch := _claimed(postman)):
            _send(postman, batch, done)
    return done


def _waits(postman: Current) -> bool:
    """Asked before a writer's turn is taken: most rounds find nothing."""
    with reading(postman) as session:
        return anything_due(session)


def _claimed(postman: Current) -> Batch | None:
    with writing(postman) as session:
        return claim(session)


def _send(postman: Current, batch: Batch, done: Round) -> None:
    """One letter. Nothing of the database is held while the mail server thinks."""
    written = _written(postman, batch)
    try:
        if written is not None:
            send(written)
    except AwayError as error:
        done.away = str(error)
        _log.warning("mail: the server is away (%s)", error)
        with writing(postman) as session:
            put_off(session, batch, str(error))
    except RefusedError as error:
        done.refused += 1
        with writing(postman) as session:
            put_off(session, batch, str(error), refused=True)
    else:
        done.letters += written is not None
        with writing(postman) as session:
            sent(session, batch) if written is not None else dropped(session, batch, "nothing to tell")


def _written(postman: Current, batch: Batch) -> EmailMessage | None:
    """The letter as its reader may read it now; None for one who left, wants none, or may see none of it."""
    reader, choice = _reader(postman, batch.account_id)
    if reader is None or choice is None or choice.mode == NONE:
        return None
    with reading(reader) as session:
        found = all_seen(session, {(one.subject, one.subject_id) for one in batch.messages})
    lines = _lines(batch.messages, {root: row.number for root, row in found.items()})
    return _letter(reader, choice.address, lines, batch.batch) if lines else None


def _reader(postman: Current, account_id: int) -> tuple[Current | None, MailChoice | None]:
    with reading(postman) as session:
        account = session.exec(select(Account).where(Account.id == account_id, Account.active)).first()
        choice = session.exec(select(MailChoice).where(MailChoice.account_id == account_id)).first()
    if account is None:
        return None, choice
    try:
        return replace(acting(f"{account.name}@{postman.organisation_code}"), clock=postman.clock), choice
    except NotFound:
        return None, choice


# ---- the joint ledger ---------------------------------------------------------------------------------------------------
_looked: dict[tuple[str, int | None], int] = {}  # where a round found nothing new, it need not look again


def _gather(postman: Current) -> None:
    """What other organisations did to the joint ledger stands in their transactions; here it comes into the outbox of those
    whom it concerns. It is derived from the ledger, so nothing is lost, and queued by its key, so nothing comes twice."""
    own = postman.organisation_id or 0
    place, revision = (settings.database_url, own), revisions({own})[own]
    if _looked.get(place) == revision:
        return
    with reading(postman) as session:
        choices = list(session.exec(select(MailChoice).where(MailChoice.mode != NONE)))
    for choice in choices:
        reader, _ = _reader(postman, choice.account_id)
        if reader is not None and reader.may(Permission.LEDGER_READ) and reader.may(Permission.RECORD_READ):
            with writing(reader) as session:
                lock(session)
                queue(session, _told(session, choice))
    _looked[place] = revision


def _told(session: Session, choice: MailChoice) -> list[News]:
    def one(move: Move) -> News:
        return News(
            choice.account_id, move.key, "joint_activity", move.activity.id or 0, f"joint_activity.{move.what}", move.at
        )

    return [one(move) for move in ledger_news(session) if move.at > choice.since]
