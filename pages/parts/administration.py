"""The rooms of the administration page: accounts, units, organisations, the security log."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from models import account_admin, organisation, security
from models.access import Current, Permission, Refusal, Role
from models.account import Account, AccountDraft
from models.account_admin import roles_of
from models.catalogue import entries
from models.organisation import MergerDraft, Organisation, OrganisationDraft, UnitDraft
from models.security import SecurityEvent
from pages.parts import forms, lists, page, small_form
from pages.parts.fields import ENUM_LABELS
from pages.parts.refusals import explain
from pages.parts.words import N_, date, label, moment, plain, t, where_from

EVENTS = {
    SecurityEvent.SIGNED_IN: N_("signed in"),
    SecurityEvent.SIGN_IN_FAILED: N_("wrong password"),
    SecurityEvent.LOCKED: N_("refused while locked"),
    SecurityEvent.SIGNED_OUT: N_("signed out"),
    SecurityEvent.SESSION_ENDED: N_("ended a sign-in"),
    SecurityEvent.PASSWORD_CHANGED: N_("changed the password"),
    SecurityEvent.REFUSED: N_("asked for what the account may not do"),
    SecurityEvent.EXPORTED: N_("exported"),
    SecurityEvent.DISPLAY_ISSUED: N_("issued a wall screen"),
    SecurityEvent.DISPLAY_OPENED: N_("opened a wall screen"),
    SecurityEvent.DISPLAY_REFUSED: N_("tried a wrong code for a wall screen"),
    SecurityEvent.DISPLAY_ENDED: N_("ended a wall screen"),
}
_SHOWN_ONCE = "administration.one_time"


def _try(do: Callable[[], Any], done: str) -> None:
    """One verb behind a button: says what happened, or why not."""
    try:
        do()
    except Refusal as refusal:
        st.error(explain(refusal), icon=":material/error:")
    else:
        page.done(done)
        st.rerun()


def _one_time(name: str, plain_password: str) -> None:
    """Keep a one-time password for the one rerun that shows it."""
    st.session_state[_SHOWN_ONCE] = (name, plain_password)


def _show_one_time() -> None:
    if kept := st.session_state.get(_SHOWN_ONCE):
        name, secret = kept
        with st.container(border=True):
            st.markdown(
                t("The one-time password of **{name}**. It shows only now; hand it over in person.", name=plain(name))
            )
            st.code(secret, language=None)
            if st.button(t("I have noted it"), key="administration.noted", type="primary"):
                del st.session_state[_SHOWN_ONCE]
                st.rerun()


# ---- accounts -------------------------------------------------------------------------------------------------------
def accounts(current: Current) -> None:
    """The own organisation's accounts: open, amend, deactivate, reset."""
    _show_one_time()
    roles = {"role": {role.value: t(ENUM_LABELS[role.value]) for role in roles_of(current.organisation_kind)}}
    rows = account_admin.accounts(current)
    if forms.is_open(current, "account.new"):
        return _account_form(current, None, roles)
    if st.button(t("Open account"), key="accounts.new", type="primary", icon=":material/person_add:"):
        forms.open_form(current, "account.new")
    shown = [_account_line(current, row) for row in rows]
    columns = {"name": t("Account"), "full_name": t("Full name"), "role": t("Role"), "state": t("State")}
    picked = lists.table(shown, columns, [row.id for row in rows], "accounts.table")
    chosen = next((row for row in rows if row.id == picked), None)
    if chosen:
        _one_account(current, chosen, roles)
    return None


def _account_line(current: Current, row: Account) -> dict[str, str]:
    state = (
        t("deactivated")
        if not row.active
        else t("first password not changed yet")
        if row.must_change_password
        else t("active")
    )
    return {
        "name": f"{row.name}@{current.organisation_code}",
        "full_name": row.full_name,
        "role": t(ENUM_LABELS[row.role]),
        "state": state,
    }


def _account_form(current: Current, row: Account | None, roles: dict[str, Any]) -> None:
    form = forms.Form(
        current,
        AccountDraft,
        form="account.edit" if row else "account.new",
        key="account",
        choices=roles,
        row=row,
        small=True,
    )
    form.fields("full_name", *(() if row else ("name",)), "role")

    def save(draft: AccountDraft) -> tuple[Account, str]:
        if row is None:
            return account_admin.open_account(current, draft, nonce=form.nonce)
        return account_admin.amend_account(current, row.id, draft, form.seen or 0), ""  # type: ignore[arg-type]

    if saved := form.submit(t("Save"), save):
        if saved[1]:
            _one_time(f"{saved[0].name}@{current.organisation_code}", saved[1])
        page.done(t("Saved."))
        st.rerun()


