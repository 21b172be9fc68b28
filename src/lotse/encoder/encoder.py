"""Runs the encoder: text to unit vectors.

Tokens by sentencepiece, word vectors looked up in a memory-mapped table, twelve transformer layers in int8 by
onnxruntime. Imports no Rasa. Nothing is downloaded.
"""

from __future__ import annotations

import os
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lotse.encoder.artefacts import LAYERS, SCALES, TOKENS, WORDS, folder, readable

Array = npt.NDArray[np.float32]

DIMENSIONS = 384
# The tuned vector, and the vector of the layers that tuning leaves as they are.
OUTPUTS = ("tuned", "general")
# multilingual-e5 was trained with this before everything that is compared with each other (Wang et al. 2024, 3.1).
PREFIX = "query: "
# Longer texts are cut. A message of the web chat may have 1,000 characters, about 250 tokens.
MOST_TOKENS = 254
MOST_THREADS = 2


class Tokens:
    """Cuts texts into tokens.

    Args:
        path: the sentencepiece model.

    Attributes:
        unknown: id of the token for what has no piece of its own.
    """

    def __init__(self, path: Path) -> None:
        from sentencepiece import SentencePieceProcessor

        self._pieces = SentencePieceProcessor(model_file=str(path))
        self._start, self._end = self._pieces.bos_id(), self._pieces.eos_id()
        self.unknown = self._pieces.unk_id()

    def of(self, text: str) -> list[int]:
        """Ids of a text's tokens, from the start sign to the end sign.

        Args:
            text: any text; what cannot be encoded as UTF-8 becomes a question mark.
        """
        clean = unicodedata.normalize("NFKC", text).encode("utf-8", "replace").decode("utf-8")
        ids: list[int] = self._pieces.encode(PREFIX + clean)
        return [self._start, *ids[:MOST_TOKENS], self._end]


class Encoder:
    """The encoder in a folder.

    Args:
        path: the folder with its files, see `lotse.encoder.artefacts`.
        threads: for one text.

    Raises:
        OperationError: a file is missing or not readable; the text names it.
    """

    def __init__(self, path: Path, threads: int) -> None:
        from onnxruntime import InferenceSession, SessionOptions

        options = SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        # A thread that waits by spinning takes its core from the server's other work.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        with readable(path / TOKENS):
            self.tokens = Tokens(path / TOKENS)
        with readable(path / WORDS):
            # Uncompressed: only the rows that are looked up are read from the disk.
            self._words = np.load(path / WORDS, mmap_mode="r")
        with readable(path / SCALES):
            self._scales = np.load(path / SCALES)
        with readable(path / LAYERS):
            self._session = InferenceSession(str(path / LAYERS), options, providers=["CPUExecutionProvider"])

    def vectors(self, texts: list[str]) -> Array:
        """Tuned unit vectors of texts, shape ``(texts, 384)``, in which topics and passages lie apart."""
        return self.both(texts)[:, 0]

    def both(self, texts: list[str]) -> Array:
        """Two unit vectors of each text, as in `OUTPUTS`, shape ``(texts, 2, 384)``.

        The second knows nothing of the guide. What was not tuned for is told apart in it better.

        Each text is read by itself: the layers scale their numbers to what a batch holds, so a text's vector would
        depend on its neighbours, and what is trained with would differ from what is read in a turn.
        """
        if len(texts) == 1:
            return self._both(texts[0])[np.newaxis]
        result = np.zeros((len(texts), len(OUTPUTS), DIMENSIONS), dtype=np.float32)
        with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1)) as pool:
            for row, vectors in enumerate(pool.map(self._both, texts)):
                result[row] = vectors
        return result

    def _both(self, text: str) -> Array:
        ids = self.tokens.of(text)
        words = (self._words[ids] * self._scales[ids, np.newaxis]).astype(np.float32)[np.newaxis]
        present = np.ones((1, len(ids)), dtype=np.float32)
        means = np.concatenate(self._session.run(list(OUTPUTS), {"words": words, "present": present}))
        unit: Array = means / np.linalg.norm(means, axis=1, keepdims=True)
        return unit


@lru_cache(maxsize=1)
def encoder() -> Encoder:
    """The project's encoder, loaded once for each process."""
    return Encoder(folder(), min(MOST_THREADS, os.cpu_count() or 1))
