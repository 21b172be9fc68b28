"""Every answer of every topic: its points, what carries them, and what follows."""

from __future__ import annotations

import warnings
from datetime import date
from pathlib import Path

import pytest

from lotse.answering import Answer, Memory, Question, decide
from lotse.answering.memory import Offer
from lotse.answering.question import ParsedMessage
from lotse.conversation.assistant import Assistant
from tests.answering.conftest import Talk
from tests.parsed_messages import parsed

TOPICS = sorted(path.stem for path in (Path(__file__).parents[2] / "data/guide/de").glob("*.yml"))
STATUSES = [None, "beamte", "tarif", "azubi", "soldaten"]
# More citations than this are hard to read under an answer.
FEW_CITATIONS = 10


def check_points(answer: Answer, assistant: Assistant, status: str | None) -> None:
    """2 to `points` statements and their variants, each carried by what it cites."""
    variants = [point for point in answer.points if point.status]
    assert 2 <= len(answer.points) - len(variants) <= assistant.settings.points
    by_number = {citation.n: citation for citation in answer.citations}
    in_points = [number for point in answer.points for number in point.cites]
    in_steps = [number for step in answer.steps for number in step.cites]
    # The short answer and the steps rest on citations of their own passages, shown as points or not.
    assert answer.short_cites
    assert {*in_points, *in_steps, *answer.short_cites} == {citation.n for citation in answer.citations}
    for point in answer.points:
        assert point.cites
        for number in point.cites:
            passage = assistant.guide.passages[by_number[number].passage]
            assert passage.topic == answer.topic
            assert by_number[number].excerpt == point.text
            assert by_number[number].title
            if point.status:
                labels = {assistant.guide.status_label(name): text.text for name, text in passage.by_status.items()}
                assert labels[point.status] == point.text
                assert point.status[0].isupper()
            else:
                assert (point.text, point.level) == (passage.text, passage.level)
    if status:
        assert {point.status for point in variants} <= {assistant.guide.status_label(status)}
        assert (answer.addressed is None) == (not variants)


def check_answer(answer: Answer, assistant: Assistant) -> None:
    topic = assistant.guide.topics[answer.topic or ""]
    leading = [
        passage.title
        for passage in assistant.guide.of_topic[topic.topic]
        if answer.short in (passage.short, passage.text)
    ]
    introduced = [answer.points[0].title] if answer.short == assistant.wording.new_point else []
    assert answer.title in (leading or introduced or [topic.title])
    assert answer.verdict_label == (
        None if answer.verdict == "info" else assistant.wording.verdicts[answer.verdict or ""]
    )
    leads = {passage.short: passage for passage in assistant.guide.of_topic[topic.topic] if passage.short}
    texts = {passage.text: passage for passage in assistant.guide.of_topic[topic.topic]}
    if answer.short in leads and leads[answer.short].verdict in ("allowed", "not_allowed"):
        # A plain yes or no in words and another one in colour would contradict each other.
        assert answer.verdict == leads[answer.short].verdict
    elif answer.short in texts:
        # A text that leads is under its own title, and nothing milder than its verdict stands above it.
        assert answer.title == texts[answer.short].title
        assert answer.verdict != "allowed" or texts[answer.short].verdict == "allowed"
    else:
        assert answer.short in (topic.short, assistant.wording.new_point, *leads)
    assert [contact.label for contact in answer.contacts] == [
        assistant.guide.contacts[id].label for id in topic.contacts
    ]
    payloads = [item.payload for item in answer.follow_ups]
    assert len(set(payloads)) == len(payloads)
    assert len({item.label for item in answer.follow_ups}) == len(payloads)
    assert all(payload.startswith("/") for payload in payloads)
    assert f"/ask_{answer.topic}" not in payloads


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("topic", TOPICS)
def test_every_passage_and_every_status(assistant: Assistant, talk: Talk, topic: str, status: str | None) -> None:
    facets = {"status": status} if status else {}
    for passage in assistant.guide.of_topic[topic]:
        talk.memory = None
        others = {other.id: 0.4 for other in assistant.guide.of_topic[topic]}
        answer = talk.say(f"ask_{topic}", passages={**others, passage.id: 0.9}, facets=facets)
        assert (answer.outcome, answer.topic) == ("answered", topic)
        check_points(answer, assistant, status)
        check_answer(answer, assistant)
        about = passage.facet_values("status")
        fits = not status or not about or status in about
        if fits and not passage.only_for:
            assert passage.text in (answer.short, answer.points[0].text)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("topic", TOPICS)
def test_a_picked_topic_rests_on_its_general_passages(
    assistant: Assistant, talk: Talk, topic: str, status: str | None
) -> None:
    talk.memory = Memory(
        offered=[Offer(label="…", payload=f"/ask_{topic}")], facets={"status": [status]} if status else {}
    ).dict()
    answer = talk.pick(f"/ask_{topic}")
    assert answer.outcome == "answered"
    check_points(answer, assistant, status)
    check_answer(answer, assistant)
    assert answer.short == assistant.guide.topics[topic].short
    assert answer.citations[0].passage in assistant.guide.topics[topic].rests_on or status


