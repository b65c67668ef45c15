"""Charts as files: every Vietnamese letter, and a fault that is told."""

import pytest

from models import picture

WORDS = "Vụ việc ở Sở: ẩu đả, đốt pháo, lừa đảo"
DRAWING = {
    "data": {"values": [{"name": WORDS, "count": 3}]},
    "mark": "bar",
    "encoding": {"y": {"field": "name", "type": "nominal"}, "x": {"field": "count", "type": "quantitative"}},
}


def test_a_drawing_holds_the_words_as_they_are() -> None:
    drawn = picture.draw(DRAWING, picture.SVG).decode()
    assert drawn.startswith("<svg")
    assert WORDS[:20] in drawn
    assert picture.FONT in drawn


def test_a_picture_is_a_picture() -> None:
    assert picture.draw(DRAWING, picture.PNG).startswith(b"\x89PNG")


def test_what_cannot_be_drawn_is_said() -> None:
    with pytest.raises(RuntimeError):
        picture.draw({"mark": {"type": "nonsense"}}, picture.SVG)


def test_nothing_is_fetched_from_elsewhere() -> None:
    with pytest.raises(RuntimeError):
        picture.draw(DRAWING | {"data": {"url": "http://127.0.0.1:9/rows.json"}}, picture.SVG)


def test_the_types_letters_are_all_there() -> None:
    """Each letter of the alphabet has a shape of its own: none of them is drawn as the box of a missing one."""
    import font_source_sans_pro as fonts
    from PIL import ImageFont

    font = ImageFont.truetype(fonts.font_files_ttf["SourceSansPro"], 40)
    missing = bytes(font.getmask("\uffff"))
    letters = "ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
    assert [one for one in letters + letters.upper() if bytes(font.getmask(one)) == missing] == []
