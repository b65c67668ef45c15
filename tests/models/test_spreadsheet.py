"""Spreadsheets out: no formula of a person's text, the head of the list. In: files of strangers."""

import csv
import datetime as dt
import io
import time
import zipfile
from dataclasses import replace
from typing import Any

import openpyxl
import pytest

from models import spreadsheet
from models.access import Current, Invalid, Role
from models.spreadsheet import MOST_ROWS, Column, Head, Sheet, read, write
from tests.worlds import HANOI, instant

ALICE = Current(
    account_id=1,
    organisation_id=1,
    role=Role.STAFF,
    name="Trần Alice",
    organisation_name="Sở A",
    clock=lambda: instant("2020-01-06T08:00"),
)


def made(rows: list[list[Any]], columns: int = 1, current: Current = ALICE, **head: Any) -> bytes:
    sheet = Sheet("Vụ việc", [Column(f"Cột {at}") for at in range(columns)], rows)
    return write(current, Head("Danh sách", **head), [sheet])


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]


def texts(data: bytes) -> list[str]:
    return [str(cell.value) for row in opened(data).iter_rows() for cell in row if cell.value is not None]


def refused(data: bytes) -> str:
    with pytest.raises(Invalid) as refusal:
        read(data)
    ((code, _),) = refusal.value.errors.values()
    return code


# ---- out ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "typed",
    ['=HYPERLINK("http://a.b","x")', "+1+1", "-2", "@SUM(A1)", "{=1+1}", "https://a.b/", "\t=1", "'=1", "=1\n=2"],
)
def test_what_a_person_typed_is_text_also_after_it_is_edited(typed: str) -> None:
    data = made([[typed]])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        inside = b"".join(archive.read(name) for name in archive.namelist() if "sheet" in name)
    assert b"<f>" not in inside
    assert b"hyperlink" not in inside
    cell = opened(data)["A7"]
    assert (cell.data_type, cell.value) == ("s", typed)
    assert cell.quotePrefix is (typed[0] in "=+-@\t'")


def test_each_kind_of_value_is_a_cell_of_its_kind() -> None:
    moment = instant("2020-01-05T19:40")
    row = [
        7,
        0.5,
        moment,
        dt.date(2020, 1, 5),
        dt.date(1899, 1, 1),
        True,
        ["a", "b"],
        None,
        "",
        "012345678901",
        1 << 60,
    ]
    cells = [cell.value for cell in opened(made([row], len(row)))[7]]
    assert cells == [
        7,
        0.5,
        moment.astimezone(HANOI).replace(tzinfo=None),
        dt.datetime.combine(dt.date(2020, 1, 5), dt.time.min),
        "01/01/1899",
        "yes",
        "a, b",
        None,
        None,
        "012345678901",
        str(1 << 60),
    ]


def test_control_characters_are_gone_and_a_long_text_is_cut() -> None:
    data = made([["a\x00b\x1f\u202ec_x0041_\ud800", "😀 Gây rối", "x" * 40_000, float("nan")]], 4)
    a, b, c, d = opened(data)[7]
    assert (a.value, b.value, len(c.value), d.value) == ("abc_x0041_", "😀 Gây rối", spreadsheet.LONGEST, "nan")


def test_its_head_says_whose_it_is_what_it_was_narrowed_to_and_when() -> None:
    data = made([["x"]], filters=[("Loại", "=Cháy\x01"), ("Tìm", "gay roi")], period="01/2020")
    assert texts(data)[:7] == [
        "Danh sách",
        "Organisation: Sở A",
        "Loại: =Cháy",
        "Tìm: gay roi",
        "Period: 01/2020",
        "Issued at: 08:00 06/01/2020",
        "Issued by: Trần Alice",
    ]
    assert "DEMONSTRATION DATA" not in texts(data)


def test_its_head_is_translated_and_a_demonstration_says_so() -> None:
    sheet = Sheet("x", [Column("Cột")], [["x"]])
    data = write(replace(ALICE, is_demo=True), Head("Danh sách"), [sheet], {"DEMONSTRATION DATA": "MINH HỌA"}.get)  # type: ignore[arg-type]
    assert texts(data)[1] == "MINH HỌA"


def test_an_empty_list_and_odd_names_of_sheets_are_no_harm() -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(write(ALICE, Head(""), [Sheet("[a]:*?/\\'b" + "x" * 40, [Column("")]), Sheet("", [])]))
    )
    assert [len(name) <= 31 for name in book.sheetnames] == [True, True]


