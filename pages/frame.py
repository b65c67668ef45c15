"""What surrounds every page: who is there, the navigation of the role, the sidebar. The script that the server runs."""

import streamlit as st

from models import account
from models.access import Current, Permission, Role
from pages.parts import inbox_watch, page, sign_in, wall_view
from pages.parts.fields import ENUM_LABELS
from pages.parts.guard import enter, known, who
from pages.parts.rooms import PLACES, Place, room, stand
from pages.parts.words import LANGUAGES, language, plain, speak, t
from pages.server import live

P = Permission


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
    if current.role is Role.DISPLAY:  # whatever address it was left at
        return {"": [_wall(place) for place in PLACES]}
    groups: dict[str, list[st.Page]] = {}
    standing: dict[str, st.Page] = {}
    for place in PLACES:
        if place.address == "chi-so" and on_a_wall and current.may(P.WALL):
            shown = _wall(place)
        elif any(current.may(permission) for permission in place.permissions):
            shown = standing[place.file] = room(place, _title(current, place))
        else:
            shown = st.Page(_no_right, title="Bốn An Toàn", url_path=place.address, visibility="hidden")
        groups.setdefault(t(place.group) if place.group else "", []).append(shown)
    stand(standing)
    return groups


def _wall(place: Place) -> st.Page:
    return st.Page(
        "wall.py", title=f"{t('Wall screen')} · Bốn An Toàn", url_path=place.address, default=not place.address
    )


def _title(current: Current, place: Place) -> str:
    """The inbox says how many records have news."""
    unread = inbox_watch.count(current) if place.address == "hop-thu" else 0
    return f"{t(place.title)} ({unread})" if unread else t(place.title)


def _sidebar(current: Current) -> None:
    with st.sidebar:
        st.space("small")
        st.markdown(f"**{plain(current.organisation_name)}**")
        with st.container(
            key=f"frame-of-{current.account_id}"
        ):  # tells the page's own script whose is what is typed here
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
on_a_wall = st.query_params.get(wall_view.ADDRESS) == "1" or (current and current.role is Role.DISPLAY)
bare = on_a_wall or st.query_params.get("in") == "1"  # what hangs on a wall or is to be printed stands alone
with known(current):
    chosen = st.navigation(
        _pages(current), position="sidebar" if current and not current.must_change_password and not bare else "hidden"
    )
    live.here()
    if language() == "en":
        st.container(key="language-en").empty()  # tells the page's own script to leave Streamlit's English as it is
    if current is not None and not current.must_change_password:
        if not bare:
            st.logo(page.LOGO, size="large", icon_image=page.ICON)
            _sidebar(current)
        if current.may(P.OWN_ACCOUNT):
            _comes_back()
        page.say_done()
    chosen.run()
