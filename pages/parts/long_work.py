"""Something that takes longer than a click: done beside the page, with a bar that moves. The page may be clicked away or lose
its connection, the work goes on; no `st.*` call stands inside of it."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

import streamlit as st

from models.access import Refusal

R = TypeVar("R")
Tell = Callable[[int, int], None]
_GLANCE = 0.2  # seconds between two looks


class Work(Generic[R]):
    """Begins at once. Kept in `st.session_state`, it is found again by the next run of the page."""

    def __init__(self, do: Callable[[Tell], R]) -> None:
        self._share, self._over = 0.0, threading.Event()
        self._result: R | None = None
        self._error: BaseException | None = None
        threading.Thread(target=self._run, args=(do,), daemon=True).start()

    def _run(self, do: Callable[[Tell], R]) -> None:
        try:
            self._result = do(self._tell)
        except BaseException as error:  # noqa: BLE001 - the page raises it, where the house reports it
            self._error = error
        finally:
            self._over.set()

    def _tell(self, done: int, total: int) -> None:
        self._share = min(done / total, 1.0) if total else 1.0

    def watch(self, said: str) -> R | Refusal:
        """Show the bar until it is done. Returns the result, or why it was refused."""
        bar = st.progress(self._share, said)
        while not self._over.wait(_GLANCE):
            bar.progress(self._share, said)
        bar.empty()
        if isinstance(self._error, Refusal):
            return self._error
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]
