"""``python -m tools.oracles``: software of Microsoft reads what the assistant sends to Teams. README.md says how."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import jsonschema

from lotse import paths
from lotse.channels.teams.admin import app_package
from lotse.conversation.assistant import Assistant
from tools.oracles.examples import cards_of, every_activity

FOLDER = Path(__file__).parent
_SDKS = FOLDER / ".venv" / "bin" / "python"
_NODE = FOLDER / "node_modules"
# Made-up entries of an authority, as for `./lotse teams package --check`.
_AUTHORITY = {
    "app_id": "00000000-0000-4000-8000-000000000000",
    "version": "1.0.0",
    "developer": "Beispielbehörde",
    "website": "https://lotse.example.org/hilfe",
    "privacy": "https://lotse.example.org/datenschutz",
    "terms": "https://lotse.example.org/nutzung",
}

Named = Sequence[tuple[str, dict[str, Any]]]


def without_teams(card: dict[str, Any]) -> dict[str, Any]:
    """A card without `msteams`, which is Teams' own addition to the format."""
    return {key: value for key, value in card.items() if key != "msteams"}


def schema_objections(cards: Named, schema: dict[str, Any]) -> list[str]:
    """What the published JSON schema of Adaptive Cards refuses.

    Args:
        cards: with names.
        schema: the content of ``adaptive-card.json``.
    """
    validator = jsonschema.Draft6Validator(schema)
    return [
        f"{name}: {'/'.join(map(str, error.absolute_path)) or 'card'}: not valid"
        for name, card in cards
        for error in validator.iter_errors(without_teams(card))
    ]


def app_files(assistant: Assistant) -> dict[str, bytes]:
    """The files of the app package with made-up entries."""
    topics, language = assistant.settings.suggested_topics, assistant.guide.language
    folder = paths.home() / "teams"
    return app_package.build(folder, _AUTHORITY, dict(assistant.guides), topics, language).files()


def main(schema: str | None = None) -> int:
    """Ask all; 1 if one objects, or is not installed.

    Args:
        schema: path of ``adaptive-card.json``; None leaves the schema out.
    """
    assistant = Assistant.load()
    activities = list(every_activity(assistant))
    cards = [card for name, activity in activities for card in cards_of(name, activity)]
    results = []
    if schema is not None:
        found = schema_objections(cards, json.loads(Path(schema).read_text(encoding="utf-8")))
        print("\n".join([*found, f"JSON schema: {len(cards)} cards, {len(found)} objections."]))
        results.append(bool(found))
    if _NODE.is_dir():
        lines = [{"name": name, "card": without_teams(card)} for name, card in cards]
        results.append(_objects(["node", str(FOLDER / "read_cards.mjs")], lines))
        results.append(_package_objections(app_files(assistant)))
    else:
        print("Not installed: npm ci --ignore-scripts --prefix tools/oracles")
        results.append(True)
    if _SDKS.exists():
        lines = [{"name": name, "activity": activity} for name, activity in activities]
        results.append(_objects([str(_SDKS), str(FOLDER / "read_activities.py")], lines))
    else:
        print("Not installed: python3 -m venv tools/oracles/.venv")
        print("               tools/oracles/.venv/bin/pip install -r tools/oracles/requirements.txt")
        results.append(True)
    return int(any(results))


def _objects(command: Sequence[str], lines: Iterable[dict[str, Any]]) -> bool:
    """Whether a reader objects to anything; it prints what."""
    given = "\n".join(json.dumps(line) for line in lines)
    sys.stdout.flush()
    return bool(subprocess.run(command, input=given, text=True, check=False).returncode)


def _package_objections(files: dict[str, bytes]) -> bool:
    """Whether the Microsoft 365 Agents Toolkit objects to the manifest; it ends with 0 in any case, so words count."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            Path(folder, name).write_bytes(content)
        command = [str(_NODE / ".bin" / "atk"), "validate", "--telemetry", "false"]
        command += ["--manifest-file", str(Path(folder, "manifest.json"))]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    passed = done.returncode == 0 and "passed" in done.stdout and "failed" not in done.stdout.lower()
    print(f"Agents Toolkit: {'the app package is fine.' if passed else done.stdout + done.stderr}")
    return not passed


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
