"""The incidents of the big world: what is entered, and how each goes on until the world's end."""

import datetime as dt
import random  # noqa: TID251 - an invented world: chance with a fixed seed, and no secret hangs on it
from typing import Any

from data.demo.lately import Plot
from data.scale import cast, sharing
from data.scale.world import DAY, HOUR, MINUTE, House, Life, Person, World
from models.deadline import flash_limits, start_clock
from models.entry import filled
from models.history import NOTED
from models.incident import BECAME_COMPLEX, COMPLEX, LATENT, NONE, PREVENTED, SERIES, WATCHING, Incident, _search_text
from models.task import Task, rules_for

Values = dict[str, Any]


def enter(world: World, house: House, entered: dt.datetime) -> None:
    """An incident is entered, and lives on."""
    chance, draft = house.chance, _draft(world, house, entered)
    person = chance.choice(house.heads if draft["confidential"] else house.staff)
    life = _life(world, house, entered, person, draft)
    row = life.row
    life.watch(person, entered)
    life.say(entered, person, "incident.reported", filled(draft))
    tasks = _tasks(life, person, entered)
    if row.origin == "message":
        life.say(entered, person, NOTED, {}, note=f"{row.summary}. {chance.choice(cast.DETAILS)}")
    _live(life, person, tasks, entered)


# ---- entering -------------------------------------------------------------------------------------------------------
def _draft(world: World, house: House, entered: dt.datetime) -> Values:
    """What the form held. Now and then it is during an event, latent, confidential, or severe."""
    chance, plot = house.chance, _plot(house)
    received = entered.replace(second=0, microsecond=0) - chance.randrange(0, 40) * MINUTE
    occurred = (
        received - chance.randrange(0, 90) * MINUTE - (chance.randrange(1, 6) * DAY if _one_in(chance, 25) else 0 * DAY)
    )
    place = chance.choice(house.places)[1]
    draft: Values = {
        "occurred_at": occurred,
        "received_at": received,
        "summary": plot.summary if _one_in(chance, 3) else f"{plot.summary}, {place.lower()}",
        "place": place if chance.random() < 0.85 else f"{place}, phía sau",
        "unit_id": chance.choice(house.units),
        "event_id": None,
        "kind": plot.kind,
        "severity": _severity(plot, chance),
        "complexity": NONE,
        "complexity_reason": "",
        "description": " ".join(chance.sample(cast.DETAILS, 2)) if chance.random() < 0.4 else "",
        "people_count": chance.randrange(1, 9) if chance.random() < 0.7 else None,
        "people_roles": chance.choice(cast.ROLES) if chance.random() < 0.4 else "",
        "measures": chance.choice(cast.MEASURES) if chance.random() < 0.5 else "",
        "partners": [],
        "confidential": _one_in(chance, 160),
    }
    if _one_in(chance, 18):
        draft |= {"complexity": LATENT, "complexity_reason": chance.choice(cast.REASONS)}
    if _one_in(chance, 9):
        draft["partners"] = _partners(house)
    _at_event(draft, house, received)
    return draft


def _one_in(chance: random.Random, many: int) -> bool:
    return chance.random() * many < 1


def _plot(house: House) -> Plot:
    """The first plots of a sort are the most frequent ones."""
    chance, plots = house.chance, house.sort.plots
    if _one_in(chance, 60):
        return chance.choice(cast.GRAVE)
    return plots[min(chance.randrange(len(plots)) for _ in range(3))]


def _severity(plot: Plot, chance: random.Random) -> int:
    return plot.severity + (_one_in(chance, 12) and plot.severity < 4)


def _partners(house: House) -> list[str]:
    police = [f"org:{one.id}" for one in house.partners[: house.chance.randrange(1, len(house.partners) + 1)]]
    return police + ([cast.OUTSIDE["PC07"]] if _one_in(house.chance, 5) else [])


def _at_event(draft: Values, house: House, received: dt.datetime) -> None:
    """At an event that ran lately."""
    ran = [row for row in house.events if row.starts_at < received - HOUR and received - row.ends_at < 3 * DAY]
    if ran and house.chance.random() < 0.5:
        event = ran[-1]
        during = min(event.ends_at, received) - event.starts_at
        occurred = event.starts_at + during * house.chance.random()
        draft |= {"event_id": event.id, "occurred_at": occurred.replace(second=0, microsecond=0), "place": event.venue}


