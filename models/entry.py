"""What simple records share: put in with who and when, corrected while they stand, struck out with a reason. Each verb says
its own permission and its own checks; this is the part that is the same."""

import datetime as dt
from typing import Any, TypeVar

from sqlmodel import SQLModel

from models.access import Invalid
from models.database import Session
from models.draft import Draft, ReasonDraft, once, valid
from models.history import differences, write_down

T = TypeVar("T", bound=SQLModel)


def by_whom(session: Session) -> dict[str, Any]:
    """The columns that say who put a record in, and when."""
    current = session.current
    return {"entered_at": current.now(), "entered_by": current.account_id, "entered_by_name": current.name}


def filled(values: Draft | dict[str, Any]) -> dict[str, list[Any]]:
    """{field: [None, new]} of what a new record was given. Nought is something; nothing, an empty text and a no are not."""
    given = values.model_dump() if isinstance(values, Draft) else values
    return {name: [None, value] for name, value in given.items() if value is not False and value not in (None, "", [])}


def not_in_future(session: Session, day: dt.date | None, field: str) -> None:
    if day is not None and day > session.current.today():
        raise Invalid(errors={field: ("in_the_future", {})})


def put_in(session: Session, row: T, action: str, draft: Draft, nonce: str | None, note: str = "") -> T:
    """A new row with its first history entry; its form has taken effect."""
    session.add(row)
    session.flush()
    once(session, nonce, row.id)  # type: ignore[attr-defined]
    write_down(session, action, row, filled(draft), note=note)
    return row


def amend(session: Session, row: T, action: str, draft: Draft, note: str = "") -> T:
    """What the draft says otherwise, with its history; nothing where it says the same."""
    if changes := differences(row, draft):
        row.sqlmodel_update(draft.model_dump())
        row.version += 1  # type: ignore[attr-defined]
        write_down(session, action, row, changes, note=note)
    return row


def stands(row: T) -> T:
    """The row, unless it was struck out."""
    if row.struck_at:  # type: ignore[attr-defined]
        raise Invalid("struck")
    return row


def strike(session: Session, row: Any, action: str, reason: str | None = None) -> Any:
    """Strike it out, once; with a reason where the record keeps one."""
    note = valid(ReasonDraft, {"reason": reason}).reason if reason is not None else ""
    if row.struck_at is None:
        row.struck_at, row.version = session.current.now(), row.version + 1
        if note:
            row.struck_reason = note
        write_down(session, action, row, {"struck_at": [None, row.struck_at]}, note=note)
    return row
