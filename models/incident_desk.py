"""Working through a list of incidents: the neighbours of one, and one change for all of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, tuple_
from sqlmodel import col, select

from models.access import Invalid, Permission, Refusal
from models.database import Session
from models.draft import Draft, once
from models.history import lock
from models.incident import LATENT, Incident, one
from models.incident_life import ExtendDraft, asks_outcome, extend, move
from models.incident_people import assign
from models.incident_search import Filter, conditions
from models.verb import query, verb

MOST = 500  # incidents that one bulk change may reach: beyond it, narrow the list


@query(Permission.RECORD_READ)
def neighbours(session: Session, asked: Filter, incident_id: int) -> tuple[int | None, int | None]:
    """Ids of the incidents before and after this one in the filtered list, latest occurrence first."""
    row = one(session, incident_id)
    here, place = tuple_(col(Incident.occurred_at), col(Incident.id)), tuple_(row.occurred_at, row.id)
    listed = select(Incident.id).where(*conditions(session, asked))
    before = listed.where(here > place).order_by(col(Incident.occurred_at), col(Incident.id)).limit(1)
    after = listed.where(here < place).order_by(col(Incident.occurred_at).desc(), col(Incident.id).desc()).limit(1)
    found: Any = session.exec(select(before.scalar_subquery(), after.scalar_subquery())).one()
    return tuple(found)


@dataclass
class Done:
    """What a bulk change did: how many it changed, and number → refusal of those that it left alone."""

    changed: int = 0
    refused: dict[str, Refusal] = field(default_factory=dict)


def _each(session: Session, asked: Filter, nonce: str | None, change: Callable[[Incident], object]) -> Done:
    """Apply a change to every incident that the filter finds. Each leaves its own history; one that refuses is left alone."""
    lock(session)
    done = Done()
    if once(session, nonce):
        return done
    found = session.exec(select(func.count()).select_from(Incident).where(*conditions(session, asked))).one()
    if found > MOST:
        raise Invalid("too_many", most=MOST, found=found)
    for incident_id in list(
        session.exec(select(Incident.id).where(*conditions(session, asked)).order_by(col(Incident.id)))
    ):
        row = one(session, incident_id)  # type: ignore[arg-type]
        version = row.version
        try:
            with session.begin_nested():
                change(row)
        except Refusal as refusal:
            done.refused[row.number] = refusal
        else:
            done.changed += row.version != version
    return done


@verb(Permission.RECORD_WRITE)
def assign_all(session: Session, asked: Filter, owner_id: int | None, nonce: str | None = None) -> Done:
    """Give every incident of a filter to one colleague."""
    return _each(session, asked, nonce, lambda row: assign(session, row.id, owner_id))  # type: ignore[arg-type]


@verb(Permission.RECORD_WRITE)
def move_all(session: Session, asked: Filter, state: str, draft: Draft, nonce: str | None = None) -> Done:
    """Take every incident of a filter into one state, where its table of states allows it. A latent case that is still
    watched is not settled with others: what became of it is a judgement of that case, and counts in the figures."""

    def change(row: Incident) -> None:
        if asks_outcome(session, row, state):
            raise Invalid("outcome_of_each")
        move(session, row.id, state, draft, row.version)  # type: ignore[arg-type]

    return _each(session, asked, nonce, change)


@query(Permission.RECORD_READ)
def watched(session: Session, asked: Filter, state: str) -> int:
    """Latent cases of a filter that a bulk change into this state leaves alone."""
    latent = (Incident.was_latent, col(Incident.latent_ended_at).is_(None), Incident.complexity == LATENT)
    rows = session.exec(select(Incident).where(*conditions(session, asked), *latent).limit(MOST + 1))
    return sum(asks_outcome(session, row, state) for row in rows)


@verb(Permission.INCIDENT_SETTLE)
def extend_all(session: Session, asked: Filter, draft: ExtendDraft, nonce: str | None = None) -> Done:
    """Move the due date of every open incident of a filter, with one basis."""
    return _each(session, asked, nonce, lambda row: extend(session, row.id, draft, row.version))  # type: ignore[arg-type]


def described(asked: Filter) -> dict[str, Any]:
    """The parts of a filter that are set: what an export prints and a saved view keeps."""
    return {name: value for name, value in asked.__dict__.items() if value not in (None, "")}
