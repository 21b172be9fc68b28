"""German sentences for what pydantic finds wrong with a value, with what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lotse.guide.model import EMAIL_PATTERN, LANGUAGE_PATTERN, PASSAGE_PATTERN, TOPIC_PATTERN, URL_PATTERN

SEE_DOCS = "docs/editors.md zeigt die Form"

# By pydantic's type of error; by the pattern itself if a text does not match one. Braces take pydantic's limits.
_SENTENCES: dict[str, tuple[str, str]] = {
    "value_error.missing": ("Das Feld fehlt.", "Feld ergänzen"),
    "value_error.extra": (
        "Dieses Feld gibt es hier nicht.",
        "Schreibweise prüfen oder Feld entfernen; docs/editors.md nennt die Felder",
    ),
    "type_error.none.not_allowed": ("Hier steht nichts.", "ausfüllen; ein freiwilliges Feld kann auch wegfallen"),
    "type_error.str": ("Das ist kein Text.", "Text eintragen; ein Datum als Text in Anführungszeichen setzen"),
    "type_error.list": ("Das ist keine Liste.", "als Liste schreiben: [eins, zwei], oder je Zeile mit „- “ davor"),
    "type_error.dict": ("Hier gehören Felder hin (`name: wert`).", SEE_DOCS),
    "type_error.integer": ("Das ist keine ganze Zahl.", "eine Zahl wie 4 eintragen"),
    "type_error.float": ("Das ist keine Zahl.", "eine Zahl wie 0.5 eintragen, mit Punkt statt Komma"),
    "type_error.bool": ("Das ist weder ja noch nein.", "`true` oder `false` eintragen"),
    "type_error.enum": ("Diesen Wert gibt es hier nicht.", "docs/editors.md nennt die Werte"),
    # A list for a date or a choice, or the name of a field that YAML reads as a number, a date or yes and no.
    "type_error": (
        "Das hat hier nicht die richtige Form.",
        "einen einzelnen Wert eintragen, keine Liste; Feldnamen wie 1, yes oder no berichtigen",
    ),
    "value_error.const": ("„{given}“ gibt es hier nicht.", "möglich sind: {permitted}"),
    "value_error.date": ("Das ist kein Datum.", "so schreiben: 2026-11-23"),
    "value_error.any_str.min_length": ("Der Text ist zu kurz: mindestens {limit_value} Zeichen.", "Text ergänzen"),
    "value_error.any_str.max_length": ("Der Text ist zu lang: höchstens {limit_value} Zeichen.", "Text kürzen"),
    "value_error.list.min_items": ("Zu wenige Einträge: mindestens {limit_value}.", "Einträge ergänzen"),
    "value_error.list.max_items": ("Zu viele Einträge: höchstens {limit_value}.", "Einträge streichen"),
    "value_error.number.not_gt": ("Die Zahl muss größer sein als {limit_value}.", ""),
    "value_error.number.not_ge": ("Die Zahl muss mindestens {limit_value} sein.", ""),
    "value_error.number.not_lt": ("Die Zahl muss kleiner sein als {limit_value}.", ""),
    "value_error.number.not_le": ("Die Zahl darf höchstens {limit_value} sein.", ""),
    TOPIC_PATTERN: (
        "Das ist keine gültige Kennung.",
        "nur Kleinbuchstaben (a–z), Ziffern und _ verwenden, am Anfang ein Buchstabe",
    ),
    PASSAGE_PATTERN: (
        "Das ist keine gültige Kennung einer Passage.",
        "so schreiben: thema.kennung, nur mit Kleinbuchstaben (a–z), Ziffern und _",
    ),
    LANGUAGE_PATTERN: ("Das ist kein Kürzel einer Sprache.", "zwei Kleinbuchstaben eintragen, zum Beispiel en"),
    URL_PATTERN: ("Das ist keine Internetadresse.", "mit https:// beginnen, ohne Leerzeichen"),
    EMAIL_PATTERN: ("Das ist keine E-Mail-Adresse.", "so schreiben: pressestelle@example.org"),
}


def explain(error: Mapping[str, Any]) -> tuple[str, str]:
    """What is wrong and what to do about it.

    Args:
        error: an entry of pydantic's ``ValidationError.errors()``. A validator of our own has said it in German
            already, so the text of an unknown type stays as it is.
    """
    limits = dict(error.get("ctx", {}))
    known = _SENTENCES.get(limits.get("pattern", error["type"]))
    if known is None:
        return str(error["msg"]), ""
    limits["permitted"] = ", ".join(map(str, limits.get("permitted", ())))
    message, mend = (text.format_map(limits) for text in known)
    return message, mend
