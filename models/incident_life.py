"""The life of an incident: which move may follow which state, who may make it, and what it leaves behind."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlmodel import Field

from models.access import Denied, Invalid, Permission
from models.catalogue import Entry, merged
from models.closing import passed
from models.database import Session
from models.draft import N_, Draft, check_version, hint, once, valid
from models.history import lock, write_down
from models.incident import BECAME_COMPLEX, LATENT, PREVENTED, WATCHING, Incident, one
from models.verb import query, verb

NEEDS = {"write": Permission.RECORD_WRITE, "settle": Permission.INCIDENT_SETTLE, "close": Permission.INCIDENT_CLOSE}


class MoveDraft(Draft):
    """A step that leaves only a note."""

    note: str = Field(default="", max_length=5000, title=N_("Note"), schema_extra=hint(widget="text_area", rows=2))


class ReopenDraft(Draft):
    note: str = Field(
        min_length=3, max_length=5000, title=N_("Why it is reopened"), schema_extra=hint(widget="text_area", rows=2)
    )


class VoidDraft(Draft):
    note: str = Field(
        min_length=3,
        max_length=5000,
        title=N_("How it was found not to have happened"),
        schema_extra=hint(widget="text_area"),
    )


class SettleDraft(Draft):
    conclusion: str = Field(
        min_length=3, max_length=5000, title=N_("How it was settled"), schema_extra=hint(widget="text_area", rows=3)
    )
    resolved_at: dt.datetime | None = Field(default=None, title=N_("Settled at"), description=N_("Empty means now."))


class SettleLatentDraft(SettleDraft):
    """Of a case that is still watched."""

    latent_outcome: str = Field(
        default=PREVENTED,
        max_length=20,
        title=N_("What became of the latent case"),
        schema_extra=hint(choices="latent_outcome"),
    )


class TransferDraft(Draft):
    transferred_to: str = Field(min_length=2, max_length=200, title=N_("Receiving body"))
    transfer_document: str = Field(min_length=1, max_length=100, title=N_("Document number"))
    transferred_on: dt.date = Field(title=N_("Document date"))
    note: str = Field(default="", max_length=5000, title=N_("Note"), schema_extra=hint(widget="text_area", rows=2))


class ExtendDraft(Draft):
    due_on: dt.date = Field(title=N_("New due date"))
    due_basis: str = Field(
        min_length=3, max_length=1000, title=N_("On what basis"), schema_extra=hint(widget="text_area", rows=2)
    )


DRAFTS: dict[str, type[Draft]] = {"settled": SettleDraft, "transferred": TransferDraft, "void": VoidDraft}


def draft_for(state: Entry, *, reopens: bool, within: Entry | None = None, row: Incident | None = None) -> type[Draft]:
    """Which form a move into this state asks for: by its phase, so that an office's own states work too. `within` is the
    state it comes from: what is settled already is not settled anew by a second state of that phase. `row` is the incident:
    what became of a latent case is asked only where there is one."""
    if reopens:
        return ReopenDraft
    if within and _stays(within, state):
        return MoveDraft
    asked = DRAFTS.get(state.attributes["phase"], MoveDraft)
    return SettleLatentDraft if asked is SettleDraft and row and _is_watched(row) else asked


def _is_watched(row: Incident) -> bool:
    return row.was_latent and row.latent_ended_at is None and row.complexity == LATENT


def asks_outcome(session: Session, row: Incident, state: str) -> bool:
    """Whether a move into this state asks what became of a latent case: a judgement of each case, never of many at once."""
    here, moves = _moves(session, row.state)
    there = next((one for one in moves if one.code == state), None)
    if there is None:
        return False
    return draft_for(there, reopens=_reopens(here, there), within=here, row=row) is SettleLatentDraft


def _stays(here: Entry, there: Entry) -> bool:
    """Within one phase nothing new has happened. A transfer is told anew: it goes on to another body."""
    return here.attributes["phase"] == there.attributes["phase"] != "transferred"


def _reopens(here: Entry, there: Entry) -> bool:
    return there.code in here.attributes.get("reopens", ())


def _may(session: Session, here: Entry, there: Entry) -> bool:
    return session.current.may(NEEDS["close" if _reopens(here, there) else there.attributes["needs"]])


def _moves(session: Session, state: str) -> tuple[Entry, list[Entry]]:
    """The entry of a state, and those that its table lets follow today."""
    states, today = merged(session, "incident_state"), session.current.today()
    here = states[state]
    there = (states[code] for code in here.attributes.get("moves", ()) if code in states)
    return here, [one for one in there if one.holds_on(today)]


@query(Permission.RECORD_READ)
def next_states(session: Session, incident_id: int) -> list[tuple[Entry, bool]]:
    """The moves this account may make now: (state, whether it is a reopening), in the table's order."""
    here, moves = _moves(session, one(session, incident_id).state)
    return [(there, _reopens(here, there)) for there in moves if _may(session, here, there)]


