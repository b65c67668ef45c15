"""One edition of a security plan as it is read, with what may be done to it now."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from models import plan, plan_opinion
from models.access import Current, Invalid, Permission, Refusal
from models.draft import ReasonDraft
from models.event import Event
from models.plan import APPROVED, DRAFT, RETURNED, SUBMITTED, Plan, content
from models.plan_content import LISTS, PlanDraft, compare, missing, staffing
from pages.parts import forms, page, plan_matrix, plan_opinions, timeline
from pages.parts.guard import who
from pages.parts.plan_words import LISTS as LIST_TITLES
from pages.parts.plan_words import STATES, Labels, Words, hours, risk_word
from pages.parts.refusals import explain, sentence
from pages.parts.words import moment, number, plain, t

ADDRESS = "phuong-an"
REFUSED = "plan.refused"  # what the last step was refused with, for the run after it


def show(current: Current, event: Event, row: Plan, editions: list[Plan]) -> None:
    """Draw one plan. `editions` are all of the event's, newest first."""
    words, draft = Words(current), content(row)
    asked = plan_opinion.opinions(current, row.id)  # type: ignore[arg-type]
    _head(current, event, row, words)
    _steps(current, row, editions, plan_opinion.heard(asked))
    _warnings(current, event, row, draft, words)
    plan_opinions.panel(current, row, asked)
    figures(draft, *((row.staffed_posts, row.staff) if row.submitted_at else staffing(draft)))
    _text(t("Commander"), draft.commander)
    body(draft, words)
    _contacts(draft)
    if len(editions) > 1:
        _versions(current, row, editions, words)
    st.markdown(f"#### {t('Timeline of this edition')}")
    timeline.show(current, "event_plan", row.id, lines=plan_opinions.lines(current, row, asked))  # type: ignore[arg-type]


def _head(current: Current, event: Event, row: Plan, words: Words) -> None:
    page.ribbon(current)
    line = st.container(horizontal=True, gap="small", vertical_alignment="center")
    line.title(t("Security plan, edition {edition}", edition=number(row.edition)), anchor=False, width="content")
    color, icon = STATES[row.state]
    line.badge(words.of("plan_state", row.state), color=color, icon=icon)  # type: ignore[arg-type]
    st.caption(
        " · ".join(plain(one) for one in (event.number, event.name, event.venue, moment(event.starts_at, current)))
    )
    facts = [
        t("drafted by {name}, {at}", name=plain(row.drafted_by_name), at=moment(row.drafted_at, current)),
        _by(current, t("submitted by {name}, {at}"), row.submitted_by_name, row.submitted_at),
        _by(current, t("approved by {name}, {at}"), row.approved_by_name, row.approved_at),
        t("superseded {at}", at=moment(row.superseded_at, current)) if row.superseded_at else "",
    ]
    st.caption(" · ".join(one for one in facts if one))


def _by(current: Current, said: str, name: str, at: Any) -> str:
    return said.format(name=plain(name), at=moment(at, current)) if at else ""


# ---- the next steps -------------------------------------------------------------------------------------------------
def _steps(current: Current, row: Plan, editions: list[Plan], heard: str) -> None:
    line = st.container(horizontal=True, gap="small")
    with line:
        if row.state == DRAFT and current.may(Permission.PLAN_SUBMIT):
            _draft_steps(current, row)
        if row.state == SUBMITTED and current.may(Permission.PLAN_DECIDE) and row.submitted_by != current.account_id:
            _decisions(current, row, heard)
        if row.state == RETURNED and current.may(Permission.PLAN_SUBMIT):
            _step(t("Take back and edit"), "plan.redraft", plan.redraft_plan, row, ":material/edit:", primary=True)
        if row.state == APPROVED and row.id == editions[0].id and current.may(Permission.PLAN_SUBMIT):
            _new_version(current, row)
        if st.button(t("Back to the event"), key="plan.back", icon=":material/arrow_back:", type="tertiary"):
            st.query_params.pop(ADDRESS, None)
            st.rerun()
    if refusal := st.session_state.pop(REFUSED, None):
        st.error(refusal, icon=":material/error:")


def _draft_steps(current: Current, row: Plan) -> None:
    ready = not missing(content(row))
    _step(t("Submit for approval"), "plan.submit", plan.submit_plan, row, ":material/send:", primary=ready)
    if st.button(t("Edit plan"), key="plan.edit", icon=":material/edit:", type="secondary" if ready else "primary"):
        forms.open_form(current, "plan.edit", row)


def _decisions(current: Current, row: Plan, heard: str) -> None:
    """An approval carries the opinions that were on the screen too: one that came in meanwhile is read first."""

    def approve(who: Current, plan_id: int, seen: int) -> Plan:
        return plan.approve_plan(who, plan_id, seen=seen, known=heard)

    _step(t("Approve plan"), "plan.approve", approve, row, ":material/verified:", primary=True)
    forms.ask(
        current,
        f"plan.return.{row.version}",  # what was typed belongs to the text that was read
        t("Return to its authors"),
        ReasonDraft,
        lambda asked: plan.return_plan(current, row.id, asked.reason, row.version),  # type: ignore[arg-type]
        done=t("Returned to its authors."),
        icon=":material/undo:",
    )


