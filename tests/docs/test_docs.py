"""The documentation says what is true: commands, settings, paths, topics, field limits and examples."""

from __future__ import annotations

import importlib
import importlib.util
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel
from pydantic.fields import ModelField

from lotse.content.help import Line, NeedText
from lotse.content.loading import examine_guide
from lotse.content.model import CitedText, Contact, Example, Norm, Passage, Sample, Source, Topic

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        ROOT / "widget" / "README.md",
        *(
            path
            for folder in (".github", "data", "models", "benchmarks", "deploy", "teams", "tools", "tests/snapshots")
            for path in (ROOT / folder).rglob("*.md")
            if "node_modules" not in path.parts
        ),
    ]
)
EDITORS = ROOT / "docs" / "editors.md"

COMMAND = re.compile(r"\./lotse ([a-z][a-z-]*)")
VARIABLE = re.compile(r"\bLOTSE_[A-Z_]+\b")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# A path in backticks that names one thing of the repository: no placeholder, no pattern.
QUOTED_PATH = re.compile(r"`((?:src|actions|data|docs|tests|tools)/[\w./-]+|[a-z]+\.yml)`")
# A file or folder of the code, in backticks or not.
CODE_PATH = re.compile(r"(?<![\w./-])((?:\.\./)*(?:src|actions|tests|tools|widget/(?:src|test))/[\w./-]*\w)")
DOTTED_NAME = re.compile(r"(?<![\w./-])lotse(?!\.example\b)(?:\.\w+)+")
# What operators of 0.1.0 have in their files.
FORMER_NAMES = re.compile(r"^\| `\w+\.yml` \| `(lotse[\w.]+)` \|", re.MULTILINE)
MODULE_TABLE = re.compile(r"<!-- modules: (\S+) -->\n((?:\|.*\n)+)")
# Made by people or by a command, so not in a fresh clone.
GENERATED = ("data/house/rules", "data/guide/schema")
LISTED = re.compile(r"^\| (`.+?) \|", re.MULTILINE)
TOPIC_ROW = re.compile(r"^\| `([a-z_]+)` \| (.+) \|$", re.MULTILINE)
FIELD_ROW = re.compile(r"^\| `([a-z_]+)` \| (ja|nein|meist) \|([^|]*)\|", re.MULTILINE)
YAML_BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)


def page_name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


every_page = pytest.mark.parametrize("page", PAGES, ids=page_name)


@pytest.fixture(scope="module")
def commands() -> set[str]:
    import typer

    from lotse.cli.app import build

    return set(typer.main.get_command(build()).commands)  # type: ignore[attr-defined]


@every_page
def test_documented_commands_exist(page: Path, commands: set[str]) -> None:
    named = set(COMMAND.findall(page.read_text(encoding="utf-8")))
    assert named <= commands


def test_every_command_is_documented(commands: set[str]) -> None:
    named = {name for page in PAGES for name in COMMAND.findall(page.read_text(encoding="utf-8"))}
    assert commands <= named


@every_page
def test_documented_variables_are_read(page: Path) -> None:
    read = "".join(path.read_text(encoding="utf-8") for path in _places_of_settings())
    unknown = {name for name in VARIABLE.findall(page.read_text(encoding="utf-8")) if name not in read}
    assert not unknown


@every_page
def test_links_to_files_lead_somewhere(page: Path) -> None:
    broken = []
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        path = (page.parent / file).resolve() if file else page
        if not path.exists() or (anchor and anchor not in _anchors(path)):
            broken.append(target)
    assert not broken


@every_page
def test_quoted_paths_exist(page: Path) -> None:
    named = QUOTED_PATH.findall(page.read_text(encoding="utf-8"))
    missing = {
        name
        for name in named
        if not name.startswith(GENERATED) and not (ROOT / name).exists() and not (page.parent / name).exists()
    }
    assert not missing


@every_page
def test_files_and_folders_of_the_code_exist(page: Path) -> None:
    named = set(CODE_PATH.findall(page.read_text(encoding="utf-8")))
    missing = {name for name in named if not (ROOT / name).exists() and not (page.parent / name).exists()}
    assert not missing


@every_page
def test_names_of_modules_classes_and_functions_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    former = set(FORMER_NAMES.findall(text)) if page.name == "CHANGELOG.md" else set()
    missing = {name for name in set(DOTTED_NAME.findall(text)) - former if not _exists(name)}
    assert not missing


def test_the_tables_of_modules_name_every_module() -> None:
    tables = MODULE_TABLE.findall((ROOT / "docs" / "developers.md").read_text(encoding="utf-8"))
    assert len(tables) == 2
    for folder, table in tables:
        files = {path.relative_to(ROOT / folder).as_posix() for path in (ROOT / folder).rglob("*.py")}
        named = set(re.findall(r"`([\w/]+\.py)`", table))
        assert named == {name for name in files if not name.endswith("__init__.py")}, folder


