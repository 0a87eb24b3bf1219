"""Duty lists of posts, with evidence."""
