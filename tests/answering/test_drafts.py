"""The pasted text of a post: told from other messages, read for signs, proposing answers, and kept nowhere."""

from __future__ import annotations

import json

import pytest

from lotse.answering import Answer, Memory
from lotse.answering.drafts import PastedDraft, parsed_draft
from lotse.answering.input_gate import GatedMessage, gate
from lotse.answering.memory import CheckState
from lotse.answering.personal_data import MASK
from lotse.answering.question import ParsedMessage
from lotse.checks import proposed
from lotse.conversation.assistant import Assistant
from tests.parsed_messages import parsed

from .conftest import Talk

POST = "Heute hat Sabine vom Bauamt wieder alles verschlafen, was für ein Saftladen bei uns im Haus"
HARMLESS = "Heute war es im Garten wunderbar warm und die Tomaten wachsen"
ASKED = Memory(check=CheckState(check="posting", awaiting=True))
PASTE = '/start_check{"check": "posting", "answers": "paste"}'


def passed(assistant: Assistant, text: str, memory: Memory | None = None) -> GatedMessage:
    settings = assistant.settings
    return gate(text, memory or Memory(), settings.max_characters, settings.words.picks, settings.draft_reader)


def draft_of(assistant: Assistant, text: str, memory: Memory | None = None) -> PastedDraft:
    found = passed(assistant, text, memory).draft
    assert found is not None
    return found


def paste(talk: Talk, text: str, facets: dict[str, str] | None = None) -> Answer:
    """A message with a draft, as the patched Rasa passes it on."""
    gated = passed(talk.assistant, text, Memory.read(talk.memory))
    assert gated.draft is not None
    entities = [{"entity": name, "value": value} for name, value in (facets or {}).items()]
    parse = parsed(text=gated.draft.masked, entities=entities, intent={"name": "ask_opinions", "confidence": 0.9})
    kept = parsed_draft(gated.text, gated.draft, parse, talk.assistant.settings.drafts.facets, "start_check")
    answer = talk.understood(kept)
    assert "Garten" not in json.dumps([kept, talk.memory]) and "Saftladen" not in json.dumps([kept, talk.memory])
    return answer


def labels(answer: Answer) -> list[str]:
    return [item.label for item in answer.follow_ups]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Kannst du meinen Post prüfen:\n", ""),
        ("Hallo, schau mal bitte drüber: ", ""),
        ("Darf ich das so posten: „", "“"),
        ("Hier ist mein Entwurf:\n\n", ""),
        ("„", "“ – kann ich das so posten?"),
        ("", "\n\nKannst du da mal drüberschauen?"),
        ("Can you check my draft: ", ""),
        ("„", "“"),
        ("drüberschauen? ", ""),
        ("Drüberschauen bitte – ", ""),
        ("kannst du mal über meinen Post schauen: ", ""),
        ("Kannst du mal über meinen Post schauen? ", ""),
        ("Kannst du mal über meinen Post schauen? „", "“"),
        ("kannst du mal über meinen post schauen '", "'"),
        ("Könnten Sie bitte einen Blick auf meinen Kommentar werfen? »", "«"),
        ("Hi, kannst du mal kurz drüberlesen? Will das auf LinkedIn posten: ", ""),
        ("also so: „", "“ kannst du drüberlesen bevor ichs abschicke"),
        ("check mal: ‚", "‘"),
        ("schade, dann schau mal: „", "“ ok so?"),
        ("Could you look over this? ", ""),
        ("Can you have a look at my post: ", ""),
    ],
)
def test_a_text_to_look_at_is_a_draft_and_is_not_passed_on(assistant: Assistant, before: str, after: str) -> None:
    gated = passed(assistant, f"{before}{HARMLESS}{after}")
    assert gated.draft is not None and gated.draft.masked.strip() == HARMLESS
    assert MASK in gated.text and "Garten" not in gated.text
    assert gated.problem is None


