"""A guided check of a pasted text: reasons so far, what remains without something, another version."""

from __future__ import annotations

import pytest

from lotse.conversation.assistant import Assistant
from tests.answering.conftest import Talk
from tests.answering.test_checks import labels, question


def pasted(assistant: Assistant, *signs: str) -> Talk:
    """A check of a post whose text showed these signs; the first question is open."""
    talk = Talk(assistant)
    talk.say("start_check", "prüf meinen post: […]", draft={"signs": ["post", *signs], "facets": {}})
    return talk


def test_what_a_text_shows_together_leads_to_the_reason_that_is_last(assistant: Assistant) -> None:
    answer = pasted(assistant, "workplace", "disparaging", "citizens").turn.answer
    lead = answer.short.split("\n")[0]
    assert lead.startswith(assistant.wording.checks.so_far["depends"])
    assert "Bürgerinnen und Bürger" in lead and "Nehmen Sie alles heraus" in lead
    cited = {item.passage for item in answer.citations if item.n in answer.short_cites}
    assert cited == {"posting_about_work.personal_data", "work_time_use.fun_videos"}


def test_what_a_text_shows_leads_as_soon_as_it_is_pasted(assistant: Assistant) -> None:
    answer = pasted(assistant, "insult").turn.answer
    words = assistant.wording.checks
    lead, read, *_ = question(answer).split("\n")
    assert lead.startswith(words.so_far["not_allowed"]) and "herabsetzt" in lead
    assert words.draft_read in read and answer.short_cites
    assert "Was haben Sie vor?" in question(answer)


def test_what_sounds_internal_is_proposed_before_criticism(assistant: Assistant) -> None:
    answer = pasted(assistant, "internal", "disparaging").turn.answer
    lead = answer.short.split("\n")[0]
    assert lead.startswith(assistant.wording.checks.so_far["not_allowed"]) and "Interne Vorgänge" in lead


def test_a_text_that_shows_nothing_leads_to_the_first_question_only(assistant: Assistant) -> None:
    answer = pasted(assistant, "picture").turn.answer
    assert answer.short.startswith(assistant.wording.checks.draft_read)
    assert not answer.points and not answer.citations


@pytest.mark.parametrize("text", ["und wenn ich das mit dem Bürgeramt weglasse?", "und ohne das Rathaus?"])
def test_what_would_be_left_out_counts_no_more(assistant: Assistant, text: str) -> None:
    talk = pasted(assistant, "workplace", "disparaging", "citizens")
    before = talk.turn.answer
    answer = talk.say({"ask_likes": 0.03}, text, form="other")
    words = assistant.wording.checks
    assert question(answer).startswith(words.changed.format(signs=words.signs["workplace"]))
    assert any("Amtsbezeichnung" in point.text for point in before.points)
    assert not any("Amtsbezeichnung" in point.text for point in answer.points)
    assert words.so_far["depends"] in answer.short and "Bürgerinnen und Bürger" in answer.short
    # It stays so.
    assert talk.memory["check"]["draft"]["signs"] == ["post", "disparaging", "citizens"]


def test_a_change_that_is_not_known_can_be_pasted(assistant: Assistant) -> None:
    talk = pasted(assistant, "workplace")
    answer = talk.say({"ask_likes": 0.03}, "und wenn ich den ersten Satz weglasse?", form="other")
    assert question(answer).startswith(assistant.wording.checks.changed_unknown)
    assert labels(answer)[-1] == assistant.wording.checks.paste
    assert talk.memory["check"]["draft"]["signs"] == ["post", "workplace"]


def test_a_wish_to_rewrite_the_text_reads_what_to_change_in_it(assistant: Assistant) -> None:
    talk = pasted(assistant, "disparaging", "citizens")
    answer = talk.say("opening", "Formulier mir das bitte um", form="statement")
    words = assistant.wording.checks
    assert words.no_rewriting in question(answer)
    assert "Nehmen Sie alles heraus" in answer.short
    assert "Danke an alle" in answer.short and answer.short_cites


def test_without_what_spoke_against_it_nothing_is_left(assistant: Assistant) -> None:
    talk = pasted(assistant, "insult")
    answer = talk.say({"ask_likes": 0.03}, "und wenn ich den Idioten weglasse?", form="other")
    words = assistant.wording.checks
    assert answer.short.startswith(words.changed.format(signs=words.signs["insult"]))
    assert words.changed_nothing_left in answer.short and not answer.points