def _one_account(current: Current, row: Account, roles: dict[str, Any]) -> None:
    with st.container(border=True):
        st.markdown(f"**{plain(row.full_name)}** · {plain(row.name)}@{plain(current.organisation_code)}")
        if forms.is_open(current, "account.edit"):
            return _account_form(current, row, roles)
        line = st.container(horizontal=True)
        if line.button(t("Edit"), key="account.edit", icon=":material/edit:"):
            forms.open_form(current, "account.edit", row)
        if line.button(t("New one-time password"), key="account.reset", icon=":material/key:"):
            _reset(current, row)
        if line.button(t("Lift lock"), key="account.lift", icon=":material/lock_open:"):
            _try(lambda: account_admin.lift_lock(current, row.id), t("The lock is lifted."))  # type: ignore[arg-type]
        if row.id != current.account_id:
            text = t("Deactivate") if row.active else t("Let in again")
            if line.button(
                text, key="account.active", icon=":material/person_off:" if row.active else ":material/person:"
            ):
                _try(lambda: account_admin.set_active(current, row.id, active=not row.active), t("Saved."))  # type: ignore[arg-type]
    return None


def _reset(current: Current, row: Account) -> None:
    def do() -> None:
        _one_time(f"{row.name}@{current.organisation_code}", account_admin.reset_password(current, row.id))  # type: ignore[arg-type]

    _try(do, t("The account has a new one-time password; its sign-ins have ended."))


# ---- units ----------------------------------------------------------------------------------------------------------
def units(current: Current) -> None:
    """Units with the dates between which each bears its name."""
    rows = organisation.units(current)
    names = {row.id: row.name for row in rows}
    picked_form = forms.is_open(current, "unit.new")
    if picked_form:
        return _unit_form(current, None)
    if st.button(t("Add unit"), key="units.new", type="primary", icon=":material/add:"):
        forms.open_form(current, "unit.new")
    if not rows:
        return page.empty(
            t("There are no units yet."),
            t("Add the divisions and venues of your organisation; records can then be told apart by unit."),
        )
    shown = [
        {
            "name": row.name,
            "from": date(row.valid_from),
            "to": date(row.valid_to),
            "into": names.get(row.successor_id, ""),
        }
        for row in rows
    ]
    columns = {"name": t("Name"), "from": t("Exists from"), "to": t("Exists until"), "into": t("Merged into")}
    picked = lists.table(shown, columns, [row.id for row in rows], "units.table")
    if chosen := next((row for row in rows if row.id == picked), None):
        with st.container(border=True):
            if forms.is_open(current, "unit.edit"):
                return _unit_form(current, chosen)
            st.markdown(f"**{plain(chosen.name)}**")
            if st.button(t("Edit"), key="unit.edit", icon=":material/edit:"):
                forms.open_form(current, "unit.edit", chosen)
    return None


def _unit_form(current: Current, row: Any) -> None:
    form = forms.Form(current, UnitDraft, form="unit.edit" if row else "unit.new", key="unit", row=row, small=True)
    form.field("name")
    form.fields("valid_from", "valid_to", columns=2)
    form.field("successor_id")
    saved = form.submit(
        t("Save"),
        lambda draft: organisation.save_unit(
            current, draft, row.id if row else None, form.seen, nonce=None if row else form.nonce
        ),
    )
    if saved:
        page.done(t("Saved."))
        st.rerun()


# ---- organisations --------------------------------------------------------------------------------------------------
def organisations(current: Current) -> None:
    """Every organisation with kind, parent and validity, and its first administrator. No records."""
    _show_one_time()
    rows = organisation.organisations(current)
    tree = {"organisation": {row.id: row.name for row in rows}}
    if forms.is_open(current, "organisation.new"):
        return _organisation_form(current, None, tree)
    if st.button(t("Add organisation"), key="organisations.new", type="primary", icon=":material/add_business:"):
        forms.open_form(current, "organisation.new")
    kinds = entries(current, "organisation_kind")
    shown = [
        {
            "code": row.code,
            "name": row.name,
            "kind": label(kinds, row.kind),
            "under": tree["organisation"].get(row.parent_id, ""),
            "valid": f"{date(row.valid_from)} – {date(row.valid_to)}" if row.valid_from or row.valid_to else "",
        }
        for row in rows
    ]
    columns = {"code": t("Code"), "name": t("Name"), "kind": t("Kind"), "under": t("Under"), "valid": t("Validity")}
    picked = lists.table(shown, columns, [row.id for row in rows], "organisations.table")
    if chosen := next((row for row in rows if row.id == picked), None):
        _one_organisation(current, chosen, tree)
    return None


