"""One event as it is read: number, badges, one line of facts, its plans, its result, the next steps."""

import streamlit as st

from models import event
from models.access import Current, Permission
from models.catalogue import entries
from models.draft import ReasonDraft
from models.event import Event
from models.organisation import units
from models.plan import APPROVED, Plan
from pages.parts import forms, inbox_watch, incident_links, opening, partner_words, sharing, tasks, timeline
from pages.parts.plan_editor import NEW
from pages.parts.plan_view import ADDRESS
from pages.parts.plan_words import STATES
from pages.parts.words import N_, label, moment, number, plain, t

TIMES = {
    "upcoming": (N_("Upcoming"), "blue", ":material/event_upcoming:"),
    "running": (N_("Under way"), "violet", ":material/play_circle:"),
    "past": (N_("Has ended"), "gray", ":material/event_available:"),
    "cancelled": (N_("Cancelled"), "red", ":material/event_busy:"),
}


def time_of(current: Current, row: Event) -> str:
    """Which of TIMES an event is in now."""
    if row.cancelled_at:
        return "cancelled"
    now = current.now()
    return "upcoming" if row.starts_at > now else "running" if row.ends_at > now else "past"


def show(current: Current, row: Event, plans: list[Plan]) -> None:
    """Draw one event with everything that this account may do to it. `plans` are its editions, newest first."""
    _badges(current, row, plans)
    st.markdown(plain(row.name))
    _facts(current, row)
    _steps(current, row, plans)
    rooms: opening.Rooms = {
        "plan": (t("Plan"), lambda: _plans(current, row, plans)),
        "tasks": (t("Jobs"), lambda: tasks.show(current, "event", row)),
        "timeline": (t("Timeline"), lambda: timeline.show(current, "event", row.id)),  # type: ignore[arg-type]
        "result": (t("Result"), lambda: _result(current, row)),
        "related": (t("Related"), lambda: incident_links.show(current, "event", row)),
        "details": (t("Details"), lambda: _details(current, row)),
        "shared": (t("Shared with"), lambda: sharing.show(current, "event", row)),
    }
    opening.tabs("event.tabs", rooms)


def _badges(current: Current, row: Event, plans: list[Plan]) -> None:
    line = st.container(horizontal=True, gap="small")
    said, color, icon = TIMES[time_of(current, row)]
    line.badge(t(said), color=color, icon=icon)  # type: ignore[arg-type]
    states = entries(current, "plan_state")
    for plan in [one for one in plans if one.state != "superseded"]:
        color, icon = STATES[plan.state]
        said = t("Plan: {state}", state=label(states, plan.state).lower())
        line.badge(said, color=color, icon=icon)  # type: ignore[arg-type]
    if not plans and not row.cancelled_at:
        line.badge(t("No plan"), color="orange", icon=":material/assignment_late:")
    tasks.badge(current, "event", row, line)
    inbox_watch.show(current, "event", row.id, line)  # type: ignore[arg-type]


def _facts(current: Current, row: Event) -> None:
    expected = t("{count} expected", count=number(row.expected_people)) if row.expected_people is not None else ""
    span = f"{moment(row.starts_at, current)} – {moment(row.ends_at, current)}"
    unit = next((one.name for one in units(current) if one.id == row.unit_id), "")
    st.caption(" · ".join(plain(one) for one in (span, row.venue, unit, expected) if one))
    if row.cancelled_at:
        at = moment(row.cancelled_at, current)
        st.warning(
            t("Cancelled {at}: {reason}", at=at, reason=plain(row.cancelled_reason)), icon=":material/event_busy:"
        )


# ---- the tabs -------------------------------------------------------------------------------------------------------
def _plans(current: Current, row: Event, plans: list[Plan]) -> None:
    if not plans:
        st.markdown(f"**{t('No security plan yet.')}**")
        st.caption(t("An event counts as secured once a plan with at least one staffed post is approved."))
    states = entries(current, "plan_state")
    for plan in plans:
        with st.container(border=True):
            line = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
            title = t("Edition {edition} ({state})", edition=plan.edition, state=label(states, plan.state))
            line.markdown(f"**{plain(title)}**", width="content")
            if line.button(t("Open edition"), key=f"event.plan.{plan.edition}", icon=":material/open_in_full:"):
                st.query_params[ADDRESS] = str(plan.id)
                st.rerun()
            st.caption(_decided(current, row, plan))


