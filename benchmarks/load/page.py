"""The page and its pictures, from the figures alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.load import capacity
from benchmarks.load.capacity import bytes_a_turn
from benchmarks.load.people import PATIENCE_SECONDS
from benchmarks.load.pictures import draw

FOLDER = Path(__file__).resolve().parents[1]
DATA, PAGE = FOLDER / "load.json", FOLDER / "load.md"
Part = Mapping[str, Any]

_HEAD = """# Under load

Made by `python -m benchmarks.load --write` from `load.json`; do not edit. Each part was measured by
`python -m benchmarks.load PART` on a machine with {cores} cores, Python {python}, with servers, database and clients on
the same cores. The load average before each part is named: other work of the machine makes every figure worse.

- Servers are started by `./lotse up` with the settings as they come. What counts by address, or is meant for one
  person, is raised in a `credentials.yml` of their own (`requests_per_address`, `sessions_per_address`,
  `messages_per_session`), because all people of a measurement have one address. Our nginx stands in front of faults
  and of several servers, without TLS and with raised limits.
- People ask the questions of `tests/questions/dev.jsonl` at the web chat. “rasa init” is the stock assistant as in
  [servers.md](servers.md), asked over Rasa's own REST channel, with conversations in memory.
- Answered: an answer came. Busy: a sentence that too many ask at once. Told: a sentence that something went wrong;
  the message can be sent again. Error: the connection broke, or no sentence came within {patience:.0f} seconds.
- p50 and p95 are milliseconds of answers; the slowest is of everything, also milliseconds if nothing else is said.
"""


def write() -> None:
    """Write page, pictures and the capacity table."""
    data = json.loads(DATA.read_text(encoding="utf-8"))
    draw(data, FOLDER)
    PAGE.write_text(page(data), encoding="utf-8")
    capacity.DOC.write_text(capacity.put_into(capacity.DOC.read_text(encoding="utf-8"), data), encoding="utf-8")


def page(data: Mapping[str, Part]) -> str:
    """The page in Markdown.

    Args:
        data: what `load.json` holds: conditions, plan and figures of each part that was measured.
    """
    first = next(iter(data.values()))
    parts = [_HEAD.format(cores=first["cores"], python=first["python"], patience=PATIENCE_SECONDS)]
    for name, (title, text) in _PARTS.items():
        if name in data:
            parts.append(f"## {title}\n\n{text(data[name])}\n\n{_conditions(data[name])}\n")
    if missing := [name for name in _PARTS if name not in data]:
        parts.append(f"Not measured yet: {', '.join(missing)}.\n")
    return "\n".join(parts)


def _conditions(part: Part) -> str:
    said = f"Measured on {part['date']} at commit {part['commit']}; load average before it {part['load_average']}."
    if part["load_average"] > part["cores"]:
        said += " **That is more than the machine has cores: other work ran beside it and had most of them.**"
    return said


def table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A table in Markdown; the first column is text, the others are numbers."""
    lines = ["| " + " | ".join(heads) + " |", "|---|" + "--:|" * (len(heads) - 1)]
    lines += ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 100 or value.is_integer() else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


_REPLIES = ("answered", "busy", "told", "error")


def _users(part: Part) -> str:
    plan, found = part["plan"], part["found"]
    rows = [
        [f"{name}, {people}", *(run[key] for key in (*_REPLIES, "p50", "p95", "slowest")),
         run["answered"] / run["seconds"], run["cpu_ms"]]
        for people in map(str, plan["users"]) for name in found if (run := found[name].get(people))
    ]  # fmt: skip
    heads = ["assistant, people", *_REPLIES, "p50", "p95", "slowest", "turns a second", "CPU a turn, ms"]
    return (
        f"Each run takes {plan['users_seconds']:.0f} seconds. People come within the first quarter of it, and think "
        f"{plan['thinking']:.0f} seconds between an answer and the next question on average (exponential).\n\n"
        f"{table(heads, rows)}\n\n![Time of an answer by number of people](load-users.svg)"
    )


def _burst(part: Part) -> str:
    found = part["found"]
    rows = [[people, *(run[key] for key in (*_REPLIES, "p50", "p95", "slowest"))] for people, run in _numbered(found)]
    return (
        "So many people, whose conversations have begun, ask in the same moment. The server works on eight turns "
        "at once. "
        "Whoever comes while `MOST_WAITING` (`src/lotse/conversation/turn_queue.py`) wait is told so at once; "
        "whoever has no answer after 40 seconds is told so then."
        f"\n\n{table(['at once', *_REPLIES, 'p50', 'p95', 'slowest'], rows)}\n\n"
        "![Answers by number of people at once](load-burst.svg)"
    )


