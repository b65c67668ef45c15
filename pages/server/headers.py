"""What every answer carries: a browser keeps strangers out of our pages, and private answers out of its cache."""

from starlette.types import Message, Send

from models.settings import settings
from pages.server import index

STANDING = (
    "default-src 'self'; script-src 'self' {inline}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def policy() -> str:
    """The content security policy; the hashes are those of the installed index.html."""
    return STANDING.replace("{inline}", " ".join(index.inline_hashes(index.page())))


def _always() -> list[tuple[bytes, bytes]]:
    found = {
        "content-security-policy": policy(),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    if settings.https:
        found["strict-transport-security"] = "max-age=31536000; includeSubDomains"
    return [(name.encode(), value.encode()) for name, value in found.items()]


ALWAYS = _always()
_OURS = {name for name, _ in ALWAYS} | {b"server"}


def dressed(send: Send, *, private: bool) -> Send:
    """`send`, with our headers in place of what the inner app says on the same matters."""

    async def dress(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [(name, value) for name, value in message.get("headers", []) if name.lower() not in _OURS]
            if private:
                kept = [(name, value) for name, value in kept if name.lower() != b"cache-control"]
                kept.append((b"cache-control", b"private, no-store"))
            message = {**message, "headers": [*map(_secure, kept), *ALWAYS]}
        await send(message)

    return dress


def _secure(header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    """Behind a proxy that speaks https Streamlit sets its own cookies without `Secure`."""
    name, value = header
    if settings.https and name.lower() == b"set-cookie" and b"secure" not in value.lower():
        return name, value + b"; Secure"
    return header
