"""Old incidents from a file: all or none, once, by the rules of the form, with a true history."""

import csv
import datetime as dt
import io
import threading
import unicodedata
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from sqlmodel import select

from models import history, incident_import, incident_life, spreadsheet
from models.access import Denied, Invalid
from models.database import reading
from models.event import EventDraft, add_event
from models.history import HistoryEntry, broken_at
from models.incident import Incident
from models.incident_import import Outcome, bring_in, check
from models.incident_search import Filter, incidents
from models.incident_template import GUIDE, LISTS, template
from models.spreadsheet import Table, read
from tests.worlds import World, instant

FILE = "Sổ vụ việc 2018.xlsx"
FIRST = {"occurred_at": "05/10/2018 19:40", "summary": "Chen lấn ở cửa B"}
SETTLED = {
    "received_at": "05/10/2018 20:00",
    "unit_id": "Nhà thi đấu",
    "kind": "Đánh nhau",
    "severity": "2",
    "resolved_at": "07/10/2018 09:00",
    "conclusion": "Đã can ngăn, nhắc nhở.",
}


def table(*rows: dict[str, Any], names: dict[str, str] | None = None) -> Table:
    """A file with these columns under the template's headings."""
    called = {code: entry.vi for code, entry in incident_import.columns().items()} | (names or {})
    used = [code for code in called if any(code in row for row in rows)]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow([called[code] for code in used])
    writer.writerows([[row.get(code, "") for code in used] for row in rows])
    return read(out.getvalue().encode())


def rows(world: World) -> list[Incident]:
    return incidents(world.head, Filter(), 1000)


def entries(world: World, row: Incident) -> list[HistoryEntry]:
    with reading(world.head) as session:
        statement = select(HistoryEntry).where(HistoryEntry.subject == "incident", HistoryEntry.subject_id == row.id)
        return list(session.exec(statement))


def problems(outcome: Outcome) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.code) for one in outcome.problems]


def test_it_brings_in_what_was_settled_long_ago_with_a_true_history(world: World) -> None:
    told: list[tuple[int, int]] = []
    done = bring_in(world.head, table(FIRST | SETTLED), FILE, tell=lambda *said: told.append(said))
    assert (done.total, done.new, done.known, done.numbers) == (1, 1, 0, ("VV-2020-0001",))
    (row,) = rows(world)
    assert (row.occurred_at, row.received_at) == (instant("2018-10-05T19:40"), instant("2018-10-05T20:00"))
    assert (row.entered_at, row.entered_by_name, row.origin) == (world.clock.moment, "Phạm Thị Hạnh", "file")
    assert (row.resolved_at, row.state, row.owner_id) == (instant("2018-10-07T09:00"), "settled", None)
    assert row.conclusion == "Đã can ngăn, nhắc nhở."
    assert (row.first_due_on, row.flash_due_at) == (dt.date(2018, 10, 12), None)
    (entry,) = entries(world, row)
    assert (entry.action, entry.actor_name, entry.at) == ("incident.imported", "Phạm Thị Hạnh", world.clock.moment)
    assert entry.changes["file"] == [None, FILE]
    assert entry.changes["file_row"] == [None, 2]
    assert entry.changes["state"] == [None, "settled"]
    assert entry.changes["resolved_at"] == [None, history.stamp(instant("2018-10-07T09:00"))]
    assert told[-1] == (2, 2)
    with reading(world.head) as session:
        assert broken_at(session) is None


def test_an_open_one_is_due_from_its_receipt_and_belongs_to_who_brought_it(world: World) -> None:
    bring_in(world.head, table(FIRST | {"severity": "Đặc biệt nghiêm trọng"}), FILE)
    (row,) = rows(world)
    assert (row.received_at, row.due_on) == (row.occurred_at, dt.date(2018, 10, 10))
    assert (row.state, row.owner_id, row.flash_due_at) == ("received", world.head.account_id, None)
    assert incident_life.next_states(world.head, row.id)


def test_the_same_file_again_adds_nothing_and_a_longer_one_only_what_is_new(world: World) -> None:
    first = table(FIRST, FIRST | {"summary": "Mất xe đạp"})
    assert bring_in(world.head, first, FILE).new == 2
    revision = history.revisions({world.head.organisation_id})
    again = bring_in(world.head, first, "tên khác.csv")
    assert (again.new, again.known, again.numbers) == (0, 2, ())
    assert history.revisions({world.head.organisation_id}) == revision
    longer = table(
        {"summary": "Mất xe đạp", "occurred_at": "19h40, ngày 5-10-2018"},
        FIRST | {"summary": "Cháy nhỏ"},
        names={"occurred_at": "Ngày giờ"},
    )
    assert check(world.head, longer) == Outcome(total=2, new=1, known=1)
    done = bring_in(world.head, longer, FILE)
    assert (done.new, done.known, done.numbers) == (1, 1, ("VV-2020-0003",))
    assert bring_in(replace(world.bich, clock=world.clock), first, FILE).numbers == ("VV-2020-0001", "VV-2020-0002")


