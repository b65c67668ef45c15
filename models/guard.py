"""The guard at the keyboard: marks of secrecy, identity numbers and phone numbers in what people type.

State secrets must not be kept on a computer that hangs on a network, and the history never forgets. So `write_down` lets such
a text into it only under a reason (`despite`), which then stands on the timeline beside it. The rules are data.
"""

import contextlib
import functools
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, get_args

from pydantic.fields import FieldInfo

from models.access import Invalid
from models.draft import Draft, ReasonDraft, valid
from models.settings import ROOT

OVERRIDDEN = "guard.overridden"
_FILE = ROOT / "data" / "catalogues" / "guard_rule.toml"
_SHOWN_DIGITS = 3


@dataclass(frozen=True)
class Rule:
    """One rule of data/catalogues/guard_rule.toml."""

    code: str
    quick: re.Pattern[str]
    patterns: tuple[re.Pattern[str], ...]
    mask: str
    replacement: str


@dataclass(frozen=True)
class Finding:
    """What a rule found: `found` stands in the text, as NFC, from `start` to `end`."""

    rule: str
    found: str
    start: int
    end: int


@functools.cache
def rules() -> dict[str, Rule]:
    """Not through models.catalogue, which the history stands under."""
    loaded = tomllib.loads(_FILE.read_text(encoding="utf-8"))["entry"]
    return {
        one["code"]: Rule(
            one["code"],
            re.compile(one["attributes"]["quick"]),
            tuple(re.compile(pattern) for pattern in one["attributes"]["patterns"]),
            one["attributes"]["mask"],
            one["attributes"].get("replacement", ""),
        )
        for one in loaded
    }


# ---- one text -------------------------------------------------------------------------------------------------------
def check_text(text: str, standing: str = "") -> list[Finding]:
    """What the rules find in a text or in the name of a file, in its order, but not what stands in `standing` already."""
    text = unicodedata.normalize("NFC", text)
    taken: list[Finding] = []
    for rule in rules().values():
        for pattern in rule.patterns if rule.quick.search(text) else ():
            for match in pattern.finditer(text):
                start, end = match.span("it" if "it" in pattern.groupindex else 0)
                if not any(start < other.end and other.start < end for other in taken):
                    taken.append(Finding(rule.code, text[start:end].strip(), start, end))
    known = unicodedata.normalize("NFC", standing)
    return sorted((one for one in taken if one.found not in known), key=lambda one: one.start)


_ENDS = re.compile(r"(?<=[.;!?])\s+|\n+")


def masked(text: str) -> str:
    """The proposal: numbers but for their last digits hidden, passages under a mark of secrecy taken out."""
    text = unicodedata.normalize("NFC", text)
    found = check_text(text)
    cuts = {_passage(text, one): rules()[one.rule].replacement for one in found if rules()[one.rule].mask == "passage"}
    hidden = {
        (one.start, one.end): _hidden(one.found)
        for one in found
        if rules()[one.rule].mask == "digits" and not any(start <= one.start < end for start, end in cuts)
    }
    for (start, end), said in sorted((cuts | hidden).items(), reverse=True):
        text = text[:start] + said + text[end:]
    return text


def _hidden(number: str) -> str:
    """Letters and digits as dots but for the last three: 0912 345 678 → •••• ••• 678."""
    left = sum(c.isalnum() for c in number) - _SHOWN_DIGITS
    shown = ""
    for c in number:
        shown += "•" if c.isalnum() and left > 0 else c
        left -= c.isalnum()
    return shown


def _passage(text: str, one: Finding) -> tuple[int, int]:
    """Where the sentence or the line that holds a finding begins and ends."""
    breaks = [match.span() for match in _ENDS.finditer(text)]
    start = max((end for _, end in breaks if end <= one.start), default=0)
    return start, min((begin for begin, _ in breaks if begin >= one.end), default=len(text))


# ---- names ----------------------------------------------------------------------------------------------------------
_WORD = re.compile(r"(?:đ/c|[^\W_]+)", re.IGNORECASE)
_LONGEST_NAME = 5


@functools.cache
def _names() -> dict[str, frozenset[str]]:
    loaded = tomllib.loads(_FILE.read_text(encoding="utf-8"))["names"]
    return {name: frozenset(word.casefold() for word in words) for name, words in loaded.items()}


def initials(text: str) -> str:
    """A text with people's names as initials: "anh Nguyễn Văn Tuấn" → "anh N.V.T.". Streets and schools keep theirs."""
    text = unicodedata.normalize("NFC", text)
    words = list(_WORD.finditer(text))
    at, shown, done = 0, "", 0
    while at < len(words):
        length = _name_at(text, words, at)
        if length:
            name = words[at : at + length]
            shown += text[done : name[0].start()] + "".join(f"{word.group()[0].upper()}." for word in name)
            done = name[-1].end() + (text[name[-1].end() :][:1] == ".")
        at += length or 1
    return shown + text[done:]


