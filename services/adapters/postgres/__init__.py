"""Adapters on PostgreSQL: one pool of a process for all of them."""
