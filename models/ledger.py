"""Reading the joint ledger: what an account sees of it, found and counted.

Host and partner see the activities that are theirs; a steering board those of the organisations below it, without the
text. Every figure counts released activities, each once, by the day it took place; a withdrawn one stays counted.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import col, select

from models.about import LEDGER
from models.access import NotFound, Permission, Role
from models.database import Session
from models.history import record
from models.joint import JointActivity, JointAnswer, JointParty, JointSummary, open_text, partners
from models.lasting import lasting
from models.shared import SHARED
from models.sharing import of_source
from models.text import fold
from models.verb import query

if TYPE_CHECKING:
    from models.counted import Counted

PROPOSED, RELEASED, CONFIRMED, DECLINED, WITHDRAWN = "proposed", "released", "confirmed", "declined", "withdrawn"


# ---- what is asked --------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Asked:
    """What the ledger is narrowed by; both days included. A subject's children count under it. `bubble` is one of BUBBLES;
    `counted` is the number whose activities are shown."""

    first: dt.date | None = None
    last: dt.date | None = None
    organisation_id: int | None = None
    partner: str | None = None
    kind: str | None = None
    subject: str | None = None
    area: str | None = None
    bubble: str | None = None
    counted: "Counted | None" = None


def reach(session: Session) -> ColumnElement[bool]:
    """As host or as party; a board everything that its scope lets it see (models/joint.py), once released."""
    own = session.current.organisation_id
    if session.current.role is Role.BOARD:
        return col(JointActivity.released_at).is_not(None)
    host = col(JointActivity.organisation_id) == own
    return or_(host, col(JointActivity.shared_with).contains(f",{own},")) if _is_partner(session) else host


def _is_partner(session: Session) -> bool:
    """Whether anybody ever released anything to this organisation. Where nobody did, its own index finds its activities;
    else those of everybody are read through, the newest first."""

    def ask() -> bool:
        to_it = (JointParty.party_id == session.current.organisation_id, col(JointParty.released_at).is_not(None))
        return session.exec(select(JointParty.id).where(*to_it).limit(1)).first() is not None

    return session.once(("partner",), lambda: lasting(session, frozenset({LEDGER}), "partner", ask))


def conditions(session: Session, asked: Asked) -> list[Any]:
    from models.counted import where

    found: list[Any] = [reach(session), *where(session, asked.counted, JointActivity)]
    if asked.first:
        found.append(JointActivity.occurred_on >= asked.first)
    if asked.last:
        found.append(JointActivity.occurred_on <= asked.last)
    if asked.organisation_id:
        found.append(JointActivity.organisation_id == asked.organisation_id)
    if asked.partner:
        found.append(col(JointActivity.id).in_(select(JointParty.activity_id).where(JointParty.code == asked.partner)))
    if asked.kind:
        found.append(JointActivity.kind == asked.kind)
    if asked.subject:
        below = col(JointActivity.subject).startswith(f"{asked.subject}.", autoescape=True)
        found.append(or_(col(JointActivity.subject) == asked.subject, below))
    if asked.area:
        found.append(JointActivity.area_folded == fold(asked.area))
    if asked.bubble:
        found.append(_BUBBLES[asked.bubble](session))
    return found


# ---- one activity and its parties -----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Side:
    """One party of an activity with its answer, if it gave one."""

    party: JointParty
    answer: JointAnswer | None = None

    @property
    def state(self) -> str:
        if self.party.withdrawn_at:
            return WITHDRAWN
        if self.party.released_at is None:
            return PROPOSED
        if self.answer is None:
            return RELEASED
        return CONFIRMED if self.answer.confirmed_at else DECLINED

    @property
    def people(self) -> int | None:
        """What the partner says of itself goes before what the host said of it."""
        said = self.answer.people if self.answer else None
        return self.party.people if said is None else said


@dataclass(frozen=True)
class Step:
    """Something that happened between the parties, derived from their instants."""

    at: dt.datetime
    state: str
    party: str
    who: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Text:
    """What a host may still change of an activity, with the names of the drafts' fields: what a form edits."""

    id: int
    version: int
    title: str
    summary: str
    kind: str
    started_at: dt.datetime | None
    ended_at: dt.datetime | None
    subject: str | None
    area: str
    people: int | None


