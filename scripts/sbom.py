"""Print Muster's bill of materials (CycloneDX 1.6).

It has every locked Python and npm package, the browser libraries that the repository contains, and the broker
that the sandbox downloads.

Licences come from the installed packages and scripts/licences.toml. The same inputs print the same bytes.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from email.message import Message
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

ROOT: Final = Path(__file__).parents[1]
LICENCES: Final = tomllib.loads((ROOT / "scripts" / "licences.toml").read_text())
_PINNED: Final = re.compile(r"([A-Za-z0-9._-]+)==([^ ;]+)")
_SWAGGER: Final = ROOT / "services" / "api" / "static" / "vendor"
_AXE: Final = re.compile(r"axe v([0-9.]+)")
_JARS: Final = re.compile(r'JARS: Final = "([^:"]+):([^:"]+):([^:"]+)"')


class Part(NamedTuple):
    """One component. `scope`: `required` to run the service, `optional` for a cluster or sandbox and for what
    comes with them, `excluded` if it only serves development."""

    kind: str
    name: str
    version: str
    licence: str
    scope: str

    @property
    def purl(self) -> str:
        """Return its package URL."""
        return f"pkg:{self.kind}/{quote(self.name, safe='/')}@{self.version}"


def parts() -> list[Part]:
    """Return all components, each once."""
    found = {one.purl: one for one in (*_development(), *_python(), *_vendored(), *_tested(), *_jars())}
    return [found[purl] for purl in sorted(found)]


def _python() -> Iterator[Part]:
    needed, extra = _closure(direct()["required"]), _closure(direct()["optional"])
    for name, version in locked().items():
        scope = "required" if name in needed else "optional" if name in extra else "excluded"
        yield Part("pypi", name, version, _stated(name), scope)


def locked() -> dict[str, str]:
    """Return the version of each locked Python package."""
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    return {_name(found[1]): found[2] for line in lines if (found := _PINNED.match(line))}


def direct() -> dict[str, list[str]]:
    """Return the Python packages that pyproject.toml names, by scope."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = told["project"]["optional-dependencies"].values()
    return {
        "required": [_name(one) for one in told["project"]["dependencies"]],
        "optional": [name for some in extras for one in some if (name := _name(one)) != "muster"],
        "excluded": [_name(one) for one in told["dependency-groups"]["dev"]],
    }


def _name(requirement: str) -> str:
    """Return the normalised name of a requirement (PEP 503)."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]).lower()


def _closure(names: list[str]) -> set[str]:
    """Return these packages and all that they need, as far as the lock has them."""
    known, seen, rest = locked(), set[str](), [*names]
    while rest:
        name = rest.pop()
        if name in seen or name not in known:
            continue
        seen.add(name)
        required = _metadata(name).get_all("Requires-Dist") or []
        rest += [_name(one) for one in required if "extra ==" not in one]
    return seen


def _metadata(name: str) -> Any:
    """Return the metadata of a package; without any content if it is for other platforms."""
    try:
        return metadata(name)
    except PackageNotFoundError:
        return Message()


def _stated(name: str) -> str:
    """Return the SPDX expression of a Python package, `NOASSERTION` if none is known."""
    told = _metadata(name)
    short = {"MIT License": "MIT"}.get(told.get("License", ""), told.get("License", ""))
    known = short if short in LICENCES["allowed"] else ""
    return LICENCES["stated"].get(name) or told.get("License-Expression") or known or "NOASSERTION"


def _development() -> Iterator[Part]:
    """Yield the npm packages that check the pages."""
    for path, told in json.loads((ROOT / "package-lock.json").read_text())["packages"].items():
        if path:
            name = path.rpartition("node_modules/")[2]
            yield Part("npm", name, told["version"], told.get("license", "NOASSERTION"), "excluded")


def _vendored() -> Iterator[Part]:
    """Yield the browser libraries that are part of the repository and of the wheel."""
    for one in json.loads((ROOT / "web" / "vendor" / "vendored.json").read_text()):
        yield Part("npm", one["package"], one["version"], one["licence"], "required")
    for folder in _SWAGGER.iterdir():
        name, _, version = folder.name.rpartition("-")
        yield Part("npm", f"{name}-dist", version, "Apache-2.0", "required")


def _tested() -> Iterator[Part]:
    """Yield the accessibility checks that the repository contains for the browser tests."""
    first = (ROOT / "tests" / "browser" / "axe" / "axe.min.js").open().readline()
    if found := _AXE.search(first):
        yield Part("npm", "axe-core", found[1], "MPL-2.0", "excluded")


def _jars() -> Iterator[Part]:
    """Yield the broker that the sandbox downloads."""
    source = (ROOT / "services" / "sandbox" / "kafka.py").read_text()
    if found := _JARS.search(source):
        yield Part("maven", f"{found[1]}/{found[2]}", found[3], "Apache-2.0", "optional")


def document() -> dict[str, Any]:
    """Return the bill of materials. It has no time, so that it changes only with its content."""
    components = [
        {
            "type": "library",
            "bom-ref": one.purl,
            "name": one.name,
            "version": one.version,
            "scope": one.scope,
            "licenses": [{"expression": one.licence}],
            "purl": one.purl,
        }
        for one in parts()
    ]
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    ours = {
        "type": "application",
        "bom-ref": f"pkg:pypi/{told['name']}@{told['version']}",
        "name": told["name"],
        "version": told["version"],
        "licenses": [{"expression": told["license"]}],
    }
    serial = uuid5(NAMESPACE_URL, json.dumps(components))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {"component": ours},
        "components": components,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(document(), indent=1) + "\n")
