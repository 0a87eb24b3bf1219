"""All Prometheus metrics. Alerts, dashboard and documentation are tested against this list."""

from typing import Final, Literal, NamedTuple


class Family(NamedTuple):
    """A metric family as scraped: counters end in `_total`, durations are in seconds."""

    name: str
    kind: Literal["gauge", "counter", "histogram"]
    labels: tuple[str, ...]
    told_by: Literal["api", "projector", "both", "backup"]
    meaning: str

    def series(self) -> tuple[str, ...]:
        """Return the series names for queries."""
        if self.kind == "histogram":
            return tuple(f"{self.name}{suffix}" for suffix in ("_bucket", "_count", "_sum"))
        return (self.name,)

    def code_name(self) -> str:
        """Return the name for the client library, which adds `_total`."""
        return self.name.removesuffix("_total") if self.kind == "counter" else self.name


FAMILIES: Final = (
    Family("muster_log_position", "gauge", ("jurisdiction",), "api", "position of the last accepted event"),
    Family("muster_views_position", "gauge", ("jurisdiction",), "api", "position of the views"),
    Family("muster_commands_waiting", "gauge", ("jurisdiction",), "api", "commands waiting for a decision"),
    Family("muster_commands_total", "counter", ("outcome",), "api", "commands answered, by outcome"),
    Family("muster_command_seconds", "histogram", (), "api", "from a command's arrival to its answer"),
    Family("muster_fixes_total", "counter", ("outcome",), "api", "reported phone positions, by outcome"),
    Family("muster_streams", "gauge", (), "api", "open event streams"),
    Family("muster_ready", "gauge", (), "api", "1 = the process is ready"),
    Family("muster_log_under_replicated_partitions", "gauge", (), "api", "partitions that lack a replica"),
    Family(
        "muster_backup_finished_timestamp_seconds",
        "gauge",
        ("of",),
        "backup",
        "when the newest complete backup of the log or the keys was taken",
    ),
    Family("muster_parked", "gauge", ("jurisdiction",), "api", "1 = writes and projection are stopped"),
    Family("muster_view_degraded", "gauge", ("jurisdiction", "view"), "api", "1 = the view is being rebuilt"),
    Family(
        "muster_alerts",
        "gauge",
        ("jurisdiction", "kind", "level"),
        "api",
        "what nobody may overlook now, by kind and level",
    ),
    Family("muster_log_append_seconds", "histogram", (), "api", "from sending a commit to its confirmation"),
    Family("muster_log_unknown_outcomes_total", "counter", (), "api", "appends without an answer in time"),
    Family("muster_log_config_unclean", "gauge", (), "api", "1 = the topic has wrong settings"),
    Family("muster_log_holes_total", "counter", (), "both", "offsets without a record"),
    Family("muster_view_wrong_rows_total", "counter", (), "both", "rows that differed from the log"),
    Family("muster_store_silent", "gauge", ("store",), "api", "1 = the store does not answer"),
    Family("muster_scrub_trouble", "gauge", (), "both", "1 = views cannot be compared with the log"),
    Family(
        "muster_log_dead_commits_total", "counter", ("reason",), "projector", "records that are not commits"
    ),
    Family("muster_projector_head_position", "gauge", ("jurisdiction",), "projector", "position projected"),
    Family("muster_projector_lag_records", "gauge", ("partition",), "projector", "records not projected yet"),
    Family(
        "muster_projector_checkpoint_age_seconds",
        "gauge",
        ("partition",),
        "projector",
        "how long the partition has made no progress although records are waiting",
    ),
    Family("muster_projector_partitions", "gauge", (), "projector", "partitions assigned to this process"),
    Family("muster_projector_trouble", "gauge", (), "projector", "1 = the views cannot be written"),
    Family(
        "muster_projector_watchdog_exits_total",
        "counter",
        (),
        "projector",
        "processes ended by the watchdog, across restarts",
    ),
    Family(
        "muster_jurisdictions_parked", "gauge", (), "projector", "jurisdictions that need a newer version"
    ),
)
