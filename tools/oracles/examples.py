"""Every kind of activity that the assistant can send to Teams."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lotse.answering.answer import Answer, FollowUp, Handover, HandoverOffice
from lotse.answering.failures import failure_answer
from lotse.answering.question import picked_message
from lotse.channels.teams.delivery.addressing import Reference, addressed
from lotse.channels.teams.delivery.connector import TYPING
from lotse.channels.teams.rendering.answer_message import render_help, render_messages, render_welcome
from lotse.channels.teams.rendering.cards import render_handover_card
from lotse.content.wording import Wording
from lotse.conversation.assistant import Assistant
from lotse.rasa_adapter.names import MEMORY_SLOT

Activity = dict[str, Any]
_THREAD = Reference("https://smba.example/teams", "19:a@thread.tacv2;messageid=1", "2", "28:bot")
_ONE = Reference("https://smba.example/teams", "19:a@thread.tacv2;messageid=1", None, "28:bot", only_for="29:person")
_OFFICES = ("hr", "press_office")
_QUESTION = "Darf ich *das*?\n\nUnd [dies](x)?"


def every_activity(assistant: Assistant) -> Iterator[tuple[str, Activity]]:
    """All kinds of activities in every language, with a name for each, addressed as the connector does it.

    Returns:
        The answer to each topic and what its buttons lead to, each with its cards and its simple form; what is said
        beside answers; and what an office gets.
    """
    yield "typing", addressed(_THREAD, TYPING)
    for language, wording in assistant.wordings.items():
        for name, answer in _answers(assistant, language):
            for message in render_messages(answer, wording):
                yield f"{language} {name}", addressed(_THREAD, message.activity)
                yield f"{language} {name}, simple", addressed(_THREAD, message.simple)
        yield from ((f"{language} {name}", made) for name, made in _beside_answers(assistant, language, wording))


def cards_of(name: str, activity: Activity) -> Iterator[tuple[str, Activity]]:
    """The cards of an activity, each with a name."""
    for attachment in activity.get("attachments", []):
        yield name, attachment["content"]


def _answers(assistant: Assistant, language: str) -> Iterator[tuple[str, Answer]]:
    spoken = {"language": language, "language_chosen": True}
    reached: set[str] = set()
    for topic in assistant.guide.topics:
        turn = assistant.turn(picked_message(f"/ask_{topic}", f"ask_{topic}"), spoken, "teams")
        yield topic, turn.answer
        memory = next(event["value"] for event in turn.events if event["name"] == MEMORY_SLOT)
        for choice in turn.answer.follow_ups:
            if _intent(choice) not in reached:
                reached.add(_intent(choice))
                pressed = assistant.turn(picked_message(choice.payload, _intent(choice)), memory, "teams")
                yield f"{topic}, {_intent(choice)}", pressed.answer
    offices = [HandoverOffice(id=name, label=name, deliverable=True, mailto="mailto:?body=x") for name in _OFFICES]
    handover = Handover(question=_QUESTION, subject="Frage", offices=offices)
    yield "form", Answer(outcome="handed_over", short="x", language=language, handover=handover)
    yield "refused", failure_answer(assistant.wordings[language], language, "unknown_payload")


def _intent(choice: FollowUp) -> str:
    return choice.payload.lstrip("/").split("{")[0]


def _beside_answers(assistant: Assistant, language: str, wording: Wording) -> Iterator[tuple[str, Activity]]:
    greeting = assistant.turn(
        picked_message("/greet", "greet"), {"language": language, "language_chosen": True}, "teams"
    )
    for personal in (True, False):
        welcome = render_welcome(greeting.answer, wording, personal)
        yield f"welcome, {'one person' if personal else 'a group'}", addressed(_THREAD, welcome)
    yield "help", addressed(_THREAD, render_help(wording))
    refusal = render_messages(failure_answer(wording, language, "unknown_payload"), wording)[0]
    yield "refused, for one person", addressed(_ONE, refusal.activity)
    yield "office", render_handover_card("Pressestelle", _QUESTION, "Zimmer 12", wording.handover)
