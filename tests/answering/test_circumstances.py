"""Status, occupation and platform: told, denied, corrected, remembered, and what they change in an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from lotse.answering import Answer, Memory
from lotse.answering.memory import Offer
from lotse.content.model import values_of
from lotse.conversation.assistant import Assistant
from tests.answering.conftest import DATA, Talk
from tests.answering.test_answers import STATUSES, TOPICS
from tests.parsed_messages import parsed

STATUS_ONLY = [status for status in STATUSES if status]


def tell(
    talk: Talk,
    mine: Mapping[str, str] | None = None,
    denied: Mapping[str, str] | None = None,
    others: Mapping[str, str] | None = None,
    intents: Mapping[str, float] | None = None,
    only_tells: bool = True,
    text: str = "so ist das bei mir",
    passages: Mapping[str, float] | None = None,
    form: str = "permission",
) -> Answer:
    """A typed message that names circumstances of these holders."""
    named = {"me": mine or {}, "denied": denied or {}, "other": others or {}}
    return talk.understood(
        parsed(
            text=text,
            intent_ranking=[
                {"name": name, "confidence": value} for name, value in (intents or {"refine": 0.9}).items()
            ],
            entities=[
                {"entity": facet, "value": value, "holder": holder}
                for holder, facets in named.items()
                for facet, value in facets.items()
            ],
            passages=dict(passages or {}),
            only_tells=only_tells,
            form=form,
        )
    )


def statements(answer: Answer) -> list[str]:
    """The points that hold for everyone."""
    return [point.text for point in answer.points if not point.status]


def leading(answer: Answer) -> str:
    """The statement that is read first."""
    texts = {citation.excerpt for citation in answer.citations}
    return answer.short if answer.short in texts else statements(answer)[0]


def scores(assistant: Assistant, topic: str, best: str) -> dict[str, float]:
    return {passage.id: 0.4 for passage in assistant.guide.of_topic[topic]} | {best: 0.9}


@pytest.mark.parametrize("status", STATUS_ONLY)
@pytest.mark.parametrize("topic", TOPICS)
def test_telling_a_status_keeps_the_answer_and_adds_to_it(
    assistant: Assistant, talk: Talk, topic: str, status: str
) -> None:
    label = assistant.guide.status_label(status)
    for passage in assistant.guide.of_topic[topic]:
        if passage.facet_values("status"):
            continue
        talk.memory = None
        first = talk.say(f"ask_{topic}", passages=scores(assistant, topic, passage.id))
        # Whatever the telling message resembles, it is no new question.
        near = dict(reversed(list(scores(assistant, topic, topic).items())))
        second = tell(talk, {"status": status}, intents={"ask_likes": 0.6, "refine": 0.2}, passages=near)
        unless = assistant.guide.topics[topic].verdict_unless, passage.verdict_unless
        voided = any(status in values_of(each, "status") for each in unless)
        assert (second.outcome, second.topic) == ("refined", topic)
        assert second.verdict == ("depends" if voided and first.verdict == "allowed" else first.verdict)
        assert second.citations and second.short_cites
        # The answer stays as it was, in the same order; without asking for more one reads what is different.
        assert [text for text in statements(second) if text in statements(first)] == statements(first)
        assert not {point.text for point in second.points_shown} & set(statements(first))
        own = [other.by_status[status].text for other in assistant.guide.of_topic[topic] if status in other.by_status]
        about = [other for other in assistant.guide.of_topic[topic] if status in other.facet_values("status")]
        if second.short == first.short:
            assert second.addressed == assistant.wording.no_difference["status"].format(value=label)
            assert not own and not second.points_shown
        else:
            # What is different comes first, then the short answer, and not the whole text again.
            assert second.addressed == assistant.wording.difference["status"].format(value=label)
            assert second.short.startswith((*own, *(other.short or other.text for other in about)))
            assert second.short.endswith(assistant.wording.difference_rest.format(short=first.short))


@pytest.mark.parametrize("status", STATUS_ONLY)
def test_an_offered_status_does_the_same_as_a_typed_one(talk: Talk, status: str) -> None:
    talk.say("ask_opinions", passages={"opinions.political": 0.9, "opinions.general": 0.85})
    kept = talk.memory
    typed = tell(talk, {"status": status})
    talk.memory = kept
    picked = talk.understood(
        parsed(
            text=f'/refine{{"status": "{status}"}}',
            intent_ranking=[{"name": "refine", "confidence": 1.0}],
            entities=[{"entity": "status", "value": status}],
        )
    )
    assert (picked.addressed, picked.short, picked.points) == (typed.addressed, typed.short, typed.points)


def test_a_longer_statement_about_oneself_keeps_the_answer_a_new_question_does_not(talk: Talk) -> None:
    ranking = {"opinions.political": 0.9, "opinions.general": 0.85}
    for form, kept in (("statement", True), ("permission", False)):
        talk.memory = None
        first = talk.say("ask_opinions", passages=ranking)
        other = {"opinions.xenophobic": 0.9, "opinions.general": 0.2}
        second = tell(talk, {"status": "beamte"}, only_tells=False, form=form, passages=other)
        assert (second.outcome, second.topic) == ("refined", "opinions")
        assert second.short.endswith(first.short) or not kept
        assert (second.addressed == "Für Beamtinnen und Beamte gilt hier etwas Eigenes:") == kept


def test_telling_a_status_makes_no_verdict_milder(talk: Talk) -> None:
    # So uncertain that the topic's “allowed” was not said.
    first = talk.say({"ask_opinions": 0.5, "ask_likes": 0.05})
    assert first.verdict == "depends"
    assert tell(talk, {"status": "tarif"}).verdict == "depends"


def test_a_picked_topic_is_kept_as_it_was(assistant: Assistant, talk: Talk) -> None:
    talk.memory = Memory(offered=[Offer(label="…", payload="/ask_opinions")]).dict()
    first = talk.pick("/ask_opinions")
    second = tell(talk, {"status": "beamte"})
    assert second.verdict == first.verdict
    assert second.short.endswith(first.short)
    assert second.addressed == assistant.wording.difference["status"].format(value="Beamtinnen und Beamte")


def test_telling_a_status_leaves_open_what_else_the_question_may_have_meant(talk: Talk) -> None:
    talk.say({"ask_blocking": 0.6, "ask_networking": 0.2})
    before = talk.memory["alternatives"]
    tell(talk, {"status": "beamte"}, intents={"ask_likes": 0.5, "refine": 0.3})
    assert before and talk.memory["alternatives"] == before


def test_one_status_after_the_other_changes_the_variants_only(talk: Talk) -> None:
    first = talk.say("ask_consequences", passages={"consequences.off_duty": 0.9, "consequences.graduated": 0.88})
    answers = [tell(talk, {"status": status}) for status in ("beamte", "tarif", "azubi", "beamte")]
    assert all(answer.short.endswith(first.short) for answer in answers)
    assert answers[0].short == answers[-1].short
    assert len({answer.short for answer in answers}) >= 2
    assert talk.memory["facets"]["status"] == ["beamte"]


def test_a_status_that_the_guide_does_not_name_is_said_so(assistant: Assistant, talk: Talk) -> None:
    first = talk.say("ask_authority_tiktok")
    answer = tell(talk, {"status": "soldaten"})
    assert answer.addressed == assistant.wording.no_difference["status"].format(value="Soldatinnen und Soldaten")
    assert (answer.short, answer.points_shown) == (first.short, [])
    assert talk.memory["said"] == first.short
    # The sources are still those of the answer.
    numbers = [citation.n for citation in talk.say("request_sources").citations]
    assert numbers == [citation.n for citation in first.citations]


def test_a_platform_that_the_guide_does_not_name_is_said_so(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_blocking", passages={"blocking.press": 0.9})
    answer = tell(talk, {"platform": "jodel"})
    assert answer.addressed == assistant.wording.no_difference["platform"].format(value="Jodel")


def test_of_several_platforms_each_is_named(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_blocking", passages={"blocking.press": 0.9})
    text = "Was ist mit Jodel und Reddit?"
    entities = [
        {"entity": "platform", "value": "jodel", "start": 12, "end": 17},
        {"entity": "platform", "value": "reddit", "start": 22, "end": 28},
    ]
    ranking = [{"name": "refine", "confidence": 0.95}]
    answer = talk.understood(
        parsed(
            text=text, intent=ranking[0], intent_ranking=ranking, entities=entities, form="statement", only_tells=True
        )
    )
    assert answer.addressed == assistant.wording.no_difference["platform"].format(value="Jodel, Reddit")


def test_a_status_with_a_new_question_answers_the_question(talk: Talk) -> None:
    answer = tell(
        talk,
        {"status": "beamte"},
        intents={"refine": 0.8, "ask_opinions": 0.1, "ask_likes": 0.01},
        only_tells=False,
        text="Ich bin verbeamtet. Darf ich Wahlwerbung machen?",
    )
    assert (answer.outcome, answer.topic) == ("answered", "opinions")
    assert talk.memory["facets"]["status"] == ["beamte"]


def test_who_tells_their_status_is_at_the_right_place(talk: Talk) -> None:
    # As the model read a question after “Ich bin verbeamtet.”; without these words it was sure.
    likely = {"ask_opinions": 0.65, "ask_secondary_employment": 0.2, "out_of_scope": 0.09, "refine": 0.03}
    outcomes = []
    for mine in ({"status": "beamte"}, {}):
        talk.memory = None
        outcomes.append(tell(talk, mine, intents=likely, only_tells=False).outcome)
    assert outcomes == ["answered", "choices"]


def test_a_statement_about_oneself_without_a_question_is_an_introduction(assistant: Assistant, talk: Talk) -> None:
    answer = tell(
        talk,
        {"status": "beamte"},
        intents={"refine": 0.95, "ask_likes": 0.01},
        only_tells=False,
        form="statement",
        text="Ich bin Beamtin im dritten Jahr nach dem Referendariat in Köln",
    )
    assert answer.short == assistant.wording.introduced.format(status="Beamtinnen und Beamte")


def test_a_status_with_an_unclear_question_is_not_met_with_an_introduction(assistant: Assistant, talk: Talk) -> None:
    answer = tell(
        talk,
        {"status": "beamte"},
        intents={"refine": 0.8, "ask_opinions": 0.03, "ask_likes": 0.03, "ask_blocking": 0.03},
        only_tells=False,
        text="Ich bin Beamtin, wie ist das dann mit der Sache da?",
    )
    assert answer.short != assistant.wording.introduced.format(status="Beamtinnen und Beamte")
    assert answer.outcome == "choices"


@pytest.mark.parametrize(
    ("mine", "denied", "expected"),
    [
        ({"status": "soldaten"}, {}, "Soldatinnen und Soldaten"),
        ({"occupation": "police"}, {}, "Polizei"),
        ({}, {"status": "beamte"}, "Beamtinnen und Beamte"),
    ],
)
def test_who_tells_something_without_a_question_is_asked_for_it(
    talk: Talk, mine: dict[str, str], denied: dict[str, str], expected: str
) -> None:
    answer = tell(talk, mine, denied)
    assert answer.outcome == "choices"
    assert expected in answer.short


def test_only_what_the_person_says_of_themselves_is_remembered(talk: Talk) -> None:
    tell(talk, others={"status": "beamte", "occupation": "police"}, intents={"ask_opinions": 0.9}, only_tells=False)
    assert talk.memory["facets"] == {}
    assert {point.status for point in talk.turn.answer.points} > {None}


def test_the_status_said_last_counts(talk: Talk) -> None:
    talk.say("ask_opinions", facets={"status": "beamte"})
    tell(talk, {"status": "tarif"}, text="Quatsch, Tarif")
    assert talk.memory["facets"]["status"] == ["tarif"]
    assert Memory(facets={"status": ["beamte", "tarif"]}).status == "tarif"


def test_a_denied_status_is_forgotten_and_its_variants_are_left_out(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_opinions", facets={"status": "beamte"})
    answer = tell(talk, denied={"status": "beamte"}, text="ich bin doch gar nicht verbeamtet")
    assert "status" not in talk.memory["facets"]
    assert answer.addressed == assistant.wording.difference["denied"].format(value="Beamtinnen und Beamte")
    left = [passage.by_status for passage in assistant.guide.of_topic["opinions"] if passage.by_status]
    assert answer.short.startswith(tuple(own["tarif"].text for own in left if "tarif" in own))
    assert not any(offer.startswith('/refine{"status": "beamte"') for offer in talk.offers)
    # It holds for the next topic, until the person says otherwise.
    assert "Beamtinnen und Beamte" not in {point.status for point in talk.say("ask_consequences").points}
    tell(talk, {"status": "beamte"})
    assert talk.memory["not_so"] == {}
    assert talk.memory["facets"]["status"] == ["beamte"]


def test_to_deny_one_status_says_no_other(talk: Talk) -> None:
    talk.say("ask_opinions")
    tell(talk, denied={"status": "beamte"})
    assert "status" not in talk.memory["facets"]


def test_what_is_said_and_denied_in_one_message_counts_as_said(talk: Talk) -> None:
    tell(
        talk,
        {"platform": "linkedin"},
        {"platform": "linkedin"},
        intents={"ask_event_photos": 0.9},
        only_tells=False,
        text="Darf ich das auf LinkedIn zeigen, wenn er gar nicht auf LinkedIn ist?",
    )
    assert talk.memory["facets"]["platform"] == ["linkedin"]


def test_a_corrected_platform_replaces_the_one_before(talk: Talk) -> None:
    talk.say("ask_blocking", facets={"platform": "instagram"})
    tell(
        talk,
        {"platform": "x"},
        {"platform": "instagram"},
        intents={"correct_topic": 0.9},
        text="nicht auf Insta, auf X",
    )
    assert talk.turn.answer.topic == "blocking"
    assert talk.memory["facets"]["platform"] == ["x"]


def test_a_corrected_person_keeps_the_topic(talk: Talk) -> None:
    talk.say("ask_blocking", facets={"person": "press"})
    answer = tell(
        talk,
        {"person": "family"},
        {"person": "press"},
        intents={"correct_topic": 0.9, "ask_blocking": 0.05, "ask_networking": 0.03},
        only_tells=False,
        text="nein, der ist kein Journalist, sondern ein Nachbar",
    )
    assert (answer.outcome, answer.topic) == ("refined", "blocking")
    assert talk.memory["facets"]["person"] == ["family"]


def test_status_and_occupation_stay_true_when_the_topic_changes(talk: Talk) -> None:
    tell(talk, {"status": "beamte", "occupation": "teaching"})
    for topic in ("opinions", "consequences", "likes"):
        answer = talk.say(f"ask_{topic}")
        assert {point.status for point in answer.points} == {None, "Beamtinnen und Beamte"}
    assert talk.memory["facets"] == {"status": ["beamte"], "occupation": ["teaching"]}


def test_the_status_is_asked_for_once(assistant: Assistant, talk: Talk) -> None:
    notices = [talk.say(f"ask_{topic}").notice or "" for topic in ("opinions", "consequences", "likes")]
    assert [assistant.wording.ask_status in notice for notice in notices] == [True, False, False]
    # The buttons stay.
    assert any(offer.startswith('/refine{"status": "beamte"') for offer in talk.offers)


def test_an_occupation_may_settle_what_would_be_asked(assistant: Assistant, talk: Talk) -> None:
    for occupation, asked in (("judiciary", False), ("police", True)):
        talk.memory = None
        answer = talk.say("ask_opinions", facets={"occupation": occupation})
        assert (assistant.wording.ask_status in (answer.notice or "")) == asked
        assert (any(offer.startswith('/refine{"status": "beamte"') for offer in talk.offers)) == asked
        assert "status" not in talk.memory["facets"]


def test_an_occupation_without_a_rule_of_its_own_is_said_so(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_opinions")
    answer = tell(talk, {"occupation": "police"})
    assert answer.addressed == assistant.wording.no_difference["occupation"].format(value="Polizei")


def test_what_is_only_for_an_occupation_is_added_when_it_is_told(assistant: Assistant, talk: Talk) -> None:
    passages = assistant.guide.of_topic["opinions"]
    special = passages[-1].copy(update={"only_for": {"occupation": "police"}, "facets": {}})
    guide = replace(
        assistant.guide,
        of_topic={**assistant.guide.of_topic, "opinions": (*passages[:-1], special)},
        passages={**assistant.guide.passages, special.id: special},
    )
    talk.assistant = replace(assistant, guides={**assistant.guides, "de": guide})
    first = talk.say("ask_opinions", passages=scores(assistant, "opinions", special.id))
    assert special.text not in statements(first)
    second = tell(talk, {"occupation": "police"})
    assert second.short.startswith(special.short or special.text) and second.short.endswith(first.short)
    assert second.addressed == assistant.wording.difference["occupation"].format(value="Polizei")
    assert special.text not in tell(talk, denied={"occupation": "police"}).short


def test_a_question_that_asked_for_no_verdict_gets_information_only_by_telling_a_status(talk: Talk) -> None:
    assert talk.say("ask_opinions", form="other").verdict == "info"
    for status in ("beamte", "tarif", "beamte"):
        assert tell(talk, {"status": status}).verdict == "info"


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("topic", TOPICS)
def test_no_status_sees_an_emptier_answer(assistant: Assistant, talk: Talk, topic: str, language: str) -> None:
    # The passages are the same in both languages.
    for passage in assistant.guide.of_topic[topic][: None if language == "de" else 2]:
        if passage.only_for:
            # Who has named its setting sees this passage first, everybody else never.
            continue
        ranking = scores(assistant, topic, passage.id)
        talk.memory = {"language": language, "language_chosen": True}
        unknown = talk.say(f"ask_{topic}", passages=ranking)
        for status in STATUS_ONLY:
            about = passage.facet_values("status")
            if about and status not in about:
                continue
            talk.memory = {"language": language, "language_chosen": True}
            known = talk.say(f"ask_{topic}", passages=ranking, facets={"status": status})
            assert len(known.points) >= len(statements(unknown))
            assert leading(known) == leading(unknown)
            assert known.short == unknown.short or about


def test_passages_for_others_leave_no_gap(assistant: Assistant, talk: Talk) -> None:
    ranking = {"private_label.bundeswehr": 0.9}
    unknown = talk.say("ask_private_label", passages=ranking)
    talk.memory = None
    known = talk.say("ask_private_label", passages=ranking, facets={"status": "azubi"})
    assert len(statements(known)) >= len(statements(unknown))


def test_the_wordings_name_what_they_are_about() -> None:
    for language in ("de", "en"):
        wording = Assistant.load(DATA).wordings[language]
        told = {"status", "statuses", "occupation", "platform", "account", "state", "person", "denied"}
        assert set(wording.no_difference) == set(wording.difference) == told
        assert all(
            "{value}" in text for key, text in wording.no_difference.items() if key not in ("denied", "statuses")
        )
        assert all("{value}" in text for key, text in wording.difference.items() if key != "statuses")


def test_who_compares_statuses_reads_both_and_tells_neither(assistant: Assistant, talk: Talk) -> None:
    talk.say("ask_opinions", passages=scores(assistant, "opinions", "opinions.political"))
    answer = talk.understood(
        parsed(
            text="Ist das bei Beamten anders als bei Tarifbeschäftigten?",
            intent_ranking=[{"name": "refine", "confidence": 0.9}],
            entities=[{"entity": "status", "value": status, "holder": "me"} for status in ("beamte", "tarif")],
            passages={},
            only_tells=True,
            form="other",
        )
    )
    assert answer.outcome == "refined"
    assert answer.addressed == assistant.wording.difference["statuses"]
    own = assistant.guide.passages["opinions.political"].by_status
    said = {point.status: point.text for point in answer.points if point.status}
    labels = {status: assistant.guide.status_label(status) for status in ("beamte", "tarif")}
    for status, variant in ((name, own[name]) for name in ("beamte", "tarif") if name in own):
        heading = labels[status][:1].upper() + labels[status][1:]
        assert said[heading] == variant.text
    assert "status" not in talk.memory["facets"]
