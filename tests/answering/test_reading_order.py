"""Source numbers, what is shown at once and what on request: an answer that can be read standing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from lotse.answering import Answer
from lotse.answering.answer import Citation, Step
from lotse.answering.passages import Citations
from lotse.answering.question import ParsedMessage
from lotse.content.model import Passage
from lotse.conversation.assistant import Assistant
from tests.answering.conftest import Talk
from tests.parsed_messages import parsed

TOPICS = sorted(path.stem for path in (Path(__file__).parents[2] / "data/guide/de").glob("*.yml"))
STATUSES = [None, "beamte", "tarif", "azubi", "soldaten"]


def read(answer: Answer) -> list[int]:
    """The numbers of an answer as somebody meets them who reads it from the top, each once."""
    parts = [answer.short_cites, *(step.cites for step in answer.steps), *(point.cites for point in answer.points)]
    return list(dict.fromkeys(number for cites in parts for number in cites))


def sources(answer: Answer) -> list[Citation]:
    return sorted(answer.citations, key=lambda citation: citation.n)


def asked(topic: str, status: str | None = None, passages: Mapping[str, float] | None = None) -> ParsedMessage:
    entities = [{"entity": "status", "value": status}] if status else []
    ranking = [{"name": f"ask_{topic}", "confidence": 0.95}]
    return parsed(
        text="Geht so etwas?",
        intent_ranking=ranking,
        passages=passages or {},
        entities=entities,
    )


def offers(talk: Talk, intent: str) -> bool:
    """Whether the last answer offers a message about itself, whatever answer it names."""
    return any(offer.startswith(f"/{intent}") for offer in talk.offers)


def anybodys(assistant: Assistant, topic: str) -> list[Passage]:
    """The passages of a topic that are not for people of one setting only."""
    return [passage for passage in assistant.guide.of_topic[topic] if not passage.only_for]


def citing_least(assistant: Assistant, topic: str) -> list[Passage]:
    """The three passages of a topic with the fewest sources, so that an answer has room for all of them."""
    return sorted(assistant.guide.of_topic[topic], key=lambda passage: len(passage.cites))[:3]


def with_steps(assistant: Assistant, topic: str) -> Assistant:
    """The assistant with three steps for a topic, the last of them on a passage that is seldom a point."""
    guide = assistant.guide
    names = [passage.id for passage in citing_least(assistant, topic)]
    steps = [{"text": f"Tun Sie als Nächstes dies, Schritt {name}.", "passage": name} for name in names]
    changed = type(guide.topics[topic]).parse_obj({**guide.topics[topic].dict(by_alias=True), "steps": steps})
    topics = {**guide.topics, topic: changed}
    guides = {**assistant.guides, "de": type(guide)(**{**guide.__dict__, "topics": topics})}
    return type(assistant)(guides, assistant.settings, assistant.wordings, assistant.other_languages)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("topic", TOPICS)
def test_numbers_follow_the_reading_order(assistant: Assistant, topic: str, status: str | None) -> None:
    for passage in assistant.guide.of_topic[topic]:
        if passage.only_for:
            # Comes only for somebody who has named its setting.
            continue
        others = {other.id: 0.85 for other in assistant.guide.of_topic[topic]}
        answer = assistant.turn(asked(topic, status, {**others, passage.id: 0.9}), None, "rest").answer
        assert answer.short_cites[0] == 1
        assert read(answer) == [citation.n for citation in sources(answer)]
        assert read(answer) == list(range(1, len(answer.citations) + 1))


@pytest.mark.parametrize("topic", ["blocking", "hostility"])
def test_steps_are_cited_and_come_between_the_short_answer_and_the_points(assistant: Assistant, topic: str) -> None:
    answer = with_steps(assistant, topic).turn(asked(topic), None, "rest").answer
    passages = {citation.n: citation.passage for citation in answer.citations}
    assert [{passages[number] for number in step.cites} for step in answer.steps] == [
        {passage.id} for passage in citing_least(assistant, topic)
    ]
    assert read(answer) == list(range(1, len(answer.citations) + 1))


@pytest.mark.parametrize("topic", TOPICS)
def test_with_steps_an_answer_still_has_few_sources_and_its_best_points(assistant: Assistant, topic: str) -> None:
    busy = with_steps(assistant, topic)
    for passage in anybodys(assistant, topic):
        others = {other.id: 0.85 for other in assistant.guide.of_topic[topic]}
        answer = busy.turn(asked(topic, passages={**others, passage.id: 0.9}), None, "rest").answer
        plain = [point for point in answer.points if not point.status]
        assert len(answer.citations) <= assistant.settings.citations or len(plain) <= 2
        # Its best point leads with its text, or is the first one.
        assert passage.text in (answer.short, plain[0].text)
        assert len(plain) >= 2


@pytest.mark.parametrize("topic", TOPICS)
def test_asked_for_sources_it_gives_nothing_but_sources_with_the_same_numbers(talk: Talk, topic: str) -> None:
    answer = talk.say(f"ask_{topic}")
    given = talk.say("request_sources")
    assert (given.outcome, given.points, given.steps, given.short_cites) == ("sources", [], [], [])
    assert sources(given) == sources(answer)


@pytest.mark.parametrize("topic", TOPICS)
def test_the_sources_of_an_answer_with_steps_have_its_numbers(assistant: Assistant, topic: str) -> None:
    talk = Talk(with_steps(assistant, topic))
    answer = talk.say(f"ask_{topic}")
    assert len(answer.steps) == 3
    assert sources(talk.say("request_sources")) == sources(answer)
    # Where the step's own sources would be too many, it has those of the points only.
    fewest = len([point for point in answer.points if not point.status]) == 2
    assert all(step.cites for step in answer.steps) or fewest


def test_a_text_cited_twice_has_one_number(assistant: Assistant) -> None:
    passage = assistant.guide.of_topic["blocking"][0]
    citations = Citations(assistant.guide)
    first = citations.add(passage.id, passage.cites, passage.text)
    assert citations.add(passage.id, passage.cites, passage.text) == first
    assert citations.add(passage.id, passage.cites, "ein anderer Text")[0] == first[-1] + 1


def long_answer(talk: Talk) -> Answer:
    """An answer with more points than are shown at once."""
    at_once = talk.assistant.settings.points_at_once
    for topic in TOPICS:
        talk.memory = None
        scores = {passage.id: 0.9 for passage in talk.assistant.guide.of_topic[topic]}
        answer = talk.say(f"ask_{topic}", passages=scores)
        if len(answer.points) > at_once:
            return answer
    raise AssertionError("no topic has a long answer")


def test_more_is_offered_where_there_is_more(assistant: Assistant, talk: Talk) -> None:
    seen = set()
    for topic in TOPICS:
        for status in STATUSES:
            talk.memory = None
            scores = {other.id: 0.4 for other in assistant.guide.of_topic[topic]}
            best = {assistant.guide.of_topic[topic][0].id: 0.9} if status else {}
            answer = talk.say(f"ask_{topic}", passages={**scores, **best}, facets={"status": status} if status else {})
            more = len(answer.points) > assistant.settings.points_at_once
            assert offers(talk, "request_more") == more
            assert answer.points_at_once == (assistant.settings.points_at_once if more else None)
            seen.add(more)
    assert seen == {True, False}


def test_more_gives_the_other_points_with_the_numbers_of_the_answer(assistant: Assistant, talk: Talk) -> None:
    answer = long_answer(talk)
    at_once = assistant.settings.points_at_once
    more = talk.pick(next(offer for offer in talk.offers if offer.startswith("/request_more")))
    assert (more.outcome, more.topic) == ("explained", answer.topic)
    assert more.points == answer.points[at_once:]
    cited = {number for point in more.points for number in point.cites}
    assert sources(more) == [citation for citation in sources(answer) if citation.n in cited]
    assert more.points_at_once is None
    assert not offers(talk, "request_more")
    # What was asked for before is still the answer that a source is asked of.
    assert sources(talk.say("request_sources")) == sources(answer)


def test_more_in_words_gives_the_same_as_the_choice(talk: Talk) -> None:
    long_answer(talk)
    before = talk.memory
    picked = talk.pick(next(offer for offer in talk.offers if offer.startswith("/request_more")))
    talk.memory = before
    said = talk.say("request_more", text="mehr dazu")
    assert (said.points, said.citations) == (picked.points, picked.citations)


def test_more_under_an_older_answer_is_about_its_topic(assistant: Assistant, talk: Talk) -> None:
    answer = long_answer(talk)
    button = next(payload for payload in talk.offers if payload.startswith("/request_more"))
    other = next(topic for topic in TOPICS if topic != answer.topic)
    talk.say(f"ask_{other}")
    more = talk.pick(button)
    assert more.topic == answer.topic
    assert more.points
    assert {number for point in more.points for number in point.cites} == {c.n for c in more.citations}
    # What the short answer rests on was shown in any case.
    general = {assistant.guide.passages[name].text for name in assistant.guide.topics[answer.topic or ""].rests_on}
    assert general.isdisjoint({point.text for point in more.points})


def test_where_everything_was_shown_more_says_so_and_leads_on(assistant: Assistant, talk: Talk) -> None:
    passages = assistant.guide.of_topic["account_security"]
    talk.say("ask_account_security", passages={passages[0].id: 0.9, **{other.id: 0.4 for other in passages[1:]}})
    assert not offers(talk, "request_more")
    answer = talk.say("request_more", text="und weiter?")
    assert (answer.short, answer.points) == (assistant.wording.no_more, [])
    assert offers(talk, "request_example")


def test_more_without_an_answer_asks_which_question(assistant: Assistant, talk: Talk) -> None:
    assert talk.say("request_more", text="mehr").short == assistant.wording.no_topic


@pytest.mark.parametrize("status", ["beamte", "tarif", "azubi", "soldaten"])
def test_what_holds_for_the_own_status_is_shown_at_once(assistant: Assistant, talk: Talk, status: str) -> None:
    seen = 0
    for topic in TOPICS:
        talk.memory = None
        answer = talk.say(f"ask_{topic}", facets={"status": status})
        own = [point for point in answer.points if point.status]
        assert not own or own[0] in answer.points_shown
        more = talk.say("request_more", text="mehr dazu")
        assert [*answer.points_shown, *more.points] == answer.points
        seen += bool(own)
    assert seen or status == "soldaten"


def test_a_rule_of_the_house_is_shown_at_once(assistant: Assistant, talk: Talk) -> None:
    passages = assistant.guide.of_topic["blocking"]
    last = passages[-1].copy(update={"level": "house"})
    of_topic = {**assistant.guide.of_topic, "blocking": (*passages[:-1], last)}
    by_id = {**assistant.guide.passages, last.id: last}
    guide = type(assistant.guide)(**{**assistant.guide.__dict__, "of_topic": of_topic, "passages": by_id})
    talk.assistant = type(assistant)({"de": guide}, assistant.settings, assistant.wordings, {})
    # It fits least of the four that are shown.
    scores = {passage.id: 0.9 if place < 3 else 0.1 for place, passage in enumerate(passages)}
    answer = talk.say("ask_blocking", passages={**scores, last.id: 0.89})
    assert "house" in {point.level for point in answer.points_shown}


def test_a_channel_that_folds_gets_everything_and_no_choice_for_it(assistant: Assistant, talk: Talk) -> None:
    answer = long_answer(talk)
    ranking = [{"name": f"ask_{answer.topic}", "confidence": 0.95}]
    scores = {passage.id: 0.9 for passage in assistant.guide.of_topic[answer.topic or ""]}
    turn = assistant.turn(parsed(text="Geht so etwas?", intent_ranking=ranking, passages=scores), None, "web")
    assert turn.answer.points == answer.points
    assert turn.answer.points_at_once is None
    assert not any(item.payload.startswith("/request_more") for item in turn.answer.follow_ups)
    assert all(point.text in turn.text for point in answer.points)
    asked_for = parsed(text="mehr dazu", intent_ranking=[{"name": "request_more", "confidence": 0.95}])
    assert assistant.turn(asked_for, turn.events[0]["value"], "web").answer.points == answer.points


def test_a_disputed_point_says_so_itself_and_no_sentence_below(assistant: Assistant, talk: Talk) -> None:
    seen = set()
    for passage in (passage for topic in TOPICS for passage in anybodys(assistant, topic)):
        talk.memory = None
        answer = talk.say(f"ask_{passage.topic}", passages={passage.id: 0.9})
        assert answer.points[0].certainty == passage.certainty
        seen.add(passage.certainty)
        for sentence in assistant.wording.certainty.values():
            assert sentence not in (answer.notice or "")
    assert seen == {"settled", "disputed", "uncertain"}


def test_masking_and_the_notice_are_paragraphs_of_their_own_masking_first(assistant: Assistant, talk: Talk) -> None:
    answer = talk.say("ask_blocking", text="Darf ich […] blockieren, wenn er mich anschreibt?")
    assert answer.notices[:2] == [assistant.wording.personal_data, assistant.wording.notice]
    assert answer.notice == "\n\n".join(answer.notices)


def test_steps_are_optional_in_an_answer() -> None:
    assert Step(text="Fragen Sie nach.").cites == []
    assert Answer(outcome="smalltalk", short="Hallo.").notices == []
