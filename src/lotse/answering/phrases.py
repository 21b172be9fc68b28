"""Words that say what a message does in a conversation, and how they are found.

Read from ``data/word_lists/conversation.yml``, they decide where a trained classifier must not: what deletes a
conversation, which choice is picked, and whether a wish is denied. “Bitte nicht löschen” and “bitte löschen” look alike
to it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pydantic import Field, validator
from pydantic.fields import ModelField

from lotse.content.folding import fold
from lotse.content.loading import parse
from lotse.content.model import Strict

_WORD = re.compile(r"\w+")
_CLAUSE_END = re.compile(r"[.,;:!?\n]+")
_APOSTROPHES = re.compile(r"(?<=\w)['’ʼ](?=\w)")
# Skin tones and the signs that make an emoji colourful or a key change nothing of what it says.
_MODIFIERS = re.compile("[\U0001f3fb-\U0001f3ff\ufe0e\ufe0f\u200d\u20e3]")

# The one list that holds signs, which have no words to fold.
SIGNS = "approving"

Words = Sequence[str]


def words_of(text: str) -> tuple[str, ...]:
    """The folded words of a text, without punctuation; “don't” is one word.

    Args:
        text: a message, or an entry of a list.
    """
    plain = unicodedata.normalize("NFKC", _MODIFIERS.sub("", text))
    return tuple(_WORD.findall(_APOSTROPHES.sub("", fold(plain))))


class Entries(list[str]):
    """The entries of a list, found by the letter they begin with: the lists are long and looked through word by word.

    Attributes:
        by_letter: the entries by their first letter.
    """

    def __init__(self, entries: Sequence[str]) -> None:
        super().__init__(entries)
        self.by_letter: dict[str, list[str]] = {}
        for entry in entries:
            self.by_letter.setdefault(entry[:1], []).append(entry)


class Phrases(Strict):
    """Base of the word lists: entries of one word or several in a row, folded; * at the end matches longer words."""

    @validator("*", pre=True)
    def _folded(cls, value: object, field: ModelField) -> object:
        if field.name == SIGNS:
            return value
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return [_entry(item) for item in value]
        if isinstance(value, list) and all(isinstance(item, list) for item in value):
            return [[_entry(str(word)) for word in item] for item in value]
        if field.key_field and isinstance(value, dict) and all(isinstance(item, list) for item in value.values()):
            return {name: [_entry(str(word)) for word in item] for name, item in value.items()}
        return value

    @validator("*")
    def _indexed(cls, value: object) -> object:
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return Entries(value)
        return value


class PickWords(Phrases):
    """Words that pick one of the choices shown.

    Attributes:
        ordinals, numbers: by position, the first first: the words for it.
        around: words that may stand around a number.
        around_words: words that may stand around a word of a choice.
    """

    ordinals: list[list[str]] = Field(default_factory=list)
    numbers: list[list[str]] = Field(default_factory=list)
    last: list[str] = Field(default_factory=list)
    last_but_one: list[str] = Field(default_factory=list)
    around: list[str] = Field(default_factory=list)
    around_words: list[str] = Field(default_factory=list)


class YesWords(Phrases):
    """Words of a plain yes: one of `words`, and nothing but these and `around`."""

    words: list[str] = Field(..., min_items=1)
    around: list[str]


class Wish(Phrases):
    """Words of a wish that a negation turns round; one of `together` must be said, too, unless that is empty."""

    words: list[str] = Field(..., min_items=1)
    together: list[str] = Field(default_factory=list)


class Core(Phrases):
    """Messages of one kind: one of `core`, and nothing but these and `around`."""

    core: list[str] = Field(..., min_items=1)
    around: list[str]


class DeletingWords(Phrases):
    """Things that are deleted elsewhere, and words that name the conversation."""

    others: list[str]
    conversation: list[str]


class FollowingWords(Phrases):
    """Words by which a short message leans on the one before: at its beginning, or anywhere."""

    beginnings: list[str] = Field(..., min_items=1)
    anywhere: list[str]


class FullQuestionWords(Phrases):
    """How a question begins that has a verb and a subject, after which words, and what means another matter.

    Attributes:
        holding: beginnings of a question whether what was said holds in another case, too.
    """

    openings: list[str]
    beginnings: list[str] = Field(..., min_items=1)
    holding: list[str] = Field(..., min_items=1)
    other_matters: list[str]


class WritingWords(Phrases):
    """Words of a wish that a text be written; see `lotse.answering.message_kinds.wants_a_text`."""

    openings: list[str]
    commands: list[str]
    requests: list[str]
    verbs: list[str]
    needs: list[str]
    drafts: list[str]
    replies: list[str]
    relatives: list[str]
    texts: list[str]
    posts: list[str]
    below: list[str]
    media: list[str]
    recipients: list[str]
    translating: list[str]
    answering: list[str]
    something: list[str]
    subjects: list[str]


class WordingWords(Phrases):
    """Words of a question for words to say or to write; see `lotse.answering.message_kinds.asks_for_wording`.

    Attributes:
        questions: how such a question begins.
        speaking: with one of these, in it or after it.
        matters: with one of these, it asks what may be said.
        around: what names nothing in such a question.
    """

    questions: list[str] = Field(..., min_items=1)
    speaking: list[str] = Field(..., min_items=1)
    matters: list[str]
    around: list[str]


class PointWords(Phrases):
    """Words of a wish for a list.

    Attributes:
        lists: what says that a list is wanted.
        doing: with one of these, it is of what to do.
        everything: with one of these, too, about all that was talked about.
    """

    lists: list[str] = Field(..., min_items=1)
    doing: list[str]
    everything: list[str] = Field(..., min_items=1)


class ToolWords(Phrases):
    """Words of a question whether one may work with artificial intelligence, and of one about the assistant."""

    tools: list[str]
    using: list[str]
    about_the_assistant: list[str]
    made_by: list[str]


class HelpingWords(Phrases):
    """Words of a question whether somebody helps; with one of `asking_for_anyone` it asks for a contact."""

    helpers: list[str] = Field(..., min_items=1)
    verbs: list[str] = Field(..., min_items=1)
    asking_for_anyone: list[str]
    in_need: list[str]


class VentingWords(Phrases):
    """Words of anger at the assistant or at everything, and words that show at whom or what."""

    insults: list[str]
    aims: list[str]
    at_assistant: list[str]
    telling: list[str]


class PlaceWords(Phrases):
    """Words that may stand around the name of a federal state, and the names by which each is known."""

    around: list[str]
    states: dict[str, list[str]]


class PartWords(Phrases):
    """Where a message may be taken apart; see `lotse.nlu.message_parts`."""

    courtesies: list[str]
    contrasts: list[str]
    conjunctions: list[str]
    openers: list[str]


class LookWords(Core):
    """Messages that ask to look at a text: as `Core`, or with one of `verbs` and one of `texts` instead of `core`.

    Attributes:
        whole: what asks for it only if the message says nothing else.
        of_a_post: says that it is a post that is to be looked at.
    """

    whole: list[str]
    of_a_post: list[str]
    verbs: list[str] = Field(..., min_items=1)
    texts: list[str] = Field(..., min_items=1)


class CheckWords(Phrases):
    """Words during a guided check: what answers nothing, but moves in it.

    Attributes:
        wanted: a message that says nothing else asks for a check.
        unknown, back, stop, restart, go_on, why: messages that say nothing else.
        verdict: a message that says nothing else asks for the result before the end.
        reasons: those among its words that ask what is wrong.
        changing: words of a question what becomes of a post without something.
        rewriting: words of a wish that this text be rewritten, not another one written.
        confirming: words that, beside those of a plain yes, confirm a proposed answer.
        around_options: words that may stand around a word of an option.
    """

    wanted: LookWords
    unknown: Core
    back: Core
    stop: Core
    restart: Core
    go_on: Core
    why: Core
    verdict: Core
    reasons: list[str]
    changing: list[str]
    rewriting: list[str]
    confirming: list[str]
    around_options: list[str]


class OfficeWords(Phrases):
    """Words after offices were named.

    Attributes:
        reaching: asks how to reach one of them.
        also_called: by office, single words for it beside those of its label.
        around: what may stand around.
    """

    reaching: list[str]
    also_called: dict[str, list[str]]
    around: list[str]


class ConversationWords(Phrases):
    """All words of ``conversation.yml``, which explains each list."""

    picks: PickWords
    agreeing: YesWords
    refusing: list[str]
    negations: list[str]
    negated_wishes: dict[str, Wish]
    negation_distance: int = Field(..., ge=0)
    deleting: DeletingWords
    declining: list[str]
    correcting: list[str]
    correction: list[str]
    opening: Core
    privacy: Core
    approving: list[str]
    parts: PartWords
    following: FollowingWords
    full_questions: FullQuestionWords
    writing: WritingWords
    wording: WordingWords
    points: PointWords
    letters: list[str]
    tools: ToolWords
    offices: OfficeWords
    helping: HelpingWords
    venting: VentingWords
    misunderstood: Core
    yes_or_no: list[str]
    places: PlaceWords
    telling: list[str]
    others_matter: Core
    own_side: Core
    first_person: list[str]
    doubting: Core
    how_certain: list[str]
    asking_for_more: Core
    asking_for_sources: list[str]
    all_the_same: Core
    dos_and_donts: Core
    for_me: Core
    what_to_write: Core
    thanking: list[str]
    closing: Core
    checks: CheckWords
    thanks_anyway: Core
    naming: list[str]


def load_words(data: Path) -> ConversationWords:
    """Read `word_lists/conversation.yml`.

    Raises:
        ContentError: a list is missing or misspelt.
    """
    return parse(data / "word_lists" / "conversation.yml", ConversationWords)[1]


def entry_length(words: Words, start: int, entries: Sequence[str]) -> int:
    """How many words the longest entry has that stands at a position; 0 if none does."""
    if start >= len(words):
        return 0
    longest, letter = 0, words[start][0]
    if isinstance(entries, Entries):
        entries = entries.by_letter.get(letter, ())
    for entry in entries:
        if not entry.startswith(letter):
            continue
        parts, last, is_open = _parts(entry)
        end = start + len(parts)
        if end >= len(words) or tuple(words[start:end]) != parts:
            continue
        if words[end] == last or (is_open and words[end].startswith(last)):
            longest = max(longest, end - start + 1)
    return longest


def words_beside(words: Words, entries: Sequence[str]) -> list[str]:
    """The words that belong to none of the entries.

    Args:
        words: of a message.
        entries: see `Phrases`.
    """
    place, left = 0, []
    while place < len(words):
        length = entry_length(words, place, entries)
        if not length:
            left.append(words[place])
        place += length or 1
    return left


@cache
def _parts(entry: str) -> tuple[tuple[str, ...], str, bool]:
    """The words of an entry without the last, the last one, and whether longer words match it."""
    *parts, last = entry.rstrip("*").split(" ")
    return tuple(parts), last, entry.endswith("*")


def holds(words: Words, entries: Sequence[str]) -> bool:
    """Whether one of the entries stands among the words."""
    return any(entry_length(words, start, entries) for start in range(len(words)))


def made_of(words: Words, entries: Sequence[str]) -> bool:
    """Whether the words consist of entries only; an empty message does not."""
    position = 0
    while position < len(words):
        step = entry_length(words, position, entries)
        if not step:
            return False
        position += step
    return bool(words)


def is_of(words: Words, core: Sequence[str], around: Sequence[str]) -> bool:
    """Whether the words consist of both lists only, with an entry of `core` among them."""
    return holds(words, core) and made_of(words, [*core, *around])


def wants_a_look(words: Words, wanted: LookWords, around: Sequence[str] = ()) -> bool:
    """Whether the words ask to look at a text, and say nothing else.

    Args:
        words: of a message or a part of it.
        wanted: words of such messages.
        around: further words that may stand around.
    """
    asks = holds(words, wanted.core) or (holds(words, wanted.verbs) and holds(words, wanted.texts))
    return asks and made_of(words, [*wanted.core, *wanted.whole, *wanted.verbs, *wanted.texts, *wanted.around, *around])


def negated(text: str, wish: Wish, negations: Sequence[str], distance: int) -> bool:
    """Whether a wish is turned round: a negation stands near one of its words, in the same clause.

    “Den Verlauf löschen, nicht dass das einer liest” denies nothing.

    Args:
        text: the message.
        wish: its words.
        negations: words that deny.
        distance: how many words may stand between.
    """
    if wish.together and not holds(words_of(text), wish.together):
        return False
    return any(
        abs(denied - wished) <= distance + 1
        for clause in map(words_of, _CLAUSE_END.split(text))
        for denied in _places(clause, negations)
        for wished in _places(clause, wish.words)
    )


def only_approving(text: str, signs: Sequence[str]) -> bool:
    """Whether a message consists of approving signs only.

    Args:
        text: the message.
        signs: emoji without modifiers, and emoticons in lower case.
    """
    rest = re.sub(r"\s+", "", _MODIFIERS.sub("", text)).casefold()
    if not rest:
        return False
    for sign in sorted(signs, key=len, reverse=True):
        rest = rest.replace(sign, "")
    return not rest


def _entry(text: str) -> str:
    return " ".join(words_of(text.rstrip("*"))) + ("*" if text.endswith("*") else "")


def _places(words: Words, entries: Sequence[str]) -> list[int]:
    return [start for start in range(len(words)) if entry_length(words, start, entries)]
