"""Every command in both languages: help, wrong calls and failures have no word of the other language."""

from __future__ import annotations

import json
import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from lotse.cli import main
from lotse.cli.app import build
from lotse.cli.usage import TYPER_SENTENCES

HOME = Path(__file__).parents[2]
# Words that only one of the languages has.
GERMAN = {
    *("der", "das", "und", "nicht", "ist", "sind", "wird", "werden", "mit", "oder", "auf", "kein", "keine", "fehlt"),
    *("fehler", "warnung", "inhalte", "sonst", "zeigt", "diese", "datei", "dateien", "antwort", "frage", "fragen"),
    *("gibt", "setzen", "dem", "den", "des", "ein", "eine", "einer", "zu", "zum", "zur", "bei", "nach", "auch"),
}
ENGLISH = {
    *("the", "is", "are", "not", "of", "and", "with", "or", "for", "no", "error", "errors", "warning", "there", "this"),
    *("these", "shows", "show", "file", "missing", "set", "write", "options", "commands", "usage", "arguments"),
    *("default", "required", "does", "has", "have", "to", "from", "at", "by", "must"),
}
FOREIGN = {"de": ENGLISH, "en": GERMAN}
# Names of things: options, settings, addresses, file names, types, code in quotation marks; and what a library said.
NAMES = re.compile(
    r"`[^`]*`|'[^']*'|https?://\S+|\S*[./_]\S*|--?[a-z][a-z-]*|\{[^}]*\}|<[a-z]+>|\(Meldung: [^)]*\)|npm ci",
)


def foreign_words(output: str, language: str) -> list[str]:
    words = re.findall(r"[A-Za-zÄÖÜäöüß]+", NAMES.sub(" ", output))
    umlauts = set("äöüß") if language == "en" else set()
    return [word for word in words if word.lower() in FOREIGN[language] or set(word) & umlauts]


