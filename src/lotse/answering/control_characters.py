"""How control characters and invisible characters in a message are treated: one rule for every channel.

| class | any text | a request of the web chat | a payload |
|---|---|---|---|
| tab, line feed | stay | pass | refused |
| carriage return | line feed | passes | refused |
| other breaks | blank | pass | refused |
| controls, surrogates | blank | refused | refused |
| bidirectional, invisible | left out | pass | refused |
| joiners | stay | pass | pass |

*Any text* applies to the input gate, the Teams channel, comments on answers and questions handed over (`cleaned`). The
channels differ for a reason. The web chat refuses what neither a keyboard nor the clipboard produces (`REFUSED`): a
program has sent it and can read the error. Characters that come with copied text pass there and are cleaned later.
Teams cannot refuse part of a message that has already been sent. Payloads are written by us and contain none of these
characters (`NOT_IN_PAYLOAD`).

Source: Unicode 15.0, chapter 23 “Special Areas and Format Characters”; Unicode Standard Annex 9 (bidirectional
controls).
"""

from __future__ import annotations

import re

# C0 without tab and line breaks, DEL, C1: NUL breaks databases, ESC and CSI steer terminals, no keyboard writes them.
CONTROLS = r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
# Vertical tab, form feed, next line, line and paragraph separator: word processors leave them in copied text.
BREAKS = r"\x0b\x0c\x85\u2028\u2029"
# Halves of a pair are no characters; they can be neither stored nor sent as UTF-8.
SURROGATES = r"\ud800-\udfff"
# They can make a line say something else than it holds (“Trojan Source”, CVE-2021-42574).
BIDIRECTIONAL = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
# Soft hyphen, zero-width space, word joiner and the like, byte order mark, annotations, tags: they tear words and
# numbers apart for whoever searches or masks them, and can hide text. The flags of England, Scotland and Wales lose
# their tags.
INVISIBLE = r"\xad\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
# Zero-width joiner and non-joiner, variation selectors: emoji and several scripts need them.
JOINERS = r"\u200c\u200d\ufe00-\ufe0f"

_SEPARATING = re.compile(f"[{CONTROLS}{BREAKS}{SURROGATES}]")
_LEFT_OUT = re.compile(f"[{BIDIRECTIONAL}{INVISIBLE}]")
_CARRIAGE_RETURN = re.compile(r"\r\n?")

REFUSED = re.compile(f"[{CONTROLS}{SURROGATES}]")
"""What a request of the web must not hold."""

NOT_IN_PAYLOAD = re.compile(rf"[\t\n\r{CONTROLS}{BREAKS}{SURROGATES}{BIDIRECTIONAL}{INVISIBLE}]")
"""What no payload holds that we have written."""

NOTHING_VISIBLE = re.compile(rf"[\s{CONTROLS}{BREAKS}{SURROGATES}{BIDIRECTIONAL}{INVISIBLE}{JOINERS}]*")
"""Matches the whole of a text in which there is nothing to see."""


def cleaned(text: str) -> str:
    """The text without control characters and invisible characters; never longer than before.

    Characters that may separate two words become a blank; characters without width are removed, so that words stay
    whole.
    """
    return _LEFT_OUT.sub("", _SEPARATING.sub(" ", _CARRIAGE_RETURN.sub("\n", text)))


def nothing_visible(text: str) -> bool:
    """Whether a text is empty or consists of blanks and invisible characters only."""
    return NOTHING_VISIBLE.fullmatch(text) is not None
