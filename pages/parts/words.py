"""Words, numbers and dates as the reader's language writes them. The English sentence in the code is the key."""

import contextlib
import datetime as dt
import re
import threading
from collections.abc import Iterator
from typing import Any

import streamlit as st
from babel.dates import format_skeleton

from models.access import Current
from models.catalogue import Entry
from models.draft import N_
from models.translation import said

__all__ = ["NOTHING", "N_", "date", "label", "moment", "number", "percent", "plain", "t"]
LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
NOTHING = "–"
_CHOSEN = "house.language"


class _Run(threading.local):
    """What holds while one page is drawn: see `speaking`."""

    language: str | None = None


_run = _Run()


def language() -> str:
    """The reader's language; Vietnamese until somebody chooses."""
    return _run.language or st.session_state.get(_CHOSEN, "vi")


def speak(chosen: str) -> None:
    st.session_state[_CHOSEN] = chosen
    _run.language = chosen if _run.language else None


@contextlib.contextmanager
def speaking() -> Iterator[None]:
    """While a page is drawn the language is looked up once, not for each of its hundred sentences."""
    _run.language = language()
    try:
        yield
    finally:
        _run.language = None


def t(message: str, **facts: Any) -> str:
    """The sentence in the reader's language, with `{name}` filled in. Facts that a person typed go through `plain` first
    where the sentence is drawn as Markdown."""
    return said(language(), message, **facts)


def label(entries: dict[str, Entry], code: Any, missing: str = "") -> str:
    """The word for a stored code. A code that is no longer in the catalogue shows as it is."""
    if code is None or code == "":
        return missing or t("not known yet")
    entry = entries.get(str(code))
    return entry.label(language()) if entry else str(code)


def number(value: float | None, digits: int = 0) -> str:
    """1.234,5 in Vietnamese, 1,234.5 in English; an en dash for no value."""
    if value is None:
        return NOTHING
    said = f"{value:,.{digits}f}"
    return said if language() == "en" else said.translate(str.maketrans(",.", ".,"))


def percent(value: float | None, digits: int = 1) -> str:
    return NOTHING if value is None else f"{number(value * 100, digits)} %"


def date(day: dt.date | None) -> str:
    return NOTHING if day is None else day.strftime("%d/%m/%Y")


def where_from(address: str | None) -> str:
    """An address that somebody called from; one on the server's own machine has none."""
    return t("the server itself") if address == "loopback" else address or ""


def moment(instant: dt.datetime | None, current: Current) -> str:
    """dd/mm/yyyy HH:MM in the organisation's time zone."""
    return NOTHING if instant is None else instant.astimezone(current.zone).strftime("%d/%m/%Y %H:%M")


def short_moment(instant: dt.datetime, current: Current) -> str:
    """dd/mm HH:MM within this year, else dd/mm/yyyy: for lines that must stay short."""
    there = instant.astimezone(current.zone)
    return there.strftime("%d/%m %H:%M" if there.year == current.today().year else "%d/%m/%Y")


def clock_time(instant: dt.datetime, current: Current) -> str:
    return instant.astimezone(current.zone).strftime("%H:%M:%S")


def month_name(day: dt.date) -> str:
    return format_skeleton("yMMMM", day, locale=language())


def days_left(due: dt.date, today: dt.date) -> str:
    """ "3 days left", "due today", "2 days overdue"."""
    left = (due - today).days
    if left > 0:
        return t("{days} days left", days=left)
    return t("due today") if left == 0 else t("{days} days overdue", days=-left)


_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$^&=\"'])")
_LINKS = re.compile(r"(?<=:)(?=\S)|(?<=@)(?=\S)|(?<=[wW]{3})(?=\\?\.)")


def plain(text: str) -> str:
    """A person's text for a place that draws Markdown: every mark shows as itself; no link, image or formula comes of it."""
    escaped = _MARKS.sub(r"\\\1", text)
    return _LINKS.sub("\u2060", escaped).replace("\n", "  \n")
