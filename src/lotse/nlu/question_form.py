"""What kind of sentence a message is: whether somebody asks if their own side may do something, or something else.

There is no grammar of German here. The rules look for a modal verb (“darf”), a phrase (“ist es erlaubt”) or a question
word, and for the subject beside it: the person, somebody on their side, or somebody else. All words come from
``data/word_lists/question_form.yml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

from lotse.answering.question import QuestionForm
from lotse.content.folding import fold
from lotse.content.question_words import QuestionWords
from lotse.nlu.spacy_pipeline import FacetMention

Party = Literal["own", "side", "others"]

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[^\s\w]")
_SENTENCE_END = frozenset(".!?…")
_CLAUSE_END = frozenset(",;:()–—")
# So many words between a modal verb and its subject, such as “darf mich da mein neuer Chef …”, belong together.
_REACH = 6
_SHORT_QUESTION = 5


@dataclass(frozen=True)
class Word:
    """A word of a message.

    Attributes:
        text: folded, see `fold`.
        party: whom it names; None if it names nobody.
        shown: whether it names something that can be shown: a photo, a video.
        capital: whether it is written with a capital letter, as German nouns are.
    """

    text: str
    party: Party | None = None
    shown: bool = False
    capital: bool = False


Words = Sequence[Word]


@dataclass(frozen=True)
class QuestionFormReader:
    """Reads the form of messages.

    Attributes:
        given: the words to go by.
    """

    given: QuestionWords

    def form_of(self, text: str, mentions: Iterable[FacetMention] = ()) -> QuestionForm:
        """What kind of sentence a message is. Of several sentences the last question counts.

        Args:
            text: the message.
            mentions: facets found in it; they name persons that the word lists do not.
        """
        sentences = self._sentences(text, list(mentions))
        before: list[Words] = [(), *(words for words, _ in sentences)]
        forms = [
            (self._sentence(words, asked, told), asked) for (words, asked), told in zip(sentences, before, strict=False)
        ]
        questions = [form for form, asked in forms if form and asked]
        found = questions or [form for form, _ in forms if form]
        if found:
            return found[-1]
        whole = [word for words, _ in sentences for word in words]
        if any(asked and len(words) > _SHORT_QUESTION for words, asked in sentences):
            return "other"
        return self._told(whole, any(asked for _, asked in sentences))

    @cached_property
    def _lists(self) -> dict[str, frozenset[str]]:
        """Every list of single words, folded."""
        lists = {name: value for name, value in self.given if isinstance(value, list)}
        return {name: frozenset(map(fold, value)) for name, value in lists.items()}

    @cached_property
    def _phrases(self) -> dict[str, list[list[str]]]:
        """The lists that hold phrases, folded and split into words."""
        names = ("permitted", "must_phrases", "intentions", "going_on", "first_verbs")
        return {name: [fold(phrase).split() for phrase in getattr(self.given, name)] for name in names}

    @cached_property
    def _parties(self) -> dict[str, Party]:
        named: dict[str, Party] = {}
        for party, words in (("others", self.given.others), ("side", self.given.side), ("own", self.given.own)):
            named.update(dict.fromkeys(map(fold, words.words), party))  # type: ignore[arg-type]
        return named

    def _party_of(self, mention: FacetMention) -> Party | None:
        for party, words in (("own", self.given.own), ("side", self.given.side), ("others", self.given.others)):
            if mention.value in words.facets.get(mention.facet, ()):
                return party  # type: ignore[return-value]
        return None

    def _sentences(self, text: str, mentions: list[FacetMention]) -> list[tuple[list[Word], bool]]:
        """The sentences of a message with their words and marks, and whether each ends in a question mark."""
        sentences: list[tuple[list[Word], bool]] = []
        words: list[Word] = []
        for line in text.splitlines():
            offset = text.find(line)
            for found in _TOKEN.finditer(line):
                token = fold(found[0])
                if token in _SENTENCE_END:
                    if words:
                        sentences.append((words, token == "?"))
                    elif sentences and token == "?":
                        sentences[-1] = (sentences[-1][0], True)
                    words = []
                    continue
                start = offset + found.start()
                named = [item for item in mentions if item.start <= start < item.end]
                party = self._parties.get(token) or next(filter(None, map(self._party_of, named)), None)
                shown = any(item.value in self.given.shown.get(item.facet, ()) for item in named)
                words.append(Word(token, party, shown, found[0][0].isupper()))
            if words:
                sentences.append((words, False))
                words = []
        return sentences

    def _is(self, word: Word, *lists: str) -> bool:
        return any(word.text in self._lists[name] for name in lists)

    def _sentence(self, words: Words, asked: bool, told: Words) -> QuestionForm | None:
        """The form of one sentence; None if it neither asks nor plans anything.

        Args:
            words: of the sentence.
            asked: whether it ends in a question mark.
            told: the sentence before it.
        """
        words = self._without_opening(words)
        if not words:
            return None
        goes_on = self._starts(words, "going_on")
        clauses = _clauses(words)
        told_of = not asked and len(words) > _REACH
        for number, clause in enumerate(clauses):
            following = clauses[number + 1] if number + 1 < len(clauses) else ()
            told = clauses[number - 1] if number else told
            form = self._clause(clause, asked, following, told, goes_on and not number, told_of)
            if form:
                return form
        if goes_on:
            return "other" if self._subject(words[2:], bare=False) == "others" else "statement"
        if self._starts(words, "first_verbs", beginning=True) and (asked or self._names_others(words)):
            return "other"
        if asked and self._leaves_out_may(words, clauses):
            return "permission"
        return self._planned(words)

    def _without_opening(self, words: Words) -> Words:
        start = 0
        if self._starts(words, "going_on"):
            return words
        while start < len(words) and (self._is(words[start], "openings") or words[start].text in _CLAUSE_END):
            start += 1
            if self._starts(words[start:], "going_on"):
                break
        return words[start:]

    def _clause(
        self, words: Words, asked: bool, following: Words, told: Words, goes_on: bool, told_of: bool
    ) -> QuestionForm | None:
        """The form of one clause; None if nothing in it asks.

        Args:
            words: of the clause.
            asked: whether the sentence ends in a question mark.
            following: the clause after it.
            told: the clause or sentence before it.
            goes_on: whether it starts with words such as “was ist mit”, which ask nothing by themselves.
            told_of: whether the sentence is long and has no question mark, so that “verboten” may tell and not ask.
        """
        if any(self._is(word, "own_in_one_word") for word in words):
            return "permission"
        wh = None if goes_on else self._question_word(words)
        permitted = self._permitted(words, told_of, wh)
        for index, word in enumerate(words):
            if self._is(word, "may"):
                return self._may(words, index, wh)
            if self._is(word, "can") and (form := self._can(words, index, wh, asked)):
                return form
            if self._is(word, "must") and not permitted and self._inverted(words, index):
                return "other"
        if self._contains(words, "must_phrases") and (asked or self._starts(words, "first_verbs", beginning=True)):
            return "other"
        if permitted:
            return "other" if self._of_others(words, following, told) else "permission"
        return "other" if wh is not None else None

    def _question_word(self, words: Words) -> Word | None:
        """The question word that a clause starts with, also after another word: “mit wem”, “und was”."""
        first = words[0]
        if self._is(first, "question_words"):
            return first
        if len(words) > 1 and self._is(first, "prepositions", "openings") and self._is(words[1], "question_words"):
            return words[1]
        return None

    def _may(self, words: Words, index: int, wh: Word | None) -> QuestionForm:
        """The form of a clause with “darf” at `index`."""
        after = self._subject(words[index + 1 :], bare=True)
        if wh is not None and self._is(wh, "reasons") and not (self._is(wh, "choices") and after == "own"):
            return "other"
        party = after or self._subject_before(words[:index])
        if party == "others" or (party == "side" and self._done_to_me(words[index + 1 :])):
            return "other"
        harmed = any(self._is(word, "harm") and self._is(following, "passive") for word, following in pairwise(words))
        return "other" if harmed or self._impersonal_to_me(words, party) else "permission"

    def _can(self, words: Words, index: int, wh: Word | None, asked: bool) -> QuestionForm | None:
        """The form of a clause with “kann” at `index`; None if it tells and does not ask: “ich kann nicht mehr”."""
        after = words[index + 1 :]
        if any(self._is(word, "addressed") for word in after[:2]) and any(self._is(w, "requests") for w in after[:3]):
            return None
        if not asked and not self._is(words[0], "conjunctions") and not self._inverted(words, index):
            return None
        if wh is not None and not self._is(wh, "choices"):
            return "other"
        party = self._subject(after, bare=True) or self._subject_before(words[:index])
        befalls = any(self._is(word, "harm", "remedies") for word in words)
        return "other" if party != "own" or befalls or self._impersonal_to_me(words, party) else "permission"

    def _impersonal_to_me(self, words: Words, party: Party | None) -> bool:
        """Whether “man” does something to the person: “Darf man mich fotografieren?”"""
        speaks = any(self._is(word, "speaker") for word in words)
        return party == "own" and not speaks and any(self._is(word, "me") for word in words)

    def _inverted(self, words: Words, index: int) -> bool:
        """Whether the verb at `index` stands before its subject, as in a question, or first of all."""
        if index == 0:
            return True
        after = [word for word in words[index + 1 : index + 4] if not self._is(word, "between", "me", "things")]
        return bool(after) and after[0].party == "own"

    def _subject(self, words: Words, bare: bool) -> Party | None:
        """The first word that names a subject, among the first few.

        Args:
            words: from the verb on.
            bare: whether a noun without an article may be a subject: “darf Chef mich kündigen”.
        """
        found = (index for index in range(min(len(words), _REACH + 1)) if self._names_subject(words, index, bare))
        return next((words[index].party for index in found), None)

    def _subject_before(self, words: Words) -> Party | None:
        """The nearest word before a verb that names a subject: “mein Chef sagt, dass ich das nicht darf”."""
        for index in reversed(range(len(words))):
            starts = index == 0 or self._is(words[index - 1], "conjunctions")
            if self._names_subject(words, index, bare=starts):
                return words[index].party
        return None

    def _names_subject(self, words: Words, index: int, bare: bool) -> bool:
        """Whether the word at `index` names a subject; `bare` as for `_subject`."""
        word = words[index]
        if word.party is None or self._is(word, "me"):
            return False
        if self._is(word, "articles_or_pronouns") and self._before_a_noun(words, index):
            return False
        if word.party == "own":
            return True
        near = words[max(0, index - 2) : index]
        if any(self._is(one, "object_articles", "prepositions") for one in near):
            return False
        return bare or self._is(word, "pronouns") or any(self._is(one, "subject_articles") for one in near)

    def _before_a_noun(self, words: Words, index: int) -> bool:
        """Whether “die” at `index` stands before a noun, and is not somebody by itself (“darf die das?”)."""
        following = words[index + 1 : index + 2]
        return bool(following) and not self._is(
            following[0], "between", "me", "mine", "things", "object_articles", "prepositions"
        )

    def _done_to_me(self, words: Words) -> bool:
        """Whether somebody on the person's side does something to them: “darf mein Kollege mein Foto posten”."""
        named = next((index for index, word in enumerate(words) if word.party == "side"), len(words))
        return any(self._is(word, "me") for word in words) or any(self._is(w, "mine") for w in words[named + 1 :])

    def _permitted(self, words: Words, told_of: bool, wh: Word | None) -> bool:
        """Whether a phrase such as “erlaubt” asks for permission."""
        if wh is not None and self._is(wh, "reasons", "manners"):
            return False
        if told_of and wh is None and not self._is(words[0], "to_be"):
            return False
        # “Was geht das ihn an?” asks for no permission, but “Was ist erlaubt?” does.
        return self._contains(words, "permitted", longest=1 if wh else None)

    def _of_others(self, words: Words, following: Words, told: Words) -> bool:
        """Whether it is asked if somebody else may do something.

        “Ist es okay, wenn mein Chef …?”, “Is my boss allowed …?”, “Der Bürgermeister postet das. Geht das?”
        """
        if self._subject(words[1:], bare=False) == "others":
            return True
        for part in (words, following):
            for index, word in enumerate(part):
                conceding = index > 0 and self._is(part[index - 1], "concessions")
                if not self._is(word, "conjunctions") or conceding:
                    continue
                if self._subject(part[index + 1 :], bare=True) == "others":
                    return True
        of_what_was_told = len(words) <= _SHORT_QUESTION and any(self._is(word, "things") for word in words)
        return of_what_was_told and self._subject(self._without_opening(told), bare=False) == "others"

    def _leaves_out_may(self, words: Words, clauses: Sequence[Words]) -> bool:
        """Whether a question leaves “darf ich” out: “TikTok auf dem Diensthandy installieren?”, “Bild vom Büro?”."""
        if any(self._is(word, "must", "can", "may", "wants", "having", "harm", "me") for word in words):
            return False
        if any(self._is_infinitive(clause[-1], alone=len(clause) == 1) for clause in clauses):
            return True
        return any(word.shown for word in words[:2])

    def _is_infinitive(self, word: Word, alone: bool) -> bool:
        """Whether a word is the infinitive that ends a clause.

        Args:
            word: the last one of a clause.
            alone: whether it is the only one; then a capital letter makes no noun of it.
        """
        if word.party or self._is_participle(word) or (word.capital and not alone):
            return False
        no_verb = self._is(word, "prepositions", "object_articles", "me", "mine", "between", "openings", "conjunctions")
        return not no_verb and word.text.endswith(tuple(self._lists["infinitive_endings"]))

    def _is_participle(self, word: Word) -> bool:
        """Whether a word looks like “gepostet” or “hochgeladen”; German has no list of them."""
        begins = word.text.startswith(tuple(self._lists["participle_beginnings"]))
        return begins and word.text.endswith(tuple(self._lists["participle_endings"]))

    def _tells_what_was_done(self, words: Words) -> bool:
        """Whether the person tells of something they have done: “ich hab das gestern gepostet”, “I shared it”."""
        having = any(self._is(word, "having") for word in words)
        if having and any(self._is(word, "speaker") for word in words):
            return any(self._is_participle(word) for word in words)
        past = tuple(self._lists["past_endings"])
        return any(
            self._is(word, "speaker") and following.text.endswith(past) for word, following in pairwise(words)
        ) or (having and self._is(words[0], "having") and any(self._is_participle(word) for word in words))

    def _planned(self, words: Words) -> QuestionForm | None:
        if any(self._is(word, "harm") for word in words):
            return None
        for index, word in enumerate(words):
            if self._is(word, "wants") and index and self._is(words[index - 1], "joining"):
                return "permission" if self._subject_before(words[: index - 1]) == "own" else None
        for phrase in self._phrases["intentions"]:
            for index in range(len(words)):
                if _at(words, index, phrase):
                    after = words[index + len(phrase) : index + len(phrase) + 2]
                    return None if any(self._is(word, "no_intentions") for word in after) else "permission"
        return None

    def _told(self, words: Words, asked: bool) -> QuestionForm:
        """The form of a message without a question: a story of what somebody else did to the person is none for us."""
        to_me = any(self._is(word, "me") for word in words)
        if to_me and self._names_others(words):
            return "other"
        if not words or not self._tells_what_was_done(words):
            return "statement"
        # “Habe ich mich strafbar gemacht?” tells nothing.
        return "other" if asked else "story"

    def _contains(self, words: Words, name: str, longest: int | None = None) -> bool:
        """Whether one of the phrases of a list, of at most `longest` words, stands anywhere."""
        phrases = [phrase for phrase in self._phrases[name] if longest is None or len(phrase) <= longest]
        return any(_at(words, index, phrase) for phrase in phrases for index in range(len(words)))

    def _names_others(self, words: Words) -> bool:
        return any(word.party in ("others", "side") for word in words)

    def _starts(self, words: Words, name: str, beginning: bool = False) -> bool:
        return any(_at(words, 0, phrase, beginning) for phrase in self._phrases[name])


def _clauses(words: Words) -> list[Words]:
    clauses: list[list[Word]] = [[]]
    for word in words:
        if word.text in _CLAUSE_END:
            clauses.append([])
        else:
            clauses[-1].append(word)
    return [clause for clause in clauses if clause]


def _at(words: Words, index: int, phrase: Sequence[str], beginning: bool = False) -> bool:
    """Whether a phrase stands at `index`; with `beginning`, its last word may go on."""
    part = [word.text for word in words[index : index + len(phrase)]]
    if len(part) < len(phrase) or part[:-1] != list(phrase[:-1]):
        return False
    return part[-1].startswith(phrase[-1]) if beginning else part[-1] == phrase[-1]
