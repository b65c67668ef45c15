"""Files out of the house: only to who may have them, asked at each request."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest

from models import account, attachment, clock, exports, files, incident, security
from models.access import Current
from models.attachment import AttachDraft, Attachment
from models.incident import IncidentDraft
from models.settings import settings
from pages.server.files import attached
from tests.models.test_attachment import photo
from tests.server.conftest import token_of
from tests.server.wire import Answer, Server, serving
from tests.worlds import World

ALICE, HEAD, BOB = "alice@so-a", "hanh@so-a", "bob@truong-b"


@pytest.fixture(scope="module")
def files_url(folder, database_url: str):
    """Where this process and the server both keep files."""
    return (folder / "files").as_uri()


@pytest.fixture(scope="module")
def house(database_url: str, folder, files_url: str):
    with serving(folder, "app.py", DATABASE_URL=database_url, FILES_URL=files_url) as server:
        yield server


@pytest.fixture(autouse=True)
def _same_files(_own_files: None, files_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "files_url", files_url)


@pytest.fixture(scope="module")
def cookies(cast: World) -> dict[str, str]:
    return {typed: token_of(typed) for typed in (ALICE, HEAD, BOB)}


def today(current: Current) -> Current:
    return replace(current, clock=clock.now)


def ask(server: Server, path: str, token: str, **headers: str) -> Answer:
    return server.ask(
        path, Cookie=f"phien={token}", **({"Sec_Fetch_Dest": "document", "Sec_Fetch_Site": "same-origin"} | headers)
    )


def exported(cast: World) -> list[str]:
    rows = security.security_log(today(cast.head))
    return [row.detail for row in rows if row.event == security.SecurityEvent.EXPORTED]


NOTHING = "Không có tệp này, tệp đã hết hạn, hoặc bạn không có quyền xem."


def hung(who: Current, name: str = "hiện trường.jpg", **values: object) -> Attachment:
    """A photo on a new incident."""
    first = {"occurred_at": clock.now(), "summary": "Chen lấn ở cửa B"}
    row = incident.report(who, IncidentDraft.model_validate(first | values))
    return attachment.attach(who, "incident", row.id or 0, AttachDraft(not_secret=True), attachment.take(name, photo()))


def refused(server: Server, path: str, token: str, like: Answer) -> bool:
    """The same answer, to the last header, as for what was never there."""
    answer = ask(server, path, token)
    return (answer.status, answer.body, lasting(answer)) == (like.status, like.body, lasting(like))


def lasting(answer: Answer) -> list[tuple[str, str]]:
    return [(name, value) for name, value in answer.all_headers if name.lower() != "date"]


@pytest.fixture(scope="module")
def one(cast: World, files_url: str) -> int:
    """The number of a file that nobody changes."""
    before, settings.files_url = settings.files_url, files_url
    row = hung(today(cast.alice))
    settings.files_url = before
    return row.id or 0


# ---- attachments ----------------------------------------------------------------------------------------------------
def test_a_file_is_handed_out_whole_and_written_down(house: Server, cast: World, cookies: dict[str, str]) -> None:
    row = hung(today(cast.alice))
    answer = ask(house, f"/tep/{row.id}", cookies[HEAD])
    assert answer.status == 200
    assert files.sha256(answer.body) == row.sha256
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-disposition"] == attached("hiện trường.jpg")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, no-store"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert exported(cast)[0] == "hiện trường.jpg"


def test_a_preview_is_shown_in_place_and_not_written_down(house: Server, cast: World, cookies: dict[str, str]) -> None:
    row, before = hung(today(cast.alice)), exported(cast)
    answer = ask(house, f"/tep/{row.id}?xem=nho", cookies[ALICE], Sec_Fetch_Dest="image")
    assert (answer.status, answer.headers["content-disposition"]) == (200, "inline")
    assert files.sha256(answer.body) == row.preview_sha256
    assert exported(cast) == before


def test_missing_foreign_hidden_and_struck_look_the_same(house: Server, cast: World, cookies: dict[str, str]) -> None:
    like = ask(house, "/tep/999999999", cookies[BOB])
    assert (like.status, like.text) == (404, NOTHING)
    row, secret = hung(today(cast.alice)), hung(today(cast.head), confidential=True)
    for view in ("", "?xem=nho"):
        assert refused(house, f"/tep/{row.id}{view}", cookies[BOB], like)
        assert refused(house, f"/tep/{secret.id}{view}", cookies[ALICE], like)
        assert ask(house, f"/tep/{secret.id}{view}", cookies[HEAD]).status == 200
    attachment.strike(today(cast.alice), row.id or 0, "nhầm vụ việc")
    for view in ("", "?xem=nho"):
        assert refused(house, f"/tep/{row.id}{view}", cookies[ALICE], like)
        assert ask(house, f"/tep/{row.id}{view}", cookies[HEAD]).status == 200
    rows = security.security_log(today(cast.head))
    assert f"tep/{row.id}" in {one.detail for one in rows if one.event == security.SecurityEvent.REFUSED}


@pytest.mark.parametrize(
    "number", ["0", "-1", "01", "1.5", "x", "1/2", "", "9" * 10, "9" * 5000, "%2e%2e", "1%00", "１"]
)
def test_what_is_no_number_is_nothing(house: Server, cookies: dict[str, str], number: str) -> None:
    answer = ask(house, f"/tep/{number.replace('１', '%EF%BC%91')}", cookies[ALICE])
    assert (answer.status, answer.text) in ((404, NOTHING), (400, "Bad Request"))


def test_without_a_sign_in_there_is_nothing(house: Server, one: int) -> None:
    for path in (f"/tep/{one}", "/tep/999999999", f"/tep/{one}?xem=nho", f"/xuat/{'x' * 43}"):
        assert house.ask(path).status == 401
        assert ask(house, path, "x" * 43).status == 401
    token = token_of(ALICE)
    assert ask(house, f"/tep/{one}", token).status == 200
    account.end_sign_in(account.sha(token))
    assert ask(house, f"/tep/{one}", token).status == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec_Fetch_Dest": "iframe"}, 403),
        ({"Sec_Fetch_Dest": "script"}, 403),
        ({"Sec_Fetch_Dest": "style"}, 403),
        ({"Sec_Fetch_Dest": "object"}, 403),
        ({"Sec_Fetch_Dest": "image"}, 403),  # the whole file is not for showing
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Sec_Fetch_Site": "none"}, 200),  # typed
        ({"Origin": "https://evil.example"}, 403),
        ({"Host": "evil.example"}, 421),
    ],
)
def test_a_file_is_for_a_person_on_our_page(
    house: Server, one: int, cookies: dict[str, str], headers: dict[str, str], status: int
) -> None:
    assert ask(house, f"/tep/{one}", cookies[ALICE], **headers).status == status


def test_only_asking_is_allowed(house: Server, cast: World, one: int, cookies: dict[str, str]) -> None:
    before = exported(cast)
    for method in ("HEAD", "POST", "PUT", "DELETE"):
        answer = house.ask(f"/tep/{one}", method, Cookie=f"phien={cookies[ALICE]}")
        assert answer.status == 405, method
    assert exported(cast) == before


def test_a_damaged_file_is_an_incident_of_ours(house: Server, cast: World, cookies: dict[str, str]) -> None:
    row = hung(today(cast.alice), "hong.jpg")
    path = Path(files.store()[1]) / row.sha256[:2] / row.sha256
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    answer = ask(house, f"/tep/{row.id}", cookies[ALICE])
    path.write_bytes(whole)
    assert answer.status == 500
    assert "SC-" in answer.text
    assert "Damaged" not in answer.text


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("báo cáo Đợt 1.docx", "bao cao Dot 1.docx"),
        ("a\"; x='y'.pdf", "a__ x__y_.pdf"),
        ("😀.png", "_.png"),
        ("a\\b%41.pdf", "a_b_41.pdf"),
    ],
)
def test_a_name_for_every_browser(name: str, bare: str) -> None:
    said = attached(name)
    assert f'filename="{bare}";' in said
    assert unquote(said.rpartition("''")[2]) == name
    assert said.isascii()


# ---- exports --------------------------------------------------------------------------------------------------------
def test_an_export_is_handed_to_its_maker_and_written_down(house: Server, cast: World, cookies: dict[str, str]) -> None:
    address = exports.offer(today(cast.alice), "Danh sách vụ việc quý I/2020", exports.SHEET, b"PK bytes")
    answer = ask(house, address, cookies[ALICE])
    assert (answer.status, answer.body) == (200, b"PK bytes")
    assert answer.headers["content-type"] == exports.SHEET
    assert answer.headers["content-disposition"] == attached("Danh sách vụ việc quý I-2020.xlsx")
    assert answer.headers["cache-control"] == "private, no-store"
    assert exported(cast)[0] == "Danh sách vụ việc quý I-2020.xlsx"


def test_an_export_is_nobody_elses(house: Server, cast: World, cookies: dict[str, str]) -> None:
    address = exports.offer(today(cast.alice), "so-lieu", exports.TEXT, "chữ".encode())
    like, before = ask(house, f"/xuat/{'x' * 43}", cookies[ALICE]), exported(cast)
    assert (like.status, like.text) == (404, NOTHING)
    for other in (HEAD, BOB):
        assert refused(house, address, cookies[other], like)
    assert refused(house, f"{address}/x", cookies[ALICE], like)
    assert ask(house, address, cookies[ALICE], Sec_Fetch_Dest="iframe").status == 403
    assert exported(cast) == before
    past = replace(today(cast.alice), clock=lambda: clock.now() - exports.VALID)
    over = exports.offer(past, "cu", exports.TEXT, b"x")
    assert refused(house, over, cookies[ALICE], like)
