"""Checks the norms and sources of the guide: does the paragraph exist, and does the address fit?

Run it from the project's folder, with a checkout of statute texts in Markdown, one file a law and one heading a
paragraph, as https://github.com/kmein/gesetze keeps them: ``laws/BeamtStG-BJNR101000008.md``. Nothing is downloaded.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from lotse.content import ContentError, Problem
from lotse.content.loading import parse
from lotse.content.model import Cite, Norm, Registry, Topic
from lotse.content.yaml_source import FieldPath, YamlFile

STATUTES_SITE = "www.gesetze-im-internet.de"
# Laws that are cited by another name than the official abbreviation, and folders of the site that kept an earlier one.
OFFICIAL = {"KUG": "KunstUrhG"}
FOLDERS = {"TDDDG": "ttdsg"}
ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5", "VI": "6", "IX": "9", "X": "10", "XI": "11", "XII": "12"}

_LABEL = re.compile(r"(?:§|Art\.) (?P<number>\d+[a-z]*) (?P<law>\S.*)")
_PAGE = re.compile(r"/(?P<folder>[a-z0-9_]+)/(?:__|art_)(?P<number>\d+[a-z]*)\.html")
_HEADING = re.compile(r"#+ (?:§|Art) (?P<number>\d+[a-z]*)(?P<title>.*)")
_SUBSECTION = re.compile(r"\((?P<number>\d+[a-z]*)\)")
_CITED_SUBSECTION = re.compile(r"Abs\. (?P<number>\d+[a-z]*)")


@dataclass(frozen=True)
class Statute:
    """One law: the numbers of the subsections of each paragraph; none for a paragraph without numbered ones."""

    name: str
    paragraphs: Mapping[str, frozenset[str]]
    repealed: frozenset[str] = field(default_factory=frozenset)


def read_statute(path: Path) -> Statute:
    """Read the text of one law.

    Args:
        path: a file in Markdown with a heading for each paragraph, such as ``# § 33 – Grundpflichten`` or ``# Art 5``.
    """
    paragraphs: dict[str, set[str]] = {}
    repealed: set[str] = set()
    number = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            found = _HEADING.fullmatch(line.strip())
            number = found["number"] if found else ""
            if found:
                paragraphs.setdefault(number, set())
                if "weggefallen" in found["title"]:
                    repealed.add(number)
        elif number and (subsection := _SUBSECTION.match(line)):
            paragraphs[number].add(subsection["number"])
    name = path.stem.partition("-BJNR")[0]
    return Statute(name, {key: frozenset(value) for key, value in paragraphs.items()}, frozenset(repealed))


def abbreviation(law: str) -> str:
    """The official abbreviation of a law as it is cited: “SGB I” is ``SGB_1``."""
    first, _, last = law.rpartition(" ")
    return f"{first}_{ROMAN[last]}" if last in ROMAN and first else OFFICIAL.get(law, law)


def folder_of(law: str) -> str:
    """The folder of a law on gesetze-im-internet.de, without the year that some have: ``s_g`` for the SÜG."""
    name = abbreviation(law)
    return FOLDERS.get(name, re.sub(r"[^a-z0-9]", "_", name.lower()))


def check_norms(file: YamlFile, norms: Mapping[str, Norm], statutes: Mapping[str, Statute]) -> Iterator[Problem]:
    """What is wrong with norms: their addresses, paragraphs that do not exist, the same paragraph under two keys.

    Args:
        file: norms.yml.
        norms: its entries.
        statutes: the laws whose text is at hand, by their official abbreviations.
    """
    seen: dict[tuple[str, str], str] = {}
    for key, norm in norms.items():
        at: FieldPath = ("norms", key)
        label = _LABEL.fullmatch(norm.label)
        yield from _check_address(file, (*at, "url"), norm.url)
        if label is None:
            yield file.problem((*at, "label"), f"“{norm.label}” names no single paragraph.", warning=True)
            continue
        number, law = label["number"], label["law"]
        same = seen.setdefault((abbreviation(law), number), key)
        if same != key:
            yield file.problem(at, f"{norm.label} is already there as `{same}`.", "cite that one and remove this")
        yield from _check_page(file, (*at, "url"), norm.url, number, law)
        statute = statutes.get(abbreviation(law))
        if statute is not None and number not in statute.paragraphs:
            yield file.problem((*at, "label"), f"{statute.name} has no paragraph {number}.")
        elif statute is not None and number in statute.repealed:
            yield file.problem((*at, "label"), f"{norm.label} has been repealed.")


def check_sources(file: YamlFile, registry: Registry) -> Iterator[Problem]:
    """What is wrong with the addresses of sources and their sections: their form, the same one under two keys."""
    seen: dict[str, str] = {}
    for key, source in registry.sources.items():
        at: FieldPath = ("sources", key)
        yield from _check_address(file, (*at, "url"), source.url)
        if source.url and (same := seen.setdefault(source.url.rstrip("/"), key)) != key:
            yield file.problem((*at, "url"), f"`{same}` has the same address.", "keep one of them", warning=True)
        for name, section in source.sections.items():
            yield from _check_address(file, (*at, "sections", name, "url"), section.url)


def check_cites(
    topics: Iterable[tuple[YamlFile, Topic]], norms: Mapping[str, Norm], statutes: Mapping[str, Statute]
) -> Iterator[Problem]:
    """Citations of a subsection that its paragraph does not have.

    Args:
        topics: the topics, each with its file.
        norms: the entries of norms.yml.
        statutes: as for `check_norms`.
    """
    for file, topic in topics:
        for at, cite in _cites(topic):
            norm = norms.get(cite.norm or "")
            label = _LABEL.fullmatch(norm.label) if norm else None
            statute = statutes.get(abbreviation(label["law"])) if label else None
            if label is None or statute is None or label["number"] not in statute.paragraphs:
                continue
            known = statute.paragraphs[label["number"]]
            for cited in _CITED_SUBSECTION.finditer(cite.at or ""):
                if known and cited["number"] not in known:
                    yield file.problem((*at, "at"), f"{label[0]} has no subsection {cited['number']}.")


def unread(norms: Mapping[str, Norm], statutes: Mapping[str, Statute]) -> list[str]:
    """Keys of the norms whose law is not among the texts at hand, in the order of the file."""
    labels = {key: _LABEL.fullmatch(norm.label) for key, norm in norms.items()}
    return [key for key, label in labels.items() if label is None or abbreviation(label["law"]) not in statutes]


def _cites(topic: Topic) -> Iterator[tuple[FieldPath, Cite]]:
    for number, cite in enumerate(topic.why.cites):
        yield ("why", "cites", number), cite
    for place, passage in enumerate(topic.passages):
        at: FieldPath = ("passages", place)
        yield from (((*at, "cites", number), cite) for number, cite in enumerate(passage.cites))
        for status, variant in passage.by_status.items():
            for number, cite in enumerate(variant.cites):
                yield (*at, "by_status", status, "cites", number), cite


def _check_address(file: YamlFile, at: FieldPath, url: str | None) -> Iterator[Problem]:
    if url is not None and not url.startswith("https://"):
        message = "The address does not begin with https://."
        yield file.problem(at, message, "open it and enter the encrypted address, if there is one", warning=True)


def _check_page(file: YamlFile, at: FieldPath, url: str | None, number: str, law: str) -> Iterator[Problem]:
    address = urlsplit(url or "")
    if address.hostname is None or not address.hostname.endswith(STATUTES_SITE.removeprefix("www.")):
        return
    page = _PAGE.fullmatch(address.path)
    if page is None or address.hostname != STATUTES_SITE:
        yield file.problem(at, f"This is not the address of one paragraph on {STATUTES_SITE}.")
        return
    if page["number"] != number:
        yield file.problem(at, f"The address leads to {page['number']}, the label says {number}.")
    if re.sub(r"_[12]\d{3}$", "", page["folder"]) != folder_of(law):
        yield file.problem(at, f"The address leads to “{page['folder']}”, the label says {law}.")


def main(arguments: list[str] | None = None) -> int:
    """Print what is wrong; returns 1 if there is an error, else 0."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("statutes", type=Path, help="folder with one Markdown file a law")
    parser.add_argument("--data", type=Path, default=Path("data"), help="the project's data folder")
    given = parser.parse_args(arguments)
    files = sorted(given.statutes.glob("*-BJNR*.md"))
    if not files:
        parser.error(f"there are no laws in {given.statutes}")
    try:
        norms_file, norms = parse(given.data / "guide" / "norms.yml", Registry)
        sources_file, sources = parse(given.data / "guide" / "sources.yml", Registry)
        topics = [parse(path, Topic) for path in sorted((given.data / "guide" / "de").glob("*.yml"))]
    except ContentError as error:
        print(error)
        return 1
    wanted = {abbreviation(label["law"]) for norm in norms.norms.values() if (label := _LABEL.fullmatch(norm.label))}
    # Laws have the same abbreviation as long as one of them is not repealed; the mirror holds the current one.
    statutes = {
        path.stem.partition("-BJNR")[0]: read_statute(path)
        for path in files
        if path.stem.partition("-BJNR")[0] in wanted
    }
    problems = [
        *check_norms(norms_file, norms.norms, statutes),
        *check_sources(sources_file, sources),
        *check_cites(topics, norms.norms, statutes),
    ]
    for problem in problems:
        print(problem)
    missing = unread(norms.norms, statutes)
    print(f"{len(norms.norms)} norms, {len(norms.norms) - len(missing)} looked up in {len(statutes)} laws.")
    if missing:
        print(f"Not looked up, their law is not in {given.statutes}: {', '.join(missing)}.")
    return int(any(problem.severity == "error" for problem in problems))


if __name__ == "__main__":
    sys.exit(main())
