"""Installs Debian's packages that tests need, where that is allowed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path


def installed(missing: Callable[[], list[str]], packages: Mapping[str, str]) -> list[str]:
    """What is still missing after it was installed, on Debian and as root; elsewhere nothing is installed.

    Args:
        missing: names of what is not there or too old.
        packages: what each comes with.
    """
    absent = missing()
    if absent and may_install():
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *(packages[name] for name in absent)]
        subprocess.run(install, check=False, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
        absent = missing()
    return absent


def may_install() -> bool:
    """Whether packages can be installed here: Debian, or what is made of it, and root."""
    return Path("/etc/debian_version").exists() and hasattr(os, "geteuid") and os.geteuid() == 0
