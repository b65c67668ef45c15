"""Fixtures: a database with the cast in it on SQLite and on a real PostgreSQL, a signed-in page, a browser."""

import fcntl
import functools
import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import bcrypt
import hypothesis
import pytest
from sqlalchemy import event

from data import migrations
from data.demo import build
from models import account, database, lasting, mail, password, steady
from models.settings import ROOT, settings
from tests import worlds
from tests.postgres import Postgres, name_of, started
from tests.sqlite import Files

hypothesis.settings.register_profile("house", deadline=None)  # a busy machine is slow, not wrong
hypothesis.settings.load_profile("house")


# ---- passwords that cost nothing ----------------------------------------------------------------------------------------
@functools.cache
def _cheap(plain: str) -> str:
    return bcrypt.hashpw(password.prepare(plain).encode(), bcrypt.gensalt(rounds=4)).decode()


_dear = password.hashed
password.hashed = _cheap  # from the first import on: worlds are built before any test


@pytest.fixture
def dear_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real cost of a password hash, for the tests that are about it."""
    monkeypatch.setattr(password, "hashed", _dear)


# ---- databases ----------------------------------------------------------------------------------------------------------
def use(url: str) -> None:
    """Everything that opens a session from now on opens it there."""
    settings.database_url = url


def forget(url: str) -> None:
    """Close every connection to a database."""
    if engine := database._engines.pop(url, None):
        engine.dispose()


def _fill(url: str) -> None:
    """Tables and cast, from the models, in the empty database at `url`."""
    before = settings.database_url
    use(url)
    try:
        migrations.create_fresh()
        worlds.build()
    finally:
        forget(url)
        use(before)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "world.sqlite3"
    _fill(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with started() as server:
        yield server
        for url in list(database._engines):
            forget(url)


@pytest.fixture(scope="session")
def postgresql_template(postgres: Postgres) -> str:
    url = postgres.make()
    _fill(url)
    return name_of(url)


KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files(tmp_path_factory.mktemp("copies"))


def copied(kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A copy of the template: its address while it is in use. Others had that address before, and their statements."""
    lender: Files | Postgres = request.getfixturevalue("files" if kind == "sqlite" else "postgres")
    url = lender.lend(request.getfixturevalue(f"{kind}_template"))
    mail._looked.clear()  # it is kept by address
    before = settings.database_url
    use(url)
    yield url
    use(before)
    if kind == "sqlite" and (engine := database._engines.get(url)):  # the next copy is another file
        engine.dispose()
    lender.take_back(url)


def _opened(url: str) -> Iterator[str]:
    before = settings.database_url
    use(url)
    yield url
    use(before)
    forget(url)


@contextmanager
def statements() -> Iterator[list[str]]:
    """What the database in use is asked meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    engine = database.engine()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def cast_of(url: str) -> worlds.World:
    """Who is in a copy. The same ids in every one of a kind, so it is read once."""
    return _read(urlsplit(url).scheme).at(worlds.TODAY)


_read = functools.cache(lambda kind: worlds.read())


@pytest.fixture(params=KINDS)
def filled(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database with the cast in it, fresh for this test, once on each kind of database."""
    yield from copied(request.param, request)


