"""How the organisation reckons its periods: what holds, from which day on, and the form that says so."""

import streamlit as st

from models import period_rule
from models.access import Current, Refusal
from models.period import Period, Span, reporting
from models.period_rule import DEFAULTS, PeriodRule, PeriodRuleDraft
from pages.parts import forms, lists, page, periods
from pages.parts.refusals import explain
from pages.parts.words import date, number, t

KEY, OPEN = "period_rule", "period_rule.row"


def rules(current: Current) -> None:
    """The rules, the newest first, with the defaults that hold before all of them."""
    st.caption(
        t("Figures, charts and reports follow these periods. Without a rule of one's own the decree's months hold.")
    )
    held = period_rule.cut_offs(current)
    month = reporting(Span.MONTH, current.today(), current.zone, held)
    st.markdown(
        t(
            "Running now: **{month}**, previous: {before}.",
            month=periods.full_name(month),
            before=_days(month.previous()),
        )
    )
    rows = period_rule.rules(current)
    shown = [*(_words(date(row.valid_from), row) for row in rows), _words(t("by default"), DEFAULTS)]
    columns = {
        "since": t("Holds from"),
        "month": t("Reporting month"),
        "result": t("Working days for a result report"),
        "year": t("Assessment year"),
    }
    picked = lists.table(shown, columns, [*(row.id for row in rows), None], "period_rule.table")
    row = next((one for one in rows if one.id == picked), None)
    with st.container(border=True):
        _one(current, row)


def _days(period: Period) -> str:
    return f"{date(period.first)} – {date(period.last)}"


def _words(since: str, rule: PeriodRuleDraft) -> dict[str, str]:
    last = t("day {first} – day {last}", first=rule.cut_off, last=rule.cut_off - 1)
    return {
        "since": since,
        "month": last if rule.cut_off > 1 else t("calendar month"),
        "result": number(rule.result_days),
        "year": t("from {day}", day=f"{rule.year_day:02}/{rule.year_month:02}"),
    }


def _one(current: Current, row: PeriodRule | None) -> None:
    """The form for a new rule, or for the one that was clicked."""
    _fill(row)
    st.markdown(f"**{t('Change the rule') if row else t('A new rule')}**")

    def save(said: PeriodRuleDraft) -> None:
        period_rule.save_rule(current, said, row.id if row else None, row.version if row else None)
        _forget()

    forms.inline(current, KEY, t("Save"), PeriodRuleDraft, save, columns=3)
    if row and st.button(t("Take the rule back"), key="period_rule.strike", icon=":material/undo:", type="tertiary"):
        try:
            period_rule.strike_rule(current, row.id)  # type: ignore[arg-type]
        except Refusal as refusal:
            st.error(explain(refusal), icon=":material/error:")
        else:
            _forget()
            page.done(t("Taken back."))
            st.rerun()


def _fill(row: PeriodRule | None) -> None:
    """Put what stands there into the fields, once for each rule that is opened; a new one begins with the defaults."""
    asked = row.id if row else 0
    if st.session_state.get(OPEN) == asked and f"{KEY}.cut_off" in st.session_state:
        return
    st.session_state[OPEN] = asked
    for name in PeriodRuleDraft.model_fields:
        value = getattr(row or DEFAULTS, name)
        st.session_state[f"{KEY}.{name}"] = None if row is None and name == "valid_from" else value


def _forget() -> None:
    st.session_state.pop(OPEN, None)
    lists.untick("period_rule.table")
