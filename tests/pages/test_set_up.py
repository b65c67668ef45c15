"""The first page of an empty installation, as the person at the terminal meets it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data import migrations
from models import setup
from models.settings import ROOT
from tests.conftest import _opened
from tests.worlds import PASSWORD

MISSING = "Ô này bắt buộc"
RIGHT = {
    "organisation.name": "Sở Mới (thử)",
    "organisation.code": "so-moi",
    "person.full_name": "Lê An",
    "person.name": "an",
    "password": PASSWORD,
}


@pytest.fixture
def code(tmp_path: Path) -> Iterator[str]:
    """The set-up code of an empty installation."""
    migrations.import_models()
    for _ in _opened(f"sqlite:///{tmp_path / 'empty.sqlite3'}"):
        migrations.create_fresh()
        yield setup.make_code()


def sent(code: str, **over: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "pages" / "frame.py"), default_timeout=30)
    at.user = {"sid": None}
    at.run()
    for name, typed in (RIGHT | {"code": code} | {key.replace("__", "."): said for key, said in over.items()}).items():
        at.text_input(key=f"setup.{name}").set_value(typed)
    return at.button(key="setup.send").click().run()


def under_the_fields(at: AppTest) -> list[str]:
    return [one.value.replace("\\", "") for one in at.markdown if one.value.startswith(":red[")]


def test_what_is_missing_is_said_under_each_field(code: str) -> None:
    at = sent(code, organisation__name="", organisation__code="", person__name="")
    assert not at.exception
    said = under_the_fields(at)
    assert len(said) == 3
    assert all(MISSING in one for one in said)
    assert not at.error
    assert setup.needed()


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"organisation__code": "Sở Mới"}, "Có ký tự không dùng được"),
        ({"person__full_name": "x" * 500}, "Quá dài"),
        ({"password": "ngắn"}, ""),
        ({"code": "sai-ma"}, "Mã thiết lập không đúng"),
    ],
)
def test_what_does_not_fit_is_said_under_its_field_alone(code: str, over: dict[str, str], words: str) -> None:
    at = sent(**{"code": code} | over)
    assert not at.exception
    (said,) = under_the_fields(at)
    assert words in said
    assert setup.needed()


def test_the_right_code_and_names_set_the_house_up(code: str) -> None:
    at = sent(code)
    assert not at.exception
    assert under_the_fields(at) == []
    assert not setup.needed()
