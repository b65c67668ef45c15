"""A list that is narrowed by a number keeps up with everything that the number rests on."""

import datetime as dt
from functools import partial

import pytest

from models import event, incident, incident_search
from models.about import INCIDENTS
from models.counted import PART, Counted
from models.event import EventDraft
from models.incident import IncidentDraft
from models.incident_search import Filter
from pages.parts.lasting import of_list
from tests.worlds import World


def listed(world: World, asked: Filter) -> int:
    ask = partial(incident_search.listed, world.alice, asked)
    return len(of_list(world.alice, frozenset({INCIDENTS}), ("incidents.page", asked), ask))


@pytest.mark.parametrize(("narrowed", "left"), [(True, 0), (False, 1)])
def test_incidents_at_an_event_go_when_the_event_is_called_off(small_world: World, narrowed: bool, left: int) -> None:
    world, begins, ends = small_world, small_world.clock(), small_world.clock() + dt.timedelta(hours=2)
    draft = EventDraft(name="Đêm nhạc", kind="show", venue="Nhà hát", starts_at=begins, ends_at=ends)
    held = event.add_event(world.alice, draft)
    incident.report(
        world.alice, IncidentDraft(occurred_at=world.clock(), summary="Mất xe", severity=1, event_id=held.id)
    )
    today = world.clock().date()
    counted = Counted("15", today - dt.timedelta(days=1), today + dt.timedelta(days=1), part=PART)
    asked = Filter(counted=counted if narrowed else None)
    world.forward(hours=3)
    assert listed(world, asked) == 1
    event.cancel_event(world.head, held.id, "Mưa bão", held.version)
    assert listed(world, asked) == left
