"""Shared helpers without dependencies: clocks, private files, content negotiation."""
