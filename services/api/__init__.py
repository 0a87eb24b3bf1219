"""HTTP: commands in, views and events out."""
