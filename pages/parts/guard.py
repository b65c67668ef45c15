"""Who is there. The first statement of every page and of every fragment."""

import streamlit as st

from models import account, security
from models.access import Current, Denied, Permission
from pages.parts.words import speak, t


def who() -> Current | None:
    """From the gate's header through the database, on every run, fragment and callback."""
    sign_in = st.user.get("sid")
    current = account.who(str(sign_in)) if sign_in else None
    if current is not None:
        speak(current.language)
    return current


def enter(permission: Permission) -> Current:
    """The current person, who may do this; anybody else gets the sign-in or a plain "no right", and the run ends."""
    current = who()
    if current is None or current.must_change_password:
        from pages.parts import sign_in

        sign_in.instead(current)
        st.stop()
    if not current.may(permission):
        no_right(current, str(permission))
    return current


def no_right(current: Current, what: str) -> None:
    security.refused(current, what)
    st.error(
        t("Your account has no right to this page. If you need it, ask your administrator."), icon=":material/block:"
    )
    st.stop()
    raise Denied(what)
