"""A guided check in conversation: begun, answered in every way, left and taken up again, and ended with its result."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from lotse.answering import Answer
from lotse.answering.check_payloads import read, state_choice, written
from lotse.channels.teams.rendering.answer_message import render_teams
from lotse.checks import UNKNOWN as UNKNOWN_ID
from lotse.checks import Check, load_checks
from lotse.conversation.assistant import Assistant
from lotse.publishing.guide_pages import GuidePages
from lotse.render.text import render_text

from .conftest import Talk

FIXTURE = Path(__file__).parents[1] / "checks" / "fixture"
START = '/start_check{"check": "sample"}'
UNKNOWN = "Weiß ich nicht"
MAX_PAYLOAD = 200


@pytest.fixture(scope="module")
def with_checks(assistant: Assistant) -> Assistant:
    checks = {language: load_checks(FIXTURE, guide) for language, guide in assistant.guides.items()}
    return replace(assistant, checks=checks)


@pytest.fixture
def talk(with_checks: Assistant) -> Talk:
    return Talk(with_checks)


@pytest.fixture(scope="module")
def sample(with_checks: Assistant) -> Check:
    return with_checks.checks["de"]["sample"]


def begin(talk: Talk) -> Answer:
    return talk.say("start_check", "kannst du mein foto prüfen", known_check="sample")


def typed(talk: Talk, text: str, intents: str = "unclear", **more: object) -> Answer:
    return talk.say(intents, text, form="statement", **more)  # type: ignore[arg-type]


def labels(answer: Answer) -> list[str]:
    return [item.label for item in answer.follow_ups]


def question(answer: Answer) -> str:
    assert answer.outcome == "check", answer
    return "\n".join(filter(None, [answer.short, answer.question]))


def to_result(talk: Talk, *options: str) -> Answer:
    answer = begin(talk)
    for option in options:
        answer = talk.pick(option)
    return answer


def test_a_phrase_of_the_check_begins_it_with_the_first_question(talk: Talk) -> None:
    answer = begin(talk)
    assert "Ich stelle Ihnen höchstens vier kurze Fragen." in question(answer)
    assert "Was möchten Sie veröffentlichen?" in answer.short
    assert "Für Bilder von Menschen gilt mehr als für Texte." in answer.short
    assert answer.title == "Foto prüfen, Frage 1 von höchstens 4"
    assert labels(answer) == ["Ein Foto", "Ein Video", "Nur einen Text", UNKNOWN, "Prüfung abbrechen"]


def test_a_wish_for_a_check_begins_the_one_of_the_topic_at_hand(talk: Talk) -> None:
    talk.say("ask_event_photos")
    assert "Was möchten Sie veröffentlichen?" in question(talk.say("start_check", "kannst du das prüfen"))


@pytest.mark.parametrize("text", ["Kannst du drüberschauen?", "schau mal drüber", "can you look over my draft please"])
def test_a_wish_for_a_check_is_known_by_its_words(talk: Talk, text: str) -> None:
    assert labels(talk.say("capabilities", text)) == ["Darf ich das Foto zeigen?"]


def test_a_post_to_be_looked_at_begins_the_check_of_posts_without_asking_which(assistant: Assistant) -> None:
    answer = Talk(assistant).say(
        {"unclear": 0.4}, "Ich bin neu im Freibad, kannst du mal über meine Story drüberschauen"
    )
    assert "Was haben Sie vor?" in question(answer)


@pytest.mark.parametrize(
    "text",
    [
        "Ich habe ein Foto vom Sommerfest. Prüf das bitte mit mir!",
        "Mit einem Foto vom Sommerfest Werbung machen, bitte Schritt für Schritt prüfen",
        "Kannst du drüberschauen? Ich möchte ein Foto vom Sommerfest posten.",
    ],
)
def test_a_wish_for_a_check_may_stand_beside_the_case(talk: Talk, text: str) -> None:
    answer = talk.say({"ask_event_photos": 0.7}, text, facets={"content": "photo"})
    # What was told with it is not asked again.
    assert "Sind Menschen darauf zu erkennen?" in question(answer)
    assert "Das haben Sie schon gesagt" in answer.short


@pytest.mark.parametrize(
    "text",
    [
        "Kannst du prüfen, ob ich ein Foto vom Sommerfest posten darf?",
        "Mein Chef will prüfen, was ich poste. Darf er das?",
        "Bitte nochmal ganz kurz, Schritt für Schritt.",
    ],
)
def test_other_messages_with_its_words_are_no_wish_for_a_check(talk: Talk, text: str) -> None:
    assert talk.say("ask_event_photos", text).outcome != "check"


def test_a_wish_for_a_check_that_fits_none_offers_all(talk: Talk) -> None:
    answer = talk.say("start_check", "kannst du was prüfen")
    assert labels(answer) == ["Darf ich das Foto zeigen?"]
    assert "Was möchten Sie veröffentlichen?" in question(talk.pick("1"))


def test_without_checks_there_are_topics_to_go_through(assistant: Assistant) -> None:
    answer = Talk(replace(assistant, checks={})).say("start_check")
    assert answer.outcome == "check"
    assert all(item.payload.startswith("/ask_") for item in answer.follow_ups)


def test_the_check_is_offered_under_an_answer_of_its_topic(talk: Talk) -> None:
    answer = talk.say("ask_event_photos")
    assert START in talk.offers
    assert "Foto prüfen (Schritt für Schritt)" in labels(answer)
    assert "Was möchten Sie veröffentlichen?" in question(talk.pick(START))
    talk.say("ask_blocking")
    assert START not in talk.offers


@pytest.mark.parametrize("text", ["Nur einen Text", "3", "das dritte", "nur text", "einen text bitte", "Text"])
def test_an_option_is_picked_by_number_label_or_a_word_of_it(talk: Talk, text: str) -> None:
    begin(talk)
    answer = talk.pick(text) if text[0] in "N3d" else typed(talk, text)
    assert "bedroht" in question(answer), answer.short


def test_a_number_picks_through_the_gate_and_words_pick_through_the_turn(talk: Talk) -> None:
    begin(talk)
    assert "erkennen" in question(talk.pick("1"))
    assert "einverstanden" in question(typed(talk, "ja klar"))
    assert "bedroht" in question(typed(talk, "nein"))


def test_a_circumstance_in_the_message_answers(talk: Talk) -> None:
    begin(talk)
    assert "erkennen" in question(typed(talk, "da geht es um ein Foto von uns", facets={"content": "photo"}))


@pytest.mark.parametrize("text", ["weiß nicht", "keine Ahnung", "überspringen", "weiter", "skip", UNKNOWN])
def test_not_knowing_is_always_possible(talk: Talk, text: str) -> None:
    begin(talk)
    assert "bedroht" in question(typed(talk, text))


def test_back_by_button_and_by_word(talk: Talk) -> None:
    begin(talk)
    talk.pick("Ein Foto")
    assert "Zurück" in labels(talk.turn.answer)
    assert "veröffentlichen" in question(talk.pick("Zurück"))
    talk.pick("Ein Foto")
    talk.pick("Nein")
    assert "erkennen" in question(typed(talk, "einen Schritt zurück bitte"))
    assert "veröffentlichen" in question(typed(talk, "zurück"))
    assert "veröffentlichen" in question(typed(talk, "zurück"))


def test_stop_by_button_and_by_word_and_on_again(talk: Talk) -> None:
    begin(talk)
    talk.pick("Ein Foto")
    answer = typed(talk, "abbrechen bitte")
    assert answer.outcome == "smalltalk"
    assert talk.memory["check"] is None
    assert "erkennen" in question(talk.pick("1"))
    assert talk.pick("Prüfung abbrechen").outcome == "smalltalk"


def test_start_again(talk: Talk) -> None:
    begin(talk)
    talk.pick("Ein Foto")
    assert "veröffentlichen" in question(typed(talk, "nochmal von vorn"))
    assert talk.memory["check"]["answers"] == {}


def test_what_was_said_is_not_asked_but_shown_for_correction(talk: Talk) -> None:
    talk.say("ask_event_photos", facets={"content": "photo"}, text="Darf ich ein Foto vom Sommerfest zeigen?")
    answer = talk.pick(START)
    assert "erkennen" in question(answer)
    assert "Was möchten Sie veröffentlichen? Ein Foto. Am Ende" in answer.short
    assert answer.title == "Foto prüfen, Frage 1 von höchstens 3"
    talk.pick("Nein")
    result = talk.pick("Nein")
    assert "Ein Foto (das hatten Sie schon gesagt)" in result.points[-1].text
    review = talk.pick("Angaben ändern")
    assert "Was möchten Sie veröffentlichen? Ein Foto" in labels(review)[0]
    assert "veröffentlichen" in question(talk.pick("1"))
    changed = talk.pick("Nur einen Text")
    assert changed.verdict == "info"
    assert "schon gesagt" not in changed.points[-1].text


def test_a_question_in_between_is_answered_and_the_check_goes_on(talk: Talk) -> None:
    begin(talk)
    talk.pick("Ein Foto")
    answer = talk.say("ask_blocking", "Darf ich eigentlich jemanden blockieren?")
    assert (answer.outcome, answer.topic) == ("answered", "blocking")
    assert labels(answer)[-1] == "Weiter: Foto prüfen"
    assert "Foto prüfen" in answer.notices[-1]
    assert "erkennen" in question(talk.pick(talk.offers[-1]))
    talk.say("thank", "danke")
    assert "erkennen" in question(typed(talk, "weiter mit der Prüfung"))


def test_after_many_other_questions_the_check_is_not_called_to_mind(talk: Talk) -> None:
    begin(talk)
    for _turn in range(3):
        assert labels(talk.say("ask_blocking", "Darf ich jemanden blockieren?"))[-1] == "Weiter: Foto prüfen"
    assert "Weiter: Foto prüfen" not in labels(talk.say("ask_blocking", "Darf ich jemanden blockieren?"))
    assert "veröffentlichen" in question(typed(talk, "weiter mit der Prüfung"))


def test_why_a_question_is_asked_is_told_and_the_question_stays(talk: Talk) -> None:
    begin(talk)
    talk.pick("Ein Foto")
    answer = talk.say("request_reason", "Warum fragst du das?")
    assert answer.short == "Wer zu erkennen ist, bestimmt über sein Bild mit.\nSind Menschen darauf zu erkennen?"
    assert "einverstanden" in question(talk.pick("Ja"))


@pytest.mark.parametrize("text", ["asdf jkl", "blaue Elefanten tanzen", "🤷", "…", "42", "vielleicht so mittel"])
def test_rubbish_asks_the_question_once_more(talk: Talk, text: str) -> None:
    begin(talk)
    answer = talk.say({"unclear": 0.5, "out_of_scope": 0.3}, text, form="statement")
    assert "keiner Antwort zuordnen" in question(answer)
    assert "veröffentlichen" in answer.short
    assert "erkennen" in question(talk.pick("1"))


@pytest.mark.parametrize(
    "text", ["also darf ich das so posten?", "was genau ist daran das Problem?", "geht das so?", "Kurz: ja oder nein?"]
)
def test_whoever_asks_for_the_result_before_the_end_reads_how_it_stands(talk: Talk, text: str) -> None:
    begin(talk)
    asked = talk.pick("Ein Foto").short.splitlines()
    answer = talk.say("opening", text, form="permission")
    assert question(answer).splitlines()[-2:] == asked[-2:]
    assert labels(answer)[-1] == "Prüfung abbrechen"
    assert "nach den übrigen Fragen" in answer.short
    # The answer to the question is still taken.
    assert talk.pick(labels(answer)[0]).title != answer.title


def test_the_strictest_reason_so_far_leads_with_its_sources(assistant: Assistant) -> None:
    talk = Talk(assistant)
    talk.say("start_check", "prüf meinen post", known_check="posting")
    for option in ("Etwas Eigenes posten, auch als Story", "Privat, aber es könnte amtlich wirken"):
        talk.pick(option)
    answer = talk.say("opening", "darf ich das jetzt so posten?", form="permission")
    lead, rest = answer.short, answer.question
    words = assistant.wording.checks
    # The strictest reason comes first, with what would change it and its sources.
    assert lead.startswith(words.so_far["not_allowed"]) and "Konto der Behörde" in lead and "Ändern Sie" in lead
    assert rest is not None and rest.startswith(words.interim)
    assert answer.verdict is None
    assert answer.short_cites and all(point.cites for point in answer.points)
    cited = {*answer.short_cites, *(number for point in answer.points for number in point.cites)}
    assert cited == {item.n for item in answer.citations}


def test_a_question_that_nobody_understands_is_about_the_case_that_is_checked(talk: Talk) -> None:
    begin(talk)
    first = talk.say({"ask_likes": 0.03}, "und wenn ich das mit dem Bürgeramt weglasse?", form="other")
    assert "Was möchten Sie veröffentlichen?" in question(first)
    assert first.short.startswith(talk.assistant.wording.checks.unclear)
    # Once is enough: the next one gets topics, and a way back.
    again = talk.say({"ask_likes": 0.03}, "und wenn ich das andere weglasse?", form="other")
    assert again.outcome == "choices" and labels(again)[-1] == "Weiter: Foto prüfen"


def test_words_for_the_result_are_a_follow_up_after_a_question_in_between(talk: Talk) -> None:
    begin(talk)
    talk.say("ask_blocking", "Darf ich Leute blockieren?")
    answer = talk.say({"refine": 0.9}, "geht das?", form="permission", passages={"blocking.citizens": 0.7})
    assert answer.topic == "blocking"


def test_words_for_the_result_are_no_text_to_look_at(assistant: Assistant) -> None:
    talk = Talk(assistant)
    talk.say("start_check", "prüf meinen post", known_check="posting")
    talk.pick("Text einfügen")
    assert "Was haben Sie vor?" in question(talk.say("opening", "also darf ich das so posten?", form="permission"))


def test_danger_is_met_with_help_at_once_and_the_check_waits(talk: Talk) -> None:
    begin(talk)
    talk.pick("Nur einen Text")
    answer = talk.pick("1")
    assert answer.help is not None
    assert answer.help.kind == "violence"
    assert answer.verdict is None
    assert talk.memory["need"] == "violence"
    assert talk.pick("Weiter: Foto prüfen").verdict == "info"


def test_a_person_in_need_in_the_middle_is_met_first(talk: Talk) -> None:
    begin(talk)
    answer = talk.say("unclear", "ich kann nicht mehr, ich will nicht mehr leben", need=("crisis", 0.95))
    assert answer.help is not None
    assert talk.offers[-1].startswith("/answer_check")
    assert typed(talk, "ja").outcome != "check"


def test_the_result_names_verdict_reasons_sources_steps_and_answers(talk: Talk, with_checks: Assistant) -> None:
    answer = to_result(talk, "Ein Foto", "Ja", "Nein, nicht alle", "Nein")
    assert (answer.outcome, answer.verdict, answer.verdict_label) == ("check", "not_allowed", "Nicht erlaubt")
    assert answer.short == "So lieber nicht."
    assert answer.points[0].cites
    assert {citation.passage for citation in answer.citations} == {"event_photos.two_consents"}
    assert answer.steps[0].text == "Fragen Sie alle, die zu erkennen sind."
    assert [point.title for point in answer.points[1:]] == ["Was etwas ändern würde", "Ihre Angaben"]
    assert any("Das Foto selbst kann ich nicht sehen" in notice for notice in answer.notices)
    assert [contact.label for contact in answer.contacts] == [
        with_checks.guide.contacts["data_protection_officer"].label
    ]
    text = render_text(answer, with_checks.wording)
    for part in ("Darf ich das Foto zeigen? Nicht erlaubt.", "So lieber nicht.", "[1]", "Ihre Angaben:", "Ja."):
        assert part in text


def finished(assistant: Assistant, name: str) -> Answer:
    talk = Talk(assistant)
    answer = talk.say("start_check", "prüf das mit mir", known_check=name)
    for _ in range(20):
        if answer.verdict is not None:
            break
        answer = talk.pick(UNKNOWN)
    return answer


@pytest.mark.parametrize("name", ["tiktok", "channel"])
def test_the_result_for_an_authority_leads_to_its_documents(assistant: Assistant, name: str) -> None:
    """The same documents as from the guide's pages, made from the answers in the address alone."""
    answer, check = finished(assistant, name), assistant.checks["de"][name]
    pages = GuidePages(assistant.guides, assistant.wordings, checks=assistant.checks)
    assert [item.label for item in answer.documents] == ["Als Word-Dokument speichern", "Als Markdown speichern"]
    for item in answer.documents:
        address = urlsplit(item.url)
        query = dict(parse_qsl(address.query))
        file = pages.check_document(
            address.path.removeprefix("guide/check-"), "de", query["answers"], date(2026, 11, 29)
        )
        assert file is not None and file.name == address.path.removeprefix("guide/")
        assert query == {
            "language": "de",
            "answers": written(check, dict.fromkeys(given_questions(answer, check), "unknown"), ()),
        }
    assert not any("guide/check" in line for line in render_text(answer, assistant.wording).splitlines())


