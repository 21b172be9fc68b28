"""The state of a conversation that is kept between turns."""

from __future__ import annotations

import logging

from pydantic import BaseModel, Field

from lotse.content.model import Verdict

logger = logging.getLogger(__name__)

# Who the person is.
PERSONAL_FACETS = frozenset({"status", "occupation"})
# The Land whose rules hold for the person.
STATE = "state"
ACCOUNT = "account"
# Circumstances of the person or the account stay true for the whole conversation; the others belong to one question.
LASTING_FACETS = frozenset({"status", "occupation", "platform", STATE})


class Offer(BaseModel):
    """A choice the assistant has offered in this conversation."""

    label: str
    payload: str


class Answered(BaseModel):
    """How the last question was understood, so that its answer can be given again in a new circumstance.

    Attributes:
        passages: ids of the passages that were its points, in their order.
        scores: of these passages, as the passage ranking gave them.
        whole_topic: whether it asked for a topic as a whole: by a picked choice or by the topic's title.
        probability: of its topic, 0 to 1.
    """

    passages: list[str] = Field(default_factory=list)
    scores: dict[str, float] = Field(default_factory=dict)
    whole_topic: bool = False
    probability: float = 0.0


class OpenQuestion(BaseModel):
    """A question that was not answered and can be given to improve the guide.

    Attributes:
        id: made from the text; names it in choices.
        text: as typed, personal data masked.
        outcome: how it ended: ``refused`` or ``choices``.
        given: whether the person has given it.
    """

    id: str
    text: str
    outcome: str
    given: bool = False


class ReadDraft(BaseModel):
    """What the pasted text of a post shows; the text itself is kept nowhere.

    Attributes:
        signs: ids, see `lotse.checks.Sign`.
        facets: circumstances that it names: values by facet.
    """

    signs: list[str] = Field(default_factory=list)
    facets: dict[str, list[str]] = Field(default_factory=dict)


class CheckState(BaseModel):
    """A guided check that was begun in this conversation.

    Attributes:
        check: its id.
        answers: ids of options by question; the person's own words are not kept.
        taken_over: questions that were not asked, because the person had told the answer before.
        done: whether the last answer was its result.
        aside: how many answers have been given since its last question or result.
        draft: what a pasted text showed, which proposes answers; None if none was pasted. Empty after the result.
        reasons_shown: whether the reasons so far have been shown.
        asked_back: whether the question was asked once more because a message was not understood.
        awaiting: whether the text of the post was asked for by the last answer.
    """

    check: str
    answers: dict[str, str] = Field(default_factory=dict)
    taken_over: list[str] = Field(default_factory=list)
    done: bool = False
    aside: int = 0
    draft: ReadDraft | None = None
    reasons_shown: bool = False
    asked_back: bool = False
    awaiting: bool = False


class Memory(BaseModel):
    """State of a conversation. It holds no name; of the person's texts only the last question and open ones, masked.

    Attributes:
        topic: the topic of the last answer.
        earlier_topics: topics before that, latest first.
        facets: circumstances known so far: values by facet.
        not_so: circumstances of the person or the account that they have denied: values by facet.
        shown: ids of the passages behind the points of the last answer, in their order.
        supporting: ids of the passages that its short answer rested on, in their order.
        led: ids of the passages that led an answer of the conversation.
        seen: ids of all passages that were points of an answer of the conversation.
        answered: how the question of the last answer was understood.
        offered: the choices of the last answers, latest answer first.
        listed: how many of `offered` belong to the last answer and can be picked by number.
        alternatives: other topics the last question could have meant, the most likely first; after choices, those
            offered.
        rejected: topics answered or offered since the last question was understood, none of which was meant.
        second: another topic that the last message asked about, named in its answer.
        asked: the last question to the guide and what was added to it, for handing it over to a person.
        answered_question: after a refusal, the question before it that was answered from the guide.
        asked_permission: whether the last answered question asked if the person or their side may do something.
        deed_told: whether the person has told, since the topic came up, that they have done already what it is about.
        open_questions: what was not answered and can be given to improve the guide, the latest last.
        unanswered: how many turns in a row ended in a refusal or in choices.
        refused: how many turns in a row ended in a refusal.
        outcome: of the last answer.
        verdict: of the last answer with guidance.
        said: the short answer of that answer.
        choosing: whether the last answer offered topics to choose from.
        asked_status: whether the person has been asked for their status.
        repairing: whether they were offered because the answer on `topic` was rejected.
        confirming: whether the last answer asked if the conversation is to be deleted.
        need: the kind of need the person was last in; offices that may be its reason are not proposed any more.
        helped: the kinds of need whose help has been shown; with a question mark, if the need was not certain.
        check: the guided check that has been begun; None if none has, or if it was ended.
        noticed: whether the notice that this is no legal advice has been given.
        language: ISO 639-1 code of the conversation, None until a message had one.
        language_chosen: whether the person requested it; then messages in another language do not change it.
    """

    topic: str | None = None
    earlier_topics: list[str] = Field(default_factory=list)
    facets: dict[str, list[str]] = Field(default_factory=dict)
    not_so: dict[str, list[str]] = Field(default_factory=dict)
    shown: list[str] = Field(default_factory=list)
    answered: Answered = Field(default_factory=Answered)
    supporting: list[str] = Field(default_factory=list)
    led: list[str] = Field(default_factory=list)
    seen: list[str] = Field(default_factory=list)
    offered: list[Offer] = Field(default_factory=list)
    listed: int = 0
    alternatives: list[str] = Field(default_factory=list)
    rejected: list[str] = Field(default_factory=list)
    second: str | None = None
    asked: list[str] = Field(default_factory=list)
    answered_question: list[str] = Field(default_factory=list)
    asked_permission: bool = True
    deed_told: bool = False
    open_questions: list[OpenQuestion] = Field(default_factory=list)
    unanswered: int = 0
    refused: int = 0
    outcome: str | None = None
    verdict: Verdict | None = None
    said: str | None = None
    choosing: bool = False
    asked_status: bool = False
    repairing: bool = False
    confirming: bool = False
    need: str | None = None
    helped: list[str] = Field(default_factory=list)
    check: CheckState | None = None
    noticed: bool = False
    language: str | None = None
    language_chosen: bool = False

    @staticmethod
    def read(value: object) -> Memory:
        """The state stored in Rasa's slot; an empty state if the slot holds nothing valid."""
        try:
            return Memory.parse_obj(value or {})
        except (ValueError, TypeError):
            logger.error("The memory of a conversation is unreadable; it starts with an empty one.")
            return Memory()

    @property
    def at_hand(self) -> str | None:
        """The topic that a follow-up refers to: of the last answer, or the most likely of the choices offered since.

        Choices that repair a rejected answer are guesses; until one is picked, the answer is what was talked about.
        """
        guessed = self.choosing and self.alternatives and not self.repairing
        return self.alternatives[0] if guessed else self.topic

    @property
    def status(self) -> str | None:
        """The person's status as they told it last; None if they have told none."""
        values = self.facets.get("status")
        return values[-1] if values else None
