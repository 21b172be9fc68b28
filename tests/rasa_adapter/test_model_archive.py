"""A model archive is unpacked only if nothing in it can leave its folder, and a broken one is named with its remedy."""

from __future__ import annotations

import gzip
import io
import shutil
import tarfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lotse.rasa_adapter import model_archive
from lotse.rasa_adapter.model_archive import ArchiveError, check, unpack

GOOD = {"metadata.json": b"{}", "components/ranker/passages.json": b"[1, 2]"}


Member = tuple[tarfile.TarInfo, bytes]


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "", content: bytes = b"") -> Member:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, target, len(content)
    return info, content


def packed(*more: Member) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        root = tarfile.TarInfo("")
        root.type, root.mode = tarfile.DIRTYPE, 0o755
        archive.addfile(root)
        for info, content in [*more, *(member(name, content=content) for name, content in GOOD.items())]:
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder that could be harmed, as the working directory; models are unpacked elsewhere."""
    home = tmp_path / "home"
    (home / "actions").mkdir(parents=True)
    (home / "actions" / "__init__.py").write_text("good", encoding="utf-8")
    monkeypatch.setenv("LOTSE_HOME", str(home))
    monkeypatch.chdir(home)
    return home


def written(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def try_out(project: Path, content: bytes) -> Path:
    """Unpack an archive; returns the folder it went to."""
    model, folder = project.parent / "evil.tar.gz", project.parent / "unpacked"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    model.write_bytes(content)
    try:
        check(model)
    except ArchiveError:
        with pytest.raises(ArchiveError):
            unpack(model, folder)
        raise
    unpack(model, folder)
    return folder


def test_an_ordinary_archive_is_unpacked(project: Path) -> None:
    assert written(try_out(project, packed())) == GOOD


HOSTILE = {
    "link into the project": lambda home: [
        member("l", tarfile.SYMTYPE, str(home / "actions")),
        member("l/__init__.py", content=b"evil"),
    ],
    "relative link into the project": lambda home: [
        member("l", tarfile.SYMTYPE, "../home/actions"),
        member("l/__init__.py", content=b"evil"),
    ],
    "hard link": lambda home: [member("l", tarfile.LNKTYPE, str(home / "actions" / "__init__.py"))],
    "link inside the archive": lambda home: [member("l", tarfile.SYMTYPE, "metadata.json")],
    "climbing path": lambda home: [member("../home/actions/__init__.py", content=b"evil")],
    "path that climbs within": lambda home: [member("components/../x", content=b"evil")],
    "absolute path": lambda home: [member(str(home / "actions" / "__init__.py"), content=b"evil")],
    "path of Windows": lambda home: [member("..\\actions\\__init__.py", content=b"evil")],
    "drive of Windows": lambda home: [member("C:/x", content=b"evil")],
    "character device": lambda home: [member("zero", tarfile.CHRTYPE)],
    "block device": lambda home: [member("disk", tarfile.BLKTYPE)],
    "pipe": lambda home: [member("pipe", tarfile.FIFOTYPE)],
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_could_leave_the_folder_is_refused_before_anything_is_written(project: Path, kind: str) -> None:
    members = HOSTILE[kind](project)
    with pytest.raises(ArchiveError) as refused:
        try_out(project, packed(*members))
    assert "evil.tar.gz" in str(refused.value)
    assert members[0][0].name in str(refused.value)
    assert "./lotse train --force" in str(refused.value)
    assert written(project) == {"actions/__init__.py": b"good"}
    assert written(project.parent / "unpacked") == {}


def test_too_much_is_refused_before_it_is_unpacked(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_archive, "MOST_BYTES", 1000)
    with pytest.raises(ArchiveError, match="größer"):
        try_out(project, packed(member("one", content=b"0" * 600), member("two", content=b"0" * 600)))
    assert written(project.parent / "unpacked") == {}


def test_a_size_that_is_only_claimed_is_refused_too(project: Path) -> None:
    head = tarfile.TarInfo("huge")
    head.size = 10**13
    with pytest.raises(ArchiveError, match="größer"):
        try_out(project, gzip.compress(head.tobuf(tarfile.GNU_FORMAT)))


def test_a_negative_size_which_would_be_read_for_ever_is_refused(project: Path) -> None:
    head = bytearray(tarfile.TarInfo("back").tobuf(tarfile.GNU_FORMAT))
    head[124:136] = b"\xff" * 10 + b"\xfc\x00"  # -1024: back to this very header
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    with pytest.raises(ArchiveError, match="unmögliche Größe"):
        try_out(project, gzip.compress(bytes(head) + bytes(10240)))


def test_too_many_files_are_refused(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_archive, "MOST_MEMBERS", 10)
    with pytest.raises(ArchiveError, match="mehr als 10"):
        try_out(project, packed(*(member(f"f{number}") for number in range(20))))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(bytes(range(256)) * 8, id="random"),
        pytest.param(packed()[:-40], id="truncated"),
        pytest.param(packed()[:20], id="beginning only"),
        pytest.param(gzip.compress(b"no archive" * 200), id="no tar"),
        pytest.param(packed()[:60] + b"\xff" * 20 + packed()[80:], id="damaged"),
    ],
)
def test_a_broken_archive_is_named_with_its_remedy(project: Path, content: bytes) -> None:
    with pytest.raises(ArchiveError, match=r"evil\.tar\.gz.*beschädigt.*\./lotse train --force"):
        try_out(project, content)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=st.integers(0), bytes_there=st.binary(min_size=1, max_size=12), inside=st.booleans())
def test_wrong_bytes_anywhere_raise_nothing_else(project: Path, place: int, bytes_there: bytes, inside: bool) -> None:
    content = bytearray(gzip.decompress(packed()) if inside else packed())
    place %= len(content)
    content[place : place + len(bytes_there)] = bytes_there
    try:
        try_out(project, gzip.compress(content) if inside else bytes(content))
    except ArchiveError as refused:
        assert "./lotse train --force" in str(refused)
    assert written(project) == {"actions/__init__.py": b"good"}


def test_without_python_s_own_filter_the_check_is_the_same(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(tarfile, "data_filter", raising=False)
    assert written(try_out(project, packed())) == GOOD
    with pytest.raises(ArchiveError):
        try_out(project, packed(*HOSTILE["link into the project"](project)))


def test_a_folder_without_an_archive_is_told_by_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        unpack(tmp_path / "none.tar.gz", tmp_path)
