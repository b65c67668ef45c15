"""A figure as a card: short title, value, change against the period before, both sides, and its definition as help."""

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
    return number(figure.value)


def beside(figure: Figure) -> str:
    """What stands small beside the value: both sides, or what the number rests on."""
    if figure.no_data:
        return t("no data yet")
    sides = f"{number(figure.numerator)}/{number(figure.denominator)}" if figure.denominator else ""
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
    return sides


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
    return _signed(step, 0)


def _signed(step: float, digits: int) -> str:
    return f"{'+' if round(step, digits) > 0 else ''}{number(round(step, digits) + 0.0, digits)}"


_COLOURS = {Better.MORE: "normal", Better.LESS: "inverse", Better.NEITHER: "off"}


def card(figure: Figure, before: Figure | None = None) -> None:
    """Draw it, with the change against `before` where both have data."""
    title, meaning = WORDS[figure.code]
    step = change(figure, before)
    same = step is not None and not any(sign in step for sign in "123456789")
    st.metric(
        t(title),
        value(figure),
        delta=t("no change") if same else step,
        delta_color="off" if same else _COLOURS[KPIS[figure.code].better],  # type: ignore[arg-type]
        delta_arrow="off" if same else "auto",
        delta_description=beside(figure) or None,
        help=t(meaning),
        border=True,
        height="stretch",
    )
