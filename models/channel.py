"""The line on which the processes of one PostgreSQL hear of each other's commits. Below models/notices.py, which says what a
notice means; beside models/database.py the one file that speaks to the driver."""

import contextlib
from collections.abc import Callable, Iterator

from models.database import Session, engine, is_sqlite

CHANNEL = "bon_an_toan"


def announce(session: Session) -> None:
    """Say that this transaction moves a revision (`info["moved"]`), to the other processes of a PostgreSQL: they hear it when
    it is committed, and only then. This process hears it from models/notices.py."""
    if session.info.get("moved") and not is_sqlite():
        session.connection().exec_driver_sql("SELECT pg_notify(%s, '')", (CHANNEL,))


Hear = Callable[[str, float], Iterator[str]]


@contextlib.contextmanager
def line() -> Iterator[Hear]:
    """A connection of its own that hears what is said on the channel, as long as it lasts (PostgreSQL). `hear(word, seconds)`
    says a word there itself, then gives what it hears for so long. Its failures are psycopg's errors, as `LineCut`."""
    import psycopg  # six mebibytes that a house on SQLite need not hold

    address = engine().url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        with psycopg.connect(
            address, autocommit=True, connect_timeout=5, application_name="bon-an-toan live"
        ) as connection:
            connection.execute(f"LISTEN {CHANNEL}")

            def hear(word: str, seconds: float) -> Iterator[str]:
                connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, word))
                for notice in connection.notifies(timeout=seconds):
                    yield notice.payload

            yield hear
    except psycopg.Error as error:
        raise LineCut(type(error).__name__) from error


class LineCut(Exception):
    """The line of notices cannot be had, or broke."""
