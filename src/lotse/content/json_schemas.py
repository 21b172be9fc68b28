"""JSON Schemas of the content files, for editors' auto-completion."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel

from lotse.content.help import HelpFile, HelpTranslation, NeedExamples
from lotse.content.model import Facet, HouseChat, HouseRules, Registry, Topic
from lotse.content.official_checklist import OfficialChecklist
from lotse.content.terms import TermList
from lotse.content.translation import TopicTranslation
from lotse.content.watch_list import WatchList

SCHEMAS: dict[str, type[BaseModel]] = {
    "topic": Topic,
    "translation": TopicTranslation,
    "house_rules": HouseRules,
    "house_chat": HouseChat,
    "registry": Registry,
    "facet": Facet,
    "help": HelpFile,
    "help_translation": HelpTranslation,
    "need_examples": NeedExamples,
    "official_checklist": OfficialChecklist,
    "watch_list": WatchList,
    "term_list": TermList,
}


def schemas(models: Mapping[str, type[BaseModel]]) -> dict[str, str]:
    """The text of each schema by its file name.

    Args:
        models: the kinds of content files by name.
    """
    return {f"{name}.json": _text(model) for name, model in models.items()}


def write_schemas(folder: Path, models: Mapping[str, type[BaseModel]]) -> list[Path]:
    """Write one schema for each kind of content file.

    Args:
        folder: made if missing.
        models: the kinds of content files by name.

    Returns:
        The files written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, text in schemas(models).items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def outdated_schemas(folder: Path, models: Mapping[str, type[BaseModel]]) -> list[Path]:
    """Paths of schemas in a folder that are missing or differ from the current models."""
    return [folder / name for name, text in schemas(models).items() if _read(folder / name) != text]


def _text(model: type[BaseModel]) -> str:
    content = {"$schema": "http://json-schema.org/draft-07/schema#", **model.schema(by_alias=True)}
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else None
