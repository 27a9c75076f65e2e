"""What Prometheus reads: the sum of what the workers count, and how the fleet is at this moment."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
)
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from ..engine.measures import ENDED, MEASURES, OFFERED, Measure
from .operator import Operator
from .self_calls import SelfCalls

Rows = dict[tuple[str, ...], list[float]]

_MEASURES = {measure.name: measure for measure in MEASURES}


class Metrics(Collector):
    """Sums up; nothing is computed before somebody asks.

    `front_up` tells whether the front runs, `clock` the seconds since 1970.
    """

    def __init__(
        self,
        operator: Operator,
        front_up: Callable[[], bool],
        version: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._clock = clock
        self._operator = operator
        self._front_up = front_up
        self._version = version
        self._sums: dict[str, Rows] = {measure.name: {} for measure in MEASURES}
        self._registry = CollectorRegistry()
        self._registry.register(self)
        self.self_calls = SelfCalls()
        self._registry.register(self.self_calls)

    def add(self, delta: Mapping[str, Iterable[tuple[Iterable[str], Sequence[float]]]]) -> None:
        """Add what a worker counted: labels and rows by the name of the measure, see `Measure`."""
        for name, rows in delta.items():
            measure = _MEASURES.get(name)
            for labels, row in rows:
                # After an upgrade, new workers may count what this process does not know yet.
                if measure and len(row) == measure.width:
                    self._add(self._sums[name], tuple(labels), row)

    def _add(self, sums: Rows, labels: tuple[str, ...], row: Sequence[float]) -> None:
        known = sums.get(labels)
        sums[labels] = [a + b for a, b in zip(known, row, strict=True)] if known else list(row)

    def lost(self, flow: str) -> None:
        """A call ended with its worker, which can count it no more."""
        self.add({ENDED.name: [((flow, "worker", "cut", "0"), [1])]})

    def text(self) -> bytes:
        """Everything, in the text format 0.0.4."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        for measure in MEASURES:
            yield _family(measure, self._sums[measure.name])
        yield from self._fleet()

    def _fleet(self) -> Iterator[Metric]:
        live = Counter({flow: 0 for (flow,) in self._sums[OFFERED.name]})
        live.update(call["flow"] for call in self._operator.calls())
        yield _gauge("ivr_calls_live", "Calls that go on", live, "flow")
        workers = self._operator.workers()
        states = Counter(worker["state"] for worker in workers)
        yield _gauge("ivr_workers", "Workers by state", states, "state")
        ready = sum(worker["capacity"] for worker in workers if worker["state"] == "ready")
        yield GaugeMetricFamily("ivr_call_capacity", "Calls that ready workers can hold", ready)
        restarts = self._operator.restarts()
        yield CounterMetricFamily("ivr_worker_restarts", "Workers replaced", restarts)
        registered = {
            each["account"]: each["until"] > self._clock()
            for each in self._operator.registrations()
        }
        yield _gauge("ivr_registered", "Whether the registrar knows us", registered, "account")
        yield GaugeMetricFamily("ivr_front_up", "Whether the front runs", self._front_up())
        yield InfoMetricFamily("ivr_build", "What runs here", {"version": self._version})


def _family(measure: Measure, rows: Rows) -> Metric:
    if not measure.bounds:
        counter = CounterMetricFamily(measure.name, measure.meaning, labels=measure.labels)
        for labels, (number,) in _from_zero(measure, rows):
            counter.add_metric(labels, number)
        return counter
    bounds = [*map(floatToGoString, measure.bounds), "+Inf"]
    histogram = HistogramMetricFamily(measure.name, measure.meaning, labels=measure.labels)
    for labels, (total, *buckets) in _from_zero(measure, rows):
        histogram.add_metric(labels, list(zip(bounds, accumulate(buckets), strict=True)), total)
    return histogram


def _from_zero(measure: Measure, rows: Rows) -> Iterable[tuple[Sequence[str], list[float]]]:
    """What has no labels is there from the start: the first one counted is an increase, too."""
    return rows.items() if rows or measure.labels else [((), [0.0] * measure.width)]


def _gauge(name: str, meaning: str, numbers: Mapping[str, float], label: str) -> Metric:
    gauge = GaugeMetricFamily(name, meaning, labels=[label])
    for value, number in numbers.items():
        gauge.add_metric([value], number)
    return gauge
