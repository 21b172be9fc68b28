"""Rasa component: the questions within a longer message, each understood by itself.

One message gets one intent, but people thank and ask, ask twice, or tell a long story and ask at its end. The component
takes such a message apart; the components after it understand its parts with the message, in one run of the encoder.
`lotse.answering.message_parts` decides which part counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import spacy
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.language import Language
from spacy.tokens import Span

from lotse import paths
from lotse.answering.phrases import PartWords, entry_length, load_words, words_of
from lotse.answering.question import INTENT_RANKING, KNOWN_QUESTION, PARTS, PASSAGES

# Our own property of a message, not part of the parse output.
_MESSAGES = "lotse_parts"
_OUTPUT = (TEXT, INTENT_RANKING, PASSAGES, KNOWN_QUESTION)
MOST_PARTS = 4
# A shorter piece on either side of “und” is no question of its own.
_SHORTEST_WORDS = 3


def sentence_splitter() -> Language:
    """A spaCy pipeline that finds the ends of sentences."""
    nlp = spacy.blank("de")
    nlp.add_pipe("sentencizer")
    return nlp


def questions_of(text: str, nlp: Language, words: PartWords) -> list[str]:
    """The questions within a message, in their order; empty if the message is one sentence with one question.

    Args:
        text: the message.
        nlp: with a sentence splitter.
        words: that begin questions, or are polite and no part of one.
    """
    sentences = [span for span in nlp(text).sents if words_of(span.text)]
    found: list[str] = []
    for sentence in sentences:
        rest = _without_courtesies(sentence, words)
        asks = sentence.text.rstrip(" )\"'“”»«\n").endswith("?")
        pieces = _split(rest, words)
        asking = [piece for piece in pieces if asks or _begins(piece, words.openers)]
        if rest is not sentence and not asking:
            asking = [piece for piece in pieces if _begins(piece, words.contrasts)]
        found += [piece.text.strip(" ,;") for piece in asking]
    if len(sentences) == 1 and found == [text.strip(" ,;")]:
        return []
    return found[-MOST_PARTS:]


def with_parts(messages: Iterable[Message]) -> list[Message]:
    """The messages and, after each of them, its parts: what a component processes to understand both."""
    return [one for message in messages for one in (message, *message.get(_MESSAGES, []))]


def report_parts(messages: Iterable[Message]) -> None:
    """Add what is known of the parts of each message to its parse output."""
    for message in messages:
        parts = message.get(_MESSAGES)
        if parts:
            known = [{key: part.get(key) for key in _OUTPUT if part.get(key) is not None} for part in parts]
            message.set(PARTS, known, add_to_output=True)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class MessageParts(GraphComponent):
    """Takes messages apart. Stands first in the pipeline; the words are in ``data/word_lists/conversation.yml``."""

    def __init__(self) -> None:
        self._nlp = sentence_splitter()
        self._words = load_words(paths.data()).parts

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MessageParts:
        """Rasa's factory."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Keep the parts of each incoming message with it, as messages of their own."""
        for message in messages:
            if message.get(TEXT):
                parts = questions_of(message.get(TEXT), self._nlp, self._words)
                message.set(_MESSAGES, [Message({TEXT: part}) for part in parts])
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Return the examples unchanged: each is learnt as a whole."""
        return training_data


def _without_courtesies(sentence: Span, words: PartWords) -> Span:
    """The sentence after the polite words it begins with; the sentence itself if there are none, or nothing else."""
    start = 0
    while start < len(sentence):
        folded = words_of(sentence[start:].text)
        polite = entry_length(folded, 0, words.courtesies)
        silent = not words_of(sentence[start].text)
        if not polite and not silent:
            break
        start += 1
        # Several words of one entry: “vielen Dank”.
        while polite > 1 and start < len(sentence):
            start += 1
            polite -= 1
    rest = sentence[start:] if 0 < start < len(sentence) else sentence
    return rest if _count(rest) >= 2 else sentence


def _split(span: Span, words: PartWords) -> list[Span]:
    """The span, cut where a second question begins: “… und darf ich …”."""
    for position in range(1, len(span) - 1):
        before, after = span[:position], span[position:]
        if not _begins(after, words.conjunctions) or not _begins(after[1:], words.openers):
            continue
        if min(_count(before), _count(after)) > _SHORTEST_WORDS:
            return [before, *_split(after[1:], words)]
    return [span]


def _begins(span: Span, entries: Sequence[str]) -> bool:
    return entry_length(words_of(span.text), 0, entries) > 0


def _count(span: Span) -> int:
    return len(words_of(span.text))
