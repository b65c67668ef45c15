"""Secrecy and personal data where people type: the banner over every such form, and the box in which the guard speaks.

The rule itself is in models/guard.py and holds without this. The box shows what the rule will stop, offers the masked text,
and asks for the reason where it must stay; the form passes the reason on with `models.guard.despite`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from models.catalogue import defaults
from models.guard import check_text, masked
from pages.parts.words import N_, label, plain, t

BANNER = N_(
    "Do not enter or attach anything that is a state secret. No names and no identity numbers of people involved."
)
ICON = ":material/gpp_maybe:"
LONGEST = 50_000  # characters that are looked at: no field takes more


def banner(more: str = "", *, small: bool = False) -> None:
    """What the law asks, over a form with free text; as one line where the form itself is one."""
    if small:
        st.caption(f":red[{ICON} {t(BANNER)}] {more}")
    else:
        st.error(f"{t(BANNER)} {more}", icon=ICON)


@dataclass(frozen=True)
class Typed:
    """A text of a form: its label, what the record says already, and the key of the widget that can take the proposal."""

    label: str
    text: str
    standing: str = ""
    widget: str | None = None


def ask(key: str, typed: Sequence[Typed]) -> str:
    """Under a small form: the banner as one line, and the box once the guard finds something. Returns the reason given."""
    banner(small=True)
    return box(key, typed)


def box(key: str, typed: Sequence[Typed]) -> str:
    """Draw what the guard finds in these texts, with a proposal; nothing where it finds nothing. Returns the reason given."""
    short = (one for one in typed if len(one.text) <= LONGEST)  # what is longer is refused for that
    found = [(one, findings) for one in short if (findings := check_text(one.text, one.standing))]
    if not found:
        return ""
    rules = defaults("guard_rule")
    with st.container(border=True):
        st.markdown(f":orange[{ICON}] **{t('This does not belong into a record')}**")
        for one, findings in found:
            said = ", ".join(f"{plain(finding.found)} ({label(rules, finding.rule)})" for finding in findings)
            st.markdown(f"{one.label}: {said}")
            st.caption(t("Proposal: {text}", text=plain(_short(masked(one.text)))))
        proposals = {one.widget: masked(one.text) for one, _ in found if one.widget}
        if proposals:
            st.button(
                t("Take the proposal"),
                key=f"{key}.mask",
                icon=":material/visibility_off:",
                on_click=_take,
                args=(proposals,),
            )
        return st.text_input(
            t("Or why it must stay as it is"),
            key=f"{key}.despite",
            placeholder=t("The reason stands on the timeline beside it"),
        )


def _take(proposals: dict[str, str]) -> None:
    for widget, text in proposals.items():
        st.session_state[widget] = text


def _short(text: str, longest: int = 400) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"
