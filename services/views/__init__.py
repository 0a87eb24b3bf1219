"""The view store: rows, heads and the outbox of changes, always written together."""
