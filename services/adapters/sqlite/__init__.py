"""On SQLite files: the log, the views, locations of phones."""
