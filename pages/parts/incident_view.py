"""One incident as it is read: number, badges, one line of facts, timeline, the next steps."""

import streamlit as st

from models import closing, event, incident_life, place
from models.access import Current, Permission
from models.catalogue import Entry, entries
from models.incident import Incident
from models.incident_life import ExtendDraft, draft_for
from models.organisation import units
from pages.parts import (
    attachments,
    flash_report,
    forms,
    inbox_deadlines,
    inbox_watch,
    incident_gate,
    incident_links,
    incident_paper,
    incident_people,
    opening,
    partner_words,
    quick_entry,
    sharing,
    statements,
    tasks,
    timeline,
)
from pages.parts.words import date, days_left, label, language, moment, number, plain, t

SEVERITY = {
    1: ("gray", ":material/remove:"),
    2: ("blue", ":material/priority_high:"),
    3: ("orange", ":material/warning:"),
    4: ("red", ":material/emergency:"),
}
PHASE = {
    "open": ("blue", ":material/pending:"),
    "transferred": ("violet", ":material/forward:"),
    "settled": ("green", ":material/task_alt:"),
    "closed": ("gray", ":material/lock:"),
    "void": ("gray", ":material/block:"),
}


def show(current: Current, row: Incident) -> None:
    """Draw one incident with everything that this account may do to it."""
    states = entries(current, "incident_state")
    _badges(current, row, states)
    st.markdown(plain(row.summary))
    _facts(current, row)
    incident_links.repeats(current, row)
    inbox_deadlines.clock(current, row)
    quick_entry.proposals(current, row)
    _steps(current, row)
    rooms: opening.Rooms = {
        "timeline": (t("Timeline"), lambda: timeline.show(current, "incident", row.id)),  # type: ignore[arg-type]
        closing.TASKS: (t("Jobs"), lambda: tasks.show(current, "incident", row)),
        "statements": (t("Statements"), lambda: statements.tab(current, row)),
        closing.LINKS: (t("Related"), lambda: incident_links.show(current, "incident", row)),
        closing.DETAILS: (t("Details"), lambda: _details(current, row)),
        "files": (attachments.title(current, "incident", row), lambda: attachments.show(current, "incident", row)),
        "shared": (t("Shared with"), lambda: sharing.show(current, "incident", row)),
    }
    opening.tabs("incident.tabs", rooms, st.session_state.pop(incident_gate.OPEN_TAB, None))


def _badges(current: Current, row: Incident, states: dict[str, Entry]) -> None:
    line = st.container(horizontal=True, gap="small")
    state = states.get(row.state)
    color, icon = PHASE[state.attributes["phase"] if state else "open"]
    line.badge(label(states, row.state), color=color, icon=icon)  # type: ignore[arg-type]
    if row.severity:
        color, icon = SEVERITY[row.severity]
        line.badge(label(entries(current, "severity"), row.severity), color=color, icon=icon)  # type: ignore[arg-type]
    if row.complexity != "none":
        color = "red" if row.complexity == "complex" else "orange"
        line.badge(label(entries(current, "complexity"), row.complexity), color=color, icon=":material/crisis_alert:")  # type: ignore[arg-type]
    if row.confidential:
        line.badge(t("Confidential"), color="violet", icon=":material/visibility_off:")
    tasks.badge(current, "incident", row, line)
    inbox_watch.show(current, "incident", row.id, line)  # type: ignore[arg-type]


def _facts(current: Current, row: Incident) -> None:
    unit = next((unit.name for unit in units(current) if unit.id == row.unit_id), None)
    due = t("due {day}", day=date(row.due_on))
    if row.resolved_at is None and row.not_confirmed_at is None and row.transferred_at is None:
        due += f" ({days_left(row.due_on, current.today())})"
    place = row.place if row.place != unit else None
    parts = [moment(row.occurred_at, current), place, unit, due, row.entered_by_name]
    st.caption(" · ".join(plain(part) for part in parts if part))


