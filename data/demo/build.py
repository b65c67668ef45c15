"""Builds the demonstration world in the database that DATABASE_URL names: `build()`, once; a second time changes nothing.

Every record is entered through the verbs, by the account and at the instant it was entered in that world, all
organisations in one order of time. So its history is true.
"""

import datetime as dt
import os
from dataclasses import replace
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlmodel import select

from data.demo import cast, golden, lately
from data.demo.diary import HERE, Clock, Diary, at, local
from data.demo.office import Office
from models import clock, inbox, password, setup
from models.access import DOOR, RIGHTS, Current, Permission
from models.account import AccountDraft, acting
from models.account_admin import new_account
from models.database import Session, reading, writing
from models.draft import Submission, once
from models.history import write_down
from models.organisation import Organisation, OrganisationDraft, Unit, UnitDraft, found, save_unit, units
from models.place import PlaceDraft, add_place
from models.settings import LOCAL, settings

FINISHED = "demonstration world"  # the nonce of the last deed


def build(now: dt.datetime | None = None) -> bool:
    """Fill an empty, migrated database. False when the world already stands there; a database with other records, or one
    whose building was broken off, is refused (data/clear.py throws a demonstration world away)."""
    with reading(DOOR) as session:
        organisations = list(session.exec(select(Organisation)))
    if organisations:
        _check_finished(organisations)
        return False
    until = now or clock.now()
    people: dict[str, str] = {}
    time = Clock(local(cast.FOUNDED))
    system = _found(time, until, people)
    _write_accounts(people)
    diary = Diary(time, until)
    offices = _offices(diary)
    golden.write(offices[cast.DEPARTMENT])
    lately.write(offices, until.astimezone(HERE).date())
    _reorganise(diary)
    _last_visits(diary)
    diary.live()
    time.moment = until
    _finish(system)
    return True


class NotDemo(Exception):
    """The database holds something else than a finished demonstration world."""


def _check_finished(organisations: list[Organisation]) -> None:
    if not all(row.is_demo for row in organisations):
        raise NotDemo("The database holds other records than the demonstration world.")
    operator = next((row for row in organisations if row.code == cast.OPERATOR), None)
    if operator is None or not _is_finished(operator):
        raise NotDemo("The building of the demonstration world was broken off. Build it afresh.")


def _is_finished(operator: Organisation) -> bool:
    with reading(Current(organisation_id=operator.id)) as session:
        return session.exec(select(Submission).where(Submission.nonce == FINISHED)).first() is not None


def _finish(system: Current) -> None:
    with writing(replace(system, clock=clock.now)) as session:
        row = session.exec(select(Organisation).where(Organisation.id == system.organisation_id)).one()
        once(session, FINISHED)
        write_down(session, "organisation.demo_built", row)


# ---- organisations, people, units ------------------------------------------------------------------------------------
def _found(time: Clock, until: dt.datetime, people: dict[str, str]) -> Current:
    """The operator with the system administrator, then every tenant with its people and units."""
    with writing(replace(setup.SETTING_UP, clock=time)) as session:
        operator = setup._first(session, found(session, setup.OPERATOR, is_demo=True))
        _hire(session, operator, cast.SYSTEM, people)
    system = replace(acting(f"{cast.SYSTEM.account}@{cast.OPERATOR}"), clock=time)
    ids: dict[str, int] = {}
    for tenant in cast.TENANTS:
        with writing(system) as session:
            row = found(session, _organisation(tenant, ids, until), is_demo=True)
            write_down(session, "organisation.founded", row, {"code": [None, row.code], "name": [None, row.name]})
            ids[tenant.code] = row.id  # type: ignore[assignment]
            for person in tenant.people:
                _hire(session, row, person, people)
        for unit in tenant.units:
            save_unit(replace(acting(f"quantri@{tenant.code}"), clock=time), UnitDraft(name=unit))
        for name, ward in cast.PLACES.get(tenant.code, {}).items():
            add_place(replace(acting(f"quantri@{tenant.code}"), clock=time), PlaceDraft(name=name, ward=ward))
    return system


