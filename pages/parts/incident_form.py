"""The entry form of an incident: a new one, or the one that is open."""

from typing import Any

import streamlit as st

from models import event, incident, quick_entry
from models.access import Current, Permission
from models.incident import COMPLEX, NONE, Incident, IncidentDraft
from models.quick_entry import MessageDraft
from models.statement import Statement, make_incident
from pages.parts import fields, forms, incident_links, message_entry, page, sharing, statements
from pages.parts.words import t

NEW, EDIT = "incident.new", "incident.edit"


def show(current: Current, row: Incident | None, *, message: bool = False, statement: Statement | None = None) -> None:
    """Draw the whole form; once it is saved the incident opens. `message`: a new one, out of a pasted message;
    `statement`: a new one, on which that statement will hang."""
    title = t("Edit {number}", number=row.number) if row else t("New incident")
    page.head(current, title, t("Only the fields with * are needed now."))
    cls, name = (MessageDraft, message_entry.FORM) if message else (IncidentDraft, EDIT if row else NEW)
    name, source = (statements.TO_INCIDENT, statement.id) if statement else (name, None)
    choices = _choices(current, row)
    form = forms.Form(current, cls, form=name, key="incident", choices=choices, row=row, subject_id=source)
    if message:
        message_entry.original(current, form)
    if statement:
        st.caption(t("Made of statement {number}, which hangs on it and stays as it is.", number=statement.number))
    form.field("summary")
    twins = st.container()
    form.fields("occurred_at", "received_at", "place", "unit_id", columns=2)
    form.fields("kind", "severity", columns=2)
    if form.field("complexity") != NONE:
        form.field("complexity_reason")
    form.fields("description", "measures")
    form.fields("people_count", "people_roles", "event_id", "partners", columns=2)
    if current.may(Permission.INCIDENT_JUDGE):
        form.field("confidential")
    if row is None:
        incident_links.while_typing(current, twins, form.values)
    if saved := form.submit(t("Save"), lambda draft: _save(current, draft, form, row, source)):
        page.done(t("Saved as {number}.", number=saved.number))
        st.query_params["id"] = str(saved.id)
        st.rerun()


def _choices(current: Current, row: Incident | None) -> dict[str, dict[Any, str]]:
    """What the form offers. That something is complex only a head says."""
    degrees = fields.catalogue_choices(current, "complexity")
    if not current.may(Permission.INCIDENT_JUDGE) and not (row and row.complexity == COMPLEX):
        degrees.pop(COMPLEX)
    return {
        "complexity": degrees,
        "event": {row.id: f"{row.number} {row.name}" for row in event.choices(current)},
        "partner": sharing.partner_choices(current),
    }


def _save(
    current: Current, draft: IncidentDraft, form: forms.Form[IncidentDraft], row: Incident | None, source: int | None
) -> Incident:
    if source is not None:
        return make_incident(current, source, draft, nonce=form.nonce)
    if isinstance(draft, MessageDraft):
        return quick_entry.enter_message(current, draft, nonce=form.nonce)
    if row is None:
        return incident.report(current, draft, nonce=form.nonce)
    return incident.amend(current, row.id, draft, form.seen or 0, nonce=form.nonce)  # type: ignore[arg-type]
