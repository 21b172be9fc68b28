"""What kind of message it is, told by its words alone: a wish for a text, a question about AI tools, anger, a place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from lotse.answering.memory import ACCOUNT, LASTING_FACETS
from lotse.answering.personal_data import MASK
from lotse.answering.phrases import (
    ConversationWords,
    ToolWords,
    Words,
    WritingWords,
    entry_length,
    holds,
    is_of,
    made_of,
    words_of,
)
from lotse.answering.question import Question
from lotse.answering.settings import Settings

# No clause ends within “zwei, drei Sätze”.
_CLAUSE_END = re.compile(
    r"[.;:!?\n]+|(?<!\bein)(?<!\bzwei)(?<!\bdrei)(?<!\btwo)(?<!\bthree)(?<!\d),|,(?!\s*(?:zwei|drei|vier|fünf|two|three|four|\d))",
    re.IGNORECASE,
)
# How far a word that asks for an answer may stand from the verb: “schreib mir bitte, ob …”, “einfacher formulieren”.
_NEAR = 2
# Circumstances that an insult names by itself.
_OF_INSULTS = frozenset({("condition", "insult"), ("content", "hate")})
# “Sicher” by itself is a yes; with a question mark or another word it is doubt.
_FEW = 2


def wants_a_text(question: Question, words: ConversationWords) -> bool:
    """Whether the person wants a text written, improved or translated: “schreib mir einen Post”."""
    if question.picked:
        return False
    writing = words.writing
    clauses = _clauses(question.text, writing.openings)
    # “einen kurzen, sachlichen Hinweis formulieren” is one clause.
    joined = [
        ((*clause, *following), rest)
        for (clause, _), (following, rest) in pairwise(clauses)
        if clause and following and clause[-1][-2:] == following[0][-2:]
    ]
    return any(_is_a_wish(clause, rest, writing) for clause, rest in [*clauses, *joined])


def asks_for_wording(question: Question, words: ConversationWords) -> bool:
    """Whether the person asks for words to say or to write: “wie fange ich so ein Gespräch an?”"""
    if question.picked:
        return False
    wording = words.wording
    for clause, _rest in _clauses(question.text, words.writing.openings):
        asked = _first(clause, wording.questions)
        if asked is None:
            continue
        said = asked + entry_length(clause, asked, wording.questions)
        if holds(clause[asked:said], wording.speaking) or holds(clause[said:], wording.speaking):
            return not holds(clause, wording.matters)
    return False


def asks_about_tools(question: Question, words: ConversationWords) -> bool:
    """Whether the person asks about artificial intelligence at work: “darf ich ChatGPT dafür nehmen?”"""
    said, tools = words_of(question.text), words.tools
    if question.picked or not holds(said, tools.tools) or _about_the_assistant(said, tools):
        return False
    return question.form in ("permission", "other") or holds(said, tools.using)


def asks_who_wrote_it(question: Question, words: ConversationWords) -> bool:
    """Whether the person asks if the answer was written by a machine: “ist das von einer KI?”"""
    said, tools = words_of(question.text), words.tools
    return not question.picked and is_of(said, tools.tools, tools.made_by) and len(said) > 1


def vents(question: Question, settings: Settings) -> bool:
    """Whether a message is nothing but anger at the assistant or at everything: “ihr seid doch alle unfähig”.

    A longer message that does not speak to the assistant tells something, however strong its words.
    """
    said, venting = words_of(question.text), settings.words.venting
    if question.picked or question.form != "statement" or "?" in question.text or holds(said, venting.telling):
        return False
    if len(said) > settings.short_message_words and not holds(said, venting.at_assistant):
        return False
    named = {(facet, value) for facet, values in question.facets.items() for value in values}
    return named <= _OF_INSULTS and holds(said, venting.insults) and holds(said, venting.aims)


def state_named(question: Question, words: ConversationWords) -> str | None:
    """The federal state that a message names if it says nothing else: “in Bayern”; None otherwise."""
    said, places = words_of(question.text), words.places
    named = [label for label, names in places.states.items() if holds(said, names)]
    if question.picked or len(named) != 1 or not made_of(said, [*places.around, *places.states[named[0]]]):
        return None
    return named[0]


def tells_account(question: Question, words: ConversationWords) -> bool:
    """Whether a message only says which account it is about: “das ist aber mein privates Konto”."""
    named = {*question.facets, *question.denied}
    if question.picked or ACCOUNT not in named or not named <= {*LASTING_FACETS, ACCOUNT} or question.problem:
        return False
    rest = words_of(question.unnamed)
    if question.form != "statement" or rest == words_of(question.text):
        return False
    return not rest or made_of(rest, [*words.telling, *words.correction, *words.correcting])


def concerns_others(question: Question, words: ConversationWords) -> bool:
    """Whether a message only says that it is about somebody else: “ich frage für meinen Mann, der ist Polizist”."""
    return not question.picked and _is_of_either(question, words.others_matter.core, words.others_matter.around)


def says_own_side(question: Question, words: ConversationWords) -> bool:
    """Whether a message only says that the person's own authority is meant: “nein, nicht er, wir als Amt”."""
    return not question.picked and _is_of_either(question, words.own_side.core, words.own_side.around)


