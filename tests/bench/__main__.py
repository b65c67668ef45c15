"""`make bench`: every page of the demonstration world beside the page of one line; then the table of targets with today's
figures, on SQLite and on PostgreSQL.

Measured on big worlds that are built once and kept in data/local/bench (14 GB; building takes some ten minutes, measuring
as long again). `--quick` takes a small world, made for this one time. Judge by the ratios: times are those of this machine
and these minutes. With two cores or more the server keeps to the first and this client to the second.
"""

import argparse
import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from models import database
from models.settings import LOCAL
from tests.bench import crowd, demo, house, people, worlds, writers
from tests.bench.pages import Pages
from tests.bench.table import Line, show
from tests.bench.worlds import World
from tests.postgres import Postgres

SMALLER = 10  # the world that growth is measured from has a tenth of the incidents


def measure(world: World, small: World, folder: Path, turns: int) -> list[Line]:
    """Every row of the table on one database."""
    world.use()
    copy = house.copied(folder)
    server = house.started(copy, folder)
    try:
        house.wait_until(server, 60)
        lines, each = asyncio.run(_with_pages(server, world, turns))
    finally:
        house.stop(server)
    cold = sorted(asyncio.run(house.cold_start(copy, folder)) for _ in range(3))[1]
    lines.append(Line("cold start to first page", "≤ 3 s", f"{cold:.2f} s", "–", cold <= 3))
    lines += [writers.verbs(folder), writers.growth(small, world)]
    print(f"\n{world.kind}, page by page:\n{each}", file=sys.stderr)
    return lines


async def _with_pages(server: house.Server, world: World, turns: int) -> tuple[list[Line], str]:
    cast = people.Cast.read()
    note(
        f"{world.kind}: the organisation measured is {cast.of.code} with {cast.of.total:,} incidents; load {house.load()}"
    )
    pages = Pages(server, cast, turns)
    pages.secret = world.password
    lines: list[Line] = []
    for measured in (pages.measure, lambda: crowd.watching(server, cast), lambda: crowd.acting(server, cast)):
        found = await measured()
        lines += found
        note("\n".join(["", *map(str, found), f"load {house.load()}"]))
    return lines, pages.each()


def note(text: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def _postgres(folder: Path, wanted: bool) -> Iterator[Postgres | None]:
    if not wanted:
        yield None
        return
    with worlds.postgres(folder) as server:
        yield server


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    arguments.add_argument("--incidents", type=int, default=1_000_000, help="of the big world (default 1,000,000)")
    arguments.add_argument("--quick", action="store_true", help="a world of 20,000 incidents, thrown away afterwards")
    arguments.add_argument("--only", choices=("sqlite", "postgresql"), help="one database instead of both")
    arguments.add_argument("--turns", type=int, default=25, help="measured reruns of each page (default 25)")
    arguments.add_argument("--folder", type=Path, default=LOCAL / "bench", help="where the worlds are kept")
    said = arguments.parse_args()
    start, incidents = time.perf_counter(), 20_000 if said.quick else said.incidents
    with tempfile.TemporaryDirectory(prefix="bon-an-toan-bench-") as place:
        folder = Path(place)
        kept = folder / "worlds" if said.quick else said.folder
        kept.mkdir(parents=True, exist_ok=True)
        print(demo.table(folder, said.turns), flush=True)
        with _postgres(kept, said.only != "sqlite") as server:
            made = worlds.prepare(kept, [incidents, incidents // SMALLER], server)
            ready = time.perf_counter()
            note(f"The worlds are ready after {ready - start:.0f} s.")
            for kind in ("SQLite", "PostgreSQL"):
                if (kind, incidents) in made and said.only in (None, kind.lower()):
                    place_of = folder / kind
                    place_of.mkdir()
                    lines = measure(made[kind, incidents], made[kind, incidents // SMALLER], place_of, said.turns)
                    print(
                        show(f"{kind}, {incidents:,} incidents in {worlds.ORGANISATIONS} organisations", lines),
                        flush=True,
                    )
                    database.engine().dispose()
        note(f"Measured in {time.perf_counter() - ready:.0f} s; load {house.load()}.")


if __name__ == "__main__":
    main()
