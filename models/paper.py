"""The biên bản vụ việc: an incident on paper, to be completed and signed by hand. Its words are data/papers/incident_record.toml.

Of people involved it says number and role; what the guard finds (identity numbers and the like) is hidden in it. `record` puts
it together once, for the page that a browser prints and for the Word document.
"""

import datetime as dt
import functools
import io
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlmodel import select

from models import guard
from models.access import Permission
from models.catalogue import merged
from models.database import Session
from models.event import Event
from models.incident import Incident, one
from models.organisation import Organisation, Unit
from models.settings import ROOT
from models.text import without_control_characters
from models.verb import query

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table
    from docx.text.paragraph import Paragraph

_FILE = ROOT / "data" / "papers" / "incident_record.toml"
NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


@dataclass(frozen=True)
class Line:
    """`label: text`. Without a text it is a dotted line to be filled in by hand."""

    label: str
    text: str = ""


@dataclass(frozen=True)
class Section:
    """A numbered part: lines, then paragraphs, then so many dotted lines."""

    heading: str
    lines: tuple[Line, ...] = ()
    paragraphs: tuple[str, ...] = ()
    blanks: int = 0


@dataclass(frozen=True)
class Paper:
    """Everything that stands on it, in its order, as plain text."""

    organisation: str
    number: str
    words: dict[str, Any]
    subject: str
    parties: tuple[tuple[Line, Line], ...]
    sections: tuple[Section, ...]
    author: str
    made: dt.datetime
    demo: str = ""
    signatures: tuple[str, ...] = field(default=())


@functools.cache
def words() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


# ---- what stands on it ------------------------------------------------------------------------------------------------
@query(Permission.RECORD_READ)
def record(session: Session, incident_id: int) -> Paper:
    """The paper of one incident that this account may open."""
    row, said, current = one(session, incident_id), words(), session.current
    labels = said["labels"]
    post = Line(labels["post"])
    sections = [part for part in _sections(session, row) if part.lines or part.paragraphs or part.blanks]
    return Paper(
        organisation=_plain(current.organisation_name),
        number=said["number"].format(number=row.number),
        words=said,
        subject=said["subject"].format(summary=_safe(row.summary)),
        parties=((Line(labels["recorder"], _plain(row.entered_by_name)), post), (Line(labels["witness"]), post)),
        sections=tuple(sections),
        author=_plain(current.name),
        made=current.now(),
        demo=said["demo"] if current.is_demo else "",
        signatures=tuple(said["signatures"].values()),
    )


def _sections(session: Session, row: Incident) -> list[Section]:
    titles, labels = words()["sections"], words()["labels"]
    partners = _partners(session, row.partners)
    settled = (Line(labels["settled"], _moment(session, row.resolved_at)),) if row.resolved_at else ()
    return [
        Section(titles["when"], _when_and_where(session, row)),
        Section(titles["people"], (Line(labels["people"], _people(row)),)),
        Section(titles["course"], paragraphs=_paragraphs(row.description or row.summary), blanks=2),
        Section(titles["items"], blanks=2),
        Section(
            titles["measures"],
            (Line(labels["partners"], partners),) if partners else (),
            _paragraphs(row.measures),
            0 if row.measures else 2,
        ),
        Section(titles["result"], settled, _paragraphs(row.conclusion)),
        Section(titles["opinions"], blanks=3),
    ]


def _when_and_where(session: Session, row: Incident) -> tuple[Line, ...]:
    labels = words()["labels"]
    unit = session.exec(select(Unit.name).where(Unit.id == row.unit_id)).first() if row.unit_id else ""
    event = session.exec(select(Event.name).where(Event.id == row.event_id)).first() if row.event_id else ""
    known = {"unit": unit or "", "event": event or ""}
    return (
        Line(labels["occurred"], _moment(session, row.occurred_at)),
        Line(labels["received"], _moment(session, row.received_at)),
        Line(labels["place"], _safe(row.place)),
        *(Line(labels[name], _safe(said)) for name, said in known.items() if said),
    )


def _moment(session: Session, instant: dt.datetime) -> str:
    local = instant.astimezone(session.current.zone)
    month = f"{local.month:02}" if local.month < 3 else str(local.month)
    return words()["moment"].format(
        hour=f"{local.hour:02}", minute=f"{local.minute:02}", day=f"{local.day:02}", month=month, year=local.year
    )


