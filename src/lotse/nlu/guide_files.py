"""The guide as the components that learn from it or compare with it read it, and the hashes of its files.

Rasa reuses what it trained before as long as neither the settings nor the training data change. It knows nothing of the
guide's files, so each component that reads them adds their hash to its fingerprint.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from lotse import paths
from lotse.content import Guide, languages, load_guide


def load_guides() -> list[Guide]:
    """The guide with the authority's own rules, in each of its languages, the original first.

    Raises:
        ContentError: the content must not reach a user.
    """
    data = paths.data()
    return [load_guide(data, language) for language in languages(data)]


def guide_digest() -> str:
    """Hash of the guide's files and of what the authority filled in."""
    data = paths.data()
    return digest_of([*(data / "guide").rglob("*.yml"), *(data / "house").rglob("*.yml")])


def digest_of(files: Iterable[Path]) -> str:
    """Hash of the contents of these files, whatever their order."""
    digest = sha256()
    for path in sorted(files):
        digest.update(path.read_bytes())
    return digest.hexdigest()
