"""What the guide does not answer: given questions, grouped by meaning and compared with what the guide says."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.cluster import AgglomerativeClustering

from lotse.content import Guide
from lotse.content.improvement import ImprovementSettings
from lotse.reporting.figures import GivenText

Vectors = npt.NDArray[np.float32]
Encode = Callable[[list[str]], Vectors]


@dataclass(frozen=True)
class Near:
    """A statement of the guide that a question resembles.

    Attributes:
        topic: its id.
        title: of the passage, or of the topic.
        similarity: cosine, 0 to 1.
    """

    topic: str
    title: str
    similarity: float


@dataclass(frozen=True)
class Gap:
    """A group of questions that mean about the same.

    Attributes:
        questions: in the order of their likeness to the middle of the group.
        near: what each of them is nearest to in the guide.
    """

    questions: list[GivenText]
    near: list[Near]

    @property
    def people(self) -> int:
        """How many different people gave them."""
        return len({question.person for question in self.questions})

    @property
    def nearest(self) -> Near:
        """What the group is nearest to."""
        return max(self.near, key=lambda near: near.similarity)


def find_gaps(given: Sequence[GivenText], guide: Guide, encode: Encode, settings: ImprovementSettings) -> list[Gap]:
    """The given questions in groups, the group of most people first.

    Args:
        given: the questions; the same text may stand there more than once.
        guide: what they are compared with: titles and own questions of topics and passages.
        encode: texts to unit vectors, shape ``(texts, dimensions)``.
        settings: from which similarity questions belong together.
    """
    if not given:
        return []
    said = [
        *((topic.topic, topic.title, topic.title) for topic in guide.topics.values()),
        *(
            (passage.id.partition(".")[0], passage.title, question)
            for passage in guide.passages.values()
            for question in (passage.title, *passage.questions)
        ),
    ]
    vectors = encode([question.text for question in given])
    likeness = vectors @ encode([text for _, _, text in said]).T
    near = [
        Near(said[best][0], said[best][1], round(float(row[best]), 3))
        for row, best in zip(likeness, likeness.argmax(axis=1).tolist(), strict=True)
    ]
    gaps = []
    for members in _groups(vectors, settings.alike_at):
        middle = vectors[members].mean(axis=0)
        ordered = sorted(members, key=lambda number: (-float(vectors[number] @ middle), given[number].text))
        gaps.append(Gap([given[number] for number in ordered], [near[number] for number in ordered]))
    return sorted(gaps, key=lambda gap: (-gap.people, -len(gap.questions), gap.questions[0].text))


def _groups(vectors: Vectors, alike_at: float) -> list[list[int]]:
    """Numbers of the rows that belong together: average linkage over the distances of unit vectors.

    Args:
        vectors: of length 1, one a row.
        alike_at: cosine similarity; with unit vectors, the distance is the root of two times its difference to 1.
    """
    if len(vectors) == 1:
        return [[0]]
    distance = math.sqrt(2 * (1 - alike_at))
    model = AgglomerativeClustering(n_clusters=None, linkage="average", distance_threshold=distance)
    found = model.fit_predict(vectors)
    return [np.flatnonzero(found == number).tolist() for number in range(int(found.max()) + 1)]
