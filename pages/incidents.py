"""Vụ việc: enter an incident, find it again, take it through its life."""

import streamlit as st

from models import incident
from models.access import NotFound, Permission
from models.incident import Incident
from models.incident_search import Filter
from pages.parts import (
    address,
    forms,
    incident_form,
    incident_import,
    incident_list,
    incident_paper,
    incident_view,
    lists,
    message_entry,
    page,
    quick_entry,
    statements,
)
from pages.parts.guard import enter
from pages.parts.words import t

current = enter(Permission.RECORD_READ)


def opened() -> Incident | None:
    """The incident in the address, or None: a foreign and a missing one look the same."""
    asked = address.number()
    try:
        return incident.incident(current, asked) if asked is not None else None
    except NotFound:
        return None


def new_button() -> None:
    actions = page.head(current, t("Incidents"))
    if current.may(Permission.RECORD_WRITE) and actions.button(
        t("Enter incident"), key="incidents.new", type="primary", icon=":material/add:", shortcut="Ctrl+M"
    ):
        now = current.now().replace(second=0, microsecond=0)
        forms.open_form(current, incident_form.NEW, values={"occurred_at": now})
    with actions:
        statements.buttons(current)
        incident_import.button(current)
    forms.closed(current)
    if st.query_params.get("id") and opened() is None:
        st.error(t("There is no such incident, or it is not yours to see."), icon=":material/search_off:")


def nothing(asked: Filter) -> None:
    """Nothing fits what was asked for; or nothing was asked for, and nothing is there yet."""
    if asked != Filter():
        page.empty(t("No incident fits."), t("Change the search or the filters above."))
        return
    first = t(
        "Enter the first one in the line above: what happened and when. Enter saves it, the rest may follow later."
    )
    old = t("Incidents of earlier years come in from a file, with the button above.")
    hints = [first] if current.may(Permission.RECORD_WRITE) else []
    page.empty(t("No incident yet."), " ".join([*hints, old] if current.may(Permission.INCIDENT_IMPORT) else hints))


def record(asked: Filter, row: Incident) -> None:
    """The open incident beside the list."""
    if lists.record_head(row.number, "incident"):
        lists.untick("incidents.table")
        st.rerun()
    incident_list.walk(current, asked, row)
    incident_view.show(current, row)


def overview(row: Incident | None) -> None:
    new_button()
    quick_entry.show(current)
    asked, total = incident_list.bubble(current, incident_list.asked_filter(current))
    if not total:
        nothing(asked)
    left, right = page.beside(row is not None)
    picked = None
    if left is not None and total:
        with left:
            picked = incident_list.show(current, asked, total, narrow=row is not None)
            incident_list.for_all(current, asked, total)
    if picked and picked != (row.id if row else None):
        st.query_params["id"] = str(picked)
        st.rerun()
    if right is not None and row is not None:
        with right.container(border=True):
            record(asked, row)


quick_entry.by_address(current)
if incident_import.is_open(current):
    incident_import.show(current)
elif forms.is_open(current, incident_form.NEW):
    incident_form.show(current, None)
elif forms.is_open(current, message_entry.FORM):
    incident_form.show(current, None, message=True)
elif forms.is_open(current, statements.NEW):
    statements.write(current)
elif source := statements.source(current):
    incident_form.show(current, None, statement=source)
elif statements.asked():
    statements.room(current)
elif (found := opened()) and forms.is_open(current, incident_form.EDIT):
    incident_form.show(current, found)
elif found and incident_paper.asked():
    incident_paper.show(current, found)
else:
    overview(found)
