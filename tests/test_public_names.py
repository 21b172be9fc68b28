"""Tests use what the code offers: no private attribute, function or constant of ours is read or replaced in a test.

Where a test needs one, a constructor parameter or a public function is missing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

HOME = Path(__file__).parents[1]
MODULES = sorted(
    path
    for folder in ("tests", "benchmarks", "tools")
    for path in (HOME / folder).rglob("*.py")
    # What `tools/README.md` lets people install there is not ours.
    if not {"node_modules", ".venv"} & set(path.parts[len(HOME.parts) :])
)
OURS = ("lotse", "actions", "tools", "tests")
PRIVATE = re.compile(r"_[^_]\w*")
DOTTED_PRIVATE = re.compile(rf"(?:{'|'.join(OURS)})(?:\.\w+)*\._[^_]\w*")
REPLACING = ("setattr", "delattr", "getattr", "hasattr", "patch", "object")


def private_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and text of every use of a private name, unless it belongs to the class itself or to a foreign package."""
    foreign = set(_foreign(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and PRIVATE.fullmatch(node.attr):
            if _root(node) not in {"self", "cls", *foreign}:
                yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.ImportFrom):
            yield from (
                (node.lineno, f"{node.module}.{alias.name}")
                for alias in node.names
                if PRIVATE.fullmatch(alias.name) and (node.module or "").split(".")[0] in OURS
            )
        elif isinstance(node, ast.Call) and _called(node) in REPLACING:
            texts = [item.value for item in node.args if isinstance(item, ast.Constant) and isinstance(item.value, str)]
            owner = _root(node.args[0]) if node.args else None
            yield from (
                (node.lineno, text)
                for text in texts
                if DOTTED_PRIVATE.fullmatch(text) or (PRIVATE.fullmatch(text) and owner not in foreign)
            )


def _foreign(tree: ast.Module) -> Iterator[str]:
    """Names that are imported from other packages, at the top or in a function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] not in OURS:
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (
                (alias.asname or alias.name).split(".")[0]
                for alias in node.names
                if alias.name.split(".")[0] not in OURS
            )


def _root(node: ast.AST) -> str | None:
    """The name that a chain of attributes and calls begins with."""
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(HOME).as_posix())
def test_no_private_name_is_used(module: Path) -> None:
    assert list(private_names(ast.parse(module.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    "code",
    [
        "queue._seen",
        "limiter.storage()._own.hit",
        "from lotse.operations.shell import _chat",
        "monkeypatch.setattr('lotse.operations.servers._STOP_SECONDS', 1)",
        "monkeypatch.setattr(queue, '_seen', {})",
        "import lotse.operations.shell as shell\nshell._chat()",
    ],
)
def test_a_private_name_is_found(code: str) -> None:
    assert list(private_names(ast.parse(code))) != []


@pytest.mark.parametrize(
    "code",
    ["self._seen", "from rasa.core.agent import Agent\nAgent._load", "value.__class__", "from lotse.cli import main"],
)
def test_our_own_and_foreign_names_are_let_be(code: str) -> None:
    assert list(private_names(ast.parse(code))) == []
