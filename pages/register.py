"""Sổ theo dõi: what figures need and no other page enters: sessions, the self-score, the title, targets, periods."""

import streamlit as st

from models import target
from models.access import Permission
from models.counted import table
from models.figures import KPIS
from pages.parts import (
    address,
    counted,
    forms,
    page,
    period_rules,
    register_scores,
    register_sessions,
    register_title,
    target_form,
)
from pages.parts.cards import WORDS
from pages.parts.guard import enter
from pages.parts.words import N_, t

current = enter(Permission.RECORD_READ)
ROOM = "so"
SESSIONS, SCORES, TITLE, TARGETS, PERIODS = "hoat-dong", "tu-cham-diem", "danh-hieu", "chi-tieu", "ky-bao-cao"
ROOMS = {
    SESSIONS: (N_("Training, patrols"), Permission.RECORD_READ),
    SCORES: (N_("Self-score"), Permission.RECORD_READ),
    TITLE: (N_("Against the title"), Permission.RECORD_READ),
    TARGETS: (N_("Targets"), Permission.KPI_READ),
    PERIODS: (N_("Reporting periods"), Permission.PERIOD_SET),
}
OF_TABLE = {"movement_activity": SESSIONS, "self_score": SCORES, "disqualifying_event": TITLE}


def targets() -> None:
    """Choose a figure; its targets, and the form for a head."""
    st.caption(t("What should be reached. The figures say beside their value whether it is."))
    codes = target.settable()
    held = {row.code for row in target.all_targets(current)}
    code = st.selectbox(
        t("Figure"),
        [*(one for one in codes if one in held), *(one for one in codes if one not in held)],
        format_func=lambda one: f"{one}. {t(WORDS[one][0])}" + (" ●" if one in held else ""),
        key="register.code",
        width=360,
    )
    if code in KPIS:
        with st.container(border=True):
            target_form.edit(current, code, columns=2)


def changed(room: str) -> None:
    """Another room: the record, the form and the number that were open stay behind."""
    if st.session_state.get("register.room.before", room) != room:
        st.query_params.pop("id", None)
        for name in (forms.ADDRESS, *counted.ADDRESS):
            st.query_params.pop(name, None)
    st.session_state["register.room.before"] = room


what = counted.read(current, *OF_TABLE)
if what and ROOM not in st.query_params:
    st.query_params[ROOM] = OF_TABLE[table(what)]
actions = page.head(current, t("Register"), t("What the figures need and no other page enters."))
room = address.room(ROOM, {code: t(name) for code, (name, right) in ROOMS.items() if current.may(right)})
changed(room)
forms.closed(current)
match room:
    case "tu-cham-diem":
        register_scores.button(current, actions)
        register_scores.show(current, what)
    case "danh-hieu":
        register_title.button(current, actions)
        register_title.show(current, what)
    case "chi-tieu":
        targets()
    case "ky-bao-cao":
        period_rules.rules(current)
    case _:
        register_sessions.button(current, actions)
        register_sessions.show(current, what)
