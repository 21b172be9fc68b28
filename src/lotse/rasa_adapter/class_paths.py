"""Class paths in Rasa's own files: those of earlier versions are found before Rasa fails on them.

Rasa looks a class up by the path that `config.yml`, `endpoints.yml` or `credentials.yml` names. A tracker store that it
does not find is replaced by one in memory, with a line in the log only; so an old path must stop the start.
"""

from __future__ import annotations

from pathlib import Path

from lotse.content.problems import Problem
from lotse.operator_language import _

FILES = ("config.yml", "endpoints.yml", "credentials.yml")
# By the path of an earlier version. CHANGELOG.md lists them for operators.
RENAMED = {
    "lotse.nlu.guide_importer.GuideImporter": "lotse.rasa_adapter.guide_importer.GuideImporter",
    "lotse.operations.tracker_store.ForgettingTrackerStore": "lotse.rasa_adapter.tracker_store.ForgettingTrackerStore",
}


def outdated_class_paths(folder: Path) -> list[Problem]:
    """Every class path of an earlier version, with the one that has replaced it.

    Args:
        folder: the project folder. A file that is missing or cannot be read names nothing.
    """
    problems = []
    for name in FILES:
        try:
            lines = (folder / name).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            continue
        for number, line in enumerate(lines, start=1):
            code = line.partition("#")[0]
            for old, new in RENAMED.items():
                if old in code:
                    message = _("The class {old} has moved.").format(old=old)
                    remedy = _("write {new}; CHANGELOG.md lists what else changes").format(new=new)
                    problems.append(Problem("error", folder / name, number, "", message, remedy))
    return problems
