"""The log: append commits in order and read them back."""
