"""Applies an authority's own rules to the guide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lotse.content.model import CitedText, Guide, HouseRules, Passage, Topic


def lay_over(guide: Guide, house: Iterable[HouseRules]) -> Guide:
    """The guide with the rules added, or put in place of the passages they override.

    Args:
        guide: in any language.
        house: the authority's rules, in the language they were written in.
    """
    topics = dict(guide.topics)
    of_topic: dict[str, list[Passage]] = {name: list(passages) for name, passages in guide.of_topic.items()}
    for rules in house:
        for rule in rules.passages:
            passage = rule.copy(update={"level": "house"})
            siblings = of_topic.setdefault(rules.topic, [])
            replaced = next((n for n, old in enumerate(siblings) if old.id == passage.overrides), None)
            if replaced is None:
                siblings.append(passage)
            else:
                siblings[replaced] = passage
            if rules.topic in topics:
                topics[rules.topic] = _overruled(topics[rules.topic], passage)
    passages = {passage.id: passage for siblings in of_topic.values() for passage in siblings}
    return replace(
        guide,
        topics=topics,
        passages=passages,
        of_topic={name: tuple(siblings) for name, siblings in of_topic.items()},
    )


def _overruled(topic: Topic, rule: Passage) -> Topic:
    """A topic after a house rule has replaced one of its passages.

    No part of the topic may repeat a passage that no longer applies: its examples and sample sentences are removed, and
    if the short answer was supported by it, the rule's own answer replaces short answer, plain version and reason.
    """
    if rule.overrides is None:
        return topic
    changes: dict[str, object] = {
        "examples": [item for item in topic.examples if item.passage != rule.overrides],
        "samples": [item for item in topic.samples if item.passage != rule.overrides],
    }
    if rule.overrides in topic.rests_on and rule.short is not None:
        own = {
            "short": rule.short,
            "plain": rule.short,
            "verdict": rule.verdict or topic.verdict,
            "verdict_unless": rule.verdict_unless,
            "rests_on": [rule.id],
        }
        changes |= {**own, "why": CitedText(text=rule.text, cites=rule.cites)}
    return topic.copy(update=changes)
