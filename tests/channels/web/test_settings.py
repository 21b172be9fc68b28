"""Settings of the web chat."""

from __future__ import annotations

from typing import Any

import pytest

from lotse.channels.web.settings import read_settings
from lotse.errors import SettingsError


@pytest.mark.usefixtures("english")
def test_the_setting_of_earlier_versions_is_refused_with_what_to_do() -> None:
    with pytest.raises(SettingsError, match=r"feedback_file: is not a setting any more.*Remove it.*operators\.md"):
        read_settings({"feedback_file": ".lotse/feedback.db"})


def test_settings_have_defaults() -> None:
    assert read_settings(None) == read_settings({})
    assert read_settings({"session_hours": "8"}).session_hours == 8


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("setting", "value", "hint"),
    [
        ("allowed_origins", ["*"], "without a path or \\*"),
        ("allowed_origins", ["https://a.example/"], "without a path"),
        ("allowed_origins", ["javascript:x"], "is not a valid origin"),
        ("allowed_origins", ["https://a.example\n; script-src *"], "is not a valid origin"),
        ("allowed_origins", "https://a.example", "list"),
        ("session_hours", 0, "greater than 0"),
        ("max_characters", 20_000, "10000"),
        ("trusted_proxies", -1, "at least 0"),
        ("messages_per_session", "many", "20/minute"),
        ("messages_per_session", "0/minute", "20/minute"),
        ("rate_limit_storage", "disk", "redis://"),
        ("unheard_of", 1, "no such setting"),
    ],
)
def test_a_wrong_setting_is_named_with_file_and_remedy(setting: str, value: Any, hint: str) -> None:
    with pytest.raises(SettingsError, match=f"(?s)credentials.yml.*{setting}.*{hint}.*docs/operators.md"):
        read_settings({setting: value})


def test_a_section_that_holds_no_settings_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"credentials\.yml"):
        read_settings("yes")  # type: ignore[arg-type]
