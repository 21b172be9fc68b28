"""Personal data in a message is masked before anything stores it; nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotse.answering import Memory
from lotse.answering.input_gate import gate
from lotse.answering.personal_data import MASK, mask
from lotse.conversation.assistant import Assistant
from tests.answering.conftest import Talk


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Darf ich Frau Müller adden?", f"Darf ich Frau {MASK} adden?"),
        ("Herr Dr. von Hagen-Weber folgt mir", f"Herr Dr. {MASK} folgt mir"),
        ("may I block Mr. Smith", f"may I block Mr. {MASK}"),
        ("schreib mir an a.b-c@amt-nord.de ok", f"schreib mir an {MASK} ok"),
        ("ruf an: 0171 2345678!", f"ruf an: {MASK}!"),
        ("call +49 89 1234567 please", f"call {MASK} please"),
        ("IBAN DE89 3704 0044 0532 0130 00", f"IBAN {MASK}"),
        ("Aktenzeichen 4711-08/15 posten?", f"Aktenzeichen {MASK} posten?"),
        ("Urteil 12 C 345/21 teilen", f"Urteil {MASK} teilen"),
        ("Personalnummer 0081523", f"Personalnummer {MASK}"),
        ("case number 33/24", f"case number {MASK}"),
        # names: double, foreign letters, titles, capitals, after a role, where somebody is called so
        ("Frau Wagner-Özdemir liked", f"Frau {MASK} liked"),
        ("Frau Prof. Dr. Ayşe Demir", f"Frau Prof. Dr. {MASK}"),
        ("Herr Đurić und Herr Łukasiewicz", f"Herr {MASK} und Herr {MASK}"),
        ("Sehr geehrte Frau KRAUSE!", f"Sehr geehrte Frau {MASK}!"),
        ("Dr. Okafor teilt das", f"Dr. {MASK} teilt das"),
        ("mein Kollege Jürgen Wiesner postet", f"mein Kollege {MASK} postet"),
        ("der Schüler Nguyễn Văn Minh", f"der Schüler {MASK}"),
        ("my neighbour Mary O'Hara likes it", f"my neighbour {MASK} likes it"),
        ("er heißt Dragan Petković und nervt", f"er heißt {MASK} und nervt"),
        ("My name is Alice Brown.", f"My name is {MASK}."),
        # addresses, dates of birth, number plates
        ("wohnt in der Rosenstr. 8 in 50667 Köln", f"wohnt in der {MASK}"),
        ("Hohe Straße 12a, 01069 Dresden", MASK),
        ("er wohnt am Alten Hafen 7", f"er wohnt am {MASK}"),
        ("geb. 24.12.1979", f"geb. {MASK}"),
        ("geboren am 3. Mai 1985 in Ulm", f"geboren am {MASK} in Ulm"),
        ("born on 12/03/1980", f"born on {MASK}"),
        ("der Wagen mit K-LM 4711", f"der Wagen mit {MASK}"),
        ("Kennzeichen B XY 99", f"Kennzeichen {MASK}"),
        # file numbers as letters write them
        ("Az.: III-4 U 12/20", f"Az.: {MASK}"),
        ("Gesch.-Z.: 33.1-05315-2026/17", f"Gesch.-Z.: {MASK}"),
        ("Unser Zeichen: ABC-12/3456", f"Unser Zeichen: {MASK}"),
        ("505 Js 1234/21 wegen Betrugs", f"{MASK} wegen Betrugs"),
        ("Vorgang 2026-001234 posten", f"Vorgang {MASK} posten"),
        ("BG-Nr. 12345//0001234", f"BG-Nr. {MASK}"),
        ("Steuer-ID 12 345 678 901", f"Steuer-ID {MASK}"),
        # accounts and cards
        ("meine iban de89 3704 0044 0532 0130 00 und", f"meine iban {MASK} und"),
        ("De89370400440532013000", MASK),
        ("nl91 abna 0417 1643 00", MASK),
        ("gb29 nwbk 6016 1331 9268 19 please", f"{MASK} please"),
        ("Karte 4111 1111 1111 1111, gültig", f"Karte {MASK}, gültig"),
        ("Karte 5500-0000-0000-0004", f"Karte {MASK}"),
        ("amex 378282246310005", f"amex {MASK}"),
        # computers
        ("von 192.168.17.4 aus gepostet", f"von {MASK} aus gepostet"),
        ("IP: 84.17.3.250.", f"IP: {MASK}."),
        ("2001:db8::8a2e:370:7334 war es", f"{MASK} war es"),
        ("fe80::1", MASK),
        # profiles and handles
        ("https://www.instagram.com/lisa.muster/ ist mein Profil", f"https://www.instagram.com/{MASK} ist mein Profil"),
        ("linkedin.com/in/max-muster-4711?x=1 gehört ihm", f"linkedin.com/{MASK} gehört ihm"),
        ("(siehe tiktok.com/@max.muster)", f"(siehe tiktok.com/@{MASK})"),
        ("de.linkedin.com/in/max", f"de.linkedin.com/{MASK}"),
        ("@lisa_muster hat das gepostet", f"@{MASK} hat das gepostet"),
        ("auf Insta bin ich @max.muster.", f"auf Insta bin ich @{MASK}."),
        ("@lisa@mastodon.social folgt", f"{MASK} folgt"),
        # below a letter
        ("Mit freundlichen Grüßen Max Muster", f"Mit freundlichen Grüßen {MASK}"),
        ("Mit freundlichen Grüßen\n\nMax Muster\nStadt Köln", f"Mit freundlichen Grüßen\n\n{MASK}\nStadt Köln"),
        ("MfG, Quittenbaum", f"MfG, {MASK}"),
        ("LG,\nLisa", f"LG,\n{MASK}"),
        ("Gruß,\nLisa Muster", f"Gruß,\n{MASK}"),
        ("Viele Grüße!\nLisa", f"Viele Grüße!\n{MASK}"),
        ("Kind regards,\nJohn Smith", f"Kind regards,\n{MASK}"),
    ],
)
def test_masks_what_points_to_a_person(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "Darf ich als Frau am 23.11.2026 um 14:30 vor 150 Gästen posten?",
        "Frau Ministerin, Herr Bürgermeister, Frau Kollegin und Herr Landrat liken das",
        "Gilt Art. 5 Abs. 1 GG und § 33 BeamtStG?",
        "Ich habe 12345 Follower, A13, E9 und wohne in 80331 München",
        "in my case 2 people filed 5 complaints in 2024 and 2025",
        "Mein Fall ging viral",
        "Ich bin in TV-L 9, mein Mann Beamter in A-13",
        "Was heißt Treuepflicht, und das heißt Ärger?",
        "mein Chef Facebook Freund, Kollege Fotos Instagram",
        "Der Vorgang dauert 3 Wochen, Platz 1 im Ranking",
        "wohnt in Hamburg und hat 3 Kinder",
        "my boss LinkedIn Profile",
        "Der Herr Kanzler und eine Frau Mitte vierzig",
        "Abschnitt 2.1.3.4 und Version 1.2.3 um 12:30:45",
        "ab12 darf mein chef 2025 meine posts",
        "1000000000000 Euro, 4111 1111 1111 1112 Klicks",
        "Liebe Kolleg@innen, @alle: darf ich @instagram markieren?",
        "Steht das auf https://www.bund.de/seite?x=1 oder facebook.com?",
        "LG Köln und VG Berlin sagen dasselbe",
        "Viele Grüße aus dem Amt, darf ich das?",
        "Mit freundlichen Grüßen Darf ich das?",
        "Viele Grüße! Gilt Beamtenrecht Bayern?",
        "Best regards. Can I post this?",
        "Darf ich einen Gruß Ihrer Behörde posten?",
        "Abschnitt 4.3.12.1, Tz. 15.0.1.1, Version 4.18.2.1",
        "Jahre 2021 2022 2023 2024",
        "C::B und 1:2 und a:b:c",
    ],
)
def test_leaves_everything_else(text: str) -> None:
    assert mask(text) == text


@given(st.text(max_size=120))
def test_masking_again_changes_nothing(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


def test_the_gate_passes_no_personal_data_on() -> None:
    for limit in (10, 2000):
        assert "mueller@web.de" not in gate("Frau Müller, mueller@web.de", Memory(), limit).text
    assert "Müller" not in gate("/ Frau Müller", Memory(), 2000).text


def test_the_person_is_told_once_per_message_and_still_answered(assistant: Assistant, talk: Talk) -> None:
    answer = talk.say("ask_blocking", text=f"Darf ich Frau {MASK} blockieren?")
    assert answer.outcome == "answered"
    assert answer.notices[:2] == [assistant.wording.personal_data, assistant.wording.notice]
    assert assistant.wording.personal_data not in (talk.say("ask_likes").notice or "")
