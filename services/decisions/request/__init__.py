"""Requests: from receipt to end, and reopening."""
