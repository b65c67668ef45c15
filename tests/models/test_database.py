"""The two doors."""

from models.database import as_owner, reading
from tests.worlds import World


def test_it_stands(world: World) -> None:
    assert world.alice.organisation_code == "so-a"
    with reading(world.alice) as session:
        assert session.current.role == "staff"
    with as_owner() as c:
        assert c
