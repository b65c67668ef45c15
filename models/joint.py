"""The joint ledger, the only window between organisations: what is shared with partners, and their answers.

Four tables. `JointActivity` holds what is counted, `JointSummary` the frozen text, `JointParty` whom the host shares
with: all three are the host's. `JointAnswer` is the partner's own row, so that nobody writes another organisation's
tables and nobody can confirm in a partner's name. A withdrawal takes the partner off the summary's readers; what is
counted stays. Verbs: models/sharing.py (the host's), models/answering.py (the partner's); questions: models/ledger.py.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from pydantic import field_validator
from sqlalchemy import Column, ForeignKeyConstraint, Index, UniqueConstraint, and_, column, or_, true
from sqlalchemy.orm import aliased
from sqlmodel import Field, col, select

from models.access import Permission
from models.catalogue import merged
from models.database import READABLE, Json, Owned, Session, owned_by
from models.draft import N_, Draft, hint, problem
from models.history import SUBJECTS, tell_partners, tells
from models.organisation import Kind, Organisation, police_bodies
from models.shared import SHARED
from models.verb import query

SERIES = "PH"
MOST_PEOPLE = 100_000


# ---- what forms send ------------------------------------------------------------------------------------------------
class SummaryDraft(Draft):
    title: str = Field(min_length=3, max_length=200, title=N_("Title for partners"))
    summary: str = Field(
        default="",
        max_length=2000,
        title=N_("Shared summary"),
        description=N_("What partners read. No names, no ID numbers, nothing confidential."),
        schema_extra=hint(widget="text_area", rows=4),
    )


class PartnersDraft(Draft):
    partners: list[str] = Field(title=N_("Partners"), schema_extra=hint(choices="partner"))

    @field_validator("partners")
    @classmethod
    def _some(cls, value: list[str]) -> list[str]:
        if not value:
            raise problem("missing")
        return list(dict.fromkeys(value))


class ShareDraft(PartnersDraft, SummaryDraft):
    """A record that is shared: what partners will read of it, and which partners."""


class EntryDraft(SummaryDraft):
    """A patrol, a meeting or a training: entered in the ledger itself."""

    kind: str = Field(max_length=40, title=N_("Kind"), schema_extra=hint(choices="activity_kind"))
    started_at: dt.datetime = Field(title=N_("Started at"))
    ended_at: dt.datetime | None = Field(default=None, title=N_("Ended at"))
    subject: str | None = Field(
        default=None, max_length=60, title=N_("Subject group"), schema_extra=hint(choices="inspection_subject")
    )
    area: str = Field(default="", max_length=200, title=N_("Area"), description=N_("Ward, commune or place."))
    people: int | None = Field(default=None, ge=0, le=MOST_PEOPLE, title=N_("Our people taking part"))

    @field_validator("started_at", "ended_at")
    @classmethod
    def _has_a_zone(cls, value: dt.datetime | None) -> dt.datetime | None:
        if value is not None and value.tzinfo is None:
            raise problem("timezone_aware")
        return value


class ActivityDraft(PartnersDraft, EntryDraft):
    """The same with its partners, as it is entered."""


class PartyDraft(Draft):
    role: str = Field(default="", max_length=200, title=N_("Task of the partner"))
    people: int | None = Field(default=None, ge=0, le=MOST_PEOPLE, title=N_("People of the partner"))


class AnswerDraft(Draft):
    people: int | None = Field(default=None, ge=0, le=MOST_PEOPLE, title=N_("Our people taking part"))


# ---- tables ---------------------------------------------------------------------------------------------------------
class JointActivity(Owned, table=True):
    """What is counted. `shared_with` lists the partner organisations it was ever released to, ",5,7,", and `host_path`
    the tree above the host, so that a policy looks at this row alone."""

    __tablename__ = "joint_activity"
    __table_args__ = owned_by(
        UniqueConstraint("organisation_id", "number"),
        UniqueConstraint("organisation_id", "source", "source_id"),
        Index("ix_joint_activity_occurred", "organisation_id", "occurred_on"),
    )
    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(max_length=20)
    kind: str = Field(max_length=40, title=N_("Kind"), schema_extra=hint(choices="activity_kind"))
    source: str | None = Field(default=None, max_length=40)
    source_id: int | None = None
    confidential: bool = Field(default=False, title=N_("Confidential"))
    occurred_on: dt.date = Field(index=True, title=N_("Day"))
    started_at: dt.datetime | None = Field(default=None, title=N_("Started at"))
    ended_at: dt.datetime | None = Field(default=None, title=N_("Ended at"))
    subject: str | None = Field(default=None, max_length=60)
    subject_label: str = Field(default="", max_length=200, title=N_("Subject group"))
    area: str = Field(default="", max_length=200, title=N_("Area"))
    area_folded: str = Field(default="", max_length=200)
    host_name: str = Field(max_length=200)
    host_path: str = Field(max_length=200)
    shared_with: str = ""
    entered_at: dt.datetime
    released_at: dt.datetime | None = None
    rereleased_at: dt.datetime | None = None
    release: int = 0
    withdrawn_at: dt.datetime | None = None
    version: int = 1


class JointSummary(Owned, table=True):
    """The text, frozen at release. `shared_with` lists who may read it now."""

    __tablename__ = "joint_summary"
    __table_args__ = owned_by(UniqueConstraint("activity_id"), activity_id="joint_activity")
    id: int | None = Field(default=None, primary_key=True)
    activity_id: int
    title: str = Field(max_length=200)
    summary: str = Field(default="", max_length=2000)
    figures: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    shared_with: str = ""


_LIVE: Any = dict.fromkeys(("sqlite_where", "postgresql_where"), column("withdrawn_at").is_(None))


class JointParty(Owned, table=True):
    """One partner of an activity: a police body of this house (`code` "org:4") or an outside body ("body:PC07").
    Who proposed and who released stands in the host's history; partners read only when."""

    __tablename__ = "joint_party"
    __table_args__ = owned_by(
        UniqueConstraint("organisation_id", "id", "party_id"),
        Index("uq_joint_party_live", "activity_id", "code", unique=True, **_LIVE),
        activity_id="joint_activity",
    )
    id: int | None = Field(default=None, primary_key=True)
    activity_id: int = Field(index=True)
    party_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    code: str = Field(max_length=60)
    name: str = Field(max_length=200)
    role: str = Field(default="", max_length=200)
    people: int | None = None
    proposed_at: dt.datetime
    released_at: dt.datetime | None = None
    withdrawn_at: dt.datetime | None = None

    @property
    def is_proposed(self) -> bool:
        return self.released_at is None and self.withdrawn_at is None

    @property
    def is_live(self) -> bool:
        return self.released_at is not None and self.withdrawn_at is None