def _step(text: str, key: str, verb: Callable[..., Plan], row: Plan, icon: str, *, primary: bool) -> None:
    """A button for a verb without questions. It carries the version that was on the screen, not the one of the next run."""
    st.button(
        text,
        key=key,
        icon=icon,
        type="primary" if primary else "secondary",
        on_click=_act,
        args=(verb, row.id, row.version),
    )


def _act(verb: Callable[..., Plan], plan_id: int, seen: int) -> None:
    current = who()
    if current is None:
        return
    try:
        verb(current, plan_id, seen=seen)
    except Refusal as refusal:
        gaps = len(refusal.errors) if isinstance(refusal, Invalid) and refusal.code == "incomplete" else 0
        said = t("Not submitted. What is missing is listed below ({count}).", count=gaps) if gaps else explain(refusal)
        st.session_state[REFUSED] = said
    else:
        page.done(t("Saved."))


def _new_version(current: Current, row: Plan) -> None:
    if not st.button(t("New edition"), key="plan.new_version", icon=":material/library_add:"):
        return
    try:
        new = plan.new_version(current, row.id, nonce=f"plan.{row.id}.{row.version}")  # type: ignore[arg-type]
    except Refusal as refusal:
        st.error(explain(refusal), icon=":material/error:")
        return
    st.query_params[ADDRESS] = str(new.id)
    forms.open_form(current, "plan.edit", new)


def _warnings(current: Current, event: Event, row: Plan, draft: PlanDraft, words: Words) -> None:
    if row.state in (DRAFT, SUBMITTED) and event.starts_at <= current.now():
        started = moment(event.starts_at, current)
        st.warning(
            t("The event began at {at}. An approval from now on counts as late.", at=started),
            icon=":material/schedule:",
        )
    if row.returned_reason and row.state in (DRAFT, RETURNED):
        by, at = plain(row.returned_by_name), moment(row.returned_at, current)
        st.warning(
            t("Returned by {name}, {at}: {reason}", name=by, at=at, reason=plain(row.returned_reason)),
            icon=":material/undo:",
        )
    if row.state == SUBMITTED and row.submitted_by == current.account_id and current.may(Permission.PLAN_DECIDE):
        st.info(t("You submitted this plan, so another head decides on it."), icon=":material/group:")
    if row.state == DRAFT and (gaps := missing(draft)):
        lines = "\n".join(f"- {gap_words(place, code, facts, draft, words)}" for place, (code, facts) in gaps.items())
        st.info(f"**{t('Before it can be submitted:')}**\n\n{lines}", icon=":material/checklist:")


def gap_words(place: str, code: str, facts: dict[str, Any], draft: PlanDraft, words: Words) -> str:
    """One missing thing: where it stands, and what is missing. Safe to draw as Markdown."""
    name, _, rest = place.partition(".")
    if name not in LISTS:
        return plain(f"{t(PlanDraft.model_fields[name].title or name)}: {sentence(code, facts)}")
    at = int(rest.partition(".")[0])
    known = facts | ({"hazard": words.of("risk_hazard", facts["hazard"])} if "hazard" in facts else {})
    if "field" in facts:
        row_class = type(getattr(draft, name)[at])
        known["field"] = t(row_class.model_fields[facts["field"]].title or facts["field"])
    return plain(f"{t(LIST_TITLES[name])}, {t('row {at}', at=at + 1)}: {sentence(code, known)}")


# ---- the content ----------------------------------------------------------------------------------------------------
def _text(title: str, text: str) -> None:
    if text:
        st.caption(title)
        st.markdown(plain(text))


def figures(draft: PlanDraft, staffed: int, staff: int) -> None:
    """The plan in five numbers."""
    shown = (
        (t("Expected people"), number(draft.expected_people)),
        (t("Most at one time"), number(draft.peak_people)),
        (t("Staffed posts"), number(staffed)),
        (t("People on posts"), number(staff)),
        (t("VIPs take part"), (t("yes") if draft.has_vip else t("no")).capitalize()),
    )
    with st.grid(5, gap="small", min_column_width=140):
        for title, value in shown:
            st.metric(title, value, border=True, height="stretch")


def body(draft: PlanDraft, words: Labels) -> None:
    """What everybody may read who may read the plan at all."""
    _text(t("Aims and requirements"), draft.aims)
    _text(t("Measures"), draft.measures)
    _risks(draft, words)
    _posts(draft, words)
    _scenarios(draft)


