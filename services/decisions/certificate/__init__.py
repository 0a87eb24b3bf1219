"""Certificates of service: issued from the log alone, revoked when it is corrected."""
