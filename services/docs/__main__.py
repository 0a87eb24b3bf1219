"""`python -m services.docs`: write the pages in docs/catalogue."""

import sys

from services.docs import FOLDER, PAGES


def main() -> None:
    """Write every page that has changed and print its path."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        path, text = FOLDER / name, page()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"wrote {path}\n")


main()
