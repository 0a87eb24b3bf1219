"""The view store: rows, heads and the change outbox, always written together."""
