"""Places: where things happen again and again, under the names that the organisation gives them.

What people type as the place of an incident stays as typed; where it is the name of a listed place, the record points at
that place too. A ward bears different names at different times, so each of its names has the day from which it holds.
"""

import datetime as dt
import re
from typing import Any

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, col, select

from models.access import Invalid, NotFound, Permission
from models.database import Json, Owned, Session, owned_by
from models.draft import N_, Draft, check_version, hint, once, submitted, valid
from models.history import lock, record, tells, write_down
from models.text import fold
from models.verb import query, verb


class PlaceDraft(Draft):
    """What the administrator's form sends. `ward` and `ward_since` are one line of the ward's names."""

    name: str = Field(
        min_length=2,
        max_length=200,
        title=N_("Name of the place"),
        description=N_("As people say it: this is what is offered while they type."),
    )
    address: str = Field(default="", max_length=300, title=N_("Address"))
    ward: str = Field(
        default="",
        max_length=100,
        title=N_("Ward or commune"),
        description=N_("Its name from the day beside it on. Records of earlier days keep the earlier name."),
    )
    ward_since: dt.date | None = Field(
        default=None,
        title=N_("Named so since"),
        description=N_("Empty means always. The same day again corrects that name; an empty name takes it out."),
    )
    note: str = Field(default="", max_length=1000, title=N_("Note"), schema_extra=hint(widget="text_area", rows=2))


class Place(PlaceDraft, Owned, table=True):
    """`ward` and `ward_since` are the newest of `wards`: [{"since": day or None, "ward": name}] in the order of the days."""

    __table_args__ = owned_by(UniqueConstraint("organisation_id", "folded"))
    id: int | None = Field(default=None, primary_key=True)
    folded: str = Field(max_length=250)
    wards: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(Json, nullable=False), title=N_("Names of the ward")
    )
    retired_at: dt.datetime | None = Field(default=None, title=N_("No longer offered since"))
    version: int = Field(default=1)

    def ward_on(self, day: dt.date) -> str:
        """What the ward was called on a day; nothing before its first name."""
        names = [line["ward"] for line in self.wards if (line["since"] or "") <= day.isoformat()]
        return names[-1] if names else ""


tells(Place, Permission.ACCOUNT_MANAGE)


# ---- the list: the organisation administrator's -----------------------------------------------------------------------
def _with_ward(wards: list[dict[str, Any]], draft: PlaceDraft) -> list[dict[str, Any]]:
    """The lines with the draft's among them. A name moved to another day stands at that day alone."""
    since = draft.ward_since.isoformat() if draft.ward_since else None
    kept = [line for line in wards if line["since"] != since and line["ward"] != draft.ward]
    return sorted(
        kept + [{"since": since, "ward": draft.ward}] * bool(draft.ward), key=lambda line: line["since"] or ""
    )


def _fill(session: Session, row: Place, draft: PlaceDraft) -> None:
    """Take what was typed into the row; its ward is the newest of the names."""
    name = tidy(session, draft.name)
    twin = session.exec(select(Place).where(Place.folded == fold(name)[:250], Place.id != row.id)).first()
    if twin:
        raise Invalid(errors={"name": ("taken", {})})
    row.sqlmodel_update(draft.model_dump() | {"name": name})
    row.folded, row.wards = fold(name)[:250], _with_ward(row.wards, draft)
    newest: dict[str, Any] = row.wards[-1] if row.wards else {"since": None, "ward": ""}
    row.ward, row.ward_since = newest["ward"], dt.date.fromisoformat(newest["since"]) if newest["since"] else None


def _said(row: Place) -> dict[str, Any]:
    """What of a place the history tells."""
    names = [f"{line['ward']} ({line['since']})" if line["since"] else line["ward"] for line in row.wards]
    return {"name": row.name, "address": row.address, "wards": names, "note": row.note}


@verb(Permission.ACCOUNT_MANAGE)
def add_place(session: Session, draft: PlaceDraft, nonce: str | None = None) -> Place:
    """Put a place on the list. The same form sent twice gives the same place."""
    draft = valid(PlaceDraft, draft)
    if done := submitted(session, nonce):
        return record(session, "place", done.subject_id)  # type: ignore[arg-type]
    row = Place(name=draft.name, folded="", wards=[])
    _fill(session, row, draft)
    session.add(row)
    session.flush()
    once(session, nonce, row.id)
    write_down(session, "place.added", row, {name: [None, value] for name, value in _said(row).items() if value})
    return row