@pytest.mark.parametrize(
    "text",
    [
        "Kannst du meinen Post prüfen?",
        "Kannst du drüberschauen? Ich möchte ein Foto vom Sommerfest mit Kolleginnen posten.",
        "Darf ich auf LinkedIn schreiben: „Unser Amt ist das beste Amt im ganzen Land“?",
        "Meine Frage: Darf ich in der Mittagspause mein Handy benutzen oder eher nicht?",
        "Ich habe gestern etwas Dummes gepostet:\nein Bild aus dem Einsatz mit dem Kennzeichen eines Autos",
        "Was bedeutet „Mäßigung“ für mich als Beamtin?",
        "Kannst du mal über meinen Post schauen?",
        "Kannst du drüberschauen? Auf dem Foto sind drei Kolleginnen zu sehen.",
        "Kannst du prüfen: darf ich als Beamtin auf Instagram Werbung für Kosmetik machen",
        "Darf ich das posten? Mein Chef hat gesagt, dass das nicht geht.",
        "Jemand hat mich „eine richtig faule Socke“ genannt. Ist das erlaubt?",
        "Der Chef will prüfen, ob ich „so ein Amt hat die Welt nicht gesehen“ schreiben durfte",
        "Darf ich unter #metoo und #blacklivesmatter etwas schreiben oder liken?",
        "/start_check",
    ],
)
def test_other_messages_are_no_drafts(assistant: Assistant, text: str) -> None:
    assert passed(assistant, text).draft is None


@pytest.mark.parametrize(
    "text",
    [
        f"Bei uns im Haus ist die Hölle los. Kannst du drüberschauen? {HARMLESS}",
        f"Kannst du drüberschauen: Der Chef sagte „jetzt reicht es aber wirklich“ und ging. {HARMLESS}",
        f"Kannst du das prüfen: „{HARMLESS}“ oder lieber so: „Im Garten war die Hölle los, jetzt reicht es“",
        f"„{HARMLESS}“, sagt der Chef, „jetzt reicht es aber wirklich“. Kannst du mal drüberschauen?",
    ],
)
def test_of_a_message_with_a_draft_only_the_wish_to_look_at_it_is_kept(assistant: Assistant, text: str) -> None:
    """What else stands around it may belong to it."""
    gated = passed(assistant, text)
    assert gated.draft is not None
    for word in ("Garten", "reicht", "Hölle", "Chef"):
        assert word not in gated.text


def test_a_wish_to_look_at_a_post_without_its_text_begins_the_check(talk: Talk) -> None:
    for text in ("Kannst du mal über meinen Post schauen?", "Würden Sie sich meinen Entwurf bitte ansehen?"):
        assert talk.say({"ask_opinions": 0.4}, text).outcome == "check"


def test_hashtags_make_a_draft(assistant: Assistant) -> None:
    assert passed(assistant, f"{HARMLESS} #garten #sommer").draft is not None
    assert passed(assistant, f"{HARMLESS} #garten").draft is None


def test_when_asked_for_any_text_is_the_draft_but_not_a_move(assistant: Assistant) -> None:
    assert draft_of(assistant, "Wer kommt mit?", ASKED).masked == "Wer kommt mit?"
    assert passed(assistant, "Wer kommt mit?", ASKED).text == MASK
    for move in (
        "abbrechen",
        "zurück",
        "lieber nicht",
        "überspringen",
        "weiß ich nicht",
        "bitte die Prüfung abbrechen",
    ):
        assert passed(assistant, move, ASKED).draft is None, move


@pytest.mark.parametrize("lead", ["Neue Version:", "Also:", "Dann so:", "Here:"])
def test_while_a_post_is_looked_at_a_few_words_before_a_quotation_are_enough(assistant: Assistant, lead: str) -> None:
    looking = Memory(check=CheckState(check="posting"))
    assert draft_of(assistant, f"{lead} „{HARMLESS}“", looking).masked == HARMLESS
    assert passed(assistant, f"{lead} „{HARMLESS}“").draft is None
    assert passed(assistant, f"Mein Chef hat gestern zu mir gesagt: „{HARMLESS}“", looking).draft is None
    assert passed(assistant, f"{lead} „{HARMLESS}“", Memory(check=CheckState(check="posting", done=True))).draft is None


