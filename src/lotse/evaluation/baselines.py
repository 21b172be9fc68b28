"""Baselines for the evaluation: a lexical search over the same passages, and the stock Rasa pipeline."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
import snowballstemmer
from bm25s.stopwords import STOPWORDS_GERMAN

from lotse.content import Guide
from lotse.evaluation import stock_rasa
from lotse.evaluation.questions import LabelledQuestion
from lotse.evaluation.rest_client import Reply
from lotse.evaluation.score import grade_question

_WORD = re.compile(r"\w+")
# Intents that the stock assistant would answer with a greeting or the like, which counts as correct for small talk.
_SMALLTALK = frozenset({"greet", "goodbye", "thank", "affirm", "deny", "bot_challenge", "capabilities", "smalltalk"})


class PassageSearch:
    """BM25 with German stems over the guide's passages; the best passage's topic is the answer.

    Args:
        guide: the passages.
        with_questions: also index the questions written for each passage.
    """

    def __init__(self, guide: Guide, with_questions: bool) -> None:
        self._stemmer = snowballstemmer.stemmer("german")
        self._topics: list[str] = []
        documents = []
        for passage in guide.passages.values():
            questions = " ".join(passage.questions) if with_questions else ""
            documents.append(self.words(f"{passage.title} {passage.text} {questions}"))
            self._topics.append(passage.topic)
        self._index = bm25s.BM25()
        self._index.index(documents, show_progress=False)
        self.threshold = 0.0

    def words(self, text: str) -> list[str]:
        """Stems of the words of a text, without stop words."""
        plain = [word for word in _WORD.findall(text.lower()) if word not in STOPWORDS_GERMAN]
        stems: list[str] = self._stemmer.stemWords(plain)
        return stems

    def ask(self, text: str) -> Reply:
        """The best passage's topic as a reply; ``refused`` if no word is known or the score is below the threshold."""
        start = time.perf_counter()
        known = [word for word in self.words(text) if word in self._index.vocab_dict]
        scores = self._index.get_scores(known) if known else np.zeros(len(self._topics))
        best = int(np.argmax(scores))
        milliseconds = (time.perf_counter() - start) * 1000
        score = float(scores[best])
        if score <= 0.0 or score < self.threshold:
            return Reply("refused", probability=score, milliseconds=milliseconds)
        return Reply("answered", topic=self._topics[best], probability=score, milliseconds=milliseconds)

    def choose_threshold(self, questions: Sequence[LabelledQuestion]) -> None:
        """Set the threshold that gives the most right replies to questions that are not used for measuring."""
        self.threshold = 0.0
        scores = sorted({self.ask(question.text).probability or 0.0 for question in questions})
        self.threshold = max([0.0, *scores], key=lambda threshold: self._right(questions, threshold))

    def _right(self, questions: Sequence[LabelledQuestion], threshold: float) -> int:
        self.threshold = threshold
        return sum(grade_question(question, self.ask(question.text)) == "right" for question in questions)


def reply_of_parse(parse: stock_rasa.Parse) -> Reply:
    """The reply that a stock assistant would give for a parse: intents of topics answer, the fallback refuses."""
    milliseconds = parse.seconds * 1000
    probability = parse.ranking[0][1] if parse.ranking else 0.0
    if parse.intent.startswith("ask_"):
        topic = parse.intent.removeprefix("ask_")
        return Reply("answered", topic=topic, probability=probability, milliseconds=milliseconds)
    if parse.intent in _SMALLTALK:
        return Reply("smalltalk", probability=probability, milliseconds=milliseconds)
    return Reply("refused", probability=probability, milliseconds=milliseconds)


def ask_stock_rasa(data: Path, cache: Path, texts: Sequence[str]) -> list[Reply]:
    """Replies of the stock pipeline trained on our messages.

    Args:
        data: folder of the training messages.
        cache: keeps the trained model, because training takes up to an hour on two cores.
        texts: the questions.

    Raises:
        StockRasaError: it could not be trained or asked.
    """
    return [reply_of_parse(parse) for parse in stock_rasa.parse(stock_rasa.train_on_project(data, cache), texts)]
