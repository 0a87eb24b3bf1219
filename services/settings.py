"""Settings, from the environment (MUSTER_*) and the command line. Read by wiring alone."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Defaults serve one machine: an embedded log, loopback only."""

    model_config = SettingsConfigDict(env_prefix="MUSTER_", extra="ignore")

    data: Path = Path("muster-data")
    """Folder of log, views and keys."""
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    timezone: str = "Asia/Shanghai"
    """Of a jurisdiction whose first command is not jurisdiction.establish."""