def given_questions(answer: Answer, check: Check) -> list[str]:
    [given] = [point.text for point in answer.points if point.title == "Ihre Angaben"]
    return [question.id for question in check.questions if f"{question.text} {UNKNOWN}." in given]


def test_with_the_address_of_the_chat_the_documents_are_named_in_every_channel(assistant: Assistant) -> None:
    guides = {
        name: replace(guide, chat_address="https://lotse.example.org/chat/") for name, guide in assistant.guides.items()
    }
    answer = finished(replace(assistant, guides=guides), "tiktok")
    address = f"https://lotse.example.org/chat/guide/check-tiktok.docx?{urlsplit(answer.documents[0].url).query}"
    assert answer.documents[0].url == address
    assert f"  {address}" in render_text(answer, assistant.wording, 78).splitlines()
    assert f"[Als Word-Dokument speichern]({address})" in render_teams(answer, assistant.wording)["text"]


def test_other_results_and_questions_have_no_document(assistant: Assistant) -> None:
    answer = finished(assistant, "posting")
    assert answer.verdict is not None and answer.documents == []
    assert Talk(assistant).say("start_check", "prüf das mit mir", known_check="tiktok").documents == []


def test_whoever_does_not_know_is_told_what_is_open(talk: Talk) -> None:
    answer = to_result(talk, UNKNOWN, UNKNOWN)
    assert answer.verdict == "depends"
    assert "Noch offen" in [point.title for point in answer.points]


