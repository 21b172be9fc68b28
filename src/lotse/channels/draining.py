"""When the server stops, all channels end their work together, in one span of time.

Sanic calls what stops a channel one after the other: the second would take new turns while the first waits for its own,
and the spans would add up to more than the server has until it is killed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from lotse.conversation.turn_queue import DRAIN_SECONDS

Drain = Callable[[float], Awaitable[None]]

_DRAINS = "lotse_drains"


def drain_at_stop(app: Any, drain: Drain) -> None:
    """Note at the start of the server what ends the work of a channel.

    Args:
        app: Sanic's application, which all channels share.
        drain: takes no more work at once, and waits so many seconds at most for what was taken.
    """
    drains: list[Drain] = getattr(app.ctx, _DRAINS, [])
    setattr(app.ctx, _DRAINS, [*drains, drain])


async def drain_all(app: Any) -> None:
    """End the work of all channels, whichever of them is stopped first; nothing is left to do for the others.

    Args:
        app: Sanic's application.

    Raises:
        Exception: what one of them raised, after the others have ended.
    """
    drains: list[Drain] = getattr(app.ctx, _DRAINS, [])
    setattr(app.ctx, _DRAINS, [])
    ends = await asyncio.gather(*(drain(DRAIN_SECONDS) for drain in drains), return_exceptions=True)
    for end in ends:
        if isinstance(end, BaseException):
            raise end
