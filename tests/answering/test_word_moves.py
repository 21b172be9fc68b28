"""Messages of closed sets in a conversation: texts, AI, anger, doubt, more, what it means, thanks and an end."""

from __future__ import annotations

import pytest

from lotse.conversation.assistant import Assistant
from tests.answering.conftest import Talk

ASKED = "Darf ich meine Nachbarin auf Instagram blockieren?"


def test_a_wish_for_a_text_gets_the_sentences_on_the_last_matter(assistant: Assistant, talk: Talk) -> None:
    first = talk.say("ask_blocking", text=ASKED)
    answer = talk.say({"out_of_scope": 0.9}, text="Formulier mir das um", form="statement")
    assert answer.outcome == "explained" and answer.topic == "blocking"
    assert answer.short == assistant.wording.samples and answer.points
    assert first.topic == answer.topic
    assert answer.citations and assistant.guide.contacts["press_office"].label in [c.label for c in answer.contacts]


@pytest.mark.parametrize(
    "text",
    [
        "Was genau sag ich ihr dann?",
        "ok und wie formulier ich das am besten",
        "gib mir nen satz",
        "hast du eine Formulierung dafür?",
        "was schreib ich dem zurück",
        "und was schreibe ich der Kollegin?",
        "what do I write back then?",
        "how should I word that",
        "Das finde ich aber unhöflich. Was schreibe ich ihr?",
    ],
)
def test_who_asks_what_to_write_gets_the_sentences_of_the_guide(assistant: Assistant, talk: Talk, text: str) -> None:
    talk.say("ask_event_photos", text="Darf ich das Foto einer Kollegin zeigen?")
    answer = talk.say({"request_example": 0.5, "ask_opinions": 0.3}, text=text)
    samples = {sample.occasion: sample for sample in assistant.guide.topics["event_photos"].samples}
    assert (answer.outcome, answer.topic, answer.verdict) == ("explained", "event_photos", None)
    assert answer.points and all(point.text == f"„{samples[point.title or ''].text}“" for point in answer.points)
    cited = {citation.n: citation.passage for citation in answer.citations}
    assert all(
        {cited[number] for number in point.cites} == {samples[point.title or ""].passage} for point in answer.points
    )


@pytest.mark.parametrize(
    ("text", "occasion"),
    [
        (
            "schreib mir einen Satz an meine Personalstelle",
            "Mail an Führungskraft oder Personalstelle, ich werde angegriffen",
        ),
        ("kannst du mir die Meldung schreiben?", "Meldung an die Plattform"),
    ],
)
def test_the_sample_for_whom_or_what_the_text_is_comes_alone(talk: Talk, text: str, occasion: str) -> None:
    talk.say("ask_hostility", text="Jemand beleidigt mich auf Facebook.")
    answer = talk.say({"unclear": 0.5}, text=text, form="statement")
    assert [point.title for point in answer.points] == [occasion]


@pytest.mark.parametrize("said", ["meine Chefin", "den Schulleiter", "meine Ausbilderin"])
def test_samples_of_an_earlier_topic_come_if_only_they_fit(assistant: Assistant, talk: Talk, said: str) -> None:
    talk.say("ask_hostility", text="Jemand bedroht mich auf Facebook.")
    talk.say("ask_likes", text="Und darf ich seine Beiträge liken?")
    answer = talk.say({"unclear": 0.5}, text=f"schreib mir einen Satz an {said}", form="statement")
    fitting = [
        item.occasion for item in assistant.guide.topics["hostility"].samples if "Führungskraft" in item.occasion
    ]
    assert len(fitting) == 2
    assert {point.title for point in answer.points} == set(fitting)


