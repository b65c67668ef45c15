"""The register's first room: training, patrols and propaganda, and how many guards there are."""

from typing import Any

import streamlit as st

from models import movement
from models.access import Current, Permission
from models.catalogue import entries
from models.counted import Counted
from models.movement import TRAINING, GuardForceDraft, MovementActivity, MovementDraft
from models.organisation import units
from models.period import Period
from pages.parts import counted, forms, lists, page, periods, register_record
from pages.parts.words import date, label, number, percent, plain, t

NEW, EDIT = "movement.new", "movement.edit"
SUBJECT, SIZE = "movement_activity", 15


def button(current: Current, where: Any) -> None:
    """The room's one primary action."""
    if current.may(Permission.RECORD_WRITE) and where.button(
        t("Enter session"), key="movement.new", type="primary", icon=":material/add:"
    ):
        forms.open_form(current, NEW, values={"held_on": current.today(), "kind": TRAINING, "body": "guard"})


def show(current: Current, what: Counted | None) -> None:
    if forms.is_open(current, NEW):
        _form(current, None)
        return
    if what:
        counted.chip(current, what)
    total = movement.movement_count(current, what)
    if not total:
        counted.empty(
            what,
            t("No session has been entered yet."),
            t("Training, patrols and propaganda of the guards and the mass organisations are entered here."),
        )

    def the_list(row: MovementActivity | None) -> None:
        if total:
            _list(current, what, total, narrow=row is not None)

    register_record.side_by_side(current, movement.movement, the_list, lambda row: _one(current, row))
    if current.may(Permission.KPI_READ):
        _summary(current, what)
    if not what:
        _guards(current)


def _list(current: Current, what: Counted | None, total: int, *, narrow: bool) -> None:
    place = st.container()
    rows = movement.movements(current, what, SIZE, lists.pager(total, SIZE, "movement.page"))
    kinds, bodies = entries(current, "movement_kind"), entries(current, "movement_body")
    columns: dict[str, Any] = {
        "on": st.column_config.TextColumn(t("Held on"), width=95),
        "topic": st.column_config.TextColumn(t("What it was about"), width=300),
        "people": st.column_config.TextColumn(t("Participants"), width=125),
    }
    if not narrow:
        columns["kind"] = st.column_config.TextColumn(t("Kind"), width=150)
        columns["body"] = st.column_config.TextColumn(t("Held by"), width=150)
        columns["state"] = st.column_config.TextColumn(t("State"), width=100)
    shown = [
        {
            "on": date(row.held_on),
            "topic": row.topic,
            "people": number(row.participants),
            "kind": label(kinds, row.kind),
            "body": label(bodies, row.body),
            "state": t("struck out") if row.struck_at else "",
        }
        for row in rows
    ]
    with place:
        register_record.choose(lists.table(shown, columns, [row.id for row in rows], "movement.table"))


def _summary(current: Current, what: Counted | None) -> None:
    """The sessions of the counted days, or of the running year, by organisation; and the share of guards trained."""
    period = Period(what.first, what.last, current.zone) if what else periods.current_year(current)
    unit_id = what.unit_id if what else None
    held = movement.movements_by_body(current, period, unit_id)
    trained = movement.guards_trained(current, period, unit_id)
    if not held:
        return
    sessions, people = (sum(getattr(one, name) for one in held) for name in ("sessions", "participants"))
    with st.expander(
        t("{period}: {sessions} sessions", period=periods.name(period), sessions=number(sessions)),
        icon=":material/groups:",
    ):
        kinds, bodies = entries(current, "movement_kind"), entries(current, "movement_body")
        table = {
            t("Held by"): [label(bodies, one.body) for one in held],
            t("Kind"): [label(kinds, one.kind) for one in held],
            t("Sessions"): [one.sessions for one in held],
            t("Participants"): [one.participants for one in held],
        }
        st.dataframe(table, hide_index=True, key="movement.summary")
        told = t("{people} took part.", people=number(people))
        if trained.share is not None:
            facts = {"guards": number(trained.guards), "strength": number(trained.strength)}
            told += " " + t("Guards trained: {guards}/{strength} ({share}).", share=percent(trained.share), **facts)
        st.caption(told)


# ---- one session -----------------------------------------------------------------------------------------------------
def _one(current: Current, row: MovementActivity) -> None:
    if forms.is_open(current, EDIT):
        _form(current, row)
        return
    register_record.head(row, date(row.held_on), "movement")
    kinds, bodies = entries(current, "movement_kind"), entries(current, "movement_body")
    names = {unit.id: unit.name for unit in units(current)}
    st.markdown(f"**{plain(row.topic)}**")
    facts = {
        t("Kind"): label(kinds, row.kind),
        t("Held by"): label(bodies, row.body),
        t("Place"): row.place,
        t("Unit"): names.get(row.unit_id, "") if row.unit_id else "",
        t("Participants"): number(row.participants),
        t("Guards trained"): number(row.guards_trained) if row.guards_trained else "",
        t("Entered by"): row.entered_by_name,
    }
    register_record.facts(facts)
    if current.may(Permission.RECORD_WRITE):
        register_record.actions(current, row, EDIT, "movement", movement.strike_movement)
    register_record.story(current, SUBJECT, row)


def _form(current: Current, row: MovementActivity | None) -> None:
    form = forms.Form(current, MovementDraft, form=EDIT if row else NEW, key="movement", row=row, small=True)
    form.fields("held_on", "place", columns=2)
    kind = form.field("kind")
    form.field("body")
    form.field("topic")
    if kind == TRAINING:
        form.fields("participants", "guards_trained", columns=2)
    else:
        form.field("participants")
        form.values["guards_trained"] = 0
    form.field("unit_id")

    def save(draft: MovementDraft) -> MovementActivity:
        if row is None:
            return movement.add_movement(current, draft, nonce=form.nonce)
        return movement.amend_movement(current, row.id, draft, form.seen or 0, nonce=form.nonce)  # type: ignore[arg-type]

    if saved := form.submit(t("Save"), save):
        page.done(t("Saved."))
        st.query_params["id"] = str(saved.id)
        st.rerun()


# ---- the guards ------------------------------------------------------------------------------------------------------
def _guards(current: Current) -> None:
    rows = movement.guard_counts(current)
    said = t("{count} since {day}", count=number(rows[0].strength), day=date(rows[0].counted_on)) if rows else ""
    with st.expander(f"{t('Guards')}: {said or t('not counted yet')}", icon=":material/shield_person:"):
        st.caption(t("The share of guards trained is told against this number."))
        if rows:
            table = {t("As of"): [date(row.counted_on) for row in rows], t("Guards"): [row.strength for row in rows]}
            st.dataframe(table, hide_index=True, key="guards.table", width=320)
        if current.may(Permission.RECORD_WRITE):
            forms.inline(
                current,
                "guards",
                t("Note the number"),
                GuardForceDraft,
                lambda said: movement.count_guards(current, said),
                columns=2,
            )
