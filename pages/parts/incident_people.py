"""Who looks after an incident: its owner, and helpers each with a role word."""

import streamlit as st

from models import account_admin, incident_people
from models.access import Current, Permission, Refusal
from models.incident import Incident
from models.incident_people import HelperDraft
from pages.parts import forms, opening, page
from pages.parts.refusals import explain
from pages.parts.words import plain, t


def show(current: Current, row: Incident) -> None:
    """One line with the owner and the helpers, and the small forms that change them."""
    owner, helpers = incident_people.people(current, row.id or 0)
    names = dict(account_admin.colleagues(current))
    st.markdown(t("Looked after by **{name}**", name=plain(owner) if owner else t("nobody yet")))
    may = current.may(Permission.RECORD_WRITE) and row.closed_at is None
    for account_id, name, role_word in helpers:
        line = st.container(horizontal=True, vertical_alignment="center")
        line.markdown(f"{plain(name)} · :gray[{plain(role_word)}]", width="content")
        if may and line.button(t("Remove"), key=f"incident.helper.remove.{account_id}", type="tertiary"):
            incident_people.remove_helper(current, row.id or 0, account_id)
            st.rerun()
    if may:
        with st.container(horizontal=True):
            _assign(current, row, names)
            forms.ask(
                current,
                "incident.helper",
                t("Add helper"),
                HelperDraft,
                lambda asked: incident_people.add_helper(current, row.id or 0, asked),
                icon=":material/group_add:",
                choices={"colleague": names},
            )


def _assign(current: Current, row: Incident, names: dict[int, str]) -> None:
    box = opening.popover(t("Change owner"), "incident.owner.open", icon=":material/person_edit:")
    if box is None:
        return
    with box:
        options = list(names)
        first = options.index(row.owner_id) if row.owner_id in names else None
        chosen = st.selectbox(
            t("Owner"),
            options,
            index=first,
            format_func=lambda one: names[one],
            key="incident.owner",
            placeholder=t("nobody yet"),
        )
        if not st.button(t("Save"), key="incident.owner.save", type="primary"):
            return
        try:
            incident_people.assign(current, row.id or 0, chosen, row.version)
        except Refusal as refusal:
            st.error(explain(refusal))
        else:
            opening.shut("incident.owner.open")
            page.done(t("Saved."))
            st.rerun()
