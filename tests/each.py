"""Run hundreds of cases as one test: pytest itself spends more time on a test than such a case takes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from inspect import Signature, iscoroutinefunction, signature
from typing import Any, Self

import pytest

PARAM: Any = type(pytest.param())


def each(
    names: str | Sequence[str],
    cases: Iterable[Any] | Callable[[], Iterable[Any]],
    ids: Callable[[Any], str] = repr,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Like `pytest.mark.parametrize`; the test fails with every case that failed, each named in a note.

    For cases that share the test's fixtures and change none of them. A function gives cases that take a while
    to find: it is called when the test runs, and not in every process that collects tests.
    """
    named = [names] if isinstance(names, str) else [*names]
    known = None if callable(cases) else _rows(named, cases)

    def decorate(test: Callable[..., Any]) -> Callable[..., Any]:
        def found() -> _Rows:
            return _Rows(ids, known or _rows(named, cases() if callable(cases) else cases))

        @wraps(test)
        def plain(*own: Any, **fixtures: Any) -> None:
            with found() as rows:
                for row in rows.values:
                    with rows.told(row):
                        test(*own, **fixtures, **dict(zip(named, row, strict=True)))

        @wraps(test)
        async def awaited(*own: Any, **fixtures: Any) -> None:
            with found() as rows:
                for row in rows.values:
                    with rows.told(row):
                        await test(*own, **fixtures, **dict(zip(named, row, strict=True)))

        run = awaited if iscoroutinefunction(test) else plain
        fixtures = [one for one in signature(test).parameters.values() if one.name not in named]
        del run.__wrapped__  # pytest would ask for its parameters
        run.__signature__ = Signature(fixtures)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
        return run

    return decorate


class _Rows:
    """The cases of a test that runs. On exit it fails with those that failed."""

    def __init__(self, ids: Callable[[Any], str], values: list[tuple[Any, ...]]) -> None:
        self.values, self._ids, self._failed = values, ids, list[BaseException]()

    @contextmanager
    def told(self, row: tuple[Any, ...]) -> Iterator[None]:
        try:
            yield
        except (Exception, pytest.fail.Exception) as error:
            error.add_note(f"with {', '.join(map(self._ids, row))}")
            self._failed.append(error)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *stopped: object) -> None:
        if self._failed and not any(stopped):
            raise BaseExceptionGroup(f"{len(self._failed)} of {len(self.values)} cases", self._failed)


def _rows(named: Sequence[str], cases: Iterable[Any]) -> list[tuple[Any, ...]]:
    rows = [_values(case, len(named)) for case in cases]
    assert rows, f"no cases of {named}"
    return rows


def _values(case: Any, number: int) -> tuple[Any, ...]:
    if isinstance(case, PARAM):
        return tuple(case.values)
    return (case,) if number == 1 else tuple(case)