@pytest.fixture(params=KINDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a table."""
    migrations.import_models()
    if request.param == "sqlite":
        yield from _opened(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    else:
        server: Postgres = request.getfixturevalue("postgres")
        url = server.make()
        yield from _opened(url)
        server.drop(url)


@pytest.fixture
def on_sqlite(request: pytest.FixtureRequest) -> Iterator[str]:
    """The same as `filled`, on SQLite alone: for what the database does not change, such as a page."""
    yield from copied("sqlite", request)


@pytest.fixture
def on_postgres(request: pytest.FixtureRequest) -> Iterator[str]:
    """The same as `filled`, on PostgreSQL alone."""
    yield from copied("postgresql", request)


@pytest.fixture
def world(filled: str) -> worlds.World:
    """The cast, on SQLite and on PostgreSQL."""
    return cast_of(filled)


@pytest.fixture
def small_world(on_sqlite: str) -> worlds.World:
    """The cast, on SQLite alone."""
    return cast_of(on_sqlite)


@pytest.fixture
def postgres_world(on_postgres: str) -> worlds.World:
    """The cast, on PostgreSQL alone."""
    return cast_of(on_postgres)


@pytest.fixture(scope="session")
def attics(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folders of attachments, one for each test that keeps any: they are made when something is put there."""
    folder = tmp_path_factory.mktemp("attachments")
    return (folder / str(number) for number in itertools.count(1))


@pytest.fixture(autouse=True)
def _own_files(attics: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """No test touches what an installation keeps, or is answered what the one before asked."""
    steady.forget()
    lasting.forget()
    monkeypatch.setattr(settings, "files_url", next(attics).as_uri())
    monkeypatch.setattr(settings, "secret_key", "only-for-tests-only-for-tests-only-for-tests")


# ---- the demonstration world ---------------------------------------------------------------------------------------------
NOW = worlds.instant("2026-11-23T09:00")  # when it is built


@contextmanager
def once_a_run(factory: pytest.TempPathFactory, name: str) -> Iterator[tuple[Path, bool]]:
    """A folder that the workers of a run share, and whether it is filled: the first one fills it, the others wait for that."""
    own = factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / name
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        filled = folder / "filled"
        yield folder, filled.exists()
        filled.touch()


@pytest.fixture(scope="session", params=KINDS)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The world, built once a run; its tests only read it."""
    server: Postgres | None = None if request.param == "sqlite" else request.getfixturevalue("postgres")
    before = settings.database_url
    with pytest.MonkeyPatch.context() as patch:
        with once_a_run(tmp_path_factory, f"demo-{request.param}") as (folder, there):
            patch.setattr(build, "LOCAL", folder)
            url = server.make() if server else f"sqlite:///{folder / 'demo.sqlite3'}"
            use(url)
            if server or not there:
                migrations.create_fresh()
            if not there:
                assert build.build(now=NOW)
            if server:
                (server.read_in if there else server.write_out)(url, folder)
        use(before)
        yield url
        server.drop(url) if server else forget(url)


@pytest.fixture
def demo(built: str) -> Iterator[str]:
    before = settings.database_url
    use(built)
    yield built
    use(before)


# ---- pages --------------------------------------------------------------------------------------------------------------
def signed_in(typed: str) -> str:
    """The token's hash of a real sign-in: what the gate puts into `st.user["sid"]`."""
    token = account.exchange(account.begin(account.acting(typed).account_id, "test", "test"))
    assert token is not None
    return account.sha(token)


@pytest.fixture
def page(small_world: worlds.World) -> Callable[..., Any]:
    """`page("incidents.py", "alice", id="7")` is that page, signed in with a real row; `page("incidents.py")` a stranger's.

    The cast is there too: take `small_world` beside it."""
    from streamlit.testing.v1 import AppTest

    def open_page(file: str | None = None, name: str | None = None, **query: str) -> AppTest:
        at = AppTest.from_file(str(ROOT / "pages" / "frame.py"), default_timeout=30)
        at.user = {"sid": signed_in(small_world.typed(name)) if name else None}
        at.query_params.update(query)
        at.run()
        return at.switch_page(file).run() if file else at

    return open_page


# ---- a browser ----------------------------------------------------------------------------------------------------------
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without Chromium its tests are skipped, with a line that says how to get it; never where CI says that all must run."""
    if chromium() or os.environ.get("CI"):
        return
    missing = pytest.mark.skip(reason="no Chromium: apt-get install chromium fonts-noto-core, or name one in CHROMIUM=")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(missing)


@functools.cache
def chromium() -> str | None:
    """The path of a Chromium on this machine."""
    names = [os.environ.get("CHROMIUM") or "chromium", "chromium-browser", "google-chrome"]
    return next((found for name in names if (found := shutil.which(name))), None)
