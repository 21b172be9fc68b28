"""Runs an evaluation: real servers, questions and conversations, then tables, JSON, plots and transcripts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from lotse import paths
from lotse.content import load_guide
from lotse.evaluation import plots
from lotse.evaluation.baselines import PassageSearch, ask_stock_rasa
from lotse.evaluation.error_analysis import as_markdown, explain, needs_as_markdown, verdicts_as_markdown
from lotse.evaluation.goals import load_goals
from lotse.evaluation.need_score import score_needs
from lotse.evaluation.questions import LabelledQuestion, Material, load_material
from lotse.evaluation.report import Evaluation, as_json, show
from lotse.evaluation.rest_client import Reply, RestClient, open_session
from lotse.evaluation.score import QuestionScore, score_dialogues, score_questions
from lotse.evaluation.stock_rasa import read_examples
from lotse.evaluation.transcripts import FOLDER, load_rubric, refuse_to_overwrite, write_transcripts
from lotse.evaluation.verdict_score import score_verdicts
from lotse.operations.ports import free_port
from lotse.operations.temporary_servers import running_servers
from lotse.operator_language import _

ASSISTANT = "Lotse"
DEV_QUESTIONS = Path("tests", "questions", "dev.jsonl")


@dataclass(frozen=True)
class Held:
    """The replies to everything in a material, in its order."""

    questions: list[Reply]
    dialogues: list[Sequence[Reply]]
    verdicts: list[Reply]
    needs: list[Reply]
    conversations: list[Sequence[Reply]]


def run(files: Sequence[Path], out: Path, baselines: bool = True) -> Evaluation:
    """Ask all questions, hold all conversations, print a report and write it into a folder.

    Args:
        files: questions, and folders of conversations; see `lotse.evaluation.questions`.
        out: folder for ``evaluation.json``, ``misses.md``, ``evaluation.png`` and ``transcripts``, made if missing.
        baselines: also measure BM25 and the stock Rasa pipeline (trains it, which takes up to an hour the first time).
            They give neither verdicts nor help, so that only questions with a topic are put to them.

    Raises:
        QuestionFileError: a file does not fit the format.
        OperationError: the folder holds judgements of earlier transcripts.
        StockRasaError: the stock pipeline did not run.
    """
    console = Console()
    material = load_material(files)
    transcripts = out / FOLDER
    if material.conversations:
        refuse_to_overwrite(transcripts)
    rubric = load_rubric(paths.data())
    out.mkdir(parents=True, exist_ok=True)
    held = asyncio.run(_talk(material, console))
    systems: dict[str, QuestionScore] = {}
    if material.questions:
        systems[ASSISTANT] = score_questions(material.questions, held.questions)
        if baselines:
            systems |= _baselines(material.questions, files, out, console)
    evaluation = Evaluation(
        systems,
        load_goals(paths.data()),
        score_dialogues(material.dialogues, held.dialogues) if material.dialogues else None,
        score_verdicts(material.verdicts, held.verdicts) if material.verdicts else None,
        score_needs(material.needs, held.needs) if material.needs else None,
    )
    details = {"replies": _replies(material.questions, held.questions)}
    text = json.dumps({**as_json(evaluation), **details}, ensure_ascii=False, indent=1)
    (out / "evaluation.json").write_text(text, encoding="utf-8")
    (out / "misses.md").write_text(_misses(material, held, evaluation), encoding="utf-8")
    show(evaluation, console)
    written = [out / "evaluation.json", out / "misses.md"]
    if systems:
        plots.draw(systems, out / "evaluation.png")
        written.append(out / "evaluation.png")
    if material.conversations:
        written.append(write_transcripts(material.conversations, held.conversations, transcripts, rubric))
    console.print(_("Written: {files}").format(files=", ".join(map(str, written))))
    return evaluation


async def _talk(material: Material, console: Console) -> Held:
    console.print(_("Starting servers …"))
    async with running_servers(free_port()) as base_url, open_session() as session:
        client = RestClient(base_url, session)
        with Progress(console=console, transient=True) as progress:
            task = progress.add_task(_("Questions"), total=material.conversations_to_hold)

            def advance() -> None:
                progress.advance(task)

            return Held(
                await client.ask(material.questions, advance),
                await client.hold(material.dialogues, advance),
                await client.ask(material.verdicts, advance),
                await client.ask(material.needs, advance),
                await client.replay(material.conversations, advance),
            )


def _misses(material: Material, held: Held, evaluation: Evaluation) -> str:
    """What went wrong, for whoever mends it: one part for each kind of line that was asked."""
    parts = [as_markdown(explain(material.questions, held.questions, read_examples(paths.data() / "nlu")))]
    if evaluation.verdicts:
        parts.append(verdicts_as_markdown(evaluation.verdicts.misses))
    if evaluation.needs:
        parts.append(needs_as_markdown(evaluation.needs.misses))
    return "\n".join(parts)


def _baselines(
    questions: Sequence[LabelledQuestion], files: Sequence[Path], out: Path, console: Console
) -> dict[str, QuestionScore]:
    guide, dev = load_guide(paths.data()), _dev_questions(files)
    scores = {}
    for name, with_questions in ((_("BM25, passages"), False), (_("BM25, their questions too"), True)):
        search = PassageSearch(guide, with_questions)
        if dev:
            search.choose_threshold(dev)
        scores[name] = score_questions(questions, [search.ask(question.text) for question in questions])
    console.print(_("Rasa's standard pipeline: the first training takes up to an hour; without it: --no-baselines …"))
    texts = [question.text for question in questions]
    replies = ask_stock_rasa(paths.data() / "nlu", out / "stock-rasa", texts)
    scores[_("Rasa, standard pipeline")] = score_questions(questions, replies)
    return scores


def _dev_questions(files: Sequence[Path]) -> tuple[LabelledQuestion, ...]:
    """The questions that set the threshold of the search baseline; none if they are to be measured themselves."""
    dev = paths.home() / DEV_QUESTIONS
    if not dev.exists() or dev.resolve() in {file.resolve() for file in files}:
        return ()
    return load_material([dev]).questions


def _replies(questions: Sequence[LabelledQuestion], replies: Sequence[Reply]) -> list[dict[str, object]]:
    return [
        {
            "text": question.text,
            "expected": sorted(question.accepted),
            "outcome": reply.outcome,
            "topic": reply.topic,
            "offered": list(reply.offered),
            "probability": reply.probability,
            "milliseconds": round(reply.milliseconds, 1),
        }
        for question, reply in zip(questions, replies, strict=True)
    ]
