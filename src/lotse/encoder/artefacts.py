"""The files of the encoder in ``data/encoder/`` and the card that describes them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from lotse import paths
from lotse.errors import OperationError
from lotse.operator_language import _

LAYERS = "layers.onnx"
TOKENS = "tokens.model"
WORDS = "words.npy"
SCALES = "word_scales.npy"
CARD = "card.yml"

FOLDER = "encoder"


@dataclass(frozen=True)
class Card:
    """What is known about the shipped encoder.

    Attributes:
        base: name of the model that was tuned.
        licence: of that model.
        made_on: when it was tuned.
        scripts: SHA-256 of the modules that made it, see `lotse.encoder.tuning.recipe`.
        files: SHA-256 of each file beside the card, by name.
        settings: of the tuning, by name.
        figures: what was measured, by name.
        samples: texts with the first values of their vectors, to notice a machine that computes something else.
    """

    base: str
    licence: str
    made_on: date
    scripts: str
    files: dict[str, str]
    settings: dict[str, Any]
    figures: dict[str, Any]
    samples: dict[str, list[float]]


def folder() -> Path:
    """The folder of the encoder: the project's, or the program's if the project has none of its own."""
    own = paths.data() / FOLDER
    return own if (own / CARD).exists() else paths.program() / "data" / FOLDER


def read_card(path: Path) -> Card:
    """The card in a folder.

    Args:
        path: the folder.

    Raises:
        OperationError: there is no card, or it is not readable.
    """
    with readable(path / CARD):
        return Card(**yaml.safe_load((path / CARD).read_text(encoding="utf-8")))


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn whatever goes wrong while a file of the encoder is read into a sentence that says what mends it.

    Args:
        path: of the file.

    Raises:
        OperationError: the file is missing or damaged.
    """
    try:
        yield
    # The libraries that read the files raise errors of their own, some of them bare.
    except Exception as error:
        text = _("{file} is missing or damaged; get it from the repository again, or run ./lotse tune-encoder")
        raise OperationError(text.format(file=path)) from error


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return sha256(path.read_bytes()).hexdigest()
