"""What the police think of a plan, on the host's page: asked, given, outstanding; and asking for it."""

import streamlit as st

from models import history, plan
from models.access import Current, Permission
from models.catalogue import entries
from models.draft import ReasonDraft
from models.history import HistoryEntry, Line
from models.joint import partners
from models.plan import SUBMITTED, Plan
from models.plan_opinion import CLOSED, GIVEN, OPEN, VERDICTS, WITHDRAWN, AskDraft, Asked, PlanOpinion
from pages.parts import forms
from pages.parts.words import N_, label, moment, plain, t

COLOURS = {
    "agree": ("green", ":material/thumb_up:"),
    "agree_with_remarks": ("orange", ":material/rate_review:"),
    "object": ("red", ":material/thumb_down:"),
}
STATES = {
    OPEN: (N_("Opinion awaited"), "blue", ":material/hourglass_top:"),
    CLOSED: (N_("Decided without this opinion"), "gray", ":material/event_busy:"),
    WITHDRAWN: (N_("Request taken back"), "gray", ":material/undo:"),
}


def verdict(current: Current, opinion: PlanOpinion) -> tuple[str, str, str]:
    """Word, colour and icon."""
    return label(entries(current, VERDICTS), opinion.verdict), *COLOURS.get(opinion.verdict, ("gray", ""))


def panel(current: Current, row: Plan, found: list[Asked]) -> None:
    """Draw what was asked about this plan with the answers, and the way to ask; nothing where neither is."""
    may_ask = row.state == SUBMITTED and current.may(Permission.SHARE_RELEASE)
    if not found and row.state != SUBMITTED:
        return
    with st.container(border=True):
        line = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
        line.markdown(f"**:material/local_police: {t('Opinion of the police')}**", width="content")
        if may_ask:
            with line:
                _ask(current, row, {one.request.party_id for one in found if one.is_open})
        if not found:
            st.caption(t("No police body was asked for its opinion. The plan can be decided without it."))
        for one in found:
            _one(current, row, one)
        if row.state == SUBMITTED and any(one.state == OPEN for one in found):
            st.caption(t("The plan can be decided before the opinion comes; the history then says so."))


def _ask(current: Current, row: Plan, asked: set[int]) -> None:
    police = {code: one for code, one in partners(current).items() if one.organisation_id is not None}
    if not police:
        st.caption(t("No police body keeps its records in this house."))
    bodies = {code: one.name for code, one in police.items() if one.organisation_id not in asked}
    if not bodies:
        return
    help_text = t("It reads this edition as submitted, without the people in charge and without phone numbers.")
    forms.ask(
        current,
        f"plan.ask.{row.version}",
        t("Ask for an opinion"),
        AskDraft,
        lambda asked: plan.ask_opinion(current, row.id, asked, row.version),  # type: ignore[arg-type]
        choices={"police": bodies},
        icon=":material/local_police:",
        done=t("Asked. The police body sees the plan under Joint work."),
        help=help_text,
    )


def _one(current: Current, row: Plan, one: Asked) -> None:
    """One police body: where it stands, what it said, who said so and when."""
    line = st.container(horizontal=True, gap="small", vertical_alignment="center")
    line.markdown(plain(one.request.party_name), width="content")
    if one.opinion:
        said, color, icon = verdict(current, one.opinion)
        line.badge(said, color=color, icon=icon)  # type: ignore[arg-type]
    if one.state != GIVEN:
        said, color, icon = STATES[one.state]
        line.badge(t(said), color=color, icon=icon)  # type: ignore[arg-type]
    if one.is_open and current.may(Permission.SHARE_RELEASE):
        with line:
            _withdraw(current, one)
    st.caption(" · ".join(_facts(current, row, one)))
    if one.opinion and one.opinion.remarks:
        st.markdown(plain(one.opinion.remarks))


def _facts(current: Current, row: Plan, one: Asked) -> list[str]:
    facts = [t("asked {at}", at=moment(one.request.asked_at, current)), plain(one.request.question)]
    if one.opinion:
        by, at = plain(one.opinion.given_by_name), moment(one.opinion.given_at, current)
        facts.append(t("given by {name}, {at}", name=by, at=at))
        facts.append(t("changed since it was first given") if one.opinion.version > 1 else "")
    if one.request.submitted_at != row.submitted_at:
        at = moment(one.request.submitted_at, current)
        facts.append(t("about what was submitted {at}, not about this text", at=at))
    return [fact for fact in facts if fact]


def _withdraw(current: Current, one: Asked) -> None:
    forms.ask(
        current,
        f"plan.unask.{one.request.id}",
        t("Take the request back"),
        ReasonDraft,
        lambda asked: plan.withdraw_request(current, one.request.id, asked),  # type: ignore[arg-type]
        icon=":material/undo:",
        done=t("Taken back. The police body no longer sees the plan."),
        type="tertiary",
    )


def lines(current: Current, row: Plan, found: list[Asked]) -> list[Line]:
    """The plan's timeline with the opinions in their places: they stand in the police bodies' own histories."""
    given = [_line(row, one.request.party_name, one.opinion) for one in found if one.opinion]
    own = history.timeline(current, "event_plan", row.id)  # type: ignore[arg-type]
    return sorted([*given, *own], key=lambda line: line.entry.at, reverse=True)


def _line(row: Plan, body: str, opinion: PlanOpinion) -> Line:
    return Line(
        HistoryEntry(
            at=opinion.given_at,
            actor_name=f"{opinion.given_by_name} ({body})",
            action="plan_opinion.given",
            subject="event_plan",
            subject_id=row.id,  # type: ignore[arg-type]
            changes={"verdict": [None, opinion.verdict]},
            note=opinion.remarks,
        )  # type: ignore[call-arg]
    )