def _decided(current: Current, row: Event, plan: Plan) -> str:
    """What last happened to an edition, and whether it came in time."""
    if plan.approved_at:
        said = t("approved by {name}, {at}", name=plain(plan.approved_by_name), at=moment(plan.approved_at, current))
        late = t("after the start") if plan.approved_at > row.starts_at else t("before the start")
        return f"{said} ({late}) · {_staff(plan)}"
    if plan.state == "returned":
        return t(
            "Returned by {name}, {at}: {reason}",
            name=plain(plan.returned_by_name),
            at=moment(plan.returned_at, current),
            reason=plain(plan.returned_reason),
        )
    if plan.submitted_at and plan.state == "submitted":
        at = moment(plan.submitted_at, current)
        return f"{t('submitted by {name}, {at}', name=plain(plan.submitted_by_name), at=at)} · {_staff(plan)}"
    return t("drafted by {name}, {at}", name=plain(plan.drafted_by_name), at=moment(plan.drafted_at, current))


def _staff(plan: Plan) -> str:
    return t("{posts} staffed posts, {people} people", posts=number(plan.staffed_posts), people=number(plan.staff))


def _said(pairs: list[tuple[str, str]]) -> None:
    for name, value in pairs:
        if value:
            st.caption(name)
            st.markdown(plain(value))


def _result(current: Current, row: Event) -> None:
    if row.reported_at is None:
        st.caption(t("Not reported yet. Without it the people who came are missing from the figures."))
        return
    how = label(entries(current, "attendance_kind"), row.attendance_kind)
    _said(
        [
            (t("People who came"), f"{number(row.attendance)} ({how})"),
            (t("Most at one time"), number(row.peak) if row.peak is not None else ""),
            (t("Incidents"), row.incident_summary),
            (t("Forces used"), row.forces_used),
            (t("Lessons"), row.lessons),
            (t("Reported at"), f"{moment(row.reported_at, current)}, {row.reported_by_name}"),
        ]
    )


def _details(current: Current, row: Event) -> None:
    _said(
        [
            (t("Kind"), label(entries(current, "event_kind"), row.kind)),
            (t("Organiser"), row.organiser),
            (t("Secured together with"), "; ".join(partner_words.names(current, row.partners))),
            (t("Note"), row.note),
            (t("Entered at"), f"{moment(row.entered_at, current)}, {row.entered_by_name}"),
        ]
    )


# ---- the next steps -------------------------------------------------------------------------------------------------
def _steps(current: Current, row: Event, plans: list[Plan]) -> None:
    """The one that comes next first: a plan before the event, the report after it."""
    if row.cancelled_at or not current.may(Permission.RECORD_WRITE):
        return
    over = time_of(current, row) == "past"
    with st.container(horizontal=True, gap="small"):
        if over:
            _report(current, row)
        if not plans and current.may(Permission.PLAN_SUBMIT):
            _draft(primary=not over)
        elif plans:
            _open(plans[0], primary=not over and plans[0].state != APPROVED)
        if st.button(t("Edit"), key="event.edit", icon=":material/edit:"):
            forms.open_form(current, "event.edit", row)
        if row.reported_at is None:
            _cancel(current, row)


def _report(current: Current, row: Event) -> None:
    text = t("Correct the report") if row.reported_at else t("Report the result")
    style = "secondary" if row.reported_at else "primary"
    if st.button(text, key="event.report", icon=":material/summarize:", type=style):  # type: ignore[arg-type]
        forms.open_form(current, "event.result", row)


def _draft(*, primary: bool) -> None:
    style = "primary" if primary else "secondary"
    if st.button(t("Draft a plan"), key="event.plan", icon=":material/shield:", type=style):  # type: ignore[arg-type]
        st.query_params[ADDRESS] = NEW
        st.rerun()


def _open(plan: Plan, *, primary: bool) -> None:
    style = "primary" if primary else "secondary"
    if st.button(t("Open the plan"), key="event.open_plan", icon=":material/shield:", type=style):  # type: ignore[arg-type]
        st.query_params[ADDRESS] = str(plan.id)
        st.rerun()


def _cancel(current: Current, row: Event) -> None:
    forms.ask(
        current,
        f"event.cancel.{row.version}",
        t("Cancel the event"),
        ReasonDraft,
        lambda asked: event.cancel_event(current, row.id, asked.reason, row.version),  # type: ignore[arg-type]
        icon=":material/event_busy:",
        type="tertiary",
    )
