"""The 5×5 risk matrix as a small heat map: each field says its level in a word and lists its risks by number."""

from typing import Any

import altair as alt
import streamlit as st

from models.plan_content import Risk, level
from pages.parts.plan_words import LEVELS, Labels
from pages.parts.words import t

COLOURS = {"low": "greenColor", "medium": "yellowColor", "high": "orangeColor", "very_high": "redColor"}
EMPTY, TAKEN = 0.16, 0.5


def place(risk: Risk, *, after: bool) -> tuple[int, int]:
    """Where a risk stands: (likelihood, consequence); what the control leaves unsaid is as before."""
    if not after:
        return risk.likelihood, risk.consequence
    return risk.likelihood_after or risk.likelihood, risk.consequence_after or risk.consequence


def cells(risks: list[Risk], words: Labels, *, after: bool) -> list[dict[str, Any]]:
    """The 25 fields with their level, its word, and the numbers and names of the risks in them."""
    found = []
    for likelihood in range(1, 6):
        for consequence in range(1, 6):
            here = [
                (at, risk) for at, risk in enumerate(risks, 1) if place(risk, after=after) == (likelihood, consequence)
            ]
            found.append(
                {
                    "likelihood": likelihood,
                    "consequence": consequence,
                    "level": level(likelihood, consequence),
                    "word": t(LEVELS[level(likelihood, consequence)]),
                    "risks": ", ".join(str(at) for at, _ in here),
                    "names": "; ".join(f"{at} {words.of('risk_hazard', risk.hazard)}" for at, risk in here),
                    "weight": TAKEN if here else EMPTY,
                }
            )
    return found


def draw(risks: list[Risk], words: Labels, *, after: bool, key: str) -> None:
    """Draw the matrix. Colours are the theme's, so that a level looks as it does in a badge."""
    theme = st.context.theme.type or "light"
    scale = alt.Scale(domain=list(COLOURS), range=[st.get_option(f"theme.{theme}.{name}") for name in COLOURS.values()])
    ink = alt.value(st.get_option(f"theme.{theme}.textColor"))
    tip = [
        alt.Tooltip(field="word", type="nominal", title=t("Level")),
        alt.Tooltip(field="names", type="nominal", title=t("Risks")),
    ]
    base = alt.Chart(alt.Data(values=cells(risks, words, after=after))).encode(
        x=alt.X(
            field="consequence",
            type="ordinal",
            title=t("Consequence"),
            scale=alt.Scale(paddingInner=0.05),
            axis=alt.Axis(labelAngle=0, domain=False, ticks=False),
        ),
        y=alt.Y(
            field="likelihood",
            type="ordinal",
            title=t("Likelihood"),
            sort="descending",
            scale=alt.Scale(paddingInner=0.05),
            axis=alt.Axis(domain=False, ticks=False),
        ),
    )
    fields = base.mark_rect(cornerRadius=3).encode(
        color=alt.Color(field="level", type="nominal", scale=scale, legend=None),
        opacity=alt.Opacity(field="weight", type="quantitative", scale=None, legend=None),
        tooltip=tip,
    )
    level_words = base.mark_text(dy=-11, fontSize=10).encode(text=alt.Text(field="word", type="nominal"), color=ink)
    numbers = base.mark_text(dy=6, fontSize=14, fontWeight="bold").encode(
        text=alt.Text(field="risks", type="nominal"), color=ink
    )
    st.altair_chart(
        (fields + level_words + numbers).properties(height=270), key=key, alt=_said(risks, words, after=after)
    )


def _said(risks: list[Risk], words: Labels, *, after: bool) -> str:
    """The same for whoever does not see the picture."""
    said = []
    for risk in risks:
        likelihood, consequence = place(risk, after=after)
        said.append(f"{words.of('risk_hazard', risk.hazard)}: {t(LEVELS[level(likelihood, consequence)])}")
    return t("Risk matrix") + ". " + "; ".join(said)
