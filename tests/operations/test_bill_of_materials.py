"""The bill of materials names what is locked, and our list of advisories is about what is locked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from packaging.version import Version

from lotse.cli import main
from lotse.errors import OperationError
from lotse.operations.bill_of_materials import (
    ADVISORIES,
    LOCK,
    Advisory,
    cyclonedx,
    pip_audit,
    read_advisories,
    read_lock,
)

ROOT = Path(__file__).parents[2]
PACKAGES = read_lock(ROOT / LOCK)
LISTED = read_advisories(ROOT / ADVISORIES)
# CycloneDX 1.5, impactAnalysisJustification.
JUSTIFICATIONS = {
    "code_not_present",
    "code_not_reachable",
    "requires_configuration",
    "requires_dependency",
    "requires_environment",
    "protected_by_compiler",
    "protected_at_runtime",
    "protected_at_perimeter",
    "protected_by_mitigating_control",
}


def test_every_package_of_the_lock_is_there_with_its_hashes() -> None:
    text = (ROOT / LOCK).read_text(encoding="utf-8")
    starts = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert [f"{package.name}==" for package in PACKAGES] == [line.partition("==")[0] + "==" for line in starts]
    assert sum(len(package.hashes) for package in PACKAGES) == text.count("--hash=sha256:")
    assert all(package.hashes for package in PACKAGES)


@pytest.mark.parametrize("advisory", LISTED, ids=lambda advisory: advisory.id)
def test_an_advisory_is_about_a_locked_version(advisory: Advisory) -> None:
    [version] = {package.version for package in PACKAGES if package.name == advisory.package}
    assert not any(Version(version) >= Version(fixed) for fixed in advisory.fixed)
    assert (advisory.state == "not_affected") == (advisory.justification in JUSTIFICATIONS)


def test_no_advisory_stands_there_twice() -> None:
    assert len({advisory.id for advisory in LISTED}) == len(LISTED)


def test_the_bill_refers_only_to_what_it_holds() -> None:
    bill = cyclonedx(PACKAGES, LISTED)
    held = {component["bom-ref"] for component in bill["components"]}
    assert len(held) == len(bill["components"]) == len(PACKAGES)
    assert {part["ref"] for found in bill["vulnerabilities"] for part in found["affects"]} <= held
    assert set(bill["dependencies"][0]["dependsOn"]) == held
    assert bill["serialNumber"] == cyclonedx(PACKAGES, LISTED)["serialNumber"]


def test_the_report_has_the_form_of_pip_audit() -> None:
    report = pip_audit(PACKAGES, LISTED)
    assert set(report) == {"dependencies", "fixes"}
    assert sum(len(entry["vulns"]) for entry in report["dependencies"]) == len(LISTED)
    assert {name for entry in report["dependencies"] for found in entry["vulns"] for name in found} == {
        "id",
        "fix_versions",
        "aliases",
        "description",
    }


@pytest.mark.parametrize("options", [(), ("--audit",)])
def test_the_command_writes_json(tmp_path: Path, options: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as end:
        main(("sbom", *options, "--out", str(tmp_path / "bill.json")))
    assert end.value.code in (None, 0)
    assert json.loads((tmp_path / "bill.json").read_text(encoding="utf-8"))


def test_a_list_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("- package: x\n", encoding="utf-8")
    with pytest.raises(OperationError, match=r"a\.yml"):
        read_advisories(tmp_path / "a.yml")
    with pytest.raises(OperationError, match="nowhere"):
        read_lock(tmp_path / "nowhere")
