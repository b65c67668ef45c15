"""Spreadsheets out and in. Out: nothing that a person typed is ever a formula or a link. In: nothing that a stranger's
file does can take the house down, and every cell comes back as plain text, a number, yes or no, or a date."""

import csv
import datetime as dt
import io
import math
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from models.access import Current, Invalid
from models.draft import N_
from models.text import clean, without_control_characters

if TYPE_CHECKING:
    from xlsxwriter import Workbook

Cell = str | int | float | bool | dt.datetime | dt.date | None
Say = Callable[[str], str]

LONGEST = 32_767  # characters that a cell holds
EXACT = 1 << 53  # a larger whole number loses digits, so it goes out as text
_FIRST_DAY = dt.date(1900, 3, 1)  # before it Excel's calendar has a day too many


# ---- out ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Head:
    """What stands over a list: its title, what it was narrowed to as (label, value), and its period in words."""

    title: str
    filters: Sequence[tuple[str, str]] = ()
    period: str = ""


@dataclass(frozen=True)
class Column:
    label: str
    width: int = 16  # characters
    style: str = ""  # "moment" where dates will be typed
    choices: str = ""  # the range that a drop-down offers, as in "'Danh mục'!$A$2:$A$9"
    remark: str = ""  # shown when the cell of the heading is pointed at


@dataclass(frozen=True)
class Sheet:
    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]] = field(default_factory=list)


def write(current: Current, head: Head | None, sheets: Sequence[Sheet], say: Say = str) -> bytes:
    """An .xlsx of these sheets. Over the first table stands `head`, with the organisation, who made it and when. `say`
    translates; labels and values of the head and of the columns come in words already."""
    from xlsxwriter import Workbook

    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True})
    made = current.now().astimezone(current.zone).replace(tzinfo=None)
    title = head.title if head else sheets[0].name
    author = without_control_characters(current.organisation_name)
    book.set_properties({"title": _text(title), "author": author, "created": made})
    writer = _Writer(book, current, say)
    for place, sheet in enumerate(sheets):
        writer.sheet(sheet, [] if place or head is None else _lines(current, head, say))
    book.close()
    return out.getvalue()


def _lines(current: Current, head: Head, say: Say) -> list[str]:
    """The rows over the table, the title first."""
    made = current.now().astimezone(current.zone).strftime("%H:%M %d/%m/%Y")
    said = [(say(N_("Organisation")), current.organisation_name), *head.filters]
    if head.period:
        said.append((say(N_("Period")), head.period))
    said += [(say(N_("Issued at")), made), (say(N_("Issued by")), current.name)]
    return [
        head.title,
        *([say(N_("DEMONSTRATION DATA"))] if current.is_demo else []),
        *(f"{label}: {value}" for label, value in said),
    ]


