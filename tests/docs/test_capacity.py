"""The capacity table of operations.md follows from what was measured, and the limits in the code from it, too."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.load import capacity
from benchmarks.load.page import DATA
from lotse.conversation.turn_queue import MOST_WAITING
from lotse.rasa_adapter.store_threads import THREADS

# Round figures, so that the table can be worked out by hand: 50 ms, 1 GB, 10 kB.
ROUND: dict[str, Any] = {
    "users": {"date": "2026-11-29", "cores": 2, "load_average": 0.5, "found": {"Lotse": {"200": {"cpu_ms": 50.0}}}},
    "many": {
        "found": {
            "rows": [
                {"conversations": 0, "rasa_mib": 0.0, "actions_mib": 0.0, "database_bytes": 0},
                {"conversations": 100, "rasa_mib": 900.0, "actions_mib": 53.67, "database_bytes": 1_000_000},
            ]
        }
    },
}


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
    return kept


def test_the_table_is_worked_out_as_its_assumptions_say() -> None:
    # 300,000: a tenth of them asks 5 questions in an hour: 41.7 a second, thrice that in the worst minute; half of 20 a
    # second for each process. 22 days of 12,000 questions of 10 kB.
    assert capacity.section(ROUND).splitlines()[-3:] == [
        "| 1,000 | 0.4 | 1 | 2 cores, 3 GB | 9 MB | SQLite |",
        "| 10,000 | 4.2 | 2, so that one may fail | 3 cores, 4 GB | 88 MB "
        "| PostgreSQL (`max_connections` above 2 × 20) and Redis |",
        "| 300,000 | 125 | 13 | 14 cores, 15 GB | 2.6 GB | PostgreSQL (`max_connections` above 13 × 20) and Redis |",
    ]
    assert capacity.CONNECTIONS == THREADS


def test_the_page_has_the_table_of_what_was_measured(measured: dict[str, Any]) -> None:
    text = capacity.DOC.read_text(encoding="utf-8")
    assert capacity.section(measured) in text
    assert capacity.put_into(text, measured) == text


def test_nobody_gets_an_error_at_two_hundred_at_once_and_the_queue_is_as_long_as_was_measured(
    measured: dict[str, Any],
) -> None:
    found = {int(people): run for people, run in measured["burst"]["found"].items()}
    assert all(run["error"] == run["told"] == 0 for people, run in found.items() if people <= MOST_WAITING)
    assert all(run["error"] == 0 for run in found.values())
    assert found[200]["answered"] + found[200]["busy"] == 200
    assert max(found) > MOST_WAITING
