"""What is kept outside of the database, below FILES_URL:

    3f/3f9a…            an attachment or its preview, named by the SHA-256 of what is in it; never changes, never goes
    stage/…             being written; takes its name once it is on the disk, so that no name ever stands for half a file
    exports/1578…-…     what a page made for one person, with the second from which it may be swept

Nothing here asks who may have it: models/attachment.py and models/exports.py do.
"""

import datetime as dt
import hashlib
import os
import re
import secrets
import shutil
from pathlib import Path
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from models import text
from models.settings import settings

STAGE, EXPORTS = "stage", "exports"
PASSING = frozenset({STAGE, EXPORTS})  # folders of what does not stay: neither backed up nor verified
LEAST_FREE = 1 << 30  # bytes that new uploads leave to the database
FORGOTTEN = dt.timedelta(days=1)  # after which a half-written file is nobody's any more
LONGEST_NAME = 200  # bytes: leaves room on every file system for what a browser adds


class Damaged(Exception):
    """What is kept under this name is gone, or not what was put there."""


def store() -> tuple[Any, str]:
    """The file system and the folder in it."""
    return fsspec.core.url_to_fs(settings.files_url)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# ---- attachments ----------------------------------------------------------------------------------------------------
def keep(data: bytes) -> str:
    """Keep this for good; its name. Asked again for the same, it is there already."""
    system, root = store()
    name = sha256(data)
    if _held(system, _path(root, name)) != name:
        _put(system, root, _path(root, name), data)
    return name


def read(name: str) -> bytes:
    """What was kept under this name, looked at whole before anybody gets it."""
    system, root = store()
    return _read(system, _path(root, name), name)


def has_room() -> bool:
    """Whether there is room for uploads beside what the database needs. An object store is thought to have it."""
    system, root = store()
    if not isinstance(system, LocalFileSystem):
        return True
    folder = Path(root)
    there = next(one for one in (folder, *folder.parents) if one.exists())
    return shutil.disk_usage(there).free >= LEAST_FREE


def _path(root: str, name: str) -> str:
    return f"{root}/{name[:2]}/{name}"


def _held(system: Any, path: str) -> str:
    """The hash of what is there now; a damaged file is put anew."""
    return sha256(system.cat_file(path)) if system.exists(path) else ""


def _read(system: Any, path: str, expected: str) -> bytes:
    try:
        data: bytes = system.cat_file(path)
    except FileNotFoundError:
        raise Damaged(f"{path} is gone") from None
    if sha256(data) != expected:
        raise Damaged(f"{path} is not what was kept")
    return data


# ---- exports --------------------------------------------------------------------------------------------------------
def put_export(token: str, data: bytes, until: dt.datetime) -> None:
    system, root = store()
    _put(system, root, _export_path(root, token, until), data)


def read_export(token: str, until: dt.datetime, expected: str) -> bytes:
    system, root = store()
    return _read(system, _export_path(root, token, until), expected)


def _export_path(root: str, token: str, until: dt.datetime) -> str:
    return f"{root}/{EXPORTS}/{int(until.timestamp())}-{sha256(token.encode())}"


def sweep(now: dt.datetime) -> int:
    """Throw away exports that are over and files that a crash left half written; how many."""
    system, root = store()
    over = [path for path in _listed(system, f"{root}/{EXPORTS}") if _until(path) <= now.timestamp()]
    half = [path for path in _listed(system, f"{root}/{STAGE}") if system.modified(path) < now - FORGOTTEN]
    for path in (*over, *half):
        _remove(system, path)
    return len(over) + len(half)


def _listed(system: Any, folder: str) -> list[str]:
    try:
        return list(system.ls(folder, detail=False)) if system.exists(folder) else []
    except FileNotFoundError:
        return []


def _until(path: str) -> float:
    said = path.rpartition("/")[2].partition("-")[0]
    return float(said) if said.isdecimal() else 0.0


def _remove(system: Any, path: str) -> None:
    try:
        system.rm_file(path)
    except FileNotFoundError:
        return  # another process of ours was quicker


# ---- writing --------------------------------------------------------------------------------------------------------
def _put(system: Any, root: str, path: str, data: bytes) -> None:
    """On a disk: staged, flushed, renamed. An object store shows an object once it is whole."""
    if isinstance(system, LocalFileSystem):
        _put_on_disk(Path(root), Path(path), data)
    else:
        system.makedirs(path.rpartition("/")[0], exist_ok=True)
        system.pipe_file(path, data)


def _put_on_disk(root: Path, path: Path, data: bytes) -> None:
    stage = root / STAGE / secrets.token_hex(16)
    for folder in (root, stage.parent, path.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(stage, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        stage.replace(path)
    except BaseException:
        stage.unlink(missing_ok=True)
        raise
    for folder in (path.parent, root):
        _flush(folder)


def _flush(folder: Path) -> None:
    """The name on the disk too; Windows opens no folders."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# ---- names ----------------------------------------------------------------------------------------------------------
_PATHS = re.compile(r"[/\\]")
_ODD = re.compile(r'[<>:"|?*\t\n]')
_SPACES = re.compile(r"\s+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def clean_name(said: str) -> str:
    """A file's name as any system takes it and nobody is misled by: no path, no control or direction marks, not too long.
    The ending stays."""
    name = text.clean(text.without_control_characters(_PATHS.split(text.clean(said))[-1]))
    name = _SPACES.sub(" ", _ODD.sub("_", name)).strip(" .")
    if _RESERVED.match(name):
        name = f"_{name}"
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    tail = f"{dot}{ending}"[:20]
    return (_cut(stem, LONGEST_NAME - len(tail.encode())).rstrip(" .") or "tep") + tail


def _cut(said: str, most: int) -> str:
    """The beginning that fits, in whole letters."""
    return said.encode()[:most].decode(errors="ignore")