def with_own_side(question: Question, settings: Settings) -> Question:
    """The question with an official account, if the person's own authority is meant.

    The message says so itself, or goes on after an answer about the authority's channel: “und den blockieren?”

    Args:
        question: the message, with the state of the conversation.
        settings: words, and the topics about the authority's channels.
    """
    words, memory = settings.words, question.memory
    before = {memory.topic, *memory.earlier_topics[:1]}
    impersonal = ACCOUNT not in question.facets and not holds(words_of(question.text), words.first_person)
    asks = question.form != "statement" and not question.denied and not question.picked
    goes_on = impersonal and asks and question.words <= settings.short_message_words
    if not (says_own_side(question, words) or (goes_on and before & set(settings.official_topics))):
        return question
    return replace(question, facets={**question.facets, ACCOUNT: ("official",)})


def doubts(question: Question, words: ConversationWords) -> bool:
    """Whether a message only asks if the answer can be relied upon: “sicher?”, “echt jetzt?”"""
    said = words_of(question.text)
    asks = question.text.rstrip().endswith("?") or len(said) >= _FEW
    return asks and is_of(said, words.doubting.core, words.doubting.around)


def names_somebody(question: Question, words: ConversationWords) -> bool:
    """Whether a message only tells who somebody is or where they live: “er heißt […] und wohnt in der […]”."""
    tells = question.form == "statement" and not question.text.rstrip().endswith("?")
    return tells and MASK in question.text and holds(words_of(question.text), words.naming)


def feels_misunderstood(question: Question, words: ConversationWords) -> bool:
    """Whether a message only says that the assistant got it wrong: “du verstehst mich nicht”."""
    misunderstood = words.misunderstood
    return not question.picked and is_of(words_of(question.text), misunderstood.core, misunderstood.around)


def asks_who_helps(question: Question, words: ConversationWords) -> bool:
    """Whether the person asks if somebody they name helps: “hilft mir da mein Arbeitgeber?”, not “wer hilft mir?”"""
    said, helping = words_of(question.text), words.helping
    if question.picked or question.form == "statement" or holds(said, helping.asking_for_anyone):
        return False
    return holds(said, helping.helpers) and holds(said, helping.verbs)


def _clauses(text: str, openings: Sequence[str]) -> list[tuple[Words, Words]]:
    """The clauses of a text without the words before a command, each with the words of the clauses after it."""
    clauses = [words_of(clause) for clause in _CLAUSE_END.split(text)]
    found: list[tuple[Words, Words]] = []
    for place, clause in enumerate(clauses):
        start = 0
        while start < len(clause) and entry_length(clause, start, openings):
            start += entry_length(clause, start, openings)
        after = tuple(word for other in clauses[place + 1 :] for word in other)
        found.append((tuple(clause[start:]), after))
    return found


def _is_a_wish(clause: Words, after: Words, writing: WritingWords) -> bool:
    """Whether a clause asks for a text and not for an answer."""
    if holds(clause, writing.translating):
        begins = entry_length(clause, 0, writing.translating) > 0
        return holds(clause, writing.texts) and (begins or holds(clause, writing.requests))
    if holds(clause, writing.needs) and (holds(clause, writing.drafts) or _to_send(clause, after, writing)):
        return True
    command = entry_length(clause, 0, writing.commands)
    if command:
        following = clause[command : command + _NEAR]
        if holds(following, [*writing.texts, *writing.drafts, *writing.replies]):
            return True
        asks = not clause[command:] and holds(after[:_NEAR], [*writing.answering, *writing.something])
        return not asks and not holds(following, [*writing.answering, *writing.subjects])
    asked = _first(clause, writing.requests)
    verb = _first(clause, writing.verbs, asked or 0)
    if asked is None or verb is None:
        return False
    entries = [*writing.answering, *writing.something]
    following = [*clause[verb + 1 :], *after][:1]
    # “Kannst du mir was Kurzes schreiben, was ich ihm schicken kann?” wants something written.
    near = range(max(asked + 1, verb - 2), verb)
    something = next((place for place in near if holds(clause[place : place + 1], writing.something)), None)
    before = verb if something is None else something
    between = [*clause[asked:before], *clause[before + (something is not None) : verb + 1]]
    return not holds(between, entries) and (something is not None or not holds(following, entries))


def _to_send(clause: Words, after: Words, writing: WritingWords) -> bool:
    """Whether a clause names a text that the person wants to send: “eine Antwort, die ich daruntersetzen kann”."""
    return holds(clause, writing.replies) and (holds(clause, writing.relatives) or holds(after[:2], writing.relatives))


def _is_of_either(question: Question, core: Sequence[str], around: Sequence[str]) -> bool:
    """Whether the message consists of these words, or what is left of it without the circumstances it names."""
    said = words_of(question.text)
    return holds(said, core) and (
        made_of(said, [*core, *around]) or made_of(words_of(question.unnamed), [*core, *around])
    )


def _first(clause: Words, entries: Sequence[str], start: int = 0) -> int | None:
    return next((place for place in range(start, len(clause)) if entry_length(clause, place, entries)), None)


def _about_the_assistant(said: Words, tools: ToolWords) -> bool:
    return holds(said, tools.about_the_assistant) or is_of(said, tools.tools, tools.made_by)
