"""The language of messages for operators, editors and developers: commands, reports, and errors of settings.

English is written in the code, German in ``locale/de/LC_MESSAGES/lotse.po``; see docs/adr/0011-operators-language.md.
Lines of log files stay English. What users read is content and lives in ``data/``.
"""

from __future__ import annotations

import gettext
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast

Language = Literal["de", "en"]

LANGUAGES: tuple[Language, ...] = ("de", "en")
OPTION = "--lang"
DOMAIN = "lotse"
# The first that is set counts, as for every program that uses gettext. --lang sets the first, also for our servers.
VARIABLE = "LANGUAGE"
_VARIABLES = (VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG")
# The locale of somebody who has chosen none.
_NO_CHOICE = ("c", "posix")
_CATALOGUES = Path(__file__).parent / "locale"


def choose_language(environment: Mapping[str, str]) -> Language:
    """The language that an environment asks for: German if it asks for none, English if it asks for any other.

    Args:
        environment: variables such as ``LANG=de_DE.UTF-8``; ``LANGUAGE`` may list several, ``fr:de``.
    """
    given = next((value for name in _VARIABLES if (value := environment.get(name))), "")
    names = [locale.partition(".")[0].partition("@")[0].replace("-", "_").lower() for locale in given.split(":")]
    if names[0] in ("", *_NO_CHOICE):
        return "de"
    known = (name.partition("_")[0] for name in names)
    return cast(Language, next((name for name in known if name in LANGUAGES), "en"))


def take_option(arguments: Sequence[str]) -> tuple[str | None, list[str]]:
    """The value of ``--lang``, wherever it stands before ``--``, and the arguments without it.

    Needed before the commands exist, because their help is in that language. An option without a value stays.
    """
    end = list(arguments).index("--") if "--" in arguments else len(arguments)
    value: str | None = None
    rest: list[str] = []
    words = iter(enumerate(arguments))
    for at, word in words:
        if at < end and word.startswith(f"{OPTION}="):
            value = word.removeprefix(f"{OPTION}=")
        elif at < end - 1 and word == OPTION:
            value = next(words)[1]
        else:
            rest.append(word)
    return value, rest


def use_language(language: Language) -> None:
    """Set the language of messages, in this process and in those started from it."""
    os.environ[VARIABLE] = language


def _(message: str) -> str:
    """A sentence in the operator's language. Values are put in afterwards: ``_("Port {port}").format(port=port)``."""
    return _catalogue(choose_language(os.environ)).gettext(message)


def ngettext(one: str, many: str, number: int) -> str:
    """The singular or plural sentence for a number, in the operator's language."""
    return _catalogue(choose_language(os.environ)).ngettext(one, many, number)


def N_(message: str) -> str:
    """Mark a sentence for the catalogue where it is defined; ``_`` translates it where it is said."""
    return message


@dataclass(frozen=True)
class Message:
    """A sentence for logs as well as for people: as text it is English, ``told()`` says it in their language.

    Args:
        text: marked with ``N_``.
        values: for its places in braces; a value may be a message, too.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text.format_map(self.values)

    def told(self) -> str:
        """The sentence in the operator's language."""
        told = {key: value.told() if isinstance(value, Message) else value for key, value in self.values.items()}
        return _(self.text).format_map(told)


def chosen_language() -> Language:
    """The operator's language."""
    return choose_language(os.environ)


def day(when: date) -> str:
    """A day as it is written in the operator's language."""
    return when.strftime("%d.%m.%Y") if choose_language(os.environ) == "de" else when.isoformat()


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(language: Language) -> gettext.NullTranslations:
    path = _CATALOGUES / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    if not path.exists():
        return gettext.NullTranslations()
    # Late: English needs neither.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
