"""Imports point one way: the contracts of import-linter in pyproject.toml hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).parents[1]
# With -c the project's folder, where the actions are, is on the import path.
COMMAND = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]


def test_imports_keep_to_the_layers() -> None:
    """In a process of its own: import-linter sets up logging anew, which breaks the handlers of the test run."""
    result = subprocess.run(COMMAND, cwd=HOME, check=False, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 broken" in result.stdout
