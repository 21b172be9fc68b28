"""Writes the tuned encoder as the files that `lotse.encoder.encoder` runs."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from lotse.encoder.artefacts import LAYERS, SCALES, WORDS
from lotse.encoder.encoder import OUTPUTS, Array
from lotse.encoder.tuning.network import Network

_OPSET = 17


def quantised_words(words: Array) -> tuple[np.ndarray, Array]:  # type: ignore[type-arg]
    """Word vectors as whole numbers from -127 to 127, and the scale of each row.

    Args:
        words: shape ``(tokens, hidden)``.

    Returns:
        Arrays of the shapes ``(tokens, hidden)`` and ``(tokens,)``.
    """
    scales = np.maximum(np.abs(words).max(axis=1), 1e-8).astype(np.float32) / 127
    return np.round(words / scales[:, np.newaxis]).astype(np.int8), scales


def write_words(folder: Path, words: Array) -> Array:
    """Write the word vectors, and return them as they will be read, shape ``(tokens, hidden)``."""
    whole, scales = quantised_words(words)
    np.save(folder / WORDS, whole)
    np.save(folder / SCALES, scales)
    return whole.astype(np.float32) * scales[:, np.newaxis]


def write_layers(folder: Path, network: Network) -> None:
    """Write the layers as ONNX with weights in 8 bit; each output has a scale of its own.

    Weights use 7 of the 8 bits: processors without VNNI add two products in 16 bit, which must not overflow.
    """
    example = torch.randn(2, 9, network.positions.shape[1]), torch.ones(2, 9)
    axes = {"words": {0: "texts", 1: "tokens"}, "present": {0: "texts", 1: "tokens"}}
    axes |= {name: {0: "texts"} for name in OUTPUTS}
    with TemporaryDirectory() as scratch:
        whole = Path(scratch) / LAYERS
        torch.onnx.export(
            network,
            example,
            str(whole),
            input_names=["words", "present"],
            output_names=list(OUTPUTS),
            dynamic_axes=axes,
            opset_version=_OPSET,
            dynamo=False,
        )
        quantize_dynamic(whole, folder / LAYERS, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
