"""Patches of Rasa 3.6.21's own behaviour, all in one place. docs/adr/0004 says why and when each can go.

`apply` is called where one of our channels, the tracker store or the first graph component is made, so they hold for
`rasa run`, `rasa shell`, `rasa test` and our own commands alike; importing a module changes nothing. Each is
idempotent; `tests/rasa_adapter/test_patches.py` fails when Rasa changes underneath.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import rasa
import rasa.core.actions.action as rasa_action
import rasa.core.tracker_store as rasa_tracker_store
import rasa.utils.endpoints as rasa_endpoints
from rasa.core.brokers.broker import EventBroker
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import FailSafeTrackerStore, TrackerStore
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.shared.exceptions import RasaException
from rasa.shared.utils.common import class_from_module_path
from rasa.utils.endpoints import EndpointConfig

from lotse import paths
from lotse.answering.check_payloads import START
from lotse.answering.drafts import parsed_draft
from lotse.answering.failures import failure_answer
from lotse.answering.input_gate import gate, question_before
from lotse.answering.language import choose_language, spoken_or_original
from lotse.answering.memory import Memory
from lotse.answering.question import QUESTION_BEFORE, ParsedMessage, Question, unread_message
from lotse.answering.settings import Settings, load_settings
from lotse.content import languages
from lotse.content.wording import Wording, load_wording
from lotse.rasa_adapter import sanic_patches
from lotse.rasa_adapter.model_archive import unpack
from lotse.rasa_adapter.names import MEMORY_SLOT, PROBLEM_INTENT, SHELL_CHANNEL

logger = logging.getLogger(__name__)

_applied = False


def apply() -> None:
    """Apply every patch once.

    Raises:
        ContentError: the wording or the settings cannot be read; the next call tries again.
    """
    global _applied
    if _applied:
        return
    settings = load_settings(paths.data())
    wordings = {language: load_wording(paths.data(), language) for language in languages(paths.data())}
    _applied = True
    sanic_patches.apply()
    _unpack_models_safely()
    _validate_action_results_with_a_compiled_schema()
    _send_only_the_turn()
    _bound_the_action_time(settings.action_timeout_seconds)
    _gate_every_message(settings)
    _never_stay_silent(settings, wordings)
    _tell_of_a_failing_store()
    _require_the_tracker_store_that_is_named()


def applied() -> bool:
    """Whether the patches are applied in this process."""
    return _applied


def memory_of(tracker: DialogueStateTracker) -> Memory:
    """The conversation's memory."""
    return Memory.read(tracker.get_slot(MEMORY_SLOT))


def _unpack_models_safely() -> None:
    """Rasa unpacks links in a model archive if they lead into the working directory, and later members through them.

    TarSafe compares with the working directory, the project, instead of the folder that is unpacked to: an archive
    could replace the project's code. There is no limit of size either.

    Upstream: LocalModelStorage._extract_archive_to_directory, no issue known. Goes when Rasa extracts with Python's
    own filter (PEP 706) and a limit.
    """

    def extract(model_archive_path: str | Path, temporary_directory: Path) -> None:
        # Windows takes long paths only with this prefix, as in the original.
        prefix = "\\\\?\\" if sys.platform == "win32" else ""
        unpack(Path(model_archive_path), Path(f"{prefix}{temporary_directory}"))
        LocalModelStorage._assert_not_rasa2_archive(temporary_directory)

    LocalModelStorage._extract_archive_to_directory = staticmethod(extract)


def _validate_action_results_with_a_compiled_schema() -> None:
    """Rasa checks the schema itself anew on every turn: about 20 of 37 ms of a turn with a custom action.

    Upstream: `jsonschema.validate` in RemoteAction._validate_action_result, no issue known. Goes when that compiles the
    schema once.
    """
    validator = jsonschema.Draft7Validator(rasa_action.RemoteAction.action_response_format_spec())

    def validate(self: Any, result: dict[str, Any]) -> bool:
        validator.validate(result)
        return True

    rasa_action.RemoteAction._validate_action_result = validate


