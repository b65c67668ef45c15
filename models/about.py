"""What the records of an organisation are about. An answer that rests on some of them is good until one of those changed,
whatever else was entered meanwhile; the history knows what each entry was about."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import col, select

from models.access import Denied, Permission
from models.database import Session
from models.history import FOLLOWERS, HistoryEntry, Told
from models.revision import written
from models.verb import query

About = frozenset[str]
INCIDENTS, EVENTS, INSPECTIONS, LEDGER, REGISTER = "incidents", "events", "inspections", "ledger", "register"
KNOWN_INCIDENTS = (
    "known incidents"  # those that had been entered before: a new one changes nothing that hangs on another
)
EVERYTHING: About = frozenset({INCIDENTS, KNOWN_INCIDENTS, EVENTS, INSPECTIONS, LEDGER, REGISTER})
# What is shared hangs on the record that it was shared from.
SHARED: About = frozenset({KNOWN_INCIDENTS, EVENTS, INSPECTIONS, LEDGER})
MOST = 200  # entries that are looked at: a file that was brought in wrote thousands
# A subject of the history (the name of its table) → what it is about. What is not here (units, catalogues, rules, people)
# may change any answer.
FAMILIES: dict[str, str] = {
    "incident": INCIDENTS,
    **dict.fromkeys(("event", "event_plan"), EVENTS),
    **dict.fromkeys(("inspection_round", "inspection_visit", "finding", "recheck"), INSPECTIONS),
    **dict.fromkeys(("joint_activity", "joint_party", "joint_answer", "joint_summary"), LEDGER),
    **dict.fromkeys(("self_score", "movement_activity", "disqualifying_event", "guard_force"), REGISTER),
}


# What answers rest on beside those: who changes it says so in an entry about it or about something else that is not above.
BESIDE = frozenset({"organisation", "unit", "catalogue_entry", "period_rule", "kpi_target", "statement"})
ENTERED = ("incident", "incident.reported")  # the first entry about an incident


@dataclass(frozen=True, slots=True)
class Mark:
    """How far an organisation's own chain had come, and how often partners had moved the ledger for it."""

    sequence: int
    moves: int


def mark(session: Session) -> Mark:
    """Where it stands. To be asked before what is kept."""
    return Mark(*written(session))


def families(said: Collection[tuple[str, str]]) -> About:
    """What entries may have changed: (subject, action) of each."""
    if any(subject not in FAMILIES for subject, _ in said):
        return EVERYTHING
    known = {KNOWN_INCIDENTS for one in said if one[0] == ENTERED[0] and one != ENTERED}
    return frozenset(FAMILIES[subject] for subject, _ in said) | known


@query(Permission.OWN_ACCOUNT)
def changed(session: Session, since: Mark, now: Mark | None = None) -> About:
    """What may have changed since a mark of this organisation, until `now` if that was asked already."""
    return session.once(("changed", since), lambda: _changed(session, since, now or mark(session)))


def _changed(session: Session, since: Mark, now: Mark) -> About:
    if now.sequence < since.sequence:  # a backup was restored
        return EVERYTHING
    moved = frozenset({LEDGER}) if now.moves != since.moves else frozenset()
    if now.sequence == since.sequence:
        return moved
    own = HistoryEntry.organisation_id == session.current.organisation_id
    asked = select(HistoryEntry.subject, HistoryEntry.action).where(own, col(HistoryEntry.sequence) > since.sequence)
    said = session.exec(asked.limit(MOST)).all()
    return moved | families({(subject, action) for subject, action in said}) if len(said) < MOST else EVERYTHING


@query(Permission.OWN_ACCOUNT)
def earliest_new(session: Session, since: Mark) -> dt.datetime | None:
    """When the earliest of the incidents occurred that were entered since a mark; None where that is not known."""
    return session.once(("earliest new", since), lambda: _earliest_new(session, since))


def _earliest_new(session: Session, since: Mark) -> dt.datetime | None:
    own = (HistoryEntry.organisation_id == session.current.organisation_id, HistoryEntry.sequence > since.sequence)
    first = (HistoryEntry.subject == ENTERED[0], HistoryEntry.action == ENTERED[1])
    said = session.exec(select(HistoryEntry.changes).where(*own, *first).limit(MOST)).all()
    instants = [changes.get("occurred_at", (None, None))[1] for changes in said]
    known = 0 < len(instants) < MOST and all(instants)
    return min(map(dt.datetime.fromisoformat, instants)) if known else None


def _nothing_unspoken(session: Session, told: Told) -> None:
    """Whoever changes a row says so in an entry about what the row is about."""
    spoken = families({(entry.subject, entry.action) for entry, _ in told})
    changed = session.info.get("changed", set()) & (FAMILIES.keys() | BESIDE)
    if silent := sorted(one for one in changed if not families({(one, ENTERED[1])}) <= spoken):
        raise Denied(f"a change of {', '.join(silent)} that no entry is about")


FOLLOWERS.append(_nothing_unspoken)
