"""The doctor at a fake Microsoft and a running channel: silent when all is well, and what it finds otherwise."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer

from lotse.channels.teams.admin.doctor import Doctor
from lotse.channels.teams.admin.settings_findings import Finding
from lotse.channels.teams.auth.verify_request import RequestVerifier, SigningKeys
from lotse.channels.teams.channel import health_report
from lotse.channels.teams.delivery.connector import DeliveryCounts
from lotse.channels.teams.endpoint import Endpoint, WorkQueue
from lotse.channels.teams.http_client import HttpClient
from lotse.channels.teams.settings import TeamsSettings, read_settings
from lotse.conversation.handover import Counts as HandoverCounts
from tools.fake_azure.login import Trust
from tools.fake_azure.server import FakeAzure, Fault

CHANNEL = "19:abcDEF123@thread.tacv2"
SECTION = "lotse.channels.teams.channel.TeamsInput:\n"


@pytest.fixture(scope="module")
def azure() -> Iterator[FakeAzure]:
    with FakeAzure() as fake:
        yield fake


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "credentials.yml").write_text(SECTION, encoding="utf-8")
    (tmp_path / "data/house").mkdir(parents=True)
    (tmp_path / "data/house/contacts.yml").write_text(
        f'contacts:\n  press_office: {{teams_channel: "{CHANNEL}"}}\n', encoding="utf-8"
    )
    return tmp_path


@pytest.fixture
async def lotse(azure: FakeAzure) -> AsyncIterator[str]:
    """Address of a channel that runs, with its real check of who sends."""
    async with running(azure.settings()) as server:
        yield address(server)


def running(settings: TeamsSettings, ready: bool = True) -> TestServer:
    http = HttpClient()
    keys = SigningKeys(settings.cloud.metadata_url, http)

    async def nothing(_: object) -> None:
        raise AssertionError("the doctor's question went past the check")

    endpoint = Endpoint(settings, RequestVerifier(settings, keys), WorkQueue(), nothing)

    async def messages(request: web.Request) -> web.Response:
        reply = await endpoint.receive(request.headers.get("authorization"), await request.read())
        return web.Response(status=reply.status, body=reply.body)

    async def report(_: web.Request) -> web.Response:
        status, content = health_report(settings, ready, DeliveryCounts(), HandoverCounts(), WorkQueue())
        return web.json_response(content, status=status)

    async def close(_: web.Application) -> None:
        await http.close()

    app = web.Application()
    app.router.add_post("/teams/messages", messages)
    app.router.add_get("/teams/health", report)
    app.on_cleanup.append(close)  # type: ignore[arg-type]  # aiohttp 3.9 misreads the types of a newer aiosignal
    return TestServer(app)


def address(server: BaseTestServer) -> str:
    return f"http://127.0.0.1:{server.port}"


async def examined(home: Path, url: str, variables: Mapping[str, str]) -> list[Finding]:
    return await Doctor(home, url, variables).examine()


def faults(findings: list[Finding]) -> str:
    return "\n".join(f"{finding.text} {finding.remedy}" for finding in findings if finding.grade == "fault")


async def test_all_is_well(azure: FakeAzure, home: Path, lotse: str) -> None:
    variables = azure.environment(SECRET_EXPIRES=f"{date.today().year + 1}-12-31")
    findings = await examined(home, lotse, variables)
    assert faults(findings) == ""
    told = "\n".join(finding.text for finding in findings)
    for part in ("Cloud: public", "gilt bis 31.12.", "Uhr stimmt", "OpenID", "Schlüssel sind da", "ein Token"):
        assert part in told
    assert "weist Unbekannte ab" in told
    assert "Kanäle für Fragen an Menschen: press_office" in told
    # Only the way over the proxy could not be seen from here, and the fake is not Microsoft.
    assert [finding.text.split(" statt")[0] for finding in findings if finding.grade == "hint"] == [
        "Die Schlüssel kommen über 127.0.0.1",
        "Das Token kommt von 127.0.0.1",
        "Geprüft ist nur dieser Rechner (127.0.0.1).",
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"CLIENT_SECRET": "another"}, "AADSTS7000215). Das Client-Secret ist falsch."),
        ({"APP_ID": "00000000-0000-4000-8000-000000000000"}, "AADSTS700016). Der Mandant kennt keine App"),
        ({"TENANT_ID": "00000000-0000-4000-8000-000000000000"}, "Diesen Mandanten gibt es in dieser Cloud nicht"),
        ({"CLOUD": "us_government"}, "nicht das dieser Cloud"),
        ({"CLIENT_SECRET": ""}, "LOTSE_TEAMS_CLIENT_SECRET setzen"),
        ({"APP_ID": "x"}, "LOTSE_TEAMS_APP_ID: ist keine gültige App-ID"),
        ({"ALLOWED_HOSTS": "smba.trafficmanager.net"}, "den allowed_hosts nicht nennt"),
        ({"TENANT_ID": "behoerde.onmicrosoft.com"}, "nicht bekannt, wessen Beschäftigte fragen dürfen"),
        ({"SECRET_EXPIRES": "2020-01-02"}, "ist am 02.01.2020 abgelaufen"),
        (
            {"CLIENT_SECRET": "", "PRIVATE_KEY_FILE": "missing.pem", "CERTIFICATE_THUMBPRINT": "0" * 40},
            "missing.pem gibt es nicht",
        ),
        ({"CLIENT_SECRET": "", "FEDERATED_TOKEN_FILE": "missing.token"}, "missing.token gibt es nicht"),
        ({"FEDERATED_TOKEN_FILE": "token"}, "LOTSE_TEAMS_FEDERATED_TOKEN_FILE: zusammen mit client_secret gesetzt"),
    ],
)
async def test_a_wrong_setting_is_found(
    azure: FakeAzure, home: Path, lotse: str, changes: dict[str, str], said: str
) -> None:
    found = faults(await examined(home, lotse, azure.environment(**changes)))
    assert said in found
    assert "the secret of the fake" not in found


async def test_a_federated_credential_is_tried(azure: FakeAzure, home: Path, lotse: str, tmp_path: Path) -> None:
    trust = Trust("https://kubernetes.example/", "system:serviceaccount:lotse:rasa")
    (tmp_path / "token").write_text(trust.token())
    variables = azure.environment(CLIENT_SECRET="", FEDERATED_TOKEN_FILE=str(tmp_path / "token"))
    assert "AADSTS70021). Die App vertraut keinem solchen Token." in faults(await examined(home, lotse, variables))
    azure.login.trust = trust
    found = await examined(home, lotse, variables)
    azure.login.trust = None
    assert faults(found) == ""
    assert not [finding for finding in found if "SECRET_EXPIRES" in finding.remedy], "nothing of it runs out"


@pytest.mark.parametrize(
    ("part", "fault", "said"),
    [
        ("metadata", Fault(200, body="<html>Anmeldung</html>"), "OpenID-Dokument kam nicht (HTTP 200)"),
        ("metadata", Fault(), "127.0.0.1 ist nicht erreichbar (ServerDisconnectedError)"),
        ("keys", Fault(502), "Schlüssel kamen nicht oder sind unbrauchbar (HTTP 502)"),
        ("keys", Fault(200, body='{"keys": []}'), "Schlüssel kamen nicht oder sind unbrauchbar"),
        ("token", Fault(503), "Microsofts Anmeldung ist nicht verfügbar (HTTP 503)."),
        ("token", Fault(), "Microsofts Anmeldung ist nicht erreichbar ("),
    ],
)
async def test_what_microsoft_does_not_give_is_found(
    azure: FakeAzure, home: Path, lotse: str, part: str, fault: Fault, said: str
) -> None:
    azure.fail(part, fault)
    assert said in faults(await examined(home, lotse, azure.environment()))


async def test_keys_that_are_not_for_teams_are_found(home: Path, lotse: str) -> None:
    with FakeAzure() as azure:
        azure.signer.publish("key-1", ["webchat"])
        assert "für Teams bestimmt" in faults(await examined(home, lotse, azure.environment()))


@pytest.mark.parametrize(("off", "grade"), [(30, "good"), (-90, "hint"), (400, "fault"), (-4000, "fault")])
async def test_the_clock_is_held_to_microsofts(
    azure: FakeAzure, home: Path, lotse: str, off: float, grade: str
) -> None:
    doctor = Doctor(home, lotse, azure.environment(), clock=lambda: time.time() + off)
    [finding] = [finding for finding in await doctor.examine() if "Uhr" in finding.text]
    assert finding.grade == grade
    assert ("nach" in finding.text) == (off < 0)


async def test_a_channel_that_runs_with_other_settings_is_found(azure: FakeAzure, home: Path) -> None:
    for settings, ready, said in (
        (read_settings(None, {}), True, "kennt die Einstellungen für Teams nicht"),
        (azure.settings(TENANT_ID=""), True, "Der Mandant fehlt. LOTSE_TEAMS_TENANT_ID setzen"),
        (azure.settings(), False, "hat kein Modell geladen"),
    ):
        async with running(settings, ready) as server:
            assert said in faults(await examined(home, address(server), azure.environment()))


async def test_a_channel_that_does_not_run_is_found(azure: FakeAzure, home: Path) -> None:
    async with running(azure.settings()) as server:
        gone = address(server)
    found = faults(await examined(home, gone, azure.environment()))
    assert "127.0.0.1 ist nicht erreichbar" in found
    assert "Läuft ./lotse up" in found


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (404, "Not found", ("gibt es keinen Teams-Kanal", "gibt es nicht (HTTP 404)")),
        (200, "<html>Bitte anmelden</html>", ("antwortet etwas anderes", "einem Unbekannten mit HTTP 200")),
        (200, '{"ready": true}', ("antwortet etwas anderes", "einem Unbekannten mit HTTP 200")),
        (302, "", ("antwortet etwas anderes", "einem Unbekannten mit HTTP 302")),
    ],
)
async def test_a_proxy_that_answers_itself_is_found(
    azure: FakeAzure, home: Path, status: int, body: str, said: tuple[str, str]
) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, text=body)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server:
        found = faults(await examined(home, address(server), azure.environment()))
    assert all(part in found for part in said)


async def test_nothing_set_up_is_said_without_asking_anybody(home: Path) -> None:
    findings = await examined(home, "http://127.0.0.1:9", {})
    assert faults(findings).startswith("Teams ist nicht eingerichtet")
    assert len(findings) == 2
    assert (findings[1].grade, "press_office" in findings[1].text) == ("hint", True)
    assert "nicht eingerichtet" in findings[1].text


async def test_a_domain_logs_in_and_still_nobody_may_ask(azure: FakeAzure, home: Path, lotse: str) -> None:
    findings = await examined(home, lotse, azure.environment(TENANT_ID="behoerde.onmicrosoft.com"))
    # The fake knows its tenant by the id only; that the login was asked is what matters.
    assert "Diesen Mandanten gibt es in dieser Cloud nicht" in faults(findings)
    assert faults(findings).count("wessen Beschäftigte fragen dürfen") == 1


async def test_a_closed_channel_is_found(azure: FakeAzure, home: Path, lotse: str) -> None:
    (home / "credentials.yml").write_text("lotse.channels.rest.RestInput:\n", encoding="utf-8")
    assert "in credentials.yml nicht geöffnet" in faults(await examined(home, lotse, azure.environment()))
    (home / "credentials.yml").unlink()
    assert "kein lesbares YAML" in faults(await examined(home, lotse, azure.environment()))


async def test_settings_may_stand_in_the_file_with_variables(azure: FakeAzure, home: Path, lotse: str) -> None:
    variables = azure.environment()
    variables["SECRET_OF_THE_BOT"] = variables.pop("LOTSE_TEAMS_CLIENT_SECRET")
    text = SECTION + "  client_secret: ${SECRET_OF_THE_BOT}\n  allowed_hosts: ['127.0.0.1']\n"
    (home / "credentials.yml").write_text(text, encoding="utf-8")
    assert faults(await examined(home, lotse, variables)) == ""


def test_the_command_ends_with_its_verdict_and_without_a_stack_trace(home: Path, azure: FakeAzure) -> None:
    for name in ("config.yml", "domain.yml"):
        (home / name).touch()
    # Port 9 discards; nobody listens there.
    nowhere = {"METADATA_URL": "http://127.0.0.1:9/x", "LOGIN_URL": "http://127.0.0.1:9"}
    variables = {**os.environ, **azure.environment(**nowhere), "LOTSE_HOME": str(home)}
    command = [sys.executable, "-m", "lotse.cli", "teams", "doctor", "--url", "http://127.0.0.1:9/teams/messages"]
    ended = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stdout.count("[Fehler]") == 4
    assert "Teams funktioniert so nicht" in ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr
    assert "Unclosed" not in ended.stderr
    command[-1] = "http://lotse.example.org"
    ended = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "https://" in ended.stderr
