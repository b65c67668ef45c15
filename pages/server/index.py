"""Streamlit's index.html in our language, and the few files of our own that go with it.

Everything is made at start from the installed package: an upgrade that moved what we replace is refused, not half done.
"""

import base64
import functools
import hashlib
import json
import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from streamlit import file_util

from pages.server import session

STATIC = Path(__file__).parent / "static"
TITLE = "Bốn An Toàn"
YEAR = 365 * 24 * 3600
# Streamlit itself then leaves its toolbar out and takes the dark theme, whatever the browser prefers.
_ON_A_WALL = "embed=true&embed_options=dark_theme&embed_options=hide_loading_screen"
_ADDRESS = re.compile(r"[a-z0-9-]*")
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_NOSCRIPT = "<noscript>\n      <p>Trang này cần JavaScript. Hãy bật JavaScript rồi tải lại trang.</p>\n    </noscript>"
REPLACED = (  # (what the installed index.html must hold exactly once, what stands there instead)
    (r'<html lang="en">', '<html lang="vi">'),
    (r"<title>Streamlit</title>", f"<title>{TITLE}</title>"),
    (
        r'<link rel="shortcut icon" href="\./favicon\.png" />',
        '<link rel="icon" type="image/svg+xml" href="/bieu-trung.svg" />',
    ),
    (r"<!--(?:(?!-->).)*agent API(?:(?!-->).)*-->", ""),
    (r'<link rel="service-desc" href="[^"]*" />', ""),
    (r"<noscript>.*?</noscript>", _NOSCRIPT),
    (r"</head>", "{scripts}\n  </head>"),
)


class ChangedError(Exception):
    """The installed Streamlit does not look as we know it."""


def installed() -> str:
    return (Path(file_util.get_static_dir()) / "index.html").read_text(encoding="utf-8")


def ours(page: str, scripts: str) -> str:
    """index.html with our language, title, emblem and scripts."""
    for pattern, instead in REPLACED:
        text = instead.replace("{scripts}", scripts).replace("\\", r"\\")
        page, times = re.subn(pattern, text, page, flags=re.DOTALL)
        if times != 1:
            raise ChangedError(f"index.html holds {pattern!r} {times} times instead of once")
    return page


@functools.cache
def static_files() -> frozenset[str]:
    """The addresses of Streamlit's scripts, styles and fonts. For any other it would answer with its own index.html."""
    root = Path(file_util.get_static_dir())
    return frozenset(f"/{file.relative_to(root).as_posix()}" for file in (root / "static").rglob("*") if file.is_file())


def inline_hashes(page: str) -> list[str]:
    """What the content security policy must name so that the page's own inline scripts run, and nobody else's."""
    return [f"'sha256-{_b64(script)}'" for script in _INLINE.findall(page)]


def _b64(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@functools.cache
def translator() -> str:
    """tu-ngu.js with the words in it."""
    words = json.loads((STATIC / "tu-ngu.vi.json").read_text(encoding="utf-8"))
    plain = json.dumps({"exact": words["exact"], "patterns": words["patterns"]}, ensure_ascii=False)
    template = (STATIC / "tu-ngu.js").read_text(encoding="utf-8")
    return template.replace("/* WORDS */ {}", plain.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


@functools.cache
def typing() -> str:
    """o-chu.js: what is typed and not sent yet."""
    return (STATIC / "o-chu.js").read_text(encoding="utf-8")


SCRIPTS = {"/tu-ngu.js": translator, "/o-chu.js": typing}  # on every page; named with their version, so kept for good


def _version(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@functools.cache
def page() -> str:
    said = [f'<script defer src="{address}?v={_version(text())}"></script>' for address, text in SCRIPTS.items()]
    return ours(installed(), "\n    ".join(said))


async def _index(request: Request) -> Response:
    """Every page has the same shell; which page it is, the browser tells over its socket."""
    if not _ADDRESS.fullmatch(request.path_params.get("address", "")):
        return PlainTextResponse("Không có trang này.", 404)
    if request.query_params.get("tv") == "1" and "embed" not in request.query_params:
        return RedirectResponse(f"{request.url.path}?{request.url.query}&{_ON_A_WALL}", 302)
    response = HTMLResponse(page(), headers={"Cache-Control": "no-cache"})
    if session.COOKIE in request.cookies and not await session.sign_in_of(request.scope["headers"]):
        session.forget(response)  # it opens nothing any more, so it need not lie around
    return response


async def _script(request: Request) -> Response:
    text = SCRIPTS[request.url.path]()
    return _file(request, text, "text/javascript", forever=request.query_params.get("v") == _version(text))


async def _sign_in_script(request: Request) -> Response:
    return _file(request, (STATIC / "phien.js").read_text(encoding="utf-8"), "text/javascript")


async def _emblem(request: Request) -> Response:
    return _file(request, (STATIC / "bieu-trung.svg").read_text(encoding="utf-8"), "image/svg+xml")


def _file(request: Request, text: str, kind: str, *, forever: bool = False) -> Response:
    tag = f'"{_version(text)}"'
    headers = {"ETag": tag, "Cache-Control": f"public, max-age={YEAR}, immutable" if forever else "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(text, media_type=kind, headers=headers)


routes = [
    *(Route(address, _script) for address in SCRIPTS),
    Route("/phien.js", _sign_in_script),
    Route("/bieu-trung.svg", _emblem),
    Route("/favicon.png", _emblem),  # Streamlit asks for it until the page says its own
    Route("/", _index),
    Route("/{address}", _index),  # last: every address of one word, so that none of Streamlit's own pages answers
]
