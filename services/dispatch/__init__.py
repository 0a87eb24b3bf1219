"""Rank workers and teams for a request, using a configurable table of abilities. Pure."""
