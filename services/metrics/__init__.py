"""Figures for Prometheus: which there are, and what the process counts while it works."""
