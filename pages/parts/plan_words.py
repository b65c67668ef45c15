"""Words and colours of a security plan: levels, states, one line for a row of its lists."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Protocol

from models.access import Current
from models.catalogue import Entry, entries
from models.plan_content import Contact, Post, Risk, Scenario, level
from pages.parts.words import N_, label, number, t

LEVELS = {"low": N_("Low"), "medium": N_("Medium"), "high": N_("High"), "very_high": N_("Very high")}
STATES = {
    "draft": ("gray", ":material/edit_note:"),
    "submitted": ("blue", ":material/hourglass_top:"),
    "returned": ("orange", ":material/undo:"),
    "approved": ("green", ":material/verified:"),
    "superseded": ("gray", ":material/history:"),
}
LISTS = {
    "risks": N_("Risk matrix"),
    "posts": N_("Forces and posts"),
    "scenarios": N_("Scenarios"),
    "contacts": N_("Phone list"),
}
Row = Risk | Post | Scenario | Contact


def risk_word(likelihood: int | None, consequence: int | None) -> str:
    """ "10 · High"; nothing where a value is not given."""
    if not (likelihood and consequence):
        return ""
    return f"{likelihood * consequence} · {t(LEVELS[level(likelihood, consequence)])}"


def hours(post: Post) -> str:
    """ "17:30–00:30" """
    return "–".join(_hour(one) for one in (post.from_time, post.to_time)) if post.from_time or post.to_time else ""


def _hour(time: dt.time | None) -> str:
    return f"{time:%H:%M}" if time else "…"


class Labels(Protocol):
    """The word for a code of a catalogue."""

    def of(self, catalogue: str, code: str) -> str: ...


@dataclass
class Words:
    """The catalogues that a plan names, each read once for one drawing."""

    current: Current
    _found: dict[str, dict[str, Entry]] = field(default_factory=dict)

    def entries(self, catalogue: str) -> dict[str, Entry]:
        if catalogue not in self._found:
            self._found[catalogue] = entries(self.current, catalogue)
        return self._found[catalogue]

    def of(self, catalogue: str, code: str) -> str:
        return label(self.entries(catalogue), code)

    def line(self, row: Row) -> str:
        """One line that tells a row from its neighbours."""
        match row:
            case Risk():
                return f"{self.of('risk_hazard', row.hazard)} ({risk_word(row.likelihood, row.consequence)})"
            case Post():
                people = t("{count} people", count=number(row.head_count))
                parts = (self.of("post_ring", row.ring), self.of("force", row.force), people, hours(row), row.leader)
                return f"{row.name} ({', '.join(part for part in parts if part)})"
            case Contact():
                return f"{row.name}: {row.phone}"
            case Scenario():
                return row.name
