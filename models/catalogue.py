"""Catalogues: the words an office chooses from. National defaults are files; an organisation's own rows come over them."""

import datetime as dt
import functools
import tomllib
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, col, select

from models.access import Invalid, Permission
from models.database import Json, Owned, Session, owned_by
from models.history import tells
from models.settings import ROOT
from models.steady import steady
from models.verb import query

_FILES = ROOT / "data" / "catalogues"


@dataclass(frozen=True)
class Entry:
    """One choice. `valid_from` and `valid_to` (exclusive) are the days between which it may be chosen."""

    code: str
    vi: str
    en: str
    parent: str | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    attributes: dict[str, Any] = field(default_factory=dict)

    def holds_on(self, day: dt.date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)

    def label(self, language: str) -> str:
        return self.en if language == "en" else self.vi


class CatalogueEntry(Owned, table=True):
    """An organisation's own choice, or its own wording of a national one (the same code)."""

    __tablename__ = "catalogue_entry"
    __table_args__ = owned_by(UniqueConstraint("organisation_id", "catalogue", "code"))
    id: int | None = Field(default=None, primary_key=True)
    catalogue: str = Field(max_length=40)
    code: str = Field(max_length=60)
    parent: str | None = Field(default=None, max_length=60)
    vi: str = Field(max_length=200)
    en: str = Field(max_length=200)
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    attributes: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    version: int = Field(default=1)


tells(CatalogueEntry, Permission.ACCOUNT_MANAGE)
_FIELDS = ("code", "vi", "en", "parent", "valid_from", "valid_to", "attributes")


@functools.cache
def defaults(catalogue: str) -> dict[str, Entry]:
    """The national choices of one catalogue, in their order."""
    loaded = tomllib.loads((_FILES / f"{catalogue}.toml").read_text(encoding="utf-8"))
    return {one["code"]: Entry(**{name: one[name] for name in _FIELDS if name in one}) for one in loaded["entry"]}


@functools.cache
def names() -> tuple[str, ...]:
    return tuple(sorted(file.stem for file in _FILES.glob("*.toml")))


def merged(session: Session, catalogue: str) -> dict[str, Entry]:
    """Code → entry, as this organisation has it: for verbs that check a code."""
    return session.once(("catalogue", catalogue), lambda: _merged(session, catalogue))


def _merged(session: Session, catalogue: str) -> dict[str, Entry]:
    own = (row for row in _all_own(session) if row.catalogue == catalogue)
    return defaults(catalogue) | {row.code: Entry(**{name: getattr(row, name) for name in _FIELDS}) for row in own}


def _all_own(session: Session) -> tuple[CatalogueEntry, ...]:
    """The organisation's rows of every catalogue, asked once a session: a verb looks into half a dozen of them."""
    key = ("catalogues", session.current.organisation_id)
    if key not in session.info:
        own = select(CatalogueEntry).order_by(col(CatalogueEntry.id))
        session.info[key] = steady(session, "catalogues", lambda: tuple(session.exec(own)))
    return session.info[key]


@query(Permission.OVERVIEW)
def entries(session: Session, catalogue: str) -> dict[str, Entry]:
    """Code → entry, national and own, past ones too: what a page needs to name what is stored."""
    return merged(session, catalogue)


def chosen(
    session: Session, catalogue: str, code: str | None, field_name: str, day: dt.date | None = None
) -> Entry | None:
    """The entry behind a code that was sent; `Invalid` for one that is not there or does not hold on that day."""
    if not code:
        return None
    entry = merged(session, catalogue).get(code)
    if entry is None or (day is not None and not entry.holds_on(day)):
        raise Invalid(errors={field_name: ("unknown", {})})
    return entry


# ---- an organisation's own rows, for models/catalogue_edit.py ---------------------------------------------------------
def own_rows(session: Session, catalogue: str) -> dict[str, CatalogueEntry]:
    found = session.exec(select(CatalogueEntry).where(CatalogueEntry.catalogue == catalogue))
    return {row.code: row for row in found}


def put(session: Session, catalogue: str, entry: Entry, **values: Any) -> CatalogueEntry:
    """An own row over this entry, new or as it stands. An attribute without a value is none."""
    row = own_rows(session, catalogue).get(entry.code)
    said = {name: getattr(entry, name) for name in _FIELDS} | values
    said["attributes"] = {name: value for name, value in said["attributes"].items() if value is not None}
    if row is None:
        row = CatalogueEntry(catalogue=catalogue, **said)
        session.add(row)
    else:
        row.sqlmodel_update(said)
        row.version += 1
    session.flush()
    session.info.pop(("catalogues", session.current.organisation_id), None)
    return row
