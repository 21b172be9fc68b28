"""Answers to what people do in a conversation beside asking: deny, correct, agree, begin vaguely, take it back."""

from __future__ import annotations

from lotse.answering.answer import Answer
from lotse.answering.answer_builder import guidance
from lotse.answering.circumstances import again
from lotse.answering.dialogue import offer_to_forget, smalltalk
from lotse.answering.language import FACET as LANGUAGE_WISHED
from lotse.answering.phrases import ConversationWords, holds, is_of, made_of, negated, only_approving, words_of
from lotse.answering.question import Question
from lotse.answering.refusals import choices, topic_choices
from lotse.answering.turn_context import TurnContext

# Outcomes that told something, so that a “no” to them means that it was wrong.
TOLD = frozenset({"answered", "refined", "explained", "sources", "check"})
PLATFORM = "platform"
REQUEST_PERSON = "request_person"


def repair(context: TurnContext) -> Answer:
    """What follows if an answer was wrong or did not help: other topics it may have been about, and people to ask."""
    memory, wording = context.question.memory, context.wording
    if memory.topic is None and not memory.rejected:
        return open_question(context)
    left = _left(context)
    if not left or memory.outcome == "refused":
        return _nothing_left(context)
    text = wording.none_of_these if memory.choosing else wording.repair
    return choices(context, left, text)


def none_of_these(context: TurnContext) -> Answer:
    """What follows if none of the offered topics was meant: the next likely ones, or a person to ask."""
    memory = context.question.memory
    if not memory.rejected and memory.topic is None:
        return open_question(context)
    left = _left(context)
    return choices(context, left, context.wording.none_of_these) if left else _nothing_left(context)


def corrected(context: TurnContext) -> Answer:
    """“Nein, ich meinte …”: the same topic in the circumstance that is corrected, else the best other topic."""
    memory = context.question.memory
    if corrects_a_circumstance(context):
        if memory.at_hand == memory.topic:
            return again(context, corrects=True)
        return guidance(context, memory.at_hand or "", "refined")
    ranking = [(topic, probability) for topic, probability in context.topics if topic != memory.topic]
    share = sum(probability for _, probability in ranking)
    if ranking and ranking[0][1] >= max(context.settings.choice_at, context.settings.corrected_at * share):
        return guidance(context, ranking[0][0], "answered")
    if not ranking and memory.topic is None and not memory.rejected:
        return open_question(context)
    # A topic named by the correction has priority over the alternatives of the corrected message.
    named = [topic for topic, _ in ranking[:1] if context.question.words > context.settings.bare_denial_words]
    left = [topic for topic in dict.fromkeys([*named, *_left(context)]) if topic != memory.topic]
    return choices(context, left, context.wording.corrected) if left else _nothing_left(context)


def corrects_a_circumstance(context: TurnContext) -> bool:
    """Whether a message only corrects a circumstance of the topic at hand: “ich meinte mein privates Konto”."""
    question = context.question
    named = {*question.facets, *question.denied} - {LANGUAGE_WISHED}
    if question.memory.at_hand not in context.guide.topics or not named:
        return False
    words, said, rest = context.settings.words, words_of(question.text), words_of(question.unnamed)
    if question.picked or rest == said or not holds(said, words.correcting):
        return False
    return made_of(rest, [*words.correction, *words.correcting])


def denied(context: TurnContext) -> Answer:
    """The answer to a bare “nein”, by what it denies: choices, a question of ours, an answer, or nothing."""
    memory = context.question.memory
    if memory.confirming:
        return kept(context)
    declines = holds(words_of(context.question.text), context.settings.words.declining)
    if memory.choosing and not declines:
        return none_of_these(context)
    if memory.outcome in TOLD and not declines:
        return repair(context)
    return smalltalk(context, "deny")


def plain_yes(context: TurnContext) -> bool:
    """Whether a message says yes and nothing else."""
    yes = context.settings.words.agreeing
    return is_of(words_of(context.question.text), yes.words, yes.around)


