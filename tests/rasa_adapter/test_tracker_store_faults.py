"""The store tells the truth when its database fails, heals by itself, and leaves nothing of what was deleted."""

from __future__ import annotations

import asyncio
import logging
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from sqlalchemy import select
from sqlalchemy.event import listen
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from lotse import paths
from lotse.conversation.feedback import Feedback, FeedbackStore
from lotse.operations.ports import free_port
from lotse.rasa_adapter import connections
from lotse.rasa_adapter.rating_tables import ratings
from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore
from lotse.secret_key import secret_key

KEY = b"k" * 32
SECRET = "Zimmer 4711"
Make = Callable[..., ForgettingTrackerStore]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a lock, and ratings are hashed with our key."""
    monkeypatch.setattr(connections, "BUSY_SECONDS", 0.0)
    monkeypatch.setenv("LOTSE_SECRET_KEY", KEY.decode())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".lotse" / "conversations.db"


@pytest.fixture
def make(path: Path) -> Iterator[Make]:
    made: list[ForgettingTrackerStore] = []

    def make(**settings: Any) -> ForgettingTrackerStore:
        slots = {name: {"type": "any", "mappings": [{"type": "custom"}]} for name in ("memory", "erase")}
        named = {"dialect": "sqlite", "db": str(path), **settings}
        made.append(ForgettingTrackerStore(Domain.from_dict({"slots": slots}), **named))
        return made[-1]

    yield make
    for store in made:
        store.engine.dispose()


@pytest.fixture
def store(make: Make) -> ForgettingTrackerStore:
    return make()


def say(store: ForgettingTrackerStore, text: str, sender: str = "someone", answer: str = "answer-1") -> None:
    """One turn, stored as Rasa does."""
    tracker = asyncio.run(store.retrieve(sender)) or DialogueStateTracker(sender, store.domain.slots)
    payload = {"type": "guidance", "answer_id": answer, "follow_ups": []}
    for event in (
        UserUttered(text, message_id=text),
        SlotSet("memory", {"x": text}),
        BotUttered(text, {"custom": payload}),
    ):
        tracker.update(event)
    asyncio.run(store.save(tracker))


def forget(store: ForgettingTrackerStore, sender: str = "someone") -> None:
    """A turn that ends in “forget me”."""
    tracker = asyncio.run(store.retrieve(sender))
    assert tracker is not None
    tracker.update(SlotSet("erase", True))
    asyncio.run(store.save(tracker))


def texts(store: ForgettingTrackerStore, sender: str = "someone") -> list[str]:
    return [event["text"] for event in store.messages(sender, 100) if event["event"] == "user"]


def remains(path: Path) -> list[str]:
    """The files of a database that hold the secret.

    They are read by another process: if this one closed a file, SQLite would lose the locks of open connections
    (https://sqlite.org/howtocorrupt.html, 2.2).
    """
    found = subprocess.run(["grep", "-l", SECRET, "-r", path.parent], capture_output=True, text=True, check=False)
    return sorted(Path(name).name for name in found.stdout.split())


def comments(store: ForgettingTrackerStore) -> list[str | None]:
    with store.session_scope() as session:
        return list(session.execute(select(ratings.c.comment)).scalars())


# --- readers, writers, erasing ----------------------------------------------------------------------------------------


def test_a_reader_in_the_midst_of_reading_keeps_no_turn_from_being_stored(
    store: ForgettingTrackerStore, path: Path
) -> None:
    say(store, "Frage 1")
    say(store, "Frage 2")
    with closing(sqlite3.connect(path)) as reader:
        cursor = reader.execute("select data from events")
        assert cursor.fetchone()
        say(store, "Frage 3")
        assert texts(store) == ["Frage 1", "Frage 2", "Frage 3"]
        assert cursor.fetchall()
    assert texts(store) == ["Frage 1", "Frage 2", "Frage 3"]


def test_another_writer_is_waited_for_less_than_five_seconds_and_then_an_error_is_raised(
    store: ForgettingTrackerStore, path: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(store, "Frage 1")
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("begin immediate")
        assert texts(store) == ["Frage 1"]
        changes: list[Callable[[], object]] = [
            lambda: say(store, "Frage 2"),
            lambda: store.delete("someone"),
            lambda: forget(store),
        ]
        for fails in changes:
            with pytest.raises(OperationalError, match="locked"):
                fails()
        writer.execute("rollback")
    assert texts(store) == ["Frage 1"]
    monkeypatch.undo()
    with make().session_scope() as session:
        assert 0 < session.execute("pragma busy_timeout").scalar() < 5000


@pytest.mark.parametrize("erase", [forget, lambda store: store.delete("someone")])
def test_no_byte_of_a_deleted_text_stays_in_any_file(
    store: ForgettingTrackerStore, path: Path, erase: Callable[[ForgettingTrackerStore], None]
) -> None:
    with closing(sqlite3.connect(path)) as other:
        # While another program has the database open, its log is not deleted with the last connection.
        other.execute("select count(*) from events").fetchall()
        say(store, f"Mein Chef sitzt in {SECRET}. " * 400)
        FeedbackStore(lambda: store, KEY).add(Feedback("answer-1", "down", f"wie in {SECRET}"), {})
        say(store, "Frage", sender="else")
        assert "conversations.db-wal" in remains(path)
        erase(store)
        assert remains(path) == []
    assert (texts(store), texts(store, "else"), comments(store)) == ([], ["Frage"], [None])


def test_what_a_reader_keeps_in_the_log_goes_with_the_next_turn_after_it(
    store: ForgettingTrackerStore, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(sqlite3.connect(path)) as other:
        say(store, SECRET)
        say(store, "Frage", sender="else")
        cursor = other.execute("select data from events")
        assert cursor.fetchone()
        store.delete("someone")
        assert not store.exists("someone")
        assert "conversations.db-wal" in caplog.text
        cursor.close()
        say(store, "Frage 2", sender="else")
        assert remains(path) == []


def test_comments_of_a_conversation_of_any_length_are_deleted_with_it(store: ForgettingTrackerStore) -> None:
    feedback = FeedbackStore(lambda: store, KEY)
    for number in range(210):
        say(store, f"Frage {number}", answer=f"answer-{number}")
    for answer in ("answer-0", "answer-209", "of somebody else"):
        feedback.add(Feedback(answer, "down", f"zu {answer}"), {})
    forget(store)
    assert sorted(map(str, comments(store))) == ["None", "None", "zu of somebody else"]


def test_comments_are_deleted_even_if_the_file_with_the_key_has_gone_meanwhile(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOTSE_SECRET_KEY")
    for folder in ("word_lists", "vocabulary"):
        shutil.copytree(paths.program() / "data" / folder, tmp_path / "data" / folder)
    monkeypatch.setenv("LOTSE_HOME", str(tmp_path))
    key = secret_key(paths.private_folder())
    store = make()
    say(store, "Frage")
    FeedbackStore(lambda: store, key).add(Feedback("answer-1", "down", "unklar"), {})
    (paths.private_folder() / "secret-key").unlink()
    forget(store)
    assert comments(store) == [None]


def test_if_anything_cannot_be_deleted_nothing_is(store: ForgettingTrackerStore) -> None:
    say(store, "Frage")
    FeedbackStore(lambda: store, KEY).add(Feedback("answer-1", "down", "unklar"), {})
    for table, event in (("events", "delete"), ("ratings", "update")):
        store.engine.execute(f"create trigger t before {event} on {table} begin select raise(abort, 'read-only'); end")
        changes: list[Callable[[], object]] = [lambda: store.delete("someone"), lambda: forget(store)]
        for fails in changes:
            with pytest.raises(SQLAlchemyError, match="read-only"):
                fails()
        store.engine.execute("drop trigger t")
        assert (texts(store), comments(store)) == (["Frage"], ["unklar"])


# --- modes ------------------------------------------------------------------------------------------------------------


def test_the_database_and_what_lies_beside_it_are_for_their_owner(make: Make, path: Path) -> None:
    path.parent.mkdir(mode=0o755)
    path.touch(0o644)
    store = make()
    with closing(sqlite3.connect(path)) as other:
        other.execute("select count(*) from events").fetchall()
        say(store, "Frage")
        modes = {file.name: oct(file.stat().st_mode & 0o777) for file in path.parent.iterdir()}
    assert modes == {f"conversations.db{ending}": "0o600" for ending in ("", "-wal", "-shm")}
    assert oct(path.parent.stat().st_mode & 0o777) == "0o700"


def test_a_folder_elsewhere_keeps_its_mode(make: Make, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make(db=str(tmp_path / "lotse.db"))
    assert oct(tmp_path.stat().st_mode & 0o777) == "0o755"
    assert oct((tmp_path / "lotse.db").stat().st_mode & 0o777) == "0o600"


# --- healing ----------------------------------------------------------------------------------------------------------


def gone(path: Path) -> None:
    for file in path.parent.iterdir():
        file.unlink()
    path.parent.rmdir()


def emptied(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("fault", [gone, emptied])
def test_a_database_that_has_gone_is_made_again(
    store: ForgettingTrackerStore, path: Path, fault: Callable[[Path], None]
) -> None:
    say(store, "Frage 1")
    fault(path)
    assert not store.exists("someone")
    say(store, "Frage 2")
    assert texts(store) == ["Frage 2"]
    assert oct(path.parent.stat().st_mode & 0o777) == "0o700"


def test_a_missing_table_is_an_error_once_and_then_made_again(store: ForgettingTrackerStore) -> None:
    store.engine.execute("drop table events")
    with pytest.raises(OperationalError, match="no such table"):
        say(store, "Frage 1")
    say(store, "Frage 2")
    assert texts(store) == ["Frage 2"]


def test_a_database_that_cannot_be_opened_at_the_start_is_used_as_soon_as_it_can(
    make: Make, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.mkdir(parents=True)
    store = make()
    assert "endpoints.yml" in caplog.text
    with pytest.raises(OperationalError):
        say(store, "Frage 1")
    path.rmdir()
    say(store, "Frage 2")
    assert texts(store) == ["Frage 2"]


def test_a_file_that_is_no_database_is_an_error_and_no_end(make: Make, path: Path) -> None:
    path.parent.mkdir()
    path.write_text("Das ist keine Datenbank. " * 100, encoding="utf-8")
    store = make()
    with pytest.raises(SQLAlchemyError, match="not a database"):
        say(store, "Frage")
    assert path.read_text(encoding="utf-8").startswith("Das ist keine")


def test_a_server_of_postgresql_that_does_not_answer_is_an_error_at_every_turn(make: Make) -> None:
    store = make(dialect="postgresql", host="127.0.0.1", port=free_port(), db="lotse", username="lotse")
    for fails in (lambda: say(store, "Frage"), lambda: store.delete("someone"), lambda: store.exists("someone")):
        with pytest.raises(OperationalError, match="refused"):
            fails()


def test_an_unknown_schema_is_an_error_and_no_end(
    store: ForgettingTrackerStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: object) -> None:
        raise ValueError("house")

    monkeypatch.setattr(connections, "ensure_schema_exists", missing)
    with pytest.raises(RasaException, match=r"house.*POSTGRESQL_SCHEMA"):
        say(store, "Frage")


# --- the clock --------------------------------------------------------------------------------------------------------


def test_a_clock_that_is_set_back_takes_nothing_away_from_a_conversation(store: ForgettingTrackerStore) -> None:
    now = 1_800_000_000.0
    begun = DialogueStateTracker("someone", store.domain.slots)
    begun.update(SessionStarted(timestamp=now))
    asyncio.run(store.save(begun))
    for seconds, text in ((1, "vorher"), (-3600, "nachher")):
        tracker = asyncio.run(store.retrieve("someone"))
        assert tracker is not None
        tracker.update(UserUttered(text, timestamp=now + seconds))
        tracker.update(SlotSet("memory", {"x": text}, timestamp=now + seconds))
        asyncio.run(store.save(tracker))
    tracker = asyncio.run(store.retrieve("someone"))
    assert tracker is not None
    assert tracker.latest_message is not None
    assert (tracker.latest_message.text, tracker.get_slot("memory")) == ("nachher", {"x": "nachher"})


# --- broken rows ------------------------------------------------------------------------------------------------------

BROKEN = ['{"event": "user", "text": "Zimmer 4711', "null", "[]", '"text"', "{}", "[" * 100_000]


@pytest.mark.parametrize("kind", ["user", "bot", "slot"])
@pytest.mark.parametrize("data", BROKEN)
def test_a_row_that_cannot_be_read_is_left_out_and_named(
    store: ForgettingTrackerStore, caplog: pytest.LogCaptureFixture, kind: str, data: str
) -> None:
    say(store, "Frage 1")
    row = "insert into events (id, sender_id, type_name, timestamp, data) values (4711, 'someone', ?, 1e12, ?)"
    store.engine.execute(row, (kind, data))
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        say(store, "Frage 2")
        assert texts(store) == ["Frage 1", "Frage 2"]
        store.delete("someone")
    assert "Row 4711" in caplog.text
    assert SECRET not in caplog.text
    assert not store.exists("someone")


def test_a_conversation_of_which_nothing_can_be_read_is_not_taken_for_a_new_one(
    store: ForgettingTrackerStore,
) -> None:
    say(store, "Frage 1")
    store.engine.execute("update events set data = 'x'")
    with pytest.raises(RasaException, match="can be read"):
        say(store, "Frage 2")
    store.delete("someone")
    say(store, "Frage 3")
    assert texts(store) == ["Frage 3"]


def test_before_a_turn_the_row_that_cannot_be_read_is_named_and_no_other(
    store: ForgettingTrackerStore, caplog: pytest.LogCaptureFixture
) -> None:
    say(store, "Frage 1")
    row = "insert into events (id, sender_id, type_name, timestamp, data) values (4711, 'someone', 'bot', 1e12, '[]')"
    store.engine.execute(row)
    caplog.clear()
    before = store.before_turn("someone", "Frage 2")
    assert (before.begun, before.last) == (True, None)
    assert re.findall(r"Row (\d+)", caplog.text) == ["4711"]


def test_a_message_that_cannot_be_read_is_not_taken_for_another_one(store: ForgettingTrackerStore) -> None:
    say(store, "Frage 1")
    store.engine.execute("update events set data = substr(data, 1, length(data) - 5) where type_name = 'user'")
    assert store.before_turn("someone", "Frage 1").turn == []


def test_a_message_is_found_by_its_name_in_its_own_conversation_only(store: ForgettingTrackerStore) -> None:
    for text in ("Frage 1", "Frage 2", "Frage_2", "Frage 1"):
        say(store, text)
    say(store, "Frage 3", sender="else")
    found = store.before_turn("someone", "Frage 2").turn
    assert [(event["event"], event["text"]) for event in found] == [("user", "Frage 2"), ("bot", "Frage 2")]
    for unknown in ("Frage 3", "Frage%", "", "x" * 10_000):
        assert store.before_turn("someone", unknown).turn == []


@pytest.mark.parametrize("name", ["", "\0", "\ud800", "x" * 256])
def test_a_message_with_a_name_no_database_takes_is_stored_and_never_known_again(
    store: ForgettingTrackerStore, name: str
) -> None:
    say(store, name)
    assert texts(store) == [name]
    assert store.before_turn("someone", name).turn == []


def test_a_repeated_message_is_found_without_searching_the_texts(store: ForgettingTrackerStore) -> None:
    say(store, "Frage 1")
    asked: list[tuple[str, Any]] = []
    listen(store.engine, "before_cursor_execute", lambda *given: asked.append(given[2:4]))
    assert store.before_turn("someone", "Frage 1").turn
    assert not [statement for statement, _ in asked if " like " in statement.lower()]
    for statement, values in list(asked):
        plan = [row[3] for row in store.engine.execute(f"explain query plan {statement}", values)]
        tables = [step for step in plan if "events" in step or "messages" in step]
        assert tables and all(step.startswith("SEARCH") for step in tables), plan


def test_a_turn_and_the_names_of_its_messages_are_stored_together_or_not_at_all(store: ForgettingTrackerStore) -> None:
    say(store, "Frage 1")
    store.engine.execute("create trigger t before insert on messages begin select raise(abort, 'full'); end")
    with pytest.raises(SQLAlchemyError, match="full"):
        say(store, "Frage 2")
    store.engine.execute("drop trigger t")
    assert texts(store) == ["Frage 1"]


@pytest.mark.parametrize("erase", [forget, lambda store: store.delete("someone")])
def test_the_names_of_messages_are_deleted_with_their_conversation(
    store: ForgettingTrackerStore, path: Path, erase: Callable[[ForgettingTrackerStore], None]
) -> None:
    say(store, SECRET)
    say(store, "Frage", sender="else")
    erase(store)
    assert remains(path) == []
    assert store.engine.execute("select sender, message from messages").fetchall() == [("else", "Frage")]


def test_a_database_of_the_first_version_is_used_on_and_its_messages_count_as_new(
    store: ForgettingTrackerStore, make: Make
) -> None:
    say(store, "Frage 1")
    store.engine.execute("drop table messages")
    later = make()
    assert (texts(later), later.before_turn("someone", "Frage 1").turn) == (["Frage 1"], [])
    say(later, "Frage 2")
    assert later.before_turn("someone", "Frage 2").turn[0]["text"] == "Frage 2"
    later.delete("someone")
    assert not later.exists("someone")


# --- full and damaged -------------------------------------------------------------------------------------------------


def test_on_a_full_disk_a_turn_is_an_error_and_nothing_that_is_stored_is_lost(store: ForgettingTrackerStore) -> None:
    say(store, "Frage 1")
    [pages] = store.engine.execute("pragma page_count").scalars()
    most = [int(pages)]
    listen(store.engine, "connect", lambda connection, _: connection.execute(f"pragma max_page_count = {most[0]}"))
    with pytest.raises(SQLAlchemyError, match="full"):
        say(store, "Frage 2 " * 5_000)
    assert texts(store) == ["Frage 1"]
    assert store.before_turn("someone", "Frage 1").turn
    # Whoever wants to be forgotten needs no room for it.
    store.delete("someone")
    assert not store.exists("someone")
    most[0] = 1_000_000
    say(store, "Frage 3")
    assert texts(store) == ["Frage 3"]


def test_a_conversation_on_damaged_pages_is_an_error_and_no_new_one(
    store: ForgettingTrackerStore, path: Path, make: Make
) -> None:
    for number in range(40):
        say(store, f"Frage {number} " * 20)
    store.check()
    store.engine.dispose()
    with closing(sqlite3.connect(path)) as database:
        database.execute("pragma wal_checkpoint(truncate)")
        [size] = database.execute("pragma page_size").fetchone()
        pages = [row[0] for row in database.execute("select rootpage from sqlite_master where name = 'events'")]
    with path.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * size)
            file.write(b"\xff" * size)
    broken = make()
    for fails in (broken.check, lambda: say(broken, "Frage"), lambda: texts(broken)):
        with pytest.raises(SQLAlchemyError, match="malformed"):
            fails()


# --- looking up -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["%", "answer-_", "", 'x" or "', "\ud800", "answer-1\\"])
def test_nothing_but_the_value_itself_is_found(store: ForgettingTrackerStore, value: str) -> None:
    say(store, "Frage", answer="answer-1")
    assert list(store.answers_holding("someone", "answer_id", value)) == []
    assert len(list(store.answers_holding("someone", "answer_id", "answer-1"))) == 1
    assert list(store.answers_holding("else", "answer_id", "answer-1")) == []