def _organisation_form(current: Current, row: Organisation | None, tree: dict[str, Any]) -> None:
    form = forms.Form(
        current,
        OrganisationDraft,
        form="organisation.edit" if row else "organisation.new",
        key="organisation",
        choices=tree,
        row=row,
        small=True,
    )
    form.fields("name", "short_name", columns=2)
    if row is None:
        form.field("code")
    form.fields("kind", "parent_id", "valid_from", "valid_to", "model_started_on", columns=2)

    def save(draft: OrganisationDraft) -> Organisation:
        if row is None:
            return organisation.found_organisation(current, draft, nonce=form.nonce)
        return organisation.amend_organisation(current, row.id, draft, form.seen or 0)  # type: ignore[arg-type]

    if form.submit(t("Save"), save):
        page.done(t("Saved."))
        st.rerun()


def _one_organisation(current: Current, row: Organisation, tree: dict[str, Any]) -> None:
    with st.container(border=True):
        st.markdown(f"**{plain(row.name)}** · {plain(row.code)}")
        if forms.is_open(current, "organisation.edit"):
            return _organisation_form(current, row, tree)
        if forms.is_open(current, "organisation.administrator"):
            return _administrator_form(current, row)
        line = st.container(horizontal=True)
        if line.button(t("Edit"), key="organisation.edit", icon=":material/edit:"):
            forms.open_form(current, "organisation.edit", row)
        if line.button(
            t("Open its first administrator"), key="organisation.administrator", icon=":material/person_add:"
        ):
            forms.open_form(current, "organisation.administrator", row)
        others = {one: name for one, name in tree["organisation"].items() if one != row.id}
        with line:
            small_form.ask(
                current,
                f"organisation.merge.{row.id}",
                t("Merge into another organisation"),
                MergerDraft,
                lambda asked: organisation.merge_organisation(current, row.id, asked, row.version),  # type: ignore[arg-type]
                choices={"organisation": others},
                done=t("The organisation is merged; its figures stand under its successor from that day on."),
                icon=":material/merge:",
            )
    return None


def _administrator_form(current: Current, row: Organisation) -> None:
    form = forms.Form(
        current,
        AccountDraft,
        form="organisation.administrator",
        key="administrator",
        choices={"role": {Role.ADMINISTRATOR.value: t(ENUM_LABELS["administrator"])}},
        subject_id=row.id,
        values={"role": Role.ADMINISTRATOR.value},
        small=True,
    )
    form.fields("full_name", "name")

    def save(draft: AccountDraft) -> tuple[Account, str]:
        return account_admin.open_first_account(current, row.id, draft, nonce=form.nonce)  # type: ignore[arg-type]

    if saved := form.submit(t("Open account"), save):
        _one_time(f"{saved[0].name}@{row.code}", saved[1])
        page.done(t("Saved."))
        st.rerun()


# ---- the security log -------------------------------------------------------------------------------------------------
def security_log(current: Current) -> None:
    """Sign-ins, failures and refusals, newest first."""
    rows = security.security_log(current)
    if not rows:
        return page.empty(t("Nothing has been logged yet."))
    everybodys = current.may(Permission.ORGANISATION_MANAGE)  # names are an organisation's own: say whose
    codes = {row.id: row.code for row in organisation.organisations(current)} if everybodys else {}
    shown = [
        {
            "at": moment(row.at, current),
            "who": row.who,
            **({"organisation": codes.get(row.organisation_id, "")} if everybodys else {}),
            "event": t(EVENTS[SecurityEvent(row.event)]),
            "address": where_from(row.address),
            "detail": row.detail,
        }
        for row in rows
    ]
    st.dataframe(
        shown,
        hide_index=True,
        key="security_log.table",
        column_config={
            "at": t("Time"),
            "who": t("Who"),
            "organisation": t("Organisation"),
            "event": t("What"),
            "address": t("Address"),
            "detail": t("Detail"),
        },
    )
    return None
