"""Notices: put up, confirmed by those who read them, withdrawn."""
