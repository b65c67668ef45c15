"""Pushes over the websocket that is already there: a run of a page's live fragment, asked for by the house.

Frame and live fragments say where a session is (`here`, `follow`). The house hears which organisation changed (from this
process at once, from others over PostgreSQL's notices) and looks by itself where it hears nothing; it looks which sign-ins
ended twice a second. `handle_backmsg` is how Streamlit's own websocket asks for a run, so a push is a rerun that no browser
had to ask for. What is most urgent goes first: the headline figures of every page, then the charts; a few runs at a time, so
that people's own clicks find a free moment in between.
"""

import asyncio
import contextlib
import datetime as dt
import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st
from cachetools import LRUCache
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime import get_instance
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState, get_script_run_ctx

from models import account, clock, display, history, notices
from pages.server.asking import ask

_log = logging.getLogger("bon_an_toan")
EVERY, RARELY = 0.5, 5.0  # seconds between two looks at the revisions: where nothing can be heard, and where it can
SOON = 0.05  # until a session that was busy is tried again
AT_ONCE, PATIENCE = 4, 3.0
ASIDE, TURN = 0.1, 0.3  # seconds that pushes stand aside for a person, and then go on for whatever people do
FORGET = 120.0  # seconds after which a session that has gone is forgotten
SLACK = dt.timedelta(seconds=10)  # for what was committed a little after it was dated
SWEEP = 20.0  # seconds after which every open sign-in is looked at, for what no date tells (a clock that runs wrong)


@dataclass(frozen=True)
class Pace:
    """How many seconds a push may wait while more urgent ones run, and how many lie between two of them at least."""

    wait: float
    rest: float


AT_FIRST, AFTERWARDS, NOW_AND_THEN = Pace(0.0, 0.3), Pace(1.0, 2.0), Pace(0.5, 3.0)  # figures, charts, a board of many


@dataclass
class Watch:
    """A live fragment, the revision it shows of each organisation, and its pace. `told` are the revisions that a push was
    made for, until its run has asked for them; before `again` there is no other. `until` is when time changes what it shows."""

    shows: dict[int, int]
    pace: Pace = AT_FIRST
    told: dict[int, int] | None = None
    again: float = 0.0
    until: dt.datetime = clock.FOREVER

    def is_stale(self, newest: dict[int, int]) -> bool:
        return clock.now() >= self.until or any(
            newest.get(one, revision) != revision for one, revision in self.shows.items()
        )


@dataclass
class Tab:
    sid: str | None
    watches: dict[str, Watch] = field(default_factory=dict)  # by fragment; "" is the page itself
    gone: float | None = None


tabs: dict[str, Tab] = {}  # Streamlit session id -> where it is
_drawn_for: LRUCache[str, str | None] = LRUCache(50_000)
_lock = threading.Lock()  # scripts write there, each in its own thread


# ---- called while a script runs ---------------------------------------------------------------------------------------
def here() -> None:
    """The frame, on every full run, right after st.navigation: this page replaces the one before and all it followed."""
    if ctx := get_script_run_ctx(suppress_warning=True):
        found = st.user.get("sid")
        sid = found if isinstance(found, str) else None
        tabs[ctx.session_id] = Tab(sid)
        with _lock:
            _drawn_for[ctx.session_id] = sid


def following(organisation_ids: set[int], pace: Pace = AT_FIRST, known: dict[int, int] | None = None) -> dict[int, int]:
    """A live fragment, on every run, before it asks for figures: the revisions of these organisations, which it shows from
    now on and is run again for. A run that was pushed need not ask for what it was pushed for, nor a page's for what the
    page has asked already (`known`)."""
    watch = _watch()
    told = known if known is not None else watch.told if watch else None
    shows = told if told is not None and told.keys() == organisation_ids else history.revisions(organisation_ids)
    _set_watch(Watch(dict(shows), pace, again=watch.again if watch else 0.0))
    return shows


def follow(organisation_id: int, revision: int) -> None:
    """The same for one organisation, whose revision the page has asked for itself."""
    _set_watch(Watch({organisation_id: revision}))


