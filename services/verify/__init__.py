"""Proof that log and views are what they must be (`muster verify`)."""
