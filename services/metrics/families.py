"""Every figure for Prometheus. Alerts, dashboard and documentation are held to this list."""

from typing import Final, Literal, NamedTuple


class Family(NamedTuple):
    """One family as it is scraped: counters end with `_total`, durations are seconds."""

    name: str
    kind: Literal["gauge", "counter", "histogram"]
    labels: tuple[str, ...]
    told_by: Literal["api", "projector", "both"]
    meaning: str

    def series(self) -> tuple[str, ...]:
        """Names that a query may use."""
        if self.kind == "histogram":
            return tuple(f"{self.name}{suffix}" for suffix in ("_bucket", "_count", "_sum"))
        return (self.name,)

    def code_name(self) -> str:
        """As the client library is told it: that adds `_total` itself."""
        return self.name.removesuffix("_total") if self.kind == "counter" else self.name


FAMILIES: Final = (
    Family("muster_log_position", "gauge", ("jurisdiction",), "api", "position of the last accepted event"),
    Family("muster_views_position", "gauge", ("jurisdiction",), "api", "position that the views show"),
    Family("muster_commands_waiting", "gauge", ("jurisdiction",), "api", "commands not decided yet"),
    Family("muster_commands_total", "counter", ("outcome",), "api", "commands answered, by outcome"),
    Family("muster_command_seconds", "histogram", (), "api", "from a command's arrival to its answer"),
    Family("muster_fixes_total", "counter", ("outcome",), "api", "positions of phones, by outcome"),
    Family("muster_streams", "gauge", (), "api", "open streams of patches"),
    Family("muster_parked", "gauge", ("jurisdiction",), "api", "1 = its writes and projection wait"),
    Family("muster_view_degraded", "gauge", ("jurisdiction", "view"), "api", "1 = the view is set aside"),
    Family("muster_log_append_seconds", "histogram", (), "api", "from sending a commit to its confirmation"),
    Family("muster_log_unknown_outcomes_total", "counter", (), "api", "appends without an answer in time"),
    Family("muster_log_config_unclean", "gauge", (), "api", "1 = the topic is not set as the log needs it"),
    Family("muster_log_holes_total", "counter", (), "both", "offsets that are passed without a record"),
    Family(
        "muster_log_dead_commits_total", "counter", ("reason",), "projector", "records that are no commits"
    ),
    Family("muster_projector_head_position", "gauge", ("jurisdiction",), "projector", "position projected"),
    Family("muster_projector_lag_records", "gauge", ("partition",), "projector", "records not projected yet"),
    Family(
        "muster_projector_checkpoint_age_seconds",
        "gauge",
        ("partition",),
        "projector",
        "how long the partition stands still though records wait",
    ),
    Family("muster_projector_partitions", "gauge", (), "projector", "partitions that this process projects"),
    Family("muster_projector_trouble", "gauge", (), "projector", "1 = the views cannot be written now"),
    Family(
        "muster_projector_watchdog_exits_total",
        "counter",
        (),
        "projector",
        "processes that the watchdog ended, over restarts",
    ),
    Family("muster_jurisdictions_parked", "gauge", (), "projector", "jurisdictions that wait for a program"),
)
