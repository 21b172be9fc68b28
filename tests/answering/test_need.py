"""A person in need is met first: with help, without verdict and menu, and nobody is proposed who may be the reason."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from lotse.answering import Answer
from lotse.content.help import KINDS
from lotse.conversation.assistant import Assistant
from tests.answering.conftest import Talk

SURE, DOUBTFUL, NONE = 0.98, 0.4, 0.05
UNCLEAR = {"ask_blocking": 0.1, "ask_likes": 0.09, "out_of_scope": 0.05}
SUPERIOR = {"de": "Führungskraft", "en": "Line manager"}
STORY = "seit Wochen geht das so, und ich weiß nicht mehr, an wen ich mich noch wenden soll"


def labels(answer: Answer) -> list[str]:
    """Every office that an answer names."""
    offices = [office.label for office in answer.help.offices] if answer.help else []
    drafts = [office.label for office in answer.handover.offices] if answer.handover else []
    return [*offices, *(contact.label for contact in answer.contacts), *drafts]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["de", "en"])
def test_help_comes_first_in_both_languages(assistant: Assistant, talk: Talk, kind: str, language: str) -> None:
    answer = talk.say(UNCLEAR, STORY, language={"code": language, "certainty": 0.99}, need=(kind, SURE))
    own = assistant.guides[language].help[kind]
    assert answer.help is not None
    assert (answer.help.kind, answer.help.text, answer.language) == (kind, own.text, language)
    assert [line.label for line in answer.help.lines] == [line.label for line in own.lines]
    assert all(line.phone for line in answer.help.lines)
    # Only an answer below the help has a verdict, and then no traffic light.
    assert (answer.verdict, answer.verdict_label) == ("info" if answer.topic else None, None)
    assert talk.turn.text.startswith(own.text)
    assert answer.outcome != "choices"
    # The payload travels as JSON.
    assert json.loads(json.dumps(answer.payload()))["help"]["kind"] == kind


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "panic"])
@pytest.mark.parametrize("language", ["de", "en"])
def test_without_a_clear_topic_the_offices_of_the_help_follow(
    assistant: Assistant, talk: Talk, kind: str, language: str
) -> None:
    answer = talk.say(UNCLEAR, STORY, language={"code": language, "certainty": 0.99}, need=(kind, SURE))
    guide = assistant.guides[language]
    assert answer.outcome == "handed_over"
    assert [contact.label for contact in answer.contacts] == [
        guide.contacts[name].label for name in guide.help[kind].offices
    ]
    assert answer.help is not None and answer.help.offices == []
    assert talk.offers == ["/request_person"]
    assert answer.short == assistant.wordings[language].need_offices
    assert answer.why.alternatives == []


def test_a_topic_that_concerns_the_need_is_answered_below_without_traffic_light_and_menu(talk: Talk) -> None:
    answer = talk.say({"ask_hostility": 0.9}, STORY, need=("violence", SURE))
    assert (answer.outcome, answer.topic, answer.verdict) == ("answered", "hostility", "info")
    assert answer.verdict_label is None
    assert answer.help is not None and answer.points and answer.citations
    assert talk.offers == ["/request_person"]
    assert len(labels(answer)) == len(set(labels(answer)))
    assert answer.title is not None and f"{answer.title}\n" in talk.turn.text


def test_a_topic_that_only_shares_a_word_is_not_answered(talk: Talk) -> None:
    answer = talk.say({"ask_messengers": 0.95}, "mein Chef belästigt mich über WhatsApp", need=("harassment", SURE))
    assert (answer.outcome, answer.topic, answer.points) == ("handed_over", None, [])


@pytest.mark.parametrize("kind", KINDS)
def test_a_false_alarm_costs_a_sentence_and_the_question_is_answered(talk: Talk, kind: str) -> None:
    answer = talk.say({"ask_reposts": 0.6}, "darf ich den Artikel über Mobbing im Amt teilen", need=(kind, DOUBTFUL))
    assert (answer.outcome, answer.topic) == ("answered", "reposts")
    assert answer.help is not None and answer.points


def test_a_doubtful_need_in_small_talk_keeps_the_small_talk(talk: Talk) -> None:
    answer = talk.say({"thank": 0.6}, "danke, mir ist ganz schlecht vor Aufregung", need=("panic", DOUBTFUL))
    assert (answer.outcome, answer.help is not None) == ("smalltalk", True)


@pytest.mark.parametrize("intent", ["thank", "refine", "request_simpler", "greet"])
def test_a_message_about_the_conversation_shows_need_only_if_that_is_certain(talk: Talk, intent: str) -> None:
    assert talk.say({intent: 0.95}, "und jetzt so, dass ich es verstehe", need=("crisis", DOUBTFUL)).help is None
    assert talk.say({intent: 0.95}, "danke, aber ich will nicht mehr leben", need=("crisis", SURE)).help is not None


@pytest.mark.parametrize(("topic", "met"), [("reposts", False), ("hostility", True), ("consequences", True)])
def test_a_clear_ordinary_question_shows_need_only_if_that_is_certain(talk: Talk, topic: str, met: bool) -> None:
    answer = talk.say({f"ask_{topic}": 0.95}, "so ein Mist, darf ich das nun oder nicht", need=("panic", DOUBTFUL))
    assert (answer.help is not None) is met and answer.topic == topic
    assert talk.say({f"ask_{topic}": 0.95}, "ich kann nicht mehr", need=("crisis", SURE)).help is not None


@pytest.mark.parametrize("certainty", [NONE, 0.0])
def test_without_need_nothing_changes(talk: Talk, certainty: float) -> None:
    answer = talk.say({"ask_blocking": 0.95}, need=("crisis", certainty))
    assert (answer.help, answer.verdict) == (None, "allowed")
    assert talk.memory["helped"] == []


def test_a_picked_choice_and_an_unread_message_show_no_need(talk: Talk) -> None:
    talk.say("greet", "hallo")
    assert talk.pick("1").help is None


def test_panic_leads_to_the_consequences_and_to_what_to_do(assistant: Assistant, talk: Talk) -> None:
    answer = talk.say(UNCLEAR, "ich hab Scheiße gebaut, was mach ich jetzt", need=("panic", SURE))
    assert (answer.outcome, answer.topic, answer.verdict) == ("answered", "consequences", "info")
    assert [step.text for step in answer.steps] == [step.text for step in assistant.guide.topics["consequences"].steps]


def test_panic_on_a_clear_topic_gets_its_answer_and_the_steps_of_the_consequences(
    assistant: Assistant, talk: Talk
) -> None:
    step = {"text": "Löschen Sie den Beitrag und heben Sie eine Kopie auf.", "passage": "consequences.graduated"}
    consequences = assistant.guide.topics["consequences"]
    topic = consequences.copy(update={"steps": [type(consequences).__fields__["steps"].type_(**step)]})
    photos = assistant.guide.topics["event_photos"].copy(update={"steps": []})
    topics = {**assistant.guide.topics, "consequences": topic, "event_photos": photos}
    guide = replace(assistant.guide, topics=topics)
    talk.assistant = replace(assistant, guides={**assistant.guides, "de": guide})
    answer = talk.say({"ask_event_photos": 0.95}, "oh gott, ein Foto von den Kindern", need=("panic", SURE))
    assert (answer.topic, [item.text for item in answer.steps]) == ("event_photos", [step["text"]])
    by_number = {citation.n: citation.passage for citation in answer.citations}
    assert {by_number[number] for number in answer.steps[0].cites} == {"consequences.graduated"}


def test_help_is_shown_once_but_a_new_kind_shows_its_own(talk: Talk) -> None:
    assert talk.say(UNCLEAR, STORY, need=("bullying", SURE)).help is not None
    again = talk.say(UNCLEAR, STORY, need=("bullying", SURE))
    assert (again.help, again.outcome) == (None, "handed_over")
    other = talk.say(UNCLEAR, STORY, need=("harassment", SURE))
    assert other.help is not None and other.help.kind == "harassment"
    assert talk.say({"ask_blocking": 0.95}).verdict == "allowed"


def test_a_renewed_crisis_is_met_each_time(talk: Talk) -> None:
    for _ in range(3):
        answer = talk.say(UNCLEAR, "ich kann nicht mehr", need=("crisis", SURE))
        assert answer.help is not None and answer.help.kind == "crisis"


@pytest.mark.parametrize("kind", ["crisis", "violence", "harassment", "intimate_images", "bullying"])
@pytest.mark.parametrize("language", ["de", "en"])
def test_the_superior_is_never_proposed_afterwards(assistant: Assistant, talk: Talk, kind: str, language: str) -> None:
    spoken = {"code": language, "certainty": 0.99}
    superior = assistant.guides[language].contacts["superior"].label
    assert superior == SUPERIOR[language]
    answers = [talk.say(UNCLEAR, STORY, language=spoken, need=(kind, SURE))]
    answers.append(talk.pick("/request_person"))
    answers += [talk.say({"out_of_scope": 0.9}, STORY, language=spoken) for _ in range(3)]
    for topic in assistant.guide.topics:
        answers.append(talk.say(f"ask_{topic}", STORY, language=spoken))
        answers.append(talk.say("request_person", language=spoken))
    assert any(answer.contacts for answer in answers)
    assert [answer.outcome for answer in answers if superior in labels(answer)] == []


def test_who_asks_for_a_person_gets_the_offices_for_the_need_and_their_own_words(
    assistant: Assistant, talk: Talk
) -> None:
    words = "mein Chef fasst mich an und hört nicht auf"
    talk.say({"ask_blocking": 0.95}, "Darf ich einen Bürger blockieren, der dauernd schreibt?")
    talk.say(UNCLEAR, words, need=("harassment", SURE))
    answer = talk.pick("/request_person")
    assert answer.outcome == "handed_over"
    offices = [office.id for office in talk.handover.offices]
    assert offices[:3] == list(assistant.guide.help["harassment"].offices)
    assert talk.handover.question == words
    assert [contact.label for contact in answer.contacts] == [office.label for office in talk.handover.offices]


def test_need_and_the_wish_for_a_person_in_one_message(talk: Talk) -> None:
    words = "ich werde gemobbt, mit wem kann ich reden"
    answer = talk.say({"request_person": 0.95}, words, need=("bullying", SURE))
    assert (answer.outcome, answer.help is not None) == ("handed_over", True)
    assert talk.handover.question == words


def test_deleting_the_conversation_is_still_offered_and_done(talk: Talk) -> None:
    answer = talk.say({"forget_me": 0.99}, "lösch alles, ich will nicht mehr", need=("crisis", SURE))
    assert (answer.outcome, answer.help is not None) == ("choices", True)
    assert talk.pick("/forget_me").outcome == "forgotten"


def test_a_certain_crisis_in_another_language_gets_help_and_the_sentence(talk: Talk) -> None:
    french = {"code": "fr", "certainty": 0.99}
    text = "Je ne veux plus vivre, aidez-moi"
    assert talk.say(UNCLEAR, text, language=french, need=("crisis", DOUBTFUL)).help is None
    answer = talk.say(UNCLEAR, text, language=french, need=("crisis", SURE))
    assert (answer.outcome, answer.language, answer.help is not None) == ("refused", "fr", True)


def test_an_authority_without_these_offices_still_helps(assistant: Assistant, talk: Talk) -> None:
    contacts = {"personnel_council": assistant.guide.contacts["personnel_council"]}
    guide = replace(assistant.guide, contacts=contacts)
    talk.assistant = replace(assistant, guides={**assistant.guides, "de": guide})
    answer = talk.say(UNCLEAR, STORY, need=("harassment", SURE))
    assert answer.help is not None and [contact.label for contact in answer.contacts] == ["Personalrat"]


def test_personal_data_in_a_cry_for_help_is_still_told(assistant: Assistant, talk: Talk) -> None:
    answer = talk.say(UNCLEAR, "Herr […] droht mir, ich habe Angst", need=("violence", SURE))
    assert answer.notice == assistant.wording.personal_data


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["de", "en"])
def test_what_is_said_without_certainty_claims_no_kind(
    assistant: Assistant, talk: Talk, kind: str, language: str
) -> None:
    spoken = {"code": language, "certainty": 0.99}
    answer = talk.say({"ask_reposts": 0.6}, STORY, language=spoken, need=(kind, DOUBTFUL))
    texts = [help.text for help in assistant.guides[language].help.values()]
    assert answer.help is not None and answer.help.text not in texts
    assert answer.help.text == assistant.guides[language].help[kind].doubtful
    assert answer.topic == "reposts"


@pytest.mark.parametrize("kind", ["panic", "violence"])
def test_who_was_met_without_certainty_is_met_again_once_it_is_certain(talk: Talk, kind: str) -> None:
    assert talk.say({"ask_reposts": 0.6}, STORY, need=(kind, DOUBTFUL)).help is not None
    assert talk.say({"ask_reposts": 0.6}, STORY, need=(kind, DOUBTFUL)).help is None
    assert talk.say(UNCLEAR, STORY, need=(kind, SURE)).help is not None
    assert talk.say({"ask_reposts": 0.6}, STORY, need=(kind, DOUBTFUL)).help is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["de", "en"])
def test_who_writes_about_somebody_else_reads_how_to_help(
    assistant: Assistant, talk: Talk, kind: str, language: str
) -> None:
    spoken = {"code": language, "certainty": 0.99}
    answer = talk.say(UNCLEAR, STORY, language=spoken, need=(kind, SURE), about_other=True)
    own = assistant.guides[language].help[kind]
    assert answer.help is not None and answer.help.text == own.for_others
    assert [line.label for line in answer.help.lines] == [line.label for line in own.lines]


def test_no_victim_is_told_that_mistakes_happen(assistant: Assistant) -> None:
    texts = [help.text for guide in assistant.guides.values() for help in guide.help.values()]
    assert [text for text in texts if "Fehler passieren" in text or "Mistakes happen" in text] == []


def met(talk: Talk, kind: str, certainty: float, text: str = STORY) -> str | None:
    """The kind of help that a message is met with."""
    found = talk.say(UNCLEAR, text, need=(kind, certainty)).help
    return found.kind if found else None


@pytest.mark.parametrize("before", [SURE, DOUBTFUL])
@pytest.mark.parametrize("certainty", [0.7, DOUBTFUL])
def test_a_crisis_is_never_taken_for_the_need_before_it(talk: Talk, before: float, certainty: float) -> None:
    met(talk, "bullying", before)
    assert met(talk, "crisis", certainty) == "crisis"


def test_words_like_another_need_go_on_with_one_that_was_certain(talk: Talk) -> None:
    met(talk, "violence", SURE)
    # Its help has been shown.
    assert met(talk, "harassment", 0.7) is None
    assert talk.memory["need"] == "violence"
    assert met(talk, "harassment", 0.9) == "harassment"


def test_after_a_crisis_what_is_asked_in_other_words_of_need_is_answered_below_one_number(
    assistant: Assistant, talk: Talk
) -> None:
    met(talk, "crisis", SURE)
    answer = talk.say({"ask_consequences": 0.5}, "wieso kriege jetzt ich den Ärger", need=("panic", 0.8))
    helps = assistant.guide.help["crisis"]
    assert (answer.outcome, answer.topic, answer.verdict_label) == ("answered", "consequences", None)
    assert answer.help is not None and answer.help.text == helps.doubtful
    assert [line.label for line in answer.help.lines] == [helps.lines[0].label]
    assert talk.memory["need"] == "crisis"
    # Where nothing is answered, the help comes in full.
    answer = talk.say({"out_of_scope": 0.9}, "wieso kriege jetzt ich den Ärger", need=("panic", 0.8))
    assert answer.help is not None and answer.help.text != helps.doubtful and answer.outcome != "refused"


def test_every_later_answer_of_a_talk_about_a_crisis_names_who_listens(assistant: Assistant, talk: Talk) -> None:
    met(talk, "crisis", SURE)
    helps = assistant.guide.help["crisis"]
    answer = talk.say({"ask_blocking": 0.9}, "Darf ich den Kollegen auf Facebook blockieren?", form="permission")
    assert (answer.outcome, answer.topic, answer.verdict_label) == ("answered", "blocking", None)
    assert answer.help is not None and answer.help.text == helps.afterwards
    assert [line.label for line in answer.help.lines] == [helps.lines[0].label]
    # Neither a menu nor “I have nothing on that” nor a case of the guide that was only guessed.
    for intents, text, form in (
        ({"ask_reposts": 0.6, "ask_likes": 0.1}, "Mein Mann ist da. Ich weiß gar nicht, wie man das sagt.", "other"),
        ({"unclear": 0.9}, "ich weiß nicht, wie man so etwas sagt", "statement"),
        ({"out_of_scope": 0.9}, "Kann ich mich krankschreiben lassen?", "other"),
    ):
        answer = talk.say(intents, text, form=form)
        assert (answer.outcome, answer.points, bool(answer.contacts)) == ("handed_over", [], True)
        assert answer.help is not None and answer.help.text == helps.afterwards
    assert talk.say({"thank": 0.95}, "danke", form="statement").help is None


def test_words_of_despair_are_no_draft_for_an_office(talk: Talk) -> None:
    talk.say("ask_hostility")
    answer = talk.say({"request_person": 0.9}, "ich kann nicht mehr, wer hilft mir", need=("crisis", SURE))
    assert answer.help is not None and answer.outcome == "handed_over"
    assert answer.handover is None and answer.contacts


def test_after_a_doubtful_crisis_a_question_is_answered_as_anybodys(talk: Talk) -> None:
    met(talk, "crisis", DOUBTFUL)
    assert talk.say({"ask_blocking": 0.9}, "Darf ich Kollegen auf Facebook blockieren?", form="permission").help is None


def test_after_a_false_alarm_another_need_is_met(talk: Talk) -> None:
    met(talk, "bullying", DOUBTFUL)
    assert met(talk, "violence", 0.7) == "violence"


@pytest.mark.parametrize(("kind", "own"), [("bullying", False), ("crisis", True)])
def test_a_doubtful_need_names_few_numbers_but_a_crisis_its_own(
    assistant: Assistant, talk: Talk, kind: str, own: bool
) -> None:
    without = talk.say({"ask_reposts": 0.6}, "darf ich den Artikel über Mobbing im Amt teilen")
    talk.memory = None
    answer = talk.say({"ask_reposts": 0.6}, "darf ich den Artikel über Mobbing im Amt teilen", need=(kind, DOUBTFUL))
    helps = assistant.guide.help[kind]
    lines = helps.lines if own else helps.doubtful_lines
    assert answer.help is not None
    assert [line.label for line in answer.help.lines] == [line.label for line in lines]
    # The answer below keeps its contact points, but for those that may be the reason.
    never = {contact.label for contact in assistant.guide.contacts.values()} - {c.label for c in without.contacts}
    assert {contact.label for contact in answer.contacts} | never | {
        assistant.guide.contacts[name].label for name in helps.never
    } >= {contact.label for contact in without.contacts}


def test_a_long_message_after_an_answer_does_not_lean_on_it(talk: Talk) -> None:
    talk.say("ask_likes", "Darf ich Beiträge liken?")
    assert met(talk, "violence", 0.5, f"{STORY}, {STORY}, {STORY}") == "violence"
    talk.memory = None
    talk.say("ask_likes", "Darf ich Beiträge liken?")
    assert met(talk, "violence", 0.5, "nur den Flur und die Kantine") is None


def test_questions_after_a_threat_go_on_with_it(talk: Talk) -> None:
    talk.say({"ask_hostility": 0.9}, STORY, need=("violence", SURE))
    unclear = {"ask_consequences": 0.4, "ask_hostility": 0.2, "ask_likes": 0.1}
    assert talk.say(unclear, "und wenn er einfach mit einem neuen Konto kommt?", form="other").topic == "hostility"
    # Until another topic is at hand.
    talk.say({"ask_event_photos": 0.95}, "Ganz was anderes: Darf ich Fotos vom Sommerfest zeigen?", form="permission")
    assert (
        talk.say({"ask_consequences": 0.9}, "Was droht mir, wenn ich es doch tue?", form="other").topic
        == "consequences"
    )


def test_after_a_certain_need_without_a_topic_the_next_steps_are_those_of_its_topic(talk: Talk) -> None:
    talk.say({"out_of_scope": 0.2, "ask_opinions": 0.1}, STORY, need=("violence", SURE))
    assert talk.turn.answer.topic is None
    steps = talk.say({"request_steps": 0.8}, "was soll ich jetzt konkret machen, heute noch", need=("crisis", 0.9))
    assert (steps.outcome, steps.topic, steps.help) == ("explained", "hostility", None) and steps.steps
    # A clear crisis is met all the same.
    assert met(talk, "crisis", 0.99) == "crisis"


def test_a_passage_that_concerns_the_need_comes_before_others_and_before_owning_up(talk: Talk) -> None:
    talk.say({"ask_hostility": 0.9}, STORY, need=("violence", SURE))
    far = {passage.id: 0.2 for passage in talk.assistant.guide.of_topic["hostility"]}
    own_reply = {**far, "hostility.own_reply": 0.7, "messengers.private_inquiry": 0.74}
    answer = talk.say({"disclosure": 0.8, "ask_contact_requests": 0.1}, "soll ich ihm antworten?", passages=own_reply)
    assert (answer.topic, answer.title) == ("hostility", talk.assistant.guide.passages["hostility.own_reply"].title)
    nearly = {"hostility.block": 0.75, "blocking.private_account": 0.77}
    assert talk.say({"ask_blocking": 0.95}, "soll ich den sperren?", passages=nearly).topic == "hostility"
    behind = {"hostility.block": 0.5, "blocking.private_account": 0.8}
    assert talk.say({"ask_blocking": 0.95}, "Darf ich meine Nachbarin sperren?", passages=behind).topic == "blocking"


@pytest.mark.parametrize("text", ["Wer hilft mir da eigentlich?", "an wen kann ich mich wenden", "who helps me now?"])
def test_who_asks_for_help_after_a_need_reads_the_numbers_again(assistant: Assistant, talk: Talk, text: str) -> None:
    talk.say({"ask_hostility": 0.9}, STORY, need=("violence", SURE))
    answer = talk.say({"ask_blocking": 0.8}, text)
    helps = assistant.guide.help["violence"]
    assert answer.outcome == "handed_over" and answer.help is not None
    assert [line.label for line in answer.help.lines] == [line.label for line in helps.lines]
    assert answer.contacts[0].label == assistant.guide.contacts[helps.offices[0]].label
    # Without need it is an ordinary question.
    talk.memory = None
    assert talk.say({"ask_blocking": 0.8}, text).help is None


def test_need_in_a_pasted_text_is_doubtful_and_the_check_begins(assistant: Assistant, talk: Talk) -> None:
    draft = {"signs": ["post"], "facets": {}}
    answer = talk.say("start_check", "geht das so? […]", draft=draft, need=("crisis", 0.95))
    assert answer.outcome == "check" and answer.help is not None
    assert answer.help.text == assistant.guide.help["crisis"].doubtful
    talk.memory = None
    assert talk.say("start_check", "geht das so? […]", draft=draft, need=("crisis", DOUBTFUL)).help is None


def test_who_tells_of_a_new_threat_reads_the_help_once_more(talk: Talk) -> None:
    assert talk.say({"ask_hostility": 0.7}, "er schreibt, er weiß wo ich wohne", need=("violence", SURE)).help
    asked = talk.say({"ask_hostility": 0.7}, "soll ich ihm antworten oder lieber nicht?", need=("violence", 0.99))
    assert asked.help is None
    told = talk.say({"ask_hostility": 0.7}, "jetzt schickt er ein Foto von unserer Haustür", need=("violence", 0.99))
    assert told.help is not None and told.help.kind == "violence"


def test_after_help_the_topic_of_before_is_no_longer_at_hand(talk: Talk) -> None:
    talk.say("ask_private_label")
    told = "ein Kunde hat mich da gefunden und schreibt, er weiß, wo ich wohne"
    answer = talk.say({"ask_contact_requests": 0.6, "ask_hostility": 0.1}, told, need=("violence", SURE))
    assert answer.help is not None and answer.topic != "private_label"
    steps = talk.say("request_steps", "was soll ich jetzt als Erstes machen")
    assert steps.topic == "hostility"


def test_of_other_kinds_the_help_is_shown_once(talk: Talk) -> None:
    assert talk.say(
        {"ask_hostility": 0.7}, "in der Gruppe machen sie sich über mich lustig", need=("bullying", SURE)
    ).help
    told = talk.say({"ask_hostility": 0.7}, "heute haben sie wieder ein Bild von mir gezeigt", need=("bullying", 0.99))
    assert told.help is None


def test_after_an_answer_need_is_only_as_certain_as_such_messages_are(talk: Talk) -> None:
    text = "vielen lieben Dank, das nimmt mir schon etwas von dem Druck weg, den ich hatte"
    first = talk.say({"ask_networking": 0.7}, text, need=("crisis", SURE), in_conversation=0.1)
    assert first.help is not None, "a first message is not one after an answer"
    talk.memory = None
    talk.say("ask_networking")
    assert talk.say({"ask_networking": 0.7}, text, need=("crisis", SURE), in_conversation=0.1).help is None
    assert talk.say({"ask_networking": 0.7}, text, need=("crisis", SURE), in_conversation=SURE).help is not None


@pytest.mark.parametrize("kind", ["violence", "crisis"])
def test_a_question_with_need_in_passing_is_answered_below_the_help(talk: Talk, kind: str) -> None:
    text = "darf ich mit einem Landwirt über WhatsApp schreiben, er schreibt übrigens er weiß wo ich wohne"
    answer = talk.say({"ask_messengers": 0.7}, text, need=(kind, SURE), in_passing=True, form="statement")
    assert answer.help is not None and answer.help.kind == kind
    assert (answer.topic, answer.verdict) == ("messengers", "info")


def test_a_question_at_the_end_of_a_story_is_answered_below_the_help_in_a_crisis(talk: Talk) -> None:
    story = f"{STORY}, {STORY}. Darf ich mit ihm über WhatsApp schreiben?"
    answer = talk.say({"ask_messengers": 0.7}, story, need=("crisis", SURE))
    assert answer.help is not None and answer.topic == "messengers" and answer.verdict_label is None
    talk.memory = None
    short = talk.say({"ask_messengers": 0.7}, "wozu soll ich überhaupt noch schreiben?", need=("crisis", SURE))
    assert short.help is not None and short.topic is None


def test_a_doubtful_need_leaves_the_answer_as_it_is(talk: Talk) -> None:
    asked = "darf ich den Artikel über Mobbing im Amt teilen"
    without = talk.say({"ask_reposts": 0.6}, asked)
    talk.memory = None
    answer = talk.say({"ask_reposts": 0.6}, asked, need=("panic", DOUBTFUL))
    assert answer.help is not None
    assert (answer.verdict, answer.short, answer.steps) == (without.verdict, without.short, without.steps)


def test_fright_after_a_threat_is_about_the_threat(talk: Talk) -> None:
    met(talk, "violence", SURE)
    talk.say(
        {"ask_hostility": 0.5}, "Zur Polizei bin ich noch nicht gegangen, der Chef weiß es nicht", need=("panic", 0.96)
    )
    assert talk.memory["need"] == "violence"


def test_who_tells_a_name_after_a_need_is_told_that_it_is_not_needed(assistant: Assistant, talk: Talk) -> None:
    talk.say({"ask_hostility": 0.9}, STORY, need=("violence", SURE))
    told = talk.say(
        {"ask_hostility": 0.5}, "er heißt […] und wohnt in der […]", need=("violence", SURE), form="statement"
    )
    assert told.short == assistant.wording.smalltalk["named_somebody"] and told.help is None


def test_a_crisis_is_met_again_also_with_a_wish_for_somebody_to_turn_to(talk: Talk) -> None:
    talk.say({"ask_hostility": 0.9}, STORY, need=("crisis", SURE))
    answer = talk.say({"request_person": 0.8}, "mit wem rede ich, ich will nicht mehr", need=("crisis", 0.9))
    assert answer.help is not None and answer.help.kind == "crisis"


def test_nobody_is_sent_away_in_a_conversation_about_their_need(talk: Talk) -> None:
    talk.say({"ask_hostility": 0.9}, STORY, need=("violence", SURE))
    answer = talk.say({"out_of_scope": 0.9}, "wem sag ich das jetzt zuerst, die Chefin ist bis Montag im Urlaub")
    assert answer.outcome == "handed_over" and answer.contacts
    talk.memory = None
    assert talk.say({"out_of_scope": 0.9}, "wie viel Urlaub habe ich noch").outcome == "refused"


def test_who_asks_is_answered_by_the_likeliest_topic_of_a_menu_that_concerns_the_need(
    assistant: Assistant, talk: Talk
) -> None:
    unsure = {"ask_work_time_use": 0.15, "ask_hostility": 0.15, "ask_event_photos": 0.1}
    text = "Einer hat mich in der Pause gefilmt und schreibt, er wartet auf mich. Darf der das, und was kann ich tun?"
    answer = talk.say(unsure, text, need=("violence", SURE))
    assert (answer.outcome, answer.topic, answer.verdict) == ("answered", "hostility", "info")
    assert answer.help is not None and answer.help.kind == "violence"
    talk.memory = None
    told = talk.say(
        unsure, "Einer hat mich in der Pause gefilmt und schreibt, er wartet auf mich.", need=("violence", SURE)
    )
    assert (told.outcome, told.topic) == ("handed_over", None)
