"""Pushes over the websocket that is already there: a run of a page's live fragment, asked for by the house.

Frame and live fragments say where a session is (`here`, `follow`). Two tasks look at the database twice a second while
somebody is there: which sign-ins ended, and which watched organisation has a newer revision. `handle_backmsg` is how
Streamlit's own websocket asks for a run, so a push is a rerun that no browser had to ask for.
"""

import asyncio
import datetime as dt
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st
from cachetools import LRUCache
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime import Runtime, get_instance
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState, get_script_run_ctx

from models import account, clock, history
from pages.server.asking import ask

_log = logging.getLogger("bon_an_toan")
EVERY, AT_ONCE, PATIENCE = 0.5, 8, 3.0
FORGET = 120.0  # seconds after which a session that has gone is forgotten
SLACK = dt.timedelta(seconds=10)  # for what was committed a little after it was dated
SWEEP = 20.0  # seconds after which every open sign-in is looked at, for what no date tells (a clock that runs wrong)


@dataclass
class Watch:
    """A live fragment, and the revision of the organisation that it shows."""

    organisation_id: int
    revision: int


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


def follow(organisation_id: int, revision: int) -> None:
    """A live fragment, on every run: it shows this revision of this organisation. Read it before the figures."""
    ctx = get_script_run_ctx(suppress_warning=True)
    if ctx and (tab := tabs.get(ctx.session_id)):
        tab.watches[ThreadState.get().fragment_id or ""] = Watch(organisation_id, revision)


def drawn_for(session_id: str, otherwise: str | None) -> str | None:
    """The sign-in a session's page was drawn for; None is a stranger."""
    with _lock:
        return _drawn_for.get(session_id, otherwise)


# ---- the house -------------------------------------------------------------------------------------------------------
async def watch_sign_ins(end: Callable[[set[str]], None], open_sids: Callable[[], set[str]]) -> None:
    """End the tabs of sign-ins that ended, whoever ended them and in whichever process."""
    since, swept = clock.now(), time.monotonic()
    while True:
        await asyncio.sleep(EVERY)
        asked = clock.now()
        try:
            if sids := open_sids():
                end(await ask(account.ended_since, since - SLACK))
                if time.monotonic() - swept > SWEEP:
                    end(await ask(_over, sids))
                    swept = time.monotonic()
            since = asked  # only then: after a database that did not answer, nothing may be missed
        except Exception:  # noqa: BLE001 - the next round may find the database again
            _log.exception("live: sign-ins")


def _over(sids: set[str]) -> set[str]:
    return {sid for sid in sids if account.who(sid) is None}


async def watch_revisions() -> None:
    """Rerun the live fragments of organisations that changed."""
    while True:
        await asyncio.sleep(EVERY)
        try:
            await _push_what_changed()
        except Exception:  # noqa: BLE001 - as above
            _log.exception("live: revisions")


async def _push_what_changed() -> None:
    present = _present(time.monotonic())
    organisations = {watch.organisation_id for tab in present.values() for watch in list(tab.watches.values())}
    if not organisations:
        return
    newest = await ask(history.revisions, organisations)
    pushed: list[str] = []
    for session_id, tab in present.items():
        stale = [
            fragment
            for fragment, watch in list(tab.watches.items())
            if newest.get(watch.organisation_id, watch.revision) != watch.revision
        ]
        if stale and _push(session_id, tab, stale, newest):
            pushed.append(session_id)
            await _not_all_at_once(pushed)


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


def _push(session_id: str, tab: Tab, stale: list[str], newest: dict[int, int]) -> bool:
    """Ask for the runs, unless the session is busy: a push that met what a person just sent would push it aside
    (Streamlit merges the two into one, and the later one's page and values win). The next round asks again."""
    runtime = get_instance()
    session = runtime.get_app_session(session_id)
    if session is None or not _idle(session):
        return False
    for fragment in stale:
        watch = tab.watches.get(fragment)
        if watch and (not fragment or session.has_fragment(fragment)):
            watch.revision = newest[watch.organisation_id]
            runtime.handle_backmsg(session_id, _again(session, fragment))
        else:
            tab.watches.pop(fragment, None)
    return True


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


async def _not_all_at_once(pushed: list[str]) -> None:
    """A few runs at a time, so that people's own clicks find a free moment in between."""
    runtime, until = get_instance(), time.monotonic() + PATIENCE
    while len(pushed) >= AT_ONCE and time.monotonic() < until:
        pushed[:] = [session_id for session_id in pushed if _busy(runtime, session_id)]
        if len(pushed) >= AT_ONCE:
            await asyncio.sleep(0.02)


def _busy(runtime: Runtime, session_id: str) -> bool:
    session = runtime.get_app_session(session_id)
    return session is not None and not _idle(session)