def _long(part: Part) -> str:
    plan, found = part["plan"], part["found"]
    share = max(plan["turns"] // 8, 1)
    rows = [
        [name, run["answered"], run["told"] + run["error"] + run["busy"], run["first_p50"], run["last_p50"],
         round(run["last_p50"] / run["first_p50"], 2), run["slowest"]]
        for name, run in found.items()
    ]  # fmt: skip
    heads = [
        "assistant",
        "answered",
        "not answered",
        f"p50, first {share}",
        f"p50, last {share}",
        "last / first",
        "slowest",
    ]
    return (
        f"One conversation of {plan['turns']} turns without a pause.\n\n"
        f"{table(heads, rows)}\n\n![Time of each turn of a long conversation](load-long.svg)"
    )


def _many(part: Part) -> str:
    plan, found = part["plan"], part["found"]
    rows = found["rows"]
    cells = [
        [
            f"{row['conversations']:,}",
            row["rasa_mib"],
            row["actions_mib"],
            row["database_bytes"] / 1e6,
            row["seconds"],
        ]
        for row in rows
        if row["conversations"] % (plan["every"] * 4) == 0 or row is rows[-1]
    ]
    heads = ["conversations", "Rasa server, MiB", "action server, MiB", "database, MB", "seconds"]
    return (
        f"{rows[-1]['conversations']:,} conversations of one turn each, eight at a time: "
        f"{found['answered']:,} answered, "
        f"{_unanswered(found):,} not; p50 {found['p50']:.0f} ms, p95 {found['p95']:.0f} ms, {found['cpu_ms']:.1f} "
        "ms of CPU "
        "for each conversation with its greeting. The database holds "
        f"{bytes_a_turn({'many': part}) / 1000:.1f} kB for each "
        "of them, "
        f"greeting and answer.\n\n{table(heads, cells)}\n\n![Memory and database by conversations](load-many.svg)"
    )


def _unanswered(run: Mapping[str, Any]) -> int:
    return int(run["busy"] + run["told"] + run["error"])


def _faults(part: Part) -> str:
    plan, found = part["plan"], part["found"]
    counted = (*_REPLIES, "lost")
    rows = [
        [name, *(run[key] for key in counted), run["slowest"] / 1000, run["back_after"]] for name, run in found.items()
    ]
    heads = ["what fails", *counted, "slowest, s", "all answered after, s"]
    return (
        f"{plan['fault_people']} people behind our nginx ask for {plan['fault_seconds']:.0f} seconds and think "
        f"{plan['fault_thinking']:.0f} seconds; after a quarter of it something fails. Whoever gets no answer "
        "sends the message "
        "again under its id. Lost: messages that were answered and are not in the history afterwards. The last "
        "column: how "
        f"long after the fault somebody was without an answer for the last time.\n\n{table(heads, rows)}"
    )


def _scale(part: Part) -> str:
    plan, found = part["plan"], part["found"]
    rows = [
        [
            count,
            run["rate"],
            run["p50"],
            run["p95"],
            _unanswered(run),
            run["cpu_ms"],
            run["client_cpu_ms"],
            run["database_cpu_ms"],
            " / ".join(f"{share:.2f}" for share in run["cpu_shares"]),
            sum(run["memory_mib"]),
        ]
        for count, run in _numbered(found)
    ]
    costs = ("CPU a turn, ms", "clients, ms", "PostgreSQL, ms", "cores used by each", "memory, MiB")
    heads = ["servers", "turns a second", "p50", "p95", "not answered", *costs]
    return (
        "Servers, each a Rasa server with its action server, share PostgreSQL and Redis behind our nginx without "
        "sticky "
        f"sessions. {plan['scale_people']} people ask without a pause for {plan['scale_seconds']:.0f} seconds. "
        "All of it "
        f"shares {part['cores']} cores, so several servers cannot be faster than these: what has to stay as it is "
        "are CPU a "
        f"turn and errors.\n\n{table(heads, rows)}\n\n![Turns a second by number of servers](load-scale.svg)"
    )


def _numbered(found: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return sorted(found.items(), key=lambda item: int(item[0]))


_PARTS: dict[str, tuple[str, Callable[[Part], str]]] = {
    "users": ("People with thinking time", _users),
    "burst": ("Everybody at once", _burst),
    "long": ("A long conversation", _long),
    "many": ("Many conversations", _many),
    "faults": ("Faults under traffic", _faults),
    "scale": ("Several servers", _scale),
}
