"""Statements (tường trình) on the page: writing one, the list of those that hang on nothing, and the tab of an incident."""

import streamlit as st

from models import draft, statement
from models.access import Current, NotFound, Permission, Refusal
from models.draft import ReasonDraft
from models.incident import Incident
from models.organisation import units
from models.statement import AttachStatementDraft, Statement, StatementDraft
from pages.parts import forms, incident_gate, lists, page
from pages.parts.lasting import lasting
from pages.parts.refusals import explain
from pages.parts.words import moment, number, plain, t

NEW, TO_INCIDENT = "statement.new", "incident.statement"  # the forms; the second makes an incident of a statement
ADDRESS, ALL = "tuong-trinh", "tat-ca"
SHORT = 90


# ---- writing one ------------------------------------------------------------------------------------------------------
def open_new(current: Current, incident: Incident | None = None) -> None:
    """Start a draft; the address keeps it."""
    now = current.now().replace(second=0, microsecond=0)
    first = {"seen_at": incident.occurred_at if incident else now, "place": incident.place if incident else ""}
    forms.open_form(current, NEW, incident, first)


def write(current: Current) -> None:
    """The form. The draft in the address says which incident it was begun at, if any."""
    incident_id = _subject(current)
    page.head(
        current,
        t("Write a statement"),
        t("In one's own words, apart from the official record. Once signed it stays as it is."),
    )
    form = forms.Form(current, StatementDraft, form=NEW, key="statement", subject_id=incident_id)
    form.fields("seen_at", "place", "witness", "unit_id", columns=2)
    form.fields("words", "confidential")
    signed = form.submit(
        t("Sign"),
        lambda asked: statement.sign(current, asked, incident_id, nonce=form.nonce),
        icon=":material/draw:",
    )
    if signed:
        page.done(t("Signed as {number}.", number=signed.number))
        if incident_id is None:
            st.query_params[ADDRESS] = str(signed.id)
        else:
            st.session_state[incident_gate.OPEN_TAB] = "statements"
        st.rerun()


def _subject(current: Current) -> int | None:
    kept = draft.kept(current, st.query_params.get(forms.ADDRESS, ""))
    return kept.subject_id if kept else None


def source(current: Current) -> Statement | None:
    """The statement of which the form in the address makes an incident; None where that is no such form."""
    if not current.may(Permission.INCIDENT_JUDGE) or not forms.is_open(current, TO_INCIDENT):
        return None
    try:
        return statement.statement(current, _subject(current) or 0)
    except NotFound:
        return None


# ---- the list ---------------------------------------------------------------------------------------------------------
def buttons(current: Current) -> None:
    """Beside the head of the incidents: write one, and see those that hang on nothing."""
    if current.may(Permission.RECORD_WRITE) and st.button(
        t("Write a statement"), key="statements.new", icon=":material/history_edu:"
    ):
        open_new(current)
    what = ("statements.loose", current.account_id)
    if (loose := lasting(current, frozenset(), what, lambda: statement.loose_count(current))) and st.button(
        t("Loose statements ({count})", count=number(loose)), key="statements.all", type="tertiary"
    ):
        st.query_params[ADDRESS] = ALL
        st.query_params.pop("id", None)
        st.rerun()


def asked() -> bool:
    """Whether the address asks for statements."""
    return ADDRESS in st.query_params


def room(current: Current) -> None:
    """The statements that hang on no incident, and the one in the address."""
    actions = page.head(
        current,
        t("Statements"),
        t("Those that hang on no incident yet. A statement is no part of the official record."),
    )
    if actions.button(t("Back to incidents"), key="statements.back", icon=":material/arrow_back:"):
        st.query_params.pop(ADDRESS, None)
        st.rerun()
    if current.may(Permission.RECORD_WRITE) and actions.button(
        t("Write a statement"), key="statements.new", type="primary", icon=":material/history_edu:"
    ):
        open_new(current)
    _unfinished(current)
    opened = _opened(current)
    left, right = page.beside(opened is not None)
    if left is not None:
        with left:
            _table(current, opened)
    if right is not None and opened is not None:
        with right.container(border=True):
            _one(current, opened)


def _unfinished(current: Current) -> None:
    """What one began and did not sign."""
    for begun in draft.unfinished(current, NEW)[:5]:
        words = " ".join(str(begun.values.get("words") or "").split())
        said = f"{t('Draft of {at}', at=moment(begun.changed_at, current))} · {_cut(words)}"
        if words and st.button(
            plain(said), key=f"statements.draft.{begun.id}", icon=":material/edit_note:", type="tertiary"
        ):
            st.query_params.pop(ADDRESS, None)
            st.query_params[forms.ADDRESS] = begun.id
            st.rerun()


def _opened(current: Current) -> Statement | None:
    asked_id = st.query_params.get(ADDRESS, "")
    if asked_id == ALL:
        return None
    try:
        return statement.statement(current, int(asked_id) if asked_id.isdecimal() and len(asked_id) < 10 else 0)
    except NotFound:
        st.error(t("There is no such statement, or it is not yours to see."), icon=":material/search_off:")
        return None


