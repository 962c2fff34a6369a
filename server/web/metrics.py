from typing import Final

from prometheus_client import CollectorRegistry, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

METRICS_MEDIA_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_LABELS: Final = ("method", "route", "status")


class Metrics:
    """What the server counts about its requests, in a registry of its own.

    Labels are methods HTTP knows, route templates and status codes: never a path, so their number is bounded and
    nothing about a person can be in them. The count of requests is the histogram's own `_count`.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        self.in_flight = 0
        ProcessCollector(registry=self.registry)
        Gauge("http_requests_in_flight", "Requests being served.", registry=self.registry).set_function(
            lambda: self.in_flight
        )
        self._seconds = Histogram(
            "http_request_duration_seconds",
            "Time from the first byte of a request to the last of its answer.",
            _LABELS,
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._children: dict[tuple[str, str, int], Histogram] = {}

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        key = (method, route, status)
        child = self._children.get(key)
        if child is None:
            child = self._children[key] = self._seconds.labels(method, route, str(status))
        child.observe(seconds)

    def exposition(self) -> bytes:
        """Return everything counted, in the text format of Prometheus."""
        return generate_latest(self.registry)
