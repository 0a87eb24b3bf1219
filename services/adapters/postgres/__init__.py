"""Adapters on PostgreSQL, sharing one connection pool per process.

`sql/` holds the migrations in order. They are checksummed, so an applied file never changes: what 001 calls
`services/views/postgres_table.py` is now `views_table.py` here.
"""
