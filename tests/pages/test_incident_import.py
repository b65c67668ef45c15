"""Bringing in old incidents, and the paper of one: as a head and as staff see them."""

from collections.abc import Callable
from typing import Any

import pytest

from models import incident, incident_import
from models.access import Invalid
from models.incident import IncidentDraft
from models.incident_search import Filter, incidents
from tests.worlds import World, instant

Open = Callable[..., Any]
GOOD = "Ngày;Nội dung;Mức độ;Ghi chú\n05/10/2018 19:40;=1+1 <b>Chen lấn</b>;2;x\n06/10/2018;Mất xe đạp;1;\n"
WRONG = "Ngày;Nội dung;Mức độ\n05/10/2018;Chen lấn;2\n31/02/2018;x;nặng\n05/10/2018;gọi 0912345678;2\n"


def said(at: Any) -> str:
    """Every word on the page."""
    kinds = ("title", "subheader", "markdown", "caption", "error", "warning", "info", "success", "text", "metric")
    return "\n".join(str(one.value) for kind in kinds for one in getattr(at, kind)).replace("\\", "")


def keys(at: Any) -> set[str]:
    return {one.key for one in at.button}


def figures(at: Any) -> dict[str, str]:
    return {one.label: one.value for one in at.metric}


def chosen(at: Any, text: str, name: str = "so-cu.csv") -> Any:
    return at.file_uploader(key="import.file").set_value((name, text.encode(), "text/csv")).run()


def test_it_shows_what_a_file_holds_then_brings_it_in_once(page: Open, small_world: World) -> None:
    at = page("incidents.py", "hanh")
    at.button(key="import.open").click().run()
    assert at.query_params["tep"] == "1"
    assert "Nhập vụ việc cũ" in said(at)
    assert "bí mật nhà nước" in said(at)
    chosen(at, GOOD)
    assert not at.exception
    assert figures(at) == {"Số dòng": "2", "Mới": "2", "Đã có": "0", "Có lỗi": "0"}
    assert at.dataframe[-1].value["Nội dung vụ việc"].tolist() == ["=1+1 <b>Chen lấn</b>", "Mất xe đạp"]
    assert "mục tương ứng: Ghi chú" in said(at)
    assert incidents(small_world.head, Filter()) == []
    at.button(key="import.go").click().run()
    assert not at.exception
    assert "Đã nhập 2 vụ việc" in said(at)
    assert [row.summary for row in incidents(small_world.head, Filter())] == ["Mất xe đạp", "=1+1 <b>Chen lấn</b>"]
    at.button(key="import.close").click().run()
    assert "tep" not in at.query_params
    at.button(key="import.open").click().run()
    chosen(at, GOOD, "tên khác.csv")
    assert figures(at)["Đã có"] == "2"
    assert "Không có gì để nhập" in said(at)
    assert "import.go" not in keys(at)


def test_what_is_wrong_is_listed_by_row_and_column_and_numbers_can_be_hidden(page: Open, small_world: World) -> None:
    at = page("incidents.py", "hanh", tep="1")
    chosen(at, WRONG)
    assert not at.exception
    listed = at.dataframe[0].value
    assert listed["Dòng"].tolist() == [3, 3, 3, 4]
    assert listed["Cột"].tolist() == ["A · Xảy ra lúc", "C · Mức độ", "B · Nội dung vụ việc", "B · Nội dung vụ việc"]
    assert listed["Lỗi"].tolist()[0] == "Đây không phải ngày. Hãy ghi dạng 31/12/2020 19:40."
    assert listed["Nội dung ô"].tolist() == ["31/02/2018", "nặng", "x", "gọi 0912345678"]
    assert "import.go" not in keys(at)
    at.checkbox(key="import.mask").check().run()
    assert at.dataframe[0].value["Dòng"].tolist() == [3, 3, 3]
    chosen(at, WRONG.replace("31/02/2018;x;nặng\n", "06/10/2018;Mất xe;1\n"))
    at.button(key="import.go").click().run()
    assert {row.summary for row in incidents(small_world.head, Filter())} == {"Chen lấn", "Mất xe", "gọi •••••••678"}


