"""Who applies the patches of Rasa, and who does not.

Patches cannot be undone, so each case has a process of its own: a fork of one that has imported everything.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
LOOK = """
from rasa.core.processor import MessageProcessor
masked = lambda: MessageProcessor._handle_message_with_tracker.__module__ == "lotse.rasa_adapter.patches"
"""
IMPORT_ALL = """
import importlib, pkgutil, lotse
names = [m.name for m in pkgutil.walk_packages(lotse.__path__, "lotse.") if not m.name.endswith("__main__")]
assert "lotse.rasa_adapter.patches" in names and "lotse.nlu.german_language" in names
for name in names:
    # What tunes the encoder needs packages of its own, which no server has.
    if not name.startswith("lotse.encoder.tuning."):
        importlib.import_module(name)
assert not masked(), "an import has patched Rasa"
"""
MAKERS = {
    "the REST channel": "from lotse.channels.rest import RestInput as C; C.from_credentials({})",
    "the web channel": "from lotse.channels.web.channel import WebInput as C; C.from_credentials({})",
    "the Teams channel": "from lotse.channels.teams.channel import TeamsInput as C; C.from_credentials({})",
    "the tracker store": """
from rasa.shared.core.domain import Domain
from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore
ForgettingTrackerStore(Domain.empty(), db="conversations.db")
""",
    "a model that is loaded": """
from lotse.nlu.german_language import GermanLanguage
GermanLanguage.load(GermanLanguage.get_default_config(), None, None, None)
""",
}
SERVICE = """
from types import SimpleNamespace
from lotse.conversation.service import ConversationService
from lotse.rasa_adapter import patches
from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore
store = ForgettingTrackerStore.__new__(ForgettingTrackerStore)
agent = SimpleNamespace(is_ready=lambda: True, tracker_store=store)
service = ConversationService(lambda: agent, "web", {}, b"")
assert not service.ready()
patches.apply()
assert service.ready()
"""
PARSED_ONCE = """
from collections import Counter
from lotse.content import loading
parsed, original = Counter(), loading.parse_yaml
def counted(path, text):
    parsed[path] += 1
    return original(path, text)
loading.parse_yaml = counted
from lotse.channels.rest import RestInput
from lotse.channels.teams.channel import TeamsInput
from lotse.channels.web.channel import WebInput
from lotse.nlu.german_language import GermanLanguage
RestInput(); WebInput(); TeamsInput(); GermanLanguage.load(GermanLanguage.get_default_config(), None, None, None)
assert len(parsed) > 40, parsed
assert set(parsed.values()) == {1}, parsed.most_common(3)
"""


CASES = {**MAKERS, "the service": SERVICE, "the content": PARSED_ONCE}
# Prints what went wrong in each case, nothing where nothing did.
RUN_ALL = """
import json, os, sys, traceback
failures = {}
for name, script in json.load(sys.stdin).items():
    read, write = os.pipe()
    if os.fork() == 0:
        try:
            assert not masked()
            exec(script, {})
            assert masked(), "Rasa is not patched"
        except BaseException:
            os.write(write, traceback.format_exc().encode()[-4000:])
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        failures[name] = pipe.read()
    os.wait()
print(json.dumps(failures))
"""


@pytest.fixture(scope="module")
def failures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """By case what went wrong in it; fails if the imports alone have patched something."""
    environment = {**os.environ, "LOTSE_HOME": str(HOME), "LOTSE_SECRET_KEY": "k" * 32, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [sys.executable, "-c", LOOK + IMPORT_ALL + RUN_ALL],
        cwd=tmp_path_factory.mktemp("patches"),
        env=environment,
        input=json.dumps(CASES),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_importing_every_module_patches_nothing(failures: dict[str, str]) -> None:
    assert failures.keys() == CASES.keys()


@pytest.mark.parametrize("maker", MAKERS)
def test_whatever_lets_messages_in_applies_the_patches(maker: str, failures: dict[str, str]) -> None:
    assert failures[maker] == ""


def test_the_conversations_are_not_ready_before_the_patches_are_applied(failures: dict[str, str]) -> None:
    assert failures["the service"] == ""


def test_all_channels_and_a_loaded_model_parse_every_content_file_once(failures: dict[str, str]) -> None:
    assert failures["the content"] == ""
