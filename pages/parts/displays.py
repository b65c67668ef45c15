"""The wall screens of the organisation, where a head issues and ends them."""

import streamlit as st

from models import display
from models.access import Current, Refusal
from models.display import Display, DisplayDraft
from models.settings import settings
from pages.parts import forms, page
from pages.parts.refusals import explain
from pages.parts.words import moment, plain, t

NEW, _CODE = "display.new", "display.code"


def show(current: Current) -> None:
    st.subheader(t("Wall screens"), anchor=False)
    st.caption(
        t(
            "A screen in the duty room that shows the figures day and night: no sign-in of a person, nothing to click, no names."
        )
    )
    _show_code()
    if forms.is_open(current, NEW):
        _issue(current)
    elif st.button(t("Issue a screen"), key="display.issue", icon=":material/tv:"):
        forms.open_form(current, NEW)
    for row in display.displays(current):
        _line(current, row)
    st.link_button(t("Open the wall page here"), "/chi-so?tv=1", icon=":material/open_in_new:", type="tertiary")


def _issue(current: Current) -> None:
    form = forms.Form(current, DisplayDraft, form=NEW, key="display", small=True)
    form.field("name")
    saved = form.submit(t("Issue"), lambda draft: display.issue_display(current, draft, nonce=form.nonce))
    if saved:
        if saved[1]:
            st.session_state[_CODE] = (saved[0].name, saved[1])
        st.rerun()


def _show_code() -> None:
    """The code, for as long as this page stays open and nobody has put it away."""
    if not (kept := st.session_state.get(_CODE)):
        return
    name, code = kept
    with st.container(border=True):
        st.markdown(
            t(
                "The code of **{name}** shows only now. Within one hour, open the address on the screen's own browser, "
                "or type the code there at {address}.",
                name=plain(name),
                address=plain(f"{settings.public_url}/man-hinh"),
            )
        )
        st.code(code, language=None)
        st.code(f"{settings.public_url}/man-hinh?ma={code}", language=None)
        if st.button(t("I have noted it"), key="display.noted", type="primary"):
            del st.session_state[_CODE]
            st.rerun()


def _line(current: Current, row: Display) -> None:
    with st.container(border=True, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f"**{plain(row.name)}**  \n:gray[{plain(_state(current, row))}]", width="stretch")
        if st.button(t("Revoke"), key=f"display.end.{row.id}", icon=":material/tv_off:"):
            _end(current, row)


def _state(current: Current, row: Display) -> str:
    issued = t("issued by {name} at {when}", name=row.issued_by_name, when=moment(row.issued_at, current))
    if row.opened_at is None:
        wait = t("its code waits to be used") if row.waits(current.now()) else t("its code has run out")
        return f"{wait} · {issued}"
    seen = t("last seen {when}", when=moment(row.seen_at, current))
    ends = t("ends by itself on {when}", when=moment(row.ends_at, current))
    return " · ".join(part for part in (seen, row.address, issued, ends) if part)


def _end(current: Current, row: Display) -> None:
    try:
        display.end_display(current, row.id)  # type: ignore[arg-type]
    except Refusal as refusal:
        st.error(explain(refusal))
    else:
        page.done(t("The screen has ended."))
        st.rerun()
