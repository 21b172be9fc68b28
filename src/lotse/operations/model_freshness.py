"""Whether the newest model is up to date with content, configuration and our own graph components."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lotse.operator_language import N_, _
from lotse.paths import program

ARCHIVE = ".tar.gz"
MARK = ".fingerprint.json"

_CONTENT, _UNDERSTANDING, _LIBRARIES = N_("content"), N_("language processing"), N_("libraries")
# First match wins. What people call the area a file belongs to.
_AREAS = (
    ("data/guide/", _CONTENT),
    ("data/house/", N_("house rules")),
    ("data/vocabulary/", N_("word lists")),
    ("data/word_lists/", N_("word lists")),
    ("data/nlu/", N_("training examples")),
    ("data/help/", N_("training examples")),
    ("data/rules/", N_("dialogue rules")),
    ("data/stories/", N_("dialogue rules")),
    ("data/encoder/", _UNDERSTANDING),
    ("src/lotse/encoder/", _UNDERSTANDING),
    ("config.yml", N_("configuration")),
    ("domain.yml", N_("domain")),
    ("src/lotse/nlu/", _UNDERSTANDING),
    ("requirements.lock", _LIBRARIES),
)
# Read when the servers start or while measuring, not while training: a new telephone number needs no new model.
_NOT_LEARNT = (
    "data/checks/",
    "data/wording/",
    "data/answering.yml",
    "data/word_lists/conversation.yml",
    "data/word_lists/deeds.yml",
    "data/word_lists/drafts.yml",
    "data/word_lists/question_form.yml",
    "data/word_lists/search.yml",
    "data/house/chat.yml",
    "data/house/contacts.yml",
    "data/improvement.yml",
    "data/quality.yml",
)
# Of help, only the examples are learnt; the sentences and numbers beside them are read when the servers start.
_HELP, _HELP_EXAMPLES = "data/help/", "data/help/examples/"
_CODE = (_UNDERSTANDING, _LIBRARIES)
_NAMED_FILES = 3
# In the mark only: the archive is no file that a model is trained on.
_ARCHIVE_AREA = "model archive"

Fingerprint = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Freshness:
    """The newest model and whether it is up to date.

    Attributes:
        model: the newest model, up to date or not; None if there is none.
        reason: why training is needed, in the operator's language; None if the model is up to date.
        cache_fits: whether Rasa's cache of trained components may be used. The cache notices changes of content and
            configuration, but not of the modules that our components import.
    """

    model: Path | None
    reason: str | None
    cache_fits: bool = False

    @property
    def fits(self) -> bool:
        """Whether the model can be used without training."""
        return self.model is not None and self.reason is None


def fingerprint(home: Path) -> dict[str, dict[str, str]]:
    """SHA-256 of every file a model depends on, grouped by area, with paths relative to the project."""
    areas: dict[str, dict[str, str]] = {}
    for path in _files(home):
        name = path.relative_to(home if path.is_relative_to(home) else program()).as_posix()
        areas.setdefault(_area(name), {})[name] = _sha256(path)
    return areas


def newest_model(models: Path) -> Path | None:
    """The model that Rasa itself would load, which is the one written last; None if there is none."""
    return max(models.glob(f"*{ARCHIVE}"), key=lambda path: path.stat().st_mtime_ns, default=None)


def mark_of(model: Path) -> Path:
    """Path of the file beside a model that records what it was trained on."""
    return model.with_name(model.name[: -len(ARCHIVE)] + MARK)


def write_mark(model: Path, trained_on: Fingerprint) -> None:
    """Record what a model was trained on, and a hash of the model, so that damage is noticed.

    Take the fingerprint before the training, so that edits during it show.
    """
    marked = {**trained_on, _ARCHIVE_AREA: {"sha256": _sha256(model)}}
    mark_of(model).write_text(json.dumps(marked, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def examine(home: Path, models: Path) -> Freshness:
    """Whether the newest model in a folder is up to date with the project's files.

    Args:
        home: the project folder.
        models: the folder of models.
    """
    model = newest_model(models)
    if model is None:
        return Freshness(None, _("there is no model yet"))
    try:
        written = json.loads(mark_of(model).read_text(encoding="utf-8"))
        archive = written.pop(_ARCHIVE_AREA, None)
        before = _regrouped(written)
        now = fingerprint(home)
        changes = differences(before, now)
    except FileNotFoundError:
        return Freshness(
            model,
            _("{model} was not built with ./lotse train, what it was trained on is unknown").format(model=model.name),
        )
    except (ValueError, AttributeError, TypeError):
        reason = _("{file} is not readable, what the model was trained on is unknown")
        return Freshness(model, reason.format(file=mark_of(model).name))
    if archive != {"sha256": _sha256(model)}:
        return Freshness(model, _("{model} is no longer the file that the training wrote").format(model=model.name))
    same_code = all(before.get(area) == now.get(area) for area in _CODE)
    return Freshness(model, "; ".join(changes) or None, cache_fits=same_code)


def differences(before: Fingerprint, now: Fingerprint) -> list[str]:
    """One phrase for each area that changed: ``content changed: data/guide/de/blocking.yml``."""
    phrases = []
    for area in dict.fromkeys([*now, *before]):
        old, new = before.get(area, {}), now.get(area, {})
        changed = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
        if changed:
            named = [_with_fate(name, old, new) for name in changed[:_NAMED_FILES]]
            text, more = _("{area} changed: {files}"), len(changed) - _NAMED_FILES
            if more > 0:
                text = _("{area} changed: {files} and {more} more")
            phrases.append(text.format(area=_(area), files=", ".join(named), more=more))
    return phrases


def _regrouped(written: Fingerprint) -> Fingerprint:
    """A fingerprint with its files grouped by today's areas, so that older marks remain valid after a renaming."""
    areas: dict[str, dict[str, str]] = {}
    for files in written.values():
        for name, digest in files.items():
            areas.setdefault(_area(name), {})[name] = digest
    return areas


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _with_fate(name: str, old: Mapping[str, str], new: Mapping[str, str]) -> str:
    if name not in old:
        return _("{file} (new)").format(file=name)
    return name if name in new else _("{file} (removed)").format(file=name)


def _files(home: Path) -> Iterator[Path]:
    for path in sorted((home / "data").rglob("*.yml")):
        name = path.relative_to(home).as_posix()
        if not name.startswith(_NOT_LEARNT) and (name.startswith(_HELP_EXAMPLES) or not name.startswith(_HELP)):
            yield path
    yield from (path for name in ("config.yml", "domain.yml") if (path := home / name).exists())
    code = _code_of(home)
    yield from (path for path in (code / "requirements.lock",) if path.exists())
    for room in ("nlu", "encoder"):
        yield from sorted((code / "src" / "lotse" / room).glob("*.py"))


def _code_of(home: Path) -> Path:
    """The folder of the code: the project folder, or that of the running program if the project has only content."""
    return home if (home / "src").is_dir() else program()


def _area(name: str) -> str:
    return next((area for start, area in _AREAS if name.startswith(start)), _CONTENT)
