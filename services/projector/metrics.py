"""Prometheus metrics of a projector, including its health."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from services.projector.partitions import PartitionProjector
from services.projector.watchdog import Watchdog


class Figures:
    """Metrics collected on request."""

    def __init__(self, projector: PartitionProjector, watchdog: Watchdog) -> None:
        self._projector, self._watchdog = projector, watchdog

    def collect(self) -> Iterable[Metric]:
        """Yield every metric family; names are documented in docs/cluster.md."""
        heads = GaugeMetricFamily(
            "muster_projector_head_position", "Position reached by the views", labels=["jurisdiction"]
        )
        for jurisdiction, position in list(self._projector.positions.items()):
            heads.add_metric([jurisdiction], position)
        yield heads
        lag = GaugeMetricFamily(
            "muster_projector_lag_records", "Records not projected yet", labels=["partition"]
        )
        age = GaugeMetricFamily(
            "muster_projector_checkpoint_age_seconds",
            "Seconds since a partition with waiting records last advanced",
            labels=["partition"],
        )
        for partition, behind in list(self._watchdog.lag.behind.items()):
            lag.add_metric([str(partition)], behind)
            age.add_metric([str(partition)], self._watchdog.lag.age(partition))
        yield lag
        yield age
        dead = CounterMetricFamily(
            "muster_log_dead_commits", "Records that are not commits of their key", labels=["reason"]
        )
        for reason, count in list(self._projector.dead.items()):
            dead.add_metric([reason], count)
        yield dead
        yield CounterMetricFamily("muster_log_holes", "Offsets without a record", self._projector.holes)
        yield CounterMetricFamily(
            "muster_projector_watchdog_exits", "Processes ended by the watchdog", self._watchdog.exits
        )
        scrub = self._projector.scrub
        yield CounterMetricFamily(
            "muster_view_wrong_rows", "Rows that differed from the log", scrub.wrong_rows
        )
        yield GaugeMetricFamily(
            "muster_scrub_trouble", "1 = views cannot be compared with the log", bool(scrub.unhealed)
        )
        yield GaugeMetricFamily(
            "muster_jurisdictions_parked", "Waiting for a newer version", len(self._projector.parked)
        )
        yield GaugeMetricFamily(
            "muster_projector_partitions", "Partitions projected by this process", len(self._projector.owned)
        )
        yield GaugeMetricFamily(
            "muster_projector_trouble", "1 if the views cannot be written", bool(self._projector.trouble)
        )


def registry(projector: PartitionProjector, watchdog: Watchdog) -> CollectorRegistry:
    """Return the registry to expose."""
    found = CollectorRegistry()
    found.register(Figures(projector, watchdog))  # type: ignore[arg-type]
    return found
