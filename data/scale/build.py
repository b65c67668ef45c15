"""Builds the big world in the empty, migrated database that DATABASE_URL names: `build()`, once.

Week by week, all organisations together, so that the rows of one lie scattered among those of the others as they would
after ten years of use. The same seed and the same end give the same world, except for the password.
"""

import datetime as dt
import itertools
import random  # noqa: TID251 - an invented world: chance with a fixed seed, and no secret hangs on it
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, update
from sqlmodel import SQLModel, select

from data.scale import events, incidents, inspections, movements, sharing
from data.scale.houses import OPERATOR, Founder, code, take_chains
from data.scale.load import Load, loading
from data.scale.world import DAY, HOUR, WEEK, House, Rules, World
from models import password
from models.access import DOOR, NotFound
from models.account import acting
from models.database import reading, writing
from models.draft import Submission, once
from models.history import ChainHead, LedgerHead, write_down
from models.numbering import Counter
from models.organisation import Organisation

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
YEARS = dt.timedelta(days=3652)
MICROSECOND = dt.timedelta(microseconds=1)
# Of Zipf's law: of 200 organisations the largest has a tenth of everything, the hundredth a fortieth of that.
SKEW = 0.8
FINISHED = "big world"  # the nonce of the last deed
# For every thousand incidents so many of these.
PROPORTION: dict[Callable[[World, House, dt.datetime], None], int] = {
    events.add: 30,
    inspections.plan: 25,
    sharing.together: 8,
    movements.hold: 20,
}
HOURS = (1, 1, 1, 1, 1, 2, 4, 8, 10, 10, 9, 7, 5, 7, 9, 9, 9, 8, 6, 6, 7, 6, 4, 2)
DAYS = (10, 9, 9, 9, 10, 7, 6)
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Size:
    """How large the world is to be, and when it ends."""

    organisations: int
    incidents: int
    seed: int
    until: dt.datetime

    @property
    def start(self) -> dt.datetime:
        """The Monday with which its ten years begin."""
        day = (self.until - YEARS).astimezone(HERE).date()
        return dt.datetime.combine(day - day.weekday() * DAY, dt.time.min, HERE).astimezone(dt.UTC)

    def shares(self) -> list[int]:
        """Incidents of each organisation, the largest first: Zipf, and exactly the sum that was asked for."""
        weights = [(rank + 1) ** -SKEW for rank in range(self.organisations)]
        bounds = [round(self.incidents * one / sum(weights)) for one in itertools.accumulate(weights)]
        return [after - before for before, after in itertools.pairwise([0, *bounds])]


