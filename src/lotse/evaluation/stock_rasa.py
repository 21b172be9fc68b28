"""The stock baseline: what `rasa init` configures, trained on our messages."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from lotse.errors import OperationError
from lotse.operator_language import _

# Word for word what rasa/cli/initial_project/config.yml lists as its default pipeline.
STOCK_PIPELINE: list[dict[str, Any]] = [
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {"name": "DIETClassifier", "epochs": 100},
    {"name": "EntitySynonymMapper"},
    {"name": "ResponseSelector", "epochs": 100},
    {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
]
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "PYTHONWARNINGS": "ignore", "TF_CPP_MIN_LOG_LEVEL": "3"}


class StockRasaError(OperationError):
    """The stock pipeline could not be trained or asked; the text contains the end of its output."""


@dataclass(frozen=True)
class Parse:
    """The result of the stock pipeline for one message.

    Attributes:
        intent: the intent it chooses, ``nlu_fallback`` below its confidence threshold.
        ranking: the classifier's ranking with confidences from 0 to 1, without the fallback.
        seconds: time for this message, within the process.
    """

    intent: str
    ranking: tuple[tuple[str, float], ...]
    seconds: float


def nlu_digest(data: Path) -> str:
    """Fingerprint of the training messages and the stock configuration."""
    digest = sha256(json.dumps(STOCK_PIPELINE).encode())
    for path in sorted(data.glob("*.yml")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def train(examples: Mapping[str, Iterable[str]], model: Path) -> None:
    """Train the stock pipeline in a folder of its own and keep the model.

    Args:
        examples: messages by intent.
        model: where to put the model (``….tar.gz``).

    Raises:
        StockRasaError: Rasa did not train.
    """
    with TemporaryDirectory(prefix="lotse-stock-") as name:
        folder = Path(name)
        config = {"recipe": "default.v1", "assistant_id": "stock", "language": "de", "pipeline": STOCK_PIPELINE}
        (folder / "config.yml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
        (folder / "nlu.yml").write_text(_nlu(examples), encoding="utf-8")
        command = [sys.executable, "-m", "rasa", "train", "nlu", "--config", "config.yml", "--nlu", "nlu.yml"]
        _run([*command, "--out", "models", "--fixed-model-name", "stock"], folder)
        model.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(str(folder / "models" / "stock.tar.gz"), model)


def train_on_project(data: Path, cache: Path) -> Path:
    """The stock model of our training messages; trained again only if they changed.

    Args:
        data: folder of the training messages (``data/nlu``).
        cache: folder that keeps the model between runs.
    """
    model = cache / f"stock-{nlu_digest(data)}.tar.gz"
    if not model.exists():
        train(read_examples(data), model)
    return model


def read_examples(data: Path, without: frozenset[str] = frozenset()) -> dict[str, list[str]]:
    """Training messages by intent.

    Args:
        data: folder of Rasa NLU files.
        without: authors (``metadata.author``) to leave out.
    """
    examples: dict[str, list[str]] = {}
    for path in sorted(data.glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", []):
            if block.get("metadata", {}).get("author") not in without:
                lines = [line.removeprefix("- ").strip() for line in block["examples"].splitlines()]
                examples.setdefault(block["intent"], []).extend(line for line in lines if line)
    return examples


def parse(model: Path, texts: Sequence[str]) -> list[Parse]:
    """Ask a trained stock model, in a process of its own so that TensorFlow stays out of ours.

    Raises:
        StockRasaError: the process failed.
    """
    with TemporaryDirectory(prefix="lotse-stock-") as name:
        folder = Path(name)
        (folder / "texts.json").write_text(json.dumps(list(texts)), encoding="utf-8")
        child = [sys.executable, "-m", "lotse.evaluation.stock_child", str(model.resolve())]
        _run([*child, "texts.json", "parses.json"], folder)
        found = json.loads((folder / "parses.json").read_text(encoding="utf-8"))
    return [
        Parse(item["intent"], tuple((name, confidence) for name, confidence in item["ranking"]), item["seconds"])
        for item in found
    ]


def _nlu(examples: Mapping[str, Iterable[str]]) -> str:
    blocks = [
        {"intent": intent, "examples": "".join(f"- {line}\n" for line in lines)} for intent, lines in examples.items()
    ]
    return str(yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True, sort_keys=False))


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, env={**os.environ, **QUIET}, capture_output=True, text=True)
    if done.returncode != 0:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise StockRasaError(
            _("Rasa's standard pipeline could not be run (exit code {code}):\n{lines}").format(
                code=done.returncode, lines=tail
            )
        )