def test_a_draft_that_is_too_long_is_not_kept_either(assistant: Assistant) -> None:
    gated = passed(assistant, "Kannst du das prüfen: " + f"{HARMLESS}. " * 60)
    assert gated.problem == "too_long" and "Garten" not in gated.text


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        (HARMLESS, set()),
        (POST, {"name", "workplace", "insult"}),
        (
            "Heute wieder acht Stunden Chaos im Bürgeramt, die Leute werden immer frecher",
            {"workplace", "disparaging", "citizens"},
        ),
        ("Our office is full of rude people today", {"workplace", "disparaging", "citizens"}),
        ("Danke an @max.muster für den schönen Abend gestern", {"name", "personal_data"}),
        ("Ruft mich an unter 0171 2345678 wenn ihr mitkommt", {"personal_data"}),
        ("Mein Kollege Tarek Öztan hat gestern wieder gefehlt", {"personal_data"}),
        ("Am Sonntag wähle ich die SPD, und ihr auch bitte", {"party"}),
        ("Das neue Bad ist da. Im März wisst ihr, wen ihr wählen müsst", {"election"}),
        ("The pool is open, and in March you know who to vote for", {"election"}),
        ("Tolles Foto vom Ausflug mit den Kindern der Kita", {"picture", "children"}),
        ("Mit meinem Rabattcode bekommt ihr die Jacke günstiger", {"advertising"}),
        ("Das sind doch alles Idioten von der AfD da oben", {"insult", "party"}),
        ("Hier steht […] und sonst nichts, was jemanden verrät", set()),
        ("anna sagt man bei uns zu jeder kleinen birne", set()),
    ],
)
def test_signs_are_seen(assistant: Assistant, text: str, signs: set[str]) -> None:
    found = assistant.settings.draft_reader.signs("prüf mal", text)
    assert set(found) == {"post", *signs}
    assert "comment" in assistant.settings.draft_reader.signs("prüf mal meinen Kommentar", text)


def test_personal_data_is_masked_before_the_text_is_understood(assistant: Assistant) -> None:
    draft = draft_of(assistant, "Kannst du das prüfen: Ruft Frau Müller an unter 0171 2345678, sie weiß alles")
    assert draft.masked == f"Ruft Frau {MASK} an unter {MASK}, sie weiß alles"


def test_only_circumstances_that_say_something_about_a_text_are_taken_from_it(assistant: Assistant) -> None:
    entities = [
        {"entity": "content", "value": "political"},
        {"entity": "content", "value": "political"},
        {"entity": "account", "value": "private"},
        {"entity": "status", "value": "beamte", "holder": "other"},
    ]
    parse: ParsedMessage = parsed(
        entities=entities, parts=[{"text": HARMLESS}], language={"code": "de", "certainty": 1}
    )
    draft = PastedDraft(HARMLESS, ("post",))
    kept = parsed_draft(MASK, draft, parse, assistant.settings.drafts.facets, "start_check")
    assert kept["draft"] == {"signs": ["post"], "facets": {"content": ["political"]}}
    assert kept["entities"] == [] and "Garten" not in json.dumps(kept)


def test_a_pasted_text_begins_the_check_and_says_what_was_seen(talk: Talk) -> None:
    answer = paste(talk, f"Kannst du das prüfen: {POST}")
    assert answer.outcome == "check" and answer.verdict is None
    asked = answer.question or ""
    assert "nach Wörtern durchsucht und nicht gespeichert" in asked
    assert "ein Name oder eine Markierung, eine Behörde oder ein Arbeitsplatz, Wörter, die herabsetzen können" in asked
    assert "Mein Vorschlag nach Ihrem Text: Etwas Eigenes posten, auch als Story (eingefügter Text)" in asked
    assert labels(answer)[0] == "Etwas Eigenes posten, auch als Story (Vorschlag)"
    assert "Was haben Sie vor?" in asked and "Text einfügen" not in labels(answer)


def test_a_proposal_counts_only_when_confirmed(talk: Talk) -> None:
    paste(talk, f"Kannst du das prüfen: {POST}")
    state = Memory.read(talk.memory).check
    assert state is not None and state.answers == {}
    confirmed = talk.say("affirm", "ja stimmt", form="statement")
    state = Memory.read(talk.memory).check
    assert state is not None and state.answers == {"kind": "own"}
    assert "Von welchem Konto aus?" in confirmed.short
    # “Bauamt” in the text proposes the next answer, which waits for its own confirmation.
    assert (
        "Mein Vorschlag nach Ihrem Text: Privat, und man sieht, wo ich arbeite (eine Behörde oder ein Arbeitsplatz)"
        in confirmed.short
    )


