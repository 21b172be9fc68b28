"""Follow-up questions: the new point leads, nothing is told twice, and another topic is not held back."""

from __future__ import annotations

import pytest

from lotse.answering import Answer
from lotse.answering.question import Question
from tests.answering.conftest import Talk

GENERAL = {"blocking.private_account": 0.82, "blocking.official_account": 0.76}


def scores(talk: Talk, **named: float) -> dict[str, float]:
    """Scores as the ranker gives them: the named passages of blocking, and the others of the topic far behind."""
    far = {passage.id: 0.2 for passage in talk.assistant.guide.of_topic["blocking"]}
    return {**far, **{f"blocking.{name}": score for name, score in named.items()}}


def behind(answer: Answer) -> list[str]:
    """The passages behind the points, in their order."""
    passage = {citation.n: citation.passage for citation in answer.citations}
    return list(dict.fromkeys(passage[number] for point in answer.points for number in point.cites))


@pytest.fixture
def blocking(talk: Talk) -> Talk:
    """A conversation in which blocking has been answered."""
    assert talk.say("ask_blocking", "Darf ich Leute blockieren?", passages=GENERAL).topic == "blocking"
    return talk


def test_the_new_point_leads_with_its_title_and_its_short_answer(blocking: Talk) -> None:
    answer = blocking.say(
        "refine",
        "und wenn es die Presse ist?",
        passages=scores(blocking, press=0.64, private_account=0.59),
        facets={"person": "press"},
    )
    press = blocking.assistant.guide.passages["blocking.press"]
    assert (answer.outcome, answer.topic, answer.title) == ("refined", "blocking", press.title)
    assert answer.short == press.short
    assert behind(answer)[0] == "blocking.press"


def test_a_new_point_whose_yes_or_no_may_not_hold_leads_with_its_statement_and_says_it_once(blocking: Talk) -> None:
    # The short answer says “nein”, which nobody who has not said so may read as theirs.
    scored = scores(blocking, bullying=0.60, citizens=0.50)
    answer = blocking.say("refine", "und wenn eine Kollegin mitliest?", passages=scored)
    bullying = blocking.assistant.guide.passages["blocking.bullying"]
    assert (answer.title, answer.short, answer.verdict) == (bullying.title, bullying.text, "depends")
    assert bullying.text not in [point.text for point in answer.points]
    assert "blocking.bullying" in {
        citation.passage for citation in answer.citations if citation.n in answer.short_cites
    }
    # What led is remembered as what led.
    assert blocking.say("request_steps", "was soll ich jetzt tun?").outcome == "explained"
    assert blocking.say("request_sources", "Quelle?").citations[0].passage == "blocking.bullying"


def test_a_passage_that_is_not_among_the_best_of_all_is_found_in_the_topic_at_hand(blocking: Talk) -> None:
    answer = blocking.say(
        "refine",
        "und kritische Stimmen?",
        passages={"opinions.pointed_criticism": 0.67},
        further_passages={"blocking.critics": 0.63, "blocking.private_account": 0.48},
    )
    assert (answer.topic, behind(answer)[0]) == ("blocking", "blocking.critics")


def test_what_holds_in_general_does_not_lead_again_if_another_fits_about_as_well(blocking: Talk) -> None:
    answer = blocking.say("refine", "und Bürger?", passages=scores(blocking, private_account=0.64, citizens=0.63))
    assert behind(answer)[0] == "blocking.citizens"


def test_what_led_before_leads_again_if_it_is_clearly_asked_for(blocking: Talk) -> None:
    found = scores(blocking, private_account=0.91, citizens=0.59)
    answer = blocking.say("ask_blocking", "Auf dem privaten Konto also jeden?", passages=found)
    assert behind(answer)[0] == "blocking.private_account"


def test_if_the_guide_says_nothing_of_its_own_the_answer_says_so_and_names_a_person(blocking: Talk) -> None:
    before = blocking.turn.answer
    answer = blocking.say("refine", "gilt das auch für Stories?", passages={"blocking.citizens": 0.31})
    assert answer.outcome == "refined"
    assert answer.short == blocking.assistant.wording.nothing_new.format(short=before.short)
    assert answer.short != before.short and not answer.points and not answer.steps
    assert answer.contacts and answer.citations
    assert answer.verdict != "allowed"


