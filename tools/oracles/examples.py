"""Every kind of activity that the assistant can send to Teams."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

from lotse.answering.answer import Answer, Handover, HandoverOffice
from lotse.answering.check_payloads import start_choice
from lotse.answering.failures import failure_answer
from lotse.answering.question import ParsedMessage, ParsedNeed, picked_message
from lotse.channels.teams.delivery.connector import TYPING
from lotse.channels.teams.delivery.connector_api import Reference, addressed
from lotse.channels.teams.rendering.answer_message import (
    plain_help,
    plain_welcome,
    render_help,
    render_left_check,
    render_messages,
    render_welcome,
)
from lotse.channels.teams.rendering.cards import plain_handover, render_handover_card
from lotse.content.help import KINDS
from lotse.content.wording import Wording
from lotse.conversation.assistant import Assistant
from lotse.rasa_adapter.names import MEMORY_SLOT

Activity = dict[str, Any]
_THREAD = Reference("https://smba.example/teams", "19:a@thread.tacv2;messageid=1", "2", "28:bot")
_ONE = Reference("https://smba.example/teams", "19:a@thread.tacv2;messageid=1", None, "28:bot", only_for="29:person")
_OFFICES = ("hr", "press_office")
_CHAT = "https://lotse.example.org/chat/"
# A check whose result has documents.
_CHECK = "channel"
_LONG = "ein Satz, der lang genug ist, um für sich zu stehen, ohne den davor"
_QUESTION = "Darf ich *das*?\n\nUnd [dies](x)?"


def every_activity(assistant: Assistant) -> Iterator[tuple[str, Activity]]:
    """All kinds of activities in every language, with a name for each, addressed as the connector does it.

    Returns:
        Answers of every kind, each with its cards and its simple form; what is said beside answers; and what an office
        gets.
    """
    yield "typing", addressed(_THREAD, TYPING)
    for name, answer in every_answer(assistant):
        for message in render_messages(answer, assistant.wordings[answer.language]):
            yield name, addressed(_THREAD, message.activity)
            yield f"{name}, simple", addressed(_THREAD, message.simple)
    for language, wording in assistant.wordings.items():
        yield from ((f"{language} {name}", made) for name, made in _beside_answers(assistant, language, wording))


def cards_of(name: str, activity: Activity) -> Iterator[tuple[str, Activity]]:
    """The cards of an activity, each with a name."""
    for attachment in activity.get("attachments", []):
        yield name, attachment["content"]


def every_answer(assistant: Assistant) -> Iterator[tuple[str, Answer]]:
    """Answers of every kind in every language, with a name for each: all outcomes, and every part that one can have."""
    # Only with the address of the web chat do results of checks link to their documents.
    guides = {language: replace(guide, chat_address=_CHAT) for language, guide in assistant.guides.items()}
    told = replace(assistant, guides=guides)
    for language in told.wordings:
        yield from ((f"{language} {name}", answer) for name, answer in _answers(told, language))


def _answers(assistant: Assistant, language: str) -> Iterator[tuple[str, Answer]]:
    talk = _Talk(assistant, language)
    reached: set[str] = set()
    for topic in assistant.guide.topics:
        talk.forget()
        answer = talk.pick(f"/ask_{topic}")
        yield topic, answer
        after = talk.memory
        for choice in answer.follow_ups:
            if _intent(choice.payload) not in reached:
                reached.add(_intent(choice.payload))
                talk.memory = after
                yield f"{topic}, {_intent(choice.payload)}", talk.pick(choice.payload)
    yield from _told_otherwise(talk)
    yield from _check(talk)
    offices = [HandoverOffice(id=name, label=name, deliverable=True, mailto="mailto:?body=x") for name in _OFFICES]
    handover = Handover(question=_QUESTION, subject="Frage", offices=offices)
    yield "form", Answer(outcome="handed_over", short="x", language=language, handover=handover)
    yield "refused", failure_answer(assistant.wordings[language], language, "unknown_payload")


def _told_otherwise(talk: _Talk) -> Iterator[tuple[str, Answer]]:
    """What no button leads to from an answer about a topic."""
    for intent in ("out_of_scope", "greet", "privacy"):
        talk.forget()
        yield intent, talk.say({intent: 0.95})
    talk.forget()
    yield "choices", talk.say({"ask_blocking": 0.2, "ask_likes": 0.19})
    for kind in KINDS:
        talk.forget()
        need: ParsedNeed = {
            "kind": kind,
            "certainty": 0.98,
            "about_other": False,
            "in_passing": False,
            "in_conversation": 1.0,
        }
        yield f"need, {kind}", talk.say({"ask_blocking": 0.1, "ask_likes": 0.09}, need)
    talk.forget()
    talk.pick("/ask_blocking")
    for intent in ("request_sources", "refine", "forget_me"):
        payload = f'/{intent}{{"status": "beamte"}}' if intent == "refine" else f"/{intent}"
        yield intent, talk.pick(payload)


def _check(talk: _Talk) -> Iterator[tuple[str, Answer]]:
    """A guided check from its first question to its result, which has documents."""
    talk.forget()
    answer = talk.pick(start_choice(_CHECK, "x").payload)
    number = 0
    while answer.verdict is None:
        number += 1
        yield f"{_CHECK}, question {number}", answer
        answer = talk.pick(answer.follow_ups[0].payload)
    yield f"{_CHECK}, result", answer


@dataclass
class _Talk:
    """A conversation in one language, turn by turn."""

    assistant: Assistant
    language: str
    memory: object = None

    def forget(self) -> None:
        """Begin anew."""
        self.memory = {"language": self.language, "language_chosen": True}

    def pick(self, payload: str) -> Answer:
        """Press a button."""
        _, brace, rest = payload.partition("{")
        entities = [{"entity": name, "value": value} for name, value in json.loads(brace + rest or "{}").items()]
        return self._turn(cast(ParsedMessage, {**picked_message(payload, _intent(payload)), "entities": entities}))

    def say(self, ranking: dict[str, float], need: ParsedNeed | None = None) -> Answer:
        """Say something that is understood as these intents, the most likely first."""
        ranked = [{"name": intent, "confidence": confidence} for intent, confidence in ranking.items()]
        said = {"text": _LONG, "intent_ranking": ranked, "entities": [], **({"need": need} if need else {})}
        return self._turn(cast(ParsedMessage, said))

    def _turn(self, parse: ParsedMessage) -> Answer:
        turn = self.assistant.turn(parse, self.memory, "teams")
        self.memory = next(event["value"] for event in turn.events if event["name"] == MEMORY_SLOT)
        return turn.answer


def _intent(payload: str) -> str:
    return payload.lstrip("/").split("{")[0]


def _beside_answers(assistant: Assistant, language: str, wording: Wording) -> Iterator[tuple[str, Activity]]:
    greeting = assistant.turn(
        picked_message("/greet", "greet"), {"language": language, "language_chosen": True}, "teams"
    )
    for personal in (True, False):
        name = f"welcome, {'one person' if personal else 'a group'}"
        yield name, addressed(_THREAD, render_welcome(greeting.answer, wording, personal))
        yield f"{name}, simple", addressed(_THREAD, plain_welcome(greeting.answer, wording, personal))
    yield "help", addressed(_THREAD, render_help(wording))
    yield "help, simple", addressed(_THREAD, plain_help(wording))
    yield "left check", addressed(_THREAD, render_left_check(greeting.answer.title or "Lotse", wording))
    refusal = render_messages(failure_answer(wording, language, "unknown_payload"), wording)[0]
    yield "refused, for one person", addressed(_ONE, refusal.activity)
    handed_over = ("Pressestelle", _QUESTION, "Zimmer 12", wording.handover)
    yield "office", render_handover_card(*handed_over)
    yield "office, simple", plain_handover(*handed_over)
