"""Who plays in the demonstration world. Every organisation is marked "(minh họa)" and every person is invented."""

import datetime as dt
from dataclasses import dataclass

from models.access import Role
from models.organisation import Kind

FOUNDED = "2019-08-26T08:00"  # before the first record of the golden year
OPERATOR, BOARD, DEPARTMENT = "he-thong", "ban-chi-dao", "svhttdl"
SCHOOL, HOSPITAL, ENTERPRISE = "thpt-binh-minh", "bv-an-khang", "dn-sao-khue"
POLICE = {"PA03": "congan-tinh", "CAP Khai Quang": "cap-khai-quang"}  # the golden year's names for the partners


@dataclass(frozen=True)
class Person:
    account: str
    full_name: str
    role: Role


@dataclass(frozen=True)
class Tenant:
    """`model_age` is how many days before the build its model started; None where `model_started_on` says it."""

    code: str
    name: str
    short_name: str
    kind: Kind
    people: tuple[Person, ...]
    parent: str | None = None
    model_started_on: dt.date | None = None
    model_age: int | None = None
    units: tuple[str, ...] = ()


def _staff(account: str, full_name: str) -> Person:
    return Person(account, full_name, Role.STAFF)


def _head(account: str, full_name: str) -> Person:
    return Person(account, full_name, Role.HEAD)


def _administrator(full_name: str) -> Person:
    return Person("quantri", full_name, Role.ADMINISTRATOR)


SYSTEM = Person("hethong", "Đặng Gia Bảo", Role.SYSTEM)
RELICS, MUSEUM = "Ban Quản lý Di tích", "Bảo tàng tỉnh"
MERGED_ON = dt.date(2020, 4, 28)
INSPECTORATE = "Thanh tra Sở"
INSPECTORATE_ENDED_ON = dt.date(2025, 7, 1)

TENANTS = (
    Tenant(
        BOARD,
        "Ban Chỉ đạo xây dựng phong trào toàn dân bảo vệ an ninh Tổ quốc tỉnh (minh họa)",
        "Ban Chỉ đạo",
        Kind.BOARD,
        (Person("binh", "Hoàng Thái Bình", Role.BOARD),),
    ),
    Tenant(
        POLICE["PA03"],
        "Công an tỉnh, phòng PA03 (minh họa)",
        "PA03",
        Kind.POLICE,
        (Person("hung", "Phạm Việt Hùng", Role.LIAISON),),
    ),
    Tenant(
        POLICE["CAP Khai Quang"],
        "Công an phường Khai Quang (minh họa)",
        "CAP Khai Quang",
        Kind.POLICE,
        (Person("son", "Vũ Hồng Sơn", Role.LIAISON),),
    ),
    Tenant(
        DEPARTMENT,
        "Sở Văn hóa, Thể thao và Du lịch (minh họa)",
        "Sở VHTTDL",
        Kind.DEPARTMENT,
        (
            _staff("lan", "Nguyễn Thị Lan"),
            _staff("huong", "Đỗ Thu Hương"),
            _head("minh", "Trần Quang Minh"),
            _administrator("Lê Hoài Nam"),
        ),
        BOARD,
        dt.date(2019, 9, 1),
        units=(
            "Văn phòng Sở",
            INSPECTORATE,
            "Phòng Quản lý Văn hóa",
            "Phòng Quản lý Du lịch",
            "Phòng Quản lý Thể dục thể thao",
            "Nhà hát tỉnh",
            "Nhà thi đấu tỉnh",
            "Thư viện tỉnh",
            MUSEUM,
            RELICS,
            "Trung tâm Văn hóa",
        ),
    ),
    Tenant(
        SCHOOL,
        "Trường THPT Bình Minh (minh họa)",
        "THPT Bình Minh",
        Kind.SCHOOL,
        (_staff("hoa", "Phan Ngọc Hoa"), _head("tuan", "Bùi Anh Tuấn"), _administrator("Cao Minh Khoa")),
        BOARD,
        model_age=420,
        units=("Khối 10", "Khối 11", "Khối 12", "Ký túc xá", "Cổng trường và bãi xe"),
    ),
    Tenant(
        HOSPITAL,
        "Bệnh viện Đa khoa An Khang (minh họa)",
        "BV An Khang",
        Kind.HOSPITAL,
        (_staff("thu", "Mai Hoài Thu"), _head("dung", "Ngô Tiến Dũng"), _administrator("Tạ Quốc Việt")),
        BOARD,
        model_age=500,
        units=("Khoa Cấp cứu", "Khoa Khám bệnh", "Khoa Nhi", "Khối hành chính", "Cổng, bãi xe và khuôn viên"),
    ),
    Tenant(
        ENTERPRISE,
        "Công ty TNHH Điện tử Sao Khuê (minh họa)",
        "Sao Khuê",
        Kind.ENTERPRISE,
        (_staff("nga", "Trịnh Thúy Nga"), _head("long", "Đinh Phi Long"), _administrator("Lý Thanh Tùng")),
        BOARD,
        model_age=60,
        units=("Xưởng lắp ráp", "Kho vật tư", "Khối văn phòng"),
    ),
)

# Name → ward, as the organisations list them from the beginning.
PLACES = {
    DEPARTMENT: {
        "Nhà hát tỉnh": "Phường Khai Quang",
        "Nhà thi đấu tỉnh": "Phường Khai Quang",
        "Sân vận động tỉnh": "Phường Khai Quang",
        "Thư viện tỉnh": "Phường Liên Bảo",
        "Bảo tàng tỉnh": "Phường Liên Bảo",
        "Khu di tích, cổng chính": "",
    },
    SCHOOL: {"Cổng trường": "", "Sân trường": "", "Nhà đa năng": "", "Ký túc xá": ""},
    HOSPITAL: {"Khoa Cấp cứu": "", "Cổng chính": "", "Bãi xe": ""},
}
