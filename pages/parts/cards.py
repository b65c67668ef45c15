"""A figure as a card: short title, value, change against the period before, both sides, and its definition as help."""

from typing import Any

import streamlit as st

from models.figures import KPIS, Better, Figure, Measure
from pages.parts.words import N_, NOTHING, date, number, percent, t

# Code → what it is called (short: a phone shows two cards beside each other) and what it means.
WORDS: dict[str, tuple[str, str]] = {
    "1": (
        N_("Days without complex case"),
        N_(
            "Days from the last complex incident to the end of the period, or to today while it runs. "
            "None so far: days since the model started."
        ),
    ),
    "2": (
        N_("Incidents"),
        N_(
            "Incidents that occurred in the period, whenever they were entered. "
            "Those found not to have happened are left out."
        ),
    ),
    "3": (
        N_("Settled on time"),
        N_(
            "Of the incidents due in the period, those settled by the due day. Open ones past it count as late; "
            "transferred ones are left out; open ones due today wait until the day is over."
        ),
    ),
    "4": (
        N_("Median time to settle"),
        N_(
            "Half of the incidents settled in the period took no longer than this, from receipt. "
            "Transferred ones are left out."
        ),
    ),
    "5": (
        N_("Latent cases prevented"),
        N_(
            "Of the latent cases that ended in the period, those prevented for good. "
            "Cases still being watched are not counted."
        ),
    ),
    "6": (
        N_("Open and overdue"),
        N_(
            "Incidents whose due day was over at the end of the period, or is today while it runs, and that were not "
            "settled by then. Transferred ones are left out."
        ),
    ),
    "7": (
        N_("Flash reports in time"),
        N_(
            "Of the urgent incidents whose flash report was due in the period, those reported within the limit. "
            "Those never reported count as late."
        ),
    ),
    "8": (
        N_("Joint activities"),
        N_(
            "Joint work of the period that was shared in the ledger: incidents, rounds, events, patrols, meetings, "
            "training. One with two partners counts once."
        ),
    ),
    "9": (
        N_("Rounds done of plan"),
        N_(
            "Of the scheduled inspection rounds planned to start in the period, those done. "
            "Cancelled ones stay in the plan; unannounced ones are left out."
        ),
    ),
    "10": (
        N_("Visits with findings"),
        N_("Of the establishments visited in the period, those where something was found. Re-checks are not visits."),
    ),
    "11": (
        N_("Remedied on time"),
        N_(
            "Of the findings whose remedy was due in the period, those put right by the deadline. "
            "Open ones past it count as late."
        ),
    ),
    "12": (
        N_("Re-checks passed"),
        N_("Of the re-checks made in the period, those that were passed. A finding checked twice counts twice."),
    ),
    "13": (
        N_("Events secured"),
        N_("Of the events that ended in the period, those with an approved plan and at least one staffed post."),
    ),
    "14": (
        N_("Plans approved in time"),
        N_("Of the events that ended in the period, those whose plan was first approved by the time they started."),
    ),
    "15": (
        N_("Incidents per 10,000"),
        N_(
            "Incidents during the events that ended in the period, for every 10,000 people who came. "
            "Not shown below 1,000 people; an estimate where people were not counted."
        ),
    ),
    "16": (
        N_("Result reports on time"),
        N_(
            "Of the events whose result report was due in the period, those reported by the last working day allowed. "
            "Those not reported count as late."
        ),
    ),
    "17": (
        N_("Self-score"),
        N_(
            "The points the organisation gave itself over the four safeties, of the most that can be had: the latest "
            "year signed by the end of the period. A unit has none of its own."
        ),
    ),
    "18": (
        N_("Training, patrols, talks"),
        N_(
            "Sessions of the guards and the mass organisations held in the period. What was done together with the "
            "police stands under joint activities."
        ),
    ),
    "19": (
        N_("Events against the title"),
        N_(
            "Events that a head found to be such that cost the title of safety in security and order, in the assessment "
            "year of the end of the period."
        ),
    ),
}


