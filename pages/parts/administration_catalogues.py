"""The room "Danh mục" of the administration page: what an office may put otherwise in its catalogues."""

import hashlib
from typing import Any

import streamlit as st

from models import catalogue_edit
from models.access import Current
from models.catalogue import entries
from models.catalogue_rules import EDITABLE, PHASES, EntryDraft
from models.organisation import units
from pages.parts import address, forms, lists, page
from pages.parts.sentences import ACTIONS
from pages.parts.words import N_, date, label, language, moment, number, plain, t

NAMES = {
    "due_rule": N_("Due dates"),
    "holiday": N_("Public holidays"),
    "severity": N_("Flash reports"),
    "incident_state": N_("States of incidents"),
    "incident_kind": N_("Kinds of incidents"),
    "task_rule": N_("Tasks by kind"),
}
ADDRESS = "danh-muc"
ADDRESSES = {
    "due_rule": "thoi-han",
    "holiday": "ngay-nghi",
    "severity": "bao-cao-nhanh",
    "incident_state": "trang-thai",
    "incident_kind": "loai-vu-viec",
    "task_rule": "viec-can-lam",
}
ABOUT = {
    "due_rule": N_(
        "How many working days an incident may take. The first rule that fits, by its rank, gives the due date."
    ),
    "holiday": N_("Days that are no working days. National ones until 2030 are there; a year's decision may differ."),
    "severity": N_("Within how many minutes an urgent incident is reported to the head and to the police."),
    "incident_state": N_("The states of an incident and which may follow which. Each belongs to a fixed phase."),
    "incident_kind": N_("Groups and kinds. One that is no longer used keeps its name on old records."),
    "task_rule": N_(
        "What is to be done about incidents of a kind. The tasks appear by themselves when one is entered."
    ),
}
PHASE_NAMES = {
    "open": N_("Being handled"),
    "transferred": N_("Transferred"),
    "settled": N_("Settled"),
    "closed": N_("Closed"),
    "void": N_("Did not happen"),
}
FIELDS = {
    "due_rule": ("vi", "en", "working_days", "rank", "severity_from", "complexity", "valid_from", "valid_to"),
    "holiday": ("day", "vi", "en", "off"),
    "severity": (
        "vi",
        "en",
        "urgent",
        "flash_report_leader_minutes",
        "flash_report_police_minutes",
        "written_report_hours",
    ),
    "incident_state": ("vi", "en", "phase", "moves", "reached_from", "valid_from", "valid_to"),
    "incident_kind": ("vi", "en", "parent", "may_disqualify", "aliases", "valid_from", "valid_to"),
    "task_rule": ("vi", "en", "kinds", "unit_id", "steps", "valid_from", "valid_to"),
}


def catalogues(current: Current) -> None:
    """Choose a catalogue, then an entry of it; or add one."""
    codes = {code: name for name, code in ADDRESSES.items()}
    name = codes[address.room(ADDRESS, {code: t(NAMES[one]) for code, one in codes.items()}, key="catalogue.room")]
    st.caption(t(ABOUT[name]))
    rows = catalogue_edit.editable_entries(current, name)
    opened = next((row for row in rows if forms.is_open(current, _form(name, row.code))), None)
    if opened is not None or forms.is_open(current, _form(name, None)):
        _edit(current, name, opened, rows)
        return
    if EDITABLE[name].code and st.button(t("Add entry"), key="catalogue.new", type="primary", icon=":material/add:"):
        forms.open_form(current, _form(name, None))
    shown = _shown(current, name, rows)
    picked = lists.table(
        [_line(current, name, row, rows) for row in shown],
        _columns(name),
        [row.code for row in shown],
        f"catalogue.table.{name}",
    )
    chosen = next((row for row in rows if row.code == picked), None)
    if chosen is not None:
        _one(current, name, chosen)
    _changes(current, name)


def _form(name: str, code: str | None) -> str:
    """One form an entry: its code is too long for the name of a form, and national entries have no id."""
    return f"catalogue.{hashlib.sha256(f'{name}/{code}'.encode()).hexdigest()[:24]}"


# ---- the list -------------------------------------------------------------------------------------------------------
def _shown(current: Current, name: str, rows: list[Any]) -> list[Any]:
    """Holidays of one year; everything of the others."""
    if name != "holiday":
        return sorted(rows, key=lambda row: row.rank) if name == "due_rule" else rows
    years, today = sorted({row.day.year for row in rows}), current.today()
    nearest = min(years, key=lambda one: abs(one - today.year))
    year = st.selectbox(t("Year"), years, years.index(nearest), key="catalogue.year", width=160)
    return sorted((row for row in rows if row.day.year == year), key=lambda row: row.day)


