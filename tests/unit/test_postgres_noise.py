"""While PostgreSQL hangs, the driver's failed reconnections are one line each in a process's log."""

import logging

import pytest

import services.adapters.postgres.pool  # noqa: F401  sets the filter


def test_a_failed_reconnection_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise TimeoutError
    except TimeoutError:
        logging.getLogger("asyncpg.pool").warning("Failed to restore the %s; retrying", "pool", exc_info=True)
    assert caplog.messages == ["Failed to restore the pool; retrying: TimeoutError"]
    assert "Traceback" not in caplog.text
