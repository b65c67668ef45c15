"""Tài khoản: own password, own language, own sign-ins."""

import streamlit as st

from models import account
from models.access import Permission, Refusal
from pages.parts import displays, inbox_mail, page, sign_in
from pages.parts.fields import ENUM_LABELS
from pages.parts.guard import enter
from pages.parts.refusals import explain
from pages.parts.words import moment, plain, t, where_from

current = enter(Permission.OWN_ACCOUNT)


def browser_name(agent: str) -> str:
    """A browser's name a person knows, out of its User-Agent."""
    known = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
    found = next((name for mark, name in known.items() if mark in agent), t("Browser"))
    system = next((name for name in ("Windows", "Android", "iPhone", "Mac OS", "Linux") if name in agent), "")
    return " · ".join(part for part in (found, system) if part)


def own_sign_ins() -> None:
    st.subheader(t("Where you are signed in"), anchor=False)
    for row in account.own_sign_ins(current):
        mine = row.id == current.sign_in_id
        with st.container(border=True, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            said = t(
                "since {start}, last used {seen}",
                start=moment(row.created_at, current),
                seen=moment(row.seen_at, current),
            )
            st.markdown(
                f"**{plain(browser_name(row.browser))}** · {plain(where_from(row.address))}  \n:gray[{said}]",
                width="stretch",
            )
            if mine:
                st.badge(t("this one"), color="green")
            elif st.button(t("End"), key=f"sign_in.end.{row.id}", icon=":material/logout:"):
                end(row.id)  # type: ignore[arg-type]


def end(sign_in_id: int) -> None:
    try:
        account.end_own_sign_in(current, sign_in_id)
    except Refusal as refusal:
        st.error(explain(refusal))
    else:
        page.done(t("That sign-in has ended."))
        st.rerun()


page.head(
    current,
    t("My account"),
    f"{plain(current.name)} · {t(ENUM_LABELS[str(current.role)])} · {plain(current.organisation_name)}",
)
left, right = st.columns(2)
with left.container(border=True):
    st.subheader(t("Change password"), anchor=False)
    sign_in.change_password(current, "own")
if current.may(Permission.RECORD_READ):
    with left.container(border=True):
        inbox_mail.show(current)
with right.container(border=True):
    own_sign_ins()
if current.may(Permission.DISPLAY_MANAGE):
    with right.container(border=True):
        displays.show(current)
