"""Phối hợp: the joint ledger, filtered and counted; one activity with its parties; patrols, meetings and trainings."""

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from models import joint_figures, ledger
from models.access import NotFound, Permission
from models.ledger import BUBBLES, Asked, View
from models.period import Period
from pages.parts import (
    address,
    counted,
    forms,
    joint_chart,
    joint_filters,
    joint_forms,
    joint_view,
    lists,
    page,
    periods,
    plan_asked,
)
from pages.parts.guard import enter
from pages.parts.kept import kept, revision_of
from pages.parts.words import N_, date, language, number, t
from pages.server import live

current = enter(Permission.LEDGER_READ)
SIZE = 15
BUBBLE_LABELS = {
    "to_release": N_("To release"),
    "to_answer": N_("For us to confirm"),
    "unconfirmed": N_("Not confirmed"),
    "confirmed": N_("Confirmed"),
    "withdrawn": N_("Withdrawn"),
}


# ---- the ledger -----------------------------------------------------------------------------------------------------
def opened() -> View | None:
    """The activity in the address; a foreign, unreleased or missing one is said plainly."""
    asked = address.number()
    try:
        return ledger.activity(current, asked) if asked is not None else None
    except NotFound:
        st.error(t("There is no such activity, or it is not yours to see."), icon=":material/search_off:")
        return None


def bubble(counts: dict[str, int]) -> str | None:
    shown = [code for code in BUBBLES if counts[code] or code == st.query_params.get("loc-phoi-hop")]
    return address.bubbles("loc-phoi-hop", {code: f"{t(BUBBLE_LABELS[code])} {number(counts[code])}" for code in shown})


def the_list(revision: int, asked: Asked, total: int, *, narrow: bool) -> int | None:
    place = st.container()
    offset = lists.pager(total, SIZE, "joint.page")
    what = ("ledger.page", current.account_id, asked, offset, language())
    # Narrowed by a number, the list changes whenever that number does.
    found = listed(asked, offset) if asked.counted else kept(current, revision, what, lambda: listed(asked, offset))
    columns = {
        "number": st.column_config.TextColumn(t("Number"), width=110),
        "on": st.column_config.TextColumn(t("Day"), width=85),
        "what": st.column_config.TextColumn(t("Activity"), width="large"),
        "state": st.column_config.TextColumn(t("State"), width=130),
        "host": st.column_config.TextColumn(t("Host"), width="medium"),
        "parties": st.column_config.TextColumn(t("Partners"), width="medium"),
    }
    if narrow:
        columns = {name: columns[name] for name in ("on", "what", "state")}
        columns["what"] = st.column_config.TextColumn(t("Activity"), width="medium")
    with place:
        return lists.table([row for _, row in found], columns, [number for number, _ in found], "joint.table")


def listed(asked: Asked, offset: int) -> list[tuple[int | None, dict[str, str]]]:
    """A page of the ledger: (id, its cells)."""
    return [(view.activity.id, shown(view)) for view in ledger.activities(current, asked, SIZE, offset)]


def shown(view: View) -> dict[str, str]:
    row = view.activity
    return {
        "number": row.number,
        "on": date(row.occurred_on),
        "what": view.title or joint_view.kind_label(current, view),
        "host": row.host_name,
        "state": joint_view.standing(view),
        "parties": "; ".join(side.party.name for side in view.sides),
    }


def nothing(asked: Asked, period: Period, offered: joint_figures.Choices) -> None:
    """An honest empty state, with the way to where there is something."""
    if offered.first is None:
        share = t("Share a record from its own page, or enter a patrol, a meeting or a training.")
        page.empty(t("The joint ledger is empty."), share if current.may(Permission.SHARE_PROPOSE) else "")
        return
    page.empty(t("Nothing in this period fits."), t("Change the filters or the period."))
    if there := joint_filters.latest(current, asked, period):
        said = t("Go to {period}, the latest with data", period=periods.name(there))
        st.button(said, key="joint.latest", icon=":material/history:", on_click=periods.go_to, args=(there,))


def figures(asked: Asked, period: Period, waiting: int, revision: int) -> None:
    counts = kept(
        current, revision, ("ledger", asked, period), lambda: joint_figures.ledger_counts(current, asked, period)
    )
    joint_chart.cards(counts, waiting)
    joint_chart.bars(current, counts, revision)


def enter_button(where: DeltaGenerator) -> None:
    if current.may(Permission.SHARE_PROPOSE) and where.button(
        t("Enter activity"), key="joint.new", type="primary", icon=":material/add:"
    ):
        forms.open_form(current, "joint.new", values={"started_at": current.now().replace(second=0, microsecond=0)})


def overview(view: View | None) -> None:
    """Filters, then figures with the list, or the list with the open activity beside it."""
    said = t("What organisations and their partners did together, as far as it is shared with you.")
    enter_button(page.head(current, t("Joint work"), said))
    forms.closed(current)
    revision = revision_of(current)
    live.follow(current.organisation_id or 0, revision)
    plan_asked.listed(current)
    if behind := counted.read(current, "joint_activity"):
        counted.chip(current, behind)
        asked = Asked(counted=behind)
        list_and_record(revision, asked, ledger.bubble_counts(current, asked), view)
        return
    asked, period, offered = joint_filters.row(current, revision)
    what = ("ledger.bubbles", current.account_id, asked)
    counts = kept(current, revision, what, lambda: ledger.bubble_counts(current, asked))
    if not counts[""]:
        nothing(asked, period, offered)
    elif view is None:
        figures(asked, period, counts["to_release"] + counts["to_answer"], revision)
    list_and_record(revision, asked, counts, view)


def list_and_record(revision: int, asked: Asked, counts: dict[str, int], view: View | None) -> None:
    chosen = bubble(counts) if counts[""] else None
    left, right = page.beside(view is not None)
    picked = None
    if left is not None and counts[""]:
        with left:
            picked = the_list(revision, replace(asked, bubble=chosen), counts[chosen or ""], narrow=view is not None)
    if picked and picked != (view.activity.id if view else None):
        st.query_params["id"] = str(picked)
        st.rerun()
    if right is not None and view is not None:
        with right.container(border=True):
            if lists.record_head(view.activity.number, "joint"):
                lists.untick("joint.table")
                st.rerun()
            joint_view.show(current, view)


found, planned = opened(), plan_asked.opened(current)
if planned:
    plan_asked.show(current, planned)
elif forms.is_open(current, "joint.new"):
    joint_forms.entry(current)
elif found and found.editable and forms.is_open(current, "joint.text"):
    joint_forms.text(current, found)
elif found and forms.is_open(current, f"joint.invite.{found.activity.id}"):
    joint_forms.invite(current, found)
else:
    overview(found)
