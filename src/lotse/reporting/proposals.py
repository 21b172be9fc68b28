"""Proposals for training examples as a patch that an editor reviews, changes, and applies or not.

The only place where a person's words come to light: as they agreed to them, with personal data masked.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lotse.operator_language import _
from lotse.private_files import make_file
from lotse.reporting.gaps import Gap

# Named in the file as the author, as the evaluation can leave out the examples of one author.
AUTHOR = "given"
_FOLDER = "data/nlu"


@dataclass(frozen=True)
class Proposals:
    """A patch.

    Attributes:
        text: a unified diff after a heading of comments; `git apply` and `patch -p1` skip the comments.
        examples: how many examples it adds.
        unassigned: how many questions are near no topic and stand in the comments only.
    """

    text: str
    examples: int
    unassigned: int


def propose(gaps: Sequence[Gap], nlu: Path, topic_at: float) -> Proposals:
    """Examples for the topics that questions are near to, and the other questions as comments.

    Args:
        gaps: the groups of questions.
        nlu: the folder of the training examples.
        topic_at: similarity from which a question is proposed for a topic.
    """
    by_topic: dict[str, dict[str, None]] = {}
    others: list[list[str]] = []
    for gap in gaps:
        left = []
        for question, near in zip(gap.questions, gap.near, strict=True):
            if near.similarity >= topic_at and (nlu / f"{near.topic}.yml").is_file():
                by_topic.setdefault(near.topic, {})[_example(question.text)] = None
            else:
                left.append(_example(question.text))
        if left:
            others.append(list(dict.fromkeys(left)))
    diffs = [_diff(nlu, topic, examples) for topic, examples in sorted(by_topic.items())]
    added = sum(len(examples) for examples in by_topic.values())
    unassigned = sum(map(len, others))
    return Proposals("".join([_heading(others), *diffs]) if gaps else "", added, unassigned)


def write_patch(path: Path, proposals: Proposals) -> None:
    """Write a patch that only its owner can read.

    Args:
        path: of the file; what is there is replaced.
        proposals: what to write.
    """
    make_file(path)
    path.write_text(proposals.text, encoding="utf-8")


def _heading(others: Iterable[Sequence[str]]) -> str:
    lines = [
        _("Questions that people gave to improve the guide; personal data is masked as far as it is found."),
        _("Read each one: take out what points to a person, move what belongs elsewhere, delete what is useless."),
        _("Apply with: git apply FILE (or: patch -p1 < FILE). Then ./lotse check, and train again."),
        _("Delete this file afterwards: whoever gave a question can take it back, and this copy would stay."),
    ]
    if found := list(others):
        lines += ["", _("Near no topic: something the guide lacks, or lies outside it (data/nlu/out_of_scope.yml).")]
        for number, questions in enumerate(found, start=1):
            lines += [_("Group {number}:").format(number=number), *(f"  - {question}" for question in questions)]
    return "".join(f"# {line}".rstrip() + "\n" for line in lines) + "\n"


def _diff(nlu: Path, topic: str, examples: Iterable[str]) -> str:
    name = f"{topic}.yml"
    before = (nlu / name).read_text(encoding="utf-8")
    after = before if before.endswith("\n") else before + "\n"
    after += f"- intent: ask_{topic}\n  metadata: {{author: {AUTHOR}}}\n  examples: |\n"
    after += "".join(f"    - {example}\n" for example in examples)
    places = (f"a/{_FOLDER}/{name}", f"b/{_FOLDER}/{name}")
    return "".join(difflib.unified_diff(before.splitlines(True), after.splitlines(True), *places))


def _example(text: str) -> str:
    """A question as a training example: one line, without the brackets by which Rasa marks entities."""
    return " ".join(text.translate(str.maketrans("[]{}", "()()")).split())
