"""When a message is sent again, and after how long. Pure functions.

Source: Microsoft Learn, “Messages in bot conversations”, “Status codes retry guidance” (412, 429, 502, 503 and 504; no
others, because a message that has arrived would come twice); “Optimize your bot with rate limiting in Teams”
(exponential back-off with jitter); RFC 9110, 10.2.3 (Retry-After).
"""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime

ATTEMPTS = 7
_FIRST_SECONDS = 0.5
_LONGEST_BACK_OFF = 20.0
# The longest wait for all retries of a message together; then it is given up, because the next messages wait behind it.
LONGEST_WAIT = 120.0
_PASSING = frozenset({412, 429, 502, 503, 504})


def is_passing(status: int) -> bool:
    """Whether a request with this HTTP status may succeed later."""
    return status in _PASSING


def wait_seconds(attempt: int, retry_after: float | None, chance: float, waited: float = 0.0) -> float | None:
    """How long to wait before the next attempt.

    Args:
        attempt: number of the attempt that failed, from 1.
        retry_after: seconds that the server asked for; None if it did not.
        chance: 0 to 1; spreads requests that failed together (jitter).
        waited: seconds that were waited before the attempts so far.

    Returns:
        Seconds; None to give up.
    """
    if attempt >= ATTEMPTS:
        return None
    back_off = min(_FIRST_SECONDS * 2.0 ** (attempt - 1), _LONGEST_BACK_OFF)
    wait = back_off * (0.5 + chance / 2) if retry_after is None else retry_after + back_off * chance / 4
    return wait if waited + wait <= LONGEST_WAIT else None


def retry_after_seconds(header: str | None, now: float) -> float | None:
    """The wait in seconds that a ``Retry-After`` header asks for; None if it is missing or not valid.

    Args:
        header: its value, seconds or a date; None if there is none.
        now: seconds since 1970.
    """
    text = (header or "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", text):
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