def test_an_answer_that_only_the_text_had_suggested_is_open_again(assistant: Assistant) -> None:
    talk = pasted(assistant, "children")
    talk.pick("1")
    for _ in range(6):
        if "zu erkennen" in question(talk.turn.answer):
            break
        talk.pick(labels(talk.turn.answer)[-3])
    assert "people" not in talk.memory["check"]["answers"]
    talk.pick(next(label for label in labels(talk.turn.answer) if "(Vorschlag)" in label))
    assert talk.memory["check"]["answers"]["people"] == "children"
    answer = talk.say({"ask_likes": 0.03}, "und wenn ich die Kinder weglasse?", form="other")
    assert "people" not in talk.memory["check"]["answers"]
    assert not any("Sorgeberechtigt" in point.text for point in answer.points)


def test_an_ordinary_question_with_such_a_word_is_answered(assistant: Assistant) -> None:
    talk = pasted(assistant, "workplace")
    answer = talk.say({"ask_event_photos": 0.9}, "Darf ich auch ein Foto ohne Einwilligung posten?", form="permission")
    assert (answer.outcome, answer.topic) == ("answered", "event_photos")


def test_a_question_outside_the_guide_is_told_whose_it_is_and_the_check_waits(assistant: Assistant) -> None:
    talk = pasted(assistant, "workplace")
    area = {"name": "pay", "certainty": 0.9}
    answer = talk.say("out_of_scope", "wie viel verdient man eigentlich im zweiten Jahr", outside_area=area)
    assert (answer.outcome, answer.short) == ("refused", assistant.wording.elsewhere["pay"])
    assert labels(answer)[-1] == "Weiter: Beitrag prüfen"


def test_after_the_result_an_answer_or_the_text_can_be_changed(assistant: Assistant) -> None:
    talk = Talk(assistant)
    talk.say("start_check", "prüf meinen post", known_check="posting")
    while talk.turn.answer.verdict is None:
        talk.pick("Weiß ich nicht")
    answer = talk.say({"ask_likes": 0.03}, "und wenn ich den Namen weglasse?", form="other")
    assert question(answer) == assistant.wording.checks.changed_after
    assert assistant.wording.checks.paste in labels(answer)


def test_a_short_question_about_the_text_gets_the_reasons_so_far(assistant: Assistant) -> None:
    talk = pasted(assistant, "workplace", "disparaging")
    answer = talk.say({"ask_likes": 0.02}, "und das mit der heißen Luft, geht das so?", form="permission")
    assert answer.short.startswith(assistant.wording.checks.so_far_again["depends"])


@pytest.mark.parametrize("text", ["wie würdest du es schreiben", "schreib mir das um", "Formulier mir das bitte neu"])
def test_who_wants_other_words_reads_an_example(assistant: Assistant, text: str) -> None:
    talk = pasted(assistant, "disparaging", "citizens")
    answer = talk.say({"out_of_scope": 0.5}, text, form="statement")
    assert answer.short.startswith(assistant.wording.checks.instead)


def test_a_call_to_vote_is_a_reason_for_care(assistant: Assistant) -> None:
    answer = pasted(assistant, "election").turn.answer
    lead = answer.short.split("\n")[0]
    assert lead.startswith(assistant.wording.checks.so_far["depends"]) and "amtlichen Kanal" in lead


def test_who_names_a_post_gets_the_check_of_posts_whatever_the_topic(assistant: Assistant, talk: Talk) -> None:
    text = "Kannst du mal über einen Post schauen, den ich auf Facebook stellen will?"
    answer = talk.say({"start_check": 0.8, "ask_contact_requests": 0.2}, text, form="permission")
    assert answer.title is not None and answer.title.startswith(assistant.checks["de"]["posting"].label)


def test_who_asks_again_reads_yes_or_no_and_not_the_same_block(assistant: Assistant) -> None:
    talk = pasted(assistant, "disparaging", "citizens")
    words, first = assistant.wording.checks, talk.turn.answer.short
    again = talk.say("opening", "also darf ich das so posten?", form="permission")
    assert again.short.startswith(words.so_far_again["depends"]) and first.split("\n")[0] not in again.short
    assert words.signs["disparaging"] in again.short and words.instead in again.short and again.short_cites
    reasons = talk.say("opening", "was genau ist daran das Problem?", form="permission")
    assert words.signs["disparaging"] in reasons.short and reasons.points and reasons.citations
    assert words.so_far["depends"] not in reasons.short


def test_who_wants_other_words_reads_them_first(assistant: Assistant) -> None:
    talk = pasted(assistant, "disparaging", "citizens")
    answer = talk.say({"out_of_scope": 0.5}, "Formulier mir das bitte um", form="statement")
    words = assistant.wording.checks
    assert answer.short.startswith(words.instead) and words.no_rewriting in answer.short


def test_what_helps_but_is_not_enough_is_said(assistant: Assistant) -> None:
    talk = pasted(assistant, "workplace", "disparaging", "citizens")
    answer = talk.say({"ask_likes": 0.03}, "und wenn ich das mit dem Bürgeramt weglasse?", form="other")
    assert assistant.wording.checks.changed_rest in answer.short
