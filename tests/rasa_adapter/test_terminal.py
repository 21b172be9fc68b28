"""A conversation in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from aiohttp import ClientConnectionError

from lotse.rasa_adapter.terminal import HELLO, talk

FAILED = "Das hat nicht geklappt."


class Terminal:
    """A person who types lines, and a server that repeats them.

    Args:
        lines: what is typed; an exception ends the input.
        down: whether the server does not answer.
    """

    def __init__(self, *lines: str | BaseException, down: bool = False) -> None:
        self.lines = list(lines)
        self.down = down
        self.sent: list[str] = []
        self.shown: list[str] = []

    async def read(self) -> str:
        line = self.lines.pop(0)
        if isinstance(line, BaseException):
            raise line
        return line

    async def send(self, text: str) -> Sequence[dict[str, Any]]:
        self.sent.append(text)
        if self.down:
            raise ClientConnectionError
        return [{"text": f"Titel\n \nAntwort auf {text}", "custom": {"type": "guidance"}}]

    async def run(self) -> int:
        return await talk(self.read, self.send, self.shown.append, FAILED)


async def test_the_assistant_speaks_first_and_stop_ends_it() -> None:
    terminal = Terminal("", "  Darf ich bloggen? ", "/stop", "nie gelesen")
    assert await terminal.run() == 1
    assert terminal.sent == [HELLO, "Darf ich bloggen?"]
    assert terminal.shown[0] == f"\nTitel\n\nAntwort auf {HELLO}\n"
    assert len(terminal.shown) == 2 and "custom" not in "".join(terminal.shown)


@pytest.mark.parametrize("end", [EOFError(), KeyboardInterrupt()])
async def test_the_end_of_the_input_ends_it(end: BaseException) -> None:
    assert await Terminal(end).run() == 0


async def test_a_server_that_does_not_answer_is_told_and_can_be_asked_again() -> None:
    terminal = Terminal("Noch da?", "/stop", down=True)
    assert await terminal.run() == 1
    assert terminal.shown == [f"\n{FAILED}\n"] * 2
