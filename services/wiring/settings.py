"""Settings, from the environment (MUSTER_*) and the command line. Read by wiring alone."""

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from events.timezones import timezones


class BadSetting(ValueError):
    """A setting that cannot be: which one and what it may be, not what it was: that may be a secret."""


class Settings(BaseSettings):
    """Defaults serve one machine: an embedded log, loopback only. With `kafka` and `postgres`, a cluster.

    Any setting may come from a file instead: MUSTER_POSTGRES_FILE=/run/secrets/postgres.
    """

    model_config = SettingsConfigDict(env_prefix="MUSTER_", extra="ignore")

    data: Path = Path("muster-data")
    """Folder of log, views and keys."""
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    timezone: str = "Asia/Shanghai"
    """Of a jurisdiction whose first command is not jurisdiction.establish."""

    abilities: Path | None = None
    """File of who can serve what, as services/dispatch/abilities.toml; none = that one."""
    tls_cert: Path | None = None
    """PEM file with the certificate and those between it and its root; with `tls_key`, HTTPS is spoken."""
    tls_key: Path | None = None
    trusted_proxy: str = ""
    """Addresses or networks, comma-separated, whose X-Forwarded-Proto and -For are believed."""
    tiles: str | None = None
    """URL or path of the map's tiles, with {z}, {x} and {y}; none = no background."""
    tiles_attribution: str = ""
    tiles_datum: Literal["wgs84", "gcj02", "bd09"] = "wgs84"

    clock: Path | None = None
    """File of a clock that processes share, for scenarios; none = this machine's."""

    kafka: str | None = None
    """Bootstrap servers, `host:port,host:port`."""
    kafka_security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    kafka_user: str | None = None
    kafka_password: SecretStr | None = None
    kafka_ca: str | None = None
    """File with the certificates of who signed the brokers'; none = the system's."""
    kafka_certificate: str | None = None
    kafka_key: str | None = None
    kafka_partitions: int = Field(default=12, ge=1, le=1000)
    """Of the topics, when they are made; a log's partitions are never added to."""
    kafka_replication: int = Field(default=3, ge=1, le=32)
    kafka_min_insync: int = Field(default=2, ge=1, le=32)
    master_key_file: Path | None = None
    """32 bytes that wrap all keys, one file for all of a cluster; none = `master.key` in the folder."""
    postgres: SecretStr | None = None
    """postgresql://user:password@host:port/database"""
    projector_group: str = "muster-projector"
    """Of the projectors that share the work on one database."""
    push_contact: str | None = None
    """mailto: or https: URI by which push services reach the operator; none = no Web Push."""
    push_hosts: str | None = None
    """Push services, comma-separated; none = those of the common browsers."""
    metrics_host: str = "127.0.0.1"
    metrics_port: int = Field(default=9464, ge=0, le=65535)
    """Where a projector tells its figures and its health; 0 = nowhere."""

    @field_validator("abilities", "tls_cert", "tls_key", "tiles", "push_contact", "push_hosts", mode="before")
    @classmethod
    def _unset(cls, value: Any) -> Any:
        """An empty variable is none at all."""
        return value or None

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        if value not in timezones():
            raise ValueError("give an IANA time zone such as Asia/Shanghai")
        return value

    @property
    def clustered(self) -> bool:
        """Whether log and views are in other processes."""
        return self.kafka is not None and self.postgres is not None


def load() -> Settings:
    """From the environment and the files that it names. Raises BadSetting, OSError of a file."""
    given: dict[str, Any] = {}
    for name in Settings.model_fields:
        path = os.environ.get(f"MUSTER_{name.upper()}_FILE")
        if path:
            given[name] = Path(path).read_text().strip()
    try:
        return Settings(**given)
    except ValidationError as error:
        said = "; ".join(
            f"MUSTER_{str(one['loc'][0]).upper()}: {one['msg'].removeprefix('Value error, ')}"
            for one in error.errors()
        )
        raise BadSetting(f"{said}.") from None
