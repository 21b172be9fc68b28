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
        return self._tells_in_german(words) or self._tells_in_english(words)

    def _tells_in_german(self, words: Sequence[str]) -> bool:
        """“Ich hab das gestern gepostet”, “hab ich gepostet”, “hab das gepostet”."""
        lists, found = self._lists, frozenset(words)
        if not found & lists["deeds"]:
            return False
        alone = found & lists["having"] and (found & lists["speaker"] or words[0] in lists["having"])
        return bool(alone or (found & lists["having_together"] and found & lists["speakers"]))

    def _tells_in_english(self, words: Sequence[str]) -> bool:
        """“I have shared it”, “I've just shared it”, “I already liked it”; not “I was tagged”, “I have to share it”."""
        lists = self._lists
        for index, word in enumerate(words):
            if word in lists["english_both"]:
                start, deeds = index + 1, lists["english_deeds"]
            elif word in lists["english_speaker"] and frozenset(words[index + 1 : index + 2]) & lists["english_having"]:
                start, deeds = index + 2, lists["english_deeds"]
            elif word in lists["english_speaker"]:
                start, deeds = index + 1, lists["english_past"]
            else:
                continue
            while start < len(words) and words[start] in lists["between"]:
                start += 1
            if start < len(words) and words[start] in deeds:
                return True
        return False
