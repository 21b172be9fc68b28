"""Plots of an evaluation: confusion matrix, coverage against error, calibration."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lotse.evaluation.score import QuestionScore
from lotse.operator_language import _

matplotlib.use("Agg")


def draw(systems: Mapping[str, QuestionScore], path: Path) -> None:
    """Write a PNG with the first system's confusion matrix and calibration, and every system's coverage curve.

    Args:
        systems: scores by name of the system.
        path: the file to write.
    """
    name, score = next(iter(systems.items()))
    figure = Figure(figsize=(17, 9), layout="constrained")
    panels = figure.subplot_mosaic([["confusion", "curves"], ["confusion", "calibration"]], width_ratios=[3, 2])
    _confusion(panels["confusion"], name, score)
    _curves(panels["curves"], systems)
    _calibration(panels["calibration"], name, score)
    figure.savefig(path, dpi=110)


def _confusion(axes: Axes, name: str, score: QuestionScore) -> None:
    rows = list(score.confusion)
    others = sorted({column for counts in score.confusion.values() for column in counts} - set(rows))
    columns = [*rows, *others]
    counts = np.array([[score.confusion[row].get(column, 0) for column in columns] for row in rows], dtype=float)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row, column in zip(*np.nonzero(counts), strict=True):
        color = "white" if shares[row, column] > 0.6 else "black"
        axes.text(column, row, f"{counts[row, column]:.0f}", ha="center", va="center", color=color, fontsize=8)
    axes.set_xticks(range(len(columns)), columns, rotation=90, fontsize=8)
    axes.set_yticks(range(len(rows)), rows, fontsize=8)
    axes.set_xlabel(_("given"))
    axes.set_ylabel(_("expected"))
    axes.set_title(_("{name}: expected topic and topic of the answer").format(name=name))


def _calibration(axes: Axes, name: str, score: QuestionScore) -> None:
    axes.plot([0, 1], [0, 1], color="grey", linestyle=":", label=_("as certain as stated"))
    if score.calibration:
        said, right = [point.said for point in score.calibration], [point.right for point in score.calibration]
        axes.plot(said, right, marker="o", label=name)
        for point in score.calibration:
            axes.annotate(f"{point.count}", (point.said, point.right), xytext=(4, -10), textcoords="offset points")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.grid(alpha=0.3)
    axes.set_xlabel(_("stated certainty"))
    axes.set_ylabel(_("share of right answers"))
    axes.set_title(_("Calibration (number of questions)"))
    axes.legend(loc="upper left")


def _curves(axes: Axes, systems: Mapping[str, QuestionScore]) -> None:
    for name, score in systems.items():
        if score.curve:
            axes.plot([point.coverage for point in score.curve], [point.error for point in score.curve], label=name)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.grid(alpha=0.3)
    axes.set_xlabel(_("share of questions that would be answered (the most certain first)"))
    axes.set_ylabel(_("share of wrong answers among them"))
    axes.set_title(_("Coverage and errors"))
    if axes.lines:
        axes.legend(loc="upper left")
    else:
        axes.text(0.5, 0.5, _("no certainties in the answers"), ha="center", va="center")
