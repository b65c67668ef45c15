"""The editor of a security plan: fields, and one table for each of its lists. Every cell is checked here on the server,
since a table's options and types are only the browser's."""

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from models import draft as drafts
from models import plan
from models.access import Current, Invalid, Refusal
from models.event import Event
from models.plan import Plan
from models.plan_content import LISTS, Contact, PlanDraft, Post, Risk, Scenario
from pages.parts import forms, page
from pages.parts.plan_view import ADDRESS
from pages.parts.plan_words import LISTS as LIST_TITLES
from pages.parts.plan_words import Words
from pages.parts.refusals import explain, sentence
from pages.parts.words import N_, language, plain, t

NEW = "moi"
VIPS = N_("Of VIPs only whether any take part; phone numbers of offices only.")
ROWS: dict[str, type[drafts.Draft]] = {"risks": Risk, "posts": Post, "scenarios": Scenario, "contacts": Contact}


class PlanForm(forms.Form[PlanDraft]):
    """A form whose errors keep their row, and whose lists show as words where two texts stand side by side."""

    def kept(self, name: str) -> list[dict[str, Any]]:
        """A list as the draft row has it."""
        return self._draft.values.get(name) or []

    def _refused(self, refusal: Refusal) -> dict[str, str]:
        if not isinstance(refusal, Invalid):
            return super()._refused(refusal)
        return {name: sentence(code, facts) for name, (code, facts) in refusal.errors.items()}

    def _show(self, name: str, value: Any) -> str:
        if name not in LISTS:
            return super()._show(name, value)
        words = Words(self.current)
        try:
            rows = getattr(drafts.valid(PlanDraft, {name: value}), name)
        except Invalid as refusal:
            return explain(refusal)
        return "; ".join(words.line(row) for row in rows)


def show(current: Current, event: Event, row: Plan | None) -> None:
    """The whole editor: the first edition of an event, or the draft that is open."""
    title = t("Edit the plan, edition {edition}", edition=row.edition) if row else t("Draft a security plan")
    actions = page.head(current, title, " · ".join(plain(one) for one in (event.number, event.name, event.venue)))
    cancelled = actions.button(t("Cancel"), key="plan.cancel", icon=":material/close:", type="tertiary")
    name, first = ("plan.edit", {}) if row else ("plan.new", {"expected_people": event.expected_people})
    form = PlanForm(
        current,
        PlanDraft,
        form=name,
        key="plan",
        row=row,
        values=first,
        subject_id=None if row else event.id,
        warning=t(VIPS),
    )
    if cancelled:
        _leave(row, form)
    words = Words(current)
    form.field("aims")
    form.fields("expected_people", "peak_people", "commander", columns=3)
    form.field("has_vip")
    form.field("measures")
    risks, posts = st.container(), st.container()
    with posts:
        _table(form, "posts", _post_columns(current, event, words))
    scenarios = _table(form, "scenarios", _scenario_columns())
    _starters(form, words, scenarios)
    names = sorted({row["name"] for row in scenarios if "name" in row})
    offered = st.session_state.setdefault(f"{form.key}.offered", names)
    with risks:  # drawn before the scenarios, but asked after them: it offers their names
        _table(form, "risks", _risk_columns(words, offered, form))
    _table(form, "contacts", _contact_columns())
    _save(current, event, row, form)
    if offered != names:  # only now, when what was typed in this run is kept: other choices make another table
        st.session_state[f"{form.key}.offered"] = names
        st.rerun()


def _save(current: Current, event: Event, row: Plan | None, form: PlanForm) -> None:
    if saved := form.submit(t("Save draft"), lambda draft: _kept(current, event, row, draft, form), cancel=False):
        page.done(t("Saved."))
        st.query_params[ADDRESS] = str(saved.id)
        st.rerun()


def _leave(row: Plan | None, form: PlanForm) -> None:
    form.drop()
    if row is None:
        st.query_params.pop(ADDRESS, None)
    st.rerun()


def _kept(current: Current, event: Event, row: Plan | None, draft: PlanDraft, form: PlanForm) -> Plan:
    if row is None:
        return plan.draft_plan(current, event.id, draft, nonce=form.nonce)  # type: ignore[arg-type]
    return plan.amend_plan(current, row.id, draft, form.seen or 0, nonce=form.nonce)  # type: ignore[arg-type]


