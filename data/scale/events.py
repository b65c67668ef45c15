"""The events of the big world with their security plans and their reports."""

import datetime as dt
from typing import Any

from data.demo.plans import security_plan
from data.scale import cast, sharing
from data.scale.world import DAY, HOUR, House, Life, Person, Row, World
from models.entry import filled
from models.event import SERIES, Event, _search_text
from models.plan import APPROVED, DRAFT, RETURNED, SUBMITTED, Plan
from models.plan_content import PlanDraft, compare, staffing
from models.shared import SHARED

Values = dict[str, Any]
KEPT = 30  # the latest events of an organisation at which something may happen


def add(world: World, house: House, entered: dt.datetime) -> None:
    """An event is entered some weeks before it starts, planned, held and reported."""
    chance, person = house.chance, house.chance.choice(house.staff)
    draft = _draft(world, house, entered)
    row = world.numbered(house, Event, SERIES, draft, person, entered)
    row.search = _search_text(row)
    life = Life(world, house, row, ("event", row.id))
    life.watch(person, entered)
    life.say(entered, person, "event.added", filled(draft))
    cancelled = chance.random() < 0.03
    if chance.random() < 0.94:
        _plan(life, person, entered + chance.randrange(20, 80) * HOUR, in_time=chance.random() < 0.93)
    if cancelled:
        _cancel(life, person)
    else:
        house.events = [*house.events[-KEPT:], row]
        _report(life, person)


def _draft(world: World, house: House, entered: dt.datetime) -> Values:
    chance = house.chance
    name, kind = chance.choice(cast.SHOWS)
    day = world.day(entered) + chance.randrange(14, 40) * DAY
    starts = world.local(day, chance.choice((7, 8, 14, 19)))
    lasts = chance.randrange(2, 9) * HOUR + (
        chance.randrange(0, 4) * DAY if kind in ("festival", "exhibition") else 0 * DAY
    )
    return {
        "name": f"{name} lần thứ {chance.randrange(1, 40)}",
        "kind": kind,
        "venue": chance.choice(house.places)[1],
        "unit_id": chance.choice(house.units),
        "starts_at": starts,
        "ends_at": starts + lasts,
        "expected_people": int(min(chance.lognormvariate(6.2, 0.9), 60_000)),
        "organiser": house.name,
        "partners": [f"org:{house.partners[0].id}"] if chance.random() < 0.4 else [],
        "note": "",
    }


def _plan(life: Life, person: Person, at: dt.datetime, *, in_time: bool) -> None:
    """Drafted and submitted by staff, approved by a head; one in ten goes back once."""
    world, house, event = life.world, life.house, life.row
    if at >= world.until:
        return
    draft = security_plan(event.expected_people, house.chance.randrange(3, 7), house.chance.randrange(6, 30))
    told = {"event_id": event.id, "drafted_at": at, "drafted_by_name": person.name}
    plan = world.load.make(Plan, organisation_id=house.id, **draft.model_dump(mode="json"), **told)
    life.say(
        at, person, "plan.drafted", {"edition": [None, 1], **compare(PlanDraft(), draft)}, part=("event_plan", plan.id)
    )
    at += 2 * DAY
    if house.chance.random() < 0.1:
        if not _submit(life, plan, draft, person, at) or not _back(life, plan, person, at + DAY):
            return
        at += 2 * DAY
    if _submit(life, plan, draft, person, at):
        _approve(life, plan, at + DAY if in_time else event.starts_at + HOUR)


def _move(life: Life, plan: Row, state: str, at: dt.datetime, actor: Person, action: str, note: str = "") -> bool:
    """As models/plan.py: the state is what is told, whatever else changes."""
    old, plan.state, plan.version = plan.state, state, plan.version + 1
    deciders = action == "plan.submitted"
    return life.say(at, actor, action, {"state": [old, state]}, note, part=("event_plan", plan.id), deciders=deciders)


def _submit(life: Life, plan: Row, draft: PlanDraft, person: Person, at: dt.datetime) -> bool:
    if at >= life.world.until:
        return False
    plan.staffed_posts, plan.staff = staffing(draft)
    plan.submitted_at, plan.submitted_by, plan.submitted_by_name = at, person.id, person.name
    return _move(life, plan, SUBMITTED, at, person, "plan.submitted")


def _back(life: Life, plan: Row, person: Person, at: dt.datetime) -> bool:
    """Returned by a head with the reason, and taken back to the desk."""
    if at + HOUR >= life.world.until:
        return False
    head, reason = life.house.chance.choice(life.house.heads), "Bổ sung phương án cho cửa phụ, trình lại."
    plan.returned_at, plan.returned_by, plan.returned_by_name, plan.returned_reason = at, head.id, head.name, reason
    _move(life, plan, RETURNED, at, head, "plan.returned", reason)
    return _move(life, plan, DRAFT, at + HOUR, person, "plan.redrafted")


def _approve(life: Life, plan: Row, at: dt.datetime) -> None:
    if at >= life.world.until:
        return
    head = life.house.chance.choice(life.house.heads)
    plan.approved_at, plan.approved_by, plan.approved_by_name = at, head.id, head.name
    _move(life, plan, APPROVED, at, head, "plan.approved")


def _cancel(life: Life, person: Person) -> None:
    at, reason = life.row.starts_at - 30 * HOUR, "Hoãn vì thời tiết xấu."
    if at < life.world.until:
        life.row.cancelled_reason = reason
        life.step(at, person, "event.cancelled", reason, cancelled_at=at)


def _report(life: Life, person: Person) -> None:
    """Nineteen of twenty are reported; then some are shared."""
    chance, row = life.house.chance, life.row
    at = row.ends_at + chance.randrange(10, 60) * HOUR
    if chance.random() < 0.05 or at >= life.world.until:
        return
    came = row.expected_people * chance.randrange(60, 112) // 100
    values: Values = {"attendance": came, "attendance_kind": "counted" if chance.random() < 0.8 else "estimated"}
    values |= {"peak": came * 7 // 10, "forces_used": "Bảo vệ cơ quan, Công an phường, đoàn viên."}
    if chance.random() < 0.3:
        values["lessons"] = "Cần mở thêm lối ra phía sau khi tan."
    row.reported_at, row.reported_by_name = at, person.name
    life.step(at, person, "event.reported", **values)
    if chance.random() < 0.3:
        said = SHARED["event"](life.world.rules.session, row)
        partners = row.partners or [f"org:{life.house.partners[-1].id}"]
        sharing.share(life.world, life.house, person, at + HOUR, said, partners, life.root)