def _life(world: World, house: House, entered: dt.datetime, person: Person, draft: Values) -> Life:
    """The row as `incident.report` makes it."""
    due = world.rules.due_on(
        world.day(draft["received_at"]), draft["received_at"], draft["severity"], draft["complexity"]
    )
    ids = {place: place_id for place_id, place in house.places}
    row = world.numbered(
        house,
        Incident,
        SERIES,
        draft,
        person,
        entered,
        owner_id=person.id,
        place_id=ids.get(draft["place"]),
        origin="message" if _one_in(house.chance, 12) else "form",
        first_due_on=due,
        due_on=due,
    )
    row.search = _search_text(row)
    if row.complexity == LATENT:
        row.complexity_by_name, row.complexity_at = person.name, entered
        row.was_latent, row.latent_outcome = True, WATCHING
    start_clock(world.rules.session, row)
    return Life(world, house, row, ("incident", row.id), owner=person.id)


def _tasks(life: Life, person: Person, entered: dt.datetime) -> list[Any]:
    """The tasks that the rules bring for its kind, each as a row."""
    world, row, found = life.world, life.row, []
    day = world.day(row.received_at)
    for rule in rules_for(world.rules.session, row, day):
        steps = rule.attributes["steps"]
        for step in steps:
            due = world.rules.working_days_after(day, step["working_days"])
            made = {
                "title": step["vi"],
                "due_on": due,
                "first_due_on": due,
                "rule": rule.code,
                "owner_id": row.owner_id,
            }
            told = {"entered_at": entered, "entered_by_name": person.name, "subject": "incident", "subject_id": row.id}
            found.append(world.load.make(Task, organisation_id=life.house.id, **made, **told))
        said = "; ".join(step["vi"] for step in steps)
        life.say(entered, person, "incident.tasks_born", {"tasks": [0, len(steps)]}, note=f"{rule.vi}: {said}")
    return found


# ---- living ---------------------------------------------------------------------------------------------------------
def _live(life: Life, person: Person, tasks: list[Any], entered: dt.datetime) -> None:
    """Flash report, verification, notes; shared where partners take part; then one of its ends."""
    chance, row = life.house.chance, life.row
    if row.flash_due_at and chance.random() < 0.93:
        told = row.received_at + chance.randrange(5, 34) * MINUTE
        told = max(told, entered + MINUTE)
        if not life.step(told, person, "incident.flash_reported", flash_reported_at=told):
            return
        entered = told
    if row.partners:
        sharing.share_incident(life, person, entered + 10 * MINUTE)
    began = entered + chance.randrange(11, 240) * MINUTE
    if chance.random() < 0.6:
        note = chance.choice(cast.NOTES) if chance.random() < 0.5 else ""
        if not life.step(began, person, "incident.open", note, state="verifying"):
            return
    if chance.random() < 0.15:
        life.say(began + MINUTE, person, NOTED, {}, note=chance.choice(cast.NOTES))
    person = _handed_on(life, person, began + 2 * MINUTE)
    _end(life, person, tasks, began + 3 * MINUTE)


def _handed_on(life: Life, person: Person, at: dt.datetime) -> Person:
    """Now and then a colleague takes it over."""
    house = life.house
    others = [one for one in house.staff if one.id != person.id]
    if not others or not _one_in(house.chance, 12) or at >= life.world.until or life.row.confidential:
        return person
    new = house.chance.choice(others)
    life.owner = new.id
    life.watch(new, at)
    life.say(at, person, "incident.assigned", {"owner": [person.name, new.name]})
    life.row.owner_id, life.row.version = new.id, life.row.version + 1
    return new


def _end(life: Life, person: Person, tasks: list[Any], at: dt.datetime) -> None:
    """Most are settled, some late; some are not confirmed, transferred, extended, reopened, or never end."""
    chance, row = life.house.chance, life.row
    way = chance.random()
    took = min(chance.lognormvariate(3.4, 1.1), 2000) * HOUR
    if way < 0.012:
        return
    if way < 0.035:
        _void(life, at + took / 2)
    elif way < 0.065:
        _transfer(life, person, at + took / 2)
    else:
        if row.was_latent and _one_in(chance, 20) and not _became_complex(life, at + took / 3):
            return
        if took > 4 * DAY and _one_in(chance, 3) and not _extend(life, person, at + 2 * DAY):
            return
        _settle(life, person, tasks, at + took)


def _head(life: Life) -> Person:
    return life.house.chance.choice(life.house.heads)


def _void(life: Life, at: dt.datetime) -> None:
    note = "Đã xác minh tại chỗ, không có sự việc như phản ánh."
    life.step(at, _head(life), "incident.void", note, state="not_confirmed", not_confirmed_at=at)


