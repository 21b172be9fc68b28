"""The capacity table of operations.md follows from what benchmarks/load.json has measured and from its assumptions."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import pytest

from benchmarks.load.page import bytes_a_turn
from lotse.conversation.service import MOST_WAITING
from lotse.rasa_adapter.store_threads import THREADS

ROOT = Path(__file__).resolve().parents[2]
SECTION = (ROOT / "docs/operations.md").read_text(encoding="utf-8").split("## Size it\n", 1)[1].split("\n## ", 1)[0]
MEASURED = json.loads((ROOT / "benchmarks/load.json").read_text(encoding="utf-8"))
ROW = re.compile(
    r"^\| ([\d,]+) \| ([\d.]+) \| (\d+).*? \| (\d+) cores, (\d+) GB \| ([\d.]+) (MB|GB) \| (.+) \|$", re.MULTILINE
)
# Of the whole machine or machines beside the processes: proxy, database, Redis, operating system.
CORES_BESIDE, GIGABYTES_BESIDE = 1, 2


def assumed(pattern: str) -> float:
    """A number of the list of assumptions."""
    [found] = re.findall(pattern, SECTION)
    return float(found)


def cpu_ms() -> float:
    """Of a turn when many people ask, as the table of the page has it."""
    return float(MEASURED["users"]["found"]["Lotse"]["200"]["cpu_ms"])


def memory_gb() -> float:
    """Of a Rasa server with its action server after all conversations of the run."""
    last = MEASURED["many"]["found"]["rows"][-1]
    return float((last["rasa_mib"] + last["actions_mib"]) * 1024**2 / 1e9)


def test_the_assumptions_are_what_was_measured() -> None:
    assert assumed(r"(\d+) ms of CPU a turn") == round(cpu_ms())
    assert assumed(r"(\d+) turns a second on a core") == math.floor(1000 / cpu_ms())
    assert assumed(r"(\d+) kB a turn") == round(bytes_a_turn(MEASURED["many"]) / 1000)
    assert assumed(r"([\d.]+) GB of memory a process") == round(memory_gb(), 1)
    assert MEASURED["users"]["date"] in SECTION


@pytest.mark.parametrize("row", ROW.findall(SECTION), ids=lambda row: row[0])
def test_a_row_follows_from_the_assumptions(row: tuple[str, ...]) -> None:
    employees = float(row[0].replace(",", ""))
    share, each, peak = 1 / assumed(r"every (\d+)th employee asks"), assumed(r"employee asks (\d) questions in"), 3
    a_second = employees * share * each / 3600 * peak
    assert float(row[1]) == pytest.approx(a_second, abs=0.5 if a_second > 20 else 0.05)
    processes = max(math.ceil(a_second / (1000 / cpu_ms() / 2)), 1)
    assert int(row[2]) == processes
    assert int(row[3]) == processes + CORES_BESIDE
    assert int(row[4]) == math.ceil(processes * memory_gb() + GIGABYTES_BESIDE)
    days, daily = assumed(r"on (\d+) working days"), employees * 4 / 100
    kept = days * daily * bytes_a_turn(MEASURED["many"])
    assert float(row[5]) * {"MB": 1e6, "GB": 1e9}[row[6]] == pytest.approx(kept, rel=0.05)
    connections = re.findall(r"above (\d+) × (\d+)", row[7])
    assert all((int(number), int(each)) == (processes, THREADS) for number, each in connections)


def test_three_sizes_are_in_the_table() -> None:
    assert [row[0] for row in ROW.findall(SECTION)] == ["1,000", "10,000", "300,000"]


def test_nobody_got_an_error_at_two_hundred_at_once_and_the_limit_of_the_queue_is_what_was_measured() -> None:
    found = MEASURED["burst"]["found"]
    assert found["200"]["answered"] == 200
    # Whoever is let into the queue gets an answer within the time a browser waits.
    below = [run for people, run in found.items() if int(people) <= MOST_WAITING]
    assert all(run["answered"] == run["asked"] for run in below)
    above = [run for people, run in found.items() if int(people) > MOST_WAITING]
    assert above and all(run["error"] == run["told"] == 0 for run in above)