@pytest.mark.parametrize("folder", ["data", "data/guide"])
def test_the_list_of_a_folder_is_what_is_in_it(folder: str) -> None:
    rows = LISTED.findall((ROOT / folder / "README.md").read_text(encoding="utf-8"))
    listed = {name.split("/")[0] for cell in rows for name in re.findall(r"`([^`]+)`", cell)}
    assert listed == {path.name for path in (ROOT / folder).iterdir()} - {"README.md"}


def test_the_topic_table_is_the_guide() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.split("<!-- topics:begin -->")[1].split("<!-- topics:end -->")[0]
    guide, _ = examine_guide(ROOT / "data")
    assert guide is not None
    assert dict(TOPIC_ROW.findall(table)) == {name: topic.title for name, topic in guide.topics.items()}


@pytest.mark.parametrize(
    ("heading", "model"),
    [
        ("## Ein Thema", Topic),
        ("Ein Beispiel in `examples`", Example),
        ("Ein Eintrag in `samples`", Sample),
        ("## Eine Passage", Passage),
        ("**`data/guide/sources.yml`**", Source),
        ("**`data/guide/norms.yml`**", Norm),
        ("**`data/house/contacts.yml`**", Contact),
        ("`lines` nennt einmal, wer hilft", Line),
        ("`kinds` sagt, was bei welcher Not kommt", NeedText),
    ],
)
def test_editors_read_the_real_limits(heading: str, model: type[BaseModel]) -> None:
    text = EDITORS.read_text(encoding="utf-8").split(heading, 1)[1]
    table = text[text.index("| Feld |") :].split("\n\n", 1)[0]
    documented = {name: (duty == "ja", limits.strip()) for name, duty, limits in FIELD_ROW.findall(table)}
    assert documented == {field.alias: (bool(field.required), _limits(field)) for field in model.__fields__.values()}


def test_the_example_passage_and_its_variant_are_valid() -> None:
    blocks = [yaml.safe_load(block) for block in _yaml_blocks()]
    passage = next(block for block in blocks if "id" in block)
    variant = next(block for block in blocks if "by_status" in block)
    parsed = Passage.parse_obj({**passage, **variant})
    assert parsed.topic == "blocking"
    assert isinstance(parsed.by_status["beamte"], CitedText)


def test_the_example_office_is_valid() -> None:
    example = next(block for block in map(yaml.safe_load, _yaml_blocks()) if "press_office" in block)
    office = Contact.parse_obj(example["press_office"])
    assert office.teams_channel == "19:presse@thread.tacv2"


def test_the_example_house_rule_loads(tmp_path: Path) -> None:
    source, rules = (next(block for block in _yaml_blocks() if mark in block) for mark in ("kind: house", "overrides:"))
    data = tmp_path / "data"
    for folder in ("guide", "house", "vocabulary", "help"):
        shutil.copytree(ROOT / "data" / folder, data / folder)
    with (data / "guide" / "sources.yml").open("a", encoding="utf-8") as file:
        file.write(source)
    name = re.search(r"data/(house/rules/\w+\.yml)", rules)
    assert name is not None
    (data / name[1]).parent.mkdir(parents=True, exist_ok=True)
    (data / name[1]).write_text(rules, encoding="utf-8")

    guide, problems = examine_guide(data, today=date.today())

    assert [problem for problem in problems if problem.severity == "error"] == []
    assert guide is not None
    rule = yaml.safe_load(rules)["passages"][0]
    replaced = guide.passages[rule["id"]]
    assert (replaced.level, replaced.title) == ("house", rule["title"])


def _places_of_settings() -> Iterator[Path]:
    yield ROOT / "lotse"
    yield from (ROOT / "src").rglob("*.py")
    yield from ROOT.glob("*.yml")


def _exists(name: str) -> bool:
    """Whether a dotted name is a module, or a name in a module, perhaps of a class."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.util.find_spec(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        if found is not None:
            value: object = importlib.import_module(".".join(parts[:length]))
            return all((value := getattr(value, part, None)) is not None for part in parts[length:])
    return False


def _anchors(page: Path) -> set[str]:
    """Anchors of a page's headings, as Git hosts make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _yaml_blocks() -> list[str]:
    return YAML_BLOCK.findall(EDITORS.read_text(encoding="utf-8"))


def _limits(field: ModelField) -> str:
    """How the documentation writes the limits of a field."""
    info = field.field_info
    if info.min_items or info.max_items:
        return _span(
            info.min_items, info.max_items, "Eintrag" if (info.max_items or info.min_items) == 1 else "Einträge"
        )
    if info.min_length or info.max_length:
        return _span(info.min_length, info.max_length, "Zeichen")
    return ""


def _span(least: int | None, most: int | None, unit: str) -> str:
    if least and most:
        return f"{least}–{most} {unit}"
    return f"mindestens {least} {unit}" if least else f"höchstens {most} {unit}"