class _Writer:
    def __init__(self, book: "Workbook", current: Current, say: Say) -> None:
        self._book, self._current, self._say = book, current, say
        text = {"text_wrap": True, "valign": "top"}
        self._formats = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "mark": book.add_format({"bold": True, "font_color": "#B23A48"}),
            "head": book.add_format(
                {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#F4F6F8"}
            ),
            "text": book.add_format(text),
            # Without it, whoever edits "=1+1" and presses Enter makes a formula of it.
            "quoted": book.add_format(text | {"quote_prefix": True}),
            "whole": book.add_format({"num_format": "#,##0", "valign": "top"}),
            "decimal": book.add_format({"num_format": "#,##0.0##", "valign": "top"}),
            "day": book.add_format({"num_format": "dd/mm/yyyy", "valign": "top", "align": "left"}),
            "moment": book.add_format({"num_format": "dd/mm/yyyy hh:mm", "valign": "top", "align": "left"}),
        }

    def sheet(self, sheet: Sheet, lines: list[str]) -> None:
        page = self._book.add_worksheet(_sheet_name(sheet.name))
        for at, line in enumerate(lines):
            style = "title" if at == 0 else "mark" if at == 1 and self._current.is_demo else None
            page.write_string(at, 0, _text(line), self._formats[style] if style else None)
        top = len(lines) + 1 if lines else 0
        for at, column in enumerate(sheet.columns):
            page.write_string(top, at, _text(column.label), self._formats["head"])
            page.set_column(at, at, column.width, self._formats[column.style] if column.style else None)
            if column.remark:
                page.write_comment(top, at, _text(column.remark), {"x_scale": 2})
        count = 0
        for count, row in enumerate(sheet.rows, 1):
            for at, value in enumerate(row):
                self._cell(page, top + count, at, value)
        self._layout(page, sheet, top, count)

    def _layout(self, page: Any, sheet: Sheet, top: int, count: int) -> None:
        page.freeze_panes(top + 1, 0)
        page.autofilter(top, 0, top + max(count, 1), max(len(sheet.columns) - 1, 0))
        page.set_paper(9)  # A4
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.repeat_rows(top)
        page.set_footer("&C&P/&N")
        for at, column in enumerate(sheet.columns):
            if column.choices:
                rule = {"validate": "list", "source": f"={column.choices}", "error_type": "warning"}
                page.data_validation(top + 1, at, top + max(count, MOST_ROWS), at, rule)

    def _cell(self, page: Any, row: int, column: int, value: Any) -> None:
        """One cell, by the type of the value alone: xlsxwriter's own `write` would guess."""
        match value:
            case None | "":
                return
            case bool():
                self._string(page, row, column, self._say(N_("yes")) if value else self._say(N_("no")))
            case int() if abs(value) < EXACT:
                page.write_number(row, column, value, self._formats["whole"])
            case float() if math.isfinite(value):
                page.write_number(row, column, value, self._formats["decimal"])
            case dt.datetime():
                here = value.astimezone(self._current.zone).replace(tzinfo=None)
                self._date(page, row, column, here, "moment", "%d/%m/%Y %H:%M")
            case dt.date():
                self._date(page, row, column, value, "day", "%d/%m/%Y")
            case list() | tuple() | set() | frozenset():
                self._string(page, row, column, ", ".join(str(one) for one in value))
            case _:
                self._string(page, row, column, str(value))

    def _date(self, page: Any, row: int, column: int, value: dt.date, style: str, pattern: str) -> None:
        day = value.date() if isinstance(value, dt.datetime) else value
        if day < _FIRST_DAY:
            self._string(page, row, column, value.strftime(pattern))
        else:
            page.write_datetime(row, column, value, self._formats[style])

    def _string(self, page: Any, row: int, column: int, value: str) -> None:
        text = _text(value)
        style = "quoted" if text[:1] in "=+-@\t'" else "text"
        page.write_string(row, column, text, self._formats[style])


