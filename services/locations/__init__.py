"""Positions of phones: the last known place of who is on duty. Never in the log, and soon forgotten."""
