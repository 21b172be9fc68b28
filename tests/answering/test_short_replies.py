"""Short messages after an answer: yes or no, where it stands, what to do now, who helps, you got me wrong."""

from __future__ import annotations

import pytest

from lotse.conversation.assistant import Assistant
from tests.answering.conftest import Talk

BREACH = {"work_time_use.breach": 0.7}


def test_yes_or_no_after_information_says_that_there_is_none(assistant: Assistant, talk: Talk) -> None:
    first = talk.say("ask_work_time_use", text="Was droht mir bei einem Verstoß?", form="other", passages=BREACH)
    assert first.verdict == "info"
    answer = talk.say("request_short", text="sag mir kurz: ja oder nein?", form="other")
    assert answer.short.startswith(assistant.wording.no_yes_or_no.partition("{")[0])
    assert assistant.wording.verdicts["info"] not in answer.short
    answer = talk.say("request_short", text="kurz bitte", form="statement")
    assert answer.short.startswith(assistant.wording.in_short.partition("{")[0])


def test_yes_or_no_after_a_verdict_gets_the_verdict(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_event_photos", passages={"event_photos.two_consents": 0.7})
    answer = talk.say("request_short", text="ja oder nein?", form="statement")
    assert answer.short.startswith(assistant.wording.verdicts["depends"])


def test_a_reply_that_is_not_from_the_guide_has_no_source(assistant: Assistant, talk: Talk) -> None:
    talk.say({"out_of_scope": 0.95}, text="Wie wird das Wetter?")
    answer = talk.say("request_sources", text="wo steht das?")
    assert (answer.outcome, answer.short) == ("choices", assistant.wording.no_sources)
    first = talk.say("ask_blocking")
    talk.say({"out_of_scope": 0.95}, text="Wie wird das Wetter morgen in Berlin?")
    answer = talk.say("request_sources", text="wo steht das?")
    assert answer.short.startswith(assistant.wording.no_sources_there)
    assert (first.title or "") in answer.short and answer.citations


def test_what_to_do_now_begins_with_the_passage_that_led(assistant: Assistant, talk: Talk) -> None:
    first = talk.say("ask_event_photos", text="Darf ich fremde Fotos?", passages={"event_photos.valid_consent": 0.8})
    assert first.short == assistant.guide.passages["event_photos.valid_consent"].short
    answer = talk.say("request_steps", text="und was mach ich jetzt?", form="other")
    assert first.short in answer.short and answer.short.endswith(assistant.wording.steps)
    assert {step.text for step in answer.steps} == {s.text for s in assistant.guide.topics["event_photos"].steps}
    assert [citation.n for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert answer.short_cites[0] == 1
    # The second of the topic's steps rests on it.
    own = [s.text for s in assistant.guide.topics["event_photos"].steps if s.passage == "event_photos.valid_consent"]
    assert [step.text for step in answer.steps[: len(own)]] == own != []


def test_what_to_do_now_after_the_answer_of_a_topic_is_its_steps(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_event_photos")
    assert talk.say("request_steps", text="und was mach ich jetzt?").short == assistant.wording.steps


def test_a_short_question_that_names_no_matter_is_asked_of_the_topic_at_hand(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_event_photos", passages={"event_photos.form": 0.7})
    far = {passage.id: 0.2 for passage in assistant.guide.of_topic["event_photos"]}
    asked = {**far, "event_photos.two_consents": 0.66, "reposts.photos": 0.5}
    answer = talk.say({"unclear": 0.6}, text="muss ich die fragen?", form="other", passages=asked)
    assert (answer.outcome, answer.short) == ("refined", assistant.guide.passages["event_photos.two_consents"].short)


@pytest.mark.parametrize(
    ("text", "passages"),
    [
        ("das andere", {}),
        ("die anderen", {}),
    ],
)
def test_a_message_that_fits_nothing_at_hand_is_asked_back_about(
    assistant: Assistant, talk: Talk, text: str, passages: dict[str, float]
) -> None:
    talk.say("ask_event_photos", passages={"event_photos.form": 0.7})
    answer = talk.say({"unclear": 0.9}, text=text, form="other", passages=passages)
    assert answer.short == assistant.wording.ask_back


@pytest.mark.parametrize(
    "text",
    [
        "du verstehst mich nicht",
        "ihr versteht mich einfach nicht",
        "das hast du falsch verstanden",
        "wir reden aneinander vorbei",
        "you don't understand me",
    ],
)
def test_who_feels_misunderstood_gets_the_answer_repaired(assistant: Assistant, talk: Talk, text: str) -> None:
    talk.say({"ask_blocking": 0.6, "ask_hostility": 0.2})
    answer = talk.say({"request_simpler": 0.46, "correct_topic": 0.45}, text=text, form="statement")
    assert (answer.outcome, answer.short) == ("choices", assistant.wording.repair)
    assert talk.memory["repairing"] and "/ask_blocking" not in talk.offers
    answer = talk.say({"request_simpler": 0.9}, text=text, form="statement")
    assert answer.short != assistant.wording.repair


@pytest.mark.parametrize("text", ["ich verstehe das nicht", "Kann mich jemand falsch verstehen, wenn ich das poste?"])
def test_who_does_not_understand_gets_an_explanation(assistant: Assistant, talk: Talk, text: str) -> None:
    talk.say({"ask_blocking": 0.6, "ask_hostility": 0.2})
    assert talk.say("request_simpler", text=text, form="statement").short == assistant.guide.topics["blocking"].plain


def test_whether_somebody_helps_is_answered_if_the_guide_says_so(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_hostility", text="Ich werde beleidigt, was tun?", form="other", passages={"hostility.insults": 0.7})
    helps = {"hostility.employer_helps": 0.54, "hostility.insults": 0.5}
    best = {"messengers.work_and_breaks": 0.57}
    text = "hilft mir da mein Arbeitgeber?"
    answer = talk.say("request_person", text=text, form="other", passages=best, further_passages=helps)
    assert (answer.outcome, answer.topic) == ("refined", "hostility")
    assert answer.short == assistant.guide.passages["hostility.employer_helps"].short


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("wer hilft mir da, mein Arbeitgeber?", 0.6),
        ("hilft mir da mein Arbeitgeber?", 0.28),
        ("kann mir da jemand helfen?", 0.6),
    ],
)
def test_otherwise_it_asks_for_somebody_to_turn_to(talk: Talk, text: str, score: float) -> None:
    talk.say("ask_hostility", text="Ich werde beleidigt, was tun?", form="other", passages={"hostility.insults": 0.7})
    helps = {"hostility.employer_helps": score}
    best = {"messengers.work_and_breaks": 0.57}
    answer = talk.say("request_person", text=text, form="other", passages=best, further_passages=helps)
    assert answer.outcome == "handed_over"