def _details(current: Current, row: Incident) -> None:
    incident_people.show(current, row)
    kinds = entries(current, "incident_kind")
    group = kinds.get((row.kind or "").split(".")[0])
    said = [
        (
            t("Kind"),
            label(kinds, row.kind) + (f" ({group.label(language())})" if group and group.code != row.kind else ""),
        ),
        (t("Received at"), moment(row.received_at, current)),
        (t("Entered at"), moment(row.entered_at, current)),
        (t("Listed place"), _place(current, row)),
        (t("During the event"), _event(current, row.event_id)),
        (t("Handled together with"), "\n".join(partner_words.names(current, row.partners))),
        (
            t("People involved"),
            " · ".join(
                one
                for one in (number(row.people_count) if row.people_count is not None else "", row.people_roles)
                if one
            ),
        ),
        (t("Course of events"), row.description),
        (t("Measures taken"), row.measures),
        (t("Complexity"), _complexity(current, row)),
        (
            t("What became of the latent case"),
            label(entries(current, "latent_outcome"), row.latent_outcome) if row.was_latent else "",
        ),
        (t("First due date"), date(row.first_due_on) if row.first_due_on != row.due_on else ""),
        (t("On what basis"), row.due_basis),
        (t("Settled at"), moment(row.resolved_at, current) if row.resolved_at else ""),
        (t("How it was settled"), row.conclusion),
        (t("Transferred to"), _transfer(row)),
    ]
    for name, value in said:
        if value:
            st.caption(name)
            st.markdown(plain(value))


def _place(current: Current, row: Incident) -> str:
    """Name, address and ward of the listed place, the ward as it was called that day."""
    if row.place_id is None:
        return ""
    found = place.place_of_record(current, row.place_id)
    ward = found.ward_on(row.occurred_at.astimezone(current.zone).date())
    return ", ".join(part for part in (found.name, found.address, ward) if part)


def _event(current: Current, event_id: int | None) -> str:
    if event_id is None:
        return ""
    found = event.event(current, event_id)
    return f"{found.number} {found.name}"


def _complexity(current: Current, row: Incident) -> str:
    if row.complexity_at is None:
        return ""
    head = label(entries(current, "complexity"), row.complexity)
    return f"{head}: {row.complexity_reason} ({row.complexity_by_name}, {moment(row.complexity_at, current)})"


def _transfer(row: Incident) -> str:
    return f"{row.transferred_to} ({row.transfer_document}, {date(row.transferred_on)})" if row.transferred_to else ""


def _steps(current: Current, row: Incident) -> None:
    """The next steps as buttons: settling first, the rest beside it."""
    line = st.container(horizontal=True, gap="small")
    moves = incident_life.next_states(current, row.id or 0)
    moves = sorted(moves, key=lambda move: move[0].attributes["phase"] not in ("settled", "closed"))
    here = entries(current, "incident_state").get(row.state)
    for rank, (state, reopens) in enumerate(moves):
        cls, style = draft_for(state, reopens=reopens, within=here, row=row), "primary" if rank == 0 else "secondary"
        with line:
            if state.attributes["phase"] == "closed" and not (here and here.attributes["phase"] == "closed"):
                incident_gate.step(current, row, state, cls, type=style)
                continue
            forms.ask(
                current,
                f"incident.move.{state.code}",
                t("Reopen") if reopens else state.label(language()),
                cls,
                lambda asked, code=state.code: incident_life.move(current, row.id, code, asked, row.version),  # type: ignore[misc,arg-type]
                type=style,
            )
    with line:
        incident_gate.end_watch(current, row)
        incident_gate.told(current, row)
        _edit(current, row)
        flash_report.button(row)
        if current.may(Permission.INCIDENT_SETTLE) and row.resolved_at is None and row.not_confirmed_at is None:
            forms.ask(
                current,
                "incident.extend",
                t("Extend"),
                ExtendDraft,
                lambda asked: incident_life.extend(current, row.id, asked, row.version),  # type: ignore[arg-type]
                icon=":material/event_repeat:",
            )
        incident_paper.buttons(current, row)
    flash_report.show(current, row)


def _edit(current: Current, row: Incident) -> None:
    may = current.may(Permission.RECORD_WRITE) and row.closed_at is None
    if may and st.button(t("Edit"), key="incident.edit", icon=":material/edit:"):
        forms.open_form(current, "incident.edit", row)
