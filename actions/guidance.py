"""The one custom action: answer from the guide."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from lotse.conversation.assistant import Desk


class ActionGuidance(Action):
    """Answers every message that reaches it, from the guide and with its citations."""

    def __init__(self) -> None:
        # Content is read once, when the action server starts: bad content stops the start, not a conversation.
        self.desk = Desk.load()

    def name(self) -> str:
        """Name in the domain."""
        return "action_guidance"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """One answer, one message."""
        turn = self.desk.turn(tracker.latest_message, tracker.get_slot("memory"), tracker.get_latest_input_channel())
        dispatcher.utter_message(text=turn.text, json_message=turn.payload)
        return turn.events
