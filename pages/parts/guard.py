"""Who is there. The first statement of every page and of every fragment."""

import contextlib
import threading
from collections.abc import Iterator

import streamlit as st

from models import display, security
from models.access import Current, Denied, Permission
from models.database import one_reading
from pages.parts.words import speak, speaking, t

_known = threading.local()  # a run has a thread of its own while it runs


def who() -> Current | None:
    """From the gate's header through the database, on every run, fragment and callback."""
    if hasattr(_known, "current"):
        return _known.current
    sign_in = st.user.get("sid")
    current = display.anybody(str(sign_in)) if sign_in else None
    if current is not None:
        speak(current.language)
    return current


@contextlib.contextmanager
def known(current: Current | None) -> Iterator[None]:
    """The frame has just asked: while it draws the page, in this very run, nobody needs to ask again. A fragment that
    runs by itself and a callback come without the frame, and ask."""
    _known.current = current
    try:
        with speaking(), one_reading(current) if current else contextlib.nullcontext():
            yield
    finally:
        del _known.current


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
