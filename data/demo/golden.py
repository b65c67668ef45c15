"""The golden year, 01/09/2019 – 12/11/2020: the records of the .csv files beside this page, entered on their days."""

import csv
import datetime as dt
from pathlib import Path

from data.demo import cast, register
from data.demo.diary import at, local
from data.demo.office import DAY, HOUR, MINUTE, Office
from data.demo.plans import security_plan
from models.catalogue import defaults
from models.event import EventDraft, ResultDraft
from models.finding import FindingDraft
from models.inspection import RoundDraft, VisitDraft

HERE = Path(__file__).resolve().parent
INSPECTOR = f"huong@{cast.DEPARTMENT}"
Row = dict[str, str]

REASONS = {
    "4": "Nhiều người cùng kiến nghị về đền bù, có dấu hiệu bị lôi kéo, có thể kéo dài.",
    "11": "Đông người dồn vào lối hẹp giờ cao điểm, có nguy cơ giẫm đạp.",
    "14": "Hai thôn bất đồng về nghi thức, có khả năng xô xát trong ngày hội.",
    "21": "Hai nhóm thanh niên hẹn nhau, có thể mang theo hung khí.",
    "28": "Người phát tờ rơi lôi kéo đông du khách, có thể tái diễn.",
    "31": "Khoảng 120 người dồn về một cửa, nguy cơ lặp lại ở các buổi diễn sau.",
}
CONCLUSIONS = {
    "A": "Đã đối thoại, giải thích; mọi người giải tán, không phát sinh điểm nóng.",
    "B": "Đã can ngăn, nhắc nhở, lập biên bản vụ việc; trật tự ổn định trở lại.",
    "C": "Đã lập biên bản, rà soát camera, bổ sung biện pháp quản lý tài sản.",
    "D": "Đã khắc phục sự cố, kiểm tra lại hệ thống, không có người bị thương.",
    "E": "Đã sơ cứu, chuyển cơ sở y tế; sức khỏe ổn định, đã rút kinh nghiệm.",
    "F": "Đã nhắc nhở, yêu cầu chấm dứt; cam kết không tái phạm.",
    "H": "Đã thông báo đính chính, gỡ nội dung giả mạo, cảnh báo người dân.",
}
ITEMS = {
    "festival": (
        "Đổi tiền lẻ hưởng chênh lệch",
        "Lối thoát nạn bị hàng quán lấn chiếm",
        "Thiếu bảng nội quy, sơ đồ khu vực",
    ),
    "conditional_business": (
        "Hệ thống báo cháy không hoạt động",
        "Hoạt động quá giờ quy định",
        "Chưa niêm yết nội quy",
    ),
    "worship": (
        "Thiếu bình chữa cháy tại khu hóa vàng",
        "Chưa thông báo danh mục hoạt động hằng năm",
        "Bãi xe thu sai giá",
    ),
}
IN_CHARGE = {
    "festival": "Phòng Quản lý Văn hóa",
    "conditional_business": cast.INSPECTORATE,
    "worship": "Phòng Quản lý Văn hóa",
}
AREA = {
    "festival": "Các lễ hội đầu xuân",
    "conditional_business": "Các phường nội thành",
    "worship": "Các cơ sở thờ tự",
}


def read(name: str) -> list[Row]:
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def kind_of(group: str, words: str) -> str:
    """The catalogue's code of a kind in its own words or in another wording it knows."""
    for entry in defaults("incident_kind").values():
        if entry.parent == group and words in (entry.vi, *entry.attributes.get("aliases", ())):
            return entry.code
    raise KeyError(f"{group}: {words}")


def names(partners: str) -> list[str]:
    return partners.split(";") if partners else []


def write(office: Office) -> None:
    for row in read("events"):
        _event(office, row)
    for row in read("incidents"):
        _incident(office, row)
    visits, findings = read("visits"), read("findings")
    for row in read("rounds"):
        mine = [visit for visit in visits if visit["round"] == row["round"]]
        _round(office, row, mine, findings)
    register.golden(office)
    _afterwards(office)


# ---- incidents -------------------------------------------------------------------------------------------------------
def _incident(office: Office, row: Row) -> None:
    key, received, partners = row["no"], local(row["received_at"]), names(row["joint_with"])
    entered = received + 10 * MINUTE
    draft = {
        "occurred_at": local(row["occurred_at"]),
        "received_at": received,
        "summary": row["summary"],
        "place": row["unit"],
        "unit_id": office.units[row["unit"]],
        "kind": kind_of(row["group"], row["kind"]),
        "severity": int(row["severity"]),
        "complexity": row["complexity"],
        "complexity_reason": REASONS[key] if row["complexity"] != "none" else "",
        "event_id": row["event"] or None,
        "partners": office.codes(partners),
    }
    office.incident(key, entered, draft, check=dt.date.fromisoformat(row["due_on"]))
    office.verify(key, entered + 15 * MINUTE, "Đã cử người xác minh tại chỗ.")
    if partners:
        _jointly(office, key, row["summary"], partners, entered + HOUR)
    if row["resolved_at"]:
        resolved = local(row["resolved_at"])
        office.settle(key, resolved, CONCLUSIONS[row["group"]])
        office.close(key, at((resolved + 2 * DAY).date(), 16, 30))


def _jointly(office: Office, key: str, title: str, partners: list[str], when: dt.datetime) -> None:
    office.handle_jointly(key, when, "Phối hợp với lực lượng Công an giữ trật tự, nắm tình hình.")
    office.share("incident", key, when + 10 * MINUTE, title, partners)
    office.release("incident", key, when + 20 * MINUTE)
    for name in partners:
        office.confirm("incident", key, when + DAY, name)


