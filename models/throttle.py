"""How often somebody may try to sign in: a growing delay after each failure, then a lock for a while.

Counted by name, by address, and by the two together. The delay belongs to the two together, so that whoever tries a
name at home does not make its owner wait at the office. Keys are hashes of what was typed, known or not, so that no
count tells who exists. Nobody is held waiting here: an instant is kept, and a try before it is refused.
"""

import datetime as dt
import hashlib
import ipaddress
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, SQLModel, col, select

from models.access import Scope
from models.database import GLOBAL, QUIET, Session

FAILURES, LOCK = 5, dt.timedelta(minutes=15)
ADDRESS_FAILURES = 20  # from one address, whatever the names: an office shares one
FIRST_DELAY = dt.timedelta(seconds=2)  # after the first failure; then twice as long each time


class Throttle(SQLModel, table=True):
    """Failures under one key. Before `locked_until` nothing comes in: a delay while there are few, then the lock."""

    key: str = Field(primary_key=True, max_length=64)
    name_key: str | None = Field(default=None, max_length=64, index=True)  # of a name at one address: the name's own
    failures: int = 0
    last_at: dt.datetime
    locked_until: dt.datetime | None = None

    def holds_at(self, now: dt.datetime) -> bool:
        return self.locked_until is not None and self.locked_until > now


GLOBAL[Throttle] = frozenset(Scope)
QUIET.add(Throttle)


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def network(address: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 one: its owner may take any address in it."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


@dataclass(frozen=True)
class Count:
    """One of the things a failure is counted by. `grows`: the next try has to wait before the lock already."""

    key: str
    most: int
    name_key: str | None = None
    grows: bool = False
    of_all: bool = False  # of every name: that one fits says nothing of the others that were tried

    def until(self, failures: int, now: dt.datetime) -> dt.datetime | None:
        """Before when the next try is refused, after so many failures."""
        if failures >= self.most:
            return now + LOCK
        return now + FIRST_DELAY * 2 ** (failures - 1) if self.grows else None


def counts(name: str, address: str) -> tuple[Count, Count, Count]:
    """By name, by address, by both, always in this order: whoever locks the rows, locks them in the same one."""
    by_name, where = sha(f"name:{name}"), network(address)
    return (
        Count(by_name, FAILURES),
        Count(sha(f"address:{where}"), ADDRESS_FAILURES, of_all=True),
        Count(sha(f"both:{name} {where}"), FAILURES, name_key=by_name, grows=True),
    )


def throttle_of(session: Session, key: str, name_key: str | None = None) -> Throttle:
    """The row of a key, locked until the transaction ends."""
    statement = select(Throttle).where(Throttle.key == key).with_for_update()
    row = session.exec(statement).first()
    if row is not None:
        return row
    try:
        with session.begin_nested():
            row = Throttle(key=key, name_key=name_key, last_at=session.current.now())
            session.add(row)
        return row
    except IntegrityError:  # somebody else's first failure in the same moment
        return session.exec(statement).one()


def judge(session: Session, name: str, address: str, *, fits: bool, familiar: bool) -> tuple[bool, bool]:
    """Count one try: (may come in, met a lock). A try inside a delay is a failure whatever the password, else the next
    wait would tell whether it was right; a lock is not made longer by trying. Where the person came in before
    (`familiar`) only the failures from there hold: others cannot keep anybody out of the own office. A lock that is
    over and a while without a failure start a count anew; a success does, but of the address's takes away only one's own:
    neither do a hundred colleagues' slips of a day add up, nor does somebody's success hide what was tried on others."""
    now = session.current.now()
    rows = [(one, throttle_of(session, one.key, one.name_key)) for one in counts(name, address)]
    locked = [row for one, row in rows if row.holds_at(now) and row.failures >= one.most]
    holding = [row for _, row in rows if row.holds_at(now)]
    if familiar:
        holding = [row for row in holding if row.key != rows[0][0].key]
    right, own = fits and not holding, rows[-1][1].failures
    for one, row in rows:
        if row in locked:
            continue
        if (right and not one.of_all) or row.failures >= one.most or now - row.last_at > LOCK:
            row.failures, row.locked_until = 0, None
        elif right:
            row.failures = max(0, row.failures - own)
        if not right:
            row.failures, row.last_at = row.failures + 1, now
            row.locked_until = one.until(row.failures, now)
    return right, bool(locked)


def time_left(session: Session, name: str, address: str) -> dt.timedelta:
    """How long from now until a try for this name from this address is looked at: the same for a name nobody has."""
    keys = [one.key for one in counts(name, address)]
    now = session.current.now()
    ends = session.exec(select(Throttle.locked_until).where(col(Throttle.key).in_(keys)))
    return max((end - now for end in ends if end is not None and end > now), default=dt.timedelta())


def lift(session: Session, name: str) -> bool:
    """Let a name be tried again at once, from everywhere. Says whether anything was counted."""
    key = sha(f"name:{name}")
    rows: list[Throttle] = []
    for which in (Throttle.key == key, Throttle.name_key == key):  # the name's own first, as `judge` locks them
        rows += session.exec(select(Throttle).where(which, Throttle.failures > 0).with_for_update()).all()
    for row in rows:
        row.failures, row.locked_until = 0, None
    return bool(rows)
