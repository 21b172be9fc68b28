"""``python -m lotse.operations.terminal``: ``rasa`` with our conversation in the terminal, for `./lotse shell`."""

from __future__ import annotations

import sys

from lotse import paths
from lotse.content import ORIGINAL
from lotse.content.wording import load_wording
from lotse.rasa_adapter import terminal

if __name__ == "__main__":
    terminal.run(load_wording(paths.data(), ORIGINAL).error, sys.argv[1:])
