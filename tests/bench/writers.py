"""The rows of the table that need no page: verbs by eight writers at once, and how answers grow with the table."""

import os
import sqlite3
import statistics
import tempfile
import threading
import time
from pathlib import Path

import psycopg

from models import history, incident
from models.access import Current
from models.database import reading
from models.incident import IncidentDraft
from models.settings import settings
from tests.bench import people
from tests.bench.people import Count
from tests.bench.questions import QUESTIONS, head_of, spent
from tests.bench.runs import quantile
from tests.bench.table import Line
from tests.bench.worlds import World

WRITERS, SECONDS = 8, 6.0


# ---- writing --------------------------------------------------------------------------------------------------------
def verbs(folder: Path) -> Line:
    """Eight threads report incidents into one organisation, whose chain is looked at in the end."""
    names = ("canbo1", "canbo2", "lanhdao1", "lanhdao2")
    writers = [people.acting(f"{names[at % 4]}@{people.smallest()}") for at in range(WRITERS)]
    with _every_core():
        taken = _written(writers)
        floor = _commits_sqlite(folder) if settings.database_url.startswith("sqlite") else _commits_postgres()
    with reading(writers[0]) as session:
        broken = history.broken_at(session)
    rate, slow = len(taken) / SECONDS, quantile(taken, 99)
    said = f"{rate:.0f}/s, p99 {slow:.0f} ms, chain {'verifies' if broken is None else f'BREAKS at {broken}'}"
    target = "≥ 200/s, p99 ≤ 200 ms"
    met = rate >= 200 and slow <= 200 and broken is None
    return Line(
        f"verbs per second, {WRITERS} writers; p99 wait; chain",
        target,
        said,
        f"1/{floor / rate:.0f} × commit {floor:.0f}/s",
        met,
    )


def _written(writers: list[Current]) -> list[float]:
    taken: list[float] = []
    until = time.perf_counter() + SECONDS

    def write(who: Current, number: int) -> None:
        while (start := time.perf_counter()) < until:
            draft = IncidentDraft(occurred_at=who.now(), summary=f"Đo ghi {number}", severity=1, kind="C.theft")
            incident.report(who, draft)
            taken.append((time.perf_counter() - start) * 1000)

    threads = [threading.Thread(target=write, args=(who, number)) for number, who in enumerate(writers)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return taken


class _every_core:  # noqa: N801 - a context
    """This process was kept to one core while it was a client."""

    def __enter__(self) -> None:
        self.kept = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
        if self.kept:
            os.sched_setaffinity(0, range(os.cpu_count() or 1))

    def __exit__(self, *_: object) -> None:
        if self.kept:
            os.sched_setaffinity(0, self.kept)


def _commits_sqlite(folder: Path) -> float:
    """The floor: single rows committed by one thread, one after the other, as safely."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        connection = sqlite3.connect(Path(place) / "floor.sqlite3", isolation_level=None)
        for said in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE one (id INTEGER)"):
            connection.execute(said)
        return _rate(lambda: connection.execute("INSERT INTO one VALUES (1)"))


def _commits_postgres() -> float:
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE floor (id integer)")
        try:
            return _rate(lambda: connection.execute("INSERT INTO floor VALUES (1)"))
        finally:
            connection.execute("DROP TABLE floor")


def _rate(commit: object, seconds: float = 1.5) -> float:
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        commit()  # type: ignore[operator]
        count += 1
    return count / (time.perf_counter() - start)


# ---- growing --------------------------------------------------------------------------------------------------------
MOST = 1.3
ASKED = (
    "the revision",
    "figures of a year",
    "breakdowns of a year",
    "incidents: first page",
    "incidents: bubbles",
    "record with timeline",
)


def growth(small: World, large: World) -> Line:
    """The same questions about two organisations with as many records, in a small and in a large world."""
    what = f"cost of one organisation from {small.incidents:,} to {large.incidents:,} rows"
    small.use()
    here = people.counts()
    large.use()
    there = people.counts()
    one, other = min(((a, b) for a in here[5:20] for b in there), key=lambda pair: _unlike(*pair))
    ratios = {}
    for name in ASKED:
        before, after = [], []
        for _ in range(3):  # in turns, so that what else the machine does falls on both
            small.use()
            before.append(spent(head_of(one.code), QUESTIONS[name], 9))
            large.use()
            after.append(spent(head_of(other.code), QUESTIONS[name], 9))
        ratios[name] = (statistics.median(before), statistics.median(after))
    whole = sum(after for _, after in ratios.values()) / sum(before for before, _ in ratios.values())
    worst = max(ratios, key=lambda name: ratios[name][1] / ratios[name][0])
    most = ratios[worst][1] / ratios[worst][0]
    said = f"{whole:.2f} × (worst {most:.2f}: {worst})"
    rows = f"{one.total} / {other.total} records"
    return Line(what, f"≤ {MOST} ×", said, rows, whole <= MOST and most <= MOST)


def _unlike(one: Count, other: Count) -> float:
    """How much two organisations differ in what they have, in all and lately."""
    return abs(one.total / other.total - 1) + abs(max(1, one.lately) / max(1, other.lately) - 1)
