"""Backup and restore. One file: the engine's own consistent dump, the attachments by hash, and a list of what is in it.

    manifest.json   when, which engine, which schema revision, how many rows, the dump's hash
    database        VACUUM INTO of SQLite, or pg_dump's custom format
    files/…         the attachments

It holds everything that the installation holds, so it is written readable by its owner only.
"""

import contextlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from sqlalchemy import Connection, select

from data import Failed, Refused, migrations, postgres, sqlite, verify
from models import clock, files
from models.database import as_owner, is_sqlite
from models.organisation import Organisation

FORMAT = 1


@dataclass
class Manifest:
    made_at: str
    engine: str
    revision: str
    sha256: str
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    format: int = FORMAT

    @property
    def count(self) -> str:
        return f"{sum(self.rows.values())} rows in {len(self.rows)} tables, {self.files} attachments"


def _engine() -> str:
    return "sqlite" if is_sqlite() else "postgresql"


# ---- backup -------------------------------------------------------------------------------------------------------------
def write(target: Path) -> Manifest:
    """Take a backup while the app goes on writing. The dump is one moment; attachments never change once stored."""
    if target.exists():
        raise Refused(f"{target} is already there. Choose another name.")
    if not target.parent.is_dir():
        raise Refused(f"There is no folder {target.parent}.")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        dump, part = Path(folder) / "database", Path(folder) / "backup"
        rows = (sqlite if is_sqlite() else postgres).dump(dump)
        with dump.open("rb") as file:
            manifest = Manifest(
                clock.now().isoformat(timespec="seconds"), _engine(), rows.revision, verify.sha256(file), rows.counts
            )
        with _new_file(part) as whole, zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.write(dump, "database")
            manifest.files = _pack_files(packed)
            packed.writestr("manifest.json", json.dumps(asdict(manifest), indent=2))
        part.replace(target)
    return manifest


@contextlib.contextmanager
def _new_file(path: Path) -> Iterator[IO[bytes]]:
    """Readable by its owner only, and on the disk before it counts."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _pack_files(packed: zipfile.ZipFile) -> int:
    system, _ = verify.store()
    count = 0
    for name, path in verify.stored():
        with system.open(path, "rb") as source, packed.open(f"files/{name}", "w", force_zip64=True) as goal:
            shutil.copyfileobj(source, goal, verify.CHUNK)
        count += 1
    return count


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return verify.sha256(file)


# ---- restore ------------------------------------------------------------------------------------------------------------
def read(source: Path, *, replace: bool = False) -> tuple[Manifest, list[verify.Answer]]:
    """Put a backup in place of the database, then look at all of it. Until the last step the old database is untouched, and
    that step is one transaction of the engine."""
    if not replace and not empty():
        raise Refused("This database holds records. To put the backup in their place, say --replace.")
    with _opened(source) as packed, tempfile.TemporaryDirectory(prefix="restore-") as folder:
        manifest = _manifest(packed)
        dump = _unpacked(packed, manifest, Path(folder))
        _unpack_files(packed)
        (sqlite if is_sqlite() else postgres).restore(dump, manifest.rows)
    migrations.upgrade()
    with as_owner() as connection:
        _end_sign_ins(connection)
        return manifest, verify.everything(connection)


def empty() -> bool:
    """Whether no organisation is in the database."""
    migrations.import_models()
    with as_owner() as connection:
        if not connection.dialect.has_table(connection, "organisation"):
            return True
        return connection.execute(select(Organisation.__table__.c.id).limit(1)).first() is None  # type: ignore[attr-defined]


@contextlib.contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(source) as packed:
            yield packed
    except FileNotFoundError:
        raise Refused(f"There is no file {source}.") from None
    except zipfile.BadZipFile as error:
        raise Failed(f"{source} is damaged or no backup of ours: {error}. Nothing was changed.") from error


def _manifest(packed: zipfile.ZipFile) -> Manifest:
    if "manifest.json" not in packed.namelist():
        raise Refused("This is no backup of ours: it has no manifest.json.")
    said = json.loads(packed.read("manifest.json"))
    if said.get("format") != FORMAT:
        raise Refused(f"This backup has format {said.get('format')}; this version reads format {FORMAT}.")
    manifest = Manifest(**said)
    if manifest.engine != _engine():
        raise Refused(
            f"This is a backup of {manifest.engine}; it can only be restored into {manifest.engine}, not {_engine()}."
        )
    if not migrations.knows(manifest.revision):
        raise Refused(
            f"This version does not know the backup's schema {manifest.revision}. Install the newer version first."
        )
    return manifest


def _unpacked(packed: zipfile.ZipFile, manifest: Manifest, folder: Path) -> Path:
    """The dump, when it is byte for byte the one that was packed."""
    dump = Path(packed.extract("database", folder))
    if _hash(dump) != manifest.sha256:
        raise Failed("The database in this backup is damaged. Nothing was changed.")
    return dump


def _unpack_files(packed: zipfile.ZipFile) -> None:
    """Attachments first: a row without its file would be a loss, a file without a row is not."""
    for name in (one for one in packed.namelist() if one.startswith("files/")):
        if files.sha256(data := packed.read(name)) != PurePosixPath(name).name:
            raise Failed(f"The attachment {name} in this backup is damaged. The database was not changed.")
        files.keep(data)


def _end_sign_ins(connection: Connection) -> None:
    """Whoever was signed in when the backup was taken, person or wall screen, is not signed in now."""
    from models.account import SignIn
    from models.display import Display

    tables: Any = (SignIn.__table__, Display.__table__)  # type: ignore[attr-defined]
    for table in tables:
        connection.execute(table.update().where(table.c.ended_at.is_(None)).values(ended_at=clock.now()))
