"""Links between records: related incidents, events and rounds, and an incident that is a duplicate of another one.

A link is one row and is read from both ends, across years. It never merges anything: both records stay, with their numbers
and their histories. Who may not see the record at one end does not see the link either.

A duplicate still counts in every figure until a head finds it not confirmed: a link is a remark, not a judgement, and
figures change by judgements alone.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Index, UniqueConstraint, and_, or_
from sqlmodel import Field, col, select

from models.access import Invalid, NotFound, Permission
from models.database import Owned, Session, owned_by
from models.draft import N_, Draft, valid
from models.event import SERIES as EVENTS
from models.history import SUBJECTS, all_seen, lock, record, seen, tells, write_down
from models.incident import SERIES as INCIDENTS
from models.incident import Incident
from models.inspection import SERIES as ROUNDS
from models.verb import query, verb

LINKED = {INCIDENTS: "incident", EVENTS: "event", ROUNDS: "inspection_round"}  # the letters of a number → whose it is
RELATED, DUPLICATE, DISTINCT = "related", "duplicate_of", "distinct"
MOST = 100  # links of one record


class LinkDraft(Draft):
    number: str = Field(
        min_length=1,
        max_length=40,
        title=N_("Number of the other record"),
        description=N_("VV-… of an incident, SK-… of an event, KT-… of a round, of any year."),
    )


class RecordLink(Owned, table=True):
    """`from` … `to`. For a duplicate, `from` is the one that should not have been entered; for the others the order means
    nothing. "distinct" says that two look alike but are not the same. A link that was removed keeps its row."""

    __tablename__ = "record_link"
    __table_args__ = owned_by(
        UniqueConstraint(
            "organisation_id", "from_subject", "from_id", "to_subject", "to_id", "kind", name="uq_record_link_pair"
        ),
        Index("ix_record_link_to", "organisation_id", "to_subject", "to_id"),
        entered_by="account",
    )
    id: int | None = Field(default=None, primary_key=True)
    from_subject: str = Field(default="incident", max_length=40)
    from_id: int
    to_subject: str = Field(default="incident", max_length=40)
    to_id: int
    kind: str = Field(default=RELATED, max_length=20)
    entered_at: dt.datetime
    entered_by: int | None = Field(default=None)
    entered_by_name: str = Field(max_length=200)
    removed_at: dt.datetime | None = None

    @property
    def ends(self) -> tuple[tuple[str, int], tuple[str, int]]:
        return (self.from_subject, self.from_id), (self.to_subject, self.to_id)


def visible(session: Session) -> Any:
    """Only with both of its ends."""
    return and_(
        _end(session, col(RecordLink.from_subject), col(RecordLink.from_id)),
        _end(session, col(RecordLink.to_subject), col(RecordLink.to_id)),
    )


def _end(session: Session, subject: Any, subject_id: Any) -> Any:
    found = []
    for name in LINKED.values():
        cls: Any = SUBJECTS[name].cls
        there = select(cls.id).where(cls.id == subject_id, SUBJECTS[name].visible(session)).exists()
        found.append(and_(subject == name, there))
    return or_(*found)


tells(RecordLink, Permission.RECORD_READ, visible)


# ---- both ends --------------------------------------------------------------------------------------------------------
def _linkable(session: Session, subject: str, subject_id: int) -> Any:
    """The record, if it is of a kind that has links and may be seen."""
    if subject not in LINKED.values():
        raise NotFound(subject)
    return record(session, subject, subject_id)


_NUMBER = re.compile(r"([A-Za-z]{2})[\s\-\u2010-\u2015/.]*([0-9]{4})[\s\-\u2010-\u2015/.]+([0-9]{1,9})")


def by_quoted_number(session: Session, typed: str) -> Any:
    """The record that people mean by "VV-2026-0031", "vv 2026 31" or "kt-2020-7"; one that may not be seen is not there."""
    found = _NUMBER.fullmatch(typed.strip())
    subject = LINKED.get(found[1].upper()) if found else None
    if found is None or subject is None:
        raise Invalid(errors={"number": ("not_a_number", {})})
    known = SUBJECTS[subject]
    cls: Any = known.cls
    number = f"{found[1].upper()}-{found[2]}-{int(found[3]):04}"
    row = session.exec(select(cls).where(cls.number == number, known.visible(session))).first()
    if row is None:
        raise Invalid(errors={"number": ("no_such_number", {"number": number})})
    return row


def _named(row: Any) -> tuple[str, int]:
    return row.__tablename__, row.id


def reference(row: Any) -> str:
    """How the history names the record at the other end: not by its number, which not every reader may see."""
    return f"{row.__tablename__}:{row.id}"


@query(Permission.RECORD_READ)
def quoted(session: Session, of: str) -> str | None:
    """The number behind such a reference, None where this account may not see the record."""
    subject, _, subject_id = of.partition(":")
    if subject not in SUBJECTS or not (subject_id.isascii() and subject_id.isdigit()) or len(subject_id) > 18:
        return None
    return getattr(seen(session, subject, int(subject_id)), "number", None)


# ---- linking ----------------------------------------------------------------------------------------------------------
@verb(Permission.RECORD_WRITE)
def add_link(session: Session, subject: str, subject_id: int, draft: LinkDraft) -> RecordLink:
    """Link a record with another one by the number that people quote. Linking twice is linking once."""
    draft = valid(LinkDraft, draft)
    lock(session)
    here = _linkable(session, subject, subject_id)
    there = by_quoted_number(session, draft.number)
    if _named(here) == _named(there):
        raise Invalid(errors={"number": ("itself", {})})
    first, second = sorted((here, there), key=_named)
    return _linked(session, first, second, RELATED, "link.added")


def _linked(session: Session, first: Any, second: Any, kind: str, action: str) -> RecordLink:
    """The one row of this pair and kind, new or taken up again; told on both sides if it is news."""
    (from_subject, from_id), (to_subject, to_id) = _named(first), _named(second)
    pair = {"from_subject": from_subject, "from_id": from_id, "to_subject": to_subject, "to_id": to_id, "kind": kind}
    asked = [getattr(RecordLink, name) == value for name, value in pair.items()]
    row = session.exec(select(RecordLink).where(*asked)).first()
    if row and row.removed_at is None:
        return row
    for one in (first, second):
        if len(_of(session, *_named(one))) >= MOST:
            raise Invalid("too_many_links", most=MOST)
    row = row or RecordLink(**pair, entered_at=session.current.now(), entered_by_name="")  # type: ignore[arg-type]
    row.removed_at, row.entered_at = None, session.current.now()
    row.entered_by, row.entered_by_name = session.current.account_id, session.current.name
    session.add(row)
    _tell(session, action, first, second, removed=False)
    return row


def _tell(session: Session, action: str, first: Any, second: Any, *, removed: bool) -> None:
    """On both records; what happens to a duplicate reads the other way round on the one that it repeats."""
    for here, there in ((first, second), (second, first)):
        pair = [reference(there), None] if removed else [None, reference(there)]
        turned = f"{action}_by" if action == "link.duplicate" and here is second else action
        write_down(session, turned, here, {"link": pair})


@verb(Permission.RECORD_WRITE)
def remove_link(session: Session, link_id: int) -> None:
    """Take a link away, of whatever kind. Both histories keep that it was there."""
    lock(session)
    row: RecordLink = record(session, "record_link", link_id)
    if row.removed_at is None:
        row.removed_at = session.current.now()
        first, second = (record(session, subject, subject_id) for subject, subject_id in row.ends)
        _tell(session, "link.removed", first, second, removed=True)


# ---- duplicates -------------------------------------------------------------------------------------------------------
@verb(Permission.RECORD_WRITE)
def mark_duplicate(session: Session, incident_id: int, original_id: int) -> RecordLink:
    """Say that an incident repeats another one and point to that. Both stay and both still count (see above). Nothing
    points at a duplicate, so that who follows the marks always arrives."""
    lock(session)
    row, original = record(session, "incident", incident_id), record(session, "incident", original_id)
    if incident_id == original_id:
        raise Invalid("itself")
    if known := _original_of(session, incident_id):
        if known.to_id == original_id:
            return known
        raise Invalid("already_duplicate")
    if _original_of(session, original_id):
        raise Invalid("original_is_duplicate", number=original.number)
    return _linked(session, row, original, DUPLICATE, "link.duplicate")


def _original_of(session: Session, incident_id: int) -> RecordLink | None:
    here = (RecordLink.from_subject == "incident", RecordLink.from_id == incident_id, RecordLink.kind == DUPLICATE)
    return session.exec(select(RecordLink).where(*here, col(RecordLink.removed_at).is_(None))).first()


@verb(Permission.RECORD_WRITE)
def mark_distinct(session: Session, incident_id: int, other_id: int) -> RecordLink:
    """Say that two incidents look alike but are two: they are not offered as duplicates any more."""
    lock(session)
    rows = [record(session, "incident", one) for one in (incident_id, other_id)]
    if incident_id == other_id:
        raise Invalid("itself")
    first, second = sorted(rows, key=_named)
    return _linked(session, first, second, DISTINCT, "link.distinct")


# ---- reading ----------------------------------------------------------------------------------------------------------
def _of(session: Session, subject: str, subject_id: int) -> list[RecordLink]:
    """Every link of a record, from or to it, the oldest first."""
    return session.once_read(("links", subject, subject_id), lambda: _links(session, subject, subject_id))


def _links(session: Session, subject: str, subject_id: int) -> list[RecordLink]:
    here = or_(
        and_(col(RecordLink.from_subject) == subject, col(RecordLink.from_id) == subject_id),
        and_(col(RecordLink.to_subject) == subject, col(RecordLink.to_id) == subject_id),
    )
    statement = select(RecordLink).where(here, col(RecordLink.removed_at).is_(None))
    return list(session.exec(statement.order_by(col(RecordLink.entered_at), col(RecordLink.id))))


@dataclass(frozen=True)
class Linked:
    """A link as it is seen from one of its ends: `row` is the record at the other one. `here_is_duplicate` tells, for a
    duplicate, which of the two it is."""

    link: RecordLink
    subject: str
    row: Any
    here_is_duplicate: bool = False


def _other(link: RecordLink, here: tuple[str, int]) -> tuple[str, int]:
    return link.ends[1] if link.ends[0] == here else link.ends[0]


@query(Permission.RECORD_READ)
def links(session: Session, subject: str, subject_id: int) -> list[Linked]:
    """What a record is linked with, each once, duplicates first, then in the order in which it was linked."""
    _linkable(session, subject, subject_id)
    here = (subject, subject_id)
    found = [link for link in _of(session, subject, subject_id) if link.kind != DISTINCT]
    repeated = {_other(link, here) for link in found if link.kind == DUPLICATE}
    found = [link for link in found if link.kind == DUPLICATE or _other(link, here) not in repeated]
    rows = all_seen(session, {_other(link, here) for link in found})
    shown = [
        Linked(link, other[0], rows[other], link.kind == DUPLICATE and link.ends[0] == here)
        for link in found
        if (other := _other(link, here)) in rows
    ]
    return sorted(shown, key=lambda one: one.link.kind != DUPLICATE)


def linked_with(session: Session, subject: str, subject_id: int, other: str) -> list[int]:
    """Ids of the records of one kind that a record is linked with: for verbs."""
    here = (subject, subject_id)
    found = (link for link in _of(session, *here) if link.kind != DISTINCT)
    return [there[1] for link in found if (there := _other(link, here))[0] == other]


def not_to_offer(session: Session, incident_id: int) -> set[int]:
    """Incidents that this one is linked with in whatever way: somebody looked at the two already."""
    here = ("incident", incident_id)
    others = (_other(link, here) for link in _of(session, *here))
    return {other_id for other, other_id in others if other == "incident"}


@query(Permission.RECORD_READ)
def original(session: Session, incident_id: int) -> Incident | None:
    """The incident that this one repeats, if it is marked so and that may be seen."""
    record(session, "incident", incident_id)
    marked = (link for link in _of(session, "incident", incident_id) if link.kind == DUPLICATE)
    link = next((one for one in marked if (one.from_subject, one.from_id) == ("incident", incident_id)), None)
    return seen(session, "incident", link.to_id) if link else None
