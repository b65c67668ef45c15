"""The Zalo bridge, inwards: a pasted message becomes a form that is filled in as far as rules can read it."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from models import quick_entry
from models.access import Current
from models.catalogue import entries
from models.organisation import units
from models.text import clean, without_control_characters
from pages.parts import forms, guarding, opening
from pages.parts.refusals import sentence
from pages.parts.words import label, moment, number, plain, t

FORM = "incident.message"
LONGEST = 10_000


def paste(current: Current, where: DeltaGenerator) -> None:
    """The button that opens the box for a message; reading it opens the form."""
    with where:
        box = opening.popover(t("Paste a message"), "message.open", icon=":material/content_paste:")
    if box is None:
        return
    with box:
        guarding.banner(small=True)
        with st.form("message.form", border=False):
            text = st.text_area(
                t("Message as it came"),
                key="message.text",
                height=170,
                placeholder=t("Paste what arrived by Zalo or mail"),
            )
            sent = st.form_submit_button(
                t("Read it into the form"), key="message.read", type="primary", icon=":material/document_scanner:"
            )
        message = clean(without_control_characters(text or ""))
        if sent and len(message) < 3:
            st.error(t("There is no message yet. Please paste it above."), icon=":material/error:")
        elif sent and len(message) > LONGEST:
            st.error(sentence("string_too_long", {"max_length": LONGEST}), icon=":material/error:")
        elif sent:
            forms.open_form(current, FORM, values=quick_entry.offered(current, message))


def original(current: Current, form: forms.Form[Any]) -> None:
    """The message over the form, and what was read out of it."""
    found = quick_entry.read(current, form.field("message", disabled=True) or "")
    kinds = entries(current, "incident_kind")
    names = {row.id: row.name for row in units(current)}
    said = {
        "occurred_at": moment(found.occurred_at, current),
        "place": plain(found.place),
        "unit_id": plain(names.get(found.unit_id, "")),
        "kind": label(kinds, found.kind),
        "people": t("{count} people", count=number(found.people)),
        "phone": t("phone {number} (stays in the message alone)", number=plain(found.phone)),
    }
    read = " · ".join(words for name, words in said.items() if name in found.found)
    st.caption(t("Read from it: {said}", said=read) if read else t("Nothing could be read from it."))
