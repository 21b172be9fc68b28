"""The draft of a question that can be handed over to a person, and the contact points it can go to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from lotse.answering.answer import Answer, Handover, HandoverOffice
from lotse.answering.probabilities import OUTSIDE, topic_of
from lotse.answering.question import Question
from lotse.content.model import Contact

# Some mail programs cut off links of more than about 2,000 characters; 1,000 characters of German stay below that when
# encoded.
MAX_QUESTION = 1000
MAX_NAME = 100

# Outcomes after which the message was a question to the guide, answered or not.
_ASKED = frozenset({"answered", "refined", "choices", "refused"})
# Messages that only make sense after the one before.
_LEANING = frozenset({"refine", "correct_topic"})
_NO_QUESTION = frozenset({"affirm", "unclear"})


def hand_over(contacts: Mapping[str, Contact], names: Iterable[str], question: str, subject: str) -> Handover:
    """The draft and the contact points to choose from.

    Args:
        contacts: all contact points, by id.
        names: ids of the suitable ones, the most suitable first.
        question: the person's last question, empty if there was none.
        subject: of the message to the contact point.
    """
    offices = [
        HandoverOffice(
            id=name,
            label=contacts[name].label,
            email=contacts[name].email,
            deliverable=contacts[name].teams_channel is not None,
            mailto=mailto(contacts[name].email, subject, question),
        )
        for name in names
        if name in contacts
    ]
    return Handover(question=question, subject=subject, offices=offices)


def mailto(email: str | None, subject: str, body: str) -> str:
    """A ``mailto:`` link with subject and body (RFC 6068); without an address the person fills it in."""
    fields = {"subject": subject, "body": body.replace("\n", "\r\n")}
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items() if value)
    return f"mailto:{quote(email or '', safe='@')}?{query}"


def remembered(question: Question, best: tuple[str, float] | None, answer: Answer, dialogue_at: float) -> list[str]:
    """The person's last question to the guide, and what they added to it.

    “Und als Beamtin?” means nothing to a contact point that does not know the question before, so both are kept. A
    topic picked without a typed question counts as the question; one picked from offered choices only clarifies it.

    Args:
        question: the message; its text is masked already.
        best: the most likely intent with its probability; None if there is no ranking.
        answer: the answer to this message.
        dialogue_at: probability from which an intent about the conversation counts.

    Returns:
        The texts, the oldest first.
    """
    memory = question.memory
    if question.picked:
        new = answer.outcome == "answered" and not memory.choosing
        return [answer.title] if new and answer.title else memory.asked
    intent, probability = best or ("", 0.0)
    about_something = topic_of(intent) is not None or intent == OUTSIDE or intent in _LEANING
    if question.problem or question.switched or answer.outcome not in _ASKED or intent in _NO_QUESTION:
        return memory.asked
    if not about_something and probability >= dialogue_at:
        return memory.asked
    text = shortened(question.text, MAX_QUESTION // 2)
    if memory.asked and (answer.outcome == "refined" or intent in _LEANING):
        return [memory.asked[0], text]
    return [text]


def shortened(text: str, longest: int) -> str:
    """The text with at most `longest` characters, cut at the end of a word and marked with “…”."""
    text = text.strip()
    if len(text) <= longest:
        return text
    head = text[: longest - 1]
    whole, blank, _ = head.rpartition(" ")
    return (whole if blank and len(whole) > longest // 2 else head).rstrip() + "…"
