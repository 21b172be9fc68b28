"""Sentence vectors for the classifiers; those of a training are cached in a file.

Imports no Rasa, so that scripts start quickly.
"""

from __future__ import annotations

import logging
import os
from hashlib import sha256
from pathlib import Path

import numpy as np

from lotse import paths
from lotse.encoder.artefacts import LAYERS, digest, folder
from lotse.encoder.encoder import DIMENSIONS, Array, encoder

__all__ = [
    "DIMENSIONS",
    "GENERAL",
    "Array",
    "cache",
    "encode",
    "encode_both",
    "encode_both_remembering",
    "encode_remembering",
]

logger = logging.getLogger(__name__)

# What the origin of a general vector ends with, where a message carries both as features of Rasa's.
GENERAL = "_general"


def encode(texts: list[str]) -> Array:
    """Tuned unit vectors of texts, shape ``(texts, 384)``."""
    return encoder().vectors(texts)


def encode_both(texts: list[str]) -> Array:
    """The tuned unit vector of each text and its general one, shape ``(texts, 2, 384)``; see `Encoder.both`."""
    return encoder().both(texts)


def cache() -> Path:
    """The file of cached vectors; another encoder has another file."""
    return paths.home() / ".lotse" / f"sentence-vectors-{digest(folder() / LAYERS)[:12]}.npz"


def encode_remembering(texts: list[str]) -> Array:
    """As `encode`, from the file of `encode_both_remembering`."""
    return encode_both_remembering(texts)[:, 0]


def encode_both_remembering(texts: list[str]) -> Array:
    """As `encode_both`, cached in a file: encoding takes most of a training."""
    path = cache()
    known: dict[str, Array] = {}
    if path.exists():
        try:
            with np.load(path) as arrays:
                known = dict(zip(arrays["keys"].tolist(), arrays["vectors"], strict=True))
        except (OSError, ValueError, KeyError):
            logger.warning("%s is unreadable and will be made again.", path)
    keys = {text: sha256(text.encode("utf-8", "replace")).hexdigest() for text in texts}
    missing = [text for text in dict.fromkeys(texts) if keys[text] not in known]
    if missing:
        known |= dict(zip([keys[text] for text in missing], encode_both(missing), strict=True))
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}.npz")
        np.savez(unfinished, keys=np.array(list(known)), vectors=np.stack(list(known.values())))
        unfinished.replace(path)
    return np.stack([known[keys[text]] for text in texts])
