"""The sign-in: our form, streamlit-authenticator's controller, our accounts. And what stands in for a page until one is in."""

import datetime as dt
import math
import secrets
from typing import Any

import streamlit as st
from streamlit_authenticator import Authenticate
from streamlit_authenticator.controllers import AuthenticationController

from models import account, clock, password, setup
from models.access import Current, Refusal
from pages.parts.refusals import explain
from pages.parts.words import LANGUAGES, language, speak, t

WIDTH = 420
NOT_BEFORE = "door.not_before"
NO_TIME, SHORT = dt.timedelta(), dt.timedelta(seconds=60)  # up to SHORT one waits in front of the screen


# ---- streamlit-authenticator, without its cookies ---------------------------------------------------------------------
class _OneAccount(dict[str, dict[str, Any]]):
    """In the place of the library's credentials: it asks for one account after a right password, and never gets a list."""

    def __missing__(self, name: str) -> dict[str, Any]:
        return {}

    def __contains__(self, name: object) -> bool:
        return False

    def get(self, name: str, default: Any = None) -> Any:
        return default


class _Controller(AuthenticationController):
    """The library's controller, which would strip the password; ours passes it on as typed."""

    def __init__(self) -> None:
        unused = secrets.token_urlsafe()  # signs the library's own cookies, of which none is ever made
        super().__init__({"usernames": {}}, auto_hash=False, secret_key=unused)
        self.found: int | None = None
        self.authentication_model.credentials = {"usernames": _OneAccount()}
        self.authentication_model.check_credentials = self._check
        self.authentication_model._record_failed_login_attempts = lambda *_args, **_kwargs: None

    def _check(self, typed: str, plain: str) -> bool:
        self.found = account.check(typed, plain, address())
        return self.found is not None

    def login(
        self, username: str | None = None, password: str | None = None, *_args: Any, **_kwargs: Any
    ) -> bool | None:
        return self.authentication_model.login(username, password) if username and password else False


class Door(Authenticate):
    """`Authenticate` without its constructor: no cookie manager, no JWT, no waiting, no address of the library's cloud."""

    def __init__(self) -> None:
        self.api_key = self.path = None
        self.attrs = {"login_sleep_time": 0}
        self.authentication_controller = _Controller()

    def ticket(self, typed: str, plain: str) -> str | None:
        """A ticket for the browser when name and password fit."""
        if not self.authentication_controller.login(typed, plain) or self.authentication_controller.found is None:
            return None
        browser = str(st.context.headers.get("User-Agent", ""))
        return account.begin(self.authentication_controller.found, address(), browser)


def address() -> str:
    """Where the browser calls from, as the server in front says."""
    found = st.context.ip_address
    return found if isinstance(found, str) else "loopback"


# ---- in a page's place --------------------------------------------------------------------------------------------------
def instead(current: Current | None) -> None:
    """What a page shows to somebody who is not in yet: first set-up, sign-in, or the change of a first password."""
    if current is not None:
        _card(_first_password, current)
    elif setup.needed():
        from pages.parts import set_up

        _card(set_up.show)
    else:
        _card(_sign_in)


def _card(inside: Any, *args: Any) -> None:
    with st.container(horizontal_alignment="center"):
        st.space("large")
        with st.container(border=True, width=WIDTH):
            st.markdown("### :material/verified_user: Bốn An Toàn")
            inside(*args)
        _languages()


def _languages() -> None:
    chosen = st.segmented_control(
        t("Language"),
        list(LANGUAGES),
        default=language(),
        format_func=lambda code: LANGUAGES[code],
        key="door.language",
        label_visibility="collapsed",
        required=True,
    )
    if chosen and chosen != language():
        speak(chosen)
        st.rerun()


def _sign_in() -> None:
    st.caption(t("Security and order of the organisation, on one screen"))
    with st.form("door.form", border=False):
        typed = st.text_input(
            t("Account"),
            key="door.account",
            placeholder=t("name@organisation"),
            icon=":material/person:",
            autocomplete="username",
            max_chars=100,
        )
        plain = st.text_input(
            t("Password"),
            key="door.password",
            type="password",
            autocomplete="current-password",
            max_chars=password.LONGEST,
        )
        sent = st.form_submit_button(t("Sign in"), key="door.send", type="primary", width="stretch")
    if sent:
        _try(typed or "", plain or "")
    st.caption(t("Forgot the password? Ask your organisation's administrator."))


def _try(typed: str, plain: str) -> None:
    """Knock, unless this browser was just asked to wait: whoever is only too quick does not make the wait longer."""
    now = clock.now()
    left = st.session_state.get(NOT_BEFORE, now) - now
    if left <= NO_TIME:
        if ticket := Door().ticket(typed, plain):
            to_browser(ticket=ticket, failed=t("Signing in did not work. Please try again."))
        left = account.wait(typed, address())
        st.session_state[NOT_BEFORE] = clock.now() + (left if left <= SHORT else NO_TIME)
    st.error(_refused(left), icon=":material/error:")


def _refused(left: dt.timedelta) -> str:
    """The same whatever was wrong: nobody learns here which names there are, or that a password was right."""
    if left > SHORT:
        return t(
            "Signing in is locked after too many tries. Try again in {minutes} min, or ask your administrator to unlock it.",
            minutes=math.ceil(left / dt.timedelta(minutes=1)),
        )
    if left > NO_TIME:
        return t(
            "Signing in did not work. Please check account and password, and wait {seconds} s before the next try.",
            seconds=math.ceil(left / dt.timedelta(seconds=1)),
        )
    return t("Signing in did not work. Please check account and password.")


def sign_out() -> None:
    """End this sign-in, in every tab of this browser, and leave."""
    if sid := st.user.get("sid"):
        account.end_sign_in(str(sid))
    to_browser(end="1")


def to_browser(**data: str) -> None:
    """Hand the browser's part over to /phien.js. Only our own tokens and sentences stand here, never a person's text."""
    attributes = " ".join(f'data-{name}="{value}"' for name, value in data.items())
    st.html(f'<script src="/phien.js" {attributes}></script>', unsafe_allow_javascript=True)
    st.stop()


def _first_password(current: Current) -> None:
    st.caption(t("Welcome. Before the first use, please choose your own password."))
    change_password(current, "first")


def change_password(current: Current, key: str) -> None:
    """The form that changes one's own password; used at the first sign-in and on the own account's page."""
    with st.form(f"{key}.password.form", border=False):
        old = st.text_input(
            t("Present password"),
            key=f"{key}.password.old",
            type="password",
            autocomplete="current-password",
            max_chars=128,
        )
        new = st.text_input(
            t("New password"),
            key=f"{key}.password.new",
            type="password",
            autocomplete="new-password",
            max_chars=128,
            help=t("12 to 128 characters, any letters and spaces. A sentence that only you know is best."),
        )
        again = st.text_input(
            t("New password again"),
            key=f"{key}.password.again",
            type="password",
            autocomplete="new-password",
            max_chars=128,
        )
        sent = st.form_submit_button(t("Change password"), key=f"{key}.password.send", type="primary")
    if not sent:
        return
    if new != again:
        st.error(t("The two new passwords differ. Please type them again."))
        return
    try:
        account.change_password(current, old or "", new or "")
    except Refusal as refusal:
        st.error(explain(refusal), icon=":material/error:")
    else:
        st.session_state["house.done"] = t("Your password is changed. Your other sign-ins have ended.")
        st.rerun()
