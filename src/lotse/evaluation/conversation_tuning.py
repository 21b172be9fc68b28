"""Chooses the conversation model's weights: reads the dialogues in ``data/dialogues`` with a trained model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import yaml

from lotse.answering import Memory, Question, choose_language, spoken_or_original
from lotse.answering.asked_passages import passage_candidates
from lotse.answering.conversation_model import candidates, goes_on
from lotse.answering.decide import understood
from lotse.answering.new_points import counted_already, passage_features
from lotse.answering.passages import fitting
from lotse.answering.settings import CONVERSATION_MODEL, Settings
from lotse.content.model import Guide
from lotse.conversation.assistant import Assistant
from lotse.evaluation.conversation_fit import Choice, choice_of_intent, fit
from lotse.evaluation.questions import Dialogue, DialogueTurn, Expectation, Kind
from lotse.operations.local_assistant import LocalAssistant
from lotse.rasa_adapter.names import MEMORY_SLOT

# What a turn leaves in the memory depends on the weights, so they are chosen on dialogues read with the weights before.
_ROUNDS = 2
_HEADER = """\
# How a message is read in its conversation: weights of the features of intents, of the passages of the topic at hand,
# and of the passages of all topics (src/lotse/answering/conversation_model.py, new_points.py and asked_passages.py).
# Written by ./lotse tune-conversation from the dialogues in data/dialogues; do not change by hand.
"""


@dataclass(frozen=True)
class Weights:
    """The weights of ``conversation_model.yml``, by feature."""

    intents: dict[str, float]
    passages: dict[str, float]
    asked_passages: dict[str, float]


@dataclass(frozen=True)
class ReadTurn:
    """A turn that comes after an answer, as it was understood by itself.

    Attributes:
        probabilities: by intent.
    """

    question: Question
    probabilities: Mapping[str, float]
    guide: Guide
    expect: Expectation


@dataclass(frozen=True)
class Choices:
    """What the turns of some dialogues teach.

    Attributes:
        turns: those that come after an answer and that the model has not learned from.
        passages: one choice for each turn that goes on with a topic and names the passages that answer it.
        asked_passages: one for each turn after an answer that names the passages that answer it, whatever its topic.
    """

    turns: list[ReadTurn] = field(default_factory=list)
    passages: list[Choice] = field(default_factory=list)
    asked_passages: list[Choice] = field(default_factory=list)


async def tune_conversation(
    local: LocalAssistant,
    dialogues: Iterable[Dialogue],
    trained: Container[str],
    usual: Mapping[Kind, float],
    progress: Callable[[int, int], None],
) -> Weights:
    """The weights that answer the turns of the dialogues best.

    Args:
        local: a trained model and the content.
        dialogues: with the expected replies.
        trained: the messages that the model has learned from. What it makes of them says nothing about strangers'
            messages, so they teach about passages only.
        usual: share of each kind among the turns of conversations that nobody was told to fill with follow-ups. A kind
            that is commoner in the dialogues counts less, so that the weights do not expect it everywhere.
        progress: called after each dialogue with its number and their count, over all rounds.
    """
    played, settings = list(dialogues), local.assistant.settings
    weights = Weights(settings.conversation_weights, settings.passage_weights, settings.asked_passage_weights)
    for round_number in range(_ROUNDS):
        present = replace(local, assistant=_with_weights(local.assistant, weights))
        choices = Choices()
        for number, dialogue in enumerate(played, start=1):
            await read_dialogue(present, dialogue, trained, choices)
            progress(round_number * len(played) + number, _ROUNDS * len(played))
        weights = fit_all(choices, usual, settings)
    return weights


def fit_all(choices: Choices, usual: Mapping[Kind, float], settings: Settings) -> Weights:
    """The weights that some choices teach. Those of the intents come last: they take the asked passages into account.

    Args:
        choices: of the turns.
        usual: see `tune_conversation`.
        settings: words and thresholds.
    """
    asked = fit(choices.asked_passages)
    present = settings.copy(update={"asked_passage_weights": asked})
    intents = [
        (
            turn.expect.kind,
            choice_of_intent(candidates(turn.question, turn.probabilities, turn.guide, present), turn.expect),
        )
        for turn in choices.turns
    ]
    return Weights(fit(as_usual(intents, usual)), fit(choices.passages), asked)


def shares_of_kinds(dialogues: Iterable[Dialogue]) -> dict[Kind, float]:
    """The share of each kind among all turns but the first of each dialogue."""
    counted = Counter(turn.expect.kind for dialogue in dialogues for turn in dialogue.turns[1:])
    return {kind: count / counted.total() for kind, count in counted.items()}


def as_usual(choices: Sequence[tuple[Kind, Choice]], usual: Mapping[Kind, float]) -> list[Choice]:
    """The choices, weighed so that each kind has its usual share; kinds without one keep theirs.

    Args:
        choices: with the kinds of their turns.
        usual: see `tune_conversation`.
    """
    counted = Counter(kind for kind, _ in choices)
    factors = {kind: usual[kind] * len(choices) / count for kind, count in counted.items() if usual.get(kind)}
    return [replace(choice, weight=factors.get(kind, 1.0)) for kind, choice in choices]


async def read_dialogue(local: LocalAssistant, dialogue: Dialogue, trained: Container[str], choices: Choices) -> None:
    """Add what the turns of a dialogue teach, as the assistant meets them."""
    memory = Memory()
    for turn in dialogue.turns:
        parse = await local.parse(turn.text, memory)
        _read(local.assistant, Question.from_parse(parse, memory), turn, trained, choices)
        events = local.assistant.turn(parse, memory.dict(), None).events
        memory = Memory.read(next(event["value"] for event in events if event["name"] == MEMORY_SLOT))


def write_weights(data: Path, weights: Weights) -> None:
    """Write the weights to ``conversation_model.yml``."""
    text = yaml.safe_dump(asdict(weights), allow_unicode=True, sort_keys=False)
    (data / CONVERSATION_MODEL).write_text(_HEADER + text, encoding="utf-8")


def _read(assistant: Assistant, asked: Question, turn: DialogueTurn, trained: Container[str], choices: Choices) -> None:
    settings = assistant.settings
    question = choose_language(asked, settings, list(assistant.guides))
    guide = assistant.guides[spoken_or_original(question.memory.language, assistant.guides)]
    if asked.problem or not asked.intents or not goes_on(question, guide):
        return
    read = understood(question, guide, settings)
    if turn.text not in trained:
        choices.turns.append(ReadTurn(read.question, read.probabilities, guide, turn.expect))
    if turn.expect.passages:
        near = passage_candidates(read.question, read.probabilities, guide)
        choices.asked_passages.append(
            Choice(tuple(near.values()), tuple(name in turn.expect.passages for name in near))
        )
    if turn.expect.kind == "refined" and turn.expect.passages:
        choices.passages.append(_choice_of_passage(read.question, guide, turn, settings))


def _choice_of_passage(question: Question, guide: Guide, turn: DialogueTurn, settings: Settings) -> Choice:
    """The passages of the topic at hand, with those that answer the turn."""
    memory = question.memory
    topic = guide.topics[memory.at_hand or ""]
    counted = counted_already(question, guide)
    fits = fitting(guide, topic.topic, question.passages_of_both, memory.facets, counted, settings)
    features = passage_features(fits, question, guide, topic)
    return Choice(tuple(features), tuple(fit.passage.id in turn.expect.passages for fit in fits))


def _with_weights(assistant: Assistant, weights: Weights) -> Assistant:
    changes = {
        "conversation_weights": weights.intents,
        "passage_weights": weights.passages,
        "asked_passage_weights": weights.asked_passages,
    }
    return replace(assistant, settings=assistant.settings.copy(update=changes))
