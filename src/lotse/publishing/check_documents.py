"""The report of a guided check as a document for the file: Markdown (CommonMark) and DOCX (ECMA-376)."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone

import docx as word

from lotse.publishing.check_results import Report

# Signs that mean something in Markdown.
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")


def markdown(report: Report) -> bytes:
    """The report in Markdown, UTF-8."""
    blocks = [f"# {_escaped(report.title)}", *map(_escaped, report.about)]
    for section in report.sections:
        blocks.append(f"## {_escaped(section.heading)}")
        blocks += [_escaped(text) for text in section.texts]
        if section.items:
            blocks.append("\n".join(f"- {_escaped(item)}" for item in section.items))
    return ("\n\n".join(blocks) + "\n").encode()


def word_document(report: Report) -> bytes:
    """The report as a Word document that names no author."""
    document = word.Document()
    properties = document.core_properties
    properties.author = properties.comments = properties.last_modified_by = ""
    properties.title, properties.language = report.title, report.language
    properties.created = properties.modified = datetime.now(timezone.utc).replace(tzinfo=None)
    document.add_heading(report.title, 0)
    for text in report.about:
        document.add_paragraph(text)
    for section in report.sections:
        document.add_heading(section.heading, 1)
        for text in section.texts:
            document.add_paragraph(text)
        for item in section.items:
            document.add_paragraph(item, style="List Bullet")
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


@dataclass(frozen=True)
class Document:
    """A file to save.

    Attributes:
        name: of the file.
    """

    body: bytes
    media_type: str
    name: str


@dataclass(frozen=True)
class Format:
    """A kind of document, and how a report becomes one."""

    media_type: str
    render: Callable[[Report], bytes]


# By the ending of the file's name.
FORMATS: Mapping[str, Format] = {
    "md": Format("text/markdown; charset=utf-8", markdown),
    "docx": Format("application/vnd.openxmlformats-officedocument.wordprocessingml.document", word_document),
}


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
