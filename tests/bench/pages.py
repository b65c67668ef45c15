"""The rows of the table that single pages fill: lists, records, figures, the steering board, a form, the sign-in."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import bcrypt

from models import incident, password
from models.incident import IncidentDraft
from tests.bench import people, runs
from tests.bench.house import HELLO
from tests.bench.people import Cast
from tests.bench.runs import Measured, Page
from tests.bench.table import Line, times
from tests.server.wire import Server, Tab, tab

OVER_HELLO, HUMAN_RATIO, HUMAN_SLOW = 12, 3, 60  # milliseconds, times hello, milliseconds


class Pages:
    """Measures page by page; the page of one line first and last, so that what else the machine did falls on both sides."""

    def __init__(self, server: Server, cast: Cast, turns: int) -> None:
        self.server, self.cast, self.turns = server, cast, turns
        self.token, self.board = people.token(cast.staff), people.token(cast.board)
        self.hello = (Measured(), Measured())
        self.found: dict[str, tuple[Measured, Measured]] = {}

    def lists_and_records(self) -> list[Page]:
        names = {"vu-viec": "Vụ việc", "kiem-tra": "Kiểm tra", "su-kien": "Sự kiện"}
        found = [Page(f"{name}, list", address, self.token) for address, name in names.items()]
        found += [
            Page(f"{name}, record", address, self.token, f"id={self.cast.ids[address]}")
            for address, name in names.items()
        ]
        return [*found, Page("Phối hợp, list", "phoi-hop", self.token)]

    async def measure(self) -> list[Line]:
        one_line, figures = Page("hello", HELLO, self.token), Page("Chỉ số", "chi-so", self.token)
        board = Page("Ban Chỉ đạo", "chi-so", self.board)
        await asyncio.sleep(4)  # the house loads what it needs and freezes it while it already answers
        cold = await self._warm([one_line, figures, board, *self.lists_and_records()])
        await self._both(one_line)
        for page in (*self.lists_and_records(), figures):
            await self._both(page)
        changed = await self._after_changes(figures, self.cast.staff, 10)
        warm = await runs.alone(self.server, board, self.turns)
        board_changed = await self._after_changes(board, self.cast.staff, 6)
        saved, signed = await self._save(), await self._sign_in()
        await self._both(one_line)
        return [
            *self._of_lists(),
            *self._of_figures(figures, changed),
            *_of_board(warm, board_changed, cold),
            saved,
            signed,
        ]

    async def _warm(self, pages: list[Page]) -> float:
        """Every page once; how long the board took the very first time."""
        took = {}
        for page in pages:
            async with tab(self.server, page.token) as opened:
                took[page.token] = await runs.run(opened, page)
        return took[self.board]

    async def _both(self, page: Page) -> None:
        one = await runs.alone(self.server, page, self.turns)
        human = await runs.together(self.server, page, max(4, self.turns // 5))
        before = self.found.get(page.name, (Measured(), Measured()))
        self.found[page.name] = (before[0] + one, before[1] + human)

    async def _after_changes(self, page: Page, who: str, count: int) -> Measured:
        """The first view after a change, so that nothing of it was kept. Its push is a rerun of its own, waited for. The very
        first of this server, which puts its statements together, does not count."""
        current, found = people.acting(who), []
        async with tab(self.server, page.token) as opened:
            await runs.run(opened, page)
            for number in range(count + 1):
                draft = IncidentDraft(occurred_at=current.now(), summary=f"Đo thử {number} {time.time()}", severity=1)
                await asyncio.to_thread(incident.report, current, draft)
                found.append(await runs.run(opened, page))
                await opened.drain(1.6)
        return Measured(found[1:])

    # ---- what it comes to ---------------------------------------------------------------------------------------------
    def _of_lists(self) -> list[Line]:
        hello, names = self.found["hello"], [page.name for page in self.lists_and_records()]
        costs = {name: (self.found[name][0].cpu or 0) - (hello[0].cpu or 0) for name in names}
        worst = max(costs, key=lambda name: costs[name])
        slow = max(names, key=lambda name: self.found[name][1].middle)
        what = "list and record pages, CPU per rerun"
        if hello[0].cpu is None:
            first = Line(what, f"hello + ≤ {OVER_HELLO} ms", "this system does not tell the CPU of a process")
        else:
            said = f"hello + {costs[worst]:.1f} ms ({worst})"
            floor = times(hello[0].cpu + costs[worst], hello[0].cpu, f"hello {hello[0].cpu:.1f} ms")
            first = Line(what, f"hello + ≤ {OVER_HELLO} ms", said, floor, costs[worst] <= OVER_HELLO)
        return [first, self._human("list and record pages, human pace p50 / p95", slow)]

    def _human(self, what: str, name: str) -> Line:
        human, floor = self.found[name][1], self.found["hello"][1].middle
        said = f"{human.middle:.0f} / {human.slow:.0f} ms" + (f" ({name})" if name != "Chỉ số" else "")
        met = human.middle <= HUMAN_RATIO * floor and human.slow <= HUMAN_SLOW
        return Line(
            what,
            f"≤ {HUMAN_RATIO} × hello / ≤ {HUMAN_SLOW} ms",
            said,
            times(human.middle, floor, f"hello {floor:.1f} ms"),
            met,
        )

    def _of_figures(self, page: Page, changed: Measured) -> list[Line]:
        floor, said = self.found["hello"][1].middle, f"{changed.middle:.0f} ms, slowest {changed.slow:.0f}"
        view = Line(
            "the same, first view after a change",
            "≤ 120 ms",
            said,
            times(changed.middle, floor, "hello"),
            changed.slow <= 120,
        )
        return [self._human("figures of one organisation, human pace p50 / p95", page.name), view]

    def each(self) -> str:
        """Page by page, for who looks closer."""
        rows = [f"{'':<20}{'alone p50':>10}{'p95':>7}{'CPU':>7}{'four p50':>10}{'p95':>7}  ms"]
        for name, (one, human) in self.found.items():
            rows.append(
                f"{name:<20}{one.middle:10.1f}{one.slow:7.1f}{one.cpu or 0:7.1f}{human.middle:10.1f}{human.slow:7.1f}"
            )
        return "\n".join(rows)

    # ---- a form -------------------------------------------------------------------------------------------------------
    async def _save(self) -> Line:
        """The line of quick entry: an incident with its number, its history and its first note. Beside a rerun of the very
        page that stands there afterwards."""
        own, beyond, plain = people.token(self.cast.writer), [], []
        page = Page("save", "vu-viec", own)
        async with tab(self.server, own) as opened:
            await runs.run(opened, page)
            for number in range(14):
                line = f"Đo thử ghi nhanh {number} {time.time()}"
                words = {runs.widget(opened, "quick.line"): line, runs.widget(opened, "quick.send"): True}
                saved = await runs.run(opened, page, **words)
                page = _shown(opened, page)
                await opened.drain(1.2)
                again = [await runs.run(opened, page) for _ in range(3)]
                beyond.append(saved - sorted(again)[1])
                plain += again
        found, floor = Measured(beyond[2:]), Measured(plain)
        said = f"{found.middle:.1f} ms, p95 {found.slow:.1f}"
        ratio = times(found.middle + floor.middle, floor.middle, f"rerun {floor.middle:.0f} ms")
        return Line("save a form (verb with history), beyond the rerun", "≤ 15 ms", said, ratio, found.middle <= 15)

    # ---- the sign-in --------------------------------------------------------------------------------------------------
    secret = ""

    async def _sign_in(self) -> Line:
        """The run that looks at the password, beside one look of bcrypt's."""
        found = []
        for _ in range(5):
            async with tab(self.server) as opened:
                page = Page("sign-in", "", "")
                await runs.run(opened, page)
                ids = {name: runs.widget(opened, f"door.{name}") for name in ("account", "password", "send")}
                words: dict[str, Any] = {
                    ids["account"]: self.cast.staff,
                    ids["password"]: self.secret,
                    ids["send"]: True,
                }
                found.append(await runs.run(opened, page, **words))
                if b"/phien.js" not in b"".join(opened.raw):
                    return Line("sign-in, the verifying run", "≤ 0.4 s", "nobody was let in")
        one, floor = Measured(found), Measured([_once(_bcrypt) for _ in range(3)]).middle
        said = f"{one.middle / 1000:.2f} s, slowest {one.slow / 1000:.2f}"
        return Line(
            "sign-in, the verifying run",
            "≤ 0.4 s",
            said,
            times(one.middle, floor, f"bcrypt {floor:.0f} ms"),
            one.slow <= 400,
        )


def _bcrypt() -> None:
    bcrypt.hashpw(password.prepare("ein Wort, das niemand hat").encode(), bcrypt.gensalt(12))


def _once(act: Callable[[], None]) -> float:
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def _shown(opened: Tab, page: Page) -> Page:
    """The same page with the query that the server gave the browser."""
    infos = [
        one.page_info_changed.query_string for one in opened.messages if one.WhichOneof("type") == "page_info_changed"
    ]
    return Page(page.name, page.address, page.token, infos[-1] if infos else page.query)


def _of_board(warm: Measured, changed: Measured, cold: float) -> list[Line]:
    said = f"{warm.slow:.0f} / {changed.slow:.0f} ms (very first {cold / 1000:.1f} s)"
    met = warm.slow <= 150 and changed.slow <= 600
    return [Line("steering board, 200 organisations, warm p95 / after a change", "≤ 150 / ≤ 600 ms", said, "–", met)]
