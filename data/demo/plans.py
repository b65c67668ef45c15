"""The security plans of the demonstration world: three posts of four people and one high risk with its scenario."""

from models.catalogue import defaults
from models.plan_content import Contact, PlanDraft, Post, Risk, Scenario

POSTS = (
    ("Cửa A – soát vé", "middle", "guard"),
    ("Cửa B – soát vé", "middle", "guard"),
    ("Khu vực sân khấu", "inner", "staff"),
    ("Bãi xe, phân luồng", "outer", "police"),
    ("Khán đài", "middle", "youth_union"),
    ("Tổ cơ động", "mobile", "core_force"),
)
CRUSH, FIRE = "Chen lấn, giẫm đạp", "Cháy, nổ"
GUARD = "Đội trưởng đội bảo vệ"


def _scenario(code: str, name: str) -> Scenario:
    words = defaults("scenario")[code].attributes
    return Scenario(
        name=name,
        trigger=words["trigger_vi"],
        first_action=words["action_vi"],
        commander=GUARD,
        evacuation_route="Theo sơ đồ thoát nạn niêm yết tại các cửa.",
        call=", ".join(words["call"]),
    )


def security_plan(people: int, posts: int, staff: int) -> PlanDraft:
    """A plan for so many people, with `staff` spread evenly over its posts."""
    each, left = divmod(staff, posts)
    return PlanDraft(
        aims="Bảo đảm tuyệt đối an toàn về người và tài sản; không để xảy ra chen lấn, cháy, nổ, mất trật tự.",
        expected_people=people,
        peak_people=people * 8 // 10,
        commander="Trưởng ban Tổ chức",
        measures="Kiểm tra PCCC và điện trước giờ mở cửa 3 giờ; soát vé tại hai cửa; xe cứu thương trực tại cổng phụ.",
        risks=[
            Risk(
                hazard="crowd_crush",
                likelihood=3,
                consequence=4,
                control="Mở cửa trước 60 phút, phân luồng bằng rào mềm.",
                likelihood_after=2,
                consequence_after=4,
                scenario=CRUSH,
                owner=GUARD,
            ),
            Risk(
                hazard="fire",
                likelihood=2,
                consequence=4,
                control="Bình chữa cháy tại sân khấu.",
                scenario=FIRE,
                owner=GUARD,
            ),
        ],
        posts=[
            Post(name=name, ring=ring, force=force, head_count=each + (at < left))
            for at, (name, ring, force) in enumerate(POSTS[:posts])
        ],
        scenarios=[_scenario("crowd_crush", CRUSH), _scenario("fire", FIRE)],
        contacts=[
            Contact(name="Công an (trực ban)", phone="113"),
            Contact(name="Cứu hỏa, cứu nạn", phone="114"),
            Contact(name="Cấp cứu", phone="115"),
        ],
    )
