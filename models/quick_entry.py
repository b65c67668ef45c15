"""Entering an incident from one line, or from a message that somebody pasted: a numbered record now, the rest later."""

import datetime as dt
import hashlib

from sqlmodel import Field

from models import reading
from models.access import Permission
from models.catalogue import merged
from models.database import Session
from models.draft import N_, Draft, hint, submitted, took_effect, valid
from models.guard import initials, masked
from models.history import NOTED, write_down
from models.incident import Incident, IncidentDraft, amend, one, report
from models.organisation import units
from models.reading import Reading
from models.verb import query, verb

LINE, MESSAGE = "line", "message"
SAME_LINE = dt.timedelta(seconds=30)


class LineDraft(Draft):
    """One line: it becomes the summary, so it is as long as one."""

    line: str = Field(min_length=3, max_length=300, title=N_("Quick entry"))


class MessageDraft(IncidentDraft):
    """An incident with the message that told of it."""

    message: str = Field(
        min_length=3,
        max_length=10_000,
        title=N_("Original message"),
        description=N_("Kept as it is, as the first entry of the timeline."),
        schema_extra=hint(widget="text_area", rows=4),
    )


@verb(Permission.RECORD_WRITE)
def jot(session: Session, line: str) -> Incident:
    """Enter an incident from one line: the time is read from it, the line is the summary and the first note. The same line
    from the same person within 30 seconds is the same incident."""
    line = valid(LineDraft, {"line": line}).line
    mark = f"line:{hashlib.sha256(f'{session.current.account_id} {line}'.encode()).hexdigest()[:48]}"
    done = submitted(session, mark)
    if done and (row := one(session, done.subject_id)) and session.current.now() - row.entered_at < SAME_LINE:  # type: ignore[arg-type]
        return row
    row = report(session, IncidentDraft(occurred_at=read(session, line).occurred_at, summary=line), origin=LINE)
    write_down(session, NOTED, row, note=line)
    if done:
        done.subject_id = row.id
    else:
        took_effect(session, mark, row.id)
    return row


@verb(Permission.RECORD_WRITE)
def enter_message(session: Session, draft: MessageDraft, nonce: str | None = None) -> Incident:
    """Enter an incident from a pasted message, which stays as the first note."""
    draft = valid(MessageDraft, draft)
    if done := submitted(session, nonce):
        return one(session, done.subject_id)  # type: ignore[arg-type]
    row = report(session, IncidentDraft(**draft.model_dump(exclude={"message"})), nonce=nonce, origin=MESSAGE)
    write_down(session, NOTED, row, note=draft.message)
    return row


# ---- what was read --------------------------------------------------------------------------------------------------
@query(Permission.RECORD_READ)
def read(session: Session, text: str) -> Reading:
    """What the rules read out of a text, with the organisation's kinds and units, now."""
    now = session.current.now().astimezone(session.current.zone).replace(second=0, microsecond=0)
    kinds = {code: one for code, one in merged(session, "incident_kind").items() if one.holds_on(now.date())}
    return reading.read(text, now, kinds, {row.id: row.name for row in units(session) if row.exists_on(now.date())})  # type: ignore[misc]


@query(Permission.RECORD_READ)
def offered(session: Session, message: str) -> dict[str, object]:
    """First values of the form for a pasted message. Its names and numbers stay in the message alone."""
    found = read(session, message)
    values: dict[str, object] = {"message": message, "summary": initials(masked(reading.headline(message)))}
    said = {
        "occurred_at": found.occurred_at,
        "place": masked(found.place),
        "kind": found.kind,
        "unit_id": found.unit_id,
    }
    return values | {name: value for name, value in said.items() if value} | {"people_count": found.people}


@query(Permission.RECORD_READ)
def proposals(session: Session, incident_id: int) -> dict[str, object]:
    """What the line of an incident says for fields that are still empty; nothing once its kind is known."""
    row = one(session, incident_id)
    if row.origin != LINE or row.kind or row.closed_at:
        return {}
    found = read(session, row.summary)
    said = {"kind": found.kind, "people_count": found.people, "place": found.place, "unit_id": found.unit_id}
    return {name: value for name, value in said.items() if value and not getattr(row, name)}


@verb(Permission.RECORD_WRITE)
def accept(session: Session, incident_id: int, seen: int) -> Incident:
    """Take what its line proposes into the incident."""
    row = one(session, incident_id)
    if not (values := proposals(session, incident_id)):
        return row
    kept = {name: getattr(row, name) for name in IncidentDraft.model_fields}
    return amend(session, incident_id, IncidentDraft(**(kept | values)), seen)
