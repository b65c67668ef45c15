"""The biên bản vụ việc: what stands on it, what never does, and the Word document of it."""

import io
import re
import zipfile
from dataclasses import replace
from typing import Any

import docx
import pytest

from models import incident, incident_life, paper
from models.access import Current, Denied, NotFound
from models.guard import despite
from models.incident import Incident, IncidentDraft
from tests.worlds import World, instant

WHOLE = {
    "received_at": instant("2020-01-05T19:50"),
    "place": "Cửa B, Nhà hát tỉnh",
    "kind": "B.crowding",
    "severity": 2,
    "people_count": 120,
    "people_roles": "khán giả, 2 bảo vệ",
    "description": "Cửa B mở chậm.\nBảo vệ mở thêm cửa C.",
    "measures": "Phân luồng, nhắc nhở.",
    "partners": ["body:PC07"],
}


def entered(current: Current, **values: Any) -> Incident:
    first = {"occurred_at": instant("2020-01-05T19:40"), "summary": "Chen lấn ở cửa B"}
    return incident.report(current, IncidentDraft.model_validate(first | values))


def whole(world: World, **over: Any) -> Incident:
    known = {"kind": None, "unit_id": world.units["hall"]}
    return entered(world.alice, **WHOLE | known | over)


def document(current: Current, row: Incident) -> Any:
    return docx.Document(io.BytesIO(paper.docx(paper.record(current, row.id))))


def said(opened: Any) -> str:
    """Every word of the body, table by table and line by line."""
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    return "\n".join([*cells, *(line.text for line in opened.paragraphs)])


def headed(opened: Any) -> str:
    section = opened.sections[0]
    return "\n".join(line.text for part in (section.first_page_header, section.header) for line in part.paragraphs)


def test_it_says_when_where_who_and_what(world: World) -> None:
    text = said(document(world.alice, whole(world)))
    for line in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "SỞ A (THỬ)",
        "Hồ sơ số: VV-2020-0001",
        "BIÊN BẢN VỤ VIỆC",
        "Về việc: Chen lấn ở cửa B",
        "1. Người lập biên bản: Trần Alice",
        "Xảy ra lúc: 19 giờ 40 phút, ngày 05 tháng 01 năm 2020",
        "Tiếp nhận tin lúc: 19 giờ 50 phút, ngày 05 tháng 01 năm 2020",
        "Địa điểm: Cửa B, Nhà hát tỉnh",
        "Bộ phận: Nhà thi đấu",
        "120 người; khán giả, 2 bảo vệ",
        "Cửa B mở chậm.\nBảo vệ mở thêm cửa C.",
        "Phòng Cảnh sát PCCC và CNCH (PC07), Công an tỉnh",
        "Phân luồng, nhắc nhở.",
        "NGƯỜI CHỨNG KIẾN",
        "NGƯỜI LẬP BIÊN BẢN",
        "(Ký, ghi rõ họ tên)",
    ):
        assert line in text
    assert [line for line in text.split("\n") if re.match(r"[IVX]+\. ", line)] == [
        "I. Thời gian, địa điểm",
        "II. Người liên quan",
        "III. Diễn biến vụ việc",
        "IV. Đồ vật, tài liệu tạm giữ; thiệt hại (nếu có)",
        "V. Biện pháp đã thực hiện",
        "VI. Ý kiến của những người có mặt",
    ]


def test_it_is_no_record_of_an_offence_and_asks_for_no_papers(world: World) -> None:
    text = said(document(world.alice, whole(world))).lower()
    for never in ("vi phạm", "hành chính", "cccd", "cmnd", "căn cước", "ngày sinh", "nơi ở", "mật"):
        assert never not in text


def test_numbers_of_people_are_hidden_on_it_even_where_the_record_keeps_them(world: World) -> None:
    with despite("Người báo tin yêu cầu ghi lại"):
        row = entered(world.alice, description="Người báo tin: 0912345678, CCCD 001099012345", place="gọi 0912 345 678")
    text = said(document(world.alice, row))
    assert "678" in text
    for number in ("0912345678", "001099012345", "0912 345 678"):
        assert number not in text


def test_what_is_settled_says_how_and_what_is_bare_leaves_lines_to_fill_in(world: World) -> None:
    row = whole(world, kind="B.fighting")
    ready = incident_life.SettleDraft(conclusion="Đã can ngăn, trật tự ổn định.")
    incident_life.move(world.head, row.id, "settled", ready, row.version)
    assert "VI. Kết quả giải quyết" in said(document(world.alice, row))
    assert "Đã can ngăn, trật tự ổn định." in said(document(world.alice, row))
    bare = paper.record(world.alice, entered(world.alice).id)
    sections = {section.heading: section for section in bare.sections}
    assert sections["Diễn biến vụ việc"].paragraphs == ("Chen lấn ở cửa B",)
    assert sections["Người liên quan"].lines[0].text == "chưa rõ số người"
    assert sections["Biện pháp đã thực hiện"].blanks == 2
    assert "Kết quả giải quyết" not in sections


def test_what_a_person_typed_is_text_on_it(world: World) -> None:
    typed = '=HYPERLINK("x") <w:br/> &amp; 😀 {number} {0}'
    row = entered(world.alice, description=typed, summary=typed, place=typed)
    text = said(document(world.alice, row))
    assert text.count(typed) == 3


def test_a_demonstration_says_so_on_every_page_and_nobody_else_does(small_world: World) -> None:
    row = whole(small_world)
    demo = document(replace(small_world.alice, is_demo=True), row)
    assert headed(demo).count("DỮ LIỆU MINH HỌA") == 2
    assert "MINH HỌA" not in headed(document(small_world.alice, row)) + said(document(small_world.alice, row))


def test_its_page_is_that_of_an_official_paper(small_world: World) -> None:
    opened = document(small_world.alice, whole(small_world))
    page = opened.sections[0]
    sizes = (
        page.page_width,
        page.page_height,
        page.top_margin,
        page.bottom_margin,
        page.left_margin,
        page.right_margin,
    )
    assert [round(size.mm) for size in sizes] == [210, 297, 20, 20, 30, 20]
    normal = opened.styles["Normal"]
    assert (normal.font.name, normal.font.size.pt) == ("Times New Roman", 14)
    assert page.different_first_page_header_footer
    assert "PAGE" in page.header._element.xml
    assert "PAGE" not in page.first_page_header._element.xml
    about = opened.core_properties
    assert (about.author, about.comments, about.language) == ("Sở A (thử)", "", "vi-VN")


def test_nothing_in_it_comes_from_elsewhere(small_world: World) -> None:
    data = paper.docx(paper.record(small_world.alice, whole(small_world).id))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        links = [name for name in archive.namelist() if b'TargetMode="External"' in archive.read(name)]
    assert links == []


def test_only_who_may_open_the_record_gets_it(world: World) -> None:
    row = entered(world.head, confidential=True)
    assert paper.record(world.head, row.id).number == f"Hồ sơ số: {row.number}"
    for stranger in (world.alice, world.bob, world.liaison):
        with pytest.raises(NotFound):
            paper.record(stranger, row.id)
    for other in (world.admin, world.board, world.system):
        with pytest.raises(Denied):
            paper.record(other, row.id)
