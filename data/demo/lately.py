"""The last twelve months up to the day of the build: invented, modest, the same for the same day. It keeps pages alive."""

import datetime as dt
import random  # noqa: TID251 - an invented world: chance with a fixed seed, and no secret hangs on it
from dataclasses import dataclass
from typing import NamedTuple

from data.demo import cast, register
from data.demo.diary import at
from data.demo.golden import CONCLUSIONS
from data.demo.office import DAY, HOUR, MINUTE, Office
from data.demo.plans import security_plan
from models.event import EventDraft, ResultDraft
from models.finding import FindingDraft
from models.inspection import RoundDraft, VisitDraft

INSPECTOR = f"huong@{cast.DEPARTMENT}"
BOTH, PA03, WARD = ["PA03", "CAP Khai Quang"], ["PA03"], ["CAP Khai Quang"]
REASON = "Có dấu hiệu tái diễn, liên quan nhiều người, cần theo dõi."


class Plot(NamedTuple):
    """Something that happens again and again in one kind of organisation."""

    kind: str
    severity: int
    unit: str
    summary: str


DEPARTMENT = (
    Plot("B.crowding", 1, "Nhà hát tỉnh", "Khán giả dồn về cửa soát vé trước giờ diễn"),
    Plot("B.ticket_touting", 1, "Nhà hát tỉnh", "Chèo kéo bán lại vé trước cửa Nhà hát"),
    Plot("D.short_circuit", 2, "Nhà hát tỉnh", "Chập điện dàn đèn hậu trường, đã ngắt cầu dao"),
    Plot("B.fighting", 2, "Nhà thi đấu tỉnh", "Xô xát giữa cổ động viên sau trận đấu"),
    Plot("C.theft", 1, "Nhà thi đấu tỉnh", "Mất điện thoại trong phòng thay đồ"),
    Plot("C.theft", 1, "Thư viện tỉnh", "Bạn đọc báo mất ba lô tại khu gửi đồ"),
    Plot("E.medical", 1, "Thư viện tỉnh", "Bạn đọc lớn tuổi choáng, đã gọi 115"),
    Plot("C.damage", 1, cast.MUSEUM, "Khách làm xước tủ kính trưng bày"),
    Plot("B.touting", 1, cast.MUSEUM, "Hàng rong đeo bám khách tại cổng di tích"),
    Plot("F.superstition", 1, cast.MUSEUM, "Xem bói, rút thẻ tại khu vực lễ hội"),
    Plot("H.drone", 2, "Phòng Quản lý Văn hóa", "Flycam bay không phép trên khu vực lễ hội"),
    Plot("F.karaoke_hours", 1, "Phòng Quản lý Văn hóa", "Phản ánh cơ sở karaoke hoạt động quá giờ"),
    Plot("C.fraud", 3, "Phòng Quản lý Du lịch", "Du khách tố giác bị lừa đặt phòng qua mạng"),
    Plot("H.impersonation", 2, "Văn phòng Sở", "Trang giả mạo Sở thu tiền tập huấn"),
    Plot("A.mass_complaint", 2, "Văn phòng Sở", "Nhóm người đến kiến nghị về chế độ, đã tiếp và giải thích"),
    Plot("B.disorder", 1, "Trung tâm Văn hóa", "Loa kéo gây ồn sau giờ quy định"),
)
SCHOOL = (
    Plot("B.fighting", 2, "Khối 11", "Hai nhóm học sinh xô xát sau giờ tan học"),
    Plot("C.theft", 1, "Khối 10", "Mất máy tính cầm tay trong lớp"),
    Plot("C.theft", 1, "Cổng trường và bãi xe", "Mất mũ bảo hiểm tại bãi xe"),
    Plot("B.disorder", 1, "Cổng trường và bãi xe", "Thanh niên lạ tụ tập trước cổng trường"),
    Plot("E.traffic_accident", 2, "Cổng trường và bãi xe", "Va chạm xe đạp điện trước cổng trường"),
    Plot("E.food_poisoning", 2, "Ký túc xá", "Một số học sinh đau bụng sau bữa tối, đã theo dõi y tế"),
    Plot("H.impersonation", 1, "Khối 12", "Tin nhắn mạo danh nhà trường thu tiền"),
    Plot("D.technical", 1, "Ký túc xá", "Mất nước, học sinh tập trung phản ánh"),
)
HOSPITAL = (
    Plot("B.obstruction", 2, "Khoa Cấp cứu", "Người nhà lớn tiếng, cản trở nhân viên y tế"),
    Plot("B.drunkenness", 1, "Khoa Cấp cứu", "Người say rượu gây ồn tại phòng chờ"),
    Plot("C.theft", 1, "Khoa Khám bệnh", "Người bệnh báo mất ví khi xếp hàng"),
    Plot("C.theft", 1, "Cổng, bãi xe và khuôn viên", "Mất xe máy điện tại bãi xe"),
    Plot("B.touting", 1, "Cổng, bãi xe và khuôn viên", "Cò mồi dẫn dắt người bệnh ra phòng khám ngoài"),
    Plot("D.fire", 3, "Khối hành chính", "Cháy ổ điện kho hồ sơ, dập tắt bằng bình tại chỗ"),
    Plot("D.technical", 1, "Khoa Nhi", "Mất điện cục bộ mười phút, máy phát đã hoạt động"),
    Plot("H.website_attack", 2, "Khối hành chính", "Trang đặt lịch khám bị tấn công từ chối dịch vụ"),
)


