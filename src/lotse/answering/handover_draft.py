"""The draft of a question that can be handed over to a person, and the contact points it can go to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from lotse.answering.answer import Answer, Handover, HandoverOffice
from lotse.answering.memory import LASTING_FACETS
from lotse.answering.message_kinds import (
    asks_about_tools,
    concerns_others,
    says_own_side,
    state_named,
    tells_account,
    vents,
    wants_a_text,
)
from lotse.answering.probabilities import OUTSIDE, topic_of
from lotse.answering.question import Question
from lotse.answering.settings import Settings
from lotse.content.model import Contact

# Some mail programs cut off links of more than about 2,000 characters; 1,000 characters of German stay below that when
# encoded.
MAX_QUESTION = 1000
MAX_NAME = 100

# Outcomes after which the message was a question to the guide, answered or not.
_ASKED = frozenset({"answered", "refined", "choices", "refused"})
_NOT_ANSWERED = frozenset({"choices", "refused"})
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


def remembered(question: Question, best: tuple[str, float] | None, answer: Answer, settings: Settings) -> list[str]:
    """The person's last question to the guide, and what they added to it.

    “Und als Beamtin?” means nothing to a contact point that does not know the question before, so both are kept. A
    topic picked without a typed question counts as the question; one picked from offered choices only clarifies it.

    Args:
        question: the message; its text is masked already.
        best: the most likely intent with its probability; None if there is no ranking.
        answer: the answer to this message.
        settings: from which probability an intent about the conversation counts, and from how many words a message that
            was not answered is a question of its own.

    Returns:
        The texts, the oldest first.
    """
    memory = question.memory
    if question.draft is not None:
        return memory.asked
    if question.picked:
        new = answer.outcome == "answered" and not memory.choosing
        return [answer.title] if new and answer.title else memory.asked
    intent, probability = best or ("", 0.0)
    if _asks_nothing(question, intent, probability, settings):
        return memory.asked
    about_tools = asks_about_tools(question, settings.words)
    about_something = topic_of(intent) is not None or intent == OUTSIDE or intent in _LEANING or about_tools
    if question.problem or question.switched or answer.outcome not in _ASKED or intent in _NO_QUESTION:
        return memory.asked
    if not about_something and probability >= settings.dialogue_at:
        return memory.asked
    if memory.asked and answer.outcome in _NOT_ANSWERED and question.words < settings.question_words:
        # “Anonym?” and “Hä?” are no question that an office could answer.
        return memory.asked
    own = own_words(question.text)
    if not own:
        return memory.asked
    text = shortened(own, MAX_QUESTION // 2)
    if memory.asked and (answer.outcome == "refined" or intent in _LEANING):
        return [memory.asked[0], text]
    return [text]


def own_words(text: str) -> str:
    """A message without what somebody else wrote: lines that begin with ``>``, as mails quote (RFC 3676, 4.5)."""
    return "\n".join(line for line in text.splitlines() if not line.startswith(">")).strip()


def _asks_nothing(question: Question, intent: str, probability: float, settings: Settings) -> bool:
    """Whether a message is no question an office could answer: anger, a wish for a text, only a circumstance.

    A statement counts as a question if it is clearly about a topic: “Selfie Dienstausweis”, a story.
    """
    words = settings.words
    if vents(question, settings) or wants_a_text(question, words) or question.only_tells:
        return True
    tells = (tells_account, says_own_side, concerns_others, state_named)
    if any(kind(question, words) for kind in tells):
        return True
    if question.form != "statement" or question.known is not None or question.parts:
        return False
    if intent in _LEANING:
        # “Ich bin übrigens verbeamteter Lehrer in Bayern.”
        named = {*question.facets, *question.denied}
        return bool(named) and named <= LASTING_FACETS
    about = topic_of(intent) is not None or intent == OUTSIDE
    return not about or (probability < settings.answer_at and not question.facets)


def shortened(text: str, longest: int) -> str:
    """The text with at most `longest` characters, cut at the end of a word and marked with “…”."""
    text = text.strip()
    if len(text) <= longest:
        return text
    head = text[: longest - 1]
    whole, blank, _ = head.rpartition(" ")
    return (whole if blank and len(whole) > longest // 2 else head).rstrip() + "…"
