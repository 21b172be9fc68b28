"""The bill of materials: every locked package with its hashes, and its known advisories with our judgement.

Two formats: CycloneDX 1.5 as JSON (https://cyclonedx.org/docs/1.5/json/), and the one of `pip-audit --format json`.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError

from lotse import __version__
from lotse.content.model import Strict
from lotse.errors import OperationError
from lotse.operator_language import _

LOCK, ADVISORIES = "requirements.lock", "docs/advisories.yml"
_PACKAGE = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


class Advisory(Strict):
    """A known weakness of a package, and whether it reaches this program."""

    package: str
    id: str
    fixed: list[str]
    summary: str
    state: Literal["not_affected", "exploitable", "in_triage", "resolved"]
    justification: str | None = None
    why: str = Field(..., min_length=1)


@dataclass(frozen=True)
class Package:
    """A locked package.

    Attributes:
        name: as the package index writes it, in lower case.
        version: the locked one.
        hashes: SHA-256 of each of its files, one of which is installed.
    """

    name: str
    version: str
    hashes: tuple[str, ...]

    @property
    def purl(self) -> str:
        """Its package URL (https://github.com/package-url/purl-spec)."""
        return f"pkg:pypi/{self.name}@{self.version}"


def read_lock(path: Path) -> list[Package]:
    """The packages of a lock, in its order. A package may be there in two versions for different machines.

    Raises:
        OperationError: the file cannot be read.
    """
    try:
        entries = re.split(r"(?<!\\)\n", path.read_text(encoding="utf-8"))
    except OSError as error:
        raise OperationError(_("{path} cannot be read: {reason}").format(path=path, reason=error.strerror)) from None
    found = ((_PACKAGE.match(entry), tuple(_HASH.findall(entry))) for entry in entries)
    return [Package(name[1].lower().replace("_", "-"), name[2], hashes) for name, hashes in found if name]


def read_advisories(path: Path) -> list[Advisory]:
    """The known advisories.

    Raises:
        OperationError: the file cannot be read.
    """
    try:
        return [Advisory.parse_obj(entry) for entry in yaml.safe_load(path.read_text(encoding="utf-8"))]
    except (OSError, TypeError, yaml.YAMLError, ValidationError) as error:
        raise OperationError(_("{path} cannot be read: {reason}").format(path=path, reason=error)) from None


def cyclonedx(packages: list[Package], advisories: list[Advisory], now: datetime | None = None) -> dict[str, Any]:
    """The bill of materials in CycloneDX 1.5.

    Args:
        packages: of the lock.
        advisories: become vulnerabilities with an analysis.
        now: when it is made.
    """
    refs = {package.name: package.purl for package in packages}
    own = f"pkg:generic/social-media-lotse@{__version__}"
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, own + ''.join(refs.values()))}",
        "version": 1,
        "metadata": {
            "timestamp": (now or datetime.now(timezone.utc)).isoformat(timespec="seconds"),
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": "social-media-lotse",
                "version": __version__,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            },
        },
        "components": [_component(package) for package in packages],
        "dependencies": [{"ref": own, "dependsOn": sorted({package.purl for package in packages})}],
        "vulnerabilities": [_vulnerability(advisory, refs[advisory.package]) for advisory in advisories],
    }


def pip_audit(packages: list[Package], advisories: list[Advisory]) -> dict[str, Any]:
    """The same as `pip-audit --format json` writes it, with our judgement in the description."""
    named: dict[str, list[dict[str, Any]]] = {}
    for advisory in advisories:
        text = f"{advisory.summary} {advisory.state}: {advisory.why}"
        entry = {"id": advisory.id, "fix_versions": advisory.fixed, "aliases": [], "description": text}
        named.setdefault(advisory.package, []).append(entry)
    listed = [{"name": p.name, "version": p.version, "vulns": named.get(p.name, [])} for p in packages]
    return {"dependencies": listed, "fixes": []}


def _component(package: Package) -> dict[str, Any]:
    # The lock has a hash for each file of a package; which one is installed depends on the machine.
    files = [{"name": "file:sha256", "value": digest} for digest in package.hashes]
    return {
        "type": "library",
        "bom-ref": package.purl,
        "name": package.name,
        "version": package.version,
        "purl": package.purl,
        "properties": files,
    }


def _vulnerability(advisory: Advisory, ref: str) -> dict[str, Any]:
    analysis = {"state": advisory.state, "detail": advisory.why}
    if advisory.justification is not None:
        analysis["justification"] = advisory.justification
    return {"id": advisory.id, "description": advisory.summary, "analysis": analysis, "affects": [{"ref": ref}]}
