"""A channel's section: wrong settings and moved class paths stop the start with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.core.channels.channel import InputChannel
from rasa.shared.exceptions import RasaException

from lotse.channels.credentials import require_mapping
from lotse.channels.rest import RestInput
from lotse.channels.teams.channel import TeamsInput
from lotse.channels.web.channel import WebInput
from lotse.errors import SettingsError

CHANNELS: list[type[InputChannel]] = [RestInput, WebInput, TeamsInput]
STORE = "lotse.operations.tracker_store.ForgettingTrackerStore"


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_moved_class_path_stops_a_plain_start_of_rasa(
    channel: type[InputChannel], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "endpoints.yml").write_text(f"tracker_store:\n  type: {STORE}\n", encoding="utf-8")
    monkeypatch.setenv("LOTSE_HOME", str(tmp_path))
    with pytest.raises(RasaException, match=r"endpoints\.yml:2.*lotse\.rasa_adapter\.tracker_store"):
        channel.from_credentials({})


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("section", [{"unheard_of": 1}, ["list"], "text"])
def test_wrong_settings_stop_a_plain_start_of_rasa(channel: type[InputChannel], section: object) -> None:
    with pytest.raises(RasaException, match=r"credentials\.yml"):
        channel.from_credentials(section)


def test_a_section_without_settings_is_empty() -> None:
    assert require_mapping(None, "name") == {}


def test_a_section_that_is_no_mapping_is_quoted() -> None:
    with pytest.raises(SettingsError, match=r"name.*yes"):
        require_mapping("yes", "name")
