"""The Zalo bridge, outwards: the flash report of an incident as plain text, ready to copy, and the note that it was sent."""

import streamlit as st

from models import deadline, flash_report
from models.access import Current, Permission, Refusal
from models.incident import Incident
from pages.parts import guarding, page
from pages.parts.refusals import explain, sentence
from pages.parts.words import moment, t

OPEN = "incident.flash.open"  # the id of the incident whose report stands open
LONGEST = 1000


def button(row: Incident) -> None:
    """Opens the report under the steps, and closes it."""
    st.button(t("Flash report"), key="incident.flash", icon=":material/outgoing_mail:", on_click=_turn, args=(row.id,))


def _turn(incident_id: int) -> None:
    st.session_state[OPEN] = None if st.session_state.get(OPEN) == incident_id else incident_id


def show(current: Current, row: Incident) -> None:
    """The report, while it is open."""
    if st.session_state.get(OPEN) != row.id:
        return
    with st.container(border=True):
        _report(current, row)


def _report(current: Current, row: Incident) -> None:
    st.caption(t("Names are initials and numbers are hidden. Copy it with the sign at its corner, then send it."))
    proposal = st.text_area(t("What we ask for"), key=f"incident.flash.proposal.{row.id}", height=70)
    guarding.banner(small=True)
    if len(proposal or "") > LONGEST:
        st.error(sentence("string_too_long", {"max_length": LONGEST}), icon=":material/error:")
        return
    said = flash_report.text(current, row.id, proposal or "")  # type: ignore[arg-type]
    st.code(said, language=None, wrap_lines=True)
    _sent(current, row)


def _sent(current: Current, row: Incident) -> None:
    """Whether it was sent; where it is due, the button that says so."""
    if row.flash_reported_at:
        st.caption(t("Sent {when}.", when=moment(row.flash_reported_at, current)))
        return
    if row.flash_due_at is None or row.closed_at or row.not_confirmed_at:
        return
    st.caption(t("Due {when}.", when=moment(row.flash_due_at, current)))
    may = current.may(Permission.RECORD_WRITE)
    if may and st.button(t("It was sent now"), key="incident.flash.sent", icon=":material/send:", type="primary"):
        try:
            deadline.report_flash(current, row.id, row.version)  # type: ignore[arg-type]
        except Refusal as refusal:
            st.error(explain(refusal), icon=":material/error:")
        else:
            page.done(t("Noted."))
            st.rerun()
