"""Fixtures of the deployment's tests."""

from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"


@pytest.fixture(scope="session")
def deploy() -> Path:
    """Return the folder deploy/."""
    return DEPLOY
