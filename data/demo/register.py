"""The register of the demonstration world: flash reports, sessions of guards and mass organisations, how many guards there
are, the self-score of the year, and the targets a head set."""

import datetime as dt
from typing import Any, NamedTuple

from data.demo import cast
from data.demo.diary import at, local
from data.demo.office import DAY, HOUR, MINUTE, Office
from models import deadline, movement, self_score, target
from models.access import Current
from models.movement import GuardForceDraft, MovementDraft
from models.self_score import PILLARS, GradeDraft, SelfScoreDraft
from models.target import TargetDraft

HALL, THEATRE, LIBRARY = "Nhà thi đấu tỉnh", "Nhà hát tỉnh", "Thư viện tỉnh"


class Session(NamedTuple):
    """One session: on which day (in the golden year a date, later so many days ago), of what kind, by whom."""

    on: str | int
    kind: str
    body: str
    topic: str
    place: str
    people: int
    trained: int = 0


def _patrol(on: str | int, topic: str, place: str, people: int) -> Session:
    return Session(on, "patrol", "guard", topic, place, people)


def _training(on: str | int, topic: str, place: str, people: int, trained: int) -> Session:
    return Session(on, "training", "guard", topic, place, people, trained)


# The 24 trainings and patrols of the guards in the golden year.
GOLDEN = (
    _training("2019-09-12", "Quán triệt mô hình, nghiệp vụ gác cửa", "Văn phòng Sở", 24, 22),
    _patrol("2019-10-05", "Tuần tra đêm khai mạc mùa diễn", THEATRE, 8),
    _patrol("2019-10-19", "Tuần tra khuôn viên cuối tuần", HALL, 6),
    _patrol("2019-11-02", "Tuần tra đêm diễn chào mừng 20/11", THEATRE, 8),
    _training("2019-11-14", "Chữa cháy và thoát nạn tại rạp", THEATRE, 26, 8),
    _training("2019-12-05", "Nghiệp vụ bảo vệ đầu năm đánh giá mới", "Văn phòng Sở", 25, 23),
    _patrol("2019-12-24", "Tuần tra đêm Giáng sinh", "Trung tâm Văn hóa", 10),
    _patrol("2019-12-31", "Tuần tra đêm giao thừa dương lịch", THEATRE, 10),
    _patrol("2020-01-17", "Tuần tra chương trình mừng Xuân", THEATRE, 9),
    _patrol("2020-01-24", "Trực và tuần tra đêm giao thừa", "Văn phòng Sở", 12),
    _training("2020-02-06", "Phòng, chống chen lấn tại lễ hội", cast.RELICS, 20, 6),
    _patrol("2020-02-08", "Tuần tra di tích mùa lễ hội", cast.RELICS, 9),
    _patrol("2020-03-14", "Tuần tra khuôn viên, kiểm tra khóa cửa", LIBRARY, 5),
    _training("2020-05-12", "Hướng dẫn đo thân nhiệt, phân luồng khách", LIBRARY, 18, 4),
    _patrol("2020-05-19", "Tuần tra ngày sinh Chủ tịch Hồ Chí Minh", "Trung tâm Văn hóa", 8),
    _patrol("2020-06-13", "Tuần tra đêm chèo", THEATRE, 7),
    _training("2020-06-18", "Phương án giải bóng chuyền hơi", HALL, 22, 3),
    _patrol("2020-06-27", "Tuần tra giải bóng chuyền hơi", HALL, 12),
    _patrol("2020-07-27", "Tuần tra ngày Thương binh – Liệt sĩ", cast.MUSEUM, 6),
    _patrol("2020-08-22", "Tuần tra liên hoan tiếng hát", THEATRE, 8),
    _patrol("2020-09-02", "Trực và tuần tra Quốc khánh", "Văn phòng Sở", 12),
    _training("2020-09-17", "Chữa cháy hậu trường, rút kinh nghiệm", THEATRE, 27, 2),
    _patrol("2020-10-25", "Tuần tra đêm nhạc cách mạng", THEATRE, 8),
    _training("2020-11-05", "Sơ cứu ban đầu", HALL, 21, 0),
)
LATELY = (
    Session(338, "propaganda", "youth", "Tuyên truyền an toàn mùa lễ hội", "Trung tâm Văn hóa", 85),
    _training(320, "Nghiệp vụ bảo vệ đầu năm", "Văn phòng Sở", 27, 24),
    _patrol(285, "Tuần tra mùa lễ hội đầu xuân", cast.MUSEUM, 10),
    Session(262, "propaganda", "union", "Ký cam kết thi đua giữa các công đoàn bộ phận", "Văn phòng Sở", 120),
    _training(214, "Chữa cháy và thoát nạn", THEATRE, 25, 7),
    _patrol(190, "Tuần tra liên hoan nghệ thuật quần chúng", "Trung tâm Văn hóa", 9),
    Session(166, "propaganda", "veterans", "Nói chuyện truyền thống, phòng ngừa tội phạm", LIBRARY, 64),
    Session(128, "patrol", "youth", "Đội thanh niên xung kích tuần tra hè", HALL, 15),
    _patrol(96, "Tuần tra ban đêm khuôn viên", HALL, 6),
    Session(93, "propaganda", "union", "Hưởng ứng Ngày hội Toàn dân bảo vệ an ninh Tổ quốc", "Văn phòng Sở", 142),
    _training(61, "Xử lý người gây rối tại rạp", THEATRE, 23, 3),
    _patrol(27, "Tuần tra triển lãm ảnh", cast.MUSEUM, 5),
    Session(10, "propaganda", "youth", "Cảnh giác lừa đảo trên mạng", LIBRARY, 58),
)
SMALL = {
    cast.SCHOOL: (
        _training(300, "Quy trình đón, trả học sinh", "Cổng trường và bãi xe", 8, 8),
        Session(196, "propaganda", "youth", "Phòng, chống bạo lực học đường", "Khối 11", 320),
        _patrol(78, "Tuần tra ngày khai giảng", "Cổng trường và bãi xe", 6),
        Session(44, "propaganda", "union", "An toàn giao thông trước cổng trường", "Khối 10", 260),
    ),
    cast.HOSPITAL: (
        _training(270, "Báo động đỏ khi nhân viên y tế bị đe dọa", "Khoa Cấp cứu", 18, 16),
        Session(150, "propaganda", "union", "Ứng xử với người nhà người bệnh", "Khoa Khám bệnh", 95),
        _training(67, "Chữa cháy khu điều trị", "Khoa Nhi", 20, 3),
        _patrol(20, "Tuần tra bãi xe ban đêm", "Cổng, bãi xe và khuôn viên", 4),
    ),
}


