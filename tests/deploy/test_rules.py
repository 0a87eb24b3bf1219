"""Prometheus rules: each alert fires exactly when it should, and says what to do."""

import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from queries import unknown
from tools import promtool, ran


class Case(NamedTuple):
    """Series from minute 0, one value per minute, and whether the alert fires at a given minute."""

    alert: str
    fires: bool
    series: dict[str, str]
    minute: int = 10


UP_API, UP_PROJECTOR = 'up{job="muster-api", instance="a"}', 'up{job="muster-projector", instance="p"}'
DEAD = 'muster_log_dead_commits_total{reason="key", instance="p"}'
LOG = 'muster_log_position{jurisdiction="2307", instance="%s"}'
VIEWS = 'muster_views_position{jurisdiction="2307", instance="%s"}'
AGE = 'muster_projector_checkpoint_age_seconds{partition="3"}'
LAG = 'muster_projector_lag_records{partition="3", instance="%s"}'
APPENDS = 'muster_log_append_seconds_bucket{le="%s"}'
DEGRADED = 'muster_view_degraded{jurisdiction="2307", view="roster"}'
EXITS = 'muster_projector_watchdog_exits_total{instance="p"}'
OVERLOOKED = 'muster_alerts{jurisdiction="2307", kind="%s", level="%s"}'
DISK = 'node_filesystem_%s_bytes{fstype="%s", mountpoint="/", instance="n"}'
BACKUP = 'muster_backup_finished_timestamp_seconds{of="%s"}'
CERTIFICATE = 'probe_ssl_earliest_cert_expiry{instance="kafka-1:9092"}'
WAITING = 'muster_commands_waiting{instance="a", jurisdiction="%s"}'

