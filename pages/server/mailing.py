"""The postman: sends what is in the outbox while the server runs. Any number of processes may do so at once."""

import asyncio
import logging

from models import mail, outbox
from pages.server.asking import ask

_log = logging.getLogger("bon_an_toan")
EVERY, LONGEST = 5.0, 300.0  # seconds between two rounds; at most, while the mail server is away


async def go_round() -> None:
    """Round after round. Without SMTP_URL there is nothing to do."""
    pause = EVERY
    while outbox.is_on():
        await asyncio.sleep(pause)
        try:
            done = await ask(mail.deliver)
            pause = min(LONGEST, pause * 2) if done.away else EVERY
        except Exception:  # noqa: BLE001 - the next round may find the database again
            _log.exception("mail: a round broke off")
            pause = min(LONGEST, pause * 2)