def test_a_file_that_cannot_be_read_says_why(page: Open, small_world: World) -> None:
    at = page("incidents.py", "hanh", tep="1")
    for text, sentence in (
        (" ", "Tệp trống"),
        ("chỉ;có\n", "Không có dòng nào dưới tên cột"),
        ("a;b\n1;2\n", "Thiếu cột: Xảy ra lúc, Nội dung vụ việc"),
    ):
        chosen(at, text)
        assert not at.exception
        assert sentence in said(at)
        assert "import.go" not in keys(at)


def test_what_changed_between_looking_and_bringing_in_is_said(
    page: Open, small_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = page("incidents.py", "hanh", tep="1")
    chosen(at, GOOD)

    def refuse(*_: object, **__: object) -> None:
        raise Invalid("file_rows_wrong", problems=[])

    monkeypatch.setattr(incident_import, "bring_in", refuse)
    at.button(key="import.go").click().run()
    assert not at.exception
    assert "Dữ liệu vừa thay đổi" in said(at)
    assert incidents(small_world.head, Filter()) == []


def test_a_fault_of_ours_is_reported_once_and_the_next_try_goes_on(
    page: Open, small_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = page("incidents.py", "hanh", tep="1")
    chosen(at, GOOD)
    with monkeypatch.context() as broken:
        broken.setattr(incident_import, "_write", lambda *_: 1 / 0)
        at.button(key="import.go").click().run()
        assert at.exception
    assert incidents(small_world.head, Filter()) == []
    at.run()
    assert not at.exception
    at.button(key="import.go").click().run()
    assert len(incidents(small_world.head, Filter())) == 2


@pytest.mark.parametrize("name", ["alice", "liem"])
def test_staff_are_not_offered_it_and_the_address_opens_nothing(page: Open, small_world: World, name: str) -> None:
    at = page("incidents.py", name, tep="1")
    assert not at.exception
    assert "import.open" not in keys(at)
    assert not list(at.file_uploader)


def test_the_template_is_made_for_who_asks(page: Open, small_world: World) -> None:
    at = page("incidents.py", "hanh", tep="1")
    at.button(key="import.template").click().run()
    assert not at.exception
    assert next(one.url for one in at.get("link_button")).startswith("/xuat/")


# ---- paper ------------------------------------------------------------------------------------------------------------
def test_an_open_incident_is_printed_alone_and_written_as_a_word_document(page: Open, small_world: World) -> None:
    typed = {
        "summary": "**Chen lấn** <script>x</script>",
        "occurred_at": instant("2020-01-05T19:40"),
        "place": "Cổng B",
    }
    row = incident.report(small_world.alice, IncidentDraft.model_validate(typed))
    at = page("incidents.py", "alice", id=str(row.id))
    at.session_state["incident.paper"] = True
    at.run()
    at.button(key="incident.word").click().run()
    addresses = [one.url for one in at.get("link_button")]
    assert [one for one in addresses if one.startswith(f"/vu-viec?id={row.id}&in=1&")]
    assert [one for one in addresses if one.startswith("/xuat/")]
    at = page("incidents.py", "alice", id=str(row.id), **{"in": "1"})
    assert not at.exception
    for line in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "BIÊN BẢN VỤ VIỆC", "Địa điểm: Cổng B", "NGƯỜI LẬP BIÊN BẢN"):
        assert line in said(at)
    assert "<script>" not in "".join(one.value for one in at.markdown)
    assert not list(at.sidebar.button)
    assert not list(at.button)


def test_a_foreign_incident_is_not_printed(page: Open, small_world: World) -> None:
    typed = {"summary": "Chen lấn ở cửa B", "occurred_at": instant("2020-01-05T19:40")}
    row = incident.report(small_world.alice, IncidentDraft.model_validate(typed))
    at = page("incidents.py", "bob", id=str(row.id), **{"in": "1"})
    assert not at.exception
    assert "BIÊN BẢN" not in said(at)
    assert row.summary not in said(at)
