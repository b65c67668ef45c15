"""One field of a form: which widget its type and hints ask for, and what a field of choice offers."""

import datetime as dt
import enum
import html
import re
import types
import typing
from collections.abc import Callable
from typing import Any

import streamlit as st
from pydantic.fields import FieldInfo
from streamlit.delta_generator import DeltaGenerator

from models import catalogue, draft, organisation, place
from models.access import Current
from models.text import clean, fold
from pages.parts.words import N_, date, language, plain, t

Choices = dict[Any, str]
_UNSTYLED = re.compile(r"[^a-zA-Z0-9_-]")  # what Streamlit takes out of a key to make the name of a class of it

ENUM_LABELS: dict[str, str] = {
    "staff": N_("Staff"),
    "head": N_("Head"),
    "administrator": N_("Organisation administrator"),
    "liaison": N_("Police liaison"),
    "board": N_("Steering board"),
    "system": N_("System administrator"),
    "display": N_("Wall screen"),
}


# ---- choices --------------------------------------------------------------------------------------------------------
def catalogue_choices(current: Current, name: str, stays: Any = None) -> Choices:
    """Code → label of what may be chosen today; a code that is stored already stays choosable."""
    entries = catalogue.entries(current, name)
    today = current.today()
    open_now = {code: entry for code, entry in entries.items() if entry.holds_on(today) or code == str(stays)}
    return {
        code: f"{entries[entry.parent].label(language())}: {entry.label(language())}"
        if entry.parent in entries
        else entry.label(language())
        for code, entry in open_now.items()
    }


def unit_choices(current: Current) -> Choices:
    today = current.today()
    return {
        row.id: row.name if row.exists_on(today) else t("{name} (until {day})", name=row.name, day=date(row.valid_to))
        for row in organisation.units(current)
    }


def choices_for(current: Current, name: str, value: Any) -> Choices:
    if name == "unit":
        return unit_choices(current)
    return catalogue_choices(current, name, value)


def suggestions(current: Current, info: FieldInfo) -> list[str]:
    """Names that are offered while somebody types into a field of free text: `hint(suggest="place")`."""
    return place.suggestions(current) if hints(info).get("suggest") == "place" else []


# ---- one field ------------------------------------------------------------------------------------------------------
def bare_type(annotation: Any) -> tuple[Any, bool]:
    """(type, whether None is allowed)."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        inner = [one for one in typing.get_args(annotation) if one is not type(None)]
        return inner[0], len(inner) < len(typing.get_args(annotation))
    return annotation, False


def limit_of(info: FieldInfo, name: str) -> Any:
    return next((getattr(one, name) for one in info.metadata if getattr(one, name, None) is not None), None)


def hints(info: FieldInfo) -> dict[str, Any]:
    extra = info.json_schema_extra
    return dict(extra) if isinstance(extra, dict) else {}


def is_plural(kind: Any) -> bool:
    return typing.get_origin(kind) is list


def free_text(cls: type[draft.Draft]) -> list[str]:
    """Names of the fields into which people type words of their own, those of a list's rows among them."""
    found = []
    for name, info in cls.model_fields.items():
        kind, _ = bare_type(info.annotation)
        if (kind is str or is_plural(kind)) and "choices" not in hints(info):
            found.append(name)
    return found


def drawable(cls: type[draft.Draft]) -> list[str]:
    """Names of the fields that no widget here can draw: a test keeps this empty for every draft that a form shows."""
    found = []
    for name, info in cls.model_fields.items():
        kind, _ = bare_type(info.annotation)
        known = isinstance(kind, type) and (kind in DRAWERS or issubclass(kind, enum.Enum))
        if not (known or (is_plural(kind) and "choices" in hints(info))):
            found.append(name)
    return found


def _text(where: DeltaGenerator, info: FieldInfo, common: dict[str, Any]) -> Any:
    """Without `max_chars`: the browser would drop a longer pasted text whole, without a word. The draft refuses it."""
    if hints(info).get("widget") == "text_area":
        return where.text_area(**common, height=hints(info).get("rows", 2) * 26 + 32)
    return where.text_input(**common)


def too_long(info: FieldInfo, value: Any) -> int | None:
    """The most characters that fit, where a text has more of them."""
    longest = limit_of(info, "max_length")
    return longest if longest and isinstance(value, str) and len(clean(value)) > longest else None


def suggesting(where: DeltaGenerator, info: FieldInfo, names: list[str], common: dict[str, Any]) -> str:
    """A text box, so that whatever is typed stays as it is typed. The browser offers the names while somebody types
    (pages/server/static/o-chu.js ties them to the box), by their letters without accents too, which are their labels; what it
    missed is offered afterwards."""
    key, box = common["key"], where.container(gap=None)
    typed = _text(box, info, common)
    options = "".join(f'<option label="{html.escape(fold(name))}">{html.escape(name)}</option>' for name in names)
    box.html(f'<datalist id="ten-st-key-{_UNSTYLED.sub("-", key)}">{options}</datalist>')
    if typed and typed not in names:
        _near(where, names, typed, key)
    return typed or ""


def _near(where: DeltaGenerator, names: list[str], typed: str, key: str) -> None:
    """The browser's own list minds the order of words; here is what it missed. Nothing changes unless somebody clicks."""
    words = fold(typed).split()
    found = [name for name in names if all(word in fold(name) for word in words)][:3]
    if found:
        line = where.container(horizontal=True, gap="small")
        for rank, name in enumerate(found):
            line.button(
                plain(name),
                key=f"{key}.near.{rank}",
                icon=":material/location_on:",
                type="tertiary",
                on_click=_take,
                args=(key, name),
            )


def _take(key: str, name: str) -> None:
    st.session_state[key] = name


def _whole(where: DeltaGenerator, info: FieldInfo, common: dict[str, Any]) -> Any:
    return where.number_input(**common, min_value=limit_of(info, "ge"), max_value=limit_of(info, "le"), step=1)


def _decimal(where: DeltaGenerator, info: FieldInfo, common: dict[str, Any]) -> Any:
    lowest, highest = limit_of(info, "ge"), limit_of(info, "le")
    return where.number_input(
        **common,
        min_value=None if lowest is None else float(lowest),
        max_value=None if highest is None else float(highest),
    )


def _yes_no(where: DeltaGenerator, _info: FieldInfo, common: dict[str, Any]) -> Any:
    return where.checkbox(**common)


_EARLIEST, _LATEST = dt.date(1945, 1, 1), dt.date(2100, 12, 31)


def _day(where: DeltaGenerator, _info: FieldInfo, common: dict[str, Any]) -> Any:
    return where.date_input(**common, format="DD/MM/YYYY", min_value=_EARLIEST, max_value=_LATEST)


def _instant(where: DeltaGenerator, _info: FieldInfo, common: dict[str, Any]) -> Any:
    earliest, latest = dt.datetime.combine(_EARLIEST, dt.time.min), dt.datetime.combine(_LATEST, dt.time.min)
    return where.datetime_input(**common, format="DD/MM/YYYY", step=60, min_value=earliest, max_value=latest)


def _time(where: DeltaGenerator, _info: FieldInfo, common: dict[str, Any]) -> Any:
    return where.time_input(**common, step=300)


DRAWERS: dict[Any, Callable[[DeltaGenerator, FieldInfo, dict[str, Any]], Any]] = {
    str: _text,
    int: _whole,
    float: _decimal,
    bool: _yes_no,
    dt.date: _day,
    dt.datetime: _instant,
    dt.time: _time,
}
