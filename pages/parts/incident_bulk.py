"""One change for everything that a filter finds: owner, state or due date, each record with its own history."""

import secrets
from collections.abc import Callable

import streamlit as st

from models import account_admin, guard, incident_desk
from models.access import Current, Refusal
from models.catalogue import Entry, entries
from models.draft import Draft, valid
from models.incident_life import ExtendDraft, draft_for
from models.incident_search import Filter
from pages.parts import guarding
from pages.parts.refusals import explain
from pages.parts.words import N_, label, number, plain, t


def show(current: Current, asked: Filter, total: int) -> None:
    """One change for everything that the filter finds, each with its own history."""
    said = t("Change all {count}", count=number(total))
    with st.popover(said, icon=":material/edit_note:", key="incidents.bulk", on_change="rerun") as opened:
        if not opened.open:  # what nobody sees is neither asked nor sent
            return
        what = st.segmented_control(
            t("What to change"),
            ["owner", "state", "due"],
            format_func=lambda one: t(_BULK[one]),
            default="owner",
            key="incidents.bulk.what",
            required=True,
        )
        st.caption(t("Applies to all {count} incidents of this list, not only to this page.", count=number(total)))
        {"owner": _bulk_owner, "state": _bulk_state, "due": _bulk_due}[what or "owner"](current, asked)


_BULK = {"owner": N_("Owner"), "state": N_("State"), "due": N_("Due date")}


def _bulk_owner(current: Current, asked: Filter) -> None:
    names = dict(account_admin.colleagues(current))
    chosen = st.selectbox(
        t("New owner"),
        list(names),
        index=None,
        format_func=lambda one: names[one],
        key="incidents.bulk.owner",
        placeholder=t("Choose"),
    )
    if st.button(t("Change"), key="incidents.bulk.owner.send", type="primary", disabled=chosen is None):
        _run(lambda nonce: incident_desk.assign_all(current, asked, chosen, nonce=nonce))


def _bulk_state(current: Current, asked: Filter) -> None:
    states = {code: one for code, one in entries(current, "incident_state").items() if _asks_only_for_words(one)}
    chosen = st.selectbox(
        t("New state"),
        list(states),
        index=None,
        format_func=lambda code: label(states, code),
        key="incidents.bulk.state",
        placeholder=t("Choose"),
    )
    if chosen and (watched := incident_desk.watched(current, asked, chosen)):
        said = t(
            "{count} latent case(s) still watched will be left alone: please settle each by itself, with what became of it.",
            count=number(watched),
        )
        st.warning(said, icon=":material/visibility:")
    note = st.text_area(t("Note or conclusion"), key="incidents.bulk.note")
    typed = guarding.Typed(t("Note or conclusion"), note, widget="incidents.bulk.note")
    reason = guarding.ask("incidents.bulk", [typed])
    if st.button(t("Change"), key="incidents.bulk.state.send", type="primary", disabled=chosen is None) and chosen:
        cls = draft_for(states[chosen], reopens=False)
        words = {"conclusion": note} if "conclusion" in cls.model_fields else {"note": note}
        _run(lambda nonce: incident_desk.move_all(current, asked, chosen, valid(cls, words), nonce=nonce), cls, reason)


def _asks_only_for_words(state: Entry) -> bool:
    """A transfer names its body and document for each incident: that is no change for many at once."""
    fields = draft_for(state, reopens=False).model_fields
    return {name for name, field in fields.items() if field.is_required()} <= {"conclusion", "note"}


def _bulk_due(current: Current, asked: Filter) -> None:
    day = st.date_input(t("New due date"), None, key="incidents.bulk.due", format="DD/MM/YYYY")
    basis = st.text_area(t("On what basis"), key="incidents.bulk.basis")
    typed = guarding.Typed(t("On what basis"), basis, widget="incidents.bulk.basis")
    reason = guarding.ask("incidents.bulk", [typed])
    if st.button(t("Change"), key="incidents.bulk.due.send", type="primary", disabled=day is None):
        draft = lambda: valid(ExtendDraft, {"due_on": day, "due_basis": basis})  # noqa: E731
        _run(lambda nonce: incident_desk.extend_all(current, asked, draft(), nonce=nonce), ExtendDraft, reason)


def _run(change: Callable[[str], incident_desk.Done], cls: type[Draft] | None = None, reason: str = "") -> None:
    nonce = st.session_state.setdefault("incidents.bulk.nonce", secrets.token_urlsafe(16))
    try:
        with guard.despite(reason):
            done = change(nonce)
    except Refusal as refusal:
        st.error(explain(refusal, cls), icon=":material/error:")
        return
    del st.session_state["incidents.bulk.nonce"]
    st.success(t("Changed: {count}.", count=number(done.changed)))
    if done.refused:
        st.warning(t("Left alone: {count}.", count=number(len(done.refused))))
        for quoted, why in list(done.refused.items())[:20]:
            st.caption(f"{plain(quoted)}: {plain(explain(why, cls))}")
