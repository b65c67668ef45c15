"""The catalogues that an organisation's administrator may change: what the forms send, and what must stay true afterwards.

models/catalogue_edit.py saves them.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlmodel import Field

from models.access import Invalid
from models.catalogue import Entry, merged, put
from models.database import Session
from models.draft import N_, Draft, hint
from models.history import write_down
from models.organisation import unit_on
from models.text import fold

OPEN, TRANSFERRED, SETTLED, CLOSED, VOID = PHASES = ("open", "transferred", "settled", "closed", "void")
# The right that a move into a phase asks for, and the phases that may follow it: an office names its own states, but cannot
# let staff close a file, nor go round a reopening.
NEEDS = {OPEN: "write", TRANSFERRED: "settle", SETTLED: "settle", CLOSED: "close", VOID: "close"}
FOLLOWS = {
    OPEN: (OPEN, TRANSFERRED, SETTLED, VOID),
    TRANSFERRED: (SETTLED, OPEN),
    SETTLED: (CLOSED, OPEN),
    CLOSED: (OPEN,),
    VOID: (OPEN,),
}
ENDED = (SETTLED, CLOSED, VOID)


# ---- what is typed --------------------------------------------------------------------------------------------------
class EntryDraft(Draft):
    vi: str = Field(min_length=2, max_length=200, title=N_("Name in Vietnamese"))
    en: str = Field(default="", max_length=200, title=N_("Name in English"))
    valid_from: dt.date | None = Field(default=None, title=N_("In use from"))
    valid_to: dt.date | None = Field(
        default=None,
        title=N_("No longer used from"),
        description=N_("From this day on it can no longer be chosen. What was recorded under it stays as it is."),
    )


class DueRuleDraft(EntryDraft):
    working_days: int = Field(ge=1, le=365, title=N_("Working days"))
    severity_from: int | None = Field(
        default=None,
        ge=1,
        le=4,
        title=N_("From severity on"),
        description=N_("Empty means every one."),
        schema_extra=hint(choices="severity"),
    )
    complexity: str | None = Field(
        default=None,
        max_length=20,
        title=N_("Of this complexity only"),
        description=N_("Empty means every one."),
        schema_extra=hint(choices="complexity"),
    )
    rank: int = Field(
        ge=1, le=99, title=N_("Rank"), description=N_("The rules are tried in this order; the first that fits holds.")
    )


class HolidayDraft(EntryDraft):
    day: dt.date = Field(title=N_("Day"))
    off: bool = Field(default=True, title=N_("Day off"), description=N_("Untick it where the day is worked after all."))


class SeverityDraft(EntryDraft):
    urgent: bool = Field(default=False, title=N_("Asks for a flash report"))
    flash_report_leader_minutes: int | None = Field(default=None, ge=1, le=1440, title=N_("Minutes to tell the head"))
    flash_report_police_minutes: int | None = Field(default=None, ge=1, le=1440, title=N_("Minutes to tell the police"))
    written_report_hours: int | None = Field(default=None, ge=1, le=720, title=N_("Hours until the written report"))


class StateDraft(EntryDraft):
    phase: str = Field(
        max_length=20,
        title=N_("Phase"),
        description=N_("Figures know phases only. It cannot be changed later."),
        schema_extra=hint(choices="incident_phase"),
    )
    moves: list[str] = Field(
        default_factory=list, title=N_("May be followed by"), schema_extra=hint(choices="incident_state")
    )
    reached_from: list[str] = Field(
        default_factory=list, title=N_("May follow on"), schema_extra=hint(choices="incident_state")
    )


class KindDraft(EntryDraft):
    parent: str | None = Field(
        default=None,
        max_length=60,
        title=N_("Group"),
        description=N_("Empty makes a new group."),
        schema_extra=hint(choices="incident_group"),
    )
    aliases: str = Field(
        default="",
        max_length=1000,
        title=N_("Other wordings, one a line"),
        schema_extra=hint(widget="text_area", rows=2),
    )
    may_disqualify: bool = Field(default=False, title=N_("May cost the title"))


class TaskRuleDraft(EntryDraft):
    kinds: list[str] = Field(
        title=N_("For these kinds of incidents"),
        description=N_("A group stands for all of its kinds."),
        schema_extra=hint(choices="incident_kind"),
    )
    unit_id: int | None = Field(
        default=None,
        title=N_("Of this unit only"),
        description=N_("Empty means every one."),
        schema_extra=hint(choices="unit"),
    )
    steps: str = Field(
        min_length=3,
        max_length=4000,
        title=N_("Steps, one a line"),
        description=N_("What is to be done; the working days it may take. For example: Write the incident record; 1"),
        schema_extra=hint(widget="text_area", rows=5),
    )


# ---- between a draft and an entry -----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Editable:
    """How one catalogue is edited: its draft, what of it becomes attributes, what an entry says as a draft, the code of a
    new entry, and what must hold once the change is in."""

    draft: type[EntryDraft]
    attributes: Callable[[Any], dict[str, Any]]
    code: Callable[[Any], str] | None
    check: Callable[[Session, Any, Entry | None], None] = lambda _session, _draft, _old: None
    after: Callable[[Session, str, Any], None] = lambda _session, _code, _draft: None
    told: Callable[[Session, Entry], dict[str, Any]] = lambda _session, entry: dict(entry.attributes)
    parent: Callable[[Any], str | None] = lambda _draft: None


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", fold(text)).strip("_")[:40]


def _own_slug(draft: EntryDraft) -> str:
    return f"own_{_slug(draft.vi)}"


def _same(*names: str) -> Callable[[Any], dict[str, Any]]:
    return lambda draft: {name: getattr(draft, name) for name in names}


def _no_gap(session: Session, _code: str, _draft: Any) -> None:
    """Every incident must find its due date, or nobody could enter one any more."""
    from models.incident import due_rule

    rules, today = list(merged(session, "due_rule").values()), session.current.today()
    asked = ((severity, degree) for severity in (None, 1, 2, 3, 4) for degree in merged(session, "complexity"))
    if not all(due_rule(rules, today, severity, degree) for severity, degree in asked):
        raise Invalid("no_rule_left")


def _urgent(_session: Session, draft: SeverityDraft, _old: Entry | None) -> None:
    if draft.urgent and draft.flash_report_leader_minutes is None:
        raise Invalid(errors={"flash_report_leader_minutes": ("missing", {})})
    if draft.valid_to or draft.valid_from:
        raise Invalid(errors={"valid_to": ("fixed", {})})


def _same_day(_session: Session, draft: HolidayDraft, old: Entry | None) -> None:
    if old is not None and old.code != draft.day.isoformat():
        raise Invalid(errors={"day": ("fixed", {})})


# -- states --
def _state_attributes(draft: StateDraft) -> dict[str, Any]:
    return {"phase": draft.phase, "moves": list(dict.fromkeys(draft.moves)), "needs": NEEDS[draft.phase]}


def _state_told(session: Session, entry: Entry) -> dict[str, Any]:
    states = merged(session, "incident_state")
    before = [code for code, one in states.items() if entry.code in one.attributes["moves"]]
    return {"phase": entry.attributes["phase"], "moves": entry.attributes["moves"], "reached_from": before}


def _state_check(session: Session, draft: StateDraft, old: Entry | None) -> None:
    if draft.phase not in PHASES or (old and old.attributes["phase"] != draft.phase):
        raise Invalid(errors={"phase": ("unknown" if draft.phase not in PHASES else "fixed", {})})
    if old and old.attributes.get("first") and draft.valid_to:
        raise Invalid(errors={"valid_to": ("first_state", {})})
    if draft.phase == OPEN and not draft.moves:
        raise Invalid(errors={"moves": ("missing", {})})
    states = merged(session, "incident_state")
    for name, code in [
        *(("moves", one) for one in draft.moves),
        *(("reached_from", one) for one in draft.reached_from),
    ]:
        if code not in states or (old and code == old.code):
            raise Invalid(errors={name: ("unknown", {})})
        there = states[code].attributes["phase"]
        first, then = (draft.phase, there) if name == "moves" else (there, draft.phase)
        if then not in FOLLOWS[first]:
            raise Invalid(errors={name: ("phase_order", {"name": states[code].vi})})


def _state_after(session: Session, code: str, draft: StateDraft) -> None:
    """Let the states before lead here, and no others; say of each which moves are a reopening; keep a way to the end."""
    for other in merged(session, "incident_state").values():
        moves = [one for one in other.attributes["moves"] if one != code]
        moves += [code] if other.code in draft.reached_from else []
        if other.code != code and set(moves) != set(other.attributes["moves"]):
            row = put(session, "incident_state", other, attributes=other.attributes | {"moves": moves})
            write_down(session, "catalogue.amended", row, {"moves": [other.attributes["moves"], moves]})
    states, today = merged(session, "incident_state"), session.current.today()
    for other in states.values():
        reopens = _reopenings(states, other)
        if reopens != other.attributes.get("reopens", []):
            put(session, "incident_state", other, attributes=other.attributes | {"reopens": reopens})
    if not {SETTLED, CLOSED} <= _reachable(states, today):
        raise Invalid("last_of_phase")


def _reachable(states: dict[str, Entry], today: dt.date) -> set[str]:
    """The phases that an incident can come to from where every incident begins."""
    ahead = [one for one in states.values() if one.attributes.get("first")]
    found: dict[str, str] = {}
    while ahead:
        here = ahead.pop()
        found[here.code] = here.attributes["phase"]
        moves = (states[code] for code in here.attributes["moves"] if code in states and code not in found)
        ahead += [one for one in moves if one.holds_on(today)]
    return set(found.values())


def _reopenings(states: dict[str, Entry], entry: Entry) -> list[str]:
    """From an end back to the open is a reopening: its own right, with a reason."""
    if entry.attributes["phase"] not in ENDED:
        return []
    return [one for one in entry.attributes["moves"] if one in states and states[one].attributes["phase"] == OPEN]


# -- kinds --
def _kind_code(draft: KindDraft) -> str:
    return f"{draft.parent}.{_slug(draft.vi)}" if draft.parent else _own_slug(draft)


def _kind_attributes(draft: KindDraft) -> dict[str, Any]:
    return {"aliases": _lines(draft.aliases), "may_disqualify": draft.may_disqualify}


def _kind_check(session: Session, draft: KindDraft, old: Entry | None) -> None:
    if old and old.parent != draft.parent:
        raise Invalid(errors={"parent": ("fixed", {})})
    group = merged(session, "incident_kind").get(draft.parent or "")
    if draft.parent and (group is None or group.parent is not None):
        raise Invalid(errors={"parent": ("unknown", {})})


def _kind_told(_session: Session, entry: Entry) -> dict[str, Any]:
    aliases = "\n".join(entry.attributes.get("aliases", ()))
    return {"parent": entry.parent, "aliases": aliases, "may_disqualify": entry.attributes.get("may_disqualify", False)}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


# -- rules for tasks --
def _steps(text: str) -> list[dict[str, Any]]:
    """Each line: what is to be done; working days."""
    found = []
    for place, line in enumerate(_lines(text), start=1):
        said, _, days = line.rpartition(";")
        if not (
            3 <= len(said.strip()) <= 200 and days.strip().isascii() and days.strip().isdigit() and int(days) <= 365
        ):
            raise Invalid(errors={"steps": ("step_does_not_fit", {"line": place})})
        found.append({"vi": said.strip(), "en": said.strip(), "working_days": int(days)})
    return found


def _rule_attributes(draft: TaskRuleDraft) -> dict[str, Any]:
    return {"kinds": list(dict.fromkeys(draft.kinds)), "unit_id": draft.unit_id, "steps": _steps(draft.steps)}


def _rule_check(session: Session, draft: TaskRuleDraft, _old: Entry | None) -> None:
    kinds = merged(session, "incident_kind")
    if not draft.kinds or any(code not in kinds for code in draft.kinds):
        raise Invalid(errors={"kinds": ("unknown" if draft.kinds else "missing", {})})
    unit_on(session, draft.unit_id, session.current.today())


def _rule_told(_session: Session, entry: Entry) -> dict[str, Any]:
    steps = "\n".join(f"{step['vi']}; {step['working_days']}" for step in entry.attributes["steps"])
    return {"kinds": entry.attributes["kinds"], "unit_id": entry.attributes.get("unit_id"), "steps": steps}


EDITABLE: dict[str, Editable] = {
    "due_rule": Editable(
        DueRuleDraft, _same("working_days", "severity_from", "complexity", "rank"), _own_slug, after=_no_gap
    ),
    "holiday": Editable(
        HolidayDraft,
        _same("off"),
        lambda draft: draft.day.isoformat(),
        _same_day,
        told=lambda _session, entry: {
            "day": dt.date.fromisoformat(entry.code),
            "off": entry.attributes.get("off", True),
        },
    ),
    "incident_state": Editable(StateDraft, _state_attributes, _own_slug, _state_check, _state_after, told=_state_told),
    "incident_kind": Editable(
        KindDraft, _kind_attributes, _kind_code, _kind_check, told=_kind_told, parent=lambda draft: draft.parent
    ),
    "severity": Editable(
        SeverityDraft,
        _same("urgent", "flash_report_leader_minutes", "flash_report_police_minutes", "written_report_hours"),
        None,
        _urgent,
    ),
    "task_rule": Editable(TaskRuleDraft, _rule_attributes, _own_slug, _rule_check, told=_rule_told),
}
