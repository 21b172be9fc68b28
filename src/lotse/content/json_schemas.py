"""JSON Schemas of the content files, for editors' auto-completion."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel

from lotse.content.model import Facet, HouseRules, Registry, Topic
from lotse.content.translation import TopicTranslation

SCHEMAS: dict[str, type[BaseModel]] = {
    "topic": Topic,
    "translation": TopicTranslation,
    "house_rules": HouseRules,
    "registry": Registry,
    "facet": Facet,
}


def schemas() -> dict[str, str]:
    """The text of each schema by its file name."""
    return {f"{name}.json": _text(model) for name, model in SCHEMAS.items()}


def write_schemas(folder: Path) -> list[Path]:
    """Write one schema for each kind of content file.

    Args:
        folder: made if missing.

    Returns:
        The files written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, text in schemas().items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def outdated_schemas(folder: Path) -> list[Path]:
    """Paths of schemas in a folder that are missing or differ from the current models."""
    return [folder / name for name, text in schemas().items() if _read(folder / name) != text]


def _text(model: type[BaseModel]) -> str:
    content = {"$schema": "http://json-schema.org/draft-07/schema#", **model.schema(by_alias=True)}
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else None
