"""The register's third room: events that can cost the title of the year."""

import streamlit as st

from models import disqualifying
from models.access import Current, Permission
from models.catalogue import entries
from models.counted import Counted
from models.disqualifying import DisqualifyingDraft, DisqualifyingEvent
from models.organisation import units
from pages.parts import counted, forms, lists, page, register_record
from pages.parts.words import date, label, plain, t

NEW, EDIT = "disqualifying.new", "disqualifying.edit"
SUBJECT = "disqualifying_event"


def button(current: Current, where: object) -> None:
    if current.may(Permission.KPI_SET) and where.button(  # type: ignore[attr-defined]
        t("Enter event"), key="disqualifying.new", type="primary", icon=":material/add:"
    ):
        forms.open_form(current, NEW, values={"occurred_on": current.today()})


def show(current: Current, what: Counted | None) -> None:
    st.caption(
        t(
            "Put together from Thông tư 23/2012/TT-BCA and a draft of Thông tư 124/2021/TT-BCA: please check Article 6(3) "
            "before relying on the list."
        )
    )
    if forms.is_open(current, NEW):
        _form(current, None)
        return
    if what:
        counted.chip(current, what)
    rows = disqualifying.disqualifying_events(current, what)
    if not rows:
        counted.empty(
            what,
            t("No such event is recorded."),
            t("A head enters here what can cost the title “safe in security and order”, with its basis."),
        )
        return
    register_record.side_by_side(
        current, disqualifying.disqualifying_event, lambda _: _list(current, rows), lambda row: _one(current, row)
    )


def _list(current: Current, rows: list[DisqualifyingEvent]) -> None:
    kinds = entries(current, "disqualifying_event")
    shown = [
        {
            "on": date(row.occurred_on),
            "kind": label(kinds, row.kind),
            "basis": row.basis,
            "state": t("struck out") if row.struck_at else "",
        }
        for row in rows
    ]
    columns = {"on": t("Occurred on"), "kind": t("Condition"), "basis": t("Basis"), "state": t("State")}
    register_record.choose(lists.table(shown, columns, [row.id for row in rows], "disqualifying.table"))


def _one(current: Current, row: DisqualifyingEvent) -> None:
    if forms.is_open(current, EDIT):
        _form(current, row)
        return
    register_record.head(row, date(row.occurred_on), "disqualifying")
    st.markdown(f"**{plain(label(entries(current, 'disqualifying_event'), row.kind))}**")
    names = {unit.id: unit.name for unit in units(current)}
    said = {
        t("Basis"): row.basis,
        t("Description"): row.description,
        t("Unit"): names.get(row.unit_id, "") if row.unit_id else "",
        t("Entered by"): row.entered_by_name,
    }
    register_record.facts(said)
    if row.incident_id:
        st.page_link(
            "incidents.py",
            label=t("To the incident"),
            icon=":material/report:",
            query_params={"id": str(row.incident_id)},
        )
    if current.may(Permission.KPI_SET):
        register_record.actions(current, row, EDIT, "disqualifying", disqualifying.strike_disqualifying)
    register_record.story(current, SUBJECT, row)


def _form(current: Current, row: DisqualifyingEvent | None) -> None:
    candidates = {one.id: f"{one.number} · {one.summary}" for one in disqualifying.candidates(current)}
    form = forms.Form(
        current,
        DisqualifyingDraft,
        form=EDIT if row else NEW,
        key="disqualifying",
        choices={"candidate": candidates},
        row=row,
        small=True,
    )
    form.fields("occurred_on", "kind", columns=2)
    form.field("basis")
    form.field("description")
    form.fields("incident_id", "unit_id", columns=2)

    def save(draft: DisqualifyingDraft) -> DisqualifyingEvent:
        if row is None:
            return disqualifying.add_disqualifying(current, draft, nonce=form.nonce)
        return disqualifying.amend_disqualifying(current, row.id, draft, form.seen or 0, nonce=form.nonce)  # type: ignore[arg-type]

    if saved := form.submit(t("Save"), save):
        page.done(t("Saved."))
        st.query_params["id"] = str(saved.id)
        st.rerun()
