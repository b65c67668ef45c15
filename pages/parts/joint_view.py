"""One joint activity as it is read: what, when and where, the parties with their answers, what this account may do."""

from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from models import answering, receipt, sharing
from models.access import Current, Permission, Refusal
from models.catalogue import entries
from models.draft import ReasonDraft
from models.joint import AnswerDraft, PartyDraft
from models.ledger import CONFIRMED, DECLINED, PROPOSED, RELEASED, WITHDRAWN, Side, View
from pages.parts import forms, inbox_watch, opening, page, timeline
from pages.parts.refusals import explain
from pages.parts.words import N_, date, label, moment, number, plain, t

STATES = {
    PROPOSED: (N_("Proposed, not released"), "gray", ":material/edit_note:"),
    RELEASED: (N_("Awaiting confirmation"), "blue", ":material/hourglass_top:"),
    CONFIRMED: (N_("Confirmed"), "green", ":material/check_circle:"),
    DECLINED: (N_("Declined"), "red", ":material/cancel:"),
    WITHDRAWN: (N_("Withdrawn"), "gray", ":material/undo:"),
}
OUTSIDE = N_("Shared outside this system")
STEPS = {
    PROPOSED: N_("proposed to {party}"),
    RELEASED: N_("released to {party}"),
    CONFIRMED: N_("{party} confirmed"),
    DECLINED: N_("{party} declined"),
    WITHDRAWN: N_("withdrawn from {party}"),
}
FIGURES = {
    "severity": N_("Severity"),
    "people_involved": N_("People involved"),
    "visits": N_("Places visited"),
    "findings": N_("Violations found"),
    "expected_people": N_("Expected people"),
    "attendance": N_("People who came"),
    "posts": N_("Posts"),
    "staff": N_("People on duty"),
    "people": N_("Host's people taking part"),
}
HIDDEN = {
    "withdrawn": N_("The host has withdrawn this. It stays counted; its text is no longer shown."),
    "confidential": N_("This comes from a confidential record. Its text is for those who may open the record."),
    "figures": N_("A steering board sees what is counted, not the text."),
}
SOURCES = {"incident": "incidents.py", "inspection_round": "inspections.py", "event": "events.py"}


def show(current: Current, view: View) -> None:
    """Draw one activity with everything that this account may do to it."""
    _badges(current, view)
    if view.title:
        st.markdown(f"**{plain(view.title)}**")
    st.caption(" · ".join(plain(part) for part in _facts(current, view) if part))
    if view.hidden:
        st.info(t(HIDDEN[view.hidden]), icon=":material/visibility_off:")
    if view.text and view.text.summary:
        st.markdown(plain(view.text.summary))
    if view.text and view.text.figures:
        said = (f"{t(FIGURES.get(name, name))}: {_figure(current, name, n)}" for name, n in view.text.figures.items())
        st.caption(" · ".join(plain(one) for one in said))
    if view.own and not view.hidden and view.activity.source in SOURCES and current.may(Permission.RECORD_READ):
        link = {"id": str(view.activity.source_id)}
        st.page_link(
            SOURCES[view.activity.source], label=t("Open the record"), icon=":material/link:", query_params=link
        )
    parties(current, view)
    actions(current, view)
    _story(current, view)


def kind_label(current: Current, view: View) -> str:
    return label(entries(current, "activity_kind"), view.activity.kind)


def _badges(current: Current, view: View) -> None:
    line = st.container(horizontal=True, gap="small")
    line.badge(kind_label(current, view), color="primary", icon=":material/handshake:")
    if view.activity.released_at is None:
        line.badge(t("Not released"), color="gray", icon=":material/edit_note:")
    if view.activity.withdrawn_at:
        line.badge(t("Withdrawn"), color="gray", icon=":material/undo:")
    if view.activity.release > 1:
        line.badge(t("Released {count} times", count=view.activity.release), color="gray", icon=":material/history:")
    if view.own or view.mine:
        inbox_watch.show(current, "joint_activity", view.activity.id, line)  # type: ignore[arg-type]


