"""The joint ledger of the big world: what is shared with partners, released, and answered by them."""

import datetime as dt
from functools import partial
from typing import Any

from data.scale import cast
from data.scale.world import HOUR, MINUTE, House, Life, Person, Row, World
from models.catalogue import merged
from models.joint import SERIES, JointActivity, JointAnswer, JointParty, JointSummary
from models.shared import SHARED, Shared
from models.sharing import _facts, _listed


def share_incident(life: Life, person: Person, at: dt.datetime) -> None:
    """With the partners that its form named."""
    said = SHARED["incident"](life.world.rules.session, life.row)
    share(life.world, life.house, person, at, said, life.row.partners, source=life.root)


def share(
    world: World,
    house: House,
    person: Person,
    at: dt.datetime,
    said: Shared,
    partners: list[str],
    source: tuple[str, int] | None = None,
) -> None:
    """To be proposed at an instant, so that the ledger's numbers go with the time."""
    world.begin(at, partial(_propose, world, house, person, at, said, partners, source))


def _propose(
    world: World,
    house: House,
    person: Person,
    at: dt.datetime,
    said: Shared,
    partners: list[str],
    source: tuple[str, int] | None,
) -> None:
    """Proposed by staff, released by a head; the police bodies answer after some days."""
    activity = _activity(world, house, at, said, source)
    summary = world.load.make(
        JointSummary,
        organisation_id=house.id,
        activity_id=activity.id,
        title=said.title,
        summary=said.summary,
        figures=said.figures,
    )
    parties = [_party(world, house, activity, code, at) for code in partners]
    life = Life(world, house, activity, ("joint_activity", activity.id))
    life.watch(person, at)
    activity.version += 1
    names = [one.name for one in parties]
    first = {"title": said.title, "summary": said.summary, "area": "" if source else said.area}
    told = {name: [None, value] for name, value in first.items() if value} | {"partners": [None, names]}
    life.say(at, person, "joint_activity.proposed", told, deciders=True)
    released = at + house.chance.randrange(20, 1500) * MINUTE
    if released < world.until and house.chance.random() < 0.95:
        _release(life, summary, parties, released)


def _activity(world: World, house: House, at: dt.datetime, said: Shared, source: tuple[str, int] | None) -> Row:
    return world.load.make(
        JointActivity,
        **_facts(said),
        organisation_id=house.id,
        number=house.number(SERIES, world.day(at).year),
        source=source[0] if source else None,
        source_id=source[1] if source else None,
        host_name=house.name,
        host_path=house.path,
        entered_at=at,
    )


def _party(world: World, house: House, activity: Row, code: str, at: dt.datetime) -> Row:
    kind, _, of = code.partition(":")
    police = next((one for one in house.partners if kind == "org" and str(one.id) == of), None)
    name = police.name if police else merged(world.rules.session, "partner_body")[of].vi
    told = {"party_id": police.id if police else None, "code": code, "name": name, "proposed_at": at}
    return world.load.make(JointParty, organisation_id=house.id, activity_id=activity.id, **told)


def _release(life: Life, summary: Row, parties: list[Row], at: dt.datetime) -> None:
    """Who reads it stands on the activity and on its summary; the partners, and the board above, see their ledger move."""
    house, activity = life.house, life.row
    head = house.chance.choice(house.heads)
    life.watch(head, at)
    for party in parties:
        party.released_at = at
    activity.release, activity.released_at, activity.version = 1, at, activity.version + 1
    activity.shared_with = summary.shared_with = _listed(parties)
    life.say(at, head, "joint_activity.released", {"partners": [None, [one.name for one in parties]]})
    _tell(life, house)
    for party in parties:
        police = next((one for one in house.partners if one.id == party.party_id), None)
        if police:
            _answer(life, party, police, at + house.chance.randrange(3, 120) * HOUR)


def _tell(life: Life, actor: House) -> None:
    """Move the ledger of host, partners and boards, but not the actor's own, as `models.joint.tell`."""
    above = {int(one) for one in life.row.host_path.split("/") if one}
    for house in [life.house, *life.house.partners, *life.world.boards]:
        concerned = house.id in above or f",{house.id}," in life.row.shared_with
        house.moves += concerned and house.id != actor.id


def _answer(life: Life, party: Row, police: House, at: dt.datetime) -> None:
    """Most confirm, a few decline, some wait."""
    world, chance, activity = life.world, life.house.chance, life.row
    way = chance.random()
    if at >= world.until or way > 0.9:
        return
    liaison = chance.choice(police.staff)
    told = {"host_id": life.house.id, "activity_id": activity.id, "joint_party_id": party.id, "release": 1}
    answer = world.load.make(JointAnswer, organisation_id=police.id, answered_name=liaison.name, **told)
    theirs = Life(world, police, activity, life.root, watchers=police.seen.setdefault(activity.id, []))
    theirs.watch(liaison, at)
    if way < 0.04:
        answer.declined_at, answer.reason = at, "Không có lực lượng tham gia theo nội dung này."
        theirs.say(at, liaison, "joint_activity.declined", {}, answer.reason)
    else:
        answer.confirmed_at, answer.people = at, chance.randrange(1, 12) if chance.random() < 0.6 else None
        people = {"people": [None, answer.people]} if answer.people else {}
        theirs.say(at, liaison, "joint_activity.confirmed", people)
    _tell(life, police)


def together(world: World, house: House, at: dt.datetime) -> None:
    """A patrol, a meeting or a training, entered in the ledger itself."""
    chance = house.chance
    kind, title = chance.choice(cast.TOGETHER)
    started = at.replace(second=0, microsecond=0) - chance.randrange(3, 30) * HOUR
    said: dict[str, Any] = {"kind": kind, "title": title, "started_at": started, "ended_at": started + 2 * HOUR}
    said |= {
        "occurred_on": world.day(started),
        "area": "Khu vực quanh trụ sở",
        "figures": {"people": chance.randrange(3, 20)},
    }
    share(world, house, chance.choice(house.staff), at, Shared(**said), [f"org:{house.partners[0].id}"])
