"""Characters that nobody means to write, in a text of any entrance."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotse.answering.control_characters import NOT_IN_PAYLOAD, REFUSED, cleaned, nothing_visible

EVERY_CHARACTER = [chr(code) for code in range(0x110000)]
KEPT = "\t\n\u200c\u200d"


def test_of_all_control_and_format_characters_only_named_ones_stay() -> None:
    """Those that stay steer how a letter or number is shown (as in Arabic or Egyptian), and are part of it."""
    kept = [sign for sign in EVERY_CHARACTER if unicodedata.category(sign) in ("Cc", "Cs", "Cf") and cleaned(sign)]
    blanks = [sign for sign in kept if cleaned(sign) == " "]
    assert {unicodedata.category(sign) for sign in blanks} == {"Cc", "Cs"}
    assert {unicodedata.category(sign) for sign in set(kept) - set(blanks)} == {"Cc", "Cf"}
    others = sorted(set(kept) - set(blanks) - set(KEPT) - {"\r"})
    names = [unicodedata.name(sign) for sign in others]
    scripts = ("ARABIC", "SYRIAC", "KAITHI", "EGYPTIAN", "SHORTHAND", "MUSICAL")
    assert [name for name in names if not name.startswith(scripts)] == []


def test_no_ordinary_character_is_touched() -> None:
    ordinary = [sign for sign in EVERY_CHARACTER if unicodedata.category(sign)[0] in "LMNPS"]
    assert len(ordinary) > 100_000
    assert [sign for sign in ordinary if cleaned(sign) != sign or REFUSED.search(sign)] == []
    assert [sign for sign in ordinary if NOT_IN_PAYLOAD.search(sign)] == []


@pytest.mark.parametrize("text", ["Größe 👍🏽", "👩‍💻", "❤️", "می‌خواهم", "§\xa033\tAbs. 2\nDanke", "5 < 7 & 8"])
def test_what_people_write_stays(text: str) -> None:
    assert cleaned(text) == text
    assert not nothing_visible(text)


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_the_end_of_a_line_is_always_the_same(end: str) -> None:
    assert cleaned(f"eins{end}{end}zwei") == "eins\n\nzwei"


@pytest.mark.parametrize(
    "text", ["", " ", "\t\r\n", "\x00\x1b", "\x85\u2028", "\ud800", "\u202e", "\xad\u200b", "\u200d\ufe0f"]
)
def test_a_text_of_nothing_but_such_characters_shows_nothing(text: str) -> None:
    assert nothing_visible(text)


@given(st.text(alphabet=st.characters()) | st.text(alphabet="a\r\n\x00\x85\u200b\u202e\ud800 "))
def test_cleaning_twice_changes_nothing_more_and_never_lengthens(text: str) -> None:
    once = cleaned(text)
    assert cleaned(once) == once
    assert len(once) <= len(text)
    assert not REFUSED.search(once)
    once.encode("utf-8")
