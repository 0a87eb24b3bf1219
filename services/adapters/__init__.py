"""Adapters: what the rooms' ports are made of, by the store that they use."""
