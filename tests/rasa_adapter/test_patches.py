"""The patches of Rasa hold, and this fails when Rasa changes underneath them (docs/adr/0004)."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import io
import tarfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import jsonschema
import pytest

from lotse.errors import OperationError

HOME = Path(__file__).parents[2]


def pristine(module: str) -> ast.Module:
    """A module of Rasa as it is on disk, whatever has been patched in memory."""
    spec = importlib.util.find_spec(module)
    assert spec and spec.origin, f"Rasa has no module {module} any more"
    return ast.parse(Path(spec.origin).read_text(encoding="utf-8"))


def method(module: str, owner: str, name: str) -> ast.FunctionDef | ast.AsyncFunctionDef:
    for node in pristine(module).body:
        if isinstance(node, ast.ClassDef) and node.name == owner:
            for item in node.body:
                if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef) and item.name == name:
                    return item
    pytest.fail(f"Rasa has no {module}.{owner}.{name} any more: see docs/adr/0004")


@pytest.fixture(scope="module")
def repairs() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOTSE_HOME", str(HOME))
        from lotse.rasa_adapter import patches

        patches.apply()
        yield patches


HOME_OF_ARCHIVES = ("rasa.engine.storage.local_model_storage", "LocalModelStorage", "_extract_archive_to_directory")


def patched() -> dict[str, Any]:
    import rasa.core.actions.action as action
    import rasa.utils.endpoints as endpoints
    from rasa.core.processor import MessageProcessor
    from rasa.engine.storage.local_model_storage import LocalModelStorage

    return {
        "extract": LocalModelStorage._extract_archive_to_directory,
        "validate": action.RemoteAction._validate_action_result,
        "call": action.RemoteAction._action_call_format,
        "handle": MessageProcessor._handle_message_with_tracker,
        "loop": MessageProcessor._run_prediction_loop,
        "action timeout": action.DEFAULT_REQUEST_TIMEOUT,
        "endpoint timeout": endpoints.DEFAULT_REQUEST_TIMEOUT,
    }


@pytest.mark.parametrize(
    ("module", "owner", "name", "arguments", "is_async"),
    [
        ("rasa.core.processor", "MessageProcessor", "_handle_message_with_tracker", ["message", "tracker"], True),
        ("rasa.core.processor", "MessageProcessor", "_run_prediction_loop", ["output_channel", "tracker"], True),
        ("rasa.core.actions.action", "RemoteAction", "_validate_action_result", ["result"], False),
        ("rasa.core.actions.action", "RemoteAction", "_action_call_format", ["tracker", "domain"], False),
        ("rasa.core.tracker_store", "FailSafeTrackerStore", "on_tracker_store_error", ["error"], False),
        ("rasa.core.tracker_store", "FailSafeTrackerStore", "on_tracker_store_retrieve_error", ["error"], False),
    ],
)
def test_what_is_patched_is_still_there(
    module: str, owner: str, name: str, arguments: list[str], is_async: bool
) -> None:
    function = method(module, owner, name)
    assert [argument.arg for argument in function.args.args] == ["self", *arguments]
    assert not function.args.kwonlyargs and not function.args.vararg and not function.args.kwarg
    assert isinstance(function, ast.AsyncFunctionDef) == is_async


def test_the_replacements_take_the_same_arguments(repairs: ModuleType) -> None:
    now = patched()
    for key, module, owner, name in (
        ("handle", "rasa.core.processor", "MessageProcessor", "_handle_message_with_tracker"),
        ("loop", "rasa.core.processor", "MessageProcessor", "_run_prediction_loop"),
        ("validate", "rasa.core.actions.action", "RemoteAction", "_validate_action_result"),
        ("call", "rasa.core.actions.action", "RemoteAction", "_action_call_format"),
    ):
        function = method(module, owner, name)
        assert now[key].__module__ == repairs.__name__
        assert list(inspect.signature(now[key]).parameters) == [argument.arg for argument in function.args.args]
        assert inspect.iscoroutinefunction(now[key]) == isinstance(function, ast.AsyncFunctionDef)


@pytest.mark.parametrize("module", ["rasa.core.actions.action", "rasa.utils.endpoints"])
def test_the_timeout_is_still_a_name_of_the_module(module: str) -> None:
    tree = pristine(module)
    imported = {
        alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names if not alias.asname
    }
    assert "DEFAULT_REQUEST_TIMEOUT" in imported
    used = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "DEFAULT_REQUEST_TIMEOUT"]
    assert used


def test_the_schema_is_still_a_function_of_the_class() -> None:
    function = method("rasa.core.actions.action", "RemoteAction", "action_response_format_spec")
    assert function.args.args == []
    assert [ast.unparse(item) for item in function.decorator_list] == ["staticmethod"]


def test_a_parse_made_before_still_stops_rasa_from_parsing() -> None:
    # The gate relies on it: a stopped message is never executed as a command.
    first = method("rasa.core.processor", "MessageProcessor", "_handle_message_with_tracker").body[0]
    assert isinstance(first, ast.If)
    assert ast.unparse(first.test) == "message.parse_data"


def test_the_prediction_loop_still_swallows_a_failed_action() -> None:
    names = {node.attr for node in ast.walk(method("rasa.core.processor", "MessageProcessor", "_run_action"))
             if isinstance(node, ast.Attribute)}  # fmt: skip
    assert "exception" in names or "error" in names


def test_archives_are_still_unpacked_in_one_place() -> None:
    function = method(*HOME_OF_ARCHIVES)
    assert [argument.arg for argument in function.args.args] == ["model_archive_path", "temporary_directory"]
    assert [ast.unparse(item) for item in function.decorator_list] == ["staticmethod"]
    calls = [node for node in ast.walk(pristine(HOME_OF_ARCHIVES[0])) if isinstance(node, ast.Call)]
    assert [ast.unparse(call.func) for call in calls if "extractall" in ast.unparse(call.func)] == [
        "tar.extractall"
    ] * 2


def test_a_link_in_a_model_reaches_no_file_of_the_project(
    repairs: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rasa.engine.storage.local_model_storage import LocalModelStorage

    (tmp_path / "code.py").write_text("good", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    link, through = tarfile.TarInfo("l"), tarfile.TarInfo("l/code.py")
    link.type, link.linkname, through.size = tarfile.SYMTYPE, str(tmp_path), 4
    with tarfile.open("model.tar.gz", "w:gz") as archive:
        archive.addfile(link)
        archive.addfile(through, io.BytesIO(b"evil"))
    (tmp_path / "storage").mkdir()
    ways: list[Callable[[], object]] = [
        lambda: LocalModelStorage.from_model_archive(tmp_path / "storage", "model.tar.gz"),
        lambda: LocalModelStorage.metadata_from_archive("model.tar.gz"),
    ]
    for load in ways:
        with pytest.raises(OperationError, match=r"model\.tar\.gz.*„l“.*\./lotse train --force"):
            load()
    assert (tmp_path / "code.py").read_text(encoding="utf-8") == "good"


def test_a_model_that_rasa_has_packed_is_unpacked(repairs: ModuleType, tmp_path: Path) -> None:
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from tarsafe import TarSafe

    (tmp_path / "packed" / "components" / "ranker").mkdir(parents=True)
    (tmp_path / "packed" / "components" / "ranker" / "x.json").write_text("{}", encoding="utf-8")
    # As LocalModelStorage.create_model_package does it.
    with TarSafe.open(tmp_path / "model.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "packed", arcname="")
    (tmp_path / "unpacked").mkdir()
    LocalModelStorage._extract_archive_to_directory(str(tmp_path / "model.tar.gz"), tmp_path / "unpacked")
    assert (tmp_path / "unpacked" / "components" / "ranker" / "x.json").read_text(encoding="utf-8") == "{}"


def test_repairing_twice_changes_nothing(repairs: ModuleType) -> None:
    before = patched()
    repairs.apply()
    assert patched() == before


def test_the_time_of_an_action_is_the_setting(repairs: ModuleType) -> None:
    from lotse.answering import load_settings

    seconds = load_settings(HOME / "data").action_timeout_seconds
    assert (patched()["action timeout"], patched()["endpoint timeout"]) == (seconds, seconds)


def test_results_of_actions_are_still_checked(repairs: ModuleType) -> None:
    validate = patched()["validate"]
    assert validate(None, {"events": [], "responses": []}) is True
    assert validate(None, {"events": [{"event": "slot", "name": "memory", "value": {}}], "responses": [{}]}) is True
    not_results: list[object] = [{"events": 5}, {"responses": "x"}, []]
    for wrong in not_results:
        with pytest.raises(jsonschema.ValidationError):
            validate(None, wrong)


@pytest.mark.parametrize("slot", [None, "rubbish", 5, [1], [[1, 2]], {"topic": []}, {"offered": [{"label": "x"}]}])
def test_an_unreadable_memory_is_an_empty_one(repairs: ModuleType, slot: Any) -> None:
    tracker = SimpleNamespace(get_slot=lambda name: slot)
    assert repairs.memory_of(tracker).topic is None


def test_a_readable_memory_is_kept(repairs: ModuleType) -> None:
    tracker = SimpleNamespace(get_slot=lambda name: {"topic": "blocking"} if name == "memory" else None)
    assert repairs.memory_of(tracker).topic == "blocking"


def test_the_action_server_gets_the_last_turn_only(repairs: ModuleType) -> None:
    from rasa.core.actions.action import RemoteAction
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
    from rasa.shared.core.trackers import DialogueStateTracker
    from rasa.utils.endpoints import EndpointConfig

    events = []
    for turn in range(50):
        slot = SlotSet("memory", {"turn": turn})
        events += [UserUttered(f"Frage {turn}", input_channel="rest"), ActionExecuted("x"), slot, BotUttered("…")]
    domain = Domain.from_dict(
        {"slots": {"memory": {"type": "any", "mappings": [{"type": "custom"}]}}, "actions": ["x"]}
    )
    tracker = DialogueStateTracker.from_events("someone", events, domain.slots)
    tracker.update(UserUttered("Frage 50", input_channel="rest"))
    action = RemoteAction("x", EndpointConfig("http://127.0.0.1", enable_selective_domain=True))
    call = action._action_call_format(tracker, domain)
    assert [event["event"] for event in call["tracker"]["events"]] == ["user"]
    assert call["tracker"]["latest_message"]["text"] == "Frage 50"
    assert call["tracker"]["slots"]["memory"] == {"turn": 49}
    assert call["tracker"]["latest_input_channel"] == "rest"
    assert (call["sender_id"], call["next_action"], "domain" in call) == ("someone", "x", False)


def test_rasa_still_sends_everything_by_itself() -> None:
    # When this fails, the repair can go.
    body = ast.unparse(method("rasa.core.actions.action", "RemoteAction", "_action_call_format"))
    assert "EventVerbosity.ALL" in body


async def test_a_failing_store_is_never_replaced_by_an_empty_one(repairs: ModuleType) -> None:
    from rasa.core.agent import Agent
    from rasa.core.tracker_store import TrackerStore
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.trackers import DialogueStateTracker

    class Failing(TrackerStore):  # type: ignore[misc]  # untyped, as all of Rasa
        async def save(self, tracker: DialogueStateTracker) -> None:
            raise OSError("disk is full")

        async def retrieve(self, sender_id: str) -> None:
            raise OSError("disk is gone")

    store = Agent(domain=Domain.empty(), tracker_store=Failing(Domain.empty())).tracker_store
    with pytest.raises(OSError, match="full"):
        await store.save(DialogueStateTracker("someone", []))
    with pytest.raises(OSError, match="gone"):
        await store.retrieve("someone")
    with pytest.raises(OSError, match="gone"):
        await store.retrieve_full_tracker("someone")


@pytest.mark.parametrize("path", ["lotse.operations.tracker_store.ForgettingTrackerStore", "lotse.NoSuchStore"])
@pytest.mark.filterwarnings("ignore:Tracker store with type")
def test_a_tracker_store_that_is_not_there_stops_the_start_and_is_not_replaced_by_memory(
    repairs: Any, path: str
) -> None:
    from rasa.core.tracker_store import TrackerStore
    from rasa.shared.exceptions import RasaException
    from rasa.utils.endpoints import EndpointConfig

    with pytest.raises(RasaException, match=path):
        TrackerStore.create(EndpointConfig(type=path))
