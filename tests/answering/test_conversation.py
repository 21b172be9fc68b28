"""Several turns: follow-ups, refusals, choices, what is remembered and what is forgotten."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from lotse.answering import Memory
from lotse.answering.memory import Offer
from lotse.conversation.assistant import Assistant
from tests.answering.conftest import Talk
from tests.parsed_messages import parsed

DATA = Path(__file__).parents[2] / "data"
ABOUT = ["request_sources", "request_reason", "request_simpler", "request_example"]
INTENTS = [
    *["ask_blocking", "out_of_scope", "greet", "goodbye", "thank", "affirm", "deny", "bot_challenge", "capabilities"],
    *["smalltalk", *ABOUT, "request_person", "refine", "correct_topic", "unclear", "forget_me", "start_check", "new"],
    *["decline", "not_helpful", "none_of_these", "keep_conversation", "request_short", "request_steps"],
    *["disclosure", "privacy"],
]
UNSURE = {"ask_blocking": 0.2, "ask_networking": 0.15, "ask_likes": 0.1, "greet": 0.05}


def test_the_notice_is_given_once(assistant: Assistant, talk: Talk) -> None:
    assert assistant.wording.notice in (talk.say("ask_blocking").notice or "")
    for intent in ("ask_likes", "refine", "ask_opinions"):
        assert assistant.wording.notice not in (talk.say(intent).notice or "")


def test_a_refusal_never_comes_twice_in_a_row(assistant: Assistant, talk: Talk) -> None:
    last = ""
    for turn in range(8):
        answer = talk.say("out_of_scope")
        assert answer.outcome == "refused"
        assert answer.short != last
        assert bool(answer.contacts) == (turn > 0)
        topics = [choice for choice in answer.follow_ups if choice.payload.startswith("/ask_")]
        assert 1 <= len(topics) <= assistant.settings.choices
        others = [choice.payload for choice in answer.follow_ups if choice not in topics]
        assert all(choice.payload.removeprefix("/ask_") in assistant.guide.topics for choice in topics)
        assert all(payload.startswith("/offer_question") for payload in others)
        assert answer.points == answer.citations == []
        last = answer.short


def test_every_refusal_offers_other_topics(talk: Talk) -> None:
    talk.say("out_of_scope")
    first = {payload for payload in talk.offers if payload.startswith("/ask_")}
    talk.say("out_of_scope")
    assert first.isdisjoint(talk.offers)


def test_choices_begin_with_what_the_guide_says_nearest(assistant: Assistant, talk: Talk) -> None:
    answer = talk.say(UNSURE, passages={"likes.basic": 0.57, "blocking.critics": 0.59, "blocking.press": 0.50})
    assert answer.outcome == "choices"
    assert answer.short == assistant.wording.choices_near
    passage = {citation.n: citation.passage for citation in answer.citations}
    assert [passage[point.cites[0]] for point in answer.points] == ["blocking.critics", "likes.basic"]
    # What only may be meant allows and forbids nothing.
    assert (answer.verdict, answer.topic) == (None, None)
    assert [offer for offer in talk.offers if offer.startswith("/ask_")][:2] == ["/ask_blocking", "/ask_networking"]


def test_the_likeliest_topic_is_answered_if_the_best_passage_of_all_is_its_own(
    assistant: Assistant, talk: Talk
) -> None:
    settled = assistant.settings.settled_at
    answer = talk.say(UNSURE, passages={"blocking.critics": settled, "networking.dating": 0.50})
    assert (answer.outcome, answer.topic) == ("answered", "blocking")
    # How it was understood is said, with a way to correct it.
    assert answer.assumed and "/correct_topic" in " ".join(talk.offers)
    talk.memory = None
    # Of a topic that is less likely by the message as a whole it tells nothing.
    assert talk.say(UNSURE, passages={"networking.dating": settled}).outcome == "choices"
    talk.say("none_of_these")
    # What was offered and not meant is not answered because a passage fits.
    assert talk.say(UNSURE, passages={"blocking.critics": settled}).outcome == "choices"


def test_choices_show_nothing_that_is_not_near_or_not_likely(assistant: Assistant, talk: Talk) -> None:
    answer = talk.say(UNSURE, passages={"blocking.critics": assistant.settings.choice_point_at - 0.01})
    assert (answer.outcome, answer.points, answer.citations) == ("choices", [], [])
    assert answer.short == assistant.wording.choices
    together = {"blocking.critics": 0.50, "consequences.off_duty": 0.40}
    unlikely = talk.say(UNSURE, passages={"consequences.off_duty": 0.60}, passages_in_context=together)
    assert unlikely.points == []


def test_being_unsure_again_says_so_in_other_words_and_names_offices(talk: Talk) -> None:
    first = talk.say(UNSURE)
    anything = {f"ask_{topic}": 0.05 for topic in talk.assistant.guide.topics}
    second, third = (talk.say(anything, text="wie gesagt, so eine Sache, die ich neulich hatte") for _ in range(2))
    assert [first.outcome, second.outcome, third.outcome] == ["choices"] * 3
    offered = ["/ask_blocking", "/ask_networking", "/ask_likes", "/none_of_these", "/request_person"]
    assert [item.payload for item in first.follow_ups] == offered
    assert first.short != second.short
    assert not first.contacts
    assert second.contacts and third.contacts


@pytest.mark.parametrize("intent", ["correct_topic", *ABOUT])
def test_no_intent_ends_in_the_same_choices_for_ever(talk: Talk, intent: str) -> None:
    answers = [talk.say({intent: 0.9}) for _ in range(4)]
    texts = [(answer.outcome, answer.short, *(item.payload for item in answer.follow_ups)) for answer in answers]
    assert any(one != texts[0] for one in texts[1:])


def test_correcting_again_and_again_does_not_go_in_circles(talk: Talk) -> None:
    talk.say("ask_blocking")
    answers = [talk.say({"correct_topic": 0.9}) for _ in range(4)]
    texts = [(answer.outcome, answer.short, *(item.payload for item in answer.follow_ups)) for answer in answers]
    assert any(one != texts[0] for one in texts[1:])


def test_nothing_understood_still_offers_something(talk: Talk) -> None:
    first, second = talk.say({}), talk.say({})
    assert (first.outcome, second.outcome) == ("choices", "choices")
    assert first.follow_ups[0] != second.follow_ups[0]


@pytest.mark.parametrize(("number", "topic"), [("1", "blocking"), ("2.", "networking"), (" 3) ", "likes")])
def test_a_choice_is_picked_by_number(talk: Talk, number: str, topic: str) -> None:
    talk.say(UNSURE)
    answer = talk.pick(number)
    assert (answer.outcome, answer.topic) == ("answered", topic)


def test_a_bare_number_without_a_choice_is_said_so(assistant: Assistant, talk: Talk) -> None:
    assert talk.say("out_of_scope", text="7").short == assistant.wording.problems["command"]


def test_yes_takes_the_first_choice(talk: Talk) -> None:
    talk.say(UNSURE)
    assert talk.say("affirm", text="ja genau").topic == "blocking"


def test_yes_to_what_was_no_question_of_ours_picks_nothing(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_blocking")
    agreed = talk.say("affirm", text="ja ok")
    assert (agreed.outcome, agreed.short) == ("smalltalk", assistant.wording.smalltalk["affirm"])
    assert talk.say("out_of_scope").follow_ups
    assert talk.say("affirm", text="ja ok, war ein Versuch").outcome == "smalltalk"


def test_yes_with_a_circumstance_goes_on(talk: Talk) -> None:
    talk.say("ask_blocking")
    answer = talk.say("affirm", text="ja, als Beamtin", facets={"status": "beamte"})
    assert (answer.outcome, answer.topic) == ("refined", "blocking")
    assert talk.memory["facets"] == {"status": ["beamte"]}


def test_yes_to_nothing_is_no_question(talk: Talk) -> None:
    assert talk.say("affirm", text="ja").outcome in ("choices", "smalltalk")


def test_what_was_offered_before_stays_valid(talk: Talk) -> None:
    talk.say(UNSURE)
    talk.say("ask_opinions")
    talk.say("thank")
    assert talk.pick("/ask_likes").topic == "likes"


def test_sources_are_those_of_the_answer_shown(assistant: Assistant, talk: Talk) -> None:
    shown = talk.say("ask_blocking", passages={"blocking.press": 0.9, "blocking.critics": 0.88})
    answer = talk.say("request_sources")
    passages = list(dict.fromkeys(citation.passage for citation in shown.citations))
    assert list(dict.fromkeys(citation.passage for citation in answer.citations)) == passages
    assert "blocking.press" in passages


def test_reason_and_plain_words_are_the_topics_own(assistant: Assistant, talk: Talk) -> None:
    topic = assistant.guide.topics["blocking"]
    talk.say("ask_blocking")
    assert [point.text for point in talk.say("request_reason").points] == [topic.why.text]
    assert talk.say("request_simpler").short == topic.plain


def test_examples_carry_their_verdict(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_blocking")
    answer = talk.say("request_example")
    texts = {
        f"{example.text} ({assistant.wording.verdicts[example.verdict]})": example.passage
        for example in assistant.guide.topics["blocking"].examples
    }
    assert answer.points
    for point in answer.points:
        assert {answer.citations[number - 1].passage for number in point.cites} == {texts[point.text]}


def test_a_question_about_no_answer_asks_which(assistant: Assistant, talk: Talk) -> None:
    answer = talk.say({"request_sources": 0.9})
    assert (answer.outcome, answer.short) == ("choices", assistant.wording.no_topic)
    assert answer.follow_ups


def test_a_person_to_ask_without_a_topic(assistant: Assistant, talk: Talk) -> None:
    answer = talk.say({"request_person": 0.9})
    assert (answer.outcome, answer.topic) == ("handed_over", None)
    assert len(answer.contacts) == len(assistant.settings.general_contacts)


def test_a_correction_answers_the_other_topic(talk: Talk) -> None:
    talk.say({"ask_blocking": 0.6, "ask_networking": 0.1})
    answer = talk.say({"correct_topic": 0.6, "ask_blocking": 0.2, "ask_networking": 0.1})
    assert (answer.outcome, answer.topic) == ("answered", "networking")
    assert talk.memory["earlier_topics"] == ["blocking"]


def test_a_correction_without_a_hint_offers_what_else_was_meant(assistant: Assistant, talk: Talk) -> None:
    talk.say({"ask_blocking": 0.6, "ask_networking": 0.1, "ask_likes": 0.05})
    answer = talk.say({"correct_topic": 0.9})
    assert (answer.outcome, answer.short) == ("choices", assistant.wording.corrected)
    assert talk.offers[:2] == ["/ask_networking", "/ask_likes"]


def test_a_short_follow_up_keeps_the_topic(talk: Talk) -> None:
    talk.say("ask_blocking")
    answer = talk.say(
        {"refine": 0.5, "ask_blocking": 0.2, "ask_likes": 0.1}, text="und auf TikTok?", facets={"platform": "tiktok"}
    )
    assert (answer.outcome, answer.topic) == ("refined", "blocking")
    assert talk.memory["facets"]["platform"] == ["tiktok"]


def test_a_follow_up_may_change_the_topic(talk: Talk) -> None:
    talk.say("ask_blocking")
    found = {"likes.basic": 0.6, "blocking.private_account": 0.3}
    answer = talk.say({"refine": 0.2, "ask_likes": 0.7, "ask_blocking": 0.02}, text="und liken?", passages=found)
    assert (answer.outcome, answer.topic) == ("answered", "likes")


def test_status_lasts_and_circumstances_of_one_question_do_not(talk: Talk) -> None:
    talk.say("ask_blocking", facets={"status": "beamte", "person": "press"})
    talk.say("ask_likes")
    assert talk.memory["facets"] == {"status": ["beamte"]}


def test_forgetting_forgets_everything(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_blocking", facets={"status": "beamte"})
    assert talk.say("forget_me").outcome == "choices"
    answer = talk.pick("/forget_me")
    assert answer.outcome == "forgotten"
    assert talk.memory == Memory().dict()
    assert [(event["name"], event["value"]) for event in talk.turn.events] == [
        ("memory", Memory().dict()),
        ("erase", True),
    ]
    assert assistant.wording.notice in (talk.say("ask_blocking").notice or "")


def test_no_typed_message_erases_unasked(talk: Talk) -> None:
    for intent in INTENTS:
        assert talk.say(intent).outcome != "forgotten"
        assert "erase" not in {event["name"] for event in talk.turn.events}


@pytest.mark.parametrize("problem", ["empty", "too_long", "command"])
def test_what_could_not_be_read_is_said_so(assistant: Assistant, problem: str) -> None:
    answer = assistant.turn(parsed(text="x", problem=problem), None, "rest").answer
    assert (answer.outcome, answer.retry) == ("error", False)
    assert answer.short == assistant.wording.problems[problem].format(limit=assistant.settings.max_characters)


def test_the_memory_holds_only_the_last_question_and_its_addition(talk: Talk) -> None:
    for number, intent in enumerate(INTENTS * 2):
        talk.say(intent, text=f"Ist das Nummer-{number}, und darf ich das {intent}?")
        kept = str(talk.memory)
        # A question that was not answered stands there once more, to be given if the person wants.
        assert len(set(re.findall(r"Nummer-\d+", kept))) <= 2
        # What says something about the conversation is no question to the guide.
        assert (
            intent in ("ask_blocking", "out_of_scope", "refine", "correct_topic", "new")
            or f"Nummer-{number}," not in kept
        )
    talk.say("forget_me")
    talk.pick("/forget_me")
    assert "Nummer-" not in str(talk.memory)


@pytest.mark.parametrize("intent", INTENTS)
def test_every_intent_is_answered_at_every_point(assistant: Assistant, talk: Talk, intent: str) -> None:
    for before in ([], ["ask_blocking"], ["out_of_scope"], ["ask_blocking", "start_check"], ["forget_me"]):
        talk.memory = None
        for earlier in before:
            talk.say(earlier)
        answer = talk.say(intent)
        assert answer.short.strip()
        assert talk.turn.text.strip()
        assert len(talk.turn.text) < 8000
        for payload in talk.offers:
            kept = talk.memory
            assert talk.pick(payload).outcome != "error"
            talk.memory = kept


def test_every_outcome_is_reachable(talk: Talk) -> None:
    steps = ["ask_blocking", "refine", *ABOUT, "request_person", "start_check", "greet", "forget_me", "out_of_scope"]
    outcomes = {talk.say(step).outcome for step in steps} | {talk.say({}).outcome}
    talk.memory = None
    outcomes.add(talk.say("x", text="9").outcome)
    talk.say("forget_me")
    outcomes.add(talk.pick("/forget_me").outcome)
    talk.memory = None
    outcomes.add(talk.say(UNSURE).outcome)
    assert outcomes == {
        *["answered", "refined", "sources", "explained", "choices", "refused", "handed_over", "check"],
        *["smalltalk", "forgotten", "error"],
    }


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """The content of an authority that has replaced everything the topic `blocking` rests on."""
    data = tmp_path_factory.mktemp("data")
    for part in ("guide", "vocabulary", "house", "wording", "help", "word_lists"):
        shutil.copytree(DATA / part, data / part)
    shutil.copy(DATA / "answering.yml", data)
    shutil.copy(DATA / "conversation_model.yml", data)
    shutil.copy(DATA / "improvement.yml", data)
    rules = data / "house" / "rules" / "ours.yml"
    rules.parent.mkdir(exist_ok=True)
    rules.write_text("topic: blocking\npassages:\n", encoding="utf-8")
    for number, name in enumerate(Assistant.load(DATA).guide.topics["blocking"].rests_on):
        with rules.open("a", encoding="utf-8") as file:
            file.write(f"""  - id: blocking.ours_{number}
    title: Regel des Hauses
    text: In unserem Haus blockiert nur die Pressestelle, und sie schreibt jedes Mal einen Vermerk ({number}).
    questions: [Wer blockiert bei uns?, Darf ich in unserem Haus blockieren?, Was sagt unsere Hausregel?]
    cites: [{{source: tum_guide, section: blockierung}}]
    reviewed: 2026-01-01
    review_by: 2099-01-01
    verdict: not_allowed
    short: In unserem Haus blockiert nur die Pressestelle.
    overrides: {name}
