"""SQLite files for the tests: each test gets a fresh copy of a template, at an address that the next one uses again.

An address keeps its engine, and an engine keeps the statements it has put into SQL: making them anew for every test would
take as long as the tests themselves.
"""

import shutil
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Files:
    """`lend()` and `take_back()` a copy of a template."""

    folder: Path
    made: int = 0
    free: list[str] = field(default_factory=list)

    def lend(self, template: Path) -> str:
        if not self.free:
            self.made += 1
            self.free.append(f"sqlite:///{self.folder / f'world-{self.made}.sqlite3'}")
        url = self.free.pop()
        shutil.copyfile(template, file_of(url))
        return url

    def take_back(self, url: str) -> None:
        """The file and its journal go, so that nothing of a test is left for the next."""
        file = file_of(url)
        for one in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
            one.unlink(missing_ok=True)
        self.free.append(url)


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))
