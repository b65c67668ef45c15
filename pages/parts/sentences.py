"""What the history did, as words: one sentence part an action, and the names of the fields that changed."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from models import event, incident, link
from models.access import Current, NotFound
from models.account_admin import colleagues
from models.catalogue import Entry, entries
from models.draft import N_
from models.history import SUBJECTS, HistoryEntry
from models.organisation import units
from pages.parts import partner_words
from pages.parts.words import date, label, moment, number, plain, t

ACTIONS = {
    "incident.reported": N_("entered the incident"),
    "incident.imported": N_("brought the incident in from a file"),
    "incident.amended": N_("changed the incident"),
    "incident.open": N_("took the next step"),
    "incident.settled": N_("settled the incident"),
    "incident.transferred": N_("transferred the incident"),
    "incident.void": N_("found it not confirmed"),
    "incident.closed": N_("closed the file"),
    "incident.reopened": N_("reopened the incident"),
    "incident.extended": N_("extended the due date"),
    "incident.flash_reported": N_("made the flash report"),
    "task.added": N_("added a task"),
    "incident.tasks_born": N_("got tasks by a rule"),
    "task.amended": N_("changed a task"),
    "task.started": N_("started a task"),
    "task.reported": N_("reported a task done"),
    "task.verified": N_("verified a task"),
    "task.returned": N_("sent a task back"),
    "task.given_up": N_("noted that a task cannot be done"),
    "task.reopened": N_("took a task up again"),
    "task.extended": N_("extended a task"),
    "catalogue.added": N_("added to the catalogue"),
    "catalogue.amended": N_("changed the catalogue"),
    "incident.assigned": N_("gave the incident to somebody"),
    "incident.helper_added": N_("added a helper"),
    "incident.helper_removed": N_("removed a helper"),
    "account.opened": N_("opened the account"),
    "account.amended": N_("changed the account"),
    "account.activated": N_("let the account in again"),
    "account.deactivated": N_("deactivated the account"),
    "account.password_reset": N_("gave a new one-time password"),
    "account.password_changed": N_("changed the password"),
    "account.language_chosen": N_("chose the language"),
    "account.mail_chosen": N_("chose whether changes come by mail"),
    "account.lock_lifted": N_("lifted the lock"),
    "organisation.founded": N_("added the organisation"),
    "organisation.amended": N_("changed the organisation"),
    "organisation.merged": N_("merged the organisation into another"),
    "unit.added": N_("added the unit"),
    "unit.amended": N_("changed the unit"),
    "event.added": N_("entered the event"),
    "event.amended": N_("changed the event"),
    "event.cancelled": N_("cancelled the event"),
    "event.reported": N_("reported the result"),
    "event.report_corrected": N_("corrected the result report"),
    "plan.drafted": N_("drafted the security plan"),
    "plan.amended": N_("changed the security plan"),
    "plan.submitted": N_("submitted the security plan"),
    "plan.approved": N_("approved the security plan"),
    "plan.returned": N_("returned the security plan"),
    "plan.redrafted": N_("took the security plan back to the desk"),
    "plan.edition_begun": N_("began a new edition of the security plan"),
    "plan.superseded": N_("superseded the security plan"),
    "plan.opinion_asked": N_("asked for an opinion on the security plan"),
    "plan.opinion_withdrawn": N_("took the request for an opinion back"),
    "plan_opinion.given": N_("gave an opinion on the security plan"),
    "plan_opinion.amended": N_("changed the opinion on the security plan"),
    "round.planned": N_("planned the round"),
    "round.amended": N_("changed the round"),
    "round.started": N_("started the round"),
    "round.concluded": N_("concluded the round"),
    "round.conclusion_amended": N_("changed the conclusion"),
    "round.cancelled": N_("cancelled the round"),
    "visit.added": N_("added a visit"),
    "visit.amended": N_("changed a visit"),
    "finding.added": N_("wrote down a finding"),
    "finding.amended": N_("changed a finding"),
    "finding.remedy_started": N_("noted that the remedy started"),
    "finding.reported": N_("noted the report that it was put right"),
    "finding.remedied": N_("accepted the remedy"),
    "finding.recheck_passed": N_("re-checked: passed"),
    "finding.recheck_failed": N_("re-checked: not passed"),
    "finding.given_up": N_("noted that it cannot be remedied"),
    "finding.reopened": N_("took the finding up again"),
    "joint_activity.proposed": N_("proposed it to partners"),
    "joint_activity.amended": N_("changed it before its release"),
    "joint_activity.party_described": N_("described a partner's part"),
    "joint_activity.released": N_("released it to partners"),
    "joint_activity.rereleased": N_("released a new text"),
    "joint_activity.withdrawn": N_("withdrew it"),
    "joint_activity.confirmed": N_("confirmed it"),
    "joint_activity.declined": N_("declined it"),
    "attachment.added": N_("attached a file"),
    "attachment.struck": N_("struck out a file"),
    "organisation.demo_built": N_("finished the demonstration world"),
    "noted": N_("noted"),
    "note_struck": N_("struck out a note"),
    "incident.watch_ended": N_("noted that the latent case came to nothing"),
    "incident.statement_attached": N_("hung a statement on it"),
    "incident.statement_detached": N_("took a statement off it"),
    "statement.signed": N_("signed the statement"),
    "statement.attached": N_("hung the statement on an incident"),
    "statement.detached": N_("took the statement off its incident"),
    "link.added": N_("linked it with another record"),
    "link.removed": N_("took a link away"),
    "link.duplicate": N_("marked it as a duplicate of another incident"),
    "link.duplicate_by": N_("marked another incident as its duplicate"),
    "link.distinct": N_("noted that it is not the same as another incident"),
    "place.added": N_("listed the place"),
    "place.amended": N_("changed the place"),
    "place.retired": N_("retired the place"),
    "place.restored": N_("offered the place again"),
    "display.issued": N_("issued a wall screen"),
    "display.ended": N_("ended a wall screen"),
    "guard.overridden": N_("said why a text stays that the guard had stopped"),
    "movement.added": N_("entered a session"),
    "movement.amended": N_("changed a session"),
    "movement.struck": N_("struck out a session"),
    "guard_force.counted": N_("noted the number of guards"),
    "guard_force.corrected": N_("corrected the number of guards"),
    "self_score.added": N_("entered the self-score"),
    "self_score.amended": N_("changed the self-score"),
    "self_score.signed": N_("signed the self-score"),
    "self_score.graded": N_("noted the official grade"),
    "self_score.struck": N_("struck out the self-score"),
    "disqualifying.added": N_("found an event against the title"),
    "disqualifying.amended": N_("changed an event against the title"),
    "disqualifying.struck": N_("struck out an event against the title"),
    "target.set": N_("set a target"),
    "target.amended": N_("changed a target"),
    "target.struck": N_("took a target back"),
    "period_rule.added": N_("set how periods are reckoned"),
    "period_rule.amended": N_("changed how periods are reckoned"),
    "period_rule.struck": N_("took a rule of the periods back"),
}

# Fields that a verb sets and no draft has.
FIELDS = {
    "tasks": N_("Tasks"),
    "flash_due_at": N_("Flash report due at"),
    "flash_reported_at": N_("Flash report made at"),
    "state": N_("State"),
    "due_on": N_("Due date"),
    "received_at": N_("Received at"),
    "resolved_at": N_("Settled at"),
    "conclusion": N_("How it was settled"),
    "latent_outcome": N_("What became of the latent case"),
    "latent_ended_at": N_("Latent case ended at"),
    "transferred_at": N_("Transferred at"),
    "transferred_to": N_("Receiving body"),
    "transfer_document": N_("Document number"),
    "transferred_on": N_("Document date"),
    "not_confirmed_at": N_("Found not confirmed at"),
    "closed_at": N_("Closed at"),
    "active": N_("Active"),
    "owner": N_("Owner"),
    "helper": N_("Helper"),
    "language": N_("Language"),
    "checked_on": N_("Re-checked on"),
    "checked_by": N_("Re-checked by"),
    "title": N_("Title for partners"),
    "summary": N_("Shared summary"),
    "partners": N_("Partners"),
    "partner": N_("Partner"),
    "role": N_("Task of the partner"),
    "people": N_("People of the partner"),
    "severity": N_("Severity"),
    "file": N_("File"),
    "file_row": N_("Row in the file"),
    "people_involved": N_("People involved"),
    "visits": N_("Places visited"),
    "findings": N_("Violations found"),
    "expected_people": N_("Expected people"),
    "attendance": N_("People who came"),
    "attachment": N_("File"),
    "link": N_("Linked record"),
    "statement": N_("Statement"),
    "incident": N_("Incident"),
    "caption": N_("What they show"),
    "verdict": N_("Opinion"),
    "opinions": N_("Opinion of the police"),
    "opinions_missing": N_("Decided without the opinion of"),
}
_STATES = {
    "incident": "incident_state",
    "inspection_round": "round_state",
    "finding": "finding_state",
    "event_plan": "plan_state",
}


# Fields that say what an entry is about: told even where the changes are folded or the record is new.
TOLD = {
    *("state", "owner", "helper", "attachment", "link", "statement"),
    *("partner", "verdict", "opinions", "opinions_missing"),
}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _hints(subject: str, name: str) -> dict[str, Any]:
    info = SUBJECTS[subject].cls.model_fields.get(name)
    extra = info.json_schema_extra if info else None
    return dict(extra) if isinstance(extra, dict) else {}


def field_label(subject: str, name: str) -> str:
    info = SUBJECTS[subject].cls.model_fields.get(name)
    return t((info.title if info else None) or FIELDS.get(name, name))


def shown_value(current: Current, subject: str, name: str, value: Any, words: Callable[[str], dict[str, Entry]]) -> str:
    """A value of the history as a reader's word: catalogue labels, units' names, dates, yes and no."""
    if value is None or value == "" or value == []:
        return t("nothing")
    if isinstance(value, bool):
        return t("yes") if value else t("no")
    asked = (
        _STATES.get(subject)
        if name == "state"
        else "latent_outcome"
        if name == "latent_outcome"
        else _hints(subject, name).get("choices")
    )
    if named := _NAMED.get(name) or _NAMED.get(str(asked)):
        return named(current, value)
    if asked and asked not in ("role", "organisation"):
        return label(words(asked), value)
    if isinstance(value, list):
        return ", ".join(_row(one, words) for one in value)
    if isinstance(value, int | float):
        return number(value)
    return _instant(current, name, str(value))


def _unit(current: Current, value: Any) -> str:
    return next((unit.name for unit in units(current) if unit.id == value), str(value))


def _incident(current: Current, value: Any) -> str:
    try:
        return incident.incident(current, value).number
    except NotFound:
        return t("a record that you may not see")


def _event(current: Current, value: Any) -> str:
    try:
        found = event.event(current, value)
    except NotFound:
        return t("a record that you may not see")
    return f"{found.number} {found.name}"


def _partners(current: Current, value: Any) -> str:
    return ", ".join(partner_words.names(current, value if isinstance(value, list) else [str(value)]))


def _colleague(current: Current, value: Any) -> str:
    return dict(colleagues(current)).get(value, t("a former colleague"))


def _reference(current: Current, value: Any) -> str:
    """The number of the record at the other end of a link, to those who may see it."""
    return link.quoted(current, str(value)) or t("a record that you may not see")


def _verdict(current: Current, value: Any) -> str:
    return label(entries(current, "plan_verdict"), value)


# By the field's choices, or by the name of a field that only the history has.
_NAMED: dict[str, Callable[[Current, Any], str]] = {
    "unit": _unit,
    "event": _event,
    "candidate": _incident,
    "partner": _partners,
    "partners": _partners,
    "colleague": _colleague,
    "link": _reference,
    "incident": _reference,
    "statement": _reference,
    "verdict": _verdict,
}


def _row(one: Any, words: Callable[[str], dict[str, Entry]]) -> str:
    """A row of a plan's list by its name, a risk by its hazard."""
    if not isinstance(one, dict):
        return str(one)
    return str(one.get("name") or label(words("risk_hazard"), one.get("hazard")))


