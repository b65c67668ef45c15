"""Vụ việc: enter an incident, find it again, take it through its life."""

from typing import Any

import streamlit as st

from models import event, incident
from models.access import NotFound, Permission
from models.catalogue import entries
from models.incident import BUBBLES, COMPLEX, NONE, Filter, Incident, IncidentDraft
from models.organisation import units
from pages.parts import forms, incident_view, lists, page, sharing
from pages.parts.guard import enter
from pages.parts.words import N_, label, moment, number, t

current = enter(Permission.RECORD_READ)
SIZE = 15
BUBBLE_LABELS = {"open": N_("Open"), "overdue": N_("Overdue"), "latent": N_("Latent"), "complex": N_("Complex")}
SECRETS = N_(
    "Do not enter or attach anything that is a state secret. No names and no identity numbers of people involved."
)


def choices(row: Incident | None) -> dict[str, dict[Any, str]]:
    """What the form offers. That something is complex only a head says."""
    degrees = forms.catalogue_choices(current, "complexity")
    if not current.may(Permission.INCIDENT_JUDGE) and not (row and row.complexity == COMPLEX):
        degrees.pop(COMPLEX)
    return {
        "complexity": degrees,
        "event": {row.id: f"{row.number} {row.name}" for row in event.choices(current)},
        "partner": sharing.partner_choices(current),
    }


def entry_form(row: Incident | None) -> None:
    """The whole form: a new incident, or the one that is open."""
    name = "incident.edit" if row else "incident.new"
    page.head(
        current,
        t("Edit {number}", number=row.number) if row else t("New incident"),
        t("Only the fields with * are needed now."),
    )
    st.warning(t(SECRETS), icon=":material/gpp_maybe:")
    now = current.now().astimezone(current.zone).replace(second=0, microsecond=0)
    form = forms.Form(
        current,
        IncidentDraft,
        form=name,
        key="incident",
        choices=choices(row),
        row=row,
        values={} if row else {"occurred_at": now},
    )
    form.field("summary")
    form.fields("occurred_at", "received_at", "place", "unit_id", columns=2)
    form.fields("kind", "severity", columns=2)
    if form.field("complexity") != NONE:
        form.field("complexity_reason")
    form.fields("description", "measures")
    form.fields("people_count", "people_roles", "event_id", "partners", columns=2)
    if current.may(Permission.INCIDENT_JUDGE):
        form.field("confidential")
    if saved := form.submit(t("Save"), lambda draft: save(draft, form, row)):
        page.done(t("Saved as {number}.", number=saved.number))
        st.query_params["id"] = str(saved.id)
        st.rerun()


def save(draft: IncidentDraft, form: forms.Form[IncidentDraft], row: Incident | None) -> Incident:
    if row is None:
        return incident.report(current, draft, nonce=form.nonce)
    return incident.amend(current, row.id, draft, form.seen or 0, nonce=form.nonce)  # type: ignore[arg-type]


def asked_filter() -> Filter:
    """Search, kind and unit in one row; the bubbles with their counts below."""
    search, kind, unit = st.columns([2, 1, 1])
    text = search.text_input(
        t("Search"),
        key="incidents.search",
        placeholder=t("Search without accents: gay roi, VV-2020-0031"),
        icon=":material/search:",
        label_visibility="collapsed",
    )
    kinds = {code: one for code, one in entries(current, "incident_kind").items() if one.parent is None}
    chosen_kind = kind.selectbox(
        t("Kind"),
        list(kinds),
        index=None,
        format_func=lambda code: label(kinds, code),
        key="loai",
        bind="query-params",
        placeholder=t("All kinds"),
        label_visibility="collapsed",
    )
    names = {row.id: row.name for row in units(current)}
    chosen_unit = unit.selectbox(
        t("Unit"),
        list(names),
        index=None,
        format_func=lambda one: names[one],
        key="don-vi",
        bind="query-params",
        placeholder=t("All units"),
        label_visibility="collapsed",
    )
    return Filter(text=text or "", kind=chosen_kind, unit_id=chosen_unit)


def bubble(asked: Filter) -> tuple[str | None, int]:
    """The chosen bubble and how many incidents it shows."""
    counts = incident.bubble_counts(current, asked)
    severities = entries(current, "severity")
    names = {code: t(BUBBLE_LABELS[code]) if code in BUBBLE_LABELS else label(severities, code) for code in BUBBLES}
    shown = [code for code in BUBBLES if counts[code] or code == st.session_state.get("loc")]
    chosen = st.pills(
        t("Narrow"),
        shown,
        format_func=lambda code: f"{names[code]} {number(counts[code])}",
        key="loc",
        bind="query-params",
        label_visibility="collapsed",
    )
    return chosen, counts[chosen or ""]


def the_list(asked: Filter, total: int) -> int | None:
    place = st.container()
    offset = lists.pager(total, SIZE, "incidents.page")
    rows = incident.incidents(current, asked, SIZE, offset)
    columns = {
        "number": st.column_config.TextColumn(t("Number"), width=110),
        "occurred": st.column_config.TextColumn(t("Occurred"), width=125),
        "summary": st.column_config.TextColumn(t("What happened"), width="large"),
    }
    shown = [{"number": r.number, "occurred": moment(r.occurred_at, current), "summary": r.summary} for r in rows]
    with place:
        return lists.table(shown, columns, [r.id for r in rows], "incidents.table")


def opened() -> Incident | None:
    """The incident in the address; a foreign or missing one is said plainly."""
    asked = st.query_params.get("id", "")
    try:
        return incident.incident(current, int(asked)) if asked.isdigit() and len(asked) < 10 else None
    except NotFound:
        st.error(t("There is no such incident, or it is not yours to see."), icon=":material/search_off:")
        return None


def overview() -> None:
    actions = page.head(current, t("Incidents"))
    if current.may(Permission.RECORD_WRITE) and actions.button(
        t("Enter incident"), key="incidents.new", type="primary", icon=":material/add:", shortcut="Ctrl+M"
    ):
        forms.open_form(current, "incident.new", values={"occurred_at": current.now().replace(second=0, microsecond=0)})
    forms.closed(current)
    asked = asked_filter()
    chosen, total = bubble(asked)
    asked = Filter(**{**asked.__dict__, "bubble": chosen})
    row = opened()
    if not total:
        page.empty(t("No incident fits."), t("Change the search, or enter the first one with the button above."))
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
            if lists.record_head(row.number, "incident"):
                st.session_state.pop("incidents.table", None)
                st.rerun()
            incident_view.show(current, row)


if forms.is_open(current, "incident.new"):
    entry_form(None)
elif (found := opened()) and forms.is_open(current, "incident.edit"):
    entry_form(found)
else:
    overview()