def _send_only_the_turn() -> None:
    """Rasa sends all events of a conversation to the action server on every turn, megabytes after some hundred turns.

    Upstream: RasaHQ/rasa#6334 and #3011 (closed, not fixed); RemoteAction._action_call_format. Goes when endpoints.yml
    can bound what is sent.
    """

    def call_format(self: Any, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
        state = tracker.current_state(EventVerbosity.NONE)
        events = list(tracker.events)
        start = next((n for n in range(len(events) - 1, -1, -1) if isinstance(events[n], UserUttered)), 0)
        state["events"] = [event.as_dict() for event in events[start:]]
        call = {
            "next_action": self._name,
            "sender_id": tracker.sender_id,
            "tracker": state,
            "version": rasa.__version__,
        }
        if not self._is_selective_domain_enabled() or domain.does_custom_action_explicitly_need_domain(self.name()):
            call["domain"] = domain.as_dict()
        return call

    rasa_action.RemoteAction._action_call_format = call_format


def _bound_the_action_time(seconds: float) -> None:
    """A hung action server blocks a conversation for 300 s, a constant no setting reaches.

    Upstream: RasaHQ/rasa#9789 and #10764 (closed, not fixed). Goes when endpoints.yml takes a timeout.
    """
    rasa_action.DEFAULT_REQUEST_TIMEOUT = seconds
    rasa_endpoints.DEFAULT_REQUEST_TIMEOUT = seconds


def _gate_every_message(settings: Settings) -> None:
    """Rasa executes any typed “/intent” or “/restart” and reads messages of any length on the event loop.

    Upstream: by design since RasaHQ/rasa#1928 (payloads of buttons). Goes when Rasa separates typed text from payloads.
    """
    original, drafts = MessageProcessor._handle_message_with_tracker, settings.draft_reader

    async def handle(self: MessageProcessor, message: UserMessage, tracker: DialogueStateTracker) -> None:
        memory = memory_of(tracker)
        passed = gate(message.text, memory, settings.max_characters, settings.words.picks, drafts)
        message.text = passed.text
        if passed.problem:
            logger.warning("A message was not understood: %s (%d characters).", passed.problem, len(passed.text))
            message.parse_data = unread_message(passed.text, passed.problem, PROBLEM_INTENT)
        elif passed.draft:
            # Understood, but neither stored nor logged: `parse_message` writes every text to the log of level DEBUG.
            parsed = self._parse_message_with_graph(UserMessage(passed.draft.masked.lstrip("/")), tracker)
            facets = settings.drafts.facets
            message.parse_data = parsed_draft(passed.text, passed.draft, parsed, facets, START)
        elif before := question_before(passed, memory):
            # The question goes to the components only: what a message came with is stored with it.
            read = UserMessage(passed.text, metadata={**(message.metadata or {}), QUESTION_BEFORE: before})
            message.parse_data = await self.parse_message(read, tracker)
        await original(self, message, tracker)

    MessageProcessor._handle_message_with_tracker = handle


def _never_stay_silent(settings: Settings, wordings: Mapping[str, Wording]) -> None:
    """With the action server down or slow, Rasa logs an error and says nothing at all.

    The sentence comes in the language the answer would have had.

    Upstream: RasaHQ/rasa#7630 (open) and #5588; MessageProcessor._run_action swallows the exception. Goes when a failed
    action can have a response.
    """
    original = MessageProcessor._run_prediction_loop

    async def run(self: MessageProcessor, output_channel: OutputChannel, tracker: DialogueStateTracker) -> None:
        try:
            await original(self, output_channel, tracker)
        except Exception:
            logger.exception("A turn failed. The person is told so, the conversation goes on.")
        if not _has_spoken(tracker):
            logger.error("The assistant had no answer: is the action server of endpoints.yml running?")
            latest = tracker.latest_message
            parse: ParsedMessage = latest.parse_data if latest and latest.parse_data else {}
            question = Question.from_parse(parse, memory_of(tracker))
            memory = choose_language(question, settings, list(wordings)).memory
            language = spoken_or_original(memory.language, wordings)
            answer = failure_answer(wordings[language], language)
            data = {} if tracker.get_latest_input_channel() == SHELL_CHANNEL else {"custom": answer.payload()}
            event = BotUttered(answer.short, data)
            tracker.update_with_events([event, ActionExecuted("action_listen")], self.domain)
            await output_channel.send_response(tracker.sender_id, event.message())

    MessageProcessor._run_prediction_loop = run


def _tell_of_a_failing_store() -> None:
    """Rasa answers from an empty store in memory while the tracker store fails, and says “deleted” of what was not.

    With the error passed on, a turn whose state cannot be read or stored fails, and its channel says so.

    Upstream: by design, FailSafeTrackerStore, and Agent always wraps the store in it. Goes when the fallback can be
    turned off.
    """

    def pass_on(self: FailSafeTrackerStore, error: Exception) -> None:
        raise error

    FailSafeTrackerStore.on_tracker_store_error = pass_on
    FailSafeTrackerStore.on_tracker_store_retrieve_error = pass_on


def _require_the_tracker_store_that_is_named() -> None:
    """Rasa replaces a tracker store whose class it does not find by one in memory, with a warning only.

    Conversations would be lost at the next start, and what is in the database would be neither read nor deleted.

    Upstream: _load_from_module_name_in_endpoint_config of rasa.core.tracker_store, by design. Goes when Rasa stops.
    """

    def load(domain: Domain, store: EndpointConfig, event_broker: EventBroker | None = None) -> TrackerStore:
        try:
            found = class_from_module_path(store.type)
        except (AttributeError, ImportError) as error:
            raise RasaException(
                f"endpoints.yml, tracker_store: there is no class {store.type} ({error}). docs/operators.md names the "
                "tracker store; CHANGELOG.md names classes that have moved."
            ) from None
        return found(host=store.url, domain=domain, event_broker=event_broker, **store.kwargs)

    rasa_tracker_store._load_from_module_name_in_endpoint_config = load


def _has_spoken(tracker: DialogueStateTracker) -> bool:
    for event in reversed(tracker.events):
        if isinstance(event, BotUttered):
            return True
        if isinstance(event, UserUttered):
            return False
    return True


__all__ = ["applied", "apply", "memory_of"]
