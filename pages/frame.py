"""What surrounds every page: who is there, the navigation of the role, the sidebar. The script that the server runs."""

from dataclasses import dataclass

import streamlit as st

from models import account
from models.access import Current, Permission
from pages.parts import inbox_watch, page, sign_in
from pages.parts.fields import ENUM_LABELS
from pages.parts.guard import enter, who
from pages.parts.words import LANGUAGES, N_, language, plain, speak, t
from pages.server import live


@dataclass(frozen=True)
class Place:
    """One address: its file, its title, its icon, who may open it, and the group of the navigation it stands in."""

    address: str
    file: str
    title: str
    icon: str
    permissions: tuple[Permission, ...]
    group: str = ""


P = Permission
PLACES = (
    Place("", "overview.py", N_("Overview"), ":material/home:", (P.OVERVIEW,)),
    Place("hop-thu", "inbox.py", N_("Inbox"), ":material/inbox:", (P.RECORD_READ,)),
    Place("chi-so", "kpis.py", N_("Figures"), ":material/monitoring:", (P.KPI_READ, P.KPI_BOARD), N_("Follow")),
    Place("phoi-hop", "joint_operations.py", N_("Joint work"), ":material/handshake:", (P.LEDGER_READ,), N_("Follow")),
    Place("vu-viec", "incidents.py", N_("Incidents"), ":material/report:", (P.RECORD_READ,), N_("Record")),
    Place("kiem-tra", "inspections.py", N_("Inspections"), ":material/fact_check:", (P.RECORD_READ,), N_("Record")),
    Place("su-kien", "events.py", N_("Events"), ":material/account_balance:", (P.RECORD_READ,), N_("Record")),
    Place(
        "quan-tri",
        "administration.py",
        N_("Administration"),
        ":material/settings:",
        (P.ACCOUNT_MANAGE, P.ORGANISATION_MANAGE),
        N_("Manage"),
    ),
    Place("tai-khoan", "my_account.py", N_("My account"), ":material/manage_accounts:", (P.OWN_ACCOUNT,), N_("Manage")),
)


def _stranger() -> None:
    sign_in.instead(current)


def _no_right() -> None:
    enter(P.OWN_ACCOUNT)
    st.error(
        t("Your account has no right to this page. If you need it, ask your administrator."), icon=":material/block:"
    )


def _pages(current: Current | None) -> dict[str, list[st.Page]]:
    """Every address is always there: a stranger's shows the sign-in, so that a deep link outlives it."""
    if current is None or current.must_change_password:
        return {
            "": [
                st.Page(_stranger, title="Bốn An Toàn", url_path=place.address, default=not place.address)
                for place in PLACES
            ]
        }
    groups: dict[str, list[st.Page]] = {}
    for place in PLACES:
        if any(current.may(permission) for permission in place.permissions):
            shown = st.Page(
                place.file,
                title=_title(current, place),
                icon=place.icon,
                url_path=place.address,
                default=not place.address,
            )
        else:
            shown = st.Page(_no_right, title="Bốn An Toàn", url_path=place.address, visibility="hidden")
        groups.setdefault(t(place.group) if place.group else "", []).append(shown)
    return groups


def _title(current: Current, place: Place) -> str:
    """The inbox says how many records have news."""
    unread = inbox_watch.count(current) if place.address == "hop-thu" else 0
    return f"{t(place.title)} ({unread})" if unread else t(place.title)


def _sidebar(current: Current) -> None:
    with st.sidebar:
        st.space("small")
        st.markdown(f"**{plain(current.organisation_name)}**")
        st.caption(f"{plain(current.name)} · {t(ENUM_LABELS[str(current.role)])}")
        chosen = st.segmented_control(
            t("Language"),
            list(LANGUAGES),
            default=current.language,
            format_func=lambda code: LANGUAGES[code],
            key="frame.language",
            label_visibility="collapsed",
            required=True,
        )
        if chosen and chosen != current.language:
            account.choose_language(current, chosen)
            speak(chosen)
            st.rerun()
        if st.button(t("Sign out"), key="frame.sign_out", icon=":material/logout:", type="tertiary"):
            sign_in.sign_out()


@st.fragment(run_every=3600)
def _comes_back() -> None:
    """Nothing to see. A page with a timer reruns itself when its connection comes back, and finds out who is there."""
    enter(P.OWN_ACCOUNT)


st.set_page_config(page_title="Bốn An Toàn", layout="wide")
current = who()
bare = st.query_params.get("in") == "1"  # what is to be printed stands alone
chosen = st.navigation(
    _pages(current), position="sidebar" if current and not current.must_change_password and not bare else "hidden"
)
live.here()
if language() == "en":
    st.container(key="language-en")  # tells the page's own script to leave Streamlit's English as it is
if current is not None and not current.must_change_password:
    if not bare:
        st.logo(str(page.LOGO), size="large", icon_image=str(page.ICON))
        _sidebar(current)
    _comes_back()
    page.say_done()
chosen.run()
