"""The rows of the table that many open pages fill: live pushes, idle pages, people acting, memory."""

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from websockets.exceptions import ConnectionClosed

from tests.bench import people, runs
from tests.bench.house import memory, used
from tests.bench.people import Cast
from tests.bench.runs import Page, quantile
from tests.bench.table import Line
from tests.server.wire import Server, Tab, tab

WATCHING, PER_SIGN_IN = 200, 36  # open figures pages; the gate allows 40 sockets of one sign-in
EVERY, AIM, LEAST = 10.0, 500, 40  # people act so often, in seconds; so many must be served; fewer are not tried
SLOWEST, LOST = 300, 15  # milliseconds, p95; seconds after which an answer is lost


@dataclass
class Watcher:
    """An open page that notes when its runs end."""

    opened: Tab
    over: list[float] = field(default_factory=list)

    async def listen(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                await self.opened._read()
                if self.opened.messages[-1].WhichOneof("type") == "script_finished":
                    self.over.append(time.perf_counter())
                self.opened.messages.clear()
                self.opened.raw.clear()


@contextlib.asynccontextmanager
async def open_pages(server: Server, pages: list[Page]) -> AsyncIterator[list[Tab]]:
    """So many tabs, each with its page drawn; a few open at a time."""
    async with contextlib.AsyncExitStack() as stack:
        turn = asyncio.Semaphore(4)

        async def one(page: Page) -> Tab:
            async with turn:
                opened = await stack.enter_async_context(tab(server, page.token))
                await runs.run(opened, page)
                return opened

        yield list(await asyncio.gather(*map(one, pages)))


# ---- watching -------------------------------------------------------------------------------------------------------
async def watching(server: Server, cast: Cast) -> list[Line]:
    """200 pages of one organisation's figures: what they hold, what they cost idle, and when a change reaches them."""
    before = memory(server)
    tokens = [people.token(cast.staff if at % 2 else cast.head) for at in range(-(-WATCHING // PER_SIGN_IN))]
    pages = [Page("Chỉ số", "chi-so", tokens[at // PER_SIGN_IN]) for at in range(WATCHING)]
    async with open_pages(server, pages) as tabs:
        watchers = [Watcher(one) for one in tabs]
        listening = [asyncio.create_task(one.listen()) for one in watchers]
        await asyncio.sleep(3)
        held, idle = memory(server), await _idle(server)
        pushed = await _pushed(server, cast, watchers)
        for one in listening:
            one.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
    return [pushed, idle, _memory(before, held)]


async def _idle(server: Server, seconds: float = 10) -> Line:
    what, target = f"{WATCHING} open figures pages where nothing changes, CPU", "≤ 2 % of a core"
    before = used(server)
    await asyncio.sleep(seconds)
    after = used(server)
    if before is None or after is None:
        return Line(what, target, "this system does not tell")
    share = (after - before) / seconds * 100
    return Line(what, target, f"{share:.1f} %", "–", share <= 2)


async def _pushed(server: Server, cast: Cast, watchers: list[Watcher], changes: int = 5) -> Line:
    """Somebody saves a line in the same house; from the sending of that until the headline figures, and then the charts, of
    each page are there: its first and its last run."""
    head, charts, lost = [], [], 0
    page = Page("vu-viec", "vu-viec", people.token(cast.staff))
    async with tab(server, page.token) as opened:
        await runs.run(opened, page)
        for number in range(changes):
            for one in watchers:
                one.over.clear()
            words = {
                runs.widget(opened, "quick.line"): f"Đo đẩy {number} {time.time()}",
                runs.widget(opened, "quick.send"): True,
            }
            start = time.perf_counter()
            await runs.run(opened, page, **words)
            await opened.drain(6)
            for one in watchers:
                head += [one.over[0] - start] if one.over else []
                charts += [one.over[-1] - start] if one.over else []
                lost += len(one.over) < 2
    what = f"a change reaches headlines / charts of {WATCHING} open pages, p95"
    if not head:
        return Line(what, "≤ 1 s / ≤ 3 s", "no page was reached", "–", False)
    first, last = quantile(head, 95), quantile(charts, 95)
    spread = f"{first:.2f} / {last:.2f} s (p50 {quantile(head, 50):.2f} / {quantile(charts, 50):.2f})"
    said = spread + (f", {lost} of {changes * WATCHING} late" if lost else "")
    return Line(what, "≤ 1 s / ≤ 3 s", said, "–", first <= 1 and last <= 3 and not lost)


def _memory(before: float | None, held: float | None) -> Line:
    what, target = f"memory per session / of the process with {WATCHING} sessions", "≤ 200 KiB / ≤ 320 MiB"
    if before is None or held is None:
        return Line(what, target, "this system does not tell")
    each = (held - before) * 1024 / WATCHING
    return Line(what, target, f"{each:.0f} KiB / {held:.0f} MiB", "–", each <= 200 and held <= 320)


# ---- acting ---------------------------------------------------------------------------------------------------------
WAYS = (("vu-viec", ""), ("vu-viec", "id={}"), ("chi-so", ""), ("vu-viec", ""), ("kiem-tra", ""), ("su-kien", ""))


async def acting(server: Server, cast: Cast) -> list[Line]:
    """People of many organisations, each doing something every ten seconds: lists, records, figures. What one action costs
    tells how many to begin with; if that goes badly, fewer of the same pages act."""
    pages = []
    for at, (who, newest) in enumerate(cast.somebody(AIM)):
        address, query = WAYS[at % len(WAYS)]
        pages.append(Page(who, address, people.token(who), query.format(newest)))
    said, number, served = [], 0, 0
    async with open_pages(server, pages) as tabs:
        number = await _bearable(server, tabs, pages)
        while number >= LEAST and not served:
            found = await _act(tabs[:number], pages[:number], 15)
            slow = quantile(found, 95)
            said.append(f"{number}: p95 {slow:.0f} ms" if slow < LOST * 1000 else f"{number}: overrun")
            print(said[-1], file=sys.stderr, flush=True)
            served = number if slow <= SLOWEST else 0
            number = number * 7 // 10
    what, target = f"people acting every {EVERY:.0f} s on one process, p95 ≤ {SLOWEST} ms", f"≥ {AIM}"
    figure = f"{served or 'fewer than ' + str(LEAST)} ({'; '.join(said[-2:])})"
    return [Line(what, target, figure, "–", served >= AIM)]


async def _bearable(server: Server, tabs: list[Tab], pages: list[Page]) -> int:
    """How many seven tenths of a core bear, by what an action costs of people who did it before: beyond, answers pile up."""
    count = 4 * len(WAYS)
    await _once(tabs[:count], pages[:count])
    before = used(server)
    await _once(tabs[:count], pages[:count])
    after = used(server)
    if before is None or after is None:
        return AIM
    return min(AIM, max(LEAST, int(0.7 * EVERY / ((after - before) / count)) // 10 * 10))


async def _once(tabs: list[Tab], pages: list[Page]) -> None:
    for opened, page in zip(tabs, pages, strict=True):
        await runs.run(opened, page)


async def _act(tabs: list[Tab], pages: list[Page], seconds: float) -> list[float]:
    """Each at fixed times, so that a late answer does not put the next action off; the first round does not count. Once an
    answer is lost, nobody acts any more: the house is overrun."""
    start, found, lost = time.perf_counter(), [], []

    async def person(at: int) -> None:
        turn = 0
        while (due := start + at * EVERY / len(tabs) + turn * EVERY) < start + EVERY + seconds and not lost:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            try:
                async with asyncio.timeout(LOST):
                    await runs.run(tabs[at], pages[at])
            except (TimeoutError, runs.FailedError) as error:
                lost.append(error)
            if turn:
                found.append((time.perf_counter() - due) * 1000)
            turn += 1

    await asyncio.gather(*(person(at) for at in range(len(tabs))))
    if lost:
        print(f"{len(lost)} answers lost, such as: {lost[0] or 'none in time'}", file=sys.stderr)
        await asyncio.sleep(LOST)  # what was asked is still worked at
        found = [LOST * 1000.0]
    return found
