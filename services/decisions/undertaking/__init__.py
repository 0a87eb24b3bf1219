"""Undertakings on the ledger of supervision: set up, planned, done, withdrawn."""
