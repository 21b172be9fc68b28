"""“Explain in simpler words”: the plain version of the passage that the answer was about, or of the topic."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lotse.channels.teams.rendering.answer_message import render_teams
from lotse.content import Passage
from lotse.conversation.assistant import Assistant
from lotse.render.text import render_text
from tests.answering.conftest import Talk

PLAIN = "Das ist die einfache Fassung.\nSie hat zwei Sätze."
COLLEAGUES = f"{PLAIN}\nEs geht um die Menschen im Amt."


@pytest.fixture
def plainly(assistant: Assistant) -> Talk:
    """A conversation in which two passages, and no others, have a plain version."""
    guide = assistant.guide
    plain = {"blocking.press": PLAIN, "blocking.colleagues_superiors": COLLEAGUES}
    of_topic = {
        name: tuple(passage.copy(update={"plain": plain.get(passage.id), **_no_short(passage)}) for passage in passages)
        for name, passages in guide.of_topic.items()
    }
    passages = {passage.id: passage for own in of_topic.values() for passage in own}
    changed = replace(guide, of_topic=of_topic, passages=passages)
    return Talk(replace(assistant, guides={**assistant.guides, "de": changed}))


def _no_short(passage: Passage) -> dict[str, None]:
    """One passage has no answer of its own, so that the topic's short answer leads."""
    return {"short": None, "verdict": None} if passage.id == "blocking.colleagues_superiors" else {}


def ask(talk: Talk, passage: str, score: float) -> str:
    """Ask what one passage answers; returns the short answer."""
    return talk.say("ask_blocking", passages={passage: score}).short


def test_it_is_the_plain_version_of_the_passage_that_led(plainly: Talk) -> None:
    guide = plainly.assistant.guide
    assert ask(plainly, "blocking.press", 0.95) == guide.passages["blocking.press"].short
    answer = plainly.say("request_simpler")
    assert (answer.short, answer.title) == (PLAIN, guide.passages["blocking.press"].title)
    assert {citation.passage for citation in answer.citations} == {"blocking.press"}
    assert answer.short_cites == [citation.n for citation in answer.citations]


def test_it_is_that_of_the_passage_whose_text_led(plainly: Talk) -> None:
    guide = plainly.assistant.guide
    assert ask(plainly, "blocking.colleagues_superiors", 0.95) == guide.passages["blocking.colleagues_superiors"].text
    assert plainly.say("request_simpler").short == COLLEAGUES


@pytest.mark.parametrize(("passage", "score"), [("blocking.colleagues_superiors", 0.3), ("blocking.critics", 0.95)])
def test_it_is_the_topics_if_no_passage_fits_well_or_it_has_none(plainly: Talk, passage: str, score: float) -> None:
    ask(plainly, passage, score)
    assert plainly.say("request_simpler").short == plainly.assistant.guide.topics["blocking"].plain


def test_what_holds_for_the_persons_status_stands_below(assistant: Assistant) -> None:
    passage = assistant.guide.passages["secondary_employment.paid_work"]
    assert passage.plain
    talk = Talk(assistant)
    talk.say("ask_secondary_employment", passages={passage.id: 0.95}, facets={"status": "beamte"})
    for text in ("einfacher bitte, das verstehe ich so nicht", "was heißt das für mich?"):
        answer = talk.say("request_simpler", text=text, form="other")
        assert answer.short == passage.plain
        assert [point.text for point in answer.points] == [passage.by_status["beamte"].text]
        assert set(answer.points[0].cites) <= {citation.n for citation in answer.citations}
    talk = Talk(assistant)
    talk.say("ask_secondary_employment", passages={passage.id: 0.95})
    assert talk.say("request_simpler").points == []


def test_it_is_the_topics_after_an_older_answer(plainly: Talk) -> None:
    ask(plainly, "blocking.press", 0.95)
    plainly.say("ask_likes")
    answer = plainly.pick('/request_simpler{"topic": "blocking"}')
    assert answer.short == plainly.assistant.guide.topics["blocking"].plain


def test_every_sentence_is_a_line_in_every_channel(plainly: Talk) -> None:
    ask(plainly, "blocking.press", 0.95)
    answer, wording = plainly.say("request_simpler"), plainly.assistant.wording
    first, second = PLAIN.split("\n")
    lines = render_text(answer, wording).splitlines()
    assert first in lines and any(line.startswith(second) for line in lines)
    narrow = render_text(answer, wording, width=40).splitlines()
    assert first in narrow and any(line.startswith(second) for line in narrow)
    assert f"{first}\n\n{second}" in render_teams(answer, wording)["text"]


def test_the_topics_plain_version_has_one_sentence_a_line(assistant: Assistant) -> None:
    for guide in assistant.guides.values():
        for topic in guide.topics.values():
            assert topic.plain.count("\n") >= 2, topic.topic