def _facts(current: Current, view: View) -> list[str]:
    row = view.activity
    when = moment(row.started_at, current) if row.started_at else date(row.occurred_on)
    if row.ended_at:
        when += f" – {moment(row.ended_at, current)}"
    return [when, row.area, row.subject_label, t("Host: {name}", name=row.host_name)]


def _figure(current: Current, name: str, value: int) -> str:
    return label(entries(current, "severity"), value).lower() if name == "severity" else number(value)


# ---- the parties ----------------------------------------------------------------------------------------------------
def state_label(side: Side) -> str:
    """Where a party stands, in words."""
    if side.party.party_id is None and side.state == RELEASED:
        return t(OUTSIDE)
    return t(STATES[side.state][0])


def standing(view: View) -> str:
    """The whole activity in one word: a partner's own answer, else how many confirmed."""
    if view.activity.released_at is None:
        return t("Not released")
    if view.activity.withdrawn_at:
        return t("Withdrawn")
    if view.mine:
        return state_label(view.mine)
    asked = [side for side in view.sides if side.party.party_id and side.state in (RELEASED, CONFIRMED, DECLINED)]
    if not asked:
        return t(OUTSIDE)
    sure = sum(side.state == CONFIRMED for side in asked)
    return t("{count} of {total} confirmed", count=sure, total=len(asked))


def parties(current: Current, view: View) -> None:
    """One line a partner: name, where it stands, who said so and when."""
    for side in view.sides:
        _, color, icon = STATES[side.state]
        line = st.container(horizontal=True, gap="small", vertical_alignment="center")
        line.markdown(plain(side.party.name), width="content")
        line.badge(state_label(side), color=color, icon=icon)  # type: ignore[arg-type]
        if said := " · ".join(plain(part) for part in _said(current, view, side) if part):
            st.caption(said)
    if view.own and view.activity.released_at:
        _receipts(current, view)


def _receipts(current: Current, view: View) -> None:
    """Who of the partners opened it and when: for the host alone."""
    read = receipt.receipts(current, view.activity.id)  # type: ignore[arg-type]
    for one in read:
        when, last = moment(one.first_at, current), moment(one.last_at, current)
        if when != last:
            when = t("{first}, last {last}", first=when, last=last)
        said = t("Opened by {name} ({partner}) {when}", name=plain(one.name), partner=plain(one.partner), when=when)
        st.caption(f":material/visibility: {said}" + ("" if one.newest else f" · {t('not the newest text')}"))
    if not read:
        st.caption(f":material/visibility_off: {t('No partner has opened it yet.')}")


def _said(current: Current, view: View, side: Side) -> list[str]:
    answer = side.answer
    said = [side.party.role, t("{count} people", count=number(side.people)) if side.people is not None else ""]
    if answer is None:
        return said
    said += [answer.answered_name, moment(answer.confirmed_at or answer.declined_at, current)]
    said.append(answer.reason if side.state == DECLINED else "")
    if answer.release < view.activity.release:
        said.append(t("about text no. {count}, before it was released anew", count=answer.release))
    return said


# ---- what may be done -----------------------------------------------------------------------------------------------
def press(do: Callable[[], Any], done: str) -> None:
    """One verb behind a button: say that it worked, or why not."""
    try:
        do()
    except Refusal as refusal:
        st.error(explain(refusal), icon=":material/error:")
    else:
        page.done(done)
        st.rerun()


def actions(current: Current, view: View) -> None:
    """The next steps as buttons, the one that is asked for first."""
    row = st.container(horizontal=True, gap="small")
    if view.own:
        release_button(current, view, row)
        _writing(current, view, row)
        withdraw_button(current, view, row)
        _describing(current, view)
    elif view.mine and view.to_answer and current.may(Permission.LEDGER_CONFIRM):
        _answering(current, view.mine, row, anew=view.mine.answer is not None)


def release_button(current: Current, view: View, where: DeltaGenerator) -> None:
    waiting = ", ".join(side.party.name for side in view.to_release)
    if not waiting or not current.may(Permission.SHARE_RELEASE):
        return
    said = t("Release to partners")
    told = t("From then on these partners read the text above: {names}.", names=plain(waiting))
    if where.button(said, key="joint.release", type="primary", icon=":material/outgoing_mail:", help=told):
        press(lambda: sharing.release(current, view.activity.id, seen=view.activity.version), t("Released."))  # type: ignore[arg-type]


