"""What is the same for every organisation of the big world: its time, its rules, and what will be written down when."""

import datetime as dt
import heapq
import itertools
import random  # noqa: TID251 - an invented world: chance with a fixed seed, and no secret hangs on it
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from data.scale.load import Load
from models import incident
from models.catalogue import merged
from models.database import Session
from models.history import HistoryEntry, digest, plain
from models.inbox import DECIDE, OWNER, WATCHING
from models.notice import Notice, Watch
from models.text import fold
from models.working_days import after, holidays

WEEK = dt.timedelta(days=7)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
READ_AFTER = dt.timedelta(days=4)  # notices older than this were read
folded = lru_cache(maxsize=20_000)(fold)
NAMED = ("incident_kind", "event_kind", "inspection_subject")
Root = tuple[str, int]
Row = Any  # as data/scale/load.py


class Person(NamedTuple):
    """Somebody with an account."""

    id: int
    name: str


@dataclass
class House:
    """One organisation: its people, units and places, the end of its chain and the last numbers it gave."""

    id: int
    code: str
    name: str
    path: str
    chance: random.Random
    staff: list[Person]
    heads: list[Person]
    units: list[int] = field(default_factory=list)
    places: list[tuple[int, str]] = field(default_factory=list)
    partners: list["House"] = field(default_factory=list)
    sort: Any = None
    since: dt.datetime | None = None
    sequence: int = 0
    hash: str = ""
    moves: int = 0
    counters: dict[tuple[str, int], int] = field(default_factory=dict)
    events: list[Row] = field(default_factory=list)  # the latest ones, at which something may happen
    seen: dict[int, list[int]] = field(default_factory=dict)  # of a police body: activity → who follows it

    def number(self, series: str, year: int) -> str:
        """The next number of a series: without gaps, by year."""
        self.counters[series, year] = last = self.counters.get((series, year), 0) + 1
        return f"{series}-{year}-{last:04}"


Begin = tuple[dt.datetime, int, Callable[[], None]]


class Deed(NamedTuple):
    """What will be written down in an organisation's chain, and who is told of it."""

    at: dt.datetime
    house: House
    actor: Person
    action: str
    subject: str
    subject_id: int
    changes: dict[str, Any]
    note: str
    root: Root
    told: dict[int, str]


@dataclass(slots=True)
class Written:
    """An entry of the history as `digest` reads it: a HistoryEntry without the ORM."""

    organisation_id: int
    sequence: int
    at: dt.datetime
    actor_id: int
    actor_name: str
    action: str
    subject: str
    subject_id: int
    changes: dict[str, Any]
    note: str
    folded: str
    previous: str
    hash: str = ""


_AS_THEY_ARE = (str, int, bool, type(None))


def _plain(changes: dict[str, Any]) -> dict[str, Any]:
    """`history.plain`, which is asked only for what JSON does not keep as it is: there are millions of them."""
    return {name: [one if type(one) in _AS_THEY_ARE else plain(one) for one in pair] for name, pair in changes.items()}


class Rules:
    """What the verbs ask the catalogues, asked once: nobody in the big world has rules of its own."""

    def __init__(self, session: Session) -> None:
        session.info["steady"] = {}
        self.session = session
        for catalogue in ("due_rule", "severity", "task_rule", "partner_body", *NAMED):
            merged(session, catalogue)
        holidays(session)
        session.rollback()  # nothing more is asked; a transaction left open would keep SQLite's log from being emptied
        self._due: dict[tuple[dt.date, int | None, str], dt.date] = {}

    def due_on(self, day: dt.date, received_at: dt.datetime, severity: int | None, complexity: str) -> dt.date:
        """When an incident that was received on this local day is due."""
        key = (day, severity, complexity)
        if key not in self._due:
            self._due[key] = incident.due_on(self.session, received_at, severity, complexity)
        return self._due[key]

    def working_days_after(self, day: dt.date, count: int) -> dt.date:
        return after(day, count, holidays(self.session))


