"""Sự kiện: enter an event, find it again, plan its security, report how it went."""

import datetime as dt
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from models import event, plan
from models.about import EVENTS
from models.access import NotFound, Permission
from models.catalogue import entries
from models.event import BUBBLES, Event, Filter
from models.organisation import units
from models.plan import Plan
from pages.parts import address, counted, event_forms, event_view, forms, lists, opening, page, plan_editor, plan_view
from pages.parts.guard import enter
from pages.parts.lasting import of_list
from pages.parts.words import N_, label, language, moment, number, t

current = enter(Permission.RECORD_READ)
SIZE = 15
BUBBLE_LABELS = {
    "upcoming": N_("Upcoming"),
    "running": N_("Under way"),
    "past": N_("Has ended"),
    "unplanned": N_("Without a plan"),
    "unreported": N_("Not reported"),
    "cancelled": N_("Cancelled"),
}


# ---- the list -------------------------------------------------------------------------------------------------------
def asked_filter() -> Filter:
    """Search, kind, unit and days in one row; the bubbles with their counts below. Above them the number whose events are
    shown, if it is one's."""
    behind = counted.read(current, "event")
    if behind:
        counted.chip(current, behind)
    search, kind, unit, days = st.columns([5, 3, 3, 2], vertical_alignment="bottom")
    text = search.text_input(
        t("Search"),
        key="events.search",
        placeholder=t("Search without accents: le hoi, SK-2020-0001"),
        icon=":material/search:",
        label_visibility="collapsed",
    )
    kinds = entries(current, "event_kind")
    names = {row.id: row.name for row in units(current)}
    chosen: dict[str, Any] = {
        "kind": address.choice(kind, "loai", t("Kind"), t("All kinds"), {code: label(kinds, code) for code in kinds}),
        "unit_id": address.choice(unit, "don-vi", t("Unit"), t("All units"), names),
    }
    return Filter(text=text or "", counted=behind, **chosen, **between(days))


def between(where: Any) -> dict[str, Any]:
    """Days, both included; a link from a figure asks for what ended in them."""
    days = opening.filters(where, t("Days"), "events.days", "tu", "den", "ket-thuc", icon=":material/date_range:")
    if days is None:
        return {}
    with days:
        first, last = (
            st.date_input(title, None, key=key, bind="query-params", format="DD/MM/YYYY")
            for title, key in ((t("From"), "tu"), (t("To"), "den"))
        )
        ended = st.toggle(t("Only events that ended in these days"), key="ket-thuc", bind="query-params")
        if first and last and last < first:
            st.error(t("This lies before what it follows. Please check the dates."))
    until = last + dt.timedelta(days=1) if last else None
    return {"first": midnight(first), "end": midnight(until), "ended": ended}


def midnight(day: dt.date | None) -> dt.datetime | None:
    return dt.datetime.combine(day, dt.time.min, current.zone) if day else None


def bubble(asked: Filter) -> tuple[str | None, int]:
    """The chosen bubble and how many events it shows."""
    until = partial(event.next_turn, current)
    ask = partial(event.bubble_counts, current, asked)
    counts = of_list(current, frozenset({EVENTS}), ("events.bubbles", asked), ask, until)
    states = entries(current, "plan_state")
    plan_word = lambda code: t("Plan: {state}", state=label(states, code).lower())  # noqa: E731
    names = {code: t(BUBBLE_LABELS[code]) if code in BUBBLE_LABELS else plan_word(code) for code in BUBBLES}
    shown = [code for code in BUBBLES if counts[code] or code == st.query_params.get("loc")]
    chosen = address.bubbles("loc", {code: f"{names[code]} {number(counts[code])}" for code in shown})
    return chosen, counts[chosen or ""]


def the_list(asked: Filter, total: int) -> int | None:
    place = st.container()
    offset = lists.pager(total, SIZE, "events.page")
    what, until = ("events.page", asked, offset, language()), partial(event.next_turn, current)
    rows = of_list(current, frozenset({EVENTS}), what, partial(page_of_events, asked, offset), until)
    columns = {
        "number": st.column_config.TextColumn(t("Number"), width=110),
        "starts": st.column_config.TextColumn(t("Starts"), width=125),
        "name": st.column_config.TextColumn(t("Event"), width="large"),
        "plan": st.column_config.TextColumn(t("Plan"), width=110),
    }
    with place:
        return lists.table([words for _, words in rows], columns, [number for number, _ in rows], "events.table")


def page_of_events(asked: Filter, offset: int) -> list[tuple[int | None, dict[str, str]]]:
    """(id, its cells)"""
    rows, states = event.events(current, asked, SIZE, offset), entries(current, "plan_state")
    plans = event.newest_plans(current, [row.id for row in rows])  # type: ignore[misc]
    words = {row.id: label(states, plans[row.id].state) if row.id in plans else t("none") for row in rows}
    when = {row.id: moment(row.starts_at, current) for row in rows}
    return [(r.id, {"number": r.number, "starts": when[r.id], "name": r.name, "plan": words[r.id]}) for r in rows]


# ---- what the address names -----------------------------------------------------------------------------------------
def opened() -> tuple[Event | None, list[Plan]]:
    """The event in the address with its plans; a foreign or missing one is said plainly."""
    asked = address.number()
    try:
        return (event.event(current, asked), plan.plans(current, asked)) if asked else (None, [])
    except NotFound:
        st.error(t("There is no such event, or it is not yours to see."), icon=":material/search_off:")
        return None, []


def nothing(asked: Filter) -> None:
    if asked == Filter():
        page.empty(t("No event yet."), t("Enter the first one with the button above."))
    else:
        page.empty(t("No event fits."), t("Change the search or the filters above."))


def overview(row: Event | None, plans: list[Plan]) -> None:
    actions = page.head(current, t("Events"))
    may_write = current.may(Permission.RECORD_WRITE)
    if may_write and actions.button(
        t("Enter event"), key="events.new", type="primary", icon=":material/add:", shortcut="Ctrl+M"
    ):
        forms.open_form(current, "event.new")
    forms.closed(current)
    asked = asked_filter()
    chosen, total = bubble(asked)
    asked = replace(asked, bubble=chosen)
    if not total:
        nothing(asked)
    left, right = page.beside(row is not None)
    picked = None
    if left is not None and total:
        with left:
            picked = the_list(asked, total)
    if picked and picked != (row.id if row else None):
        st.query_params["id"] = str(picked)
        st.rerun()
    if right is not None and row is not None:
        with right.container(border=True):
            if lists.record_head(row.number, "event"):
                lists.untick("events.table")
                st.rerun()
            event_view.show(current, row, plans)


found, editions = opened()
edition = next((one for one in editions if one.id == address.number(plan_view.ADDRESS)), None)
if forms.is_open(current, "event.new"):
    event_forms.event_form(current, None)
elif found and forms.is_open(current, "event.edit"):
    event_forms.event_form(current, found)
elif found and forms.is_open(current, "event.result"):
    event_forms.result_form(current, found)
elif found and not editions and st.query_params.get(plan_view.ADDRESS) == plan_editor.NEW:
    plan_editor.show(current, found, None)
elif found and edition and forms.is_open(current, "plan.edit"):
    plan_editor.show(current, found, edition)
elif found and edition:
    plan_view.show(current, found, edition, editions)
else:
    overview(found, editions)
