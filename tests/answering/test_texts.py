"""Who wants words to say or to write gets sample sentences of the guide that suit what they are for."""

from __future__ import annotations

import pytest

from lotse.answering import Memory
from lotse.answering.message_kinds import asks_for_wording, wants_a_text
from lotse.answering.question import Question
from lotse.conversation.assistant import Assistant
from tests.answering.conftest import Talk

DECLINING = "networking.applicants"
REPORTING = "consequences.data_exposed"


@pytest.mark.parametrize(
    "text",
    [
        "Ich möchte ihn nicht vor den Kopf stoßen. Wie formuliere ich eine höfliche Absage?",
        "Und wie fange ich so ein Gespräch an, ohne dass es wie ein Geständnis klingt?",
        "Wie schreibe ich ihn öffentlich an, sachlich, aber freundlich? Bitte höchstens drei Sätze.",
        "Und was sage ich der Amtsleitung, wenn sie darauf besteht?",
        "Ok danke. Und was schreib ich der Frau jetzt zurück? am besten nur 2 Sätze",
        "was soll ich meiner Ausbilderin morgen konkret sagen",
        "wie lehne ich die Anfrage des Anwalts höflich ab",
        "What should I tell my boss tomorrow?",
        "how do I put it to her nicely",
    ],
)
def test_a_question_for_words_is_recognised(assistant: Assistant, text: str) -> None:
    assert asks_for_wording(Question(text=text), assistant.settings.words)


@pytest.mark.parametrize(
    "text",
    [
        "Was soll ich jetzt machen?",
        "Wie soll ich mich verhalten?",
        "Was darf ich dazu sagen?",
        "Was kann ich über meine Arbeit schreiben?",
        "was soll ich posten und was nicht",
        "Wie lange darf ich das Foto zeigen?",
        "Sagen Sie mir, was erlaubt ist",
        "what can I post about my job",
        "",
    ],
)
def test_other_questions_are_none_for_words(assistant: Assistant, text: str) -> None:
    assert not asks_for_wording(Question(text=text), assistant.settings.words)


def test_a_polite_refusal_of_a_contact_is_among_the_sentences(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_networking", text="Ein Antragsteller möchte sich auf LinkedIn mit mir vernetzen. Annehmen?")
    text = "Ich will ihn nicht kränken. Wie lehne ich die Freundschaftsanfrage höflich ab?"
    answer = talk.say({"unclear": 0.3, "ask_blocking": 0.1}, text, passages={DECLINING: 0.6})
    samples = {sample.occasion: sample for sample in assistant.guide.topics["networking"].samples}
    assert (answer.outcome, answer.topic, answer.verdict) == ("explained", "networking", None)
    assert 1 <= len(answer.points) <= assistant.settings.samples
    assert all(point.title in samples for point in answer.points)
    assert all(point.cites for point in answer.points)


def test_a_text_about_an_earlier_matter_gets_its_sentences(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_event_photos", text="Auf der Seite vom Amt ist ein Foto von mir, keiner hat gefragt.")
    talk.say("ask_work_time_use", text="Andere Frage: Darf ich in der Pause TikTok schauen?")
    text = "kannst du mir kurz was schreiben wegen dem Foto, freundlich bitte"
    answer = talk.say({"unclear": 0.4}, text, form="statement", passages={"event_photos.withdraw": 0.6})
    assert (answer.outcome, answer.topic) == ("explained", "event_photos") and answer.points


def test_way_and_recipient_of_a_text_do_not_change_what_it_is_about(assistant: Assistant, talk: Talk) -> None:
    for text in (
        "Schreib mir bitte eine kurze Nachricht für die WhatsApp-Gruppe, mit der ich alle wegen der Fotos frage.",
        "Kannst du mir kurz eine Mail an meine Amtsleiterin schreiben, damit sie Bescheid weiß?",
    ):
        talk.memory = None
        talk.say(
            "ask_event_photos", text="Darf ich Fotos von Kollegen zeigen?", passages={"event_photos.group_chat": 0.7}
        )
        answer = talk.say({"ask_messengers": 0.4, "ask_contact_requests": 0.2}, text, form="statement")
        assert (answer.outcome, answer.topic) == ("explained", "event_photos") and answer.points


@pytest.mark.parametrize(
    "text",
    [
        "Könnten Sie mir bitte einen kurzen, sachlichen Hinweis formulieren, den wir daruntersetzen?",
        "bitte schreiben sie mir text einfach deutsch für chefin wo ich sage entschuldigung",
    ],
)
def test_a_wish_for_a_text_is_recognised_in_other_words(assistant: Assistant, text: str) -> None:
    assert wants_a_text(Question(text=text), assistant.settings.words)


@pytest.mark.parametrize("text", ["Können Sie mir sagen, was ich schreiben darf?", "schreib mir einfach, ob das geht"])
def test_who_wants_an_answer_wants_no_text(assistant: Assistant, text: str) -> None:
    assert not wants_a_text(Question(text=text), assistant.settings.words)


def test_a_post_is_not_written_whatever_a_sample_is_called(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_event_photos", text="Darf ich Fotos vom Sommerfest zeigen?")
    answer = talk.say({"ask_event_photos": 0.9}, "Schreib mir einen Post mit den Fotos", form="statement")
    assert answer.assumed == assistant.wording.writing_matter


def test_a_letter_is_compared_with_sentences_and_starts_no_check(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_blocking", text="Wir haben einen Nutzer auf dem Amtskanal gesperrt.")
    letter = "Sehr geehrter Herr [Name], Ihr Profil wurde gesperrt. Mit freundlichen Grüßen, Ihre Stadtverwaltung"
    answer = talk.say({"start_check": 0.5}, f"Ich hab das mal entworfen: „{letter}“ Geht das so?")
    assert (answer.outcome, answer.short) == ("explained", assistant.wording.letter) and answer.points
    assert assistant.settings.draft_reader.find(f"Geht das so: „{letter}“", Memory.parse_obj(talk.memory)) is None


def test_words_that_stand_in_every_wish_name_no_sample(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_consequences", text="Da war ein Name zu lesen. Muss ich das melden?", passages={REPORTING: 0.8})
    text = "Gut, das mache ich. Was schreibe ich da rein, kannst du mir das vorformulieren?"
    answer = talk.say({"unclear": 0.3, "ask_consequences": 0.1}, text, passages={REPORTING: 0.5})
    samples = {sample.occasion: sample.passage for sample in assistant.guide.topics["consequences"].samples}
    assert answer.topic == "consequences"
    assert samples[answer.points[0].title or ""] == REPORTING