def build(size: Size, plain: str, tell: Tell = lambda _: None) -> dict[str, int]:
    """Fill the database; everybody's password is `plain`. Table → rows that were loaded."""
    start = size.start
    founder = Founder(size.seed, start - WEEK, password.hashed(plain))
    board, *police = [founder.board(), *(founder.police(one) for one in range(max(2, size.organisations // 20)))]
    houses = []
    for rank, share in enumerate(size.shares()):
        since = (start + _joined(size, rank)).astimezone(HERE).date()
        houses.append(founder.organisation(rank, share, board, since))
        houses[-1].partners = [police[0], police[1 + rank % (len(police) - 1)]]
    take_chains([board, *police, *houses], founder.system)
    tell(f"{len(houses)} organisations with their accounts, units and places are founded.")
    someone = replace(acting(f"quantri@{code(0)}"), clock=lambda: size.until)
    with reading(someone) as session, loading() as connection:
        rules = Rules(session)
        world = World(Load(connection), rules, start, size.until, HERE)
        world.boards = [board]
        _fill(world, houses, _calendar(size, houses), size, tell)
        _close(world, connection, [board, *police, *houses])
    _finish()
    return world.load.counts


def _joined(size: Size, rank: int) -> dt.timedelta:
    """How long after the beginning an organisation took up the model: the largest at once, as some others, the rest later."""
    if rank == 0:
        return dt.timedelta()
    chance = random.Random(f"{size.seed} joined {rank}")
    return dt.timedelta(days=round(YEARS.days * 0.6 * max(0.0, chance.random() * 1.5 - 0.5)))


# ---- when -----------------------------------------------------------------------------------------------------------
Calendar = dict[Callable[[World, House, dt.datetime], None], list[array]]


def _calendar(size: Size, houses: list[House]) -> Calendar:
    """What begins in each week, and in which organisation (its place in the list)."""
    weeks = -(-(size.until - size.start) // WEEK)
    kinds = {incidents.enter: 1000, **PROPORTION}
    found: Calendar = {kind: [array("H") for _ in range(weeks)] for kind in kinds}
    for rank, share in enumerate(size.shares()):
        chance = random.Random(f"{size.seed} calendar {rank}")
        first = _joined(size, rank) // WEEK
        weights = list(itertools.accumulate(_busy(size, week) if week >= first else 0 for week in range(weeks)))
        for kind, often in kinds.items():
            for week in chance.choices(range(weeks), cum_weights=weights, k=-(-share * often // 1000)):
                found[kind][week].append(rank)
    return found


def _busy(size: Size, week: int) -> float:
    """More every year, and most in the months of the festivals."""
    month = (size.start + week * WEEK).month
    return (0.7 + week / 520) * (1.35 if month <= 3 else 0.95)


_SLOTS = list(itertools.accumulate(day * hour for day in DAYS for hour in HOURS))


def _instant(world: World, week: int, chance: random.Random) -> dt.datetime:
    """Some instant of a week, mostly when people work; never after the world's end."""
    begin = world.start + week * WEEK
    slot = chance.choices(range(len(_SLOTS)), cum_weights=_SLOTS)[0]
    at = begin + slot * HOUR + chance.randrange(3_600_000_000) * MICROSECOND
    return at if at < world.until else begin + (world.until - begin) * chance.random()


# ---- filling --------------------------------------------------------------------------------------------------------
def _fill(world: World, houses: list[House], calendar: Calendar, size: Size, tell: Tell) -> None:
    chance, began, said = random.Random(f"{size.seed} instants"), time.monotonic(), 0.0
    connection, done = world.load.connection, 0
    for week in range(world.weeks):
        for kind, weeks in calendar.items():
            for rank in weeks[week]:
                at = _instant(world, week, chance)
                world.begin(at, partial(kind, world, houses[rank], at))
        done += len(calendar[incidents.enter][week])
        world.live(week)
        world.chain(week)
        world.load.write()
        connection.commit()
        spent = time.monotonic() - began
        if spent - said >= 5 or week == world.weeks - 1:
            said = spent
            rows = sum(world.load.counts.values())
            entries = world.load.counts.get("history_entry", 0)
            tell(
                f"week {week + 1} of {world.weeks}: {done:,} incidents, {entries:,} entries, "
                f"{rows:,} rows in {spent:.0f} s ({rows / spent:,.0f} a second)"
            )


def _close(world: World, connection: Connection, houses: list[House]) -> None:
    """The ends of the chains, how often the ledgers moved, and the last numbers given."""
    for house in houses:
        _set(connection, ChainHead, house.id, sequence=house.sequence, hash=house.hash)
        _set(connection, LedgerHead, house.id, moves=house.moves)
        for (series, year), last in house.counters.items():
            told = {"organisation_id": house.id, "series": series, "year": year, "last": last}
            world.load.put(Counter, told)
    world.load.write()
    connection.commit()


def _set(connection: Connection, cls: type[SQLModel], organisation_id: int, **values: object) -> None:
    table = cls.__table__  # type: ignore[attr-defined]
    connection.execute(update(table).where(table.c.organisation_id == organisation_id).values(**values))


def _finish() -> None:
    system = acting(f"hethong@{OPERATOR}")
    with writing(system) as session:
        row = session.exec(select(Organisation).where(Organisation.id == system.organisation_id)).one()
        once(session, FINISHED)
        write_down(session, "organisation.demo_built", row)


def is_finished() -> bool | None:
    """Whether the big world stands here; None where there is no organisation at all."""
    with reading(DOOR) as session:
        if session.exec(select(Organisation.id).limit(1)).first() is None:
            return None
    try:
        with reading(acting(f"hethong@{OPERATOR}")) as session:
            return session.exec(select(Submission).where(Submission.nonce == FINISHED)).first() is not None
    except NotFound:
        return False
