"""Groups of kinds of incident: the tops of their catalogue, and which incidents stand under one."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import true
from sqlmodel import col

from models.catalogue import merged
from models.database import Session
from models.incident import Incident

UNKNOWN = "-"  # the group of incidents whose kind nobody knows yet


def of_group(session: Session, group: str | None) -> Any:
    """The incidents of one group of kinds; all of them when none is asked for."""
    if group is None:
        return true()
    if group == UNKNOWN:
        return col(Incident.kind).is_(None)
    return col(Incident.kind).in_(below(session, "incident_kind", group))


def below(session: Session, catalogue: str, top: str) -> set[str]:
    """A code and everything that stands under it."""
    root = root_of(session, catalogue)
    return {top, *(code for code in merged(session, catalogue) if root(code) == top)}


def root_of(session: Session, catalogue: str) -> Callable[[Any], Any]:
    """Code → the code it stands under at the top."""
    entries = merged(session, catalogue)

    def root(code: str | None) -> str | None:
        while code in entries and (parent := entries[code].parent):
            code = parent
        return code

    return root