def test_a_text_for_nobody_in_particular_gets_all_samples(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_hostility", text="Jemand beleidigt mich auf Facebook.")
    answer = talk.say(
        {"unclear": 0.5}, text="Schreib mir einen Text, ich möchte nicht lange überlegen", form="statement"
    )
    samples = assistant.guide.topics["hostility"].samples
    assert len(answer.points) == min(len(samples), assistant.settings.points)


@pytest.mark.parametrize(
    "text",
    [
        "Was schreibe ich über meine Arbeit?",
        "was sag ich meinem Chef, wenn er die Seite sieht",
        "darf ich einen Satz aus der Zeitung posten",
        "was sagen meine Kollegen dazu",
    ],
)
def test_a_question_of_its_own_gets_no_sample_sentences(assistant: Assistant, talk: Talk, text: str) -> None:
    talk.say("ask_event_photos", text="Darf ich das Foto einer Kollegin zeigen?")
    answer = talk.say("ask_posting_about_work", text=text)
    assert answer.short != assistant.wording.samples


def test_a_wish_for_a_text_with_a_matter_gets_the_matter(assistant: Assistant, talk: Talk) -> None:
    answer = talk.say(
        {"out_of_scope": 0.1, "ask_event_photos": 0.8},
        text="Schreib mir einen Post mit den Fotos vom Sommerfest",
        form="statement",
    )
    assert (answer.outcome, answer.topic) == ("answered", "event_photos")
    assert answer.assumed == assistant.wording.writing_matter


def test_a_wish_for_a_text_without_a_matter_gets_topics(assistant: Assistant, talk: Talk) -> None:
    answer = talk.say("start_check", text="mach mir mal nen coolen text", form="statement")
    assert (answer.outcome, answer.short) == ("check", assistant.wording.writing)
    assert "/ask_posting_about_work" in talk.offers and "/request_person" in talk.offers


def test_a_post_to_be_translated_does_not_change_the_language(talk: Talk) -> None:
    talk.say("ask_opinions", text="May I say what I think online?", language={"code": "en", "certainty": 0.99})
    answer = talk.say("switch_language", text="could you translate my post into German please", language="de")
    assert (answer.outcome, answer.language) == ("explained", "en")


def test_whether_ai_may_be_used_names_who_decides(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_posting_about_work", text="Darf ich über meine Arbeit posten?")
    answer = talk.say("bot_challenge", text="darf ich ChatGPT für den Post benutzen?")
    assert (answer.outcome, answer.short) == ("refused", assistant.wording.tools)
    assert answer.contacts and talk.offers[0] == "/ask_posting_about_work"
    talk.say("request_person", text="gib mir jemanden")
    assert talk.handover.question == "darf ich ChatGPT für den Post benutzen?"


def test_whether_the_answer_is_by_an_ai_gets_no_menu(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_blocking", text=ASKED)
    answer = talk.say({"request_sources": 0.6}, text="Ist das von einer KI?")
    assert answer.short == assistant.wording.smalltalk["bot_challenge"]
    assert not answer.follow_ups
    assert talk.say("bot_challenge", text="bist du ein Mensch?").outcome == "smalltalk"


def test_anger_is_met_kindly_and_is_no_draft(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_blocking", text=ASKED)
    answer = talk.say(
        {"request_reason": 0.9}, text="ihr seid doch alle unfähig", form="statement", need=("crisis", 0.5)
    )
    assert answer.short == assistant.wording.vented
    assert any(offer.startswith("/request_person") for offer in talk.offers)
    talk.say("request_person", text="mit jemandem reden")
    assert talk.handover.question == ASKED


@pytest.mark.parametrize(
    ("intents", "text", "more"),
    [
        ({"ask_hostility": 0.8}, "ihr seid alle Idioten", {}),
        ({"ask_likes": 0.2}, "na super gemacht habt ihr das heute", {}),
        ({"deny": 0.9}, "nein", {}),
        ({"not_helpful": 0.9}, "das war ein Stern von fünf", {}),
        ({"refine": 0.9}, "Ich bin übrigens Beamtin", {"facets": {"status": "beamte"}, "only_tells": True}),
        ({"refine": 0.9}, "das ist ein privates Konto", {"facets": {"account": "private"}}),
        ({"ask_networking": 0.5}, "in Bayern", {}),
        ({"refine": 0.9}, "Ich bin verbeamteter Lehrer in Bayern", {"facets": {"status": "beamte"}}),
        ({"start_check": 0.9}, "schreib mir einen Post", {}),
    ],
)
def test_only_a_question_becomes_the_draft(
    talk: Talk, intents: dict[str, float], text: str, more: dict[str, object]
) -> None:
    talk.say(intents, text=text, form="statement", **more)  # type: ignore[arg-type]
    talk.say("request_person", text="mit jemandem reden")
    assert talk.handover.question == ""
    talk.memory = None
    talk.say("ask_blocking", text=ASKED)
    talk.say(intents, text=text, form="statement", **more)  # type: ignore[arg-type]
    talk.say("request_person", text="mit jemandem reden")
    assert talk.handover.question == ASKED


def test_an_empty_draft_comes_with_a_hint(assistant: Assistant, talk: Talk) -> None:
    answer = talk.say("request_person", text="ich will mit jemandem reden")
    assert assistant.wording.handover.no_question in answer.short
    talk.say("ask_blocking", text=ASKED)
    assert assistant.wording.handover.no_question not in talk.say("request_person").short


def test_doubt_gets_the_sources(assistant: Assistant, talk: Talk) -> None:
    first = talk.say("ask_blocking", text=ASKED)
    answer = talk.say({"ask_account_security": 0.5, "affirm": 0.4}, text="sicher?", form="statement")
    assert (answer.outcome, answer.topic) == ("sources", "blocking")
    assert answer.short == assistant.wording.doubting.format(title=first.title)
    assert answer.citations


@pytest.mark.parametrize("text", ["noch was?", "ok und sonst?", "hm ok. sonst noch was?", "anything else?"])
def test_asking_for_more_gets_the_rest(assistant: Assistant, talk: Talk, text: str) -> None:
    talk.say("ask_opinions", passages={"opinions.political": 0.9, "opinions.general": 0.88})
    answer = talk.say({"unclear": 0.9}, text=text, form="statement")
    assert (answer.outcome, answer.topic) == ("explained", "opinions")
    title = assistant.guide.topics["opinions"].title
    assert answer.short in (assistant.wording.more.format(title=title), assistant.wording.no_more)


@pytest.mark.parametrize(
    "text", ["Dos and Don'ts bitte", "was geht und was nicht?", "gib mir mal eine kurze Liste: do's and don'ts"]
)
def test_dos_and_donts_are_cases_with_their_verdicts(assistant: Assistant, talk: Talk, text: str) -> None:
    talk.say("ask_blocking", text=ASKED)
    answer = talk.say({"unclear": 0.9}, text=text, form="other")
    examples = [example.text for example in assistant.guide.topics["blocking"].examples]
    assert answer.points
    assert all(any(point.text.startswith(example) for example in examples) for point in answer.points)


@pytest.mark.parametrize("text", ["und wenn doch?", "und wenn ichs trotzdem mache?", "and what if I do it anyway?"])
def test_all_the_same_gets_the_consequences(talk: Talk, text: str) -> None:
    talk.say("ask_blocking", text=ASKED)
    answer = talk.say({"request_steps": 0.7}, text=text, form="other")
    assert (answer.outcome, answer.topic, answer.assumed) == ("answered", "consequences", None)


def test_what_it_means_for_me_depends_on_what_is_known(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_consequences", passages={"consequences.off_duty": 0.9})
    answer = talk.say("request_simpler", text="was heißt das für mich?", form="other")
    assert answer.short == assistant.guide.topics["consequences"].plain
    assert answer.notice == assistant.wording.ask_status
    assert any(offer.startswith('/refine{"status"') for offer in talk.offers)
    talk.memory = None
    first = talk.say("ask_consequences", passages={"consequences.off_duty": 0.9}, facets={"status": "beamte"})
    answer = talk.say("request_simpler", text="was heißt das für mich?", form="other")
    variant = next(point for point in first.points if point.status)
    assert answer.short.endswith(assistant.guide.topics["consequences"].plain)
    assert (variant.status or "") in answer.short
    assert set(answer.short_cites) <= {citation.n for citation in answer.citations}
    assert [citation.n for citation in answer.citations] == list(range(1, len(answer.citations) + 1))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("danke, das war's", "closing"),
        ("super danke ciao", "closing"),
        ("thanks, that's all", "closing"),
        ("tschüss", "goodbye"),
        ("ok. danke trotzdem", "thanks_anyway"),
    ],
)
def test_an_end_is_an_end(assistant: Assistant, talk: Talk, text: str, key: str) -> None:
    talk.say("ask_blocking", text=ASKED)
    assert talk.say("thank", text=text, form="statement").short == assistant.wording.smalltalk[key]


@pytest.mark.parametrize("text", ["sicher?", "noch was?", "und wenn doch?", "in Bayern"])
def test_without_an_answer_there_is_nothing_to_go_on_with(talk: Talk, text: str) -> None:
    assert talk.say({"ask_likes": 0.2, "ask_opinions": 0.15}, text=text, form="statement").outcome == "choices"


def test_a_state_gets_what_the_guide_says_of_it(assistant: Assistant, talk: Talk) -> None:
    first = talk.say("ask_networking", text="Darf ich Schüler hinzufügen?")
    answer = talk.say({"ask_likes": 0.4}, text="in Bayern", form="statement")
    assert (answer.outcome, answer.topic) == ("refined", "networking")
    assert answer.addressed == assistant.wording.difference["state"].format(value="Bayern")
    assert "Bayern" in answer.short and first.short in answer.short
    answer = talk.say({"ask_likes": 0.4}, text="in Bremen", form="statement")
    assert answer.addressed == assistant.wording.no_difference["state"].format(value="Bremen")
    assert answer.short == first.short


def test_a_land_that_was_told_is_kept_for_later_questions(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_networking", text="Darf ich Schüler hinzufügen?")
    talk.say({"ask_likes": 0.4}, text="in Bayern", form="statement", facets={"state": "bavaria"})
    assert talk.memory["facets"]["state"] == ["bavaria"]
    talk.say({"ask_likes": 0.4}, text="in Hessen", form="statement", facets={"state": "hesse"})
    talk.say("ask_blocking", text="Darf ich meine Chefin blockieren?")
    assert talk.memory["facets"]["state"] == ["hesse"]


def test_names_and_addresses_are_not_needed(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_hostility", text="Ein Bürger beleidigt mich im Netz, was tun?")
    told = talk.say({"ask_hostility": 0.5}, text="er heißt Herr […] und wohnt in der […]", form="statement")
    assert told.short == assistant.wording.smalltalk["named_somebody"]
    asks = talk.say({"ask_hostility": 0.5}, text="Herr […] heißt er, kann ich ihn anzeigen?", form="permission")
    assert asks.outcome != "smalltalk"


@pytest.mark.parametrize(
    "text",
    ["Das ist keine Antwort. Muss ich oder muss ich nicht??", "also was jetzt, ja oder nein", "so, can I or not?"],
)
def test_who_wants_a_yes_or_no_gets_the_short_answer_whatever_else_they_say(talk: Talk, text: str) -> None:
    talk.say("ask_blocking", text=ASKED)
    answer = talk.say({"not_helpful": 0.9}, text=text)
    assert (answer.outcome, answer.topic) == ("explained", "blocking")


@pytest.mark.parametrize(
    "wish", ["Eine Kollegin will jetzt doch nicht. Was soll ich jetzt tun?", "eine will doch nicht. was nun"]
)
def test_next_steps_are_about_what_is_told_with_the_wish(assistant: Assistant, talk: Talk, wish: str) -> None:
    talk.say("ask_event_photos", text="Darf ich Fotos vom Ausflug zeigen?")
    answer = talk.say({"request_steps": 0.9}, text=wish, passages={"event_photos.withdraw": 0.66})
    short = assistant.guide.passages["event_photos.withdraw"].short
    assert short and short in answer.short