@pytest.mark.parametrize("topic", TOPICS)
def test_citations_stay_few(assistant: Assistant, talk: Talk, topic: str) -> None:
    most = 0
    for passage in assistant.guide.of_topic[topic]:
        talk.memory = None
        near = {other.id: 0.85 for other in assistant.guide.of_topic[topic]}
        answer = talk.say(f"ask_{topic}", passages={**near, passage.id: 0.9})
        check_points(answer, assistant, None)
        most = max(most, len(answer.citations))
    if most > FEW_CITATIONS:
        warnings.warn(f"{topic}: an answer has {most} citations", stacklevel=1)
    assert most <= 2 * FEW_CITATIONS


@pytest.mark.parametrize("topic", TOPICS)
def test_everything_about_an_answer_is_carried_too(assistant: Assistant, talk: Talk, topic: str) -> None:
    talk.say(f"ask_{topic}")
    wanted = {
        "request_sources": "sources",
        "request_reason": "explained",
        "request_simpler": "explained",
        "request_example": "explained",
    }
    for intent, outcome in wanted.items():
        answer = talk.say(intent)
        assert (answer.outcome, answer.topic) == (outcome, topic)
        assert answer.citations
        assert [citation.n for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
        assert all(citation.passage in assistant.guide.passages for citation in answer.citations)
        assert {number for point in answer.points for number in point.cites} <= {c.n for c in answer.citations}
        assert all(point.cites for point in answer.points)
        assert bool(answer.points) == (intent not in ("request_sources", "request_simpler"))
        assert not any(payload.startswith(f"/{intent}") for payload in talk.offers)
    answer = talk.say("request_person")
    assert answer.outcome == "handed_over"
    assert answer.contacts


@pytest.mark.parametrize("status", ["beamte", "tarif"])
@pytest.mark.parametrize("topic", TOPICS)
def test_telling_the_status_refines_the_answer(assistant: Assistant, talk: Talk, topic: str, status: str) -> None:
    answer = talk.say(f"ask_{topic}")
    payload = f'/refine{{"status": "{status}", "topic": "{topic}"}}'
    variants = {point.status for point in answer.points if point.status}
    assert (payload in talk.offers) == bool(variants)
    assert (assistant.wording.ask_status in (answer.notice or "")) == bool(variants)
    if not variants:
        return
    refined = talk.pick(payload)
    assert (refined.outcome, refined.topic) == ("refined", topic)
    texts = [point.text for point in refined.points if not point.status]
    before = [point.text for point in answer.points if not point.status]
    # The answer stays as it was, and what holds for the status leads it.
    assert [text for text in texts if text in before] == before
    own = [passage.by_status[status].text for passage in assistant.guide.of_topic[topic] if status in passage.by_status]
    kind = assistant.wording.difference if own else assistant.wording.no_difference
    assert refined.addressed == kind["status"].format(value=assistant.guide.status_label(status))
    assert refined.short.endswith(answer.short)
    assert refined.short.startswith(tuple(own) or answer.short)
    assert payload not in talk.offers
    assert assistant.wording.ask_status not in (refined.notice or "")
    assert talk.memory["facets"]["status"] == [status]
    # The status holds for the next question as well.
    other = next(name for name in TOPICS if name != topic)
    check_points(talk.say(f"ask_{other}"), assistant, status)


def test_an_overdue_review_is_said(assistant: Assistant) -> None:
    parse: ParsedMessage = {
        "text": "Darf ich blockieren?",
        "intent_ranking": [{"name": "ask_blocking", "confidence": 0.9}],
    }
    for today, expected in ((date(2099, 1, 1), True), (date(2026, 11, 24), False)):
        question = Question.from_parse(parse, Memory(), today)
        answer = decide(question, assistant.guide, assistant.settings, assistant.wording).answer
        assert (assistant.wording.overdue in (answer.notice or "")) == expected


def test_a_second_topic_is_offered_by_name(assistant: Assistant, talk: Talk) -> None:
    answer = talk.say({"ask_blocking": 0.55, "ask_networking": 0.35, "out_of_scope": 0.02})
    assert (answer.outcome, answer.topic) == ("answered", "blocking")
    title = assistant.guide.topics["networking"].title
    assert title in (answer.notice or "")
    assert (answer.follow_ups[0].label, answer.follow_ups[0].payload) == (title, "/ask_networking")
    assert talk.offers.count("/ask_networking") == 1
    assert talk.pick("1").topic == "networking"


def test_the_certainty_follows_the_probability(assistant: Assistant, talk: Talk) -> None:
    for probability, certainty in ((0.9, "high"), (0.6, "medium"), (0.45, "low")):
        talk.memory = None
        answer = talk.say({"ask_blocking": probability, "greet": 0.01})
        assert (answer.outcome, answer.why.certainty) == ("answered", certainty)
        assert answer.why.recognised == answer.title


def test_a_stranger_reads_the_usual_two_of_four_variants(assistant: Assistant, talk: Talk) -> None:
    every = {"beamte", "tarif", "azubi", "soldaten"}
    passage = next(passage for passage in assistant.guide.passages.values() if set(passage.by_status) == every)
    texts = {variant.text: status for status, variant in passage.by_status.items()}
    for told, shown in ((None, {"beamte", "tarif"}), *((status, {status}) for status in sorted(every))):
        talk.memory = None
        facets = {"status": told} if told else {}
        answer = talk.say(f"ask_{passage.topic}", passages={passage.id: 0.9}, facets=facets)
        assert {texts[point.text] for point in answer.points if point.text in texts} == shown


def test_a_passage_about_another_status_is_left_out(assistant: Assistant, talk: Talk) -> None:
    seen = 0
    for passage in assistant.guide.passages.values():
        about = passage.facet_values("status")
        for status in {"beamte", "tarif"} - about if about else ():
            talk.memory = None
            answer = talk.say(f"ask_{passage.topic}", passages={passage.id: 0.9}, facets={"status": status})
            assert passage.text not in [point.text for point in answer.points]
            seen += 1
    assert seen


@pytest.mark.parametrize("status", [None, "beamte", "tarif"])
def test_no_answer_has_more_sources_than_a_reader_can_check(assistant: Assistant, status: str | None) -> None:
    for topic, passages in assistant.guide.of_topic.items():
        for first in passages:
            scores = {passage.id: 0.8 if passage is first else 0.7 for passage in passages}
            entities = [{"entity": "status", "value": status}] if status else []
            ranking = [{"name": f"ask_{topic}", "confidence": 0.95}]
            parse = parsed(text="eine Frage", intent_ranking=ranking, passages=scores, entities=entities)
            answer = assistant.turn(parse, None, "rest").answer
            variants = [point for point in answer.points if point.status]
            few = len(answer.points) - len(variants) <= 2
            assert len(answer.citations) <= assistant.settings.citations or few, (first.id, len(answer.citations))


def test_an_answer_led_by_a_passage_has_its_title_and_names_no_steps_of_other_cases(
    assistant: Assistant, talk: Talk
) -> None:
    topic = assistant.guide.topics["authority_channels"]
    others = {f"authority_channels.{name}": 0.5 for name in ("ai_labelling", "accessibility", "foi", "mastodon")}
    fits = {"authority_channels.ai_tools": 0.9, **others}
    answer = talk.say("ask_authority_channels", "Darf ich ChatGPT für Posts vom Amt nehmen?", passages=fits)
    leading = assistant.guide.passages["authority_channels.ai_tools"]
    assert (answer.title, answer.short) == (leading.title, leading.short)
    named = {step.text for step in topic.steps if step.passage == leading.id}
    assert {step.text for step in answer.steps} == named


def test_an_answer_led_by_what_the_topic_rests_on_keeps_all_its_steps(assistant: Assistant, talk: Talk) -> None:
    topic = assistant.guide.topics["authority_channels"]
    answer = talk.say("ask_authority_channels", "Kanal eröffnen?", passages={topic.rests_on[0]: 0.9})
    assert [step.text for step in answer.steps] == [step.text for step in topic.steps]


NOT_CERTAIN = "event_photos.no_people"


def test_what_clearly_fits_leads_with_its_text_where_its_short_answer_may_not(assistant: Assistant, talk: Talk) -> None:
    passage = assistant.guide.passages[NOT_CERTAIN]
    answer = talk.say("ask_event_photos", passages={passage.id: 0.9, "event_photos.tagging": 0.5}, form="permission")
    # It allows something, but for a circumstance that nobody has told.
    assert passage.verdict == "allowed" and passage.verdict_requires and passage.short
    assert (answer.title, answer.short, answer.verdict) == (passage.title, passage.text, "depends")
    assert passage.text not in [point.text for point in answer.points]
    assert {item.passage for item in answer.citations if item.n in answer.short_cites} == {passage.id}


def test_what_fits_less_clearly_stays_a_point(assistant: Assistant, talk: Talk) -> None:
    passage, topic = assistant.guide.passages[NOT_CERTAIN], assistant.guide.topics["event_photos"]
    score = assistant.settings.specific_at - 0.05
    answer = talk.say("ask_event_photos", passages={passage.id: score, "event_photos.tagging": 0.5}, form="permission")
    assert (answer.title, answer.short) == (topic.title, topic.short)
    assert answer.points[0].text == passage.text


@pytest.mark.parametrize("score", [0.9, 0.4])
def test_an_uncertain_answer_says_what_it_is_about(assistant: Assistant, talk: Talk, score: float) -> None:
    passage, topic = assistant.guide.passages[NOT_CERTAIN], assistant.guide.topics["event_photos"]
    answer = talk.say({"ask_event_photos": 0.45}, passages={passage.id: score})
    by_passage = assistant.wording.assumed_passage.format(title=passage.title)
    assert answer.assumed == (by_passage if score == 0.9 else assistant.wording.assumed.format(title=topic.title))
