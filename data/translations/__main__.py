"""`make translations`: gather the sentences of the code into the Vietnamese file. What is translated stays, what nobody says
any more goes, what is new waits at its place for a translation."""

import sys
from collections import defaultdict
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from data.translations import SOURCES, extract
from models.settings import ROOT

PO = ROOT / "data" / "translations" / "vi" / "messages.po"
HEADER = """msgid ""
msgstr ""
"Project-Id-Version: Bốn An Toàn\\n"
"Language: vi\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def said() -> dict[str, list[str]]:
    """Sentence → the files that say it, in their order."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in SOURCES:
        name = file.relative_to(ROOT).as_posix()
        with file.open("rb") as source:
            for _, sentence in extract(source):
                if name not in found[sentence]:
                    found[sentence].append(name)
    return found


def gather(file: Path = PO) -> tuple[int, int]:
    """Bring the file into step with the code: (sentences, those still to translate)."""
    with file.open("rb") as source:
        known = {message.id: message.string for message in read_po(source)}
    catalogue = Catalog()
    for sentence, files in sorted(said().items(), key=lambda one: (one[1], one[0])):
        catalogue.add(sentence, known.get(sentence, ""), locations=[(name, 0) for name in files])
    with file.open("wb") as target:
        target.write(HEADER.encode())
        write_po(target, catalogue, width=0, include_lineno=False, omit_header=True)
    messages = [message for message in catalogue if message.id]
    return len(messages), sum(not message.string for message in messages)


if __name__ == "__main__":
    sentences, missing = gather()
    sys.stdout.write(f"{PO.relative_to(ROOT)}: {sentences} sentences, {missing} to translate\n")