@verb(Permission.RECORD_WRITE)
def move(session: Session, incident_id: int, state: str, draft: Draft, seen: int, nonce: str | None = None) -> Incident:
    """Take an incident into another state. Refuses a move that the table of states does not allow from where it stands."""
    lock(session)
    row = one(session, incident_id)
    if once(session, nonce, incident_id):
        return row
    check_version(row, seen, draft)
    here, moves = _moves(session, row.state)
    there = next((one for one in moves if one.code == state), None)
    if there is None:
        raise Invalid("no_such_move", state=state)
    if not _may(session, here, there):
        raise Denied(there.attributes["needs"])
    reopens = _reopens(here, there)
    draft = valid(draft_for(there, reopens=reopens, within=here, row=row), draft)
    before = {name: getattr(row, name) for name in _MOVED}
    if not _stays(here, there):
        _EFFECTS[there.attributes["phase"]](session, row, draft)
    row.state, row.version = state, row.version + 1
    changes = {name: [old, getattr(row, name)] for name, old in before.items() if getattr(row, name) != old}
    action = "incident.reopened" if reopens else f"incident.{there.attributes['phase']}"
    write_down(session, action, row, changes, note=getattr(draft, "note", "") or getattr(draft, "conclusion", ""))
    return row


_MOVED = (
    "state",
    "resolved_at",
    "latent_outcome",
    "latent_ended_at",
    "transferred_at",
    "transferred_to",
    "transfer_document",
    "transferred_on",
    "not_confirmed_at",
    "closed_at",
    "conclusion",
)


def _nothing(session: Session, row: Incident, _draft: Any) -> None:
    """Into an open state: whatever had ended has not, and a transfer or a "not confirmed" is taken back."""
    row.resolved_at = row.closed_at = row.transferred_at = row.not_confirmed_at = None
    if row.was_latent and row.latent_outcome == PREVENTED:
        row.latent_outcome, row.latent_ended_at = WATCHING, None


def _settle(session: Session, row: Incident, draft: SettleDraft) -> None:
    now = session.current.now()
    missing = [name for name in ("unit_id", "kind", "severity") if getattr(row, name) is None]
    if missing:
        raise Invalid("not_complete", missing=missing)
    resolved = draft.resolved_at or now
    if resolved > now:
        raise Invalid(errors={"resolved_at": ("in_the_future", {})})
    if resolved < row.received_at:
        raise Invalid(errors={"resolved_at": ("out_of_order", {})})
    row.resolved_at, row.conclusion = resolved, draft.conclusion
    row.closed_at = row.not_confirmed_at = None
    if _is_watched(row):
        row.latent_outcome = draft.latent_outcome if isinstance(draft, SettleLatentDraft) else PREVENTED
        if row.latent_outcome == BECAME_COMPLEX:  # a judgement of its own, with its reason: by changing the incident
            raise Invalid(errors={"latent_outcome": ("judge_first", {})})
        row.latent_ended_at = None if row.latent_outcome == WATCHING else resolved


def settled(session: Session, row: Incident, draft: SettleDraft) -> None:
    """A new row that was over before it was entered: by the rules of settling."""
    _settle(session, row, draft)
    row.state = "settled"


def _transfer(session: Session, row: Incident, draft: TransferDraft) -> None:
    """Transferred is not settled. When the result arrives it is, but the case stays apart from one's own: the instant stays."""
    if draft.transferred_on > session.current.today():
        raise Invalid(errors={"transferred_on": ("in_the_future", {})})
    row.transferred_at, row.transferred_to = row.transferred_at or session.current.now(), draft.transferred_to
    row.transfer_document, row.transferred_on = draft.transfer_document, draft.transferred_on
    row.resolved_at = row.closed_at = row.not_confirmed_at = None


def _void(session: Session, row: Incident, _draft: Any) -> None:
    row.not_confirmed_at = session.current.now()


def _close(session: Session, row: Incident, _draft: Any) -> None:
    """Behind the gate of models/closing.py."""
    passed(session, row)
    row.closed_at = session.current.now()


_EFFECTS: dict[str, Callable[[Session, Incident, Any], None]] = {
    "open": _nothing,
    "settled": _settle,
    "transferred": _transfer,
    "void": _void,
    "closed": _close,
}


@verb(Permission.INCIDENT_SETTLE)
def extend(session: Session, incident_id: int, draft: ExtendDraft, seen: int, nonce: str | None = None) -> Incident:
    """Move the due date, with the basis. The first one stays and shows."""
    draft = valid(ExtendDraft, draft)
    lock(session)
    row = one(session, incident_id)
    if once(session, nonce, incident_id):
        return row
    check_version(row, seen, draft)
    if row.resolved_at or row.not_confirmed_at:
        raise Invalid("settled")
    if draft.due_on <= row.due_on:
        raise Invalid(errors={"due_on": ("out_of_order", {})})
    write_down(session, "incident.extended", row, {"due_on": [row.due_on, draft.due_on]}, note=draft.due_basis)
    row.due_on, row.due_basis, row.version = draft.due_on, draft.due_basis, row.version + 1
    return row