@dataclass(frozen=True)
class View:
    """An activity as this account may see it. `hidden` says why there is no text: "withdrawn", "confidential", "figures"."""

    activity: JointActivity
    text: JointSummary | None
    sides: tuple[Side, ...]
    own: bool
    mine: Side | None

    @property
    def title(self) -> str:
        return self.text.title if self.text else ""

    @property
    def hidden(self) -> str:
        if self.text is not None:
            return ""
        if self.own:
            return "confidential"
        return "withdrawn" if self.mine else "figures"

    @property
    def editable(self) -> Text | None:
        """For the host, where it may read the text."""
        if self.text is None or not self.own:
            return None
        row = self.activity
        facts = {name: getattr(row, name) for name in ("version", "kind", "started_at", "ended_at", "subject", "area")}
        people = self.text.figures.get("people")
        return Text(id=row.id or 0, title=self.text.title, summary=self.text.summary, people=people, **facts)

    @property
    def to_release(self) -> list[Side]:
        return [side for side in self.sides if self.own and side.state == PROPOSED]

    @property
    def to_answer(self) -> bool:
        """Whether this organisation is asked: not answered yet, or declined and released anew."""
        if self.mine is None or self.mine.state not in (RELEASED, DECLINED):
            return False
        return self.mine.answer is None or self.mine.answer.release < self.activity.release

    @property
    def steps(self) -> list[Step]:
        """Newest first. Partners' answers stand here: the history of a host holds only what the host did."""
        return sorted((step for side in self.sides for step in _steps(side)), key=lambda step: step.at, reverse=True)


def _steps(side: Side) -> Iterable[Step]:
    party, answer = side.party, side.answer
    instants = ((party.proposed_at, PROPOSED), (party.released_at, RELEASED), (party.withdrawn_at, WITHDRAWN))
    yield from (Step(at, state, party.name) for at, state in instants if at)
    if answer and answer.declined_at:
        yield Step(answer.declined_at, DECLINED, party.name, answer.answered_name, answer.reason)
    if answer and answer.confirmed_at:
        yield Step(answer.confirmed_at, CONFIRMED, party.name, answer.answered_name)


def _views(session: Session, activities: Sequence[JointActivity]) -> list[View]:
    """Activities with text, parties and answers: four questions however many there are."""
    ids = [activity.id for activity in activities]
    texts, sides = _texts(session, activities), _sides(session, ids)
    own = session.current.organisation_id
    return [
        View(
            activity,
            texts.get(activity.id),
            tuple(sides.get(activity.id, ())),
            own=activity.organisation_id == own,
            mine=next((side for side in reversed(sides.get(activity.id, [])) if side.party.party_id == own), None),
        )
        for activity in activities
    ]


def _texts(session: Session, activities: Sequence[JointActivity]) -> dict[int | None, JointSummary]:
    """The texts that may be read, of those that the scope lets through."""
    ids = [activity.id for activity in activities]
    readable = select(JointActivity.id).where(col(JointActivity.id).in_(ids), open_text(session))
    rows = session.exec(select(JointSummary).where(col(JointSummary.activity_id).in_(readable)))
    return {row.activity_id: row for row in rows}


def _sides(session: Session, ids: list[int | None]) -> dict[int | None, list[Side]]:
    parties = select(JointParty).where(col(JointParty.activity_id).in_(ids)).order_by(col(JointParty.id))
    answers = select(JointAnswer).where(col(JointAnswer.activity_id).in_(ids))
    by_party = {answer.joint_party_id: answer for answer in session.exec(answers)}
    found: dict[int | None, list[Side]] = {}
    for party in session.exec(parties):
        found.setdefault(party.activity_id, []).append(Side(party, by_party.get(party.id)))  # type: ignore[arg-type]
    return found


@query(Permission.LEDGER_READ)
def activity(session: Session, activity_id: int) -> View:
    """One activity; foreign, unreleased and missing ones look the same."""
    row = session.exec(select(JointActivity).where(JointActivity.id == activity_id, reach(session))).first()
    if row is None:
        raise NotFound("joint_activity")
    return _views(session, [row])[0]


@query(Permission.LEDGER_READ)
def of_record(session: Session, source: str, source_id: int) -> View | None:
    """What is shared of one's own record, for the panel beside it."""
    record(session, source, source_id)
    row = of_source(session, source, source_id)
    return _views(session, [row])[0] if row else None


