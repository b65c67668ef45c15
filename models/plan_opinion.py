"""The opinion of the police on a security plan (thẩm định), between its submission and the decision of a head.

Two tables. `PlanRequest` is the host's: whom it asks, and what of the submitted edition that police body may read, frozen.
`PlanOpinion` is the police body's own row, so that nobody writes another organisation's tables and nobody can agree in a
partner's name. A request that is taken back hides the plan from then on. The host's verbs are in models/plan.py.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ForeignKeyConstraint, Index, UniqueConstraint, and_, column, or_
from sqlalchemy.orm import defer
from sqlmodel import Field, col, select

from models.access import Invalid, NotFound, Permission
from models.catalogue import chosen, defaults
from models.database import READABLE, Json, Owned, Session, owned_by
from models.draft import N_, Draft, check_version, hint, valid
from models.history import differences, lock, record, tell_partners, tells, write_down
from models.plan_content import PlanDraft
from models.verb import query, verb

VERDICTS = "plan_verdict"  # the catalogue; an opinion crosses organisations, so only its national choices are given


# ---- what forms send ------------------------------------------------------------------------------------------------
class AskDraft(Draft):
    partner: str = Field(max_length=60, title=N_("Police body"), schema_extra=hint(choices="police"))
    question: str = Field(
        default="",
        max_length=1000,
        title=N_("What the opinion is asked on"),
        description=N_("The police body reads this line. For example by when, and which part matters most."),
    )


class OpinionDraft(Draft):
    verdict: str = Field(max_length=60, title=N_("Opinion"), schema_extra=hint(choices=VERDICTS, widget="segmented"))
    remarks: str = Field(
        default="",
        max_length=5000,
        title=N_("Remarks"),
        description=N_("What should be added or changed, and why. Needed unless you simply agree."),
        schema_extra=hint(widget="text_area", rows=5),
    )


# ---- tables ---------------------------------------------------------------------------------------------------------
_LIVE: Any = dict.fromkeys(("sqlite_where", "postgresql_where"), column("withdrawn_at").is_(None))


class PlanRequest(Owned, table=True):
    """One police body asked about one submission of a plan. `content` is what leaves the organisation, `words` the labels
    of the codes in it. `decision` is what became of the plan: a state, or that its event was called off."""

    __tablename__ = "plan_request"
    __table_args__ = owned_by(
        UniqueConstraint("organisation_id", "id", "party_id"),
        Index("uq_plan_request_live", "plan_id", "party_id", "submitted_at", unique=True, **_LIVE),
        plan_id="event_plan",
    )
    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(index=True)
    party_id: int = Field(foreign_key="organisation.id", index=True)
    party_name: str = Field(max_length=200)
    host_name: str = Field(max_length=200)
    event_number: str = Field(max_length=20)
    event_name: str = Field(max_length=200)
    venue: str = Field(max_length=200)
    starts_at: dt.datetime
    ends_at: dt.datetime
    edition: int
    submitted_at: dt.datetime
    question: str = Field(default="", max_length=1000)
    content: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    words: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    asked_at: dt.datetime
    withdrawn_at: dt.datetime | None = None
    decided_at: dt.datetime | None = None
    decision: str = Field(default="", max_length=40)


class PlanOpinion(Owned, table=True):
    """The police body's own row. The foreign key holds it to the request that was put to this very organisation."""

    __tablename__ = "plan_opinion"
    __table_args__ = (
        UniqueConstraint("organisation_id", "id"),
        UniqueConstraint("request_id"),
        ForeignKeyConstraint(
            ["host_id", "request_id", "organisation_id"],
            ["plan_request.organisation_id", "plan_request.id", "plan_request.party_id"],
            name="fk_plan_opinion_request",
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    host_id: int = Field(index=True)
    request_id: int
    verdict: str = Field(max_length=60, title=N_("Opinion"), schema_extra=hint(choices=VERDICTS))
    remarks: str = Field(default="", max_length=5000, title=N_("Remarks"))
    given_at: dt.datetime
    given_by_name: str = Field(max_length=200)
    version: int = 1


# Who may read them: each looks at its own row alone. The same stands in data/migrations/security.py as SQL.
def _request_rule(organisation_id: int) -> Any:
    asked = and_(col(PlanRequest.party_id) == organisation_id, col(PlanRequest.withdrawn_at).is_(None))
    return or_(col(PlanRequest.organisation_id) == organisation_id, asked)


def _opinion_rule(organisation_id: int) -> Any:
    return or_(col(PlanOpinion.organisation_id) == organisation_id, col(PlanOpinion.host_id) == organisation_id)


READABLE[PlanRequest] = _request_rule
READABLE[PlanOpinion] = _opinion_rule
# One's own opinion on what is no longer shown is not shown either.
tells(PlanOpinion, Permission.PLAN_OPINION, lambda _session: col(PlanOpinion.request_id).in_(select(PlanRequest.id)))


# ---- reading --------------------------------------------------------------------------------------------------------
OPEN, GIVEN, CLOSED, WITHDRAWN = "open", "given", "closed", "withdrawn"


@dataclass(frozen=True)
class Asked:
    """A request with its answer, if one was given."""

    request: PlanRequest
    opinion: PlanOpinion | None = None

    @property
    def state(self) -> str:
        if self.request.withdrawn_at:
            return WITHDRAWN
        if self.opinion:
            return GIVEN
        return CLOSED if self.request.decided_at else OPEN

    @property
    def is_open(self) -> bool:
        """Whether an opinion can still be given or changed."""
        return not (self.request.withdrawn_at or self.request.decided_at)

    @property
    def content(self) -> PlanDraft:
        return PlanDraft.model_validate(self.request.content)


def _with_opinions(session: Session, *where: Any) -> list[Asked]:
    statement = select(PlanRequest).where(*where).order_by(col(PlanRequest.id).desc())
    return _answered(session, list(session.exec(statement)))


def _answered(session: Session, rows: list[PlanRequest]) -> list[Asked]:
    found = session.exec(select(PlanOpinion).where(col(PlanOpinion.request_id).in_([row.id for row in rows])))
    opinions = {one.request_id: one for one in found}
    return [Asked(row, opinions.get(row.id)) for row in rows]  # type: ignore[arg-type]


@query(Permission.RECORD_READ)
def opinions(session: Session, plan_id: int) -> list[Asked]:
    """Everything that was asked about an own plan, the newest first."""
    record(session, "event_plan", plan_id)
    return _with_opinions(session, PlanRequest.plan_id == plan_id)


@query(Permission.PLAN_DECIDE)
def verdicts(session: Session, plans: dict[int, dt.datetime | None]) -> dict[int, list[str]]:
    """Plan → what the police said of what was submitted at that instant, "" for what is still awaited: for a list."""
    own = PlanRequest.organisation_id == session.current.organisation_id
    live = (own, col(PlanRequest.plan_id).in_(plans), col(PlanRequest.withdrawn_at).is_(None))
    found: dict[int, list[str]] = {}
    for one in reversed(_with_opinions(session, *live)):
        if one.request.submitted_at == plans[one.request.plan_id]:
            found.setdefault(one.request.plan_id, []).append(one.opinion.verdict if one.opinion else "")
    return found


def _to_us(session: Session) -> Any:
    return PlanRequest.party_id == session.current.organisation_id


@query(Permission.PLAN_OPINION)
def asked_of_us(session: Session, limit: int = 50) -> list[Asked]:
    """Plans that this police body is asked about or was, without the plans themselves: those that wait for an opinion
    first, then the newest."""
    said = select(PlanOpinion.id).where(PlanOpinion.request_id == PlanRequest.id).exists()
    waits = and_(col(PlanRequest.decided_at).is_(None), col(PlanRequest.withdrawn_at).is_(None), ~said)
    statement = select(PlanRequest).options(defer(PlanRequest.content), defer(PlanRequest.words))  # type: ignore[arg-type]
    statement = statement.where(_to_us(session)).order_by(waits.desc(), col(PlanRequest.id).desc())
    return _answered(session, list(session.exec(statement.limit(limit))))


@query(Permission.PLAN_OPINION)
def asked(session: Session, request_id: int) -> Asked:
    """One of them. Somebody else's, one that was taken back and a missing one look the same."""
    found = _with_opinions(session, PlanRequest.id == request_id, _to_us(session))
    if not found:
        raise NotFound("plan_request")
    return found[0]


# ---- the police body's side -----------------------------------------------------------------------------------------
@verb(Permission.PLAN_OPINION)
def give_opinion(session: Session, request_id: int, draft: OpinionDraft, seen: int | None = None) -> PlanOpinion:
    """Say what the own police body thinks of the plan, or change it (`seen` is the version on the screen) until the host
    has decided."""
    draft = valid(OpinionDraft, draft)
    lock(session)
    found = asked(session, request_id)
    if found.request.decided_at:
        raise Invalid("plan_decided")
    _whole(session, draft)
    row = found.opinion
    if row is not None and not differences(row, draft):
        return row
    if row is not None:
        check_version(row, seen or 0, draft)
    changes = differences(row, draft) if row else {name: [None, said] for name, said in draft.model_dump().items()}
    action = "plan_opinion.amended" if row else "plan_opinion.given"
    row = row or PlanOpinion(host_id=found.request.organisation_id, request_id=request_id, version=0)  # type: ignore[call-arg]
    row.sqlmodel_update(draft.model_dump())
    row.given_at, row.given_by_name = session.current.now(), session.current.name
    row.version += 1
    session.add(row)
    session.flush()
    write_down(session, action, row, changes)
    tell_partners(session, {found.request.organisation_id})
    return row


def _whole(session: Session, draft: OpinionDraft) -> None:
    entry = chosen(session, VERDICTS, draft.verdict, "verdict")
    if entry is None or draft.verdict not in defaults(VERDICTS):
        raise Invalid(errors={"verdict": ("unknown", {})})
    if defaults(VERDICTS)[draft.verdict].attributes["remarks_required"] and not draft.remarks:
        raise Invalid(errors={"remarks": ("missing", {})})


# ---- the decision ---------------------------------------------------------------------------------------------------
def heard(found: list[Asked]) -> str:
    """A mark of the opinions that somebody has on the screen: it changes when one comes in or is changed."""
    return ",".join(f"{one.request.id}:{one.opinion.version if one.opinion else 0}" for one in found)


CALLED_OFF = "called_off"


def call_off(session: Session, event_id: int) -> None:
    """The event will not take place: nobody waits for an opinion on its plans any more."""
    from models.plan import Plan

    plans = select(Plan.id).where(Plan.event_id == event_id)
    _close(session, CALLED_OFF, col(PlanRequest.plan_id).in_(plans), col(PlanRequest.decided_at).is_(None))


def _close(session: Session, decision: str, *where: Any) -> list[Asked]:
    """Close what was asked; nothing is said on it from then on."""
    found = _with_opinions(session, *where, col(PlanRequest.withdrawn_at).is_(None))
    for one in found:
        one.request.decided_at, one.request.decision = session.current.now(), decision
    tell_partners(session, {one.request.party_id for one in found})
    return found


def settle(session: Session, plan_id: int | None, submitted_at: dt.datetime | None, decision: str) -> dict[str, Any]:
    """Close what was asked about this submission; what the history says of it: who had said what, and who had not yet."""
    found = _close(session, decision, PlanRequest.plan_id == plan_id, PlanRequest.submitted_at == submitted_at)
    said = [f"{one.request.party_name}: {defaults(VERDICTS)[one.opinion.verdict].vi}" for one in found if one.opinion]
    silent = [one.request.party_name for one in found if one.opinion is None]
    return {name: [None, some] for name, some in (("opinions", said), ("opinions_missing", silent)) if some}
