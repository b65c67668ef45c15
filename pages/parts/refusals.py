"""What the models refuse, as sentences: what is wrong, and what to do."""

import datetime as dt
from collections.abc import Container
from typing import Any

from models.access import Denied, Invalid, NotFound, Refusal, Stale
from models.draft import N_, Draft
from models.incident import IncidentDraft
from pages.parts.words import date, number, t

SENTENCES = {
    "missing": N_("This is needed. Please fill it in."),
    "string_too_short": N_("This is too short. Please write at least {min_length} characters."),
    "string_too_long": N_("This is too long. At most {max_length} characters fit."),
    "judge_first": N_("A head first changes the complexity to complex, with the reason; then the case can be settled."),
    "outcome_of_each": N_("A latent case that is still watched: please settle it by itself, with what became of it."),
    "too_many": N_("That is too many at once ({found}). Please narrow it to at most {most}."),
    "too_long": N_("These are too many. At most {max_length} fit."),
    "string_pattern_mismatch": N_("Some characters are not allowed here. Please look at the help of this field."),
    "control_characters": N_(
        "There are invisible control characters in the text. Please type it anew instead of pasting."
    ),
    "greater_than_equal": N_("The number is too small. The least is {ge}."),
    "less_than_equal": N_("The number is too large. The most is {le}."),
    "int_type": N_("Please enter a whole number."),
    "int_parsing": N_("Please enter a whole number."),
    "int_from_float": N_("Please enter a whole number."),
    "out_of_order": N_("This lies before what it follows. Please check the dates."),
    "in_the_future": N_("This lies in the future. Please check date and time."),
    "unknown": N_("This choice is not available. Please choose another one."),
    "ended": N_("This unit no longer existed on {on}. Please choose another one."),
    "taken": N_("This is already in use. Please choose another one."),
    "fixed": N_("This cannot be changed any more."),
    "too_common": N_("This password is easy to guess. Please choose words that only you would put together."),
    "wrong_password": N_("The present password is not right. Please type it again."),
    "same_password": N_("The new password is the same as the old one. Please choose another one."),
    "passwords_differ": N_("The two new passwords differ. Please type them again."),
    "closed": N_("The file is closed. A head can reopen it with a reason."),
    "settled": N_("This is already settled."),
    "not_complete": N_("Before settling, please fill in: {missing}."),
    "no_such_move": N_("This step is not possible any more from where the record stands. Please look at it again."),
    "no_due_rule": N_("No rule gives a due date for this. Please ask your administrator."),
    "not_for_this_organisation": N_("This role does not exist in this kind of organisation."),
    "two_persons": N_("Who submitted a plan does not decide on it. Please ask another head."),
    "wrong_code": N_("The set-up code is not right. The terminal shows it at each start."),
    "locked": N_("Too many tries. Please wait 15 minutes, then try again."),
    "too_many_displays": N_("There are {most} wall screens already. End one that hangs no more."),
    "has_administrator": N_("This organisation already has an administrator, who opens further accounts."),
    "timezone_aware": N_("This is needed. Please give the time zone with it."),
    "cancelled": N_("This was cancelled, so it stays as it is."),
    "not_over": N_("The event is not over yet. Its result can be reported from its end on."),
    "already_reported": N_("Its result is reported, so it took place and cannot be cancelled."),
    "more_than_came": N_("More than came in all ({attendance}). Please check both numbers."),
    "more_than_expected": N_("More than are expected in all ({expected}). Please check both numbers."),
    "twice": N_("This stands here twice. Please remove one."),
    "plan_exists": N_("This event already has a plan. Please open that one."),
    "newer_edition": N_("There is a newer edition ({edition}) already. Please open that one."),
    "wrong_state": N_("The plan is no longer in the state for this step. Please look at it again."),
    "opinion_came": N_("Meanwhile an opinion of the police came in or was asked for. Please look at it, then decide."),
    "plan_decided": N_("The host has decided on the plan, so its opinions stay as they are."),
    "control_adds_risk": N_("After control the risk is larger than before. Please check the numbers."),
    "identity_number": N_("This looks like an identity number. Only phone numbers of offices belong here."),
    "high_risk_without_owner": N_("“{hazard}” scores {score}, which is high. Please name who is in charge of it."),
    "high_risk_without_scenario": N_(
        "“{hazard}” scores {score}, which is high. Please name the scenario that answers it."
    ),
    "scenario_not_in_plan": N_("The scenario “{name}” is not in this plan. Please add it, or choose another one."),
    "scenario_incomplete": N_("The scenario “{name}” answers a high risk. Please fill in: {field}."),
    "not_concluded": N_("The round has no conclusion yet. Conclude it first."),
    "has_visits": N_("The round has visits already, so it took place. Conclude it instead of cancelling it."),
    "line_does_not_fit": N_(
        "Line {line} does not fit. A name has 2 to 200 characters, its address after the semicolon at most 300."
    ),
    "released": N_("This is released already. A head can change what partners read."),
    "not_released": N_("This is not released, or it was withdrawn. Release it first."),
    "withdrawn": N_("The host has withdrawn this. There is nothing to answer any more."),
    "confirmed": N_("Your organisation has confirmed this already."),
    "declined": N_("Your organisation has declined this text. It can confirm a new one once the host releases it."),
    "file_empty": N_("The file is empty. Please look whether it was copied whole."),
    "file_too_large": N_("The file is too large. At most {megabytes} MB fit."),
    "file_kind": N_("Files of this kind are not taken. Photos: JPEG, PNG, WebP; documents: PDF, .docx, .xlsx."),
    "file_not_what_it_says": N_(
        "The content is not what the name's ending says. Please save it anew in the right format."
    ),
    "file_damaged": N_("The file is damaged or built unusually. Please open it, save it anew and try again."),
    "too_many_pixels": N_("The picture is larger than {millions} million pixels. Please make it smaller."),
    "moving_picture": N_("Moving pictures are not taken. Please send single photos."),
    "zip_bomb": N_("Unpacked, this document would be too large. Please save it anew without large parts."),
    "macros": N_("Documents with macros are not taken. Please save it as .docx or .xlsx without macros."),
    "file_not_a_spreadsheet": N_("This is not a spreadsheet. Please save it as .xlsx or .csv."),
    "file_old_or_locked": N_("This is an old .xls, or it has a password. Please save it as .xlsx without a password."),
    "file_encoding": N_("The letters of this file cannot be read. Please save it as .xlsx, or as .csv in UTF-8."),
    "file_no_rows": N_("There are no rows under the heading. Please look whether they stand on the first sheet."),
    "file_too_many_rows": N_("The file has more than {most} rows. Please split it."),
    "file_too_many_columns": N_("The file has more than {most} columns. Please use the template."),
    "file_heading_twice": N_("The column “{heading}” stands there twice. Please remove one."),
    "file_heading_missing": N_("These columns are missing: {missing}. Please use the headings of the template."),
    "file_rows_wrong": N_(
        "Something has changed in the meantime, and rows do not fit any more. Please look at them again."
    ),
    "cell_error": N_("A formula failed here. Please put in the value itself."),
    "not_a_moment": N_("This is not a date. Please write it as 31/12/2020 19:40."),
    "not_in_list": N_("This is not in the list. Please use a name of the sheet “Danh mục” of the template."),
    "several_in_list": N_("This name is of more than one. Please use the full one of the sheet “Danh mục”."),
    "not_yes_or_no": N_("Please write “có” or “không”."),
    "same_as_row": N_("This says the same as row {row}. Please remove one of the two."),
    "needed_when_settled": N_("This is needed for an incident that is settled. Please fill it in."),
    "only_latent_and_settled": N_("This is for latent incidents that are settled. Please leave it empty."),
    "no_room": N_("There is no room left for files. Please tell your administrator; what you typed is kept."),
    "too_many_files": N_("This record has {most} files already. Please put further ones on a record of their own."),
    "already_attached": N_("This file is attached here already as “{name}”."),
    "secrecy_unconfirmed": N_(
        "Please confirm that these are not state-secret documents; a secret one must not be entered."
    ),
    "guarded": N_(
        "This looks like a mark of secrecy, an identity number or a phone number. Take the proposal, or say why it must stay."
    ),
    "guarded_name": N_(
        "This looks like a mark of secrecy, an identity number or a phone number. Please choose another name."
    ),
    "guarded_reason": N_("The reason itself holds such a mark or number. Please say it in other words."),
    "not_the_doer": N_("Who did a task does not verify it. Please ask somebody else."),
    "no_rule_left": N_("Some incidents would have no due date any more. Please leave a rule that fits all the others."),
    "first_state": N_("Every incident begins in this state, so it stays in use."),
    "last_of_phase": N_(
        "From the first state on, an incident could no longer be settled and closed. Please leave a way."
    ),
    "phase_order": N_("“{name}” cannot stand there: the phases have a fixed order. Please leave it out."),
    "step_does_not_fit": N_(
        "Line {line} does not fit. Write what is to be done (3 to 200 characters), a semicolon, and the working days (0 to 365)."
    ),
    "mail_address": N_("This is no mail address. Please check it, for example ten@coquan.gov.vn."),
    "not_a_number": N_(
        "This is not a number of a record. Please type it like VV-2026-0031, SK-2026-0004 or KT-2026-0007."
    ),
    "no_such_number": N_("There is no {number}, or it is not yours to see. Please check the number."),
    "not_an_incident": N_("This is no incident. A statement hangs on an incident: please type its VV number."),
    "itself": N_("This is the same record. Please choose another one."),
    "too_many_links": N_("A record has at most {most} links. Please remove one first."),
    "already_duplicate": N_("This incident is already marked as a duplicate. Remove that mark first."),
    "original_is_duplicate": N_(
        "{number} is itself marked as a duplicate. Please point to the incident that it repeats."
    ),
    "signed": N_("A signed statement stays as it is. Please write a further one."),
    "attached_elsewhere": N_("This statement already hangs on an incident. A head can take it off first."),
    "struck": N_("This was struck out, so it stays as it is. Please enter it anew."),
    "training_only": N_("Guards are counted as trained at a training only. Please leave it at nought."),
    "more_than_most": N_("More than can be had ({most}). Please check both numbers."),
    "longer_than_a_year": N_("This is longer than a year. Please check both days."),
    "score_signed": N_("A signed self-score stays as it is. Strike it out first, then enter it anew."),
    "score_unsigned": N_("The self-score is not signed yet. Sign it first."),
    "score_exists": N_("There is a signed self-score of this year already. Strike that one out first."),
    "wrong_side": N_("This lies beyond the target. Please check both numbers."),
    "not_ready_to_close": N_("The file cannot be closed yet. {count} point(s) are still missing."),
    "guarded_in_file": N_(
        "This looks like a mark of secrecy, an identity number or a phone number. Take it out, or have it hidden."
    ),
    "extra_forbidden": N_("The form sent something that it does not have. Please open it anew."),
    "invalid": N_("Something does not fit. Please check what you entered."),
}
_KINDS: dict[type[Refusal], str] = {
    Denied: N_("Your account may not do this. If you need it, ask a head or your administrator."),
    NotFound: N_("This does not exist, or it is not yours to see."),
    Stale: N_("Somebody else saved in the meantime. Both texts are shown; please choose."),
}


