"""The guard: what it finds, what it proposes, and that no verb writes past it without a reason."""

import time
import tomllib
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest

from models import event, history, incident, incident_life, inspection, plan, sharing
from models.access import Invalid
from models.draft import ReasonDraft
from models.event import EventDraft
from models.guard import check_text, despite, initials, masked
from models.incident import IncidentDraft
from models.incident_life import ExtendDraft, MoveDraft
from models.inspection import RoundDraft
from models.joint import ShareDraft
from models.plan_content import Contact, PlanDraft, Scenario
from models.settings import ROOT
from tests.worlds import World, instant

RULES = tomllib.loads((ROOT / "data" / "catalogues" / "guard_rule.toml").read_text(encoding="utf-8"))["entry"]
ID, PHONE, STAMP = "CCCD 001099012345", "gọi 0912 345 678", "Công văn MẬT số 5"


def said(kind: str) -> list[tuple[str, str]]:
    return [(rule["code"], text) for rule in RULES for text in rule["attributes"][kind]]


def entered(world: World, **values: object) -> Any:
    first = {"occurred_at": instant("2020-01-05T19:40"), "summary": "Chen lấn ở cửa B"}
    return incident.report(world.alice, IncidentDraft.model_validate(first | values))


def story(world: World, row: Any, subject: str = "incident") -> list[tuple[str, str]]:
    """(action, note) of a record, the earliest first."""
    lines = history.timeline(world.alice, subject, row.id)
    return [(line.entry.action, line.entry.note) for line in reversed(lines)]


# ---- one text -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("code", "text"), said("examples"))
def test_it_finds(code: str, text: str) -> None:
    assert [one.rule for one in check_text(text)][:1] == [code]
    assert check_text(unicodedata.normalize("NFD", text))
    assert not check_text(masked(text))


@pytest.mark.parametrize(("code", "text"), said("counter_examples"))
def test_it_lets_pass(code: str, text: str) -> None:
    assert check_text(text) == []
    assert masked(text) == text


def test_the_proposal_hides_numbers_and_takes_whole_passages_out() -> None:
    text = "Câu một. Kế hoạch MẬT, tuyệt mật, gọi 0987 654 321. Câu ba: gọi 0912 345 678, CCCD 001099012345."
    assert masked(text) == (
        "Câu một. [đã lược bỏ nội dung mang dấu chỉ độ mật] Câu ba: gọi •••• ••• 678, CCCD •••••••••345."
    )


def test_what_stands_already_is_not_found_again() -> None:
    assert check_text("gọi 0912 345 678 ngay", standing="gọi 0912 345 678") == []
    assert [one.found for one in check_text("0912 345 678, 0987654321", "0912 345 678")] == ["0987654321"]


@pytest.mark.parametrize(
    "text", ["9 " * 500_000, "mật " * 250_000, "0912.345." * 100_000, "x" * 1_000_000, "\n" * 1_000_000]
)
def test_a_megabyte_takes_no_ages(text: str) -> None:
    start = time.perf_counter()
    check_text(text)
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    ("text", "outgoing"),
    [
        ("Bắt anh Nguyễn Văn Tuấn và chị Hoa.", "Bắt anh N.V.T. và chị H."),
        ("họ và tên: NGUYỄN VĂN A", "họ và tên: N.V.A."),
        ("đối tượng Lê Văn Tám đánh học sinh Phạm An", "đối tượng L.V.T. đánh học sinh P.A."),
        ("gia đình Trần Thị Bé", "gia đình T.T.B."),
        ("bảo vệ Nhà hát, bà con Vĩnh Yên", "bảo vệ Nhà hát, bà con Vĩnh Yên"),
        (
            "chùa Bà Đanh, đường Nguyễn Văn Cừ, Trường THPT Trần Phú",
            "chùa Bà Đanh, đường Nguyễn Văn Cừ, Trường THPT Trần Phú",
        ),
    ],
)
def test_names_leave_as_initials(text: str, outgoing: str) -> None:
    assert initials(text) == initials(unicodedata.normalize("NFD", text)) == outgoing


# ---- no verb writes past it -----------------------------------------------------------------------------------------
def a_note(world: World, text: str) -> None:
    history.note(world.alice, "incident", entered(world).id, text)


def an_incident(world: World, text: str) -> None:
    entered(world, description=text)


def an_amendment(world: World, text: str) -> None:
    row = entered(world)
    draft = IncidentDraft.model_validate({**row.model_dump(include=set(IncidentDraft.model_fields)), "measures": text})
    incident.amend(world.alice, row.id, draft, row.version)


def a_step(world: World, text: str) -> None:
    row = entered(world)
    incident_life.move(world.alice, row.id, "verifying", MoveDraft(note=text), row.version)


def a_new_due_date(world: World, text: str) -> None:
    row = entered(world)
    draft = ExtendDraft(due_on=instant("2020-03-02T08:00").date(), due_basis=text)
    incident_life.extend(world.alice, row.id, draft, row.version)


def a_struck_note(world: World, text: str) -> None:
    entry = history.note(world.alice, "incident", entered(world).id, "Nhầm")
    history.strike(world.alice, entry.id, text)  # type: ignore[union-attr,arg-type]


