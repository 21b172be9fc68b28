"""Writes replayed conversations for readers to judge: one transcript each, and a table to fill in."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from lotse.errors import OperationError
from lotse.evaluation.judgements import COLUMNS, DELIMITER, JUDGEMENT, judgement_files, read_judgements
from lotse.evaluation.questions import Conversation
from lotse.evaluation.rest_client import Reply
from lotse.evaluation.verdict_score import light_of
from lotse.operator_language import _, choose_language

FOLDER = "transcripts"
# More tildes than an answer will hold in a row, so that nothing in it ends the block.
_FENCE = "~~~~~~"


def refuse_to_overwrite(folder: Path) -> None:
    """Check that no judgement would be lost or left beside other transcripts than it was made for.

    Raises:
        OperationError: a reader has filled in a table in this folder.
    """
    for file in judgement_files(folder):
        if any(row.help for row in read_judgements(file)):
            text = _("{file} holds judgements of other transcripts. Choose another folder with --out.")
            raise OperationError(text.format(file=file))


def write_transcripts(
    conversations: Iterable[Conversation], held: Iterable[Sequence[Reply]], folder: Path, rubric: str
) -> Path:
    """Write one page for each conversation and the table to judge them.

    Args:
        conversations: what was said.
        held: the replies to each conversation's turns, in the same order.
        folder: made if missing.
        rubric: how to judge, put at the top of every page; see `load_rubric`.

    Returns:
        The table.
    """
    folder.mkdir(parents=True, exist_ok=True)
    table = folder / JUDGEMENT
    # With a byte order mark and semicolons a German spreadsheet opens it without questions.
    with table.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=DELIMITER)
        writer.writerow(COLUMNS)
        for conversation, replies in zip(conversations, held, strict=True):
            page = as_markdown(conversation, replies, rubric)
            (folder / f"{conversation.name}.md").write_text(page, encoding="utf-8")
            writer.writerows([conversation.name, number, "", "", ""] for number in range(1, len(replies) + 1))
    return table


def as_markdown(conversation: Conversation, replies: Sequence[Reply], rubric: str) -> str:
    """A conversation as a page: how to judge, then each turn with its number.

    Args:
        conversation: what was said.
        replies: one for each turn.
        rubric: how to judge.
    """
    person = _("Person")
    lines = [f"# {conversation.name}", "", rubric.strip(), "", "---"]
    for number, (text, reply) in enumerate(zip(conversation.turns, replies, strict=True), start=1):
        facts = [
            _("verdict: {verdict}").format(verdict=light_of(reply)),
            _("outcome: {outcome}").format(outcome=reply.outcome),
            *([_("topic: {topic}").format(topic=reply.topic)] if reply.topic else []),
            *([_("help for: {kind}").format(kind=reply.help)] if reply.help else []),
        ]
        lines += ["", f"## {number}", "", f"**{person}:** {text}", "", f"{_FENCE}text"]
        lines += [reply.text or _("(no reply)"), _FENCE, "", f"*{' · '.join(facts)}*"]
    return "\n".join([*lines, ""])


def load_rubric(data: Path) -> str:
    """How to judge, in the operator's language: ``rubric.de.md`` or ``rubric.en.md``."""
    return (data / f"rubric.{choose_language(os.environ)}.md").read_text(encoding="utf-8")
