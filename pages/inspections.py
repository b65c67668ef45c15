"""Kiểm tra: plan rounds, write down visits and findings, follow their remedies."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st

from models import inspection
from models.about import INSPECTIONS
from models.access import NotFound, Permission
from models.catalogue import Entry, entries
from models.counted import Counted
from models.inspection import Filter, InspectionRound
from pages.parts import (
    address,
    counted,
    forms,
    inspection_counted,
    inspection_filters,
    inspection_forms,
    inspection_view,
    lists,
    page,
)
from pages.parts.guard import enter
from pages.parts.lasting import of_list
from pages.parts.words import date, label, language, t

current = enter(Permission.RECORD_READ)
SIZE = 15


# ---- what is shown --------------------------------------------------------------------------------------------------
def the_list(asked: Filter, total: int, *, narrow: bool) -> int | None:
    """One page of the list; beside an open record it keeps to three columns."""
    place = st.container()
    offset = lists.pager(total, SIZE, "rounds.page")
    what = ("rounds.page", asked, offset, language())
    rows = of_list(current, frozenset({INSPECTIONS}), what, partial(page_of_rounds, asked, offset))
    columns = {
        "number": st.column_config.TextColumn(t("Number"), width=110),
        "planned": st.column_config.TextColumn(t("Planned for"), width=95),
        "what": st.column_config.TextColumn(t("Subject and area"), width=320),
    }
    if not narrow:
        columns["done"] = st.column_config.TextColumn(t("Done on"), width=95)
        columns["decision"] = st.column_config.TextColumn(t("Decision number"), width=140)
        columns["state"] = st.column_config.TextColumn(t("State"), width=120)
    with place:
        return lists.table([words for _, words in rows], columns, [number for number, _ in rows], "rounds.table")


def page_of_rounds(asked: Filter, offset: int) -> list[tuple[int | None, dict[str, str]]]:
    """(id, its cells)"""
    subjects, states = entries(current, "inspection_subject"), entries(current, "round_state")
    rows = inspection.rounds(current, asked, SIZE, offset)
    return [(row.id, as_words(row, subjects, states)) for row in rows]


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
    asked = inspection_filters.asked_filter(current)
    chosen, total = inspection_filters.bubble(current, asked)
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
