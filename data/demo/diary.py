"""What will be done in the demonstration world, when and by whom; and the doing of it, in the order of time."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from models.access import Current
from models.account import acting

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
Deed = Callable[[Current], object]


def local(text: str | dt.datetime) -> dt.datetime:
    """Local time, typed, as the instant it is."""
    moment = dt.datetime.fromisoformat(text) if isinstance(text, str) else text
    return (moment if moment.tzinfo else moment.replace(tzinfo=HERE)).astimezone(dt.UTC)


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), HERE).astimezone(dt.UTC)


@dataclass
class Clock:
    """The time of the world: it stands at the deed that is being done."""

    moment: dt.datetime

    def __call__(self) -> dt.datetime:
        return self.moment


@dataclass
class Diary:
    """Deeds of `until` or later are left undone: the world ends at its build."""

    clock: Clock
    until: dt.datetime
    deeds: list[tuple[dt.datetime, str, Deed]] = field(default_factory=list)
    people: dict[str, Current] = field(default_factory=dict)

    def plan(self, when: dt.datetime, who: str, deed: Deed) -> None:
        """`who` (name@organisation) will do it at `when`."""
        self.deeds.append((when, who, deed))

    def live(self) -> None:
        """Do everything that was planned, the earliest first; what is planned for the same instant in the order planned."""
        for when, who, deed in sorted(self.deeds, key=lambda one: one[0]):
            if when < self.until:
                self.clock.moment = when
                deed(self.person(who))
        self.deeds.clear()

    def person(self, typed: str) -> Current:
        if typed not in self.people:
            self.people[typed] = replace(acting(typed), clock=self.clock)
        return self.people[typed]