def test_a_proposal_can_be_changed(talk: Talk) -> None:
    paste(talk, f"Kannst du das prüfen: {POST}")
    talk.pick("Etwas kommentieren")
    assert "Worum geht es?" in talk.pick("1").short
    assert "Mein Vorschlag nach Ihrem Text: Ich kritisiere jemanden oder etwas (Wörter" in talk.turn.answer.short
    talk.pick("Um nichts davon")
    state = Memory.read(talk.memory).check
    assert state is not None and state.answers == {"kind": "comment", "account": "private", "topic": "other"}


def test_the_result_says_what_a_program_cannot_see_and_the_signs_go(talk: Talk) -> None:
    answer = paste(talk, f"Kannst du das prüfen: {POST}")
    for _ in range(12):
        if answer.verdict is not None:
            break
        answer = talk.pick("Weiß ich nicht")
    assert answer.verdict == "depends"
    [remark] = [point for point in answer.points if point.title == "Ihr Text"]
    assert "Ironie" in remark.text and "es zählt allein, was Sie angegeben haben" in remark.text
    state = Memory.read(talk.memory).check
    assert state is not None and state.done and state.draft is not None
    assert (state.draft.signs, state.draft.facets) == ([], {})


def test_without_a_text_the_result_says_nothing_of_one(talk: Talk) -> None:
    answer = talk.say("start_check", "beitrag prüfen", known_check="posting")
    for _ in range(12):
        if answer.verdict is not None:
            break
        answer = talk.pick("Weiß ich nicht")
    assert answer.verdict is not None
    assert not any(point.title == "Ihr Text" for point in answer.points)


def test_the_text_is_asked_for_by_a_choice_of_the_first_question(talk: Talk) -> None:
    talk.say("start_check", "beitrag prüfen", known_check="posting")
    answer = talk.pick("Text einfügen")
    assert "wird bei mir nicht gespeichert" in answer.short
    assert labels(answer) == ["Ohne Text weiter", "Prüfung abbrechen"]
    assert "Was haben Sie vor?" in talk.pick("Ohne Text weiter").short
    talk.pick("Zurück") if "Zurück" in labels(talk.turn.answer) else None
    talk.pick(PASTE)
    assert "Was haben Sie vor?" in talk.say("unclear", "überspringen").short
    talk.pick(PASTE)
    assert "nicht gespeichert" in paste(talk, HARMLESS).short


def test_what_was_answered_before_a_text_is_pasted_stays(talk: Talk) -> None:
    talk.say("start_check", "beitrag prüfen", known_check="posting")
    talk.pick("Etwas kommentieren")
    assert "Von welchem Konto aus?" in (paste(talk, f"Schau mal drüber: {POST}").question or "")
    state = Memory.read(talk.memory).check
    assert state is not None and state.answers == {"kind": "comment"}


def test_what_the_text_says_is_not_what_the_person_is(talk: Talk) -> None:
    paste(talk, f"Kannst du das prüfen: {POST}", {"status": "beamte"})
    memory = Memory.read(talk.memory)
    assert memory.facets == {} and memory.asked == []


def test_circumstances_of_the_vocabulary_propose_answers(assistant: Assistant) -> None:
    check = assistant.checks["de"]["posting"]
    assert proposed(check, ["post", "party"], {})["topic"] == "politics"
    assert proposed(check, [], {"content": ["uniform"], "status": ["tarif"]}) == {
        "setting": "uniform",
        "status": "tarif",
    }
    # Two answers to one question: the person decides without a proposal.
    assert "topic" not in proposed(check, ["insult", "party"], {})


def test_every_sign_has_a_name_in_every_language(assistant: Assistant) -> None:
    reader = assistant.settings.draft_reader
    everything = (
        "Mit @anna und 0171 2345678: freche Idioten und Kunden der SPD vor der Wahl intern im Rathaus, Foto der "
        "Kinder, Rabattcode"
    )
    signs = {*reader.signs("", everything), *reader.signs("Kommentar", everything)}
    for wording in assistant.wordings.values():
        assert {*wording.checks.signs, *wording.checks.kinds} == signs
