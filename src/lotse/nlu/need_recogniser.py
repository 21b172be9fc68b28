"""Rasa component: whether the writer of a message is in need, part of the parse output."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from lotse import paths
from lotse.answering.probabilities import topic_of
from lotse.answering.question import NEED, ParsedNeed
from lotse.content import load_need_examples
from lotse.content.folding import fold
from lotse.content.help import NO_NEED, Examples
from lotse.nlu.ensemble_classifier import features_of
from lotse.nlu.guide_files import digest_of, guide_digest, load_guides
from lotse.nlu.need_classifier import NeedClassifier
from lotse.nlu.ngrams import MessageFeatures
from lotse.nlu.sentence_vectors import Array, encode_both, encode_both_remembering

_CRISIS = "crisis"
_OF_THE_CLASSIFIER = (
    "strength",
    "character_weight",
    "phrase_weight",
    "meaning_weight",
    "general_weight",
    "everyday_weight",
    "alike_weight",
)

# Where a part of a message may end: at the end of a sentence, at another mark, or before a word that begins a clause.
_PART_END = re.compile(
    r"(?<=[.!?…])\s+|\n+|[,;:–—]\s+|\s+-\s+"
    r"|\s+(?=(?:und|aber|weil|seit|jetzt|nämlich|and|but|because|since|now)\s)"
)
# A shorter part goes with the next one; a longer one without marks is cut into pieces.
_FEWEST_WORDS, _MOST_WORDS, _PIECE_WORDS = 6, 30, 20


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class NeedRecogniser(GraphComponent):
    """Recognises people in need, from the examples in ``data/help/examples``.

    Settings (``config.yml``):
        strength, character_weight, phrase_weight, meaning_weight, general_weight, everyday_weight, alike_weight: see
            `NeedClassifier`.
        ambiguous_intents: intents whose training messages, and the questions of whose passages, are no examples of
            everyday ones, because people in need ask for them, too.
        crisis_share: share among the kinds from which a need is a crisis, even if another kind is likelier.
        other_at: probability from which somebody else is in need and not the writer.
        reported_from: certainty below which no need is reported.
        long_from: number of words from which a message's parts are looked at one by one, too: people tell of a threat
            in passing, in half a sentence of an ordinary question.
        part_at: certainty from which such a part counts; higher, because there are many of them.
        whole_at: certainty of the whole message below which need in a part is told in passing.
    """

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config, self._model_storage, self._resource = config, model_storage, resource
        weights = {name: config[name] for name in _OF_THE_CLASSIFIER}
        self.classifier = NeedClassifier("need", **weights)
        # Learns from messages typed after an answer, too; most of them only sound like need.
        self.in_conversation = NeedClassifier("need_in_conversation", **weights)

    @classmethod
    def required_components(cls) -> list[type]:
        """A featurizer, which adds the sentence vector, must come before."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Chosen on tests/questions/need_dev.jsonl; docs/understanding.md has the figures."""
        return {
            "strength": 40.0,
            "character_weight": 0.6,
            "phrase_weight": 0.8,
            "meaning_weight": 0.4,
            "general_weight": 0.9,
            "everyday_weight": 7.0,
            "alike_weight": 2.0,
            "ambiguous_intents": ["ask_hostility", "ask_consequences"],
            "crisis_share": 0.3,
            "other_at": 0.5,
            "reported_from": 0.05,
            "long_from": 12,
            "part_at": 0.85,
            "whole_at": 0.5,
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Hash of the examples and of the guide, which Rasa does not know."""
        return digest_of((paths.data() / "help" / "examples").glob("*.yml")) + guide_digest()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NeedRecogniser:
        """Rasa's factory for training."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Train the classifier and store it with the model.

        A training message that stands in an example file, too, counts as what that file says. What people ask about the
        passages of the guide is everyday as well, above all the fragments in which they ask on.
        """
        examples = load_need_examples(paths.data())
        of_files = (*examples.by_kind.values(), *examples.in_conversation.values())
        own = {text.casefold() for texts in of_files for text in texts}
        asked = [text for text in self._asked_of_the_guide() if text.casefold() not in own]
        everyday = _samples(asked, encode_both_remembering) + [
            features_of(message)
            for message in training_data.intent_examples
            if message.get(TEXT)
            and message.get(TEXT).casefold() not in own
            and message.get(INTENT) not in self._config["ambiguous_intents"]
        ]
        self.learn(examples, everyday)
        with self._model_storage.write_to(self._resource) as folder:
            self.classifier.save(folder)
            self.in_conversation.save(folder)
        return self._resource

    def _asked_of_the_guide(self) -> list[str]:
        """How people ask for the guide's passages, without those of the ambiguous topics."""
        ambiguous = {topic_of(intent) for intent in self._config["ambiguous_intents"]}
        passages = (passage for guide in load_guides() for passage in guide.passages.values())
        asked = (
            text
            for passage in passages
            if passage.topic not in ambiguous
            for text in (*passage.questions, *passage.phrasings, *passage.follow_ups)
        )
        return list(dict.fromkeys(asked))

    def learn(self, examples: Examples, everyday: Sequence[MessageFeatures]) -> None:
        """Train both classifiers.

        Args:
            examples: of need and of what only sounds like it.
            everyday: other messages.
        """
        own, others = {}, {}
        for kind, texts in examples.by_kind.items():
            samples = dict(zip(texts, _samples(texts, encode_both_remembering), strict=True))
            own[kind] = [sample for text, sample in samples.items() if text not in examples.about_others]
            others[kind] = [sample for text, sample in samples.items() if text in examples.about_others]
        further = {kind: _samples(texts, encode_both_remembering) for kind, texts in examples.in_conversation.items()}
        both = {kind: [*samples, *further.get(kind, ())] for kind, samples in own.items()}
        for classifier, needs in ((self.classifier, own), (self.in_conversation, both)):
            kinds = {kind: samples for kind, samples in needs.items() if kind != NO_NEED}
            classifier.fit(kinds, needs[NO_NEED], everyday, others)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> NeedRecogniser:
        """Rasa's factory for a trained model."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component.classifier.load(folder)
            component.in_conversation.load(folder)
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Set ``need`` on each message; see `ParsedNeed`."""
        for message in messages:
            if message.get(TEXT):
                parts = parts_of(message.get(TEXT), self._config["long_from"])
                need = self.need_of(features_of(message), _samples(parts, encode_both))
                message.set(NEED, need, add_to_output=True)
        return messages

    def need_of(self, whole: MessageFeatures, parts: Sequence[MessageFeatures] = ()) -> ParsedNeed:
        """The most likely kind of need of a message, and the certainty that it is need at all.

        Args:
            whole: the message.
            parts: its parts, if they are to be looked at one by one.
        """
        found = self.classifier.probabilities([whole, *parts])
        certainties = found.need
        counted = [n for n, sure in enumerate(certainties) if n == 0 or sure >= self._config["part_at"]]
        # A clear crisis is not hidden behind another need in the same message.
        crises = [n for n in counted if certainties[n] >= self._config["part_at"] and self._is_crisis(found.kinds[n])]
        strongest = max(crises or counted, key=lambda n: float(certainties[n]))
        certainty, shares = round(float(certainties[strongest]), 4), found.kinds[strongest]
        if certainty < self._config["reported_from"]:
            none: ParsedNeed = {
                "kind": None,
                "certainty": certainty,
                "about_other": False,
                "in_passing": False,
                "in_conversation": certainty,
            }
            return none
        names = self.classifier.kinds
        best = names[int(np.argmax(shares))]
        if self._is_crisis(shares):
            best = _CRISIS
        about_other = bool(found.other[strongest] >= self._config["other_at"])
        in_passing = strongest > 0 and float(certainties[0]) < self._config["whole_at"]
        after = self.in_conversation.probabilities([[whole, *parts][strongest]]).need[0]
        return {
            "kind": best,
            "certainty": certainty,
            "about_other": about_other,
            "in_passing": in_passing,
            "in_conversation": round(float(after), 4),
        }

    def _is_crisis(self, shares: Array) -> bool:
        """Whether the kinds' shares, shape ``(kinds,)``, make a need a crisis."""
        names = self.classifier.kinds
        return _CRISIS in names and bool(shares[names.index(_CRISIS)] >= self._config["crisis_share"])


def parts_of(text: str, long_from: int) -> list[str]:
    """The sentences and clauses of a longer message, a few words each. Empty for a short message.

    Args:
        text: of the message.
        long_from: number of words from which it is long.
    """
    if len(text.split()) < long_from:
        return []
    parts: list[list[str]] = []
    words: list[str] = []
    for clause in _PART_END.split(text):
        words += clause.split()
        if len(words) >= _FEWEST_WORDS:
            parts.append(words)
            words = []
    if words and parts:
        parts[-1] = [*parts[-1], *words]
    pieces = [piece for part in parts for piece in _pieces_of(part)]
    return [" ".join(piece) for piece in pieces] if len(pieces) > 1 else []


def _pieces_of(part: list[str]) -> list[list[str]]:
    """A part in pieces, if it is long; a short rest stays with the piece before it."""
    if len(part) <= _MOST_WORDS:
        return [part]
    starts = range(0, len(part) - _FEWEST_WORDS + 1, _PIECE_WORDS)
    ends = [*starts[1:], len(part)]
    return [part[start:end] for start, end in zip(starts, ends, strict=True)]


def _samples(texts: list[str], encoding: Callable[[list[str]], Array]) -> list[MessageFeatures]:
    if not texts:
        return []
    vectors = zip(texts, encoding(texts), strict=True)
    return [MessageFeatures(fold(text), [], tuned, general) for text, (tuned, general) in vectors]
