"""Imported first by the command line: what is being imported is no garbage, so nothing searches it."""

import gc

gc.disable()


def begin() -> None:
    """Let the collector work from now on, on what is made from now on."""
    gc.freeze()
    gc.enable()
