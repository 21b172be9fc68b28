"""After offices were named: one of them alone (“vom Personalrat”), and how to reach it (“die Nummer bitte”)."""

from __future__ import annotations

from lotse.answering.answer import Answer, Outcome
from lotse.answering.follow_ups import draft_to
from lotse.answering.phrases import Words, entry_length, holds, is_of, words_of
from lotse.answering.picks import same_but_inflected
from lotse.answering.turn_context import TurnContext

# The outcome of an answer that names offices.
HANDED_OVER: Outcome = "handed_over"
# Shorter words of a label, such as “oder”, name no office by themselves.
_TELLING = 6


def one_office(context: TurnContext) -> Answer | None:
    """The answer to a message that only names an office, or asks how to reach one, after offices were named.

    Numbers and addresses come from ``data/house/contacts.yml``; where it has none, the answer says so.
    """
    question, words = context.question, context.settings.words.offices
    if question.picked or question.memory.outcome != HANDED_OVER:
        return None
    said = words_of(question.text)
    named = [name for name in context.guide.contacts if _names(context, name, said)]
    telling = [word for name in named for word in said if _belongs_to(context, name, (word,))]
    if not is_of(said, [*words.reaching, *telling], words.around):
        return None
    topic = context.topic_at_hand()
    usual = topic.contacts if topic else context.settings.general_contacts
    contacts = context.contacts(named or usual)
    reached = [contact for contact in contacts if contact.can_be_reached]
    wording, labels = context.wording.offices, ", ".join(contact.label for contact in reached or contacts)
    if holds(said, words.reaching):
        short = (wording.reached if reached else wording.not_known).format(offices=labels)
    else:
        short = wording.named.format(offices=labels)
        short = short if reached else f"{short} {wording.not_known.format(offices=labels)}"
    return Answer(
        outcome=HANDED_OVER,
        topic=topic.topic if topic else None,
        title=topic.title if topic else None,
        short=short,
        contacts=reached or contacts,
        handover=draft_to(context, named or usual, topic),
        follow_ups=[context.topic_choice(topic.topic)] if topic else [],
    )


def _names(context: TurnContext, name: str, said: Words) -> bool:
    return any(_belongs_to(context, name, said[place:]) for place in range(len(said)))


def _belongs_to(context: TurnContext, name: str, rest: Words) -> bool:
    """Whether the words begin with one that stands for an office: in its label, or among its other names."""
    label = [word for word in words_of(context.guide.contacts[name].label) if len(word) >= _TELLING]
    others = context.settings.words.offices.also_called.get(name, [])
    return any(same_but_inflected(rest[0], word) for word in label) or entry_length(rest, 0, others) == 1
