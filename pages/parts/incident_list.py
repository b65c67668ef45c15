"""The list of incidents: search and filters, bubbles with counts, pages, saved views, one change for all, export."""

import datetime as dt
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from models import exports, incident_desk, incident_search, saved_view, spreadsheet
from models.about import INCIDENTS
from models.access import Current, NotFound, Permission, Refusal, Role
from models.catalogue import entries
from models.draft import valid
from models.incident import Incident
from models.incident_search import BUBBLES, Filter
from models.organisation import units
from models.saved_view import SavedViewDraft
from pages.parts import address, counted, downloads, fields, guarding, incident_bulk, lists, opening, page
from pages.parts.lasting import of_list
from pages.parts.refusals import explain
from pages.parts.words import N_, date, label, moment, number, short_moment, t

SIZE = 15
EXPORTED = 20_000  # rows of a file at most
PAGE = "incidents"
BUBBLE_LABELS = {
    "open": N_("Open"),
    "overdue": N_("Overdue"),
    "transferred": N_("Transferred"),
    "settled": N_("Settled"),
    "closed": N_("Closed"),
    "latent": N_("Latent"),
    "complex": N_("Complex"),
}
ADDRESS = ("loai", "don-vi", "cua-toi", "tu", "den", "loc")  # what a view keeps: choices and days, never typed text


# ---- what is asked for ------------------------------------------------------------------------------------------------
def asked_filter(current: Current) -> Filter:
    """Search, kind, unit and the rest in one row; above it the number whose records are shown, if it is one's. A number with
    Enter opens that incident."""
    behind = counted.read(current, "incident")
    if behind:
        counted.chip(current, behind)
    search, kind, unit, more = st.columns([5, 3, 3, 2], vertical_alignment="bottom")
    text = search.text_input(
        t("Search"),
        key="incidents.search",
        placeholder=t("Search without accents: gay roi, VV-2020-0031"),
        icon=":material/search:",
        label_visibility="collapsed",
        max_chars=200,
    )
    _jump(current, text or "")
    kinds = {code: one for code, one in entries(current, "incident_kind").items() if one.parent is None}
    names = {row.id: row.name for row in units(current)}
    return Filter(
        text=text or "",
        kind=address.choice(kind, "loai", t("Kind"), t("All kinds"), {code: label(kinds, code) for code in kinds}),
        unit_id=address.choice(unit, "don-vi", t("Unit"), t("All units"), names),
        counted=behind,
        **_more(current, more),
    )


def _jump(current: Current, text: str) -> None:
    """Number and Enter: straight to the record, once for each number typed."""
    typed = text.strip()
    if not typed:
        st.session_state.pop("incidents.jumped", None)  # the same number typed again opens it again
    if (
        not typed
        or typed == st.session_state.get("incidents.jumped")
        or not (typed.isdecimal() or typed.upper().startswith("VV-"))
    ):
        return
    st.session_state["incidents.jumped"] = typed
    try:
        found = incident_search.by_number(current, typed)
    except NotFound:
        return
    _go_to(found.id)


def _go_to(incident_id: int | None) -> None:
    """Open another record than the row that is ticked in the list, which would take its place again."""
    lists.untick("incidents.table")
    st.query_params["id"] = str(incident_id)
    st.rerun()


def _more(current: Current, where: Any) -> dict[str, Any]:
    more = opening.filters(where, t("More"), "incidents.more", "tu", "den", "cua-toi", icon=":material/tune:")
    if more is None:
        return {}
    with more:
        first = st.date_input(t("Occurred from"), None, key="tu", bind="query-params", format="DD/MM/YYYY")
        last = st.date_input(t("Occurred until"), None, key="den", bind="query-params", format="DD/MM/YYYY")
        mine = st.toggle(t("Only mine"), key="cua-toi", bind="query-params")
        if first and last and last < first:
            st.error(t("This lies before what it follows. Please check the dates."))
        if opening.was_opened("incidents.more"):
            _views(current)
    until = last + dt.timedelta(days=1) if last else None
    return {
        "first": _midnight(current, first),
        "end": _midnight(current, until),
        "owner_id": current.account_id if mine else None,
    }


