"""Whether changes come by mail, and where to: one's own choice."""

import streamlit as st

from models import outbox
from models.access import Current, Refusal
from models.draft import valid
from models.outbox import AT_ONCE, DAILY, DAILY_HOUR, NONE, MailDraft
from pages.parts import page
from pages.parts.refusals import explain
from pages.parts.words import N_, t

MODES = {NONE: N_("Never"), AT_ONCE: N_("At once"), DAILY: N_("Once a day")}


def show(current: Current) -> None:
    """The choice, where this installation sends mail at all."""
    st.subheader(t("Changes by mail"), anchor=False)
    if not outbox.is_on():
        st.caption(t("This installation sends no mail. Everything new stands in your inbox."))
        return
    chosen = outbox.mail_choice(current)
    told = t(
        "Number and link only, no text of records. Once a day means at {hour} in the morning.", hour=f"{DAILY_HOUR}:00"
    )
    st.caption(told)
    with st.form("mail.form", border=False):
        mode = st.segmented_control(
            t("Changes by mail"),
            list(MODES),
            default=chosen.mode,
            format_func=lambda one: t(MODES[one]),
            key="mail.mode",
            label_visibility="collapsed",
            required=True,
        )
        address = st.text_input(t("Mail address"), chosen.address, key="mail.address", autocomplete="email")
        sent = st.form_submit_button(t("Save"), key="mail.save")
    if not sent:
        return
    try:
        outbox.choose_mail(current, valid(MailDraft, {"mode": mode, "address": address}))
    except Refusal as refusal:
        st.error(explain(refusal), icon=":material/error:")
    else:
        page.done(t("Saved."))
        st.rerun()
