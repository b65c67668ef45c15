"""What stands in the cells of a file, as the values of the draft: dates as people write them, names instead of ids."""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from typing import Any

from sqlmodel import col, select

from models.access import Invalid
from models.catalogue import Entry, merged
from models.database import Session
from models.event import Event
from models.organisation import Kind, Organisation, Unit, units
from models.spreadsheet import Cell
from models.text import fold

_DAY = r"(?P<day>\d{1,2})\s*[/.\-]\s*(?P<month>\d{1,2})\s*[/.\-]\s*(?P<year>\d{4})"
_ISO = r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
_TIME = r"(?P<hour>\d{1,2})\s*(?::|h|g|giờ)\s*(?P<minute>\d{1,2})?\s*(?::(?P<second>\d{2})|p|phút)?"
_BETWEEN = r"\s*(?:,|t|lúc|\s)\s*"
_WAYS = tuple(
    re.compile(way)
    for way in (
        rf"(?:ngày\s+)?{_DAY}(?:{_BETWEEN}{_TIME})?",
        rf"{_ISO}(?:{_BETWEEN}{_TIME})?",
        rf"{_TIME}\s*,?\s*(?:ngày\s+)?{_DAY}",
    )
)
_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - Excel counts local days from here
_SERIALS = range(16_438, 73_416)  # 1945 to 2100
_YES, _NO = {"co", "x", "yes", "true", "1", "dung"}, {"khong", "no", "false", "0", "-"}
Names = dict[str, Any]
_SEVERAL = object()  # what two entries are called alike


class Words:
    """Reads cells for one organisation. Names are gathered when the first cell asks for them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._names: dict[str, Names] = {}
        self._ways: dict[str, Callable[[Cell], Any]] = {
            "moment": self._moment,
            "whole": lambda cell: cell if isinstance(cell, int | float) else str(cell),
            "yes_no": _yes_no,
            "partners": self._partners,
        }

    def read(self, kind: str, cell: Cell) -> Any:
        """The value of a cell that is not free text; `Invalid` when it says nothing that is known."""
        way = self._ways.get(kind)
        return way(cell) if way else self._one(kind, self.text(cell))

    def text(self, cell: Cell) -> str:
        """A cell as it looks in the spreadsheet."""
        match cell:
            case bool():
                return "có" if cell else "không"
            case dt.datetime():
                return cell.strftime("%d/%m/%Y %H:%M" if cell.time() != dt.time.min else "%d/%m/%Y")
            case _:
                return str(cell)

    # -- time --
    def _moment(self, cell: Cell) -> dt.datetime:
        match cell:
            case dt.datetime():
                local = cell
            case int() | float() if int(cell) in _SERIALS:
                local = _EPOCH + dt.timedelta(days=cell)
            case str():
                local = _written(cell)
            case _:
                raise Invalid("not_a_moment")
        local = (local + dt.timedelta(milliseconds=500)).replace(microsecond=0)  # a spreadsheet's seconds are fractions
        return local.replace(tzinfo=self._session.current.zone)

    # -- names --
    def _one(self, kind: str, said: str) -> Any:
        names = self._of(kind)
        found = names.get(fold(said))
        if found is None:
            raise Invalid("not_in_list")
        if found is _SEVERAL:
            raise Invalid("several_in_list")
        return found

    def _partners(self, cell: Cell) -> list[str]:
        said = [one.strip() for one in re.split(r"[;\n]", self.text(cell)) if one.strip()]
        return list(dict.fromkeys(self._one("partner", one) for one in said))

    def _of(self, kind: str) -> Names:
        if kind not in self._names:
            ways = {"unit": self._units, "event": self._events, "partner": self._bodies, "severity": self._severities}
            self._names[kind] = _gathered(ways[kind]()) if kind in ways else self._entries(kind)
        return self._names[kind]

    def _units(self) -> Iterable[tuple[str, Any]]:
        rows: list[Unit] = units(self._session)
        return ((row.name, row.id) for row in rows)

    def _events(self) -> Iterable[tuple[str, Any]]:
        for row in self._session.exec(select(Event).where(col(Event.cancelled_at).is_(None))):
            yield from ((row.number, row.id), (row.name, row.id), (f"{row.number} {row.name}", row.id))

    def _bodies(self) -> Iterable[tuple[str, Any]]:
        for code, entry in merged(self._session, "partner_body").items():
            yield from ((name, f"body:{code}") for name in (code, entry.vi, entry.en))
        for row in self._session.exec(select(Organisation).where(Organisation.kind == Kind.POLICE)):
            if row.id != self._session.current.organisation_id:
                yield from ((name, f"org:{row.id}") for name in (row.name, row.short_name) if name)

    def _severities(self) -> Iterable[tuple[str, Any]]:
        for code, entry in merged(self._session, "severity").items():
            for name in (code, entry.vi, entry.en, f"{code}. {entry.vi}", f"{code} - {entry.vi}", f"Mức {code}"):
                yield name, int(code)

    def _entries(self, catalogue: str) -> Names:
        """By code, by any name, with or without its group. The name in the template's list is never in doubt."""
        entries = merged(self._session, catalogue)
        names = {code: (one.vi, one.en, *one.attributes.get("aliases", ())) for code, one in entries.items()}
        loose = [(name, code) for code, several in names.items() for name in (code, *several)]
        grouped = [(shown(entries, code, name), code) for code, several in names.items() for name in several]
        return _gathered([*loose, *grouped]) | _gathered((shown(entries, code), code) for code in entries)


def shown(entries: dict[str, Entry], code: str, name: str = "") -> str:
    """As the template's list has it: "Trật tự công cộng: Đánh nhau". `name` is another name for the same."""
    entry = entries[code]
    group = entries.get(entry.parent or "")
    said = name or entry.vi
    return f"{group.vi}: {said}" if group else said


def _gathered(pairs: Iterable[tuple[str, Any]]) -> Names:
    """Folded name → what it stands for. A name of two things stands for neither."""
    found: Names = {}
    for name, value in pairs:
        key = fold(name)
        found[key] = value if found.get(key, value) == value else _SEVERAL
    return found


def _yes_no(cell: Cell) -> bool:
    if isinstance(cell, bool):
        return cell
    said = fold(str(cell))
    if said not in _YES | _NO:
        raise Invalid("not_yes_or_no")
    return said in _YES


def _written(said: str) -> dt.datetime:
    """A day and perhaps a time, as Vietnam writes them: the day before the month."""
    for way in _WAYS:
        if match := way.fullmatch(said.lower()):
            parts = {name: int(value) for name, value in match.groupdict().items() if value}
            try:
                return dt.datetime(**parts)  # type: ignore[arg-type]  # noqa: DTZ001 - local; the zone is the organisation's
            except ValueError:
                break
    raise Invalid("not_a_moment")
