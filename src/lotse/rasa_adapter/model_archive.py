"""Unpacking a model archive, so that nothing in it can be written anywhere else."""

from __future__ import annotations

import gzip
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath

from lotse.errors import OperationError
from lotse.operator_language import _

# Our models hold about 30 members and 40 MB. So much more is either no model of ours or meant to fill the disk.
MOST_BYTES = 1024**3
MOST_MEMBERS = 1000

_DAMAGED = (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, ValueError, OverflowError, RecursionError)


class ArchiveError(OperationError):
    """A model archive that is not unpacked.

    Args:
        archive: the file.
        reason: what is wrong with it, in the operator's language.
    """

    def __init__(self, archive: Path, reason: str) -> None:
        text = _("The model {archive} is not loaded: {reason}. This builds a new one: ./lotse train --force")
        super().__init__(text.format(archive=archive, reason=reason))


def check(archive: Path) -> None:
    """Whether a model could be unpacked; writes nothing.

    Raises:
        ArchiveError, OSError: as for `unpack`.
    """
    with _opened(archive) as tar:
        list(_checked(archive, tar))


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a model. Everything is checked before anything is written.

    A model consists of plain files and folders. Whatever else a tar archive can hold (links, devices, paths that lead
    out of the folder) has no place in it; through a link, later members are written to wherever it points.

    Args:
        archive: a gzipped tar archive.
        folder: an existing one.

    Raises:
        ArchiveError: it is damaged, too large, or holds something that does not belong into a model.
        OSError: the file cannot be read, or the folder not be written to.
    """
    with _opened(archive) as tar:
        members = list(_checked(archive, tar))
        if hasattr(tarfile, "data_filter"):  # Python 3.10.12 and 3.11.4 (PEP 706); a second pair of eyes
            tar.extractall(folder, members, filter="data")
        else:
            tar.extractall(folder, members)


@contextmanager
def _opened(archive: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(archive, "r:gz") as tar:
            yield tar
    except _DAMAGED as error:
        reason = _("the file is damaged or incomplete ({error})").format(error=error)
        raise ArchiveError(archive, reason) from None


def _checked(archive: Path, tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    size = count = 0
    for member in tar:
        # Before the content is read: the next step decompresses it.
        size, count = size + member.size, count + 1
        if member.size < 0:
            raise ArchiveError(archive, _("“{name}” in it has an impossible size").format(name=member.name))
        if size > MOST_BYTES:
            raise ArchiveError(archive, _("unpacked, it is larger than {size} MB").format(size=MOST_BYTES // 1024**2))
        if count > MOST_MEMBERS:
            raise ArchiveError(archive, _("it contains more than {count} files").format(count=MOST_MEMBERS))
        if not (member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) or member.isdir()):
            reason = _("“{name}” in it is neither a file nor a folder, but perhaps a link").format(name=member.name)
            raise ArchiveError(archive, reason)
        if not _stays_inside(member.name):
            reason = _("the path “{name}” in it leads out of the model").format(name=member.name)
            raise ArchiveError(archive, reason)
        yield member


def _stays_inside(name: str) -> bool:
    posix, windows = PurePosixPath(name), PureWindowsPath(name)
    outside = posix.is_absolute() or bool(windows.anchor) or "\0" in name
    return not outside and ".." not in (*posix.parts, *windows.parts)


__all__ = ["ArchiveError", "check", "unpack"]
