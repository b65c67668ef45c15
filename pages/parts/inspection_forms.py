"""The forms of Kiểm tra: a round, its conclusion, its visits, their findings. The one that the address names is drawn."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from models import draft, finding, inspection, inspection_life, visit
from models.access import Current
from models.catalogue import entries
from models.draft import FormDraft
from models.finding import FindingDraft
from models.inspection import RoundDraft, VisitDraft
from models.inspection_life import ConclusionDraft
from models.visit import VisitLinesDraft
from pages.parts import forms, page, sharing
from pages.parts.words import date, plain, t

NEW, EDIT = "round.new", "round.edit"
CONCLUDE, CONCLUSION = "round.conclude", "round.conclusion"
VISIT, VISITS, VISIT_EDIT = "visit.new", "visits.new", "visit.edit"
FINDING, FINDING_EDIT = "finding.new", "finding.edit"


def show_open(current: Current) -> bool:
    """Draw the form that the address names, if it is one of these and one's own."""
    address = st.query_params.get(forms.ADDRESS)
    found = draft.kept(current, address) if address else None
    if found is None or found.form not in _FORMS:
        return False
    _FORMS[found.form](current, found)
    return True


def _subject(opened: FormDraft) -> int:
    """The id of the row that the form is about."""
    return opened.subject_id or 0


def _back(round_id: int, message: str) -> None:
    """Say that it is saved and return to the round."""
    page.done(message)
    st.query_params["id"] = str(round_id)
    st.rerun()


# ---- a round --------------------------------------------------------------------------------------------------------
def _round(current: Current, opened: FormDraft) -> None:
    row = inspection.inspection_round(current, _subject(opened)) if opened.form == EDIT else None
    title = t("Edit {number}", number=row.number) if row else t("New inspection round")
    page.head(current, title, t("Only the fields with * are needed now."))
    form = forms.Form(
        current,
        RoundDraft,
        form=opened.form,
        key="round",
        row=row,
        choices={"partner": sharing.partner_choices(current)},
    )
    form.fields("subject", "area", "kind", "lead", "planned_on", "planned_to", "partners", "unit_id", columns=2)
    form.fields("decision_no", "decision_on", "decision_by", columns=3)
    form.fields("leader", "members", "note")

    def save(typed: RoundDraft) -> Any:
        if row is None:
            return inspection.plan_round(current, typed, nonce=form.nonce)
        return inspection.amend_round(current, _subject(opened), typed, form.seen or 0, nonce=form.nonce)

    if saved := form.submit(t("Save"), save):
        _back(saved.id, t("Saved as {number}.", number=saved.number))


def _conclusion(current: Current, opened: FormDraft) -> None:
    row = inspection.inspection_round(current, _subject(opened))
    again = opened.form == CONCLUSION
    title = t("Conclusion of {number}", number=row.number) if again else t("Conclude {number}", number=row.number)
    page.head(current, title, t("The round counts as done on its last day. Remedies go on afterwards."))
    form = forms.Form(current, ConclusionDraft, form=opened.form, key="conclusion", row=row)
    form.fields("done_on", "conclusion_no", "conclusion_on", columns=3)
    form.field("conclusion")
    save = inspection_life.amend_conclusion if again else inspection_life.conclude_round
    done = form.submit(
        t("Save") if again else t("Conclude the round"),
        lambda typed: save(current, _subject(opened), typed, form.seen or 0, nonce=form.nonce),
    )
    if done:
        _back(_subject(opened), t("Saved as {number}.", number=done.number))


# ---- visits ---------------------------------------------------------------------------------------------------------
def _visits(current: Current, opened: FormDraft) -> None:
    row = inspection.inspection_round(current, _subject(opened))
    page.head(
        current, t("Several visits of {number}", number=row.number), t("The rest of each can be filled in later.")
    )
    form = forms.Form(current, VisitLinesDraft, form=opened.form, key="visits", subject_id=row.id)
    form.field("places")
    form.fields("visited_on", "ward", "unit_id", columns=3)
    added = form.submit(t("Save"), lambda typed: visit.add_visits(current, _subject(opened), typed, nonce=form.nonce))
    if added is not None:
        _back(_subject(opened), t("{count} visits saved.", count=len(added)))


def _visit(current: Current, opened: FormDraft) -> None:
    """A new visit of the round, or an edited one."""
    row = visit.inspection_visit(current, _subject(opened)) if opened.form == VISIT_EDIT else None
    round_id = row.round_id if row else _subject(opened)
    number = inspection.inspection_round(current, round_id).number
    page.head(
        current, t("Visit of {number}", number=number), t("Name, ward and representative as they were on that day.")
    )
    form = forms.Form(
        current,
        VisitDraft,
        form=opened.form,
        key="visit",
        row=row,
        subject_id=opened.subject_id,
    )
    form.field("place")
    form.fields("visited_on", "record_no", "address", "ward", "representative", "unit_id", columns=2)
    form.fields("is_recheck", "note")

    def save(typed: VisitDraft) -> Any:
        if row is None:
            return visit.add_visit(current, round_id, typed, nonce=form.nonce)
        return visit.amend_visit(current, _subject(opened), typed, form.seen or 0, nonce=form.nonce)

    if saved := form.submit(t("Save"), save):
        _back(saved.round_id, t("Visit saved."))


# ---- findings -------------------------------------------------------------------------------------------------------
def _finding(current: Current, opened: FormDraft) -> None:
    """A new finding of a visit, or an edited one."""
    row = finding.finding(current, _subject(opened)) if opened.form == FINDING_EDIT else None
    place = visit.inspection_visit(current, row.visit_id if row else _subject(opened))
    page.head(
        current, t("Finding"), t("{place}, visited on {day}", place=plain(place.place), day=date(place.visited_on))
    )
    form = forms.Form(
        current,
        FindingDraft,
        form=opened.form,
        key="finding",
        row=row,
        subject_id=opened.subject_id,
    )
    form.fields("item", "legal_basis", "description")
    form.fields("handling", "deadline", columns=2)
    _handling(current, form)

    def save(typed: FindingDraft) -> Any:
        if row is None:
            return finding.add_finding(current, _subject(opened), typed, nonce=form.nonce)
        return finding.amend_finding(current, _subject(opened), typed, form.seen or 0, nonce=form.nonce)

    if form.submit(t("Save"), save):
        _back(place.round_id, t("Finding saved."))


def _handling(current: Current, form: forms.Form[FindingDraft]) -> None:
    """What the chosen way of handling asks for."""
    chosen = entries(current, "finding_handling").get(str(form.values["handling"]))
    asked = chosen.attributes if chosen else {}
    if asked.get("competent_officer"):
        st.info(
            t(
                "Only a competent officer on duty draws up a record of administrative violation. Others write a working"
                " record and transfer the case."
            ),
            icon=":material/gavel:",
        )
    form.fields("fine", "receiving_body", columns=2)


_FORMS: dict[str, Callable[[Current, FormDraft], None]] = {
    NEW: _round,
    EDIT: _round,
    CONCLUDE: _conclusion,
    CONCLUSION: _conclusion,
    VISIT: _visit,
    VISITS: _visits,
    VISIT_EDIT: _visit,
    FINDING: _finding,
    FINDING_EDIT: _finding,
}