def _midnight(current: Current, day: dt.date | None) -> dt.datetime | None:
    return dt.datetime.combine(day, dt.time.min, current.zone) if day else None


def bubble(current: Current, asked: Filter) -> tuple[Filter, int]:
    """The filter narrowed by the chosen bubble, and how many incidents it finds."""
    what = ("incidents.bubbles", asked, current.account_id)
    ask = partial(incident_search.bubble_counts, current, asked)
    counts = of_list(current, frozenset({INCIDENTS}), what, ask)
    severities = entries(current, "severity")
    names = {code: t(BUBBLE_LABELS[code]) if code in BUBBLE_LABELS else label(severities, code) for code in BUBBLES}
    shown = [code for code in BUBBLES if counts[code] or code == st.query_params.get("loc")]
    chosen = address.bubbles("loc", {code: f"{names[code]} {number(counts[code])}" for code in shown})
    return replace(asked, bubble=chosen), counts[chosen or ""]


# ---- saved views ------------------------------------------------------------------------------------------------------
def _views(current: Current) -> None:
    """Filters under a name: one's own, and those shared with one's role."""
    found = {view.id: view for view in saved_view.views(current, PAGE)}
    if found:
        st.divider()
        chosen = st.selectbox(
            t("Saved views"),
            list(found),
            index=None,
            format_func=lambda one: found[one].name + (f" ({t('shared')})" if found[one].shared_role else ""),
            key="incidents.view",
            placeholder=t("Choose"),
        )
        row = st.container(horizontal=True)
        row.button(
            t("Show"), key="incidents.view.show", on_click=_apply, args=(found.get(chosen),), disabled=chosen is None
        )
        mine = chosen is not None and found[chosen].account_id == current.account_id
        if row.button(t("Delete"), key="incidents.view.drop", type="tertiary", disabled=not mine) and chosen:
            saved_view.drop_view(current, chosen)
            st.rerun()
    st.divider()
    name = st.text_input(t("Save this view as"), key="incidents.view.name")
    guarding.banner(small=True)
    roles = [Role.STAFF, Role.HEAD]
    shared = st.selectbox(
        t("Show it to the role"),
        roles,
        index=None,
        format_func=lambda role: t(fields.ENUM_LABELS[role]),
        key="incidents.view.role",
        placeholder=t("only me"),
    )
    if st.button(t("Save view"), key="incidents.view.save", disabled=not name):
        _keep_view(current, name or "", shared)


def _keep_view(current: Current, name: str, shared: Role | None) -> None:
    chosen = {key: st.query_params[key] for key in ADDRESS if key in st.query_params}
    try:
        saved_view.save_view(current, PAGE, valid(SavedViewDraft, {"name": name, "shared_role": shared}), chosen)
    except Refusal as refusal:
        st.error(explain(refusal))
        return
    page.done(t("The view is saved."))
    st.rerun()


def _apply(view: saved_view.SavedView | None) -> None:
    """Put a view's filters into the address; the widgets that are bound to it follow."""
    if view is None:
        return
    for key in ADDRESS:
        for state in (key, f"{key}.written"):
            st.session_state.pop(state, None)
        if key in view.filters:
            st.query_params[key] = view.filters[key]
        else:
            st.query_params.pop(key, None)


# ---- the list -----------------------------------------------------------------------------------------------------------
def show(current: Current, asked: Filter, total: int, *, narrow: bool) -> int | None:
    """One page of the list, `narrow` beside an open record; returns the id of the row that was clicked."""
    place = st.container()
    offset = lists.pager(total, SIZE, "incidents.page")
    ask = partial(incident_search.listed, current, asked, SIZE, offset)
    rows = of_list(current, frozenset({INCIDENTS}), ("incidents.page", asked, current.account_id, offset), ask)
    columns = {
        "number": st.column_config.TextColumn(t("Number"), width=110),
        "occurred": st.column_config.TextColumn(t("Occurred"), width=85 if narrow else 125),
        "summary": st.column_config.TextColumn(t("What happened"), width="large"),
    }
    when = short_moment if narrow else moment
    shown = [{"number": r.number, "occurred": when(r.occurred_at, current), "summary": r.summary} for r in rows]
    with place:
        return lists.table(shown, columns, [r.id for r in rows], "incidents.table")


