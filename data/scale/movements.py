"""The trainings, patrols and propaganda sessions of the big world, which figure 18 counts."""

import datetime as dt
from typing import Any

from data.scale import cast
from data.scale.world import DAY, Deed, House, World
from models.entry import filled
from models.movement import TRAINING, MovementActivity

Values = dict[str, Any]


def hold(world: World, house: House, entered: dt.datetime) -> None:
    """A session that was held some days ago is entered; nobody follows it."""
    chance, person = house.chance, house.chance.choice(house.staff)
    kind, topic = chance.choice(cast.SESSIONS)
    came = chance.randrange(5, 120)
    draft: Values = {
        "held_on": world.day(entered) - chance.randrange(0, 6) * DAY,
        "kind": kind,
        "body": chance.choice(cast.BODIES),
        "topic": topic,
        "place": chance.choice(house.places)[1],
        "unit_id": chance.choice(house.units),
        "participants": came,
        "guards_trained": min(came, chance.randrange(0, 5)) if kind == TRAINING else 0,
    }
    told = {"entered_at": entered, "entered_by": person.id, "entered_by_name": person.name}
    row = world.load.make(MovementActivity, organisation_id=house.id, **draft, **told)
    part = ("movement_activity", row.id)
    world.write_down(Deed(entered, house, person, "movement.added", *part, filled(draft), topic, part, {}))
