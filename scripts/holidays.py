"""Write services/stations/holidays.json from the tables of `chinesecalendar`, which Muster does not install.

Run it when the State Council has published the next year, and a version of the package has it:

    pip download --no-deps chinesecalendar==VERSION
    python scripts/holidays.py chinesecalendar-VERSION-py2.py3-none-any.whl
"""

import ast
import json
import re
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any, Final

TARGET: Final = Path(__file__).parents[1] / "services" / "stations" / "holidays.json"


def tables(wheel: Path) -> tuple[str, dict[str, list[str]]]:
    """Return the version of a wheel, and its days off and make-up days."""
    version = re.match(r"chinesecalendar-([0-9.]+)-", wheel.name)
    if version is None:
        raise SystemExit(f"{wheel.name} is no wheel of chinesecalendar.")
    with zipfile.ZipFile(wheel) as archive:
        source = archive.read("chinese_calendar/constants.py").decode()
    found: dict[str, list[str]] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            name = getattr(node.targets[0], "id", "")
            found[name] = sorted(_day(key).isoformat() for key in node.value.keys)
    return version[1], found


def _day(call: Any) -> date:
    given = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
    return date(given["year"], given["month"], given["day"])


def main(wheel: Path) -> None:
    """Write the file."""
    version, found = tables(wheel)
    years = sorted({day[:4] for day in found["holidays"]})
    data = {
        "source": "https://github.com/LKI/chinese-calendar",
        "package": "chinesecalendar",
        "version": version,
        "licence": "MIT",
        "years": {
            year: {
                "off": [day for day in found["holidays"] if day.startswith(year)],
                "work": [day for day in found["workdays"] if day.startswith(year)],
            }
            for year in years
        },
    }
    TARGET.write_text(json.dumps(data, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
