"""What kind of message it is, told by its words alone."""

from __future__ import annotations

import pytest

from lotse.answering.message_kinds import (
    asks_about_tools,
    asks_who_wrote_it,
    concerns_others,
    doubts,
    says_own_side,
    state_named,
    vents,
    wants_a_text,
)
from lotse.answering.question import Question, QuestionForm
from lotse.conversation.assistant import Assistant


def typed(text: str, form: QuestionForm = "statement", **facets: str) -> Question:
    return Question(text=text, unnamed=text, form=form, facets={key: (value,) for key, value in facets.items()})


@pytest.mark.parametrize(
    "text",
    [
        "Formulier mir das um",
        "schreib mir einen Post",
        "Kannst du mir eine Antwort an den Bürger aufsetzen?",
        "mach daraus was Nettes",
        "translate my post",
        "could you translate my post into German please",
        "Bitte schreiben Sie mir eine Pressemitteilung dazu.",
        "Ok, dann verfass mal was für LinkedIn",
        "kannst du mir des schreim, i bin ned so guat im formulieren",
        "mach mir mal nen coolen text dazu",
        "Gibt es eine Vorlage für so einen Post?",
        "rewrite this so it sounds nicer",
        "kannst du mir einen Text vorschlagen?",
        "could you suggest a reply",
        "Könnten Sie meinen Beitrag übersetzen?",
        "Hilf mir beim Formulieren",
        "Könnten Sie mir zwei, drei nette Sätze aufschreiben, mit denen ich das absage?",
        "Haben Sie ein Muster, das wir auslegen können?",
        "Hast du einen Vorschlag für eine Antwort?",
        "Ich bräuchte einen kurzen Text zum Anheften",
        "kanst du mir schnell was schreiben",
        "kannst mir da was kurzes schreiben, nicht so geschwollen",
        "kannst du mir was schreiben was ich dem Kollegen geben kann",
        "Ich bräuchte eine Antwort, die ich darunter setzen kann",
        "need a short reply that I can post below",
    ],
)
def test_a_wish_for_a_text_is_known_by_its_words(assistant: Assistant, text: str) -> None:
    assert wants_a_text(typed(text), assistant.settings.words)


@pytest.mark.parametrize(
    "text",
    [
        "Darf ich über meine Arbeit schreiben?",
        "schreib mir, ob ich das darf",
        "Kannst du mir sagen, ob ich das schreiben darf?",
        "Formulier das einfacher",
        "formuliere ich das so richtig?",
        "übersetz das bitte ins Englische",
        "Kannst du mir schreiben, was erlaubt ist?",
        "Ich brauche eine Einwilligung, um über die Klasse zu schreiben?",
        "Ich habe einen Post geschrieben, darf der online?",
        "Could you tell me what I may write?",
        "ich brauche eine Antwort, ob ich das posten darf",
        "kannst du mir schreiben was ich machen soll",
        "Can I write about my boss?",
        "kannst du mir vorschlagen, was ich jetzt machen soll?",
    ],
)
def test_a_question_about_writing_is_no_wish_for_a_text(assistant: Assistant, text: str) -> None:
    assert not wants_a_text(typed(text), assistant.settings.words)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Darf ich KI nehmen?", "permission"),
        ("darf ich ChatGPT für den Post benutzen?", "permission"),
        ("can I use ChatGPT to write my posts?", "permission"),
        ("Was gilt, wenn ich den Text mit Copilot erstelle", "other"),
    ],
)
def test_ai_at_work_is_told_from_the_assistant(assistant: Assistant, text: str, form: QuestionForm) -> None:
    words = assistant.settings.words
    assert asks_about_tools(typed(text, form), words)
    assert not asks_who_wrote_it(typed(text, form), words)


@pytest.mark.parametrize(
    "text", ["Bist du ein Mensch oder eine KI?", "Steckt hier ChatGPT dahinter?", "are you an AI?"]
)
def test_whether_the_assistant_is_a_machine_is_no_question_about_work(assistant: Assistant, text: str) -> None:
    assert not asks_about_tools(typed(text, "permission"), assistant.settings.words)


@pytest.mark.parametrize(
    "text", ["ist das von einer KI?", "Is that answer written by an AI?", "hat das ChatGPT geschrieben"]
)
def test_who_wrote_the_answer_is_about_the_assistant(assistant: Assistant, text: str) -> None:
    words = assistant.settings.words
    assert asks_who_wrote_it(typed(text, "permission"), words)
    assert not asks_about_tools(typed(text, "permission"), words)


@pytest.mark.parametrize(
    "text",
    [
        "ihr seid doch alle unfähig",
        "das ist doch lächerlich, ihr habt keine ahnung",
        "so ein Mist hier, das regt mich alles auf",
        "Du blöder Automat",
        "you are useless",
        "this is such a waste of time",
    ],
)
def test_anger_is_known_by_its_words(assistant: Assistant, text: str) -> None:
    assert vents(typed(text), assistant.settings)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Eine Kollegin schrieb, du bist doch unfähig", "statement"),
        ("Darf ich schreiben, dass das alles Mist ist?", "permission"),
        ("Mein Chef findet das lächerlich", "statement"),
        ("Es ist auch das Wort Idiot gefallen, aber unter dem Beitrag und als Antwort", "statement"),
        ("Im Verein hat einer so einen blöden Witz gemacht. Ist das schlimm?", "statement"),
    ],
)
def test_a_story_with_strong_words_is_no_anger(assistant: Assistant, text: str, form: QuestionForm) -> None:
    assert not vents(typed(text, form), assistant.settings)


def test_who_names_a_person_tells_of_them(assistant: Assistant) -> None:
    assert not vents(typed("so ein Idiot, alles voll", person="citizen"), assistant.settings)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("in Bayern", "Bayern"),
        ("Ich arbeite in NRW", "Nordrhein-Westfalen"),
        ("wir sind aus dem Land Hessen übrigens", "Hessen"),
        ("I work in Bavaria", "Bayern"),
        ("Darf ich in Bayern Schüler hinzufügen?", None),
        ("in Bayern oder in Hessen", None),
        ("in Köln", None),
    ],
)
def test_a_state_alone_is_told(assistant: Assistant, text: str, state: str | None) -> None:
    assert state_named(typed(text), assistant.settings.words) == state


@pytest.mark.parametrize("text", ["sicher?", "echt jetzt?", "sind Sie sich da sicher", "really?", "are you sure"])
def test_doubt_is_known_by_its_words(assistant: Assistant, text: str) -> None:
    assert doubts(typed(text), assistant.settings.words)


@pytest.mark.parametrize("text", ["sicher", "Ist mein Konto sicher?", "wirklich jeden Post?"])
def test_a_yes_and_a_question_of_its_own_are_no_doubt(assistant: Assistant, text: str) -> None:
    assert not doubts(typed(text), assistant.settings.words)


@pytest.mark.parametrize(
    "text",
    ["es geht nicht um mich, sondern um meine Kollegin", "eigentlich frag ich für meinen Mann", "it's not about me"],
)
def test_a_question_for_somebody_else_is_known(assistant: Assistant, text: str) -> None:
    assert concerns_others(typed(text), assistant.settings.words)
    assert not concerns_others(typed(f"{text}, und darf sie das posten?"), assistant.settings.words)


@pytest.mark.parametrize("text", ["nein nicht er, wir, also das amt", "wir als Behörde", "I mean our authority"])
def test_the_own_authority_is_known(assistant: Assistant, text: str) -> None:
    assert says_own_side(typed(text), assistant.settings.words)
    assert not says_own_side(typed("Darf das Amt mir das verbieten?"), assistant.settings.words)
