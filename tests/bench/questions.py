"""What pages ask of the database, one named question a line: timed for one organisation by itself, without a page.

`python -m tests.bench.questions URL dv-001 dv-100` prints them for these organisations; `--plan WORD` how the database
goes about those whose name holds the word.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import event
from sqlmodel import select

from models import (
    breakdowns,
    clock,
    deadline,
    history,
    inbox,
    incident,
    incident_desk,
    incident_search,
    inspection,
    kpis,
    ledger,
    task,
)
from models import event as events
from models.access import Current
from models.account import acting
from models.database import Session, engine, is_sqlite, reading
from models.period import Period, Span, reporting
from models.revision import revision
from models.settings import settings

Question = Callable[[Session], Any]
MOST = 4000.0  # milliseconds, then a question was asked often enough
SEARCH = "xo xat cong chinh"  # without accents, as people type


def year(current: Current) -> Period:
    return reporting(Span.YEAR, current.today(), current.zone)


def _figures(session: Session) -> Any:
    return kpis.figures(session, year(session.current))


def _breakdowns(session: Session) -> Any:
    period = year(session.current)
    asked = (
        *(breakdowns.incidents_by_month, breakdowns.incidents_by_group, breakdowns.incidents_by_severity),
        *(breakdowns.incidents_by_unit, breakdowns.inspections_by_subject, breakdowns.activities_by_partner),
    )
    return [one(session, period) for one in asked]


def _newest(session: Session) -> int:
    asked = select(incident.Incident.id).order_by(incident.Incident.occurred_at.desc()).limit(1)  # type: ignore[attr-defined]
    return session.exec(asked).one() or 0


def _record(session: Session) -> Any:
    one = _newest(session)
    found = [incident.incident(session, one), history.timeline(session, "incident", one)]
    return found, task.tasks(session, "incident", one), inbox.standing(session, "incident", one)


def _of_period(session: Session) -> incident_search.Filter:
    period = year(session.current)
    return incident_search.Filter(first=period.start, end=period.end, kind="B")


Found = incident_search.Filter
QUESTIONS: dict[str, Question] = {
    "the revision": revision,
    "figures of a year": _figures,
    "breakdowns of a year": _breakdowns,
    "incidents: first page": lambda s: incident_search.listed(s, Found()),
    "incidents: bubbles": lambda s: incident_search.bubble_counts(s, Found()),
    "incidents: page 40": lambda s: incident_search.listed(s, Found(), offset=800),
    "incidents: overdue bubble": lambda s: incident_search.listed(s, Found(bubble="overdue")),
    "incidents: kind in a year": lambda s: incident_search.listed(s, _of_period(s)),
    "incidents: its bubbles": lambda s: incident_search.bubble_counts(s, _of_period(s)),
    "incidents: search": lambda s: incident_search.listed(s, Found(text=SEARCH)),
    "incidents: search, bubbles": lambda s: incident_search.bubble_counts(s, Found(text=SEARCH)),
    "incidents: rare word": lambda s: incident_search.listed(s, Found(text="cohabitation")),
    "incidents: by number": lambda s: incident_search.by_number(s, f"VV-{s.current.today().year}-0001"),
    "incidents: number 7": lambda s: incident_search.by_number(s, "7"),
    "record with timeline": _record,
    "record: neighbours": lambda s: incident_desk.neighbours(s, Found(), _newest(s)),
    "rounds: first page": lambda s: inspection.rounds(s, inspection.Filter()),
    "rounds: bubbles": lambda s: inspection.bubble_counts(s, inspection.Filter()),
    "rounds: search": lambda s: inspection.rounds(s, inspection.Filter(text="co so so 17")),
    "events: first page": lambda s: events.events(s, events.Filter()),
    "events: bubbles": lambda s: events.bubble_counts(s, events.Filter()),
    "ledger: first page": lambda s: ledger.activities(s, ledger.Asked()),
    "latest changes": history.latest,
    "everything overdue": lambda s: deadline.everything_overdue(s, 20),
    "everything due soon": lambda s: deadline.everything_due_soon(s, 7, 20),
    "my tasks": task.my_tasks,
    "inbox": inbox.news,
    "days with data": breakdowns.days_with_data,
}


def spent(current: Current, ask: Question, times: int = 7) -> float:
    """Milliseconds, the middle of some warm answers. PostgreSQL keeps a statement's plan once it has come a dozen times on
    one connection, as it soon has in a server."""
    warm, found = 1 if is_sqlite() else 12, []
    for _ in range(warm + times):
        with reading(current) as session:
            start = time.perf_counter()
            ask(session)
            found.append((time.perf_counter() - start) * 1000)
        if sum(found) > MOST:
            break
    return statistics.median(found[min(warm, len(found) - 1) :])


def head_of(code: str) -> Current:
    return replace(acting(f"lanhdao1@{code}"), clock=clock.now)


Said = tuple[str, Any]


def statements(session: Session, ask: Question) -> list[Said]:
    """What a question says to the database, with its words."""
    said: list[Said] = []

    def note(_connection: Any, _cursor: Any, statement: str, words: Any, *_: Any) -> None:
        if not statement.startswith(("SELECT set_config", "PRAGMA", "BEGIN")):
            said.append((statement, words))

    event.listen(engine(), "before_cursor_execute", note)
    try:
        ask(session)
    finally:
        event.remove(engine(), "before_cursor_execute", note)
    return said


def explained(session: Session, said: Said) -> list[str]:
    """How the database goes about a statement, line by line."""
    explain = "EXPLAIN QUERY PLAN " if is_sqlite() else "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) "
    return [row[-1] for row in session.connection().exec_driver_sql(explain + said[0], said[1])]


def plans(current: Current, ask: Question) -> None:
    """Every statement of a question, with how long it took and how the database goes about it."""
    with reading(current) as session:
        for statement, words in statements(session, ask):
            start = time.perf_counter()
            list(session.connection().exec_driver_sql(statement, words))
            print(f"\n{(time.perf_counter() - start) * 1000:.1f} ms  {shown(statement)}")
            print("\n".join(f"    {line}" for line in explained(session, (statement, words))))


def shown(statement: str) -> str:
    """From the FROM on: which columns of it are read is seldom the question."""
    return " ".join(statement[max(0, statement.find("FROM ")) :].split())[:1200]


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m tests.bench.questions", description=__doc__)
    arguments.add_argument("url")
    arguments.add_argument("codes", nargs="+")
    arguments.add_argument("--plan", default="")
    said = arguments.parse_args()
    settings.database_url = said.url
    for name, ask in QUESTIONS.items():
        if said.plan and said.plan not in name:
            continue
        print(f"{name:<28}" + "".join(f"{spent(head_of(code), ask):10.2f}" for code in said.codes), flush=True)
        if said.plan:
            plans(head_of(said.codes[0]), ask)


if __name__ == "__main__":
    main()
