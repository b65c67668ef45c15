"""The room of the administration where an organisation keeps the list of its places."""

import datetime as dt

import streamlit as st

from models import place
from models.access import Current
from models.place import Place, PlaceDraft
from pages.parts import forms, lists, page
from pages.parts.words import date, moment, plain, t

NEW, EDIT = "place.new", "place.edit"


def places(current: Current) -> None:
    """The list, and the place that was chosen in it."""
    rows = place.places(current)
    if forms.is_open(current, NEW):
        return _form(current, None)
    if st.button(t("Add place"), key="places.new", type="primary", icon=":material/add_location:"):
        forms.open_form(current, NEW)
    if not rows:
        return page.empty(
            t("There are no places yet."),
            t("Add venues, gates and halls; their names are then offered while somebody types a place."),
        )
    shown = [
        {
            "name": row.name,
            "address": row.address,
            "ward": row.ward_on(current.today()),
            "state": t("no longer offered") if row.retired_at else "",
        }
        for row in rows
    ]
    columns = {
        "name": t("Name of the place"),
        "address": t("Address"),
        "ward": t("Ward or commune"),
        "state": t("State"),
    }
    picked = lists.table(shown, columns, [row.id for row in rows], "places.table")
    if chosen := next((row for row in rows if row.id == picked), None):
        with st.container(border=True):
            _one(current, chosen)
    return None


def _one(current: Current, row: Place) -> None:
    if forms.is_open(current, EDIT):
        return _form(current, row)
    st.markdown(f"**{plain(row.name)}**")
    if row.address or row.note:
        st.caption(" · ".join(plain(part) for part in (row.address, row.note) if part))
    for line in row.wards:
        since = date(_day(line["since"])) if line["since"] else ""
        st.caption(t("{ward}, since {day}", ward=plain(line["ward"]), day=since) if since else plain(line["ward"]))
    if row.retired_at:
        st.caption(t("No longer offered since {at}", at=moment(row.retired_at, current)))
    buttons = st.container(horizontal=True)
    if buttons.button(t("Edit"), key="place.edit", icon=":material/edit:"):
        forms.open_form(current, EDIT, row)
    if row.retired_at and buttons.button(t("Offer it again"), key="place.restore", icon=":material/undo:"):
        place.restore_place(current, row.id)  # type: ignore[arg-type]
        st.rerun()
    if not row.retired_at and buttons.button(
        t("No longer offer it"), key="place.retire", icon=":material/location_off:"
    ):
        place.retire_place(current, row.id)  # type: ignore[arg-type]
        st.rerun()
    return None


def _day(said: str) -> dt.date:
    return dt.date.fromisoformat(said)


def _form(current: Current, row: Place | None) -> None:
    form = forms.Form(current, PlaceDraft, form=EDIT if row else NEW, key="place", row=row, small=True)
    form.fields("name", "address")
    form.fields("ward", "ward_since", columns=2)
    form.field("note")

    def save(draft: PlaceDraft) -> Place:
        if row is None:
            return place.add_place(current, draft, nonce=form.nonce)
        return place.amend_place(current, row.id, draft, form.seen or 0, nonce=form.nonce)  # type: ignore[arg-type]

    if form.submit(t("Save"), save):
        page.done(t("Saved."))
        st.rerun()
