"""The files of an incident, as staff and heads use them."""

from collections.abc import Callable
from typing import Any

from models import attachment, files
from models.attachment import AttachDraft
from tests.models.test_attachment import pdf, photo, reported
from tests.pages.hands import opened, turned
from tests.pages.test_incidents import said
from tests.worlds import World

Open = Callable[..., Any]


def widget(at: Any, kind: str, name: str) -> Any:
    """A part's widget by the middle of its key: the end changes with each form that took effect."""
    return next(one for one in getattr(at, kind) if f".files.{name}" in str(one.key))


def chosen(at: Any, *names: str, data: bytes | None = None) -> None:
    uploads = [(name, data or (photo() if name.endswith("jpg") else pdf()), "") for name in names]
    widget(at, "file_uploader", "chosen").set_value(uploads).run()


def send(at: Any) -> Any:
    return widget(at, "button", "send").click().run()


def kept(world: World, number: int) -> list[str]:
    return [row.name for row in attachment.attachments(world.head, "incident", number) if row.struck_at is None]


def test_it_attaches_what_fits_and_says_why_the_rest_does_not(page: Open, small_world: World) -> None:
    number = reported(small_world)
    at = page("incidents.py", "alice", id=str(number))
    turned(at, "incident.tabs", "Tệp")
    assert widget(at, "button", "send").disabled
    chosen(at, "công văn.pdf", "anh.jpg")
    send(at)
    assert kept(small_world, number) == []  # not ticked
    assert len(at.error) == 1
    widget(at, "checkbox", "not_secret").check()
    widget(at, "file_uploader", "chosen").set_value(
        [("công văn.pdf", pdf(), ""), ("../anh.jpg", photo(), ""), ("gia<b>.jpg", b"<html>", "image/jpeg")]
    ).run()
    send(at)
    assert not at.exception
    assert kept(small_world, number) == ["anh.jpg", "công văn.pdf"]
    assert [one.value.startswith("**gia") for one in at.error] == [True]
    assert "<b>" not in at.error[0].value
    send(at)  # again: the two that are there already are not sent again
    assert kept(small_world, number) == ["anh.jpg", "công văn.pdf"]
    assert any("(2)" in tab.label for tab in at.tabs)


def test_it_asks_for_a_reason_where_the_guard_stops_a_name(page: Open, small_world: World) -> None:
    number = reported(small_world)
    at = page("incidents.py", "alice", id=str(number))
    turned(at, "incident.tabs", "Tệp")
    chosen(at, "CCCD 001099012345.pdf")
    widget(at, "checkbox", "not_secret").check()
    send(at)
    assert kept(small_world, number) == []
    widget(at, "text_input", "reason").set_value("cơ quan công an yêu cầu giữ nguyên tên")
    send(at)
    assert not at.exception
    assert kept(small_world, number) == ["CCCD 001099012345.pdf"]


def test_a_struck_file_has_no_link_but_for_heads(page: Open, small_world: World) -> None:
    number = reported(small_world)
    draft = AttachDraft(not_secret=True, caption="*đậm* [link](http://evil)")
    row = attachment.attach(small_world.alice, "incident", number, draft, attachment.take("anh.jpg", photo()))
    at = page("incidents.py", "alice", id=str(number))
    turned(at, "incident.tabs", "Tệp")
    assert links(at) == [f"/tep/{row.id}"]
    drawn = [one.value for one in at.markdown if "evil" in one.value]
    assert drawn
    assert not any("](" in one or "http://" in one for one in drawn)  # as it was typed, not as a link
    opened(at, f"attachment.strike.{row.id}")
    at.text_input(key=f"attachment.strike.{row.id}.reason").set_value("chụp nhầm người")
    at.button(key=f"attachment.strike.{row.id}.send").click().run()
    assert not at.exception
    assert links(at) == []
    assert "chụp nhầm người" in said(at)
    assert files.read(row.sha256)
    head = turned(page("incidents.py", "hanh", id=str(number)), "incident.tabs", "Tệp")
    assert links(head) == [f"/tep/{row.id}"]


def links(at: Any) -> list[str]:
    return [one.proto.url for one in at.get("link_button") if one.proto.url.startswith("/tep/")]