@dataclass
class Year:
    """The twelve months before `today`, and the chance that fills them."""

    office: Office
    today: dt.date
    chance: random.Random

    def day(self, before: int) -> dt.date:
        return self.today - before * DAY


def write(offices: dict[str, Office], today: dt.date) -> None:
    for code, plots, number in (
        (cast.DEPARTMENT, DEPARTMENT, 27),
        (cast.SCHOOL, SCHOOL, 14),
        (cast.HOSPITAL, HOSPITAL, 19),
    ):
        year = Year(offices[code], today, random.Random(f"bốn an toàn {code}"))
        _incidents(year, code, plots, number)
    department = Year(offices[cast.DEPARTMENT], today, random.Random("bốn an toàn: sở"))
    _department_rounds(department)
    _department_events(department)
    _department_partners(department)
    register.lately(offices, today)
    _small_rounds(Year(offices[cast.SCHOOL], today, random.Random("bốn an toàn: trường")), f"hoa@{cast.SCHOOL}", 2)
    _small_rounds(Year(offices[cast.HOSPITAL], today, random.Random("bốn an toàn: viện")), f"thu@{cast.HOSPITAL}", 3)
    _school_events(Year(offices[cast.SCHOOL], today, random.Random("bốn an toàn: hội trường")))


# ---- incidents -------------------------------------------------------------------------------------------------------
def _incidents(year: Year, code: str, plots: tuple[Plot, ...], number: int) -> None:
    """Spread over the year; the last three still open: one overdue, one due soon, one that came in yesterday."""
    days = [*sorted(year.chance.sample(range(14, 360), number - 3), reverse=True), 12, 3, 1]
    for place, before in enumerate(days):
        key = f"{code} {place}"
        plot = plots[year.chance.randrange(len(plots))]
        _incident(year, key, plot, before, place, is_open=place >= number - 3)


def _incident(year: Year, key: str, plot: Plot, before: int, place: int, *, is_open: bool) -> None:
    office, chance = year.office, year.chance
    occurred = at(year.day(before), chance.randrange(7, 21), chance.randrange(0, 60, 5))
    received = occurred + chance.randrange(5, 50, 5) * MINUTE
    latent = place % 8 == 3
    joint = office.partners and (latent or place % 7 == 5)
    partners = (WARD if place % 2 else BOTH) if joint else []
    draft = {
        "occurred_at": occurred,
        "received_at": received,
        "summary": plot.summary,
        "place": plot.unit,
        "unit_id": office.units[plot.unit],
        "kind": plot.kind,
        "severity": plot.severity,
        "complexity": "latent" if latent else "none",
        "complexity_reason": REASON if latent else "",
        "people_count": chance.randrange(1, 12),
        "partners": office.codes(partners),
    }
    entered = received + 15 * MINUTE
    office.incident(key, entered, draft)
    register.told(office, key, plot.severity, received, place)
    if before > 1:
        office.verify(key, entered + 20 * MINUTE, "Đã cử người xác minh.")
    if joint:
        _share(office, "incident", key, plot.summary, partners, entered + HOUR, answered=before > 20)
    if not is_open:
        _finish(year, key, plot, entered, place)


