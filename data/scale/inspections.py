"""The inspection rounds of the big world with their visits, findings, remedies and re-checks."""

import datetime as dt
from typing import Any

from data.scale import cast, sharing
from data.scale.world import DAY, HOUR, MINUTE, House, Life, Person, Row, World
from models.catalogue import merged
from models.entry import filled
from models.finding import REMEDIED, Finding, Recheck
from models.inspection import CONCLUDED, PLANNED, RUNNING, SERIES, InspectionRound, InspectionVisit, round_key
from models.shared import Shared
from models.visit import _visit_key

Values = dict[str, Any]


def plan(world: World, house: House, entered: dt.datetime) -> None:
    """A round is planned some weeks ahead; most are carried out, some called off, a few forgotten."""
    chance, person = house.chance, house.chance.choice(house.staff)
    draft = _draft(world, house, entered)
    row = world.numbered(house, InspectionRound, SERIES, draft, person, entered)
    row.search = round_key(row)
    life = Life(world, house, row, ("inspection_round", row.id))
    life.watch(person, entered)
    life.say(entered, person, "round.planned", filled(draft))
    way = chance.random()
    if way < 0.04:
        _cancel(life, person, world.local(draft["planned_on"], 7))
    elif way > 0.03:
        _carry_out(life, person, draft["planned_on"])


def _draft(world: World, house: House, entered: dt.datetime) -> Values:
    chance = house.chance
    planned = world.day(entered) + chance.randrange(7, 30) * DAY
    joint = chance.random() < 0.4
    return {
        "subject": chance.choice(cast.SUBJECTS),
        "kind": "scheduled" if chance.random() < 0.85 else "unannounced",
        "lead": "joint" if joint else "independent",
        "planned_on": planned,
        "planned_to": None,
        "area": f"Phường {chance.randrange(1, 30)}",
        "unit_id": chance.choice(house.units),
        "decision_no": f"{chance.randrange(1, 999)}/QĐ",
        "decision_on": planned - 5 * DAY,
        "decision_by": house.heads[0].name,
        "leader": chance.choice(house.staff).name,
        "members": "",
        "partners": [f"org:{house.partners[-1].id}"] if joint else [],
        "note": "",
    }


def _cancel(life: Life, person: Person, at: dt.datetime) -> None:
    reason = "Trùng lịch đoàn kiểm tra của tỉnh."
    if life.say(at, person, "round.cancelled", {"state": [PLANNED, "cancelled"]}, reason):
        life.row.__dict__.update(cancelled_at=at, cancel_reason=reason, version=life.row.version + 1)


def _carry_out(life: Life, person: Person, day: dt.date) -> None:
    """The first visit starts it; it is concluded in the evening."""
    world, house, row = life.world, life.house, life.row
    at = world.local(day, 8, 30)
    if at >= world.until:
        return
    row.started_at, row.version = at, row.version + 1
    life.say(at, person, "round.started", {"state": [PLANNED, RUNNING]})
    visits = house.chance.randrange(2, 9)
    findings = sum(_visit(life, person, day, at + place * 40 * MINUTE) for place in range(visits))
    said: Values = {"done_on": day, "conclusion": "Đã thông báo kết luận, theo dõi việc khắc phục."}
    evening = world.local(day, 17)
    if evening < world.until:
        row.concluded_at = evening
        changes = {"state": [RUNNING, CONCLUDED], "done_on": [None, day], "conclusion": ["", said["conclusion"]]}
        row.__dict__.update(said, version=row.version + 1)
        row.search = round_key(row)
        life.say(evening, person, "round.concluded", changes)
        if row.partners and house.chance.random() < 0.5:
            found = {"visits": visits, "findings": findings}
            sharing.share(world, house, person, evening + HOUR, _shared(world, row, found), row.partners, life.root)


def _shared(world: World, row: Row, found: dict[str, int]) -> Shared:
    """As models/inspection.py tells it to partners, without asking the database for what is on its way there."""
    label = merged(world.rules.session, "inspection_subject")[row.subject].vi
    told = {"title": f"{label}: {row.area}", "subject": row.subject, "subject_label": label, "area": row.area}
    return Shared(kind="inspection", occurred_on=row.done_on, figures=found, **told)