def _people(row: Incident) -> str:
    said = words()
    count = said["people_unknown"] if row.people_count is None else said["people"].format(count=row.people_count)
    return "; ".join(part for part in (count, _safe(row.people_roles)) if part)


def _partners(session: Session, codes: list[str]) -> str:
    """Their names, as they stood when it happened or stand now."""
    bodies = merged(session, "partner_body")
    ids = [int(code[4:]) for code in codes if code.startswith("org:")]
    rows = session.exec(select(Organisation).where(Organisation.id.in_(ids))) if ids else ()  # type: ignore[union-attr]
    names = {f"org:{row.id}": row.name for row in rows} | {f"body:{code}": entry.vi for code, entry in bodies.items()}
    return "; ".join(_plain(names[code]) for code in codes if code in names)


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in _safe(text).split("\n") if line.strip())


def _safe(text: str) -> str:
    return guard.masked(_plain(text))


def _plain(text: str) -> str:
    return without_control_characters(text)


# ---- as a Word document -----------------------------------------------------------------------------------------------
FONT, BODY = "Times New Roman", 14


def docx(paper: Paper) -> bytes:
    """A4, Times New Roman, by the layout of Nghị định 30/2020/NĐ-CP."""
    import docx as word

    document = word.Document()
    _page(document, paper)
    _top(document, paper)
    _opening(document, paper)
    for place, section in enumerate(paper.sections):
        _section(document, NUMERALS[place], section)
    for text in paper.words["closing"]:
        _body(document, text)
    _signatures(document, paper)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _page(document: "Document", paper: Paper) -> None:
    from docx.shared import Mm

    _style(document)
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin = page.bottom_margin = Mm(20)
    page.left_margin, page.right_margin = Mm(30), Mm(20)
    page.header_distance = Mm(10)
    page.different_first_page_header_footer = True  # the first page bears no number
    for header, numbered in ((page.first_page_header, False), (page.header, True)):
        where = header.paragraphs[0]
        where.alignment = _align("CENTER")
        if numbered:
            _page_number(where)
        if paper.demo:
            _demo(header.add_paragraph() if numbered else where, paper.demo)
    about = document.core_properties
    about.title = f"{paper.words['title']} {paper.number}"
    about.author, about.last_modified_by, about.comments = paper.organisation, paper.author, ""
    about.created = about.modified = paper.made.astimezone(dt.UTC).replace(tzinfo=None)
    about.language = "vi-VN"


