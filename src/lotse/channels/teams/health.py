"""The health report of the Teams channel, for operators and monitoring. It contains no names and no ids."""

from __future__ import annotations

from typing import Any

from lotse.channels.teams.delivery.connector import DeliveryCounts
from lotse.channels.teams.settings import TeamsSettings, missing
from lotse.channels.teams.work_queue import WorkQueue
from lotse.conversation.handover import Counts as HandoverCounts


def report(
    settings: TeamsSettings, ready: bool, counts: DeliveryCounts, handed_over: HandoverCounts, work: WorkQueue
) -> tuple[int, dict[str, Any]]:
    """HTTP status and JSON content of the health report.

    Args:
        settings: of the channel.
        ready: whether a model is loaded.
        counts: of messages to Teams.
        handed_over: of questions to contact points.
        work: the queue.

    Returns:
        503 if Teams is configured and does not work, otherwise 200; and the report.
    """
    if settings.off:
        return 200, {"status": "not set up"}
    lacking = missing(settings)
    status = "incomplete" if lacking else "ready" if ready else "no model"
    content = {
        "status": status,
        "missing": [gap.setting for gap in lacking],
        "secret_expires": settings.secret_expires.isoformat() if settings.secret_expires else None,
        "messages": {
            "delivered": counts.delivered,
            "undelivered": counts.undelivered,
            "repeated": counts.repeated,
            "simplified": counts.simplified,
            "waiting": work.waiting,
            "failed": work.failed,
        },
        "handovers": {
            "delivered": handed_over.delivered,
            "failed": handed_over.failed,
            "not_configured": handed_over.not_configured,
        },
    }
    return 200 if status == "ready" else 503, content
