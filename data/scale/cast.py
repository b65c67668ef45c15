"""Who and what there is in the big world: kinds of organisations, people's names, what happens, and where."""

import random  # noqa: TID251 - an invented world: chance with a fixed seed, and no secret hangs on it
from dataclasses import dataclass

from data.demo.lately import DEPARTMENT, HOSPITAL, SCHOOL, Plot
from models.organisation import Kind

MARK = "DỮ LIỆU MINH HỌA"

ENTERPRISE = (
    Plot("C.theft", 1, "Kho vật tư", "Mất linh kiện khi kiểm kê cuối ca"),
    Plot("B.fighting", 2, "Xưởng", "Công nhân xô xát tại nhà ăn giờ nghỉ trưa"),
    Plot("D.short_circuit", 1, "Xưởng", "Chập tủ điện phân xưởng, đã ngắt nguồn"),
    Plot("A.strike", 3, "Xưởng", "Một số công nhân ngừng việc, kiến nghị về tiền tăng ca"),
    Plot("E.traffic_accident", 1, "Cổng và bãi xe", "Va chạm xe máy trước cổng giờ tan ca"),
    Plot("H.personal_data", 2, "Văn phòng", "Lộ danh sách liên lạc nội bộ trên mạng xã hội"),
    Plot("G.gambling", 1, "Ký túc xá", "Tụ tập đánh bài ăn tiền tại phòng trọ công nhân"),
    Plot("E.work_accident", 2, "Xưởng", "Công nhân bị thương ở tay khi vận hành máy"),
)
# Rarer than the plots above, and each brings tasks with it.
GRAVE = (
    Plot("D.fire", 3, "", "Cháy nhỏ tại kho, dập tắt bằng bình chữa cháy tại chỗ"),
    Plot("E.food_poisoning", 3, "", "Nhiều người đau bụng sau bữa ăn tập thể, đã đưa đi khám"),
    Plot("A.mass_complaint", 2, "", "Nhóm người kéo đến kiến nghị kéo dài tại cổng"),
    Plot("E.crowd_crush", 4, "", "Xô đẩy ở lối ra, có người ngã bị thương"),
)
DETAILS = (
    "Sự việc xảy ra lúc đông người, bảo vệ có mặt ngay.",
    "Người báo tin là nhân viên trực ca, đã xác nhận tại chỗ.",
    "Camera khu vực ghi được toàn bộ diễn biến, đã trích xuất.",
    "Không có người bị thương; tài sản thiệt hại không đáng kể.",
    "Có người bị thương nhẹ, đã sơ cứu tại chỗ.",
    "Hai bên đã được tách ra, trật tự ổn định sau mười phút.",
    "Đã báo Công an phường, lực lượng đến sau mười lăm phút.",
    "Đối tượng rời khỏi hiện trường trước khi lực lượng đến.",
    "Khu vực được khoanh lại, khách được hướng dẫn sang lối khác.",
    "Trước đó đã có phản ánh tương tự trong tuần.",
    "Thời tiết mưa lớn, tầm nhìn hạn chế, nền trơn trượt.",
    "Loa phát thanh nhắc nhở ba lần, đám đông giải tán dần.",
)
MEASURES = (
    "Lập biên bản, nhắc nhở, cho cam kết.",
    "Tăng cường hai bảo vệ ở cửa chính đến hết ca.",
    "Rà soát camera, bổ sung đèn chiếu sáng.",
    "Phối hợp Công an phường tuần tra quanh khu vực.",
    "Cắt điện khu vực, mời đơn vị kỹ thuật kiểm tra.",
    "Hướng dẫn người bị hại làm đơn trình báo.",
    "Thông báo đến các bộ phận để phòng ngừa.",
)
ROLES = ("2 khách", "1 bảo vệ, 1 khách", "nhóm thanh niên", "3 học sinh", "người nhà, nhân viên y tế", "công nhân tổ 2")
REASONS = (
    "Có dấu hiệu tái diễn, liên quan nhiều người, cần theo dõi.",
    "Mâu thuẫn kéo dài giữa hai nhóm, có khả năng tụ tập trở lại.",
    "Dư luận quan tâm, có thể phát sinh khiếu kiện.",
)
CONCLUSIONS = (
    "Đã can ngăn, nhắc nhở, lập biên bản vụ việc; trật tự ổn định trở lại.",
    "Đã lập biên bản, rà soát camera, bổ sung biện pháp quản lý tài sản.",
    "Đã khắc phục sự cố, kiểm tra lại hệ thống, không có người bị thương.",
    "Đã đối thoại, giải thích; mọi người giải tán, không phát sinh điểm nóng.",
    "Đã sơ cứu, chuyển cơ sở y tế; sức khỏe ổn định, đã rút kinh nghiệm.",
    "Đã nhắc nhở, yêu cầu chấm dứt; cam kết không tái phạm.",
)
NOTES = (
    "Đã cử người xuống hiện trường xác minh.",
    "Đã làm việc với người liên quan, chờ bản tường trình.",
    "Công an phường đề nghị cung cấp thêm hình ảnh.",
    "Người bị hại đã nhận lại tài sản.",
    "Khu vực đã trở lại bình thường, tiếp tục theo dõi.",
)
FOUND = (
    "Bình chữa cháy quá hạn kiểm định",
    "Lối thoát nạn bị che chắn",
    "Chưa lập sổ theo dõi khách",
    "Camera không lưu đủ ngày",
    "Thiếu bảng nội quy, sơ đồ khu vực",
    "Hệ thống điện chắp nối, không có nắp che",
)
SHOWS = (
    ("Chương trình nghệ thuật quần chúng", "show"),
    ("Giải thể thao cơ quan, doanh nghiệp", "tournament"),
    ("Lễ hội truyền thống", "festival"),
    ("Hội nghị tổng kết năm", "conference"),
    ("Triển lãm, trưng bày chuyên đề", "exhibition"),
    ("Lễ kỷ niệm ngày thành lập", "ceremony"),
    ("Ngày hội của nhà trường", "school"),
)
TOGETHER = (
    ("patrol", "Tuần tra chung quanh trụ sở"),
    ("meeting", "Giao ban với Công an"),
    ("training", "Tập huấn xử lý tình huống cho bảo vệ"),
)
SESSIONS = (
    ("training", "Tập huấn xử lý tình huống cho lực lượng bảo vệ"),
    ("training", "Huấn luyện sử dụng phương tiện chữa cháy tại chỗ"),
    ("patrol", "Tuần tra đêm trong khuôn viên"),
    ("propaganda", "Tuyên truyền phòng, chống lừa đảo qua mạng"),
    ("propaganda", "Sinh hoạt chuyên đề về trật tự, an toàn giao thông"),
)
BODIES = ("guard", "guard", "union", "youth", "veterans")
SUBJECTS = (
    "conditional_business.karaoke",
    "conditional_business.lodging",
    "conditional_business.games",
    "worship",
    "worship.belief",
    "festival",
    "heritage.museum",
    "venue",
)
OUTSIDE = {"PC07": "body:PC07", "Y tế": "body:health"}


