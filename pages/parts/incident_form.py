"""The entry form of an incident: a new one, or the one that is open."""

from typing import Any

import streamlit as st

from models import event, incident
from models.access import Current, Permission
from models.incident import COMPLEX, NONE, Incident, IncidentDraft
from pages.parts import forms, page, sharing
from pages.parts.words import N_, t

NEW, EDIT = "incident.new", "incident.edit"
SECRETS = N_(
    "Do not enter or attach anything that is a state secret. No names and no identity numbers of people involved."
)


def show(current: Current, row: Incident | None) -> None:
    """Draw the whole form; once it is saved the incident opens."""
    title = t("Edit {number}", number=row.number) if row else t("New incident")
    page.head(current, title, t("Only the fields with * are needed now."))
    st.warning(t(SECRETS), icon=":material/gpp_maybe:")
    form = forms.Form(
        current, IncidentDraft, form=EDIT if row else NEW, key="incident", choices=_choices(current, row), row=row
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
    if saved := form.submit(t("Save"), lambda draft: _save(current, draft, form, row)):
        page.done(t("Saved as {number}.", number=saved.number))
        st.query_params["id"] = str(saved.id)
        st.rerun()


def _choices(current: Current, row: Incident | None) -> dict[str, dict[Any, str]]:
    """What the form offers. That something is complex only a head says."""
    degrees = forms.catalogue_choices(current, "complexity")
    if not current.may(Permission.INCIDENT_JUDGE) and not (row and row.complexity == COMPLEX):
        degrees.pop(COMPLEX)
    return {
        "complexity": degrees,
        "event": {row.id: f"{row.number} {row.name}" for row in event.choices(current)},
        "partner": sharing.partner_choices(current),
    }


def _save(current: Current, draft: IncidentDraft, form: forms.Form[IncidentDraft], row: Incident | None) -> Incident:
    if row is None:
        return incident.report(current, draft, nonce=form.nonce)
    return incident.amend(current, row.id, draft, form.seen or 0, nonce=form.nonce)  # type: ignore[arg-type]
