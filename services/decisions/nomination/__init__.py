"""Nominations for an honour, their deeds and their review."""
