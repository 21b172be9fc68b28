"""After offices were named: one of them alone (“vom Personalrat”), and how to reach it (“die Nummer bitte”)."""

from __future__ import annotations

from functools import cache

from lotse.answering.answer import Answer, Outcome
from lotse.answering.follow_ups import draft_to
from lotse.answering.phrases import Words, entry_length, holds, is_of, words_of
from lotse.answering.picks import same_but_inflected
from lotse.answering.turn_context import TurnContext

# The outcome of an answer that names offices.
HANDED_OVER: Outcome = "handed_over"
# Shorter words of a label, such as “oder”, name no office by themselves.
TELLING_LETTERS = 5


def one_office(context: TurnContext) -> Answer | None:
    """The answer to a message that only names an office, or asks how to reach one, after offices were named.

    Numbers and addresses come from ``data/house/contacts.yml``; where it has none, the answer says so.
    """
    question, words = context.question, context.settings.words.offices
    if question.picked or question.memory.outcome != HANDED_OVER:
        return None
    said = words_of(question.text)
    named = [name for name in context.guide.contacts if names_office(context, name, said)]
    telling = [word for name in named for word in said if _belongs_to(context, name, (word,))]
    if not is_of(said, [*words.reaching, *telling], words.around):
        return None
    topic = context.topic_at_hand()
    usual = topic.contacts if topic else context.settings.general_contacts
    contacts, wording = context.contacts(named or usual), context.wording.offices
    reached = ", ".join(contact.label for contact in contacts if contact.can_be_reached)
    others = ", ".join(contact.label for contact in contacts if not contact.can_be_reached)
    every = ", ".join(contact.label for contact in contacts)
    sentences = [] if holds(said, words.reaching) else [wording.named.format(offices=every)]
    sentences += [wording.reached.format(offices=reached)] if reached else []
    sentences += [wording.not_known.format(offices=others)] if others else []
    return Answer(
        outcome=HANDED_OVER,
        topic=topic.topic if topic else None,
        title=topic.title if topic else None,
        short=" ".join(sentences),
        contacts=contacts,
        handover=draft_to(context, named or usual, topic),
        follow_ups=[context.topic_choice(topic.topic)] if topic else [],
    )


def names_office(context: TurnContext, name: str, said: Words) -> bool:
    """Whether a message names an office.

    Args:
        context: the content.
        name: id of the office.
        said: the words of the message.
    """
    return any(_belongs_to(context, name, said[place:]) for place in range(len(said)))


def _belongs_to(context: TurnContext, name: str, rest: Words) -> bool:
    """Whether the words begin with one that stands for an office: in its label alone, or among its other names."""
    labels = {each: _label_words(contact.label) for each, contact in context.guide.contacts.items()}
    # “office” stands in several labels and tells none of them.
    having = [each for each, label in labels.items() if any(_alike(rest[0], word) for word in label)]
    others = context.settings.words.offices.also_called.get(name, [])
    return having == [name] or entry_length(rest, 0, others) == 1


@cache
def _label_words(label: str) -> Words:
    """The words of an office's label; there are few offices, and every word of a message is compared with them."""
    return words_of(label)


def _alike(word: str, part: str) -> bool:
    return len(part) >= TELLING_LETTERS and same_but_inflected(word, part)
