"""Rasa featurizer: the meaning of a message as two vectors, one tuned to the guide and one not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from lotse.nlu.message_parts import with_parts
from lotse.nlu.sentence_vectors import GENERAL, Array, encode_both, encode_both_remembering


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(DenseFeaturizer, GraphComponent):
    """Adds the sentence vectors to every message, for our classifiers and for Rasa's own."""

    @classmethod
    def required_components(cls) -> list[type]:
        """A tokenizer must come before, because Rasa's features refer to tokens."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Default settings: only those of Rasa's featurizers."""
        return {**DenseFeaturizer.get_default_config(), "alias": "sentence_encoder"}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:
        """Rasa's factory."""
        return cls(execution_context.node_name, config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the vectors to incoming messages and their parts."""
        _add([message for message in with_parts(messages) if message.get(TEXT)], self._config["alias"], encode_both)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the vectors to the training examples."""
        texts = [message for message in training_data.training_examples if message.get(TEXT)]
        _add(texts, self._config["alias"], encode_both_remembering)
        return training_data

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Accept any configuration: the component has no settings. Rasa requires the method."""


def _add(messages: list[Message], alias: str, encoding: Callable[[list[str]], Array]) -> None:
    for message, both in zip(messages, encoding([message.get(TEXT) for message in messages]), strict=True):
        for vector, origin in zip(both, (alias, f"{alias}{GENERAL}"), strict=True):
            message.add_features(Features(vector[np.newaxis, :], FEATURE_TYPE_SENTENCE, TEXT, origin))
