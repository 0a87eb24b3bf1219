"""Small things that every room may use: clocks, private files, what a client accepts."""
