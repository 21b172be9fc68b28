"""Delivers questions that are handed over from the web chat."""

from __future__ import annotations

import asyncio

from lotse.channels.web.api_errors import ApiError
from lotse.channels.web.request_models import HandoverRequest
from lotse.conversation.handover import Delivered, Failed, Handovers, IdReused, NotConfigured, TooMany, Unusable

# Shorter than the widget's timeout (45 s). The delivery continues; the same request again gets its result.
_PATIENCE_SECONDS = 35


async def hand_over(handovers: Handovers, request: HandoverRequest, conversation: str) -> None:
    """Deliver a question to a contact point.

    Args:
        handovers: delivers it.
        request: question and contact point, which has been offered in the conversation.
        conversation: key of the conversation for the rate limit.

    Raises:
        ApiError: it was not delivered; the code says why.
    """
    delivery = handovers.deliver(
        request.office, request.question, request.name, conversation=conversation, id=request.id
    )
    try:
        outcome = await asyncio.wait_for(delivery, _PATIENCE_SECONDS)
    except asyncio.TimeoutError:
        raise ApiError("busy", {"retry-after": "5"}) from None
    match outcome:
        case Delivered():
            return
        case NotConfigured():
            raise ApiError("not_deliverable")
        case Failed():
            raise ApiError("not_delivered", {"retry-after": "60"})
        case TooMany(seconds):
            raise ApiError("too_many_requests", {"retry-after": str(seconds)}, seconds=seconds)
        case IdReused():
            raise ApiError("id_reused")
        case Unusable(limit):
            raise ApiError("too_long" if len(request.question) > limit else "empty", limit=limit)
