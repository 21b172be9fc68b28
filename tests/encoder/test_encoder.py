"""The shipped encoder: complete, made by the present scripts, and the same on every machine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotse.encoder.artefacts import CARD, LAYERS, Card, digest, folder, read_card
from lotse.encoder.encoder import DIMENSIONS, MOST_TOKENS, OUTPUTS, Encoder, encoder
from lotse.encoder.tuning.digest import scripts_digest
from lotse.errors import OperationError

# 8-bit products differ in the last bits between processors.
MOST_DIFFERENCE = 0.02


@pytest.fixture(scope="module")
def card() -> Card:
    return read_card(folder())


def test_the_files_are_those_that_the_card_describes(card: Card) -> None:
    assert {name: digest(folder() / name) for name in card.files} == card.files
    assert LAYERS in card.files


def test_the_encoder_was_made_by_the_present_scripts(card: Card) -> None:
    assert card.scripts == scripts_digest(), "run ./lotse tune-encoder, or undo the change in lotse.encoder"


def test_it_gives_the_expected_vectors(card: Card) -> None:
    vectors = encoder().vectors(list(card.samples))
    for vector, expected in zip(vectors, card.samples.values(), strict=True):
        assert np.abs(vector[: len(expected)] - expected).max() < MOST_DIFFERENCE


def test_a_vector_does_not_depend_on_the_texts_beside_it() -> None:
    texts = [
        "Darf ich das?",
        "Darf ich als Beamtin in meiner Freizeit ein Foto vom Sommerfest auf Instagram posten?",
        "👍",
    ]
    together = encoder().vectors(texts)
    alone = np.concatenate([encoder().vectors([text]) for text in texts])
    assert np.array_equal(together, alone)


# A question, the same in other words, and something else with a word of the question.
ALIKE = [
    ("Kann ich jemanden bei Instagram blockieren?", "Darf ich andere sperren?", "Die Kreditkarte ist blockiert."),
    (
        "Darf ich während der Arbeit auf TikTok sein?",
        "Ist Social Media in der Dienstzeit erlaubt?",
        "Wie lange sind die Arbeiten an der Straße?",
    ),
    (
        "Darf ich das Bild vom Kollegen hochladen?",
        "Ein Foto posten, auf dem ein Mitarbeiter zu sehen ist",
        "Das Hochwasser hat das Bild mitgenommen.",
    ),
    ("Jemand droht mir im Netz.", "I am being threatened online.", "Im Netz ist ein Fisch."),
    (
        "Darf ich meine Meinung zur AfD schreiben?",
        "Politische Äußerungen auf Facebook",
        "Ich schreibe eine Prüfung in Politik.",
    ),
    (
        "Ist ein Like schon eine Zustimmung?",
        "gefällt mir drücken – heißt das, ich stimme zu?",
        "Ich brauche eine Zustimmung für den Urlaub.",
    ),
]


def test_what_means_the_same_is_nearer_than_what_only_sounds_alike() -> None:
    leads = []
    for triple in ALIKE:
        question, same, other = encoder().vectors(list(triple))
        leads.append(question @ same - question @ other)
    assert min(leads) > 0.05 and np.mean(leads) > 0.2


def test_other_alphabets_are_encoded_character_by_character() -> None:
    tokens = encoder().tokens
    assert len(tokens.of("Можно")) > 3
    assert tokens.unknown not in tokens.of("Можно")


def test_a_long_text_is_cut() -> None:
    assert len(encoder().tokens.of("Behörde " * 2_000)) == MOST_TOKENS + 2


@given(st.text(st.characters(), max_size=200))
def test_every_text_has_a_unit_vector(text: str) -> None:
    vector = encoder().vectors([text])[0]
    assert vector.shape == (DIMENSIONS,)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)


def test_the_general_vector_has_unit_length_too_and_is_another() -> None:
    both = encoder().both(["Darf ich das?", "Wer darf für die Behörde sprechen?"])
    assert both.shape == (2, len(OUTPUTS), DIMENSIONS)
    assert np.linalg.norm(both, axis=2) == pytest.approx(1, abs=1e-4)
    assert np.array_equal(both[:, 0], encoder().vectors(["Darf ich das?", "Wer darf für die Behörde sprechen?"]))
    assert np.abs(both[:, 0] - both[:, 1]).max() > 0.05


def test_no_texts_have_no_vectors() -> None:
    assert encoder().vectors([]).shape == (0, DIMENSIONS)


def test_a_missing_card_says_what_mends_it(tmp_path: Path) -> None:
    with pytest.raises(OperationError, match=CARD):
        read_card(tmp_path)


def test_a_damaged_file_says_which_one(tmp_path: Path) -> None:
    for name in (*read_card(folder()).files, CARD):
        (tmp_path / name).write_bytes((folder() / name).read_bytes())
    (tmp_path / LAYERS).write_bytes(b"\0" * 100)
    with pytest.raises(OperationError, match=LAYERS):
        Encoder(tmp_path, 1)