def a_shared_summary(world: World, text: str) -> None:
    draft = ShareDraft(title="Chen lấn", summary=text, partners=[f"org:{world.organisations['congan']}"])
    sharing.propose(world.alice, "incident", entered(world).id, draft)


def a_round(world: World, text: str) -> None:
    draft = {"subject": "festival", "kind": "scheduled", "lead": "independent", "area": "Vĩnh Yên", "note": text}
    inspection.plan_round(world.alice, RoundDraft.model_validate(draft | {"planned_on": "2020-02-03"}))


def an_event(world: World, text: str = "") -> Any:
    times = {"starts_at": instant("2020-02-01T19:00"), "ends_at": instant("2020-02-01T21:00")}
    return event.add_event(world.alice, EventDraft(name="Đêm nhạc", kind="show", venue="Nhà hát", note=text, **times))


def a_plan(world: World, text: str) -> None:
    plan.draft_plan(world.alice, an_event(world).id, PlanDraft(scenarios=[Scenario(name="Cháy", first_action=text)]))


DEEDS = (
    a_note,
    an_incident,
    an_amendment,
    a_step,
    a_new_due_date,
    a_struck_note,
    a_shared_summary,
    a_round,
    an_event,
    a_plan,
)


@pytest.mark.parametrize("deed", DEEDS)
def test_it_refuses(small_world: World, deed: Callable[[World, str], Any]) -> None:
    for text in (ID, PHONE, STAMP):
        with pytest.raises(Invalid) as refused:
            deed(small_world, text)
        assert refused.value.code == "guarded"
        code, facts = next(iter(refused.value.errors.values()))
        assert code == "guarded"
        assert facts["findings"][0].found in text


@pytest.mark.parametrize("deed", DEEDS)
def test_it_writes_with_a_reason(small_world: World, deed: Callable[[World, str], Any]) -> None:
    with despite("Đã được lãnh đạo cho phép ghi"):
        deed(small_world, PHONE)
    (entry, _), *_ = [one for one in history.latest(small_world.alice, 20) if one[0].action == "guard.overridden"]
    assert (entry.note, entry.changes) == ("Đã được lãnh đạo cho phép ghi", {"rules": "phone"})


def test_the_reason_stands_on_the_timeline_beside_it(world: World) -> None:
    row = entered(world)
    with despite("Số trực ban của Công an phường"):
        history.note(world.alice, "incident", row.id, PHONE)
    assert story(world, row)[1:] == [("noted", PHONE), ("guard.overridden", "Số trực ban của Công an phường")]
    with pytest.raises(Invalid):  # one reason, one text
        history.note(world.alice, "incident", row.id, ID)
    assert len(story(world, row)) == 3


def test_a_reason_without_need_leaves_no_entry(small_world: World) -> None:
    row = entered(small_world)
    with despite("Không cần đến"):
        history.note(small_world.alice, "incident", row.id, "Đã ổn định")
    assert [action for action, _ in story(small_world, row)] == ["incident.reported", "noted"]


@pytest.mark.parametrize(("reason", "code"), [("x", "string_too_short"), (f"vì {ID}", "guarded_reason")])
def test_a_reason_is_words_and_no_number_itself(small_world: World, reason: str, code: str) -> None:
    row = entered(small_world)
    with pytest.raises(Invalid) as refused, despite(reason):
        history.note(small_world.alice, "incident", row.id, PHONE)
    assert next(iter(refused.value.errors.values()))[0] == code
    assert len(story(small_world, row)) == 1


def test_what_was_let_in_once_does_not_stop_later_changes(small_world: World) -> None:
    with despite("Số công khai của nhà xe"):
        row = entered(small_world, description=PHONE)
    values = row.model_dump(include=set(IncidentDraft.model_fields)) | {
        "place": "Cửa B",
        "description": f"{PHONE} ngay",
    }
    incident.amend(small_world.alice, row.id, IncidentDraft.model_validate(values), row.version)
    history.note(small_world.alice, "incident", row.id, f"Nhắc lại: {PHONE}")
    assert [action for action, _ in story(small_world, row)].count("guard.overridden") == 1


def test_phone_lists_of_offices_are_free(small_world: World) -> None:
    draft = PlanDraft(
        contacts=[Contact(name="Trực ban Công an phường", phone="0211 3861 234")],
        scenarios=[Scenario(name="Cháy", call="114; đội trưởng 0912 345 678")],
    )
    row = plan.draft_plan(small_world.alice, an_event(small_world).id, draft)
    assert row.contacts[0]["phone"] == "0211 3861 234"
    with pytest.raises(Invalid, match="guarded"):
        plan.amend_plan(small_world.alice, row.id, PlanDraft(contacts=[Contact(name=ID, phone="113")]), row.version)


def test_a_refused_text_leaves_nothing_behind(world: World) -> None:
    before = history.revisions({world.alice.organisation_id})  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        entered(world, description=STAMP)
    assert history.revisions({world.alice.organisation_id}) == before  # type: ignore[arg-type]
    assert entered(world).number == "VV-2020-0001"
    assert ReasonDraft(reason="đủ dài").reason
