"""Download the console's browser libraries from npm into web/vendor.

Run `make vendor` (needs npm) after changing a version below, and commit the result. Bare imports are
rewritten to paths because pages with a strict content security policy cannot use an inline import map.
"""

import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

VENDOR = Path(__file__).parent.parent / "web" / "vendor"


class Library(NamedTuple):
    """An npm package and its files: path in the package -> path in the vendor folder."""

    package: str
    version: str
    files: dict[str, str]
    licence: str
    """License file in the package or, for a package without one, its copyright line."""
    rewrite: tuple[tuple[str, str], ...] = ()
    append: str = ""
    """Line appended to scripts that are not modules."""
    bundled: str = ""
    """Copyright line of an MIT library inside the file."""


PREACT = ('"preact"', '"../preact/preact.mjs"')
LIBRARIES = (
    Library("preact", "11.2.0", {"dist/preact.mjs": "preact/preact.mjs"}, "LICENSE"),
    Library("preact", "11.2.0", {"hooks/dist/hooks.mjs": "preact/hooks.mjs"}, "LICENSE", (PREACT,)),
    Library("htm", "3.1.1", {"dist/htm.mjs": "htm/htm.mjs"}, "LICENSE"),
    Library(
        "@preact/signals-core",
        "1.14.5",
        {"dist/signals-core.mjs": "signals/signals-core.mjs"},
        "LICENSE",
    ),
    Library(
        "@preact/signals",
        "2.11.4",
        {"dist/signals.mjs": "signals/signals.mjs"},
        "LICENSE",
        (
            ('"preact/hooks"', '"../preact/hooks.mjs"'),
            PREACT,
            ('"@preact/signals-core"', '"./signals-core.mjs"'),
        ),
    ),
    Library(
        "uplot",
        "1.6.32",
        {"dist/uPlot.iife.min.js": "uplot/uplot.mjs", "dist/uPlot.min.css": "uplot/uplot.css"},
        "LICENSE",
        append="export default uPlot;\n",
    ),
    Library(
        "maplibre-gl",
        "6.17.0",
        {
            "dist/maplibre-gl.mjs": "maplibre/maplibre-gl.mjs",
            "dist/maplibre-gl-worker.mjs": "maplibre/maplibre-gl-worker.mjs",
            "dist/maplibre-gl.css": "maplibre/maplibre-gl.css",
        },
        "LICENSE.txt",
    ),
    Library(
        "qrcode-generator",
        "2.0.4",
        {"dist/qrcode.mjs": "qrcode/qrcode.mjs"},
        "Copyright (c) 2009 Kazuhiko Arase",
    ),
    Library(
        "pmtiles",
        "4.5.0",
        {"dist/pmtiles.js": "pmtiles/pmtiles.mjs"},
        "Copyright 2021 Protomaps LLC",
        append="export const { PMTiles, Protocol } = pmtiles;\n",
        bundled="Copyright (c) 2023 Arjun Barrett",
    ),
)
MIT = """The MIT License

{}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial
portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES
OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""
BSD = """{}

Redistribution and use in source and binary forms, with or without modification, are permitted provided
that the following conditions are met:

1. Redistributions of source code must retain the above copyright notice, this list of conditions and
the following disclaimer.

2. Redistributions in binary form must reproduce the above copyright notice, this list of conditions
and the following disclaimer in the documentation and/or other materials provided with the
distribution.

3. Neither the name of the copyright holder nor the names of its contributors may be used to endorse or
promote products derived from this software without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED
WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A
PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR
ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT
LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS
INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR
TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE, EVEN IF
ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
"""
TEXTS = {"MIT": MIT, "BSD-3-Clause": BSD}
SOURCE_MAP = re.compile(r"\n?/[/*]# sourceMappingURL=\S+( \*/)?\n?")


def fetched(library: Library, folder: Path) -> Path:
    """Download a package; return its unpacked folder."""
    name = f"{library.package}@{library.version}"
    packed = subprocess.run(
        ["npm", "pack", name, "--json"], cwd=folder, capture_output=True, text=True, check=True
    )
    answer = json.loads(packed.stdout)
    tarball = folder / (answer if isinstance(answer, list) else list(answer.values()))[0]["filename"]
    into = folder / name.replace("/", "_")
    into.mkdir(exist_ok=True)
    shutil.unpack_archive(tarball, into)
    return into / "package"


def adapted(text: str, library: Library, target: str) -> str:
    """Remove the source map reference and rewrite imports to paths."""
    text = SOURCE_MAP.sub("\n", text)
    if target.endswith(".mjs"):
        for bare, path in library.rewrite:
            text = text.replace(f"from{bare}", f"from{path}")
        text = text.rstrip("\n") + "\n" + library.append
    return text


def main() -> None:
    """Download, adapt and write all libraries, and list the files with their hashes."""
    types = {path: path.read_text() for path in VENDOR.rglob("*.d.mts")}  # written by hand, not fetched
    shutil.rmtree(VENDOR, ignore_errors=True)
    listed: list[dict[str, str]] = []
    with tempfile.TemporaryDirectory() as temporary:
        for library in LIBRARIES:
            package = fetched(library, Path(temporary))
            licence = json.loads((package / "package.json").read_text())["license"]
            for source, target in library.files.items():
                path = VENDOR / target
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(adapted((package / source).read_text(), library, target))
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                listed.append(
                    {
                        "file": target,
                        "package": library.package,
                        "version": library.version,
                        "licence": licence,
                        "sha256": digest,
                    }
                )
            note = package / library.licence
            text = note.read_text() if note.exists() else TEXTS[licence].format(library.licence)
            if library.bundled:
                text += f"\n---\n\nContains fflate:\n\n{MIT.format(library.bundled)}"
            folder = VENDOR / next(iter(library.files.values())).partition("/")[0]
            (folder / "LICENSE").write_text(text)
    for path, text in types.items():
        path.write_text(text)
    (VENDOR / "vendored.json").write_text(json.dumps(listed, indent=1) + "\n")


if __name__ == "__main__":
    main()