def _finish(year: Year, key: str, plot: Plot, entered: dt.datetime, place: int) -> None:
    """Most are settled within days, some late; one was not confirmed, one transferred, one reopened, one became complex."""
    office, chance = year.office, year.chance
    late = place % 9 == 4
    settled = entered + (chance.randrange(13, 20) * DAY if late else chance.randrange(3, 70) * HOUR)
    if place == 6:
        office.void(key, entered + DAY, "Đã xác minh tại chỗ, không có sự việc như phản ánh.")
        return
    if place == 9:
        office.transfer(key, entered + 2 * DAY, "Công an phường", f"{100 + place}/CV")
        return
    if place == 2 and plot in HOSPITAL:
        office.judge_complex(key, entered + 2 * HOUR, "Nhiều người tham gia, có thương tích, báo chí đưa tin.")
        register.flash(office, key, entered + 2 * HOUR + 20 * MINUTE)
    office.settle(key, settled, CONCLUSIONS[plot.kind[0]])
    if place == 12:
        office.reopen(key, settled + 3 * DAY, "Có phản ánh mới, cần xác minh lại.")
        office.settle(key, settled + 5 * DAY, CONCLUSIONS[plot.kind[0]])
    if settled < at(year.day(3), 0):
        office.close(key, settled + 6 * DAY)


def _share(
    office: Office, source: str, key: str, title: str, partners: list[str], when: dt.datetime, *, answered: bool
) -> None:
    """Proposed, released, and after a while confirmed; the newest still wait for their answer."""
    office.share(source, key, when, title, partners)
    office.release(source, key, when + 30 * MINUTE)
    for name in partners:
        if answered:
            office.confirm(source, key, when + 2 * DAY, name)


# ---- inspections -----------------------------------------------------------------------------------------------------
ROUNDS = (
    ("conditional_business.karaoke", 336, BOTH, 5),
    ("worship", 301, PA03, 4),
    ("festival", 277, BOTH, 6),
    ("festival", 268, BOTH, 5),
    ("conditional_business.lodging", 201, WARD, 6),
    ("heritage.museum", 152, PA03, 3),
    ("conditional_business.karaoke", 96, BOTH, 7),
    ("worship.belief", 47, PA03, 4),
    ("conditional_business.games", 16, WARD, 4),
)
FOUND = (
    "Bình chữa cháy quá hạn kiểm định",
    "Lối thoát nạn bị che chắn",
    "Chưa lập sổ theo dõi khách",
    "Camera không lưu đủ ngày",
)


def _department_rounds(year: Year) -> None:
    office = year.office
    for place, (subject, before, partners, visits) in enumerate(ROUNDS):
        key, day = f"round {place}", year.day(before)
        _plan_round(year, key, subject, day, f"{210 + 7 * place}/QĐ-SVHTTDL", INSPECTOR, partners)
        _visits(year, key, day, visits, INSPECTOR)
        office.conclude(key, at(day, 17), day, "Đã thông báo kết luận, theo dõi việc khắc phục.", INSPECTOR)
        _share(
            office,
            "inspection_round",
            key,
            f"Kiểm tra liên ngành cuộc {place + 1}",
            partners,
            at(day, 17, 20),
            answered=before > 20,
        )
    for key, before in (("round late", 6), ("round next", -9)):
        _plan_round(year, key, "conditional_business.sport", year.day(before), "", INSPECTOR, WARD)


def _plan_round(year: Year, key: str, subject: str, day: dt.date, decision: str, who: str, partners: list[str]) -> None:
    draft = RoundDraft(
        subject=subject,
        kind="scheduled",
        lead="joint" if partners else "independent",
        planned_on=day,
        area="Phường Khai Quang" if partners else "Trong khuôn viên",
        unit_id=year.office.units.get("Phòng Quản lý Văn hóa"),
        decision_no=decision,
        partners=year.office.codes(partners),
    )
    year.office.round(key, at(day - 21 * DAY, 9), draft, who)


