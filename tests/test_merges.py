"""No file carries the marks of a merge that was not finished: in a docstring or in content, nothing else finds them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_MARK = re.compile(rb"^\s*(?:<{7}|>{7}) \S", re.MULTILINE)


def test_no_file_carries_the_marks_of_a_merge() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    files = [ROOT / name.decode("utf-8") for name in listed.split(b"\0") if name]
    assert len(files) > 100
    assert [path.as_posix() for path in files if path.is_file() and _MARK.search(path.read_bytes())] == []
