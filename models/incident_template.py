"""The file that people fill in with old incidents: an empty sheet, the names it takes, and how each column is written."""

from models import spreadsheet
from models.access import Permission
from models.catalogue import merged
from models.database import Session
from models.incident_import import columns
from models.incident_words import shown
from models.joint import partners
from models.organisation import units
from models.spreadsheet import Column, Sheet
from models.verb import query

# The names of its sheets and the words on the last one are Vietnamese, as its headings are: people look for them by name.
SHEET, LISTS, GUIDE = "Vụ việc", "Danh mục", "Hướng dẫn"
_LISTED = ("incident_kind", "severity", "complexity", "unit", "latent_outcome", "partners")


@query(Permission.INCIDENT_IMPORT)
def template(session: Session) -> bytes:
    """An .xlsx for this organisation: its units, its kinds."""
    lists = {kind: _names(session, kind) for kind in _LISTED}
    entries = columns().values()
    heads = {entry.attributes["kind"]: entry.vi for entry in entries}
    sheets = [
        Sheet(SHEET, [_column(lists, entry.vi, entry.attributes) for entry in entries]),
        Sheet(LISTS, [Column(heads[kind], 44) for kind in _LISTED], _side_by_side(list(lists.values()))),
        Sheet(GUIDE, [Column(said, width) for said, width in _GUIDE.items()], _guide()),
    ]
    return spreadsheet.write(session.current, None, sheets)


_GUIDE = {"Cột": 26, "Bắt buộc": 10, "Cách ghi": 100, "Ví dụ": 64}


def _guide() -> list[list[str]]:
    rows = ((entry.vi, entry.attributes) for entry in columns().values())
    return [[name, "có" if said.get("required") else "", said["help_vi"], said["example_vi"]] for name, said in rows]


def _column(lists: dict[str, list[str]], name: str, said: dict) -> Column:
    kind = said["kind"]
    return Column(
        f"{name} *" if said.get("required") else name,
        said["width"],
        style="moment" if kind == "moment" else "",
        choices=_range(lists, kind) if kind in lists and kind != "partners" else "",
        remark=said["help_vi"],
    )


def _range(lists: dict[str, list[str]], kind: str) -> str:
    letter = "ABCDEFGH"[list(lists).index(kind)]
    return f"'{LISTS}'!${letter}$2:${letter}${max(len(lists[kind]), 1) + 1}"


def _names(session: Session, kind: str) -> list[str]:
    """What may stand in a column, as people know it."""
    today = session.current.today()
    if kind == "unit":
        return [unit.name for unit in units(session)]
    if kind == "partners":
        return [partner.name for partner in partners(session).values()]
    entries = merged(session, kind)
    return [shown(entries, code) for code, entry in entries.items() if entry.holds_on(today)]


def _side_by_side(lists: list[list[str]]) -> list[list[str]]:
    longest = max(len(names) for names in lists)
    return [[names[at] if at < len(names) else "" for names in lists] for at in range(longest)]
