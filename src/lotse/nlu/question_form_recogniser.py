"""Rasa component that tells what kind of sentence a message is, and whether it tells of something done already."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from lotse import paths
from lotse.answering.question import FORM, TELLS_DEED
from lotse.content.deed_words import load_deed_words
from lotse.content.question_words import load_question_words
from lotse.nlu.own_deeds import OwnDeeds
from lotse.nlu.question_form import QuestionFormReader
from lotse.nlu.spacy_pipeline import FacetMention


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class QuestionFormRecogniser(GraphComponent):
    """Adds the form of the sentence to each message. Must come after the facets are found."""

    def __init__(self) -> None:
        self.reader = QuestionFormReader(load_question_words(paths.data()))
        self.deeds = OwnDeeds(load_deed_words(paths.data()))

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> QuestionFormRecogniser:
        """Rasa's factory."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Set ``tells_deed`` and ``form`` on messages: ``permission``, ``other``, ``statement`` or ``story``."""
        for message in messages:
            if message.get(TEXT):
                mentions = [
                    FacetMention(entity["entity"], entity["value"], entity["start"], entity["end"])
                    for entity in message.get(ENTITIES, [])
                    if "start" in entity
                ]
                message.set(FORM, self.reader.form_of(message.get(TEXT), mentions), add_to_output=True)
                if self.deeds.told_in(message.get(TEXT)):
                    message.set(TELLS_DEED, True, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Return the examples unchanged: their form is not a feature of any classifier."""
        return training_data
