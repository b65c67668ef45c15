"""The charts of the figures' page, with the group of kinds that the page is narrowed to: by a click on the chart of kinds, or by
the list above them, which a keyboard reaches too. What is chosen stands in the session and in the address."""

import functools

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from models import breakdowns
from models.access import Current, Permission
from models.catalogue import entries
from models.database import one_reading, reading
from models.kinds import UNKNOWN
from models.organisation import units
from models.period import Period
from pages.parts import chart_box, charts, counted, figures_frames, figures_parts
from pages.parts.chart_box import Shown
from pages.parts.charts import Chart, Frame
from pages.parts.figures_frames import NAVIGATOR, Answers
from pages.parts.kept import kept
from pages.parts.words import label, language, plain, t

GROUP, ADDRESS = "kpis.group", "nhom"  # the choice, and what stands in the address
WRITTEN, CLICKED, OPENED, TURN = "kpis.group.written", "kpis.group.clicked", "kpis.opened", "turn"


# ---- the choice ------------------------------------------------------------------------------------------------------
def from_address() -> None:
    """On a run of the whole page: follow the address, where it says something else than what was written there. (A push
    comes with the address as the browser last sent it, which may be an older one.)"""
    said = st.query_params.get(ADDRESS)
    if st.session_state.get(WRITTEN) != said or GROUP not in st.session_state:
        st.session_state[GROUP] = said
        st.session_state[WRITTEN] = said


def _to_address(group: str | None) -> None:
    if st.session_state.get(WRITTEN) == group:
        return
    if group is None:
        st.query_params.pop(ADDRESS, None)
    else:
        st.query_params[ADDRESS] = group
    st.session_state[WRITTEN] = group


def group_of(current: Current, revision: int, place: DeltaGenerator) -> str | None:
    """Draw the choice at `place`, and the chip that undoes it; None for all. A group that does not occur here can be chosen
    all the same: then nothing is shown. The whole page follows it: the cards too, as far as a figure knows kinds."""
    kinds = kept(current, revision, "kinds", lambda: entries(current, "incident_kind"))
    names = {code: entry.label(language()) for code, entry in kinds.items() if entry.parent is None}
    names[UNKNOWN] = label(kinds, None)
    if st.session_state.get(GROUP) not in names:
        st.session_state[GROUP] = None
    chosen = place.selectbox(
        t("Group of kinds"),
        list(names),
        index=None,
        format_func=lambda one: names.get(one, one),
        key=GROUP,
        placeholder=t("Every kind of incident"),
        label_visibility="collapsed",
        width=190,
    )
    if chosen is not None:
        _chip(names[chosen])
    if st.session_state.get(CLICKED) not in (None, chosen):
        st.session_state[CLICKED] = None  # the chart in the browser still holds what was clicked there
        _turn(NAVIGATOR)
    _to_address(chosen)
    return chosen


def _chip(name: str) -> None:
    line = st.container(horizontal=True, vertical_alignment="center", gap="small")
    line.button(
        t("Filtered: {what}", what=plain(name)),
        key="kpis.group.drop",
        icon=":material/close:",
        icon_position="right",
        on_click=_drop,
        help=t("Show everything again"),
    )
    line.caption(t("Figures of incidents are of this group alone; those marked “every kind” do not know kinds."))


def is_another(group: str | None) -> bool:
    """Whether a bar was clicked since the page was drawn: the fragment alone would leave the cards as they were."""
    return GROUP in st.session_state and st.session_state[GROUP] != group


def _drop() -> None:
    st.session_state[GROUP] = None


def _turn(frame_key: str) -> None:
    """Make a new chart of it in the browser: the old one would not tell of a second click on the same mark."""
    st.session_state[f"{frame_key}.{TURN}"] = st.session_state.get(f"{frame_key}.{TURN}", 0) + 1


# ---- clicks ----------------------------------------------------------------------------------------------------------
def _choose(key: str) -> None:
    """Of the chart of kinds."""
    if code := charts.clicked(key):
        st.session_state[GROUP] = st.session_state[CLICKED] = code


