"""What a run sends goes to the event loop in handfuls.

A page of eighty messages would wake the loop eighty times; each time the thread that draws and the loop's take the
interpreter from each other, which costs more than the messages do (measured: half of a run's processor time, with many
tabs at work). So a message that comes while another waits to be fetched waits with it. The order stays what it was.
"""

import logging
from collections import deque
from collections.abc import Callable

from streamlit.runtime.app_session import AppSession

_log = logging.getLogger("bon_an_toan")
_call_soon = AppSession._call_soon_on_event_loop


class Handful:
    """What waits for the loop, of one session."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()
        self._fetched = True

    def add(self, callback: Callable[[], None]) -> bool:
        """Put it to the others; whether somebody has to be sent for them."""
        self._waiting.append(callback)
        first, self._fetched = self._fetched, False
        return first

    def fetch(self) -> None:
        """All that waits, in its order. What comes from now on is fetched by the next."""
        self._fetched = True
        while self._waiting:
            try:
                self._waiting.popleft()()
            except Exception:  # noqa: BLE001 - as the loop does: one that fails does not keep the others
                _log.exception("a message of a run")


def _in_handfuls(session: AppSession, callback: Callable[[], None]) -> None:
    handful: Handful = session.__dict__.setdefault("_handful", Handful())
    if handful.add(callback):
        _call_soon(session, handful.fetch)


def take() -> None:
    """From now on."""
    AppSession._call_soon_on_event_loop = _in_handfuls  # type: ignore[assignment, method-assign]