def value(figure: Figure) -> str:
    """The value in its measure; a dash where there is no data."""
    if figure.value is None:
        return NOTHING
    match KPIS[figure.code].measure:
        case Measure.SHARE:
            return percent(figure.value)
        case Measure.HOURS:
            return t("{hours} hours", hours=number(figure.value, 1))
        case Measure.PER_10_000:
            return number(figure.value, 2)
        case Measure.POINTS:
            return _points(figure.value)
    return number(figure.value)


def _points(value: float | None) -> str:
    return number(value, 0 if value is None or value == int(value) else 1)


def beside(figure: Figure) -> str:
    """What stands small beside the value: both sides, or what the number rests on."""
    if figure.no_data:
        return t("no data yet")
    sides = f"{_points(figure.numerator)}/{_points(figure.denominator)}" if figure.denominator else ""
    match figure.code:
        case "1":
            since = date(figure.since)
            return t("none since {day}", day=since) if figure.never else t("last on {day}", day=since)
        case "4":
            return t("{count} settled", count=number(figure.apart))
        case "8":
            return t("{count} confirmed", count=number(figure.apart))
        case "15" if figure.estimated:
            return t("{sides}, estimated", sides=sides)
    return _of_the_title(figure) if figure.code in ("17", "18", "19") else sides


def _of_the_title(figure: Figure) -> str:
    """Beside the self-score, the sessions held, and the events that can cost the title."""
    if figure.code == "18":
        return t("{count} people took part", count=number(figure.apart))
    if figure.since is None:
        return ""
    if figure.code == "17":
        return t("of {most} points, {year}", most=_points(figure.denominator), year=figure.since.year)
    return t("since {day}", day=date(figure.since))


def change(figure: Figure, before: Figure | None) -> str | None:
    """The change against the period before, signed; None where one of the two has no data, or where it only says that
    time has passed."""
    if before is None or figure.value is None or before.value is None or figure.never:
        return None
    step = figure.value - before.value
    match KPIS[figure.code].measure:
        case Measure.SHARE:
            return t("{step} points", step=_signed(step * 100, 1))
        case Measure.HOURS:
            return _signed(step, 1)
        case Measure.PER_10_000:
            return _signed(step, 2)
        case Measure.POINTS:
            return _signed(step, 1)
    return _signed(step, 0)


def _signed(step: float, digits: int) -> str:
    return f"{'+' if round(step, digits) > 0 else ''}{number(round(step, digits) + 0.0, digits)}"


BETTER, WORSE, SAME = N_("better"), N_("worse"), N_("no change")


def verdict(figure: Figure, before: Figure | None) -> str | None:
    """What the change means, as a word: never told by a colour alone. None where neither way is better."""
    step = change(figure, before)
    if step is None:
        return None
    if not any(sign in step for sign in "123456789"):
        return SAME
    better = KPIS[figure.code].better
    if better is Better.NEITHER:
        return None
    return BETTER if step.startswith("+") == (better is Better.MORE) else WORSE


def colour(code: str, meant: str | None) -> Any:
    """Of the change, as `st.metric` names it."""
    if meant in (None, SAME):
        return "off"
    return {Better.MORE: "normal", Better.LESS: "inverse", Better.NEITHER: "off"}[KPIS[code].better]


def card(figure: Figure, before: Figure | None = None) -> None:
    """Draw it, with the change against `before` where both have data."""
    title, meaning = WORDS[figure.code]
    step, meant = change(figure, before), verdict(figure, before)
    st.metric(
        t(title),
        value(figure),
        delta=t("no change") if meant == SAME else step,
        delta_color=colour(figure.code, meant),
        delta_arrow="off" if meant == SAME else "auto",
        delta_description=beside(figure) or None,
        help=t(meaning),
        border=True,
        height="stretch",
    )
