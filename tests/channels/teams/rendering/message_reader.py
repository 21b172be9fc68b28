"""Reads a message to Teams as its client does: Markdown by a parser that is not ours, entities, cards."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt

MARKER = re.compile(r"\[(\d+)\]")
_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_OURS = {"paragraph", "bullet_list", "list_item", "blockquote", "inline"}


@dataclass(frozen=True)
class Markdown:
    """What a text shows.

    Attributes:
        lines: one for each paragraph, without formatting and without bullets.
        bold: what stands in bold.
        links: label and address.
        kinds: of everything in it, without `_open` and `_close`.
    """

    lines: list[str]
    bold: list[str]
    links: list[tuple[str, str]]
    kinds: set[str]

    @property
    def text(self) -> str:
        """Everything in one line."""
        return " ".join(self.lines)


def markdown(text: str) -> Markdown:
    """Parse a text."""
    lines: list[str] = []
    bold: list[str] = []
    links: list[tuple[str, str]] = []
    kinds: set[str] = set()
    for block in _PARSER.parse(text):
        kinds.add(block.type.removesuffix("_open").removesuffix("_close"))
        if block.type not in _BLOCKS_OF_OURS and block.children is None:
            lines.append(block.content)
        if block.children is None:
            continue
        line, starts, address = "", [], ""
        for token in block.children:
            kinds.add(token.type.removesuffix("_open").removesuffix("_close"))
            if token.type in ("strong_open", "link_open"):
                starts.append(len(line))
                address = str(token.attrs.get("href", address))
            elif token.type == "strong_close":
                bold.append(line[starts.pop() :])
            elif token.type == "link_close":
                links.append((line[starts.pop() :], address))
            else:
                line += token.content
        # The bullet is the mark of a list, as a client shows it, and no part of the text.
        lines.append(line.removeprefix("• "))
    return Markdown(lines, bold, links, kinds)


_BLOCKS_OF_OURS = {f"{name}_{end}" for name in _OURS for end in ("open", "close")}


def marked(message: dict[str, Any]) -> set[int]:
    """The numbers of the citations that the text marks."""
    return {int(number) for number in MARKER.findall(markdown(message["text"]).text)}


def claims(message: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """The native citations, by position."""
    (entity,) = message.get("entities") or [{"citation": []}]
    return {claim["position"]: claim["appearance"] for claim in entity["citation"]}


def elements(part: Any) -> list[dict[str, Any]]:
    """Every element of the cards, in their order."""
    found = [part] if isinstance(part, dict) and "type" in part else []
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else []
    return [*found, *(element for item in inner for element in elements(item))]


def cards(message: dict[str, Any]) -> list[dict[str, Any]]:
    """Every element of every card of a message."""
    return [element for item in message.get("attachments", []) for element in elements(item["content"])]


def choices(message: dict[str, Any]) -> list[tuple[str, str]]:
    """The buttons that pick something: label and payload."""
    return [
        (element.get("tooltip", element["title"]), element["data"]["lotse"]["payload"])
        for element in cards(message)
        if element["type"] == "Action.Submit" and "payload" in element["data"]["lotse"]
    ]
