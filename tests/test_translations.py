"""Every sentence of the code has its Vietnamese, complete and in step."""

import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from data.translations import SOURCES, extract
from data.translations.__main__ import PO, gather
from models.settings import ROOT


def spoken() -> dict[str, Path]:
    """Sentence → a file that says it."""
    found = {}
    for file in SOURCES:
        with file.open("rb") as source:
            found |= {said: file for _, said in extract(source)}
    return found


def catalogue() -> dict[str, str]:
    with PO.open("rb") as source:
        return {str(message.id): str(message.string) for message in read_po(source) if message.id}


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_the_file_is_as_make_translations_writes_it(tmp_path: Path) -> None:
    copy = tmp_path / PO.name
    copy.write_bytes(PO.read_bytes())
    assert gather(copy)[0] == len(spoken())
    assert copy.read_bytes() == PO.read_bytes()


def test_no_sentence_is_missing_or_left_over() -> None:
    code, po = set(spoken()), catalogue()
    missing = sorted(said for said in code if not po.get(said))
    assert not missing, f"to translate (make translations adds them): {missing}"
    orphaned = sorted(set(po) - code)
    assert not orphaned, f"nothing says these any more (make translations drops them): {orphaned}"


def test_nothing_is_marked_fuzzy() -> None:
    with PO.open("rb") as source:
        assert [message.id for message in read_po(source) if message.id and message.fuzzy] == []


def test_placeholders_are_the_same_in_both_languages() -> None:
    differing = {said: word for said, word in catalogue().items() if placeholders(said) != placeholders(word)}
    assert not differing


@pytest.mark.parametrize("mark", ["**", ":material/", "{", "\n"])
def test_marks_stay_as_they_are(mark: str) -> None:
    differing = {said: word for said, word in catalogue().items() if said.count(mark) != word.count(mark)}
    assert not differing


def test_every_action_of_the_history_has_its_words() -> None:
    """The actions that verbs write down, read from the code, against the words that the timeline has for them."""
    import ast

    from pages.parts.sentences import ACTIONS

    written = set()
    for file in (ROOT / "models").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in ACTIONS:
                written.add(node.value)
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "write_down" and len(node.args) > 1:
                said = node.args[1]
                if isinstance(said, ast.Constant):
                    assert said.value in ACTIONS, f"{file.name}: {said.value} has no words in pages/parts/sentences.py"
    assert written