def _instant(current: Current, name: str, value: str) -> str:
    if name.endswith("_at"):
        return moment(dt.datetime.fromisoformat(value), current)
    return date(dt.date.fromisoformat(value)) if _DAY.fullmatch(value) else value


class Teller:
    """Says what entries changed, one line a field. Whatever the words are looked up in is asked once for all of them."""

    def __init__(self, current: Current, longest: int | None = None) -> None:
        self._current, self._longest = current, longest
        self._catalogues: dict[str, dict[str, Entry]] = {}
        self._said: dict[tuple[str, str, str], str] = {}

    def changes(self, entry: HistoryEntry, asked: Callable[[str], bool] = lambda _: True) -> list[str]:
        """`State: being verified → settled`, of the fields that are asked for."""
        pairs = {name: pair for name, pair in entry.changes.items() if isinstance(pair, list) and len(pair) == 2}
        return [self._change(entry.subject, name, pair) for name, pair in pairs.items() if asked(name)]

    def _change(self, subject: str, name: str, pair: list[Any]) -> str:
        old, new = (plain(self._value(subject, name, value)) for value in pair)
        label = field_label(subject, name)
        return (
            t("{field}: {new}", field=label, new=new)
            if pair[0] is None
            else t("{field}: {old} → {new}", field=label, old=old, new=new)
        )

    def _value(self, subject: str, name: str, value: Any) -> str:
        key = (subject, name, repr(value))
        if key not in self._said:
            self._said[key] = self.cut(shown_value(self._current, subject, name, value, self._words))
        return self._said[key]

    def _words(self, name: str) -> dict[str, Entry]:
        if name not in self._catalogues:
            self._catalogues[name] = entries(self._current, name)
        return self._catalogues[name]

    def cut(self, text: str) -> str:
        """A text as long as there is room for."""
        return text if self._longest is None or len(text) <= self._longest else f"{text[: self._longest].rstrip()}…"
