"""What people do in a conversation beside asking: deny, correct, decline, agree, begin vaguely, pick a choice."""

from __future__ import annotations

import pytest

from lotse.answering import load_settings
from lotse.answering.phrases import only_approving
from lotse.conversation.assistant import Assistant
from tests.answering.conftest import DATA, Talk

WORDS = load_settings(DATA).words
PERSON = "/request_person"
NONE = "/none_of_these"
RANKED = {"ask_blocking": 0.6, "ask_hostility": 0.2, "ask_networking": 0.1}
UNSURE = {"ask_blocking": 0.2, "ask_networking": 0.15, "ask_likes": 0.1}


# --- an answer that was wrong ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("intent", "text"), [("deny", "nein"), ("deny", "nope"), ("not_helpful", "das bringt mir nichts, danke trotzdem")]
)
def test_a_rejected_answer_is_repaired(assistant: Assistant, talk: Talk, intent: str, text: str) -> None:
    talk.say(RANKED)
    answer = talk.say(intent, text=text)
    assert (answer.outcome, answer.short) == ("choices", assistant.wording.repair)
    assert talk.offers[:2] == ["/ask_hostility", "/ask_networking"]
    assert talk.offers[-2:] == [NONE, PERSON]
    assert "/ask_blocking" not in talk.offers


@pytest.mark.parametrize("text", ["nein danke", "nö, reicht mir", "no thanks", "brauche ich nicht"])
def test_a_polite_no_is_no_complaint(assistant: Assistant, talk: Talk, text: str) -> None:
    talk.say(RANKED)
    answer = talk.say("deny", text=text)
    assert (answer.outcome, answer.short) == ("smalltalk", assistant.wording.smalltalk["deny"])


def test_a_no_after_thanks_ends_the_matter(assistant: Assistant, talk: Talk) -> None:
    talk.say(RANKED)
    talk.say("thank", text="danke")
    assert talk.say("deny", text="nein").short == assistant.wording.smalltalk["deny"]


def test_what_was_rejected_is_not_offered_again(assistant: Assistant, talk: Talk) -> None:
    talk.say(RANKED)
    talk.say("not_helpful")
    offered = {payload for payload in talk.offers if payload.startswith("/ask_")}
    for _ in range(4):
        answer = talk.pick(NONE) if NONE in talk.offers else talk.say("none_of_these")
        fresh = {payload for payload in talk.offers if payload.startswith("/ask_")}
        assert not fresh & offered
        offered |= fresh
    assert answer.short == assistant.wording.nothing_left
    assert answer.contacts
    assert [payload for payload in talk.offers if not payload.startswith("/offer_question")] == [PERSON]


def test_after_a_repair_the_next_question_is_answered(talk: Talk) -> None:
    talk.say(RANKED)
    talk.say("not_helpful")
    assert talk.say("ask_likes").outcome == "answered"
    assert talk.memory["rejected"] == []


def test_until_a_repair_is_picked_the_rejected_answer_is_at_hand(talk: Talk) -> None:
    talk.say(RANKED)
    talk.say("not_helpful")
    assert talk.say("request_person").topic == "blocking"


def test_no_to_choices_means_none_of_these(assistant: Assistant, talk: Talk) -> None:
    talk.say(UNSURE)
    answer = talk.say("deny", text="nein")
    assert answer.short == assistant.wording.nothing_left
    assert not [payload for payload in talk.offers if payload.startswith("/ask_")]


def test_a_rejection_before_any_question_asks_what_it_is_about(assistant: Assistant, talk: Talk) -> None:
    for intent in ("not_helpful", "none_of_these"):
        talk.memory = None
        assert talk.say(intent).short == assistant.wording.open_question


def test_a_corrected_circumstance_keeps_the_topic(talk: Talk) -> None:
    talk.say({"ask_private_label": 0.6, "ask_opinions": 0.2})
    text = "nein, ich meinte mein privates Konto"
    answer = talk.say({"correct_topic": 0.8, "ask_opinions": 0.1}, text=text, facets={"account": "private"})
    assert (answer.outcome, answer.topic) == ("refined", "private_label")
    assert talk.memory["facets"]["account"] == ["private"]


@pytest.mark.parametrize("intent", ["refine", "ask_opinions", "deny", "correct_topic"])
def test_a_correction_of_a_circumstance_is_known_by_its_words(talk: Talk, intent: str) -> None:
    talk.say({"ask_private_label": 0.6, "ask_opinions": 0.2})
    answer = talk.say(intent, text="nein, mein privates Konto meine ich", facets={"account": "private"})
    assert (answer.outcome, answer.topic) == ("refined", "private_label")