# ---- what is done ----------------------------------------------------------------------------------------------------
def flash(office: Office, key: str, when: dt.datetime) -> None:
    """The flash report of an urgent incident."""
    office.diary.plan(when, office.staff, lambda current: deadline.report_flash(current, office.ids[key]))


def _hold(office: Office, day: dt.date, said: Session) -> None:
    draft = MovementDraft(
        held_on=day,
        kind=said.kind,
        body=said.body,
        topic=said.topic,
        place=said.place,
        unit_id=office.units.get(said.place),
        participants=said.people,
        guards_trained=said.trained,
    )
    office.diary.plan(at(day, 21, 30), office.staff, lambda current: movement.add_movement(current, draft))


def _guards(office: Office, day: dt.date, number: int) -> None:
    draft = GuardForceDraft(counted_on=day, strength=number)
    office.diary.plan(at(day, 8), office.staff, lambda current: movement.count_guards(current, draft))


def _score(office: Office, year_last: dt.date, signed: dt.datetime, points: tuple[float, ...]) -> str:
    """A self-score, entered an hour before it is signed."""
    key = f"score {year_last}"
    first = year_last.replace(year=year_last.year - 1) + DAY
    values: dict[str, Any] = {f"{pillar}_points": number for pillar, number in zip(PILLARS, points, strict=True)}
    draft = SelfScoreDraft(year_first=first, year_last=year_last, **values)

    def enter(current: Current) -> None:
        office.ids[key] = self_score.add_score(current, draft).id  # type: ignore[assignment]

    office.diary.plan(signed - HOUR, office.head, enter)
    office.diary.plan(signed, office.head, lambda current: self_score.sign_score(current, office.ids[key], 1))
    return key


def _target(office: Office, when: dt.datetime, code: str, value: float, warning: float) -> None:
    draft = TargetDraft(code=code, value=value, warning=warning, valid_from=when.date())
    office.diary.plan(when, office.head, lambda current: target.set_target(current, draft))


# ---- the golden year -------------------------------------------------------------------------------------------------
def golden(office: Office) -> None:
    flash(office, "23", local("2020-07-25T09:25"))  # 15 minutes after it came in
    flash(office, "26", local("2020-09-12T20:10"))  # 45 minutes: late
    _guards(office, dt.date(2019, 9, 3), 32)
    _guards(office, dt.date(2020, 5, 4), 35)
    for said in GOLDEN:
        _hold(office, dt.date.fromisoformat(str(said.on)), said)
    key = _score(office, dt.date(2020, 11, 15), local("2020-11-10T16:00"), (24, 23.5, 22, 23))
    grade = GradeDraft(grade="excellent", graded_on=dt.date(2020, 12, 18), grade_document="2214/QĐ-UBND (minh họa)")
    office.diary.plan(
        local("2020-12-21T09:00"),
        office.head,
        lambda current: self_score.grade_score(current, office.ids[key], grade, 2),
    )
    set_at = local("2019-12-16T08:30")
    for code, value, warning in (("3", 90, 80), ("6", 0, 2), ("11", 85, 75), ("14", 100, 85), ("19", 0, 0)):
        _target(office, set_at, code, value, warning)


# ---- the last twelve months ------------------------------------------------------------------------------------------
def lately(offices: dict[str, Office], today: dt.date) -> None:
    for code, sessions in {cast.DEPARTMENT: LATELY, **SMALL}.items():
        office = offices[code]
        for said in sessions:
            _hold(office, today - int(said.on) * DAY, said)
        year_last = _year_over(today)
        _score(
            office,
            year_last,
            at(year_last - 4 * DAY, 15),
            (23.5, 24, 22.5, 23) if code == cast.DEPARTMENT else (22, 21, 23, 22.5),
        )
    _guards(offices[cast.DEPARTMENT], today - 330 * DAY, 37)
    _guards(offices[cast.SCHOOL], today - 330 * DAY, 8)
    _guards(offices[cast.HOSPITAL], today - 330 * DAY, 20)


def _year_over(today: dt.date) -> dt.date:
    """The last day of the assessment year that was scored last: it is signed four days before it ends."""
    last = dt.date(today.year, 11, 15)
    return last if last - 4 * DAY < today else last.replace(year=today.year - 1)


def told(office: Office, key: str, severity: int, received: dt.datetime, place: int) -> None:
    """The flash report of an incident of the last months, if it asks for one; each third is late."""
    if severity >= 3:
        flash(office, key, received + (50 if place % 3 == 2 else 20) * MINUTE)
