"""Durations are told as the client library's own histogram tells them."""

from prometheus_client import CollectorRegistry, Histogram, generate_latest

from services.metrics.figures import BOUNDS, Durations


def test_a_duration_counted_many_times_is_told_as_many_observations() -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    durations = Durations("muster_command_seconds", "From arrival to answer", ours)
    histogram = Histogram("muster_command_seconds", "From arrival to answer", buckets=BOUNDS, registry=theirs)
    for seconds, count in ((0.0, 1), (0.002, 3), (0.25, 500), (15.0, 2), (15.5, 1)):
        durations.observe(seconds, count)
        for _ in range(count):
            histogram.observe(seconds)
    told = [line for line in generate_latest(theirs).decode().splitlines() if "_created" not in line]
    assert generate_latest(ours).decode().splitlines() == told