# ---- in -------------------------------------------------------------------------------------------------------------
def xlsx(rows: list[list[Any]], **more: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name, cells in more.items():
        sheet = book.create_sheet(name)
        for row in cells:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_member(data: bytes, name: str, content: bytes) -> bytes:
    """The same archive with one member put in another's place."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            if one != name:
                new.writestr(one, old.read(one))
        new.writestr(name, content)
    return out.getvalue()


def test_what_it_writes_it_reads() -> None:
    table = read(made([["Gây rối", 3, instant("2020-01-05T19:40")]], 3))
    assert table.rows[-1].cells == ("Gây rối", 3, instant("2020-01-05T19:40").astimezone(HANOI).replace(tzinfo=None))


def test_it_reads_the_first_sheet_and_keeps_the_numbers_of_its_rows() -> None:
    table = read(xlsx([[], ["Ngày ", None, "Số"], [None], ["  e\u0302 ", True, 2.0], [], ["=1+1", 1.5]], other=[["x"]]))
    assert table.header == ("Ngày", "", "Số")
    assert [(row.number, row.cells) for row in table.rows] == [(4, ("ê", True, 2)), (6, (None, 1.5))]


CSV = [["Xảy ra lúc", "Nội dung"], ["05/01/2020", 'Chen "lấn"; xô,\nđẩy']]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_it_reads_a_csv_as_excel_saves_it(delimiter: str, encoding: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(CSV)
    table = read(out.getvalue().encode(encoding))
    assert table.header == ("Xảy ra lúc", "Nội dung")
    assert table.rows[0].cells == ("05/01/2020", 'Chen "lấn"; xô,\nđẩy')


def test_it_reads_the_old_code_page_of_windows() -> None:
    import unicodedata

    def legacy(text: str) -> bytes:  # letters with their hats, the tones behind them, as that code page has it
        found = ""
        for letter in unicodedata.normalize("NFC", text):
            parts = unicodedata.normalize("NFD", letter)
            tones = "".join(part for part in parts if part in "\u0300\u0301\u0303\u0309\u0323")
            found += unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones)) + tones
        return found.encode("cp1258")

    table = read(b"sep=;\r\n" + legacy("Nội dung;Mức độ\r\nGây rối trật tự ở cửa Bắc;2"))
    assert table.header == ("Nội dung", "Mức độ")
    assert table.rows[0].cells == ("Gây rối trật tự ở cửa Bắc", "2")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b" \r\n ", "file_empty"),
        (b"x" * ((20 << 20) + 1), "file_too_large"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 99, "file_old_or_locked"),
        (b"PK\x03\x04" + b"x" * 99, "file_damaged"),
        (b"a;b\n\x81\x8d\x00;1", "file_encoding"),
        ("chỉ có tên cột;x".encode(), "file_no_rows"),
        (b'a;b\n"x"y;1', "file_damaged"),
        (b";".join([b"a"] * 61) + b"\n1", "file_too_many_columns"),
        (b"a\n" + b"1\n" * (MOST_ROWS + 1), "file_too_many_rows"),
        (b"a\n" + b"x" * 200_000, "file_damaged"),
    ],
)
def test_it_says_what_is_wrong_with_a_file(data: bytes, code: str) -> None:
    assert refused(data) == code


def test_it_refuses_a_zip_that_is_no_spreadsheet_macros_and_a_password() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert refused(out.getvalue()) == "file_not_a_spreadsheet"
    good = xlsx([["a"], [1]])
    assert refused(with_member(good, "xl/vbaProject.bin", b"x")) == "macros"
    assert (
        refused(good.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"))
        == "file_old_or_locked"
    )
    assert refused(good[:-200]) == "file_damaged"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    began = time.process_time()
    assert refused(with_member(xlsx([["a"], [1]]), "xl/sharedStrings.xml", b" " * (101 << 20))) == "zip_bomb"
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for at in range(600):
            archive.writestr(f"xl/{at}", b"")
    assert refused(many.getvalue()) == "zip_bomb"
    assert time.process_time() - began < 5


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c t="inlineStr"><is><t>
&b;</t></is></c></row></sheetData></worksheet>"""


@pytest.mark.parametrize(
    "member", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_that_declares_entities_is_refused(member: str, encoding: str) -> None:
    bomb = LAUGHS.decode().encode(encoding)
    assert refused(with_member(xlsx([["a"], [1]]), member, bomb)) == "file_damaged"


def test_a_row_that_says_it_is_the_last_of_the_world_takes_no_time() -> None:
    far = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'
        b'<row r="999999999999"><c r="A999999999999"><v>1</v></c></row></sheetData></worksheet>'
    )
    began = time.process_time()
    assert refused(with_member(xlsx([["a"], [1]]), "xl/worksheets/sheet1.xml", far)) == "file_too_many_rows"
    assert time.process_time() - began < 5
    wide = far.replace(b'r="999999999999"', b'r="2"').replace(b"A999999999999", b"CA2")
    assert refused(with_member(xlsx([["a"], [1]]), "xl/worksheets/sheet1.xml", wide)) == "file_too_many_columns"


@pytest.mark.parametrize("broken", [b"", b"<x", b"<x/>", b"\xff\xfe\x00"])
@pytest.mark.parametrize(
    "member", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"]
)
def test_whatever_is_broken_inside_is_one_refusal(member: str, broken: bytes) -> None:
    assert refused(with_member(xlsx([["a"], [1]]), member, broken)) in ("file_damaged", "file_no_rows")