_COLUMNS: dict[str, dict[str, str]] = {
    "due_rule": {"days": N_("Working days"), "rank": N_("Rank")},
    "holiday": {"day": N_("Day"), "off": N_("Day off")},
    "severity": {"head": N_("Minutes to tell the head"), "police": N_("Minutes to tell the police")},
    "incident_state": {"phase": N_("Phase"), "then": N_("May be followed by")},
    "incident_kind": {"parent": N_("Group")},
    "task_rule": {"for": N_("For"), "steps": N_("Steps")},
}


def _columns(name: str) -> dict[str, str]:
    columns = {"name": t("Name")} | {key: t(said) for key, said in _COLUMNS[name].items()}
    return columns | {"use": t("In use"), "whose": t("Whose")}


def _line(current: Current, name: str, row: Any, rows: list[Any]) -> dict[str, str]:
    said = {"name": row.en if language() == "en" else row.vi, "whose": _whose(row), "use": _use(current, row)}
    words = {one.code: one.en if language() == "en" else one.vi for one in rows}
    match name:
        case "due_rule":
            said |= {"days": number(row.working_days), "rank": number(row.rank)}
        case "holiday":
            said |= {"day": date(row.day), "off": t("yes") if row.off else t("no")}
        case "severity":
            said |= {"head": number(row.flash_report_leader_minutes), "police": number(row.flash_report_police_minutes)}
        case "incident_state":
            then = ", ".join(words.get(code, code) for code in row.moves)
            said |= {"phase": t(PHASE_NAMES[row.phase]), "then": then}
        case "incident_kind":
            said |= {"parent": words.get(row.parent, "")}
        case "task_rule":
            kinds = entries(current, "incident_kind")
            said |= {"for": ", ".join(label(kinds, code) for code in row.kinds), "steps": number(_count(row.steps))}
    return said


def _count(steps: str) -> int:
    return len(steps.splitlines())


def _whose(row: Any) -> str:
    if not row.version:
        return t("national")
    return t("national, changed here") if row.national else t("own")


def _use(current: Current, row: Any) -> str:
    today = current.today()
    if row.valid_to and row.valid_to <= today:
        return t("until {day}", day=date(row.valid_to))
    return t("from {day}", day=date(row.valid_from)) if row.valid_from and row.valid_from > today else t("yes")


# ---- one entry ------------------------------------------------------------------------------------------------------
def _one(current: Current, name: str, row: Any) -> None:
    with st.container(border=True):
        st.markdown(f"**{plain(row.vi)}**")
        if name == "task_rule":
            st.text(row.steps)
        if st.button(t("Edit"), key="catalogue.edit", icon=":material/edit:"):
            values = {field: getattr(row, field) for field in EDITABLE[name].draft.model_fields}
            forms.open_form(current, _form(name, row.code), row, values)


def _choices(current: Current, rows: list[Any], row: Any) -> dict[str, dict[Any, str]]:
    """What the fields offer. A state does not follow on itself; the severity is a grade and up."""
    others = {one.code: one.vi for one in rows if row is None or one.code != row.code}
    kinds = entries(current, "incident_kind")
    grades = entries(current, "severity")
    return {
        "incident_phase": {phase: t(PHASE_NAMES[phase]) for phase in PHASES},
        "incident_state": others,
        "incident_group": {code: label(kinds, code) for code, one in kinds.items() if one.parent is None},
        "incident_kind": {code: label(kinds, code) for code in kinds},
        "severity": {int(code): label(grades, code) for code in grades},
        "unit": {unit.id: unit.name for unit in units(current)},
    }


def _edit(current: Current, name: str, row: Any, rows: list[Any]) -> None:
    draft: type[EntryDraft] = EDITABLE[name].draft
    code = row.code if row is not None else None
    st.subheader(t("Edit {number}", number=row.vi) if row is not None else t("New entry"), anchor=False)
    form = forms.Form(
        current,
        draft,
        form=_form(name, code),
        key=f"catalogue.{name}",
        choices=_choices(current, rows, row),
        row=row,
        small=True,
    )
    fixed = {"phase", "parent", "day"} if row is not None else set()
    names = FIELDS[name]
    wide = [field for field in names if field in ("moves", "reached_from", "kinds", "steps", "aliases")]
    dates = [field for field in names if field in ("valid_from", "valid_to")]
    form.fields(*(field for field in names if field not in (*wide, *dates, *fixed)), columns=2)
    form.fields(*wide)
    form.fields(*dates, columns=2)

    def save(asked: EntryDraft) -> Any:
        return catalogue_edit.save_entry(current, name, code, asked, form.seen, nonce=form.nonce)

    if form.submit(t("Save"), save):
        page.done(t("Saved."))
        st.rerun()


# ---- what was changed -----------------------------------------------------------------------------------------------
def _changes(current: Current, name: str) -> None:
    found = catalogue_edit.catalogue_changes(current, name)
    if not found:
        return
    with st.expander(t("What was changed lately")):
        for entry, said in found:
            did = t(ACTIONS.get(entry.action, entry.action))
            st.caption(f"{moment(entry.at, current)} · {plain(entry.actor_name)} · {did}: {plain(said)}")
