"""The biên bản vụ việc of the open incident: as a page that a browser prints cleanly (`?id=…&in=1`), and as a Word document."""

import streamlit as st

from models import exports, paper
from models.access import Current
from models.incident import Incident
from models.paper import Line, Paper, Section
from pages.parts import downloads, opening
from pages.parts.words import plain, t

ADDRESS = "in"
LIGHT = "embed=true&embed_options=light_theme"  # Streamlit's own words: paper is white, whatever the reader's screen is
WIDTH = 720  # a sheet of A4 between its margins, in the browser's points
_DOTS = "……………………………………"


def asked() -> bool:
    """Whether the address asks for the page to be printed."""
    return st.query_params.get(ADDRESS) == "1"


def buttons(current: Current, row: Incident) -> None:
    """Beside the open incident: the print view in a tab of its own, and the Word document."""
    box = opening.popover(t("Paper"), "incident.paper", icon=":material/print:")
    if box is None:
        return
    with box:
        st.link_button(
            t("Print view"),
            f"/vu-viec?id={row.id}&{ADDRESS}=1&{LIGHT}",
            icon=":material/print:",
            help=t("Opens in a tab of its own. Ctrl+P prints it or saves it as PDF."),
            key="incident.print",
        )
        downloads.offer(
            current,
            "incident.word",
            t("Incident record (Word)"),
            lambda: _word(current, row),
            about=(row.id, row.version),
            icon=":material/description:",
        )


def _word(current: Current, row: Incident) -> tuple[str, str, bytes]:
    return f"Biên bản vụ việc {row.number}", exports.WORD, paper.docx(paper.record(current, row.id))  # type: ignore[arg-type]


# ---- the page that is printed -----------------------------------------------------------------------------------------
def show(current: Current, row: Incident) -> None:
    """The paper as plain blocks of text, nothing round it."""
    found = paper.record(current, row.id)  # type: ignore[arg-type]
    st.set_page_config(page_title=f"{found.words['title'].capitalize()} {row.number}")
    with st.container(width=WIDTH):
        _top(found)
        _opening(found)
        for place, section in enumerate(found.sections):
            _section(paper.NUMERALS[place], section)
        for text in found.words["closing"]:
            st.markdown(plain(text))
        _signatures(found)


def _centred(text: str, *, bold: bool = False, italic: bool = False) -> None:
    mark = "**" if bold else "*" if italic else ""
    st.markdown(f"{mark}{plain(text)}{mark}", text_alignment="center")


def _top(found: Paper) -> None:
    if found.demo:
        st.markdown(f":red[**{plain(found.demo)}**]", text_alignment="center")
    left, right = st.columns([2, 3], gap="small")
    with left:
        _centred(found.organisation.upper(), bold=True)
        _centred(found.number)
    with right:
        _centred(found.words["country"], bold=True)
        _centred(found.words["motto"], bold=True)
        _centred(found.words["issued"], italic=True)
    st.subheader(found.words["title"], anchor=False, text_alignment="center")
    _centred(found.subject, bold=True)


def _opening(found: Paper) -> None:
    st.markdown(plain(found.words["opening"]))
    for place, (person, post) in enumerate(found.parties, 1):
        _line(Line(f"{place}. {person.label}", person.text))
        _line(post)
    st.markdown(plain(found.words["before_record"]))


def _section(numeral: str, section: Section) -> None:
    st.markdown(f"**{numeral}\\. {plain(section.heading)}**")
    for line in section.lines:
        _line(line)
    for text in section.paragraphs:
        st.markdown(plain(text))
    for _ in range(section.blanks):
        st.divider()


def _line(line: Line) -> None:
    st.markdown(f"{plain(line.label)}: {plain(line.text) or _DOTS}")


def _signatures(found: Paper) -> None:
    for place, who in zip(st.columns(len(found.signatures)), found.signatures, strict=True):
        with place:
            _centred(who, bold=True)
            _centred(found.words["sign_here"], italic=True)
            st.space("large")
