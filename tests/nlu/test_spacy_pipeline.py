"""Words and circumstances in a message."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from spacy.language import Language

from lotse.content.folding import fold
from lotse.content.vocabulary import load_facets
from lotse.nlu.spacy_pipeline import build_pipeline, lemmas, mentions

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def nlp() -> Language:
    return build_pipeline(load_facets(DATA))


def found(nlp: Language, text: str) -> dict[tuple[str, str], str]:
    return {(item.facet, item.value): text[item.start : item.end] for item in mentions(nlp(text))}


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Bürger", "buerger"),
        ("BÜRGER", "buerger"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("Öl ÄÜ", "oel aeue"),
    ],
)
def test_spellings_are_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_decomposed_umlauts_are_the_same_letters() -> None:
    # Some keyboards and copied PDF texts send “u” and two dots as two characters.
    assert fold("Bu\u0308rger") == fold("Bürger")


@pytest.mark.parametrize(
    ("text", "facet", "value", "words"),
    [
        ("Darf ich als Beamtin auf Instagram posten?", "status", "beamte", "Beamtin"),
        ("Darf ich als Beamtin auf Instagram posten?", "platform", "instagram", "Instagram"),
        ("ich bin VERBEAMTET, was nun", "status", "beamte", "VERBEAMTET"),
        ("bin tarifbeschaeftigt", "status", "tarif", "tarifbeschaeftigt"),
        ("bin tarifbeschäftigte Kraft", "status", "tarif", "tarifbeschäftigte"),
        ("im Beamtenverhaeltnis", "status", "beamte", "Beamtenverhaeltnis"),
        ("Azubi im 2. Lehrjahr", "status", "azubi", "Azubi"),
        ("bin kein Beamter.", "status", "beamte", "Beamter"),
        ("Ich bin Polizeibeamtin", "status", "beamte", "Polizeibeamtin"),
        ("Ich bin Polizeibeamtin", "occupation", "police", "Polizeibeamtin"),
        ("Die Schulleiterin schreibt", "person", "superior", "Schulleiterin"),
        ("Die Schulleiterin schreibt", "occupation", "teaching", "Schulleiterin"),
        ("  👍 über TikTok-Videos?", "platform", "tiktok", "TikTok-Videos"),
        ("Ärger auf X (früher Twitter)", "platform", "x", "Twitter"),
    ],
)
def test_circumstances_are_found_where_they_stand(nlp: Language, text: str, facet: str, value: str, words: str) -> None:
    named = [item for item in mentions(nlp(text)) if (item.facet, item.value) == (facet, value)]
    assert words in [text[item.start : item.end] for item in named]


def test_a_word_may_name_several_circumstances(nlp: Language) -> None:
    named = found(nlp, "Darf ich ein Reel drehen?")
    assert ("content", "video") in named
    assert ("platform", "instagram") in named


def test_of_words_within_words_the_longer_ones_count(nlp: Language) -> None:
    assert ("status", "azubi") in found(nlp, "ich bin duale Studentin")
    assert ("person", "student") not in found(nlp, "ich bin duale Studentin")


@pytest.mark.parametrize("text", ["auf unserem Facebook", "in unserer Facebook-Story", "AUF UNSERM FACEBOOK"])
def test_a_circumstance_beside_another_leaves_it_its_words(nlp: Language, text: str) -> None:
    named = found(nlp, text)
    assert ("account", "official") in named
    assert named["platform", "facebook"].casefold().startswith("facebook")


def test_every_form_of_the_vocabulary_is_found(nlp: Language) -> None:
    missed = []
    for facet in load_facets(DATA).values():
        for name, value in facet.values.items():
            for form in value.forms:
                text = re.sub(r"<platform=([a-z]+)[a-z|]*>", r"\1", form.replace("*", ""))
                if (facet.facet, name) not in found(nlp, text):
                    missed.append(f"{facet.facet}={name}: {form}")
    assert missed == []


@pytest.mark.parametrize("text", ["", " ", "\n", "👍", "?!", "\x00", "a" * 3000, "https://example.org/beamte"])
def test_odd_texts_are_read(nlp: Language, text: str) -> None:
    doc = nlp(text)
    assert isinstance(lemmas(nlp, doc), list)
    assert all(0 <= item.start < item.end <= len(text) for item in mentions(doc))


def test_lemmas_are_folded_and_without_punctuation(nlp: Language) -> None:
    result = lemmas(nlp, nlp("Dürfen Bürgerinnen, die posten, blockiert werden?"))
    assert "?" not in result and "," not in result
    assert all(lemma == fold(lemma) for lemma in result)
    assert lemmas(nlp, nlp("Fotos")) == lemmas(nlp, nlp("Foto"))
