"""Inspections, and what they find."""
