"""Rasa component: the area of a question outside the guide, so that the answer can name who is responsible."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from lotse.answering.probabilities import OUTSIDE
from lotse.answering.question import OUTSIDE_AREA, ParsedArea
from lotse.nlu.base_classifiers import LinearClassifier, softmax_regression
from lotse.nlu.ensemble_classifier import features_of
from lotse.nlu.ngrams import NgramVectorizer

# Written by those who also named areas; what they left without one belongs to none.
_AUTHORS = "outside_"
_NO_AREA = ""
_FILE, _NAMES = "outside_area", "outside_areas.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class OutsideAreaRecogniser(GraphComponent):
    """Tells the area of a message that is outside the guide: pay, IT, the building …

    Learns from the training messages of `out_of_scope` whose metadata names an ``area``. Whether a message is outside
    at all is decided elsewhere.

    Settings (``config.yml``):
        strength: scikit-learn's ``C``; larger means less regularisation.
        reported_from: probability below which no area is reported.
    """

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config, self._model_storage, self._resource = config, model_storage, resource
        # Not the sentence vector: the encoder has learnt to see all that is outside the guide as one.
        self.characters = NgramVectorizer(f"{_FILE}_characters", "characters")
        self.classifier = LinearClassifier(_FILE, softmax_regression(config["strength"]), [self.characters])
        self.areas: list[str] = []

    @classmethod
    def required_components(cls) -> list[type]:
        """A featurizer, which adds the sentence vector, must come before."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Default settings."""
        return {"strength": 10.0, "reported_from": 0.3}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> OutsideAreaRecogniser:
        """Rasa's factory for training."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Train the classifier and store it with the model; without two areas there is nothing to tell apart."""
        messages = [message for message in training_data.intent_examples if _is_labelled(message)]
        self.areas = sorted({_area_of(message) for message in messages})
        if len(self.areas) > 1:
            labels = np.array([self.areas.index(_area_of(message)) for message in messages], dtype=np.int64)
            samples = [features_of(message) for message in messages]
            self.characters.fit(samples)
            self.classifier.fit(samples, labels, len(self.areas))
        with self._model_storage.write_to(self._resource) as folder:
            (folder / _NAMES).write_text(json.dumps(self.areas), encoding="utf-8")
            if len(self.areas) > 1:
                self.characters.save(folder)
                self.classifier.save(folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> OutsideAreaRecogniser:
        """Rasa's factory for a trained model."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component.areas = json.loads((folder / _NAMES).read_text(encoding="utf-8"))
            if len(component.areas) > 1:
                component.characters.load(folder)
                component.classifier.load(folder)
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Set ``outside_area`` on each message; see `ParsedArea`. It is missing if no area is likely."""
        for message in messages:
            if not message.get(TEXT) or len(self.areas) < 2:
                continue
            probabilities = self.classifier.probabilities([features_of(message)])[0]
            best = int(probabilities.argmax())
            if self.areas[best] != _NO_AREA and probabilities[best] >= self._config["reported_from"]:
                area: ParsedArea = {"name": self.areas[best], "certainty": round(float(probabilities[best]), 4)}
                message.set(OUTSIDE_AREA, area, add_to_output=True)
        return messages


def _metadata_of(message: Message) -> dict[str, Any]:
    return (message.get(METADATA) or {}).get(INTENT) or {}


def _is_labelled(message: Message) -> bool:
    told = _metadata_of(message)
    named = "area" in told or str(told.get("author", "")).startswith(_AUTHORS)
    return bool(message.get(TEXT)) and message.get(INTENT) == OUTSIDE and named


def _area_of(message: Message) -> str:
    return str(_metadata_of(message).get("area", _NO_AREA))
