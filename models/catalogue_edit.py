"""Changing the own organisation's catalogues. A national entry is never touched: an own row of the same code comes over it.
Nothing is taken away either: a day from which an entry may no longer be chosen retires it, and what was recorded under it keeps
its word."""

from types import SimpleNamespace
from typing import Any

from sqlmodel import col, select

from models.access import Invalid, NotFound, Permission, Stale
from models.catalogue import CatalogueEntry, Entry, defaults, merged, own_rows, put
from models.catalogue_rules import EDITABLE, Editable, EntryDraft
from models.database import Session
from models.draft import in_order, once, submitted, valid
from models.history import HistoryEntry, lock, write_down
from models.verb import query, verb


@verb(Permission.ACCOUNT_MANAGE)
def save_entry(
    session: Session,
    catalogue: str,
    code: str | None,
    draft: EntryDraft,
    seen: int | None = None,
    nonce: str | None = None,
) -> CatalogueEntry:
    """Change an entry of the own organisation's catalogue, or add one (`code` None). A national one gets an own row over it;
    `seen` is 0 for one that has none yet."""
    if catalogue not in EDITABLE:
        raise NotFound("catalogue")
    rule = EDITABLE[catalogue]
    draft = _worded(valid(rule.draft, draft))
    if done := submitted(session, nonce):
        return session.exec(select(CatalogueEntry).where(CatalogueEntry.id == done.subject_id)).one()
    old = _opened(session, catalogue, code, seen, draft)
    rule.check(session, draft, old)
    entry = old or _new(session, catalogue, rule, draft)
    before = as_row(session, catalogue, old) if old else None
    changes = _changes(before, draft)
    if old and not changes:
        return own_rows(session, catalogue).get(old.code) or CatalogueEntry(catalogue=catalogue, **vars(old))
    words = {name: getattr(draft, name) for name in ("vi", "en", "valid_from", "valid_to")}
    row = put(session, catalogue, entry, **words, attributes=entry.attributes | rule.attributes(draft))
    once(session, nonce, row.id)
    write_down(session, "catalogue.amended" if old else "catalogue.added", row, changes)
    rule.after(session, entry.code, draft)
    return row


def _worded(draft: EntryDraft) -> EntryDraft:
    in_order(draft.valid_from, draft.valid_to, "valid_to")
    return draft if draft.en else draft.model_copy(update={"en": draft.vi})


def _opened(session: Session, catalogue: str, code: str | None, seen: int | None, draft: EntryDraft) -> Entry | None:
    lock(session)
    if code is None:
        return None
    entry = merged(session, catalogue).get(code)
    if entry is None:
        raise NotFound("catalogue_entry")
    own = own_rows(session, catalogue).get(code)
    if seen is not None and seen != (own.version if own else 0):
        raise Stale("stale", row=as_row(session, catalogue, entry), draft=draft)
    return entry


def _new(session: Session, catalogue: str, rule: Editable, draft: EntryDraft) -> Entry:
    if rule.code is None:
        raise Invalid("fixed")
    code = rule.code(draft)[:60]
    if code in merged(session, catalogue):
        raise Invalid(errors={"day" if catalogue == "holiday" else "vi": ("taken", {})})
    return Entry(code, draft.vi, draft.en, parent=rule.parent(draft))


def _changes(before: Any, draft: EntryDraft) -> dict[str, list[Any]]:
    new = {name: getattr(draft, name) for name in type(draft).model_fields}
    old = {name: getattr(before, name, None) for name in new}
    return {name: [old[name], value] for name, value in new.items() if _differ(old[name], value)}


def _differ(old: Any, new: Any) -> bool:
    if isinstance(new, list):
        return set(old or ()) != set(new)
    return (old or None) != (new or None)


# ---- reading --------------------------------------------------------------------------------------------------------
def as_row(session: Session, catalogue: str, entry: Entry, own: dict[str, CatalogueEntry] | None = None) -> Any:
    """An entry as its form edits it: the draft's fields, with `version` (0 where only the national one stands)."""
    row = (own_rows(session, catalogue) if own is None else own).get(entry.code)
    words = {name: getattr(entry, name) for name in ("code", "vi", "en", "valid_from", "valid_to")}
    rule = EDITABLE[catalogue]
    blank = {name: info.get_default(call_default_factory=True) for name, info in rule.draft.model_fields.items()}
    told = {name: value for name, value in rule.told(session, entry).items() if name in rule.draft.model_fields}
    more = {"id": None, "version": row.version if row else 0, "national": entry.code in defaults(catalogue)}
    return SimpleNamespace(**(blank | words | told | more))


@query(Permission.ACCOUNT_MANAGE)
def editable_entries(session: Session, catalogue: str) -> list[Any]:
    """Every entry of a catalogue as its form edits it, retired ones too."""
    if catalogue not in EDITABLE:
        raise NotFound("catalogue")
    own = own_rows(session, catalogue)
    return [as_row(session, catalogue, entry, own) for entry in merged(session, catalogue).values()]


@query(Permission.ACCOUNT_MANAGE)
def catalogue_changes(session: Session, catalogue: str, limit: int = 20) -> list[tuple[HistoryEntry, str]]:
    """What was changed of a catalogue lately, each with the entry's name now."""
    names = {row.id: row.vi for row in own_rows(session, catalogue).values()}
    about = (HistoryEntry.subject == "catalogue_entry", col(HistoryEntry.subject_id).in_(names))
    entries = session.exec(select(HistoryEntry).where(*about).order_by(col(HistoryEntry.sequence).desc()).limit(limit))
    return [(entry, names[entry.subject_id]) for entry in entries]
