"""The spaCy pipeline for German and some English: tokens, lemmas, facets.

The default needs only packages from the package index: spaCy's blank German pipeline for tokens, simplemma for lemmas
and a ruler fed from ``data/vocabulary``. With a trained spaCy model installed, its name is one setting in
``config.yml`` and its lemmatiser is used instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import simplemma
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from lotse.content.folding import fold
from lotse.content.model import BESIDE, Facet

BLANK = "blank"
RULER = "span_ruler"
# German first: “die”, “war” and “man” are also English words.
LEMMA_LANGUAGES = ("de", "en")
_FOUND = "facets"


@dataclass(frozen=True)
class FacetMention:
    """A circumstance named in a message.

    Attributes:
        facet: which circumstance, e.g. ``platform``.
        value: its value in the vocabulary, e.g. ``linkedin``.
        start: first character of the mention.
        end: one past its last character.
    """

    facet: str
    value: str
    start: int
    end: int


def build_pipeline(facets: Mapping[str, Facet], model: str = BLANK) -> Language:
    """Assemble the spaCy pipeline.

    Args:
        facets: the vocabulary, by facet id.
        model: ``blank``, or the name of an installed spaCy model such as ``de_core_news_lg``.

    Raises:
        OSError: the model is not installed.
    """
    nlp = spacy.blank("de") if model == BLANK else spacy.load(model, exclude=["parser", "ner"])
    nlp.add_pipe("lotse_fold_norms", first=True)
    # Not an entity ruler, which keeps one meaning of a word only: “Reel” is a video and says Instagram.
    ruler = nlp.add_pipe(RULER, config={"spans_key": _FOUND, "annotate_ents": False, "phrase_matcher_attr": "NORM"})
    ruler.add_patterns(list(_patterns(nlp, facets)))  # type: ignore[attr-defined]
    return nlp


@Language.component("lotse_fold_norms")
def fold_norms(doc: Doc) -> Doc:
    """Set each token's NORM to its folded form, so that one form in the vocabulary matches all its spellings."""
    for token in doc:
        token.norm_ = fold(token.text)
    return doc


def lemmas(nlp: Language, doc: Doc) -> list[str]:
    """Folded lemmas of the words of a message, without punctuation."""
    trained = nlp.has_pipe("lemmatizer")
    words = [token for token in doc if not token.is_punct and not token.is_space]
    return [
        fold(token.lemma_ if trained else simplemma.lemmatize(token.text.lower(), LEMMA_LANGUAGES)) for token in words
    ]


def mentions(doc: Doc) -> list[FacetMention]:
    """Facets named in a message, in order. The same words may name several; the longest words count."""
    taken: list[Span] = []
    found = list(doc.spans.get(_FOUND, ()))
    for span in sorted((span for span in found if not span.id_), key=lambda span: span.start - span.end):
        if all(_apart(span, other) or _same_words(span, other) for other in taken):
            taken.append(span)
    # What a form names beside another facet leaves that one its own words.
    for span in sorted((span for span in found if span.id_), key=lambda span: span.start - span.end):
        facet, _value = _facet_and_value(span.label_)
        if all(_apart(span, other) for other in taken if other.label_.startswith(f"{facet}=")):
            taken.append(span)
    named = sorted({(span.start_char, span.end_char, span.label_) for span in taken})
    return [FacetMention(*_facet_and_value(label), start, end) for start, end, label in named]


def _facet_and_value(label: str) -> tuple[str, str]:
    facet, _, value = label.partition("=")
    return facet, value


def _apart(one: Span, other: Span) -> bool:
    return bool(one.end <= other.start or other.end <= one.start)


def _same_words(one: Span, other: Span) -> bool:
    return bool((one.start, one.end) == (other.start, other.end))


def _patterns(nlp: Language, facets: Mapping[str, Facet]) -> Iterable[dict[str, Any]]:
    for facet in facets.values():
        for name, value in facet.values.items():
            # An id marks what may lie within the words of other facets.
            marked = {"label": f"{facet.facet}={name}", **({"id": facet.facet} if facet.overlapping else {})}
            beside = [form for form in value.forms if BESIDE.search(form)]
            forms = [form for form in value.forms if form not in beside]
            # Whole forms are looked up; only beginnings need regular expressions, all one-word ones together: a
            # pattern for each form made every message three milliseconds slower.
            yield from ({**marked, "pattern": form} for form in forms if not form.endswith("*"))
            beginnings = [_words(nlp, form.rstrip("*")) for form in forms if form.endswith("*")]
            if single := [words[0] for words in beginnings if len(words) == 1]:
                yield {**marked, "pattern": [_begins_with(single)]}
            for words in beginnings:
                if len(words) > 1:
                    whole = [{"NORM": word} for word in words[:-1]]
                    yield {**marked, "pattern": [*whole, _begins_with(words[-1:])]}
            for form in beside:
                yield {**marked, "pattern": [_part(part, facets) for part in form.split()], "id": form}


def _part(part: str, facets: Mapping[str, Facet]) -> dict[str, Any]:
    """The pattern of one word of a form beside another facet: a word, a beginning, or any one-word form of values."""
    placeholder = BESIDE.fullmatch(part)
    if placeholder is None:
        return _begins_with([fold(part.rstrip("*"))]) if part.endswith("*") else {"NORM": fold(part)}
    values = facets[placeholder["facet"]].values
    forms = [form for value in placeholder["values"].split("|") for form in values[value].forms]
    whole = [f"{re.escape(fold(form))}$" for form in forms if " " not in form and not form.endswith("*")]
    beginnings = [re.escape(fold(form.rstrip("*"))) for form in forms if " " not in form and form.endswith("*")]
    return {"NORM": {"REGEX": "^(?:" + "|".join([*whole, *beginnings]) + ")"}}


def _words(nlp: Language, form: str) -> list[str]:
    return [fold(token.text) for token in nlp.tokenizer(form)]


def _begins_with(words: Iterable[str]) -> dict[str, Any]:
    return {"NORM": {"REGEX": "^(?:" + "|".join(map(re.escape, words)) + ")"}}
