"""What is counted about the running servers, for Prometheus. Numbers only: no text, no id, no address, no person.

A label takes its values from a closed list of ours, so nothing that somebody typed can become one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

# Where they are served, if not on the port of `credentials.yml`.
PORT_VARIABLE = "LOTSE_INTERNAL_PORT"

REGISTRY = CollectorRegistry()

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 40)

TURNS = Counter("lotse_turns", "Turns, by how they ended.", ["channel", "outcome"], registry=REGISTRY)
TURN_SECONDS = Histogram(
    "lotse_turn_seconds", "Time of a turn, waiting included.", ["channel"], buckets=_SECONDS, registry=REGISTRY
)
WAITING = Gauge("lotse_turns_waiting", "Turns that wait or are worked on.", ["channel"], registry=REGISTRY)
DECLINED = Counter("lotse_declined", "Messages that were not carried out.", ["channel", "reason"], registry=REGISTRY)
UNTRUSTED_PROXY = Counter(
    "lotse_untrusted_proxy", "Requests that came through a proxy while trusted_proxies is 0.", registry=REGISTRY
)
STORE_SECONDS = Histogram(
    "lotse_store_seconds", "Time of one piece of work of the tracker store.", buckets=_SECONDS, registry=REGISTRY
)
STORE_FAILURES = Counter("lotse_store_failures", "Work of the tracker store that failed.", registry=REGISTRY)
READY = Gauge("lotse_ready", "Whether a part answered when last asked: 1 or 0.", ["part"], registry=REGISTRY)


@contextmanager
def store_work() -> Iterator[None]:
    """Measure a piece of work of the tracker store, and count it if it fails."""
    begun = perf_counter()
    try:
        yield
    except BaseException:
        STORE_FAILURES.inc()
        raise
    finally:
        STORE_SECONDS.observe(perf_counter() - begun)


def exposition() -> bytes:
    """Everything counted, in Prometheus' text format."""
    return generate_latest(REGISTRY)
