"""Runs of pages over the websocket, timed. A run's time goes from the message sent until the script has finished and every
message of it is parsed; the browser's own drawing is not in it. CPU is the server's."""

import asyncio
import contextlib
import statistics
import time
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.bench.house import used
from tests.server.wire import Server, Tab, rerun, tab

TABS, ROUNDS = 16, 3  # tabs that take turns; how often as many runs as were asked for


@dataclass(frozen=True)
class Page:
    """An address and who opens it."""

    name: str
    address: str
    token: str
    query: str = ""


@dataclass(frozen=True)
class Measured:
    """Milliseconds, and the server's CPU for one of them."""

    times: list[float] = field(default_factory=list)
    cpu: float | None = None

    @property
    def middle(self) -> float:
        return statistics.median(self.times)

    @property
    def slow(self) -> float:
        """The 95th of a hundred."""
        return quantile(self.times, 95)

    def __add__(self, other: "Measured") -> "Measured":
        known = [one for one in (self.cpu, other.cpu) if one is not None]
        return Measured(self.times + other.times, statistics.mean(known) if known else None)


def quantile(times: list[float], percent: int) -> float:
    """The percentile of some times, by the nearest one above."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, -(-len(ordered) * percent // 100) - 1)]


async def run(opened: Tab, page: Page, **widgets: Any) -> float:
    """One run of a page, in milliseconds."""
    opened.messages.clear()
    opened.raw.clear()
    message = rerun(page.address, widgets=widgets)
    message.rerun_script.query_string = page.query
    start = time.perf_counter()
    await opened.send(message)
    await opened.until(lambda new: any(map(is_whole, new)), 0, 60)
    spent = (time.perf_counter() - start) * 1000
    for one in opened.messages:
        element = one.delta.new_element
        if element.WhichOneof("type") == "alert" and "SC-" in element.alert.body:
            raise FailedError(f"/{page.address}?{page.query}: {element.alert.body}")
    return spent


class FailedError(Exception):
    """The house showed an error of its own in a page's place."""


def is_whole(message: Any) -> bool:
    """The end of a whole run: neither that of a live fragment, nor of one that begins anew."""
    over = message.WhichOneof("type") == "script_finished"
    return bool(over and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY)


def widget(opened: Tab, key: str) -> str:
    """The id of the newest element with that key."""
    for message in reversed(opened.messages):
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        found = getattr(getattr(element, kind), "id", "") if kind else ""
        if isinstance(found, str) and found.endswith(f"-{key}"):
            return found
    raise LookupError(key)


async def alone(server: Server, page: Page, count: int) -> Measured:
    """One run at a time, the next at once: what the processor does for a page when it does nothing else. Several tabs take
    turns, since the gate lets one of them do ten things a second; each has run before."""
    async with contextlib.AsyncExitStack() as stack:
        tabs = [await stack.enter_async_context(tab(server, page.token)) for _ in range(TABS)]
        for opened in [*tabs, *tabs]:
            await run(opened, page)
        before = used(server)
        times = [await run(tabs[turn % TABS], page) for turn in range(count * ROUNDS)]
        after = used(server)
    return Measured(times, (after - before) * 1000 / len(times) if after is not None and before is not None else None)


async def together(server: Server, page: Page, count: int) -> Measured:
    """Human pace: four people, half a second to a second and a half between two of their actions."""

    async def person(number: int) -> list[float]:
        times = []
        async with tab(server, page.token) as opened:
            await run(opened, page)
            for turn in range(count):
                await asyncio.sleep(0.5 + (number * 7 + turn * 5) % 11 / 10)
                times.append(await run(opened, page))
        return times

    found = await asyncio.gather(*(person(number) for number in range(4)))
    return Measured([one for times in found for one in times])