def test_asked_for_its_sources_the_result_is_shown_again(talk: Talk) -> None:
    result = to_result(talk, "Nur einen Text", "Nein")
    again = talk.say("request_sources", "Quelle?")
    assert (again.verdict, again.citations) == (result.verdict, result.citations)


def test_after_a_result_other_questions_have_no_way_back(talk: Talk) -> None:
    to_result(talk, "Nur einen Text", "Nein")
    answer = talk.say("ask_blocking", "Darf ich jemanden blockieren?")
    assert not [name for name in talk.offers if name.startswith("/answer_check")]
    assert "Foto prüfen" not in (answer.notice or "")


def test_an_older_button_still_works_without_any_memory(with_checks: Assistant) -> None:
    """After an hour the conversation's memory is gone; the buttons that are still shown carry all answers."""
    talk = Talk(with_checks)
    begin(talk)
    talk.pick("Ein Foto")
    old = next(item for item in talk.turn.answer.follow_ups if item.label == "Ja")
    talk.memory = {"offered": [old.dict()]}
    assert "einverstanden" in question(talk.pick(old.payload))


def test_forgetting_removes_the_check(talk: Talk) -> None:
    begin(talk)
    talk.say("forget_me", "Lösch bitte alles")
    assert talk.turn.answer.follow_ups[0].payload == "/forget_me"
    assert talk.pick("/forget_me").outcome == "forgotten"
    assert talk.memory["check"] is None