CASES = (
    Case("MusterLogConfigUnclean", True, {"muster_log_config_unclean": "0 1x20"}),
    Case("MusterLogConfigUnclean", False, {"muster_log_config_unclean": "0x20"}),
    Case("MusterLogConfigUnclean", False, {"muster_log_config_unclean": "0x9 1 0x9"}),
    Case("MusterDeadCommits", True, {DEAD: "0x5 1x20"}),
    Case("MusterDeadCommits", True, {DEAD: "_x8 1x20"}),  # a counter that first appears at 1
    Case("MusterDeadCommits", False, {DEAD: "7x60"}, 50),
    Case("MusterLogHoles", True, {"muster_log_holes_total": "0x5 1x20"}),
    Case("MusterLogHoles", False, {"muster_log_holes_total": "4x30"}),
    Case("MusterUnknownOutcomes", True, {"muster_log_unknown_outcomes_total": "0+10x20"}),
    Case("MusterUnknownOutcomes", False, {"muster_log_unknown_outcomes_total": "0x8 1x20"}),
    Case(
        "MusterAppendsSlow",
        True,
        {APPENDS % "0.5": "0+10x20", APPENDS % "2": "0+100x20", APPENDS % "+Inf": "0+100x20"},
    ),
    Case(
        "MusterAppendsSlow",
        False,
        {APPENDS % "0.01": "0+100x20", APPENDS % "2": "0+100x20", APPENDS % "+Inf": "0+100x20"},
    ),
    Case("MusterCheckpointLag", True, {AGE: "0x9 31x9"}),
    Case("MusterCheckpointLag", False, {AGE: "29x20"}),
    Case("MusterProjectionBehind", True, {LAG % "p": "5000x20"}),
    Case("MusterProjectionBehind", False, {LAG % "p": "5000x8 0x9"}),
    Case("MusterProjectionBehind", False, {LAG % "p": "900x20"}),
    Case("MusterViewsStalled", True, {LOG % "a": "1000x20", VIEWS % "a": "990x20"}),
    Case("MusterViewsStalled", False, {LOG % "a": "1000+50x20", VIEWS % "a": "990+50x20"}),
    Case("MusterViewsStalled", False, {LOG % "a": "990x20", LOG % "b": "1000x20", VIEWS % "a": "1000x20"}),
    Case("MusterViewDegraded", True, {DEGRADED: "_x5 1x9"}),
    Case("MusterViewDegraded", False, {DEGRADED: "1x3 stale"}),
    Case("MusterJurisdictionParked", True, {'muster_parked{jurisdiction="2307"}': "1x20"}),
    Case("MusterJurisdictionParked", True, {"muster_jurisdictions_parked": "2x20"}),
    Case(
        "MusterJurisdictionParked",
        False,
        {'muster_parked{jurisdiction="2307"}': "0x20", "muster_jurisdictions_parked": "0x20"},
    ),
    Case("MusterViewStoreTrouble", True, {"muster_projector_trouble": "1x20"}),
    Case("MusterViewStoreTrouble", False, {"muster_projector_trouble": "0x9 1 0x9"}),
    Case("MusterWatchdogExits", True, {EXITS: "2x5 3x20"}, 30),
    Case("MusterWatchdogExits", False, {EXITS: "3x90"}, 80),
    Case("MusterProcessDown", True, {UP_API: "1x4 0x20", UP_PROJECTOR: "1x20"}),
    Case("MusterProcessDown", False, {UP_API: "1x20", 'up{job="other"}': "0x20"}),
    Case("MusterNoApi", True, {UP_API: "1x4 0x20"}),
    Case("MusterNoApi", True, {UP_PROJECTOR: "1x20"}),
    Case("MusterNoApi", False, {UP_API: "1x20", 'up{job="muster-api", instance="b"}': "0x20"}),
    Case("MusterNoProjector", True, {UP_PROJECTOR: "1x4 0x20"}),
    Case("MusterNoProjector", False, {UP_PROJECTOR: "1x20"}),
    Case("MusterNobodyOnTheWay", True, {OVERLOOKED % ("waiting", 1): "2x20"}),
    Case("MusterNobodyOnTheWay", False, {OVERLOOKED % ("waiting", 1): "0 2x3 0x20"}),
    Case("MusterNobodyOnTheWay", False, {OVERLOOKED % ("untouched", 3): "2x20"}),
    Case("MusterRowsWrong", True, {"muster_view_wrong_rows_total": "0x5 3x20"}),
    Case("MusterRowsWrong", False, {"muster_view_wrong_rows_total": "3x30"}),
    Case("MusterStoreSilent", True, {'muster_store_silent{store="views"}': "0x3 1x20"}),
    Case("MusterStoreSilent", False, {'muster_store_silent{store="log"}': "1x3 0x20"}),
    Case("MusterScrubTrouble", True, {"muster_scrub_trouble": "0x3 1x20"}),
    Case("MusterScrubTrouble", False, {"muster_scrub_trouble": "1x3 0x20"}),
    Case("MusterSosUnended", True, {OVERLOOKED % ("sos", 1): "1x20"}),
    Case("MusterSosUnended", False, {OVERLOOKED % ("sos", 1): "1x3 0x20"}),
    Case("MusterNotReady", True, {'muster_ready{instance="a"}': "1x3 0x20"}),
    Case("MusterNotReady", False, {'muster_ready{instance="a"}': "1x9 0 1x9"}),
    Case("MusterUnderReplicated", True, {"muster_log_under_replicated_partitions": "0x2 4x20"}),
    Case("MusterUnderReplicated", False, {"muster_log_under_replicated_partitions": "4x4 0x20"}),
    Case("MusterDiskFull", True, {DISK % ("avail", "ext4"): "10x20", DISK % ("size", "ext4"): "100x20"}),
    Case("MusterDiskFull", False, {DISK % ("avail", "ext4"): "20x20", DISK % ("size", "ext4"): "100x20"}),
    Case("MusterDiskFull", False, {DISK % ("avail", "tmpfs"): "0x20", DISK % ("size", "tmpfs"): "100x20"}),
    Case("MusterBackupOld", True, {BACKUP % "log": "-200000x20", BACKUP % "keys": "0x20"}, 15),
    Case("MusterBackupOld", True, {BACKUP % "log": "0x20"}, 15),
    Case("MusterBackupOld", False, {BACKUP % "log": "0x20", BACKUP % "keys": "0x20"}, 15),
    Case("MusterCertificateEnds", True, {CERTIFICATE: "900000x20"}, 15),
    Case("MusterCertificateEnds", False, {CERTIFICATE: "9000000x20"}, 15),
    Case("MusterCommandsWait", True, {WAITING % "2307": "1500x20", WAITING % "2308": "1500x20"}),
    Case("MusterCommandsWait", False, {WAITING % "2307": "1500x20"}),
)


