"""Rasa component that recognises the language of a message."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from lotse import paths
from lotse.answering.question import LANGUAGE, ParsedLanguage
from lotse.content.word_lists import load_language_words
from lotse.nlu.languages import LanguageKnowledge, recognise


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class LanguageRecogniser(GraphComponent):
    """Adds language and certainty to each message; ``data/word_lists/languages.yml`` says which languages there are."""

    def __init__(self) -> None:
        self.knowledge = LanguageKnowledge.of(load_language_words(paths.data()))
        # Loaded when the server starts, not with the first message.
        recognise("Guten Tag", self.knowledge)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageRecogniser:
        """Rasa's factory."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Set ``language`` on incoming messages: ``{"code": str or None, "certainty": float from 0 to 1}``."""
        for message in messages:
            if message.get(TEXT):
                code, certainty = recognise(message.get(TEXT), self.knowledge)
                language: ParsedLanguage = {"code": code, "certainty": certainty}
                message.set(LANGUAGE, language, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Return the examples unchanged: their language is not a feature of any classifier."""
        return training_data
