"""The gate before a file is closed: what is still missing, each with the place where it can be put right.

One function a question, found in CHECKS; another noun adds its own there. What `blocks` must be put right first; the rest is
said so that nobody overlooks it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Field, col, select

from models.access import Invalid, Permission
from models.database import Session
from models.draft import N_, Draft, check_version, hint, once, valid
from models.history import HistoryEntry, lock, write_down
from models.incident import PREVENTED, Incident, one
from models.verb import query, verb

DETAILS, STEPS, TASKS, LINKS, LATENT = "details", "steps", "tasks", "links", "latent"


@dataclass(frozen=True)
class Missing:
    """`code` says what; `where` is a field of the form (`"kind"`), or one of the places above; `facts` fill the sentence."""

    code: str
    where: str
    facts: dict[str, Any] = field(default_factory=dict)
    blocks: bool = True


Check = Callable[[Session, Incident], Iterator[Missing]]
CHECKS: list[Check] = []


def check(asked: Check) -> Check:
    """Let a question be asked at the gate."""
    CHECKS.append(asked)
    return asked


def _missing(session: Session, row: Incident) -> list[Missing]:
    """What is missing of an incident, what blocks first. Nothing is asked of one that was found not to have happened."""
    if row.not_confirmed_at:
        return []
    found = [missing for asked in CHECKS for missing in asked(session, row)]
    return sorted(found, key=lambda missing: not missing.blocks)


@query(Permission.RECORD_READ)
def missing(session: Session, incident_id: int) -> list[Missing]:
    """What is missing before the file of an incident can be closed."""
    return _missing(session, one(session, incident_id))


def passed(session: Session, row: Incident) -> None:
    """Refuse to close while something that blocks is missing."""
    if left := [missing for missing in _missing(session, row) if missing.blocks]:
        raise Invalid("not_ready_to_close", count=len(left))


# ---- the questions ------------------------------------------------------------------------------------------------------
@check
def _described(_session: Session, row: Incident) -> Iterator[Missing]:
    """What the figures and the reader need."""
    for name in ("kind", "severity", "unit_id"):
        if getattr(row, name) is None:
            yield Missing("field", name)
    if not row.place:
        yield Missing("field", "place", blocks=False)


@check
def _ended(_session: Session, row: Incident) -> Iterator[Missing]:
    if row.resolved_at is None:
        yield Missing("not_settled", STEPS)
    elif not row.conclusion:
        yield Missing("conclusion", STEPS)


@check
def _judged(_session: Session, row: Incident) -> Iterator[Missing]:
    """A latent case that is watched has no end yet."""
    if row.was_latent and row.latent_ended_at is None:
        yield Missing("still_watched", LATENT)


@check
def _explained(session: Session, row: Incident) -> Iterator[Missing]:
    """A due date that was moved by hand, without a basis: out of an old file, or by an older version of the app."""
    moved = (HistoryEntry.subject == "incident", HistoryEntry.subject_id == row.id)
    extended = select(HistoryEntry.id).where(*moved, HistoryEntry.action == "incident.extended")
    if not row.due_basis and row.due_on != row.first_due_on and session.exec(extended.limit(1)).first():
        yield Missing("due_basis", DETAILS)


@check
def _reported(_session: Session, row: Incident) -> Iterator[Missing]:
    if row.flash_due_at and not row.flash_reported_at:
        yield Missing("flash_report", DETAILS, blocks=False)


@check
def _done(session: Session, row: Incident) -> Iterator[Missing]:
    from models.task import unfinished

    if left := unfinished(session, "incident", row.id):  # type: ignore[arg-type]
        yield Missing("open_tasks", TASKS, {"count": len(left)})


@check
def _remedied(session: Session, row: Incident) -> Iterator[Missing]:
    """Findings of linked rounds have a life of their own, so they are said and do not block."""
    from models.finding import Finding
    from models.inspection import InspectionVisit
    from models.link import linked_with

    if rounds := linked_with(session, "incident", row.id, "inspection_round"):  # type: ignore[arg-type]
        found = select(Finding).join(InspectionVisit, col(InspectionVisit.id) == Finding.visit_id)
        open_ones = found.where(
            col(InspectionVisit.round_id).in_(rounds),
            col(Finding.remedied_at).is_(None),
            col(Finding.given_up_at).is_(None),
        )
        if left := len(list(session.exec(open_ones))):
            yield Missing("open_findings", LINKS, {"count": left}, blocks=False)


# ---- the end of a latent case after it was settled ----------------------------------------------------------------------
class PreventedDraft(Draft):
    note: str = Field(
        min_length=3,
        max_length=5000,
        title=N_("How it was prevented"),
        description=N_("If it became complex instead, change its complexity under Edit."),
        schema_extra=hint(widget="text_area", rows=2),
    )


@verb(Permission.INCIDENT_SETTLE)
def end_watch(
    session: Session, incident_id: int, draft: PreventedDraft, seen: int, nonce: str | None = None
) -> Incident:
    """A settled latent case that was still being watched came to nothing: prevented, now."""
    draft = valid(PreventedDraft, draft)
    lock(session)
    row = one(session, incident_id)
    if once(session, nonce, incident_id):
        return row
    check_version(row, seen, draft)
    if row.closed_at:
        raise Invalid("closed")
    if row.resolved_at is None or not row.was_latent or row.latent_ended_at is not None:
        raise Invalid("no_such_move", state=row.state)
    old, now = row.latent_outcome, session.current.now()
    row.latent_outcome, row.latent_ended_at, row.version = PREVENTED, now, row.version + 1
    changes = {"latent_outcome": [old, PREVENTED], "latent_ended_at": [None, now]}
    write_down(session, "incident.watch_ended", row, changes, note=draft.note)
    return row
