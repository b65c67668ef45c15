"""The police body's side of an opinion on a plan: what it is asked about, the released edition, the opinion itself."""

from dataclasses import dataclass

import streamlit as st

from models import plan_opinion
from models.access import Current, NotFound, Permission
from models.catalogue import entries
from models.plan_content import staffing
from models.plan_opinion import CLOSED, OPEN, Asked, OpinionDraft, PlanOpinion
from pages.parts import address, forms, page, plan_opinions, plan_view
from pages.parts.words import N_, label, moment, number, plain, t

ADDRESS = "phuong-an"
STATES = {
    OPEN: (N_("Waits for your opinion"), "orange", ":material/rate_review:"),
    CLOSED: (N_("Decided without your opinion"), "gray", ":material/event_busy:"),
}


@dataclass(frozen=True)
class Words:
    """The labels that came with a plan; its host's own codes are not in our catalogues."""

    labels: dict[str, dict[str, str]]

    def of(self, catalogue: str, code: str) -> str:
        return self.labels.get(catalogue, {}).get(code, code)


def opened(current: Current) -> Asked | None:
    """The plan in the address; one of others, one that was taken back and a missing one are said alike."""
    asked = address.number(ADDRESS)
    if asked is None or not current.may(Permission.PLAN_OPINION):
        return None
    try:
        return plan_opinion.asked(current, asked)
    except NotFound:
        st.error(t("There is no such plan, or it is no longer yours to see."), icon=":material/search_off:")
        return None


def listed(current: Current) -> None:
    """What this police body is asked about, over the ledger: what waits in the open, the rest folded."""
    found = plan_opinion.asked_of_us(current) if current.may(Permission.PLAN_OPINION) else []
    waiting = [one for one in found if one.state == OPEN]
    if not found:
        return
    with st.container(border=True):
        st.markdown(f"**:material/local_police: {t('Plans to give an opinion on')}**")
        if not waiting:
            st.caption(t("Nothing waits for an opinion."))
        _links(current, waiting)
        if rest := found[len(waiting) :]:
            with st.expander(t("{count} earlier plans", count=number(len(rest)))):
                _links(current, rest)


def _links(current: Current, found: list[Asked]) -> None:
    """Buttons: a link to the own page would lose its address to the filters that stand in it."""
    for one in found:
        row = one.request
        said = " · ".join(plain(part) for part in (row.event_name, moment(row.starts_at, current), row.host_name))
        if one.opinion:
            said += f" · {plain(plan_opinions.verdict(current, one.opinion)[0])}"
        if st.button(said, key=f"plan.asked.{row.id}", icon=":material/shield:", type="tertiary"):
            st.query_params[ADDRESS] = str(row.id)
            st.rerun()


def show(current: Current, found: Asked) -> None:
    """Draw the released edition, read-only, and the opinion or the form for it."""
    row, draft, words = found.request, found.content, Words(found.request.words)
    _head(current, found)
    forms.closed(current)
    if found.is_open and forms.is_open(current, _form_name(found)):
        _form(current, found)
    else:
        _opinion(current, found)
    plan_view.figures(draft, *staffing(draft))
    plan_view.body(draft, words)
    st.caption(t("Left out by {host}: the people in charge and the phone list.", host=plain(row.host_name)))


def _head(current: Current, found: Asked) -> None:
    row = found.request
    page.head(current, t("Security plan, edition {edition}", edition=number(row.edition)))
    span = f"{moment(row.starts_at, current)} – {moment(row.ends_at, current)}"
    facts = (row.event_name, row.venue, span, row.event_number, t("Host: {name}", name=row.host_name))
    st.caption(" · ".join(plain(one) for one in facts))
    at, submitted = moment(row.asked_at, current), moment(row.submitted_at, current)
    st.caption(t("submitted {submitted}, your opinion asked {at}", submitted=submitted, at=at))
    if row.question:
        st.info(plain(row.question), icon=":material/help:")
    if row.decided_at:
        at, state = moment(row.decided_at, current), plain(label(entries(current, "plan_state"), row.decision))
        called_off = t("The event was called off, {at}.", at=at)
        decided = t("The host has decided: {state}, {at}.", state=state, at=at)
        st.info(called_off if row.decision == plan_opinion.CALLED_OFF else decided, icon=":material/gavel:")


def _opinion(current: Current, found: Asked) -> None:
    """The own opinion if there is one, and the step that comes next."""
    line = st.container(horizontal=True, gap="small", vertical_alignment="center")
    if found.opinion:
        said, color, icon = plan_opinions.verdict(current, found.opinion)
        line.badge(said, color=color, icon=icon)  # type: ignore[arg-type]
        _said(current, found.opinion)
    elif found.state in STATES:
        said, color, icon = STATES[found.state]
        line.badge(t(said), color=color, icon=icon)  # type: ignore[arg-type]
    steps = st.container(horizontal=True, gap="small")
    if found.is_open:
        text = t("Change the opinion") if found.opinion else t("Give an opinion")
        style = "secondary" if found.opinion else "primary"
        if steps.button(text, key="plan.opinion.open", icon=":material/rate_review:", type=style):  # type: ignore[arg-type]
            forms.open_form(current, _form_name(found), found.opinion)
    if steps.button(t("Back to the joint work"), key="plan.asked.back", icon=":material/arrow_back:", type="tertiary"):
        st.query_params.pop(ADDRESS, None)
        st.rerun()


def _said(current: Current, opinion: PlanOpinion) -> None:
    by, at = plain(opinion.given_by_name), moment(opinion.given_at, current)
    st.caption(t("given by {name}, {at}", name=by, at=at))
    if opinion.remarks:
        st.markdown(plain(opinion.remarks))


def _form_name(found: Asked) -> str:
    return f"plan.opinion.{found.request.id}"


def _form(current: Current, found: Asked) -> None:
    with st.container(border=True):
        st.markdown(f"**{t('Opinion of {name}', name=plain(current.organisation_name))}**")
        form = forms.Form(current, OpinionDraft, form=_form_name(found), key="opinion", row=found.opinion, small=True)
        form.fields("verdict", "remarks")

        def save(draft: OpinionDraft) -> PlanOpinion:
            return plan_opinion.give_opinion(current, found.request.id, draft, form.seen)  # type: ignore[arg-type]

        if form.submit(t("Send the opinion"), save, icon=":material/send:"):
            page.done(t("Sent. The host reads it beside the plan."))
            st.rerun()
