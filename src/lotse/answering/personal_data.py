"""Masks personal data before a message is understood or stored.

Finds what can be found with few errors: e-mail addresses, phone numbers (Google's libphonenumber), IBANs, case and
personnel numbers, and names after a form of address. It does not find every name.
"""

from __future__ import annotations

import re

import phonenumbers

MASK = "[…]"
REGION = "DE"

_PATTERNS = (
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){3,7}(?:[ ]?[A-Z0-9]{1,3})?\b"),
    # “Aktenzeichen 12 C 345/21”, “Az. 4711-08/15”, “case no. 4711/24”: the words stay, the number goes.
    re.compile(
        r"(?i:\b(?:aktenzeichen|az|gesch(?:ä|ae)ftszeichen|gz|aktennummer|fallnummer|vorgangsnummer|kundennummer|bg-nummer"
        r"|personalnummer|pers\.?-?nr|steuernummer|sozialversicherungsnummer|kassenzeichen"
        r"|(?:case|file|reference|staff)\s+(?:number|no|ref))\b(?:\s*(?:nummer|nr))?[.:#]?\s*)"
        r"(?P<masked>(?=[\w./() -]{0,12}\d)[\w./()-]+(?:[ ](?:[A-Za-z]{1,4}[ ])?[\d][\w./()-]*)*)"
    ),
    # “12 C 345/21”: the file number of a court
    re.compile(r"\b\d{1,4}\s(?:[A-Z][A-Za-z]{0,3})\s\d{1,5}/\d{2}(?:\.[A-Z]+)?\b"),
)
# A form of address and the name after it: up to three capitalised words, with titles and “von” between.
_NAME = re.compile(
    r"\b(?P<address>(?:Herrn?|Frau|Hr\.|Fr\.|Mrs?\.?|Ms\.?|Familie)(?:\s(?:Dr\.|Prof\.))*)\s"
    r"(?P<masked>(?:(?:von|van|de|zu|der)\s){0,2}"
    r"(?!Doktor|Professor|Minister|Präsident|Bürgermeister|Landr[aä]t|Kolleg|Chef|Direktor|Rektor|Schul|Amts|Ober|Dezern)"
    r"[A-ZÄÖÜ][a-zäöüß]+(?:-[A-ZÄÖÜ][a-zäöüß]+)?)"
)


def mask(text: str) -> str:
    """The text with `MASK` in place of every piece of personal data found.

    Args:
        text: a message as typed.
    """
    for pattern in (*_PATTERNS, _NAME):
        text = pattern.sub(_masked, text)
    found = [
        (match.start, match.end)
        for match in phonenumbers.PhoneNumberMatcher(text, REGION, leniency=phonenumbers.Leniency.VALID)
        # Short codes and amounts are no phone numbers of a person.
        if sum(character.isdigit() for character in match.raw_string) >= 7
    ]
    for start, end in reversed(found):
        text = text[:start] + MASK + text[end:]
    return text


def _masked(match: re.Match[str]) -> str:
    whole = match.group(0)
    if "masked" not in match.re.groupindex:
        return MASK
    start, end = match.start("masked") - match.start(), match.end("masked") - match.start()
    return whole[:start] + MASK + whole[end:]