def _visits(year: Year, key: str, day: dt.date, number: int, who: str) -> None:
    """Something is found at about every third place; most is put right in time, what is recent is still open."""
    for place in range(number):
        when, visit_key = at(day, 8, 30) + place * 40 * MINUTE, f"{key} visit {place}"
        year.office.visit(
            visit_key, key, when, VisitDraft(place=f"Cơ sở minh họa {key[6:]}.{place + 1}", visited_on=day), who
        )
        if year.chance.random() < 0.34:
            _finding(year, visit_key, day, when + 15 * MINUTE, who, again=place % 2 == 0)


def _finding(year: Year, visit_key: str, day: dt.date, when: dt.datetime, who: str, *, again: bool) -> None:
    key, deadline = f"{visit_key} finding", day + 14 * DAY
    item = FOUND[year.chance.randrange(len(FOUND))]
    year.office.finding(key, visit_key, when, FindingDraft(item=item, handling="correction", deadline=deadline), who)
    done = deadline + (4 if year.chance.random() < 0.2 else -2) * DAY
    year.office.remedied(key, at(done, 15), done, who)
    if again:
        year.office.recheck(key, at(done + 6 * DAY, 10), done + 6 * DAY, who)


def _small_rounds(year: Year, who: str, number: int) -> None:
    """A school or a hospital looks after its own rooms."""
    for place in range(number):
        key, day = f"round {place}", year.day(310 - place * 130)
        _plan_round(year, key, "venue", day, "", who, [])
        _visits(year, key, day, 3, who)
        year.office.conclude(key, at(day, 17), day, "Đã nhắc các bộ phận khắc phục.", who)


# ---- events ----------------------------------------------------------------------------------------------------------
class Show(NamedTuple):
    name: str
    kind: str
    venue: str
    before: int
    people: int


SHOWS = (
    Show("Chương trình nghệ thuật mừng năm mới", "show", "Nhà hát tỉnh", 327, 720),
    Show("Hội báo Xuân", "exhibition", "Thư viện tỉnh", 290, 1450),
    Show("Giải việt dã mở rộng", "tournament", "Nhà thi đấu tỉnh", 243, 980),
    Show("Liên hoan nghệ thuật quần chúng", "show", "Trung tâm Văn hóa", 188, 610),
    Show("Giải cầu lông các câu lạc bộ", "tournament", "Nhà thi đấu tỉnh", 141, 540),
    Show("Đêm nhạc mùa thu", "show", "Nhà hát tỉnh", 74, 830),
    Show("Triển lãm ảnh quê hương", "exhibition", cast.MUSEUM, 25, 1120),
)
COMING = (
    Show("Hòa nhạc cuối năm", "show", "Nhà hát tỉnh", -12, 800),
    Show("Giải bóng chuyền hơi người cao tuổi", "tournament", "Nhà thi đấu tỉnh", -20, 600),
)


def _event(year: Year, key: str, show: Show, partners: list[str], unit: str | None, known: int = 25) -> None:
    starts = at(year.day(show.before), 19)
    draft = EventDraft(
        name=show.name,
        kind=show.kind,
        venue=show.venue,
        unit_id=year.office.units[unit] if unit else None,
        starts_at=starts,
        ends_at=starts + 3 * HOUR,
        expected_people=show.people,
        partners=year.office.codes(partners),
    )
    year.office.event(key, at(year.day(show.before) - known * DAY, 9), draft)


