"""JSON Schemas of the content files, for editors' auto-completion."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel

from lotse.guide.model import Facet, HouseRules, Registry, Topic
from lotse.guide.translation import TopicTranslation

SCHEMAS: dict[str, type[BaseModel]] = {
    "topic": Topic,
    "translation": TopicTranslation,
    "house_rules": HouseRules,
    "registry": Registry,
    "facet": Facet,
}


def write_schemas(folder: Path) -> list[Path]:
    """Write one schema for each kind of content file.

    Args:
        folder: made if missing.

    Returns:
        The files written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, model in SCHEMAS.items():
        path = folder / f"{name}.json"
        content = {"$schema": "http://json-schema.org/draft-07/schema#", **model.schema(by_alias=True)}
        path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        paths.append(path)
    return paths
