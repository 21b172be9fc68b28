"""Runs an evaluation: real servers, questions and dialogues, baselines, then tables, JSON and plots."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from lotse import paths
from lotse.content import load_guide
from lotse.evaluation import plots
from lotse.evaluation.baselines import PassageSearch, ask_stock_rasa
from lotse.evaluation.error_analysis import as_markdown, explain
from lotse.evaluation.goals import load_goals
from lotse.evaluation.questions import LabelledQuestion, Material, load_material
from lotse.evaluation.report import Evaluation, as_json, show
from lotse.evaluation.rest_client import Reply, RestClient, open_session
from lotse.evaluation.score import DialogueScore, QuestionScore, score_dialogues, score_questions
from lotse.evaluation.stock_rasa import read_examples
from lotse.operations.ports import free_port
from lotse.operations.temporary_servers import running_servers
from lotse.operator_language import _

ASSISTANT = "Lotse"
DEV_QUESTIONS = Path("tests", "questions", "dev.jsonl")


def run(files: Sequence[Path], out: Path, baselines: bool = True) -> Evaluation:
    """Ask all questions, hold all dialogues, print a report and write it into a folder.

    Args:
        files: questions and dialogues, see `lotse.evaluation.questions`.
        out: folder for ``evaluation.json``, ``evaluation.png`` and ``misses.md``, made if missing.
        baselines: also measure BM25 and the stock Rasa pipeline (trains it, which takes up to an hour the first time).

    Raises:
        QuestionFileError: a file does not fit the format.
        StockRasaError: the stock pipeline did not run.
    """
    console = Console()
    material = load_material(files)
    out.mkdir(parents=True, exist_ok=True)
    replies, dialogues = asyncio.run(_talk(material, console))
    systems: dict[str, QuestionScore] = {}
    if material.questions:
        systems[ASSISTANT] = score_questions(material.questions, replies)
        if baselines:
            systems |= _baselines(material.questions, files, out, console)
    evaluation = Evaluation(systems, load_goals(paths.data()).aims, dialogues)
    details = {"replies": _replies(material.questions, replies)}
    text = json.dumps({**as_json(evaluation), **details}, ensure_ascii=False, indent=1)
    (out / "evaluation.json").write_text(text, encoding="utf-8")
    misses = explain(material.questions, replies, read_examples(paths.data() / "nlu"))
    (out / "misses.md").write_text(as_markdown(misses), encoding="utf-8")
    show(evaluation, console)
    if systems:
        plots.draw(systems, out / "evaluation.png")
    written = ["evaluation.json", "misses.md", *(["evaluation.png"] if systems else [])]
    console.print(_("Written: {files}").format(files=", ".join(str(out / name) for name in written)))
    return evaluation


async def _talk(material: Material, console: Console) -> tuple[list[Reply], DialogueScore | None]:
    console.print(_("Starting servers …"))
    async with running_servers(free_port()) as base_url, open_session() as session:
        client = RestClient(base_url, session)
        with Progress(console=console, transient=True) as progress:
            task = progress.add_task(_("Questions"), total=len(material.questions) + len(material.dialogues))
            replies = await client.ask(material.questions, lambda: progress.advance(task))
            held = await client.hold(material.dialogues, lambda: progress.advance(task))
    return replies, score_dialogues(material.dialogues, held) if material.dialogues else None


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
