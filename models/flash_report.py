"""The flash report (báo cáo nhanh) as plain text: when, where, what happened, what was done, what is asked for.

It leaves the organisation by whatever is at hand, so names are initials, numbers are hidden, and passages under a mark of
secrecy are left out. Its wording is data/papers/flash_report.vi.txt; that it was sent is noted by models/deadline.py.
"""

import datetime as dt
import string

from sqlmodel import select

from models.access import Permission
from models.catalogue import merged
from models.database import Session
from models.guard import initials, masked
from models.history import NOTED, timeline
from models.incident import NONE, Incident, one
from models.joint import partners
from models.organisation import Unit, own_organisation
from models.quick_entry import LINE, MESSAGE
from models.settings import ROOT
from models.verb import query

_PAPER = ROOT / "data" / "papers" / "flash_report.vi.txt"
_MOST_NOTES = 10


class _Value(str):
    """A value in the paper: `{place:chưa rõ}` says what stands there while it is not known."""

    __slots__ = ()

    def __format__(self, instead: str) -> str:
        return str(self) or instead


@query(Permission.RECORD_READ)
def text(session: Session, incident_id: int, proposal: str = "") -> str:
    """The flash report of an incident as it is known now, in Vietnamese."""
    row = one(session, incident_id)
    values = _facts(session, row) | {name: _outgoing(said) for name, said in _told(session, row).items()}
    values["proposal"] = _outgoing(proposal)
    paper = _PAPER.read_text(encoding="utf-8").splitlines()
    return "\n".join(
        line.format(**{name: _Value(said) for name, said in values.items()}) for line in _kept(paper, values)
    )


def _kept(paper: list[str], values: dict[str, str]) -> list[str]:
    """The lines of the paper that have something to say: without a blank, with a filled one, or with a word instead."""
    found = []
    for line in paper:
        blanks = [(name, instead) for _, name, instead, _ in string.Formatter().parse(line) if name]
        if not blanks or any(values[name] or instead for name, instead in blanks):
            found.append(line)
    return found


def _outgoing(said: str) -> str:
    return initials(masked(said)).strip()


def _told(session: Session, row: Incident) -> dict[str, str]:
    """What people wrote."""
    return {
        "where": ", ".join(dict.fromkeys(part for part in (row.place, _unit(session, row)) if part)),
        "summary": row.summary,
        "description": row.description,
        "notes": "\n".join(_notes(session, row)),
        "people": " – ".join(
            part for part in (str(row.people_count) if row.people_count is not None else "", row.people_roles) if part
        ),
        "measures": row.measures,
        "conclusion": row.conclusion,
    }


def _facts(session: Session, row: Incident) -> dict[str, str]:
    """What the record knows by codes and instants, in the words of the catalogues."""

    def label(catalogue: str, code: object) -> str:
        entry = merged(session, catalogue).get(str(code))
        return entry.vi if entry else ""

    ended = merged(session, "partner_body")
    names = {code: partner.name for code, partner in partners(session).items()} | {
        f"body:{code}": body.vi for code, body in ended.items()
    }
    return {
        "organisation": own_organisation(session).name,
        "number": row.number,
        "now": _moment(session, session.current.now()),
        "occurred": _moment(session, row.occurred_at),
        "kind": label("incident_kind", row.kind),
        "severity": label("severity", row.severity),
        "complexity": label("complexity", row.complexity) if row.complexity != NONE else "",
        "partners": ", ".join(names.get(code, code) for code in row.partners),
        "state": label("incident_state", row.state),
    }


def _unit(session: Session, row: Incident) -> str:
    unit = session.exec(select(Unit).where(Unit.id == row.unit_id)).first() if row.unit_id else None
    return unit.name if unit else ""


def _notes(session: Session, row: Incident) -> list[str]:
    """The latest of what was noted, the earliest first; not the line or the message that the record began with."""
    noted = [line for line in reversed(timeline(session, "incident", row.id or 0)) if line.entry.action == NOTED]
    later = noted[1:] if row.origin in (LINE, MESSAGE) else noted
    told = [line.entry for line in later if not line.struck_by][-_MOST_NOTES:]
    return [f"- {_moment(session, entry.at)}: {' '.join(entry.note.split())}" for entry in told]


def _moment(session: Session, at: dt.datetime) -> str:
    return at.astimezone(session.current.zone).strftime("%H giờ %M ngày %d/%m/%Y")
