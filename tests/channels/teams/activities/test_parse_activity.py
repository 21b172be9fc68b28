"""What an activity means: those of a real client, those that Microsoft describes, and rubbish."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotse.channels.teams.activities.parse_activity import (
    Envelope,
    HandedIn,
    HelpWanted,
    Ignored,
    Joined,
    Picked,
    Rated,
    Said,
    read,
)

RECORDED = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parents[1] / "recorded").glob("*.json"))
}
KINDS = (Said, Picked, Rated, Joined, HelpWanted, HandedIn, Ignored)
BOT = "00000000-0000-0000-0000-00000000000011"


def recorded(name: str, **changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(RECORDED[name]), **changes}


def message(text: Any = None, **changes: Any) -> dict[str, Any]:
    return recorded("message-personal", text=text, **changes)


def mention(name: str, identity: str, mark: str | None = None) -> dict[str, Any]:
    return {"type": "mention", "mentioned": {"id": identity, "name": name}, "text": mark or f"<at>{name}</at>"}


def said(activity: dict[str, Any]) -> str:
    result = read(activity)
    assert isinstance(result, Said), result
    return result.text


# --- recorded ------------------------------------------------------------------------------------------------------


def test_what_recorded_activities_mean() -> None:
    kinds = {name: type(read(activity)) for name, activity in RECORDED.items()}
    assert kinds == {
        "conversationUpdate-channel": Joined,
        "conversationUpdate-personal": Joined,
        "installationUpdate-channel": Ignored,
        "installationUpdate-personal": Ignored,
        "invoke-adaptiveCard-action": Ignored,
        "invoke-message-submitAction": Rated,
        "message-card-submit-value": Ignored,
        "message-channel-mention": Said,
        "message-groupchat-mention": Said,
        "message-personal": Said,
    }


def test_who_and_where() -> None:
    assert read(recorded("message-channel-mention")).envelope == Envelope(
        activity_id="0a6b719a-849c-4346-ae3f-0ba22ddac21f",
        service_url="http://localhost:56150/_connector",
        conversation_id="team-id;messageid=1795401894623",
        conversation_type="channel",
        tenant_id="00000000-0000-0000-0000-0000000000001",
        user_id="00000000-0000-0000-0000-0000000000020",
        member_id="user-id-0",
        bot_id=BOT,
        locale="en-US",
        is_invoke=False,
    )


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_only_invokes_wait_for_a_body(name: str) -> None:
    assert read(RECORDED[name]).envelope.is_invoke == (RECORDED[name]["type"] == "invoke")


def test_a_person_without_a_directory_entry_goes_by_the_channels_id() -> None:
    assert read(message("Hallo", **{"from": {"id": "29:abc"}})).envelope.user_id == "29:abc"


def test_the_tenant_stands_in_either_place() -> None:
    activity = message("Hallo")
    del activity["conversation"]["tenantId"]
    assert read(activity).envelope.tenant_id == "00000000-0000-0000-0000-0000000000001"


@pytest.mark.parametrize(("group", "kind"), [(True, "groupChat"), (False, "personal"), (None, "personal")])
def test_a_conversation_without_a_type(group: bool | None, kind: str) -> None:
    activity = message("Hallo", conversation={"id": "c", "isGroup": group})
    assert read(activity).envelope.conversation_type == kind


# --- text and mentions ----------------------------------------------------------------------------------------------


def test_the_mention_of_the_bot_is_no_part_of_the_question() -> None:
    assert said(recorded("message-channel-mention")) == "Urlaub md3"


def test_colleagues_keep_their_names() -> None:
    entities = [mention("Test Bot", BOT), mention("Kim Ahl", "29:kim")]
    text = "<at>Test Bot</at> darf ich <at>Kim Ahl</at> blockieren?"
    assert said(message(text, entities=entities)) == "darf ich Kim Ahl blockieren?"


def test_a_colleague_named_like_the_bot_stays() -> None:
    entities = [mention("Lotse", "29:other"), mention("Lotse", BOT)]
    assert said(message("<at>Lotse</at> oder <at>Lotse</at> fragen", entities=entities)) == "Lotse oder fragen"


def test_the_bot_may_stand_anywhere_and_more_than_once() -> None:
    entities = [mention("Bot", BOT), mention("Bot", BOT)]
    assert said(message("Darf ich <at>Bot</at> das? <at>Bot</at>", entities=entities)) == "Darf ich das?"


def test_another_bot_is_not_ours() -> None:
    assert said(message("<at>Bot</at> Frage", entities=[mention("Bot", "28:other")])) == "Bot Frage"


@pytest.mark.parametrize("kind", ["groupChat", "channel"])
def test_in_a_group_only_what_mentions_the_bot_is_for_it(kind: str) -> None:
    group = {"conversation": {"id": "19:x", "conversationType": kind}}
    assert isinstance(read(message("Kommt jemand mit zum Essen?", **group)), Ignored)
    colleague = [mention("Kim Ahl", "29:kim")]
    assert isinstance(read(message("<at>Kim Ahl</at> Hilfe", entities=colleague, **group)), Ignored)
    assert isinstance(read(message("<at>Bot</at> Hilfe", entities=[mention("Bot", BOT)], **group)), HelpWanted)
    assert isinstance(read(message("Darf ich bloggen?", conversation={"id": "a:1"})), Said)


def test_a_text_beside_data_of_somebody_else_is_read() -> None:
    assert said(message("Darf ich bloggen?", value={"andere": "App"})) == "Darf ich bloggen?"
    assert isinstance(read(message("", value={"andere": "App"})), Ignored)


def test_a_mention_without_its_text_is_found_by_name() -> None:
    entity = {"type": "mention", "mentioned": {"id": BOT, "name": "Bot"}}
    assert said(message("<at>Bot</at>&nbsp;Frage", entities=[entity])) == "Frage"


def test_a_mention_with_attributes_leaves_its_name() -> None:
    assert said(message('<at id="0">Kim</at> fragen?')) == "Kim fragen?"


@pytest.mark.parametrize(
    ("text", "format_", "shown"),
    [
        ("Darf  ich\u00a0das?\r\n\r\n\r\nDanke\u200b", "plain", "Darf ich das?\n\nDanke"),
        ("a &lt; b &amp; c", "plain", "a < b & c"),
        ("Ist <b>das</b> 5 < 7 erlaubt?", "plain", "Ist <b>das</b> 5 < 7 erlaubt?"),
        ("<p>Ist <b>das</b></p><p>5 &lt; 7?</p>", "xml", "Ist das\n5 < 7?"),
        ("Eins<br/>zwei", "xml", "Eins\nzwei"),
        ("x\ud800y\x00z", "plain", "x y z"),
    ],
)
def test_text_as_its_author_reads_it(text: str, format_: str, shown: str) -> None:
    assert said(message(text, textFormat=format_)) == shown


def test_a_formatted_copy_serves_where_there_is_no_text() -> None:
    attachment = {"contentType": "text/html", "content": "<div><p>Darf ich <i>das</i>?</p></div>"}
    assert said(message("", attachments=[{"contentType": "image/png"}, attachment])) == "Darf ich das?"


@pytest.mark.parametrize(
    ("text", "format_", "shown"),
    [
        ('<quoted messageId="1772050244572"/> 2', "plain", "2"),
        ('<quoted messageId="1"></quoted>\nUnd als Beamtin?', "plain", "Und als Beamtin?"),
        (
            '<blockquote itemscope itemtype="http://schema.skype.com/Reply" itemid="1"><b>Lotse</b><p>Ja, das '
            "dürfen Sie.</p></blockquote><p>und in Teilzeit?</p>",
            "xml",
            "und in Teilzeit?",
        ),
        (
            '<p>Darf man so was?</p><blockquote itemtype="http://schema.skype.com/Forward">'
            "<p>Alle doof hier</p></blockquote>",
            "xml",
            "Darf man so was?\n\n> Alle doof hier",
        ),
        (
            "<table><tr><td>Netzwerk</td><td>Erlaubt?</td></tr><tr><td>X</td></tr></table>",
            "xml",
            "Netzwerk | Erlaubt?\nX",
        ),
    ],
)
def test_what_is_quoted_forwarded_or_in_a_table_does_not_mix_with_the_message(
    text: str, format_: str, shown: str
) -> None:
    assert said(message(text, textFormat=format_)) == shown


@pytest.mark.parametrize("own", ["Darf man so was?", ""])
def test_a_forwarded_message_is_read_from_the_copy_that_tells_whose_words_are_whose(own: str) -> None:
    forwarded = (
        '<blockquote itemscope itemtype="http://schema.skype.com/Forward" itemid="1772050244572">'
        "<p>Alle doof hier &amp; dort</p><p>Kim</p></blockquote>"
    )
    copy = {"contentType": "text/html", "content": f"<p>{own}</p>{forwarded}"}
    quoted = "> Alle doof hier & dort\n> Kim"
    assert said(message(f"{own} Alle doof hier & dort Kim", attachments=[copy])) == f"{own}\n\n{quoted}".strip()


def test_a_mention_beside_a_forwarded_message_is_no_part_of_the_question() -> None:
    copy = {
        "contentType": "text/html",
        "content": '<p><span itemscope itemtype="http://schema.skype.com/Mention" itemid="0">Lotse</span> Darf man das?'
        '</p><blockquote itemtype="http://schema.skype.com/Forward"><p>Alle doof hier</p></blockquote>',
    }
    activity = message("<at>Lotse</at> Darf man das? Alle doof hier", attachments=[copy])
    bot = activity["recipient"]["id"]
    assert said({**activity, "entities": [mention("Lotse", bot)]}) == "Darf man das?\n\n> Alle doof hier"


@pytest.mark.parametrize(
    "address",
    [
        "https://contoso-my.sharepoint.com/:fl:/g/personal/kim_contoso_com/EabcDEF?e=4%3a1&fluid=1",
        "https://loop.cloud.microsoft/p/eyJ1IjoiaHR0cHM6Ly9jb250b3NvIn0%3D",
    ],
)
def test_a_loop_component_is_something_that_cannot_be_read(address: str) -> None:
    for text, format_ in ((address, "plain"), (f'<p><a href="{address}">{address}</a></p>', "xml")):
        result = read(message(text, textFormat=format_))
        assert isinstance(result, Said)
        assert (result.text, result.file, result.nothing) == ("", True, False)


@pytest.mark.parametrize(
    "text",
    [
        "Darf ich https://contoso.sharepoint.com/:fl:/g/x teilen?",
        "https://contoso.sharepoint.com/:w:/g/x",
        "https://www.bremen.de/:fl:/x",
    ],
)
def test_another_address_or_a_question_about_one_stays_a_text(text: str) -> None:
    result = read(message(text))
    assert isinstance(result, Said)
    assert (result.text, result.file) == (text, False)


@pytest.mark.parametrize(
    "kind", ["image/png", "image/gif", "audio/ogg", "application/vnd.microsoft.teams.file.download.info"]
)
@pytest.mark.parametrize("text", [None, "Darf ich das posten?"])
def test_a_message_may_bring_a_file(kind: str, text: str | None) -> None:
    result = read(message(text, attachments=[{"contentType": kind, "contentUrl": "https://x.example/"}]))
    assert isinstance(result, Said)
    assert (result.text, result.file, result.nothing) == (text or "", True, False)


def test_a_picture_in_the_formatted_copy_is_a_file() -> None:
    copy = {"contentType": "text/html", "content": '<p>Schau</p><img src="https://x.example/a.png">'}
    result = read(message("Schau", attachments=[copy]))
    assert isinstance(result, Said)
    assert result.file


def test_a_pressed_button_whose_value_got_lost_is_nothing() -> None:
    result = read(message(None))
    assert isinstance(result, Said)
    assert (result.text, result.file, result.nothing) == ("", False, True)


@pytest.mark.parametrize(
    ("text", "language"), [("Hilfe", "de"), ("hilfe!", "de"), ("/help", "en"), (" HELP. ", "en"), ("?", None)]
)
def test_help_is_wanted(text: str, language: str | None) -> None:
    result = read(message(text))
    assert isinstance(result, HelpWanted)
    assert result.language == language


def test_a_question_about_help_is_a_question() -> None:
    assert said(message("Hilfe, mein Chef liest mit")) == "Hilfe, mein Chef liest mit"


def test_a_bare_mention_wants_help() -> None:
    assert isinstance(read(recorded("message-channel-mention", text="<at>Test Bot</at> ")), HelpWanted)


# --- cards ----------------------------------------------------------------------------------------------------------


def test_a_button() -> None:
    result = read(message(None, value={"lotse": {"payload": "/ask_blocking"}}))
    assert isinstance(result, Picked)
    assert result.payload == "/ask_blocking"


@pytest.mark.parametrize(
    "value",
    [
        {"lotse": {"payload": "ask_blocking"}},
        {"lotse": {"payload": "/" + "x" * 300}},
        {"lotse": {"payload": "/ask\n/restart"}},
        {"lotse": {"payload": ["/ask_blocking"]}},
        {"lotse": "/ask_blocking"},
        {"lotse": {"handover": "yes"}},
        {"rasa": "/ask_blocking"},
    ],
)
def test_other_buttons_do_nothing(value: dict[str, Any]) -> None:
    assert isinstance(read(message(None, value=value)), Ignored)


def test_the_form_for_an_office() -> None:
    value = {
        "lotse": {"handover": True},
        "office": "hr",
        "question": " Darf ich <das> &lt;\nwirklich? ",
        "name": " ",
        "consent": "true",
    }
    result = read(message(None, value=value))
    assert isinstance(result, HandedIn)
    # Not unescaped and nothing taken away: the consent is to these very words.
    assert (result.office, result.question) == ("hr", "Darf ich <das> &lt;\nwirklich?")
    assert (result.name, result.consent) == (None, True)


@pytest.mark.parametrize("consent", ["false", None, "", 1, "yes", "True "])
def test_only_a_ticked_box_is_consent(consent: Any) -> None:
    result = read(message(None, value={"lotse": {"handover": True}, "office": "hr", "consent": consent}))
    assert isinstance(result, HandedIn)
    assert not result.consent


# --- ratings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("feedback", "comment"),
    [
        ("Sehr hilfreich", "Sehr hilfreich"),
        ('{"feedbackText": "Sehr hilfreich"}', "Sehr hilfreich"),
        ('{"feedbackText": ""}', None),
        ({"feedbackText": "Gut"}, "Gut"),
        ("{kaputt", "{kaputt"),
        ("5", "5"),
        ("", None),
        (None, None),
        (7, None),
        ('{"other": 1}', None),
    ],
)
def test_both_forms_of_a_comment(feedback: Any, comment: str | None) -> None:
    value = {"actionName": "feedback", "actionValue": {"reaction": "dislike", "feedback": feedback}}
    result = read(recorded("invoke-message-submitAction", value=value, replyToId="1795"))
    assert isinstance(result, Rated)
    assert (result.up, result.comment, result.answer_activity_id) == (False, comment, "1795")


def test_the_client_may_not_say_which_answer_is_rated() -> None:
    result = read(recorded("invoke-message-submitAction"))
    assert isinstance(result, Rated)
    assert (result.up, result.comment, result.answer_activity_id) == (True, "Sehr hilfreich", None)


@pytest.mark.parametrize("value", [None, {}, {"actionName": "feedback"}, {"actionName": "x", "actionValue": {}}])
def test_other_invokes_are_left_alone(value: Any) -> None:
    assert isinstance(read(recorded("invoke-message-submitAction", value=value)), Ignored)


# --- joining --------------------------------------------------------------------------------------------------------


def test_one_greeting_for_each_installation() -> None:
    personal = [read(RECORDED[name]) for name in ("installationUpdate-personal", "conversationUpdate-personal")]
    channel = [read(RECORDED[name]) for name in ("installationUpdate-channel", "conversationUpdate-channel")]
    assert [item.personal for item in personal if isinstance(item, Joined)] == [True]
    assert [item.personal for item in channel if isinstance(item, Joined)] == [False]


def test_another_member_is_not_greeted() -> None:
    assert isinstance(read(recorded("conversationUpdate-channel", membersAdded=[{"id": "29:new"}])), Ignored)


# --- rubbish --------------------------------------------------------------------------------------------------------


def test_the_bot_does_not_answer_itself() -> None:
    assert isinstance(read(message("Hallo", **{"from": {"id": BOT}})), Ignored)


@pytest.mark.parametrize("name", ["serviceUrl", "conversation", "from", "recipient"])
def test_what_cannot_be_answered_is_left_alone(name: str) -> None:
    activity = message("Hallo")
    del activity[name]
    assert isinstance(read(activity), Ignored)


@pytest.mark.parametrize("kind", ["typing", "messageReaction", "messageUpdate", "messageDelete", None, 5, "x\ny"])
def test_other_activities_are_left_alone_and_named_safely(kind: Any) -> None:
    result = read(message("Hallo", type=kind))
    assert isinstance(result, Ignored)
    assert "\n" not in result.reason


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=8) | st.just(BOT),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
PLACES = sorted(
    {(name, path) for name, activity in RECORDED.items() for path in [(key,) for key in activity]}
    | {
        (name, (key, inner))
        for name, activity in RECORDED.items()
        for key, value in activity.items()
        if isinstance(value, dict)
        for inner in value
    }
)


@settings(max_examples=200, deadline=None)
@given(anything=JSON)
def test_any_json_has_a_meaning(anything: Any) -> None:
    assert isinstance(read(anything), KINDS)


@settings(max_examples=400, deadline=None)
@given(place=st.sampled_from(PLACES), anything=JSON, other=st.sampled_from(PLACES), more=JSON)
def test_any_spoilt_activity_has_a_meaning(place: Any, anything: Any, other: Any, more: Any) -> None:
    activity = recorded(place[0])
    for (_, path), value in ((place, anything), (other, more)):
        target = activity
        if len(path) == 2 and isinstance(activity.get(path[0]), dict):
            target = activity[path[0]]
        target[path[-1]] = value
    result = read(activity)
    assert isinstance(result, KINDS)
    # Everything can be hashed, stored and sent.
    for part in vars(result.envelope).values():
        str(part).encode()
    for part in vars(result).values():
        str(part).encode()


def test_a_quotation_without_a_word_of_ones_own_asks_nothing_yet() -> None:
    assert isinstance(read(message('<quoted messageId="1"/>')), HelpWanted)
