"""What is shut costs nothing; what was opened stays as it was typed; a tab stays open when its name changes."""

from collections.abc import Callable
from typing import Any

from models import attachment, incident
from models.attachment import AttachDraft
from models.incident import Incident, IncidentDraft
from tests.models.test_attachment import pdf
from tests.pages.hands import opened, turned
from tests.pages.test_incidents import keys
from tests.worlds import World, instant

Open = Callable[..., Any]


def entered(world: World, summary: str = "Chen lấn ở cửa B") -> Incident:
    return incident.report(world.alice, IncidentDraft(occurred_at=instant("2020-01-05T19:40"), summary=summary))


def test_a_small_form_is_drawn_once_somebody_opens_it(page: Open, small_world: World) -> None:
    at = page("incidents.py", "alice", id=str(entered(small_world).id))
    assert "incident.extend.send" not in keys(at, "button")
    assert "incident.extend.send" in keys(opened(at, "incident.extend"), "button")


def test_what_was_typed_in_it_outlives_its_closing(page: Open, small_world: World) -> None:
    at = opened(page("incidents.py", "alice", id=str(entered(small_world).id)), "incident.extend")
    at.text_area(key="incident.extend.due_basis").set_value("Chờ giám định")
    at.button(key="incident.extend.send").click().run()  # the date is missing
    at.session_state["incident.extend.open"] = False
    assert at.run().text_area(key="incident.extend.due_basis").value == "Chờ giám định"


def test_it_shuts_once_it_did_what_it_was_asked(page: Open, small_world: World) -> None:
    row = entered(small_world)
    at = opened(page("incidents.py", "alice", id=str(row.id)), "incident.extend")
    at.text_area(key="incident.extend.due_basis").set_value("Chờ giám định")
    at.date_input(key="incident.extend.due_on").set_value(instant("2020-03-02T00:00").date())
    at.button(key="incident.extend.send").click().run()
    assert incident.incident(small_world.alice, row.id).due_basis == "Chờ giám định"
    assert not at.session_state["incident.extend.open"]
    assert "incident.extend.send" not in keys(at, "button")


def test_only_the_open_tab_is_drawn_and_what_was_opened_stays(page: Open, small_world: World) -> None:
    at = page("incidents.py", "alice", id=str(entered(small_world).id))
    assert "incident.task.new" not in keys(at, "button")
    turned(at, "incident.tabs", "Việc")
    assert {"incident.task.new", "incident.note.send"} <= keys(at, "button")


def test_another_record_begins_with_what_is_open(page: Open, small_world: World) -> None:
    first, second = entered(small_world), entered(small_world, "Mất xe")
    at = turned(page("incidents.py", "alice", id=str(first.id)), "incident.tabs", "Việc")
    at.query_params["id"] = str(second.id)
    at.run()
    assert "incident.task.new" in keys(at, "button")
    assert "incident.note.send" not in keys(at, "button")


def test_a_tab_stays_open_when_a_count_in_its_name_changes(page: Open, small_world: World) -> None:
    row = entered(small_world)
    at = turned(page("incidents.py", "alice", id=str(row.id)), "incident.tabs", "Tệp")
    taken = attachment.take("công văn.pdf", pdf())
    attachment.attach(small_world.alice, "incident", row.id, AttachDraft(not_secret=True), taken)
    at.run()
    assert at.session_state["incident.tabs"] == "Tệp (1)"
    assert "incident.note.send" in keys(at, "button")  # the first was open before
