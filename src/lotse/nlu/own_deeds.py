"""Whether somebody tells that they have done already what they ask about: “Ich hab den Beitrag gestern gelikt.”"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from lotse.content.deed_words import DeedWords
from lotse.content.folding import fold

_CLAUSE_END = re.compile(r"[.!?…,;:()–—\n]+")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True)
class OwnDeeds:
    """Finds told deeds in messages.

    Attributes:
        given: the words to go by.
    """

    given: DeedWords

    def told_in(self, text: str) -> bool:
        """Whether one clause of a message tells of something that the writer has done.

        Args:
            text: the message.
        """
        clauses = [[fold(word).replace("’", "'") for word in _WORD.findall(part)] for part in _CLAUSE_END.split(text)]
        return any(self._tells(words) for words in clauses if words)

    @cached_property
    def _lists(self) -> dict[str, frozenset[str]]:
        return {name: frozenset(map(fold, words)) for name, words in self.given}

    def _tells(self, words: Sequence[str]) -> bool:
        lists, found = self._lists, frozenset(words)
        if found & lists["denials"]:
            return False
        told = f" {' '.join(words)} "
        if any(f" {phrase} " in told for phrase in lists["phrases"]):
            return True
        speaks = bool(found & lists["speaker"])
        if found & lists["deeds"] and found & lists["having"]:
            return speaks or words[0] in lists["beginning"]
        return speaks and any(
            word in lists["past"] and lists["speaker"] & set(words[max(0, index - 2) : index])
            for index, word in enumerate(words)
        )
