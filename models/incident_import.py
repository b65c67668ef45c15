"""Old incidents from a file: read, checked row by row by the rules of the form, and brought in all together or not at all.

`check` is the dry run, `bring_in` the same and the writing. A row is known by what it says, so a file brought in again, also
one with a few rows more, adds only what is new.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import col, select

from models import guard, incident
from models.access import Invalid, Permission
from models.catalogue import Entry, defaults
from models.database import Session
from models.draft import Submission, valid
from models.entry import filled
from models.files import clean_name
from models.history import lock, plain, write_down
from models.incident import LATENT, WATCHING, Incident, IncidentDraft
from models.incident_life import SettleDraft, SettleLatentDraft, settled
from models.incident_words import Words
from models.numbering import next_numbers
from models.spreadsheet import Cell, Row, Table, is_error, letter
from models.verb import query, verb

Tell = Callable[[int, int], None]
ORIGIN, DEED = "file", "incident.imported"
CHUNK = 500  # rows between two words of progress, and of one flush
SETTLING = ("resolved_at", "conclusion", "latent_outcome")


def columns() -> dict[str, Entry]:
    """Field → how its column is called, in the order of the template."""
    return defaults("incident_column")


@dataclass(frozen=True)
class Problem:
    """What is wrong with a cell, or with the whole row where `column` is empty. `value` is what stood there."""

    row: int
    column: str
    code: str
    facts: dict[str, Any] = field(default_factory=dict)
    value: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a file holds, and after `bring_in` the numbers that its new rows got."""

    total: int
    new: int
    known: int
    problems: tuple[Problem, ...] = ()
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Ready:
    """A row that may come in: not yet added, without a number."""

    number: int
    row: Incident
    said: dict[str, Any]
    mark: str


def no_progress(_done: int, _total: int) -> None:
    return


# ---- the heading ----------------------------------------------------------------------------------------------------
def headings(table: Table) -> dict[int, str]:
    """Column → field, for the columns that are understood. Refuses a heading that stands twice and a needed one that is not
    there."""
    from models.text import fold

    known = {
        fold(name): code
        for code, entry in columns().items()
        for name in (code, entry.vi, entry.en, *entry.attributes["aliases"])
    }
    found = {at: known.get(fold(name.rstrip(" *"))) for at, name in enumerate(table.header)}
    taken = {at: code for at, code in found.items() if code}
    for code in taken.values():
        if list(taken.values()).count(code) > 1:
            raise Invalid("file_heading_twice", heading=columns()[code].vi)
    missing = [e.vi for c, e in columns().items() if e.attributes.get("required") and c not in taken.values()]
    if missing:
        raise Invalid("file_heading_missing", missing=", ".join(missing))
    return taken


def not_understood(table: Table) -> list[str]:
    """Columns with something in them that no field answers to, by heading or letter: they are left out, which is said before
    anything is brought in."""
    taken = headings(table)
    filled = {at for row in table.rows for at, cell in enumerate(row.cells) if cell is not None}
    return [table.header[at] or letter(at) for at in sorted(filled - set(taken))]


# ---- one row --------------------------------------------------------------------------------------------------------
class _Reader:
    """Reads rows one after the other. What they need of the database is asked once."""

    def __init__(self, session: Session, table: Table, *, mask: bool) -> None:
        self._session, self._mask = session, mask
        self._headings, self._words = headings(table), Words(session)
        self._kinds = {code: entry.attributes["kind"] for code, entry in columns().items()}
        self._seen: dict[str, int] = {}
        self.problems: list[Problem] = []

    def read(self, row: Row) -> _Ready | None:
        """The row, or None when something is wrong with it, which then stands among the problems."""
        before = len(self.problems)
        values = self._values(row)
        ready = self._built(row, values)
        if len(self.problems) > before or ready is None:
            return None
        if first := self._seen.get(ready.mark):
            self._wrong(row, "", "same_as_row", {"row": first})
            return None
        self._seen[ready.mark] = row.number
        return ready

    def _wrong(self, row: Row, name: str, code: str, facts: dict[str, Any] | None = None) -> None:
        at = next((at for at, code in self._headings.items() if code == name), None)
        value = row.cells[at] if at is not None and at < len(row.cells) else None
        said = value.strftime("%d/%m/%Y %H:%M") if isinstance(value, dt.datetime) else str(value or "")
        self.problems.append(Problem(row.number, name, code, facts or {}, said[:200]))

    def _values(self, row: Row) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for at, name in self._headings.items():
            cell = row.cells[at] if at < len(row.cells) else None
            if cell is None:
                continue
            try:
                found[name] = self._value(name, cell)
            except Invalid as refusal:
                code, facts = refusal.errors[""]
                self._wrong(row, name, code, facts)
        return found

    def _value(self, name: str, cell: Cell) -> Any:
        if is_error(cell):
            raise Invalid("cell_error")
        if self._kinds[name] != "text":
            return self._words.read(self._kinds[name], cell)
        text = self._words.text(cell)
        if guard.check_text(text):
            if not self._mask:
                raise Invalid("guarded_in_file")
            text = guard.masked(text)
        return text

    def _built(self, row: Row, values: dict[str, Any]) -> _Ready | None:
        """Through the rules of the form and of settling. Where cells could not be read, only the other fields' own limits."""
        unread = {one.column for one in self.problems if one.row == row.number}
        said = {name: value for name, value in values.items() if name not in SETTLING}
        if "occurred_at" in said:
            said.setdefault("received_at", said["occurred_at"])
        try:
            draft = valid(IncidentDraft, said)
            if unread:
                return None
            found = incident.entered(self._session, draft, ORIGIN)
            self._settle(found, {name: values.get(name) for name in SETTLING})
        except Invalid as refusal:
            for name, code, facts in _spread(refusal):
                if name not in unread:
                    self._wrong(row, name, code, facts)
            return None
        said = draft.model_dump() | {name: values.get(name) for name in SETTLING}
        return _Ready(row.number, found, said, _mark(said))

    def _settle(self, row: Incident, said: dict[str, Any]) -> None:
        """An incident that is over by what the file says. What became of a latent one nobody may guess."""
        resolved, conclusion, outcome = (said[name] for name in SETTLING)
        if outcome and not (row.complexity == LATENT and (resolved or outcome == WATCHING)):
            raise Invalid(errors={"latent_outcome": ("only_latent_and_settled", {})})
        if resolved is None and conclusion is None:
            return
        needed = {"resolved_at": resolved, "conclusion": conclusion}
        if row.complexity == LATENT:
            needed["latent_outcome"] = outcome
        if missing := [name for name, value in needed.items() if value is None]:
            raise Invalid(errors=dict.fromkeys(missing, ("needed_when_settled", {})))
        values = {name: value for name, value in said.items() if value is not None}
        settled(self._session, row, valid(SettleLatentDraft if outcome else SettleDraft, values))
        row.owner_id = None  # nothing is left to do


