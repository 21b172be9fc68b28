"""Tunes the network: what means the same comes close, what belongs to different topics or passages goes apart.

Two kinds of steps take turns. Messages with a label (their intent) train with cross entropy over the labels and with
supervised contrast (Khosla et al. 2020). Texts of the guide's passages (title and text, own questions) train with the
contrast between passages of few topics, so that passages of one topic stay apart (InfoNCE, van den Oord et al. 2018).
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from lotse.encoder.encoder import Array
from lotse.encoder.tuning.base_model import BaseModel
from lotse.encoder.tuning.inputs import Labelled, Settings
from lotse.encoder.tuning.network import Network


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
        passages: texts of passages; a passage with a single text is left out.
        settings: of the tuning.
        progress: called after each step with its number, their count and the loss.
    """
    torch.manual_seed(settings.seed)
    chance = random.Random(settings.seed)
    network, table = Network(base, settings.dropout), torch.tensor(words)
    labels = sorted({message.label for message in messages})
    number = {label: position for position, label in enumerate(labels)}
    targets = torch.tensor([number[message.label] for message in messages])
    head = nn.Linear(base.sizes.hidden, len(labels))
    nn.init.normal_(head.weight, std=0.02)
    nn.init.zeros_(head.bias)
    counts = torch.bincount(targets, minlength=len(labels)).clamp(min=1)
    # The labels differ much in size: outside the guide lies far more than in one topic.
    weights = (counts.float().mean() / counts).sqrt().clamp(0.5, 2.0)
    groups = [
        {"params": list(network.parameters()), "lr": settings.rate},
        {"params": list(head.parameters()), "lr": settings.head_rate},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = int(settings.epochs * len(messages) / settings.batch)
    warm = max(1, steps // 10)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warm, max(0.0, (steps - step) / max(1, steps - warm)))
    )
    cut = [tokens_of(message.text)[: settings.longest] for message in messages]
    pairs = _pairs(passages, settings, chance)
    network.train()
    for step, chosen in enumerate(_batches(cut, settings, chance)):
        if step == steps:
            break
        meanings = _meanings(network, table, [cut[index] for index in chosen])
        target = targets[chosen]
        loss = functional.cross_entropy(
            head(meanings * settings.scale), target, weight=weights, label_smoothing=settings.smoothing
        )
        loss = loss + settings.contrast * _contrast(meanings, target, settings.temperature)
        if passages and step % settings.passages_every == 0:
            first, second = next(pairs)
            texts = [tokens_of(text)[: settings.longest] for text in [*first, *second]]
            loss = loss + _between(_meanings(network, table, texts), settings.temperature)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        progress(step + 1, steps, loss.item())
    return network.eval()


def _meanings(network: Network, table: Tensor, texts: list[list[int]]) -> Tensor:
    """Unit vectors of tokenised texts, shape ``(texts, hidden)``."""
    longest = max(map(len, texts))
    words = torch.zeros(len(texts), longest, table.shape[1])
    present = torch.zeros(len(texts), longest)
    for row, ids in enumerate(texts):
        words[row, : len(ids)], present[row, : len(ids)] = table[ids], 1
    # Half the bits are enough while tuning, and several times as fast where the processor multiplies them itself.
    with torch.autocast("cpu", dtype=torch.bfloat16):
        means = network(words, present)
    return functional.normalize(means.float(), dim=1)


def _contrast(meanings: Tensor, labels: Tensor, temperature: float) -> Tensor:
    """Supervised contrast: the others of one's label against all others."""
    same = (labels[:, None] == labels[None]).float()
    same.fill_diagonal_(0)
    alike = meanings @ meanings.T / temperature
    alike = alike - torch.eye(len(meanings)) * 1e9
    partners = same.sum(1)
    each = -(alike.log_softmax(1) * same).sum(1) / partners.clamp(min=1)
    paired = partners > 0
    return each[paired].mean() if bool(paired.any()) else meanings.sum() * 0


def _between(meanings: Tensor, temperature: float) -> Tensor:
    """Contrast of pairs: the first half of the texts against the second, row by row, both ways."""
    first, second = meanings.chunk(2)
    alike, right = first @ second.T / temperature, torch.arange(len(first))
    return (functional.cross_entropy(alike, right) + functional.cross_entropy(alike.T, right)) / 2


def _batches(cut: Sequence[list[int]], settings: Settings, chance: random.Random) -> Iterator[list[int]]:
    """Batches of messages of similar length without end, each message once in an epoch."""
    while True:
        order = list(range(len(cut)))
        chance.shuffle(order)
        batches = []
        for start in range(0, len(order), settings.batch * 16):
            near = sorted(order[start : start + settings.batch * 16], key=lambda index: len(cut[index]))
            batches += [near[part : part + settings.batch] for part in range(0, len(near), settings.batch)]
        chance.shuffle(batches)
        yield from batches


def _pairs(
    passages: Sequence[Labelled], settings: Settings, chance: random.Random
) -> Iterator[tuple[list[str], list[str]]]:
    """Two texts of each of some passages, without end; the passages come from few groups."""
    texts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for passage in passages:
        texts[passage.group][passage.label].append(passage.text)
    groups = [[several for several in by_label.values() if len(several) > 1] for by_label in texts.values()]
    groups = [group for group in groups if group]
    while True:
        chosen: list[list[str]] = []
        for group in chance.sample(groups, len(groups)):
            chosen += chance.sample(group, len(group))
            if len(chosen) >= settings.passages:
                break
        both = [chance.sample(several, 2) for several in chosen[: settings.passages]]
        yield [pair[0] for pair in both], [pair[1] for pair in both]
