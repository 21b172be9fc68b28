"""What whoever posts a message somewhere has to tell."""

from __future__ import annotations


class Undelivered(RuntimeError):
    """A message did not arrive; the text says why, without ids and without its content."""
