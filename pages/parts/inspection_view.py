"""One inspection round as it is read: number, badges, one line of facts, what was visited and found, the next steps."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from models import finding, inspection_life, visit
from models.about import INSPECTIONS
from models.access import Current, Permission, Refusal
from models.catalogue import entries
from models.draft import ReasonDraft
from models.finding import Finding
from models.inspection import CANCELLED, CONCLUDED, PLANNED, RUNNING, InspectionRound, InspectionVisit
from models.organisation import units
from pages.parts import (
    forms,
    inbox_watch,
    incident_links,
    inspection_finding,
    inspection_forms,
    lists,
    opening,
    page,
    partner_words,
    sharing,
    tasks,
    timeline,
)
from pages.parts.lasting import lasting
from pages.parts.refusals import explain
from pages.parts.words import date, days_left, label, number, plain, t

FINDING = inspection_finding.ADDRESS
STATES: dict[str, tuple[Any, str]] = {
    PLANNED: ("blue", ":material/event:"),
    RUNNING: ("orange", ":material/directions_walk:"),
    CONCLUDED: ("green", ":material/task_alt:"),
    CANCELLED: ("gray", ":material/block:"),
}


def show(current: Current, row: InspectionRound) -> None:
    """Draw one round with everything that this account may do to it."""
    went, made = lasting(
        current, frozenset({INSPECTIONS}), ("visited", row.id), partial(_visited, current, row.id or 0)
    )
    _badges(current, row)
    subject = label(entries(current, "inspection_subject"), row.subject)
    st.markdown(plain(f"{subject}: {row.area}" if row.area else subject))
    _facts(current, row, went, made)
    rooms: opening.Rooms = {
        "visits": (t("Visits and findings"), lambda: _went(current, row, went, made)),
        "tasks": (t("Jobs"), lambda: tasks.show(current, "inspection_round", row)),
        "timeline": (t("Timeline"), lambda: _story(current, row)),
        "related": (t("Related"), lambda: incident_links.show(current, "inspection_round", row)),
        "details": (t("Details"), lambda: _details(current, row)),
        "shared": (t("Shared with"), lambda: sharing.show(current, "inspection_round", row)),
    }
    opening.tabs("rounds.tabs", rooms)
    if current.may(Permission.RECORD_WRITE):
        _steps(current, row, visited=bool(went))


def _visited(current: Current, round_id: int) -> tuple[list[InspectionVisit], list[Finding]]:
    return visit.visits(current, round_id), finding.findings(current, round_id)


def _story(current: Current, row: InspectionRound) -> None:
    lines = finding.round_timeline(current, row.id)  # type: ignore[arg-type]
    timeline.show(current, "inspection_round", row.id, lines=lines)  # type: ignore[arg-type]


def _badges(current: Current, row: InspectionRound) -> None:
    line = st.container(horizontal=True, gap="small")
    color, icon = STATES[row.state]
    line.badge(label(entries(current, "round_state"), row.state), color=color, icon=icon)
    line.badge(label(entries(current, "inspection_kind"), row.kind), color="gray")
    line.badge(label(entries(current, "inspection_lead"), row.lead), color="gray")
    last_day = row.planned_to or row.planned_on
    if row.state == PLANNED and last_day < current.today():
        line.badge(days_left(last_day, current.today()), color="red", icon=":material/event_busy:")
    tasks.badge(current, "inspection_round", row, line)
    inbox_watch.show(current, "inspection_round", row.id, line)  # type: ignore[arg-type]


def _unit(current: Current, unit_id: int | None) -> str:
    return next((unit.name for unit in units(current) if unit.id == unit_id), "")


def _facts(current: Current, row: InspectionRound, went: list[InspectionVisit], made: list[Finding]) -> None:
    days = f"{date(row.planned_on)} – {date(row.planned_to)}" if row.planned_to else date(row.planned_on)
    parts = [
        t("done on {day}", day=date(row.done_on)) if row.done_on else t("planned for {day}", day=days),
        row.decision_no,
        _unit(current, row.unit_id),
        row.leader,
        row.entered_by_name,
    ]
    st.caption(" · ".join(plain(part) for part in parts if part))
    counted = [one for one in went if not one.is_recheck]
    if went or made:
        late = sum((left := one.days_left(current.today())) is not None and left < 0 for one in made)
        told = [
            t("{visits} visits · {findings} findings", visits=number(len(counted)), findings=number(len(made))),
            t("{count} overdue", count=number(late)) if late else "",
        ]
        st.caption(" · ".join(part for part in told if part))


# ---- visits ---------------------------------------------------------------------------------------------------------
def _went(current: Current, row: InspectionRound, went: list[InspectionVisit], made: list[Finding]) -> None:
    _visits(current, row, went, made)
    inspection_finding.show(current, made, {one.id: one.place for one in went})


def _visits(current: Current, row: InspectionRound, went: list[InspectionVisit], made: list[Finding]) -> None:
    if not went:
        page.empty(
            t("No visit yet."), "" if row.state == CANCELLED else t("Add the establishments as they are visited.")
        )
        return
    per_visit: Counter[int | None] = Counter(one.visit_id for one in made)
    columns = {
        "place": st.column_config.TextColumn(t("Establishment"), width=185),
        "found": st.column_config.TextColumn(t("Findings"), width=75),
        "day": st.column_config.TextColumn(t("Visited on"), width=100),
    }
    rows = [{"place": one.place, "day": date(one.visited_on), "found": number(per_visit[one.id])} for one in went]
    picked = lists.table(rows, columns, [one.id for one in went], f"rounds.visits.{row.id}")
    if place := next((one for one in went if one.id == picked), None):
        _visit(current, row, place)


def _visit(current: Current, row: InspectionRound, place: InspectionVisit) -> None:
    """The chosen visit, and what may be written down about it."""
    with st.container(border=True):
        st.markdown(f"**{plain(place.place)}**")
        record = t("record {number}", number=place.record_no) if place.record_no else ""
        parts = [place.address, place.ward, place.representative, record, _unit(current, place.unit_id)]
        if place.is_recheck:
            parts.append(t("Only a re-check"))
        if said := " · ".join(plain(part) for part in parts if part):
            st.caption(said)
        if place.note:
            st.markdown(plain(place.note))
        if not current.may(Permission.RECORD_WRITE):
            return
        line = st.container(horizontal=True, gap="small")
        if line.button(t("Add finding"), key="rounds.add_finding", icon=":material/report_problem:"):
            forms.open_form(current, inspection_forms.FINDING, place)
        if line.button(t("Edit visit"), key="rounds.edit_visit", icon=":material/edit:"):
            forms.open_form(current, inspection_forms.VISIT_EDIT, place)


# ---- details --------------------------------------------------------------------------------------------------------
def _details(current: Current, row: InspectionRound) -> None:
    said = [
        (t("Decision number"), row.decision_no),
        (t("Decision date"), date(row.decision_on) if row.decision_on else ""),
        (t("Decision signed by"), row.decision_by),
        (t("Team leader"), row.leader),
        (t("Team members"), row.members),
        (t("Partners"), "\n".join(partner_words.names(current, row.partners))),
        (t("Note"), row.note),
        (t("Why it was cancelled"), row.cancel_reason),
        (t("Number of the conclusion"), row.conclusion_no),
        (t("Date of the conclusion"), date(row.conclusion_on) if row.conclusion_on else ""),
        (t("Conclusion"), row.conclusion),
    ]
    filled = [(name, value) for name, value in said if value]
    for name, value in filled:
        st.caption(name)
        st.markdown(plain(value))
    if not filled:
        st.caption(t("Nothing more was entered."))


# ---- the next steps -------------------------------------------------------------------------------------------------
def _press(place: Any, text: str, key: str, do: Callable[[], Any], **style: Any) -> None:
    """A button that calls one verb."""
    if place.button(text, key=key, **style):
        try:
            do()
        except Refusal as refusal:
            st.error(explain(refusal), icon=":material/error:")
        else:
            page.done(t("Saved."))
            st.rerun()


def _steps(current: Current, row: InspectionRound, *, visited: bool) -> None:
    """The next step first, the rest beside it. A round that went somewhere cannot be cancelled any more."""
    if row.state == CANCELLED:
        return
    line = st.container(horizontal=True, gap="small")
    if row.state == PLANNED:
        start = ":material/directions_walk:"
        _press(
            line,
            t("Start the round"),
            "rounds.start",
            lambda: inspection_life.start_round(current, row.id),  # type: ignore[arg-type]
            type="primary",
            icon=start,
        )
    _add_visits(current, line, row)
    if row.state == CONCLUDED:
        if line.button(t("Edit the conclusion"), key="rounds.conclusion", icon=":material/edit_document:"):
            forms.open_form(current, inspection_forms.CONCLUSION, row)
    elif line.button(t("Conclude"), key="rounds.conclude", icon=":material/task_alt:"):
        forms.open_form(current, inspection_forms.CONCLUDE, row, {"done_on": _last_day(current, row)})
    if line.button(t("Edit"), key="rounds.edit", icon=":material/edit:"):
        forms.open_form(current, inspection_forms.EDIT, row)
    if row.state in (PLANNED, RUNNING) and not visited:
        with line:
            _cancel(current, row)


def _last_day(current: Current, row: InspectionRound) -> Any:
    return min(row.planned_to or row.planned_on, current.today())


def _add_visits(current: Current, line: Any, row: InspectionRound) -> None:
    primary = "primary" if row.state == RUNNING else "secondary"
    first = {"visited_on": row.done_on or _last_day(current, row)}
    if line.button(t("Add visits"), key="rounds.add_visits", type=primary, icon=":material/add_location_alt:"):
        forms.open_form(current, inspection_forms.VISITS, row, first)
    if line.button(t("Add one visit"), key="rounds.add_visit", icon=":material/add:"):
        forms.open_form(current, inspection_forms.VISIT, row, first)


def _cancel(current: Current, row: InspectionRound) -> None:
    forms.ask(
        current,
        "rounds.cancel",
        t("Cancel the round"),
        ReasonDraft,
        lambda asked: inspection_life.cancel_round(current, row.id, asked.reason),  # type: ignore[arg-type]
        icon=":material/block:",
    )
