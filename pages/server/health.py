"""Whether the house and its database answer; no more than that for whoever asks."""

import asyncio
import time

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from models import database
from pages.server.asking import ask
from pages.server.gate import HEALTH

PATIENCE, KEPT = 2.0, 1.0


class _Database:
    """Asked once a second at most, however many ask us."""

    def __init__(self) -> None:
        self._lock, self._at, self._answer = asyncio.Lock(), -KEPT, False

    async def answers(self) -> bool:
        async with self._lock:
            if time.monotonic() - self._at >= KEPT:
                try:
                    self._answer = await asyncio.wait_for(ask(database.answers), PATIENCE)
                except TimeoutError:
                    self._answer = False
                self._at = time.monotonic()
        return self._answer


_database = _Database()


async def _health(_: Request) -> Response:
    well = await _database.answers()
    return JSONResponse({"ok": well, "database": well}, 200 if well else 503, headers={"Cache-Control": "no-store"})


routes = [Route(HEALTH, _health)]
