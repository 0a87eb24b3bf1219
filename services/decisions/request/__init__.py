"""Requests: from the receipt to an end, and back."""
