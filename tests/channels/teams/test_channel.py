"""The channel as the project ships it, and its health report."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import yaml
from rasa.shared.exceptions import RasaException

from lotse import paths
from lotse.channels.teams.channel import TeamsInput, health_report
from lotse.channels.teams.delivery.connector import DeliveryCounts
from lotse.channels.teams.endpoint import WorkQueue
from lotse.channels.teams.settings import SECTION, TeamsSettings, read_settings
from lotse.conversation.assistant import Assistant
from lotse.conversation.handover import Counts as HandoverCounts
from lotse.errors import SettingsError

READY = {
    "LOTSE_TEAMS_APP_ID": "7d0d9f0e-3d1b-4d7e-9b61-2f2b1f6d8c11",
    "LOTSE_TEAMS_TENANT_ID": "0b1ad42e-6f0b-4a51-8f6e-5d5ce2f1a0aa",
    "LOTSE_TEAMS_CLIENT_SECRET": "a secret of these tests",
    "LOTSE_TEAMS_SECRET_EXPIRES": "2027-11-23",
}


def report(settings: TeamsSettings, ready: bool = True) -> tuple[int, dict[str, object]]:
    return health_report(settings, ready, DeliveryCounts(delivered=3, undelivered=1), HandoverCounts(), WorkQueue())


def test_teams_is_listed_and_off_until_it_is_set_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in [name for name in os.environ if name.startswith("LOTSE_TEAMS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LOTSE_SECRET_KEY", "k" * 40)
    listed = yaml.safe_load((paths.home() / "credentials.yml").read_text(encoding="utf-8"))
    channel = TeamsInput.from_credentials(listed[SECTION])
    assert channel.name() == "teams"
    assert channel.url_prefix() == "/teams"
    assert channel.settings.off
    assert report(channel.settings) == (200, {"status": "not set up"})
    assert caplog.text == ""


def test_a_wrong_setting_stops_the_start_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTSE_SECRET_KEY", "k" * 40)
    with pytest.raises(RasaException, match="cloud"):
        TeamsInput.from_credentials({"cloud": "heaven"})


TENANTS = ["0b1ad42e-6f0b-4a51-8f6e-5d5ce2f1a0aa", "1b1ad42e-6f0b-4a51-8f6e-5d5ce2f1a0aa"]


@pytest.mark.parametrize(
    ("section", "tenant"),
    [
        ({"tenant_id": TENANTS[0], "allowed_tenants": TENANTS[1:]}, TENANTS[0]),
        ({"tenant_id": "stadt-beispiel.de", "allowed_tenants": TENANTS[:1]}, TENANTS[0]),
        ({"managed_identity": True, "allowed_tenants": TENANTS[:1]}, TENANTS[0]),
        ({"tenant_id": "stadt-beispiel.de", "allowed_tenants": TENANTS}, None),
        ({"managed_identity": True, "allowed_tenants": TENANTS}, None),
    ],
)
def test_channels_of_offices_work_with_every_tenant_setting_or_stop_the_start(
    monkeypatch: pytest.MonkeyPatch, section: dict[str, Any], tenant: str | None
) -> None:
    for name in [name for name in os.environ if name.startswith("LOTSE_TEAMS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LOTSE_SECRET_KEY", "k" * 40)
    assistant = Assistant.load()
    press = assistant.guide.contacts["press_office"].copy(update={"teams_channel": "19:press@thread.tacv2"})
    guide = replace(assistant.guide, contacts={**assistant.guide.contacts, "press_office": press})
    with_channel = replace(assistant, guides={**assistant.guides, "de": guide})
    monkeypatch.setattr(Assistant, "load", lambda *_: with_channel)
    given = {"app_id": READY["LOTSE_TEAMS_APP_ID"], **section}
    settings = read_settings(given if "managed_identity" in section else {**given, "client_secret": "x"}, {})
    if tenant is None:
        with pytest.raises(SettingsError, match="LOTSE_TEAMS_TENANT_ID"):
            TeamsInput(settings)
    else:
        assert TeamsInput(settings).settings.own_tenant == tenant


def test_the_report_says_what_is_missing() -> None:
    status, content = report(read_settings({"app_id": READY["LOTSE_TEAMS_APP_ID"]}, {}))
    assert (status, content["status"]) == (503, "incomplete")
    # Names of settings, so that a doctor of any language can say them.
    assert content["missing"] == ["tenant_id", "credential"]


def test_the_report_counts_and_tells_when_the_secret_ends() -> None:
    settings = read_settings(None, READY)
    status, content = report(settings)
    assert (status, content["status"], content["secret_expires"]) == (200, "ready", date(2027, 11, 23).isoformat())
    assert content["messages"] == {
        "delivered": 3,
        "undelivered": 1,
        "repeated": 0,
        "simplified": 0,
        "waiting": 0,
        "failed": 0,
    }
    assert READY["LOTSE_TEAMS_CLIENT_SECRET"] not in str(content)
    assert report(settings, ready=False)[0] == 503
