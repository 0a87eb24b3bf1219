"""Enterprises' names, and source lists compared with the ledger."""
