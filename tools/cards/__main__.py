"""``python -m tools.cards``: needs Node.js and, once, ``npm ci --prefix tools/cards``."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lotse.answering.answer import Answer, Handover, HandoverOffice
from lotse.answering.question import ParsedMessage
from lotse.channels.teams.rendering.answer_message import render_messages
from lotse.channels.teams.rendering.handover_card import render_handover_card
from lotse.conversation.assistant import Assistant

FOLDER = Path(__file__).parent
Card = dict[str, Any]


def every_card(assistant: Assistant) -> Iterator[tuple[str, Card]]:
    """The cards under the answer to each topic, the form that hands a question over, and the card an office gets."""
    offices = [
        HandoverOffice(id=name, label=name, deliverable=True, mailto="mailto:?body=x")
        for name in ("hr", "press_office")
    ]
    for language, wording in assistant.wordings.items():
        for topic in assistant.guide.topics:
            parse: ParsedMessage = {
                "text": f"/ask_{topic}",
                "intent_ranking": [{"name": f"ask_{topic}", "confidence": 1.0}],
            }
            answer = assistant.turn(parse, {"language": language, "language_chosen": True}, "teams").answer
            yield from _cards(f"{language} {topic}", render_messages(answer, wording))
        handover = Handover(question="Darf ich *das*?\n\nUnd [dies](x)?", subject="Frage", offices=offices)
        form = Answer(outcome="handed_over", short="x", language=language, handover=handover)
        yield from _cards(f"{language} form", render_messages(form, wording))
        office = render_handover_card("Pressestelle", handover.question, "Zimmer 12", wording.handover)
        yield f"{language} office", office["attachments"][0]["content"]


def _cards(name: str, messages: list[Any]) -> Iterator[tuple[str, Card]]:
    for message in messages:
        for attachment in message.activity.get("attachments", []):
            # `msteams` is Teams' own addition to the format.
            yield name, {key: value for key, value in attachment["content"].items() if key != "msteams"}


def main() -> int:
    """Print what the parser objects to; 1 if it objects to anything."""
    lines = [json.dumps({"name": name, "card": card}) for name, card in every_card(Assistant.load())]
    return subprocess.run(
        ["node", str(FOLDER / "check.mjs")], input="\n".join(lines), text=True, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
