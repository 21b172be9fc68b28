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
        frozen: layers that stay as they are, counted from the words.
    """

    def __init__(self, base: BaseModel, dropout: float, frozen: int) -> None:
        super().__init__()
        hidden = base.sizes.hidden
        positions = torch.tensor(base.weights["emb.pos"]).view(base.sizes.positions, hidden)
        kind = torch.tensor(base.weights["emb.type"])[:hidden]
        # The word vectors are looked up outside; with them, the positions stay as they are, too.
        self.register_buffer("positions", positions + kind)
        self.norm = _norm(base, "emb.ln")
        self.layers = nn.ModuleList(Layer(base, number, dropout) for number in range(base.sizes.layers))
        self.dropout = nn.Dropout(dropout)
        self._frozen = frozen
        for part in (self.norm, *self.layers[:frozen]):
            part.requires_grad_(False)

    def forward(self, words: Tensor, present: Tensor) -> tuple[Tensor, Tensor]:
        """Means of the last states and of those after the frozen layers, shape ``(texts, hidden)``, not of unit length.

        Args:
            words: word vectors, shape ``(texts, tokens, hidden)``.
            present: 1 for a token, 0 for padding, shape ``(texts, tokens)``.
        """
        states = self.lower(words, present)
        return self.upper(states, present), _mean(states, present)

    def lower(self, words: Tensor, present: Tensor) -> Tensor:
        """States after the frozen layers, shape ``(texts, tokens, hidden)``. Arguments as in `forward`."""
        states: Tensor = self.dropout(self.norm(words + self.positions[: words.shape[1]]))
        return _through(self.layers[: self._frozen], states, present)

    def upper(self, states: Tensor, present: Tensor) -> Tensor:
        """Mean of the last layer's states, see `forward`, from the states after the frozen layers.

        Args:
            states: see `lower`.
            present: as in `forward`.
        """
        return _mean(_through(self.layers[self._frozen :], states, present), present)


def _through(layers: nn.ModuleList, states: Tensor, present: Tensor) -> Tensor:
    absent = (1 - present)[:, None, None, :] * -1e9
    for layer in layers:
        states = layer(states, absent)
    return states


def _mean(states: Tensor, present: Tensor) -> Tensor:
    return (states * present[:, :, None]).sum(1) / present.sum(1, keepdim=True)


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