def _style(document: "Document") -> None:
    """Times New Roman for every script, Vietnamese for the speller."""
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement
    from docx.shared import Pt

    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(BODY)
    properties = normal.element.get_or_add_rPr()
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        properties.rFonts.set(qn(script), FONT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    properties.append(language)
    spacing = normal.paragraph_format
    spacing.space_before, spacing.space_after, spacing.line_spacing = Pt(0), Pt(6), 1.15


def _top(document: "Document", paper: Paper) -> None:
    """The organisation at the left, the country and its motto at the right, each with its rule."""
    from docx.shared import Mm

    table = _table(document, 2, Mm(58), Mm(102))
    left, right = table.rows[0].cells
    _said(left.paragraphs[0], paper.organisation.upper(), "CENTER", 12, bold=True, after=0)
    _rule(left.add_paragraph(), Mm(18))
    _said(right.paragraphs[0], paper.words["country"], "CENTER", 12, bold=True, after=0)
    _said(right.add_paragraph(), paper.words["motto"], "CENTER", 13, bold=True, after=0)
    _rule(right.add_paragraph(), Mm(22))
    _said(table.cell(1, 0).paragraphs[0], paper.number, "CENTER", 13)
    _said(table.cell(1, 1).paragraphs[0], paper.words["issued"], "CENTER", 13, italic=True)
    _said(document.add_paragraph(), paper.words["title"], "CENTER", 14, bold=True, before=12, after=0)
    _said(document.add_paragraph(), paper.subject, "CENTER", 14, bold=True, after=12)


def _opening(document: "Document", paper: Paper) -> None:
    _body(document, paper.words["opening"])
    for place, (person, post) in enumerate(paper.parties, 1):
        _line(document, Line(f"{place}. {person.label}", person.text))
        _line(document, post)
    _body(document, paper.words["before_record"])


def _section(document: "Document", numeral: str, section: Section) -> None:
    heading = _said(document.add_paragraph(), f"{numeral}. {section.heading}", "LEFT", BODY, bold=True, before=6)
    heading.paragraph_format.keep_with_next = True
    for line in section.lines:
        _line(document, line)
    for text in section.paragraphs:
        _body(document, text)
    for _ in range(section.blanks):
        _dotted(document.add_paragraph())


def _signatures(document: "Document", paper: Paper) -> None:
    """One row that never breaks over two pages, with room to sign."""
    from docx.oxml.parser import OxmlElement
    from docx.shared import Mm, Pt

    row = _table(document, 1, *(Mm(160 // len(paper.signatures)) for _ in paper.signatures)).rows[0]
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell, who in zip(row.cells, paper.signatures, strict=True):
        _said(cell.paragraphs[0], who, "CENTER", 12, bold=True, before=6, after=0)
        _said(cell.add_paragraph(), paper.words["sign_here"], "CENTER", 12, italic=True, after=0)
        cell.add_paragraph().paragraph_format.space_after = Pt(72)


# -- pieces --
def _table(document: "Document", rows: int, *widths: Any) -> "Table":
    """Without borders. Word looks at the cells' widths, LibreOffice at the columns'."""
    table = document.add_table(rows=rows, cols=len(widths))
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width
    return table


def _align(name: str) -> Any:
    from docx.enum.text import WD_PARAGRAPH_ALIGNMENT

    return WD_PARAGRAPH_ALIGNMENT[name]


def _said(
    where: "Paragraph", text: str, align: str, size: float, *, before: float = 0, after: float = 6, **font: bool
) -> "Paragraph":
    """One run of text. `font` is bold, italic."""
    from docx.shared import Pt

    run = where.add_run(text)
    run.font.size = Pt(size)
    for name, value in font.items():
        setattr(run.font, name, value)
    where.alignment = _align(align)
    where.paragraph_format.space_before, where.paragraph_format.space_after = Pt(before), Pt(after)
    return where


def _body(document: "Document", text: str) -> None:
    from docx.shared import Mm

    _said(document.add_paragraph(), text, "JUSTIFY", BODY).paragraph_format.first_line_indent = Mm(12.7)


def _line(document: "Document", line: Line) -> None:
    """`label: text`, or dots up to the margin where there is none."""
    where = document.add_paragraph()
    if line.text:
        _said(where, f"{line.label}: {line.text}", "JUSTIFY", BODY)
    else:
        _said(where, f"{line.label}: ", "LEFT", BODY)
        _dotted(where)


def _dotted(where: "Paragraph") -> None:
    """Dots from here to the right margin."""
    from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
    from docx.shared import Mm

    where.paragraph_format.tab_stops.add_tab_stop(Mm(160), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    where.add_run("\t")


def _rule(where: "Paragraph", indent: Any) -> None:
    """A thin line between two indents."""
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement
    from docx.shared import Pt

    where.paragraph_format.left_indent = where.paragraph_format.right_indent = indent
    where.paragraph_format.line_spacing, where.paragraph_format.space_after = Pt(6), Pt(0)
    borders, top = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "auto")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    where._p.get_or_add_pPr().insert_element_before(borders, "w:spacing", "w:ind", "w:jc")


def _demo(where: "Paragraph", text: str) -> None:
    from docx.shared import RGBColor

    run = _said(where, text, "CENTER", 13, bold=True).runs[0]
    run.font.color.rgb = RGBColor(0xB2, 0x3A, 0x48)


def _page_number(where: "Paragraph") -> None:
    """Word's PAGE field."""
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement
    from docx.shared import Pt

    run = where.add_run()
    run.font.size = Pt(13)
    for kind in ("begin", "separate", "end"):
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        if kind == "separate":
            asked = OxmlElement("w:instrText")
            asked.text = "PAGE"
            run._r.append(asked)
        run._r.append(mark)
