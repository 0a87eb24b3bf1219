"""Consent to be named."""
