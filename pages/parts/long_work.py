"""Something that takes longer than a click: done beside the page, with a bar that moves. The page may be clicked away or lose
its connection, the work goes on; no `st.*` call stands inside of it."""

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

import streamlit as st

from models.access import Refusal

R = TypeVar("R")
Tell = Callable[[int, int], None]
_GLANCE = 0.2  # seconds between two looks


def run(key: str, about: Hashable, do: Callable[[Tell], R], said: str) -> R | Refusal:
    """Do it, or find it being done for the same `about`, and show the bar until it is over. Returns the result, or why it was
    refused. A rerun of the page in between leaves it running; the next run finds it under `key`."""
    known = st.session_state.get(key)
    if known is None or known[0] != about:
        known = st.session_state[key] = (about, _Work(do))
    work: _Work[R] = known[1]
    work.watch(said)
    del st.session_state[key]
    return work.result()


def is_running(key: str) -> bool:
    return key in st.session_state


class _Work(Generic[R]):
    """Begins at once, in a thread of its own."""

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

    def watch(self, said: str) -> None:
        bar = st.progress(self._share, said)
        while not self._over.wait(_GLANCE):
            bar.progress(self._share, said)
        bar.empty()

    def result(self) -> R | Refusal:
        if isinstance(self._error, Refusal):
            return self._error
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]