def test_nothing_that_was_typed_is_kept_in_the_state(talk: Talk) -> None:
    begin(talk)
    typed(talk, "nur text")
    assert talk.memory["check"]["answers"] == {"medium": "text"}
    assert "nur text" not in json.dumps(talk.memory["check"])


def test_a_check_that_is_gone_loses_no_conversation(talk: Talk, with_checks: Assistant) -> None:
    begin(talk)
    offered = talk.offers[0]
    talk.assistant = replace(with_checks, checks={})
    assert talk.pick(offered).outcome in ("choices", "refused")
    assert talk.say("ask_blocking", "Darf ich jemanden blockieren?").outcome == "answered"


@pytest.mark.parametrize(
    "answers", ["", ".", "x", "zzzzzz.00", "{digest}", "{digest}.0", "{digest}.0z9933.0z", "{digest}..."]
)
def test_an_odd_payload_begins_the_check(talk: Talk, sample: Check, answers: str) -> None:
    digest = written(sample, {}, []).partition(".")[0]
    payload = json.dumps({"check": "sample", "answers": answers.format(digest=digest)})
    talk.memory = {"offered": [{"label": "x", "payload": f"/answer_check{payload}"}]}
    assert "veröffentlichen" in question(talk.pick(f"/answer_check{payload}"))