""")
    return Assistant.load(data)


@pytest.mark.parametrize("shown", [[], ["blocking.gone"]])
@pytest.mark.parametrize("intent", ABOUT)
def test_house_rules_carry_what_rested_on_a_replaced_passage(
    house: Assistant, talk: Talk, intent: str, shown: list[str]
) -> None:
    talk.assistant = house
    talk.memory = Memory(topic="blocking", shown=shown).dict()
    answer = talk.say({intent: 0.9})
    assert answer.citations
    assert {citation.passage for citation in answer.citations} - set(house.guide.passages) == set()
    steps = {step.passage for step in house.guide.topics["blocking"].steps}
    if intent in ("request_sources", "request_simpler"):
        assert {citation.passage.split("_")[0] for citation in answer.citations if citation.passage not in steps} == {
            "blocking.ours"
        }


def test_a_house_rule_is_among_the_foundations_of_an_answer(house: Assistant, talk: Talk) -> None:
    talk.assistant = house
    others = [passage.id for passage in house.guide.of_topic["blocking"] if passage.level == "guide"]
    answer = talk.say("ask_blocking", passages={**dict.fromkeys(others, 0.9), "blocking.ours_0": 0.1})
    assert "house" in {point.level for point in answer.points}
    assert f"[{house.wording.text['house']}]" in talk.turn.text


def test_a_picked_topic_begins_with_the_house_rule(house: Assistant, talk: Talk) -> None:
    talk.assistant = house
    # The replaced passages do not stand first in this order.
    passages = house.guide.of_topic["blocking"]
    reordered = tuple(sorted(passages, key=lambda passage: passage.level == "house"))
    guide = replace(house.guide, of_topic={**house.guide.of_topic, "blocking": reordered})
    talk.assistant = replace(house, guides={**house.guides, "de": guide})
    talk.memory = Memory(offered=[Offer(label="…", payload="/ask_blocking")]).dict()
    assert talk.pick("/ask_blocking").points[0].level == "house"


@pytest.mark.parametrize("problem", ["empty", "too_long", "command"])
def test_an_unreadable_message_does_not_change_the_topic(assistant: Assistant, talk: Talk, problem: str) -> None:
    talk.say({"ask_blocking": 0.8, "ask_networking": 0.1})
    turn = assistant.turn(parsed(text="", problem=problem), talk.memory, "rest")
    talk.memory = turn.events[0]["value"]
    assert talk.say({"request_sources": 0.9}).topic == "blocking"


def test_a_follow_up_after_choices_leans_on_the_likeliest(talk: Talk) -> None:
    assert talk.say(UNSURE).outcome == "choices"
    assert talk.say({"request_reason": 0.9}).topic == "blocking"


def test_a_follow_up_after_a_refusal_leans_on_the_last_answer(talk: Talk) -> None:
    talk.say("ask_opinions")
    talk.say("out_of_scope")
    assert talk.say({"request_reason": 0.9}).topic == "opinions"


def test_a_message_that_names_nothing_is_asked_back_about(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_blocking")
    answer = talk.say("unclear", text="und das andere?")
    assert (answer.outcome, answer.short) == ("choices", assistant.wording.ask_back)
    offered = [item.payload for item in answer.follow_ups]
    related = assistant.guide.topics["blocking"].related
    assert set(offered) & {f"/ask_{name}" for name in related}
    assert talk.pick(offered[0]).outcome == "answered"


def test_a_message_without_words_is_no_question(talk: Talk) -> None:
    assert talk.say("ask_blocking", text="🤷🤷🤷").outcome == "smalltalk"
    talk.say("ask_blocking")
    assert talk.say("refine", text="…?!").outcome == "choices"


def test_who_only_introduces_themselves_is_asked_what_they_want_to_know(assistant: Assistant, talk: Talk) -> None:
    answer = talk.understood(
        parsed(
            text="Ich bin Beamtin",
            intent_ranking=[{"name": "refine", "confidence": 0.95}],
            entities=[{"entity": "status", "value": "beamte"}],
            only_tells=True,
        )
    )
    assert answer.outcome == "choices"
    assert answer.short == assistant.wording.introduced.format(status="Beamtinnen und Beamte")
    assert talk.say("ask_opinions").addressed == "Antwort für Beamtinnen und Beamte."