@dataclass(frozen=True)
class Sort:
    """One sort of organisation: what it is called, and what happens there. `weight` is how many of them there are."""

    kind: Kind
    names: tuple[str, ...]
    plots: tuple[Plot, ...]
    units: tuple[str, ...]
    weight: int


SORTS = (
    Sort(
        Kind.SCHOOL,
        ("Trường THPT", "Trường THCS", "Trường Cao đẳng"),
        SCHOOL,
        ("Khối 10", "Khối 11", "Khối 12", "Ký túc xá", "Cổng trường và bãi xe", "Khối hành chính"),
        8,
    ),
    Sort(
        Kind.DEPARTMENT,
        ("Sở", "Trung tâm Văn hóa", "Ban Quản lý di tích"),
        DEPARTMENT,
        ("Văn phòng", "Phòng Nghiệp vụ", "Nhà hát", "Nhà thi đấu", "Thư viện", "Bảo tàng", "Thanh tra"),
        5,
    ),
    Sort(
        Kind.ENTERPRISE,
        ("Công ty TNHH", "Công ty Cổ phần", "Khu du lịch"),
        ENTERPRISE,
        ("Xưởng", "Kho vật tư", "Văn phòng", "Ký túc xá", "Cổng và bãi xe"),
        4,
    ),
    Sort(
        Kind.HOSPITAL,
        ("Bệnh viện Đa khoa", "Trung tâm Y tế"),
        HOSPITAL,
        ("Khoa Cấp cứu", "Khoa Khám bệnh", "Khoa Nhi", "Khối hành chính", "Cổng, bãi xe và khuôn viên"),
        3,
    ),
)
PLACES = (
    "Cổng chính",
    "Cổng phụ",
    "Bãi gửi xe",
    "Hội trường lớn",
    "Sân trong",
    "Nhà ăn",
    "Hành lang tầng hai",
    "Kho hồ sơ",
    "Khu vệ sinh tầng một",
    "Sảnh tiếp đón",
)
_FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô", "Dương", "Lý")
_MIDDLES = ("Thị", "Văn", "Minh", "Thu", "Quang", "Ngọc", "Hữu", "Thanh")
_GIVEN = (
    *("An", "Bình", "Châu", "Dũng", "Giang", "Hà", "Hải", "Hương", "Khánh", "Lan", "Mai", "Nam", "Phúc", "Quỳnh"),
    *("Sơn", "Thảo", "Tuấn", "Uyên", "Vân", "Yến"),
)


def full_name(chance: random.Random) -> str:
    return f"{chance.choice(_FAMILIES)} {chance.choice(_MIDDLES)} {chance.choice(_GIVEN)}"
