"""Incidents: declare, amend, close, reopen."""
