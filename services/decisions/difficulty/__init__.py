"""Difficulties: raised, passed on, answered, and solved once the asker says so."""
