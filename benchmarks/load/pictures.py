"""Pictures of the measurements, as SVG."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

Part = Mapping[str, Any]
_COLORS = {"answered": "#1b7837", "busy": "#b8860b", "told": "#5e4fa2", "error": "#b2182b"}


def draw(data: Mapping[str, Part], folder: Path) -> None:
    """Write one picture for each part that has one.

    Args:
        data: as for `page`.
        folder: to write `load-PART.svg` to.
    """
    # Text stays text, and the same figures give the same file.
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "load", "font.family": "sans-serif"}):
        for name, picture in _PICTURES.items():
            if name in data:
                figure = Figure(figsize=(8, 3.6), layout="constrained")
                picture(figure.subplots(), data[name])
                figure.savefig(folder / f"load-{name}.svg", metadata={"Date": None})


def _users(axes: Axes, part: Part) -> None:
    for number, (name, runs) in enumerate(part["found"].items()):
        people = sorted(map(int, runs))
        for key, style in (("p50", "-"), ("p95", "--")):
            values = [runs[str(count)][key] for count in people]
            axes.plot(people, values, style, marker="o", color=f"C{number}", label=f"{name}, {key}")
    axes.set_xscale("log")
    axes.set_yscale("log")
    _label(axes, "people", "milliseconds")
    axes.set_xticks(people, [str(count) for count in people])
    axes.minorticks_off()


def _burst(axes: Axes, part: Part) -> None:
    runs = sorted(part["found"].items(), key=lambda item: int(item[0]))
    below = [0] * len(runs)
    for reply, color in _COLORS.items():
        counts = [run[reply] for _people, run in runs]
        axes.bar([people for people, _run in runs], counts, bottom=below, color=color, label=reply)
        below = [low + count for low, count in zip(below, counts, strict=True)]
    for place, (_people, run) in enumerate(runs):
        axes.annotate(f"{run['slowest'] / 1000:.0f} s", (place, below[place]), ha="center", va="bottom")
    _label(axes, "people at once (above the bar: the slowest)", "people")


def _long(axes: Axes, part: Part) -> None:
    for name, run in part["found"].items():
        axes.plot(range(1, len(run["milliseconds"]) + 1), run["milliseconds"], linewidth=0.9, label=name)
    axes.set_ylim(bottom=0)
    _label(axes, "turn", "milliseconds")


def _many(axes: Axes, part: Part) -> None:
    rows = part["found"]["rows"]
    count = [row["conversations"] for row in rows]
    axes.plot(count, [row["rasa_mib"] for row in rows], label="Rasa server, MiB")
    axes.plot(count, [row["actions_mib"] for row in rows], label="action server, MiB")
    axes.plot(count, [row["database_bytes"] / 1e6 for row in rows], "--", label="database, MB")
    axes.set_ylim(bottom=0)
    _label(axes, "conversations", "MiB, MB")


def _scale(axes: Axes, part: Part) -> None:
    runs = sorted(part["found"].items(), key=lambda item: int(item[0]))
    places = [count for count, _run in runs]
    bars = axes.bar(places, [run["rate"] for _count, run in runs], color=_COLORS["answered"], label="turns a second")
    axes.bar_label(bars, [f"{run['cpu_ms']:.0f} ms CPU a turn" for _count, run in runs])
    axes.margins(y=0.15)
    _label(axes, f"servers on {part['cores']} cores", "turns a second")


def _label(axes: Axes, across: str, up: str) -> None:
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.grid(alpha=0.3)
    axes.legend()


_PICTURES: dict[str, Callable[[Axes, Part], None]] = {
    "users": _users,
    "burst": _burst,
    "long": _long,
    "many": _many,
    "scale": _scale,
}