def test_a_status_told_after_that_still_adds_to_the_last_full_answer(blocking: Talk) -> None:
    blocking.say("refine", "gilt das auch für Stories?", passages={"blocking.citizens": 0.37})
    answer = blocking.say("refine", "bin Beamtin", facets={"status": "beamte"}, only_tells=True, form="statement")
    assert answer.topic == "blocking" and answer.points


def test_the_title_of_the_topic_asked_once_more_is_answered_as_a_whole(blocking: Talk) -> None:
    known = {"topic": "blocking", "passage": None, "similarity": 1.0}
    answer = blocking.say("ask_blocking", "Darf ich andere blockieren?", known_question=known)
    assert answer.title == blocking.assistant.guide.topics["blocking"].title and answer.points


@pytest.mark.parametrize(
    ("text", "at_hand", "topic"),
    [
        ("gilt das auch für die Presse?", 0.71, "blocking"),
        ("Was tue ich bei Presseanfragen?", 0.28, "contact_requests"),
    ],
)
def test_a_message_that_refers_back_is_held_by_the_topic_if_it_fits_about_as_well(
    blocking: Talk, text: str, at_hand: float, topic: str
) -> None:
    intents = {"ask_contact_requests": 0.7, "refine": 0.1, "ask_blocking": 0.1}
    found = {"contact_requests.press": 0.69, **scores(blocking, press=at_hand)}
    assert blocking.say(intents, text, passages=found).topic == topic


def test_a_message_that_refers_back_stays_although_its_words_belong_elsewhere(
    blocking: Talk,
) -> None:
    answer = blocking.say(
        {"refine": 0.5, "ask_contact_requests": 0.4, "ask_blocking": 0.01},
        "gilt das auch für die Presse?",
        passages={"contact_requests.press": 0.67, **scores(blocking, press=0.67)},
    )
    assert (answer.topic, behind(answer)[0]) == ("blocking", "blocking.press")


def test_a_follow_up_changes_the_topic_if_another_fits_clearly_better(blocking: Talk) -> None:
    answer = blocking.say(
        {"refine": 0.51, "ask_secondary_employment": 0.48},
        "und wenn ich damit Geld verdiene?",
        passages={"secondary_employment.paid_work": 0.63, "blocking.citizens": 0.37},
    )
    assert (answer.outcome, answer.topic) == ("answered", "secondary_employment")


def test_a_platform_named_in_addition_is_a_circumstance_of_the_same_question(blocking: Talk) -> None:
    answer = blocking.say(
        {"refine": 0.9, "ask_messengers": 0.04, "ask_blocking": 0.03},
        "and on WhatsApp also?",
        passages={"messengers.duties_apply": 0.76, "blocking.citizens": 0.48},
        facets={"platform": "whatsapp"},
    )
    assert answer.topic == "blocking"


def test_a_question_of_a_passage_typed_as_it_stands_leads_to_it_whatever_the_topic_before(talk: Talk) -> None:
    passage = talk.assistant.guide.passages["blocking.press"]
    question = min(passage.questions, key=lambda text: len(text.split()))
    talk.say("ask_likes")
    known = {"topic": "blocking", "passage": passage.id, "similarity": 1.0}
    answer = talk.say({"ask_likes": 0.9}, question, known_question=known)
    assert (answer.topic, behind(answer)[0]) == ("blocking", passage.id)


def test_the_same_short_answer_is_not_given_twice_as_if_nobody_had_listened(blocking: Talk) -> None:
    found = {"blocking.press": 0.9, "blocking.citizens": 0.5}
    first = blocking.say("refine", "und die Presse?", passages=found)
    again = blocking.say("refine", "und eine Journalistin aus dem Ort?", passages=found)
    once_more = blocking.say("refine", "und deren Redaktion?", passages=found)
    said_for_this = blocking.assistant.wording.said_for_this.format(short=first.short)
    assert first.short != said_for_this
    assert [again.short, once_more.short] == [said_for_this] * 2
    # A passage that hardly fits treats nothing of what is asked.
    last = blocking.say("refine", "und ein Kamerateam?", passages={"blocking.press": 0.54, "blocking.citizens": 0.3})
    assert last.short == blocking.assistant.wording.said_again.format(short=first.short)


def test_a_passage_of_the_topic_at_hand_that_clearly_fits_best_is_what_is_asked(blocking: Talk) -> None:
    found = {"blocking.press": 0.72, "contact_requests.press": 0.66}
    for intents in (
        {"ask_contact_requests": 0.5, "ask_blocking": 0.1},
        {"disclosure": 0.8},
        {"not_helpful": 0.7},
        {"out_of_scope": 0.7},
        {"start_check": 0.3},
    ):
        answer = blocking.say(intents, "die schreibt für den Anzeiger", passages=found)
        assert (answer.outcome, answer.topic) == ("refined", "blocking")


