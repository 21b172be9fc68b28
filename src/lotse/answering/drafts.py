"""The text of a post that somebody pastes for a guided check: recognised before a message is stored, read for signs.

The text itself is kept nowhere: what goes on is `MASK` in its place, and which signs it shows, as ids. Signs propose
answers to the questions of a check, which the person confirms or changes; nothing is judged by them. Pure functions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import regex
from pydantic import Field

from lotse.answering.memory import Memory
from lotse.answering.personal_data import MASK, mask
from lotse.answering.phrases import CheckWords, Core, Phrases, holds, is_of, words_of
from lotse.answering.question import ParsedDraft, ParsedIntent, ParsedMessage
from lotse.checks import Sign
from lotse.content.loading import parse
from lotse.content.model import Strict

_QUOTED = regex.compile(r"[„“\"»«](?P<text>[^„“”\"»«]+)[“”\"«»]")
# What may stand around a pasted text without being part of it.
_AROUND = ' \n„“”"«»'
_LEADS_IN = regex.compile(r":|\n")
_HASHTAG = regex.compile(r"(?<!\w)#\p{L}[\w-]*")
_MENTION = regex.compile(r"(?<![\w.])@\p{L}[\w.]+")
_CAPITAL = regex.compile(r"\b\p{Lu}\p{L}+")


class SignWords(Phrases):
    """Words by sign."""

    insult: list[str] = Field(..., min_items=1)
    party: list[str] = Field(..., min_items=1)
    picture: list[str] = Field(..., min_items=1)
    children: list[str] = Field(..., min_items=1)
    advertising: list[str] = Field(..., min_items=1)


class CommentWords(Phrases):
    """Words around a text that make it a comment."""

    words: list[str] = Field(..., min_items=1)


class DraftWords(Strict):
    """What `data/word_lists/drafts.yml` says.

    Attributes:
        lead: words around a text that, with those of `checks: wanted` in `conversation.yml`, say that it is a draft.
        comment: words around a text that make it a comment.
        facets: circumstances of the vocabulary that count if the text names them.
        given_names: with their capitals.
        signs: words by sign.
    """

    lead: Core
    comment: CommentWords
    facets: list[str]
    given_names: list[str] = Field(..., min_items=1)
    signs: SignWords


def load_draft_words(data: Path) -> DraftWords:
    """Read `word_lists/drafts.yml`.

    Raises:
        ContentError: a list is missing or misspelt.
    """
    return parse(data / "word_lists" / "drafts.yml", DraftWords)[1]


@dataclass(frozen=True)
class PastedDraft:
    """A pasted text, for the length of a turn.

    Attributes:
        masked: the text with personal data masked; must be neither stored nor logged.
        signs: what it shows.
    """

    masked: str
    signs: tuple[Sign, ...]


@dataclass(frozen=True)
class DraftReader:
    """Finds and reads the text of a post in a message.

    Attributes:
        words: of drafts.
        checks: of guided checks: what moves in one is no draft.
        least_words: a shorter text is no draft unless it was asked for.
        least_asked_words: a shorter reply is no draft even then.
        least_hashtags: with so many a text is a draft by itself.
    """

    words: DraftWords
    checks: CheckWords
    least_words: int
    least_asked_words: int
    least_hashtags: int

    def find(self, text: str, memory: Memory) -> tuple[str, PastedDraft] | None:
        """The message as it may be stored, and the draft in it; None if there is none.

        Args:
            text: as typed, cleaned.
            memory: of the conversation: whether a draft was asked for.
        """
        asked_for = memory.check is not None and memory.check.awaiting
        found = self._asked_for(text) if asked_for else self._pasted(text)
        if found is None:
            return None
        lead, draft = found[0], found[1].strip(_AROUND)
        kept = f"{mask(lead)} {MASK}".strip()
        return kept, PastedDraft(mask(draft), self.signs(lead, draft))

    def signs(self, lead: str, draft: str) -> tuple[Sign, ...]:
        """What a text shows, in the order of the list of signs.

        Args:
            lead: what was written around it.
            draft: the text, not masked.
        """
        words, lists = words_of(draft), self.words.signs
        masked = mask(draft)
        names = not {*_CAPITAL.findall(draft)}.isdisjoint(self.words.given_names) or _MENTION.search(draft) is not None
        found: dict[Sign, bool] = {
            "post": not holds(words_of(lead), self.words.comment.words),
            "comment": holds(words_of(lead), self.words.comment.words),
            "name": names,
            # What stood there already was masked by whoever wrote it.
            "personal_data": masked.count(MASK) > draft.count(MASK),
            "insult": holds(words, lists.insult),
            "party": holds(words, lists.party),
            "picture": holds(words, lists.picture),
            "children": holds(words, lists.children),
            "advertising": holds(words, lists.advertising),
        }
        return tuple(sign for sign, shown in found.items() if shown)

    def _asked_for(self, text: str) -> tuple[str, str] | None:
        """The whole message, unless it moves in the check."""
        said, checks = words_of(text), self.checks
        moves = (checks.unknown, checks.back, checks.stop, checks.restart, checks.go_on, checks.why)
        if any(is_of(said, move.core, move.around) for move in moves):
            return None
        return ("", text) if len(said) >= self.least_asked_words or "#" in text else None

    def _pasted(self, text: str) -> tuple[str, str] | None:
        """What is written around a draft, and the draft; None if nobody asks to look at it."""
        for lead, draft in _split(text):
            if len(words_of(draft)) >= self.least_words and self._leads(lead):
                return lead, draft
        whole = len(words_of(text)) >= self.least_words and not text.strip(_AROUND).endswith("?")
        quoted = _QUOTED.fullmatch(text.strip()) is not None
        return ("", text) if whole and (quoted or len(_HASHTAG.findall(text)) >= self.least_hashtags) else None

    def _leads(self, lead: str) -> bool:
        wanted, own = self.checks.wanted, self.words.lead
        return is_of(words_of(lead), [*wanted.core, *own.core], [*wanted.around, *own.around])


def parsed_draft(text: str, draft: PastedDraft, parse: ParsedMessage, facets: list[str], intent: str) -> ParsedMessage:
    """The parse output of a message with a draft, without a word of it.

    Args:
        text: as it may be stored.
        draft: the draft.
        parse: of its text.
        facets: circumstances that count if the text names them.
        intent: that stands for the message, so that a rule can answer.
    """
    named: dict[str, list[str]] = {}
    for entity in parse.get("entities") or []:
        facet, value = str(entity["entity"]), str(entity["value"])
        if facet in facets and entity.get("holder", "me") == "me" and value not in named.setdefault(facet, []):
            named[facet].append(value)
    signs: ParsedDraft = {"signs": list(draft.signs), "facets": named}
    named_intent: ParsedIntent = {"name": intent, "confidence": 1.0}
    kept: ParsedMessage = {"text": text, "intent": named_intent, "intent_ranking": [named_intent], "entities": []}
    kept["draft"] = signs
    if "need" in parse:
        kept["need"] = parse["need"]
    if "language" in parse:
        kept["language"] = parse["language"]
    return kept


def _split(text: str) -> Iterator[tuple[str, str]]:
    """Ways to take a message apart: what stands around a text, and the text."""
    for quote in _QUOTED.finditer(text):
        yield f"{text[: quote.start()]} {text[quote.end() :]}", quote.group("text")
    first = _LEADS_IN.search(text)
    if first is not None:
        yield text[: first.start()], text[first.end() :]
    before, line_break, last = text.rpartition("\n")
    if line_break:
        yield last, before
