"""Files of the web chat."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from lotse.channels.web import assets
from lotse.channels.web.http_messages import Request


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "chat.html").write_text("<!doctype html>", encoding="utf-8")
    (tmp_path / "widget.js").write_text("let a = 1;\n" * 500, encoding="utf-8")
    (tmp_path / "widget.js.LICENSE.txt").write_text("BSD", encoding="utf-8")
    (tmp_path / "secret.yml").write_text("no", encoding="utf-8")
    (tmp_path / "folder.js").mkdir()
    return tmp_path


def test_only_files_of_listed_types_are_served(folder: Path) -> None:
    hashed = assets.digest((folder / "widget.js").read_bytes())
    assert sorted(assets.load(folder)) == ["", f"widget.{hashed}.js", "widget.js", "widget.js.LICENSE.txt"]


def test_the_hashed_name_is_for_ever_and_the_plain_one_is_asked_again(folder: Path) -> None:
    found = assets.load(folder)
    [hashed] = [name for name in found if name.endswith(".js") and name != "widget.js"]
    assert "immutable" in found[hashed].respond(Request("GET", "/")).headers["cache-control"]
    plain = found["widget.js"].respond(Request("GET", "/"))
    assert plain.headers["cache-control"] == "no-cache"
    again = found["widget.js"].respond(Request("GET", "/", {"if-none-match": plain.headers["etag"]}))
    assert (again.status, again.body) == (304, b"")


def test_files_are_packed_for_those_who_can_unpack(folder: Path) -> None:
    widget = assets.load(folder)["widget.js"]
    packed = widget.respond(Request("GET", "/", {"accept-encoding": "br, gzip;q=0.8"}))
    assert gzip.decompress(packed.body) == widget.body
    for header in ("", "br", "gzip;q=0"):
        assert widget.respond(Request("GET", "/", {"accept-encoding": header})).body == widget.body
