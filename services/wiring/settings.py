"""Settings from the environment (MUSTER_*). Read only by wiring."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from events.timezones import timezones
from services.base.tuning import cores


class BadSetting(ValueError):
    """An invalid setting. The message names it and the allowed values, not its value, which may be secret."""


class Settings(BaseSettings):
    """The defaults are for one machine: embedded log, loopback only. `kafka` and `postgres` make a cluster.

    Any setting can be read from a file instead: MUSTER_POSTGRES_FILE=/run/secrets/postgres.
    """

    model_config = SettingsConfigDict(env_prefix="MUSTER_", extra="ignore", frozen=True)

    data: Path = Path("muster-data")
    """Folder with the log, views and keys."""
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    timezone: str = "Asia/Shanghai"
    """Time zone of a jurisdiction whose first command is not jurisdiction.establish."""

    past_mb: int = Field(default=4096, ge=0)
    """Most megabytes of disk for views as of earlier positions; 0 = none, they are folded from the log."""

    processes: Literal["auto", "1", "2"] = "auto"
    """2 = `muster serve` and `muster demo` project in a process of its own, 1 = all in one, auto = 2 if
    there are two cores. A cluster's projectors are always apart."""

    abilities: Path | None = None
    """File that tells who can serve what; default: services/dispatch/abilities.toml."""
    tls_cert: Path | None = None
    """PEM file with the certificate chain; with `tls_key`, enables HTTPS."""
    tls_key: Path | None = None
    trusted_proxy: str = ""
    """Comma-separated addresses or networks whose X-Forwarded-Proto and -For are trusted."""
    tiles: str | None = None
    """URL or path of map tiles, with {z}, {x} and {y}; none = no background map."""
    basemap: Path | None = None
    """PMTiles archive with the map's background, served by this process in place of tiles."""
    tiles_attribution: str = ""
    tiles_datum: Literal["wgs84", "gcj02", "bd09"] = "wgs84"
    desk_phone: str | None = None
    """Number to call, shown on the courier's page if an SOS cannot be sent; none = says only to call."""

    clock: Path | None = None
    """File of a clock shared by processes, for scenarios; default: the system clock."""

    kafka: str | None = None
    """Bootstrap servers, `host:port,host:port`."""
    kafka_security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    kafka_user: str | None = None
    kafka_password: SecretStr | None = None
    kafka_ca: str | None = None
    """File with the CA certificates for the brokers; default: the system's."""
    kafka_certificate: str | None = None
    kafka_key: str | None = None
    kafka_partitions: int = Field(default=12, ge=1, le=1000)
    """Partitions of new topics; a log never gets more partitions later."""
    kafka_replication: int = Field(default=3, ge=1, le=32)
    kafka_min_insync: int = Field(default=2, ge=1, le=32)
    master_key_file: Path | None = None
    """File with the 32-byte master key, the same for the whole cluster; default: `master.key` in `data`."""
    postgres: SecretStr | None = None
    """postgresql://user:password@host:port/database"""
    projector_group: str = "muster-projector"
    """Consumer group of the projectors that share a database."""
    push_contact: str | None = None
    """mailto: or https: URI for push services to contact the operator; none = no Web Push."""
    push_hosts: str | None = None
    """Comma-separated hosts of allowed push services; default: those of common browsers."""
    metrics_host: str = "127.0.0.1"
    metrics_port: int = Field(default=9464, ge=0, le=65535)
    """Port of a projector's metrics and health checks; 0 = off."""

    @field_validator(
        "abilities", "tls_cert", "tls_key", "tiles", "basemap", "push_contact", "push_hosts", mode="before"
    )
    @classmethod
    def _unset(cls, value: Any) -> Any:
        """Treat an empty variable as unset."""
        return value or None

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        if value not in timezones():
            raise ValueError("give an IANA time zone such as Asia/Shanghai")
        return value

    @property
    def two_processes(self) -> bool:
        """Whether a data folder is projected in a process of its own."""
        return self.processes == "2" or (self.processes == "auto" and cores() > 1)

    @property
    def clustered(self) -> bool:
        """Whether the log and views are in Kafka and PostgreSQL."""
        return self.kafka is not None and self.postgres is not None


def load() -> Settings:
    """Load settings from the environment and the files it names. Raise BadSetting or OSError."""
    given: dict[str, str] = {}
    for name in Settings.model_fields:
        path = os.environ.get(f"MUSTER_{name.upper()}_FILE")
        if path:
            given[name] = Path(path).read_text().strip()
    mine = {name: value for name, value in os.environ.items() if name.upper().startswith("MUSTER_")}
    return _validated(tuple(mine.items()), tuple(given.items()))


@lru_cache(maxsize=1)
def _validated(environment: tuple[tuple[str, str], ...], files: tuple[tuple[str, str], ...]) -> Settings:
    """Return the settings. A start asks for them several times, and to validate them takes milliseconds."""
    try:
        return Settings(**dict[str, Any](files))
    except ValidationError as error:
        said = "; ".join(
            f"MUSTER_{str(one['loc'][0]).upper()}: {one['msg'].removeprefix('Value error, ')}"
            for one in error.errors()
        )
        raise BadSetting(f"{said}.") from None
