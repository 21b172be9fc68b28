"""The arrows of the architecture point one way."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

HOME = Path(__file__).parents[1]
SOURCE = HOME / "src" / "lotse"
# What each lower layer may import of ours; everything above may import them. All may import the operators' language.
LOWER = {
    "guide": {"guide", "operator_language"},
    "answering": {"guide", "answering", "operator_language"},
    "render": {"guide", "answering", "render", "operator_language"},
}
UPPER = {"cli", "publishing", "conversation", "rasa_adapter", "channels", "nlu", "operations", "evaluation"}
FRAMEWORK = {"rasa", "rasa_sdk", "sanic", "spacy", "sklearn"}


def imports(path: Path) -> set[str]:
    """Full names of everything a file imports, also inside functions."""
    inside = path.is_relative_to(SOURCE.parent)
    package = path.relative_to(SOURCE.parent if inside else HOME).parent.parts
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            names |= {f"{module}.{alias.name}" for alias in node.names}
    return names


def parts(path: Path) -> set[str]:
    """The parts of `lotse` that a file imports."""
    return {name.split(".")[1] for name in imports(path) if name.startswith("lotse.")}


def files(part: str) -> list[Path]:
    found = sorted((SOURCE / part).rglob("*.py"))
    assert found, f"there is no part “{part}”"
    return found


@pytest.mark.parametrize("layer", sorted(LOWER))
def test_a_lower_layer_imports_only_what_lies_below(layer: str) -> None:
    wrong = {path.name: parts(path) - LOWER[layer] for path in files(layer)}
    assert {name: found for name, found in wrong.items() if found} == {}


@pytest.mark.parametrize("layer", sorted(LOWER))
def test_a_lower_layer_knows_no_framework_and_no_action(layer: str) -> None:
    for path in files(layer):
        assert {name.split(".")[0] for name in imports(path)} & {*FRAMEWORK, "actions"} == set(), path


@pytest.mark.parametrize("part", sorted(UPPER - {"cli"}))
def test_nothing_imports_the_commands(part: str) -> None:
    assert [path.name for path in files(part) if "cli" in parts(path)] == []


def test_understanding_channels_and_actions_import_no_tool() -> None:
    tools = {"cli", "operations", "evaluation"}
    checked = [*files("nlu"), *files("channels"), *sorted((HOME / "actions").glob("*.py")), *files("conversation")]
    assert {path.name: parts(path) & tools for path in checked if parts(path) & tools} == {}


def test_what_the_channels_share_belongs_to_none_of_them() -> None:
    channels = SOURCE / "channels"
    own = tuple(f"lotse.channels.{folder.name}" for folder in channels.iterdir() if (folder / "__init__.py").exists())
    assert len(own) == 2
    wrong = {path.name: [name for name in imports(path) if name.startswith(own)] for path in channels.glob("*.py")}
    assert {name: found for name, found in wrong.items() if found} == {}


def test_no_part_imports_the_actions() -> None:
    users = [
        path.relative_to(SOURCE).as_posix()
        for path in sorted(SOURCE.rglob("*.py"))
        if "actions" in {name.split(".")[0] for name in imports(path)}
    ]
    assert users == []


def test_every_part_has_its_place_in_the_layers() -> None:
    assert {path.parent.name for path in SOURCE.glob("*/__init__.py")} == UPPER | set(LOWER)