def test_twenty_clicks_at_once_bring_it_in_once(world: World) -> None:
    found: list[int] = []
    clicks = [
        threading.Thread(target=lambda: found.append(bring_in(world.head, table(FIRST), FILE).new)) for _ in range(20)
    ]
    [click.start() for click in clicks]
    [click.join() for click in clicks]
    assert sorted(found) == [0] * 19 + [1]
    assert len(rows(world)) == 1


def test_one_wrong_row_stops_all_and_numbers_have_no_gap(world: World) -> None:
    wrong = table(FIRST, FIRST | {"summary": "x"})
    with pytest.raises(Invalid) as refusal:
        bring_in(world.head, wrong, FILE)
    assert refusal.value.code == "file_rows_wrong"
    assert [one.row for one in refusal.value.facts["problems"]] == [3]  # type: ignore[attr-defined]
    assert rows(world) == []
    assert bring_in(world.head, table(FIRST), FILE).numbers == ("VV-2020-0001",)


def test_the_dry_run_says_what_is_wrong_by_row_and_column_and_writes_nothing(world: World) -> None:
    before = history.revisions({world.head.organisation_id})
    outcome = check(
        world.head,
        table(
            FIRST | {"occurred_at": "31/02/2019", "severity": "rất nặng", "summary": "ab"},
            FIRST | {"occurred_at": "07/01/2020"},
            {"summary": "Không có ngày"},
            FIRST | {"received_at": "04/10/2018"},
            FIRST | {"people_count": "khoảng 20", "place": "x" * 201, "confidential": "có thể"},
            FIRST | {"complexity": "Tiềm ẩn phức tạp"},
            FIRST | {"kind": "#REF!", "unit_id": "Phòng không có", "event_id": "SK-1"},
            FIRST | {"partners": "PC07; ai đó", "summary": "a\u202ebc"},
            FIRST,
            FIRST,
        ),
    )
    assert problems(outcome) == [
        (2, "occurred_at", "not_a_moment"),
        (2, "severity", "not_in_list"),
        (2, "summary", "string_too_short"),
        (3, "occurred_at", "in_the_future"),
        (4, "occurred_at", "missing"),
        (5, "received_at", "out_of_order"),
        (6, "confidential", "not_yes_or_no"),
        (6, "place", "string_too_long"),
        (6, "people_count", "int_parsing"),
        (7, "complexity_reason", "missing"),
        (8, "unit_id", "not_in_list"),
        (8, "kind", "cell_error"),
        (8, "event_id", "not_in_list"),
        (9, "partners", "not_in_list"),
        (9, "summary", "control_characters"),
        (11, "", "same_as_row"),
    ]
    assert (outcome.total, outcome.new, outcome.known) == (10, 1, 0)
    assert outcome.problems[0].value == "31/02/2019"
    assert outcome.problems[-1].facts == {"row": 10}
    assert history.revisions({world.head.organisation_id}) == before


