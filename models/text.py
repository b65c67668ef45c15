"""Text at the border: one Unicode form in, one folded key for searching and sorting."""

import re
import unicodedata

# Control characters, surrogates, and the marks that turn the reading direction: they hide text or break exports.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)


def clean(text: str) -> str:
    """NFC, line ends as \\n, no spaces at either end."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def has_control_characters(text: str) -> bool:
    return bool(_UNWANTED.search(text))


def without_control_characters(text: str) -> str:
    """For a name that a machine gave, where nobody can be asked to type it anew."""
    return _UNWANTED.sub("", text)


def fold(text: str) -> str:
    """The search key: lower case, accents off, đ as d, runs of space as one. `fold("Gây rối") == "gay roi"`.

    The same on every database, since neither SQLite's lower() nor a server's collation can be relied on.
    """
    bare = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())


def sort_key(full_name: str) -> str:
    """Vietnamese people are listed by their given name, the last word."""
    folded = fold(full_name)
    return f"{folded.rpartition(' ')[2]} {folded}"