@pytest.fixture(scope="module")
def file(deploy: Path) -> Path:
    """Return the path of the rules."""
    return deploy / "prometheus" / "rules.yml"


@pytest.fixture(scope="module")
def alerts(file: Path) -> dict[str, dict[str, Any]]:
    """Return the alerts by name."""
    groups = yaml.safe_load(file.read_text())["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def test_they_are_rules(file: Path) -> None:
    assert "SUCCESS" in ran(promtool(), "check", "rules", "--lint=all", "--lint-fatal", file)


def test_the_scrape_file_is_one(deploy: Path, tmp_path: Path) -> None:
    for path in (deploy / "prometheus").glob("*.yml"):
        (tmp_path / path.name).write_text(path.read_text())
    (tmp_path / "prometheus.token").write_text("mst_x")
    assert "SUCCESS" in ran(promtool(), "check", "config", "--lint=all", tmp_path / "prometheus.yml")


def test_every_alert_is_tried_both_ways(alerts: dict[str, Any]) -> None:
    for fires in (True, False):
        assert {case.alert for case in CASES if case.fires is fires} == set(alerts)


def test_each_fires_when_it_should_and_only_then(file: Path, tmp_path: Path) -> None:
    tests = tmp_path / "test.yml"
    tests.write_text(yaml.safe_dump({"rule_files": [str(file)], "tests": [_test(case) for case in CASES]}))
    assert "SUCCESS" in ran(promtool(), "test", "rules", tests)


def _test(case: Case) -> dict[str, Any]:
    """Return a promtool test that expects the alert to fire, or not."""
    return {
        "name": f"{case.alert} {case.fires}",
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in case.series.items()],
        "promql_expr_test": [
            {
                "expr": f'group(ALERTS{{alertname="{case.alert}", alertstate="firing"}})',
                "eval_time": f"{case.minute}m",
                "exp_samples": [{"labels": "{}", "value": 1}] if case.fires else [],
            }
        ],
    }


def test_each_says_who_is_called_and_where_to_read_on(alerts: dict[str, Any], deploy: Path) -> None:
    manual = (deploy.parent / "docs" / "cluster.md").read_text()
    anchors = {
        re.sub(r"[^\w -]", "", head).strip().replace(" ", "-").lower()
        for head in re.findall(r"^#+ (.*)$", manual, re.M)
    }
    for name, rule in alerts.items():
        assert rule["labels"]["severity"] in ("page", "ticket"), name
        assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}, name
        page, _, anchor = rule["annotations"]["runbook_url"].partition("#")
        assert (page, anchor) == ("docs/cluster.md", name.lower())
        assert anchor in anchors, f"docs/cluster.md has no heading {name}"


def test_the_manual_describes_no_alert_that_is_not_there(alerts: dict[str, Any], deploy: Path) -> None:
    described = re.findall(
        r"^#+ (Muster[A-Z]\w+)$", (deploy.parent / "docs" / "cluster.md").read_text(), re.M
    )
    assert sorted(described) == sorted(alerts)


def test_they_ask_for_figures_that_there_are(alerts: dict[str, Any]) -> None:
    for name, rule in alerts.items():
        assert unknown(rule["expr"]) == set(), name
