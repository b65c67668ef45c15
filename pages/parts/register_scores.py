"""The register's second room: the yearly self-score over the four safeties, its signature and its official grade."""

import streamlit as st

from models import self_score
from models.access import Current, Permission, Refusal
from models.catalogue import entries
from models.counted import Counted
from models.self_score import PILLARS, GradeDraft, SelfScore, SelfScoreDraft
from pages.parts import counted, forms, lists, page, register_record
from pages.parts.refusals import explain
from pages.parts.words import N_, date, label, moment, number, plain, t

NEW, EDIT = "self_score.new", "self_score.edit"
SUBJECT = "self_score"
NAMES = {
    "premises": N_("Premises and surroundings"),
    "people": N_("Persons"),
    "property": N_("Property"),
    "activities": N_("Regular activities"),
}


def button(current: Current, where: object) -> None:
    if current.may(Permission.KPI_SET) and where.button(  # type: ignore[attr-defined]
        t("Enter self-score"), key="self_score.new", type="primary", icon=":material/add:"
    ):
        first, last = self_score.year_to_score(current)
        forms.open_form(current, NEW, values={"year_first": first, "year_last": last})


def show(current: Current, what: Counted | None) -> None:
    if forms.is_open(current, NEW):
        _form(current, None)
        return
    if what:
        counted.chip(current, what)
    rows = self_score.scores(current, what)
    if not rows:
        counted.empty(
            what,
            t("No self-score yet."),
            t("Once a year a head enters the points of the four safeties and signs them; then the figure counts them."),
        )
        return
    register_record.side_by_side(
        current, self_score.score, lambda _: _list(current, rows), lambda row: _one(current, row)
    )


def year(row: SelfScore) -> str:
    return f"{date(row.year_first)} – {date(row.year_last)}"


def points(value: float) -> str:
    return number(value, 0 if value == int(value) else 1)


def _list(current: Current, rows: list[SelfScore]) -> None:
    grades = entries(current, "assessment_grade")
    shown = [
        {
            "year": year(row),
            "points": f"{points(row.total)}/{points(row.most)}",
            "state": _state(row),
            "grade": label(grades, row.grade, "–"),
        }
        for row in rows
    ]
    columns = {
        "year": t("Assessment year"),
        "points": t("Points"),
        "state": t("State"),
        "grade": t("Official grade"),
    }
    register_record.choose(lists.table(shown, columns, [row.id for row in rows], "self_score.table"))


def _state(row: SelfScore) -> str:
    if row.struck_at:
        return t("struck out")
    return t("signed") if row.signed_at else t("not signed yet")


# ---- one self-score --------------------------------------------------------------------------------------------------
def _one(current: Current, row: SelfScore) -> None:
    if forms.is_open(current, EDIT):
        _form(current, row)
        return
    register_record.head(row, f"{points(row.total)}/{points(row.most)}", "self_score")
    st.caption(year(row))
    table = {
        t("Safety"): [t(NAMES[pillar]) for pillar in PILLARS],
        t("Points"): [points(getattr(row, f"{pillar}_points")) for pillar in PILLARS],
        t("Of at most"): [points(getattr(row, f"{pillar}_max")) for pillar in PILLARS],
    }
    st.dataframe(table, hide_index=True, key="self_score.pillars")
    said = {
        t("Signed"): f"{row.signed_by_name}, {moment(row.signed_at, current)}"
        if row.signed_at
        else t("not signed yet"),
        t("Official grade"): label(entries(current, "assessment_grade"), row.grade, "–"),
        t("Decision"): f"{row.grade_document}, {date(row.graded_on)}" if row.graded_on else "",
        t("Note"): row.note,
    }
    register_record.facts(said)
    if current.may(Permission.KPI_SET) and not row.struck_at:
        _steps(current, row)
    register_record.story(current, SUBJECT, row)


def _steps(current: Current, row: SelfScore) -> None:
    """Sign it first; afterwards note the grade. Striking out is always there."""
    with st.container(horizontal=True):
        if row.signed_at is None:
            _sign(current, row)
            if st.button(t("Edit"), key="self_score.edit", icon=":material/edit:"):
                forms.open_form(current, EDIT, row)
        else:
            forms.ask(
                current,
                "self_score.grade",
                t("Note the grade"),
                GradeDraft,
                lambda said: self_score.grade_score(current, row.id, said, row.version),  # type: ignore[arg-type]
                icon=":material/workspace_premium:",
            )
        register_record.strike_out(current, row, "self_score", self_score.strike_score)


def _sign(current: Current, row: SelfScore) -> None:
    if not st.button(
        t("Sign"),
        key="self_score.sign",
        type="primary",
        icon=":material/draw:",
        help=t("From then on it counts, and its points stay as they are."),
    ):
        return
    try:
        self_score.sign_score(current, row.id, row.version)  # type: ignore[arg-type]
    except Refusal as refusal:
        st.error(explain(refusal), icon=":material/error:")
    else:
        page.done(t("Signed."))
        st.rerun()


def _form(current: Current, row: SelfScore | None) -> None:
    form = forms.Form(current, SelfScoreDraft, form=EDIT if row else NEW, key="self_score", row=row, small=True)
    form.fields("year_first", "year_last", columns=2)
    for pillar in PILLARS:
        form.fields(f"{pillar}_points", f"{pillar}_max", columns=2)
    form.field("note")
    total = sum(form.values[f"{pillar}_points"] or 0 for pillar in PILLARS)
    most = sum(form.values[f"{pillar}_max"] or 0 for pillar in PILLARS)
    st.markdown(t("Together: **{points}** of {most}", points=plain(points(total)), most=plain(points(most))))

    def save(draft: SelfScoreDraft) -> SelfScore:
        if row is None:
            return self_score.add_score(current, draft, nonce=form.nonce)
        return self_score.amend_score(current, row.id, draft, form.seen or 0, nonce=form.nonce)  # type: ignore[arg-type]

    if saved := form.submit(t("Save"), save):
        page.done(t("Saved. It counts once it is signed."))
        st.query_params["id"] = str(saved.id)
        st.rerun()
