"""Organisations and their units, with the dates between which each bears its name."""

import datetime as dt
import enum
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import UniqueConstraint, or_
from sqlmodel import Field, col, select

from models.access import Invalid, NotFound, Permission, Scope
from models.database import GLOBAL, READABLE, Owned, Session, owned_by
from models.draft import N_, Draft, check_version, hint, in_order, once, submitted, valid
from models.history import ChainHead, LedgerHead, differences, tells, write_down
from models.steady import steady
from models.text import fold
from models.verb import query, verb


class Kind(enum.StrEnum):
    """What an organisation is. The words are in data/catalogues/organisation_kind.toml."""

    DEPARTMENT = "department"
    SCHOOL = "school"
    HOSPITAL = "hospital"
    ENTERPRISE = "enterprise"
    POLICE = "police"
    BOARD = "board"
    OPERATOR = "operator"


CODE = r"^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$"


class OrganisationDraft(Draft):
    code: str = Field(
        schema_extra={"pattern": CODE},
        max_length=40,
        title=N_("Code"),
        description=N_("Stands behind the @ of each account name. Small letters, digits and hyphens; never changes."),
    )
    name: str = Field(min_length=3, max_length=200, title=N_("Name"))
    short_name: str = Field(default="", max_length=40, title=N_("Short name"))
    kind: str = Field(
        default=Kind.DEPARTMENT, max_length=20, title=N_("Kind"), schema_extra=hint(choices="organisation_kind")
    )
    parent_id: int | None = Field(default=None, title=N_("Under"), schema_extra=hint(choices="organisation"))
    valid_from: dt.date | None = Field(default=None, title=N_("Exists from"))
    valid_to: dt.date | None = Field(
        default=None, title=N_("Exists until"), description=N_("The first day on which it no longer exists.")
    )
    model_started_on: dt.date | None = Field(
        default=None,
        title=N_("Model started on"),
        description=N_("From this day on, days without a complex incident are counted."),
    )


class Organisation(OrganisationDraft, table=True):
    """`path` holds the ids from the root to this one, "/1/4/": who stands above whom, readable by a policy."""

    __table_args__ = (UniqueConstraint("code"),)
    id: int | None = Field(default=None, primary_key=True)
    parent_id: int | None = Field(default=None, foreign_key="organisation.id")
    successor_id: int | None = Field(default=None, foreign_key="organisation.id")
    path: str = Field(default="/", max_length=200)
    time_zone: str = Field(default="Asia/Ho_Chi_Minh", max_length=40)
    is_demo: bool = False
    version: int = Field(default=1)


class MergerDraft(Draft):
    """What an organisation became: from that day on its figures stand under its successor."""

    successor_id: int = Field(title=N_("Merged into"), schema_extra=hint(choices="organisation"))
    valid_to: dt.date = Field(title=N_("Exists until"), description=N_("The first day on which it no longer exists."))


class UnitDraft(Draft):
    name: str = Field(min_length=2, max_length=200, title=N_("Name"))
    valid_from: dt.date | None = Field(default=None, title=N_("Exists from"))
    valid_to: dt.date | None = Field(
        default=None, title=N_("Exists until"), description=N_("The first day on which it no longer exists.")
    )
    successor_id: int | None = Field(default=None, title=N_("Merged into"), schema_extra=hint(choices="unit"))


