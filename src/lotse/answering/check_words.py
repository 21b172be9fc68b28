"""What a typed message says while a guided check asks: an option, or a move such as “zurück”. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from lotse.answering.phrases import ConversationWords, Core, LookWords, holds, is_of, made_of, wants_a_look, words_of
from lotse.answering.picks import same_but_inflected
from lotse.checks import UNKNOWN, Question

# A shorter word must be in the label as it stands: “ja”, “KI”.
_LONG = 4
_SENTENCE_END = re.compile(r"[.!?\n]+")


def chosen_option(text: str, labels: Mapping[str, str], words: ConversationWords, most_words: int) -> str | None:
    """The option that a typed message picks; None if it picks none, or more than one.

    Args:
        text: the message.
        labels: of the options, by id.
        words: of a conversation.
        most_words: a longer message picks by a whole label only.
    """
    said = words_of(text)
    same = [option for option, label in labels.items() if words_of(label) == said]
    if same or not said:
        return same[0] if same else None
    if is_of(said, words.checks.unknown.core, words.checks.unknown.around):
        return UNKNOWN
    if text.rstrip().endswith("?") or len(said) > most_words:
        return None
    named = {option: words_of(label) for option, label in labels.items() if option != UNKNOWN}
    for core, around in (
        (words.agreeing.words, words.agreeing.around),
        (words.refusing, words.checks.around_options),
    ):
        if is_of(said, core, around):
            begin = [option for option, label in named.items() if label and holds(label[:1], core)]
            return _only(begin)
    telling = [word for word in said if not made_of([word], words.checks.around_options)] or said
    return _only(option for option, label in named.items() if all(_stands_in(word, label) for word in telling))


def agrees(text: str, words: ConversationWords) -> bool:
    """Whether a message does nothing but confirm what was proposed."""
    said, core = words_of(text), [*words.agreeing.words, *words.checks.confirming]
    return is_of(said, core, words.agreeing.around)


def told_option(question: Question, facets: Mapping[str, Sequence[str]]) -> str | None:
    """The option that the circumstances named in a message mean; None if they mean none, or more than one."""
    said = facets.get(question.facet or "", ())
    return _only(option.id for option in question.options if option.value is not None and option.value in said)


def says_only(text: str, core: Core) -> bool:
    """Whether a message consists of these words only."""
    return is_of(words_of(text), core.core, core.around)


def asks_for_a_check(text: str, wanted: LookWords) -> bool:
    """Whether a message asks for a guided check: as a whole, in a sentence of its own, or at its end after a comma.

    “Eine Journalistin schreibt mich an. Prüf das bitte mit mir”, but not “Kannst du prüfen, ob ich das darf?”

    Args:
        text: the message.
        wanted: words of such messages.
    """
    last = text.rpartition(",")[2]
    if is_of(words_of(text), wanted.whole, [*wanted.core, *wanted.around]):
        return True
    return any(wants_a_look(words_of(part), wanted) for part in (text, *_SENTENCE_END.split(text), last))


def _stands_in(word: str, label: Sequence[str]) -> bool:
    return word in label or (len(word) >= _LONG and any(same_but_inflected(word, part) for part in label))


def _only(options: Iterable[str]) -> str | None:
    found = list(dict.fromkeys(options))
    return found[0] if len(found) == 1 else None
