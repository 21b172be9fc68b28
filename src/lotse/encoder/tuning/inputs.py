"""What the tuning takes: labelled texts and its settings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Labelled:
    """A text with its label: a message with its intent, or a text of a passage with the passage's id.

    Attributes:
        text: as a person typed it or as the guide has it.
        label: what it belongs to.
        group: the topic, to leave one out.
    """

    text: str
    label: str
    group: str = ""


@dataclass(frozen=True)
class Settings:
    """Settings of the tuning; ``benchmarks/understanding.md`` says what they were compared with.

    Attributes:
        epochs: how often each text of the longer of the two lists is seen.
        batch: messages in one step, and texts of passages.
        frozen: layers that stay as they are, counted from the words.
        rate: highest learning rate of the network.
        head_rate: of the labels' weights.
        scale: factor on unit vectors before the labels' weights.
        smoothing: of the labels.
        dropout: see `Network`.
        longest: tokens of a text; longer ones are cut while tuning.
        seed: of everything random.
    """

    epochs: float = 3.0
    batch: int = 48
    frozen: int = 6
    rate: float = 2e-4
    head_rate: float = 1e-3
    scale: float = 16.0
    smoothing: float = 0.1
    dropout: float = 0.1
    longest: int = 80
    seed: int = 0
