"""Enterprises: registered, amended, moved, merged, closed."""