def _open(frame_key: str, key: str) -> None:
    """Of the others: the records of the mark."""
    if code := charts.clicked(key):
        st.session_state[OPENED] = (frame_key, code)
        _turn(frame_key)


def _go(frames: dict[str, Frame]) -> None:
    """To the list, once a mark was clicked."""
    key, code = st.session_state.pop(OPENED, ("", ""))
    what = frames[key].ways.get(code) if key in frames else None
    if what and (way := counted.way(what)):
        st.switch_page(way[0], query_params=way[1])


# ---- asking and showing ------------------------------------------------------------------------------------------------
def answers(current: Current, period: Period, trend: Period, unit_id: int | None, group: str | None) -> Answers:
    """One reading for all of them."""
    with one_reading(current), reading(current) as session:
        months = breakdowns.incidents_by_month(session, trend, unit_id, group)
        by_day = breakdowns.incidents_by_day(session, trend, unit_id, group)  # ends with the period, and holds its days
        earlier = breakdowns.incidents_by_month(session, trend.year_before(), unit_id, group)
        known = breakdowns.days_with_data(session)
        # A month that ended before anything was recorded has no number, not nought.
        by_month = {_next_year(month): count for month, count in earlier if known and month.last >= known[0]}
        return Answers(
            period=period,
            unit_id=unit_id,
            group=group,
            today=current.today(),
            months=months,
            year_before=[by_month.get(month.month) for month, _ in months],
            targets=figures_parts.month_targets(session, "2", [month for month, _ in months], unit_id),
            goal=figures_parts.targets(session, period, unit_id).get("2"),
            groups=breakdowns.incidents_by_group(session, period, unit_id),
            severities=breakdowns.incidents_by_severity(session, period, unit_id, group),
            units=breakdowns.incidents_by_unit(session, period, unit_id, group),
            days={day: count for day, count in by_day.items() if day >= period.first},
            subjects=figures_parts.subjects(session, period, unit_id),
            partners=figures_parts.partners(session, period, unit_id),
            kinds=entries(session, "incident_kind"),
            levels=entries(session, "severity"),
            subject_names=entries(session, "inspection_subject"),
            unit_names={row.id: row.name for row in units(session)},
        )


def _next_year(month: Period) -> tuple[int, int]:
    year, number = month.month
    return year + 1, number


def show(current: Current, revision: int, found: Answers, shown: Shown) -> None:
    """Two beside each other on a desk; the calendar over the whole width."""
    what = ("frames", found.period, found.unit_id, found.group, language())
    pairs, calendar, rest = kept(current, revision, what, lambda: _frames(found))
    if OPENED in st.session_state:
        _go({one.key: one for one in (*pairs, calendar, *rest)})
    with st.grid(2, gap="small", min_column_width=330):
        for frame in pairs:
            _box(current, revision, found, frame, shown)
    _box(current, revision, found, calendar, shown)
    with st.grid(2, gap="small", min_column_width=330):
        for frame in rest:
            _box(current, revision, found, frame, shown)


def _frames(found: Answers) -> tuple[tuple[Frame, ...], Frame, tuple[Frame, ...]]:
    *pairs, calendar = figures_frames.incidents(found)
    return tuple(pairs), calendar, figures_frames.others(found)


def _box(current: Current, revision: int, found: Answers, frame: Frame, shown: Shown) -> None:
    chart: Chart | None = None
    if frame.make:
        paint = charts.colours()
        what = ("chart", frame.key, found.period, found.unit_id, found.group, paint, language())
        chart = kept(current, revision, what, functools.partial(frame.make, paint))
    turn = st.session_state.get(f"{frame.key}.{TURN}", 0)
    key = f"{frame.key}.{turn}"
    act = None
    if frame.key == NAVIGATOR:
        act = functools.partial(_choose, key)
    elif frame.ways and current.may(Permission.RECORD_READ):
        act = functools.partial(_open, frame.key, key)
    chart_box.box(current, frame, chart, shown, turn=turn, on_click=act)
