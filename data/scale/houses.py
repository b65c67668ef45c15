"""The organisations of the big world with their accounts, units and places: through the verbs, except that one hash of one
password serves everybody, since a thousand of them would take longer than all records together."""

import datetime as dt
import os
import random  # noqa: TID251 - an invented world: chance with a fixed seed, and no secret hangs on it
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url
from sqlmodel import select

from data.scale import cast
from data.scale.world import House, Person
from models import setup
from models.access import Current, Role
from models.account import Account, AccountDraft, acting
from models.database import Session, reading, writing
from models.history import ChainHead, write_down
from models.movement import GuardForceDraft, count_guards
from models.organisation import Kind, Organisation, OrganisationDraft, UnitDraft, found, save_unit
from models.place import PlaceDraft, add_place
from models.settings import LOCAL, settings
from models.text import sort_key

OPERATOR, BOARD = "he-thong", "ban-chi-dao"
LARGEST_STAFF = 12


def code(rank: int) -> str:
    """The largest organisation is dv-001."""
    return f"dv-{rank + 1:03}"


class Founder:
    """Founds one organisation after the other at one instant, long before the first record."""

    def __init__(self, seed: int, at: dt.datetime, password: str) -> None:
        self.seed, self.password = seed, password
        self.clock = lambda: at
        with writing(replace(setup.SETTING_UP, clock=self.clock)) as session:
            operator = setup._first(session, found(session, setup.OPERATOR, is_demo=True))
            self._hire(session, operator, [("hethong", "Quản trị hệ thống", Role.SYSTEM)])
        self.system = replace(acting(f"hethong@{OPERATOR}"), clock=self.clock)

    def board(self) -> House:
        draft = OrganisationDraft(code=BOARD, name=f"Ban Chỉ đạo tỉnh ({cast.MARK})", short_name="BCĐ", kind=Kind.BOARD)
        return self._found(draft, [("giamsat", "Hoàng Thái Bình", Role.BOARD)])

    def police(self, place: int) -> House:
        name = f"Công an phường số {place}" if place else "Công an tỉnh, phòng PA03"
        draft = OrganisationDraft(code=f"ca-{place:02}", name=f"{name} ({cast.MARK})", kind=Kind.POLICE)
        people = [(f"lienlac{one}", f"Cán bộ liên lạc {one} {name}", Role.LIAISON) for one in (1, 2)]
        return self._found(draft, people)

    def organisation(self, rank: int, size: int, board: House, since: dt.date) -> House:
        """One that keeps records; the more of them, the more people write them."""
        chance = random.Random(f"{self.seed} {code(rank)}")
        sort = chance.choices(cast.SORTS, [one.weight for one in cast.SORTS])[0]
        name = f"{chance.choice(sort.names)} số {rank + 1}"
        draft = OrganisationDraft(
            code=code(rank),
            name=f"{name} ({cast.MARK})",
            short_name=name,
            kind=sort.kind,
            parent_id=board.id,
            model_started_on=since,
        )
        staff = min(LARGEST_STAFF, 2 + size // 2000)
        people = [(f"canbo{one + 1}", cast.full_name(chance), Role.STAFF) for one in range(staff)]
        people += [(f"lanhdao{one + 1}", cast.full_name(chance), Role.HEAD) for one in range(2)]
        house = self._found(draft, [*people, ("quantri", cast.full_name(chance), Role.ADMINISTRATOR)])
        house.sort, house.chance = sort, chance
        _furnish(house, replace(acting(f"quantri@{house.code}"), clock=self.clock))
        return house

    # ---- one of them --------------------------------------------------------------------------------------------------
    def _found(self, draft: OrganisationDraft, people: list[tuple[str, str, Role]]) -> House:
        with writing(self.system) as session:
            row = found(session, draft, is_demo=True)
            write_down(session, "organisation.founded", row, {"code": [None, row.code], "name": [None, row.name]})
            accounts = self._hire(session, row, people)
        staff = [one for one, role in accounts if role in (Role.STAFF, Role.LIAISON)]
        heads = [one for one, role in accounts if role is Role.HEAD]
        return House(row.id or 0, row.code, row.name, row.path, random.Random(f"{self.seed} {row.code}"), staff, heads)

    def _hire(
        self, session: Session, organisation: Organisation, people: list[tuple[str, str, Role]]
    ) -> list[tuple[Person, Role]]:
        hired = []
        for name, full_name, role in people:
            draft = AccountDraft(name=name, full_name=full_name, role=role)
            told: dict[str, Any] = {
                "sort": sort_key(full_name),
                "password": self.password,
                "must_change_password": False,
            }
            row = Account(organisation_id=organisation.id or 0, **draft.model_dump(), **told)
            session.add(row)
            session.flush()
            write_down(session, "account.opened", row, {"name": [None, row.name], "role": [None, row.role]})
            hired.append((Person(row.id or 0, full_name), role))
        return hired


def _furnish(house: House, administrator: Current) -> None:
    """Units and places; and a head counts the guards."""
    head = replace(administrator, role=Role.HEAD, account_id=house.heads[0].id, name=house.heads[0].name)
    count_guards(head, GuardForceDraft(counted_on=head.today(), strength=3 + len(house.staff) * 2))
    with writing(administrator) as session:
        house.units = [save_unit(session, UnitDraft(name=name)).id or 0 for name in house.sort.units]
        for name in cast.PLACES:
            place = add_place(session, PlaceDraft(name=name, ward=f"Phường {house.id % 30}"))
            house.places.append((place.id or 0, place.name))


def accounts_file() -> Path:
    """Beside the SQLite file, or in data/local/ where the database is elsewhere."""
    url = make_url(settings.database_url)
    folder = Path(url.database).resolve().parent if url.drivername.startswith("sqlite") and url.database else LOCAL
    return folder / f"{Path(url.database or 'big-world').stem}-accounts.txt"


def write_accounts(plain: str, organisations: int) -> str:
    """What the file says, readable by its owner only. An older world's is replaced."""
    text = (
        f"{plain}  everybody's password\n"
        f"canbo1@{code(0)} … canbo1@{code(organisations - 1)}  staff, the largest organisation first; lanhdao1: head; "
        f"quantri: administrator\nlienlac1@ca-00 …  police\ngiamsat@{BOARD}  steering board\nhethong@{OPERATOR}  system\n"
    )
    file = accounts_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    return text


def take_chains(houses: list[House], system: Current) -> None:
    """Where each chain stands, for those that go on without the ORM."""
    for house in houses:
        with reading(replace(system, organisation_id=house.id)) as session:
            head = session.exec(select(ChainHead).where(ChainHead.organisation_id == house.id)).one()
            house.sequence, house.hash = head.sequence, head.hash
