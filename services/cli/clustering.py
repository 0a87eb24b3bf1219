"""`muster migrate` and `muster projector`."""

import logging
from pathlib import Path

from services import wiring
from services.cli.common import DATA, Data, Fail, out, run
from services.cli.holding import LOG_LINE, held


def migrate() -> None:
    """Create missing topics and tables. Run it before the first start and before each upgrade."""
    _clustered()
    log, applied, unclean = run(wiring.cluster().migrate())
    out.print(f"log {log}", markup=False)
    out.print(f"migrations applied: {', '.join(applied) or 'none, already up to date'}", markup=False)
    if unclean:
        raise Fail("\n".join(["the topic has the wrong settings:", *unclean]))


def projector(data: Data = DATA) -> None:
    """Project the log into the views until Ctrl-C, sharing the work with other projectors."""
    _clustered()
    logging.basicConfig(level=logging.INFO, format=LOG_LINE)
    for noisy in ("aiokafka", "faust", "mode", "kafka"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    found = wiring.settings()
    needed = wiring.projectors()
    with held():
        partitions = run(needed.partitions())
    metrics = (found.metrics_host, found.metrics_port) if found.metrics_port else None
    from services.projector.main import run as project

    project(
        needed.kafka(),
        partitions,
        found.projector_group,
        needed.projecting,
        needed.checkpoints,
        Path(data),
        metrics,
    )


def _clustered() -> None:
    if not wiring.settings().clustered:
        raise Fail(
            "this command needs a cluster: set MUSTER_KAFKA=host:port,... and MUSTER_POSTGRES=postgresql://...",
            2,
        )
