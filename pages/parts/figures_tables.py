"""The figures' page in tables: how kinds moved, how well is reported, which units wrote when, and every figure in one."""

from collections.abc import Callable, Mapping, Sequence

import pyarrow  # type: ignore[import-untyped]
import streamlit as st

from models import exports, spreadsheet
from models.access import Current
from models.catalogue import Entry
from models.counted import Counted
from models.figures import KPIS, Figure
from models.kinds import UNKNOWN
from models.period import Period
from models.reporting_quality import LATE_AFTER, Quality, UnitEntries
from models.variation import Step, Variation, total
from pages.parts import cards, counted, downloads, figures_cards
from pages.parts.cards import WORDS
from pages.parts.chart_box import Shown
from pages.parts.figures_cards import Told
from pages.parts.words import NOTHING, label, moment, number, percent, plain, t

UP, DOWN, SAME = "▲", "▼", "="


Words = dict[str, list[str]]


def packed(columns: Words) -> pyarrow.Table:
    """A table as the browser gets it: made once and kept, since it costs more to make than to send."""
    return pyarrow.table(columns)


def drawn(table: pyarrow.Table, alt: str) -> None:
    """A table of words, with links in it that a keyboard and a screen reader find."""
    st.table(table, border="horizontal", hide_header=False, hide_index=True, alt=alt)


# ---- how kinds moved ---------------------------------------------------------------------------------------------------
def variation(table: pyarrow.Table | None) -> None:
    """One line a group: this period, the one before, the difference; and the same against last year."""
    with st.container(border=True):
        st.markdown(f"**{t('How kinds of incident moved')}**")
        st.caption(t("Counts, and the difference as a part of what was before."))
        if table is None:
            st.caption(t("No data in this period."))
        else:
            drawn(table, t("How kinds of incident moved"))


def variation_table(
    found: list[Variation], kinds: dict[str, Entry], period: Period, unit_id: int | None, *, narrow: bool
) -> pyarrow.Table | None:
    """`narrow` leaves the earlier counts out."""
    if not found:
        return None
    twice = period.previous() != period.year_before()
    lines = [(label(kinds, one.code), one, one.code or UNKNOWN) for one in found]
    lines.append((t("All kinds"), total(found), ""))
    table = {t("Group"): [_strong(name, code) for name, _, code in lines]}
    table[t("This period")] = [_linked(one.now, period, unit_id, code) for _, one, code in lines]
    if not narrow:
        before = [_linked(one.previous, period.previous(), unit_id, code) for _, one, code in lines]
        table[t("Period before")] = before
    table[t("Against it")] = [moved(one.steps[0]) for _, one, _ in lines]
    if twice and not narrow:
        year = [_linked(one.year_before, period.year_before(), unit_id, code) for _, one, code in lines]
        table[t("Same period last year")] = year
    if twice:
        table[t("Against that")] = [moved(one.steps[1]) for _, one, _ in lines]
    return packed(table)


def _strong(name: str, code: str) -> str:
    return plain(name) if code else f"**{plain(name)}**"


def _linked(count: int | None, period: Period, unit_id: int | None, code: str) -> str:
    """A number that opens its records."""
    if not count:
        return number(count)
    what = Counted("2", period.first, period.last, unit_id=unit_id, group=code or None)
    return f"[{number(count)}]({counted.link(what)})"


def moved(step: Step) -> str:
    """ "▲ +3 (+43,0 %)"; "newly arisen" beside nought, since nothing can be said of it in per cent."""
    if step.difference is None:
        return NOTHING
    if step.is_new:
        return t("newly arisen")
    if not step.difference:
        return f"{SAME} {t('no change')}"
    arrow, sign = (UP, "+") if step.difference > 0 else (DOWN, "")
    share = "" if step.share is None else f" ({sign}{percent(step.share)})"
    return plain(f"{arrow} {sign}{number(step.difference)}{share}")


# ---- how well is reported ------------------------------------------------------------------------------------------------
def quality(found: Quality, flash: Figure) -> None:
    """Beside the counts, so that who writes everything down is not the worse for it."""
    st.subheader(t("Quality of reporting"), anchor=False)
    st.caption(t("Few incidents may also mean that few were written down. Read the counts together with these."))
    in_time = None if found.late_share is None else 1 - found.late_share
    with st.grid(4, gap="small", min_column_width=160):
        st.metric(
            t("Entered within a day"),
            percent(in_time),
            delta=_sides(found.typed - found.late, found.typed),
            delta_color="off",
            delta_arrow="off",
            help=t(
                "Of the incidents of the period, those entered within {hours} hours. Imported ones are left out.",
                hours=LATE_AFTER,
            ),
            border=True,
            height="stretch",
        )
        st.metric(
            t("From occurrence to entry"),
            NOTHING if found.median_hours is None else t("{hours} hours", hours=number(found.median_hours, 1)),
            help=t("Half of the incidents were entered sooner than this."),
            border=True,
            height="stretch",
        )
        st.metric(
            t("Noted while latent"),
            percent(found.latent_share),
            delta=_sides(found.latent, found.incidents),
            delta_color="off",
            delta_arrow="off",
            help=t("Incidents seen coming, before anything grave happened. More of them is a good sign."),
            border=True,
            height="stretch",
        )
        cards.card(flash)


