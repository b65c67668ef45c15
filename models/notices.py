"""Who hears at once that something changed: this process by itself, the others over PostgreSQL's NOTIFY.

A notice says that a revision moved and nothing else; whose and what, each asks under its own scope. It is sent in the
transaction of the change, so there is none for what was rolled back. Nobody relies on it: who hears nothing looks twice a
second at the revisions (pages/server/live.py).
"""

import logging
import secrets
import threading
from collections.abc import Callable

from sqlalchemy import event

from models.channel import Hear, LineCut, line
from models.database import Session, is_sqlite

_log = logging.getLogger("bon_an_toan")
AGAIN, PROOF = 2.0, 10.0  # seconds before the line is tried again, and between two proofs that it still carries

HEARD: list[Callable[[], None]] = []  # called after each commit of this process, in the thread that committed


@event.listens_for(Session, "after_commit")
def _tell_this_process(session: Session) -> None:
    """Once it is really there: SQLAlchemy says the same of a savepoint, which may still be taken back."""
    if not session.in_nested_transaction() and session.info.pop("moved", False):
        for heard in HEARD:
            heard()


def listen(heard: Callable[[], None], carries: Callable[[bool], None], stop: threading.Event) -> None:
    """On a line of its own, until `stop`: what any process says. `carries` is told whether anything can be heard at all.
    Blocks; SQLite has no such line."""
    if is_sqlite():
        return
    while not stop.is_set():
        try:
            with line() as hear:
                _listen(hear, heard, carries, stop)
        except LineCut as cut:
            _log.warning("live: no line for notices (%s); looking at the revisions instead", cut)
        carries(False)
        stop.wait(AGAIN)


def _listen(hear: Hear, heard: Callable[[], None], carries: Callable[[bool], None], stop: threading.Event) -> None:
    """Now and then it says something itself: what does not come back was swallowed, as by a pooler that lends the line to
    others in between."""
    while not stop.is_set():
        proof, proved = f"?{secrets.token_hex(8)}", False
        for said in hear(proof, PROOF):
            if said == proof:
                proved = True
                carries(True)
            elif not said:
                heard()
            if stop.is_set():
                return
        if not proved:
            raise LineCut("nothing comes back")