class JointAnswer(Owned, table=True):
    """The partner's own row. The foreign key holds it to the party that is this very organisation."""

    __tablename__ = "joint_answer"
    __table_args__ = (
        UniqueConstraint("organisation_id", "id"),
        UniqueConstraint("joint_party_id"),
        ForeignKeyConstraint(
            ["host_id", "joint_party_id", "organisation_id"],
            ["joint_party.organisation_id", "joint_party.id", "joint_party.party_id"],
            name="fk_joint_answer_party",
        ),
        ForeignKeyConstraint(["host_id", "activity_id"], ["joint_activity.organisation_id", "joint_activity.id"]),
    )
    id: int | None = Field(default=None, primary_key=True)
    host_id: int = Field(index=True)
    activity_id: int = Field(index=True)
    joint_party_id: int
    release: int
    people: int | None = None
    confirmed_at: dt.datetime | None = None
    declined_at: dt.datetime | None = None
    reason: str = Field(default="", max_length=1000)
    answered_name: str = Field(max_length=200)


# ---- who may read them ----------------------------------------------------------------------------------------------
# One way only, answer → party → activity → the activity's own columns: the other way round the policies would recurse.
# The same stands in data/migrations/security.py as SQL. Each looks at the row above it by its key, and only where its own
# columns do not settle it: `IN (SELECT …)` would read the whole ledger of all organisations for every question.
def _is_board(organisation_id: int) -> Any:
    return select(Organisation.id).where(Organisation.id == organisation_id, Organisation.kind == Kind.BOARD).exists()


