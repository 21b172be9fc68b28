"""The rules and tables for monitoring name what the program counts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import yaml

from lotse import metrics
from lotse.answering.answer import Outcome

PAGE = (Path(__file__).parents[2] / "docs/operations.md").read_text(encoding="utf-8")
# Labels that Prometheus adds by itself.
OF_PROMETHEUS = {"job"}


def known() -> dict[str, set[str]]:
    """The labels of every metric, by the names in Prometheus' format."""
    metrics.TURNS.labels("web", "error")
    metrics.DECLINED.labels("web", "busy")
    metrics.READY.labels("store")
    for metric in (metrics.TURN_SECONDS, metrics.WAITING):
        metric.labels("web")
    found: dict[str, set[str]] = {}
    for family in metrics.REGISTRY.collect():
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def test_every_metric_and_label_of_an_alert_exists() -> None:
    [block] = re.findall(r"```yaml\n(groups:.*?)```", PAGE, re.DOTALL)
    rules = [rule for group in yaml.safe_load(block)["groups"] for rule in group["rules"]]
    assert len(rules) >= 4
    labels = known()
    for rule in rules:
        expression = str(rule["expr"])
        named = re.findall(r"\b(lotse_\w+)(?:\{([^}]*)\})?", expression)
        assert named or rule["alert"] == "LotseNotReady", rule
        for name, given in named:
            assert name in labels, rule
            used = re.findall(r"(\w+)\s*[=!]~?\s*\"([^\"]*)\"", given)
            assert {label for label, _ in used} <= labels[name] | OF_PROMETHEUS, rule
            assert {value for label, value in used if label == "outcome"} <= set(get_args(Outcome)), rule
        for grouped in re.findall(r"by \(([^)]*)\)", expression):
            assert {label.strip() for label in grouped.split(",")} <= set().union(*(labels[name] for name, _ in named))


def test_the_table_of_metrics_is_what_is_served() -> None:
    rows = re.findall(r"`(lotse_\w+)(?:\{([^}]*)\})?`", PAGE.split("| metric | meaning |")[1].split("\n\n")[0])
    labels = known()
    for name, given in rows:
        [of_family] = {frozenset(found - {"le"}) for full, found in labels.items() if full in (name, f"{name}_count")}
        assert of_family == set(filter(None, given.split(","))), name
