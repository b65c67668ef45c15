"""The targets of a figure: what holds, and the small form by which a head sets, corrects or takes back one."""

import streamlit as st

from models import target
from models.access import Current, Permission, Refusal
from models.figures import KPIS, Better, Measure
from models.organisation import units
from models.period import Span
from models.target import GoalDraft, KpiTarget, TargetDraft
from pages.parts import forms, page, periods
from pages.parts.fields import Choices
from pages.parts.refusals import explain
from pages.parts.words import date, number, plain, t


def edit(current: Current, code: str, columns: int = 1) -> None:
    """The targets of one figure, and the form for another one. Draw it in whatever opens: a popover, a dialog, a room."""
    rows = target.all_targets(current, code)
    may = current.may(Permission.KPI_SET) and code in target.settable()
    if not rows:
        st.caption(t("No target is set for this figure."))
    for row in rows:
        _line(current, row, may)
    if may:
        opened = next((row for row in rows if row.id == st.session_state.get(_opened(code))), None)
        _form(current, code, opened, columns)


def _opened(code: str) -> str:
    return f"target.{code}.row"


def words(current: Current, row: KpiTarget) -> str:
    """ "≥ 90 %, near from 80 %; year; Nhà hát tỉnh; from 16/12/2019"."""
    sign = "≥" if KPIS[row.code].better is Better.MORE else "≤"
    said = [f"{sign} {_number(row.code, row.value)}"]
    if row.warning is not None:
        said[0] += t(", near from {value}", value=_number(row.code, row.warning))
    if row.span:
        said.append(t(periods.SPANS[row.span]).lower())  # type: ignore[index]
    names = {unit.id: unit.name for unit in units(current)}
    said.append(names.get(row.unit_id, "") if row.unit_id else t("whole organisation"))
    since = date(row.valid_from)
    until = t("from {first} until {last}", first=since, last=date(row.valid_to)) if row.valid_to else ""
    said.append(until or t("from {day}", day=since))
    return " · ".join(said)


def _number(code: str, value: float) -> str:
    said = number(value, 0 if value == int(value) else 1)
    return f"{said} %" if KPIS[code].measure is Measure.SHARE else said


def _line(current: Current, row: KpiTarget, may: bool) -> None:
    line = st.container(horizontal=True, vertical_alignment="center", gap="small")
    line.markdown(plain(words(current, row)), width="stretch")
    if not may:
        return
    line.button(
        t("Edit"),
        key=f"target.edit.{row.id}",
        icon=":material/edit:",
        type="tertiary",
        on_click=_open,
        args=(row.code, row),
    )
    if line.button(t("Take back"), key=f"target.strike.{row.id}", icon=":material/undo:", type="tertiary"):
        try:
            target.strike_target(current, row.id)  # type: ignore[arg-type]
        except Refusal as refusal:
            st.error(explain(refusal), icon=":material/error:")
        else:
            page.done(t("Taken back."))
            st.rerun()


def _open(code: str, row: KpiTarget) -> None:
    """Of a button: the form below then shows that target."""
    st.session_state[_opened(code)] = row.id
    for name in GoalDraft.model_fields:
        st.session_state[f"target.{code}.{name}"] = getattr(row, name)


def _form(current: Current, code: str, row: KpiTarget | None, columns: int) -> None:
    key = f"target.{code}"
    if f"{key}.valid_from" not in st.session_state:
        st.session_state[f"{key}.valid_from"] = periods.current_year(current).first
    spans: Choices = {one.value: t(periods.SPANS[one]) for one in periods.SPANS if one is not Span.FREE}

    def save(said: GoalDraft) -> None:
        draft = TargetDraft(code=code, **said.model_dump())
        target.set_target(current, draft, row.id if row else None, row.version if row else None)
        for name in (*GoalDraft.model_fields, "row"):
            st.session_state.pop(f"{key}.{name}", None)

    text = t("Change the target") if row else t("Set target")
    forms.inline(current, key, text, GoalDraft, save, choices={"span": spans}, columns=columns)
