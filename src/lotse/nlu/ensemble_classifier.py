"""Rasa classifier: the ensemble of classifiers as an intent classifier."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from lotse.answering.question import INTENT_RANKING
from lotse.content.folding import fold
from lotse.nlu.base_classifiers import (
    BaseClassifier,
    Ensemble,
    LinearClassifier,
    NeighbourClassifier,
    margins,
    softmax_regression,
)
from lotse.nlu.german_language import LEMMAS
from lotse.nlu.message_parts import with_parts
from lotse.nlu.ngrams import MessageFeatures, NgramVectorizer
from lotse.nlu.sentence_vectors import DIMENSIONS, GENERAL, Array

# The author of training messages that are plain questions, and of the guide's own.
PLAIN_AUTHOR = "plain"


def features_of(message: Message, attribute: str = TEXT) -> MessageFeatures:
    """Features of a message from the components before this one: text, lemmas and sentence vectors."""
    vector: Array = np.zeros(DIMENSIONS, dtype=np.float32)
    general: Array = np.zeros(DIMENSIONS, dtype=np.float32)
    for feature in message.features:
        if feature.attribute == attribute and feature.type == FEATURE_TYPE_SENTENCE and feature.is_dense():
            if feature.origin.endswith(GENERAL):
                general = np.asarray(feature.features[0], dtype=np.float32)
            else:
                vector = np.asarray(feature.features[0], dtype=np.float32)
    return MessageFeatures(fold(message.get(attribute) or ""), message.get(LEMMAS) or [], vector, general)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class EnsembleIntentClassifier(IntentClassifier, GraphComponent):
    """Ranks intents by the weighted geometric mean of base classifiers.

    Settings (``config.yml``):
        weights: weight of the classifiers ``characters``, ``words``, ``meaning``, ``neighbours`` and ``together``,
            which sees the first three side by side.
        temperature: above 1 flattens the combined probabilities, below 1 sharpens them.
        without_plain: the classifiers that do not learn from plain messages, which drown what stories teach them.
        ranking_length: number of intents in the ranking.
    """

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config, self._model_storage, self._resource = config, model_storage, resource
        self.ensemble = build_ensemble(config["weights"], config["temperature"], config["without_plain"])

    @classmethod
    def required_components(cls) -> list[type]:
        """A featurizer, which adds the sentence vector, must come before."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Four classifiers; the neighbours count twice."""
        return {
            "weights": {"characters": 1.0, "words": 1.0, "meaning": 1.0, "neighbours": 2.0},
            "temperature": 1.0,
            "without_plain": [],
            "ranking_length": 8,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EnsembleIntentClassifier:
        """Rasa's factory for training."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Train every classifier and store it with the model."""
        examples = [message for message in training_data.intent_examples if message.get(TEXT)]
        self.ensemble.fit(
            [features_of(message) for message in examples],
            [message.get(INTENT) for message in examples],
            [is_plain(message) for message in examples],
        )
        with self._model_storage.write_to(self._resource) as folder:
            self.ensemble.save(folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> EnsembleIntentClassifier:
        """Rasa's factory for a trained model."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component.ensemble.load(folder)
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Set ``intent`` and ``intent_ranking`` on each message and part: ``{"name", "confidence"}``, best first."""
        if not messages:
            return messages
        every = with_parts(messages)
        rows = self.ensemble.probabilities([features_of(message) for message in every])
        for message, row in zip(every, rows, strict=True):
            order = np.argsort(-row)[: self._config["ranking_length"]]
            ranking = [
                {"name": self.ensemble.intents[index], "confidence": round(float(row[index]), 4)} for index in order
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING, ranking, add_to_output=True)
        return messages


def is_plain(message: Message) -> bool:
    """Whether a training message is a plain question or search phrase, by its author's name, not a person's story."""
    author = ((message.get(METADATA) or {}).get(INTENT) or {}).get("author")
    return str(author or "").startswith(PLAIN_AUTHOR)


def build_ensemble(weights: dict[str, float], temperature: float, without_plain: Collection[str] = ()) -> Ensemble:
    """The ensemble of classifiers that is best in `benchmarks/understanding.md`.

    Args:
        weights: by name of the classifier; one without a weight is left out.
        temperature: see `Ensemble`.
        without_plain: names of the classifiers that do not learn from plain messages.

    Raises:
        ValueError: there is no such classifier.
    """
    ngrams = {kind: NgramVectorizer(f"ngrams_{kind}", kind) for kind in ("characters", "words")}
    characters, words = ngrams["characters"], ngrams["words"]
    classifiers: dict[str, BaseClassifier] = {
        "characters": LinearClassifier("characters", margins(1.0), [characters]),
        "words": LinearClassifier("words", margins(0.3), [words]),
        "meaning": LinearClassifier("meaning", softmax_regression(1.0), vector=True),
        "neighbours": NeighbourClassifier(characters),
        "together": LinearClassifier("together", margins(1.0), [characters, words], vector=True),
    }
    unknown = {*weights, *without_plain} - set(classifiers)
    if unknown:
        raise ValueError(f"config.yml names an unknown classifier: {', '.join(sorted(unknown))}")
    chosen = {name: weight for name, weight in weights.items() if weight > 0}
    apart = [position for position, name in enumerate(chosen) if name in without_plain]
    used = [classifiers[name] for name in chosen]
    return Ensemble(used, list(chosen.values()), temperature, list(ngrams.values()), apart)
