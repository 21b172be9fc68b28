"""Scores whether people in need are met first, and nobody else is taken for one. Pure functions, no servers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from lotse.evaluation.questions import NO_NEED, NeedMessage
from lotse.evaluation.rest_client import Reply


@dataclass(frozen=True)
class KindScore:
    """How often one kind of need was met.

    Attributes:
        total: messages of this kind.
        met: of these, answered with help of any kind.
        same_kind: of these, answered with help of a kind that fits.
    """

    total: int
    met: int
    same_kind: int


@dataclass(frozen=True)
class NeedMiss:
    """A message of a person in need who was not met, or a harmless one that was taken for one."""

    message: NeedMessage
    reply: Reply


@dataclass(frozen=True)
class NeedScore:
    """The score on messages of people in need and on harmless ones.

    Attributes:
        by_kind: of each kind of need.
        harmless: messages without any need.
        false_alarms: of these, answered with help.
    """

    by_kind: dict[str, KindScore]
    harmless: int
    false_alarms: int
    misses: tuple[NeedMiss, ...]

    @property
    def total(self) -> int:
        """Messages of people in need."""
        return sum(kind.total for kind in self.by_kind.values())

    @property
    def recall(self) -> float:
        """Share of the people in need who were met, 0 to 1."""
        return sum(kind.met for kind in self.by_kind.values()) / self.total if self.total else 0.0

    @property
    def false_alarm_share(self) -> float:
        """Share of the harmless messages that were taken for somebody's need, 0 to 1."""
        return self.false_alarms / self.harmless if self.harmless else 0.0


def score_needs(messages: Sequence[NeedMessage], replies: Sequence[Reply]) -> NeedScore:
    """The score on messages of people in need and on harmless ones.

    Args:
        messages: the messages.
        replies: the replies, in the same order.
    """
    pairs = list(zip(messages, replies, strict=True))
    kinds: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for message, reply in pairs:
        if message.need != NO_NEED:
            kinds[message.need].append((reply.help is not None, reply.help in (message.need, *message.also)))
    harmless = [reply for message, reply in pairs if message.need == NO_NEED]
    return NeedScore(
        by_kind={
            kind: KindScore(len(found), sum(met for met, _same in found), sum(same for _met, same in found))
            for kind, found in sorted(kinds.items())
        },
        harmless=len(harmless),
        false_alarms=sum(reply.help is not None for reply in harmless),
        misses=tuple(NeedMiss(message, reply) for message, reply in pairs if _missed(message, reply)),
    )


def _missed(message: NeedMessage, reply: Reply) -> bool:
    return (message.need == NO_NEED) == (reply.help is not None)