def every_command() -> Iterator[tuple[str, ...]]:
    def walk(command: object, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield path
        for name, child in getattr(command, "commands", {}).items():
            yield from walk(child, (*path, name))

    return walk(typer.main.get_command(build()), ())


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(HOME / "data", tmp_path / "data")
    for name in ("config.yml", "domain.yml"):
        (tmp_path / name).touch()
    monkeypatch.setenv("LOTSE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Call:
    """The command line, and what it said."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, language: str, *arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as end:
            main([*arguments, "--lang", language])
        captured = self._capsys.readouterr()
        return int(end.value.code or 0), captured.out + captured.err


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.setenv("TERMINAL_WIDTH", "200")
    monkeypatch.setenv("COLUMNS", "200")
    return Call(capsys)


both = pytest.mark.parametrize("language", ["de", "en"])


@both
@pytest.mark.parametrize("command", list(every_command()), ids=" ".join)
def test_help_is_in_one_language(call: Call, language: str, command: tuple[str, ...]) -> None:
    code, output = call(language, *command, "--help")
    assert code == 0
    assert ("Aufruf: " if language == "de" else "Usage: ") in output
    assert foreign_words(output, language) == []


@both
@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("teams",),
        ("nope",),
        ("chek",),
        ("ask",),
        ("check", "--nope"),
        ("check", "--stric"),
        ("check", "too", "much"),
        ("check", "--strict=1"),
        ("check", "--due"),
        ("check", "--due", "2m"),
        ("up", "--port", "x"),
        ("up", "--port", "3"),
        ("up", "--port"),
        ("evaluate",),
        ("evaluate", "nowhere.jsonl"),
        ("evaluate", "--judged", "nowhere"),
        ("evaluate", "--judged", "README.md"),
        ("teams", "nope"),
    ],
    ids=" ".join,
)
def test_a_wrong_call_is_told_in_one_language(call: Call, language: str, arguments: tuple[str, ...]) -> None:
    if arguments and arguments[-1] == "--port":
        arguments = ("--lang", language, *arguments)
    code, output = call(language, *arguments)
    assert code == 2
    assert foreign_words(output, language) == []
    assert "Traceback" not in output


def test_the_sentences_of_typer_are_those_it_says() -> None:
    """What one of its versions words differently would be shown in English."""
    source = "".join(path.read_text(encoding="utf-8") for path in Path(typer.__file__).parent.rglob("*.py"))
    begins = {re.split(r"[{']", sentence)[0].strip() for sentence in TYPER_SENTENCES}
    assert {begin for begin in begins if begin not in source} == set()


@pytest.mark.parametrize("given", ["fr", "DE", ""])
def test_another_language_is_refused(capsys: pytest.CaptureFixture[str], given: str) -> None:
    with pytest.raises(SystemExit) as end:
        main([f"--lang={given}", "check"])
    assert end.value.code == 2
    assert "--lang" in capsys.readouterr().err


@both
def test_no_project_is_told_in_one_language(
    call: Call, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOTSE_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    code, output = call(language, "check")
    assert (code, foreign_words(output, language)) == (1, [])


@both
def test_a_folder_that_is_no_project_is_told_in_one_language(
    call: Call, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOTSE_HOME", str(tmp_path))
    code, output = call(language, "check")
    assert code == 1
    assert "config.yml" in output
    assert foreign_words(output, language) == []


@both
def test_files_that_are_out_of_date_are_told_in_one_language(project: Path, call: Call, language: str) -> None:
    (project / "data/guide/schema/topic.json").write_text("{}", encoding="utf-8")
    (project / "widget/test/mock-server").mkdir(parents=True)
    (project / "widget/test/mock-server/payloads.json").write_text("{}", encoding="utf-8")
    for command in ("schema", "widget"):
        code, output = call(language, command, "--check")
        assert code == 1
        assert f"./lotse {command}" in output
        assert foreign_words(output, language) == []


@both
@pytest.mark.parametrize("content", [None, "[]"], ids=["missing", "unreadable"])
def test_canned_answers_that_cannot_be_used_are_told_in_one_language(
    project: Path, call: Call, language: str, content: str | None
) -> None:
    if content is not None:
        (project / "widget/test/mock-server").mkdir(parents=True)
        (project / "widget/test/mock-server/payloads.json").write_text(content, encoding="utf-8")
    code, output = call(language, "widget")
    assert (code, "payloads.json" in output) == (1, True)
    # Behind the colon stands what Python says.
    assert foreign_words(re.sub(r"(lesbar|read): .*", "", output, flags=re.DOTALL), language) == []


@both
def test_problems_of_content_are_told_in_one_language(project: Path, call: Call, language: str) -> None:
    _spoil(project)
    code, output = call(language, "check")
    assert code == 1
    assert len(output.splitlines()) >= 8
    assert foreign_words(re.sub("[„“][^“”]*[“”]", "", output), language) == []
    code, output = call(language, "train")
    assert "./lotse check" in output
    assert foreign_words(re.sub("[„“][^“”]*[“”]", "", output), language) == []


@both
def test_a_taken_port_is_told_in_one_language(call: Call, language: str) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = min(server.getsockname()[1], 65000)
        code, output = call(language, "up", "--port", str(port))
    assert code == 1
    assert str(port) in output
    assert foreign_words(re.sub(r"(?:von|by) \S+, PID", "", output), language) == []


@both
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"APP_ID": "x", "CLOUD": "heaven", "MESSAGES_PER_PERSON": "many", "MANAGED_IDENTITY": "perhaps", "NOPE": "1"},
        {
            "APP_ID": "7d0d9f0e-3d1b-4d7e-9b61-2f2b1f6d8c11",
            "TENANT_ID": "authority.example",
            "PRIVATE_KEY_FILE": "gone.pem",
            "CERTIFICATE_FILE": "gone.crt",
            "METADATA_URL": "http://127.0.0.1:9/x",
            "LOGIN_URL": "http://127.0.0.1:9",
            "SECRET_EXPIRES": "2020-01-02",
            "ALLOWED_TENANTS": "0b1ad42e-6f0b-4a51-8f6e-5d5ce2f1a0aa",
        },
    ],
    ids=["empty", "wrong", "incomplete"],
)
def test_the_doctor_speaks_one_language(
    project: Path, call: Call, language: str, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "credentials.yml").write_text("lotse.channels.teams.channel.TeamsInput:\n", encoding="utf-8")
    for name, value in settings.items():
        monkeypatch.setenv(f"LOTSE_TEAMS_{name}", value)
    # Port 9 discards; nobody listens there.
    code, output = call(language, "teams", "doctor", "--url", "http://127.0.0.1:9")
    assert code == 1
    assert ("[Fehler]" if language == "de" else "[error]") in output
    assert foreign_words(output, language) == []


@both
def test_files_of_questions_are_refused_in_one_language(call: Call, language: str, tmp_path: Path) -> None:
    from lotse.evaluation.questions import QuestionFileError, load_material
    from lotse.operator_language import use_language

    path = tmp_path / "questions.jsonl"
    path.write_text('{\n[]\n{"text": ""}\n{"text": "x", "topic": "y", "z": 1}\n', encoding="utf-8")
    use_language("de" if language == "de" else "en")
    with pytest.raises(QuestionFileError) as error:
        load_material([path])
    # In brackets stands what the library says.
    assert foreign_words(re.sub(r"\([^)]*\)", "", str(error.value)), language) == []


def _spoil(project: Path) -> None:
    """Content with many kinds of problems."""
    guide = project / "data/guide/de"
    topic = (guide / "blocking.yml").read_text(encoding="utf-8")
    topic = re.sub(r"^verdict: \w+", "verdict: perhaps", topic, flags=re.MULTILINE)
    (guide / "blocking.yml").write_text(topic + "unheard_of: 1\n", encoding="utf-8")
    (guide / "likes.yml").write_text("- a\n", encoding="utf-8")
    (guide / "opinions.yml").write_text('title: "a\n', encoding="utf-8")
    (guide / "latin.yml").write_bytes(b"title: \xe4\n")
    (guide / "twice.yml").write_text("topic: a\ntopic: b\n", encoding="utf-8")
    (guide / "day.yml").write_text("topic: 2026-02-31\n", encoding="utf-8")
    (project / "data/house/contacts.yml").write_text(
        json.dumps({"contacts": {"x": {"label": "x" * 99, "for": 1, "email": "y", "url": "z", "teams_channel": "q"}}}),
        encoding="utf-8",
    )
    (project / "data/answering.yml").write_text("answer_at: 3\n", encoding="utf-8")
