"""Needs of stations: opened, changed, closed."""
