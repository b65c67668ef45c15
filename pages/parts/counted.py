"""From a number to its records and back: the address of the list, and the chip that says on it what was counted."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

import streamlit as st

from models import counted
from models.access import Current, Permission, Refusal
from models.catalogue import entries
from models.counted import PARTS, REST, Counted
from models.kinds import UNKNOWN
from models.kpi_records import PART, WHOLE
from models.kpis import KPIS
from models.organisation import units
from models.period import Period
from pages.parts import address, page, partner_words, periods
from pages.parts.cards import WORDS
from pages.parts.words import N_, date, label, number, plain, t

Way = tuple[str, dict[str, str]]  # a page's file, and its query
# Table → the page that lists its rows.
PAGES = {
    "incident": ("incidents.py", "vu-viec"),
    "joint_activity": ("joint_operations.py", "phoi-hop"),
    "inspection_round": ("inspections.py", "kiem-tra"),
    "inspection_visit": ("inspections.py", "kiem-tra"),
    "finding": ("inspections.py", "kiem-tra"),
    "recheck": ("inspections.py", "kiem-tra"),
    "event": ("events.py", "su-kien"),
    "self_score": ("register.py", "so-theo-doi"),
    "movement_activity": ("register.py", "so-theo-doi"),
    "disqualifying_event": ("register.py", "so-theo-doi"),
}
# Code → what its numerator is called, and what the rest.
SIDES = {
    "3": (N_("on time"), N_("late")),
    "5": (N_("prevented"), N_("became complex")),
    "7": (N_("in time"), N_("late")),
    "8": (N_("confirmed"), N_("not confirmed yet")),
    "9": (N_("done"), N_("not done")),
    "10": (N_("with findings"), N_("without findings")),
    "11": (N_("on time"), N_("late")),
    "12": (N_("passed"), N_("failed")),
    "13": (N_("secured"), N_("not secured")),
    "14": (N_("approved in time"), N_("not in time")),
    "16": (N_("on time"), N_("late")),
}
CODE, SIDE, FIRST, LAST, UNIT = "chi-so", "phan", "ky-tu", "ky-den", "ky-don-vi"
GROUP, SEVERITY, PARTNER = "ky-nhom", "ky-muc", "ky-doi-tac"
ADDRESS = (CODE, SIDE, FIRST, LAST, UNIT, GROUP, SEVERITY, PARTNER)


# ---- there -----------------------------------------------------------------------------------------------------------
def asked(code: str, period: Period, unit_id: int | None = None, **bar: str | int | None) -> Counted:
    """What a figure counts, or one bar of it."""
    return Counted(code, period.first, period.last, unit_id=unit_id, **bar)  # type: ignore[arg-type]


def way(what: Counted) -> Way | None:
    """Where the records are listed; None where no page lists them."""
    place = PAGES.get(counted.table(what))
    return (place[0], _query(what)) if place else None


def link(what: Counted) -> str:
    """The same as an address."""
    place = PAGES.get(counted.table(what))
    return f"/{place[1]}?{urlencode(_query(what))}" if place else ""


def _query(what: Counted) -> dict[str, str]:
    said = {
        CODE: what.code,
        SIDE: what.part if what.part != WHOLE else None,
        FIRST: what.first.isoformat(),
        LAST: what.last.isoformat(),
        UNIT: what.unit_id,
        GROUP: what.group,
        SEVERITY: what.severity,
        PARTNER: what.partner,
    }
    return {name: str(value) for name, value in said.items() if value is not None}


# ---- on the list -----------------------------------------------------------------------------------------------------
def read(current: Current, *tables: str) -> Counted | None:
    """What the address asks for, where it is something that these tables list and that this account may count."""
    said = st.query_params
    code, part = said.get(CODE, ""), said.get(SIDE, WHOLE)
    first, last = _day(said.get(FIRST)), _day(said.get(LAST))
    if code not in KPIS or part not in PARTS or first is None or last is None or not current.may(Permission.KPI_READ):
        return None
    unit_id, severity = address.whole(said.get(UNIT)), address.whole(said.get(SEVERITY))
    found = Counted(code, first, last, part, unit_id, _code(said.get(GROUP)), severity, _code(said.get(PARTNER)))
    if counted.table(found) not in tables or (part == REST and not counted.has_parts(code)):
        return None
    try:
        counted.size(current, found)
    except Refusal:  # a unit that is not there
        return None
    return found


def _day(text: str | None) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if periods.EARLIEST <= day <= periods.LATEST else None


def _code(text: str | None) -> str | None:
    return text if text and len(text) <= 60 else None


def empty(what: Counted | None, message: str, hint: str = "") -> None:
    """An empty list: nothing stands behind the number, or nothing was entered at all."""
    if what:
        page.empty(t("Nothing was counted here."))
    else:
        page.empty(message, hint)


def chip(current: Current, what: Counted) -> None:
    """What was counted and how many that is; a click takes it away. Where the figure has two sides, a choice between them."""
    row = st.container(horizontal=True, gap="small", vertical_alignment="center")
    row.button(
        plain(words(current, what)),
        key="counted.drop",
        icon=":material/close:",
        icon_position="right",
        on_click=_drop,
        help=t("Show everything again"),
    )
    if counted.has_parts(what.code):
        with row:
            _sides(current, what)
    if hidden := counted.unseen(current, what):
        st.caption(t("{count} of them are confidential and not yours to see.", count=number(hidden)))


def words(current: Current, what: Counted) -> str:
    """What was counted, how many that is, and by what it was narrowed."""
    said = t("{figure}: {count}", figure=t(WORDS[what.code][0]), count=number(counted.size(current, what)))
    return " · ".join([said, *_narrowed(current, what)])


def _narrowed(current: Current, what: Counted) -> list[str]:
    """The days, the unit, and the bar."""
    found = [f"{date(what.first)} – {date(what.last)}" if what.first != what.last else date(what.first)]
    if what.unit_id is not None:
        names: Mapping[int | None, str] = {row.id: row.name for row in units(current)}
        found.append(names.get(what.unit_id, t("not known yet")))
    if what.group is not None:
        catalogue = "incident_kind" if counted.table(what) == "incident" else "inspection_subject"
        found.append(label(entries(current, catalogue), None if what.group == UNKNOWN else what.group))
    if what.severity is not None:
        found.append(label(entries(current, "severity"), what.severity or None))
    if what.partner is not None:
        found += partner_words.names(current, [what.partner])
    return found


def _drop() -> None:
    for name in (*ADDRESS, "counted.side"):
        st.query_params.pop(name, None)
        st.session_state.pop(name, None)


def _sides(current: Current, what: Counted) -> None:
    """Everything, the numerator, the rest; each with its count."""
    names = dict(zip((PART, REST), SIDES[what.code], strict=True))
    said = {WHOLE: t("all {count}", count=number(counted.size(current, replace(what, part=WHOLE))))}
    for part, name in names.items():
        said[part] = f"{t(name)} {number(counted.size(current, replace(what, part=part)))}"
    st.session_state["counted.side"] = what.part
    st.segmented_control(
        t("Narrow"),
        list(said),
        format_func=lambda one: said.get(one, one),
        key="counted.side",
        label_visibility="collapsed",
        required=True,
        on_change=_choose_side,
    )


def _choose_side() -> None:
    chosen = st.session_state["counted.side"]
    if chosen == WHOLE:
        st.query_params.pop(SIDE, None)
    else:
        st.query_params[SIDE] = chosen