def _text(value: str) -> str:
    """What a cell may hold: no control characters, not longer than a cell."""
    text = without_control_characters(value.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _sheet_name(name: str) -> str:
    """At most 31 characters, none of those that Excel refuses."""
    return "".join(" " if c in "[]:*?/\\'" else c for c in without_control_characters(name)).strip()[:31] or "1"


# ---- in -------------------------------------------------------------------------------------------------------------
LARGEST = 20 << 20  # bytes of a file: what the upload lets through
UNPACKED = 100 << 20  # bytes of everything inside of an .xlsx
MEMBERS = 500  # files inside of an .xlsx
MOST_ROWS, MOST_COLUMNS = 20_000, 60
_LAST_ROW, _LAST_COLUMN = MOST_ROWS * 3, MOST_COLUMNS * 4  # so far is looked, with empty ones between
_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ERRORS = frozenset({"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})


@dataclass(frozen=True)
class Row:
    """A row as it was found: `number` is the one that the spreadsheet shows."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """The first sheet of a file: its heading, as wide as its widest row, and the rows under it that are not empty."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]


def is_error(value: Cell) -> bool:
    """Whether a formula of the file failed here, #REF! and the like."""
    return isinstance(value, str) and value in _ERRORS


def read(data: bytes) -> Table:
    """The first sheet of an .xlsx, or a .csv: by its content, whatever its name says. `Invalid` says what is wrong."""
    if not data.strip():
        raise Invalid("file_empty")
    if len(data) > LARGEST:
        raise Invalid("file_too_large", megabytes=LARGEST >> 20)
    if data.startswith(_OLD):
        raise Invalid("file_old_or_locked")
    rows = _from_xlsx(data) if data.startswith(_ZIP) else _from_csv(data)
    return _table(rows)


def _table(found: Iterator[tuple[Cell, ...]]) -> Table:
    header: tuple[str, ...] = ()
    rows: list[Row] = []
    for number, cells in enumerate(found, 1):
        if not cells:
            continue
        if not header:
            header = tuple("" if cell is None else str(cell) for cell in cells)
            continue
        if len(rows) == MOST_ROWS:
            raise Invalid("file_too_many_rows", most=MOST_ROWS)
        rows.append(Row(number, cells))
    if not rows:
        raise Invalid("file_no_rows")
    widest = max(len(row.cells) for row in rows)
    return Table(header + ("",) * (widest - len(header)), tuple(rows))


def letter(at: int) -> str:
    """0 → A, 26 → AA: as a spreadsheet calls its columns."""
    rest, here = divmod(at, 26)
    return (letter(rest - 1) if rest else "") + chr(ord("A") + here)


def _cells(row: Sequence[Any]) -> tuple[Cell, ...]:
    """A row up to its last cell that is not empty."""
    if row.count(None) == len(row):  # a file may have very many of these
        return ()
    cells = [_cell(value) for value in row]
    while cells and cells[-1] is None:
        cells.pop()
    if len(cells) > MOST_COLUMNS:
        raise Invalid("file_too_many_columns", most=MOST_COLUMNS)
    return tuple(cells)


def _cell(value: Any) -> Cell:
    """What a cell holds, as one of the few types that are let in."""
    match value:
        case str():
            return clean(value) or None
        case float():
            if not math.isfinite(value):
                return None
            return int(value) if value.is_integer() and abs(value) < EXACT else value
        case bool() | int() | dt.datetime() | dt.date() | None:
            return value
        case _:
            return clean(str(value)) or None


# -- .xlsx --
def _from_xlsx(data: bytes) -> Iterator[tuple[Cell, ...]]:
    """Row by row. openpyxl reads strangers' XML through defusedxml; what it cannot read raises whatever it likes."""
    from openpyxl import DEFUSEDXML, load_workbook

    _check_zip(data)
    if not DEFUSEDXML:
        raise RuntimeError("openpyxl does not read through defusedxml")
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = next(one for one in book.worksheets if one.sheet_state == "visible")
        # What the sheet says of its own size may be a lie, and a row may say that it is the 999,999,999th.
        rows = sheet.iter_rows(max_row=_LAST_ROW, max_col=_LAST_COLUMN, values_only=True)
        for number, row in enumerate(rows, 1):
            if number == _LAST_ROW:
                raise Invalid("file_too_many_rows", most=MOST_ROWS)
            yield _cells(row)
    except Invalid:
        raise
    except Exception as error:
        raise Invalid("file_damaged") from error


def _check_zip(data: bytes) -> None:
    """Before anything is unpacked: how much it would be, whether it is an .xlsx, and that no XML declares entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _check_size(members)
            _check_names({one.filename for one in members})
            for one in members:
                _check_xml(archive, one)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError, ValueError, RuntimeError) as error:
        raise Invalid("file_damaged") from error


def _check_size(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MEMBERS or sum(one.file_size for one in members) > UNPACKED:
        raise Invalid("zip_bomb")
    if any(one.flag_bits & 1 for one in members):
        raise Invalid("file_old_or_locked")
    if any(one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for one in members):
        raise Invalid("file_damaged")


def _check_names(names: set[str]) -> None:
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise Invalid("file_not_a_spreadsheet")
    if any(name.endswith("vbaProject.bin") for name in names):
        raise Invalid("macros")


def _check_xml(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """`file_size` is what a member says of itself: zipfile unpacks no more than that, and here every byte of it once."""
    tail = b""
    with archive.open(member) as part:
        while block := part.read(1 << 20):
            seen = (tail + block).replace(b"\x00", b"")  # also where the XML is UTF-16
            if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen:
                raise Invalid("file_damaged")
            tail = seen[-16:]


# -- .csv --
def _from_csv(data: bytes) -> Iterator[tuple[Cell, ...]]:
    text = _decoded(data)
    text, mark = _delimiter(text)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True):
            yield _cells(row)
    except csv.Error as error:
        raise Invalid("file_damaged") from error


def _decoded(data: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with it (Excel's "Unicode text"), or the Vietnamese code page of Windows."""
    tries = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1258")
    for encoding in tries:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Invalid("file_encoding")


def _delimiter(text: str) -> tuple[str, str]:
    """The text without Excel's `sep=` line, and what stands between two cells: what the heading holds most of."""
    first, _, rest = text.partition("\n")
    if first[:4].lower() == "sep=" and len(first.strip()) == 5:
        return rest, first[4]
    heading = next((line for line in text.splitlines() if line.strip()), "")
    bare = "".join(heading.split('"')[::2])  # what stands between quotes is a cell's
    return text, max(";,\t", key=lambda mark: (bare.count(mark), mark == ";"))
