"""The remedy (khắc phục) of a finding: reported, re-checked, accepted, or given up; each with its instant."""

import datetime as dt
from typing import Any

from sqlmodel import Field

from models.access import Invalid, Permission
from models.catalogue import chosen, merged
from models.database import Session
from models.draft import N_, Draft, ReasonDraft, check_version, hint, in_order, once, submitted, valid
from models.entry import not_in_future
from models.finding import CANNOT, OPEN, REMEDIED, REMEDYING, Finding, Recheck, RecheckDraft, one
from models.history import lock, record, write_down
from models.verb import verb
from models.visit import one_visit


class RemedyDraft(Draft):
    """The establishment says that it is put right."""

    remedied_on: dt.date = Field(title=N_("Put right on"))
    evidence: str = Field(
        default="",
        max_length=2000,
        title=N_("Evidence"),
        description=N_("What shows it: report number, photographs, documents seen."),
        schema_extra=hint(widget="text_area", rows=2),
    )
    verify: bool = Field(
        default=False,
        title=N_("Wait for a re-check"),
        description=N_("The finding counts as remedied only once the re-check has passed."),
    )


_MOVED = (
    "state",
    "evidence",
    "reported_on",
    "remedied_on",
    "given_up_reason",
)


def _may_become(session: Session, row: Finding, state: str) -> None:
    if state not in merged(session, "finding_state")[row.state].attributes["moves"]:
        raise Invalid("no_such_move", state=state)


def _before(row: Finding) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _MOVED}


def _tell(session: Session, action: str, row: Finding, before: dict[str, Any], note: str = "", **more: Any) -> None:
    """Write down what a step changed, under the finding's own words."""
    row.version += 1
    changes = {name: [old, getattr(row, name)] for name, old in before.items() if getattr(row, name) != old}
    changes |= {name: [None, value] for name, value in more.items() if value}
    write_down(session, action, row, changes, note=f"{row.item}: {note}" if note else row.item)


def _undo_remedy(session: Session, row: Finding) -> None:
    """Back to work on it: what was reported or accepted does not hold any more."""
    row.reported_on = row.reported_at = row.remedied_on = row.remedied_at = row.given_up_at = None
    row.given_up_reason, row.evidence, row.remedying_at = "", "", session.current.now()


@verb(Permission.RECORD_WRITE)
def start_remedy(session: Session, finding_id: int) -> Finding:
    """The establishment is at work on it. Nothing changes where it already is."""
    lock(session)
    row = one(session, finding_id)
    if row.state == REMEDYING:
        return row
    if row.state != OPEN:
        raise Invalid("no_such_move", state=REMEDYING)
    before = _before(row)
    row.remedying_at = session.current.now()
    _tell(session, "finding.remedy_started", row, before)
    return row


@verb(Permission.RECORD_WRITE)
def report_remedied(
    session: Session, finding_id: int, draft: RemedyDraft, seen: int | None = None, nonce: str | None = None
) -> Finding:
    """The remedy is done: accepted at once, or only once a re-check has passed."""
    draft = valid(RemedyDraft, draft)
    lock(session)
    row = one(session, finding_id)
    if once(session, nonce, finding_id):
        return row
    check_version(row, seen, draft)
    if row.state not in (OPEN, REMEDYING):
        raise Invalid("no_such_move", state=REMEDIED)
    _not_before_visit(session, row, draft.remedied_on, "remedied_on")
    before, now = _before(row), session.current.now()
    row.evidence, row.reported_on, row.reported_at = draft.evidence, draft.remedied_on, now
    if not draft.verify:
        row.remedied_on, row.remedied_at = draft.remedied_on, now
    _tell(session, "finding.reported" if draft.verify else "finding.remedied", row, before)
    return row


def _not_before_visit(session: Session, row: Finding, day: dt.date, field: str) -> None:
    not_in_future(session, day, field)
    in_order(one_visit(session, row.visit_id).visited_on, day, field)


@verb(Permission.RECORD_WRITE)
def recheck(session: Session, finding_id: int, draft: RecheckDraft, nonce: str | None = None) -> Recheck:
    """Somebody went and looked. Passed: remedied, on the day that was reported. Failed: back to work on it, whatever
    had been accepted before."""
    draft = valid(RecheckDraft, draft)
    if done := submitted(session, nonce):
        return record(session, "recheck", done.subject_id)  # type: ignore[arg-type]
    row = one(session, finding_id)
    if row.state == CANNOT:
        raise Invalid("no_such_move", state=REMEDIED)
    result = chosen(session, "recheck_result", draft.result, "result")
    _not_before_visit(session, row, draft.checked_on, "checked_on")
    in_order(row.reported_on, draft.checked_on, "checked_on")
    check = Recheck(**draft.model_dump(), finding_id=finding_id, recorded_at=session.current.now())
    session.add(check)
    session.flush()
    once(session, nonce, check.id)
    before, passed = _before(row), bool(result and result.attributes.get("passed"))
    if not passed:
        _undo_remedy(session, row)
    elif row.remedied_at is None:
        row.remedied_on, row.remedied_at = row.reported_on or draft.checked_on, session.current.now()
    action = "finding.recheck_passed" if passed else "finding.recheck_failed"
    _tell(session, action, row, before, draft.note, checked_on=draft.checked_on, checked_by=draft.checked_by)
    return check


@verb(Permission.RECORD_WRITE)
def cannot_be_remedied(session: Session, finding_id: int, reason: str) -> Finding:
    """Say honestly that it will not be put right. It stays in every count of what was due."""
    reason = valid(ReasonDraft, {"reason": reason}).reason
    lock(session)
    row = one(session, finding_id)
    if row.state == CANNOT:
        return row
    _may_become(session, row, CANNOT)
    before = _before(row)
    row.given_up_at, row.given_up_reason = session.current.now(), reason
    _tell(session, "finding.given_up", row, before, reason)
    return row


@verb(Permission.RECORD_WRITE)
def reopen_finding(session: Session, finding_id: int, reason: str) -> Finding:
    """It was not put right after all, or it can be: back to work on it."""
    reason = valid(ReasonDraft, {"reason": reason}).reason
    lock(session)
    row = one(session, finding_id)
    if row.state not in (REMEDIED, CANNOT):
        raise Invalid("no_such_move", state=REMEDYING)
    before = _before(row)
    _undo_remedy(session, row)
    _tell(session, "finding.reopened", row, before, reason)
    return row
