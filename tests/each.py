"""Run hundreds of cases as one test: pytest itself spends more time on a test than such a case takes."""

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from inspect import Signature, signature
from typing import Any

import pytest

PARAM: Any = type(pytest.param())


def each(
    names: str | Sequence[str],
    cases: Iterable[Any] | Callable[[], Iterable[Any]],
    ids: Callable[[Any], str] = repr,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Like `pytest.mark.parametrize`; the test fails with every case that failed, each named in a note.

    For cases that share the test's fixtures and change none of them. A function gives cases that take a while
    to find: it is called when the test runs, and not in every process that collects tests.
    """
    named = [names] if isinstance(names, str) else [*names]
    known = None if callable(cases) else _rows(named, cases)

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        @wraps(test)
        def run(**fixtures: Any) -> None:
            failed: list[BaseException] = []
            rows = known or _rows(named, cases() if callable(cases) else cases)
            for row in rows:
                try:
                    test(**fixtures, **dict(zip(named, row, strict=True)))
                except (Exception, pytest.fail.Exception) as error:
                    error.add_note(f"with {', '.join(map(ids, row))}")
                    failed.append(error)
            if failed:
                raise BaseExceptionGroup(f"{len(failed)} of {len(rows)} cases", failed)

        fixtures = [one for one in signature(test).parameters.values() if one.name not in named]
        del run.__wrapped__  # pytest would ask for its parameters
        run.__signature__ = Signature(fixtures)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
        return run

    return decorate


def _rows(named: Sequence[str], cases: Iterable[Any]) -> list[tuple[Any, ...]]:
    rows = [_values(case, len(named)) for case in cases]
    assert rows, f"no cases of {named}"
    return rows


def _values(case: Any, number: int) -> tuple[Any, ...]:
    if isinstance(case, PARAM):
        return tuple(case.values)
    return (case,) if number == 1 else tuple(case)
