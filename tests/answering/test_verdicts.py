"""A verdict is true of what the person has said, or there is none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from lotse.answering.answer import Outcome
from lotse.answering.memory import Memory
from lotse.answering.passages import Fit, fitting
from lotse.answering.question import KnownQuestion, Question
from lotse.answering.verdicts import Case, Ruling, Sought, asks_permission, case_of, repeated_first, rule, sought
from lotse.content.model import Cite, CitedText, Example, Facet, Guide, Passage, Topic
from lotse.conversation.assistant import Assistant
from tests.answering.conftest import Talk

TEXT = "Ein Satz, der lang genug ist, um als Regel zu gelten."
CITE = Cite.parse_obj({"norm": "gg_5"})
CLEAR, UNCLEAR = 0.9, 0.3
VOCABULARY = {
    "account": Facet.parse_obj(
        {
            "facet": "account",
            "values": {name: {"label": name, "forms": [name]} for name in ("private", "official", "group")},
            "assumed": {"value": "private", "text": "Ihr privates Konto"},
        }
    )
}


def passage(name: str = "one", **fields: Any) -> Passage:
    short = "So ist es in genau diesem Fall." if "verdict" in fields else None
    given = {
        "id": f"boats.{name}",
        "title": "Ein Fall",
        "text": TEXT,
        "questions": ["Darf ich?", "Darf ich das?", "Darf ich das wirklich?"],
        "cites": [CITE],
        "reviewed": date(2026, 11, 1),
        "review_by": date(2027, 11, 1),
        "short": short,
    }
    return Passage(**{**given, **fields})


def topic(verdict: str, **fields: Any) -> Topic:
    given = {
        "topic": "boats",
        "title": "Darf ich ein Boot posten?",
        "label": "Boote",
        "verdict": verdict,
        "short": "Boote dürfen Sie im Grundsatz posten.",
        "rests_on": ["boats.one"],
        "plain": "Sie dürfen Boote posten. Das gilt auch für kleine Boote.",
        "why": CitedText(text=TEXT, cites=[CITE]),
        "examples": [Example(text=TEXT, verdict="info", passage="boats.one")],
        "passages": [passage(name) for name in ("one", "two", "three", "four", "five")],
        "related": ["likes"],
        "contacts": ["superior"],
    }
    return Topic(**{**given, **fields})


def ruling(
    of: Topic,
    best: Passage,
    said: Mapping[str, list[str]],
    score: float = CLEAR,
    wanted: Sought = "permission",
    uncertain: bool = False,
    **question: Any,
) -> Ruling:
    message = Question(**question)
    fits = [Fit(best, score, False), Fit(passage("two"), 0.2, False)]
    case = case_of(message, said, VOCABULARY)
    return rule(of, fits, message, case, wanted, uncertain, SETTINGS)


SETTINGS = Assistant.load().settings


@pytest.mark.parametrize("own", ["allowed", "not_allowed", "depends", "info"])
def test_a_passage_rules_if_each_of_its_circumstances_was_said(own: str) -> None:
    best = passage(verdict=own, facets={"content": ["photo", "video"]}, verdict_requires={"situation": "break"})
    said = {"content": ["video"], "situation": ["break"]}
    assert ruling(topic("depends"), best, said, wanted="verdict") == Ruling(own, best)  # type: ignore[arg-type]
    of_permission = "depends" if own == "info" else own
    assert ruling(topic("depends"), best, said) == Ruling(of_permission, best)  # type: ignore[arg-type]


@pytest.mark.parametrize("said", [{}, {"content": ["photo"]}, {"situation": ["break"]}, {"content": ["music"]}])
@pytest.mark.parametrize("own", ["allowed", "not_allowed"])
def test_without_one_of_them_the_topic_rules_and_the_passage_does_not_lead(
    own: str, said: Mapping[str, list[str]]
) -> None:
    best = passage(verdict=own, facets={"content": "photo"}, verdict_requires={"situation": "break"})
    assert ruling(topic("depends"), best, said) == Ruling("depends")
    assert ruling(topic("info"), best, said) == Ruling("depends")
    assert ruling(topic("info"), best, said, wanted="verdict") == Ruling("info")


def test_a_passage_leads_without_its_verdict_if_only_the_facets_were_not_said() -> None:
    said = {"situation": ["break"]}
    near = passage(verdict="depends", facets={"content": "photo"}, verdict_requires={"situation": "break"})
    assert ruling(topic("info"), near, said) == Ruling("depends", near)
    assert ruling(topic("info"), near, said, wanted="verdict") == Ruling("info", near)
    assert ruling(topic("info"), near, {"content": ["photo"]}) == Ruling("depends")
    assert ruling(topic("info"), near, {"content": ["photo"]}, wanted="verdict") == Ruling("info")


def test_a_passage_that_only_nearly_fits_does_not_rule() -> None:
    best = passage(verdict="allowed", facets={"content": "photo"})
    assert ruling(topic("depends"), best, {"content": ["photo"]}, score=UNCLEAR) == Ruling("depends")


def test_a_passage_near_the_best_forbids_what_was_said_in_so_many_words() -> None:
    best = passage("two", verdict="depends")
    strict = passage(verdict="not_allowed", facets={"content": "internal"}, verdict_requires={"condition": "insult"})
    said = {"content": frozenset({"internal"}), "condition": frozenset({"insult"})}

    def ruled(said: Mapping[str, frozenset[str]], behind: float = 0.05, **message: Any) -> Ruling:
        fits = [Fit(best, UNCLEAR, False), Fit(strict, UNCLEAR - behind, True)]
        question = Question(**message)
        return rule(topic("depends"), fits, question, Case(said, {}), "permission", False, SETTINGS)

    assert ruled(said) == Ruling("not_allowed", strict)
    assert ruled({"content": said["content"]}) == Ruling("depends")
    assert ruled(said, behind=0.3) == Ruling("depends")
    assert ruled(said, picked=True) == Ruling("depends")
    assert ruled(said, known=KnownQuestion("boats", None, 1.0)) == Ruling("depends")


def test_a_passage_that_forbids_in_general_must_fit_clearly() -> None:
    strict = passage(verdict="not_allowed")
    assert ruling(topic("depends"), strict, {"content": ["internal"]}, UNCLEAR) == Ruling("depends")


def test_a_passage_near_the_best_allows_nothing() -> None:
    best = passage(verdict="allowed", facets={"content": "photo"})
    assert ruling(topic("depends"), best, {"content": ["photo"]}, UNCLEAR) == Ruling("depends")


@pytest.mark.parametrize("outcome", ["answered", "refined"])
@pytest.mark.parametrize("words", [2, 15])
def test_a_story_of_what_was_done_is_never_allowed(outcome: Outcome, words: int) -> None:
    memory = Memory(asked_permission=True, verdict="allowed")
    question = Question(form="story", text="wort " * words, memory=memory)
    assert sought(question, outcome, SETTINGS) == "information"


def test_a_repeated_question_of_the_guide_makes_its_passage_clear() -> None:
    best = passage(verdict="allowed", facets={"content": "photo"})
    known = KnownQuestion("boats", "boats.one", 1.0)
    said = {"content": ["photo"]}
    assert ruling(topic("depends"), best, said, UNCLEAR, known=known) == Ruling("allowed", best)
    assert ruling(topic("depends"), best, {}, UNCLEAR, known=known) == Ruling("depends", best)


def test_a_repeated_question_puts_its_passage_first() -> None:
    fits = [Fit(passage("two"), 0.8, False), Fit(passage("one"), 0.5, False)]
    question = Question(known=KnownQuestion("boats", "boats.one", 0.97))
    assert [fit.passage.id for fit in repeated_first(fits, question)] == ["boats.one", "boats.two"]
    assert repeated_first(fits, Question()) == fits


@pytest.mark.parametrize("own", ["depends", "not_allowed"])
@pytest.mark.parametrize("score", [CLEAR, UNCLEAR])
def test_green_falls_if_the_best_passage_is_stricter(own: str, score: float) -> None:
    best = passage(verdict=own, facets={"person": "press"})
    assert ruling(topic("allowed"), best, {}, score).verdict == "depends"
    # Nothing is forbidden by a passage whose circumstances were not said.
    assert ruling(topic("not_allowed"), best, {}, score).verdict == "not_allowed"


def test_a_topics_own_title_gets_the_topics_verdict() -> None:
    best = passage(verdict="not_allowed")
    known = KnownQuestion("boats", None, 1.0)
    assert ruling(topic("allowed"), best, {}, known=known) == Ruling("allowed")
    assert ruling(topic("allowed"), best, {}, picked=True) == Ruling("allowed")


@pytest.mark.parametrize("verdict", ["allowed", "not_allowed", "depends"])
def test_a_topics_verdict_does_not_hold_under_what_it_names(verdict: str) -> None:
    of = topic(verdict, verdict_unless={"content": "hate", "person": ["press"]})
    assert ruling(of, passage(), {"content": ["photo", "hate"]}).verdict == "depends"
    assert ruling(of, passage(), {"content": ["photo"]}).verdict == verdict


def test_what_a_topic_names_counts_for_a_passage_that_allows_too() -> None:
    of = topic("depends", verdict_unless={"person": "extremist"})
    best = passage(verdict="allowed", facets={"content": "photo"})
    said = {"content": ["photo"], "person": ["extremist"]}
    assert ruling(of, best, said) == Ruling("depends")
    about_them = passage(verdict="allowed", facets={"person": "extremist"})
    assert ruling(of, about_them, said) == Ruling("allowed", about_them)


def test_only_the_value_that_a_passage_is_about_is_no_contradiction() -> None:
    of = topic("depends", verdict_unless={"content": ["hate", "photo"]})
    best = passage(verdict="allowed", facets={"content": ["photo", "video"]})
    assert ruling(of, best, {"content": ["photo"]}) == Ruling("allowed", best)
    assert ruling(of, best, {"content": ["photo", "hate"]}) == Ruling("depends")


def test_a_passage_names_what_its_verdict_does_not_hold_under() -> None:
    best = passage(verdict="allowed", facets={"situation": "break"}, verdict_unless={"situation": "work_device"})
    assert ruling(topic("depends"), best, {"situation": ["break"]}).verdict == "allowed"
    assert ruling(topic("depends"), best, {"situation": ["break", "work_device"]}) == Ruling("depends")


@pytest.mark.parametrize("verdict", ["allowed", "not_allowed"])
def test_whoever_may_have_meant_another_topic_gets_no_plain_yes_or_no(verdict: str) -> None:
    assert ruling(topic(verdict), passage(), {}, uncertain=True) == Ruling("depends")
    own = passage(verdict=verdict, facets={"content": "photo"})
    short = "Ja. Das geht." if verdict == "allowed" else "Nein. Das geht nicht."
    unsaid = passage(verdict=verdict, short=short, facets={"content": "photo"})
    assert ruling(topic("depends"), unsaid, {}, uncertain=True) == Ruling("depends")
    # What is forbidden in each circumstance that was said is so whichever topic was meant; nothing is allowed by guess.
    forbidden = verdict == "not_allowed"
    expected = Ruling("not_allowed", own) if forbidden else Ruling("depends")
    assert ruling(topic("depends"), own, {"content": ["photo"]}, uncertain=True) == expected
    assert ruling(topic("info"), passage(), {}, uncertain=True) == Ruling("depends")
    assert ruling(topic("info"), passage(), {}, uncertain=True, wanted="verdict") == Ruling("info")


def test_what_was_denied_was_not_said() -> None:
    best = passage(verdict="allowed", facets={"situation": "break"})
    assert ruling(topic("depends"), best, {"situation": ["break"]}, denied={"situation": ("break",)}) == Ruling(
        "depends"
    )


def test_what_is_taken_for_granted_is_named() -> None:
    best = passage(verdict="allowed", facets={"account": "private"})
    assert ruling(topic("depends"), best, {}) == Ruling("allowed", best, ("account",))
    assert ruling(topic("depends"), best, {"account": ["private"]}) == Ruling("allowed", best)
    assert ruling(topic("depends"), best, {"account": ["group"]}) == Ruling("depends")
    assert ruling(topic("depends"), best, {}, denied={"account": ("private",)}) == Ruling("depends")
    required = passage(verdict="allowed", verdict_requires={"account": "private"})
    assert ruling(topic("depends"), required, {}) == Ruling("depends")
    both = passage(verdict="allowed", facets={"account": "private"}, verdict_requires={"account": "private"})
    assert ruling(topic("depends"), both, {}) == Ruling("depends")


def test_a_topic_that_depends_on_the_account_names_what_it_took_for_granted() -> None:
    of = topic("allowed", verdict_unless={"account": "official"})
    assert ruling(of, passage(), {}) == Ruling("allowed", None, ("account",))
    assert ruling(of, passage(), {"account": ["private"]}) == Ruling("allowed")
    assert ruling(of, passage(), {"account": ["official"]}) == Ruling("depends")


def test_a_clear_passage_leads_without_a_verdict_of_its_own() -> None:
    best = passage(short="So ist es in genau diesem Fall.")
    assert ruling(topic("depends"), best, {}) == Ruling("depends", best)
    assert ruling(topic("depends"), best, {}, score=UNCLEAR) == Ruling("depends")
    assert ruling(topic("depends"), best, {}, wanted="information") == Ruling("info", best)


@pytest.mark.parametrize("verdict", ["allowed", "not_allowed", "depends", "info"])
def test_who_does_not_ask_for_permission_gets_information(verdict: str) -> None:
    assert ruling(topic(verdict), passage(), {}, wanted="information") == Ruling("info")
    best = passage(verdict=verdict, facets={"content": "photo"})
    assert ruling(topic(verdict), best, {"content": ["photo"]}, wanted="information").verdict == "info"


@pytest.mark.parametrize(
    ("form", "picked", "words", "outcome", "expected"),
    [
        ("permission", False, 9, "answered", "permission"),
        ("permission", False, 9, "refined", "permission"),
        # A search, and a topic that was picked, may be after information.
        ("statement", False, 2, "answered", "verdict"),
        ("permission", True, 1, "answered", "verdict"),
        ("statement", False, 15, "answered", "information"),
        ("other", False, 2, "answered", "information"),
        ("other", False, 9, "refined", "information"),
    ],
)
def test_what_a_message_wants(form: Any, picked: bool, words: int, outcome: Outcome, expected: Sought) -> None:
    question = Question(form=form, picked=picked, text="wort " * words)
    assert sought(question, outcome, SETTINGS) == expected


@pytest.mark.parametrize(
    ("asked", "verdict", "expected"),
    [(True, "allowed", "permission"), (True, "info", "verdict"), (False, "info", "information")],
)
def test_a_follow_up_wants_what_the_question_before_wanted(asked: bool, verdict: Any, expected: Sought) -> None:
    memory = Memory(asked_permission=asked, verdict=verdict)
    for question in (
        Question(form="statement", text="bin Beamter", memory=memory),
        Question(picked=True, memory=memory),
    ):
        assert sought(question, "refined", SETTINGS) == expected


@pytest.mark.parametrize(
    ("form", "words", "outcome", "before", "expected"),
    [
        ("permission", 9, "answered", True, True),
        ("other", 9, "answered", True, False),
        ("other", 9, "refined", True, False),
        ("statement", 2, "answered", True, True),
        ("statement", 15, "answered", True, False),
        ("statement", 3, "refined", False, False),
        ("statement", 3, "refined", True, True),
        ("permission", 9, "refined", False, True),
    ],
)
def test_only_who_asks_for_permission_gets_a_verdict(
    form: Any, words: int, outcome: Outcome, before: bool, expected: bool
) -> None:
    question = Question(form=form, text="wort " * words, memory=Memory(asked_permission=before))
    assert asks_permission(question, outcome, SETTINGS) is expected


def test_a_status_picked_later_does_not_bring_a_verdict_back(talk: Talk) -> None:
    first = talk.say("ask_consequences", form="other")
    assert (first.verdict, first.verdict_label) == ("info", None)
    second = talk.pick('/refine{"status": "beamte", "topic": "consequences"}')
    assert (second.verdict, second.verdict_label) == ("info", None)


def test_passages_of_another_setting_are_left_out() -> None:
    own = passage("two", only_for={"occupation": ["police"], "status": "soldaten"})
    guide = guide_of(passage("one"), own)

    def seen(**facets: list[str]) -> list[str]:
        return [fit.passage.id for fit in fitting(guide, "boats", {own.id: 0.9}, facets, (), SETTINGS)]

    assert seen() == ["boats.one"]
    assert seen(occupation=["teaching"]) == ["boats.one"]
    assert seen(occupation=["police"]) == ["boats.two", "boats.one"]
    assert seen(status=["soldaten"]) == ["boats.two", "boats.one"]
    repeated = fitting(guide, "boats", {own.id: 0.9}, {}, (), SETTINGS, own.id)
    assert [fit.passage.id for fit in repeated] == ["boats.two", "boats.one"]


def test_a_passage_of_another_land_is_not_preferred_but_stays() -> None:
    bavarian, saxon = passage("two", facets={"state": "bavaria"}), passage("three", facets={"state": "saxony"})
    guide = guide_of(passage("one"), bavarian, saxon)
    scores = {"boats.one": 0.88, "boats.two": 0.9, "boats.three": 0.9}

    def order(counted: tuple[str, ...] = (), **facets: list[str]) -> list[str]:
        return [
            fit.passage.id.removeprefix("boats.") for fit in fitting(guide, "boats", scores, facets, counted, SETTINGS)
        ]

    assert order() == ["two", "three", "one"]
    assert order(state=["bavaria"]) == ["two", "one", "three"]
    assert order(state=["saxony"]) == ["three", "one", "two"]
    assert order(state=["hesse"]) == ["one", "two", "three"]
    # The passage ranking has counted what the message itself names.
    assert order(counted=("state",), state=["saxony"]) == ["two", "three", "one"]


def guide_of(*passages: Passage) -> Guide:
    return Guide(
        language="de",
        topics={},
        passages={item.id: item for item in passages},
        sources={},
        norms={},
        contacts={},
        facets={},
        of_topic={"boats": tuple(passages)},
    )


def test_an_uncertain_answer_says_how_it_understood_and_offers_correction(talk: Talk, assistant: Assistant) -> None:
    unsure = talk.say({"ask_reposts": 0.5, "ask_likes": 0.1})
    assert unsure.verdict == "depends"
    assert unsure.assumed == assistant.wording.assumed.format(title=unsure.title)
    assert '/correct_topic{"topic": "reposts"}' in talk.offers
    corrected = talk.pick('/correct_topic{"topic": "reposts"}')
    assert corrected.outcome == "choices"
    assert "/ask_likes" in talk.offers
    assert "/ask_reposts" not in [item.payload for item in corrected.follow_ups]


def test_a_question_for_permission_on_a_topic_of_information_depends_and_says_what_it_took_for_granted(
    talk: Talk, assistant: Assistant
) -> None:
    topic = next(topic for topic in assistant.guide.topics.values() if topic.verdict == "info")
    unsure = talk.say({f"ask_{topic.topic}": 0.5, "ask_likes": 0.1})
    assert (unsure.verdict, unsure.verdict_label) == ("depends", assistant.wording.verdicts["depends"])
    assert unsure.assumed == assistant.wording.assumed.format(title=topic.title)


def test_a_certain_a_picked_or_a_repeated_question_is_not_doubted(talk: Talk) -> None:
    assert talk.say({"ask_reposts": 0.95}).assumed is None
    assert not any(offer.startswith("/correct_topic") for offer in talk.offers)
    known = {"topic": "reposts", "passage": None, "similarity": 1.0}
    assert talk.say({"ask_reposts": 0.4}, known_question=known).assumed is None


def test_the_text_says_first_what_was_assumed(talk: Talk) -> None:
    answer = talk.say({"ask_reposts": 0.5, "ask_likes": 0.1})
    lines = talk.turn.text.split("\n\n")
    assert lines[0] == answer.assumed
    assert lines[1] == f"{answer.title} {answer.verdict_label}."


def test_the_text_of_an_answer_without_verdict_has_the_title_alone(talk: Talk) -> None:
    answer = talk.say("ask_consequences", form="other")
    assert talk.turn.text.split("\n\n")[0] == answer.title
