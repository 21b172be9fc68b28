"""The text of a post that somebody pastes for a guided check: recognised before a message is stored, read for signs.

The text itself is kept nowhere: what goes on is `MASK` in its place, and which signs it shows, as ids. Signs propose
answers to the questions of a check, which the person confirms or changes; nothing is judged by them. Pure functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import regex
from pydantic import Field

from lotse.answering.memory import Memory
from lotse.answering.personal_data import MASK, mask
from lotse.answering.phrases import CheckWords, Core, Phrases, entry_length, holds, is_of, wants_a_look, words_of
from lotse.answering.question import ParsedDraft, ParsedIntent, ParsedMessage
from lotse.checks import Sign
from lotse.content.loading import parse
from lotse.content.model import Strict

# Single quotation marks are apostrophes inside of words.
_QUOTED = regex.compile(r"[„“\"»«](?P<text>[^„“”\"»«]+)[“”\"«»]|(?<!\w)[‚‘’'›‹](?P<text>[^\n]+?)[‘’'‹›](?![\w‘’'])")
# What may stand around a pasted text without being part of it.
_AROUND = " \n„“”\"«»‚‘’'›‹–-"
# Where a pasted text may begin: after a colon or a line break; with less certainty after a sentence or a dash.
_LEADS_IN = regex.compile(r"(?P<clear>[:\n])|(?:[.!?…]+|\s[–-])(?=\s)")
_CLAUSE_END = regex.compile(r"[.,;:!?…\n]+|\s[–-]\s")
_HASHTAG = regex.compile(r"(?<!\w)#\p{L}[\w-]*")
_MENTION = regex.compile(r"(?<![\w.])@\p{L}[\w.]+")
# “Herr K.”: somebody who knows them knows who is meant.
_ADDRESSED = regex.compile(r"\b(?:Herrn?|Frau|Mrs?|Ms)\.?\s+\p{Lu}")
_CAPITAL = regex.compile(r"\b\p{Lu}\p{L}+")


class SignWords(Phrases):
    """Words by sign."""

    workplace: list[str] = Field(..., min_items=1)
    insult: list[str] = Field(..., min_items=1)
    disparaging: list[str] = Field(..., min_items=1)
    citizens: list[str] = Field(..., min_items=1)
    internal: list[str] = Field(..., min_items=1)
    party: list[str] = Field(..., min_items=1)
    election: list[str] = Field(..., min_items=1)
    picture: list[str] = Field(..., min_items=1)
    children: list[str] = Field(..., min_items=1)
    advertising: list[str] = Field(..., min_items=1)


class CommentWords(Phrases):
    """Words around a text that make it a comment."""

    words: list[str] = Field(..., min_items=1)


class LeadWords(Core):
    """Words around a text that, with those of `checks: wanted` in `conversation.yml`, say that it is a draft.

    Attributes:
        quoted: what says so in a clause of its own if the text stands in quotation marks.
    """

    quoted: list[str]


class TellingWords(Phrases):
    """What no draft says but somebody who tells or asks something.

    Attributes:
        beginnings: first words of a question to the assistant.
        anywhere: what tells of a post; counts where nothing but a full stop parts the text from the wish to look at it.
    """

    beginnings: list[str] = Field(..., min_items=1)
    anywhere: list[str] = Field(..., min_items=1)


class DraftWords(Strict):
    """What `data/word_lists/drafts.yml` says.

    Attributes:
        lead: words around a text that say that it is a draft.
        telling: words of a text that is none.
        comment: words around a text that make it a comment.
        facets: circumstances of the vocabulary that count if the text names them.
        given_names: with their capitals.
        signs: words by sign.
    """

    lead: LeadWords
    telling: TellingWords
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
        letters: of a letter, which is no draft of a post.
        least_words: a shorter text is no draft unless it was asked for.
        least_asked_words: a shorter reply is no draft even then.
        least_hashtags: with so many a text is a draft by itself.
    """

    words: DraftWords
    checks: CheckWords
    letters: list[str]
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
        # “Neue Version: …” while a post is looked at says by itself that it is one.
        under_way = memory.check is not None and not memory.check.done and memory.check.aside <= 1
        found = self._asked_for(text) if asked_for else self._quoted(text, under_way) or self._pasted(text)
        if found is None or (not asked_for and holds(words_of(found.draft), self.letters)):
            return None
        draft = found.draft.strip(_AROUND)
        kept = f"{mask(found.lead)} {MASK}".strip()
        return kept, PastedDraft(mask(draft), self.signs(found.around, draft))

    def signs(self, lead: str, draft: str) -> tuple[Sign, ...]:
        """What a text shows, in the order of the list of signs.

        Args:
            lead: what was written around it.
            draft: the text, not masked.
        """
        words, lists = words_of(draft), self.words.signs
        masked = mask(draft)
        given_name = not {*_CAPITAL.findall(draft)}.isdisjoint(self.words.given_names)
        names = given_name or any(pattern.search(draft) for pattern in (_MENTION, _ADDRESSED))
        found: dict[Sign, bool] = {
            "post": not holds(words_of(lead), self.words.comment.words),
            "comment": holds(words_of(lead), self.words.comment.words),
            "name": names,
            # What stood there already was masked by whoever wrote it.
            "personal_data": masked.count(MASK) > draft.count(MASK),
            "workplace": holds(words, lists.workplace),
            "insult": holds(words, lists.insult),
            "disparaging": holds(words, lists.disparaging),
            "citizens": holds(words, lists.citizens),
            "internal": holds(words, lists.internal),
            "party": holds(words, lists.party),
            "election": holds(words, lists.election),
            "picture": holds(words, lists.picture),
            "children": holds(words, lists.children),
            "advertising": holds(words, lists.advertising),
        }
        return tuple(sign for sign, shown in found.items() if shown)

    def _asked_for(self, text: str) -> _Found | None:
        """The whole message, unless it moves in the check."""
        said, checks = words_of(text), self.checks
        moves = (checks.unknown, checks.back, checks.stop, checks.restart, checks.go_on, checks.why, checks.verdict)
        if any(is_of(said, move.core, move.around) for move in moves):
            return None
        return _Found("", "", text) if len(said) >= self.least_asked_words or "#" in text else None

    def _quoted(self, text: str, under_way: bool = False) -> _Found | None:
        """The texts in quotation marks; None if nobody asks to look at them.

        Args:
            text: the message.
            under_way: whether a post is being looked at; then a few words before a longer text are enough.
        """
        quotes = [quote for quote in _QUOTED.finditer(text) if len(words_of(quote["text"])) >= self.least_asked_words]
        if not quotes:
            return None
        draft = "\n".join(quote["text"] for quote in quotes)
        around, place = [], 0
        for quote in quotes:
            around.append(text[place : quote.start()])
            place = quote.end()
        outside = "\n".join([*around, text[place:]])
        if not words_of(outside):
            return _Found("", "", draft) if len(words_of(draft)) >= self.least_words else None
        lead = self._lead(outside, quoted=True)
        if not lead and under_way and self._is_another_version(text, quotes[0].start(), draft):
            return _Found("", outside, draft)
        return _Found(lead, outside, draft) if lead else None

    def _is_another_version(self, text: str, start: int, draft: str) -> bool:
        """Whether a quotation is introduced like a text of one's own: “Dann so: …”, “Also: …”."""
        before = text[:start].rstrip()
        introduced = before.endswith((":", "\n")) and len(words_of(before)) <= self.least_asked_words
        return introduced and len(words_of(draft)) >= self.least_words

    def _pasted(self, text: str) -> _Found | None:
        """A draft without quotation marks; None if nobody asks to look at it."""
        for place in _LEADS_IN.finditer(text):
            before, after = text[: place.start()], text[place.end() :]
            if len(words_of(after)) < self.least_words:
                break
            lead = self._lead(before) if place["clear"] else self._asking_clause(_last_clause(before))
            if lead and not self._tells(after, place["clear"] is None):
                return _Found(lead, before, after)
        before, line_break, last = text.rpartition("\n")
        if line_break and len(words_of(before)) >= self.least_words:
            lead = self._lead(last)
            return _Found(lead, last, before) if lead else None
        whole = len(words_of(text)) >= self.least_words and not text.strip(_AROUND).endswith("?")
        return _Found("", "", text) if whole and len(_HASHTAG.findall(text)) >= self.least_hashtags else None

    def _lead(self, around: str, quoted: bool = False) -> str:
        """What may be kept of the words around a draft; empty if they do not say that there is one.

        Args:
            around: the words.
            quoted: whether the draft stands in quotation marks.
        """
        lead = self.words.lead
        said, wanted = words_of(around), self.checks.wanted
        if wants_a_look(said, wanted, self._around) or is_of(said, [*wanted.core, *lead.core], self._around):
            return " ".join(around.split())
        # What else stands there may be part of the draft.
        for clause in reversed(_CLAUSE_END.split(around)):
            if self._asking_clause(clause) or (quoted and is_of(words_of(clause), lead.quoted, self._around)):
                return " ".join(clause.split())
        return ""

    def _asking_clause(self, clause: str) -> str:
        """The clause if it says nothing but to look at a text; else nothing."""
        return " ".join(clause.split()) if wants_a_look(words_of(clause), self.checks.wanted, self._around) else ""

    def _tells(self, text: str, unclear: bool) -> bool:
        """Whether somebody tells or asks something instead of pasting a draft.

        Args:
            text: what may be a draft.
            unclear: whether nothing but a full stop parts it from the wish to look at it.
        """
        said, telling = words_of(text), self.words.telling
        return entry_length(said, 0, telling.beginnings) > 0 or (unclear and holds(said, telling.anywhere))

    @property
    def _around(self) -> list[str]:
        return [*self.checks.wanted.around, *self.words.lead.around]


@dataclass(frozen=True)
class _Found:
    """A draft and what stands around it.

    Attributes:
        lead: what may be kept.
        around: all words around it.
    """

    lead: str
    around: str
    draft: str


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


def _last_clause(text: str) -> str:
    return next((clause for clause in reversed(_CLAUSE_END.split(text)) if words_of(clause)), "")
