"""Files out of the house: only to who may have them, asked at each request."""

import datetime as dt
from dataclasses import replace

import pytest

from models import account, clock, exports, files, security
from models.access import Current
from models.settings import settings
from pages.server.files import attached
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


# ---- exports --------------------------------------------------------------------------------------------------------
def test_an_export_is_handed_to_its_maker_and_written_down(house: Server, cast: World, cookies: dict[str, str]) -> None:
    address = exports.offer(today(cast.alice), "Danh sách vụ việc quý I/2020", exports.SHEET, b"PK bytes")
    answer = ask(house, address, cookies[ALICE])
    assert (answer.status, answer.body) == (200, b"PK bytes")
    assert answer.headers["content-type"] == exports.SHEET
    assert answer.headers["content-disposition"].startswith('attachment; filename="Danh sach vu viec quy I-2020.xlsx"')
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, no-store"
    assert exported(cast)[0] == "Danh sách vụ việc quý I-2020.xlsx"


def test_an_export_is_nobody_elses(house: Server, cast: World, cookies: dict[str, str]) -> None:
    address = exports.offer(today(cast.alice), "so-lieu", exports.TEXT, "chữ".encode())
    missing = ask(house, f"/xuat/{'x' * 43}", cookies[ALICE])
    before = exported(cast)
    for other in (HEAD, BOB):
        answer = ask(house, address, cookies[other])
        assert (answer.status, answer.body, sorted(answer.headers)) == (404, missing.body, sorted(missing.headers))
    assert house.ask(address).status == 401
    assert ask(house, address, "x" * 43).status == 401
    assert exported(cast) == before
