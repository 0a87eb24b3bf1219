"""The log: commits appended in order, and read back."""
