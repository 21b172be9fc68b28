"""Meets a person in need first: help above the answer, no verdict, no menu, nobody proposed who may be the reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from lotse.answering.answer import Answer, ContactLine, FollowUp, Help, HelpLine, Outcome, Step
from lotse.answering.answer_builder import cites_of, guidance
from lotse.answering.handover_draft import MAX_QUESTION, hand_over, shortened
from lotse.answering.message_kinds import names_somebody
from lotse.answering.passages import Citations
from lotse.answering.phrases import holds, words_of
from lotse.answering.probabilities import OUTSIDE, topic_of
from lotse.answering.question import Question
from lotse.answering.turn_context import TurnContext
from lotse.content.help import NeedHelp

# Shown again each time: who says so once more needs it once more.
RENEWED = frozenset({"crisis"})
PANIC = "panic"
REQUEST_PERSON = "request_person"
# How intents that wish something of the conversation begin.
_WISH = "request_"
# Help that was shown without certainty is remembered apart: once the need is certain, its own sentences follow.
_DOUBTFUL = "?"

_TOPIC: frozenset[Outcome] = frozenset({"answered", "refined"})
# What the person is told stays true whatever else their message says.
_KEPT: frozenset[Outcome] = frozenset({"handed_over", "forgotten", "error"})
_MENUS: frozenset[Outcome] = frozenset({"choices", "refused"})
# Answers that say something of the matter, or fail to.
_SAYING: frozenset[Outcome] = _TOPIC | _MENUS | frozenset({"explained", "sources", "handed_over"})


@dataclass(frozen=True)
class Met:
    """The answer after need has been looked at, and what the conversation remembers of it.

    Attributes:
        memory: fields of `Memory` that change.
    """

    answer: Answer
    memory: dict[str, object] = field(default_factory=dict)


def meet_need(context: TurnContext, answer: Answer) -> Met:
    """The answer with help first, if the message is that of a person in need.

    Later answers of the conversation do not propose offices that may be the reason for the need.

    Args:
        context: the message and the content.
        answer: as it would be given to anybody.
    """
    memory, guide = context.question.memory, context.guide
    helps = _recognised(context)
    if helps is None:
        earlier = guide.help.get(memory.need or "")
        if earlier is None:
            return Met(answer)
        if earlier.afterwards and earlier.kind in memory.helped and answer.outcome in _SAYING:
            return Met(_afterwards(context, answer, earlier))
        suitable = _suitable(context, answer, earlier)
        asks_for_help = holds(words_of(context.question.text), context.settings.words.helping.in_need)
        if answer.outcome == "handed_over" and earlier.kind in memory.helped and asks_for_help:
            # Who asks for somebody to turn to reads once more who helps at once.
            suitable = suitable.copy(update={"help": help_of(earlier, earlier.text, [])})
        return Met(suitable)
    if helps.kind in RENEWED and context.question.need.kind not in RENEWED:
        # Words of another need in a conversation about a crisis: its help stands above, and what is asked is answered.
        below = _suitable(context, _likeliest_topic(context, answer), helps)
        if below.outcome in _TOPIC:
            return Met(_in_brief(_about_the_matter(context, below, helps), helps, helps.doubtful))
    shown = helps.kind if _certain(context) else f"{helps.kind}{_DOUBTFUL}"
    known = bool({helps.kind, shown} & set(memory.helped))
    anew = known and _told_anew(context, helps)
    repeated = known and helps.kind not in RENEWED and not anew
    below = answer
    if not context.question.foreign:
        below = _suitable(context, _below(context, answer, helps, repeated), helps)
    if not repeated:
        below = _in_brief(below, helps, helps.told_anew or "") if anew else _with_help(context, below, helps)
    changes: dict[str, object] = {
        "need": helps.kind,
        "helped": list(dict.fromkeys([*memory.helped, shown])),
        "asked": [shortened(context.question.text, MAX_QUESTION)],
    }
    if below.outcome == "handed_over" and below.topic is None and _certain(context):
        # What was talked about before is not what the person goes on with now.
        changes |= {"topic": None, "alternatives": []}
    return Met(below, changes)


def _recognised(context: TurnContext) -> NeedHelp | None:
    """The help for the need that the message shows; None if it shows none."""
    question, settings = context.question, context.settings
    known = question.known
    if question.picked or question.problem or question.need.kind is None or (known and known.passage is None):
        # The title of a topic is nobody's distress.
        return None
    if question.memory.at_hand and names_somebody(question, settings.words):
        return None
    # Of other languages the recogniser has learnt nothing. “Bitte alles löschen” sounds like need to it, and so do some
    # ordinary questions with an angry word.
    doubtful = (
        question.foreign is not None
        or question.draft is not None
        or known is not None
        or _about_the_conversation(context)
        or _an_ordinary_question(context)
    )
    # A message that leans on what was said before tells less than one that stands alone.
    leans = _leans(question)
    told = settings.need_told_at if question.words > settings.leaning_need_words else settings.need_in_conversation_at
    usual = told if leans else settings.need_at
    needed = max(usual, settings.need_certain_at) if doubtful else usual
    if question.need.kind in RENEWED:
        needed = min(needed, settings.need_certain_at)
    before = question.memory.need
    if before in question.memory.helped and before not in RENEWED and _wishes_something(context):
        # “Was soll ich jetzt konkret machen?” goes on with what was told before. A crisis is met each time.
        needed = settings.need_in_wish_at
    if question.need.certainty < needed:
        return None
    return context.guide.help.get(_kind_of(context, question.need.kind))


def _kind_of(context: TurnContext, kind: str) -> str:
    """The kind of need that a message is about.

    In a conversation about one need that was certain, words that sound like another go on with it, unless they are
    clear. Fright goes on with it in any case: it is not about a mistake of the person's own. A crisis is never taken
    for something else.
    """
    question, memory = context.question, context.question.memory
    clear = question.need.certainty >= context.settings.need_other_kind_at and kind != PANIC
    fixed = memory.need if memory.need in memory.helped else None
    return kind if kind in RENEWED or clear or fixed is None else fixed


def _about_the_conversation(context: TurnContext) -> bool:
    """Whether the message, by itself, is clearly one about the conversation: thanks, “why?”, “delete it all”."""
    intent, probability = _likeliest(context)
    talk = topic_of(intent) is None and intent != OUTSIDE
    return talk and probability >= context.settings.certainty_high


def _wishes_something(context: TurnContext) -> bool:
    """Whether the message, by itself, clearly wishes something of the conversation: steps, offices, sources."""
    intent, probability = _likeliest(context)
    return intent.startswith(_WISH) and probability >= context.settings.certainty_high


def _an_ordinary_question(context: TurnContext) -> bool:
    """Whether the message, by itself, clearly asks about a topic that no kind of need concerns."""
    intent, probability = _likeliest(context)
    helps = context.guide.help.values()
    concerned = {topic for item in helps for topic in (*(item.topics or ()), item.topic)}
    topic = topic_of(intent)
    return topic is not None and topic not in concerned and probability >= context.settings.certainty_high


def _likeliest(context: TurnContext) -> tuple[str, float]:
    return max(context.without_context.items(), key=lambda item: item[1], default=(OUTSIDE, 0.0))


def _certain(context: TurnContext) -> bool:
    """Whether the person is certainly in need.

    What stands in a text for the public says less of its writer, and so does a message that goes on with a question.
    """
    question, settings = context.question, context.settings
    needed = settings.need_other_kind_at if _leans(question) else settings.need_certain_at
    return question.draft is None and question.need.certainty >= needed


def _told_anew(context: TurnContext, helps: NeedHelp) -> bool:
    """Whether somebody who was met with help tells with certainty that it happened once more; who asks on does not."""
    question = context.question
    certain = question.need.certainty >= context.settings.need_in_wish_at and "?" not in question.text
    return helps.told_anew is not None and certain


def _in_brief(answer: Answer, helps: NeedHelp, text: str) -> Answer:
    """The answer with one sentence above it and the one number that counts now; the others have been read."""
    return answer.copy(update={"help": help_of(replace(helps, lines=helps.lines[:1]), text, [])})


def _afterwards(context: TurnContext, answer: Answer, helps: NeedHelp) -> Answer:
    """A later answer of a conversation in which somebody was certainly in need: one sentence and one number above it.

    What the person tells without asking is no case for the guide, and a menu or “I have nothing on that” would leave
    them alone: offices are named.
    """
    question, wording = context.question, context.wording
    answer = _likeliest_topic(context, answer) if question.text.rstrip().endswith("?") else answer
    tells = not question.picked and question.form != "permission" and "?" not in question.text
    if answer.outcome in _MENUS or (answer.outcome in _TOPIC and tells):
        answer = Answer(
            outcome="handed_over",
            language=answer.language,
            short=wording.need_again if tells else wording.need_offices,
            contacts=context.contacts(helps.offices),
            follow_ups=[_to_a_person(context)],
        )
    elif answer.outcome in _TOPIC:
        answer = _about_the_matter(context, answer, helps)
    return _in_brief(_suitable(context, answer, helps), helps, helps.afterwards or helps.text)


def _leans(question: Question) -> bool:
    """Whether a message leans on an answer that had nothing to do with need."""
    return question.memory.at_hand is not None and question.memory.need not in question.memory.helped


def _below(context: TurnContext, answer: Answer, helps: NeedHelp, repeated: bool) -> Answer:
    """What follows below the help.

    If it is not certain that the person is in need, their question is answered as anybody's. If they tell of their need
    in passing, or ask in so many words, it is answered without a verdict; otherwise only by a topic that concerns this
    need. Where a menu would come, who asks is answered by the likeliest topic of it that concerns this need.
    """
    if _asks(context, helps) and helps.topics is not None:
        answer = _likeliest_topic(context, answer, helps.topics)
    if answer.outcome in _TOPIC and not _certain(context):
        return answer
    asked = context.question.known is not None or context.question.need.in_passing or _asks(context, helps)
    if answer.outcome in _TOPIC and (asked or helps.topics is None or answer.topic in helps.topics):
        return _about_the_matter(context, answer, helps)
    # Nobody is to send to an office what they wrote in despair.
    desperate = answer.outcome == "handed_over" and helps.kind in RENEWED and _certain(context)
    if (
        (answer.outcome in _KEPT and not desperate)
        or _asks_to_delete(answer)
        or (not _certain(context) and answer.outcome not in _MENUS | _TOPIC)
    ):
        return answer
    if helps.topic and helps.topic in context.guide.topics:
        return _about_the_matter(context, guidance(context, helps.topic, "answered"), helps)
    wording = context.wording
    return Answer(
        outcome="handed_over",
        language=answer.language,
        short=wording.need_again if repeated else wording.need_offices,
        contacts=context.contacts(helps.offices),
        follow_ups=[_to_a_person(context)],
    )


def _likeliest_topic(context: TurnContext, answer: Answer, among: Collection[str] | None = None) -> Answer:
    """The likeliest of the topics to choose from: nobody in need picks from a menu.

    Args:
        context: the message and the content.
        answer: as it would be given to anybody.
        among: the only topics that count; None for all.
    """
    if answer.outcome != "choices":
        return answer
    offered = (topic_of(item.payload.removeprefix("/")) for item in answer.follow_ups)
    counting = context.guide.topics if among is None else among
    topic = next((name for name in offered if name in counting and name in context.guide.topics), None)
    return guidance(context, topic, "answered") if topic else answer


def _asks(context: TurnContext, helps: NeedHelp) -> bool:
    """Whether the message asks a question: “kann die mich deswegen feuern?”.

    A few words of a crisis (“wozu das alles noch?”) ask for nothing that the guide knows.
    """
    question = context.question
    short = helps.kind in RENEWED and question.words < context.settings.crisis_matter_words
    return not short and question.text.rstrip().endswith("?")


def _asks_to_delete(answer: Answer) -> bool:
    """Whether the answer asks if the conversation is to be deleted."""
    return any(item.payload == "/forget_me" for item in answer.follow_ups)


def _about_the_matter(context: TurnContext, answer: Answer, helps: NeedHelp) -> Answer:
    """The answer of a topic without traffic light and menu, with what to do next."""
    changes: dict[str, object] = {"verdict": "info", "verdict_label": None, "language": context.guide.language}
    if _certain(context):
        changes["follow_ups"] = [_to_a_person(context)]
    topic = context.guide.topics.get(helps.topic or "")
    if topic and topic.steps and not answer.steps:
        citations = Citations(context.guide)
        citations.all.extend(answer.citations)
        changes["steps"] = [
            Step(text=step.text, cites=cites_of(context.guide, step.passage, citations)) for step in topic.steps
        ]
        changes["citations"] = citations.all
    return answer.copy(update=changes)


def _with_help(context: TurnContext, answer: Answer, helps: NeedHelp) -> Answer:
    """The answer with the help above it; no office is named twice."""
    # Who may be in none reads one sentence and whom to call, not a page; in a crisis the numbers are those of a crisis.
    certain = _certain(context)
    offices = context.contacts(helps.offices) if certain else []
    if not certain:
        helps = replace(helps, lines=helps.lines if helps.kind in RENEWED else helps.doubtful_lines)
    named = {contact.label for contact in answer.contacts}
    if answer.outcome in _TOPIC:
        # There the offices belong to the help, not to the topic.
        contacts = [contact for contact in answer.contacts if contact not in offices]
    else:
        contacts, offices = answer.contacts, [office for office in offices if office.label not in named]
    help_first = help_of(helps, _said(context, helps), offices)
    return answer.copy(update={"help": help_first, "contacts": contacts})


def help_of(helps: NeedHelp, text: str, offices: list[ContactLine]) -> Help:
    """The help for one kind of need as an answer shows it.

    Args:
        helps: what the content says.
        text: the sentences.
        offices: contact points of the authority.
    """
    lines = [
        HelpLine(
            label=line.label,
            purpose=line.purpose,
            phone=line.phone,
            other_phones=line.other_phones,
            url=line.url,
            hours=line.hours,
        )
        for line in helps.lines
    ]
    return Help(kind=helps.kind, text=text, lines=lines, offices=offices)


def _said(context: TurnContext, helps: NeedHelp) -> str:
    """The sentences of the help: they claim no kind of need that is not certain."""
    if not _certain(context):
        return helps.doubtful
    return helps.for_others if context.question.need.about_other else helps.text


def _suitable(context: TurnContext, answer: Answer, helps: NeedHelp) -> Answer:
    """The answer without the offices that may be the reason; those for this need come first where one is chosen."""
    changes: dict[str, object] = {}
    if answer.outcome == "handed_over" and answer.handover:
        names = _offices(context, answer, helps)
        changes["contacts"] = context.contacts(names)
        text = shortened(context.question.text, MAX_QUESTION) if _recognised(context) else answer.handover.question
        changes["handover"] = hand_over(context.guide.contacts, names, text, answer.handover.subject)
    else:
        never = {contact.label for contact in context.contacts(helps.never)}
        changes["contacts"] = [contact for contact in answer.contacts if contact.label not in never]
    return answer.copy(update=changes)


def _offices(context: TurnContext, answer: Answer, helps: NeedHelp) -> Iterable[str]:
    """Ids of the offices to choose from, those for this need first."""
    offered = [office.id for office in answer.handover.offices] if answer.handover else []
    return [name for name in dict.fromkeys([*helps.offices, *offered]) if name not in helps.never]


def _to_a_person(context: TurnContext) -> FollowUp:
    return FollowUp(label=context.wording.labels[REQUEST_PERSON], payload=f"/{REQUEST_PERSON}")
