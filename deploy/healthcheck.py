"""Exit with 0 if the process in this container answers, else print why and exit with 1.

Usage: healthcheck.py [URL]; without one, /healthz of the API at MUSTER_PORT.
"""

import os
import sys
import urllib.request

SECONDS = 4


def main(arguments: list[str]) -> int:
    """Return the exit code."""
    url = arguments[0] if arguments else f"http://127.0.0.1:{os.environ.get('MUSTER_PORT', '8080')}/healthz"
    try:
        with urllib.request.urlopen(url, timeout=SECONDS) as answer:  # noqa: S310  local URL
            answer.read(1)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{url}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
