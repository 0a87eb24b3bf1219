"""Whom to send: pure ranking of workers and teams for a request, by a table that a centre may change."""
