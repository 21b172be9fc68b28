"""Error analysis: for each misunderstood question the nearest training messages and the reply."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lotse.content.folding import fold
from lotse.evaluation.need_score import NeedMiss
from lotse.evaluation.questions import NO_NEED, LabelledQuestion
from lotse.evaluation.rest_client import Reply
from lotse.evaluation.score import QuestionResult, grade_question
from lotse.evaluation.verdict_score import VerdictMiss, light_of
from lotse.nlu.base_classifiers import NeighbourClassifier
from lotse.nlu.ngrams import MessageFeatures, NgramVectorizer
from lotse.nlu.sentence_vectors import encode_remembering
from lotse.operator_language import _

SHOWN = 5
# Results to be analysed: everything that was not answered or refused as it should be.
WORTH_A_LOOK = frozenset({"offered", "missed", "wrong", "refused", "outside_answered", "unsure", "lost"})


@dataclass(frozen=True)
class Miss:
    """A question with a wrong result.

    Attributes:
        result: how the question was graded.
        nearest: training messages nearest to it: similarity (0 to 1), intent, text.
    """

    question: LabelledQuestion
    reply: Reply
    result: QuestionResult
    nearest: tuple[tuple[float, str, str], ...]


def explain(
    questions: Sequence[LabelledQuestion], replies: Sequence[Reply], examples: Mapping[str, Iterable[str]]
) -> list[Miss]:
    """The questions with a wrong result, each with the training messages nearest to it.

    Args:
        questions: the questions.
        replies: the replies, in the same order.
        examples: training messages by intent.
    """
    results = [grade_question(question, reply) for question, reply in zip(questions, replies, strict=True)]
    missed = [number for number, result in enumerate(results) if result in WORTH_A_LOOK]
    if not missed:
        return []
    texts = [(intent, text) for intent, lines in examples.items() for text in lines]
    texts.sort(key=lambda pair: pair[0])
    intents = sorted(examples)
    known = _samples([text for _intent, text in texts])
    characters = NgramVectorizer("characters", "characters")
    characters.fit(known)
    classifier = NeighbourClassifier(characters)
    classifier.fit(known, np.array([intents.index(intent) for intent, _text in texts], dtype=np.int64), len(intents))
    similar = classifier.similarities(_samples([questions[number].text for number in missed]))
    return [
        Miss(questions[number], replies[number], results[number], _nearest(row, texts))
        for number, row in zip(missed, similar, strict=True)
    ]


def as_markdown(misses: Iterable[Miss]) -> str:
    """The misses as a Markdown page, for whoever writes training messages or sets thresholds."""
    lines = [_("# What was misunderstood"), ""]
    for miss in misses:
        wanted = ", ".join(sorted(miss.question.accepted))
        got = " ".join(filter(None, [miss.reply.outcome, miss.reply.topic])) or _("nothing")
        offered = (
            _("; offered: {offered}").format(offered=", ".join(miss.reply.offered)) if miss.result == "offered" else ""
        )
        sure = (
            ""
            if miss.reply.probability is None
            else _(", certainty {probability:.2f}").format(probability=miss.reply.probability)
        )
        lines += [
            f"## {miss.question.text}",
            "",
            _("Expected: {wanted}. Got: {got}{sure}{offered}.").format(
                wanted=wanted, got=got, sure=sure, offered=offered
            ),
            "",
        ]
        if miss.reply.passages:
            lines += [_("Passages: {passages}.").format(passages=", ".join(miss.reply.passages)), ""]
        lines += [f"- {similarity:.2f} `{intent}` {text}" for similarity, intent, text in miss.nearest]
        lines.append("")
    return "\n".join(lines)


def verdicts_as_markdown(misses: Iterable[VerdictMiss]) -> str:
    """The verdicts that are not right as a Markdown page, with the legal reason."""
    lines = [_("# Verdicts that are not right"), ""]
    for miss in misses:
        question, reply = miss.question, miss.reply
        got = " ".join(filter(None, [light_of(reply), reply.outcome, reply.topic]))
        never = _("; never: {lights}").format(lights=", ".join(question.never)) if miss.result == "never" else ""
        lines += [
            f"## {question.text}",
            "",
            _("Right: {lights}{never}. Got: {got}.").format(lights=", ".join(question.ok), never=never, got=got),
            "",
        ]
        if question.why:
            lines += [question.why, ""]
        if reply.passages:
            lines += [_("Passages: {passages}.").format(passages=", ".join(reply.passages)), ""]
    return "\n".join(lines)


def needs_as_markdown(misses: Iterable[NeedMiss]) -> str:
    """The people in need who were not met, and the harmless messages taken for one, as a Markdown page."""
    lines = [_("# People in need who were not met, and false alarms"), ""]
    for miss in misses:
        got = miss.reply.help or " ".join(filter(None, [miss.reply.outcome, miss.reply.topic]))
        wanted = _("no need") if miss.message.need == NO_NEED else miss.message.need
        lines.append(
            _("- {text} (expected: {wanted}; got: {got})").format(text=miss.message.text, wanted=wanted, got=got)
        )
    return "\n".join([*lines, ""])


def _samples(texts: list[str]) -> list[MessageFeatures]:
    return [
        MessageFeatures(fold(text), [], vector) for text, vector in zip(texts, encode_remembering(texts), strict=True)
    ]


def _nearest(
    similar: np.ndarray[tuple[int], np.dtype[np.float32]], texts: Sequence[tuple[str, str]]
) -> tuple[tuple[float, str, str], ...]:
    best = np.argsort(-similar)[:SHOWN]
    return tuple((round(float(similar[number]), 3), *texts[number]) for number in best)
