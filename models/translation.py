"""The translated sentences (data/translations/), for the pages and for letters. The English sentence in the code is the key."""

import functools
from typing import Any

from babel.messages.pofile import read_po

from models.settings import ROOT


@functools.cache
def catalogue(language: str) -> dict[str, str]:
    file = ROOT / "data" / "translations" / language / "messages.po"
    if not file.exists():
        return {}
    with file.open("rb") as source:
        return {str(message.id): str(message.string) for message in read_po(source) if message.id and message.string}


def said(language: str, message: str, **facts: Any) -> str:
    """The sentence in a language, with `{name}` filled in."""
    found = catalogue(language).get(message, message)
    return found.format(**facts) if facts else found
