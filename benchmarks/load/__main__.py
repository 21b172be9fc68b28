"""Measures under load, part by part: ``python -m benchmarks.load PART…`` from the project folder.

Parts: users, burst, long, many, faults, scale. Each adds its figures to `load.json`; ``--write`` makes the page.
All traffic stays on this machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil

from benchmarks.load.page import DATA, write
from benchmarks.load.parts import OURS, PARTS, STOCK, Plan

# A few of everything, to see that it works.
_SMALL: dict[str, Any] = {
    "users": (1, 3),
    "users_seconds": 6.0,
    "thinking": 1.0,
    "bursts": (5, 20),
    "turns": 16,
    "conversations": 40,
    "every": 20,
    "fault_people": 4,
    "fault_seconds": 30.0,
    "workers": (1, 2),
    "scale_people": 4,
    "scale_seconds": 6.0,
}


def main() -> None:
    """Measure the parts that are named, keep the figures, write the page if wished."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="what to measure, in this order")
    parser.add_argument("--only", choices=[OURS, STOCK], help="of users and long: one assistant alone")
    parser.add_argument("--stock", type=Path, help="folder that keeps the trained stock assistant between parts")
    parser.add_argument("--small", action="store_true", help="a few of everything; prints and keeps nothing")
    parser.add_argument(
        "--write", action="store_true", help="write load.md, the pictures and the table of docs/operations.md"
    )
    options = parser.parse_args()
    # Whoever ends it early leaves no server behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    for name in options.parts:
        with TemporaryDirectory(prefix="lotse-load-") as folder:
            # PostgreSQL's account and nginx's have to get through to their own folders.
            os.chmod(folder, 0o755)
            place = Path(folder)
            plan = Plan(place, (options.stock or place / "stock").resolve(), options.only)
            plan = replace(plan, **_SMALL) if options.small else plan
            conditions = {"load_average": round(psutil.getloadavg()[0], 1), **_conditions()}
            found = asyncio.run(PARTS[name](plan))
            if options.small:
                print(json.dumps(found, ensure_ascii=False))
            else:
                _keep(name, found, conditions, plan)
    if options.write:
        write()


def _conditions() -> dict[str, Any]:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
    return {
        "date": date.today().isoformat(),
        "commit": commit.stdout.strip(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


def _keep(name: str, found: dict[str, Any], conditions: dict[str, Any], plan: Plan) -> None:
    """Add the figures of a part; one assistant alone leaves those of the other."""
    kept = json.loads(DATA.read_text(encoding="utf-8")) if DATA.exists() else {}
    if plan.only is not None:
        found = {**kept.get(name, {}).get("found", {}), **found}
    asked = {key: value for key, value in vars(plan).items() if key not in ("folder", "stock", "only")}
    kept[name] = {**conditions, "plan": asked, "found": found}
    DATA.write_text(json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
