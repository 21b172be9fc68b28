"""Reads activities with Microsoft's SDKs; runs in their environment, without anything of the assistant.

Standard input: one JSON object a line, ``name`` and ``activity``. Prints what an SDK refuses or loses, and ends with 1
if there is anything but the known faults of the SDKs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

Reader = Callable[[dict[str, Any]], Any]

# What an SDK loses or refuses although Microsoft documents it: part of an activity, by reader.
KNOWN = {
    # Its model of an entity has the type only.
    "botbuilder-schema": ("entities[].@type", "entities[].@context", "entities[].citation"),
    # Microsoft Learn, “Format cards in Teams”, writes “Full”.
    "microsoft-teams-cards": ("msteams.width",),
}


CARDS = "microsoft-teams-cards"


def readers() -> dict[str, Reader]:
    """By SDK, what reads an activity (a card for `CARDS`) with its model and writes what was read."""
    # Late, so that the comparison can be used, and tested, without the SDKs.
    bot_framework, agents, teams, cards = (
        import_module(name)
        for name in ("botbuilder.schema", "microsoft_agents.activity", "microsoft_teams.api", "microsoft_teams.cards")
    )

    def pydantic(model: Any) -> Reader:
        return lambda content: model.model_validate(content).model_dump(by_alias=True, exclude_unset=True, mode="json")

    message, typing = pydantic(teams.MessageActivityInput), pydantic(teams.TypingActivityInput)
    return {
        "botbuilder-schema": lambda activity: bot_framework.Activity.deserialize(activity).serialize(),
        "microsoft-agents-activity": pydantic(agents.Activity),
        "microsoft-teams-api": lambda activity: (typing if activity["type"] == "typing" else message)(activity),
        CARDS: pydantic(cards.AdaptiveCard),
    }


def objections(read: Reader, content: dict[str, Any]) -> Iterator[str]:
    """What a reader refuses or loses of an activity or a card."""
    try:
        again = read(content)
    except Exception as error:  # an SDK may raise anything; all of it is an objection
        details = error.errors() if hasattr(error, "errors") else []
        yield from (".".join(map(str, item["loc"])) + f": {item['msg']}" for item in details)
        if not details:
            yield f"{type(error).__name__}: {error}"
    else:
        yield from lost(content, again)


def lost(given: Any, again: Any, path: str = "") -> Iterator[str]:
    """The parts of what was given that are missing or different in what came back."""
    if isinstance(given, dict) and isinstance(again, dict):
        for key, value in given.items():
            where = f"{path}.{key}".lstrip(".")
            yield from lost(value, again[key], where) if key in again else [f"{where}: lost"]
    elif isinstance(given, list) and isinstance(again, list) and len(given) == len(again):
        for one, other in zip(given, again, strict=True):
            yield from lost(one, other, f"{path}[]")
    elif given != again:
        yield f"{path}: changed"


def main() -> int:
    """Read all; 1 if there are objections, or nothing to read."""
    models = readers()
    number = found = 0
    for line in sys.stdin:
        item = json.loads(line)
        activity = item["activity"]
        number += 1
        read = [(name, activity) for name in models if name != CARDS]
        read += [(CARDS, attachment["content"]) for attachment in activity.get("attachments", [])]
        for name, content in read:
            for objection in objections(models[name], content):
                if objection.split(":")[0] not in KNOWN.get(name, ()):
                    print(f"{item['name']}: {name}: {objection}")
                    found += 1
    print(f"{number} activities, {found} objections.")
    return 1 if found or not number else 0


if __name__ == "__main__":
    sys.exit(main())