def _fact(value: Any) -> Any:
    if isinstance(value, dt.date):
        return date(value)
    return number(value) if isinstance(value, int | float) else value


def _titles(missing: Any, cls: type[Draft] = IncidentDraft) -> Any:
    """The names of fields as their form says them, an incident's where the form has them not."""
    return ", ".join(_title(name, cls) for name in missing) if isinstance(missing, list) else missing


def _title(name: str, cls: type[Draft]) -> str:
    info = cls.model_fields.get(name) or IncidentDraft.model_fields.get(name)
    return t((info.title if info else None) or name)


def sentence(code: str, facts: dict[str, Any] | None = None) -> str:
    """The sentence of one error code; the general one for a code that has none."""
    said = SENTENCES.get(code, SENTENCES["invalid"])
    told = {name: _titles(value) if name == "missing" else _fact(value) for name, value in (facts or {}).items()}
    return t(said, **told)


def by_field(refusal: Refusal, cls: type[Draft], drawn: Container[str]) -> dict[str, str]:
    """Drawn field → what is wrong with it; under "" what is wrong with the whole form, or with a field that it does not draw,
    which is named then."""
    if not isinstance(refusal, Invalid):
        return {"": explain(refusal)}
    found: dict[str, str] = {}
    for name, (code, facts) in refusal.errors.items():
        told = facts | {"missing": _titles(facts["missing"], cls)} if "missing" in facts else facts
        top, said = name.partition(".")[0], sentence(code, told)
        named = top not in drawn and top in cls.model_fields
        found[top if top in drawn else ""] = f"{_title(top, cls)}: {said}" if named else said
    return found


def explain(refusal: Refusal, cls: type[Draft] | None = None) -> str:
    """One sentence or two for a whole refusal; with the draft that was sent, the field that it is about is named."""
    if isinstance(refusal, Invalid):
        code, facts = next(iter(refusal.errors.values()))
        return next(iter(by_field(refusal, cls, ()).values())) if cls else sentence(code, facts)
    if refusal.code in SENTENCES:
        return sentence(refusal.code, refusal.facts)
    return t(next(said for kind, said in _KINDS.items() if isinstance(refusal, kind)))
