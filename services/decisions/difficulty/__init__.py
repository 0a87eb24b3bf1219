"""Difficulties: raised, passed on, answered, and solved once whoever asked says so."""
