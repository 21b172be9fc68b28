"""Ways to find a place in the guide: search over topics and passages, groups of topics, its own questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sklearn.feature_extraction.text import TfidfVectorizer

from lotse.content import Guide
from lotse.content.model import Passage, Topic
from lotse.content.word_lists import SearchWords

# Topics for whoever runs a channel of an authority; the others are for all employees.
_FOR_AUTHORITIES = "authority_"
MAX_QUERY = 200
MAX_HITS = 12
# Parts of words, so that compounds, endings and typing errors are found as well.
_NGRAMS = (3, 5)
# Similarity (cosine, 0 to 1) below which a text has only scattered letters in common with the query.
_LEAST = 0.08
# Texts far below the best one are left out.
_SHARE_OF_BEST = 0.35


@dataclass(frozen=True)
class Hit:
    """A place of the guide that fits a query.

    Attributes:
        topic: the topic it belongs to.
        passage: the passage; None if the topic itself fits.
    """

    topic: Topic
    passage: Passage | None

    @property
    def title(self) -> str:
        """What a link to the place is called."""
        return self.passage.title if self.passage else self.topic.title

    @property
    def text(self) -> str:
        """What the place says, in short."""
        return self.passage.text if self.passage else self.topic.short


class GuideSearch:
    """Ranks the topics and passages of one guide by the words they share with a query.

    Args:
        guide: in one language.
        words: what people type for what the guide calls otherwise; None for none.
    """

    def __init__(self, guide: Guide, words: SearchWords | None = None) -> None:
        self._words, self._language = words, guide.language
        self._hits = [
            hit
            for name, topic in guide.topics.items()
            for hit in (Hit(topic, None), *(Hit(topic, passage) for passage in guide.of_topic[name]))
        ]
        self._vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=_NGRAMS, sublinear_tf=True)
        # The title once more: it counts most.
        self._texts = self._vectorizer.fit_transform(
            [" ".join([hit.title, *searched_texts(hit)]) for hit in self._hits]
        )

    def find(self, query: str) -> Sequence[Hit]:
        """The places that fit a query, the best first; at most ``MAX_HITS``.

        Args:
            query: what a person typed; only its first ``MAX_QUERY`` characters are read.
        """
        query = query[:MAX_QUERY]
        if self._words:
            query = " ".join([query, *self._words.of_guide(query, self._language)])
        similar = (self._texts @ self._vectorizer.transform([query]).T).toarray().ravel()
        least = max(_LEAST, _SHARE_OF_BEST * similar.max())
        best = similar.argsort(kind="stable")[::-1][:MAX_HITS]
        return [self._hits[number] for number in best if similar[number] >= least]


def searched_texts(hit: Hit) -> list[str]:
    """The texts by which a place is found: for a passage those of the assistant's own index, but for follow-ups.

    A search is not the middle of a conversation.
    """
    if hit.passage is None:
        return [hit.topic.label, hit.topic.label, hit.topic.short]
    return [*hit.passage.questions, *hit.passage.phrasings, f"{hit.passage.title}. {hit.passage.text}"]


@dataclass(frozen=True)
class TopicGroup:
    """Topics for one kind of readers.

    Attributes:
        name: key of the group's title in the wording of the guide's pages.
        topics: sorted by their labels.
    """

    name: str
    topics: Sequence[Topic]


def topic_groups(guide: Guide) -> list[TopicGroup]:
    """The topics for all employees, then those for whoever runs an authority's channel; no group is empty."""
    topics = sorted(guide.topics.values(), key=lambda topic: topic.label.casefold())
    groups = [
        TopicGroup(name, [topic for topic in topics if topic.topic.startswith(_FOR_AUTHORITIES) is authorities])
        for name, authorities in (("for_employees", False), ("for_authorities", True))
    ]
    return [group for group in groups if group.topics]


def own_questions(guide: Guide) -> list[str]:
    """One question for each topic and each passage, in the guide's order: what the web chat suggests."""
    return [
        question
        for name, topic in guide.topics.items()
        for question in (topic.title, *(passage.questions[0] for passage in guide.of_topic[name]))
    ]
