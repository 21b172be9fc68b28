"""The result of understanding one message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal, TypedDict

from typing_extensions import NotRequired

from lotse.answering.memory import Memory, ReadDraft

InputProblem = Literal["empty", "too_long", "command"]


# Parts of the parse output that are not Rasa's own but our components'.
PASSAGES: Final = "passages"
FURTHER_PASSAGES: Final = "further_passages"
PASSAGES_IN_CONTEXT: Final = "passages_in_context"
LANGUAGE: Final = "language"
KNOWN_QUESTION: Final = "known_question"
KNOWN_CHECK: Final = "known_check"
NEED: Final = "need"
FORM: Final = "form"
ONLY_TELLS: Final = "only_tells"
TELLS_DEED: Final = "tells_deed"
PARTS: Final = "parts"
OUTSIDE_AREA: Final = "outside_area"
INTENT_RANKING: Final = "intent_ranking"
# How far behind the worst passage that is near a text one counts that is not.
FARTHER = 0.02
# What goes into our components with a message, in its metadata: the question that it may go on with.
QUESTION_BEFORE: Final = "question_before"


class ParsedIntent(TypedDict):
    """An intent with its probability, 0 to 1; Rasa has no name for a message it could not read."""

    name: str | None
    confidence: float


# What a button's payload names beside circumstances: the topic of the answer it stands under.
ABOUT: Final = "topic"
# The same for a guided check: its id, and all answers given so far, as `lotse.answering.check_payloads` writes them.
CHECK: Final = "check"
CHECK_ANSWERS: Final = "answers"
# The same for a question that was not answered: its id.
GIVEN: Final = "question"
# The intent of the choice that asks for such a question; it stands below all other choices.
OFFER: Final = "offer_question"
_NO_FACETS = frozenset({ABOUT, CHECK, CHECK_ANSWERS, GIVEN})

# Whose circumstance it is: the person's own or nobody's in particular, somebody else's, or one they say is not so.
Holder = Literal["me", "other", "denied"]
# What kind of sentence a message is: whether one's own side may do something, another question, no question, or a
# story of what the person has done.
QuestionForm = Literal["permission", "other", "statement", "story"]


class ParsedEntity(TypedDict):
    """A facet with its value; Rasa adds who found it.

    Attributes:
        start, end: where it stands in the text; missing if it was not found in a text.
        holder: whose circumstance it is; missing counts as the person's own.
    """

    entity: str
    value: str
    start: NotRequired[int]
    end: NotRequired[int]
    holder: NotRequired[Holder]


class ParsedKnownQuestion(TypedDict):
    """The title, label or own question of the guide that a message repeats, or nearly so.

    Attributes:
        topic: its topic.
        passage: whose question it is; None for a topic's title or label.
        similarity: 0 to 1; 1 if they are the same words.
    """

    topic: str
    passage: str | None
    similarity: float


class ParsedNeed(TypedDict):
    """Whether a message is that of a person in need.

    Attributes:
        kind: of need, as in `data/help`; None if it is none.
        certainty: 0 to 1.
        about_other: whether somebody else is in need and not the writer.
        in_passing: whether only a part of a longer message tells of it, not the message as a whole.
        in_conversation: the certainty by what such messages after an answer mean; 1 where nothing tells.
    """

    kind: str | None
    certainty: float
    about_other: bool
    in_passing: bool
    in_conversation: float


class ParsedArea(TypedDict):
    """The area that a message would belong to if it is outside the guide, and how certain that is, 0 to 1.

    Attributes:
        name: an area of the training data, such as ``pay``.
        certainty: among all areas and none of them.
    """

    name: str
    certainty: float


class ParsedDraft(TypedDict):
    """What the pasted text of a post shows.

    Attributes:
        signs: ids, see `lotse.checks.Sign`.
        facets: circumstances that it names: values by facet.
    """

    signs: list[str]
    facets: dict[str, list[str]]


class ParsedLanguage(TypedDict):
    """The language of a message (ISO 639-1) and how certain that is, 0 to 1."""

    code: str | None
    certainty: float


class ParsedPart(TypedDict, total=False):
    """A question within a longer message, understood by itself; the same keys as for the message."""

    text: str
    intent_ranking: list[ParsedIntent]
    passages: dict[str, float]
    known_question: ParsedKnownQuestion | None


class ParsedMessage(TypedDict, total=False):
    """What Rasa knows of a message after its pipeline: as `Agent.parse_message` returns it and as an event keeps it.

    Attributes:
        text: as it was understood, after the input gate.
        intent: the best intent.
        intent_ranking: all intents, best first.
        entities: the facets that are named.
        passages: scores of the best passages by passage id, 0 to 1.
        further_passages: the same for the best passages of each topic that are not among them.
        passages_in_context: the same for the question before and the message, read as one text; missing if nothing was
            asked before.
        language: as it was recognised.
        known_question: the question of the guide that the message repeats; missing if there is none.
        known_check: id of the guided check that the message asks for in words of the check itself; missing if none.
        need: whether the person is in need.
        form: what kind of sentence it is.
        only_tells: whether it says nothing but circumstances of the person or the account: “Ich bin übrigens Beamtin”.
        tells_deed: whether it tells that the writer has done already what it is about: “Ich hab den Beitrag gelikt”.
        outside_area: whose question it would be if it is outside the guide; missing if no area is likely.
        parts: the questions in it, if it has several sentences or questions.
        draft: what the text of a post shows that was pasted for a guided check; the text itself is not there.
        problem: why the message was not understood at all; None if it was.
    """

    text: str
    intent: ParsedIntent
    intent_ranking: list[ParsedIntent]
    entities: list[ParsedEntity]
    passages: dict[str, float]
    further_passages: dict[str, float]
    passages_in_context: dict[str, float]
    language: ParsedLanguage
    known_question: ParsedKnownQuestion | None
    known_check: str | None
    need: ParsedNeed
    form: QuestionForm
    only_tells: bool
    tells_deed: bool
    outside_area: ParsedArea
    parts: list[ParsedPart]
    draft: ParsedDraft
    problem: InputProblem | None


def unread_message(text: str, problem: InputProblem, intent: str) -> ParsedMessage:
    """The parse output of a message that is not understood.

    Args:
        text: after the input gate.
        problem: why.
        intent: that stands for it, so that a rule can answer.
    """
    named: ParsedIntent = {"name": intent, "confidence": 1.0}
    return {"text": text, "intent": named, "intent_ranking": [named], "entities": [], "problem": problem}


def picked_message(payload: str, intent: str) -> ParsedMessage:
    """The parse output of an offered choice.

    Args:
        payload: of the choice.
        intent: that it stands for.
    """
    return {"text": payload, "intent_ranking": [{"name": intent, "confidence": 1.0}]}


@dataclass(frozen=True)
class KnownQuestion:
    """A title, label or own question of the guide that a message repeats; see `ParsedKnownQuestion`."""

    topic: str
    passage: str | None
    similarity: float


@dataclass(frozen=True)
class Need:
    """Whether a person is in need; see `ParsedNeed`."""

    kind: str | None = None
    certainty: float = 0.0
    about_other: bool = False
    in_passing: bool = False
    in_conversation: float = 1.0


@dataclass(frozen=True)
class Part:
    """A question within a longer message, understood by itself; the attributes are those of `Question`."""

    text: str
    intents: tuple[tuple[str, float], ...]
    passages: Mapping[str, float]
    known: KnownQuestion | None = None


@dataclass(frozen=True)
class Question:
    """One message as it was understood.

    Attributes:
        intents: intent names with probabilities from 0 to 1, the most likely first; topics are ``ask_<topic>``.
        passages: scores by passage id. A score is a cosine similarity (0 to 1 in practice), changed by 0.02 for each
            circumstance on which message and passage agree or differ.
        further: the same for the best passages of each topic that are not among them; what a message that goes on with
            a topic is about need not be among the best of all.
        in_context: the same for the question before and the message, read as one text: a fragment such as “und wenn man
            das Gesicht nicht sieht?” says little by itself. Empty if nothing was asked before.
        facets: circumstances named in this message, the person's own or nobody's in particular: values by facet.
        of_others: circumstances of somebody else: values by facet.
        denied: circumstances the person says are not so: values by facet.
        known: the question of the guide that the message repeats; None if there is none.
        need: whether the person is in need.
        form: what kind of sentence it is.
        only_tells: whether it says nothing but circumstances of the person or the account.
        tells_deed: whether it tells that the person has done already what it is about.
        outside_area: the area it would belong to if it is outside the guide, and the certainty from 0 to 1; None if no
            area is likely.
        text: the message with personal data masked. Used for its length, for numbers that pick a choice, for the mask,
            and as the question that can be handed over to a person; never for its meaning.
        unnamed: the same without the words of the circumstances.
        parts: the questions in it, if it has several sentences or questions, in their order.
        picked: whether the message is an offered choice, not typed text.
        about: the topic of the answer that a picked choice stands under; None if it names none.
        check: id of the guided check that a picked choice names or the message asks for; None if it names none.
        check_answers: the answers to it that a picked choice names; None if it names none.
        draft: what the text of a post shows that was pasted for a guided check; None if there is none.
        problem: why the message was not processed; None if it was.
        language: ISO 639-1 code of the language it is written in, and the certainty from 0 to 1.
        foreign: the language it is written in or asks for, if the guide does not support it.
        switched: whether the person requested another language than before and now gets it.
        memory: the conversation state before this message.
        folding: whether the channel folds the points of an answer away, so that they need not be asked for.
        today: the day the answer is given, for overdue reviews.
    """

    intents: tuple[tuple[str, float], ...] = ()
    passages: Mapping[str, float] = field(default_factory=dict)
    further: Mapping[str, float] = field(default_factory=dict)
    in_context: Mapping[str, float] = field(default_factory=dict)
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    of_others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    denied: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    known: KnownQuestion | None = None
    need: Need = Need()
    form: QuestionForm = "permission"
    only_tells: bool = False
    tells_deed: bool = False
    outside_area: tuple[str, float] | None = None
    text: str = ""
    unnamed: str = ""
    parts: tuple[Part, ...] = ()
    picked: bool = False
    about: str | None = None
    check: str | None = None
    check_answers: str | None = None
    given: str | None = None
    draft: ReadDraft | None = None
    problem: InputProblem | None = None
    language: tuple[str | None, float] = (None, 0.0)
    foreign: str | None = None
    switched: bool = False
    memory: Memory = field(default_factory=Memory)
    folding: bool = False
    today: date = field(default_factory=date.today)

    @staticmethod
    def from_parse(parse: ParsedMessage, memory: Memory, today: date | None = None) -> Question:
        """A question from Rasa's parse output.

        Args:
            parse: of the message; every part may be missing.
            memory: state of the conversation.
            today: the day the message is answered; the current day if not given.
        """
        named = parse.get("intent")
        ranking = parse.get("intent_ranking") or ([named] if named else [])
        text = str(parse.get("text") or "")
        area = parse.get("outside_area")
        language, known, need = parse.get("language"), parse.get("known_question"), parse.get("need")
        return Question(
            intents=_intents(ranking),
            passages=_passages(parse),
            further={str(name): float(score) for name, score in (parse.get("further_passages") or {}).items()},
            in_context={str(name): float(score) for name, score in (parse.get("passages_in_context") or {}).items()},
            facets=_facets(parse, "me"),
            of_others=_facets(parse, "other"),
            denied=_facets(parse, "denied"),
            known=KnownQuestion(**known) if known else None,
            need=_need(need, memory) if need else Need(),
            form=parse.get("form") or "permission",
            only_tells=bool(parse.get("only_tells")),
            tells_deed=bool(parse.get("tells_deed")),
            outside_area=(area["name"], area["certainty"]) if area else None,
            text=text,
            unnamed=_without_entities(parse),
            parts=tuple(_part(part) for part in parse.get("parts") or []),
            picked=text.startswith("/"),
            about=_named(parse, ABOUT),
            check=_named(parse, CHECK) or parse.get("known_check"),
            check_answers=_named(parse, CHECK_ANSWERS),
            given=_named(parse, GIVEN),
            draft=ReadDraft.parse_obj(parse["draft"]) if parse.get("draft") else None,
            problem=parse.get("problem"),
            language=(language["code"], language["certainty"]) if language else (None, 0.0),
            memory=memory,
            today=today or date.today(),
        )

    @property
    def words(self) -> int:
        """Number of words, separated by blanks."""
        return len(self.text.split())

    @property
    def all_passages(self) -> dict[str, float]:
        """Scores by passage id: of the best passages of all, and of the best of each topic."""
        return {**self.further, **self.passages}

    @property
    def passages_of_both(self) -> dict[str, float]:
        """The mean of the scores of the message by itself and of those with the question before, by passage id.

        A passage that is near in one of them only counts in the other as a little worse than the worst.
        """
        if not self.in_context:
            return self.all_passages
        alone, together = self.all_passages, self.in_context
        lowest = [min(scores.values(), default=0.0) - FARTHER for scores in (alone, together)]
        names = dict.fromkeys([*alone, *together])
        return {name: (alone.get(name, lowest[0]) + together.get(name, lowest[1])) / 2 for name in names}


def _facets(parse: ParsedMessage, holder: Holder) -> dict[str, tuple[str, ...]]:
    """The circumstances of a message that have this holder: values by facet, in their order."""
    facets: dict[str, dict[str, None]] = {}
    for entity in parse.get("entities") or []:
        if entity.get("holder", "me") == holder and entity.get("entity") not in _NO_FACETS:
            facets.setdefault(str(entity.get("entity")), {})[str(entity.get("value"))] = None
    return {facet: tuple(values) for facet, values in facets.items()}


def _passages(parse: ParsedMessage) -> dict[str, float]:
    """Scores by passage id; a passage whose own question the message repeats fits as well as the two are alike."""
    scores = {str(name): float(score) for name, score in (parse.get("passages") or {}).items()}
    known = parse.get("known_question")
    if known and known["passage"]:
        scores[known["passage"]] = max(known["similarity"], scores.get(known["passage"], 0.0))
    return scores


def _intents(ranking: Iterable[ParsedIntent]) -> tuple[tuple[str, float], ...]:
    return tuple((str(item["name"]), float(item["confidence"])) for item in ranking if item.get("name"))


def _need(parsed: ParsedNeed, memory: Memory) -> Need:
    """The need; after an answer it is only as certain as such messages are."""
    need = Need(**parsed)
    after = memory.at_hand is not None
    return replace(need, certainty=min(need.certainty, need.in_conversation)) if after else need


def _part(parse: ParsedPart) -> Part:
    known = parse.get("known_question")
    return Part(
        text=str(parse.get("text") or ""),
        intents=_intents(parse.get("intent_ranking") or []),
        passages={str(name): float(score) for name, score in (parse.get("passages") or {}).items()},
        known=KnownQuestion(**known) if known else None,
    )


def _named(parse: ParsedMessage, kind: str) -> str | None:
    """What a payload names beside circumstances: a topic, a check or answers to it."""
    named = (str(entity.get("value")) for entity in parse.get("entities") or [] if entity.get("entity") == kind)
    return next(named, None)


def _without_entities(parse: ParsedMessage) -> str:
    """The text with a blank in place of each circumstance that is named in it."""
    text = str(parse.get("text") or "")
    for entity in parse.get("entities") or []:
        start, end = entity.get("start"), entity.get("end")
        if start is not None and end is not None and 0 <= start <= end <= len(text):
            text = text[:start] + " " * (end - start) + text[end:]
    return text
