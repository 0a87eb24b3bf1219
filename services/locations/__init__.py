"""Phone positions: the last known ones of workers on duty. They are never in the log and soon deleted."""
