"""The first page of an empty installation: the code from the terminal, the first organisation, its administrator."""

from typing import Any

import streamlit as st

from models import account, password, setup
from models.access import Refusal
from models.account import AccountDraft
from models.catalogue import defaults
from models.organisation import OrganisationDraft
from pages.parts import guarding
from pages.parts.refusals import explain
from pages.parts.sign_in import address, to_browser
from pages.parts.words import language, t


def show() -> None:
    """Draw the form; once it took effect the administrator is signed in."""
    st.caption(
        t(
            "This installation is empty. Enter the code that the terminal shows, then your organisation and its administrator."
        )
    )
    with st.form("setup.form", border=False):
        code = st.text_input(t("Set-up code"), key="setup.code", max_chars=40)
        st.divider()
        organisation = _organisation()
        guarding.banner(small=True)
        st.divider()
        person, plain = _administrator()
        sent = st.form_submit_button(t("Set up"), key="setup.send", type="primary", width="stretch")
    if sent:
        _try(code or "", organisation, person, plain)


def _organisation() -> dict[str, Any]:
    kinds = {code: entry for code, entry in defaults("organisation_kind").items() if code != "operator"}
    help_ = t("Small letters, digits and hyphens; for example svhttdl.")
    return {
        "name": st.text_input(t("Organisation name"), key="setup.organisation.name", max_chars=200),
        "code": st.text_input(t("Organisation code"), key="setup.organisation.code", max_chars=40, help=help_),
        "kind": st.selectbox(
            t("Kind"), list(kinds), format_func=lambda one: kinds[one].label(language()), key="setup.organisation.kind"
        ),
    }


def _administrator() -> tuple[dict[str, Any], str]:
    person = {
        "full_name": st.text_input(t("Administrator's full name"), key="setup.person.full_name", max_chars=120),
        "name": st.text_input(
            t("Administrator's account name"),
            key="setup.person.name",
            max_chars=40,
            help=t("Small letters, for example quantri. It signs in as quantri@code."),
        ),
    }
    plain = st.text_input(
        t("Password"),
        key="setup.password",
        type="password",
        autocomplete="new-password",
        max_chars=password.LONGEST,
        help=t("12 to 128 characters, any letters and spaces. A sentence that only you know is best."),
    )
    return person, plain or ""


def _try(code: str, organisation: dict[str, Any], person: dict[str, Any], plain: str) -> None:
    try:
        new = setup.set_up(
            code,
            OrganisationDraft.model_construct(**organisation),
            AccountDraft.model_construct(**person, role="administrator"),
            plain,
            address(),
        )
    except Refusal as refusal:
        st.error(explain(refusal), icon=":material/error:")
        return
    to_browser(ticket=account.begin(new.id or 0, address()), failed=t("Signing in did not work. Please try again."))
