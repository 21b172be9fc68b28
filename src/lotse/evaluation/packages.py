"""Checks for the packages of the extra `evaluation`, which are not installed where the assistant only runs."""

from __future__ import annotations

from importlib.util import find_spec

from lotse.errors import OperationError
from lotse.operator_language import _

MODULES = ("bm25s", "snowballstemmer", "matplotlib")


def missing() -> list[str]:
    """Names of modules that the evaluation imports and that are not installed."""
    return [module for module in MODULES if find_spec(module) is None]


def require() -> None:
    """Check that everything the evaluation imports is there, before a model is trained or a server started.

    Raises:
        OperationError: naming the missing packages and how to install them.
    """
    if absent := missing():
        text = _(
            "Packages for measuring are missing: {packages}. The start script installs them: ./lotse evaluate. By "
            "hand, in the project folder: uv pip sync --require-hashes requirements-dev.lock, then uv pip install "
            "--no-deps -e ."
        )
        raise OperationError(text.format(packages=", ".join(absent)))
