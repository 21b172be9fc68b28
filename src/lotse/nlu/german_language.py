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
from lotse.answering.memory import LASTING_FACETS
from lotse.answering.question import ONLY_TELLS
from lotse.content.vocabulary import load_facets
from lotse.content.word_lists import load_holder_words
from lotse.nlu import spacy_pipeline
from lotse.nlu.facet_holders import FacetHolders
from lotse.nlu.message_parts import with_parts
from lotse.rasa_adapter import patches

LEMMAS = "lotse_lemmas"
_MENTIONS = "lotse_mentions"

_ANY_WORDS = "Guten Tag"


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR],
    is_trainable=False,
)
class GermanLanguage(Tokenizer, EntityExtractorMixin):
    """Tokenises messages, finds the facets of ``data/vocabulary`` in them and whose they are.

    Settings (``config.yml``):
        model: ``blank`` (default), or an installed spaCy model such as ``de_core_news_lg``.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self.nlp = spacy_pipeline.build_pipeline(load_facets(paths.data()), config["model"])
        self.facet_holders = FacetHolders(self.nlp, load_holder_words(paths.data()))
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
            mentions = spacy_pipeline.mentions(doc)
            holders = self.facet_holders.holders(doc, mentions)
            found = [
                {
                    "entity": mention.facet,
                    "value": mention.value,
                    "start": mention.start,
                    "end": mention.end,
                    "holder": holder,
                }
                for mention, holder in zip(mentions, holders, strict=True)
            ]
            message.set(_MENTIONS, self.add_extractor_name(found))
            message.set(ONLY_TELLS, self.facet_holders.only_tells(doc, mentions, LASTING_FACETS), add_to_output=True)
        return [Token(word.text, word.idx) for word in words]

    def process(self, messages: list[Message]) -> list[Message]:
        """Add tokens and facets to incoming messages and their parts."""
        super().process(with_parts(messages))
        for message in with_parts(messages):
            message.set(ENTITIES, message.get(ENTITIES, []) + message.get(_MENTIONS, []), add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add tokens to the training examples; facets are not annotated in them and not needed."""
        with self.nlp.select_pipes(disable=spacy_pipeline.RULER):
            super().process_training_data(training_data)
        return training_data
