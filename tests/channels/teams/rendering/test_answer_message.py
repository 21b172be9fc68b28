"""Messages to Teams keep Microsoft's rules, and nothing in them is anything but what we mean."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from lotse.answering import Answer
from lotse.answering.answer import (
    Citation,
    ContactLine,
    FollowUp,
    Handover,
    HandoverOffice,
    Help,
    HelpLine,
    NormLink,
    Point,
    Step,
)
from lotse.answering.handover_draft import MAX_NAME, MAX_QUESTION
from lotse.answering.question import ParsedMessage
from lotse.channels.teams.activities.parse_activity import HandedIn, Picked, Said, read
from lotse.channels.teams.rendering.answer_message import render_help, render_messages, render_teams, render_welcome
from lotse.channels.teams.rendering.markdown import LONGEST_TEXT_BYTES, bold, capped, cut, escaped, link, marks
from lotse.conversation.assistant import Assistant
from tests.channels.teams.rendering.message_reader import cards, choices, claims, markdown, marked

ASSISTANT = Assistant.load(Path(__file__).parents[4] / "data")
WORDING = ASSISTANT.wording
HOSTILE = [
    "**fett** _kursiv_ `code` ~~weg~~",
    "[klick](https://evil.example) ![bild](https://evil.example/x.png) [1] [2](https://evil.example)",
    "<at>Kim</at> <b>x</b> <script>alert(1)</script> &lt;b&gt; &amp; <https://evil.example>",
    "# Titel",
    "- Punkt",
    "1. eins",
    "12) zwölf",
    "> Zitat",
    "---",
    "+ plus",
    "```\nx\n```",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "[1]: https://evil.example",
    "Titel\n===",
    "Kolleg*innen und Kolleg_innen, Bürger:innen; C:\\Pfad\\*",
    "ende mit \\",
    "    eingerückt",
]
TEXTS = st.text(alphabet="ab 1.)(][*_`~\\#->+=|!<&;:@/\n\"'„“", max_size=40) | st.sampled_from(HOSTILE)


def flat(text: str) -> str:
    return " ".join(text.split())


def answer(**parts: Any) -> Answer:
    return Answer(**{"outcome": "answered", "answer_id": "a", "short": "Kurz.", **parts})


def citation(number: int, **parts: Any) -> Citation:
    given_parts = {"passage": "a.b", "title": f"Quelle {number}", "as_of": "2023-02-07", "excerpt": "Auszug."}
    return Citation(n=number, **{**given_parts, **parts})


def office(name: str, deliverable: bool, email: str | None = None) -> HandoverOffice:
    mailto = f"mailto:{email or ''}?subject=Frage&body=Darf%20ich%20%28das%29%3F"
    return HandoverOffice(id=name, label=f"Stelle {name}", email=email, deliverable=deliverable, mailto=mailto)


def submitted(data: dict[str, Any], **inputs: Any) -> Any:
    return read(
        {
            "type": "message",
            "serviceUrl": "https://smba.example/",
            "conversation": {"id": "c", "conversationType": "personal"},
            "from": {"id": "29:kim"},
            "recipient": {"id": "28:bot"},
            "value": {**data, **inputs},
        }
    )


# --- content stays content ------------------------------------------------------------------------------------------


@settings(max_examples=600, deadline=None)
@given(text=TEXTS)
def test_content_shows_its_own_characters_and_nothing_else(text: str) -> None:
    for before, after in (("", ""), ("- ", ""), ("> ", ""), ("- **Wer:** ", " [1]"), ("*", "*")):
        if not text.strip():
            continue
        shown = markdown(f"{before}{escaped(text)}{after}")
        assert flat(text) in flat(shown.text)
        assert shown.links == []
        allowed = {"paragraph", "inline", "text", "text_special", "bullet_list", "list_item", "blockquote", "strong"}
        assert shown.kinds <= allowed | {"em"}
        assert before == "*" or "em" not in shown.kinds


@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
def test_bold_and_links_hold_their_content(text: str) -> None:
    if not text.strip():
        assert bold(text) == ""
        return
    assert flat(text) in flat(markdown(f"{bold(f'{text}:')} weiter").text)
    shown = markdown(f"[1] {link(text, 'https://example.org/a_(b)')} (Stand)")
    assert [(flat(label), url) for label, url in shown.links] == [(flat(text), "https://example.org/a_%28b%29")]


@settings(max_examples=200, deadline=None)
@given(texts=st.lists(TEXTS.filter(str.strip), min_size=13, max_size=13))
def test_no_field_of_an_answer_can_become_a_link(texts: list[str]) -> None:
    title, verdict, short, status, about, point, source, section, excerpt, norm, contact, purpose, notice = texts
    message = render_teams(
        answer(
            title=title,
            verdict_label=verdict,
            short=short,
            short_cites=[1],
            points=[Point(text=point, cites=[1], status=status, title=about, level="house")],
            citations=[citation(1, title=source, section=section, excerpt=excerpt, norms=[NormLink(label=norm)])],
            contacts=[ContactLine(label=contact, purpose=purpose)],
            notice=notice,
            outcome="refused",
        ),
        WORDING,
    )
    shown = markdown(message["text"])
    assert shown.links == []
    assert not shown.kinds & {"heading", "hr", "fence", "code_block", "code_inline", "image", "table", "html_block"}
    assert not shown.kinds & {"html_inline", "ordered_list", "blockquote", "s"}
    for part in (short, status, about, point, source, section, norm, contact, purpose, notice):
        assert flat(part) in flat(shown.text)
    assert set(claims(message)) == {1}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("https://evil.example", "https\\://evil.example"),
        ("www.evil.example", "www\\.evil.example"),
        ("a@evil.example", "a\\@evil.example"),
        ("mailto:a", "mailto\\:a"),
        ("<at>Kim</at>", "&lt;at&gt;Kim&lt;/at&gt;"),
        ("Bürger:innen, 12:30 Uhr", "Bürger:innen, 12:30 Uhr"),
        ("1. Mai", "1\\. Mai"),
        ("2023 war", "2023 war"),
        ("§ 33 Abs. 2 (BeamtStG) – „ja“!", "§ 33 Abs. 2 (BeamtStG) – „ja“!"),
    ],
)
def test_clients_that_look_for_addresses_find_none_and_plain_words_stay_plain(text: str, written: str) -> None:
    assert escaped(text) == written


@pytest.mark.parametrize(
    "url", [None, "", "javascript:alert(1)", "data:text/html,x", "https://a b", "/ask", "file:///x"]
)
def test_other_addresses_are_no_links(url: str | None) -> None:
    assert link("Titel", url) == "Titel"


# --- citations ------------------------------------------------------------------------------------------------------


def test_more_than_ten_sources_agree_in_text_and_entity() -> None:
    points = [Point(text=f"Punkt {number}.", cites=[number, number + 1]) for number in range(1, 13)]
    message = render_teams(answer(points=points, citations=[citation(number) for number in range(1, 14)]), WORDING)
    assert set(claims(message)) == marked(message) == set(range(1, 11))
    shown = markdown(message["text"])
    # None is lost, and none becomes a link.
    assert shown.links == []
    assert "Punkt 10. [10] (11)" in shown.lines
    assert "Punkt 12. (12) (13)" in shown.lines
    assert "Quelle 13 (Stand 07.02.2023): (13)" in shown.lines


def test_a_number_without_a_source_is_not_written() -> None:
    message = render_teams(answer(short_cites=[1, 7], citations=[citation(1)]), WORDING)
    assert marked(message) == {1}
    assert markdown(message["text"]).lines[0] == "Kurz. [1]"


def test_there_is_exactly_one_entity_and_no_position_twice() -> None:
    message = render_teams(answer(citations=[citation(1), citation(1), citation(2)]), WORDING)
    assert len(message["entities"]) == 1
    assert [claim["position"] for claim in message["entities"][0]["citation"]] == [1, 2]
    assert "entities" not in render_teams(answer(), WORDING)


def test_what_a_citation_shows_is_cut_at_the_end_of_a_word() -> None:
    long = citation(
        1,
        title="Titel " * 40,
        section="Frage 3",
        excerpt="Wort " * 100,
        url="https://example.org/x",
        norms=[NormLink(label="§ " + "1" * 40), *(NormLink(label=f"§ {number} GG") for number in range(5))],
    )
    shown = claims(render_teams(answer(citations=[long]), WORDING))[1]
    assert shown["name"].startswith("Frage 3, Titel ")
    assert shown["name"].endswith("Titel…")
    assert len(shown["name"]) <= 80
    assert shown["abstract"].startswith("Stand 07.02.2023: Wort ")
    assert shown["abstract"].endswith("Wort…")
    assert 150 < len(shown["abstract"]) <= 160
    # A norm is never cut: it would be another.
    assert shown["keywords"] == ["§ 0 GG", "§ 1 GG", "§ 2 GG"]
    assert shown["url"] == "https://example.org/x"


def test_an_address_that_is_none_is_left_out() -> None:
    shown = claims(render_teams(answer(citations=[citation(1, url="javascript:x")]), WORDING))[1]
    assert "url" not in shown


def test_sources_are_listed_once_with_what_rests_on_them() -> None:
    norm, other = NormLink(label="Art. 5 GG", url="https://example.org/5"), NormLink(label="§ 185 StGB")
    same = {"title": "Leitfaden", "url": "https://example.org/l"}
    listed = [
        citation(1, **same, norms=[norm]),
        citation(2, **same, norms=[other]),
        citation(3, **same, norms=[norm]),
        citation(4, **same),
    ]
    shown = markdown(render_teams(answer(citations=listed), WORDING)["text"])
    assert "Leitfaden (Stand 07.02.2023): [1][3] Art. 5 GG; [2] § 185 StGB; [4]" in shown.lines
    assert ("Leitfaden", "https://example.org/l") in shown.links
    assert ("Art. 5 GG", "https://example.org/5") in shown.links


# --- text -----------------------------------------------------------------------------------------------------------


def test_a_house_rule_and_a_status_say_who_speaks() -> None:
    points = [Point(text="Nur mit Erlaubnis.", cites=[], level="house", status="Beamte")]
    shown = markdown(render_teams(answer(points=points), WORDING)["text"])
    assert shown.bold == ["Regel Ihres Hauses:", "Beamte:"]
    assert "Regel Ihres Hauses: Beamte: Nur mit Erlaubnis." in shown.lines


def test_what_was_assumed_comes_first() -> None:
    given = answer(title="Darf ich *das*?", verdict="depends", verdict_label="Kommt darauf an", assumed="So? *Ja*.")
    shown = markdown(render_teams(given, WORDING)["text"])
    assert shown.lines[:2] == ["So? *Ja*.", "Darf ich *das*? Kommt darauf an."]
    assert shown.bold == ["Darf ich *das*? Kommt darauf an."]


def test_without_a_verdict_the_title_stands_alone() -> None:
    shown = markdown(render_teams(answer(title="Welche Folgen drohen?"), WORDING)["text"])
    assert shown.lines[0] == "Welche Folgen drohen?"


def test_offices_say_how_to_reach_them() -> None:
    contact = ContactLine(
        label="Personalrat",
        purpose="Für Rat.",
        note="Nicht am *Freitag*.",
        phone="0800 1",
        email="rat_a@example.org",
        url="https://example.org/rat",
    )
    shown = markdown(render_teams(answer(outcome="handed_over", contacts=[contact]), WORDING)["text"])
    said = "Personalrat: Für Rat. Nicht am *Freitag*. 0800 1, rat_a@example.org, https://example.org/rat"
    assert said in shown.lines
    assert shown.links == [
        ("rat_a@example.org", "mailto:rat_a@example.org"),
        ("https://example.org/rat", "https://example.org/rat"),
    ]


def test_a_note_about_an_office_is_shown_with_it() -> None:
    contact = ContactLine(label="Leitung", purpose="Für alles.", note="Nicht, wenn es um sie selbst geht.")
    below = markdown(render_teams(answer(contacts=[contact]), WORDING)["text"])
    assert below.lines[-2:] == [f"{WORDING.text['contacts']}: Leitung", "Leitung: Nicht, wenn es um sie selbst geht."]
    asked_for = markdown(render_teams(answer(outcome="handed_over", contacts=[contact]), WORDING)["text"])
    assert asked_for.lines[-1] == "Leitung: Für alles. Nicht, wenn es um sie selbst geht."


def test_help_comes_first_and_its_numbers_can_be_dialled() -> None:
    line = HelpLine(
        label="Sorgentelefon", purpose="Für Sie da.", phone="0800 000 00", hours="immer", url="https://x.y/"
    )
    office = ContactLine(label="Vertrauensperson", purpose="Im Haus.")
    help_now = Help(kind="crisis", text="Gut, dass Sie schreiben.", lines=[line], offices=[office])
    shown = markdown(render_teams(answer(title="Titel?", help=help_now), WORDING)["text"])
    assert shown.lines == [
        "Gut, dass Sie schreiben.",
        WORDING.text["help"],
        "Sorgentelefon: Für Sie da. 0800 000 00, immer, https://x.y/",
        WORDING.text["offices"],
        "Vertrauensperson: Im Haus.",
        "Titel?",
        "Kurz.",
    ]
    assert shown.links == [("0800 000 00", "tel:080000000"), ("https://x.y/", "https://x.y/")]


def test_what_was_assumed_is_the_first_line_and_steps_follow_the_short_answer() -> None:
    steps = [Step(text="Fragen Sie nach.", cites=[1]), Step(text="Warten Sie.", cites=[7])]
    parts = {"title": "Titel?", "verdict_label": "Erlaubt", "assumed": "Ich verstehe Sie so: …", "steps": steps}
    shown = markdown(render_teams(answer(**parts, citations=[citation(1)]), WORDING)["text"])
    assert shown.lines[:6] == [
        "Ich verstehe Sie so: …",
        "Titel? Erlaubt.",
        "Kurz.",
        WORDING.text["steps"],
        "Fragen Sie nach. [1]",
        "Warten Sie.",
    ]


def test_points_on_request_are_left_out_with_their_sources() -> None:
    points = [Point(text=f"Punkt {number}.", cites=[number]) for number in range(1, 6)]
    guidance = answer(points=points, points_at_once=3, citations=[citation(number) for number in range(1, 6)])
    message = render_teams(guidance, WORDING)
    assert set(claims(message)) == marked(message) == {1, 2, 3}
    shown = markdown(message["text"]).text
    assert [number for number in range(1, 6) if f"Punkt {number}." in shown] == [1, 2, 3]
    assert [number for number in range(1, 6) if f"Quelle {number}" in shown] == [1, 2, 3]


def test_asked_for_sources_there_are_only_sources() -> None:
    guidance = answer(outcome="sources", short="Die Quellen:", citations=[citation(1, remark="Gilt nur für Bremen.")])
    message = render_teams(guidance, WORDING)
    assert markdown(message["text"]).lines == [
        "Die Quellen:",
        "Quelle 1 (Stand 07.02.2023): [1]. Gilt nur für Bremen.",
    ]
    assert set(claims(message)) == {1}


def test_a_disputed_point_says_so_itself() -> None:
    points = [Point(text="Ein Satz.", cites=[], title="Was ist Teilen?", certainty="disputed")]
    shown = markdown(render_teams(answer(points=points), WORDING)["text"])
    assert "Was ist Teilen? (umstritten): Ein Satz." in shown.lines


def test_notices_are_paragraphs_of_their_own() -> None:
    shown = markdown(render_teams(answer(notice="Eins.\n\nZwei."), WORDING)["text"])
    assert shown.lines[-2:] == ["Eins.", "Zwei."]


def test_forgetting_does_not_promise_what_teams_keeps() -> None:
    text = render_teams(answer(outcome="forgotten"), WORDING)["text"]
    assert WORDING.teams.forgotten in text


def test_masking_does_not_promise_what_teams_keeps() -> None:
    assert WORDING.teams.personal_data in render_teams(answer(notice=WORDING.personal_data), WORDING)["text"]
    assert WORDING.teams.personal_data not in render_teams(answer(notice=WORDING.notice), WORDING)["text"]


@pytest.mark.parametrize(
    ("outcome", "rated"), [("answered", True), ("choices", False), ("smalltalk", False), ("error", False)]
)
def test_guidance_can_be_rated(outcome: str, rated: bool) -> None:
    assert ("channelData" in render_teams(answer(outcome=outcome), WORDING)) == rated
    assert "channelData" not in render_teams(answer(outcome=outcome, answer_id=""), WORDING)


def test_a_text_that_is_too_long_loses_its_end_and_says_so() -> None:
    points = [Point(text=f"Punkt {number}: {'Wörter ' * 60}", cites=[number]) for number in range(1, 91)]
    message = render_teams(answer(points=points, citations=[citation(1), citation(40), citation(90)]), WORDING)
    assert len(message["text"].encode("utf-16-le")) <= LONGEST_TEXT_BYTES
    assert message["text"].endswith("\n\n…")
    # What is no longer marked is no citation any more.
    assert set(claims(message)) == marked(message) == {1}


@settings(max_examples=200, deadline=None)
@given(blocks=st.lists(st.text("a ä😀\n", min_size=1, max_size=60), max_size=6), longest=st.integers(10, 200))
def test_capping_keeps_the_limit(blocks: list[str], longest: int) -> None:
    text = capped(blocks, longest)
    assert len(text.encode("utf-16-le")) <= longest
    assert text == "\n\n".join(blocks) or text.endswith("…")


@settings(max_examples=200, deadline=None)
@example(text=" a😀", longest=2)
@example(text="😀😀", longest=2)
@given(text=st.text("a ä😀.", max_size=60), longest=st.integers(2, 30))
def test_cutting_keeps_the_limit(text: str, longest: int) -> None:
    short = cut(text, longest)
    assert len(short.encode("utf-16-le")) <= 2 * longest
    if len(text.encode("utf-16-le")) <= 2 * longest:
        assert short == text.strip()


def test_marks_in_round_brackets_never_follow_square_ones_directly() -> None:
    assert marks([1, 11, 2, 12], {1, 2}) == "[1][2] (11) (12)"
    assert marks([], {1}) == ""


# --- buttons and form -----------------------------------------------------------------------------------------------


def test_choices_keep_their_order_and_come_back_as_their_payload() -> None:
    labels = ["Kurz", "Auch kurz", "Frage?", "So lang, dass es auf keinem Knopf Platz hat", *"abcdefgh"]
    offers = [FollowUp(label=label, payload=f"/pick_{number}") for number, label in enumerate(labels)]
    offers[2] = FollowUp(label="Frage?", payload="/ask_2")
    message = render_teams(answer(follow_ups=offers), WORDING)
    assert choices(message) == [(offer.label, offer.payload) for offer in offers]
    rows = [len(element["actions"]) for element in cards(message) if element["type"] == "ActionSet"]
    assert rows == [2, 6, 2]
    # Questions of the guide and long labels: a button would cut them off in a narrow card, a box shows all of them.
    boxes = [element for element in cards(message) if element["type"] == "Container"]
    assert [box["selectAction"]["title"] for box in boxes] == labels[2:4]
    assert [box["items"][0]["inlines"][0]["text"] for box in boxes] == labels[2:4]
    for element in cards(message):
        if element["type"] == "Action.Submit":
            result = submitted(element["data"])
            assert isinstance(result, Picked)
            assert result.payload.endswith(f"_{labels.index(element['title'])}")


def test_buttons_that_share_a_row_are_short_enough_for_a_phone() -> None:
    labels = ["Einfacher erklären", "Ein Beispiel", "Mit jemandem sprechen", "Warum?", "Quelle?"]
    offers = [FollowUp(label=label, payload=f"/{number}") for number, label in enumerate(labels)]
    sets = [item for item in cards(render_teams(answer(follow_ups=offers), WORDING)) if item["type"] == "ActionSet"]
    rows = [[button["title"] for button in item["actions"]] for item in sets]
    assert [label for row in rows for label in row] == labels
    assert all(len(row) == 1 or sum(map(len, row)) <= 28 for row in rows)


def test_a_list_is_shown_by_clients_that_know_no_lists() -> None:
    points = [Point(text=text, cites=[]) for text in ("Erstens.", "Zweitens.")]
    text = render_teams(answer(points=points), WORDING)["text"]
    assert "• Erstens.\n\n• Zweitens." in text
    assert "bullet_list" not in markdown(text).kinds


def test_every_field_of_the_form_has_a_label() -> None:
    inputs = [item for item in cards(handed_over(office("hr", True))) if item["type"].startswith("Input.")]
    assert len(inputs) == 4
    assert all(item.get("label") for item in inputs)


def test_a_label_that_is_too_long_is_whole_in_its_tooltip() -> None:
    label = "Wort " * 30
    (button,) = [
        element
        for element in cards(render_teams(answer(follow_ups=[FollowUp(label=label, payload="/a")]), WORDING))
        if element["type"] == "Action.Submit"
    ]
    assert len(button["title"]) <= 80
    assert button["title"].endswith("…")
    assert button["tooltip"] == label


def test_cards_are_of_the_version_teams_shows() -> None:
    message = render_teams(answer(follow_ups=[FollowUp(label="a", payload="/a")]), WORDING)
    (attachment,) = message["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert attachment["content"]["type"] == "AdaptiveCard"
    assert attachment["content"]["version"] == "1.5"


def handed_over(*offices: HandoverOffice, question: str = "Darf ich (das)?") -> dict[str, Any]:
    handover = Handover(question=question, subject="Frage", offices=list(offices))
    offers = [FollowUp(label="Ein Beispiel", payload="/request_example")]
    return render_teams(answer(outcome="handed_over", handover=handover, follow_ups=offers), WORDING)


def test_the_form_comes_back_as_what_was_filled_in() -> None:
    message = handed_over(office("hr", True), office("press", False, "presse@example.org"), office("legal", True))
    form = {element.get("id"): element for element in cards(message) if element["type"].startswith("Input.")}
    assert [choice["value"] for choice in form["office"]["choices"]] == ["hr", "legal"]
    # No office is preselected.
    assert "value" not in form["office"]
    assert (form["question"]["value"], form["question"]["isMultiline"]) == ("Darf ich (das)?", True)
    assert (form["question"]["maxLength"], form["name"]["maxLength"]) == (MAX_QUESTION, MAX_NAME)
    assert form["consent"]["value"] == "false"
    # Nothing goes out without an office, a question and the ticked box; the name is free.
    assert {name for name, element in form.items() if element.get("isRequired")} == {"office", "question", "consent"}
    assert all(form[name]["errorMessage"] for name in ("office", "question", "consent"))
    assert "value" not in form["name"]
    send = next(element for element in cards(message) if element.get("title") == WORDING.teams.form["send"])
    inputs = {"office": "legal", "question": "Darf ich das?", "name": "Kim", "consent": form["consent"]["valueOn"]}
    result = submitted(send["data"], **inputs)
    assert isinstance(result, HandedIn)
    assert (result.office, result.question, result.name, result.consent) == ("legal", "Darf ich das?", "Kim", True)
    assert submitted(send["data"], **{**inputs, "consent": form["consent"]["valueOff"]}).consent is False


def test_buttons_do_not_share_a_card_with_the_form() -> None:
    """A button sends all inputs of its card along, and waits until the required ones are filled in."""
    message = handed_over(office("hr", True))
    form, buttons = (attachment["content"] for attachment in message["attachments"])
    assert "Input.Text" in str(form)
    assert "/request_example" not in str(form)
    assert "Input." not in str(buttons)


def test_a_question_longer_than_the_field_is_cut_where_it_can_be_seen() -> None:
    message = handed_over(office("hr", True), question="Wort " * 400)
    (question,) = [element for element in cards(message) if element.get("id") == "question"]
    assert len(question["value"]) <= MAX_QUESTION
    assert question["value"].endswith("…")


def test_where_nothing_can_be_delivered_the_text_is_there_to_copy_or_mail() -> None:
    question = "Darf ich <at>Kim</at>\n\n# [das](https://evil.example)?"
    message = handed_over(office("hr", False), office("press", False, "presse@example.org"), question=question)
    assert not [element for element in cards(message) if element["type"].startswith("Input.")]
    shown = markdown(message["text"])
    assert WORDING.handover.copy_text in shown.lines
    assert "Darf ich <at>Kim</at>" in shown.lines
    assert "# [das](https://evil.example)?" in shown.lines
    mail = "mailto:presse@example.org?subject=Frage&body=Darf%20ich%20%28das%29%3F"
    assert shown.links == [("E-Mail an Stelle press öffnen", mail)]


@pytest.mark.parametrize("number", [1, 2, 5])
def test_every_point_is_a_paragraph_so_that_its_citations_can_be_opened(number: int) -> None:
    parse: ParsedMessage = {"text": "/ask_blocking", "intent_ranking": [{"name": "ask_blocking", "confidence": 1.0}]}
    guidance = ASSISTANT.turn(parse, {}, "teams").answer
    points = [guidance.points[0]] * number
    message = render_teams(guidance.copy(update={"points": points, "points_at_once": None}), WORDING)
    blocks = MarkdownIt("commonmark").parse(message["text"])
    # The parser hides the paragraphs of a list without empty lines, and of one with a single item.
    assert not [block for block in blocks if block.type == "paragraph_open" and block.hidden]
    statement = f"{points[0].title}: {points[0].text} [{points[0].cites[0]}]"
    assert markdown(message["text"]).lines.count(statement) == number


# --- beside the answers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", sorted(ASSISTANT.wordings))
def test_a_person_is_welcomed_with_up_to_three_questions(language: str) -> None:
    wording = ASSISTANT.wordings[language]
    parse: ParsedMessage = {"text": "/greet", "intent_ranking": [{"name": "greet", "confidence": 1.0}]}
    greeting = ASSISTANT.turn(parse, {"language": language, "language_chosen": True}, "teams").answer
    offers = [*greeting.follow_ups, FollowUp(label="Zu viel", payload="/x")]
    message = render_welcome(greeting.copy(update={"follow_ups": offers}), wording, personal=True)
    shown = markdown(message["text"])
    assert shown.lines == [flat(paragraph) for paragraph in wording.teams.welcome]
    # The greeting of the web chat ends in “for example:”, with its questions right below.
    assert not any(line.endswith(":") for line in shown.lines)
    actions = message["suggestedActions"]["actions"]
    assert [action["title"] for action in actions] == [offer.label for offer in greeting.follow_ups[:3]]
    assert message["suggestedActions"]["to"] == []
    # Suggested actions stand alone, and what they send is a question that anybody could type.
    assert set(message) == {"type", "textFormat", "text", "suggestedActions"}
    for action in actions:
        assert action["type"] == "imBack"
        assert action["value"] == action["title"]
        assert not action["value"].startswith("/")


def test_a_greeting_without_questions_suggests_nothing() -> None:
    assert "suggestedActions" not in render_welcome(answer(outcome="smalltalk"), WORDING, personal=True)


@pytest.mark.parametrize("language", sorted(ASSISTANT.wordings))
def test_a_team_gets_one_short_message(language: str) -> None:
    wording = ASSISTANT.wordings[language]
    offers = [FollowUp(label="Eine Frage?", payload="/x")]
    message = render_welcome(answer(outcome="smalltalk", follow_ups=offers), wording, personal=False)
    assert set(message) == {"type", "textFormat", "text"}
    assert markdown(message["text"]).lines == [flat(wording.teams.welcome_team)]
    assert len(message["text"]) < 400


@pytest.mark.parametrize("language", sorted(ASSISTANT.wordings))
def test_help_says_how_to_ask(language: str) -> None:
    wording = ASSISTANT.wordings[language]
    message = render_help(wording)
    shown = markdown(message["text"])
    assert shown.lines == [flat(line) for line in (wording.teams.help_title, *wording.teams.help)]
    assert shown.bold == [wording.teams.help_title]
    assert set(message) == {"type", "textFormat", "text"}


def test_both_languages_fill_in_the_same_form() -> None:
    forms = {language: wording.teams.form for language, wording in ASSISTANT.wordings.items()}
    assert len({frozenset(form) for form in forms.values()}) == 1
    for form in forms.values():
        assert re.findall(r"\{(\w*)\}", " ".join(form.values())) == ["office"]


def test_a_suggested_question_comes_back_as_said() -> None:
    activity = {"type": "message", "serviceUrl": "https://x.example/", "text": "Darf ich andere blockieren?"}
    people = {"conversation": {"id": "c"}, "from": {"id": "u"}, "recipient": {"id": "b"}}
    assert isinstance(read({**activity, **people}), Said)


def test_every_number_of_a_line_can_be_dialled() -> None:
    line = HelpLine(
        label="Hilfetelefon",
        purpose="Hört zu.",
        phone="0800 111 0 111",
        other_phones=["116 123"],
        url="https://example.org",
        hours="Tag und Nacht",
    )
    police = HelpLine(label="Polizei", purpose="Wenn Sie in Gefahr sind.", phone="110")
    offices = [ContactLine(label="Personalrat", purpose="Berät Sie."), ContactLine(label="Recht", purpose="Hilft.")]
    help_first = Help(kind="violence", text="Es tut mir leid.", lines=[line, police], offices=offices)
    shown = markdown(render_teams(answer(help=help_first, title="Was tun?", verdict_label=None), WORDING)["text"])
    assert shown.lines[:5] == [
        "Es tut mir leid.",
        WORDING.text["help"],
        "Hilfetelefon: Hört zu. 0800 111 0 111, 116 123, Tag und Nacht, https://example.org",
        "Polizei: Wenn Sie in Gefahr sind. 110",
        WORDING.text["offices"],
    ]
    assert shown.lines.index("Was tun?") > shown.lines.index("Recht: Hilft.")
    assert shown.links == [
        ("0800 111 0 111", "tel:08001110111"),
        ("116 123", "tel:116123"),
        ("https://example.org", "https://example.org"),
        ("110", "tel:110"),
    ]


@settings(max_examples=50, deadline=None)
@given(texts=st.lists(TEXTS.filter(str.strip), min_size=5, max_size=5))
def test_no_text_of_help_can_become_a_link(texts: list[str]) -> None:
    text, label, purpose, hours, contact = texts
    line = HelpLine(label=label, purpose=purpose, hours=hours)
    offices = [ContactLine(label=contact, purpose=purpose)]
    help_first = Help(kind="crisis", text=text, lines=[line], offices=offices)
    shown = markdown(render_teams(answer(help=help_first), WORDING)["text"])
    assert shown.links == []
    for part in texts:
        assert flat(part) in flat(shown.text)


def test_the_reasons_so_far_stand_on_the_card_of_a_check_with_their_sources() -> None:
    asks = FollowUp(label="Ja", payload='/answer_check{"check": "posting", "answers": "kind.own"}')
    source = Citation(n=1, passage="opinions.general", title="Leitfaden der TU München", as_of="2023", excerpt="Grund")
    reason = Point(text="Ihr Konto darf nicht amtlich wirken.", cites=[1])
    answer = Answer(outcome="check", title="Frage 2", short="Worum geht es?", follow_ups=[asks])
    interim = answer.copy(update={"points": [reason], "citations": [source]})
    [asked], [told] = (render_messages(each, WORDING) for each in (answer, interim))
    assert "amtlich wirken" not in json.dumps(asked.activity, ensure_ascii=False)
    shown = json.dumps(told.activity, ensure_ascii=False)
    assert shown.index("Worum geht es?") < shown.index("nicht amtlich wirken. [1]") < shown.index("Leitfaden der TU")
