"""The panel "Phối hợp" beside a record: whether it is shared, with whom, what they said, and the form to share it."""

from typing import Any

import streamlit as st

from models import ledger, sharing
from models.access import Current, Permission
from models.catalogue import entries
from models.joint import JointActivity, ShareDraft, partners
from models.ledger import View
from models.organisation import police_bodies
from pages.parts import forms, joint_view, page
from pages.parts.words import date, language, plain, t


def partner_choices(current: Current) -> dict[str, str]:
    """Code → name of every partner a record may name: the police bodies of this house, then the outside bodies, past
    ones with the day on which they ended, since an old record keeps them."""
    found = {code: partner.name for code, partner in partners(current).items()}
    for code, body in entries(current, "partner_body").items():
        if body.valid_to:
            found.setdefault(
                f"body:{code}", t("{name} (until {day})", name=body.label(language()), day=date(body.valid_to))
            )
    for row in police_bodies(current):
        if row.valid_to and row.id != current.organisation_id:
            found.setdefault(f"org:{row.id}", t("{name} (until {day})", name=row.name, day=date(row.valid_to)))
    return found


def show(current: Current, subject: str, row: Any) -> None:
    """Draw the panel of one's own record. `subject` is its table's name."""
    name = f"share.{subject}.{row.id}"
    view = ledger.of_record(current, subject, row.id)
    if forms.is_open(current, name):
        _form(current, subject, row, name)
        return
    if view is None:
        st.caption(t("Not shared with anybody. Partners see a record only after a head has released a summary of it."))
    else:
        _shared(current, view)
    if current.may(Permission.SHARE_PROPOSE):
        _propose(current, subject, row, name, anew=view is not None)


def _shared(current: Current, view: View) -> None:
    with st.container(border=True):
        link = {"id": str(view.activity.id)}
        st.page_link(
            "joint_operations.py", label=plain(view.activity.number), icon=":material/handshake:", query_params=link
        )
        if view.title:
            st.markdown(f"**{plain(view.title)}**")
        joint_view.parties(current, view)
        line = st.container(horizontal=True, gap="small")
        joint_view.release_button(current, view, line)
        joint_view.withdraw_button(current, view, line)


def _propose(current: Current, subject: str, row: Any, name: str, *, anew: bool) -> None:
    said = t("Share with further partners") if anew else t("Share with partners")
    if st.button(said, key=f"{subject}.share", icon=":material/share:"):
        forms.open_form(current, name, values=ledger.offered(current, subject, row.id))


def _form(current: Current, subject: str, row: Any, name: str) -> None:
    """A head's form releases at once; that of staff waits for a head."""
    at_once = current.may(Permission.SHARE_RELEASE)
    choices = {"partner": {code: partner.name for code, partner in partners(current).items()}}
    st.caption(t("Partners read only this text and the figures of the record, never the record itself."))
    form = forms.Form(current, ShareDraft, form=name, key="share", choices=choices, small=True)
    form.fields("title", "summary", "partners")

    def save(draft: ShareDraft) -> JointActivity:
        return sharing.propose(current, subject, row.id, draft, nonce=form.nonce, at_once=at_once)

    if form.submit(t("Share now") if at_once else t("Propose to share"), save, icon=":material/outgoing_mail:"):
        page.done(t("Shared.") if at_once else t("Proposed. A head decides whether it is released."))
        st.rerun()
