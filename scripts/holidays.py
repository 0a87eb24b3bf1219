"""Write events/public_holidays.py from the tables of `chinesecalendar`, which Muster does not install.

Run it when the State Council has published the next year, and a version of the package has it:

    pip download --no-deps chinesecalendar==VERSION
    python scripts/holidays.py chinesecalendar-VERSION-py2.py3-none-any.whl
"""

import ast
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

TARGET: Final = Path(__file__).parents[1] / "events" / "public_holidays.py"
_DAY: Final = timedelta(days=1)
HEAD: Final = '''\
"""Public holidays and make-up days of China, year by year, as `chinesecalendar` has them (MIT licence).

Written by scripts/holidays.py; the licence is beside it, in holidays-LICENSE.txt. `a/b` is all days from a
to b.
"""

from typing import Final

PACKAGE: Final = "chinesecalendar"
VERSION: Final = "{version}"
SOURCE: Final = "https://github.com/LKI/chinese-calendar"
LICENCE: Final = "MIT"
YEARS: Final[dict[int, tuple[str, str]]] = {{
{years}
}}
"""Year -> its days off, and the days of weekends on which people work instead."""
'''


def tables(wheel: Path) -> tuple[str, dict[str, list[date]]]:
    """Return the version of a wheel, and its days off and make-up days."""
    version = re.match(r"chinesecalendar-([0-9.]+)-", wheel.name)
    if version is None:
        raise SystemExit(f"{wheel.name} is no wheel of chinesecalendar.")
    with zipfile.ZipFile(wheel) as archive:
        source = archive.read("chinese_calendar/constants.py").decode()
    found: dict[str, list[date]] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            name = getattr(node.targets[0], "id", "")
            found[name] = sorted(_day(key) for key in node.value.keys)
    return version[1], found


def _day(call: Any) -> date:
    given = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
    return date(given["year"], given["month"], given["day"])


def runs(days: Iterable[date]) -> str:
    """Return days as text, such as `01-01 02-11/02-17`."""
    found: list[list[date]] = []
    for day in sorted(days):
        if found and found[-1][-1] + _DAY == day:
            found[-1].append(day)
        else:
            found.append([day])
    return " ".join("/".join(f"{day:%m-%d}" for day in dict.fromkeys((run[0], run[-1]))) for run in found)


def text(version: str, found: dict[str, list[date]]) -> str:
    """Return the module."""
    lines = [
        f'    {year}: ("{_of(found["holidays"], year)}", "{_of(found["workdays"], year)}"),'
        for year in sorted({day.year for day in found["holidays"]})
    ]
    return HEAD.format(version=version, years="\n".join(lines))


def _of(days: Iterable[date], year: int) -> str:
    return runs(day for day in days if day.year == year)


def main(wheel: Path) -> None:
    """Write the file."""
    TARGET.write_text(text(*tables(wheel)))
    subprocess.run([sys.executable, "-m", "ruff", "format", str(TARGET)], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
