"""Chooses the weights of the passage ranking and measures it. Writes `passages.md`.

Run ``python benchmarks/passages.py`` from the project folder; five minutes on two cores. The weights are learned on the
passages' own phrasings: a fifth of them in turn is left out of the index and asked. `tests/questions/passages.jsonl` is
measured only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from lotse import paths
from lotse.content import Guide
from lotse.content.folding import fold
from lotse.nlu.guide_files import load_guides
from lotse.nlu.ngrams import MessageFeatures
from lotse.nlu.passage_index import PassageIndex, PassageWeights, topic_of_passage
from lotse.nlu.passage_ranker import entries_of
from lotse.nlu.sentence_vectors import encode_remembering

TABLE = Path(__file__).with_name("passages.md")
NAMES = list(asdict(PassageWeights()))
# What the ranking was until 29 November 2026, as nearly as these similarities can say it.
BEFORE = {"nearest_meaning": 0.25, "second_meaning": 0.25, "nearest_characters": 0.25, "second_characters": 0.25}
# … and what it was before it had classifiers, with the phrasings of today.
WITHOUT_CLASSIFIERS = {
    "nearest_meaning": 0.18,
    "second_meaning": 0.18,
    "nearest_characters": 0.09,
    "second_characters": 0.13,
    "statement_meaning": 0.21,
    "coverage": 0.21,
}
RIDGE = 5e-4
FOLDS = 5

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """A question, the passages that answer it, and how each passage of the guide fits it.

    Attributes:
        similarities: shape ``(passages, weights)``, see `PassageIndex.similarities`.
        right: positions of the passages that answer it.
        within: positions of the passages of the right topics.
    """

    similarities: Vector
    right: list[int]
    within: list[int]


def asked(index: PassageIndex, questions: Sequence[tuple[str, Iterable[str]]]) -> list[Asked]:
    """The questions as the index sees them; those whose passages it does not know are left out.

    Args:
        index: fitted.
        questions: text, and ids of the passages that answer it.
    """
    position = {passage: number for number, passage in enumerate(index.passages)}
    topics = [topic_of_passage(passage) for passage in index.passages]
    vectors = encode_remembering([text for text, _ in questions])
    found = []
    for (text, wanted), vector in zip(questions, vectors, strict=True):
        right = [position[passage] for passage in wanted if passage in position]
        if not right:
            continue
        named = {topics[number] for number in right}
        within = [number for number, topic in enumerate(topics) if topic in named]
        similarities = index.similarities(MessageFeatures(fold(text), [], vector)).astype(np.float64)
        found.append(Asked(similarities, right, within))
    return found


def phrasings_left_out(guides: Sequence[Guide]) -> list[Asked]:
    """Every phrasing of every passage, asked of an index that does not know it nor the others of its fifth."""
    entries = [entry for guide in guides for entry in entries_of(guide)]
    found: list[Asked] = []
    for fold_number in range(FOLDS):
        left_out = [
            (phrasing, [passage.id])
            for guide in guides
            for passage in guide.passages.values()
            if passage.language == guide.language
            for phrasing in passage.phrasings[fold_number::FOLDS]
        ]
        texts = {(owners[0], fold(text)) for text, owners in left_out}
        index = PassageIndex()
        index.fit([entry for entry in entries if (entry.passage, entry.sample.folded) not in texts], {})
        found += asked(index, left_out)
    return found


def learned(questions: Sequence[Asked]) -> Vector:
    """The weights of a conditional logit model (McFadden 1974) over all passages; none is negative, they add up to one.

    Args:
        questions: to learn from.
    """

    def loss(weights: Vector) -> tuple[float, Vector]:
        total, gradient = 0.0, np.zeros(len(weights))
        for question in questions:
            scores = question.similarities @ weights
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            right = shares[question.right].sum() + 1e-12
            target = np.zeros(len(shares))
            target[question.right] = shares[question.right] / right
            total -= float(np.log(right))
            gradient += question.similarities.T @ (shares - target)
        count = len(questions)
        return total / count + RIDGE * float(weights @ weights), gradient / count + 2 * RIDGE * weights

    bounds = [(0, None)] * len(NAMES)
    found: Vector = minimize(loss, np.ones(len(NAMES)), jac=True, method="L-BFGS-B", bounds=bounds).x
    weights: Vector = found / found.sum()
    return weights


def measured(questions: Sequence[Asked], weights: Vector) -> tuple[float, float, float]:
    """Per cent: right passage first of all, first within its topic, among the first two within its topic."""
    first = inside = two = 0
    for question in questions:
        scores = question.similarities @ weights
        first += int(np.argmax(scores)) in question.right
        ordered = sorted(question.within, key=lambda number: -scores[number])
        inside += ordered[0] in question.right
        two += bool(set(ordered[:2]) & set(question.right))
    count = len(questions) / 100
    return first / count, inside / count, two / count


def weights_of(named: Mapping[str, float]) -> Vector:
    """The weights by name, in the order of `PassageWeights`; those that are not named are zero."""
    return np.array([named.get(name, 0.0) for name in NAMES])


def main() -> None:
    """Write the page."""
    guides = load_guides()
    index = PassageIndex()
    index.fit([entry for guide in guides for entry in entries_of(guide)], {})
    lines = (paths.home() / "tests" / "questions" / "passages.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, filter(None, lines)) if row.get("passage")]
    unseen = asked(index, [(row["text"], [row["passage"], *row["also_passages"]]) for row in rows])
    own = phrasings_left_out(guides)
    weights = learned(own)
    compared = {
        "meaning and characters alone, equally": weights_of(BEFORE),
        "without classifiers (before)": weights_of(WITHOUT_CLASSIFIERS),
        "in use": weights_of(asdict(PassageWeights())),
        "learned in this run": weights,
    }
    table = [
        f"| {name} | " + " | ".join(f"{value:.1f}" for value in measured(unseen, chosen)) + " |"
        for name, chosen in compared.items()
    ]
    weighed = [f"| {name} | {value:.3f} |" for name, value in zip(NAMES, weights, strict=True)]
    page = f"""# Ranking the passages

Made by `python benchmarks/passages.py` on {date.today()}; do not edit.

{len(index.passages)} passages. The weights are learned on {len(own)} phrasings of them, each asked of an index that
does not know it. Measured on {len(unseen)} questions of `tests/questions/passages.jsonl`, at least one for each passage
and meant to be hard, by people who wrote no passage; ranked without circumstances. Per cent: right passage first of
all, first within its topic, among the first two within its topic.

| similarities | first of all | first in its topic | among two |
|---|--:|--:|--:|
{chr(10).join(table)}

| learned in this run | weight |
|---|--:|
{chr(10).join(weighed)}

`PassageWeights` (`src/lotse/nlu/passage_index.py`) says what each similarity is; those in use are of an earlier run,
rounded. With 9 German and 5 English questions and phrasings a passage, and without classifiers, the right passage came
first for 72.0 per cent, and first within its topic for 80.9; twelve and five more of each brought 76.6 and 85.8.
"""
    TABLE.write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
