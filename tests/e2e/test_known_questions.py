"""The guide's own titles, labels and questions are recognised as such, typed as they stand, in both languages."""

from __future__ import annotations

import pytest

from lotse.content import Guide, load_guide
from lotse.evaluation.questions import LabelledQuestion
from lotse.evaluation.rest_client import Reply
from lotse.evaluation.score import GUIDING
from lotse.operations.local_assistant import LocalAssistant
from tests.e2e.measuring import GOALS, HOME, ask, ask_without_servers

BOUNDS = GOALS.known_questions.accepted
LANGUAGES = ["de", "en"]
# What the announcement of the staff guide of TU München asks, in words of our own.
ANNOUNCED = {
    "Welche Posts und Reposts sind erlaubt?": "reposts",
    "Mit wem darf ich mich in sozialen Netzwerken verbinden?": "networking",
    "Darf ich soziale Medien in der Arbeitszeit nutzen?": "work_time_use",
    "Darf ich andere Nutzer blockieren?": "blocking",
    "Darf ich über meine Arbeit in der Behörde schreiben?": "posting_about_work",
    "Wo verläuft die Grenze zwischen erlaubter privater Meinung und unzulässiger Äußerung?": "opinions",
}


@pytest.fixture(params=LANGUAGES)
def guide(request: pytest.FixtureRequest) -> Guide:
    return load_guide(HOME / "data", request.param)


def asked(text: str, topics: set[str], language: str, passage: str | None = None) -> LabelledQuestion:
    first, *others = sorted(topics)
    return LabelledQuestion(text=text, topic=first, also=others, passage=passage, lang=language)


def leads(question: LabelledQuestion, reply: Reply) -> bool:
    return reply.outcome in GUIDING and reply.topic in question.accepted


def share_of(hits: list[bool]) -> float:
    return sum(hits) / len(hits)


def listing(questions: list[LabelledQuestion], replies: list[Reply], hits: list[bool]) -> str:
    return "\n".join(
        f"{question.text} ({question.passage or question.topic}; {reply.outcome} {reply.topic} {reply.passages[:3]})"
        for question, reply, hit in zip(questions, replies, hits, strict=True)
        if not hit
    )


def check(questions: list[LabelledQuestion], replies: list[Reply], bound: float) -> None:
    hits = [leads(question, reply) for question, reply in zip(questions, replies, strict=True)]
    assert share_of(hits) >= bound, listing(questions, replies, hits)


def test_titles_and_labels_of_topics_lead_to_their_topic(guide: Guide, base_url: str) -> None:
    questions = [
        asked(text, {topic.topic}, guide.language)
        for topic in guide.topics.values()
        for text in (topic.title, topic.label)
    ]
    check(questions, ask(base_url, questions), BOUNDS.titles)


def test_what_the_announcement_of_the_staff_guide_asks_is_answered(base_url: str) -> None:
    questions = [asked(text, {topic}, "de") for text, topic in ANNOUNCED.items()]
    check(questions, ask(base_url, questions), BOUNDS.titles)


def test_titles_of_passages_lead_to_their_topic(guide: Guide, local: LocalAssistant) -> None:
    """Two passages of different topics may have the same title; then either topic is right."""
    topics: dict[str, set[str]] = {}
    for passage in guide.passages.values():
        topics.setdefault(passage.title, set()).add(passage.topic)
    questions = [asked(title, found, guide.language) for title, found in topics.items()]
    check(questions, ask_without_servers(local, questions), BOUNDS.topics)


def test_questions_of_passages_lead_to_their_topic_and_show_the_passage(guide: Guide, local: LocalAssistant) -> None:
    questions = [
        asked(text, {passage.topic}, guide.language, passage.id)
        for passage in guide.passages.values()
        for text in passage.questions
    ]
    replies = ask_without_servers(local, questions)
    pairs = list(zip(questions, replies, strict=True))
    to_topic = [leads(question, reply) for question, reply in pairs]
    to_passage = [reply.outcome in GUIDING and question.passage in reply.passages for question, reply in pairs]
    shares = (share_of(to_topic), share_of(to_passage))
    assert shares[0] >= BOUNDS.topics and shares[1] >= BOUNDS.passages, (
        f"{shares[0]:.1%} to the topic, {shares[1]:.1%} to the passage\n" + listing(questions, replies, to_passage)
    )
