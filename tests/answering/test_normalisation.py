"""One spelling for what people paste, before anything reads it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lotse.answering import Memory
from lotse.answering.input_gate import gate
from lotse.answering.normalisation import normalised


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Darf ich u\u0308ber die Arbeit schreiben?", "Darf ich über die Arbeit schreiben?"),
        ("Ver\u00adbeam\u00adtet auf Insta\u200bgram", "Verbeamtet auf Instagram"),
        ("𝐊𝐚𝐧𝐧 𝐢𝐜𝐡 𝐝𝐚𝐬 𝐥𝐢𝐤𝐞𝐧?", "Kann ich das liken?"),
        ("𝓚𝓪𝓷𝓷 𝕚𝕔𝕙", "Kann ich"),
        ("Ｋａｎｎ　ｉｃｈ", "Kann ich"),
        ("ⓚⓐⓝⓝ 🅺🅰🅽🅽 🄺🄰🄽🄽", "kann kann KANN"),
        ("ᴋᴀɴɴ ich", "kann ich"),
        ("D\u0336a\u0336r\u0336f\u0336 ich", "Darf ich"),
        ("2️⃣", "2"),
        ("als Beam-\ntin im Urlaubs-  \n  gruß", "als Beamtin im Urlaubsgruß"),
        ("Haupt-\nund Nebenamt", "Haupt-\nund Nebenamt"),
        ("Haupt- und Nebenamt, E-Mail-\nAdresse", "Haupt- und Nebenamt, E-Mail-\nAdresse"),
        ("Wie geht´s?", "Wie geht's?"),
        ("eins\u00a0zwei\u2003drei", "eins zwei drei"),
        ("5 ﬁnde ½", "5 finde 1⁄2"),
        ("👍🏽 ❤️ 👩‍💻", "👍🏽 ❤️ 👩‍💻"),
        ("🇩🇪", "🇩🇪"),
        ("Ünal Şahin Đorđević", "Ünal Şahin Đorđević"),
    ],
)
def test_what_people_paste_gets_one_spelling(text: str, plain: str) -> None:
    assert normalised(text) == plain


@given(st.text(alphabet=st.characters()) | st.text(alphabet="a-\n ´¨\u0336\ufe0f\u00ad２ⓐ"))
@example("\u037a-\n\u0345")
def test_a_second_time_changes_nothing_more(text: str) -> None:
    once = normalised(text)
    assert normalised(once) == once
    assert unicodedata.is_normalized("NFKC", once.replace("…", ""))


def test_the_gate_reads_the_plain_spelling() -> None:
    assert gate("𝗗𝗮𝗿𝗳 ich als Be\u00adamtin liken?", Memory(), 200).text == "Darf ich als Beamtin liken?"
