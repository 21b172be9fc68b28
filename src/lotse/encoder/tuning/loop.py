"""Tunes the network: it learns to tell topics apart, and passages.

Every step has messages, labelled with their intents, and texts of the guide's passages, labelled with the passage.
Each kind has a head of its own, trained with cross entropy. With the intents alone, what is said within a topic falls
together, and the passages are found less well than without tuning; with both, either is told apart by its head.

The lower layers stay as they are: they know the language, and their states are computed once. Their mean is a vector of
its own, which knows nothing of the guide.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from time import perf_counter

import torch
from torch import Tensor, nn
from torch.nn import functional

from lotse.encoder.encoder import Array
from lotse.encoder.tuning.base_model import BaseModel
from lotse.encoder.tuning.inputs import Labelled, Settings
from lotse.encoder.tuning.network import Network

# Texts that are read at once where nothing is learned.
_READ = 64
# So many texts of a label give its head a start.
_SAMPLES = 12


def tune(
    base: BaseModel,
    words: Array,
    tokens_of: Callable[[str], list[int]],
    messages: Sequence[Labelled],
    passages: Sequence[Labelled],
    settings: Settings,
    progress: Callable[[int, int, float], None],
) -> Network:
    """The tuned network.

    Args:
        base: the weights to start from.
        words: word vectors by id, shape ``(tokens, hidden)``; they stay as they are.
        tokens_of: ids of a text's tokens.
        messages: with their intents.
        passages: texts of passages.
        settings: of the tuning.
        progress: called after each step with its number, their count and the loss.
    """
    torch.manual_seed(settings.seed)
    chance = random.Random(settings.seed)
    network, table = Network(base, settings.dropout, settings.frozen), torch.tensor(words)
    precision = _faster_precision()
    tasks = []
    for labelled in (messages, passages):
        cut = [tokens_of(one.text)[: settings.longest] for one in labelled]
        states = _lower_states(network, table, cut)
        tasks.append(_Task(network, states, [one.label for one in labelled], settings, chance, precision))
    learned = [parameter for parameter in network.parameters() if parameter.requires_grad]
    heads = [parameter for task in tasks for parameter in task.head.parameters()]
    groups = [{"params": learned, "lr": settings.rate}, {"params": heads, "lr": settings.head_rate}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = int(settings.epochs * max(len(messages), len(passages)) / settings.batch)
    warm = max(1, steps // 10)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warm, max(0.0, (steps - step) / max(1, steps - warm)))
    )
    network.train()
    for step in range(steps):
        loss = torch.stack([task.loss() for task in tasks]).sum()
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(learned, 1.0)
        optimiser.step()
        schedule.step()
        progress(step + 1, steps, loss.item())
    return network.eval()


class _Task:
    """Telling one kind of label apart.

    Args:
        network: the vectors' source.
        states: of each text after the frozen layers, shape ``(tokens, hidden)``.
        labels: of the texts.
        settings: of the tuning.
        chance: orders the texts.
        precision: of the products.
    """

    def __init__(
        self,
        network: Network,
        states: Sequence[Tensor],
        labels: Sequence[str],
        settings: Settings,
        chance: random.Random,
        precision: torch.dtype,
    ) -> None:
        self._network, self._states, self._settings, self._precision = network, states, settings, precision
        names = sorted(set(labels))
        number = {label: position for position, label in enumerate(names)}
        self._targets = torch.tensor([number[label] for label in labels])
        counts = torch.bincount(self._targets, minlength=len(names)).clamp(min=1)
        # The labels differ much in size: outside the guide lies far more than in one topic.
        self._weights = (counts.float().mean() / counts).sqrt().clamp(0.5, 2.0)
        self._batches = _batches([len(text) for text in states], settings.batch, chance)
        self.head = self._start(len(names), chance)

    def loss(self) -> Tensor:
        """The loss of the next batch."""
        chosen = next(self._batches)
        meanings = self._meanings(chosen)
        return functional.cross_entropy(
            self.head(meanings * self._settings.scale),
            self._targets[chosen],
            weight=self._weights,
            label_smoothing=self._settings.smoothing,
        )

    def _meanings(self, chosen: Sequence[int]) -> Tensor:
        """Unit vectors of texts, shape ``(texts, hidden)``."""
        states, present = _padded([self._states[index].float() for index in chosen])
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self._precision == torch.bfloat16):
            means = self._network.upper(states, present)
        return functional.normalize(means.float(), dim=1)

    def _start(self, labels: int, chance: random.Random) -> nn.Linear:
        """A head that begins with the mean of each label's texts, as the network sees them untuned."""
        of_label: dict[int, list[int]] = defaultdict(list)
        for index, target in enumerate(self._targets.tolist()):
            of_label[target].append(index)
        samples = {label: chance.sample(texts, min(_SAMPLES, len(texts))) for label, texts in of_label.items()}
        order = sorted((index for texts in samples.values() for index in texts), key=lambda i: len(self._states[i]))
        found: dict[int, Tensor] = {}
        self._network.eval()
        with torch.no_grad():
            for start in range(0, len(order), _READ):
                part = order[start : start + _READ]
                found.update(zip(part, self._meanings(part), strict=True))
        centres = torch.stack([torch.stack([found[i] for i in samples[n]]).mean(0) for n in range(labels)])
        middle = centres.mean(0)
        head = nn.Linear(centres.shape[1], labels)
        head.weight.data = functional.normalize(centres - middle, dim=1)
        head.bias.data = -self._settings.scale * (head.weight.data @ middle)
        return head


def _lower_states(network: Network, table: Tensor, texts: list[list[int]]) -> list[Tensor]:
    """States of tokenised texts after the frozen layers, each of the shape ``(tokens, hidden)``, in half precision."""
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    found: dict[int, Tensor] = {}
    network.eval()
    with torch.no_grad():
        for start in range(0, len(order), _READ):
            part = order[start : start + _READ]
            words, present = _padded([table[texts[index]] for index in part])
            states = network.lower(words, present)
            found.update({index: states[row, : len(texts[index])].half() for row, index in enumerate(part)})
    return [found[index] for index in range(len(texts))]


def _padded(texts: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Texts of the shape ``(tokens, hidden)`` in one tensor, and where in it there are tokens."""
    states = nn.utils.rnn.pad_sequence(list(texts), batch_first=True)
    present = nn.utils.rnn.pad_sequence([torch.ones(len(text)) for text in texts], batch_first=True)
    return states, present


def _faster_precision() -> torch.dtype:
    """Half the bits are enough while tuning; some processors multiply them several times as fast, others far slower."""
    seconds = {}
    for precision in (torch.float32, torch.bfloat16):
        left, right = torch.ones(256, 384, dtype=precision), torch.ones(384, 1536, dtype=precision)
        left @ right
        begin = perf_counter()
        left @ right
        seconds[precision] = perf_counter() - begin
    return min(seconds, key=seconds.__getitem__)


def _batches(lengths: Sequence[int], size: int, chance: random.Random) -> Iterator[list[int]]:
    """Batches of texts of similar length without end, each text once in an epoch."""
    while True:
        order = list(range(len(lengths)))
        chance.shuffle(order)
        batches = []
        for start in range(0, len(order), size * 16):
            near = sorted(order[start : start + size * 16], key=lengths.__getitem__)
            batches += [near[part : part + size] for part in range(0, len(near), size)]
        chance.shuffle(batches)
        yield from batches
