"""What may reach the understanding."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lotse.answering import Memory, Offer
from lotse.answering.input_gate import GatedMessage, gate, question_before

LIMIT = 200
OFFERS = [
    Offer(label="Blockieren", payload="/ask_blocking"),
    Offer(label="Beamte", payload='/refine{"status": "beamte"}'),
]
MEMORY = Memory(offered=OFFERS, listed=2)

messages = st.one_of(
    st.none(),
    st.text(max_size=60),
    st.text(alphabet=st.characters(), max_size=20),
    st.text(alphabet="/ask_blocking \x00\x07\u2028\ud800\n1.)(", max_size=40),
    st.from_regex(r"\s*/+\s*[a-z_]{0,12}(\{.{0,9}\})?", fullmatch=True),
    st.from_regex(r"\s*\(?\d{1,3}[.)]?\s*", fullmatch=True),
    st.sampled_from([offer.payload for offer in OFFERS]),
    st.integers(195, 205).map(lambda count: "/" + "x" * count),
)
memories = st.builds(
    Memory,
    offered=st.lists(st.sampled_from(OFFERS), max_size=3),
    listed=st.integers(-3, 30),
    unanswered=st.integers(-3, 30),
)


@given(text=messages, memory=memories)
@example(text="1", memory=Memory(listed=1))
@example(text="\x9b31m", memory=Memory())
@example(text="/" + "x" * LIMIT, memory=Memory())
def test_whatever_comes_nothing_dangerous_passes(text: str | None, memory: Memory) -> None:
    passed = gate(text, memory, LIMIT)
    assert len(passed.text) <= LIMIT
    assert not any(
        unicodedata.category(character) in ("Cc", "Cs") for character in passed.text if character not in "\t\n\r"
    )
    if passed.problem is None:
        assert passed.text
        if passed.text.lstrip().startswith("/"):
            assert passed.text in {offer.payload for offer in memory.offered}


@pytest.mark.parametrize("value", [5, 1.5, ["/restart"], {"a": 1}, b"bytes", True])
def test_what_is_no_text_is_empty(value: object) -> None:
    assert gate(value, MEMORY, LIMIT).problem == "empty"  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", " \n", "\x00", None])
def test_nothing_is_empty(text: str | None) -> None:
    assert gate(text, MEMORY, LIMIT).problem == "empty"


@pytest.mark.parametrize(
    "text", ["/restart", "/ask_likes", "//ask_blocking", "/ask_blocking{}", "/ ask_blocking", "/session_start"]
)
def test_a_command_nobody_offered_is_stopped(text: str) -> None:
    passed = gate(text, MEMORY, LIMIT)
    assert passed.problem == "command"
    assert not passed.text.startswith("/")


@pytest.mark.parametrize("text", ["/ask_blocking", " /ask_blocking\n", "1", "(1)", "1."])
def test_an_offered_choice_passes(text: str) -> None:
    assert gate(text, MEMORY, LIMIT).text == "/ask_blocking"
    assert gate(text, MEMORY, LIMIT).problem is None


def test_only_the_last_answers_choices_have_numbers() -> None:
    assert gate("2", MEMORY.copy(update={"listed": 1}), LIMIT).text == "2"


def test_a_long_message_is_cut_and_said_so() -> None:
    assert gate("x" * LIMIT, MEMORY, LIMIT).problem is None
    passed = gate("/" + "x" * LIMIT, MEMORY, LIMIT)
    assert (len(passed.text), passed.problem) == (LIMIT, "too_long")


@pytest.mark.parametrize(
    "text", ["Darf ich 1/2 Tage …?", "Zeile eins\nZeile zwei", "👍", "Ist §203 StGB/Art. 3 wichtig?"]
)
def test_ordinary_text_passes_unchanged(text: str) -> None:
    assert gate(text, MEMORY, LIMIT).text == text


def test_a_typed_message_after_an_answer_may_go_on_with_the_question_before() -> None:
    after = Memory(topic="likes", asked=["Darf ich liken?", "auch von Parteien?"])
    assert question_before(GatedMessage("und teilen?"), after) == "Darf ich liken?"


@pytest.mark.parametrize(
    ("passed", "memory"),
    [
        (GatedMessage("und teilen?"), Memory()),
        (GatedMessage("und teilen?"), Memory(asked=["Darf ich liken?"])),
        (GatedMessage("und teilen?"), Memory(topic="likes")),
        (GatedMessage("/ask_likes"), Memory(topic="likes", asked=["Darf ich liken?"])),
        (GatedMessage("", "empty"), Memory(topic="likes", asked=["Darf ich liken?"])),
    ],
)
def test_nothing_goes_on_with_a_question_that_was_not_answered(passed: GatedMessage, memory: Memory) -> None:
    assert question_before(passed, memory) is None
