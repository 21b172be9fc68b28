"""The conversation of ``rasa shell`` in our words: Rasa's own loop greets in English and prints payloads as JSON."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import rasa.__main__
from aiohttp import ClientError
from prompt_toolkit import PromptSession
from rasa.core.channels import console

STOP = "/stop"
PROMPT = "> "
# Said in the person's place, so that the assistant speaks first and the questions it offers can be picked by number.
HELLO = "Hallo"

Read = Callable[[], Awaitable[str]]
Send = Callable[[str], Awaitable[Sequence[dict[str, Any]]]]


async def talk(read: Read, send: Send, say: Callable[[str], None], failed: str) -> int:
    """Talk until the person ends it; the number of their messages.

    Args:
        read: the next line; raises EOFError or KeyboardInterrupt when there is none.
        send: sends a message, and gives the answers with their ``text``.
        say: prints.
        failed: what is said if the server does not answer.
    """
    number, text = 0, HELLO
    while True:
        try:
            for answer in await send(text):
                # The text has a blank in empty lines, which Rasa's own terminal would drop.
                say("\n" + str(answer.get("text") or "").replace("\n \n", "\n\n") + "\n")
        except (ClientError, asyncio.TimeoutError, OSError):
            say(f"\n{failed}\n")
        try:
            text = ""
            while not text:
                text = (await read()).strip()
        except (EOFError, KeyboardInterrupt):
            return number
        if text == STOP:
            return number
        number += 1


def run(failed: str, arguments: Sequence[str]) -> None:
    """Run ``rasa`` in this process with our loop in the terminal; ends the process.

    Args:
        failed: as for `talk`.
        arguments: of the command, such as ``shell --port 5005``.
    """

    async def record_messages(sender_id: str, server_url: str, **_: Any) -> int:
        async def send(text: str) -> Sequence[dict[str, Any]]:
            answers: Sequence[dict[str, Any]] = await console.send_message_receive_block(
                server_url, "", sender_id, text
            )
            return answers

        session: PromptSession[str] = PromptSession()
        return await talk(lambda: session.prompt_async(PROMPT), send, print, failed)

    console.record_messages = record_messages
    sys.argv = ["rasa", *arguments]
    rasa.__main__.main()
