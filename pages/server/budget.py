"""How much a person, a browser and an address may ask for."""

import hashlib
import hmac
import ipaddress
import logging
import secrets
import time
from collections import Counter

from cachetools import LRUCache

from models.settings import secret_key

_log = logging.getLogger("bon_an_toan")
ALL_STRANGERS = 400  # sockets of strangers on the whole server, whatever the addresses
PER_ADDRESS = 3  # sockets of strangers from one address …
PER_DEVICE = 20  # … and of a browser in which somebody has signed in before: a person with many tabs just signed out
PER_PERSON = 40  # sockets of one sign-in


class Bucket:
    """So many a second on average, and `burst` at once."""

    def __init__(self, rate: float, burst: float) -> None:
        self.rate, self.burst, self._left, self._at = rate, burst, burst, time.monotonic()

    def take(self) -> float:
        """Take one. Returns how many seconds too early that is; 0 when there was one left."""
        now = time.monotonic()
        self._left = min(self.burst, self._left + (now - self._at) * self.rate) - 1
        self._at = now
        return max(0.0, -self._left / self.rate)

    def has(self) -> bool:
        """Take one if there is one."""
        if self.take():
            self._left += 1
            return False
        return True


class Buckets:
    """One bucket for each key; what was not used for longest is forgotten."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._of: LRUCache[str, Bucket] = LRUCache(20_000)

    def has(self, key: str) -> bool:
        bucket = self._of.get(key)
        if bucket is None:
            bucket = self._of[key] = Bucket(self._rate, self._burst)
        return bucket.has()


handshakes = Buckets(rate=3, burst=40)  # of strangers: each makes a session and draws the sign-in
tickets = Buckets(rate=2, burst=20)  # of strangers: each asks the database to write
complaints = Bucket(rate=1 / 60, burst=1)
strangers: Counter[str] = Counter()


def room(key: str) -> bool:
    """Whether one more socket of a stranger fits."""
    most = PER_DEVICE if key.startswith("device:") else PER_ADDRESS
    fits = strangers[key] < most and strangers.total() < ALL_STRANGERS and handshakes.has(key)
    if not fits and complaints.has():
        _log.warning("strangers refused: %s. A proxy in front must send X-Forwarded-For, or all look like one", key)
    return fits


def came(key: str) -> None:
    strangers[key] += 1


def went(key: str) -> None:
    strangers[key] -= 1
    if strangers[key] <= 0:
        del strangers[key]


def address_of(client: tuple[str, int] | None) -> str:
    """An IPv4 address, or the /64 of an IPv6 one: its owner may take any address in it."""
    host = client[0] if client else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return f"address:{host}"
    if address.version == 6:
        return f"address:{ipaddress.ip_network((address, 64), strict=False)}"
    return f"address:{address}"


def new_device() -> str:
    """A mark for a browser in which somebody has signed in. It opens nothing: it only counts apart from its address."""
    name = secrets.token_urlsafe(16)
    return f"{name}.{_signed(name)}"


def device_of(mark: str) -> str | None:
    """The budget's key for a mark that we made."""
    name, _, signature = mark.partition(".")
    return f"device:{name}" if hmac.compare_digest(signature.encode(), _signed(name).encode()) else None


def _signed(name: str) -> str:
    return hmac.new(secret_key().encode(), f"device {name}".encode(), hashlib.sha256).hexdigest()
