"""Text at the border: one form in, one folded key for searching and sorting."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.text import clean, fold, has_control_characters, sort_key


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Gây rối", "gay roi"),
        ("ĐÀO Thị Đẹp", "dao thi dep"),
        ("  Nhà\n hát \t lớn ", "nha hat lon"),
        ("Ưu ường Ỷ ẳ", "uu uong y a"),
        (unicodedata.normalize("NFD", "Đặng Thùy Trâm"), "dang thuy tram"),
        ("VV-2020-0001", "vv-2020-0001"),
        ("", ""),
    ],
)
def test_it_folds_accents_case_and_spaces_away(typed: str, key: str) -> None:
    assert fold(typed) == key


@given(st.text(max_size=60))
def test_folding_again_changes_nothing_and_both_forms_fold_alike(typed: str) -> None:
    key = fold(typed)
    assert fold(unicodedata.normalize("NFC", typed)) == fold(unicodedata.normalize("NFD", typed))
    assert key == key.strip()
    assert "  " not in key


@given(st.text(max_size=60))
def test_cleaning_gives_one_form(typed: str) -> None:
    once = clean(typed)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert "\r" not in once


def test_cleaning_keeps_lines_and_inner_spaces() -> None:
    assert clean(" một\r\nhai  ba\rbốn ") == "một\nhai  ba\nbốn"


@pytest.mark.parametrize(
    "sign", ["\x00", "\x07", "\x1b", "\x7f", "\u0085", "\u202e", "\u2066", "\ufeff", "\ud800", "\uffff"]
)
def test_it_sees_control_characters(sign: str) -> None:
    assert has_control_characters(f"a{sign}b")


@pytest.mark.parametrize("text", ["một\nhai\tba", "Ố Ộ ẫ", "“…” — €", "👩‍👩‍👧", ""])
def test_it_lets_what_people_type_through(text: str) -> None:
    assert not has_control_characters(text)


def test_people_are_sorted_by_their_given_name() -> None:
    people = ["Trần Văn Bình", "Nguyễn Đình Ân", "Lê Thị Bình", "Đào Ánh", "Madonna"]
    assert sorted(people, key=sort_key) == ["Nguyễn Đình Ân", "Đào Ánh", "Lê Thị Bình", "Trần Văn Bình", "Madonna"]