class World:
    """The big world while it is made, week by week."""

    def __init__(self, load: Load, rules: Rules, start: dt.datetime, until: dt.datetime, zone: ZoneInfo) -> None:
        self.load, self.rules, self.start, self.until, self.zone = load, rules, start, until, zone
        self.weeks = -(-(until - start) // WEEK)
        self.boards: list[House] = []
        self._deeds: list[list[Deed]] = [[] for _ in range(self.weeks)]
        self._begins: list[list[Begin]] = [[] for _ in range(self.weeks)]
        self._order = itertools.count()

    def day(self, at: dt.datetime) -> dt.date:
        """The local day of an instant."""
        return at.astimezone(self.zone).date()

    def local(self, day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(hour, minute), self.zone).astimezone(dt.UTC)

    def begin(self, at: dt.datetime, act: Callable[[], None]) -> None:
        """Let something begin at an instant: all organisations' records are numbered in the order of time."""
        if at < self.until:
            heapq.heappush(self._begins[(at - self.start) // WEEK], (at, next(self._order), act))

    def live(self, week: int) -> None:
        """Let everything begin that is due in a week; what begins may let more begin."""
        due = self._begins[week]
        while due:
            heapq.heappop(due)[2]()

    def write_down(self, deed: Deed) -> None:
        """To be chained when its week comes."""
        self._deeds[(deed.at - self.start) // WEEK].append(deed)

    def chain(self, week: int) -> None:
        """Write down everything of a week in the order of time, each in its organisation's chain."""
        due, self._deeds[week] = self._deeds[week], []
        for deed in sorted(due, key=lambda one: one.at):
            self._chained(deed)

    def _chained(self, deed: Deed) -> None:
        house = deed.house
        entry = Written(
            organisation_id=house.id,
            sequence=house.sequence + 1,
            at=deed.at,
            actor_id=deed.actor.id,
            actor_name=deed.actor.name,
            action=deed.action,
            subject=deed.subject,
            subject_id=deed.subject_id,
            changes=_plain(deed.changes),
            note=deed.note,
            folded=folded(deed.note)[:10_000],
            previous=house.hash,
        )
        entry.hash = digest(entry)  # type: ignore[arg-type]
        house.sequence, house.hash = entry.sequence, entry.hash
        self.load.put(HistoryEntry, {name: getattr(entry, name) for name in Written.__slots__})
        for account_id, why in deed.told.items():
            self._tell(deed, entry.sequence, account_id, why)

    def _tell(self, deed: Deed, sequence: int, account_id: int, why: str) -> None:
        read = deed.at + 20 * HOUR if self.until - deed.at > READ_AFTER else None
        subject, subject_id = deed.root
        said = {"organisation_id": deed.house.id, "account_id": account_id, "sequence": sequence, "why": why}
        self.load.put(Notice, {**said, "subject": subject, "subject_id": subject_id, "read_at": read})

    def numbered(
        self, house: House, cls: Any, series: str, draft: dict[str, Any], who: Person, at: dt.datetime, **more: Any
    ) -> Row:
        """A record under the next number of its year, as somebody put it in."""
        number = house.number(series, self.day(at).year)
        entered = {"entered_at": at, "entered_by": who.id, "entered_by_name": who.name}
        return self.load.make(cls, **draft, organisation_id=house.id, number=number, **entered, **more)

    def watch(self, house: House, account_id: int, root: Root, since: dt.datetime) -> None:
        said = {"organisation_id": house.id, "account_id": account_id, "subject": root[0], "subject_id": root[1]}
        self.load.put(Watch, {**said, "watching": True, "since": since})


@dataclass
class Life:
    """One record on its way, and who is told of it. What would happen after the world's end has not happened: `step` and
    `say` then answer False, and the caller stops."""

    world: World
    house: House
    row: Row
    root: Root
    watchers: list[int] = field(default_factory=list)
    owner: int | None = None

    def watch(self, person: Person, since: dt.datetime) -> None:
        """As models/inbox.py: who enters a record, owns it or acts on the ledger follows it from then on."""
        if person.id not in self.watchers:
            self.watchers.append(person.id)
            self.world.watch(self.house, person.id, self.root, since)

    def say(
        self,
        at: dt.datetime,
        actor: Person,
        action: str,
        changes: dict[str, Any],
        note: str = "",
        part: Root | None = None,
        deciders: bool = False,
    ) -> bool:
        """Write down one step; `part` is what it is about where that is not the record itself."""
        if at >= self.world.until:
            return False
        told = dict.fromkeys(self.watchers, WATCHING)
        if self.owner is not None and (self.owner in told or part):
            told[self.owner] = OWNER
        if deciders:
            told |= dict.fromkeys((head.id for head in self.house.heads), DECIDE)
        told.pop(actor.id, None)
        subject, subject_id = part or self.root
        deed = Deed(at, self.house, actor, action, subject, subject_id, changes, note, self.root, told)
        self.world.write_down(deed)
        return True

    def step(
        self,
        at: dt.datetime,
        actor: Person,
        action: str,
        note: str = "",
        row: Row | None = None,
        part: Root | None = None,
        **values: Any,
    ) -> bool:
        """Change a row (the record's own, or `row` of a part of it) and write down what changed."""
        if at >= self.world.until:
            return False
        row = row or self.row
        changes = {name: [getattr(row, name), new] for name, new in values.items() if getattr(row, name) != new}
        row.__dict__.update(values)
        row.version += 1
        return self.say(at, actor, action, changes, note, part)
