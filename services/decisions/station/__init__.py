"""Stations: registered, amended, moved, entrusted, published, reported, used, withdrawn."""
