"""The forms of an event: the event itself, and its result."""

import streamlit as st

from models import event
from models.access import Current
from models.event import Event, EventDraft, ResultDraft
from pages.parts import forms, page, sharing
from pages.parts.words import t


def event_form(current: Current, row: Event | None) -> None:
    page.head(current, t("Edit {number}", number=row.number) if row else t("New event"))
    name = "event.edit" if row else "event.new"
    choices = {"partner": sharing.partner_choices(current)}
    # Not "event": the note box of the event's timeline is "event.note".
    form = forms.Form(current, EventDraft, form=name, key="event.form", choices=choices, row=row)
    form.field("name")
    form.fields(
        "kind", "unit_id", "venue", "organiser", "starts_at", "ends_at", "expected_people", "partners", columns=2
    )
    form.field("note")
    if saved := form.submit(t("Save"), lambda draft: _save(current, draft, form, row)):
        page.done(t("Saved as {number}.", number=saved.number))
        st.query_params["id"] = str(saved.id)
        st.rerun()


def _save(current: Current, draft: EventDraft, form: forms.Form[EventDraft], row: Event | None) -> Event:
    if row is None:
        return event.add_event(current, draft, nonce=form.nonce)
    return event.amend_event(current, row.id, draft, form.seen or 0, nonce=form.nonce)  # type: ignore[arg-type]


def result_form(current: Current, row: Event) -> None:
    page.head(
        current, t("Result of {number}", number=row.number), t("The number of people decides the rate of incidents.")
    )
    form = forms.Form(current, ResultDraft, form="event.result", key="result", row=row)
    form.fields("attendance", "attendance_kind", "peak", columns=3)
    form.fields("incident_summary", "forces_used", "lessons")
    if form.submit(t("Save the report"), lambda draft: _report(current, draft, form, row)):
        page.done(t("Saved."))
        st.rerun()


def _report(current: Current, draft: ResultDraft, form: forms.Form[ResultDraft], row: Event) -> Event:
    return event.report_result(current, row.id, draft, form.seen or 0, nonce=form.nonce)  # type: ignore[arg-type]
