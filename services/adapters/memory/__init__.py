"""Short-lived in-memory views of rows computed elsewhere."""