def _visit(life: Life, person: Person, day: dt.date, at: dt.datetime) -> int:
    """How many findings it brought."""
    world, chance = life.world, life.house.chance
    if at >= world.until:
        return 0
    draft: Values = {"place": f"Cơ sở số {chance.randrange(1, 400)}", "visited_on": day, "address": ""}
    draft |= {"ward": life.row.area, "representative": "Chủ cơ sở", "record_no": f"{chance.randrange(1, 99)}/BB"}
    draft |= {"unit_id": None, "is_recheck": False, "note": ""}
    row = world.load.make(InspectionVisit, organisation_id=life.house.id, round_id=life.row.id, **draft)
    row.search = _visit_key(row)
    life.say(at, person, "visit.added", filled(draft), row.place, part=("inspection_visit", row.id))
    return chance.random() < 0.34 and _finding(life, row, person, at + 10 * MINUTE)


def _finding(life: Life, visit: Row, person: Person, at: dt.datetime) -> int:
    """Most is put right in time, some after a re-check; some is not, and a little never will be."""
    world, chance = life.world, life.house.chance
    if at >= world.until:
        return 0
    deadline = visit.visited_on + chance.choice((7, 14, 30)) * DAY
    draft: Values = {"item": chance.choice(cast.FOUND), "legal_basis": "Nghị định 96/2016/NĐ-CP", "description": ""}
    draft |= {"handling": "correction", "receiving_body": "", "fine": None, "deadline": deadline}
    row = world.load.make(Finding, organisation_id=life.house.id, visit_id=visit.id, first_deadline=deadline, **draft)
    life.say(at, person, "finding.added", filled(draft), row.item, part=("finding", row.id))
    done = (
        deadline + chance.randrange(-5, 2) * DAY if chance.random() < 0.88 else deadline + chance.randrange(2, 40) * DAY
    )
    way = chance.random()
    if way < 0.03:
        _give_up(life, row, person, world.local(deadline, 15))
    elif way > 0.07:
        _remedied(life, row, person, max(done, visit.visited_on), checked=way > 0.8)
    return 1


def _tell(life: Life, row: Row, at: dt.datetime, actor: Person, action: str, note: str, **values: Any) -> bool:
    """As models/remedy.py: a change under the finding's own words; instants and the state are not told twice."""
    if at >= life.world.until:
        return False
    told = ("evidence", "reported_on", "remedied_on", "given_up_reason")
    before = {name: getattr(row, name) for name in told} | {"state": _state(row)}
    row.__dict__.update(values, version=row.version + 1)
    after = {name: getattr(row, name) for name in told} | {"state": _state(row)}
    changes = {name: [old, after[name]] for name, old in before.items() if after[name] != old}
    said = f"{row.item}: {note}" if note else row.item
    return life.say(at, actor, action, changes, said, part=("finding", row.id))


def _state(row: Row) -> str:
    return str(Finding.state.fget(row))  # type: ignore[attr-defined]


def _give_up(life: Life, row: Row, person: Person, at: dt.datetime) -> None:
    reason = "Cơ sở đã ngừng hoạt động."
    _tell(life, row, at, person, "finding.given_up", reason, given_up_at=at, given_up_reason=reason)


def _remedied(life: Life, row: Row, person: Person, day: dt.date, *, checked: bool) -> None:
    at = life.world.local(day, 15)
    said: Values = {"evidence": "Báo cáo khắc phục kèm ảnh chụp.", "reported_on": day, "reported_at": at}
    if not checked:
        _tell(life, row, at, person, "finding.remedied", "", remedied_on=day, remedied_at=at, **said)
    elif _tell(life, row, at, person, "finding.reported", "", **said):
        _recheck(life, row, person, day + life.house.chance.randrange(1, 9) * DAY)


def _recheck(life: Life, row: Row, person: Person, day: dt.date) -> None:
    """Passed: remedied on the day that was reported."""
    at = life.world.local(day, 10)
    if at >= life.world.until:
        return
    told: Values = {"checked_on": day, "result": "passed", "checked_by": person.name, "note": ""}
    life.world.load.make(Recheck, organisation_id=life.house.id, finding_id=row.id, recorded_at=at, **told)
    state = _state(row)
    row.__dict__.update(remedied_on=row.reported_on, remedied_at=at, version=row.version + 1)
    changes: Values = {"state": [state, REMEDIED], "remedied_on": [None, row.remedied_on]}
    changes |= {"checked_on": [None, day], "checked_by": [None, person.name]}
    life.say(at, person, "finding.recheck_passed", changes, row.item, part=("finding", row.id))
