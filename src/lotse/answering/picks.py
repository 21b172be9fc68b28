"""Which of the choices shown a typed message picks: by number (“das zweite”, “Nr. 2”, “2️⃣”), label or a word of one."""

from __future__ import annotations

from collections.abc import Sequence

from lotse.answering.memory import Memory, Offer
from lotse.answering.phrases import PickWords, Words, holds, made_of, words_of
from lotse.answering.probabilities import topic_of
from lotse.answering.question import OFFER

_LONGEST_DIGITS = 2
# Words of a label that are shorter do not tell topics apart; those of a message may be inflected in the end.
_SHORTEST_WORD = 4
_INFLECTION = 2


def picked(text: str, memory: Memory, words: PickWords) -> Offer | None:
    """The choice that a message picks; None if it picks none.

    A number alone picks, whatever was shown. The word of a label picks only after a question with choices: after an
    answer it is more likely a question of its own.

    Args:
        text: the message, cleaned.
        memory: with the choices that were shown.
        words: numerals and the words around them.
    """
    shown = memory.offered[: max(memory.listed, 0)]
    said = words_of(text)
    if not shown or not said:
        return None
    # “The last one” means a topic or an office, not the quiet choice below them.
    last = sum(not offer.payload.startswith(f"/{OFFER}") for offer in shown)
    position = _position(said, len(shown), last, words)
    if position is not None:
        if position == 2 and not _has_digit(said) and memory.second is not None:
            # “Und die zweite Frage?” after a message with two questions means the person's own second one.
            second = next((offer for offer in shown if _topic(offer) == memory.second), None)
            return second or shown[1]
        return shown[position - 1]
    by_label = [offer for offer in shown if words_of(offer.label) == said]
    if by_label:
        return by_label[0]
    return _by_word(said, shown, words) if memory.choosing else None


def _position(said: Words, count: int, last: int, words: PickWords) -> int | None:
    """The position that the words name, from 1; None unless they name one of the shown and say nothing else."""
    numerals = [(number, [str(number)]) for number in range(1, count + 1)]
    # The first kind that is found counts: “the second one” names the second, not the first.
    kinds = (
        [(last - 1, words.last_but_one)],
        [(last, words.last)],
        numerals,
        list(enumerate(words.ordinals, start=1)),
        list(enumerate(words.numbers, start=1)),
    )
    found = next(filter(None, ([item for item in kind if holds(said, item[1])] for kind in kinds)), [])
    if len(found) != 1:
        return None
    position, entries = found[0]
    return position if 1 <= position <= count and made_of(said, [*words.around, *entries]) else None


def _by_word(said: Words, shown: Sequence[Offer], words: PickWords) -> Offer | None:
    """The only topic whose label has every telling word of the message."""
    telling = [word for word in said if not made_of([word], words.around_words)]
    if not telling or any(len(word) < _SHORTEST_WORD for word in telling):
        return None
    labels = [(offer, words_of(offer.label)) for offer in shown if _topic(offer)]
    found = [
        offer
        for offer, label in labels
        if all(any(same_but_inflected(word, part) for part in label) for word in telling)
    ]
    return found[0] if len(found) == 1 else None


def same_but_inflected(word: str, part: str) -> bool:
    """Whether two words are the same but for an inflection: “Messengern” and “Messenger”."""
    short, long = sorted((word, part), key=len)
    return len(short) >= _SHORTEST_WORD and long.startswith(short) and len(long) - len(short) <= _INFLECTION


def _topic(offer: Offer) -> str | None:
    return topic_of(offer.payload.lstrip("/"))


def _has_digit(said: Words) -> bool:
    return any(word.isdigit() and len(word) <= _LONGEST_DIGITS for word in said)
