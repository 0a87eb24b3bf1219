"""On PostgreSQL: the views."""
