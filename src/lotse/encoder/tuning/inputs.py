"""What the tuning takes: labelled texts and its settings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Labelled:
    """A text with its label: a message with its intent, or a text of a passage with the passage's id.

    Attributes:
        text: as a person typed it or as the guide has it.
        label: what it belongs to.
        group: for a passage, its topic; negatives come from the same group.
    """

    text: str
    label: str
    group: str = ""


@dataclass(frozen=True)
class Settings:
    """Settings of the tuning; chosen by author split, see ``benchmarks/understanding.md``.

    Attributes:
        epochs: how often each message is seen.
        batch: messages in one step.
        rate: highest learning rate of the network.
        head_rate: of the labels' weights, which start at random.
        contrast: weight of the supervised contrast beside the cross entropy.
        temperature: of both contrasts; smaller looks at the nearest only.
        scale: factor on unit vectors before the labels' weights.
        smoothing: of the labels.
        dropout: see `Network`.
        passages_every: one step in so many is one of passages.
        passages: pairs of texts in such a step.
        longest: tokens of a text; longer ones are cut while tuning.
        seed: of everything random.
    """

    epochs: float = 4.0
    batch: int = 48
    rate: float = 2e-4
    head_rate: float = 1e-3
    contrast: float = 0.3
    temperature: float = 0.05
    scale: float = 12.0
    smoothing: float = 0.1
    dropout: float = 0.1
    passages_every: int = 8
    passages: int = 24
    longest: int = 80
    seed: int = 0
