"""The filters of the joint ledger in one row: period, organisation, partner, kind, subject, area."""

import datetime as dt
from dataclasses import replace
from typing import Any

import streamlit as st

from models import joint_figures
from models.access import Current
from models.catalogue import entries
from models.joint_figures import Choices
from models.ledger import Asked
from models.period import Period, Span, reporting
from pages.parts.words import N_, date, label, t

SPANS = {
    Span.MONTH: N_("Month"),
    Span.QUARTER: N_("Quarter"),
    Span.HALF: N_("Six months"),
    Span.YEAR: N_("Year"),
    Span.FREE: N_("Free days"),
}
SPAN, WHICH, DAYS = "ky", "tu", "joint.days"  # state keys; the first two are also names in the address


def row(current: Current) -> tuple[Asked, Period, Choices]:
    """Draw the filters; what is asked, and the period it lies in."""
    offered = joint_figures.choices(current)
    with st.grid(4, gap="small", min_column_width=140):
        period = _period(current, offered)
        asked = Asked(
            first=period.first,
            last=period.last,
            organisation_id=_one(t("Host"), offered.hosts, "co-quan", t("All hosts"))
            if len(offered.hosts) > 1
            else None,
            partner=_one(t("Partner"), offered.partners, "doi-tac", t("All partners")),
            kind=_one(t("Kind"), _kinds(current), "hoat-dong", t("All kinds")),
            subject=_one(t("Subject"), offered.subjects, "nhom", t("All subjects")),
            area=_one(t("Area"), offered.areas, "joint.area", t("All areas"), bound=False),
        )
    return asked, period, offered


def _kinds(current: Current) -> dict[str, str]:
    kinds = entries(current, "activity_kind")
    return {code: label(kinds, code) for code in kinds}


def _one(name: str, options: dict[Any, str], key: str, everything: str, *, bound: bool = True) -> Any:
    """One choice or all. What a person typed (an area) stays out of the address."""
    return st.selectbox(
        name,
        list(options),
        index=None,
        format_func=lambda code: options.get(code, str(code)),
        key=key,
        bind="query-params" if bound else None,
        placeholder=everything,
    )


# ---- the period -----------------------------------------------------------------------------------------------------
def _period(current: Current, offered: Choices) -> Period:
    spans = list(SPANS)
    span = st.selectbox(
        t("Period"),
        spans,
        index=spans.index(Span.YEAR),
        format_func=lambda one: t(SPANS[one]),
        key=SPAN,
        bind="query-params",
    )
    now = reporting(Span.YEAR if span is Span.FREE else span, current.today(), current.zone)
    if span is Span.FREE:
        return _free(current, now)
    periods = _periods(now, offered.first, offered.last)
    if st.session_state.get(WHICH) not in periods:
        st.session_state[WHICH] = now.first.isoformat()
    chosen = st.selectbox(
        t("From – to"),
        list(periods),
        format_func=lambda one: f"{date(periods[one].first)} – {date(periods[one].last)}" if one in periods else one,
        key=WHICH,
        bind="query-params",
    )
    return periods.get(chosen, now)


def _free(current: Current, now: Period) -> Period:
    days = st.date_input(
        t("From – to"), value=(now.first, min(now.last, current.today())), key=DAYS, format="DD/MM/YYYY"
    )
    both = days if isinstance(days, tuple) and len(days) == 2 else (now.first, now.last)
    return Period(both[0], both[1], current.zone)


def _periods(now: Period, first: dt.date | None, last: dt.date | None) -> dict[str, Period]:
    """Those of the span from the ledger's first activity to its last, the running one always among them, newest first."""
    newest = reporting(now.span, max(last or now.first, now.first), now.zone)
    found = [newest]
    while found[-1].first > min(first or now.first, now.first):
        found.append(found[-1].previous())
    return {one.first.isoformat(): one for one in found}


def latest(current: Current, asked: Asked, period: Period, offered: Choices) -> Period | None:
    """The latest period of the same span with anything that fits, if the chosen one has nothing."""
    if period.span is Span.FREE or offered.first is None:
        return None
    day = joint_figures.last_day(current, replace(asked, first=None, last=None))
    return reporting(period.span, day, current.zone) if day else None


def go_to(period: Period) -> None:
    """Of a button: choose that period."""
    st.session_state[WHICH] = period.first.isoformat()
