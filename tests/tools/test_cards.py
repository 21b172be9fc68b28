"""Which cards Microsoft's parser is given; the parser itself needs Node.js and is run by hand."""

from __future__ import annotations

from lotse.conversation.assistant import Assistant
from tools.cards.__main__ import every_card


def test_every_kind_of_card_is_given_in_every_language() -> None:
    assistant = Assistant.load()
    cards = list(every_card(assistant))
    for language in assistant.wordings:
        names = {name for name, _ in cards}
        assert {f"{language} {kind}" for kind in ("form", "office", *assistant.guide.topics)} <= names
    assert all(card["type"] == "AdaptiveCard" and "msteams" not in card for _, card in cards)