# ---- tables ---------------------------------------------------------------------------------------------------------
def _table(form: PlanForm, name: str, columns: dict[str, Any]) -> list[dict[str, Any]]:
    """One list as a table to type in. Its rows go into the form's draft on every run; the first that do not fit are named."""
    cls = ROWS[name]
    st.markdown(f"#### {t(LIST_TITLES[name])}")
    key, base, made = (f"{form.key}.{part}.{name}" for part in ("rows", "base", "made"))
    if key not in st.session_state or st.session_state.get(made) != str(columns):
        # Just opened, or let go by the browser, or another table to Streamlit since its words or choices changed: its
        # edits are gone, and it begins from what is kept.
        st.session_state[base], st.session_state[made] = form.kept(name), str(columns)
    edited = st.data_editor(
        _frame(st.session_state[base], list(columns)),
        column_config=columns,
        num_rows="dynamic",
        hide_index=True,
        placeholder="",
        key=key,
        alt=t(LIST_TITLES[name]),
    )
    rows = [row for record in edited.to_dict("records") if (row := _typed(cls, record))]
    form.values[name] = rows
    _problems(form, name, cls, rows)
    return rows


def _frame(rows: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame([{name: _to_cell(name, row.get(name)) for name in columns} for row in rows], columns=columns)
    return frame.astype(object).where(frame.notna(), None)


def _to_cell(name: str, value: Any) -> Any:
    return dt.time.fromisoformat(value) if name.endswith("_time") and isinstance(value, str) and value else value


def _typed(cls: type[drafts.Draft], record: dict[str, Any]) -> dict[str, Any]:
    """A row as it is stored: what was typed, and the defaults of what may stay empty. An empty row is none."""
    found = {}
    for name, value in record.items():
        if value is None or value == "" or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
            continue
        whole = isinstance(value, float) and value.is_integer()
        found[name] = int(value) if whole else value.isoformat() if isinstance(value, dt.time) else value
    defaults = {name: info.default for name, info in cls.model_fields.items() if not info.is_required()}
    return defaults | found if found else {}


def _problems(form: PlanForm, name: str, cls: type[drafts.Draft], rows: list[dict[str, Any]]) -> None:
    """What does not fit, row by row: what the schema says now, and what the verb said at the last save."""
    said: list[str] = []
    for at, row in enumerate(rows):
        try:
            drafts.valid(cls, row)
        except Invalid as refusal:
            said += [_problem(cls, at, cell, sentence(code, facts)) for cell, (code, facts) in refusal.errors.items()]
    if not said:
        errors = st.session_state.get(f"{form.key}.errors", {})
        for place, sentence_ in errors.items():
            top, _, rest = place.partition(".")
            if top == name:
                at, _, cell = rest.partition(".")
                said.append(_problem(cls, int(at), cell, sentence_) if at.isdecimal() else plain(sentence_))
    if said:
        st.markdown("\n".join(f"- :red[{one}]" for one in said[:10]))


def _problem(cls: type[drafts.Draft], at: int, cell: str, said: str) -> str:
    title = t(cls.model_fields[cell].title or cell) if cell in cls.model_fields else ""
    return plain(": ".join(one for one in (t("Row {at}", at=at + 1), title, said) if one))


# ---- columns --------------------------------------------------------------------------------------------------------
# None is `required`: the browser would keep an unfinished row to itself, and F5 would lose it. The title says * instead.
def _title(cls: type[drafts.Draft], name: str) -> str:
    info = cls.model_fields[name]
    return t(info.title or name) + (" *" if info.is_required() else "")


# Pixels of each column, so that a table fits beside the navigation at 1366; where there is more room they share it.
WIDTHS = {
    "risks": {"hazard": 130, "control": 152, "scenario": 105, "owner": 85, "likelihood": 100, "consequence": 96}
    | {"likelihood_after": 118, "consequence_after": 114},
    "posts": {"name": 185, "ring": 120, "force": 185, "head_count": 115, "from_time": 85, "to_time": 90, "leader": 120},
    "scenarios": {"name": 130, "trigger": 195, "first_action": 195}
    | {"commander": 130, "evacuation_route": 130, "call": 120},
    "contacts": {"name": 450, "phone": 450},
}


def _text(cls: type[drafts.Draft], name: str, width: Any) -> Any:
    longest = next((one.max_length for one in cls.model_fields[name].metadata if hasattr(one, "max_length")), None)
    return st.column_config.TextColumn(_title(cls, name), width=width, max_chars=longest)


def _choice(cls: type[drafts.Draft], name: str, options: dict[str, str], width: int) -> Any:
    said: Callable[[Any], str] = lambda code: options.get(code, str(code))  # noqa: E731
    return st.column_config.SelectboxColumn(_title(cls, name), options=list(options), format_func=said, width=width)


def _whole(cls: type[drafts.Draft], name: str, low: int, high: int, width: int, short: str = "") -> Any:
    """`short`: a head that fits; the whole title is its help then."""
    title = _title(cls, name)
    return st.column_config.NumberColumn(
        short or title, min_value=low, max_value=high, step=1, width=width, help=title if short else None
    )


def _held(words: Words, catalogue: str, day: dt.date | None = None) -> dict[str, str]:
    found = words.entries(catalogue)
    return {code: one.label(language()) for code, one in found.items() if day is None or one.holds_on(day)}


def _risk_columns(words: Words, scenarios: list[str], form: PlanForm) -> dict[str, Any]:
    named = st.session_state.setdefault(
        f"{form.key}.named", sorted({row.get("scenario") or "" for row in form.kept("risks")})
    )
    names, wide = {name: name for name in (*scenarios, *named) if name}, WIDTHS["risks"]
    after = {"likelihood_after": t("Likelihood after"), "consequence_after": t("Consequence after")}
    marks = {
        name: _whole(Risk, name, 1, 5, wide[name], after.get(name, ""))
        for name in ("likelihood", "consequence", *after)
    }
    return {
        "hazard": _choice(Risk, "hazard", _held(words, "risk_hazard"), wide["hazard"]),
        "likelihood": marks["likelihood"],
        "consequence": marks["consequence"],
        "control": _text(Risk, "control", wide["control"]),
        "likelihood_after": marks["likelihood_after"],
        "consequence_after": marks["consequence_after"],
        "scenario": _choice(Risk, "scenario", names, wide["scenario"]),
        "owner": _text(Risk, "owner", wide["owner"]),
    }


def _post_columns(current: Current, event: Event, words: Words) -> dict[str, Any]:
    day = event.starts_at.astimezone(current.zone).date()
    wide = WIDTHS["posts"]
    hours = {
        name: st.column_config.TimeColumn(_title(Post, name), format="HH:mm", step=300, width=wide[name])
        for name in ("from_time", "to_time")
    }
    return {
        "name": _text(Post, "name", wide["name"]),
        "ring": _choice(Post, "ring", _held(words, "post_ring", day), wide["ring"]),
        "force": _choice(Post, "force", _held(words, "force", day), wide["force"]),
        "head_count": _whole(Post, "head_count", 0, 100_000, wide["head_count"]),
        **hours,
        "leader": _text(Post, "leader", wide["leader"]),
    }


def _scenario_columns() -> dict[str, Any]:
    return {name: _text(Scenario, name, WIDTHS["scenarios"][name]) for name in Scenario.model_fields}


def _contact_columns() -> dict[str, Any]:
    return {name: _text(Contact, name, WIDTHS["contacts"][name]) for name in Contact.model_fields}


# ---- starters -------------------------------------------------------------------------------------------------------
def _starters(form: PlanForm, words: Words, rows: list[dict[str, Any]]) -> None:
    """Scenarios of the catalogue, to be added and then changed for this event."""
    there = {row.get("name") for row in rows}
    offered = {code: name for code, name in _held(words, "scenario").items() if name not in there}
    turn = st.session_state.get(f"{form.key}.turn", 0)  # another question after each answer: its choices are other ones
    line = st.container(horizontal=True, vertical_alignment="bottom")
    chosen = line.multiselect(
        t("Start from the usual scenarios"),
        list(offered),
        format_func=lambda code: offered.get(code, code),
        key=f"{form.key}.starters.{turn}",
        placeholder=t("Choose"),
    )
    if line.button(t("Add them"), key="plan.add_starters", icon=":material/playlist_add:", disabled=not chosen):
        form.values["scenarios"] = rows + [_starter(words, code) for code in chosen]
        form.keep()
        del st.session_state[f"{form.key}.rows.scenarios"]  # the table begins anew from what is kept
        st.session_state[f"{form.key}.turn"] = turn + 1
        st.rerun()


def _starter(words: Words, code: str) -> dict[str, Any]:
    entry = words.entries("scenario")[code]
    said = entry.attributes
    return {
        "name": entry.label(language()),
        "trigger": said.get(f"trigger_{language()}", ""),
        "first_action": said.get(f"action_{language()}", ""),
        "call": ", ".join(said.get("call", [])),
    }