def denied_wish(context: TurnContext, intent: str) -> bool:
    """Whether a message wants something not to be done: “keine Beispiele bitte”. A question denies no wish."""
    words, question = context.settings.words, context.question
    wish = words.negated_wishes.get(intent)
    if wish is None or question.picked or question.text.rstrip().endswith("?"):
        return False
    return negated(question.text, wish, words.negations, words.negation_distance)


def without_deleting(question: Question, probabilities: dict[str, float], words: ConversationWords) -> dict[str, float]:
    """The probabilities without a wish to delete, if something else than the conversation is to be deleted.

    Args:
        question: the message.
        probabilities: by intent.
        words: things that are deleted elsewhere.
    """
    said = words_of(question.text)
    elsewhere = holds(said, words.deleting.others) and not holds(said, words.deleting.conversation)
    if question.picked or not elsewhere:
        return probabilities
    return {name: value for name, value in probabilities.items() if name != "forget_me"}


def left_out(context: TurnContext, intent: str) -> Answer:
    """The answer to a denied wish: nothing is done."""
    if intent in ("forget_me", "keep_conversation"):
        return kept(context)
    return Answer(outcome="smalltalk", short=context.wording.left_out)


def keep(context: TurnContext) -> Answer:
    """The answer to a wish to keep the conversation; one that denies nothing and names deleting is asked back about."""
    words, said = context.settings.words, words_of(context.question.text)
    denies = holds(said, [*words.negations, *words.refusing])
    if not context.question.picked and not denies and holds(said, words.negated_wishes["forget_me"].words):
        return offer_to_forget(context)
    return kept(context)


def kept(context: TurnContext) -> Answer:
    """Says that nothing is deleted."""
    return Answer(outcome="smalltalk", short=context.wording.kept)


def approving(context: TurnContext) -> bool:
    """Whether a message is only 👍, 🙏 or “:)”."""
    return only_approving(context.question.text, context.settings.words.approving)


def asks_about_privacy(context: TurnContext) -> bool:
    """Whether a message is only “anonym?”, “ist das hier vertraulich?”."""
    words = context.settings.words.privacy
    return not context.question.picked and is_of(words_of(context.question.text), words.core, words.around)


def opens_vaguely(context: TurnContext) -> bool:
    """Whether a message only says that there is a question, or names only a platform: “wegen Facebook”."""
    question, words = context.question, context.settings.words.opening
    asks_for_somebody = context.without_context.get(REQUEST_PERSON, 0.0) >= context.settings.dialogue_at
    if question.picked or (question.memory.at_hand is not None and asks_for_somebody):
        return False
    rest = words_of(question.unnamed) if set(question.facets) <= {PLATFORM} else words_of(question.text)
    if is_of(rest, words.core, words.around):
        return True
    names_only = question.facets.keys() == {PLATFORM} and (not rest or made_of(rest, words.around))
    return names_only and question.memory.at_hand is None


def open_question(context: TurnContext) -> Answer:
    """Asks what it is about; a named platform narrows the choices."""
    settings, guide, wording = context.settings, context.guide, context.wording
    named = context.question.facets.get(PLATFORM, ())
    platform = named[0] if named and named[0] in guide.facets[PLATFORM].values else None
    text = wording.open_question
    names = settings.opening_topics
    if platform is not None:
        text = wording.open_question_on.format(platform=guide.facets[PLATFORM].values[platform].label)
        names = settings.platform_topics.get(platform, names)
    return Answer(outcome="choices", short=text, follow_ups=topic_choices(context, names), why=context.why(None))


def _left(context: TurnContext) -> list[str]:
    """Topics that may still be meant: alternatives to the last question, then related ones, without those rejected."""
    memory, guide = context.question.memory, context.guide
    topic = guide.topics.get(memory.topic or "")
    rejected = {*memory.rejected, memory.topic}
    likely = [*memory.alternatives, *(topic.related if topic else [])]
    return [name for name in dict.fromkeys(likely) if name in guide.topics and name not in rejected]


def _nothing_left(context: TurnContext) -> Answer:
    """Asks for other words, and names who can help."""
    names = context.settings.general_contacts
    return Answer(
        outcome="choices",
        short=context.wording.nothing_left,
        contacts=context.contacts(names),
        follow_ups=[context.move("request_person")],
    )