def until(moment: dt.datetime) -> None:
    """After `following`: what is shown here changes then, though nobody enters anything (midnight, the end of an event)."""
    if watch := _watch():
        watch.until = moment


def _place() -> tuple[Tab | None, str]:
    """The tab that runs here, and which of its fragments."""
    ctx = get_script_run_ctx(suppress_warning=True)
    return (tabs.get(ctx.session_id), ThreadState.get().fragment_id or "") if ctx else (None, "")


def _watch() -> Watch | None:
    tab, fragment = _place()
    return tab.watches.get(fragment) if tab else None


def _set_watch(watch: Watch) -> None:
    tab, fragment = _place()
    if tab:
        tab.watches[fragment] = watch


def drawn_for(session_id: str, otherwise: str | None) -> str | None:
    """The sign-in a session's page was drawn for; None is a stranger."""
    with _lock:
        return _drawn_for.get(session_id, otherwise)


# ---- sign-ins --------------------------------------------------------------------------------------------------------
async def watch_sign_ins(end: Callable[[set[str]], None], open_sids: Callable[[], set[str]]) -> None:
    """End the tabs of sign-ins that ended, whoever ended them and in whichever process."""
    since, swept = clock.now(), time.monotonic()
    while True:
        await asyncio.sleep(EVERY)
        asked = clock.now()
        try:
            if sids := open_sids():
                end(await ask(_ended, since - SLACK))
                if time.monotonic() - swept > SWEEP:
                    end(await ask(_over, sids))
                    swept = time.monotonic()
            since = asked  # only then: after a database that did not answer, nothing may be missed
        except Exception:  # noqa: BLE001 - the next round may find the database again
            _log.exception("live: sign-ins")


def _ended(moment: dt.datetime) -> set[str]:
    return account.ended_since(moment) | display.ended_since(moment)


def _over(sids: set[str]) -> set[str]:
    """Those that hold no more. Screens that are on are seen by this."""
    over = {sid for sid in sids if display.anybody(sid) is None}
    display.still_there(sids - over)
    return over


# ---- revisions -------------------------------------------------------------------------------------------------------
class Pushes:
    """The pushes that are due, the most urgent first, each once; and what is known of the revisions."""

    def __init__(self) -> None:
        self.newest: dict[int, int] = {}
        self._due: list[tuple[float, int, str, str]] = []
        self._waiting: set[tuple[str, str]] = set()
        self._count = itertools.count()
        self._some = asyncio.Event()

    def add(self, session_id: str, fragment: str, wait: float) -> None:
        if (session_id, fragment) not in self._waiting:
            self._waiting.add((session_id, fragment))
            heapq.heappush(self._due, (time.monotonic() + wait, next(self._count), session_id, fragment))
            self._some.set()

    async def next(self) -> tuple[str, str]:
        while not self._due:
            self._some.clear()
            await self._some.wait()
        *_, session_id, fragment = heapq.heappop(self._due)
        self._waiting.discard((session_id, fragment))
        return session_id, fragment


class Way:
    """Pushes stand aside for a moment when a person acts, so that the click need not share the processor with them; but they
    have their turn too, or a busy office would never see a change."""

    def __init__(self) -> None:
        self._until = self._next = 0.0

    def make(self) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._until, self._next = now + ASIDE, now + ASIDE + TURN

    async def free(self) -> None:
        if (left := self._until - time.monotonic()) > 0:
            await asyncio.sleep(left)


_way = Way()
make_way = _way.make  # called by the gate when a person acts


class Ear:
    """Wakes the house when an organisation changed. `carries` is whether other processes can be heard."""

    def __init__(self) -> None:
        self._loop, self._news = asyncio.get_running_loop(), asyncio.Event()
        self.carries, self.stop = False, threading.Event()

    def heard(self) -> None:
        """From whichever thread it was heard in."""
        with contextlib.suppress(RuntimeError):  # the house closes
            self._loop.call_soon_threadsafe(self._news.set)

    def set_carries(self, carries: bool) -> None:
        """A line that was cut: look at once, for what was said meanwhile."""
        if carries is not self.carries:
            self.carries = carries
            self.heard()

    def soon(self, seconds: float = SOON) -> None:
        """Look again in a moment, news or not."""
        self._loop.call_later(seconds, self._news.set)

    async def wait(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), RARELY if self.carries else EVERY)
        self._news.clear()


