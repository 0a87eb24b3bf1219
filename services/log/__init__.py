"""The log: commits appended, read back and verified."""
