"""Findings as they are read: what was wrong, how long the remedy has, and the steps of the one that is open."""

from typing import Any

import streamlit as st

from models import finding, remedy
from models.access import Current, Permission, Refusal
from models.catalogue import entries
from models.draft import ReasonDraft
from models.finding import CANNOT, OPEN, REMEDIED, REMEDYING, TO_VERIFY, Finding, RecheckDraft
from models.remedy import RemedyDraft
from pages.parts import forms, inspection_forms, page, timeline
from pages.parts.refusals import explain
from pages.parts.words import date, days_left, label, number, plain, t

ADDRESS = "vi-pham"
STATES: dict[str, tuple[Any, str]] = {
    OPEN: ("red", ":material/report_problem:"),
    REMEDYING: ("orange", ":material/build:"),
    TO_VERIFY: ("violet", ":material/search_check:"),
    REMEDIED: ("green", ":material/check_circle:"),
    CANNOT: ("gray", ":material/block:"),
}
SOON = 3  # days


def show(current: Current, made: list[Finding], places: dict[int | None, str]) -> None:
    """All findings of a round, one under the other; the one that the address names stands open."""
    opened = st.query_params.get(ADDRESS, "")
    for row in made:
        with st.container(border=True, key=f"rounds.finding.{row.id}"):
            _line(current, row, places[row.visit_id])
            if str(row.id) == opened:
                _open(current, row)
            elif st.button(
                t("Show finding"), key=f"rounds.finding.{row.id}.open", type="tertiary", icon=":material/expand_more:"
            ):
                st.query_params[ADDRESS] = str(row.id)
                st.rerun()


def _line(current: Current, row: Finding, place: str) -> None:
    badges = st.container(horizontal=True, gap="small")
    color, icon = STATES[row.state]
    badges.badge(label(entries(current, "finding_state"), row.state), color=color, icon=icon)
    left = row.days_left(current.today())
    if left is not None and row.deadline is not None:
        urgent: Any = "red" if left < 0 else "orange" if left <= SOON else "gray"
        badges.badge(days_left(row.deadline, current.today()), color=urgent, icon=":material/schedule:")
    st.markdown(plain(row.item))
    handling = label(entries(current, "finding_handling"), row.handling)
    st.caption(" · ".join(plain(part) for part in (place, handling, _deadline(row), _outcome(row)) if part))


def _deadline(row: Finding) -> str:
    if row.deadline is None:
        return t("no deadline")
    if row.first_deadline and row.first_deadline != row.deadline:
        return t("deadline {day} (first {first})", day=date(row.deadline), first=date(row.first_deadline))
    return t("deadline {day}", day=date(row.deadline))


def _outcome(row: Finding) -> str:
    if row.remedied_on is not None:
        late = (row.remedied_on - row.deadline).days if row.deadline else 0
        if late > 0:
            return t("put right on {day}, {days} days late", day=date(row.remedied_on), days=late)
        return t("put right on {day}", day=date(row.remedied_on))
    if row.state == TO_VERIFY:
        return t("reported as put right on {day}", day=date(row.reported_on))
    return ""


def _open(current: Current, row: Finding) -> None:
    said = [
        (t("Legal basis"), row.legal_basis),
        (t("Description"), row.description),
        (t("Fine (đồng)"), number(row.fine) if row.fine is not None else ""),
        (t("Transferred to"), row.receiving_body),
        (t("Evidence"), row.evidence),
        (t("Why it cannot be remedied"), row.given_up_reason),
    ]
    for name, value in said:
        if value:
            st.caption(name)
            st.markdown(plain(value))
    _rechecks(current, row)
    if current.may(Permission.RECORD_WRITE):
        _steps(current, row)
    timeline.show(current, "finding", row.id)  # type: ignore[arg-type]
    if st.button(t("Fold"), key=f"rounds.finding.{row.id}.fold", type="tertiary", icon=":material/expand_less:"):
        st.query_params.pop(ADDRESS, None)
        st.rerun()


def _rechecks(current: Current, row: Finding) -> None:
    results = entries(current, "recheck_result")
    for check in finding.rechecks(current, row.id):  # type: ignore[arg-type]
        parts = (
            t("Re-check {day}", day=date(check.checked_on)),
            label(results, check.result),
            check.checked_by,
            check.note,
        )
        st.caption(" · ".join(plain(part) for part in parts if part))


def _steps(current: Current, row: Finding) -> None:
    """The next step first, the rest beside it."""
    with st.container(horizontal=True, gap="small"):
        if row.state in (OPEN, REMEDYING):
            _report(current, row)
        if row.state == OPEN:
            _start(current, row)
        if row.state != CANNOT:
            _recheck(current, row)
        if row.state in (OPEN, REMEDYING, TO_VERIFY):
            _give_up(current, row)
        else:
            _reopen(current, row)
        if st.button(t("Edit finding"), key="rounds.finding.edit", icon=":material/edit:"):
            forms.open_form(current, inspection_forms.FINDING_EDIT, row)


def _report(current: Current, row: Finding) -> None:
    forms.ask(
        current,
        "rounds.finding.report",
        t("Put right"),
        RemedyDraft,
        lambda asked: remedy.report_remedied(current, row.id, asked, row.version),  # type: ignore[arg-type]
        type="primary",
        icon=":material/check_circle:",
    )


def _start(current: Current, row: Finding) -> None:
    if st.button(t("Remedy started"), key="rounds.finding.start", icon=":material/build:"):
        try:
            remedy.start_remedy(current, row.id)  # type: ignore[arg-type]
        except Refusal as refusal:
            st.error(explain(refusal), icon=":material/error:")
        else:
            page.done(t("Saved."))
            st.rerun()


def _recheck(current: Current, row: Finding) -> None:
    forms.ask(
        current,
        "rounds.finding.recheck",
        t("Re-check"),
        RecheckDraft,
        lambda asked: remedy.recheck(current, row.id, asked),  # type: ignore[arg-type]
        type="primary" if row.state == TO_VERIFY else "secondary",
        icon=":material/search_check:",
    )


def _give_up(current: Current, row: Finding) -> None:
    forms.ask(
        current,
        "rounds.finding.give_up",
        t("Cannot be remedied"),
        ReasonDraft,
        lambda asked: remedy.cannot_be_remedied(current, row.id, asked.reason),  # type: ignore[arg-type]
        icon=":material/block:",
    )


def _reopen(current: Current, row: Finding) -> None:
    forms.ask(
        current,
        "rounds.finding.reopen",
        t("Take up again"),
        ReasonDraft,
        lambda asked: remedy.reopen_finding(current, row.id, asked.reason),  # type: ignore[arg-type]
        icon=":material/restart_alt:",
    )
