"""Who hears at once that an organisation changed: this process by itself, the others over PostgreSQL's NOTIFY.

A notice says which organisations moved and nothing else; what changed, each asks under its own scope. It is sent in the
transaction of the change, so there is none for what was rolled back. Nobody relies on it: who hears nothing looks twice a
second at the revisions (pages/server/live.py).
"""

import logging
import secrets
import threading
from collections.abc import Callable

import psycopg
from sqlalchemy import event

from models.database import CHANNEL, Session, engine, is_sqlite

_log = logging.getLogger("bon_an_toan")
AGAIN, PROOF = 2.0, 10.0  # seconds before the line is tried again, and between two proofs that it still carries

HEARD: list[Callable[[set[int]], None]] = []  # called after each commit of this process, in the thread that committed


@event.listens_for(Session, "after_commit")
def _tell_this_process(session: Session) -> None:
    if moved := session.info.pop("moved", None):
        for heard in HEARD:
            heard(moved)


def listen(heard: Callable[[set[int]], None], carries: Callable[[bool], None], stop: threading.Event) -> None:
    """On a line of its own, until `stop`: what any process says. `carries` is told whether anything can be heard at all.
    Blocks; SQLite has no such line."""
    if is_sqlite():
        return
    while not stop.is_set():
        try:
            with _line() as line:
                line.execute(f"LISTEN {CHANNEL}")
                _hear(line, heard, carries, stop)
        except psycopg.Error as error:
            _log.warning("live: no line for notices (%s); looking at the revisions instead", type(error).__name__)
        carries(False)
        stop.wait(AGAIN)


def _line() -> psycopg.Connection:
    address = engine().url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(address, autocommit=True, connect_timeout=5, application_name="bon-an-toan live")


def _hear(
    line: psycopg.Connection,
    heard: Callable[[set[int]], None],
    carries: Callable[[bool], None],
    stop: threading.Event,
) -> None:
    """Now and then it says something itself: what does not come back was swallowed, as by a pooler that lends the line to
    others in between."""
    while not stop.is_set():
        proof, proved = f"?{secrets.token_hex(8)}", False
        line.execute("SELECT pg_notify(%s, %s)", (CHANNEL, proof))
        for notice in line.notifies(timeout=PROOF):
            if notice.payload == proof:
                proved = True
                carries(True)
            elif not notice.payload.startswith("?"):
                heard({int(part) for part in notice.payload.split(",")})
            if stop.is_set():
                return
        if not proved:
            raise psycopg.OperationalError("nothing comes back")