def _writing(current: Current, view: View, where: DeltaGenerator) -> None:
    """Change the text: staff before it is released, a head also afterwards. Invite further partners."""
    released = view.activity.release > 0
    needed = Permission.SHARE_RELEASE if released else Permission.SHARE_PROPOSE
    closed = released and view.activity.withdrawn_at is not None
    if view.editable and not closed and current.may(needed):
        said = t("Change what partners read") if released else t("Edit")
        if where.button(said, key="joint.edit", icon=":material/edit:"):
            forms.open_form(current, "joint.text", view.editable, _values(view))
    invites = view.editable and current.may(Permission.SHARE_PROPOSE)
    if invites and where.button(t("Invite partners"), key="joint.invite", icon=":material/group_add:"):
        forms.open_form(current, f"joint.invite.{view.activity.id}")


def _values(view: View) -> dict[str, Any]:
    return {} if view.editable is None else {n: v for n, v in vars(view.editable).items() if n not in ("id", "version")}


def withdraw_button(current: Current, view: View, where: DeltaGenerator) -> None:
    there = [side for side in view.sides if side.party.withdrawn_at is None]
    if not there or not current.may(Permission.SHARE_RELEASE):
        return
    with where:
        forms.ask(
            current,
            "joint.withdraw",
            t("Withdraw") if view.activity.release else t("Return to staff"),
            ReasonDraft,
            lambda asked: sharing.withdraw(current, view.activity.id, asked, seen=view.activity.version),  # type: ignore[arg-type]
            icon=":material/undo:",
            done=t("Withdrawn."),
        )


def _describing(current: Current, view: View) -> None:
    """Task and people of a partner that is only proposed yet."""
    if not current.may(Permission.SHARE_PROPOSE):
        return
    row = st.container(horizontal=True, gap="small")
    for side in view.to_release:
        with row:
            forms.ask(
                current,
                f"joint.party.{side.party.id}",
                t("Task of {name}", name=plain(side.party.name)),
                PartyDraft,
                lambda asked, party=side.party: sharing.describe_party(current, party.id, asked),  # type: ignore[misc]
                icon=":material/badge:",
                type="tertiary",
            )


def _answering(current: Current, side: Side, where: DeltaGenerator, *, anew: bool) -> None:
    party_id: Any = side.party.id
    with where:
        forms.ask(
            current,
            f"joint.confirm.{party_id}",
            t("Confirm"),
            AnswerDraft,
            lambda asked: answering.confirm(current, party_id, asked),
            icon=":material/check_circle:",
            type="primary",
            done=t("Confirmed."),
        )
        forms.ask(
            current,
            f"joint.decline.{party_id}",
            t("Decline again") if anew else t("Decline"),
            ReasonDraft,
            lambda asked: answering.decline(current, party_id, asked),
            icon=":material/cancel:",
            done=t("Declined."),
        )


# ---- what happened --------------------------------------------------------------------------------------------------
def _story(current: Current, view: View) -> None:
    """What happened between the parties; and the organisation's own notes and changes, where it keeps any."""
    own, between = view.own or view.mine is not None, t("Between the parties")
    if own and view.hidden != "confidential" and current.may(Permission.RECORD_READ):
        rooms: opening.Rooms = {
            "between": (between, lambda: _between(current, view)),
            "own": (t("Own notes"), lambda: _own_notes(current, view)),
        }
        opening.tabs("joint.tabs", rooms)
    else:
        _between(current, view)


def _between(current: Current, view: View) -> None:
    for step in view.steps:
        said = [moment(step.at, current), t(STEPS[step.state], party=step.party), step.who, step.reason]
        st.caption(" · ".join(plain(part) for part in said if part))


def _own_notes(current: Current, view: View) -> None:
    st.caption(t("Only your own organisation reads these."))
    timeline.show(current, "joint_activity", view.activity.id)  # type: ignore[arg-type]