@pytest.mark.parametrize(
    ("over", "expected"),
    [
        ({"resolved_at": ""}, [("resolved_at", "needed_when_settled")]),
        ({"conclusion": ""}, [("conclusion", "needed_when_settled")]),
        ({"kind": "", "unit_id": ""}, [("unit_id", "needed_when_settled"), ("kind", "needed_when_settled")]),
        ({"resolved_at": "05/10/2018 19:50"}, [("resolved_at", "out_of_order")]),
        ({"resolved_at": "06/01/2020 08:01"}, [("resolved_at", "in_the_future")]),
        ({"conclusion": "ab"}, [("conclusion", "string_too_short")]),
        ({"latent_outcome": "Chuyển thành phức tạp"}, [("latent_outcome", "only_latent_and_settled")]),
        (
            {"complexity": "Tiềm ẩn phức tạp", "complexity_reason": "Đông người"},
            [("latent_outcome", "needed_when_settled")],
        ),
    ],
)
def test_a_settled_one_needs_what_settling_needs(
    world: World, over: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    outcome = check(world.head, table(FIRST | SETTLED | over))
    assert [(column, code) for _, column, code in problems(outcome)] == expected


def test_what_became_of_a_latent_one_is_taken_as_it_was_written(world: World) -> None:
    latent = {"complexity": "tiềm ẩn phức tạp", "complexity_reason": "Đông người dồn vào lối hẹp"}
    bring_in(
        world.head,
        table(
            FIRST | SETTLED | latent | {"latent_outcome": "Đã ngăn chặn, giải quyết dứt điểm"},
            FIRST | latent | {"latent_outcome": "Đang theo dõi", "summary": "Còn theo dõi"},
        ),
        FILE,
    )
    watched, prevented = rows(world)
    assert (prevented.was_latent, prevented.latent_outcome) == (True, "prevented")
    assert prevented.latent_ended_at == prevented.resolved_at
    assert (watched.latent_outcome, watched.latent_ended_at) == ("watching", None)


@pytest.mark.parametrize(
    ("said", "local"),
    [
        ("5/1/2019", "2019-01-05T00:00"),
        ("05-01-2019 7:05", "2019-01-05T07:05"),
        ("05.01.2019, 19h40", "2019-01-05T19:40"),
        ("ngày 05/01/2019 lúc 19h", "2019-01-05T19:00"),
        ("19 giờ 40 phút, ngày 05/01/2019", "2019-01-05T19:40"),
        ("19g40 5/1/2019", "2019-01-05T19:40"),
        ("2019-01-05T19:40:30", "2019-01-05T19:40:30"),
        (unicodedata.normalize("NFD", "19 giờ 40, ngày 05/01/2019"), "2019-01-05T19:40"),
    ],
)
def test_days_and_times_are_read_as_people_write_them(world: World, said: str, local: str) -> None:
    bring_in(world.head, table(FIRST | {"occurred_at": said}), FILE)
    assert [row.occurred_at for row in rows(world)] == [instant(local)]


@pytest.mark.parametrize("said", ["5/1/19", "13/13/2019", "hôm qua", "25:00 05/01/2019", "19:40", "2019", "x" * 1000])
def test_what_is_no_day_is_refused(world: World, said: str) -> None:
    assert problems(check(world.head, table(FIRST | {"occurred_at": said}))) == [(2, "occurred_at", "not_a_moment")]


def test_excels_own_dates_and_numbers_are_read(world: World) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Xảy ra lúc *", "Tiếp nhận lúc", "NỘI DUNG", "Địa điểm", "Mức độ", "Số người"])
    moment = dt.datetime.combine(dt.date(2018, 10, 5), dt.time(19, 40))
    book.active.append([moment, 43378.875, "Chen lấn", 12, 3.0, 4])
    out = io.BytesIO()
    book.save(out)
    bring_in(world.head, read(out.getvalue()), FILE)
    (row,) = rows(world)
    assert (row.occurred_at, row.received_at) == (instant("2018-10-05T19:40"), instant("2018-10-05T21:00"))
    assert (row.place, row.severity, row.people_count) == ("12", 3, 4)


def test_names_are_found_however_they_are_written(world: World) -> None:
    event = add_event(
        world.head,
        EventDraft.model_validate(
            {
                "name": "Lễ hội xuân",
                "kind": "festival",
                "venue": "Sân",
                "starts_at": instant("2018-10-05T08:00"),
                "ends_at": instant("2018-10-05T22:00"),
            }
        ),
    )
    said = {
        "unit_id": "nha thi dau",
        "kind": "TRẬT TỰ CÔNG CỘNG: Đánh nhau",
        "severity": "Đáng chú ý",
        "partners": "pc07; Công an C (thử)",
        "event_id": event.number.lower(),
        "confidential": "Có",
    }
    bring_in(world.head, table(FIRST | said), FILE)
    (row,) = rows(world)
    assert (row.unit_id, row.kind, row.severity, row.event_id, row.confidential) == (
        world.units["hall"],
        "B.fighting",
        2,
        event.id,
        True,
    )
    assert row.partners == ["body:PC07", f"org:{world.organisations['congan']}"]


def test_another_organisations_unit_is_unknown(world: World) -> None:
    from models.organisation import UnitDraft, save_unit

    save_unit(world.binh, UnitDraft(name="Khu nội trú"))
    (one,) = check(world.head, table(FIRST | {"unit_id": "Khu nội trú"})).problems
    assert one.code == "not_in_list"


@pytest.mark.parametrize(
    ("text", "rest"),
    [("Liên hệ 0912345678 để biết", "678"), ("CCCD 001099012345 của người báo", "345")],
)
def test_numbers_that_the_guard_finds_stop_a_row_or_are_hidden(world: World, text: str, rest: str) -> None:
    file = table(FIRST | {"description": text})
    assert problems(check(world.head, file)) == [(2, "description", "guarded_in_file")]
    with pytest.raises(Invalid):
        bring_in(world.head, file, FILE)
    bring_in(world.head, file, "0912345678.xlsx", mask=True)
    (row,) = rows(world)
    assert "•" in row.description
    assert rest in row.description
    assert text not in row.description
    assert "0912345678" not in str(entries(world, row)[0].changes)


def test_what_a_person_typed_comes_in_as_it_is(world: World) -> None:
    odd = '=HYPERLINK("http://a.b") <script>alert(1)</script> 😀 ' + unicodedata.normalize("NFD", "Gây rối")
    bring_in(world.head, table(FIRST | {"description": odd}), "../../<b>.xlsx")
    (row,) = rows(world)
    assert row.description == unicodedata.normalize("NFC", odd)
    assert incidents(world.head, Filter(text="gay roi")) == [row]


def test_headings_are_found_by_any_of_their_names_and_what_is_left_out_is_said() -> None:
    found = read("Ngày;Nội dung *;Ghi chú;;trống\n05/10/2018;Chen lấn;bỏ qua;cũng bỏ;".encode())
    assert incident_import.headings(found) == {0: "occurred_at", 1: "summary"}
    assert incident_import.not_understood(found) == ["Ghi chú", "D"]


@pytest.mark.parametrize(
    ("heading", "code", "facts"),
    [
        ("Ngày;Ghi chú", "file_heading_missing", {"missing": "Nội dung vụ việc"}),
        ("Ngày;Nội dung;Trích yếu", "file_heading_twice", {"heading": "Nội dung vụ việc"}),
    ],
)
def test_a_heading_that_is_missing_or_stands_twice_is_refused(
    world: World, heading: str, code: str, facts: dict[str, str]
) -> None:
    with pytest.raises(Invalid) as refusal:
        check(world.head, read(f"{heading}\n05/10/2018;x;y".encode()))
    assert refusal.value.errors[""] == (code, facts)


@pytest.mark.parametrize("name", ["alice", "admin", "liaison", "board", "system"])
def test_only_a_head_brings_in(world: World, name: str) -> None:
    current = getattr(world, name)
    for act in (
        lambda: check(current, table(FIRST)),
        lambda: bring_in(current, table(FIRST), FILE),
        lambda: template(current),
    ):
        with pytest.raises(Denied):
            act()
    assert rows(world) == []


def test_a_thousand_rows_take_few_questions_and_little_time(world: World) -> None:
    """Ten thousand in a minute are asked for. By the processor's clock, since machines that test have company."""
    import time

    file = table(*(FIRST | SETTLED | {"summary": f"Vụ thứ {at}"} for at in range(1000)))
    began = time.process_time()
    done = bring_in(world.head, file, FILE)
    assert time.process_time() - began < 6
    assert done.numbers[-1] == "VV-2020-1000"
    with reading(world.head) as session:
        assert broken_at(session) is None


def test_the_template_says_what_it_takes_and_takes_what_it_says(world: World) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template(world.head)))
    filled, lists, guide = book.worksheets
    assert [filled.title, lists.title, guide.title] == ["Vụ việc", LISTS, GUIDE]
    columns = {cell.value.rstrip(" *"): cell.column for cell in filled[1]}
    assert list(columns) == [entry.vi for entry in incident_import.columns().values()]
    allowed = {column[0].value: [cell.value for cell in column[1:] if cell.value] for column in lists.iter_cols()}
    assert allowed["Bộ phận"] == ["Bảo tàng", "Nhà thi đấu"]
    assert allowed["Mức độ"] == ["Thông thường", "Đáng chú ý", "Nghiêm trọng", "Đặc biệt nghiêm trọng"]
    assert len(filled.data_validations.dataValidation) == 5
    moment = dt.datetime.combine(dt.date(2018, 10, 5), dt.time(19, 40))
    for at, name in enumerate(allowed["Loại"], 2):
        filled.cell(at, columns["Xảy ra lúc"], moment)
        filled.cell(at, columns["Nội dung vụ việc"], name)
        filled.cell(at, columns["Loại"], name)
        filled.cell(at, columns["Bộ phận"], "Bảo tàng")
        filled.cell(at, columns["Phối hợp xử lý với"], ";".join(allowed["Phối hợp xử lý với"]))
    out = io.BytesIO()
    book.save(out)
    assert check(world.head, read(out.getvalue())) == Outcome(
        total=len(allowed["Loại"]), new=len(allowed["Loại"]), known=0
    )
    examples = [row[3].value or "" for row in guide.iter_rows(min_row=2)]
    assert (
        check(world.head, Table(tuple(columns), (spreadsheet.Row(2, tuple(examples)),))).problems[0].column == "unit_id"
    )