def _department_events(year: Year) -> None:
    office = year.office
    for place, show in enumerate(SHOWS):
        key, day, partners = f"event {place}", year.day(show.before), BOTH if place % 2 else WARD
        _event(year, key, show, partners, show.venue)
        office.draft_plan(key, at(day - 18 * DAY, 10), security_plan(show.people, 3 + place % 4, 14))
        if place == 3:
            office.submit(key, at(day - 14 * DAY, 15))
            office.ask_opinion(key, at(day - 14 * DAY, 16), "PA03", "Đề nghị xem kỹ các lối ra")
            said = "Đề nghị bổ sung phương án cho cửa phụ và lối thoát phía sau."
            office.give_opinion(key, at(day - 13 * DAY, 10), "PA03", "agree_with_remarks", said)
            office.send_back(key, at(day - 12 * DAY, 9), "Bổ sung phương án cho cửa phụ, trình lại.")
            office.redraft(key, at(day - 12 * DAY, 14))
        office.submit(key, at(day - 11 * DAY, 15))
        office.approve(key, at(day, 20) if place == 4 else at(day - 9 * DAY, 10))
        _share(office, "event", key, show.name, partners, at(day, 21), answered=show.before > 30)
        came = show.people * year.chance.randrange(82, 108) // 100
        kind = "estimated" if show.kind == "exhibition" else "counted"
        office.report_result(key, at(day + 2 * DAY, 9), ResultDraft(attendance=came, attendance_kind=kind))
        if place in (0, 5):
            _at_event(year, key, show)
    for place, show in enumerate(COMING):
        key = f"coming {place}"
        _event(year, key, show, WARD, show.venue, known=28)
        office.draft_plan(key, at(year.day(4 - place), 9), security_plan(show.people, 4, 16))
    office.submit("coming 0", at(year.day(2), 15))
    for name in BOTH:
        office.ask_opinion("coming 0", at(year.day(1), 8), name, "Đề nghị cho ý kiến trong tuần này")
    office.give_opinion("coming 0", at(year.day(1), 14), "CAP Khai Quang", "agree")


def _at_event(year: Year, key: str, show: Show) -> None:
    """An incident during an event."""
    when, name = at(year.day(show.before), 20), f"{key} incident"
    draft = {
        "occurred_at": when,
        "received_at": when + 5 * MINUTE,
        "summary": "Khán giả chen lấn tại lối ra giờ giải lao",
        "place": show.venue,
        "unit_id": year.office.units[show.venue],
        "kind": "B.crowding",
        "severity": 1,
        "event_id": key,
    }
    year.office.incident(name, when + 20 * MINUTE, draft)
    year.office.settle(name, when + 90 * MINUTE, CONCLUSIONS["B"])


def _school_events(year: Year) -> None:
    office, shows = year.office, (("Lễ khai giảng", 79, 1200), ("Hội khỏe học sinh", 30, 950))
    for place, (name, before, people) in enumerate(shows):
        key, show = f"event {place}", Show(name, "school", "Sân trường", before, people)
        day = year.day(before)
        _event(year, key, show, [], None)
        office.draft_plan(key, at(day - 15 * DAY, 10), security_plan(people, 3, 9))
        office.submit(key, at(day - 9 * DAY, 15))
        office.approve(key, at(day - 7 * DAY, 10))
        office.report_result(key, at(day + DAY, 9), ResultDraft(attendance=people - 40))


# ---- partners --------------------------------------------------------------------------------------------------------
TOGETHER = (
    ("patrol", "Tuần tra chung khu vực lễ hội đầu xuân", 279, WARD),
    ("meeting", "Giao ban sáu tháng với Công an", 158, BOTH),
    ("training", "Tập huấn xử lý tình huống cho lực lượng bảo vệ", 121, PA03),
    ("patrol", "Tuần tra chung dịp Quốc khánh", 82, WARD),
    ("meeting", "Giao ban quý với Công an", 40, BOTH),
    ("patrol", "Tuần tra chung quanh Nhà thi đấu", 8, WARD),
)


def _department_partners(year: Year) -> None:
    for place, (kind, title, before, partners) in enumerate(TOGETHER):
        key, start = f"together {place}", at(year.day(before), 19 if kind == "patrol" else 8, 30)
        draft = {"kind": kind, "title": title, "started_at": start, "ended_at": start + 2 * HOUR, "people": 6 + place}
        year.office.activity(key, start + 3 * HOUR, draft | {"area": "Phường Khai Quang"}, partners)
        year.office.release("activity", key, start + 15 * HOUR)
        for name in partners:
            if before > 20:
                year.office.confirm("activity", key, start + 3 * DAY, name)
    year.office.share("incident", f"{cast.DEPARTMENT} 25", at(year.day(1), 15), "Đề nghị phối hợp nắm tình hình", PA03)