def _spread(refusal: Invalid) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(field, code, facts), with "before settling, fill in these" as one problem for each of them."""
    for name, (code, facts) in refusal.errors.items():
        if code == "not_complete":
            yield from ((one, "needed_when_settled", {}) for one in facts["missing"])
        else:
            yield name, code, facts


def _mark(said: dict[str, Any]) -> str:
    """By what a row is known again: all that it says, whatever file and line it stood in."""
    text = json.dumps(plain(said), ensure_ascii=False, sort_keys=True)
    return f"file:{hashlib.sha256(text.encode()).hexdigest()[:59]}"


# ---- the whole file -------------------------------------------------------------------------------------------------
def _prepared(session: Session, table: Table, tell: Tell, *, mask: bool) -> tuple[list[_Ready], list[Problem]]:
    """Every row through the rules; the new ones of those that fit."""
    session.info["steady"] = {}
    reader = _Reader(session, table, mask=mask)
    ready = []
    for done, row in enumerate(table.rows, 1):
        if one := reader.read(row):
            ready.append(one)
        if done % CHUNK == 0:
            tell(done, len(table.rows))
    known = _known(session, [one.mark for one in ready])
    return [one for one in ready if one.mark not in known], reader.problems


def _known(session: Session, marks: list[str]) -> set[str]:
    found: set[str] = set()
    for at in range(0, len(marks), CHUNK):
        statement = select(Submission.nonce).where(col(Submission.nonce).in_(marks[at : at + CHUNK]))
        found |= set(session.exec(statement))
    return found


@query(Permission.INCIDENT_IMPORT)
def check(session: Session, table: Table, *, mask: bool = False, tell: Tell = no_progress) -> Outcome:
    """The dry run: what would come in, what is here already, and what is wrong, row by row. Nothing is written.

    `mask` hides what the guard finds (identity numbers and the like) instead of refusing the row."""
    ready, problems = _prepared(session, table, tell, mask=mask)
    wrong = len({problem.row for problem in problems})
    total = len(table.rows)
    return Outcome(total, len(ready), total - wrong - len(ready), tuple(problems))


@verb(Permission.INCIDENT_IMPORT)
def bring_in(
    session: Session, table: Table, file_name: str, *, mask: bool = False, tell: Tell = no_progress
) -> Outcome:
    """Every new row under a number of its own, in the order of the file, each with its entry in the history; or none, where
    a single row does not fit (`Invalid`, with the problems among its facts)."""
    lock(session)
    ready, problems = _prepared(session, table, lambda done, total: tell(done, total * 2), mask=mask)
    if problems:
        raise Invalid("file_rows_wrong", problems=problems)
    total = len(table.rows)
    if ready:
        _write(session, ready, guard.masked(clean_name(file_name)), tell)
    numbers = tuple(one.row.number for one in ready)
    return Outcome(total, len(ready), total - len(ready), numbers=numbers)


def _write(session: Session, ready: list[_Ready], file_name: str, tell: Tell) -> None:
    numbers = next_numbers(session, incident.SERIES, len(ready))
    for at in range(0, len(ready), CHUNK):
        chunk = ready[at : at + CHUNK]
        for one, number in zip(chunk, numbers[at : at + CHUNK], strict=True):
            incident.numbered(one.row, number)
        session.add_all(one.row for one in chunk)
        session.flush()
        for one in chunk:
            write_down(session, DEED, one.row, _told(one, file_name))
            own = session.current.organisation_id
            session.add(Submission(organisation_id=own, nonce=one.mark, subject_id=one.row.id))  # type: ignore[arg-type]
        tell(len(ready) + at + len(chunk), len(ready) * 2)


def _told(one: _Ready, file_name: str) -> dict[str, list[Any]]:
    """{field: [None, value]} of all that is filled, and where it comes from."""
    said = one.said | {"file": file_name, "file_row": one.number}
    if one.row.resolved_at:
        said["state"] = one.row.state
    return filled(said)