def _filled(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows without columns in which nothing stands."""
    return [{name: value for name, value in row.items() if any(one[name] != "" for one in rows)} for row in rows]


def _read(rows: list[dict[str, Any]], widths: tuple[int, ...], key: str, alt: str) -> None:
    """A table to read whose columns fit beside the navigation at 1366 pixels; where there is more room they share it."""
    columns = {name: st.column_config.Column(width=width) for name, width in zip(rows[0], widths, strict=True)}
    shown = _filled(rows)
    config: dict[str, Any] = {name: columns[name] for name in shown[0]}
    st.dataframe(shown, column_config=config, hide_index=True, key=key, alt=alt)


def _risks(draft: PlanDraft, words: Labels) -> None:
    st.markdown(f"#### {t('Risk matrix')}")
    if not draft.risks:
        st.caption(t("No risk is entered yet."))
        return
    for spot, (title, after) in zip(
        st.columns(2), ((t("Before control"), False), (t("After control"), True)), strict=True
    ):
        with spot.container(border=True):
            st.markdown(f"**{title}**")
            plan_matrix.draw(draft.risks, words, after=after, key=f"plan.matrix.{after}")
    st.caption(t("1–4 low, 5–9 medium, 10–16 high, 20–25 very high. The numbers are the rows of the table."))
    rows = [
        {
            "#": at,
            t("Hazard"): words.of("risk_hazard", risk.hazard),
            t("Before"): risk_word(risk.likelihood, risk.consequence),
            t("After"): risk_word(*plan_matrix.place(risk, after=True))
            if risk.likelihood_after or risk.consequence_after
            else "",
            t("Control"): risk.control,
            t("Scenario"): risk.scenario,
            t("Owner"): risk.owner,
        }
        for at, risk in enumerate(draft.risks, 1)
    ]
    _read(rows, (40, 170, 115, 115, 245, 140, 105), key="plan.read.risks", alt=t("Risks, one a row"))


def _posts(draft: PlanDraft, words: Labels) -> None:
    st.markdown(f"#### {t('Forces and posts')}")
    if not draft.posts:
        st.caption(t("No post is entered yet. Without a staffed post the event does not count as secured."))
        return
    rows = [
        {
            t("Post"): post.name,
            t("Ring"): words.of("post_ring", post.ring),
            t("Force"): words.of("force", post.force),
            t("People"): post.head_count,
            t("Hours"): hours(post),
            t("Leader"): post.leader,
        }
        for post in draft.posts
    ]
    _read(rows, (190, 130, 220, 100, 130, 160), key="plan.read.posts", alt=t("Posts, one a row"))


def _scenarios(draft: PlanDraft) -> None:
    st.markdown(f"#### {t('Scenarios')}")
    if not draft.scenarios:
        st.caption(t("No scenario is entered yet."))
    for scenario in draft.scenarios:
        with st.expander(plain(scenario.name), icon=":material/emergency_home:"):
            for name in ("trigger", "first_action", "commander", "evacuation_route", "call"):
                _text(t(type(scenario).model_fields[name].title or name), getattr(scenario, name))


def _contacts(draft: PlanDraft) -> None:
    st.markdown(f"#### {t('Phone list')}")
    if not draft.contacts:
        st.caption(t("No number is entered yet."))
        return
    rows = [{t("Name or role"): one.name, t("Office phone"): one.phone} for one in draft.contacts]
    st.dataframe(rows, hide_index=True, key="plan.read.contacts", alt=t("Phone list"))


# ---- editions -------------------------------------------------------------------------------------------------------
def _versions(current: Current, row: Plan, editions: list[Plan], words: Words) -> None:
    st.markdown(f"#### {t('Compare editions')}")
    others = {one.id: one for one in editions if one.id != row.id}
    older = [one.id for one in editions if one.edition < row.edition]
    chosen = st.selectbox(
        t("What changed from edition"),
        list(others),
        index=list(others).index(older[0]) if older else 0,
        format_func=lambda key: t(
            "Edition {edition} ({state})", edition=others[key].edition, state=words.of("plan_state", others[key].state)
        ),
        key="plan.compare",
    )
    changed = compare(content(others[chosen]), content(row))
    if not changed:
        st.caption(t("The two editions say the same."))
    for name, (old, new) in changed.items():
        _change(name, old, new, words)


def _change(name: str, old: Any, new: Any, words: Words) -> None:
    st.caption(t(PlanDraft.model_fields[name].title or name))
    if name not in LISTS:
        st.markdown(f"{plain(_said(old))} → {plain(_said(new))}")
        return
    before, after = PlanDraft.model_validate({name: old}), PlanDraft.model_validate({name: new})
    for row in getattr(before, name):
        st.markdown(f":material/remove: {plain(t('Gone: {row}', row=words.line(row)))}")
    for row in getattr(after, name):
        st.markdown(f":material/add: {plain(t('New: {row}', row=words.line(row)))}")


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return t("yes") if value else t("no")
    if isinstance(value, int):
        return number(value)
    return str(value) if value else t("nothing")
