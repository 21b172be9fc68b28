"""Child process of `stock_rasa`: loads a stock model and parses messages.

Usage: ``python -m lotse.evaluation.stock_child MODEL TEXTS_JSON PARSES_JSON``
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent


async def parse_all(model: str, texts: list[str]) -> list[dict[str, Any]]:
    """Intent, ranking and time in seconds for each message.

    Returns:
        One dictionary per text: ``intent``, ``ranking`` (pairs of intent and confidence) and ``seconds``.
    """
    agent = Agent.load(model)
    # TensorFlow traces its graph with the first message, which counts as start-up and not as latency.
    await agent.parse_message("Hallo")
    parses = []
    for text in texts:
        start = time.perf_counter()
        found = await agent.parse_message(text)
        seconds = time.perf_counter() - start
        ranking = [
            (item["name"], float(item["confidence"]))
            for item in found["intent_ranking"]
            if item["name"] != "nlu_fallback"
        ]
        parses.append({"intent": found["intent"]["name"], "ranking": ranking, "seconds": seconds})
    return parses


def main(model: str, texts: str, parses: str) -> None:
    """Read the messages, parse them, write the result."""
    found = asyncio.run(parse_all(model, json.loads(Path(texts).read_text(encoding="utf-8"))))
    Path(parses).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:4])
