"""Prometheus metrics: their definitions, and those counted while the process runs."""
