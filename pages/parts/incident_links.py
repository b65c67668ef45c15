"""What a record is linked with, the same for incidents, events and rounds; and the incidents that may tell of the same thing.

`incident_links.show(current, "event", row)` draws the links of a record with the box that adds one.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from models import duplicate, link
from models.access import Current, Permission, Refusal
from models.catalogue import entries
from models.draft import valid
from models.duplicate import Account, Alike
from models.incident import Incident
from models.link import DUPLICATE, LinkDraft, Linked
from pages.parts import page
from pages.parts.kept import kept, revision_of
from pages.parts.refusals import explain
from pages.parts.words import N_, date, label, moment, plain, t

FILES = {"incident": "incidents.py", "event": "events.py", "inspection_round": "inspections.py"}
ICONS = {
    "incident": ":material/report:",
    "event": ":material/account_balance:",
    "inspection_round": ":material/fact_check:",
}
KINDS = {"incident": N_("Incident"), "event": N_("Event"), "inspection_round": N_("Inspection round")}


def show(current: Current, subject: str, row: Any) -> None:
    """The links of one record, and the box that adds one where the account may."""
    may = current.may(Permission.RECORD_WRITE)
    if may:
        _box(current, subject, row)
    found = link.links(current, subject, row.id)
    if not found:
        st.caption(t("Not linked with any incident, event or round."))
    for one in found:
        _linked(current, one, may=may)


def _box(current: Current, subject: str, row: Any) -> None:
    """One line: a number and Enter."""
    key = f"{subject}.link"
    if st.session_state.pop(f"{key}.saved", False) or page.is_another(key):
        st.session_state[key] = ""
    with st.form(f"{key}.form", border=False):
        line = st.container(horizontal=True, vertical_alignment="bottom")
        typed = line.text_input(
            t("Number of the other record"),
            key=key,
            placeholder="VV-2026-0031",
            help=t(LinkDraft.model_fields["number"].description or ""),
        )
        sent = line.form_submit_button(t("Link"), key=f"{key}.send", icon=":material/add_link:")
    if sent and typed.strip():
        _do(lambda: link.add_link(current, subject, row.id, valid(LinkDraft, {"number": typed})), f"{key}.saved")


def _do(act: Callable[[], object], mark: str = "") -> None:
    """One verb; says why not, or draws the page anew."""
    try:
        act()
    except Refusal as refusal:
        st.error(explain(refusal), icon=":material/error:")
        return
    if mark:
        st.session_state[mark] = True
    page.done(t("Saved."))
    st.rerun()


# ---- one linked record ------------------------------------------------------------------------------------------------
def _linked(current: Current, one: Linked, *, may: bool) -> None:
    with st.container(border=True, gap="small"):
        line = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
        line.page_link(
            FILES[one.subject],
            label=plain(one.row.number),
            icon=ICONS[one.subject],
            query_params={"id": str(one.row.id)},
        )
        if may and line.button(
            "",
            key=f"link.remove.{one.link.id}",
            icon=":material/link_off:",
            type="tertiary",
            help=t("Take this link away"),
        ):
            _do(lambda: link.remove_link(current, one.link.id))  # type: ignore[arg-type]
        st.markdown(plain(what(current, one.subject, one.row)))
        said = [t(KINDS[one.subject]), when(current, one.subject, one.row), state(current, one.subject, one.row)]
        if one.link.kind == DUPLICATE:
            said.insert(0, f"**{t('This repeats it') if one.here_is_duplicate else t('It repeats this one')}**")
        st.caption(" · ".join(part for part in said if part))


def what(current: Current, subject: str, row: Any) -> str:
    """What a record is about, in a few words."""
    if subject == "inspection_round":
        said = label(entries(current, "inspection_subject"), row.subject)
        return f"{said}: {row.area}" if row.area else said
    text: str = row.summary if subject == "incident" else row.name
    return text


def when(current: Current, subject: str, row: Any) -> str:
    if subject == "inspection_round":
        return date(row.done_on or row.planned_on)
    return moment(row.occurred_at if subject == "incident" else row.starts_at, current)


def state(current: Current, subject: str, row: Any) -> str:
    """Where a record stands, in the words of its own page."""
    if subject == "event":
        from pages.parts import event_view

        return t(event_view.TIMES[event_view.time_of(current, row)][0])
    catalogue = "incident_state" if subject == "incident" else "round_state"
    return label(entries(current, catalogue), row.state)


# ---- possible duplicates ----------------------------------------------------------------------------------------------
def repeats(current: Current, row: Incident) -> None:
    """Over the steps: that this incident repeats another one, or those it may repeat."""
    what = ("incident.repeats", current.account_id, row.id)
    original, alike = kept(current, revision_of(current), what, lambda: _repeats(current, row.id or 0))
    if original:
        st.page_link(
            "incidents.py",
            label=t("Duplicate of {number}", number=f"**{plain(original.number)}**"),
            icon=":material/content_copy:",
            query_params={"id": str(original.id)},
        )
        st.caption(t("It still counts in the figures until a head finds it not confirmed."))
    if alike:
        with st.container(border=True, gap="small"):
            st.markdown(f":orange[:material/content_copy:] **{t('May already be entered')}**")
            for one in alike:
                _twin(current, row, one)


def _repeats(current: Current, incident_id: int) -> tuple[Incident | None, list[Incident]]:
    """What it is a duplicate of, and what it may be one of: for those who may say so."""
    may = current.may(Permission.RECORD_WRITE)
    found = duplicate.possible_duplicates(current, incident_id) if may else []
    return link.original(current, incident_id), [one.incident for one in found]


def _twin(current: Current, row: Incident, other: Incident) -> None:
    """The later of the two is the one that repeats."""
    _mention(current, st, other)
    first, second = sorted((row, other), key=lambda one: one.id or 0)
    line = st.container(horizontal=True, gap="small")
    if line.button(
        t("Merge by a link"),
        key=f"incident.duplicate.{other.id}",
        icon=":material/merge:",
        help=t(
            "Marks {second} as a duplicate of {first}. Both stay, and both count until a head finds one not confirmed.",
            second=second.number,
            first=first.number,
        ),
    ):
        _do(lambda: link.mark_duplicate(current, second.id, first.id))  # type: ignore[arg-type]
    if line.button(
        t("Not the same"), key=f"incident.distinct.{other.id}", icon=":material/difference:", type="tertiary"
    ):
        _do(lambda: link.mark_distinct(current, row.id, other.id))  # type: ignore[arg-type]


def _mention(current: Current, where: Any, other: Incident) -> None:
    """The number as a link; what it is about below, since a link is cut at the end of its line."""
    where.page_link(
        "incidents.py",
        label=f"{plain(other.number)} · {moment(other.occurred_at, current)}",
        icon=ICONS["incident"],
        query_params={"id": str(other.id)},
    )
    where.caption(" · ".join(plain(part) for part in (other.place, other.summary) if part))


def while_typing(current: Current, where: DeltaGenerator, values: dict[str, Any]) -> None:
    """On the form of a new incident, once it says what happened and when: the incidents that may be the same."""
    summary, occurred_at = (values.get("summary") or "").strip(), values.get("occurred_at")
    if len(summary) < 3 or occurred_at is None:
        return
    account = Account(summary[:300], occurred_at, values.get("place") or "", values.get("unit_id"))
    found: list[Alike] = duplicate.alike(current, account)
    if not found:
        return
    with where.container(border=True, gap="small"):
        st.markdown(f":orange[:material/content_copy:] **{t('May already be entered')}**")
        for one in found:
            _mention(current, st, one.incident)
        st.caption(t("Look first. What you typed is kept: the browser's back button returns to it."))