def _organisation(tenant: cast.Tenant, ids: dict[str, int], until: dt.datetime) -> OrganisationDraft:
    started = tenant.model_started_on
    if tenant.model_age:
        started = until.astimezone(HERE).date() - dt.timedelta(days=tenant.model_age)
    return OrganisationDraft(
        code=tenant.code,
        name=tenant.name,
        short_name=tenant.short_name,
        kind=tenant.kind,
        parent_id=ids[tenant.parent] if tenant.parent else None,
        model_started_on=started,
    )


def _hire(session: Session, organisation: Organisation, person: cast.Person, people: dict[str, str]) -> None:
    """An account whose first password stands in the accounts file, so it need not be changed."""
    plain = password.one_time()
    draft = AccountDraft(name=person.account, full_name=person.full_name, role=person.role)
    row = new_account(session, organisation.id, draft, plain, must_change=False)  # type: ignore[arg-type]
    write_down(session, "account.opened", row, {"name": [None, row.name], "role": [None, row.role]})
    people[f"{person.account}@{organisation.code}"] = plain


def _offices(diary: Diary) -> dict[str, Office]:
    """Everybody's desk: who writes, who decides, which units and partners there are."""
    with reading(DOOR) as session:
        ids = {row.code: row.id for row in session.exec(select(Organisation))}
    liaisons = {tenant.code: f"{tenant.people[0].account}@{tenant.code}" for tenant in cast.TENANTS}
    partners = {name: (f"org:{ids[code]}", liaisons[code]) for name, code in cast.POLICE.items()}
    desks = {cast.DEPARTMENT: ("lan", "minh"), cast.SCHOOL: ("hoa", "tuan"), cast.HOSPITAL: ("thu", "dung")}
    return {
        code: Office(
            diary,
            f"{staff}@{code}",
            f"{head}@{code}",
            {row.name: row.id for row in units(acting(f"{staff}@{code}"))},  # type: ignore[misc]
            partners if code == cast.DEPARTMENT else {},
        )
        for code, (staff, head) in desks.items()
    }


def _reorganise(diary: Diary) -> None:
    """Units end in their time: one is merged into another, one is abolished."""
    who = f"quantri@{cast.DEPARTMENT}"
    diary.plan(at(cast.MERGED_ON, 7, 30), who, lambda current: _end(current, cast.RELICS, cast.MERGED_ON, cast.MUSEUM))
    ended = cast.INSPECTORATE_ENDED_ON
    diary.plan(at(ended, 7, 30), who, lambda current: _end(current, cast.INSPECTORATE, ended, None))


def _last_visits(diary: Diary) -> None:
    """Everybody looked into the inbox two days ago."""
    for tenant in cast.TENANTS:
        for person in tenant.people:
            if Permission.RECORD_READ in RIGHTS[person.role]:
                who = f"{person.account}@{tenant.code}"
                diary.plan(diary.until - dt.timedelta(days=2), who, inbox.read_all)


def _end(current: Current, name: str, day: dt.date, heir: str | None) -> None:
    rows: dict[str, Unit] = {row.name: row for row in units(current)}
    draft = UnitDraft(name=name, valid_to=day, successor_id=rows[heir].id if heir else None)
    save_unit(current, draft, rows[name].id, rows[name].version)


# ---- the accounts file -----------------------------------------------------------------------------------------------
def accounts_file() -> Path:
    """Beside the SQLite file, or in data/local/ where the database is elsewhere."""
    url = make_url(settings.database_url)
    folder = Path(url.database).resolve().parent if url.drivername.startswith("sqlite") and url.database else LOCAL
    return folder / "demo-accounts.txt"


def _write_accounts(people: dict[str, str]) -> None:
    """Readable by its owner only. An older world's file is replaced."""
    file = accounts_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    widest = max(map(len, people))
    lines = [f"{typed:<{widest}}  {plain}  {_title(typed)}" for typed, plain in people.items()]
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")


def _title(typed: str) -> str:
    account, _, code = typed.partition("@")
    if code == cast.OPERATOR:
        return f"{cast.SYSTEM.full_name}, quản trị hệ thống"
    tenant = next(one for one in cast.TENANTS if one.code == code)
    person = next(one for one in tenant.people if one.account == account)
    return f"{person.full_name}, {_ROLES[person.role]}, {tenant.short_name}"


_ROLES = {
    "staff": "cán bộ",
    "head": "lãnh đạo",
    "administrator": "quản trị viên",
    "liaison": "cán bộ liên lạc Công an",
    "board": "Ban Chỉ đạo",
}
