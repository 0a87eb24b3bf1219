"""The HTTP API: commands in, views and events out."""