def test_a_button_of_a_check_that_was_changed_begins_it_anew(talk: Talk, sample: Check) -> None:
    changed = sample.copy(update={"questions": sample.questions[::-1]})
    assert read(changed, written(sample, {"medium": "photo"}, [])) is None


def test_answers_survive_the_payload(sample: Check) -> None:
    answers, told = {"medium": "photo", "people": "yes", "threat": UNKNOWN_ID}, ["medium"]
    assert read(sample, written(sample, answers, told)) == (answers, told)


def test_a_payload_is_as_short_as_the_channels_require(sample: Check) -> None:
    """Twelve answers of a check with the longest of names."""
    questions = [sample.questions[0].copy(update={"id": f"question_{n}"}) for n in range(60)]
    longest = sample.copy(update={"check": "a" * 30, "questions": questions})
    answers = {f"question_{n}": "photo" for n in range(48, 60)}
    assert len(state_choice("answer_check", longest, answers, list(answers), "x").payload) <= MAX_PAYLOAD


def test_the_check_speaks_the_language_of_the_conversation(talk: Talk) -> None:
    english = {"code": "en", "certainty": 0.99}
    answer = talk.say("start_check", "please check my picture now", known_check="sample", language=english)
    assert answer.language == "en"
    assert "What would you like to publish?" in answer.short
    assert "I don't know" in labels(answer)
