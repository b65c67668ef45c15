"""Owner and helpers of an incident."""

import pytest

from models import incident_people
from models.access import Invalid, NotFound, Stale
from models.incident_people import HelperDraft
from tests.models.test_incident import entries
from tests.models.test_incident_life import reported
from tests.worlds import World


def test_who_entered_it_owns_it_until_it_is_given_away(world: World) -> None:
    row = reported(world)
    assert incident_people.people(world.alice, row.id) == ("Trần Alice", [])
    given = incident_people.assign(world.alice, row.id, world.head.account_id, row.version)
    assert incident_people.people(world.alice, row.id)[0] == "Phạm Thị Hạnh"
    assert entries(world.alice, row)[-1].changes == {"owner": ["Trần Alice", "Phạm Thị Hạnh"]}
    assert incident_people.assign(world.alice, row.id, world.head.account_id, given.version).version == given.version
    assert len(entries(world.alice, row)) == 2


def test_only_an_active_colleague_can_own_or_help(world: World) -> None:
    row = reported(world)
    for stranger in (world.bob.account_id, 987_654):
        with pytest.raises(Invalid):
            incident_people.assign(world.alice, row.id, stranger, row.version)
        with pytest.raises(Invalid):
            incident_people.add_helper(world.alice, row.id, HelperDraft(account_id=stranger, role_word="hiện trường"))


def test_helpers_come_and_go_with_a_role_word(world: World) -> None:
    row = reported(world)
    helper = HelperDraft(account_id=world.head.account_id, role_word="liên hệ Công an")
    incident_people.add_helper(world.alice, row.id, helper)
    incident_people.add_helper(world.alice, row.id, helper)
    assert incident_people.people(world.alice, row.id)[1] == [
        (world.head.account_id, "Phạm Thị Hạnh", "liên hệ Công an")
    ]
    incident_people.remove_helper(world.alice, row.id, world.head.account_id)
    incident_people.remove_helper(world.alice, row.id, world.head.account_id)
    assert incident_people.people(world.alice, row.id)[1] == []
    actions = [entry.action for entry in entries(world.alice, row)]
    assert actions == ["incident.reported", "incident.helper_added", "incident.helper_removed"]


def test_a_stale_or_foreign_change_of_owner_is_refused(world: World) -> None:
    row = reported(world)
    incident_people.assign(world.alice, row.id, world.head.account_id, row.version)
    with pytest.raises(Stale):
        incident_people.assign(world.alice, row.id, None, row.version)
    with pytest.raises(NotFound):
        incident_people.assign(world.bich, row.id, world.bob.account_id)
    with pytest.raises(NotFound):
        incident_people.people(world.bich, row.id)