class Unit(UnitDraft, Owned, table=True):
    """A part of an organisation: a filter and a name, not a wall."""

    __table_args__ = owned_by(UniqueConstraint("organisation_id", "name"), successor_id="unit")
    id: int | None = Field(default=None, primary_key=True)
    folded: str = Field(max_length=200)
    version: int = Field(default=1)

    def exists_on(self, day: dt.date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


GLOBAL[Organisation] = frozenset({Scope.SYSTEM, Scope.DOOR})
# A member knows its own organisation, those below it, and the police bodies it can work with; nobody else's name.
READABLE[Organisation] = lambda organisation_id: or_(
    col(Organisation.path).like(f"%/{organisation_id}/%"), col(Organisation.kind) == Kind.POLICE
)
tells(Organisation, Permission.ORGANISATION_MANAGE)
tells(Unit, Permission.ACCOUNT_MANAGE)


# ---- organisations: the system administrator's ------------------------------------------------------------------------
def found(session: Session, draft: OrganisationDraft, *, is_demo: bool = False) -> Organisation:
    """Add an organisation with the head of its chain. For verbs and set-up; the caller writes the history."""
    in_order(draft.valid_from, draft.valid_to, "valid_to")
    if session.exec(select(Organisation).where(Organisation.code == draft.code)).first():
        raise Invalid(errors={"code": ("taken", {})})
    _parent(session, draft.parent_id)
    row = Organisation.model_validate(draft, update={"is_demo": is_demo})
    session.add(row)
    session.flush()
    row.path = _path(session, row)
    session.add(ChainHead(organisation_id=row.id))  # type: ignore[arg-type]
    session.add(LedgerHead(organisation_id=row.id))  # type: ignore[arg-type]
    session.flush()
    return row


def _parent(session: Session, parent_id: int | None) -> Organisation | None:
    if parent_id is None:
        return None
    parent = session.exec(select(Organisation).where(Organisation.id == parent_id)).first()
    if parent is None:
        raise Invalid(errors={"parent_id": ("unknown", {})})
    return parent


def _path(session: Session, row: Organisation) -> str:
    parent = _parent(session, row.parent_id)
    if parent is None:
        return f"/{row.id}/"
    if f"/{row.id}/" in parent.path:
        raise Invalid(errors={"parent_id": ("unknown", {})})
    return f"{parent.path}{row.id}/"


@verb(Permission.ORGANISATION_MANAGE)
def found_organisation(session: Session, draft: OrganisationDraft, nonce: str | None = None) -> Organisation:
    """A new organisation, empty."""
    draft = valid(OrganisationDraft, draft)
    if done := submitted(session, nonce):
        return organisation(session, done.subject_id)  # type: ignore[arg-type]
    row = found(session, draft)
    once(session, nonce, row.id)
    write_down(
        session, "organisation.founded", row, {k: [None, v] for k, v in draft.model_dump(exclude_none=True).items()}
    )
    return row


@verb(Permission.ORGANISATION_MANAGE)
def amend_organisation(session: Session, organisation_id: int, draft: OrganisationDraft, seen: int) -> Organisation:
    """Change name, place in the tree or validity. The code stays: account names hang on it."""
    draft = valid(OrganisationDraft, draft)
    in_order(draft.valid_from, draft.valid_to, "valid_to")
    row = check_version(organisation(session, organisation_id), seen, draft)
    if draft.code != row.code:
        raise Invalid(errors={"code": ("fixed", {})})
    _parent(session, draft.parent_id)
    if changes := differences(row, draft):
        moved = "parent_id" in changes
        row.sqlmodel_update(draft.model_dump())
        row.version += 1
        if moved:
            _move(session, row)
        write_down(session, "organisation.amended", row, changes)
    return row


@verb(Permission.ORGANISATION_MANAGE)
def merge_organisation(session: Session, organisation_id: int, draft: MergerDraft, seen: int) -> Organisation:
    """Say what an organisation was merged into, and from which day on. Its records stay its own."""
    draft = valid(MergerDraft, draft)
    row = check_version(organisation(session, organisation_id), seen, draft)
    in_order(row.valid_from, draft.valid_to, "valid_to")
    if row.id in _successors(session, draft.successor_id):
        raise Invalid(errors={"successor_id": ("unknown", {})})
    if changes := differences(row, draft):
        row.sqlmodel_update(draft.model_dump())
        row.version += 1
        write_down(session, "organisation.merged", row, changes)
    return row


def _successors(session: Session, organisation_id: int) -> list[int]:
    """The organisation and what it was merged into, one after the other."""
    line: list[int] = []
    following: int | None = organisation_id
    while following is not None and following not in line:
        row = session.exec(select(Organisation).where(Organisation.id == following)).first()
        if row is None:
            raise Invalid(errors={"successor_id": ("unknown", {})})
        line.append(following)
        following = row.successor_id
    return line


def _move(session: Session, row: Organisation) -> None:
    """Give a moved organisation and all below it their new paths."""
    old, row.path = row.path, _path(session, row)
    for below in session.exec(
        select(Organisation).where(col(Organisation.path).like(f"{old}%"), Organisation.id != row.id)
    ):
        below.path = row.path + below.path.removeprefix(old)


@query(Permission.ORGANISATION_MANAGE)
def organisations(session: Session) -> list[Organisation]:
    """Every organisation, by name."""
    return list(session.exec(select(Organisation).order_by(Organisation.name)))


@query(Permission.ORGANISATION_MANAGE)
def organisation(session: Session, organisation_id: int) -> Organisation:
    row = session.exec(select(Organisation).where(Organisation.id == organisation_id)).first()
    if row is None:
        raise NotFound("organisation")
    return row


@query(Permission.OVERVIEW)
def own_organisation(session: Session) -> Organisation:
    return session.exec(select(Organisation).where(Organisation.id == session.current.organisation_id)).one()


@query(Permission.KPI_BOARD)
def organisations_below(session: Session, only: Collection[int] | None = None) -> list[Organisation]:
    """Those under a steering board that keep records: everything below it except police bodies and other boards. `only`
    narrows it to some of them."""
    return [row for row in _below(session, only) if row.kind not in _NO_RECORDS]


def _below(session: Session, only: Collection[int] | None = None) -> list[Organisation]:
    """Everything below the own organisation, by name."""
    statement = select(Organisation).where(Organisation.id != session.current.organisation_id)
    if only is not None:
        statement = statement.where(col(Organisation.id).in_(only))
    mine = f"/{session.current.organisation_id}/"
    return [row for row in session.exec(statement.order_by(Organisation.name)) if mine in row.path]


_NO_RECORDS = (Kind.POLICE, Kind.BOARD, Kind.OPERATOR)


@dataclass(frozen=True, slots=True)
class Tree:
    """What stands below a steering board: the organisations that keep records, by name, and the places that have such below
    themselves, from the top down."""

    rows: list[Organisation]
    branches: list[Organisation]

    @property
    def ids(self) -> set[int]:
        return {row.id for row in self.rows if row.id}


@query(Permission.KPI_BOARD)
def tree(session: Session) -> Tree:
    below = _below(session)
    rows = [row for row in below if row.kind not in _NO_RECORDS]
    above = {int(one) for row in rows for one in row.path.strip("/").split("/")[:-1]}
    places = [row for row in below if row.id in above]
    return Tree(rows, sorted(places, key=lambda row: (row.path.count("/"), row.name)))


@query(Permission.LEDGER_READ)
def police_bodies(session: Session) -> list[Organisation]:
    """The police organisations one can work with."""
    return list(session.exec(select(Organisation).where(Organisation.kind == Kind.POLICE).order_by(Organisation.name)))


# ---- units: the organisation administrator's --------------------------------------------------------------------------
@query(Permission.OVERVIEW)
def units(session: Session) -> list[Unit]:
    """Every unit the organisation ever had, by name."""
    return all_units(session)


def all_units(session: Session) -> list[Unit]:
    """The same for what counts by units."""
    return steady(session, "units", lambda: list(session.exec(select(Unit).order_by(Unit.folded))))


def unit_on(session: Session, unit_id: int | None, day: dt.date) -> int | None:
    """The unit itself, or the one it had been merged into by that day. A foreign or missing one is refused."""
    if unit_id is None:
        return None
    asked = select(Unit).where(Unit.id == unit_id)
    row = session.once(("unit", unit_id), lambda: session.exec(asked).first())
    if row is None:
        raise Invalid(errors={"unit_id": ("unknown", {})})
    if row.valid_to is not None and row.valid_to <= day:
        if row.successor_id is None:
            raise Invalid(errors={"unit_id": ("ended", {"on": row.valid_to})})
        return unit_on(session, row.successor_id, day)
    return row.id


@verb(Permission.ACCOUNT_MANAGE)
def save_unit(
    session: Session, draft: UnitDraft, unit_id: int | None = None, seen: int | None = None, nonce: str | None = None
) -> Unit:
    """Add a unit, or change one."""
    draft = valid(UnitDraft, draft)
    in_order(draft.valid_from, draft.valid_to, "valid_to")
    if done := submitted(session, nonce):
        return session.exec(select(Unit).where(Unit.id == done.subject_id)).one()
    twin = session.exec(select(Unit).where(Unit.folded == fold(draft.name), Unit.id != unit_id)).first()
    if twin:
        raise Invalid(errors={"name": ("taken", {})})
    if draft.successor_id is not None and (
        draft.successor_id == unit_id or not session.exec(select(Unit).where(Unit.id == draft.successor_id)).first()
    ):
        raise Invalid(errors={"successor_id": ("unknown", {})})
    if unit_id is None:
        row, changes, action = (
            Unit.model_validate(draft, update={"folded": fold(draft.name)}),
            {"name": [None, draft.name]},
            "unit.added",
        )
        session.add(row)
        session.flush()
        once(session, nonce, row.id)
    else:
        row = session.exec(select(Unit).where(Unit.id == unit_id)).first()  # type: ignore[assignment]
        row = check_version(row, seen, draft)
        changes, action = differences(row, draft), "unit.amended"
        row.sqlmodel_update(draft.model_dump() | {"folded": fold(draft.name)})
        row.version += 1
    if changes:
        write_down(session, action, row, changes)
    return row
