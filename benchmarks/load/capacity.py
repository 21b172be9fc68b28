"""The capacity table of docs/operations.md, from what was measured and from assumptions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

DOC = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
BEGIN, END = "<!-- capacity:begin -->\n", "<!-- capacity:end -->\n"
SIZES = (1_000, 10_000, 300_000)

# The busiest hour after an announcement, and its worst minute against its average.
ASKING, QUESTIONS, PEAK = 1 / 10, 5, 3
# An ordinary working day, and how many of them fall into the 30 days that messages are kept.
DAILY, WORKING_DAYS = 4 / 100, 22
# The share of a process's turns that is planned with.
PLANNED = 0.5
# For proxy, database, Redis and operating system beside the processes.
CORES_BESIDE, GB_BESIDE = 1, 2
# Connections of a process to PostgreSQL (src/lotse/rasa_adapter/store_threads.py).
CONNECTIONS = 20
# Above, one process for all would be too great a loss.
TWO_FROM = 10_000


def cpu_ms(data: Mapping[str, Any]) -> float:
    """Processor time of a turn in milliseconds, of Rasa server and action server, while 200 people ask."""
    return float(data["users"]["found"]["Lotse"]["200"]["cpu_ms"])


def memory_gb(data: Mapping[str, Any]) -> float:
    """Memory of a Rasa server with its action server after the most conversations."""
    last = data["many"]["found"]["rows"][-1]
    return float((last["rasa_mib"] + last["actions_mib"]) * 1024**2 / 1e9)


def bytes_a_turn(data: Mapping[str, Any]) -> float:
    """Growth of the database for each conversation of one turn."""
    first, *_, last = data["many"]["found"]["rows"]
    grown = last["database_bytes"] - first["database_bytes"]
    return float(grown / (last["conversations"] - first["conversations"]))


def turns_a_second(employees: int) -> float:
    """In the worst minute."""
    return employees * ASKING * QUESTIONS / 3600 * PEAK


def processes(employees: int, data: Mapping[str, Any]) -> int:
    """Rasa processes for the worst minute."""
    return max(math.ceil(turns_a_second(employees) * cpu_ms(data) / 1000 / PLANNED), 1)


def section(data: Mapping[str, Any]) -> str:
    """Assumptions and table in Markdown.

    Args:
        data: what `load.json` holds; needs the parts `users` and `many`.
    """
    lines = [
        f"On paper, from [what was measured](../benchmarks/load.md) on {data['users']['date']} and these assumptions:",
        "",
        f"- In the busiest hour after an announcement every {1 / ASKING:.0f}th employee asks {QUESTIONS} "
        "questions; the worst "
        f"minute has {PEAK} times the average.",
        f"- A turn takes {cpu_ms(data):.0f} ms of CPU, so a process with a core of its own does "
        f"{1000 / cpu_ms(data):.0f} turns a second; {PLANNED:.0%} of that is planned.",
        f"- A process with its action server needs {memory_gb(data):.1f} GB, whatever the number of people; "
        f"add {GB_BESIDE} GB and "
        f"{CORES_BESIDE} core for everything else.",
        f"- On each of {WORKING_DAYS} working days in the 30 days that are kept, {DAILY * 100:.0f} questions "
        "are asked for every 100 "
        f"employees; each keeps {bytes_a_turn(data) / 1000:.0f} kB, as a conversation of its own with its greeting.",
        "",
        *_busy_machine(data),
        "| employees | turns a second, worst minute | Rasa processes | cores, memory of all | database after 30 days "
        "| stores |",
        "|---|--:|--:|---|--:|---|",
        *(_row(employees, data) for employees in SIZES),
    ]
    return "\n".join(lines) + "\n"


def _busy_machine(data: Mapping[str, Any]) -> list[str]:
    part = data["users"]
    if part["load_average"] <= part["cores"]:
        return []
    text = (
        f"The machine had {part['cores']} cores and a load average of {part['load_average']} before it was measured: "
        "other work made a turn dearer than on a machine of its own. The table plans too much rather than too little."
    )
    return [text, ""]


def _row(employees: int, data: Mapping[str, Any]) -> str:
    count = processes(employees, data)
    if count == 1 and employees >= TWO_FROM:
        count, number = 2, "2, so that one may fail"
    else:
        number = str(count)
    rate = turns_a_second(employees)
    memory = math.ceil(count * memory_gb(data) + GB_BESIDE)
    kept = WORKING_DAYS * DAILY * employees * bytes_a_turn(data)
    size = f"{kept / 1e9:.1f} GB" if kept >= 1e9 else f"{kept / 1e6:.0f} MB"
    stores = "SQLite"
    if count > 1:
        stores = f"PostgreSQL (`max_connections` above {count} × {CONNECTIONS}) and Redis"
    shown = f"{rate:.0f}" if rate >= 20 else f"{rate:.1f}"
    return f"| {employees:,} | {shown} | {number} | {count + CORES_BESIDE} cores, {memory} GB | {size} | {stores} |"


def put_into(text: str, data: Mapping[str, Any]) -> str:
    """A page with its part between the marks made anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{section(data)}{END}{after}"
