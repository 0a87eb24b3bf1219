"""What people say aloud: short numbers of requests, call signs of workers and teams."""

from typing import Final

WORKER: Final = "C"
"""Prefix of a call sign that the log gave a worker."""
TEAM: Final = "T"
"""Prefix of a call sign that the log gave a team."""
REQUEST: Final = "R"
"""Prefix of a request's number."""


def sign(prefix: str, number: int) -> str:
    """Return a prefix and a number of at least four digits: R-0421."""
    return f"{prefix}-{number:04}"


def number_of(text: str) -> int | None:
    """Return the number in a request's short number as people write it (R-0421, r421, #421), else None."""
    digits = text.strip().removeprefix("#").upper().removeprefix(REQUEST).lstrip("-‐–— ")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else None
