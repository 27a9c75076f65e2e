"""What Prometheus reads about the calls that the server makes to itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

SUCCESS = "success"


class SelfCalls(Collector):
    """The last of them, and how many had which result.  There is nothing before the first."""

    def __init__(self) -> None:
        self._results: Counter[str] = Counter()
        self._last = ""
        self._seconds: float | None = None

    def saw(self, result: str, seconds: float | None) -> None:
        """One is over: `SUCCESS`, or what was wrong; sound came after `seconds`, or never."""
        self._results[result] += 1
        self._last, self._seconds = result, seconds

    def collect(self) -> Iterator[Metric]:
        total = CounterMetricFamily("ivr_self_calls", "Self-calls by result", labels=["result"])
        for result, number in self._results.items():
            total.add_metric([result], number)
        yield total
        success = GaugeMetricFamily("ivr_self_call_success", "Whether the last self-call went well")
        if self._last:
            success.add_metric([], self._last == SUCCESS)
        yield success
        seconds = GaugeMetricFamily(
            "ivr_self_call_seconds", "From the INVITE of the last self-call to its first sound"
        )
        if self._seconds is not None:
            seconds.add_metric([], self._seconds)
        yield seconds
