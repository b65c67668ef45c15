"""The choice of a period: reporting month, quarter, half-year, year, or free days. Kept in the address as a code and days,
and held from page to page."""

import datetime as dt
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from models.access import Current
from models.period import CutOffs, Period, Span, reporting
from models.period_rule import cut_offs
from pages.parts.words import N_, date, t

SPANS = {
    Span.MONTH: N_("Month"),
    Span.QUARTER: N_("Quarter"),
    Span.HALF: N_("Six months"),
    Span.YEAR: N_("Year"),
    Span.FREE: N_("Free days"),
}
CODES = {Span.MONTH: "thang", Span.QUARTER: "quy", Span.HALF: "6-thang", Span.YEAR: "nam", Span.FREE: "tu-chon"}
SPAN, FIRST, DAYS, CHOSEN = "period.span", "period.first", "period.days", "period.chosen"  # in the session
ADDRESS = ("ky", "tu", "den")  # in the address: the span's code, the first day, for free days the last one too
EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2099, 12, 31)  # further than any record
ROMAN = ("", "I", "II", "III", "IV")


def current_year(current: Current) -> Period:
    """The reporting year that today lies in."""
    return reporting(Span.YEAR, current.today(), current.zone, cut_offs(current))


def name(period: Period) -> str:
    """ "Month 11/2026", "Quarter IV/2026", "Year 2026"; free days by their ends."""
    year, month = period.month
    match period.span:
        case Span.MONTH:
            return t("Month {month}/{year}", month=month, year=year)
        case Span.QUARTER:
            return t("Quarter {quarter}/{year}", quarter=ROMAN[(month + 2) // 3], year=year)
        case Span.HALF:
            return t("First half of {year}", year=year) if month <= 6 else t("Second half of {year}", year=year)
        case Span.YEAR:
            return t("Year {year}", year=year)
    return f"{date(period.first)} – {date(period.last)}"


def full_name(period: Period) -> str:
    """The name with its days."""
    if period.span is Span.FREE:
        return name(period)
    return f"{name(period)} ({date(period.first)} – {date(period.last)})"


def month_names(months: list[Period]) -> list[str]:
    """The names of a chart's reporting months: "T11"; with the year where there are more than twelve."""
    many = len(months) > 12
    return [t("M{month}", month=one.month[1]) + (f"/{one.month[0] % 100:02}" if many else "") for one in months]


def choose(current: Current, place: DeltaGenerator, since: dt.date | None = None) -> Period:
    """Draw the choice at `place`; periods reach from the one with `since` to the running one. What is chosen stands in the
    address, so that a link shows the same."""
    _from_address(current)
    span = place.segmented_control(
        t("Period"),
        list(SPANS),
        format_func=lambda one: t(SPANS[one]),
        key=SPAN,
        label_visibility="collapsed",
        required=True,
    )
    span, held = span or Span.YEAR, cut_offs(current)
    _same_days(current, span, held)
    running = reporting(Span.YEAR if span is Span.FREE else span, current.today(), current.zone, held)
    chosen = _free(current, place, running) if span is Span.FREE else _listed(place, running, since)
    st.session_state[CHOSEN] = chosen
    _to_address(chosen)
    return chosen


def _same_days(current: Current, span: Span, held: CutOffs) -> None:
    """After a change of span: the period that the one before ended in, or today while that one still runs."""
    before = st.session_state.get(CHOSEN)
    if before is None or before.span is span:
        return
    last = min(before.last, current.today())
    if span is Span.FREE:
        st.session_state[DAYS] = (min(before.first, last), last)
    else:
        st.session_state[FIRST] = reporting(span, last, current.zone, held).first.isoformat()


def _listed(place: DeltaGenerator, running: Period, since: dt.date | None) -> Period:
    """From the running period back to `since`, and to an older one that a link names."""
    wanted = _day(st.session_state.get(FIRST)) or running.first
    there = running.around(wanted)
    found = [running]
    while found[-1].first > min(since or running.first, there.first):
        found.append(found[-1].previous())
    periods = {one.first.isoformat(): one for one in found}
    st.session_state[FIRST] = min(there.first, running.first).isoformat()
    chosen = place.selectbox(
        t("Which period"),
        list(periods),
        format_func=lambda one: name(periods[one]) if one in periods else one,
        key=FIRST,
        label_visibility="collapsed",
        width=175,
    )
    return periods.get(chosen, running)


def _free(current: Current, place: DeltaGenerator, running: Period) -> Period:
    st.session_state.setdefault(DAYS, (running.first, min(running.last, current.today())))
    days: Any = place.date_input(
        t("From – to"),
        key=DAYS,
        format="DD/MM/YYYY",
        label_visibility="collapsed",
        min_value=EARLIEST,
        max_value=LATEST,
    )
    if len(days) < 2:  # the second day is still to be clicked
        days = (days[0], days[0]) if days else (running.first, running.last)
    return Period(days[0], days[1], current.zone, cut_offs=running.cut_offs)


# ---- the address -----------------------------------------------------------------------------------------------------
def _day(text: object) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(str(text))
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def _from_address(current: Current) -> None:
    """Before the widgets stand: what a link says, else what was chosen before, here or on another page."""
    said = {one: st.query_params[one] for one in ADDRESS if one in st.query_params}
    chosen = st.session_state.get(CHOSEN)
    if chosen is not None and said in ({}, in_address(chosen)):
        if SPAN not in st.session_state:
            go_to(chosen)
        for key in {SPAN, FIRST, DAYS} & set(st.session_state):
            st.session_state[key] = st.session_state[key]  # or a widget of the page before would take it along
        return
    st.session_state.pop(CHOSEN, None)
    code, first, last = (said.get(one) for one in ADDRESS)
    st.session_state[SPAN] = next((span for span, known in CODES.items() if known == code), Span.YEAR)
    if first_day := _day(first):
        st.session_state[FIRST] = first_day.isoformat()
        last_day = _day(last) or current.today()
        if first_day <= last_day:
            st.session_state[DAYS] = (first_day, last_day)


def in_address(period: Period) -> dict[str, str]:
    """What an address says of a period, for a link to a page that shows it."""
    last = period.last.isoformat() if period.span is Span.FREE else ""
    said = zip(ADDRESS, (CODES[period.span], period.first.isoformat(), last), strict=True)
    return {parameter: value for parameter, value in said if value}


def _to_address(period: Period) -> None:
    said = in_address(period)
    for parameter in ADDRESS:
        if parameter not in said:
            st.query_params.pop(parameter, None)
        elif st.query_params.get(parameter) != said[parameter]:
            st.query_params[parameter] = said[parameter]


def go_to(period: Period) -> None:
    """Of a button: choose that period."""
    st.session_state[SPAN], st.session_state[CHOSEN] = period.span, period
    st.session_state[FIRST] = period.first.isoformat()
    if period.span is Span.FREE:
        st.session_state[DAYS] = (period.first, period.last)
    _to_address(period)
