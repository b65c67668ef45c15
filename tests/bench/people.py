"""Who acts in a big world: the organisation that is measured, everybody's tokens, and the records that are opened."""

import datetime as dt
from dataclasses import dataclass, field, replace

from sqlalchemy import func, select

from data.scale.houses import BOARD, code
from models import account, clock, event, incident, inspection
from models.access import Current
from models.database import as_owner
from models.organisation import Organisation


def acting(typed: str) -> Current:
    return replace(account.acting(typed), clock=clock.now)


def token(typed: str) -> str:
    """The cookie of a fresh sign-in."""
    found = account.exchange(account.begin(account.acting(typed).account_id or 0, "bench", "bench"))
    if found is None:
        raise SystemExit(f"{typed} cannot sign in")
    return found


@dataclass(frozen=True)
class Count:
    """An organisation of the world, and how many incidents it has: in all and since a year ago. `written` are those that a
    bench has entered lately."""

    code: str
    organisation_id: int
    total: int
    lately: int
    newest: int
    written: int = 0


MEASURED, WEEK = "Đo ", dt.timedelta(days=7)  # so begins what a bench enters


def counts() -> list[Count]:
    """Every organisation with incidents, the largest first, each with its newest one that no bench has entered."""
    row, year = incident.Incident.__table__.c, clock.now() - dt.timedelta(days=365)  # type: ignore[attr-defined]
    organisation = Organisation.__table__.c  # type: ignore[attr-defined]
    asked = select(row.organisation_id, func.count(), func.count().filter(row.occurred_at > year), func.max(row.id))
    measured = row.summary.startswith(MEASURED)
    lately = select(row.organisation_id, func.count()).where(row.occurred_at > clock.now() - WEEK, measured)
    with as_owner() as connection:
        codes = dict(connection.execute(select(organisation.id, organisation.code)).all())  # type: ignore[arg-type]
        found = [
            Count(codes[one], one, *rest) for one, *rest in connection.execute(asked.group_by(row.organisation_id))
        ]
        written = dict(connection.execute(lately.group_by(row.organisation_id)).all())  # type: ignore[arg-type]
        for at, one in enumerate(found):
            if one.organisation_id in written:
                newest = select(func.max(row.id)).where(row.organisation_id == one.organisation_id, ~measured)
                last = connection.execute(newest).scalar() or one.newest
                found[at] = replace(one, newest=last, written=written[one.organisation_id])
    return sorted(found, key=lambda one: -one.total)


def average(known: list[Count]) -> tuple[Count, Count]:
    """The two organisations nearest to the mean: of a million incidents in 200 organisations, with 5,000 each. Of those that no
    bench has written to in these days, as long as there are any: a hundred incidents of one day are nobody's."""
    mean = sum(one.total for one in known) / len(known)
    near = [one for one in known if abs(one.total - mean) < mean / 5]
    first, second, *_ = sorted(near, key=lambda one: (one.written // 10, abs(one.total - mean)))
    return first, second


@dataclass
class Cast:
    """The organisation that is measured, with its newest records; and another one of its size, for a form to be saved in."""

    known: list[Count]
    of: Count
    writer: str = ""
    staff: str = ""
    head: str = ""
    board: str = f"giamsat@{BOARD}"
    ids: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls) -> "Cast":
        known = counts()
        of, other = average(known)
        cast = cls(known, of, f"canbo1@{other.code}", f"canbo1@{of.code}", f"lanhdao1@{of.code}")
        tables = {"kiem-tra": inspection.InspectionRound, "su-kien": event.Event}
        with as_owner() as connection:
            for address, noun in tables.items():
                row = noun.__table__.c  # type: ignore[attr-defined]
                newest = select(func.max(row.id)).where(row.organisation_id == of.organisation_id)
                cast.ids[address] = connection.execute(newest).scalar() or 0
        cast.ids["vu-viec"] = of.newest
        return cast

    def somebody(self, number: int) -> list[tuple[str, int]]:
        """So many accounts of as many organisations as it takes, with an incident of theirs: four of each."""
        people = [
            (f"{name}@{one.code}", one.newest)
            for one in self.known
            for name in ("canbo1", "canbo2", "lanhdao1", "lanhdao2")
        ]
        return [people[at % len(people)] for at in range(number)]


def smallest() -> str:
    """The organisation that measurements may write into without making the measured one larger."""
    return code(199)