def test_a_circumstance_alone_is_no_correction(talk: Talk) -> None:
    talk.say({"ask_private_label": 0.6, "ask_opinions": 0.2})
    answer = talk.say("ask_opinions", text="und mein privates Konto", facets={"account": "private"})
    assert answer.topic == "opinions"


def test_a_correction_that_names_another_matter_changes_the_topic(talk: Talk) -> None:
    talk.say(RANKED)
    text = "nein, ich meinte die Freundschaftsanfrage von meinem Chef"
    answer = talk.say({"correct_topic": 0.6, "ask_networking": 0.3}, text=text, facets={"person": "superior"})
    assert (answer.outcome, answer.topic) == ("answered", "networking")


# --- short replies ---------------------------------------------------------------------------------------------------


def test_a_yes_to_an_answer_gets_a_short_reply(assistant: Assistant, talk: Talk) -> None:
    for before in ("ask_blocking", None):
        talk.memory = None
        if before:
            talk.say(before)
        answer = talk.say("affirm", text="ja")
        assert (answer.outcome, answer.short) == ("smalltalk", assistant.wording.smalltalk["affirm"])
        assert not answer.follow_ups


def test_giving_up_gets_a_short_reply(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_blocking")
    assert talk.say("decline", text="gut, dann poste ich es nicht").short == assistant.wording.smalltalk["decline"]


@pytest.mark.parametrize("text", ["👍", "🙏🏽", "❤️ 🙂", ":)", "👍👍👍", "<3"])
def test_approving_signs_are_thanks(assistant: Assistant, talk: Talk, text: str) -> None:
    talk.say("ask_blocking")
    answer = talk.say("unclear", text=text)
    assert (answer.outcome, answer.short) == ("smalltalk", assistant.wording.smalltalk["thank"])


@pytest.mark.parametrize("text", ["👎", "😡", "👍?", "🤷", ":(", "", "ok 👍"])
def test_other_signs_are_no_thanks(text: str) -> None:
    assert not only_approving(text, WORDS.approving)


# --- vague openings --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *["Hallo, ich hätte mal eine Frage", "hilfe", "ich brauche Hilfe", "Guten Morgen, es geht um ein Problem"],
        *["hi, can you help me", "I have a question"],
    ],
)
def test_a_vague_opening_is_asked_back_about(assistant: Assistant, talk: Talk, text: str) -> None:
    for before in (None, "ask_blocking"):
        talk.memory = None
        if before:
            talk.say(before)
        answer = talk.say({"out_of_scope": 0.8, "ask_likes": 0.1}, text=text)
        assert (answer.outcome, answer.short) == ("choices", assistant.wording.open_question)
        named = [f"/ask_{name}" for name in assistant.settings.opening_topics]
        assert talk.offers[: assistant.settings.choices] == named[: assistant.settings.choices]
        assert talk.offers[-2:] == [NONE, PERSON]


def test_a_named_platform_narrows_the_choices(assistant: Assistant, talk: Talk) -> None:
    answer = talk.say({"out_of_scope": 0.8}, text="wegen LinkedIn", facets={"platform": "linkedin"})
    assert answer.short == assistant.wording.open_question_on.format(platform="LinkedIn")
    assert talk.offers[0] == f"/ask_{assistant.settings.platform_topics['linkedin'][0]}"


def test_a_platform_after_an_answer_goes_on_with_it(talk: Talk) -> None:
    talk.say("ask_blocking")
    answer = talk.say({"refine": 0.6}, text="wegen LinkedIn", facets={"platform": "linkedin"})
    assert (answer.outcome, answer.topic) == ("refined", "blocking")


def test_an_unclear_follow_up_with_a_circumstance_goes_on(talk: Talk) -> None:
    talk.say("ask_blocking")
    intents = {"unclear": 0.4, "refine": 0.3, "ask_blocking": 0.1}
    answer = talk.say(intents, text="und auf Facebook?", facets={"platform": "facebook"})
    assert (answer.outcome, answer.topic) == ("refined", "blocking")


@pytest.mark.parametrize("text", ["Hallo", "ich habe ein Problem mit meinem Nebenjob", "wer hilft mir"])
def test_a_message_that_says_something_is_no_vague_opening(assistant: Assistant, talk: Talk, text: str) -> None:
    assert talk.say("ask_likes", text=text).topic == "likes"


def test_every_topic_offered_at_an_opening_is_in_the_guide(assistant: Assistant) -> None:
    settings, guide = assistant.settings, assistant.guide
    named = [*settings.opening_topics, *(name for names in settings.platform_topics.values() for name in names)]
    assert set(named) <= set(guide.topics)
    assert set(settings.platform_topics) <= set(guide.facets["platform"].values)
    assert set(settings.disclosure_contacts) <= set(guide.contacts)


