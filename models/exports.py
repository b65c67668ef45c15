"""What a page made for one person to download: handed out to that account alone, for ten minutes, then swept.

The page that makes it has asked its own query with its own permission; here only the hand-over is kept.
"""

import datetime as dt
import secrets

from sqlmodel import Field, col, select

from models import files
from models.access import NotFound, Permission
from models.database import QUIET, Owned, Session
from models.security import SecurityEvent, log
from models.verb import verb

VALID = dt.timedelta(minutes=10)
LARGEST = 100 << 20
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT = "text/plain; charset=utf-8"
CSV = "text/csv; charset=utf-8"
PNG, SVG = "image/png", "image/svg+xml"
ENDINGS = {WORD: ".docx", SHEET: ".xlsx", TEXT: ".txt", CSV: ".csv", PNG: ".png", SVG: ".svg"}


class Export(Owned, table=True):
    """One file that waits for its maker. The id is random and stands in the address; it opens nothing for anybody else."""

    id: str = Field(primary_key=True, max_length=43)
    account_id: int = Field(foreign_key="account.id", index=True)
    name: str = Field(max_length=200)
    content_type: str = Field(max_length=100)
    size: int
    sha256: str = Field(max_length=64)
    made_at: dt.datetime
    valid_until: dt.datetime


QUIET.add(Export)  # gone in ten minutes and no record of anything; each hand-out stands in the security log


@verb(Permission.OWN_ACCOUNT)
def offer(session: Session, name: str, content_type: str, data: bytes) -> str:
    """Keep a file that a page made for this person. Returns the address under which it waits for ten minutes."""
    ending = ENDINGS[content_type]
    if len(data) > LARGEST:
        raise ValueError(f"an export of {len(data)} bytes")
    name = files.clean_name(name.replace("/", "-").removesuffix(ending) + ending)
    now, token = session.current.now(), secrets.token_urlsafe(32)
    _sweep(session)
    files.put_export(token, data, now + VALID)
    session.add(
        Export(
            id=token,
            account_id=session.current.account_id,  # type: ignore[arg-type]
            name=name,
            content_type=content_type,
            size=len(data),
            sha256=files.sha256(data),
            made_at=now,
            valid_until=now + VALID,
        )
    )
    return f"/xuat/{token}"


def _sweep(session: Session) -> None:
    """The organisation's exports that are over. Their files go here too, whoever's they are."""
    for old in session.exec(select(Export).where(col(Export.valid_until) <= session.current.now())):
        session.delete(old)
    files.sweep(session.current.now())


@verb(Permission.OWN_ACCOUNT)
def collect(session: Session, token: str, address: str = "") -> Export:
    """The maker takes it; that stands in the security log before anything is handed out."""
    statement = select(Export).where(
        Export.id == token,
        Export.account_id == session.current.account_id,
        Export.valid_until > session.current.now(),
    )
    row = session.exec(statement).first()
    if row is None:
        raise NotFound("export")
    log(session, SecurityEvent.EXPORTED, detail=row.name, address=address)
    return row


def content(row: Export) -> bytes:
    """What is in it; `files.Damaged` when that is not what was made."""
    return files.read_export(row.id, row.valid_until, row.sha256)
