"""Adapters that store files in a folder."""
