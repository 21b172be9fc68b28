"""Finds and installs the tools that the widget's tests need: Node.js 20 or newer with npm, and Chromium."""

from __future__ import annotations

import re
import shutil
import subprocess

from lotse.cli.debian_packages import installed
from lotse.errors import OperationError
from lotse.operator_language import _

NODE = 20
# What each command comes with on Debian.
PACKAGES = {"node": "nodejs", "npm": "npm", "chromium": "chromium"}


def ensure_tools() -> None:
    """Find Node.js, npm and Chromium; on Debian, as root, install what is missing.

    Raises:
        OperationError: something is missing and cannot be installed here; says how to get it.
    """
    if absent := installed(missing, PACKAGES):
        wanted = " ".join(PACKAGES[name] for name in absent)
        raise OperationError(
            _(
                "The tests of the web chat need: {missing} (Node.js {version} or newer). On Debian: apt-get "
                "install {packages}. Only the other tests: ./lotse test tests"
            ).format(missing=", ".join(absent), version=NODE, packages=wanted)
        )


def missing() -> list[str]:
    """Names of commands that are not installed or too old."""
    absent = [name for name in PACKAGES if shutil.which(name) is None]
    if "node" not in absent and _node_version() < NODE:
        absent.append("node")
    return absent


def _node_version() -> int:
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)", said)
    return int(found[1]) if found else 0
