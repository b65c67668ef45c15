"""A database with the cast in it and a running server, one of each for a file of tests."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from models import account
from models.settings import settings
from tests import worlds
from tests.conftest import forget, use
from tests.server.wire import Server, serving

STAGE = "tests/server/stage/stage.py"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="module")
def database_url(sqlite_template: Path, folder: Path) -> Iterator[str]:
    """A copy of the cast's world, which this process and the server both use."""
    file = folder / "world.sqlite3"
    shutil.copyfile(sqlite_template, file)
    before, url = settings.database_url, f"sqlite:///{file}"
    use(url)
    yield url
    forget(url)
    use(before)


@pytest.fixture(scope="module")
def stage(database_url: str, folder: Path) -> Iterator[Server]:
    """The real server around the pages of tests/server/stage/frame.py."""
    with serving(folder, STAGE, DATABASE_URL=database_url) as server:
        yield server


@pytest.fixture(scope="module")
def house(database_url: str, folder: Path) -> Iterator[Server]:
    """The real app."""
    with serving(folder, "app.py", DATABASE_URL=database_url) as server:
        yield server


@pytest.fixture(scope="module")
def cast(database_url: str) -> worlds.World:
    return worlds.read()


def ticket_of(typed: str) -> str:
    return account.begin(account.acting(typed).account_id, "test", "test")  # type: ignore[arg-type]


def token_of(typed: str) -> str:
    """The cookie of a new sign-in."""
    token = account.exchange(ticket_of(typed))
    assert token
    return token
