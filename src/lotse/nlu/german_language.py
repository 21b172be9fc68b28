"""Rasa component: tokens, lemmas and facets of a message, all from one spaCy run."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from lotse import paths
from lotse.content.vocabulary import load_facets
from lotse.nlu import spacy_pipeline
from lotse.rasa_adapter import patches

LEMMAS = "lotse_lemmas"

_ANY_WORDS = "Guten Tag"


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR],
    is_trainable=False,
)
class GermanLanguage(Tokenizer, EntityExtractorMixin):
    """Tokenises messages and finds the facets of ``data/vocabulary`` in them.

    Settings (``config.yml``):
        model: ``blank`` (default), or an installed spaCy model such as ``de_core_news_lg``.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self.nlp = spacy_pipeline.build_pipeline(load_facets(paths.data()), config["model"])
        # Reading the dictionaries takes more than a second; it happens when the server starts, not in the first
        # conversation.
        spacy_pipeline.lemmas(self.nlp, self.nlp(_ANY_WORDS))

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Default settings: those of Rasa's tokenizer, and ours."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "model": spacy_pipeline.BLANK,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> GermanLanguage:
        """Rasa's factory, also of a trained model: whoever loads one has the patches, above all the masking."""
        patches.apply()
        return cls(config)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Tokens of a message with their lemmas; sets the facets and lemmas of its text on the message."""
        doc = self.nlp(message.get(attribute))
        words = [token for token in doc if not token.is_space]
        if attribute == TEXT:
            message.set(LEMMAS, spacy_pipeline.lemmas(self.nlp, doc))
            found = [
                {"entity": mention.facet, "value": mention.value, "start": mention.start, "end": mention.end}
                for mention in spacy_pipeline.mentions(doc)
            ]
            message.set("lotse_mentions", self.add_extractor_name(found))
        return [Token(word.text, word.idx) for word in words]

    def process(self, messages: list[Message]) -> list[Message]:
        """Add tokens and facets to incoming messages."""
        super().process(messages)
        for message in messages:
            message.set(ENTITIES, message.get(ENTITIES, []) + message.get("lotse_mentions", []), add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add tokens to the training examples; facets are not annotated in them and not needed."""
        with self.nlp.select_pipes(disable="entity_ruler"):
            super().process_training_data(training_data)
        return training_data
