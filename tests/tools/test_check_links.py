"""The check of norms and sources, on two small laws."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotse.content.loading import parse
from lotse.content.model import Registry, Topic
from tools.check_links import Statute, abbreviation, check_cites, folder_of, main, read_statute

DATA = Path(__file__).parents[2] / "data"
BEAMTSTG = """\
% Beamtenstatusgesetz

# Inhaltsübersicht

| § 1 | (weggefallen) |

# § 33 – Grundpflichten

(1) Beamtinnen und Beamte dienen dem ganzen Volk.

(2) Sie wahren Mäßigung nach Absatz (3) nicht.

# § 34a – (weggefallen)

# § 35 – Folgepflicht

Sie beraten ihre Vorgesetzten.
"""
GG = "# Präambel\n\n# Art 5\n\n(1) Jeder hat das Recht.\n\n# Art 12a\n\n(1) Männer.\n"
NORM = """\
  {key}:
    label: "{label}"
    law: "Ein Gesetz"
    url: "{url}"
    says: "Sagt etwas, das hier zählt."
    as_of: 2026-08-19
    basis: text
"""
SITE = "https://www.gesetze-im-internet.de"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A guide without topics, and a folder of two laws."""
    (tmp_path / "laws").mkdir()
    (tmp_path / "laws" / "BeamtStG-BJNR101000008.md").write_text(BEAMTSTG, encoding="utf-8")
    (tmp_path / "laws" / "GG-BJNR000010949.md").write_text(GG, encoding="utf-8")
    (tmp_path / "data" / "guide" / "de").mkdir(parents=True)
    (tmp_path / "data" / "guide" / "sources.yml").write_text("sources: {}\n", encoding="utf-8")
    return tmp_path


def check(project: Path, *norms: tuple[str, str]) -> int:
    entries = [NORM.format(key=f"norm_{n}", label=label, url=url) for n, (label, url) in enumerate(norms)]
    (project / "data" / "guide" / "norms.yml").write_text("norms:\n" + "".join(entries), encoding="utf-8")
    return main([str(project / "laws"), "--data", str(project / "data")])


GOOD = [
    ("§ 33 BeamtStG", f"{SITE}/beamtstg/__33.html"),
    ("Art. 5 GG", f"{SITE}/gg/art_5.html"),
    ("Art. 12a GG", f"{SITE}/gg/art_12a.html"),
    ("§ 61 BBG", f"{SITE}/bbg_2009/__61.html"),
]


def test_good_norms_pass_and_what_was_not_looked_up_is_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(project, *GOOD) == 0
    said = capsys.readouterr().out
    assert "4 norms, 3 looked up in 2 laws." in said
    assert "norm_3" in said


@pytest.mark.parametrize(
    ("label", "url", "found"),
    [
        ("§ 99 BeamtStG", f"{SITE}/beamtstg/__99.html", "BeamtStG has no paragraph 99."),
        ("§ 34a BeamtStG", f"{SITE}/beamtstg/__34a.html", "§ 34a BeamtStG has been repealed."),
        ("§ 33 BeamtStG", f"{SITE}/beamtstg/__35.html", "The address leads to 35, the label says 33."),
        ("§ 33 BeamtStG", f"{SITE}/bbg_2009/__33.html", "The address leads to “bbg_2009”, the label says BeamtStG."),
        ("§ 33 BeamtStG", f"{SITE}/beamtstg/", f"This is not the address of one paragraph on {SITE[8:]}."),
        ("§ 33 BeamtStG", "https://gesetze-im-internet.de/beamtstg/__33.html", "not the address of one paragraph"),
    ],
)
def test_a_wrong_norm_is_named_with_its_line(
    project: Path, capsys: pytest.CaptureFixture[str], label: str, url: str, found: str
) -> None:
    assert check(project, GOOD[1], (label, url)) == 1
    line = next(line for line in capsys.readouterr().out.splitlines() if found in line)
    assert "norms.yml:" in line and "norm_1" in line


def test_the_same_paragraph_under_two_keys_is_an_error(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(project, GOOD[0], GOOD[0]) == 1
    assert "§ 33 BeamtStG is already there as `norm_0`." in capsys.readouterr().out


def test_an_address_without_encryption_is_a_warning(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = "{title: Ein Bericht, publisher: Wer, url: 'http://example.org/a', as_of: 2026-01-01, kind: press}"
    sources = f"sources:\n  one: {source}\n  two: {source}\n"
    (project / "data" / "guide" / "sources.yml").write_text(sources, encoding="utf-8")
    assert check(project, GOOD[0]) == 0
    said = capsys.readouterr().out
    assert said.count("The address does not begin with https://.") == 2
    assert "`one` has the same address." in said


def test_a_folder_without_laws_is_refused(project: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as end:
        main([str(tmp_path / "data"), "--data", str(project / "data")])
    assert end.value.code == 2


def test_broken_content_is_told_with_file_and_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(project, ("§ 33 BeamtStG", "ftp://example.org")) == 1
    assert "norms.yml:5" in capsys.readouterr().out


def test_subsections_are_those_at_the_beginning_of_a_line(project: Path) -> None:
    statute = read_statute(project / "laws" / "BeamtStG-BJNR101000008.md")
    assert statute.paragraphs == {"33": frozenset({"1", "2"}), "34a": frozenset(), "35": frozenset()}
    assert statute.repealed == {"34a"}


@pytest.mark.parametrize(
    ("law", "official", "folder"),
    [
        ("SGB I", "SGB_1", "sgb_1"),
        ("KUG", "KunstUrhG", "kunsturhg"),
        ("SÜG", "SÜG", "s_g"),
        ("TDDDG", "TDDDG", "ttdsg"),
        ("BBG", "BBG", "bbg"),
    ],
)
def test_laws_have_an_official_name_and_a_folder(law: str, official: str, folder: str) -> None:
    assert (abbreviation(law), folder_of(law)) == (official, folder)


def test_a_cited_subsection_that_does_not_exist_is_named_with_its_line() -> None:
    norms = parse(DATA / "guide" / "norms.yml", Registry)[1].norms
    file, topic = parse(DATA / "guide" / "de" / "blocking.yml", Topic)
    cited = [cite.at for passage in topic.passages for cite in passage.cites if cite.norm == "gg_5"]
    assert cited and all("Abs. 1" in (at or "") for at in cited)
    found = list(check_cites([(file, topic)], norms, {"GG": Statute("GG", {"5": frozenset({"9"})})}))
    assert {problem.message for problem in found} == {"Art. 5 GG has no subsection 1."}
    assert all(problem.line > 1 for problem in found) and len(found) >= len(cited)
    assert list(check_cites([(file, topic)], norms, {"GG": Statute("GG", {"5": frozenset({"1"})})})) == []
