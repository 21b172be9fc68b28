"""Sentences of German and English texts."""

from __future__ import annotations

import re

# A full stop ends a sentence only before a space and a capital; “Abs. 1”, “z. B. Fotos” and “2 AZR” do not end one.
_SENTENCE_END = re.compile(r"(?<=[.!?:])\s+(?=[A-ZÄÖÜ„“»])")
_ABBREVIATIONS = re.compile(
    r"\b(?:z|u|d|i|o|bzw|Abs|Art|Nr|Az|Satz|lit|vgl|ggf|usw|etc|Dr|Prof|ca|evtl|S|B|a|h|V|m|v|St)\.$"
)


def sentences(text: str) -> list[str]:
    """Split a text into sentences, leaving legal abbreviations whole."""
    result: list[str] = []
    for part in _SENTENCE_END.split(text.strip()):
        if result and _ABBREVIATIONS.search(result[-1]):
            result[-1] += " " + part
        elif part:
            result.append(part)
    return result


def one_a_line(text: str) -> str:
    """A text in plain language with one sentence a line; lines that are there already stay apart.

    What follows a colon stays with what announces it: “Man nennt das so: …”
    """
    lines: list[str] = []
    for line in text.splitlines():
        announced = False
        for sentence in sentences(line):
            words = " ".join(sentence.split())
            if announced:
                lines[-1] += f" {words}"
            else:
                lines.append(words)
            announced = words.endswith(":")
    return "\n".join(lines)
