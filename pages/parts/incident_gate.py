"""The gate before a file is closed, on the page: the step itself, or what is still missing with the way there."""

from typing import Any

import streamlit as st

from models import closing, incident_life
from models.access import Current, Permission
from models.catalogue import Entry
from models.closing import DETAILS, LINKS, TASKS, Missing, PreventedDraft
from models.incident import Incident, IncidentDraft
from pages.parts import forms
from pages.parts.words import N_, language, number, t

OPEN_TAB = "incident.open_tab"  # which tab the next run opens: TASKS, DETAILS, LINKS
SENTENCES = {
    "field": N_("Not filled in: {field}."),
    "not_settled": N_("The incident is not settled yet."),
    "conclusion": N_("It has no conclusion. Reopen it, then settle it with one."),
    "still_watched": N_("The latent case is still being watched. Note how it ended."),
    "due_basis": N_("The due date was moved without a basis."),
    "flash_report": N_("No flash report was noted."),
    "open_tasks": N_("{count} task(s) are not finished and verified."),
    "open_findings": N_("{count} finding(s) of a linked round are still open."),
}


def step(current: Current, row: Incident, state: Entry, cls: Any, **style: Any) -> None:
    """The closing step of whoever may close; while something is missing, the list of it instead."""
    found = closing.missing(current, row.id)  # type: ignore[arg-type]
    if not any(one.blocks for one in found):
        forms.ask(
            current,
            f"incident.move.{state.code}",
            state.label(language()),
            cls,
            lambda asked: incident_life.move(current, row.id, state.code, asked, row.version),  # type: ignore[arg-type]
            **style,
        )
        return
    with st.popover(state.label(language()), icon=":material/checklist:", key="incident.gate"):
        st.markdown(f"**{t('Missing before the file can be closed')}**")
        for place, one in enumerate(found):
            _line(current, row, one, place)


def told(current: Current, row: Incident) -> None:
    """For those who may not close a settled file: what a head will miss."""
    if row.resolved_at is None or row.closed_at or current.may(Permission.INCIDENT_CLOSE):
        return
    found = closing.missing(current, row.id)  # type: ignore[arg-type]
    if any(one.blocks for one in found):
        with st.popover(t("Missing for closing"), icon=":material/checklist:", key="incident.gate"):
            for place, one in enumerate(found):
                _line(current, row, one, place)


def end_watch(current: Current, row: Incident) -> None:
    """The step that ends a latent case which was settled and went on being watched."""
    watched = row.was_latent and row.latent_ended_at is None and row.resolved_at is not None and row.closed_at is None
    if watched and current.may(Permission.INCIDENT_SETTLE):
        forms.ask(
            current,
            "incident.end_watch",
            t("End the watch"),
            PreventedDraft,
            lambda asked: closing.end_watch(current, row.id, asked, row.version),  # type: ignore[arg-type]
            icon=":material/visibility_off:",
        )


def _line(current: Current, row: Incident, one: Missing, place: int) -> None:
    line = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
    icon = ":red[:material/error:]" if one.blocks else ":gray[:material/info:]"
    line.markdown(f"{icon} {sentence(one)}", width="content")
    if one.where in IncidentDraft.model_fields:
        may = current.may(Permission.RECORD_WRITE)
        if may and line.button(t("Fill in"), key=f"incident.gate.{place}", type="tertiary"):
            forms.open_form(current, "incident.edit", row)
    elif one.where in (TASKS, DETAILS, LINKS) and line.button(t("Look"), key=f"incident.gate.{place}", type="tertiary"):
        st.session_state[OPEN_TAB] = one.where
        st.rerun()


def sentence(one: Missing) -> str:
    facts = {name: number(value) for name, value in one.facts.items()}
    if one.code == "field":
        facts = {"field": t(IncidentDraft.model_fields[one.where].title or one.where)}
    return t(SENTENCES[one.code], **facts) if one.code in SENTENCES else one.code
