"""The signals that end a process: it drains, and exits cleanly."""

import signal


def ending() -> tuple[signal.Signals, ...]:
    """Return SIGINT and SIGTERM, and SIGHUP of a closed terminal unless `nohup` had it ignored."""
    hung_up = getattr(signal, "SIGHUP", None)  # not on Windows
    both = (signal.SIGINT, signal.SIGTERM)
    return both if hung_up is None or signal.getsignal(hung_up) is signal.SIG_IGN else (*both, hung_up)