def _transfer(life: Life, person: Person, at: dt.datetime) -> None:
    document = f"{life.house.chance.randrange(1, 900)}/CV"
    told: Values = {
        "transferred_to": "Công an phường",
        "transfer_document": document,
        "transferred_on": life.world.day(at),
    }
    life.step(at, person, "incident.transferred", state="transferred", transferred_at=at, **told)


def _became_complex(life: Life, at: dt.datetime) -> bool:
    """A head judges a latent case to be complex: its due date and its clock follow."""
    world, row, head = life.world, life.row, _head(life)
    if at >= world.until:
        return False
    due = world.rules.due_on(world.day(row.received_at), row.received_at, row.severity, COMPLEX)
    values: Values = {
        "complexity": COMPLEX,
        "complexity_reason": "Nhiều người tham gia, báo chí đưa tin.",
        "due_on": due,
    }
    if row.flash_due_at is None:
        limits = flash_limits(world.rules.session, row.severity, COMPLEX)
        values["flash_due_at"] = at + limits.head * MINUTE if limits else None
    row.__dict__.update(complexity_by_name=head.name, complexity_at=at)
    row.__dict__.update(latent_outcome=BECAME_COMPLEX, latent_ended_at=at)
    return life.step(at, head, "incident.amended", **values)


def _extend(life: Life, person: Person, at: dt.datetime) -> bool:
    """The first due date stays; what is written down is the date alone."""
    note, later = "Chờ kết quả giám định.", life.row.due_on + 10 * DAY
    if not life.step(at, person, "incident.extended", note, due_on=later):
        return False
    life.row.due_basis = note
    return True


def _settle(life: Life, person: Person, tasks: list[Any], at: dt.datetime) -> None:
    """With everything that was to be done about it, which a head looks at; then the file is closed, sooner or later."""
    chance, row = life.house.chance, life.row
    conclusion = chance.choice(cast.CONCLUSIONS)
    if not _report_tasks(life, person, tasks, at - MINUTE, conclusion):
        return
    values: Values = {"state": "settled", "resolved_at": at, "conclusion": conclusion}
    if row.was_latent and row.latent_ended_at is None:
        values |= {"latent_outcome": PREVENTED, "latent_ended_at": at}
    if not life.step(at, person, "incident.settled", conclusion, **values):
        return
    if _one_in(chance, 90) and not row.was_latent:
        head, note = _head(life), "Có phản ánh mới, cần xác minh lại."
        if not life.step(at + DAY, head, "incident.reopened", note, state="verifying", resolved_at=None):
            return
        at += 3 * DAY
        if not life.step(at, person, "incident.settled", conclusion, state="settled", resolved_at=at):
            return
    head = life.house.chance.choice(
        [one for one in life.house.heads if one.id != person.id]
    )  # nobody verifies one's own
    if _verify_tasks(life, head, tasks, at + HOUR) and chance.random() < 0.75:
        at += chance.randrange(4, 240) * HOUR
        life.step(at, head, "incident.closed", "Hồ sơ đầy đủ, cho đóng.", state="closed", closed_at=at)


def _report_tasks(life: Life, person: Person, tasks: list[Any], at: dt.datetime, result: str) -> bool:
    for place, row in enumerate(tasks):
        when = at - (len(tasks) - place) * dt.timedelta(seconds=5)
        done: Values = {"done_at": when, "done_by": person.id, "done_by_name": person.name, "result": result}
        if not _on_task(life, row, person, when, "task.reported", result, done):
            return False
    return True


def _verify_tasks(life: Life, head: Person, tasks: list[Any], at: dt.datetime) -> bool:
    verified: Values = {"verified_at": at, "verified_by_name": head.name}
    return all(_on_task(life, row, head, at, "task.verified", "", verified) for row in tasks)


def _on_task(life: Life, row: Any, actor: Person, at: dt.datetime, action: str, note: str, values: Values) -> bool:
    """As models/task.py tells it: who did it stands in the entry, not in its changes."""
    if at >= life.world.until:
        return False
    changes = {name: [getattr(row, name), value] for name, value in values.items()}
    said = {name: pair for name, pair in changes.items() if not name.endswith(("_by", "_by_name"))}
    row.__dict__.update(values)
    row.version += 1
    life.owner, before = row.owner_id, life.owner
    life.say(at, actor, action, said, note, part=("task", row.id))
    life.owner = before
    return True