def _name_at(text: str, words: list[re.Match[str]], at: int) -> int:
    """How many words a name has that begins here; 0 for none."""
    length = 0
    for before, word in zip([None, *words[at:]], words[at : at + _LONGEST_NAME], strict=False):
        if not word.group()[0].isupper() or (before and text[before.end() : word.start()] != " "):
            break
        length += 1
    if not length:
        return 0
    first, names = words[at].group().casefold(), _names()
    if title := _said_before(text, words, at, names["titles"]):
        return 0 if _said_before(text, words, at - title, names["places"]) else length
    if first not in names["families"] or length < 2:
        return 0
    if _said_before(text, words, at, names["roles"]):
        return length
    middle = length > 2 and words[at + 1].group().casefold() in names["middles"]
    return length if middle and not _said_before(text, words, at, names["places"]) else 0


def _said_before(text: str, words: list[re.Match[str]], at: int, known: frozenset[str]) -> int:
    """How many of the words right before are one of the known terms, the longest; 0 for none."""
    for count in range(min(4, at), 0, -1):
        start, end = words[at - count].start(), words[at - 1].end()
        said = " ".join(text[start:end].casefold().split())
        if said in known and not text[end : words[at].start()].strip(" :"):
            return count
    return 0


# ---- going on all the same ------------------------------------------------------------------------------------------
_reason: ContextVar[str] = ContextVar("reason", default="")


@contextlib.contextmanager
def despite(reason: str) -> Iterator[None]:
    """Verbs called within may write what the guard found; the reason is written down with it. Empty: they may not."""
    token = _reason.set(_fit(reason) if reason.strip() else "")
    try:
        yield
    finally:
        _reason.reset(token)


def _fit(reason: str) -> str:
    """A reason that itself holds what it explains away would stay on the timeline for good."""
    said = valid(ReasonDraft, {"reason": reason}).reason
    if check_text(said):
        raise Invalid("guarded", errors={"": ("guarded_reason", {})})
    return said


def refuse(draft: Draft) -> None:
    """Refuse what the rules find something in, whatever the reason: of what has no timeline on which one could stand."""
    texts = {name: typed(getattr(draft, name), info) for name, info in type(draft).model_fields.items()}
    if found := {name: findings for name, text in texts.items() if (findings := check_text(text))}:
        raise Invalid("guarded", errors={name: ("guarded_name", {"findings": one}) for name, one in found.items()})


@dataclass(frozen=True)
class Override:
    reason: str
    rules: str


def admitted(row: Any, changes: dict[str, Any], note: str) -> Override | None:
    """Refuse a change whose new texts the rules find something in; with a reason, say what to write down beside it."""
    fields = _typed_fields(type(row))  # type: ignore[arg-type]  # a class is hashable
    texts = {name: typed(_new(value), fields.get(name)) for name, value in changes.items()}
    standing = _standing(row, changes, fields)
    texts["note"] = "\n".join(part for part in (texts.get("note"), note) if part)
    found = {name: findings for name, text in texts.items() if (findings := check_text(text, standing))}
    if not found:
        return None
    if not (reason := _reason.get()):
        raise Invalid("guarded", errors={name: ("guarded", {"findings": one}) for name, one in found.items()})
    return Override(reason, ", ".join(sorted({one.rule for findings in found.values() for one in findings})))


def _new(value: Any) -> Any:
    return value[1] if isinstance(value, list) and len(value) == 2 else value


def _standing(row: Any, changes: dict[str, Any], fields: dict[str, FieldInfo]) -> str:
    """What the record says already: what a change replaces, and the typed fields that it does not touch."""
    old = [value[0] for value in changes.values() if isinstance(value, list) and len(value) == 2]
    kept = [getattr(row, name) for name in fields if name not in changes]
    return "\n".join(typed(one) for one in (*old, *kept))


# ---- what of a record is typed --------------------------------------------------------------------------------------
@functools.cache
def _typed_fields(cls: type) -> dict[str, FieldInfo]:
    """The fields that a table has from its drafts, as the drafts say them."""
    drafts = [one for one in reversed(cls.__mro__[1:]) if issubclass(one, Draft)]
    return {name: info for draft in drafts for name, info in draft.model_fields.items()}


def is_free(info: FieldInfo | None) -> bool:
    """Whether a field holds such numbers by its purpose, as the phone list of offices: `hint(free=True)`."""
    extra = info.json_schema_extra if info else None
    return bool(isinstance(extra, dict) and extra.get("free"))


def typed(value: Any, info: FieldInfo | None = None) -> str:
    """Every piece of text in a field's value, line by line, that of a list's rows too; nothing of what is free."""
    if is_free(info):
        return ""
    match value:
        case str():
            return value
        case list() | tuple():
            return "\n".join(filter(None, (typed(one, info) for one in value)))
        case dict():
            inner = _row_fields(info)
            return "\n".join(filter(None, (typed(one, inner.get(name)) for name, one in value.items())))
        case Draft():
            return typed(value.model_dump(), info)
        case _:
            return ""


def _row_fields(info: FieldInfo | None) -> dict[str, FieldInfo]:
    """The fields of a list's rows: `list[Contact]` → those of a contact."""
    inside = [one for one in get_args(info.annotation) if isinstance(one, type)] if info else []
    return inside[0].model_fields if inside and issubclass(inside[0], Draft) else {}
