"""The login of deploy/nginx/login.conf, with a real nginx: nobody gets past it, and the Lotse learns nothing of it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import requests

from lotse.cli.store_tools import ensure_stores, program
from lotse.operations.environment import HOST
from lotse.operations.ports import free_port
from tests.stores.processes import wait_until_it_listens

NGINX = Path(__file__).parents[2] / "deploy" / "nginx"
PASS = "_oauth2_proxy=valid"
PAGE, CALL = {"Accept": "text/html,application/xhtml+xml"}, {"Accept": "application/json"}
LOTSE_LINE, LOGIN_ADDRESS = "server 127.0.0.1:5005 ", "http://127.0.0.1:4180"


class Lotse(BaseHTTPRequestHandler):
    """Answers everything, and keeps what it was sent."""

    seen: list[tuple[str, dict[str, str]]]
    status = 200

    def do_GET(self) -> None:
        """Answer and keep."""
        self.seen.append((self.path, dict(self.headers.items())))
        self.send_response(self.status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing on the terminal."""


class Login(Lotse):
    """Lets through who has the cookie, as oauth2-proxy does at `/oauth2/auth`."""

    def do_GET(self) -> None:
        """202 or 401."""
        self.status = 202 if PASS in self.headers.get("Cookie", "") else 401
        super().do_GET()


@contextmanager
def served(handler: type[Lotse]) -> Iterator[int]:
    with ThreadingHTTPServer((HOST, 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()


@contextmanager
def proxy(folder: Path, lotse: int, login: int, changed: Mapping[str, str] | None = None) -> Iterator[str]:
    """Our nginx with the login included where the file says, on plain HTTP; yields its address.

    Args:
        changed: parts of `lotse.conf` and what stands in their place.
    """
    ensure_stores()
    port = free_port()
    inner = (NGINX / "login.conf").read_text(encoding="utf-8")
    assert LOGIN_ADDRESS in inner
    (folder / "lotse-login.conf").write_text(inner.replace(LOGIN_ADDRESS, f"http://{HOST}:{login}"), encoding="utf-8")
    [include] = re.findall(r"^# +(include /etc/nginx/(lotse-login\.conf);)$", inner, re.MULTILINE)
    text = (NGINX / "lotse.conf").read_text(encoding="utf-8")
    text = re.sub(r"^\s*ssl_.*$", "", text.replace("listen 443 ssl;", f"listen {HOST}:{port};"), flags=re.MULTILINE)
    assert LOTSE_LINE in text and "server_tokens off;" in text
    text = text.replace(LOTSE_LINE, f"server {HOST}:{lotse} ")
    for part, other in (changed or {}).items():
        assert part in text
        text = text.replace(part, other)
    included = include[0].replace("/etc/nginx", str(folder))
    (folder / "lotse.conf").write_text(
        text.replace("server_tokens off;", f"server_tokens off;\n    {included}"), encoding="utf-8"
    )
    whole = (
        f"pid {folder}/pid;\nerror_log {folder}/error.log;\ndaemon off;\nevents {{}}\n"
        f"http {{ include {folder}/lotse.conf; }}\n"
    )
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    command = [str(program("nginx")), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0 and "[warn]" not in checked.stderr, checked.stderr
    process = subprocess.Popen(command)
    try:
        wait_until_it_listens(process, port, folder / "error.log")
        yield f"http://{HOST}:{port}"
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[tuple[str, type[Lotse], type[Lotse]]]:
    """The address, what the Lotse saw, and what the login saw."""
    lotse, login = type("TheLotse", (Lotse,), {"seen": []}), type("TheLogin", (Login,), {"seen": []})
    with ExitStack() as stack:
        ports = [stack.enter_context(served(handler)) for handler in (lotse, login)]
        yield stack.enter_context(proxy(tmp_path, ports[0], ports[1])), lotse, login


def test_without_a_login_a_page_leads_to_it_and_the_chat_gets_a_sentence(
    behind: tuple[str, type[Lotse], type[Lotse]],
) -> None:
    url, lotse, _login = behind
    page = requests.get(f"{url}/chat/guide/", headers=PAGE, allow_redirects=False, timeout=10)
    assert (page.status_code, page.headers["Location"]) == (302, f"{url}/oauth2/start?rd=/chat/guide/")
    call = requests.post(f"{url}/chat/messages", headers=CALL, json={"text": "?"}, timeout=10)
    assert call.status_code == 503 and call.json()["error"]["message"].startswith("Ihre Anmeldung ist abgelaufen")
    assert lotse.seen == []


def test_with_a_login_everything_gets_through_and_the_lotse_sees_no_cookie(
    behind: tuple[str, type[Lotse], type[Lotse]],
) -> None:
    url, lotse, login = behind
    headers = {**CALL, "Cookie": PASS, "Authorization": "Bearer token"}
    assert requests.post(f"{url}/chat/messages", headers=headers, json={"text": "?"}, timeout=10).status_code == 200
    [(path, sent)] = lotse.seen
    assert path == "/chat/messages" and "Cookie" not in sent and sent["Authorization"] == "Bearer token"
    assert not any(name.lower().startswith("x-auth-request") for name in sent)
    [(asked, of_login)] = login.seen
    assert asked == "/oauth2/auth" and of_login.get("Content-Length", "0") in ("0", "")


def test_microsoft_is_not_asked_for_a_login(behind: tuple[str, type[Lotse], type[Lotse]]) -> None:
    url, lotse, login = behind
    assert requests.post(f"{url}/teams/messages", json={}, timeout=10).status_code == 200
    assert [path for path, _ in lotse.seen] == ["/teams/messages"] and login.seen == []


def test_a_login_service_that_is_away_lets_nobody_through(tmp_path: Path) -> None:
    seen: list[tuple[str, dict[str, str]]] = []
    lotse = type("TheLotse", (Lotse,), {"seen": seen})
    with served(lotse) as port, proxy(tmp_path, port, free_port()) as url:
        call = requests.get(f"{url}/chat/health", headers={**CALL, "Cookie": PASS}, timeout=10)
    assert call.status_code == 503 and call.json()["error"]["code"] == "busy"
    assert seen == []


def test_whom_nginx_itself_does_not_let_in_gets_a_sentence_in_json(tmp_path: Path) -> None:
    seen: list[tuple[str, dict[str, str]]] = []
    lotse, login = type("TheLotse", (Lotse,), {"seen": seen}), type("TheLogin", (Login,), {"seen": []})
    one_a_minute = {"rate=50r/s": "rate=1r/m", " burst=200 nodelay": ""}
    with served(lotse) as port, served(login) as asked, proxy(tmp_path, port, asked, one_a_minute) as url:
        headers = {**CALL, "Cookie": PASS}
        first, second = (requests.get(f"{url}/chat/health", headers=headers, timeout=10) for _ in range(2))
    assert (first.status_code, second.status_code, len(seen)) == (200, 429, 1)
    assert second.headers["Content-Type"] == "application/json" and int(second.headers["Retry-After"]) > 0
    assert second.json()["error"]["code"] == "too_many_requests" and second.json()["error"]["message"]