def test_a_clear_wish_counts_whatever_passage_fits(blocking: Talk) -> None:
    found = {"blocking.press": 0.72, "contact_requests.press": 0.6}
    assert blocking.say({"request_person": 0.8}, "wen frage ich da im Amt?", found).outcome == "handed_over"


def test_circumstances_told_before_make_no_passage_likelier_for_what_is_asked_next(talk: Talk) -> None:
    talk.say("ask_event_photos", facets={"situation": "event"}, passages={"event_photos.two_consents": 0.7})
    far = {passage.id: 0.2 for passage in talk.assistant.guide.of_topic["event_photos"]}
    found = {**far, "event_photos.exceptions": 0.5, "event_photos.form": 0.64}
    answer = talk.say("refine", "die haben nur mündlich ja gesagt", passages=found)
    assert behind(answer)[0] == "event_photos.form"


def test_what_has_led_makes_way_for_what_fits_about_as_well(blocking: Talk) -> None:
    found = {"blocking.press": 0.7, "blocking.citizens": 0.5}
    assert behind(blocking.say("refine", "und die Presse?", passages=found))[0] == "blocking.press"
    again = blocking.say("refine", "und der?", passages=scores(blocking, press=0.56, citizens=0.55))
    assert behind(again)[0] == "blocking.citizens"


def test_who_goes_on_after_an_answer_about_the_authoritys_channel_means_it(talk: Talk) -> None:
    private = {"blocking.private_account": 0.78, "blocking.official_account": 0.72}
    talk.say("ask_authority_channels", "Dürfen wir unter unserem Post Kommentare löschen?")
    answer = talk.say({"ask_blocking": 0.95}, "und den einfach blockieren?", passages=private, form="permission")
    assert answer.topic == "blocking" and answer.verdict != "allowed"
    talk.memory = None
    talk.say("ask_authority_channels", "Dürfen wir unter unserem Post Kommentare löschen?")
    mine = talk.say({"ask_blocking": 0.95}, "Darf ich meinen Nachbarn blockieren?", passages=private)
    assert mine.verdict == "allowed"


@pytest.mark.parametrize("text", ["muss ich die fragen?", "und darf ich das dann auch?", "do I have to ask them?"])
def test_a_whole_question_whose_words_name_no_matter_is_asked_of_what_was_said(talk: Talk, text: str) -> None:
    talk.say("ask_event_photos", passages={"event_photos.two_consents": 0.76})
    found = {"account_security.naming_accounts": 0.6, "event_photos.deceased": 0.53, "event_photos.two_consents": 0.52}
    together = {"event_photos.two_consents": 0.71, "event_photos.private_occasion": 0.65}
    answer = talk.say({"unclear": 0.97}, text, form="other", passages=found, passages_in_context=together)
    assert (answer.outcome, answer.topic) == ("refined", "event_photos")
    assert behind(answer)[0] == "event_photos.two_consents"


@pytest.mark.parametrize("text", ["und das andere?", "muss ich bei den anderen?", "und die Sache da?"])
def test_what_may_be_another_matter_is_asked_back(talk: Talk, text: str) -> None:
    talk.say("ask_event_photos", passages={"event_photos.two_consents": 0.76})
    assert talk.say({"unclear": 0.97}, text, form="other").outcome == "choices"


def test_a_fragment_is_read_with_the_question_before(blocking: Talk) -> None:
    # By itself it is nearest to another passage of the topic.
    alone = scores(blocking, citizens=0.50, press=0.44)
    together = scores(blocking, press=0.70, private_account=0.60, citizens=0.40)
    answer = blocking.say("refine", "und wenn die vom Blatt sind?", passages=alone, passages_in_context=together)
    assert behind(answer)[0] == "blocking.press"


def test_what_is_near_in_one_reading_only_counts_in_the_other_as_a_little_worse_than_the_worst() -> None:
    question = Question(passages={"a": 0.8, "b": 0.4}, in_context={"b": 0.6, "c": 0.5})
    assert question.passages_of_both == pytest.approx({"a": 0.64, "b": 0.5, "c": 0.44})
    assert Question(passages={"a": 0.8}).passages_of_both == {"a": 0.8}
