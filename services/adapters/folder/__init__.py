"""Adapters that keep files in a folder."""
