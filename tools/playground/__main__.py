"""``python -m tools.playground``."""

from tools.playground.start import run

run()
