"""What a run sends goes to the event loop in handfuls.

A page of eighty messages would wake the loop eighty times; each time the thread that draws and the loop's take the
interpreter from each other, which costs more than the messages do. So the messages of a run wait for its end, or for a
fiftieth of a second where it takes longer, and then go all at once. The order stays what it was.
"""

import logging
from collections import deque
from collections.abc import Callable
from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import ScriptRunner, ScriptRunnerEvent

_log = logging.getLogger("bon_an_toan")
_call_soon, _on_event = AppSession._call_soon_on_event_loop, AppSession._on_scriptrunner_event
LONGEST = 0.02  # seconds that a message waits for others

Message = tuple[ScriptRunner | None, ForwardMsg]


class Handful:
    """What waits for the loop, of one session. Put in by the thread that draws, fetched by the loop."""

    def __init__(self, session: AppSession) -> None:
        self._session = session
        self._waiting: deque[Message | Callable[[], None]] = deque()
        self._sent_for = self._timed = False

    def call(self, callback: Callable[[], None]) -> None:
        """For at once, after what waits."""
        self._waiting.append(callback)
        if not self._sent_for:
            self._sent_for = True
            _call_soon(self._session, self.fetch)

    def message(self, message: Message) -> None:
        """For soon: with the next call, or when it has waited long enough."""
        self._waiting.append(message)
        if not self._sent_for and not self._timed:
            self._timed = True
            _call_soon(self._session, self._fetch_later)

    def _fetch_later(self) -> None:
        self._session._event_loop.call_later(LONGEST, self._in_time)

    def _in_time(self) -> None:
        self._timed = False
        self.fetch()

    def fetch(self) -> None:
        """All that waits, in its order. What comes from now on is fetched by the next."""
        self._sent_for = False
        enqueued = False
        while self._waiting:
            one = self._waiting.popleft()
            try:
                if isinstance(one, tuple):
                    enqueued |= self._enqueue(*one)
                else:
                    one()
            except Exception:  # noqa: BLE001 - as the loop does: one that fails does not keep the others
                _log.exception("a message of a run")
        if enqueued and self._session._message_enqueued_callback:
            self._session._message_enqueued_callback()

    def _enqueue(self, sender: ScriptRunner | None, message: ForwardMsg) -> bool:
        """As Streamlit does: what a run says that another has taken the place of is dropped."""
        if sender is not self._session._scriptrunner:
            return False
        self._session._browser_queue.enqueue(message)
        return True


def _of(session: AppSession) -> Handful:
    found: Handful | None = session.__dict__.get("_handful")
    return found or session.__dict__.setdefault("_handful", Handful(session))


def _call(session: AppSession, callback: Callable[[], None]) -> None:
    _of(session).call(callback)


def _event(session: AppSession, sender: ScriptRunner | None, event: ScriptRunnerEvent, **more: Any) -> None:
    handful = _of(session)
    if sender is not None:
        sender.__dict__["_handful"] = handful
    if event is ScriptRunnerEvent.ENQUEUE_FORWARD_MSG:
        handful.message((sender, more["forward_msg"]))
    else:
        _on_event(session, sender, event, **more)


def _said(runner: ScriptRunner, message: ForwardMsg) -> None:
    """Straight to the handful of the runner's session, once it has told of anything: Streamlit asks for every message anew
    who listens."""
    runner._maybe_handle_execution_control_request()
    handful: Handful | None = runner.__dict__.get("_handful")
    if handful is None:
        runner.on_event.send(runner, event=ScriptRunnerEvent.ENQUEUE_FORWARD_MSG, forward_msg=message)
    else:
        handful.message((runner, message))


def take() -> None:
    """From now on."""
    AppSession._call_soon_on_event_loop = _call  # type: ignore[assignment, method-assign]
    AppSession._on_scriptrunner_event = _event  # type: ignore[assignment, method-assign]
    ScriptRunner._enqueue_forward_msg = _said  # type: ignore[assignment, method-assign]