# ---- inspections -----------------------------------------------------------------------------------------------------
def _round(office: Office, row: Row, visits: list[Row], findings: list[Row]) -> None:
    key, planned, partners = row["round"], dt.date.fromisoformat(row["planned_on"]), names(row["partners"])
    decided = planned - 15 * DAY
    draft = RoundDraft(
        subject=row["subject"],
        kind=row["kind"],
        lead="joint" if row["joint"] == "yes" else "independent",
        planned_on=planned,
        area=AREA[row["subject"]],
        unit_id=office.units[IN_CHARGE[row["subject"]]],
        decision_no=row["decision_no"],
        decision_on=decided,
        partners=office.codes(partners),
        note=row["note"],
    )
    if not row["done_on"]:
        draft = draft.model_copy(update={"note": ""})
    office.round(key, at(decided, 9), draft, INSPECTOR)
    if not row["done_on"]:
        office.note("inspection_round", key, at(planned - 5 * DAY, 10), row["note"], INSPECTOR)
        return
    for place, visit in enumerate(visits):
        _visit(office, row, visit, at(planned, 8, 30) + place * 30 * MINUTE, findings)
    done = dt.date.fromisoformat(row["done_on"])
    office.conclude(key, at(done, 17), done, "Đã thông báo kết luận tới các cơ sở được kiểm tra.", INSPECTOR)
    title = f"Kiểm tra liên ngành: {defaults('inspection_subject')[row['subject']].vi} ({row['decision_no']})"
    office.share("inspection_round", key, at(done, 17, 20), title, partners, INSPECTOR)
    office.release("inspection_round", key, at(done, 17, 40))
    for name in partners:
        office.confirm("inspection_round", key, at(done + DAY, 9), name)


def _visit(office: Office, round_row: Row, row: Row, when: dt.datetime, findings: list[Row]) -> None:
    day = dt.date.fromisoformat(row["on"])
    draft = VisitDraft(place=row["place"], visited_on=day, ward="Khai Quang")
    office.visit(row["visit"], round_row["round"], when, draft, INSPECTOR)
    mine = [finding for finding in findings if finding["visit"] == row["visit"]]
    if bool(mine) != (row["result"] == "findings"):
        raise ValueError(f"{row['visit']}: result and findings differ")
    for place, finding in enumerate(mine):
        item = ITEMS[round_row["subject"]][int(finding["finding"][1:]) % 3]
        _finding(office, row["visit"], finding, when + (20 + place) * MINUTE, item)


def _finding(office: Office, visit_key: str, row: Row, when: dt.datetime, item: str) -> None:
    key = row["finding"]
    draft = FindingDraft(item=item, handling=row["handling"], deadline=dt.date.fromisoformat(row["deadline"]))
    office.finding(key, visit_key, when, draft, INSPECTOR)
    if row["remedied_on"]:
        day = dt.date.fromisoformat(row["remedied_on"])
        office.remedied(key, at(day, 16), day, INSPECTOR, verify=bool(row["recheck"]))
        if row["recheck"]:
            office.recheck(key, at(day + DAY, 10), day + DAY, INSPECTOR, row["recheck"])


# ---- events ----------------------------------------------------------------------------------------------------------
def _event(office: Office, row: Row) -> None:
    key, starts, ends, approved = (
        row["event"],
        local(row["starts_at"]),
        local(row["ends_at"]),
        local(row["approved_at"]),
    )
    people, partners = int(row["attendance"]), names(row["partners"])
    draft = EventDraft(
        name=row["name"],
        kind=row["kind"],
        venue=row["venue"],
        unit_id=office.units[row["venue"]],
        starts_at=starts,
        ends_at=ends,
        expected_people=people,
        organiser=row["venue"],
        partners=office.codes(partners),
    )
    office.event(key, at((approved - 10 * DAY).date(), 9), draft)
    office.draft_plan(
        key, at((approved - 6 * DAY).date(), 9), security_plan(people, int(row["posts"]), int(row["staff"]))
    )
    office.submit(key, at((approved - 2 * DAY).date(), 15))
    office.approve(key, approved)
    office.share("event", key, approved + 10 * MINUTE, row["name"], partners)
    office.release("event", key, approved + 20 * MINUTE)
    for name in partners:
        office.confirm("event", key, approved + HOUR, name)
    result = ResultDraft(
        attendance=people, attendance_kind=row["attendance_kind"], lessons="Mở đủ các cửa sớm hơn 15 phút."
    )
    office.report_result(key, at((ends + DAY).date(), 9), result)


def _afterwards(office: Office) -> None:
    """How the open ends of the year went on, all after its last day: they change none of its figures."""
    office.settle("31", local("2020-11-19T15:30"), "Đã mở đồng thời hai cửa và bố trí thêm chốt; hai buổi sau ổn định.")
    office.close("31", local("2020-11-23T16:30"))
    office.settle(
        "23", local("2020-12-03T10:00"), "Công an đã tiếp nhận, Sở đã cảnh báo du khách và doanh nghiệp lữ hành."
    )
    office.close("23", local("2020-12-07T16:30"))
    office.remedied("F16", local("2020-12-01T16:00"), dt.date(2020, 12, 1), INSPECTOR)
    office.cancel_round(
        "R13", local("2020-12-10T09:00"), "Không thực hiện được trong năm 2020 do dịch COVID-19.", INSPECTOR
    )
