"""Kiểm tra: plan rounds, write down visits and findings, follow their remedies."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from models import inspection
from models.access import NotFound, Permission
from models.catalogue import Entry, entries
from models.counted import Counted
from models.inspection import BUBBLES, LATE, OVERDUE, Filter, InspectionRound
from models.organisation import units
from pages.parts import address, counted, forms, inspection_counted, inspection_forms, inspection_view, lists, page
from pages.parts.guard import enter
from pages.parts.words import N_, date, label, number, t

current = enter(Permission.RECORD_READ)
SIZE = 15
BUBBLE_LABELS = {LATE: N_("Past its planned day"), OVERDUE: N_("Remedy overdue")}


# ---- what is narrowed -----------------------------------------------------------------------------------------------


def words(catalogue: str) -> dict[str, str]:
    """The choices of a catalogue, without those under another one."""
    found: dict[str, Entry] = entries(current, catalogue)
    return {code: label(found, code) for code, entry in found.items() if entry.parent is None}


def asked_filter() -> Filter:
    """Search, subject group and unit in one row, the rest behind a button; above them the number whose rounds are shown."""
    if behind := counted.read(current, "inspection_round"):
        counted.chip(current, behind)
    search, subject, unit, more = st.columns([4, 3, 3, 2])
    text = search.text_input(
        t("Search"),
        key="rounds.search",
        placeholder=t("Search without accents: le hoi, 100/QD, KT-2020-0001"),
        icon=":material/search:",
        label_visibility="collapsed",
    )
    names = {row.id: row.name for row in units(current)}
    asked = Filter(
        text=text or "",
        counted=behind,
        subject=address.choice(
            subject, "nhom", t("Subject group"), t("All subject groups"), words("inspection_subject")
        ),
        unit_id=address.choice(unit, "don-vi", t("Unit"), t("All units"), names),
    )
    with more.popover(t("More filters"), key="rounds.more", width="stretch"):
        return replace(
            asked,
            kind=address.choice(st, "hinh-thuc", t("Kind of round"), t("All kinds"), words("inspection_kind")),
            lead=address.choice(st, "doan", t("How it is led"), t("Independent and joint"), words("inspection_lead")),
            first=st.date_input(t("Planned from"), None, format="DD/MM/YYYY", key="tu", bind="query-params"),
            last=st.date_input(t("Planned to"), None, format="DD/MM/YYYY", key="den", bind="query-params"),
        )


def bubble(asked: Filter) -> tuple[str | None, int]:
    """The chosen bubble and how many rounds it shows."""
    counts = inspection.bubble_counts(current, asked)
    states = entries(current, "round_state")
    names = {code: t(BUBBLE_LABELS[code]) if code in BUBBLE_LABELS else label(states, code) for code in BUBBLES}
    shown = [code for code in BUBBLES if counts[code] or code == st.query_params.get("trang-thai")]
    chosen = address.bubbles("trang-thai", {code: f"{names[code]} {number(counts[code])}" for code in shown})
    return chosen, counts[chosen or ""]


# ---- what is shown --------------------------------------------------------------------------------------------------
def the_list(asked: Filter, total: int, *, narrow: bool) -> int | None:
    """One page of the list; beside an open record it keeps to three columns."""
    place = st.container()
    offset = lists.pager(total, SIZE, "rounds.page")
    rows = inspection.rounds(current, asked, SIZE, offset)
    columns = {
        "number": st.column_config.TextColumn(t("Number"), width=110),
        "planned": st.column_config.TextColumn(t("Planned for"), width=95),
        "what": st.column_config.TextColumn(t("Subject and area"), width=320),
    }
    if not narrow:
        columns["done"] = st.column_config.TextColumn(t("Done on"), width=95)
        columns["decision"] = st.column_config.TextColumn(t("Decision number"), width=140)
        columns["state"] = st.column_config.TextColumn(t("State"), width=120)
    subjects, states = entries(current, "inspection_subject"), entries(current, "round_state")
    with place:
        shown = [as_words(row, subjects, states) for row in rows]
        return lists.table(shown, columns, [row.id for row in rows], "rounds.table")


def as_words(row: InspectionRound, subjects: dict[str, Entry], states: dict[str, Entry]) -> dict[str, str]:
    what = label(subjects, row.subject)
    return {
        "number": row.number,
        "planned": date(row.planned_on),
        "what": f"{what}: {row.area}" if row.area else what,
        "done": date(row.done_on),
        "decision": row.decision_no,
        "state": label(states, row.state),
    }


def opened() -> InspectionRound | None:
    """The round in the address; a foreign or missing one is said plainly."""
    asked = address.number()
    try:
        return inspection.inspection_round(current, asked) if asked is not None else None
    except NotFound:
        st.error(t("There is no such inspection round, or it is not yours to see."), icon=":material/search_off:")
        return None


def nothing(asked: Filter) -> None:
    if asked == Filter():
        page.empty(t("No inspection round yet."), t("Plan the first one with the button above."))
    else:
        page.empty(t("No inspection round fits."), t("Change the search or the filters above."))


def head(row: InspectionRound) -> None:
    """Number and close button of the open round."""
    if lists.record_head(row.number, "rounds"):
        st.query_params.pop(inspection_view.FINDING, None)
        lists.untick("rounds.table")
        st.rerun()


def beside(row: InspectionRound | None, draw: Callable[[], int | None]) -> int | None:
    """What `draw` lists, beside the open round; returns what was clicked."""
    left, right = page.beside(row is not None)
    picked = None
    if left is not None:
        with left:
            picked = draw()
    if right is not None and row is not None:
        with right.container(border=True):
            head(row)
            inspection_view.show(current, row)
    return picked


def listed(row: InspectionRound | None) -> int | None:
    asked = asked_filter()
    chosen, total = bubble(asked)
    asked = replace(asked, bubble=chosen)
    if not total:
        nothing(asked)
    return beside(row, lambda: the_list(asked, total, narrow=row is not None) if total else None)


def behind_a_figure(what: Counted, row: InspectionRound | None) -> int | None:
    """Visits, findings or re-checks that a figure counts."""
    counted.chip(current, what)
    return beside(row, lambda: inspection_counted.show(current, what))


def overview() -> None:
    actions = page.head(current, t("Inspections"))
    may_write = current.may(Permission.RECORD_WRITE)
    if may_write and actions.button(
        t("Plan a round"), key="rounds.new", type="primary", icon=":material/add:", shortcut="Ctrl+M"
    ):
        forms.open_form(current, inspection_forms.NEW, values={"planned_on": current.today()})
    forms.closed(current)
    row = opened()
    picked = behind_a_figure(what, row) if (what := counted.read(current, *inspection_counted.TABLES)) else listed(row)
    if picked and picked != (row.id if row else None):
        st.query_params["id"] = str(picked)
        st.query_params.pop(inspection_view.FINDING, None)
        st.rerun()


if not inspection_forms.show_open(current):
    overview()
