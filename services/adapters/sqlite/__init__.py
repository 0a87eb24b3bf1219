"""Adapters on SQLite files: the log, the views, phones' locations."""
