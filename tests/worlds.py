"""The cast of the tests. Alice (staff) and Hạnh (head) are in so-a, Bob and Bích in truong-b, a stranger to them; Liêm is
the police liaison, Ban sits on the steering board above both, Quản trị runs the system.

The world is built once, through the verbs, and copied for each test.
"""

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import select

from models import setup
from models.access import DOOR, Current, Role, Scope
from models.account import AccountDraft, acting, change_password
from models.account_admin import new_account, open_account, open_first_account
from models.database import reading, writing
from models.history import write_down
from models.organisation import Kind, Organisation, OrganisationDraft, UnitDraft, found, found_organisation, save_unit

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
STARTED = "2019-09-01T07:00"  # when the world is built
TODAY = "2020-01-06T08:00"  # a Monday: where each test begins
PASSWORD = "một mật khẩu đủ dài"  # everybody's

ORGANISATIONS = {
    "ban": ("Ban Chỉ đạo (thử)", Kind.BOARD, None),
    "so-a": ("Sở A (thử)", Kind.DEPARTMENT, "ban"),
    "truong-b": ("Trường B (thử)", Kind.SCHOOL, "ban"),
    "congan": ("Công an C (thử)", Kind.POLICE, None),
}
# The first of each organisation is its administrator.
PEOPLE = {
    "so-a": {
        "an": ("Lê An", Role.ADMINISTRATOR),
        "alice": ("Trần Alice", Role.STAFF),
        "hanh": ("Phạm Thị Hạnh", Role.HEAD),
    },
    "truong-b": {
        "binh": ("Vũ Bình", Role.ADMINISTRATOR),
        "bob": ("Ngô Bob", Role.STAFF),
        "bich": ("Đỗ Thị Bích", Role.HEAD),
    },
    "congan": {"cam": ("Hồ Cẩm", Role.ADMINISTRATOR), "liem": ("Bùi Thanh Liêm", Role.LIAISON)},
    "ban": {"dung": ("Lý Dung", Role.ADMINISTRATOR), "ban": ("Đinh Văn Ban", Role.BOARD)},
}
UNITS = {"museum": "Bảo tàng", "hall": "Nhà thi đấu"}
SHORT = {"head": "hanh", "admin": "an", "liaison": "liem", "board": "ban", "system": "quan_tri"}


def instant(local: str | dt.datetime) -> dt.datetime:
    """`"2020-01-05T08:00"` in Hà Nội, as the instant it is."""
    moment = dt.datetime.fromisoformat(local) if isinstance(local, str) else local
    return (moment if moment.tzinfo else moment.replace(tzinfo=HANOI)).astimezone(dt.UTC)


@dataclass
class Clock:
    moment: dt.datetime

    def __call__(self) -> dt.datetime:
        return self.moment


@dataclass
class World:
    """`world.alice` is a `Current`; `world.head`, `.admin`, `.liaison`, `.board`, `.system` are short for so-a's and the
    others'. All share one clock: `world.set("2020-02-01T08:00")` moves it, `world.at("…")` is a copy at another time."""

    people: dict[str, Current] = field(default_factory=dict)
    organisations: dict[str, int] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    clock: Clock = field(default_factory=lambda: Clock(instant(TODAY)))

    def __getattr__(self, name: str) -> Current:
        people = self.__dict__.get("people", {})
        try:
            return people[SHORT.get(name, name)]
        except KeyError:
            raise AttributeError(name) from None

    def at(self, local: str | dt.datetime) -> "World":
        """The same people at another time."""
        clock = Clock(instant(local))
        return replace(self, people={name: replace(one, clock=clock) for name, one in self.people.items()}, clock=clock)

    def set(self, local: str | dt.datetime) -> None:
        self.clock.moment = instant(local)

    def forward(self, **span: float) -> None:
        """`world.forward(hours=3)`"""
        self.clock.moment += dt.timedelta(**span)

    def again(self, name: str) -> Current:
        """A person as the database has them now."""
        return replace(acting(self.typed(name)), clock=self.clock)

    def typed(self, name: str) -> str:
        """What the person types to sign in."""
        current = self.people[SHORT.get(name, name)]
        return f"{'quan-tri' if current.role is Role.SYSTEM else SHORT.get(name, name)}@{current.organisation_code}"


# ---- building ---------------------------------------------------------------------------------------------------------
def build() -> None:
    """Fill an empty database."""
    clock = Clock(instant(STARTED))
    system = _operator(clock)
    founded: dict[str, int] = {}
    for code, (name, kind, parent) in ORGANISATIONS.items():
        founded[code] = _organisation(system, code, name, kind, founded.get(parent or ""))
        _people(system, founded[code], code, clock)
    admin = replace(acting("an@so-a"), clock=clock)
    for unit in UNITS.values():
        save_unit(admin, UnitDraft(name=unit))


def _operator(clock: Clock) -> Current:
    """The operator's organisation and the system administrator: what set-up and the terminal do."""
    with writing(replace(setup.SETTING_UP, clock=clock)) as session:
        operator = setup._first(session, found(session, setup.OPERATOR))
        draft = AccountDraft(name="quan-tri", full_name="Quản Trị", role=Role.SYSTEM)
        account = new_account(session, operator.id, draft, PASSWORD, must_change=False)
        write_down(session, "account.opened", account)
    return replace(acting("quan-tri@he-thong"), clock=clock)


def _organisation(system: Current, code: str, name: str, kind: Kind, parent_id: int | None) -> int:
    draft = OrganisationDraft(
        code=code, name=name, kind=kind, parent_id=parent_id, model_started_on=dt.date(2019, 9, 1)
    )
    return found_organisation(system, draft).id


def _people(system: Current, organisation_id: int, code: str, clock: Clock) -> None:
    administrator = None
    for name, (full_name, role) in PEOPLE[code].items():
        draft = AccountDraft(name=name, full_name=full_name, role=role)
        _, plain = (
            open_account(administrator, draft) if administrator else open_first_account(system, organisation_id, draft)
        )
        person = replace(acting(f"{name}@{code}"), clock=clock)
        change_password(person, plain, PASSWORD)
        administrator = administrator or person


# ---- reading it back --------------------------------------------------------------------------------------------------
def read() -> World:
    """The world of the database that settings name."""
    world = World()
    typed = {name: f"{name}@{code}" for code, people in PEOPLE.items() for name in people} | {
        "quan_tri": "quan-tri@he-thong"
    }
    world.people = {name: replace(acting(one), clock=world.clock) for name, one in typed.items()}
    with reading(DOOR) as session:
        world.organisations = {row.code: row.id for row in session.exec(select(Organisation))}
    world.units = _units(world.admin)
    return world


def _units(admin: Current) -> dict[str, int]:
    from models.organisation import units

    ids = {row.name: row.id for row in units(admin)}
    return {short: ids[name] for short, name in UNITS.items()}


def stranger(**changes: Any) -> Current:
    """Somebody of an organisation that does not exist."""
    return replace(
        Current(account_id=0, organisation_id=0, role=Role.HEAD, scope=Scope.MEMBER, name="stranger"), **changes
    )
