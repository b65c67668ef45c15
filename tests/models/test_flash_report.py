"""The flash report as text: five points in their order, nobody's name, nobody's number."""

import pytest

from models import flash_report, history, incident, quick_entry
from models.access import Denied, NotFound
from models.guard import despite
from models.incident import IncidentDraft
from tests.worlds import World, instant

EXPECTED = """BÁO CÁO NHANH
Sở A (thử)
Vụ việc số VV-2020-0001, cập nhật lúc 08 giờ 30 ngày 06/01/2020

1. Khi nào: 19 giờ 40 ngày 05/01/2020
2. Ở đâu: Cửa B, Nhà thi đấu
3. Diễn biến: Chen lấn ở cửa B, anh N.V.T. ngã
Khoảng 120 người dồn về cửa B; liên hệ chị H. •••• ••• 678
- 08 giờ 00 ngày 06/01/2020: Đã tách dòng người
Loại vụ việc: Chen lấn, xô đẩy
Mức độ: Nghiêm trọng
Tính chất: Tiềm ẩn phức tạp
Số người liên quan: 120 – khán giả
4. Đã xử lý: Tăng 4 bảo vệ
Phối hợp với: Công an C (thử)
Tình trạng: Tiếp nhận
5. Kiến nghị: Đề nghị ông T. cho tăng cường lực lượng"""


def test_it_says_when_where_what_what_was_done_and_what_is_asked(world: World) -> None:
    with despite("Người báo tin đồng ý"):
        row = incident.report(
            world.alice,
            IncidentDraft(
                occurred_at=instant("2020-01-05T19:40"),
                summary="Chen lấn ở cửa B, anh Nguyễn Văn Tuấn ngã",
                place="Cửa B",
                unit_id=world.units["hall"],
                kind="B.crowding",
                severity=3,
                complexity="latent",
                complexity_reason="Đông người",
                description="Khoảng 120 người dồn về cửa B; liên hệ chị Hoa 0912 345 678",
                people_count=120,
                people_roles="khán giả",
                measures="Tăng 4 bảo vệ",
                partners=[f"org:{world.organisations['congan']}"],
            ),
        )
    history.note(world.alice, "incident", row.id, "Đã tách\ndòng người")
    struck = history.note(world.alice, "incident", row.id, "Nhầm chỗ")
    history.strike(world.alice, struck.id, "Ghi nhầm")  # type: ignore[union-attr,arg-type]
    world.forward(minutes=30)
    assert flash_report.text(world.alice, row.id, "Đề nghị ông Tám cho tăng cường lực lượng") == EXPECTED


def test_what_is_not_known_is_said_or_left_out(small_world: World) -> None:
    small_world.set("2020-01-06T19:00")
    row = quick_entry.jot(small_world.alice, "18:20 {place} xô xát %s")
    assert flash_report.text(small_world.alice, row.id).splitlines()[4:] == [
        "1. Khi nào: 18 giờ 20 ngày 06/01/2020",
        "2. Ở đâu: chưa rõ",
        "3. Diễn biến: 18:20 {place} xô xát %s",
        "4. Đã xử lý: đang cập nhật",
        "Tình trạng: Tiếp nhận",
        "5. Kiến nghị: không",
    ]


def test_of_many_notes_the_latest_ten(small_world: World) -> None:
    row = quick_entry.jot(small_world.alice, "7h xô xát")
    for number in range(12):
        history.note(small_world.alice, "incident", row.id, f"Diễn biến {number}")
    notes = [line for line in flash_report.text(small_world.alice, row.id).splitlines() if line.startswith("- ")]
    assert len(notes) == 10
    assert notes[-1].endswith(": Diễn biến 11")


def test_it_is_for_those_who_may_read_the_record(small_world: World) -> None:
    row = quick_entry.jot(small_world.alice, "7h xô xát")
    with pytest.raises(NotFound):
        flash_report.text(small_world.bob, row.id)
    for name in ("admin", "board"):
        with pytest.raises(Denied):
            flash_report.text(getattr(small_world, name), row.id)
