"""One JSON line a record, on stderr, for the whole process: ours, Streamlit's, uvicorn's and Python's own."""

import asyncio
import datetime as dt
import json
import logging
import sys
import threading
import traceback
from collections.abc import Iterator
from typing import Any

import streamlit.logger

_QUIETER = {"watchdog": logging.WARNING, "alembic.runtime.plugins": logging.WARNING, "fsspec": logging.WARNING}


class Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = dt.datetime.fromtimestamp(record.created, dt.UTC)
        line: dict[str, Any] = {
            "time": at.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1]:
            line |= described(record.exc_info[1])
        line |= getattr(record, "facts", {})
        return json.dumps(line, ensure_ascii=False, default=str)


def described(error: BaseException) -> dict[str, Any]:
    """Type, message and where; without the values a statement or a form carried, which may be personal."""
    chain = list(_chain(error))
    frames = [line.rstrip("\n") for one in chain for line in (_said(one), *traceback.format_tb(one.__traceback__))]
    return {"type": type(error).__name__, "error": _said(error), "traceback": frames}


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _said(error: BaseException) -> str:
    if hasattr(error, "hide_parameters"):  # SQLAlchemy's: the statement without what was bound to it
        error.hide_parameters = True
    if hasattr(error, "errors") and hasattr(error, "title"):  # pydantic's: which field and rule, not what was typed
        found = error.errors(include_url=False, include_input=False, include_context=False)
        return f"{type(error).__name__}: {error.title}: " + "; ".join(f"{one['loc']} {one['type']}" for one in found)
    return f"{type(error).__name__}: {error}"[:2000]


def to_stderr_as_json() -> None:
    """Take over every logger there is and will be, and what would be printed as a bare traceback."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name, level in _QUIETER.items():
        logging.getLogger(name).setLevel(level)
    streamlit.logger.setup_formatter = _through_root  # Streamlit gives each of its loggers a handler of its own
    streamlit.logger.update_formatter()
    for name in ("uvicorn", "uvicorn.error", "uvicorn.asgi"):
        _through_root(logging.getLogger(name))
    logging.getLogger(
        "uvicorn.access"
    ).disabled = True  # addresses carry record and session ids; the proxy's log is enough
    sys.excepthook = lambda _type, error, _trace: _uncaught("process", error)
    threading.excepthook = lambda args: _uncaught(args.thread.name if args.thread else "thread", args.exc_value)


def _through_root(logger: logging.Logger) -> None:
    logger.handlers.clear()
    logger.propagate = True


def _uncaught(where: str, error: BaseException | None) -> None:
    if error is not None and not isinstance(error, KeyboardInterrupt | SystemExit | asyncio.CancelledError):
        logging.getLogger("bon_an_toan").critical("uncaught in %s", where, exc_info=error)
