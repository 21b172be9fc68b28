"""Generates the widget's files from Python and content: labels, interface, headers, canned answers, guide pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lotse.answering import Answer
from lotse.answering.check_payloads import CHECK_PREFIX
from lotse.channels.web import openapi, security_headers
from lotse.channels.web.settings import read_settings
from lotse.content import ORIGINAL
from lotse.conversation.assistant import Assistant
from lotse.errors import OperationError
from lotse.operator_language import _
from lotse.publishing.guide_pages import GuidePages
from lotse.render.text import render_text

LABELS = "labels"
INTERFACE = "openapi.json"
HEADERS = "test/mock-server/headers.json"
CANNED = "test/mock-server/payloads.json"
# Pages of the guide that the tests open in a browser: a topic with variants, and a guided check.
PAGES = "test/mock-server/guide"
_TOPIC = "blocking"
_CHECK = f"{CHECK_PREFIX}channel"
# The types do not depend on the version, so a release does not change the file.
_ANY_VERSION = "0"


def inputs(folder: Path, assistant: Assistant) -> dict[str, str]:
    """The content that each of these files should have, by its path below the folder.

    Args:
        folder: of the widget; its canned answers are read, completed and rendered again.
        assistant: the wording.

    Raises:
        OperationError: the canned answers are missing or cannot be read.
    """
    labels = {f"{LABELS}/{language}.json": wording.web.widget for language, wording in assistant.wordings.items()}
    contents: dict[str, Any] = {
        **labels,
        INTERFACE: openapi.description(_ANY_VERSION, list(assistant.wordings), read_settings(None).max_characters),
        HEADERS: {
            "page": security_headers.security_headers([]),
            "guide": security_headers.security_headers([], searchable=True),
            "script": security_headers.security_headers([], embeddable=True),
        },
        CANNED: _canned(folder / CANNED, assistant),
    }
    files = {path: json.dumps(content, ensure_ascii=False, indent=2) + "\n" for path, content in contents.items()}
    return {**files, **_guide_pages(assistant)}


def _guide_pages(assistant: Assistant) -> dict[str, str]:
    pages = GuidePages(assistant.guides, assistant.wordings, ["page.css"], assistant.checks, ["guide.js"])
    made = {"index": pages.index(ORIGINAL), _TOPIC: pages.page(_TOPIC, ORIGINAL), _CHECK: pages.page(_CHECK, ORIGINAL)}
    return {f"{PAGES}/{name}.html": page for name, page in made.items() if page is not None}


def outdated(folder: Path, assistant: Assistant) -> list[str]:
    """Paths of the files whose content is out of date.

    Args:
        folder: of the widget.
        assistant: the wording.
    """
    return [path for path, content in inputs(folder, assistant).items() if _read(folder / path) != content]


def write(folder: Path, assistant: Assistant) -> list[Path]:
    """Write the files whose content is out of date.

    Args:
        folder: of the widget.
        assistant: the wording.

    Returns:
        The files written.
    """
    wanted = inputs(folder, assistant)
    paths = [folder / path for path in outdated(folder, assistant)]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path.relative_to(folder).as_posix()], encoding="utf-8")
    return paths


def _canned(path: Path, assistant: Assistant) -> dict[str, Any]:
    try:
        canned = json.loads(path.read_text(encoding="utf-8"))
        return {name: _rendered(answer["guidance"], assistant) for name, answer in canned.items()}
    except FileNotFoundError:
        text = _("{path} is missing. The web chat is built from its source only.")
        raise OperationError(text.format(path=path)) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        text = _("{path}: The canned answers cannot be read: {error}")
        raise OperationError(text.format(path=path, error=error)) from None


def _rendered(guidance: Mapping[str, Any], assistant: Assistant) -> dict[str, Any]:
    """A canned answer as the server would send it today: every field, and the plain text."""
    answer = Answer.parse_obj(guidance)
    return {"text": render_text(answer, assistant.wordings[answer.language]), "guidance": answer.payload()}


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
