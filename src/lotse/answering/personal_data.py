"""Masks personal data before a message is understood or stored.

Finds what can be found with few errors: e-mail addresses, phone numbers (Google's libphonenumber), IBANs, card
numbers, addresses of computers, profiles and handles, postal addresses, dates of birth, number plates, file and
personnel numbers in the spellings of German letters, and names after a form of address, after a role (“mein Kollege
…”), below a letter or where somebody is called so. It does not find every name.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from pathlib import Path

import phonenumbers
import regex

from lotse import paths
from lotse.content.loading import parse
from lotse.content.model import Facet
from lotse.content.word_lists import load_name_words

MASK = "[…]"
REGION = "DE"

# A name: capital letter first, in any alphabet, also double (“Müller-Lüdenscheidt”, “O'Neill”, “McDonald”).
_WORD = r"\p{Lu}['’]?\p{L}*\p{Ll}\p{L}*(?:['’]\p{L}+)?"
_NAME = rf"{_WORD}(?:-{_WORD})*"
_PARTICLE = r"(?:von|van|de|del|della|di|da|dos|zu|zur|zum|der|den|ter|ten|el|al|bin|ibn|le|la)"
_TITLE = r"(?:Dr|Prof|Dipl|Ing|med|jur|rer|nat|phil|h|c|PD|Mag|B\.?A|M\.?A|LL\.?M)\.?(?:-(?:Ing|Inf|Psych|Med)\.?)?"
_CALLED = (
    r"(?:(?<!\b(?:was|das|wie) )hei(?:ß|ss)(?:t|e|en)|namens|genannt|mein name ist"
    r"|(?:sein|ihr|der|vor|nach)name (?:ist|war|lautet)"
    r"|(?:my|his|her|the) name(?:'s| is| was)|named|called|(?:name|nachname|vorname|surname):)"
)
_NUMBER = r"(?:(?=[\w./()-]*\d)[\w./()-]+|[A-ZÄÖÜ]{1,5}(?=\s\d))(?:\s(?:[A-Za-z]{1,4}\s)?\d[\w./()-]*)*"
_MONTH = (
    r"(?:jan(?:uar)?|feb(?:ruar)?|märz|mrz|april?|mai|juni?|juli?|aug(?:ust)?|sep(?:t(?:ember)?)?|okt(?:ober)?|nov(?:ember)?"
    r"|dez(?:ember)?|january|february|march|may|june|july|october|december)\.?"
)
_DATE = rf"\d{{1,2}}(?:[./-]\s?\d{{1,2}}[./-]\s?|\.?\s?{_MONTH}\s?)\d{{2,4}}"

# Ends of letters; “LG Köln” and “VG Berlin” are courts.
_CLOSING = (
    r"(?:mit\s\p{L}+\sgr(?:ü|ue)(?:ß|ss)en|mfg|(?:viele|liebe|beste|herzliche|freundliche|schöne)\sgr(?:ü|ue)(?:ß|ss)e"
    r"|(?:gru(?:ß|ss)|[lv]g)(?=,|\s*\n)|(?:kind|best|warm)\sregards|yours\s(?:sincerely|faithfully|truly)|sincerely)"
)
# Where a path leads to a profile; the host stays, because it tells the platform.
_PROFILE_HOSTS = (
    r"(?:(?:\w{1,3}\.)?(?:facebook|instagram|twitter|x|tiktok|linkedin|xing|youtube|threads|twitch|snapchat|pinterest|reddit"
    r"|vk)\.(?:com|net|de|tv)|bsky\.app|t\.me|wa\.me|youtu\.be)"
)

# In this order; a group “masked” is what goes, the words around it stay.
_PATTERNS = tuple(
    regex.compile(pattern)
    for pattern in (
        rf"(?i:(?<![\w.]){_PROFILE_HOSTS}/@?)(?P<masked>[^\s<>\"“”)]*[\p{{L}}\d_/])",
        r"@?[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
        r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){3,7}(?:[ ]?[A-Z0-9]{1,3})?\b",
        # … and as it is typed: small letters in the country and the bank only, so that no words are taken for it
        r"(?i:\b[A-Z]{2}\d{2}[ ]?[A-Z0-9]{4}(?:[ ]?\d{4}){2,6}(?:[ ]?\d{1,3})?\b)",
        # Dates of birth: “geb. 12.03.1980”, “geboren am 3. Mai 1975”, “born on 12/03/1980”, “* 1.2.70”
        rf"(?i:(?:\bgeb(?:oren)?\b\.?(?:\s(?:am|den))?|\bgeburts(?:datum|tag)\b(?:\s?(?:ist|am))?:?|\bborn\b(?:\son)?|\bd\.?o\.?b\.?:?"
        rf"|\bdate\sof\sbirth:?|\*))\s?(?P<masked>(?i:{_DATE}))",
        # Postal addresses: street with number, and the town that follows it
        r"(?P<masked>\b(?:(?:Am|An\sder|Im|In\sder|Auf\sdem|Zum|Zur)\s)?\p{Lu}[\p{L}.-]*(?:\s\p{Lu}[\p{L}.-]*)?"
        r"(?:(?i:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|ring|ufer|damm|chaussee|steig|stieg|markt|graben)|\s(?:Straße|Str\.|Weg|Platz"
        r"|Allee|Ring|Ufer|Damm|Street|Road|Avenue|Lane))\s?\d{1,4}(?:\s?[a-h]\b|\b)(?:,?\s(?:in\s)?(?:D-)?\d{5}(?:\s\p{Lu}[\p{L}-]+)?)?)",
        # … and whatever follows “wohnt in” and ends in a number
        r"(?i:\b(?:wohn(?:t|e|en|haft)|adresse(?:\sist|:)?|lives?|address(?:\sis|:)?)(?:\s(?:in\sder|in\sdem|im|am|an\sder|an\sdem|auf\sder|at))?)"
        r"\s(?P<masked>\p{Lu}(?:(?!\sund\s|\sand\s)[^,.;:!?\n\d]){2,50}\s\d{1,4}[a-h]?\b)",
        # Number plates: “M-AB 1234”; without the hyphen only where they are named so. “TV-L 9” is a pay grade.
        r"\b(?!TV|BG|EG|KR|SuE|DIN|ISO|EN|A|B|C|E|R|W)[A-ZÄÖÜ]{1,3}-[A-Z]{1,2}\s?\d{1,4}[EH]?\b",
        r"\b[A-ZÄÖÜ]-[A-Z]{2}\s?\d{2,4}[EH]?\b",
        r"(?i:\b(?:kennzeichen|nummernschild|(?:number|licen[cs]e)\splate)\b:?\s?(?:ist\s|lautet\s|is\s)?)"
        r"(?P<masked>[A-ZÄÖÜ]{1,3}[\s-]{1,2}[A-Z]{1,2}[\s-]?\d{1,4}[EH]?\b)",
        # File and personnel numbers after the word for it: “Aktenzeichen 12 C 345/21”, “case no. 4711/24”
        r"(?i:\b(?:aktenzeichen|akz|az|(?:gesch(?:ä|ae)fts|dienst|kassen|verfahrens|buchungs)zeichen|gesch\.?-?\s?z(?:eichen)?"
        r"|(?:mein|unser|ihr)\szeichen|gz|reg\.?-?nr|aktennummer|akten-?nr|fallnummer|fall-?nr|vorgangs(?:nummer|-?nr)|vorgang|kundennummer|kunden-?nr|bg-?(?:nummer|nr)"
        r"|(?:bedarfsgemeinschafts|mitglieds|versicherten|versicherungs|ticket|steuer-?identifikations|antrags|ausweis|matrikel|personal)(?:nummer|-?nr)"
        r"|personal-?nr|pers\.?-?nr|steuer(?:nummer|-?nr|-?id)|sozialversicherungsnummer|rentenversicherungsnummer|sv-?nummer"
        r"|(?:case|file|reference|staff|personnel|ticket|tax|passport|insurance)\s+(?:number|no|ref|id)|(?:our|your)\sref)\b(?:\s*(?:nummer|nr|no|ist|lautet|is))*[.:#]*\s*)"
        rf"(?P<masked>(?:[IVX]{{1,4}}[-\s]\d{{1,2}}\s)?{_NUMBER})",
        # File numbers of courts and public prosecutors without the word: “12 C 345/21”, “505 Js 1234/21”
        r"\b(?:\d{1,4}|[IVX]{1,4})\s(?:[A-Z][A-Za-z]{0,3})\s\d{1,6}/\d{2,4}(?:\.[A-Z]+)?\b",
        # … and of authorities: “II-4.2-1234/2026”, “33.1-05315-2026/17”
        r"\b(?=[\w.-]*[.-][\w.-]*\d{3,}/|[\w.-]+-\d{3,}[-/])(?:[IVX]{1,4}|\d{1,4}|[A-Z]{1,4})(?:[.-]\w{1,6}){1,4}/(?:19|20)?\d{2}(?:-\w+)?\b",
    )
)


@lru_cache(maxsize=4)
def _names(data: Path) -> tuple[regex.Pattern[str], ...]:
    """Patterns of names after a form of address, a title or a role; the words are in ``data/word_lists/names.yml``."""
    words = load_name_words(data)
    platforms = parse(data / "vocabulary" / "platform.yml", Facet)[1].values
    not_one = rf"(?!{_one_of(words.no_names)})"
    next_ones = rf"(?:\s(?:{_PARTICLE}\s){{0,2}}{not_one}{_NAME})"
    full, two = rf"(?:{not_one}{_NAME}){next_ones}{{0,2}}", rf"(?:{not_one}{_NAME}){next_ones}{{1,2}}"
    # Below a letter, the office stands in the line after the name.
    in_line = full.replace(r"\s", "[ ]")
    return tuple(
        regex.compile(pattern)
        for pattern in (
            rf"\b(?:Herrn?|Frau|Fräulein|Hr\.?|Fr\.|Mrs?\.?|Ms\.?|Miss|Mx\.?|Familie|Fam\.)(?:\s{_TITLE})*\s"
            rf"(?P<masked>(?:{_PARTICLE}\s){{0,2}}{full}|\p{{Lu}}{{3,}}(?:-\p{{Lu}}{{3,}})?\b)",
            rf"\b(?:{_TITLE}\s)*(?:Dr|Prof)\.(?:\s{_TITLE})*\s(?P<masked>(?:{_PARTICLE}\s){{0,2}}{full})",
            rf"(?i:\b{_CALLED}\s)(?:(?:Herr|Frau)\s)?(?P<masked>(?:{_PARTICLE}\s){{0,2}}{full})",
            rf"(?i:\b{_one_of(words.roles)}(?:,\s(?:der|die))?\s)(?P<masked>{two})",
            # After a full stop on the same line a new sentence begins: “Viele Grüße! Gilt das auch hier?”
            rf"(?i:\b{_CLOSING})(?:,?\s{{1,4}}|[.!]\s*\n\s*)(?P<masked>{in_line})",
            # Handles, but not those of the platforms themselves, nor “Kolleg@innen”, nor “@alle”
            rf"(?<![\w@./])@(?!(?i:alle?|everyone|here|home|{'|'.join(platforms)})(?!\.?\w))(?P<masked>[\p{{L}}\d_][\w.]{{0,29}}(?<!\.))",
        )
    )


def _one_of(words: Iterable[str]) -> str:
    """A pattern for one of these words; * stands for further letters where a word begins or ends with it."""
    patterns = (
        (r"\p{L}+" if word.startswith("*") else "")
        + regex.escape(word.strip("*"), special_only=True)
        + ("" if word.endswith("*") else r"\b")
        for word in words
    )
    return f"(?:{'|'.join(patterns)})"


def mask(text: str) -> str:
    """The text with `MASK` in place of every piece of personal data found.

    Args:
        text: a message as typed.
    """
    for pattern in (*_PATTERNS, *_names(paths.data())):
        text = pattern.sub(_masked, text)
    for pattern, is_one in _PROVED:
        text = pattern.sub(partial(_masked_if, is_one), text)
    found = [
        (match.start, match.end)
        for match in phonenumbers.PhoneNumberMatcher(text, REGION, leniency=phonenumbers.Leniency.VALID)
        # Short codes and amounts are no phone numbers of a person.
        if sum(character.isdigit() for character in match.raw_string) >= 7
    ]
    for start, end in reversed(found):
        text = text[:start] + MASK + text[end:]
    return text


def _is_card(number: str) -> bool:
    """Whether the check digit of a card's number is right (ISO/IEC 7812-1, annex B)."""
    digits = [int(sign) for sign in number if sign.isdigit()][::-1]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _is_computer(address: str) -> bool:
    """Whether this is an IPv4 or IPv6 address; “2.1.3.4” and “4.18.2.1” are rather numbers of sections or versions."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    lengths = sorted(len(part) for part in address.split("."))
    return found.version == 6 or lengths[-1] == 3 or lengths[-2] == 2


# Candidates, and what proves that one is what it looks like.
_PROVED: tuple[tuple[regex.Pattern[str], Callable[[str], bool]], ...] = (
    # In groups of four, or of four, six and five; “2021 2022 2023 2024” are years.
    (
        regex.compile(
            r"(?<![\d.,/-])(?:[3-6][0-9]{3}(?:[ -]?[0-9]{4}){2}[ -]?[0-9]{1,7}"
            r"|3[0-9]{3}[ -]?[0-9]{6}[ -]?[0-9]{5})(?![\d/-])"
        ),
        _is_card,
    ),
    (
        regex.compile(
            r"(?<![\w.:])(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|(?=[^\s]*[0-9])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})(?![\w:]|\.\w)"
        ),
        _is_computer,
    ),
)


def _masked_if(is_one: Callable[[str], bool], match: regex.Match[str]) -> str:
    return MASK if is_one(match[0]) else str(match[0])


def _masked(match: regex.Match[str]) -> str:
    whole: str = match.group(0)
    if "masked" not in match.re.groupindex:
        return MASK
    start, end = match.start("masked") - match.start(), match.end("masked") - match.start()
    return whole[:start] + MASK + whole[end:]