def _table(current: Current, opened: Statement | None) -> None:
    rows = statement.loose_statements(current)
    if not rows:
        page.empty(t("No loose statements."), t("Each one hangs on an incident, or none was written yet."))
        return
    columns = {
        "number": st.column_config.TextColumn(t("Number"), width=110),
        "seen": st.column_config.TextColumn(t("Seen at"), width=125),
        "words": st.column_config.TextColumn(t("In short"), width="large"),
    }
    shown = [{"number": r.number, "seen": moment(r.seen_at, current), "words": _cut(r.words)} for r in rows]
    picked = lists.table(shown, columns, [row.id for row in rows], "statements.table")
    if picked and picked != (opened.id if opened else None):
        st.query_params[ADDRESS] = str(picked)
        st.rerun()


def _cut(words: str) -> str:
    return words if len(words) <= SHORT else f"{words[:SHORT].rpartition(' ')[0] or words[:SHORT]}…"


# ---- one of them ------------------------------------------------------------------------------------------------------
def _one(current: Current, row: Statement) -> None:
    """One statement with what may be done to it."""
    line = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
    line.subheader(row.number, anchor=False, width="content")
    if line.button(t("Close"), key="statement.close_view", icon=":material/close:", type="tertiary"):
        lists.untick("statements.table")
        st.query_params[ADDRESS] = ALL
        st.rerun()
    _text(current, row)
    if row.incident_id is not None:
        _where_it_hangs(current, row)
    elif current.may(Permission.RECORD_WRITE):
        with st.container(horizontal=True):
            forms.ask(
                current,
                f"statement.attach.{row.id}",
                t("Hang it on an incident"),
                AttachStatementDraft,
                lambda asked: _hung(current, row, asked),
                icon=":material/attach_file:",
            )
            if current.may(Permission.INCIDENT_JUDGE) and st.button(
                t("Make an incident of it"), key="statement.to_incident", icon=":material/add:"
            ):
                st.query_params.pop(ADDRESS, None)
                forms.open_form(current, TO_INCIDENT, row, statement.offered(current, row.id))  # type: ignore[arg-type]


def _hung(current: Current, row: Statement, asked: AttachStatementDraft) -> None:
    found = statement.attach_by_number(current, row.id, asked)  # type: ignore[arg-type]
    st.query_params.pop(ADDRESS, None)
    st.query_params["id"] = str(found.incident_id)


def _where_it_hangs(current: Current, row: Statement) -> None:
    found = statement.incident_of(current, row.id)  # type: ignore[arg-type]
    if found is None:
        st.caption(t("It hangs on an incident that you may not see."))
        return
    st.page_link(
        "incidents.py",
        label=f"**{plain(found.number)}** · {plain(found.summary)}",
        icon=":material/report:",
        query_params={"id": str(found.id)},
    )


def _text(current: Current, row: Statement) -> None:
    unit = next((one.name for one in units(current) if one.id == row.unit_id), "")
    said = [t("seen {at}", at=moment(row.seen_at, current)), plain(row.place), plain(row.witness), plain(unit)]
    st.caption(" · ".join(part for part in said if part))
    st.markdown(plain(row.words))
    signed = t("Signed by {name}, {at}", name=plain(row.entered_by_name), at=moment(row.signed_at, current))
    st.caption(f":material/draw: {signed}" + (f" · {t('Confidential')}" if row.confidential else ""))


# ---- the tab of an incident -------------------------------------------------------------------------------------------
def tab(current: Current, incident: Incident) -> None:
    """What hangs on an incident, and the ways to hang more there."""
    st.caption(t("First-hand accounts, apart from the official record and unchanged since they were signed."))
    if current.may(Permission.RECORD_WRITE) and incident.closed_at is None:
        with st.container(horizontal=True):
            if st.button(t("Write a statement"), key="statement.new", icon=":material/history_edu:"):
                open_new(current, incident)
            _hang_one(current, incident)
    rows = statement.statements_of(current, incident.id)  # type: ignore[arg-type]
    if not rows:
        st.caption(t("No statement hangs on it."))
    for row in rows:
        with st.container(border=True):
            st.markdown(f"**{plain(row.number)}**")
            _text(current, row)
            if _may_detach(current, row) and incident.closed_at is None:
                forms.ask(
                    current,
                    f"statement.detach.{row.id}",
                    t("Take it off"),
                    ReasonDraft,
                    lambda asked, row_id=row.id: statement.detach_statement(current, row_id, asked),  # type: ignore[misc]
                    type="tertiary",
                    icon=":material/link_off:",
                )


def _may_detach(current: Current, row: Statement) -> bool:
    if not current.may(Permission.RECORD_WRITE):
        return False
    return row.attached_by == current.account_id or current.may(Permission.NOTE_STRIKE_ANY)


def _hang_one(current: Current, incident: Incident) -> None:
    """Choose among those that hang on nothing."""
    loose = {row.id: row for row in statement.loose_statements(current, 50)}
    if not loose:
        return
    with st.popover(t("Hang a statement here"), icon=":material/attach_file:", key="statement.hang.open"):
        chosen = st.selectbox(
            t("Statement"),
            list(loose),
            index=None,
            format_func=lambda one: (
                f"{loose[one].number} · {moment(loose[one].seen_at, current)} · {_cut(loose[one].words)}"
            ),
            key="statement.hang",
            placeholder=t("Choose"),
        )
        if not st.button(t("Hang it here"), key="statement.hang.save", type="primary", disabled=chosen is None):
            return
        try:
            statement.attach_statement(current, chosen, incident.id)  # type: ignore[arg-type]
        except Refusal as refusal:
            st.error(explain(refusal), icon=":material/error:")
        else:
            page.done(t("Saved."))
            st.rerun()