# --- choices ---------------------------------------------------------------------------------------------------------


def test_a_single_choice_is_offered_in_the_singular(assistant: Assistant, talk: Talk) -> None:
    answer = talk.say({"ask_blocking": 0.2, "greet": 0.05})
    assert (answer.short, talk.offers) == (assistant.wording.choices_one, ["/ask_blocking", NONE, PERSON])


def test_after_refusals_a_question_is_read_afresh(assistant: Assistant, talk: Talk) -> None:
    for _ in range(3):
        assert talk.say("out_of_scope").outcome == "refused"
    assert talk.say({"ask_blocking": 0.25, "ask_likes": 0.2}).outcome == "choices"
    assert talk.say({"ask_blocking": 0.6, "ask_likes": 0.2}).outcome == "answered"
    assert talk.say("out_of_scope").short == assistant.wording.refused[0]


def test_choices_do_not_sharpen_the_words_of_a_refusal(assistant: Assistant, talk: Talk) -> None:
    talk.say(UNSURE)
    talk.say(UNSURE)
    assert talk.say("out_of_scope").short == assistant.wording.refused[0]


# --- buttons of older answers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("intent", ["request_simpler", "request_example", "request_person"])
def test_a_button_acts_on_the_answer_it_stands_under(assistant: Assistant, talk: Talk, intent: str) -> None:
    talk.say("ask_blocking", text="Darf ich meinen Nachbarn blockieren?", facets={"person": "family"})
    button = f'/{intent}{{"topic": "blocking"}}'
    assert button in talk.offers
    talk.say("ask_likes", text="Darf ich Beiträge der Partei liken?", facets={"content": "political"})
    assert talk.pick(button).topic == "blocking"
    assert talk.say("request_reason").topic == "blocking"
    assert "content" not in talk.memory["facets"]


def test_a_status_button_of_an_older_answer_refines_that_answer(talk: Talk) -> None:
    talk.say("ask_opinions")
    button = '/refine{"status": "beamte", "topic": "opinions"}'
    assert button in talk.offers
    talk.say("ask_blocking")
    answer = talk.pick(button)
    assert (answer.outcome, answer.topic) == ("refined", "opinions")
    assert talk.memory["facets"] == {"status": ["beamte"]}


def test_the_draft_of_an_older_answer_is_not_a_later_question(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_blocking", text="Darf ich meinen Nachbarn blockieren?")
    talk.say("ask_likes", text="Darf ich Beiträge der Partei liken?")
    talk.pick('/request_person{"topic": "blocking"}')
    assert talk.handover.question == assistant.guide.topics["blocking"].title


def test_a_topic_in_a_payload_is_no_circumstance(talk: Talk) -> None:
    talk.say("ask_blocking")
    talk.pick('/request_simpler{"topic": "blocking"}')
    assert talk.memory["facets"] == {}


# --- who a question must not go to -----------------------------------------------------------------------------------


def test_the_superior_is_no_office_for_a_question_about_them(assistant: Assistant, talk: Talk) -> None:
    superior = assistant.guide.contacts["superior"].label
    for topic in assistant.guide.topics:
        talk.memory = None
        answer = talk.say(f"ask_{topic}", text="Mein Chef macht das", facets={"person": "superior"})
        assert superior not in [contact.label for contact in answer.contacts]
        handed = talk.say("request_person")
        assert superior not in [contact.label for contact in handed.contacts] and handed.contacts
        assert "superior" not in [office.id for office in talk.handover.offices] and talk.handover.offices


def test_insults_and_scraps_never_become_the_question(talk: Talk) -> None:
    question = "Darf ich Beiträge meiner Nachbarin auf Facebook teilen?"
    talk.say("ask_reposts", text=question)
    talk.say("not_helpful", text="Du blöder Automat, das war nichts")
    talk.say({"out_of_scope": 0.7}, text="hä?")
    talk.say({"ask_likes": 0.2, "ask_opinions": 0.1}, text="echt jetzt")
    talk.say("privacy", text="liest das jemand mit?")
    talk.say("request_person", text="gib mir eine Telefonnummer")
    assert talk.handover.question == question


@pytest.mark.parametrize(("certainty", "outcome"), [(0.95, "smalltalk"), (0.6, "answered")])
def test_a_question_about_privacy_is_one_about_the_conversation_only_if_that_is_clear(
    talk: Talk, certainty: float, outcome: str
) -> None:
    # A passage about the employer's control fits “weiß mein Chef, was ich hier schreibe?” in its words.
    found = {"work_time_use.own_phone": 0.72}
    answer = talk.say({"privacy": certainty, "ask_work_time_use": 0.3}, "mit meinem Handy?", passages=found)
    assert answer.outcome == outcome
