"""A backup is one moment of the records, whoever writes meanwhile, and comes back whole or not at all. On both databases."""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlmodel import select

from data import Failed, Refused, backup, migrations, postgres, verify
from models import account, database, files
from models.account import SignIn
from models.database import as_owner, reading
from models.history import HistoryEntry, broken_at
from models.organisation import UnitDraft, save_unit, units
from models.settings import settings
from tests import worlds
from tests.conftest import forget, signed_in, use
from tests.postgres import Postgres
from tests.worlds import World


@pytest.fixture
def kept(request: pytest.FixtureRequest, empty: str, tools: None) -> World:
    """The cast in a migrated database, with one attachment."""
    migrations.upgrade()
    worlds.build()
    files.keep("một tệp".encode())
    return worlds.read()


@pytest.fixture
def tools(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump and its like on the path, out of the wheel."""
    if request.node.callspec.params.get("empty") == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        monkeypatch.setenv("PATH", f"{server.programs}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def elsewhere(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], None]]:
    """Go to a second, empty database of the same kind, with a second store of attachments."""
    server = None if database.is_sqlite() else request.getfixturevalue("postgres")
    url = server.make() if server else f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}"

    def go() -> None:
        use(url)
        monkeypatch.setattr(settings, "files_url", (tmp_path / "other-files").as_uri())

    yield go
    forget(url)
    if server:
        server.drop(url)


def rows() -> dict[str, int]:
    with as_owner() as connection:
        return verify.counts(connection)


def wrong(answers: list[verify.Answer]) -> list[str]:
    return [one for answer in answers for one in answer.wrong]


def everything() -> list[str]:
    with as_owner() as connection:
        return wrong(verify.everything(connection))


# ---- there and back -------------------------------------------------------------------------------------------------
def test_it_comes_back_whole(kept: World, elsewhere: Callable[[], None], tmp_path: Path) -> None:
    before, file = rows(), tmp_path / "one.backup"
    made = backup.write(file)
    assert (made.rows, made.files, made.revision) == (before, 1, migrations.head())
    elsewhere()
    manifest, answers = backup.read(file)
    assert manifest == made
    assert wrong(answers) == []
    assert rows() == before
    assert migrations.here() == migrations.head()
    assert files.read(files.sha256("một tệp".encode())).decode() == "một tệp"
    assert [unit.name for unit in units(kept.admin)] == ["Bảo tàng", "Nhà thi đấu"]


def test_the_app_goes_on_in_what_came_back(
    kept: World, elsewhere: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ids go on counting, walls and triggers stand."""
    file = tmp_path / "one.backup"
    backup.write(file)
    elsewhere()
    backup.read(file)
    save_unit(kept.admin, UnitDraft(name="Thư viện"))
    assert len(units(kept.admin)) == 3
    assert everything() == []
    with pytest.raises(Exception, match="append-only"), as_owner() as connection:
        connection.execute(text("DELETE FROM history_entry"))
    if not database.is_sqlite():
        with reading(kept.alice) as session:
            session.connection().execute(text("SELECT set_config('app.organisation_id', '', true)"))
            assert session.connection().execute(text("SELECT count(*) FROM unit")).scalar() == 0


def test_only_its_owner_may_read_it(kept: World, tmp_path: Path) -> None:
    backup.write(tmp_path / "one.backup")
    assert (tmp_path / "one.backup").stat().st_mode & 0o777 == 0o600
    assert sorted(one.name for one in tmp_path.iterdir() if "backup" in one.name) == ["one.backup"]


def test_who_was_signed_in_then_is_not_signed_in_now(kept: World, tmp_path: Path) -> None:
    token = signed_in("alice@so-a")
    backup.write(tmp_path / "one.backup")
    assert account.who(token) is not None
    backup.read(tmp_path / "one.backup", replace=True)
    assert account.who(token) is None
    with as_owner() as connection:
        assert connection.execute(select(SignIn.__table__).where(SignIn.__table__.c.ended_at.is_(None))).first() is None


# ---- while the app writes -------------------------------------------------------------------------------------------
def test_it_is_one_moment_while_four_threads_write(
    kept: World, elsewhere: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each verb writes a unit, an entry and the head of the chain: no backup may hold one without the others."""
    stop, failures, written = threading.Event(), [], [0, 0, 0, 0]

    def write(thread: int) -> None:
        try:
            while not stop.is_set():
                save_unit(kept.admin, UnitDraft(name=f"Phòng {thread}-{written[thread]}"))
                written[thread] += 1
        except Exception as error:  # noqa: BLE001 - told below
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    made = [tmp_path / f"{number}.backup" for number in range(3)]
    try:
        manifests = [backup.write(file) for file in made]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failures == []
    assert all(written), "a writer never came to its turn"
    assert manifests[0].rows["unit"] < manifests[2].rows["unit"], "nobody wrote meanwhile"
    elsewhere()
    for file, manifest in zip(made, manifests, strict=True):
        _, answers = backup.read(file, replace=True)
        assert wrong(answers) == []
        assert rows() == manifest.rows
        with reading(kept.admin) as session:
            added = session.exec(select(HistoryEntry).where(HistoryEntry.action == "unit.added")).all()
        assert len(added) == manifest.rows["unit"]


# ---- what is refused ------------------------------------------------------------------------------------------------
def test_it_does_not_write_over_a_file(kept: World, tmp_path: Path) -> None:
    (tmp_path / "one.backup").write_text("mine")
    with pytest.raises(Refused):
        backup.write(tmp_path / "one.backup")
    with pytest.raises(Refused):
        backup.write(tmp_path / "nowhere" / "one.backup")
    assert (tmp_path / "one.backup").read_text() == "mine"


def test_a_database_with_records_is_replaced_only_when_told(kept: World, tmp_path: Path) -> None:
    backup.write(tmp_path / "one.backup")
    save_unit(kept.admin, UnitDraft(name="Thư viện"))
    with pytest.raises(Refused, match="--replace"):
        backup.read(tmp_path / "one.backup")
    assert len(units(kept.admin)) == 3
    backup.read(tmp_path / "one.backup", replace=True)
    assert len(units(kept.admin)) == 2
    assert everything() == []


def _changed(file: Path, **facts: object) -> Path:
    """A copy of a backup with another manifest or another dump."""
    copy = file.with_name("changed.backup")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "manifest.json":
                data = json.dumps(
                    json.loads(data) | {key: value for key, value in facts.items() if key != "database"}
                ).encode()
            new.writestr(name, facts.get("database", data) if name == "database" else data)
    return copy


@pytest.mark.parametrize(
    ("facts", "refusal", "words"),
    [
        ({"engine": "oracle"}, Refused, "backup of oracle"),
        ({"revision": "9999"}, Refused, "schema 9999"),
        ({"format": 7}, Refused, "format 7"),
        ({"database": b"nonsense"}, Failed, "damaged"),
        ({"sha256": "0" * 64}, Failed, "damaged"),
        ({"rows": {"unit": 77}}, Failed, "rows"),
    ],
    ids=["another engine", "a newer schema", "a newer format", "another dump", "another hash", "rows missing"],
)
def test_a_backup_that_does_not_fit_changes_nothing(
    kept: World, tmp_path: Path, facts: dict, refusal: type, words: str
) -> None:
    backup.write(tmp_path / "one.backup")
    save_unit(kept.admin, UnitDraft(name="Thư viện"))
    before = rows()
    with pytest.raises(refusal, match=words):
        backup.read(_changed(tmp_path / "one.backup", **facts), replace=True)
    assert rows() == before
    assert everything() == []


def test_what_is_no_backup_is_refused(kept: World, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not a zip")
    with zipfile.ZipFile(tmp_path / "zip", "w") as other:
        other.writestr("hello", "there")
    for name, refusal in (("text", Failed), ("zip", Refused), ("missing", Refused)):
        with pytest.raises(refusal):
            backup.read(tmp_path / name, replace=True)
    assert len(units(kept.admin)) == 2


def test_a_damaged_attachment_is_found_before_the_database_is_touched(kept: World, tmp_path: Path) -> None:
    backup.write(tmp_path / "one.backup")
    save_unit(kept.admin, UnitDraft(name="Thư viện"))
    with zipfile.ZipFile(tmp_path / "one.backup", "a") as packed:
        packed.writestr(f"files/{'ab' * 32}", "something else")
    with pytest.raises(Failed, match="attachment"):
        backup.read(tmp_path / "one.backup", replace=True)
    assert len(units(kept.admin)) == 3


# ---- a crash in the middle ------------------------------------------------------------------------------------------
def test_a_crash_while_restoring_leaves_the_old_database(
    kept: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL: the last statement of the one transaction fails. SQLite: the process dies between two pages."""
    backup.write(tmp_path / "one.backup")
    save_unit(kept.admin, UnitDraft(name="Thư viện"))
    before = rows()
    if database.is_sqlite():
        assert _killed_between_pages(tmp_path / "one.backup", tmp_path) == -9
    else:
        monkeypatch.setattr(postgres, "_counted", lambda _expected: "SELECT 1 / 0;\n")
        with pytest.raises(Failed, match="division by zero"):
            backup.read(tmp_path / "one.backup", replace=True)
    assert rows() == before
    assert len(units(kept.admin)) == 3
    assert everything() == []


def _killed_between_pages(file: Path, folder: Path) -> int:
    with zipfile.ZipFile(file) as packed:
        dump = packed.extract("database", folder)
    script = (
        "import os, signal, sqlite3, sys\n"
        "copy, target = sqlite3.connect(sys.argv[1]), sqlite3.connect(sys.argv[2])\n"
        "copy.backup(target, pages=5, progress=lambda *_: os.kill(os.getpid(), signal.SIGKILL))\n"
    )
    command = [sys.executable, "-c", script, dump, settings.database_url.removeprefix("sqlite:///")]
    return subprocess.run(command, check=False).returncode


def test_without_the_client_programs_it_says_what_to_install(
    on_postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match="postgresql-client"):
        postgres._tool("pg_dump")


def test_the_password_stands_on_no_command_line(on_postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        settings, "database_url", "postgresql+psycopg://me:secret@example.org:5433/records?sslmode=require"
    )
    said = postgres._environment()
    assert {"PGUSER": "me", "PGPASSWORD": "secret", "PGHOST": "example.org", "PGPORT": "5433"}.items() <= said.items()
    assert (said["PGDATABASE"], said["PGSSLMODE"]) == ("records", "require")
    forget(settings.database_url)


# ---- verify ---------------------------------------------------------------------------------------------------------
NEWEST = "sequence = (SELECT sequence FROM chain_head WHERE organisation_id = {me})"


def _disarm(connection: Connection) -> None:
    """What somebody who has the database in hand can do."""
    if database.is_sqlite():
        for what in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER history_entry_no_{what}"))
    else:
        connection.execute(text("ALTER TABLE history_entry DISABLE TRIGGER history_entry_append_only"))


@pytest.mark.parametrize(
    ("statement", "first"),
    [
        ("UPDATE history_entry SET note = 'khác' WHERE sequence = 3", 3),
        ("UPDATE history_entry SET at = '2001-01-01 00:00:00+00:00' WHERE sequence = 2", 2),
        ("UPDATE history_entry SET actor_name = 'ai đó' WHERE sequence = 1", 1),
        ("DELETE FROM history_entry WHERE sequence = 2", 2),
        (f"DELETE FROM history_entry WHERE {NEWEST}", 0),
        ("UPDATE chain_head SET sequence = sequence - 1 WHERE sequence > 0", 0),
    ],
    ids=["a changed note", "a changed time", "a changed name", "a missing entry", "the newest missing", "a moved head"],
)
def test_a_broken_chain_is_found_at_its_first_entry(kept: World, statement: str, first: int) -> None:
    me = kept.organisations["so-a"]
    with as_owner() as connection:
        newest = connection.execute(text(f"SELECT sequence FROM chain_head WHERE organisation_id = {me}")).scalar_one()
        _disarm(connection)
        connection.execute(text(f"{statement} AND organisation_id = {me}".format(me=me)))
    expected = first or (newest if "DELETE" in statement else newest + 1)
    [said] = everything()
    assert said.startswith(f"the chain of so-a breaks at sequence {expected}")
    with reading(kept.alice) as session:
        assert broken_at(session) == expected


def _orphan() -> None:
    """Units of an organisation that is not there, past the foreign keys."""
    with contextlib.closing(sqlite3.connect(settings.database_url.removeprefix("sqlite:///"))) as raw:
        raw.execute("UPDATE unit SET organisation_id = 77")
        raw.commit()


def test_an_orphan_is_found_and_gives_no_backup(kept: World, tmp_path: Path) -> None:
    if not database.is_sqlite():
        with as_owner() as connection:  # PostgreSQL refuses; only its superuser could go past
            key = "SELECT conname FROM pg_constraint WHERE conrelid = 'unit'::regclass AND NOT convalidated"
            assert connection.execute(text(key)).all() == []
        return
    _orphan()
    assert everything() == ["unit.organisation_id: 2 rows"]
    with pytest.raises(Failed, match="unit"):
        backup.write(tmp_path / "one.backup")
    assert not (tmp_path / "one.backup").exists()


def test_a_damaged_attachment_is_found(kept: World) -> None:
    [(name, path)] = verify.stored()
    Path(path).write_bytes(b"another")
    assert everything() == [f"{name} is not what was stored"]
