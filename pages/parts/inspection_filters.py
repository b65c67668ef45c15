"""What narrows the list of rounds: search, choices in one row, the rarer ones behind a button, bubbles with counts."""

from dataclasses import replace
from functools import partial

import streamlit as st

from models import inspection
from models.about import INSPECTIONS
from models.access import Current
from models.catalogue import Entry, entries
from models.inspection import BUBBLES, LATE, OVERDUE, Filter
from models.organisation import units
from pages.parts import address, counted, opening
from pages.parts.lasting import of_list
from pages.parts.words import N_, label, number, t

BUBBLE_LABELS = {LATE: N_("Past its planned day"), OVERDUE: N_("Remedy overdue")}


def asked_filter(current: Current) -> Filter:
    """Search, subject group and unit in one row, the rest behind a button; above them the number whose rounds are shown."""
    if behind := counted.read(current, "inspection_round"):
        counted.chip(current, behind)
    search, subject, unit, more = st.columns([4, 3, 3, 2])
    text = search.text_input(
        t("Search"),
        key="rounds.search",
        placeholder=t("Search without accents: le hoi, 100/QD, KT-2020-0001"),
        icon=":material/search:",
        label_visibility="collapsed",
    )
    names = {row.id: row.name for row in units(current)}
    asked = Filter(
        text=text or "",
        counted=behind,
        subject=address.choice(
            subject, "nhom", t("Subject group"), t("All subject groups"), _words(current, "inspection_subject")
        ),
        unit_id=address.choice(unit, "don-vi", t("Unit"), t("All units"), names),
    )
    rare = opening.filters(more, t("More filters"), "rounds.more", "hinh-thuc", "doan", "tu", "den")
    if rare is None:
        return asked
    with rare:
        return replace(
            asked,
            kind=address.choice(
                st, "hinh-thuc", t("Kind of round"), t("All kinds"), _words(current, "inspection_kind")
            ),
            lead=address.choice(
                st, "doan", t("How it is led"), t("Independent and joint"), _words(current, "inspection_lead")
            ),
            first=st.date_input(t("Planned from"), None, format="DD/MM/YYYY", key="tu", bind="query-params"),
            last=st.date_input(t("Planned to"), None, format="DD/MM/YYYY", key="den", bind="query-params"),
        )


def bubble(current: Current, asked: Filter) -> tuple[str | None, int]:
    """The chosen bubble and how many rounds it shows."""
    ask = partial(inspection.bubble_counts, current, asked)
    counts = of_list(current, frozenset({INSPECTIONS}), ("rounds.bubbles", asked), ask)
    states = entries(current, "round_state")
    names = {code: t(BUBBLE_LABELS[code]) if code in BUBBLE_LABELS else label(states, code) for code in BUBBLES}
    shown = [code for code in BUBBLES if counts[code] or code == st.query_params.get("trang-thai")]
    chosen = address.bubbles("trang-thai", {code: f"{names[code]} {number(counts[code])}" for code in shown})
    return chosen, counts[chosen or ""]


def _words(current: Current, catalogue: str) -> dict[str, str]:
    """The choices of a catalogue, without those under another one."""
    found: dict[str, Entry] = entries(current, catalogue)
    return {code: label(found, code) for code, entry in found.items() if entry.parent is None}