def _activity_rule(organisation_id: int, of: Any = JointActivity) -> Any:
    """The host's; once released the partners'; and a steering board's above the host."""
    shared = col(of.shared_with).contains(f",{organisation_id},")
    below = and_(col(of.host_path).contains(f"/{organisation_id}/"), _is_board(organisation_id))
    released = col(of.released_at).is_not(None)
    return or_(col(of.organisation_id) == organisation_id, and_(released, or_(shared, below)))


def _party_rule(organisation_id: int, of: Any = JointParty) -> Any:
    activity = aliased(JointActivity)
    readable = select(activity.id).where(activity.id == of.activity_id, _activity_rule(organisation_id, activity))
    return or_(col(of.organisation_id) == organisation_id, and_(col(of.released_at).is_not(None), readable.exists()))


def _answer_rule(organisation_id: int) -> Any:
    party = aliased(JointParty)
    its = (party.id == JointAnswer.joint_party_id, party.organisation_id == JointAnswer.host_id)
    readable = select(party.id).where(*its, _party_rule(organisation_id, party))
    own = (col(JointAnswer.organisation_id) == organisation_id, col(JointAnswer.host_id) == organisation_id)
    return or_(*own, readable.exists())  # the own ones first: for them nobody asks on


def _summary_rule(organisation_id: int) -> Any:
    """The host's, and whoever may read the text now. Never a board's: it gets numbers."""
    shared = col(JointSummary.shared_with).contains(f",{organisation_id},")
    return or_(col(JointSummary.organisation_id) == organisation_id, shared)


READABLE[JointActivity] = _activity_rule
READABLE[JointParty] = _party_rule
READABLE[JointAnswer] = _answer_rule
READABLE[JointSummary] = _summary_rule


def open_text(session: Session) -> Any:
    """Activities whose text and history this account may read: within the host, one that came from a confidential record
    is for those who may open the record."""
    if session.current.may(Permission.CONFIDENTIAL_READ):
        return true()
    foreign = col(JointActivity.organisation_id) != session.current.organisation_id
    known = ((SUBJECTS[source].cls, SUBJECTS[source].visible) for source in SHARED if source in SUBJECTS)
    records: Any = ((cls, select(cls.id).where(visible(session))) for cls, visible in known)  # type: ignore[attr-defined]
    opened = (
        and_(JointActivity.source == cls.__tablename__, col(JointActivity.source_id).in_(ids)) for cls, ids in records
    )
    return or_(~col(JointActivity.confidential), foreign, *opened)


tells(JointActivity, Permission.LEDGER_READ, open_text)


# ---- partners -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Partner:
    """Whom one can share with: `organisation_id` is None for an outside body."""

    code: str
    name: str
    organisation_id: int | None = None


@query(Permission.LEDGER_READ)
def partners(session: Session) -> dict[str, Partner]:
    """Code → partner: the police bodies of this house, then the outside bodies, as of today."""
    today, own = session.current.today(), session.current.organisation_id
    police = [
        Partner(f"org:{row.id}", row.name, row.id)
        for row in police_bodies(session)
        if row.id != own and (row.valid_from or today) <= today and (row.valid_to is None or today < row.valid_to)
    ]
    bodies = [
        Partner(f"body:{one.code}", one.vi) for one in merged(session, "partner_body").values() if one.holds_on(today)
    ]
    return {partner.code: partner for partner in (*police, *bodies)}


def parties(session: Session, activity: JointActivity) -> list[JointParty]:
    """Those not withdrawn, in the order in which they were proposed."""
    statement = select(JointParty).where(JointParty.activity_id == activity.id, col(JointParty.withdrawn_at).is_(None))
    return list(session.exec(statement.order_by(col(JointParty.id))))


def tell(session: Session, activity: JointActivity) -> None:
    """Move the ledger revision of host, partners and the boards above, except the own one, which moves by its history."""
    ids = {int(one) for one in f"{activity.shared_with},{activity.host_path}".replace("/", ",").split(",") if one}
    tell_partners(session, ids - {session.current.organisation_id})
