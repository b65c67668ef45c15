"""What the gate lets through, from whom, and what every answer carries."""

import asyncio
import base64
import hashlib
import re
import time
from pathlib import Path

import pytest
import streamlit
from starlette.types import Message, Receive, Scope, Send

from pages.server import gate, health
from tests.server.conftest import STAGE, ticket_of, token_of
from tests.server.wire import Server, serving

INSTALLED = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
POLICY = (
    "default-src 'self'; script-src 'self' {hash}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def test_it_answers_to_its_own_name_only(stage: Server) -> None:
    assert stage.ask("/").status == 200
    for host in (
        "evil.example",
        "127.0.0.1",
        f"127.0.0.1:{stage.port}",
        "localhost",
        f"localhost.evil.example:{stage.port}",
        "",
    ):
        answer = stage.ask("/", Host=host)
        assert answer.status == 421, host
        assert "<html" not in answer.text
    assert stage.url in stage.ask("/", Host=f"127.0.0.1:{stage.port}").text  # says where to go


def test_it_refuses_other_pages_orders(stage: Server) -> None:
    for origin in ("https://evil.example", "null", "http://localhost:9", f"https://{stage.host}"):
        assert stage.ask("/phien", "POST", Origin=origin, X_Ticket="x" * 43).status == 403, origin
        assert stage.ask("/", Origin=origin).status == 403, origin
    assert stage.ask("/phien", "POST", Origin=None, X_Ticket="x" * 43).status == 403
    assert stage.ask("/phien", "OPTIONS", Origin="https://evil.example").status == 403


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/script-health-check",
        "/_stcore/agent/openapi.json",
        "/_stcore/agent/interact",
        "/_stcore/agent/mcp",
        "/_stcore/bidi-components/x/y.js",
        "/_stcore/anything-new",
        "/component/extra_streamlit_components.CookieManager.cookie_manager/index.html",
        "/app/static/x",
        "/auth/login",
        "/index.html",
        "/static/js/nothing.js",
        "/static/../index.html",
        "/vu-viec/_stcore/metrics",
        "/a/b",
        "//evil.example/",
        "/vu-viec.php",
        "/.env",
        "/.git/config",
    ],
)
def test_it_hides_what_the_page_does_not_need(stage: Server, path: str) -> None:
    for method in ("GET", "POST"):
        answer = stage.ask(path, method)
        assert answer.status in (400, 404, 405), (path, method, answer.status)
        assert "<html" not in answer.text


def test_host_config_trusts_no_other_site(stage: Server) -> None:
    answer = stage.ask("/_stcore/host-config")
    assert answer.status == 200
    assert '"allowedOrigins":[]' in answer.text
    assert "access-control-allow-origin" not in answer.headers


def test_every_answer_carries_the_policy(stage: Server) -> None:
    inline = re.findall(r"<script>(.*?)</script>", INSTALLED, re.DOTALL)
    assert len(inline) == 1
    digest = base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
    policy = POLICY.replace("{hash}", f"'sha256-{digest}'")
    script = next(iter(re.findall(r'src="\.(/static/js/index[^"]+)"', INSTALLED)))
    for path in (
        "/",
        "/vu-viec",
        "/suc-khoe",
        "/phien.js",
        "/tu-ngu.js",
        script,
        "/media/" + "0" * 56,
        "/_stcore/metrics",
        "/a/b",
    ):
        headers = stage.ask(path).headers
        assert headers["content-security-policy"] == policy, path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert "server" not in headers
        assert "strict-transport-security" not in headers  # this one speaks http
    refused = stage.ask("/", Host="evil.example").headers
    assert refused["content-security-policy"] == policy


def test_private_answers_are_not_kept(stage: Server) -> None:
    for path, method in (
        ("/phien", "DELETE"),
        ("/phien", "POST"),
        ("/media/" + "0" * 56, "GET"),
        ("/_stcore/upload_file/a/b", "PUT"),
    ):
        assert stage.ask(path, method).headers["cache-control"] == "private, no-store", path
    assert stage.ask("/").headers["cache-control"] == "no-cache"


