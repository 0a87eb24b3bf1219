"""Adapters on PostgreSQL: one pool of a process for all of them.

`sql/` holds the migrations in their order. They are checksummed, so their text stays as it was applied: what
001 calls `services/views/postgres_table.py` is `views_table.py` here.
"""
