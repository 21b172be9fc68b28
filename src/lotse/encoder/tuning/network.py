"""The network of multilingual-e5-small in torch: a BERT encoder whose word vectors stay as they are."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from lotse.encoder.tuning.base_model import BaseModel


class Layer(nn.Module):
    """One transformer layer: self-attention and two dense layers, each with its layer norm (Devlin et al. 2019).

    Args:
        base: the weights.
        number: of the layer, from 0.
        dropout: share of the values that are left out while training.
    """

    def __init__(self, base: BaseModel, number: int, dropout: float) -> None:
        super().__init__()
        start = f"l{number}."
        self.query, self.key, self.value = (_linear(base, start + name) for name in ("q", "k", "v"))
        self.attended, self.inner, self.outer = (_linear(base, start + name) for name in ("ao", "fi", "fo"))
        self.first_norm, self.second_norm = (_norm(base, start + name) for name in ("aln", "oln"))
        self.heads = base.sizes.heads
        self.dropout = nn.Dropout(dropout)

    def forward(self, states: Tensor, absent: Tensor) -> Tensor:
        """The next states.

        Args:
            states: shape ``(texts, tokens, hidden)``.
            absent: 0 for a token, a large negative number for padding, shape ``(texts, 1, 1, tokens)``.
        """
        texts, tokens, hidden = states.shape
        width = hidden // self.heads

        def of_heads(values: Tensor) -> Tensor:
            return values.view(texts, tokens, self.heads, width).transpose(1, 2)

        query, key, value = of_heads(self.query(states)), of_heads(self.key(states)), of_heads(self.value(states))
        weights = ((query @ key.transpose(2, 3)) / math.sqrt(width) + absent).softmax(-1)
        context = (self.dropout(weights) @ value).transpose(1, 2).reshape(texts, tokens, hidden)
        states = self.first_norm(states + self.dropout(self.attended(context)))
        inner = self.outer(functional.gelu(self.inner(states)))
        result: Tensor = self.second_norm(states + self.dropout(inner))
        return result


class Network(nn.Module):
    """All layers, from word vectors to the mean of the last states.

    Args:
        base: the weights.
        dropout: see `Layer`.
    """

    def __init__(self, base: BaseModel, dropout: float) -> None:
        super().__init__()
        hidden = base.sizes.hidden
        positions = torch.tensor(base.weights["emb.pos"]).view(base.sizes.positions, hidden)
        kind = torch.tensor(base.weights["emb.type"])[:hidden]
        # The word vectors are looked up outside; with them, the positions stay as they are, too.
        self.register_buffer("positions", positions + kind)
        self.norm = _norm(base, "emb.ln")
        self.layers = nn.ModuleList(Layer(base, number, dropout) for number in range(base.sizes.layers))
        self.dropout = nn.Dropout(dropout)

    def forward(self, words: Tensor, present: Tensor) -> Tensor:
        """Mean of the last layer's states, shape ``(texts, hidden)``, not of unit length.

        Args:
            words: word vectors, shape ``(texts, tokens, hidden)``.
            present: 1 for a token, 0 for padding, shape ``(texts, tokens)``.
        """
        return self.upper(self.lower(words, present, 0), present, 0)

    def lower(self, words: Tensor, present: Tensor, count: int) -> Tensor:
        """States after the first layers, shape ``(texts, tokens, hidden)``.

        Args:
            words: as in `forward`.
            present: as in `forward`.
            count: of these layers.
        """
        states: Tensor = self.dropout(self.norm(words + self.positions[: words.shape[1]]))
        return self._through(self.layers[:count], states, present)

    def upper(self, states: Tensor, present: Tensor, count: int) -> Tensor:
        """Mean of the last layer's states, see `forward`, from the states after the first layers.

        Args:
            states: see `lower`.
            present: as in `forward`.
            count: of the layers that have been gone through.
        """
        states = self._through(self.layers[count:], states, present)
        result: Tensor = (states * present[:, :, None]).sum(1) / present.sum(1, keepdim=True)
        return result

    def freeze(self, count: int) -> None:
        """Keep the first layers as they are, and all before them.

        Args:
            count: of these layers.
        """
        for part in (self.norm, *self.layers[:count]):
            part.requires_grad_(False)

    def _through(self, layers: nn.ModuleList, states: Tensor, present: Tensor) -> Tensor:
        absent = (1 - present)[:, None, None, :] * -1e9
        for layer in layers:
            states = layer(states, absent)
        return states


def _linear(base: BaseModel, name: str) -> nn.Linear:
    weights = torch.tensor(base.weights[f"{name}.w"])
    layer = nn.Linear(weights.shape[1], weights.shape[0])
    layer.weight.data, layer.bias.data = weights, torch.tensor(base.weights[f"{name}.b"])
    return layer


def _norm(base: BaseModel, name: str) -> nn.LayerNorm:
    layer = nn.LayerNorm(base.sizes.hidden, eps=base.epsilon)
    layer.weight.data, layer.bias.data = (
        torch.tensor(base.weights[f"{name}.w"]),
        torch.tensor(base.weights[f"{name}.b"]),
    )
    return layer
