"""The forms of the joint ledger: a patrol, meeting or training; the text that partners read; further partners."""

from typing import Any

import streamlit as st

from models import sharing
from models.access import Current, Permission
from models.catalogue import entries
from models.joint import ActivityDraft, EntryDraft, JointActivity, PartnersDraft, SummaryDraft, partners
from models.ledger import View
from pages.parts import forms, page
from pages.parts.words import label, t

KEY = "joint.entry"


def _choices(current: Current) -> dict[str, dict[Any, str]]:
    kinds = entries(current, "activity_kind")
    own = {code: label(kinds, code) for code, kind in kinds.items() if "shared_from" not in kind.attributes}
    return {"activity_kind": own, "partner": {code: partner.name for code, partner in partners(current).items()}}


def entry(current: Current) -> None:
    """A patrol, a meeting or a training held together. A head's is released at once."""
    at_once = current.may(Permission.SHARE_RELEASE)
    page.head(
        current, t("New joint activity"), t("Patrols, meetings and trainings. Records are shared from their own page.")
    )
    form = forms.Form(current, ActivityDraft, form="joint.new", key=KEY, choices=_choices(current))
    form.field("title")
    form.fields("kind", "subject", "started_at", "ended_at", "area", "people", columns=2)
    form.fields("partners", "summary")

    def save(draft: ActivityDraft) -> JointActivity:
        return sharing.enter_activity(current, draft, nonce=form.nonce, at_once=at_once)

    if saved := form.submit(t("Save and release") if at_once else t("Save and propose"), save):
        _finished(saved, t("Saved as {number}.", number=saved.number))


def text(current: Current, view: View) -> None:
    """The text before its release, or a head's new text after it."""
    released = view.activity.release > 0
    page.head(
        current,
        t("Edit {number}", number=view.activity.number),
        t("Partners read the text as it stands when it is released."),
    )
    cls: Any = SummaryDraft if view.activity.source else EntryDraft
    form = forms.Form(current, cls, form="joint.text", key=KEY, choices=_choices(current), row=view.editable)
    form.field("title")
    if not view.activity.source:
        form.fields("kind", "subject", "started_at", "ended_at", "area", "people", columns=2)
    form.field("summary")
    verb: Any = sharing.rerelease if released else sharing.amend
    if form.submit(
        t("Release anew") if released else t("Save"), lambda draft: verb(current, view.activity.id, draft, form.seen)
    ):
        _finished(view.activity, t("Released.") if released else t("Saved."))


def invite(current: Current, view: View) -> None:
    page.head(
        current,
        t("Partners of {number}", number=view.activity.number),
        t("They read it once a head has released it to them."),
    )
    activity_id: Any = view.activity.id
    form = forms.Form(current, PartnersDraft, form=f"joint.invite.{activity_id}", key=KEY, choices=_choices(current))
    form.field("partners")
    if form.submit(t("Propose to share"), lambda draft: sharing.invite(current, activity_id, draft)):
        _finished(view.activity, t("Proposed. A head decides whether it is released."))


def _finished(activity: JointActivity, message: str) -> None:
    page.done(message)
    st.query_params["id"] = str(activity.id)
    st.rerun()
