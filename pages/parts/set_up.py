"""The first page of an empty installation: the code from the terminal, the first organisation, its administrator."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from models import account, draft, password, setup
from models.access import Invalid, Refusal
from models.account import AccountDraft
from models.catalogue import defaults
from models.organisation import OrganisationDraft
from pages.parts import guarding
from pages.parts.refusals import explain, sentence
from pages.parts.sign_in import address, to_browser
from pages.parts.words import language, plain, t

Values = dict[str, Any]


def show() -> None:
    """Draw the form; once it took effect the administrator is signed in."""
    st.caption(
        t(
            "This installation is empty. Enter the code that the terminal shows, then your organisation and its administrator."
        )
    )
    spots: dict[str, DeltaGenerator] = {}  # a field → the place under it where its error stands
    with st.form("setup.form", border=False):
        code = _text(spots, "code", t("Set-up code"))
        st.divider()
        organisation = _organisation(spots)
        guarding.banner(small=True)
        st.divider()
        person = _administrator(spots)
        secret = _password(spots)
        sent = st.form_submit_button(t("Set up"), key="setup.send", type="primary", width="stretch")
    if sent:
        for place, said in _try(code, organisation, person, secret).items():
            if place in spots:
                spots[place].markdown(f":red[:material/error: {plain(said)}]")
            else:
                st.error(said, icon=":material/error:")


def _text(spots: dict[str, DeltaGenerator], name: str, title: str, **more: Any) -> str:
    typed = st.text_input(title, key=f"setup.{name}", **more)
    spots[name] = st.container()
    return typed or ""


def _organisation(spots: dict[str, DeltaGenerator]) -> Values:
    kinds = {code: entry for code, entry in defaults("organisation_kind").items() if code != "operator"}
    help_ = t("Small letters, digits and hyphens; for example svhttdl.")
    return {
        "name": _text(spots, "organisation.name", t("Organisation name")),
        "code": _text(spots, "organisation.code", t("Organisation code"), help=help_),
        "kind": st.selectbox(
            t("Kind"), list(kinds), format_func=lambda one: kinds[one].label(language()), key="setup.organisation.kind"
        ),
    }


def _administrator(spots: dict[str, DeltaGenerator]) -> Values:
    help_ = t("Small letters, for example quantri. It signs in as quantri@code.")
    return {
        "full_name": _text(spots, "person.full_name", t("Administrator's full name")),
        "name": _text(spots, "person.name", t("Administrator's account name"), help=help_),
        "role": "administrator",
    }


def _password(spots: dict[str, DeltaGenerator]) -> str:
    return _text(
        spots,
        "password",
        t("Password"),
        type="password",
        autocomplete="new-password",
        max_chars=password.LONGEST,
        help=t("12 to 128 characters, any letters and spaces. A sentence that only you know is best."),
    )


def _try(code: str, organisation: Values, person: Values, secret: str) -> dict[str, str]:
    """What does not fit, by its field; nothing where the installation is set up. Both drafts have a `name`, so each is asked
    by itself."""
    refused = _refused("organisation", OrganisationDraft, organisation) | _refused("person", AccountDraft, person)
    if refused:
        return refused
    try:
        new = setup.set_up(
            code,
            OrganisationDraft.model_validate(organisation),
            AccountDraft.model_validate(person),
            secret,
            address(),
        )
    except Invalid as refusal:
        return {place: sentence(said, facts) for place, (said, facts) in refusal.errors.items()}
    except Refusal as refusal:
        return {"": explain(refusal)}
    to_browser(ticket=account.begin(new.id or 0, address()), failed=t("Signing in did not work. Please try again."))
    return {}


def _refused(part: str, cls: type[draft.Draft], values: Values) -> dict[str, str]:
    try:
        draft.valid(cls, values)
    except Invalid as refusal:
        errors = {
            name: (code if values.get(name) else "missing", facts) for name, (code, facts) in refusal.errors.items()
        }
        return {f"{part}.{name}": sentence(code, facts) for name, (code, facts) in errors.items()}
    return {}
