"""Streamlit's page in our language."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pages.server import index
from tests.server.wire import Server

WORDS = json.loads((index.STATIC / "tu-ngu.vi.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("pattern", "_instead"), index.REPLACED)
def test_the_installed_page_holds_what_we_replace(pattern: str, _instead: str) -> None:
    assert len(re.findall(pattern, index.installed(), re.DOTALL)) == 1


@pytest.mark.parametrize(
    "change", [("<title>Streamlit</title>", "<title>Other</title>"), ("</head>", "</head></head>")]
)
def test_a_page_that_changed_is_refused(change: tuple[str, str]) -> None:
    with pytest.raises(index.ChangedError):
        index.ours(index.installed().replace(*change), "1")


def test_the_page_is_ours(stage: Server) -> None:
    for path in ("/", "/vu-viec", "/vu-viec?id=7", "/bat-ky"):
        text = stage.ask(path).text
        assert '<html lang="vi">' in text
        assert "<title>Bốn An Toàn</title>" in text
        assert [text.count(f"{script}?v=") for script in index.SCRIPTS] == [1, 1]
        assert 'href="/bieu-trung.svg"' in text
        assert "agent" not in text
        assert "Streamlit app" not in text
    assert stage.ask("/vu-viec/").status in (301, 308)


def test_what_the_page_names_is_there(stage: Server) -> None:
    text = stage.ask("/").text
    for address in re.findall(r'(?:src|href)="\.?(/[^"]+)"', text):
        answer = stage.ask(address)
        assert answer.status == 200, address
        assert "html" not in answer.headers["content-type"], address
        if "?v=" in address or address.startswith("/static/"):
            assert "immutable" in answer.headers["cache-control"], address
    assert stage.ask("/tu-ngu.js").headers["cache-control"] == "no-cache"
    assert stage.ask("/bieu-trung.svg").headers["content-type"] == "image/svg+xml"


def test_the_words_are_in_the_script() -> None:
    script = index.translator()
    assert "/* WORDS */" not in script
    assert json.dumps(WORDS["exact"], ensure_ascii=False)[1:200] in script


def test_no_translation_is_translated_again() -> None:
    """A word that is a key itself, or fits a pattern, would go round for ever."""
    rules = [re.compile(pattern) for pattern, _ in WORDS["patterns"]]
    for key, word in WORDS["exact"].items():
        assert word == key or word not in WORDS["exact"], key
        assert word == key or not any(rule.search(word) for rule in rules), key


def test_every_pattern_is_bounded() -> None:
    for pattern, instead in WORDS["patterns"]:
        assert pattern.startswith("^"), pattern
        assert pattern.endswith("$"), pattern
        used = {int(n) for n in re.findall(r"\$(\d)", instead)}
        assert used <= set(range(1, re.compile(pattern).groups + 1)), pattern


@pytest.mark.parametrize("name", ["phien.js", "tu-ngu.js", "o-chu.js"])
def test_the_scripts_can_be_read_by_a_browser(name: str, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not here; the browser tests read the scripts too")
    text = index.translator() if name == "tu-ngu.js" else (index.STATIC / name).read_text(encoding="utf-8")
    (tmp_path / name).write_text(text, encoding="utf-8")
    subprocess.run([node, "--check", str(tmp_path / name)], check=True)
