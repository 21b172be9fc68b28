"""``python -m lotse.cli``: what the start script runs."""

from lotse.cli.app import main

main()