@query(Permission.SHARE_PROPOSE)
def offered(session: Session, source: str, source_id: int) -> dict[str, Any]:
    """What a form for sharing a record starts with: what stands in the ledger, else what the record says of itself."""
    row = record(session, source, source_id)
    known = of_record(session, source, source_id)
    if known and known.text:
        return {"title": known.title, "summary": known.text.summary, "partners": []}
    said, possible = SHARED[source](session, row), partners(session)
    named = [code for code in getattr(row, "partners", []) if code in possible]
    return {"title": said.title, "summary": said.summary, "partners": named}


# ---- the list -------------------------------------------------------------------------------------------------------
def _newest(session: Session, *where: Any, limit: int, offset: int = 0) -> list[View]:
    statement = select(JointActivity).where(*where)
    statement = statement.order_by(col(JointActivity.occurred_on).desc(), col(JointActivity.id).desc())
    return _views(session, session.exec(statement.limit(limit).offset(offset)).all())


@query(Permission.LEDGER_READ)
def activities(session: Session, asked: Asked, limit: int = 20, offset: int = 0) -> list[View]:
    """One page of the ledger, latest first; the host's own also before they are released."""
    return _newest(session, *conditions(session, asked), limit=limit, offset=offset)


@dataclass(frozen=True)
class Waiting:
    """What waits for this account: proposals for a head, released activities for whoever may confirm."""

    to_release: list[View]
    to_answer: list[View]


@query(Permission.LEDGER_READ)
def waiting_for_me(session: Session, limit: int = 50) -> Waiting:
    """What this account is asked to release or to confirm."""
    may = session.current.may
    release = _newest(session, _unreleased(session), limit=limit) if may(Permission.SHARE_RELEASE) else []
    answer = _newest(session, _unanswered(session), limit=limit) if may(Permission.LEDGER_CONFIRM) else []
    return Waiting(release, answer)


def confirmed(partner: str | None = None) -> ColumnElement[bool]:
    """At least one partner, or this one, confirmed the activity."""
    said: list[Any] = [JointAnswer.activity_id == JointActivity.id, col(JointAnswer.confirmed_at).is_not(None)]
    if partner:
        said.append(col(JointAnswer.joint_party_id).in_(select(JointParty.id).where(JointParty.code == partner)))
    return select(JointAnswer.id).where(*said).exists()


def _unreleased(session: Session) -> Any:
    proposed = and_(col(JointParty.released_at).is_(None), col(JointParty.withdrawn_at).is_(None))
    own = col(JointActivity.organisation_id) == session.current.organisation_id
    return and_(own, col(JointActivity.id).in_(select(JointParty.activity_id).where(proposed)))


def _unanswered(session: Session) -> Any:
    answered = or_(col(JointAnswer.confirmed_at).is_not(None), col(JointAnswer.release) == JointActivity.release)
    asked = (
        select(JointParty.id)
        .where(
            JointParty.activity_id == JointActivity.id,
            JointParty.party_id == session.current.organisation_id,
            col(JointParty.released_at).is_not(None),
            col(JointParty.withdrawn_at).is_(None),
            ~select(JointAnswer.id).where(JointAnswer.joint_party_id == JointParty.id, answered).exists(),
        )
        .exists()
    )
    return and_(col(JointActivity.released_at).is_not(None), asked)


# What the list can be narrowed to by one word.
_BUBBLES: dict[str, Callable[[Session], Any]] = {
    "to_release": _unreleased,
    "to_answer": _unanswered,
    "unconfirmed": lambda _session: and_(col(JointActivity.released_at).is_not(None), ~confirmed()),
    "confirmed": lambda _session: confirmed(),
    "withdrawn": lambda _session: col(JointActivity.withdrawn_at).is_not(None),
}
BUBBLES = tuple(_BUBBLES)


@query(Permission.LEDGER_READ)
def bubble_counts(session: Session, asked: Asked) -> dict[str, int]:
    """How many each bubble would show, and "" for all, in one statement."""
    where = conditions(session, replace(asked, bubble=None))
    counts = [func.count().filter(narrowed(session)) for narrowed in _BUBBLES.values()]
    counted: Any = select(func.count(), *counts)
    row = session.exec(counted.select_from(JointActivity).where(*where)).one()
    return dict(zip(("", *BUBBLES), row, strict=True))