def walk(current: Current, asked: Filter, row: Incident) -> None:
    """Previous and next through the filtered list, without losing the place."""
    what = ("incidents.neighbours", asked, current.account_id, row.id)
    ask = partial(incident_desk.neighbours, current, asked, row.id or 0)
    before, after = of_list(current, frozenset({INCIDENTS}), what, ask)
    line = st.container(horizontal=True, gap="small")
    for there, icon, text, key in (
        (before, ":material/chevron_left:", t("Previous"), "incident.previous"),
        (after, ":material/chevron_right:", t("Next"), "incident.next"),
    ):
        if line.button(text, key=key, icon=icon, type="tertiary", disabled=there is None):
            _go_to(there)


# ---- for the whole list -------------------------------------------------------------------------------------------------
def for_all(current: Current, asked: Filter, total: int) -> None:
    """Export exactly this list; change owner, state or due date of everything in it."""
    row = st.container(horizontal=True, vertical_alignment="center")
    with row:
        downloads.offer(
            current, "incidents.export", t("Export to Excel"), lambda: _export(current, asked), about=str(asked)
        )
        if current.may(Permission.RECORD_WRITE) and total:
            incident_bulk.show(current, asked, total)


def _export(current: Current, asked: Filter) -> tuple[str, str, bytes]:
    kinds, states, severities = (entries(current, name) for name in ("incident_kind", "incident_state", "severity"))
    names = {unit.id: unit.name for unit in units(current)}
    columns = [
        spreadsheet.Column(t("Number"), 16),
        spreadsheet.Column(t("Occurred at"), 18),
        spreadsheet.Column(t("Received at"), 18),
        spreadsheet.Column(t("What happened"), 60),
        spreadsheet.Column(t("Place"), 24),
        spreadsheet.Column(t("Unit"), 24),
        spreadsheet.Column(t("Kind"), 28),
        spreadsheet.Column(t("Severity"), 16),
        spreadsheet.Column(t("State"), 20),
        spreadsheet.Column(t("Due date"), 14),
        spreadsheet.Column(t("Settled at"), 18),
    ]
    rows = [
        [
            one.number,
            one.occurred_at,
            one.received_at,
            one.summary,
            one.place,
            names.get(one.unit_id, ""),
            label(kinds, one.kind),
            label(severities, one.severity),
            label(states, one.state),
            one.due_on,
            one.resolved_at,
        ]
        for one in incident_search.incidents(current, asked, EXPORTED)
    ]
    head = spreadsheet.Head(t("List of incidents"), filters=_in_words(current, asked))
    sheet = spreadsheet.Sheet(t("Incidents"), columns, rows)
    return t("Incidents"), exports.SHEET, spreadsheet.write(current, head, [sheet], t)


def _in_words(current: Current, asked: Filter) -> list[tuple[str, str]]:
    """The filters as an export prints them."""
    kinds, severities = entries(current, "incident_kind"), entries(current, "severity")
    names = {unit.id: unit.name for unit in units(current)}
    bubble_word = t(BUBBLE_LABELS[asked.bubble]) if asked.bubble in BUBBLE_LABELS else label(severities, asked.bubble)
    last = asked.end - dt.timedelta(days=1) if asked.end else None
    said = [
        (t("Figure"), counted.words(current, asked.counted) if asked.counted else ""),
        (t("Search"), asked.text),
        (t("Kind"), label(kinds, asked.kind) if asked.kind else ""),
        (t("Unit"), names.get(asked.unit_id, "") if asked.unit_id else ""),
        (t("Narrow"), bubble_word if asked.bubble else ""),
        (t("Occurred from"), date(asked.first.date()) if asked.first else ""),
        (t("Occurred until"), date(last.date()) if last else ""),
        (t("Only mine"), current.name if asked.owner_id else ""),
    ]
    return [(name, value) for name, value in said if value]
