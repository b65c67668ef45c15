"""Translations: gettext files whose keys are the English sentences in the code. This finds those sentences."""

import ast
from collections.abc import Iterator
from typing import BinaryIO

from models.settings import ROOT

MARKS = ("t", "N_")
SOURCES = [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py")), *sorted((ROOT / "models").rglob("*.py"))]


def extract(file: BinaryIO) -> Iterator[tuple[int, str]]:
    """(line, sentence) of every `t("…")` and `N_("…")`, also inside f-strings, which Babel's own extractor passes over before
    Python 3.12."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS and node.args:
            said = node.args[0]
            if isinstance(said, ast.Constant) and isinstance(said.value, str):
                yield node.lineno, said.value
