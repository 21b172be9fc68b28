"""Messages with several questions, or with a question beside something else."""

from __future__ import annotations

from lotse.conversation.assistant import Assistant
from tests.answering.conftest import Talk

RANKED = {"ask_blocking": 0.6, "ask_hostility": 0.2, "ask_networking": 0.1}


BLOCK, PHOTOS = "Darf ich meinen Nachbarn sperren", "darf ich Bilder vom Fest zeigen?"


def test_two_questions_are_answered_and_named(assistant: Assistant, talk: Talk) -> None:
    answer = talk.say(
        {"ask_blocking": 0.5, "ask_likes": 0.2},
        text=f"{BLOCK} und {PHOTOS}",
        parts={BLOCK: {"ask_blocking": 0.9}, PHOTOS: {"ask_event_photos": 0.8}},
    )
    title = assistant.guide.topics["event_photos"].title
    assert (answer.outcome, answer.topic) == ("answered", "blocking")
    assert title in (answer.notice or "")
    assert answer.follow_ups[0].payload == "/ask_event_photos"
    assert talk.pick("und die zweite Frage?").topic == "event_photos"


def test_thanks_and_a_question_are_the_question(talk: Talk) -> None:
    answer = talk.say("thank", text=f"Danke! Und {PHOTOS}", parts={PHOTOS: {"ask_event_photos": 0.8}})
    assert (answer.outcome, answer.topic) == ("answered", "event_photos")


def test_thanks_and_a_complaint_are_the_complaint(assistant: Assistant, talk: Talk) -> None:
    talk.say(RANKED)
    answer = talk.say(
        "thank", text="Danke, aber das nützt nichts", parts={"aber das nützt nichts": {"not_helpful": 0.9}}
    )
    assert answer.short == assistant.wording.repair


def test_the_question_at_the_end_of_a_story_counts(talk: Talk) -> None:
    story = {"ask_hostility": 0.7, "ask_blocking": 0.1}
    answer = talk.say(story, text="Eine lange Geschichte. " * 14 + BLOCK, parts={BLOCK: {"ask_blocking": 0.9}})
    assert answer.topic == "blocking" or "/ask_blocking" in talk.offers
    assert answer.topic != "hostility"


def test_a_short_question_leans_on_the_story(talk: Talk) -> None:
    story = {"ask_secondary_employment": 0.7, "ask_networking": 0.1}
    answer = talk.say(
        story, text="Sie wollen mir etwas schenken. Annehmen?", parts={"Annehmen?": {"ask_networking": 0.9}}
    )
    assert answer.topic == "secondary_employment"


def test_a_part_that_says_nothing_clear_changes_nothing(talk: Talk) -> None:
    answer = talk.say("ask_hostility", text="Eine Geschichte. Geht das?", parts={"Geht das?": {"unclear": 0.9}})
    assert answer.topic == "hostility"


def test_both_of_two_questions_are_named(assistant: Assistant, talk: Talk) -> None:
    answer = talk.say(
        {"ask_event_photos": 0.9, "ask_networking": 0.05},
        text="Darf ich die Fotos posten? Und was ist mit Kollegen als Kontakt?",
        parts={
            "Darf ich die Fotos posten?": {"ask_event_photos": 0.95},
            "Und was ist mit Kollegen als Kontakt?": {"ask_networking": 0.4, "refine": 0.3},
        },
    )
    title = assistant.guide.topics["networking"].title
    assert answer.topic == "event_photos"
    assert assistant.wording.also.format(title=title) in (answer.notice or "")
    assert "/ask_networking" in talk.offers


def test_thanks_and_a_question_is_the_question(talk: Talk) -> None:
    talk.say("ask_event_photos")
    answer = talk.say(
        {"thank": 0.6, "unclear": 0.2, "ask_reposts": 0.1},
        text="ok danke, noch was: darf ich selber sowas teilen?",
        parts={"darf ich selber sowas teilen?": {"ask_reposts": 0.59, "unclear": 0.24}},
    )
    assert (answer.outcome, answer.topic) == ("answered", "reposts")


def test_two_questions_about_the_assistant_ask_for_no_topic(assistant: Assistant, talk: Talk) -> None:
    who, reads = "wer bist du eigentlich", "und liest jemand von meiner Behörde mit?"
    parts = {who: {"privacy": 0.7}, reads: {"ask_speaking_for_authority": 0.6}}
    answer = talk.say({"bot_challenge": 0.65, "privacy": 0.3}, text=f"{who}, {reads}", parts=parts)
    assert answer.short == assistant.wording.smalltalk["privacy"]
