"""Passwords: 12 to 128 characters of any script, not on the block-list, kept as bcrypt over a SHA-384 of the NFC form."""

import base64
import functools
import hashlib
import re
import secrets
import unicodedata

import bcrypt

from models.access import Invalid
from models.settings import ROOT
from models.text import fold

SHORTEST, LONGEST = 12, 128
_LIST = ROOT / "data" / "passwords" / "blocked.txt"


def prepare(password: str) -> str:
    """What bcrypt sees: 64 ASCII characters, since it refuses more than 72 bytes and "ậ" alone is three.

    NFC, because two keyboards send the same letter in two forms; nothing else is changed, spaces at the ends included.
    """
    return base64.b64encode(hashlib.sha384(unicodedata.normalize("NFC", password).encode()).digest()).decode()


def hashed(password: str) -> str:
    """bcrypt, cost 12: the form that streamlit-authenticator's Hasher writes and reads (importing it would import streamlit)."""
    return bcrypt.hashpw(prepare(password).encode(), bcrypt.gensalt(12)).decode()


def matches(password: str, stored: str) -> bool:
    return bcrypt.checkpw(prepare(password).encode(), stored.encode())


@functools.cache
def nobody() -> str:
    """A hash to check against when there is no such account, so that the answer takes as long."""
    return hashed(secrets.token_urlsafe())


def _bare(password: str) -> str:
    return fold(password).replace(" ", "")


@functools.cache
def _blocked() -> frozenset[str]:
    lines = _LIST.read_text(encoding="utf-8").splitlines() if _LIST.exists() else []
    return frozenset(_bare(line) for line in lines if line and not line.startswith("#"))


def check(password: str, *personal: str) -> None:
    """Refuse a password that is too short, too long, on the block-list, or only a known word (or one of `personal`: the
    account's own names) with digits and signs around it. No rules of composition (OWASP ASVS 5.0, 6.2.5)."""
    if len(password) < SHORTEST:
        raise Invalid(errors={"password": ("string_too_short", {"min_length": SHORTEST})})
    if len(password) > LONGEST:
        raise Invalid(errors={"password": ("string_too_long", {"max_length": LONGEST})})
    bare = _bare(password)
    letters = re.sub(r"[\W\d_]+", "", bare)
    known = _blocked() | {_bare(word) for word in personal if len(word) > 2}
    if bare in known or letters in known or len(set(bare)) < 5:
        raise Invalid(errors={"password": ("too_common", {})})


def one_time() -> str:
    """A first password that is easy to read out: four groups of four, 80 bits."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))
