"""Small forms: a few questions, one verb, sent together. Longer ones, which keep what is typed, are in pages/parts/forms.py."""

import datetime as dt
from collections.abc import Callable, Sized
from typing import Any, TypeVar

import streamlit as st
from pydantic.fields import FieldInfo
from streamlit.delta_generator import DeltaGenerator

from models import draft, guard
from models.access import Current, Refusal
from pages.parts import fields, guarding, opening, page
from pages.parts.fields import Choices
from pages.parts.refusals import by_field
from pages.parts.words import number, plain, t

D = TypeVar("D", bound=draft.Draft)


def ask(
    current: Current,
    key: str,
    text: str,
    cls: type[D],
    do: Callable[[D], Any],
    *,
    done: str = "",
    choices: dict[str, Choices] | None = None,
    icon: str | None = None,
    **style: Any,
) -> None:
    """A button that opens a small form: one or two questions, one verb. What is typed stays until it succeeded."""
    box = opening.popover(text, f"{key}.open", icon=icon, **style)
    if box is None:
        return
    with box:
        inline(current, key, text, cls, do, done=done, choices=choices, shut=lambda: opening.shut(f"{key}.open"))


def inline(
    current: Current,
    key: str,
    text: str,
    cls: type[D],
    do: Callable[[D], Any],
    *,
    done: str = "",
    choices: dict[str, Choices] | None = None,
    columns: int = 1,
    shut: Callable[[], None] = lambda: None,
) -> None:
    """The small form itself, where it already stands in something that opens, which `shut` closes once all is done. `columns`:
    so many fields side by side."""
    anew = page.is_another(key)
    with st.form(f"{key}.form", border=False):
        values, names = {}, list(cls.model_fields)
        spots: dict[str, DeltaGenerator] = {}
        for start in range(0, len(names), columns):
            for column, name in zip(st.columns(columns), names[start : start + columns], strict=False):
                spots[name] = column.container(gap="xsmall")
                with spots[name]:
                    values[name] = _small(current, key, name, cls.model_fields[name], choices or {}, anew=anew)
        sent = st.form_submit_button(text, key=f"{key}.send", type="primary")
    written = {name: values[name] or "" for name in fields.free_text(cls)}
    titles = {name: t(cls.model_fields[name].title or name) for name in written}
    typed = [guarding.Typed(titles[name], said, widget=f"{key}.{name}") for name, said in written.items()]
    reason = guarding.ask(key, typed) if typed else ""
    if not sent:
        return
    try:
        with guard.despite(reason):
            do(draft.valid(cls, {name: value for name, value in values.items() if value is not None}))
    except Refusal as refusal:
        _say(by_field(refusal, cls, spots), spots)
    else:
        st.session_state.pop(f"{key}.despite", None)
        shut()
        page.done(done or t("Saved."))
        st.rerun()


def _say(errors: dict[str, str], spots: dict[str, DeltaGenerator]) -> None:
    for name in errors.keys() & spots.keys():
        beside(spots[name], errors[name])
    st.error(errors.get("") or not_saved(errors), icon=":material/error:")


def beside(spot: DeltaGenerator, error: str) -> None:
    """What is wrong with a field, under it."""
    spot.markdown(f":red[:material/error: {plain(error)}]")


def not_saved(errors: Sized) -> str:
    return t("Not saved yet: {count} field(s) above need a look.", count=number(len(errors)))


def _small(current: Current, key: str, name: str, info: FieldInfo, choices: dict[str, Choices], *, anew: bool) -> Any:
    """One field. `anew`: empty, whatever the browser still holds of it."""
    kind, optional = fields.bare_type(info.annotation)
    title = t(info.title or name) + (" *" if info.is_required() else "")
    common: dict[str, Any] = {
        "label": title,
        "key": f"{key}.{name}",
        "help": t(info.description) if info.description else None,
    }
    if asked := fields.hints(info).get("choices"):
        options = choices[asked] if asked in choices else fields.choices_for(current, asked, None)
        first: Any = None if optional else 0
        if anew:
            st.session_state[common["key"]] = None if optional else next(iter(options), None)
        return st.selectbox(**common, options=list(options), format_func=lambda one: options[one], index=first)
    if kind in (dt.date, dt.datetime, int, float):
        common["value"] = None
    if anew:
        st.session_state[common["key"]] = "" if kind is str else False if kind is bool else None
    value = fields.DRAWERS[kind](st.container(), info, common)
    return value.replace(tzinfo=current.zone) if isinstance(value, dt.datetime) else value
