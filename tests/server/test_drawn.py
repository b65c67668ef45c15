"""A drawing that is sent again is the same drawing, and what a session has of its own stays its own."""

import asyncio
import secrets

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from models.organisation import UnitDraft, save_unit
from tests import worlds
from tests.server.conftest import token_of
from tests.server.wire import Server, Tab, tab


def change(cast: worlds.World) -> None:
    save_unit(cast.admin, UnitDraft(name=f"Đơn vị {secrets.token_hex(4)}"))


async def pushed(cast: worlds.World, *tabs: Tab) -> list[list[ForwardMsg]]:
    """What a change sends to each."""
    before = [len(one.messages) for one in tabs]
    await asyncio.to_thread(change, cast)
    for one, since in zip(tabs, before, strict=True):
        await one.until(lambda new: any(m.WhichOneof("type") == "script_finished" for m in new), since, 5)
    return [one.messages[since:] for one, since in zip(tabs, before, strict=True)]


def deltas(messages: list[ForwardMsg]) -> list[bytes]:
    """As the browser gets them, but for what names the run."""
    return [m.SerializeToString(deterministic=True) for m in messages if m.WhichOneof("type") == "delta"]


def drawings(messages: list[ForwardMsg]) -> list[str]:
    """Which run drew it, as the page says."""
    said = [m.delta.new_element.text.body for m in messages if m.delta.new_element.HasField("text")]
    return [one for one in said if one.startswith("vẽ lần")]


def test_two_pages_get_one_drawing(stage: Server, cast: worlds.World) -> None:
    async def go() -> None:
        async with tab(stage, token_of("alice@so-a")) as one, tab(stage, token_of("alice@so-a")) as other:
            await one.run("ve")
            await other.run("ve")
            for _ in range(2):
                first, second = await pushed(cast, one, other)
                assert len(deltas(first)) > 5
                assert deltas(first) == deltas(second)
                assert drawings(first) == drawings(second)

    asyncio.run(go())


def test_what_a_person_asks_for_is_drawn_anew(stage: Server, cast: worlds.World) -> None:
    async def go() -> None:
        async with tab(stage, token_of("alice@so-a")) as one:
            await one.run("ve")
            await pushed(cast, one)
            since = len(one.messages)
            await one.run()
            first = drawings(one.messages[since:])
            since = len(one.messages)
            await one.run()
            assert first != drawings(one.messages[since:])

    asyncio.run(go())


def test_choices_and_buttons_outlive_a_drawing_that_was_sent_again(stage: Server, cast: worlds.World) -> None:
    """The page that gets another's drawing keeps its own choice, and its button still does what it did."""

    async def go() -> None:
        async with tab(stage, token_of("alice@so-a")) as one, tab(stage, token_of("alice@so-a")) as other:
            await one.run("ve")
            await other.run("ve")
            assert "chọn ba" in await other.run(**{other.widget("Tùy chọn"): "ba"})
            first, second = await pushed(cast, one, other)
            assert drawings(first) != drawings(second)  # another choice, another drawing
            assert "chọn ba" in other.said(len(other.raw) - len(second))
            assert "chọn một" in one.said(len(one.raw) - len(first))
            first, second = await pushed(cast, one, other)
            said = await other.run(**{other.widget("Đếm"): True})
            assert "đếm 1" in said
            assert "chọn ba" in said
            assert "đếm 0" in await one.run()

    asyncio.run(go())


def test_roles_and_organisations_do_not_share(stage: Server, cast: worlds.World) -> None:
    async def go() -> None:
        async with (
            tab(stage, token_of("alice@so-a")) as staff,
            tab(stage, token_of("hanh@so-a")) as head,
            tab(stage, token_of("bob@truong-b")) as stranger,
        ):
            for one in (staff, head, stranger):
                await one.run("ve")
            first, second = await pushed(cast, staff, head)
            assert drawings(first) != drawings(second)
            assert deltas(await stranger.drain(0.5)) == []

    asyncio.run(go())