def _sides(part: int, whole: int) -> str | None:
    return f"{number(part)}/{number(whole)}" if whole else None


# ---- which units wrote when ------------------------------------------------------------------------------------------------
def units(current: Current, found: Sequence[UnitEntries], names: dict[int | None, str]) -> None:
    """Who has written for the period, and when last."""
    wrote = sum(bool(one.records) for one in found)
    said = t("Units: {wrote} of {all} have records of this period", wrote=number(wrote), all=number(len(found)))
    more = st.expander(said, key="kpis.by_unit", on_change="rerun", icon=":material/apartment:")
    if more.open:
        table = {
            t("Unit"): [plain(names.get(one.unit_id, "")) for one in found],
            t("Records of the period"): [
                number(one.records) if one.records else t("nothing reported") for one in found
            ],
            t("Last entry"): [moment(one.last, current) for one in found],
        }
        with more:
            drawn(packed(table), said)


# ---- the other figures ---------------------------------------------------------------------------------------------------
def others(told: Told, codes: Sequence[str], period: Period, unit_id: int | None) -> pyarrow.Table:
    """Those without a card: each with its definition, what it was before, its target, and the way to its records."""
    rows = [(code, told.figures[code], told.counted(code, period, unit_id)) for code in codes]
    return packed(
        {
            t("Figure"): [f"**{t(WORDS[code][0])}**  \n:small[{plain(t(WORDS[code][1]))}]" for code, _, _ in rows],
            t("This period"): [_valued(told, figure) for _, figure, _ in rows],
            t("Against the period before"): [_change(told, figure) for _, figure, _ in rows],
            t("Target"): [figures_cards.aim(told, figure) or NOTHING for _, figure, _ in rows],
            t("Records"): [_record_link(figure, what) for _, figure, what in rows],
        }
    )


def _valued(told: Told, figure: Figure) -> str:
    beside = " · ".join(filter(None, (told.whole(figure.code), cards.beside(figure))))
    return f"**{cards.value(figure)}**" + (f"  \n:small[{plain(beside)}]" if beside else "")


def _change(told: Told, figure: Figure) -> str:
    """With an arrow and a word."""
    before = told.before.get(figure.code)
    step, verdict = cards.change(figure, before), cards.verdict(figure, before)
    if step is None:
        return NOTHING
    if verdict == cards.SAME:
        return t(verdict)
    said = f"{UP if step.startswith('+') else DOWN} {step}"
    return plain(f"{said} {t(verdict)}" if verdict else said)


def _record_link(figure: Figure, what: Counted) -> str:
    found = figures_cards.records(figure, what)
    return f"[{plain(found[1])}]({counted.link(found[0])})" if found else NOTHING


# ---- every figure ------------------------------------------------------------------------------------------------------
def figures(current: Current, told: Told, shown: Shown, last_year: Callable[[], Mapping[str, Figure]]) -> None:
    """Every figure with its definition, as a table and as a spreadsheet. `last_year` is asked only then."""
    more = st.expander(
        t("All figures as a table, with their definitions"),
        key="kpis.all",
        on_change="rerun",
        icon=":material/table_rows:",
    )
    if not more.open:
        return
    heads = [t("Figure"), t("This period"), t("What stands behind it"), t("Period before"), t("Same period last year")]
    heads.append(t("Definition"))
    year = last_year()
    rows = [_row(told, year, code) for code in sorted(KPIS, key=int)]
    with more:
        columns = {head: [plain(row[at]) for row in rows] for at, head in enumerate(heads)}
        drawn(packed(columns), t("All figures"))
        downloads.offer(
            current,
            "kpis.all.xlsx",
            t("Export to Excel"),
            lambda: (t("All figures"), exports.SHEET, _sheet(current, heads, rows, shown)),
            about=(shown.period, shown.filters),
        )


def _row(told: Told, year: Mapping[str, Figure], code: str) -> list[str]:
    before, last_year = cards.value(told.before[code]), cards.value(year[code])
    title, meaning = WORDS[code]
    figure = told.figures[code]
    name = f"{code}. {t(title)}" + (f" ({whole})" if (whole := told.whole(code)) else "")
    return [name, cards.value(figure), cards.beside(figure), before, last_year, t(meaning)]


def _sheet(current: Current, heads: list[str], rows: list[list[str]], shown: Shown) -> bytes:
    head = spreadsheet.Head(
        t("All figures"), filters=[*shown.filters, (t("Figures as of"), shown.at)], period=shown.period
    )
    widths = (34, 16, 24, 16, 22, 80)
    columns = [spreadsheet.Column(name, width) for name, width in zip(heads, widths, strict=True)]
    return spreadsheet.write(current, head, [spreadsheet.Sheet(t("Figures"), columns, rows)], t)