def test_over_https_it_insists(database_url: str, folder: Path) -> None:
    with serving(folder, STAGE, DATABASE_URL=database_url, PUBLIC_URL="https://an-toan.example.vn") as server:
        host, origin = "an-toan.example.vn", "https://an-toan.example.vn"
        answer = server.ask("/_stcore/health", Host=host)
        assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
        assert "; Secure" in answer.cookies()["_streamlit_xsrf"]
        assert server.ask("/", Host=server.host).status == 421
        entered = server.ask("/phien", "POST", Host=host, Origin=origin, X_Ticket=ticket_of("alice@so-a"))
        assert entered.status == 204
        line = entered.cookies()["__Host-phien"]
        assert all(part in line for part in ("Secure", "HttpOnly", "SameSite=strict", "Path=/"))
        assert "domain" not in line.lower()


def test_a_stranger_gets_no_media_and_uploads_nothing(stage: Server) -> None:
    for cookie in (None, "phien=made-up-made-up-made-up-made-up", f"phien={'0' * 64}"):
        assert stage.ask("/media/" + "0" * 56, Cookie=cookie).status == 401
        for method in ("PUT", "DELETE"):
            assert stage.ask("/_stcore/upload_file/some-session/some-file", method, b"x", Cookie=cookie).status == 401


def test_a_known_person_gets_only_what_is_theirs(stage: Server) -> None:
    cookie = f"phien={token_of('alice@so-a')}"
    assert stage.ask("/media/" + "0" * 56, Cookie=cookie).status == 404
    assert stage.ask("/_stcore/upload_file/no-such-session/file", "PUT", b"x", Cookie=cookie).status == 403
    assert stage.ask("/_stcore/upload_file/no-such-session/file", "POST", b"x", Cookie=cookie).status == 403


def test_health_says_no_more_than_it_must(stage: Server) -> None:
    for host in (stage.host, "10.0.0.7:8501"):
        answer = stage.ask("/suc-khoe", Host=host)
        assert (answer.status, answer.text) == (200, '{"ok":true,"database":true}')
        assert answer.headers["cache-control"] == "no-store"


def test_health_tells_when_the_database_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def silent() -> bool:
        asked.append(1)
        time.sleep(0.5)
        return True

    monkeypatch.setattr(health, "PATIENCE", 0.05)
    monkeypatch.setattr(health.database, "answers", silent)

    async def many() -> list[bool]:
        found = health._Database()
        return await asyncio.gather(*(found.answers() for _ in range(50)))

    assert asyncio.run(many()) == [False] * 50
    assert len(asked) == 1  # however many ask


def test_a_fault_of_ours_is_a_number_and_nothing_else() -> None:
    async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise ValueError("the password is in /etc/bi-mat")

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    scope = {"type": "http", "method": "GET", "path": "/vu-viec", "headers": [(b"host", gate.HOST.encode())]}
    asyncio.run(gate.Gate(broken)(scope, receive, send))
    body = b"".join(message.get("body", b"") for message in sent).decode()
    assert sent[0]["status"] == 500
    assert re.search(r"SC-[0-9A-F]{6}", body)
    assert "bi-mat" not in str(sent)
    assert b"content-security-policy" in dict(sent[0]["headers"])


@pytest.mark.parametrize(
    ("url", "host", "origin"),
    [
        ("http://localhost:8501", "localhost:8501", "http://localhost:8501"),
        ("https://An-Toan.example.vn/", "an-toan.example.vn", "https://an-toan.example.vn"),
        ("https://an-toan.example.vn:443", "an-toan.example.vn", "https://an-toan.example.vn"),
        ("http://10.0.0.7:80", "10.0.0.7", "http://10.0.0.7"),
        ("http://[::1]:8501", "[::1]:8501", "http://[::1]:8501"),
    ],
)
def test_the_public_address_is_read_as_a_browser_says_it(url: str, host: str, origin: str) -> None:
    assert gate.origin_of(url) == (host, origin)