async def watch_revisions() -> None:
    """Rerun the live fragments of organisations that changed."""
    ear, pushes = Ear(), Pushes()
    notices.HEARD.append(ear.heard)
    line = (ear.heard, ear.set_carries, ear.stop)
    threading.Thread(target=notices.listen, args=line, name="notices", daemon=True).start()
    workers = [asyncio.create_task(_work(pushes, ear)) for _ in range(AT_ONCE)]
    try:
        while True:
            await ear.wait()
            try:
                if (rest := await look(pushes)) is not None:
                    ear.soon(rest)
            except Exception:  # noqa: BLE001 - as above
                _log.exception("live: revisions")
    finally:
        ear.stop.set()
        notices.HEARD.remove(ear.heard)
        for worker in workers:
            worker.cancel()


async def look(pushes: Pushes) -> float | None:
    """What changed of what somebody looks at. One question for all of them. In how many seconds to look again, if something
    changed of what was pushed a moment ago."""
    now = time.monotonic()
    present, rests = _present(now), []
    organisations = {one for tab in present.values() for watch in list(tab.watches.values()) for one in watch.shows}
    if not organisations:
        return None
    pushes.newest = await ask(history.revisions, organisations)
    for session_id, tab in present.items():
        for fragment, watch in list(tab.watches.items()):
            if not watch.is_stale(pushes.newest):
                continue
            if watch.again > now:
                rests.append(watch.again - now)
            else:
                pushes.add(session_id, fragment, watch.pace.wait)
    return min(rests, default=None)


def _present(now: float) -> dict[str, Tab]:
    """Tabs whose browser is there. The others are kept for a while: it may come back."""
    runtime, found = get_instance(), {}
    for session_id, tab in list(tabs.items()):
        if runtime.is_active_session(session_id):
            tab.gone, found[session_id] = None, tab
        elif tab.gone is None:
            tab.gone = now
        elif now - tab.gone > FORGET:
            tabs.pop(session_id, None)
    return found


async def _work(pushes: Pushes, ear: Ear) -> None:
    while True:
        await _way.free()
        session_id, fragment = await pushes.next()
        try:
            await push(pushes, ear, session_id, fragment)
        except Exception:  # noqa: BLE001 - one session's push is not the others'
            _log.exception("live: a push")


async def push(pushes: Pushes, ear: Ear, session_id: str, fragment: str) -> None:
    """Ask for the run and wait until the browser has it. Not while the session is busy: a push that met what a person just
    sent would push it aside (Streamlit merges the two into one, and the later one's page and values win)."""
    session, tab = get_instance().get_app_session(session_id), tabs.get(session_id)
    watch = tab.watches.get(fragment) if tab else None
    if session is None or tab is None or watch is None or not watch.is_stale(pushes.newest):
        return
    if not _idle(session):
        ear.soon()
        return
    if fragment and not session.has_fragment(fragment):
        tab.watches.pop(fragment, None)
        return
    watch.told = {one: pushes.newest.get(one, revision) for one, revision in watch.shows.items()}
    watch.shows, watch.again = watch.told, time.monotonic() + watch.pace.rest
    watch.until = clock.FOREVER  # its run says anew until when
    get_instance().handle_backmsg(session_id, _again(session, fragment))
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):  # `wait_for` would make a task for each of two hundred pages
            await session.wait_until_settled()


def _idle(session: AppSession) -> bool:
    session.track_settling()
    return session.is_settled


def _again(session: AppSession, fragment: str) -> BackMsg:
    """A rerun of the page as the browser has it: its address, query and locale, and no widget values."""
    message = BackMsg()
    message.rerun_script.CopyFrom(session._client_state)
    message.rerun_script.ClearField("widget_states")
    message.rerun_script.fragment_id = fragment
    message.rerun_script.is_auto_rerun = True
    return message
