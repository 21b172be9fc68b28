"""The spaCy pipeline for German and some English: tokens, lemmas, facets.

The default needs only packages from the package index: spaCy's blank German pipeline for tokens, simplemma for lemmas
and an entity ruler fed from ``data/vocabulary``. With a trained spaCy model installed, its name is one setting in
``config.yml`` and its lemmatiser is used instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import simplemma
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from lotse.content.model import Facet

BLANK = "blank"
# German first: “die”, “war” and “man” are also English words.
LEMMA_LANGUAGES = ("de", "en")
_FOLDING = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


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


def fold(text: str) -> str:
    """The text in lower case without umlauts, so that “Bürger” and “buerger” are the same word."""
    return unicodedata.normalize("NFC", text).casefold().translate(_FOLDING)


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
    ruler = nlp.add_pipe("entity_ruler", config={"overwrite_ents": True, "phrase_matcher_attr": "NORM"})
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
    """Facets named in a message, in order."""
    found = []
    for entity in doc.ents:
        if "=" in entity.label_:
            facet, value = entity.label_.split("=", 1)
            found.append(FacetMention(facet, value, entity.start_char, entity.end_char))
    return found


def _patterns(nlp: Language, facets: Mapping[str, Facet]) -> Iterable[dict[str, Any]]:
    for facet in facets.values():
        for name, value in facet.values.items():
            label = f"{facet.facet}={name}"
            # Whole forms are looked up; only beginnings need regular expressions, all one-word ones together: a
            # pattern for each form made every message three milliseconds slower.
            yield from ({"label": label, "pattern": form} for form in value.forms if not form.endswith("*"))
            beginnings = [_words(nlp, form.rstrip("*")) for form in value.forms if form.endswith("*")]
            if single := [words[0] for words in beginnings if len(words) == 1]:
                yield {"label": label, "pattern": [_begins_with(single)]}
            for words in beginnings:
                if len(words) > 1:
                    whole = [{"NORM": word} for word in words[:-1]]
                    yield {"label": label, "pattern": [*whole, _begins_with(words[-1:])]}


def _words(nlp: Language, form: str) -> list[str]:
    return [fold(token.text) for token in nlp.tokenizer(form)]


def _begins_with(words: Iterable[str]) -> dict[str, Any]:
    return {"NORM": {"REGEX": "^(?:" + "|".join(map(re.escape, words)) + ")"}}
