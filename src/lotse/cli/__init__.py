"""The command line. Each command is a few lines over the modules that do the work, imported only when it runs."""

from lotse.cli.app import main

__all__ = ["main"]
