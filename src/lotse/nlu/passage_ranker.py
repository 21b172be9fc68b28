"""Rasa component: the passage ranking, trained from the guide, part of the parse output."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import ENTITIES, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from lotse.answering.question import FURTHER_PASSAGES, PASSAGES, PASSAGES_IN_CONTEXT, QUESTION_BEFORE
from lotse.content import Guide
from lotse.content.folding import fold
from lotse.nlu.ensemble_classifier import features_of
from lotse.nlu.guide_files import guide_digest, load_guides
from lotse.nlu.message_parts import report_parts, with_parts
from lotse.nlu.ngrams import MessageFeatures
from lotse.nlu.passage_index import Entry, FacetValues, PassageIndex, PassageWeights
from lotse.nlu.sentence_vectors import encode, encode_remembering


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class PassageRanker(GraphComponent):
    """Ranks the guide's passages for each message.

    Settings (``config.yml``):
        weights, facet_match, facet_conflict: see `PassageWeights` and `PassageIndex`.
        ranking_length: number of passages in the ranking.
        of_each_topic: how many passages of each topic are reported beyond it: during a conversation, a message such as
            “und bei Kommentaren?” is about the topic at hand, whose passages need not be among the best of all.
    """

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config, self._model_storage, self._resource = config, model_storage, resource
        weights = PassageWeights(**config["weights"])
        self.index = PassageIndex(weights, config["facet_match"], config["facet_conflict"])

    @classmethod
    def required_components(cls) -> list[type]:
        """A featurizer, which adds the sentence vector, must come before."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Default settings: the facets were chosen on half of tests/questions/passages.jsonl, and scaled since."""
        return {
            "weights": asdict(PassageWeights()),
            "facet_match": 0.035,
            "facet_conflict": 0.035,
            "ranking_length": 16,
            "of_each_topic": 5,
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Hash of the guide's files. Rasa does not know them, and would otherwise reuse an index of an older guide."""
        return guide_digest()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PassageRanker:
        """Rasa's factory for training."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Index the guide's passages and store the index with the model."""
        guides = load_guides()
        guide = guides[0]
        facets = {
            passage.id: {facet: passage.facet_values(facet) for facet in passage.facets}
            for passage in guide.passages.values()
        }
        self.index.fit([entry for spoken in guides for entry in entries_of(spoken)], facets)
        with self._model_storage.write_to(self._resource) as folder:
            self.index.save(folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> PassageRanker:
        """Rasa's factory for a trained model."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component.index.load(folder)
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Set ``passages`` and ``further_passages`` on each message and part: scores by passage id.

        A message that comes with the question before it gets ``passages_in_context``, too. See `PassageIndex` for the
        scores and `ParsedMessage` for the keys.
        """
        for message in with_parts(messages):
            if not message.get(TEXT):
                continue
            named: dict[str, set[str]] = defaultdict(set)
            for entity in message.get(ENTITIES, []):
                if entity.get("holder", "me") != "me":
                    continue
                named[entity["entity"]].add(entity["value"])
            facets = {facet: frozenset(values) for facet, values in named.items()}
            ranking, further = self._ranked(features_of(message), facets)
            message.set(PASSAGES, ranking, add_to_output=True)
            message.set(FURTHER_PASSAGES, further, add_to_output=True)
            if before := (message.get(METADATA) or {}).get(QUESTION_BEFORE):
                text = f"{before} {message.get(TEXT)}"
                best, of_topics = self._ranked(MessageFeatures(fold(text), [], encode([text])[0]), facets)
                message.set(PASSAGES_IN_CONTEXT, {**of_topics, **best}, add_to_output=True)
        report_parts(messages)
        return messages

    def _ranked(self, sample: MessageFeatures, facets: FacetValues) -> tuple[dict[str, float], dict[str, float]]:
        """The best passages of all, and the best of each topic that are not among them: scores by passage id."""
        every = self.index.rank(sample, facets, len(self.index.passages))
        ranking = dict(every[: self._config["ranking_length"]])
        of_topics = self.index.rank_within_topics(every, self._config["of_each_topic"])
        return ranking, {passage: score for passage, score in of_topics if passage not in ranking}


def entries_of(guide: Guide) -> list[Entry]:
    """All entries of all passages: each question, phrasing and follow-up, and title and text."""
    texts: list[tuple[str, str, bool]] = []
    for passage in guide.passages.values():
        if passage.language != guide.language:
            continue
        asked = (*passage.questions, *passage.phrasings, *passage.follow_ups)
        texts += [(passage.id, question, False) for question in asked]
        texts.append((passage.id, f"{passage.title}. {passage.text}", True))
    vectors = encode_remembering([text for _, text, _ in texts])
    pairs = zip(texts, vectors, strict=True)
    return [Entry(owner, MessageFeatures(fold(text), [], vector), own) for (owner, text, own), vector in pairs]