@verb(Permission.ACCOUNT_MANAGE)
def amend_place(session: Session, place_id: int, draft: PlaceDraft, seen: int, nonce: str | None = None) -> Place:
    """Change a place. Records keep the name that was typed into them."""
    draft = valid(PlaceDraft, draft)
    lock(session)
    row = record(session, "place", place_id)
    if once(session, nonce, place_id):
        return row
    check_version(row, seen, draft)
    before = _said(row)
    _fill(session, row, draft)
    if changes := {name: [before[name], value] for name, value in _said(row).items() if before[name] != value}:
        row.version += 1
        write_down(session, "place.amended", row, changes)
    return row


@verb(Permission.ACCOUNT_MANAGE)
def retire_place(session: Session, place_id: int) -> Place:
    """Offer it no longer. Records that point at it go on doing so."""
    return _offered(session, place_id, session.current.now(), "place.retired")


@verb(Permission.ACCOUNT_MANAGE)
def restore_place(session: Session, place_id: int) -> Place:
    """Offer it again."""
    return _offered(session, place_id, None, "place.restored")


def _offered(session: Session, place_id: int, retired_at: dt.datetime | None, action: str) -> Place:
    lock(session)
    row: Place = record(session, "place", place_id)
    if (row.retired_at is None) != (retired_at is None):
        write_down(session, action, row, {"retired_at": [row.retired_at, retired_at]})
        row.retired_at, row.version = retired_at, row.version + 1
    return row


@query(Permission.ACCOUNT_MANAGE)
def places(session: Session) -> list[Place]:
    """Every place the organisation ever listed, by name, retired ones at the end."""
    return list(session.exec(select(Place).order_by(col(Place.retired_at).is_not(None), col(Place.folded))))


# ---- for records ------------------------------------------------------------------------------------------------------
MOST = 1000  # names that are offered while somebody types


@query(Permission.RECORD_READ)
def suggestions(session: Session) -> list[str]:
    """Names of the places that are offered, in order."""
    offered = select(Place.name).where(col(Place.retired_at).is_(None)).order_by(col(Place.folded))
    return list(session.exec(offered.limit(MOST)))


@query(Permission.RECORD_READ)
def place_of_record(session: Session, place_id: int) -> Place:
    """The listed place that a record points at, retired or not."""
    row = session.exec(select(Place).where(Place.id == place_id)).first()
    if row is None:
        raise NotFound("place")
    return row


def named(session: Session, text: str) -> int | None:
    """The listed place whose name this is, letter for letter. Nothing is guessed: another spelling points at no place."""
    if not text:
        return None
    asked = select(Place.id).where(Place.name == text, col(Place.retired_at).is_(None))
    return session.once(("place", text), lambda: session.exec(asked).first())


# ---- typed text -------------------------------------------------------------------------------------------------------
_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u3000]+")
_COMMA = re.compile(r" *,(?=\D|$) *")  # but not the comma of 1,5 km
_LARGER = r", (?:(?:Q|H|T|TX)\.|TP[. ]|(?:quận|huyện|tỉnh|thị xã|thành phố) )"
_WARD = re.compile(rf"(^|, )P\. ?([^,]+)({_LARGER})?", re.IGNORECASE)


def tidy(session: Session, text: str) -> str:
    """The same text with its spaces in order, and "P." as "Phường" where that is certain: before a larger unit of an
    address, or before a name that a listed place has as its ward. "P." may be a room too (phòng), so else it stays."""
    text = _COMMA.sub(", ", _SPACES.sub(" ", text)).strip().removesuffix(",").rstrip()
    if not _WARD.search(text):
        return text
    known = session.once(("wards",), lambda: _known_wards(session))
    return _WARD.sub(lambda found: _ward(found, known), text)


def _ward(found: re.Match[str], known: frozenset[str]) -> str:
    before, name, larger = found.groups(default="")
    certain = larger or fold(f"phường {name}") in known
    return f"{before}Phường {name}{larger}" if certain else found.group()


def _known_wards(session: Session) -> frozenset[str]:
    return frozenset(fold(line["ward"]) for wards in session.exec(select(Place.wards)) for line in wards)
