"""The filters of the joint ledger: period, host, partner, kind, subject, area."""

from dataclasses import replace
from typing import Any

import streamlit as st

from models import joint_figures
from models.access import Current
from models.catalogue import entries
from models.joint_figures import Choices
from models.ledger import Asked
from models.period import Period
from pages.parts import address, periods
from pages.parts.kept import kept
from pages.parts.words import label, t


def row(current: Current, revision: int) -> tuple[Asked, Period, Choices]:
    """Draw the filters; what is asked, the period it lies in, and what the ledger offers to choose from."""
    offered = kept(current, revision, "ledger.choices", lambda: joint_figures.choices(current))
    line = st.container(horizontal=True, vertical_alignment="center", gap="small")
    period = periods.choose(current, line, since=offered.first)
    several = len(offered.hosts) > 1
    with st.grid(5 if several else 4, gap="small", min_column_width=140):
        asked = Asked(
            first=period.first,
            last=period.last,
            organisation_id=_one(t("Host"), offered.hosts, "co-quan", t("All hosts")) if several else None,
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
    if bound:
        return address.choice(st, key, name, everything, options)
    return st.selectbox(
        name,
        list(options),
        index=None,
        format_func=lambda code: options.get(code, str(code)),
        key=key,
        placeholder=everything,
        label_visibility="collapsed",
    )


def latest(current: Current, asked: Asked, period: Period) -> Period | None:
    """The latest period of the same span with anything that fits, where the chosen one has nothing."""
    day = joint_figures.last_day(current, replace(asked, first=None, last=None))
    return period.around(day) if day else None
