"""What each entrance does with characters that nobody means to write: every class of them, at every entrance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from lotse.answering import Memory, Offer
from lotse.answering.input_gate import gate
from lotse.channels.teams.activities.parse_activity import HandedIn, Picked, Rated, Said, read
from lotse.channels.teams.rendering.cards import CARD_DATA
from lotse.channels.web.api_errors import ApiError
from lotse.channels.web.request_models import read_feedback, read_handover, read_message
from lotse.conversation.feedback import Feedback, FeedbackStore
from lotse.rasa_adapter.rating_tables import ratings
from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore

ID = "0b8e7e0c-2f5b-4c57-9a53-0a5a5d6c1f00"
REFUSED = "refused"
PASSES = "as it is"
ADDRESSES: dict[str, Any] = {
    "serviceUrl": "https://smba.trafficmanager.net/emea/",
    "conversation": {"id": "a:1", "conversationType": "personal"},
    "from": {"id": "29:1"},
    "recipient": {"id": "28:1"},
}
# What becomes of “a?b” with the character in the place of the question mark: in a text that is cleaned, in a text that
# the web takes, and in a payload.
CHARACTERS = {
    "null": ("\x00", "a b", REFUSED, REFUSED),
    "bell": ("\x07", "a b", REFUSED, REFUSED),
    "escape": ("\x1b", "a b", REFUSED, REFUSED),
    "unit separator": ("\x1f", "a b", REFUSED, REFUSED),
    "delete": ("\x7f", "a b", REFUSED, REFUSED),
    "control sequence introducer": ("\x9b", "a b", REFUSED, REFUSED),
    "high surrogate": ("\ud800", "a b", REFUSED, REFUSED),
    "low surrogate": ("\udfff", "a b", REFUSED, REFUSED),
    "vertical tab": ("\x0b", "a b", PASSES, REFUSED),
    "form feed": ("\x0c", "a b", PASSES, REFUSED),
    "next line": ("\x85", "a b", PASSES, REFUSED),
    "line separator": ("\u2028", "a b", PASSES, REFUSED),
    "paragraph separator": ("\u2029", "a b", PASSES, REFUSED),
    "Arabic letter mark": ("\u061c", "ab", PASSES, REFUSED),
    "left-to-right mark": ("\u200e", "ab", PASSES, REFUSED),
    "right-to-left override": ("\u202e", "ab", PASSES, REFUSED),
    "first strong isolate": ("\u2068", "ab", PASSES, REFUSED),
    "soft hyphen": ("\xad", "ab", PASSES, REFUSED),
    "zero-width space": ("\u200b", "ab", PASSES, REFUSED),
    "word joiner": ("\u2060", "ab", PASSES, REFUSED),
    "byte order mark": ("\ufeff", "ab", PASSES, REFUSED),
    "tag": ("\U000e0041", "ab", PASSES, REFUSED),
    "zero-width joiner": ("\u200d", "a\u200db", PASSES, PASSES),
    "variation selector": ("\ufe0f", "a\ufe0fb", PASSES, PASSES),
    "line feed": ("\n", "a\nb", PASSES, REFUSED),
    "letter": ("ä", "aäb", PASSES, PASSES),
}


def teams(**activity: Any) -> Any:
    return read({"type": "message", **ADDRESSES, **activity})


def teams_message(text: str) -> str:
    result = teams(text=text)
    assert isinstance(result, Said)
    return result.text


def teams_question(text: str) -> str:
    result = teams(value={CARD_DATA: {"handover": True}, "question": text, "consent": "true"})
    assert isinstance(result, HandedIn)
    return result.question


def teams_comment(text: str) -> str:
    feedback = f'{{"feedbackText": "{text}"}}'.replace("\n", "\\n")
    value = {"actionName": "feedback", "actionValue": {"reaction": "like", "feedback": feedback}}
    result = read({"type": "invoke", "name": "message/submitAction", **ADDRESSES, "replyToId": "1", "value": value})
    assert isinstance(result, Rated) and result.comment is not None
    return result.comment


def teams_payload(text: str) -> str:
    result = teams(value={CARD_DATA: {"payload": text}})
    return result.payload if isinstance(result, Picked) else REFUSED


def web_message(text: str) -> str:
    return web(lambda: read_message({"id": ID, "text": text}, 100).text)


def web_comment(text: str) -> str:
    return web(lambda: read_feedback({"answer_id": "1", "rating": "up", "comment": text}).comment)


def web_question(text: str) -> str:
    return web(lambda: read_handover({"id": ID, "office": "x", "question": text, "consent": True}).question)


def web_name(text: str) -> str:
    more = {"question": "Darf ich?", "consent": True, "name": text}
    return web(lambda: read_handover({"id": ID, "office": "x", **more}).name)


def web_payload(text: str) -> str:
    return web(lambda: read_message({"id": ID, "payload": text}, 100).payload)


def web(reader: Any) -> str:
    try:
        return str(reader())
    except ApiError as problem:
        assert problem.code in ("control_characters", "unknown_payload")
        return REFUSED


def gate_message(text: str) -> str:
    return gate(text, Memory(), 100).text


CLEANED = [gate_message, teams_message, teams_question]
TAKEN = [web_message, web_comment, web_question, web_name]
PAYLOADS = [web_payload, teams_payload]


@pytest.mark.parametrize("name", CHARACTERS)
@pytest.mark.parametrize("entrance", CLEANED, ids=lambda entrance: entrance.__name__)
def test_a_text_is_cleaned_by_one_rule(entrance: Any, name: str) -> None:
    character, clean, _, _ = CHARACTERS[name]
    assert entrance(f"a{character}b") == clean


@pytest.mark.parametrize("name", [name for name in CHARACTERS if CHARACTERS[name][0] > "\x1f"])
def test_a_comment_in_teams_is_cleaned_by_the_same_rule(name: str) -> None:
    character, clean, _, _ = CHARACTERS[name]
    assert teams_comment(f"a{character}b") == clean


def test_a_comment_is_kept_clean_and_masked_whichever_channel_it_comes_from(tmp_path: Path) -> None:
    database = ForgettingTrackerStore(db=str(tmp_path / "conversations.db"))
    feedback = Feedback("1", "up", "Bitte an\u202e 0171\u200b2345\xad678\x0bmelden")
    FeedbackStore(lambda: database, b"key").add(feedback, {})
    with database.session_scope() as session:
        assert session.execute(select(ratings.c.comment)).scalars().all() == ["Bitte an […] melden"]


@pytest.mark.parametrize("name", CHARACTERS)
@pytest.mark.parametrize("entrance", TAKEN, ids=lambda entrance: entrance.__name__)
def test_the_web_refuses_what_neither_keyboard_nor_clipboard_brings(entrance: Any, name: str) -> None:
    character, _, taken, _ = CHARACTERS[name]
    text = f"a{character}b"
    assert entrance(text) == (text if taken == PASSES else REFUSED)


@pytest.mark.parametrize("name", CHARACTERS)
@pytest.mark.parametrize("entrance", PAYLOADS, ids=lambda entrance: entrance.__name__)
def test_a_payload_holds_nothing_that_cannot_be_seen(entrance: Any, name: str) -> None:
    character, _, _, taken = CHARACTERS[name]
    text = f"/a{character}b"
    assert entrance(text) == (text if taken == PASSES else REFUSED)


@pytest.mark.parametrize("name", CHARACTERS)
def test_what_the_web_takes_the_gate_makes_clean(name: str) -> None:
    character, clean, taken, _ = CHARACTERS[name]
    if taken == PASSES:
        assert gate_message(web_message(f"a{character}b")) == clean


def test_a_hidden_character_neither_hides_a_number_nor_a_command() -> None:
    assert "234567" not in gate_message("Meine Nummer ist 0171\u200b2345\u00ad678.")
    passed = gate("\u202e/restart", Memory(offered=[Offer(label="x", payload="/ask_x")]), 100)
    assert (passed.text, passed.problem) == ("restart", "command")


@pytest.mark.parametrize("text", ["\u200d\ufe0f", "\u202e", "\x00", "\xad\u200b", " \u2028"])
def test_a_message_in_which_nothing_is_to_be_seen_is_empty(text: str) -> None:
    assert gate(text, Memory(), 100).problem == "empty"
    with pytest.raises(ApiError) as raised:
        read_message({"id": ID, "text": text}, 100)
    assert raised.value.code == "empty"
