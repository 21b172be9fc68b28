"""Rasa component: the question of the guide, or the wish for a guided check, that a message repeats."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from lotse import paths
from lotse.answering.probabilities import TOPIC_PREFIX
from lotse.answering.question import INTENT_RANKING, KNOWN_CHECK, KNOWN_QUESTION, PASSAGES, ParsedKnownQuestion
from lotse.checks import load_checks
from lotse.content.word_lists import load_known_question_words
from lotse.nlu.guide_files import guide_digest, load_guides
from lotse.nlu.known_questions import KnownQuestions, Match, texts_of, texts_of_check


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class KnownQuestionMatcher(GraphComponent):
    """Tells if a message repeats a title, label or question of the guide, in any of its languages.

    The same for the sentences by which people ask for a guided check (`phrases` in ``data/checks``).

    Reads the guide when the model is loaded, as the answering does, and belongs behind both rankings, which choose
    between equal texts.

    Settings (``config.yml``):
        least: similarity from which two texts count as the same, 0 to 1; their words must be the same but for typos.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self.least: float = config["least"]
        guides, words = load_guides(), load_known_question_words(paths.data())
        self.known = KnownQuestions([text for guide in guides for text in texts_of(guide)], words)
        checks = [check for guide in guides for check in load_checks(paths.data(), guide).values()]
        self.checks = KnownQuestions([text for check in checks for text in texts_of_check(check)], words)

    @classmethod
    def required_components(cls) -> list[type]:
        """The intent ranking must come before."""
        return [IntentClassifier]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Default settings."""
        return {"least": 0.85}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Hash of the guide's files, which Rasa does not know."""
        return guide_digest()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> KnownQuestionMatcher:
        """Rasa's factory."""
        return cls({**cls.get_default_config(), **config})

    def process(self, messages: list[Message]) -> list[Message]:
        """Set ``known_question`` on messages that repeat a text of the guide; see `ParsedKnownQuestion`.

        ``known_check`` is set on those that repeat a sentence of a check, unless a text of the guide fits as well.
        """
        for message in messages:
            text = message.get(TEXT) or ""
            found = self.known.matches(text, self.least)
            check = next(iter(self.checks.matches(text, self.least)), None)
            if check and all(check.similarity > match.similarity for match in found):
                message.set(KNOWN_CHECK, check.known.topic, add_to_output=True)
            elif found:
                best = max(found, key=lambda match: (match.similarity, *_plausibility(message, match)))
                known: ParsedKnownQuestion = {
                    "topic": best.known.topic,
                    "passage": best.known.passage,
                    "similarity": best.similarity,
                }
                message.set(KNOWN_QUESTION, known, add_to_output=True)
        return messages


def _plausibility(message: Message, match: Match) -> tuple[bool, float, float]:
    """What decides between equal texts: a topic's own text first, then the rankings of intents and passages."""
    ranking = {item["name"]: item["confidence"] for item in message.get(INTENT_RANKING) or []}
    passages = message.get(PASSAGES) or {}
    known = match.known
    return (
        known.passage is None,
        float(ranking.get(TOPIC_PREFIX + known.topic, 0.0)),
        float(passages.get(known.passage, 0.0)),
    )
